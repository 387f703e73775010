"""Advice on the resolution: facts about cells, and exactly one row suggested."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point, box

from gridgov.columns import TABLES
from gridgov.errors import GeometryError, OptionError
from gridgov.place.grid import make_grid
from gridgov.place.resolution import suggest_resolution


def advice_town(incidents_at, *, side=0.03):
    """Four square streets of about `side` degrees and incidents at the given places."""
    west, south = 116.2, 39.9
    streets = gpd.GeoDataFrame(
        {"street_id": list("ABCD")},
        geometry=[
            box(west + i * side, south + j * side, west + (i + 1) * side, south + (j + 1) * side)
            for i in range(2)
            for j in range(2)
        ],
        crs="EPSG:4326",
    )
    places = np.empty(len(incidents_at), dtype=object)
    places[:] = incidents_at
    return gpd.GeoDataFrame(geometry=places, crs="EPSG:4326"), streets


def spread(count, *, side=0.03, seed=1):
    rng = np.random.default_rng(seed)
    return list(
        shapely.points(
            116.2 + rng.uniform(0, 2 * side, count), 39.9 + rng.uniform(0, 2 * side, count)
        )
    )


def test_columns_are_the_documented_ones_and_rows_run_from_coarse_to_fine():
    advice = suggest_resolution(*advice_town(spread(500)), resolutions=[10, 8, 9, 9])
    assert list(advice.columns) == TABLES["resolutions"].names
    assert advice["resolution"].tolist() == [8, 9, 10]
    assert advice["suggested"].dtype == bool


def test_cell_areas_match_the_ones_worked_out_at_shijingshan():
    # Reference areas at (39.9056, 116.2229) from h3-py 4.5 `cell_area`, on the sphere;
    # the ellipsoid differs by less than 0.5 %.
    incidents, streets = advice_town([])
    advice = suggest_resolution(incidents, streets, resolutions=[8, 9, 10, 11, 12])
    expected = [527_886.9, 75_413.3, 10_773.2, 1_539.0, 219.9]
    np.testing.assert_allclose(advice["cell_area_m2"], expected, rtol=0.01)
    # A regular hexagon of area a has an edge of sqrt(2 a / 3 sqrt(3)).
    edges = np.sqrt(2 * advice["cell_area_m2"] / (3 * np.sqrt(3)))
    np.testing.assert_allclose(advice["edge_m"], edges, rtol=0.02)


def test_number_of_cells_is_that_of_the_grid_within_a_few_percent():
    incidents, streets = advice_town([])
    advice = suggest_resolution(incidents, streets, resolutions=[8, 9, 10])
    grids = [len(make_grid(streets, resolution=resolution)) for resolution in (8, 9, 10)]
    np.testing.assert_allclose(advice["grid_cells"], grids, rtol=0.05)


def test_finest_resolution_that_keeps_all_rules_is_suggested():
    advice = suggest_resolution(*advice_town(spread(20_000)))
    keeps = (
        (advice["incidents_per_cell"] >= 2)
        & (advice["cells_per_street"] >= 30)
        & (advice["zero_share"] <= 0.8)
    )
    assert advice.loc[advice["suggested"], "resolution"].item() == (
        advice.loc[keeps, "resolution"].max()
    )
    assert advice.loc[advice["suggested"], "reason"].item().startswith("Suggested: the finest")


@pytest.mark.parametrize("count", [0, 1, 5, 50, 1000, 20_000])
def test_exactly_one_row_is_suggested_however_many_incidents_there_are(count):
    advice = suggest_resolution(*advice_town(spread(count)))
    assert advice["suggested"].sum() == 1
    assert advice["zero_share"].between(0, 1).all()
    assert advice["reason"].str.endswith(".").all()


def test_without_incidents_cells_per_street_decide_and_the_count_is_missing():
    advice = suggest_resolution(*advice_town([None, Point(0, 0)]))
    assert advice["incidents_per_cell"].isna().all()
    assert (advice["zero_share"] == 1).all()
    coarsest = advice.loc[advice["cells_per_street"] >= 30, "resolution"].min()
    assert advice.loc[advice["suggested"], "resolution"].item() == coarsest
    assert "too few incidents" in advice.loc[advice["suggested"], "reason"].item()


def test_incidents_outside_every_jurisdiction_do_not_count():
    inside = spread(300)
    with_outside, streets = advice_town([*inside, *([Point(100, 10)] * 500)])
    alone, _ = advice_town(inside)
    pd.testing.assert_frame_equal(
        suggest_resolution(with_outside, streets), suggest_resolution(alone, streets)
    )


def test_reasons_name_every_broken_rule():
    advice = suggest_resolution(*advice_town(spread(200)), resolutions=[6, 12]).set_index(
        "resolution"
    )
    # Seven square kilometers hold about one cell of resolution 6; 200 incidents all but
    # empty the cells of resolution 12.
    assert advice.loc[6, "suggested"]
    assert "fewer than 30 cells per street" in advice.loc[6, "reason"]
    assert advice.loc[12, "reason"].startswith(
        "Not suggested: cells with incidents hold 1 (median), fewer than 2"
    )
    assert "of the cells are empty, more than 80%" in advice.loc[12, "reason"]


def test_no_resolution_or_an_unknown_one_is_refused():
    town = advice_town([])
    with pytest.raises(OptionError, match="at least one H3 resolution"):
        suggest_resolution(*town, resolutions=[])
    with pytest.raises(OptionError, match="Found: 16"):
        suggest_resolution(*town, resolutions=[9, 16])


def test_incidents_that_are_no_points_are_refused():
    incidents, streets = advice_town([box(0, 0, 1, 1)])
    with pytest.raises(GeometryError, match="Every incident must be a Point"):
        suggest_resolution(incidents, streets)
