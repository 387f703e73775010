"""The share of a street's cells that anybody reports from: fractions, own incidents, zeros."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point, box

from gridgov.columns import TABLES
from gridgov.coverage.reporting.reporting import measure_reporting
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers, points_to_cells
from gridgov.place.crosswalk import area_shares
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.place.tally import tally

ZONE = "Asia/Shanghai"
# The border runs through the center of one cell, which each street holds half of.
SHARED = points_to_cells(np.array([116.2]), np.array([39.9]), 9)
(X,), (Y,) = cell_centers(SHARED)
STREETS = gpd.GeoDataFrame(
    {"street_id": ["W", "E", "N"]},
    geometry=[
        box(X - 0.02, Y - 0.01, X, Y + 0.01),
        box(X, Y - 0.01, X + 0.02, Y + 0.01),
        box(X - 0.02, Y + 0.01, X + 0.02, Y + 0.02),
    ],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
STEP = 1e-5


def reports(rows):
    """Rows of (x and y from the center of the shared cell, local time)."""
    places = [Point(X + x, Y + y) for (x, y), _ in rows]
    times = pd.to_datetime(pd.Series([time for _, time in rows], dtype="object"), format="ISO8601")
    return gpd.GeoDataFrame(
        {
            "incident_id": [str(number) for number in range(len(rows))],
            "reported_at": times.dt.tz_localize(ZONE).dt.as_unit("us"),
        },
        geometry=places,
        crs="EPSG:4326",
    )


def located_reports(rows):
    return locate(reports(rows), STREETS, resolution=9)


def test_columns_rows_and_order_are_the_documented_ones():
    located = located_reports([((-STEP, 0), "2017-09-05"), ((STEP, 0), "2017-11-05")])
    reporting = measure_reporting(located, GRID, STREETS, period="MS")
    assert reporting.columns.tolist() == TABLES["reporting"].names
    assert reporting["street_id"].tolist() == ["W"] * 3 + ["E"] * 3 + ["N"] * 3
    months = pd.DatetimeIndex(["2017-09-01", "2017-10-01", "2017-11-01"]).tz_localize(ZONE)
    assert reporting["period"].tolist() == months.tolist() * 3
    assert reporting["incidents"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0]


def test_a_shared_cell_counts_for_each_street_by_its_share_and_its_own_incidents():
    located = located_reports([((-STEP, 0), "2017-09-05")])
    reporting = measure_reporting(located, GRID, STREETS).set_index("street_id")
    # Half a cell reports in the west; the same cell says nothing about the east.
    assert reporting.loc["W", "cells_reporting"] == pytest.approx(0.5, abs=1e-4)
    assert reporting.loc["E", "cells_reporting"] == 0
    assert reporting.loc["W", "reporting_share"] == pytest.approx(
        0.5 / reporting.loc["W", "cells"], abs=1e-4
    )
    assert reporting["period"].isna().all()


def test_cells_of_a_street_are_its_area_in_cells():
    reporting = measure_reporting(located_reports([]), GRID, STREETS).set_index("street_id")
    whole = GRID.loc[GRID["inside_share"] == 1, "area_km2"].mean() * 1e6
    area = area_shares(GRID["cell"], STREETS).groupby("street_id")["area_m2"].sum()
    np.testing.assert_allclose(reporting["cells"], area.loc[reporting.index] / whole, rtol=1e-3)
    assert (reporting["incidents"] == 0).all()
    assert (reporting["reporting_share"] == 0).all()


def test_many_incidents_in_one_cell_report_it_once():
    one = located_reports([((-STEP, 0), "2017-09-05")])
    many = located_reports([((-STEP * k, STEP * k), "2017-09-05") for k in range(1, 8)])
    found, expected = (measure_reporting(rows, GRID, STREETS) for rows in (many, one))
    assert found["cells_reporting"].tolist() == expected["cells_reporting"].tolist()
    assert found["incidents"].tolist() == [7, 0, 0]


def test_every_cell_reporting_is_a_share_of_one():
    rng = np.random.default_rng(4)
    centers = np.column_stack([rng.uniform(-0.02, 0.02, 20_000), rng.uniform(-0.01, 0.02, 20_000)])
    located = located_reports([(place, "2017-09-05") for place in centers.tolist()])
    reporting = measure_reporting(located, GRID, STREETS)
    assert (reporting["reporting_share"] <= 1).all()
    np.testing.assert_allclose(reporting["reporting_share"], 1, atol=0.01)


def test_sums_equal_the_tally_and_periods_split_the_incidents():
    rng = np.random.default_rng(8)
    days = pd.date_range("2017-01-01", "2017-06-30").strftime("%Y-%m-%d")
    rows = [
        ((x, y), day)
        for x, y, day in zip(
            rng.uniform(-0.03, 0.03, 300),
            rng.uniform(-0.02, 0.03, 300),
            rng.choice(days, 300),
            strict=True,
        )
    ]
    located = located_reports(rows)
    counts = tally(located, GRID)
    whole = measure_reporting(located, GRID, STREETS)
    monthly = measure_reporting(located, GRID, STREETS, period="MS")
    assert whole["incidents"].sum() == counts["incidents"].sum() > 0
    by_street = monthly.groupby("street_id")["incidents"].sum()
    assert by_street.loc[whole["street_id"]].tolist() == whole["incidents"].tolist()
    # More time, more cells that report; never more than the sum of the months.
    most = (
        monthly.groupby("street_id")["cells_reporting"].agg(["max", "sum"]).loc[whole["street_id"]]
    )
    assert (most["max"].to_numpy() <= whole["cells_reporting"] + 1e-9).all()
    assert (whole["cells_reporting"] <= most["sum"].to_numpy() + 1e-9).all()


def test_shares_equal_those_of_a_plain_loop():
    rng = np.random.default_rng(6)
    rows = [((x, y), "2017-09-05") for x, y in rng.uniform(-0.02, 0.02, (60, 2)).tolist()]
    located = located_reports(rows)
    reporting = measure_reporting(located, GRID, STREETS).set_index("street_id")
    shares = area_shares(GRID["cell"], STREETS).set_index(["street_id", "cell"])["share"]
    for street in STREETS["street_id"]:
        owned = located[located["street_id"] == street]
        cells = set(owned["cell"].astype("uint64"))
        assert reporting.loc[street, "incidents"] == len(owned)
        assert reporting.loc[street, "cells_reporting"] == pytest.approx(
            sum(shares[street][cell] for cell in cells)
        )


def test_range_is_half_open_and_lists_empty_periods():
    located = located_reports(
        [
            ((-STEP, 0), "2017-08-31 23:59:59"),
            ((-STEP, 0), "2017-09-01"),
            ((-STEP, 0), "2017-10-01"),
        ]
    )
    reporting = measure_reporting(
        located, GRID, STREETS, period="MS", start="2017-07-01", end="2017-10-01"
    )
    assert reporting.loc[reporting["street_id"] == "W", "incidents"].tolist() == [0, 1, 1]
    once = measure_reporting(located, GRID, STREETS, start="2017-09-01", end="2017-10-01")
    assert once["incidents"].tolist() == [1, 0, 0]
    assert once["period"].isna().all()


def test_incidents_outside_without_time_or_off_the_grid_do_not_count():
    located = located_reports(
        [((1, 1), "2017-09-05"), ((-STEP, 0), "2017-09-05"), ((-0.015, 0), "2017-09-05")]
    )
    located.loc[1, "reported_at"] = pd.NaT
    off_grid = GRID[GRID["cell"] != int(located["cell"].iloc[2])]
    assert measure_reporting(located, off_grid, STREETS)["incidents"].tolist() == [1, 0, 0]
    dated = measure_reporting(
        located, off_grid, STREETS, period="YS", start="2017-01-01", end="2018-01-01"
    )
    assert dated["incidents"].tolist() == [0, 0, 0]


def test_a_street_without_a_cell_has_no_share():
    far = gpd.GeoDataFrame({"street_id": ["F"]}, geometry=[box(100, 10, 100.01, 10.01)], crs=4326)
    streets = pd.concat([STREETS, far], ignore_index=True)
    reporting = measure_reporting(located_reports([]), GRID, streets).set_index("street_id")
    assert reporting.loc["F", "cells"] == 0
    assert np.isnan(reporting.loc["F", "reporting_share"])


def test_a_grid_over_other_land_has_no_cells_of_these_streets():
    elsewhere = make_grid(
        gpd.GeoDataFrame({"street_id": ["F"]}, geometry=[box(100, 10, 100.01, 10.01)], crs=4326),
        resolution=9,
    )
    reporting = measure_reporting(located_reports([((-STEP, 0), "2017-09-05")]), elsewhere, STREETS)
    assert reporting["incidents"].tolist() == [0, 0, 0]
    assert reporting["reporting_share"].isna().all()


def test_inputs_are_not_changed():
    located = located_reports([((-STEP, 0), "2017-09-05")])
    before = [frame.copy() for frame in (located, GRID, STREETS)]
    measure_reporting(located, GRID, STREETS, period="MS")
    for frame, same in zip((located, GRID, STREETS), before, strict=True):
        pd.testing.assert_frame_equal(frame, same)


def test_wrong_inputs_are_refused():
    located = located_reports([((-STEP, 0), "2017-09-05")])
    with pytest.raises(ColumnsError, match="located must have the column match"):
        measure_reporting(located.drop(columns="match"), GRID, STREETS)
    with pytest.raises(ColumnsError, match="1 incidents with others, the first 'W' at row 0"):
        measure_reporting(located, GRID, STREETS.iloc[1:])
    with pytest.raises(EmptyTableError, match="grid has no rows"):
        measure_reporting(located, GRID.iloc[:0], STREETS)
    with pytest.raises(OptionError, match="period must be None or name a calendar start"):
        measure_reporting(located, GRID, STREETS, period="month")
    with pytest.raises(InputError, match="must have one resolution"):
        measure_reporting(located, make_grid(STREETS, resolution=8), STREETS)
    with pytest.raises(InputError, match="Give start and end to list empty periods"):
        measure_reporting(located_reports([]), GRID, STREETS, period="MS")
    naive = located.assign(reported_at=located["reported_at"].dt.tz_localize(None))
    with pytest.raises(ColumnsError, match="must hold times with a zone"):
        measure_reporting(naive, GRID, STREETS, period="MS")


def test_overlapping_streets_both_count_the_land_and_one_owns_its_incidents():
    twice = gpd.GeoDataFrame(
        {"street_id": ["first", "second"]}, geometry=[STREETS.geometry.iloc[0]] * 2, crs=4326
    )
    located = locate(reports([((-0.01, 0), "2017-09-05")]), twice, resolution=9)
    reporting = measure_reporting(located, make_grid(twice, resolution=9), twice)
    assert reporting["cells"].iloc[0] == reporting["cells"].iloc[1]
    assert reporting["incidents"].tolist() == [1, 0]
    assert reporting["cells_reporting"].iloc[1] == 0
    assert shapely.covers(twice.geometry.iloc[1], located.geometry.iloc[0])
