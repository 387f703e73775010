"""An array of coordinates: chains of steps end as on points, and nobody writes into one."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.array import GeometryArray
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Point

from gridgov.geo import point_array as module
from gridgov.geo.point_array import PointArray, coordinates_of, point_array

Floats = NDArray[np.float64]

X = np.array([116.2, np.nan, -0.0, 116.7, np.inf, 116.2, 0.0, 1e-300, 116.4])
Y = np.array([39.5, 39.5, 0.0, np.nan, 39.0, 39.5, -0.0, -89.0, 39.9])


def plain_array(x: Floats, y: Floats, crs: Any = "EPSG:4326") -> GeometryArray:
    """Return points as readers made them before there was an array of coordinates."""
    there = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, dtype=object)
    shapes[there] = shapely.points(x[there], y[there])
    return GeometryArray(shapes, crs=crs)


def asked_array(x: Floats, y: Floats, crs: Any = "EPSG:4326") -> GeometryArray:
    """Return an array of coordinates whose points have been made."""
    array = point_array(x, y, crs)
    np.asarray(array)
    return array


def lazy(column: Any) -> bool:
    """Return whether a column holds coordinates and no points."""
    return coordinates_of(column.array) is not None


def bits(value: Any) -> Any:
    """Return everything that can be told about points or numbers, to the last bit."""
    if isinstance(value, GeometryArray):
        crs = None if value.crs is None else value.crs.to_wkt()
        return "geometries", crs, shapely.to_wkb(np.asarray(value), hex=True).tolist()
    if isinstance(value, np.ndarray) and value.dtype == object:
        return "objects", value.shape, [bits(one) for one in value.ravel()]
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(value, hex=True)
    return type(value).__name__, repr(value)


FLOATS = st.one_of(
    st.floats(width=64),
    st.sampled_from([0.0, -0.0, np.nan, np.inf, -np.inf, 116.25, 5e-324, 1.7e308]),
)


@st.composite
def chains(draw: st.DrawFn) -> tuple[Floats, Floats, list[Any]]:
    """Return coordinates and a few operations one after the other."""
    pairs = draw(st.lists(st.tuples(FLOATS, FLOATS), max_size=12))
    x, y = (np.array([pair[i] for pair in pairs], dtype=float) for i in (0, 1))
    steps = draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("take"), st.lists(st.integers(-3, 12), max_size=6)),
                st.tuples(st.just("fill"), st.lists(st.integers(-2, 12), max_size=6)),
                st.tuples(st.just("mask"), st.lists(st.booleans(), min_size=12, max_size=12)),
                st.tuples(st.just("slice"), st.slices(12)),
                st.tuples(st.just("one"), st.integers(-13, 13)),
                st.tuples(st.just("set"), st.integers(-13, 13)),
                st.tuples(st.just("join"), st.booleans()),
                st.tuples(st.sampled_from(["copy", "view", "ask", "send", "whole", "keep"])),
            ),
            max_size=7,
        )
    )
    return x, y, steps


def walked(array: Any, steps: list[Any], other: Any) -> list[Any]:
    """Return what every step of a chain answers, and all arrays on the way at the end."""
    said, kept = [], [array]
    for kind, *argument in steps:
        try:
            match kind:
                case "take":
                    array = array.take(argument[0])
                case "fill":
                    array = array.take(np.array(argument[0], int), allow_fill=True)
                case "mask":
                    array = array[np.array(argument[0][: len(array)], dtype=bool)]
                case "slice":
                    array = array[argument[0]].copy()
                case "one":
                    said.append(bits(array[argument[0]]))
                case "set":
                    array[argument[0]] = Point(1, 2)
                case "join":
                    parts = [array, other] if argument[0] else [other, array]
                    array = type(parts[0])._concat_same_type(parts)
                case "copy":
                    array = array.copy()
                case "view":
                    array = array.view()
                case "ask":
                    said.append(bits(np.asarray(array)))
                case "send":
                    array = pickle.loads(pickle.dumps(array))
                case "whole":
                    array = array[:]
                case "keep":
                    kept.append(array)
        except (IndexError, ValueError) as error:
            said.append((type(error).__name__, str(error)))
        said.append((len(array), bits(array.isna())))
    said.extend(bits(one) for one in [array.x, array.y, array.bounds, array.total_bounds])
    return [*said, *[bits(one) for one in [*kept, array]]]


@given(chains())
@settings(max_examples=150, deadline=None)
def test_chains_of_operations_end_as_on_plain_points(
    chain: tuple[Floats, Floats, list[Any]],
) -> None:
    x, y, steps = chain
    plain = walked(plain_array(x, y), steps, plain_array(X, Y))
    assert walked(point_array(x, y), steps, point_array(X, Y)) == plain
    assert walked(asked_array(x, y), steps, point_array(X, Y)) == plain
    assert walked(point_array(x, y), steps, plain_array(X, Y)) == plain


def test_the_callers_arrays_are_copied_unless_they_are_given_away() -> None:
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    kept, given_away = point_array(x, y), point_array(x, y, copy=False)
    x[0] = 9
    assert kept[0] == Point(1, 3)
    assert given_away[0] == Point(9, 3)


def test_coordinates_cannot_be_written_into() -> None:
    x, _ = coordinates_of(point_array([1.0], [2.0])) or (None, None)
    with pytest.raises(ValueError, match="read-only"):
        x[0] = 5


def test_changed_coordinates_that_were_asked_for_do_not_reach_the_points() -> None:
    array = point_array([1.0, 2.0], [3.0, 4.0])
    array.x[0] = 9
    array.bounds[0] = 9
    assert array[0] == Point(1, 3)


@pytest.mark.skipif(
    int(pd.__version__.split(".", 1)[0]) < 3, reason="pandas copies on write from 3 on"
)
def test_a_point_set_in_one_series_shows_in_no_other() -> None:
    first = gpd.GeoSeries(point_array(X, Y))
    second, part, taken = first[:], first.iloc[:3], first.copy(deep=False)
    first.iloc[0] = Point(1, 2)
    assert first.iloc[0] == Point(1, 2)
    assert not lazy(first)
    for other in (second, part, taken):
        assert other.iloc[0] == Point(116.2, 39.5)


def test_parts_made_before_a_change_of_the_array_keep_their_points() -> None:
    array = point_array(X, Y)
    part, copied, taken = array[:3], array.copy(), array.take([0])
    array[0] = Point(1, 2)
    assert [one[0] for one in (part, copied, taken)] == [Point(116.2, 39.5)] * 3


def test_coordinates_are_forgotten_once_somebody_holds_the_points() -> None:
    array = point_array(X, Y)
    view = array[:]
    points = np.asarray(array)
    points[0] = Point(1, 2)
    assert coordinates_of(array) is None
    assert coordinates_of(view) is None
    assert view[0] == Point(1, 2)
    assert view.x[0] == 1


def test_points_are_made_once_and_remembered() -> None:
    array = point_array(X, Y)
    assert np.asarray(array) is np.asarray(array)


def test_threads_that_ask_at_once_get_the_same_points() -> None:
    array = point_array(np.arange(20_000.0), np.arange(20_000.0))
    found: list[Any] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        found.append(np.asarray(array))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in found}) == 1


def test_coordinates_take_a_quarter_more_than_themselves_to_send_at_most() -> None:
    x = np.random.default_rng(1).uniform(116, 117, 5_000)
    frame = gpd.GeoDataFrame(geometry=point_array(x, x - 77))
    sent = pickle.dumps(frame)
    assert len(sent) < 20 * len(x)
    back = pickle.loads(sent)
    assert lazy(back.geometry)
    assert back.equals(frame)
    assert back.crs is frame.crs


def test_rows_without_coordinates_have_no_point() -> None:
    array = point_array([1, np.nan, 2, -np.inf], [1, 2, np.nan, 3], crs=None)
    assert array.isna().tolist() == [False, True, True, True]
    assert list(array) == [Point(1, 1), None, None, None]
    assert array.crs is None


def test_whole_numbers_and_lists_will_do_as_coordinates() -> None:
    assert list(point_array([1, 2], np.array([3, 4], dtype=np.int32))) == [Point(1, 3), Point(2, 4)]


@pytest.mark.parametrize(("x", "y"), [([1.0], [1.0, 2.0]), ([[1.0]], [[2.0]])])
def test_coordinates_that_do_not_match_are_refused(x: Any, y: Any) -> None:
    with pytest.raises(ValueError, match="one longitude and latitude a row"):
        point_array(x, y)


def test_other_arrays_hold_no_coordinates() -> None:
    assert coordinates_of(plain_array(X, Y)) is None
    assert coordinates_of(np.arange(3)) is None


def test_a_geopandas_that_does_not_suit_gets_plain_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_suits_geopandas", lambda: False)
    array = point_array(X, Y)
    assert type(array).__name__ == "GeometryArray"
    assert bits(array) == bits(plain_array(X, Y))


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("take", lambda self, *args, **kwargs: GeometryArray(self._data)),
        ("isna", lambda self: 1 / 0),
        ("equals", lambda self, other: False),
        ("copy", lambda self: GeometryArray(self._data)),
    ],
)
def test_the_trial_finds_out_what_does_not_suit(
    name: str, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module._suits_geopandas.__wrapped__()
    monkeypatch.setattr(PointArray, name, broken)
    assert not module._suits_geopandas.__wrapped__()


def test_a_crs_is_made_once() -> None:
    assert point_array([1], [2]).crs is point_array([3], [4]).crs


def test_another_process_can_work_with_what_it_is_sent(tmp_path: Path) -> None:
    sent, returned = tmp_path / "sent.pickle", tmp_path / "returned.pickle"
    gpd.GeoDataFrame({"number": range(9)}, geometry=point_array(X, Y)).to_pickle(sent)
    code = (
        f"import pandas; pandas.read_pickle({str(sent)!r}).iloc[::-1].to_pickle({str(returned)!r})"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    back = pd.read_pickle(returned)
    assert lazy(back.geometry)
    plain = gpd.GeoDataFrame({"number": range(9)}, geometry=plain_array(X, Y)).iloc[::-1]
    assert_geodataframe_equal(back, plain)
    assert bits(back.geometry.array) == bits(plain.geometry.array)
