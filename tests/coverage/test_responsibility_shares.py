"""How much land and how many incidents have no owner, one or several."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from gridgov.columns import TABLES
from gridgov.coverage.responsibility.responsibility import check_responsibility
from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.sources.jurisdictions import read_jurisdictions

ROOT = Path(__file__).resolve().parents[2]
UNIT = 1 / 64
WEST, SOUTH = 116.25, 39.875
AREAS = ["unowned_area_m2", "one_owner_area_m2", "several_owners_area_m2"]
COUNTED = ["unowned_incidents", "one_owner_incidents", "several_owners_incidents"]
FATES = [*COUNTED, "outside_incidents", "no_point_incidents"]


def lot(x, y, width=1, height=1):
    return box(
        WEST + x * UNIT, SOUTH + y * UNIT, WEST + (x + width) * UNIT, SOUTH + (y + height) * UNIT
    )


def lots_of(outlines, ids=None):
    names = ids or [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def reports(places, **columns):
    shapes = np.empty(len(places), dtype=object)
    shapes[:] = [
        None if at is None else Point(WEST + at[0] * UNIT, SOUTH + at[1] * UNIT) for at in places
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def alley(x, y, east, north):
    ends = [(x, y), (east, north)]
    return LineString([(WEST + a * UNIT, SOUTH + b * UNIT) for a, b in ends])


def alleys_named(lines, ids=None):
    names = ids or [f"L{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame({"line_id": names}, geometry=list(lines), crs="EPSG:4326")


def m2(shape):
    if shape.is_empty:
        return 0.0
    geod = pyproj.Geod(ellps="WGS84")
    fine = [shapely.normalize(shapely.segmentize(one, 0.0005)) for one in shapely.get_parts(shape)]
    return sum(abs(geod.geometry_area_perimeter(one)[0]) for one in fine)


def test_one_table_gives_one_row_with_all_columns_and_sums_that_are_kept():
    streets = lots_of([lot(0, 0, 2), lot(1, 0, 2), lot(0, 1, 3, 3).difference(lot(1, 2))])
    incidents = reports([(0.5, 0.5), (1.5, 0.5), (1.5, 2.5), (9, 9), None, (1, 0.5)])
    shares = measure_responsibility(streets, incidents)
    assert shares.columns.tolist() == TABLES["responsibility_shares"].names
    assert shares["scope"].tolist() == ["whole"]
    assert shares[["layer", "street_id", "department"]].isna().all(axis=None)
    # One in A alone and one on the edge of B inside A; the enclosed hole is without owner.
    assert shares[FATES].to_numpy().tolist() == [[1, 2, 1, 1, 1]]
    assert shares["incidents"].item() == 6
    assert shares["one_owner_incident_share"].item() == 2 / 4
    assert shares["area_m2"].item() == pytest.approx(m2(lot(0, 0, 3, 4)), rel=1e-7)
    assert shares["unowned_area_m2"].item() == pytest.approx(m2(lot(1, 2)), rel=1e-7)
    assert shares["several_owners_area_m2"].item() == pytest.approx(m2(lot(1, 0)), rel=1e-7)
    assert shares[AREAS].sum(axis=1).item() == pytest.approx(shares["area_m2"].item(), rel=1e-12)
    assert shares.attrs["touching_nothing"] == {"": []}


def test_without_incidents_their_columns_are_missing():
    shares = measure_responsibility(lots_of([lot(0, 0)]))
    assert shares[["incidents", *FATES, "one_owner_incident_share"]].isna().all(axis=None)
    assert shares["one_owner_area_share"].tolist() == [1.0]


def test_streets_have_rows_that_add_up_to_the_whole():
    streets = lots_of([lot(0, 0, 2, 2), lot(1, 1, 2, 2)])
    plots = lots_of([lot(0, 0, 1, 3), lot(2, 2, 2, 2)], ["P1", "P2"])
    study = lot(0, 0, 3, 3)
    rng = np.random.default_rng(4)
    incidents = reports([*rng.uniform(-0.5, 3.5, (300, 2)).tolist(), None, (1, 1)])
    layers = {"streets": streets, "plots": plots}
    whole = measure_responsibility(layers, incidents, study_area=study)
    rows = measure_responsibility(layers, incidents, study_area=study, by="street_id")
    assert rows["street_id"].tolist()[:2] == ["A", "B"]
    assert rows["street_id"].isna().tolist() == [False, False, True] * 3
    assert rows["layer"].tolist()[:6] == ["streets"] * 3 + ["plots"] * 3
    for layer in ("streets", "plots", None):
        some = rows[rows["layer"].isna() if layer is None else rows["layer"] == layer]
        all_ = whole[whole["layer"].isna() if layer is None else whole["layer"] == layer]
        for name in ["area_m2", *AREAS, "incidents", *FATES]:
            assert float(some[name].sum()) == pytest.approx(float(all_[name].sum()), rel=1e-9)
    assert whole["area_m2"].tolist() == pytest.approx([m2(study)] * 3, rel=1e-7)
    # The overlap of the streets at (1, 1) belongs to A, the first in table order.
    assert rows["area_m2"].iloc[0] == pytest.approx(m2(lot(0, 0, 2, 2)), rel=1e-7)
    assert rows["several_owners_area_m2"].iloc[0] == pytest.approx(m2(lot(1, 1)), rel=1e-7)
    assert rows["several_owners_area_m2"].iloc[1] == 0


def test_streets_can_be_others_than_the_layer():
    streets = lots_of([lot(0, 0, 2, 1), lot(2, 0, 2, 1)], ["W", "E"])
    plots = lots_of([lot(0, 0), lot(3, 0, 0.5)], ["P1", "P2"])
    shares = measure_responsibility(
        plots, streets=streets, by="street_id", study_area=lot(0, 0, 4, 1)
    )
    assert shares["one_owner_area_share"].tolist()[:2] == pytest.approx([0.5, 0.25], abs=1e-9)
    assert shares["area_m2"].iloc[2] == 0
    assert np.isnan(shares["one_owner_area_share"].iloc[2])


def test_departments_count_incidents_and_have_no_land():
    streets = lots_of([lot(0, 0, 2), lot(1, 0, 2)])
    incidents = reports(
        [(0.5, 0.5), (1.5, 0.5), (2.5, 0.5), (9, 9)], department=["urban", "urban", None, "water"]
    )
    shares = measure_responsibility(streets, incidents, by="department")
    assert shares["department"].tolist()[:2] == ["urban", "water"]
    assert shares["department"].isna().tolist() == [False, False, True]
    assert shares["scope"].tolist() == ["department"] * 3
    assert shares[FATES].to_numpy().tolist() == [[0, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 1, 0, 0, 0]]
    assert shares[["area_m2", *AREAS]].isna().all(axis=None)
    assert shares["one_owner_incident_share"].isna().tolist() == [False, True, False]


def test_the_nearest_line_owns_an_incident_and_land_near_two_has_several():
    lines = alleys_named([alley(0, 1, 4, 1), alley(2, 0, 2, 2)])
    incidents = reports([(2, 1), (2.005, 1.004), (0.5, 1), (0.5, 1.5)])
    shares = measure_responsibility(lines, incidents, study_area=lot(0, 0, 4, 2), line_width_m=20)
    assert shares[FATES].to_numpy().tolist() == [[1, 3, 0, 0, 0]]
    assert shares["several_owners_area_m2"].item() == pytest.approx(1600, rel=1e-3)


def test_all_layers_together_say_where_no_layer_has_an_owner():
    layers = {
        "streets": lots_of([lot(0, 0, 4, 2)]),
        "plots": lots_of([lot(0, 0, 1, 2), lot(3, 0, 2, 2)], ["P1", "P2"]),
        "alleys": alleys_named([alley(0, 1, 2, 1), alley(8, 8, 9, 9)]),
    }
    study = lot(0, 0, 6, 2)
    incidents = reports([(0.5, 1), (1.5, 1), (2.5, 0.5), (4.5, 0.5), (5.5, 0.5)])
    shares = measure_responsibility(layers, incidents, study_area=study).set_index("layer")
    together = shares[shares.index.isna()].iloc[0]
    assert together[COUNTED].tolist() == [1, 2, 2]
    assert shares.loc["alleys", "one_owner_incidents"] == 2
    free = study.difference(shapely.union_all([lot(0, 0, 5, 2)]))
    assert together["unowned_area_m2"] == pytest.approx(m2(free), rel=1e-6)


def test_a_line_that_touches_nothing_is_named():
    layers = {
        "streets": lots_of([lot(0, 0, 4, 2)]),
        "rivers": alleys_named([alley(0, 1, 2, 1), alley(8, 8, 9, 9)], ["in", "off"]),
    }
    shares = measure_responsibility(layers)
    assert shares.attrs["touching_nothing"] == {"streets": [], "rivers": ["off"]}


rectangles = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


@given(rectangles, st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_every_block_and_incident_counted_by_hand_gives_the_same(corners, seed):
    outlines = [lot(*corner) for corner in corners]
    streets, study = lots_of(outlines), lot(0, 0, 8, 8)
    blocks = [lot(x, y) for x in range(8) for y in range(8)]
    owners = [sum(shape.covers(block) for shape in outlines) for block in blocks]
    at = np.random.default_rng(seed).uniform(-1, 9, (60, 2))
    incidents = reports(at.tolist())
    inside = [study.covers(point) for point in incidents.geometry]
    counts = [sum(shape.covers(point) for shape in outlines) for point in incidents.geometry]
    shares = measure_responsibility(streets, incidents, study_area=study).iloc[0]
    for name, number in zip(AREAS, range(3), strict=True):
        expected = sum(m2(b) for b, n in zip(blocks, owners, strict=True) if min(n, 2) == number)
        assert shares[name] == pytest.approx(expected, rel=1e-6, abs=1e-3)
    for name, number in zip(COUNTED, range(3), strict=True):
        expected = sum(i and min(n, 2) == number for i, n in zip(inside, counts, strict=True))
        assert shares[name] == expected
    assert shares[FATES].sum() == shares["incidents"] == 60
    assert shares["area_m2"] == pytest.approx(m2(study), rel=1e-7)
    parts = check_responsibility(streets, study_area=study, min_area_m2=0)
    for kind, name in (("gap", "unowned_area_m2"), ("overlap", "several_owners_area_m2")):
        listed = parts.loc[parts["kind"] == kind, "area_m2"].sum()
        assert listed == pytest.approx(shares[name], rel=1e-9, abs=1e-2)


def test_inputs_are_not_changed_and_rows_are_in_table_order():
    streets = lots_of([lot(2, 0), lot(0, 0), lot(1, 0)], ["z", "a", "m"])
    incidents = reports([(0.5, 0.5)], department=["x"])
    before = streets.copy(), incidents.copy()
    shares = measure_responsibility(streets, incidents, by="street_id")
    assert shares["street_id"].tolist()[:3] == ["z", "a", "m"]
    assert shares["one_owner_incidents"].tolist() == [0, 1, 0, 0]
    pd.testing.assert_frame_equal(streets, before[0])
    pd.testing.assert_frame_equal(incidents, before[1])


def test_wrong_inputs_of_shares_are_refused():
    streets, lines = lots_of([lot(0, 0)]), alleys_named([alley(0, 0, 1, 1)])
    with pytest.raises(OptionError, match=r"by must be one of None, 'street_id', 'department'"):
        measure_responsibility(streets, by="streets")
    with pytest.raises(OptionError, match=r"study_area must be given when all layers are of lines"):
        measure_responsibility(lines)
    with pytest.raises(OptionError, match=r"must have streets to count by.*no layer of areas"):
        measure_responsibility(lines, study_area=lot(0, 0), by="street_id")
    with pytest.raises(OptionError, match=r'by="department" counts incidents.*located=None'):
        measure_responsibility(streets, by="department")
    with pytest.raises(ColumnsError, match="located must have the column department"):
        measure_responsibility(streets, reports([(0, 0)]), by="department")
    with pytest.raises(EmptyTableError, match="In the layer 'alleys': lines has no rows"):
        measure_responsibility({"streets": streets, "alleys": lines.iloc[:0]})


@pytest.mark.parametrize("grown", range(9))
def test_a_street_that_grew_over_its_neighbors_is_no_topology_error(grown):
    # A slit that tapers to nothing at a corner crosses itself once its corners are rounded.
    streets = read_jurisdictions(ROOT / "sample_data" / "streets.geojson", datum="gcj02")
    outlines = np.array(streets.geometry.array, dtype=object)
    outlines[grown] = shapely.buffer(outlines[grown], 0.001)
    moved = streets.set_geometry(gpd.GeoSeries(outlines, crs="EPSG:4326"))
    whole = measure_responsibility(moved).iloc[0]
    assert whole[AREAS].sum() == pytest.approx(whole["area_m2"], rel=1e-6)
    assert whole["area_m2"] == pytest.approx(m2(shapely.union_all(outlines)), rel=1e-4)
    assert whole["several_owners_area_m2"] > 100_000
