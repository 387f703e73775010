"""What is within reach of a cell, held to brute force: distances, discs, folds, walks, people."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from shapely import LineString, MultiPoint, Point, box

from gridgov.columns import TABLES
from gridgov.coverage.reach.reach import measure_reach
from gridgov.coverage.reach.reach_land import reach_layers
from gridgov.errors import (
    ColumnsError,
    DatumError,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
)
from gridgov.geo.hexgrid import cell_centers, cells_to_text
from gridgov.geo.projection import local_equal_area, to_plane
from gridgov.place.cover import cell_shapes
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.place.network import distances, make_network

STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E"], "people": [1200.0, 600.0]},
    geometry=[box(116.200, 39.900, 116.211, 39.912), box(116.211, 39.900, 116.222, 39.912)],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
CELLS = GRID["cell"].to_numpy(dtype=np.uint64)
CENTERS = cell_centers(CELLS)
MIDDLE = (116.211, 39.906)


def posts(seed: int = 0, rows: int = 7) -> gpd.GeoDataFrame:
    """Posts in the two streets and a little around them."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(116.196, 116.226, rows), random.uniform(39.897, 39.915, rows)
    return gpd.GeoDataFrame(
        {
            "facility_id": [f"P{number}" for number in range(rows)],
            "kind": [["post", "camera"][number % 2] for number in range(rows)],
            "reach_m": random.uniform(80, 500, rows),
            "capacity": random.integers(0, 20, rows).astype(float),
        },
        geometry=shapely.points(x, y),
        crs="EPSG:4326",
    )


@cache
def reports(rows: int = 300) -> gpd.GeoDataFrame:
    random = np.random.default_rng(5)
    x, y = random.uniform(116.200, 116.222, rows), random.uniform(39.900, 39.912, rows)
    incidents = gpd.GeoDataFrame(
        {"incident_id": [str(number) for number in range(rows)]},
        geometry=shapely.points(x, y),
        crs="EPSG:4326",
    )
    return locate(incidents, STREETS, resolution=9)


def plane(geometries: Any) -> Any:
    return to_plane(geometries, center=MIDDLE)[0]


def at(geometries: Any) -> Any:
    return shapely.get_coordinates(plane(geometries))


def test_columns_rows_and_order_are_the_documented_ones() -> None:
    reach = measure_reach(posts(), GRID.iloc[::-1], reports(), jurisdictions=STREETS, by="kind")
    assert reach.columns.tolist() == TABLES["reach"].names
    assert reach["group"].tolist() == ["camera"] * len(CELLS) + ["post"] * len(CELLS)
    assert reach["cell"].tolist() == np.tile(np.sort(CELLS), 2).tolist()
    assert reach["cell"].dtype == "uint64"
    assert reach["snap_m"].isna().all()
    assert reach["population"].isna().all()


def test_nearest_second_and_those_within_are_those_of_all_pairs() -> None:
    table = posts()
    reach = measure_reach(table, GRID)
    far = cdist(at(shapely.points(*CENTERS)), at(table.geometry.array))
    order = np.argsort(far, axis=1)
    ids = table["facility_id"].to_numpy()
    assert reach["nearest_id"].tolist() == ids[order[:, 0]].tolist()
    assert reach["second_id"].tolist() == ids[order[:, 1]].tolist()
    np.testing.assert_allclose(
        reach[["nearest_m", "second_m"]], np.sort(far, axis=1)[:, :2], rtol=1e-5
    )
    within = far <= table["reach_m"].to_numpy()
    assert reach["facilities_within"].tolist() == within.sum(axis=1).tolist()
    np.testing.assert_allclose(reach["capacity_within"], within @ table["capacity"].to_numpy())


@pytest.mark.parametrize("folds", [1, 2, 3])
def test_the_share_reached_is_the_area_of_the_discs_in_the_land_of_the_cell(folds: int) -> None:
    table = posts(seed=3)
    reach = measure_reach(table, GRID, jurisdictions=STREETS, folds=folds)
    # By shapely alone: every set of so many discs, in another plane.
    discs = [
        Point(one).buffer(radius, quad_segs=512)
        for one, radius in zip(at(table.geometry.array), table["reach_m"], strict=True)
    ]
    land = shapely.union_all(
        [shapely.intersection_all(list(some)) for some in combinations(discs, folds)]
    )
    area = plane([shapely.segmentize(shapely.union_all(STREETS.geometry.array), 0.0005)])[0]
    inside = shapely.intersection(plane(cell_shapes(np.sort(CELLS))), area)
    expected = shapely.area(shapely.intersection(inside, land)) / shapely.area(inside)
    np.testing.assert_allclose(reach["reached_share"], expected, atol=2e-4)
    assert reach["folds"].tolist() == [folds] * len(CELLS)


def test_a_disc_has_the_area_of_the_circle() -> None:
    _, back = to_plane([], center=MIDDLE)
    (land,) = reach_layers(np.array([[0.0, 0.0]]), np.array([300.0]), 1, back)
    assert shapely.area(plane([land]))[0] == pytest.approx(np.pi * 300**2, rel=1e-9)


def test_discs_that_only_touch_have_no_land_in_common() -> None:
    _, back = to_plane([], center=MIDDLE)
    three = np.array([[0.0, 0.0], [200.0, 0.0], [0.0, 0.0]])
    one, two, all_of_them = reach_layers(three, np.array([100.0] * 3), 3, back)
    areas = shapely.area(plane([one, two, all_of_them]))
    # The corners of the polygons stand a fiftieth of a meter beyond the circle.
    np.testing.assert_allclose(areas, np.pi * 100**2 * np.array([2, 1, 0]), atol=2)


def test_without_jurisdictions_the_whole_cell_is_its_land() -> None:
    rim = int(np.argmin(GRID["inside_share"]))
    center = Point(CENTERS[0][rim], CENTERS[1][rim])
    post = gpd.GeoDataFrame(
        {"facility_id": ["P"], "reach_m": [50.0]}, geometry=[center], crs="EPSG:4326"
    )
    whole = measure_reach(post, GRID)["reached_share"].iloc[rim]
    area = shapely.area(plane(cell_shapes(CELLS[[rim]])))[0]
    assert whole == pytest.approx(np.pi * 50**2 / area, rel=1e-6)


def test_incidents_are_asked_for_at_their_own_point() -> None:
    table, located = posts(seed=2), reports()
    reach = measure_reach(table, GRID, located, folds=2)
    far = cdist(at(located.geometry.array), at(table.geometry.array))
    hit = (far <= table["reach_m"].to_numpy()).sum(axis=1) >= 2
    by_cell = located[hit].groupby("cell").size()
    assert reach["incidents"].sum() == len(located)
    assert (
        reach["incidents_reached"].tolist()
        == by_cell.reindex(reach["cell"], fill_value=0).to_list()
    )


def test_people_of_a_street_are_spread_over_it_and_add_up() -> None:
    reach = measure_reach(
        posts(), GRID, jurisdictions=STREETS, distance_m=5000, population="people"
    )
    assert reach["population"].sum() == pytest.approx(1800, rel=1e-6)
    # Everybody lies within 5 km.
    np.testing.assert_allclose(reach["population_reached"], reach["population"], rtol=1e-9)
    none = measure_reach(posts(), GRID, jurisdictions=STREETS, distance_m=1e-3, population="people")
    assert none["population_reached"].sum() < 1e-6


@pytest.mark.parametrize("form", ["table", "text", "series", "mapping"])
def test_people_of_cells_come_in_any_form_and_unlisted_cells_are_unknown(form: str) -> None:
    known, people = CELLS[:5], [10.0, 20.0, 0.0, 5.0, 1.0]
    forms: dict[str, Any] = {
        "table": pd.DataFrame({"cell": known, "population": people}),
        "text": pd.DataFrame({"cell": cells_to_text(known), "population": people}),
        "series": pd.Series(people, index=known),
        "mapping": dict(zip(known.tolist(), people, strict=True)),
    }
    reach = measure_reach(posts(), GRID, population=forms[form]).set_index("cell")
    assert reach["population"].loc[known].tolist() == people
    assert reach["population"].drop(known).isna().all()
    share = reach["reached_share"].loc[known]
    np.testing.assert_allclose(reach["population_reached"].loc[known], people * share)


def test_an_unknown_capacity_makes_unknown_sums_where_it_counts() -> None:
    table = posts(rows=2).assign(capacity=[4.0, np.nan], reach_m=[300.0, 300.0])
    table = table.set_geometry([Point(116.204, 39.906), Point(116.218, 39.906)], crs="EPSG:4326")
    reach = measure_reach(table, GRID)
    second = reach["second_m"].where(reach["nearest_id"] == "P0", reach["nearest_m"])
    assert reach["capacity_within"].isna().tolist() == (second <= 300).tolist()
    assert reach.attrs["reach"]["facilities_without_capacity"] == 1
    assert (reach.loc[reach["facilities_within"] == 0, "capacity_within"] == 0).all()


ROADS = [
    LineString([(-900, 0), (900, 0)]),
    LineString([(0, -600), (0, 600)]),
    LineString([(-900, 400), (-200, 400)]),
]


def roads(shapes: Any = ROADS) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"line_id": range(len(shapes))}, geometry=shapes, crs=local_equal_area(*MIDDLE)
    )
    return frame.to_crs("EPSG:4326")


def test_along_a_network_the_center_decides_and_no_way_is_missing() -> None:
    network = make_network(roads(), max_snap_m=250)
    table = posts(rows=9).assign(reach_m=700.0)
    reach = measure_reach(table, GRID, reports(), network=network)
    centers = gpd.GeoDataFrame(geometry=shapely.points(*CENTERS), crs="EPSG:4326")
    far = distances(network, table, centers)
    nearest = np.sort(far, axis=0)[:2].T
    for name, column in (("nearest_m", 0), ("second_m", 1)):
        expected = np.where(np.isfinite(nearest[:, column]), nearest[:, column], np.nan)
        np.testing.assert_allclose(reach[name], expected, rtol=1e-9)
    assert reach["nearest_id"].isna().tolist() == np.isinf(nearest[:, 0]).tolist()
    within = (far <= 700).sum(axis=0)
    assert reach["facilities_within"].tolist() == within.tolist()
    on = reach["snap_m"].notna()
    assert 0 < on.sum() < len(on)
    assert reach["reached_share"][on].tolist() == (within[on] >= 1).astype(float).tolist()
    assert reach["reached_share"][~on].isna().all()

    spots = distances(network, table, reports())
    assert reach["incidents_reached"].sum() == ((spots <= 700).sum(axis=0) >= 1).sum()
    told = reach.attrs["reach"]["network"]
    assert told["parts"] == 2
    assert told["cells_off_network"] == int((~on).sum())
    assert told["cells_unreachable"] == int(np.isinf(nearest[:, 0]).sum())
    assert told["incidents_unreachable"] == int(np.isinf(spots).all(axis=0).sum())
    assert told["facilities_off_network"] == int(np.isinf(far).all(axis=1).sum())
    assert told["cell_snap_m"]["largest"] <= 250


def test_facilities_outside_count_for_reach_and_are_counted() -> None:
    outside = Point(116.1999, 39.906)
    table = posts(rows=2).set_geometry([outside, Point(116.205, 39.906)], crs="EPSG:4326")
    reach = measure_reach(table.iloc[:1], GRID, jurisdictions=STREETS, distance_m=300)
    assert reach["reached_share"].max() > 0.5
    assert reach.attrs["reach"]["facilities_outside"] == 1
    assert measure_reach(table, GRID).attrs["reach"]["facilities_outside"] is None


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8), st.floats(20, 900))
def test_more_folds_reach_less_and_more_distance_reaches_more(
    seed: int, rows: int, distance_m: float
) -> None:
    table = posts(seed, rows)
    options: dict[str, Any] = {"jurisdictions": STREETS}
    one = measure_reach(table, GRID, distance_m=distance_m, **options)["reached_share"]
    two = measure_reach(table, GRID, distance_m=distance_m, folds=2, **options)["reached_share"]
    more = measure_reach(table, GRID, distance_m=1.2 * distance_m, **options)["reached_share"]
    assert one.between(0, 1).all()
    assert (two <= one + 1e-8).all()
    assert (one <= more + 1e-8).all()
    shuffled = table.sample(frac=1, random_state=seed)
    again = measure_reach(shuffled, GRID, distance_m=distance_m, **options)["reached_share"]
    np.testing.assert_allclose(again, one, atol=1e-8)


def test_inputs_are_not_changed() -> None:
    table, located = posts(), reports().copy()
    before = [frame.copy() for frame in (table, GRID, located, STREETS)]
    measure_reach(table, GRID, located, jurisdictions=STREETS, population="people", by="kind")
    for frame, old in zip((table, GRID, located, STREETS), before, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(old))


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lambda t: t.iloc[:0], {}, EmptyTableError, "facilities has no rows"),
        (
            lambda t: t.drop(columns="facility_id"),
            {},
            ColumnsError,
            "must have the column facility",
        ),
        (lambda t: t.assign(facility_id="P"), {}, ColumnsError, r"unique\. Found: 6 missing or re"),
        (lambda t: t.to_crs(3857), {}, DatumError, r"facilities must be in EPSG:4326.*EPSG:3857"),
        (
            lambda t: t.assign(reach_m=[np.nan, *[5.0] * 6]),
            {},
            ColumnsError,
            r"reach_m above 0.*Found: 1 of 7 facilities that does not fit, the first, at row 0, is "
            r"missing\. Pass distance_m=",
        ),
        (lambda t: t.drop(columns="reach_m"), {}, ColumnsError, "Found: no column reach_m"),
        (
            lambda t: t.assign(capacity=-1.0),
            {},
            ColumnsError,
            r"capacity must be 0 or more\. Found: 7 of 7 facilities that do not fit.*is -1\.0",
        ),
        (
            lambda t: t.set_geometry([None, *t.geometry[1:]], crs=4326),
            {},
            GeometryError,
            r"must be a Point\. Found: 1 that is not, the first, at row 0, is missing",
        ),
        (
            lambda t: t.set_geometry([MultiPoint([(116, 40)])] * 7, crs=4326),
            {},
            GeometryError,
            "is a MultiPoint",
        ),
        (lambda t: t, {"distance_m": 0}, OptionError, "meters above 0.*Found: 0"),
        (lambda t: t, {"folds": 0}, OptionError, "folds must be a whole number, 1 or more"),
        (lambda t: t, {"by": "sort"}, ColumnsError, "must have the column sort"),
        (lambda t: t, {"network": ROADS}, ColumnsError, "must be a walking network. Found: list"),
        (lambda t: t, {"population": "people"}, ColumnsError, "Found: no jurisdictions"),
        (
            lambda t: t,
            {"population": "heads", "jurisdictions": STREETS},
            ColumnsError,
            "Found: 'heads' among street_id, people",
        ),
        (
            lambda t: t,
            {"population": {int(CELLS[0]): -3}},
            ColumnsError,
            r"0 or more.*Found: 1 other, the first is -3",
        ),
        (lambda t: t, {"population": 7}, ColumnsError, "Found: int"),
        (lambda t: t, {"population": {"a": 1, 2: 3}}, ColumnsError, "keyed by H3 cells"),
        (
            lambda t: t,
            {"population": pd.DataFrame({"cell": CELLS[[0, 0]], "population": [1, 2]})},
            ColumnsError,
            "more than once",
        ),
        (
            lambda t: t,
            {"population": pd.DataFrame({"cell": CELLS[:1]})},
            ColumnsError,
            "columns cell and population. Found: cell",
        ),
    ],
)
def test_what_cannot_be_used_is_named(change: Any, options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        measure_reach(change(posts()), GRID, **options)


def test_a_grid_that_repeats_a_cell_is_refused() -> None:
    with pytest.raises(InputError, match=r"grid must list every cell once\. Found: 1 repeated"):
        measure_reach(posts(), pd.concat([GRID, GRID.iloc[:1]]))
