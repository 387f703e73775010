"""A table that holds coordinates is located as one of shapely points is, and keeps them."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.arrays import compiled
from gridgov.checks import conform
from gridgov.errors import DatumError
from gridgov.geo.point_array import coordinates_of, point_array
from gridgov.place.areas import check_points
from gridgov.place.locate import locate

STREETS = gpd.GeoDataFrame(
    {"street_id": ["A", "街道乙", "C"]},
    geometry=[
        shapely.box(0, 0, 1, 1),
        shapely.segmentize(shapely.box(1, 0, 2, 1), 0.01),
        shapely.box(1.5, 0, 2.5, 1),
    ],
    crs="EPSG:4326",
)

NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0, np.nan, np.inf, 1e308]),
    st.floats(-1, 3),
)


def table(x: Any, y: Any, *, held: bool, index: Any = None) -> gpd.GeoDataFrame:
    """Return incidents, as coordinates or as the points of these."""
    points = point_array(x, y)
    shapes = points if held else np.asarray(points, dtype=object)
    ids = pd.array([f"i{number}" for number in range(len(x))], dtype="str")
    return gpd.GeoDataFrame(
        {"incident_id": ids, "own": np.arange(len(x))},
        geometry=shapes,
        crs="EPSG:4326",
        index=index,
    )


def lazy(frame: gpd.GeoDataFrame) -> bool:
    """Return whether a table holds coordinates and no points."""
    return coordinates_of(frame.geometry.array) is not None


@pytest.fixture(params=["NumPy", "compiled"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let plain NumPy or the compiled loops answer, whatever the number of rows."""
    rows = 0 if request.param == "compiled" else 1 << 60
    monkeypatch.setattr(compiled, "FIRST_USE", rows)
    monkeypatch.setattr(compiled, "LATER_USE", rows)
    return str(request.param)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=40), st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_coordinates_and_points_have_the_same_cells_and_owners(
    path: str, pairs: list[tuple[float, float]], odd_index: bool
) -> None:
    x, y = (np.array([pair[i] for pair in pairs], dtype=float) for i in (0, 1))
    index = ["same"] * len(x) if odd_index else None
    held = table(x, y, held=True, index=index)
    found = locate(held, STREETS, resolution=9)
    expected = locate(table(x, y, held=False, index=index), STREETS, resolution=9)
    assert lazy(held)
    assert lazy(found)
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(expected))


def test_many_rows_have_the_same_answers_on_both_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(-0.2, 3, 60_000).round(3), rng.uniform(-0.2, 1.2, 60_000).round(3)
    x[::101], y[::103] = np.nan, np.inf
    found = {}
    for name, rows in (("NumPy", 1 << 60), ("compiled", 0)):
        monkeypatch.setattr(compiled, "FIRST_USE", rows)
        monkeypatch.setattr(compiled, "LATER_USE", rows)
        for held in (True, False):
            found[name, held] = locate(table(x, y, held=held), STREETS, resolution=8)
    first = found["NumPy", False]
    assert set(first["match"]) == {"inside", "border", "overlap", "outside", "no_point"}
    for other in found.values():
        pd.testing.assert_frame_equal(pd.DataFrame(other), pd.DataFrame(first))


def test_reading_locating_and_counting_make_no_points() -> None:
    rng = np.random.default_rng(9)
    source = pd.DataFrame(
        {
            "incident_id": np.arange(500).astype(str),
            "category": "x",
            "reported_at": "2016-03-05 14:20",
            "longitude": rng.uniform(0, 3, 500).round(6),
            "latitude": rng.uniform(0.1, 1, 500).round(6),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        incidents, _ = gg.read_incidents(source, jurisdictions=STREETS, timezone="Asia/Shanghai")
    located = locate(incidents, STREETS, resolution=6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gg.tally(located, gg.make_grid(STREETS, resolution=6))
    assert lazy(incidents)
    assert lazy(located)
    # What happens to the source afterwards does not reach what was read.
    source.loc[0, "longitude"] = 99.0
    assert incidents.geometry.iloc[0].x == located.geometry.iloc[0].x != 99.0


def test_a_table_put_in_form_keeps_its_coordinates() -> None:
    assert lazy(conform(table([1.0], [2.0], held=True), "located"))


@pytest.mark.parametrize("held", [True, False])
def test_coordinates_given_out_cannot_be_written_into(held: bool) -> None:
    for numbers in check_points(table([1.0, np.nan], [2.0, 3.0], held=held)):
        with pytest.raises(ValueError, match="read-only"):
            numbers[0] = 5


def test_coordinates_in_another_datum_are_refused_as_points_are() -> None:
    incidents = gpd.GeoDataFrame(
        {"incident_id": ["1"]}, geometry=point_array([1], [2], "EPSG:4490")
    )
    with pytest.raises(DatumError, match="must be in EPSG:4326"):
        locate(incidents, STREETS, resolution=9)


def test_points_that_were_changed_are_located_where_they_are_now() -> None:
    incidents = table([0.5, 0.5], [0.5, 0.5], held=True)
    incidents.loc[1, "geometry"] = shapely.Point(1.25, 0.5)
    assert locate(incidents, STREETS, resolution=9)["street_id"].tolist() == ["A", "街道乙"]
