"""Who answers for a cell: shares that add up, ties, layers and lines."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from gridgov.columns import TABLES
from gridgov.coverage.responsibility.owners import find_owners
from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
from gridgov.errors import ColumnsError, EmptyTableError, GeometryError, OptionError
from gridgov.geo.hexgrid import cell_centers, points_to_cells
from gridgov.geo.projection import areas_m2
from gridgov.place.cover import cell_shapes
from gridgov.place.crosswalk import area_shares
from gridgov.place.grid import make_grid

UNIT = 1 / 64
WEST, SOUTH = 116.25, 39.875
SHARES = ["one_owner_share", "several_owners_share", "unowned_share", "outside_share"]


def tract(x, y, width=1, height=1):
    return box(
        WEST + x * UNIT, SOUTH + y * UNIT, WEST + (x + width) * UNIT, SOUTH + (y + height) * UNIT
    )


def tracts_of(outlines, ids=None):
    names = ids or [chr(ord("A") + number) for number in range(len(outlines))]
    return gpd.GeoDataFrame({"street_id": names}, geometry=list(outlines), crs="EPSG:4326")


def one_cell():
    cells = points_to_cells(np.array([WEST]), np.array([SOUTH]), 9)
    (x,), (y,) = cell_centers(cells)
    return pd.DataFrame({"cell": cells}), float(x), float(y)


def test_the_largest_share_owns_and_the_four_shares_add_up():
    streets = tracts_of([tract(0, 0, 2, 2), tract(1, 0, 3, 2), tract(5, 0, 1, 2)])
    grid = make_grid(streets, resolution=8)
    owners = find_owners(grid, streets, study_area=tract(0, 0, 6, 2))
    assert owners.columns.tolist() == TABLES["owners"].names
    assert owners["cell"].tolist() == grid["cell"].tolist()
    assert owners["layer"].isna().all()
    assert owners[SHARES].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(grid)), abs=1e-12)
    shares = area_shares(grid["cell"].to_numpy(), streets)
    best = shares.sort_values("share", kind="stable").groupby("cell").tail(1).set_index("cell")
    expected = best["share"].reindex(owners["cell"]).to_numpy()
    assert owners["owner_share"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert owners["owners"].tolist() == shares.groupby("cell").size().tolist()


def test_areas_over_all_cells_are_those_of_the_measure():
    streets = tracts_of([tract(0, 0, 2, 2), tract(1, 0, 3, 2), tract(5, 0, 1, 2)])
    study = tract(0, 0, 6, 2)
    grid = make_grid(tracts_of([study]), resolution=8)
    owners = find_owners(grid, streets, study_area=study)
    cell_m2 = np.asarray(areas_m2(cell_shapes(owners["cell"].to_numpy())))
    whole = measure_responsibility(streets, study_area=study).iloc[0]
    for share in ("unowned", "one_owner", "several_owners"):
        total = float((owners[f"{share}_share"].to_numpy() * cell_m2).sum())
        assert total == pytest.approx(whole[f"{share}_area_m2"], rel=1e-6, abs=0.01)


def test_on_a_tie_the_first_in_table_order_owns():
    grid, x, y = one_cell()
    half = box(x - 0.1, y - 0.1, x, y + 0.1)
    for ids, first in ((["b", "a"], "b"), (["a", "b"], "a")):
        owners = find_owners(grid, tracts_of([half, half], ids))
        assert owners["owner_id"].tolist() == [first]
        assert owners["owners"].tolist() == [2]
        assert owners["several_owners_share"].item() == pytest.approx(0.5, abs=1e-4)


def test_a_cell_without_owner_is_a_row_with_a_missing_one():
    grid, x, y = one_cell()
    far = tracts_of([box(x + 0.1, y, x + 0.2, y + 0.1)])
    owners = find_owners(grid, far)
    assert owners["owner_id"].isna().all()
    assert owners[["owner_share", *SHARES]].to_numpy().tolist() == [[0, 0, 0, 0, 1]]
    inside = find_owners(grid, far, study_area=box(x - 0.1, y - 0.1, x + 0.2, y + 0.1))
    assert inside["unowned_share"].tolist() == [1.0]


def test_layers_have_rows_of_their_own_and_together():
    grid, x, y = one_cell()
    layers = {
        "streets": tracts_of([box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)], ["S"]),
        "plots": tracts_of([box(x - 0.1, y - 0.1, x, y + 0.1)], ["P"]),
        "alleys": gpd.GeoDataFrame(
            {"line_id": ["off"]}, geometry=[LineString([(x + 3, y), (x + 4, y)])], crs="EPSG:4326"
        ),
    }
    owners = find_owners(grid, layers)
    assert owners["layer"].tolist()[:3] == ["streets", "plots", "alleys"]
    assert owners["layer"].isna().tolist() == [False, False, False, True]
    assert owners["owner_id"].tolist()[:2] == ["S", "P"]
    assert owners["owner_id"].isna().tolist() == [False, False, True, False]
    assert owners["one_owner_share"].tolist() == pytest.approx([1, 0.5, 0, 0.5], abs=1e-4)
    assert owners["several_owners_share"].tolist() == pytest.approx([0, 0, 0, 0.5], abs=1e-4)
    assert owners["unowned_share"].tolist() == pytest.approx([0, 0.5, 1, 0], abs=1e-4)


def test_a_line_owns_its_strip_of_a_cell():
    grid, x, y = one_cell()
    line = gpd.GeoDataFrame(
        {"line_id": ["R"]}, geometry=[LineString([(x - 0.1, y), (x + 0.1, y)])], crs="EPSG:4326"
    )
    study = box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)
    owners = find_owners(grid, line, study_area=study, line_width_m=5)
    shape = cell_shapes(grid["cell"].to_numpy())
    # 10 m across the whole width of the cell, which a parallel through its center cuts.
    chord = shapely.intersection(shape[0], line.geometry[0])
    degrees = float(shapely.length(chord))
    expected = degrees * 85_520 * 10 / float(areas_m2(shape)[0])
    assert owners["owner_id"].tolist() == ["R"]
    assert owners["owner_share"].item() == pytest.approx(expected, rel=0.02)


corners = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(1, 3)),
    min_size=1,
    max_size=5,
)


@given(corners)
@settings(max_examples=6, deadline=None)
def test_shares_are_those_of_cutting_every_cell_by_itself(rectangles):
    outlines = [tract(*corner) for corner in rectangles]
    study = tract(0, 0, 5, 5)
    grid = make_grid(tracts_of([study]), resolution=7)
    owners = find_owners(grid, tracts_of(outlines), study_area=study)
    shapes = cell_shapes(grid["cell"].to_numpy())
    within = [shapely.intersection(outline, study) for outline in outlines]
    several = shapely.union_all(
        [a.intersection(b) for i, a in enumerate(within) for b in within[:i]] or [shapely.Point()]
    )
    union = shapely.union_all(within)

    def share(shape, land):
        part = shapely.segmentize(shapely.intersection(shape, land), 0.0005)
        both = areas_m2([part, shape], center=(WEST, SOUTH))
        return float(both[0] / both[1])

    for at, shape in enumerate(shapes.tolist()):
        expected = [share(shape, union) - share(shape, several), share(shape, several)]
        assert owners.loc[at, SHARES[:2]].tolist() == pytest.approx(expected, abs=1e-7)
        assert owners.loc[at, "outside_share"] == pytest.approx(1 - share(shape, study), abs=1e-7)
        each = [share(shape, land) for land in within]
        assert owners.loc[at, "owner_share"] == pytest.approx(max(each), abs=1e-7)


def test_repeated_cells_and_their_order_are_kept():
    grid, x, y = one_cell()
    other = points_to_cells(np.array([x + 0.1]), np.array([y]), 9)[0]
    asked = pd.DataFrame({"cell": [other, grid["cell"].iloc[0], other]}, dtype="uint64")
    owners = find_owners(asked, tracts_of([box(x - 0.05, y - 0.1, x + 0.05, y + 0.1)]))
    assert owners["cell"].tolist() == asked["cell"].tolist()
    assert owners["owner_id"].isna().tolist() == [True, False, True]


def test_wrong_inputs_of_owners_are_refused():
    grid, x, y = one_cell()
    streets = tracts_of([box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)])
    with pytest.raises(ColumnsError, match="grid must have the column cell"):
        find_owners(grid.rename(columns={"cell": "h3"}), streets)
    with pytest.raises(EmptyTableError, match="grid has no rows"):
        find_owners(grid.iloc[:0], streets)
    with pytest.raises(EmptyTableError, match="In the layer 'streets'"):
        find_owners(grid, {"streets": streets.iloc[:0]})
    with pytest.raises(GeometryError, match="study_area must be a Polygon"):
        find_owners(grid, streets, study_area="city")
    with pytest.raises(OptionError, match="line_width_m must be a number of meters above 0"):
        find_owners(grid, streets, line_width_m=-1)
