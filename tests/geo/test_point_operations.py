"""Operations of pandas and geopandas do to a column of coordinates what they do to points."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.array import GeometryArray
from numpy.typing import NDArray
from shapely import Point

from gridgov.geo.point_array import coordinates_of, point_array

Floats = NDArray[np.float64]
Frame = gpd.GeoDataFrame
Operation = Callable[[Frame], Any]

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


def frame_of(array: GeometryArray) -> Frame:
    rows = np.arange(len(array))
    return gpd.GeoDataFrame(
        {"number": rows * 7 % 5, "group": pd.Categorical.from_codes(rows % 3, ["a", "b", "c"])},
        geometry=array,
        index=rows[::-1] * 2,
    )


def lazy(value: Any) -> bool:
    """Return whether a frame, a column or an array holds coordinates and no points."""
    column = value.geometry if isinstance(value, gpd.GeoDataFrame) else value
    return coordinates_of(getattr(column, "array", column)) is not None


def bits(value: Any) -> Any:
    """Return everything that can be told about an answer, to the last bit."""
    if isinstance(value, gpd.GeoDataFrame | pd.DataFrame):
        kind = type(value).__name__
        name = getattr(value, "_geometry_column_name", None)
        columns = [bits(value.iloc[:, i]) for i in range(value.shape[1])]
        return kind, name, list(value.columns), bits(value.index), columns
    if isinstance(value, pd.Series):
        content = bits(value.array) if str(value.dtype) == "geometry" else bits(value.to_numpy())
        return type(value).__name__, str(value.dtype), value.name, bits(value.index), content
    if isinstance(value, pd.Index):
        return type(value).__name__, value.name, str(value.dtype), list(value)
    if isinstance(value, GeometryArray):
        crs = None if value.crs is None else value.crs.to_wkt()
        return "geometries", crs, shapely.to_wkb(np.asarray(value), hex=True).tolist()
    if isinstance(value, np.ndarray) and value.dtype == object:
        return "objects", value.shape, [bits(one) for one in value.ravel()]
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, shapely.Geometry):
        return shapely.to_wkb(value, hex=True)
    if isinstance(value, tuple | list):
        return type(value).__name__, [bits(one) for one in value]
    return type(value).__name__, repr(value)


def outcome(operation: Operation, array: GeometryArray) -> Any:
    """Return what an operation answers, refuses or warns of, and what it leaves behind."""
    frame = frame_of(array)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            answer = bits(operation(frame))
        except Exception as error:
            answer = type(error).__name__, str(error)
    said = [(one.category.__name__, str(one.message)) for one in told]
    return answer, said, bits(frame)


def changed(change: Callable[[Frame], Any]) -> Operation:
    """Return an operation that changes its table and answers with it."""

    def operation(frame: Frame) -> Frame:
        change(frame)
        return frame

    return operation


def set_at(frame: Frame, where: Any, value: Any) -> None:
    frame.iloc[where, 2] = value


def set_values(frame: Frame, where: Any, value: Any) -> None:
    frame.geometry.values[where] = value


def sibling_of_change(frame: Frame) -> Any:
    other = frame.copy(deep=False)
    series = frame.geometry
    frame.loc[frame.index[0], "geometry"] = Point(1, 2)
    return other, series, frame


def written(frame: Frame, write: str, **options: Any) -> bytes:
    file = io.BytesIO()
    getattr(frame, write)(file, **options)
    return file.getvalue()


def through_array(frame: Frame) -> Frame:
    np.asarray(frame.geometry.array)[0] = Point(5, 6)
    return frame


STREETS = gpd.GeoDataFrame(
    {"street_id": ["A", "B"]},
    geometry=[shapely.box(116, 39, 116.5, 40), shapely.box(116.5, 39, 117, 40)],
    crs="EPSG:4326",
)
FAR = GeometryArray(np.array([Point(3, 4), None]), crs="EPSG:3857")

STAYS: dict[str, Operation] = {
    "all rows": lambda f: f,
    "length and shape": lambda f: (len(f), f.shape, f.geometry.size, f.geometry.array.ndim),
    "missing": lambda f: (f.geometry.array.isna(), f.isna(), pd.notna(f.geometry.array)),
    "head": lambda f: f.head(3),
    "slice": lambda f: f.iloc[1:7:2],
    "reversed": lambda f: f.iloc[::-1],
    "whole slice": lambda f: f.geometry.array[:],
    "view": lambda f: f.geometry.array.view(),
    "mask": lambda f: f[f["number"] > 1],
    "mask of a masked array": lambda f: f.geometry.array[pd.array([True, False] * 4 + [True])],
    "positions": lambda f: f.iloc[[5, 0, 0, -1]],
    "list of positions": lambda f: f.geometry.array[[3, 1]],
    "empty list": lambda f: f.geometry.array[[]],
    "labels": lambda f: f.loc[[0, 4]],
    "nothing": lambda f: f.iloc[:0],
    "take": lambda f: f.geometry.array.take([0, -1, 3]),
    "take with gaps": lambda f: f.geometry.array.take([0, -1, 3], allow_fill=True),
    "take of a list with gaps": lambda f: f.geometry.array.take(
        [0, -1], allow_fill=True, fill_value=np.nan
    ),
    "reindexed": lambda f: f.reindex([0, 99, 2]),
    "sorted": lambda f: f.sort_values(["number", "group"]),
    "sorted index": lambda f: f.sort_index(),
    "reset index": lambda f: f.reset_index(drop=True),
    "copied": lambda f: f.copy(),
    "copied flatly": lambda f: f.copy(deep=False),
    "copied deeply": lambda f: copy.deepcopy(f),
    "copied array": lambda f: (copy.copy(f.geometry.array), copy.deepcopy(f.geometry.array)),
    "assigned": lambda f: f.assign(other=1),
    "renamed": lambda f: f.rename_geometry("place").rename_geometry("geometry"),
    "renamed column": lambda f: f.rename(columns={"number": "n"}),
    "dropped column": lambda f: f.drop(columns="number"),
    "joined rows": lambda f: pd.concat([f, f.head(2)]),
    "joined rows anew": lambda f: pd.concat([f.iloc[::-1], f], ignore_index=True),
    "joined with none": lambda f: pd.concat([f.iloc[:0], f.iloc[[1]]]),
    "joined columns": lambda f: pd.concat([f, f["number"].rename("again")], axis=1),
    "merged": lambda f: f.merge(pd.DataFrame({"number": [0, 1], "word": ["x", "y"]}), how="left"),
    "merged from the right": lambda f: f.merge(pd.DataFrame({"number": [0, 9]}), how="right"),
    "joined by index": lambda f: f.join(pd.DataFrame({"word": ["x"]}, index=[4])),
    "query": lambda f: f.query("number == 2"),
    "without missing": lambda f: f.dropna(subset=["geometry"]),
    "set crs again": lambda f: f.set_crs("EPSG:4326"),
    "set crs otherwise": lambda f: f.set_crs("EPSG:4490", allow_override=True),
    "crs": lambda f: (f.crs.to_wkt(), f.geometry.crs.to_wkt(), f.geometry.array.crs.to_epsg()),
    "same type": lambda f: f.geometry.astype("geometry"),
    "astype geometry dtype": lambda f: f.geometry.array.astype(f.geometry.dtype, copy=False),
    "array's coordinates": lambda f: (f.geometry.array.x, f.geometry.array.y),
    "array's bounds": lambda f: (f.geometry.array.bounds, f.geometry.array.total_bounds),
    "array's kinds": lambda f: (f.geometry.array.geom_type, f.geometry.array.is_empty),
    "one point": lambda f: (f.geometry.iloc[0], f.geometry.iloc[1], f.geometry.array[-1]),
    "beyond the end": lambda f: f.geometry.array[99],
    "take beyond the end": lambda f: f.geometry.array.take([99]),
    "take before the start": lambda f: f.geometry.array.take([-2], allow_fill=True),
    "mask of another length": lambda f: f.geometry.array[np.array([True, False])],
    "iterated": lambda f: list(f.geometry),
    "tuples": lambda f: list(f.itertuples()),
    "grouped": lambda f: [part for _, part in f.groupby("group", observed=True)],
    "group sizes": lambda f: f.groupby("group", observed=True).size(),
    "group heads": lambda f: f.groupby("group", observed=True).head(1),
    "sampled": lambda f: f.sample(4, random_state=3),
    "text": lambda f: (repr(f.take([0] * 99)), repr(f.take([0] * 99).geometry)),
    "text of an array": lambda f: (repr(f.geometry.array), repr(f.geometry.array.take([1] * 99))),
    "html": lambda f: f.take([0] * 99)._repr_html_(),
    "no own frame": lambda f: pd.DataFrame(f),
    "no geometry": lambda f: f.drop(columns="geometry"),
    "pickled": lambda f: pickle.loads(pickle.dumps(f)),
    "filled where nothing is": lambda f: f.dropna(subset=["geometry"]).geometry.fillna(Point(0, 0)),
    "repeated": lambda f: f.geometry.repeat(2),
    "shifted index": lambda f: f.set_index("number"),
    "equal to itself": lambda f: (f.equals(f.copy()), f.equals(f.iloc[::-1])),
    "equal with another zero": lambda f: f.geometry.array[[2]].equals(f.geometry.array[[6]]),
    "unequal lengths": lambda f: f.geometry.array[:2].equals(f.geometry.array[:3]),
}

ASKS: dict[str, Operation] = {
    "whole text": lambda f: (repr(f), repr(f.geometry), f.to_string(), f._repr_html_()),
    "missing or empty": lambda f: (f.geometry.isna(), f.geometry.notna()),
    "coordinates": lambda f: (f.geometry.x, f.geometry.y),
    "boxes": lambda f: (f.bounds, f.total_bounds, f.geometry.bounds),
    "kinds": lambda f: (f.geom_type, f.is_empty, f.is_valid, f.has_z, f.geometry.array.is_valid),
    "objects": lambda f: (np.asarray(f.geometry), f.geometry.to_numpy(), f.geometry.to_list()),
    "astype object": lambda f: f.geometry.astype(object),
    "astype text": lambda f: f.geometry.astype(str),
    "reprojected": lambda f: f.to_crs("EPSG:3857"),
    "reprojected around": lambda f: f.dropna(subset=["geometry"]).to_crs(32650).to_crs(4326),
    "buffered": lambda f: f.geometry.buffer(0.1, quad_segs=2),
    "distances": lambda f: f.geometry.distance(Point(116, 39)),
    "within": lambda f: f.geometry.within(STREETS.geometry.iloc[0]),
    "aligned": lambda f: f.geometry.geom_equals(f.geometry.iloc[::-1], align=True),
    "spatial join": lambda f: gpd.sjoin(f, STREETS, how="left"),
    "spatial join around": lambda f: gpd.sjoin(STREETS, f),
    "nearest": lambda f: gpd.sjoin_nearest(f.dropna(subset=["geometry"]), STREETS),
    "spatial index": lambda f: f.sindex.query(STREETS.geometry.iloc[0]),
    "indexed view": lambda f: (f.sindex.size, f.geometry.array[:].has_sindex, f.has_sindex),
    "box": lambda f: f.cx[116.1:116.5, 39:40],
    "clipped": lambda f: gpd.clip(f, STREETS),
    "overlay": lambda f: gpd.overlay(STREETS, f.buffer(0.1).to_frame("geometry")),
    "dissolved": lambda f: f.dissolve("group", observed=True),
    "union": lambda f: f.union_all(),
    "well-known bytes": lambda f: (f.to_wkb(), f.geometry.to_wkb(hex=True)),
    "well-known text": lambda f: (f.to_wkt(), f.geometry.to_wkt()),
    "GeoJSON": lambda f: (f.to_json(), f.geometry.to_json(), f.__geo_interface__),
    "Parquet": lambda f: written(f, "to_parquet"),
    "Parquet of coordinates": lambda f: written(f, "to_parquet", geometry_encoding="geoarrow"),
    "Feather": lambda f: written(f, "to_feather"),
    "Arrow": lambda f: f.to_arrow().__class__.__name__,
    "file": lambda f: written(f, "to_file", driver="GeoJSON", layer="incidents"),
    "CSV": lambda f: f.to_csv(),
    "dictionary": lambda f: f.to_dict(),
    "distinct": lambda f: (f.geometry.unique(), f.geometry.nunique(), f.geometry.duplicated()),
    "without repeats": lambda f: f.drop_duplicates("geometry"),
    "value counts": lambda f: f.geometry.value_counts(),
    "factorized": lambda f: pd.factorize(f.geometry),
    "hashed": lambda f: pd.util.hash_pandas_object(f),
    "sorted by place": lambda f: f.sort_values("geometry"),
    "grouped by place": lambda f: f.groupby("geometry").size().tolist(),
    "merged by place": lambda f: f.merge(f[["geometry"]].drop_duplicates(), on="geometry"),
    "first of groups": lambda f: f.groupby("group", observed=True).first(),
    "applied": lambda f: f.geometry.apply(lambda point: point and point.x),
    "applied to groups": lambda f: f.groupby("group", observed=True).apply(lambda part: part[:1]),
    "mapped": lambda f: f.geometry.map(lambda point: point),
    "applied to rows": lambda f: f.apply(lambda row: row["geometry"], axis=1),
    "exploded": lambda f: f.explode(),
    "aggregated": lambda f: f.groupby("group", observed=True).agg({"geometry": "count"}),
    "melted": lambda f: pd.DataFrame(f).melt(id_vars="number"),
    "stacked": lambda f: f[["geometry"]].stack(),
    "transposed": lambda f: f[["geometry"]].T,
    "shifted": lambda f: f.shift(1),
    "shifted back": lambda f: f.geometry.shift(-2),
    "filled": lambda f: f.geometry.fillna(Point(1, 1)),
    "filled with others": lambda f: f.geometry.fillna(f.geometry.iloc[::-1]),
    "filled forward": lambda f: f.geometry.ffill(),
    "filled backward": lambda f: f.geometry.bfill(limit=1),
    "where": lambda f: f.geometry.where(f["number"] > 1),
    "where else": lambda f: f.geometry.where(f["number"] > 1, Point(2, 2)),
    "masked": lambda f: f.mask(f["number"] > 1),
    "replaced": lambda f: f.geometry.replace(Point(116.4, 39.9), Point(0, 1)),
    "compared": lambda f: (f.geometry == Point(116.2, 39.5), f.geometry != f.geometry),
    "held": lambda f: (Point(116.2, 39.5) in f.geometry.array, None in f.geometry.array),
    "is in": lambda f: f.geometry.isin([Point(116.2, 39.5)]),
    "combined": lambda f: f.geometry.combine_first(f.geometry.shift(1)),
    "reduced": lambda f: (f.geometry.array.all(), f.geometry.array.any()),
    "refused reduction": lambda f: f.geometry.sum(),
    "smallest": lambda f: f.geometry.array.argmin(),
    "third coordinate": lambda f: f.geometry.array.z,
    "take with a point": lambda f: f.geometry.array.take(
        [0, -1], allow_fill=True, fill_value=Point(9, 9)
    ),
    "take with a word": lambda f: f.geometry.array.take([0], allow_fill=True, fill_value="x"),
    "two numbers at once": lambda f: f.geometry.array[np.array([[0, 1]])],
    "inserted": lambda f: f.geometry.array.insert(1, Point(1, 2)),
    "deleted": lambda f: f.geometry.array.delete([0, 2]),
    "joined with plain rows": lambda f: pd.concat([f, frame_of(plain_array(X[:2], Y[:2]))]),
    "plain rows joined": lambda f: pd.concat([frame_of(plain_array(X[:2], Y[:2])), f]),
    "joined with no geometry": lambda f: pd.concat([f, pd.DataFrame({"number": [1]})]),
    "joined with other shapes": lambda f: pd.concat([f, STREETS]),
    "joined with no crs": lambda f: pd.concat([f, frame_of(point_array(X, Y, None))]),
    "joined with another crs": lambda f: pd.concat([f, frame_of(point_array(X, Y, "EPSG:3857"))]),
    "joined with another crs, all missing": lambda f: pd.concat(
        [f, frame_of(point_array(X[1:2], Y[1:2], None))]
    ),
    "equal to plain": lambda f: f.equals(frame_of(plain_array(X, Y))),
    "plain equal": lambda f: frame_of(plain_array(X, Y)).equals(f),
    "unequal to plain": lambda f: f.equals(frame_of(plain_array(Y, X))),
    "unequal to numbers": lambda f: f.geometry.array.equals(np.arange(9)),
    "geometries equal": lambda f: f.geom_equals(frame_of(plain_array(X, Y))),
    "set geometry": lambda f: f.set_geometry(f.geometry.buffer(1)),
    "set at": changed(lambda f: set_at(f, 0, Point(1, 1))),
    "set missing": changed(lambda f: set_at(f, 0, None)),
    "set several": changed(lambda f: set_at(f, [0, 2], Point(1, 1))),
    "set slice": changed(lambda f: set_at(f, slice(0, 3), None)),
    "set by mask": changed(lambda f: f.__setitem__("geometry", f.geometry.where(f["number"] > 1))),
    "set label": changed(lambda f: f.loc.__setitem__((4, "geometry"), Point(3, 3))),
    "set to a number": changed(lambda f: set_values(f, 0, 5)),
    "set values": changed(lambda f: set_values(f, 0, Point(7, 7))),
    "set values from array": changed(
        lambda f: set_values(f, slice(0, 2), point_array([1, 2], [3, 4]))
    ),
    "set values from plain": changed(lambda f: set_values(f, slice(0, 2), FAR)),
    "set whole column": changed(lambda f: f.__setitem__("geometry", f.geometry.iloc[::-1])),
    "set beyond the end": changed(lambda f: set_values(f, 99, None)),
    "siblings of a change": sibling_of_change,
    "written through NumPy": through_array,
    "set crs on the array": changed(lambda f: setattr(f.geometry.array, "crs", "EPSG:4490")),
}


@pytest.mark.parametrize("made", [point_array, asked_array], ids=["coordinates", "asked"])
@pytest.mark.parametrize("name", [*STAYS, *ASKS])
def test_an_operation_answers_warns_and_refuses_as_on_plain_points(name: str, made: Any) -> None:
    operation = {**STAYS, **ASKS}[name]
    assert outcome(operation, made(X, Y)) == outcome(operation, plain_array(X, Y))


@pytest.mark.parametrize("name", list(STAYS))
def test_moving_rows_makes_no_points(name: str) -> None:
    frame = frame_of(point_array(X, Y))
    try:
        answer = STAYS[name](frame)
    except (IndexError, ValueError):
        answer = None
    assert lazy(frame)
    parts = answer if isinstance(answer, tuple | list) else [answer]
    columns = [part for part in parts if isinstance(part, gpd.GeoDataFrame | gpd.GeoSeries)]
    assert all(lazy(column) for column in columns)
