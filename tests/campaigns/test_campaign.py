"""One campaign: who is treated, who is compared, what is counted, what is refused."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import (
    ColumnsError,
    DatumError,
    EmptyTableError,
    GeometryError,
    InputError,
    OptionError,
)
from gridgov.geo.discs import disc
from gridgov.geo.hexgrid import cell_areas_m2, cell_centers, cell_outlines, grid_disk

CENTER = 0x8931AA50E27FFFF
CELLS = np.sort(np.asarray(grid_disk(CENTER, 9), dtype=np.uint64))
RING = np.sort(np.asarray(grid_disk(CENTER, 1), dtype=np.uint64))
ZONE = "Asia/Shanghai"
BEFORE, AFTER = ("2016-01-01", "2016-12-31"), ("2017-02-01", "2018-01-01")


def make_grid() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"cell": CELLS, "street_id": "01", "area_km2": cell_areas_m2(CELLS) / 1e6},
        geometry=cell_outlines(CELLS),
        crs=4326,
    )


def make_located(
    *, seed: int = 0, mean: float = 30.0, effect: float = 1.0, treated: Any = RING
) -> gpd.GeoDataFrame:
    """Two years of incidents at random places of cells; from 2017 on `effect` in the treated."""
    rng = np.random.default_rng(seed)
    rows = []
    for year in (2016, 2017):
        means = np.full(len(CELLS), mean)
        if year == 2017:
            means[np.isin(CELLS, treated)] *= effect
        rows.append((year, np.repeat(np.arange(len(CELLS)), rng.poisson(means))))
    cell = np.concatenate([which for _, which in rows])
    start = np.concatenate(
        [np.full(len(which), pd.Timestamp(f"{year}-01-01").value // 1000) for year, which in rows]
    )
    at = start + (rng.random(len(cell)) * 365 * 86_400e6).astype(np.int64)
    longitude, latitude = cell_centers(CELLS)
    angle, far = rng.random(len(cell)) * 2 * np.pi, np.sqrt(rng.random(len(cell))) * 0.0012
    points = shapely.points(
        longitude[cell] + far * np.cos(angle) * 1.3, latitude[cell] + far * np.sin(angle)
    )
    return gpd.GeoDataFrame(
        {
            "incident_id": np.arange(len(cell)).astype(str),
            "category": np.where(np.arange(len(cell)) % 3 == 0, "占道经营", "暴露垃圾"),
            "reported_at": pd.DatetimeIndex(at.view("datetime64[us]")).tz_localize(ZONE),
            "cell": pd.array(CELLS[cell], dtype="UInt64"),
            "street_id": "01",
            "match": "inside",
        },
        geometry=points,
        crs=4326,
    )


GRID = make_grid()
LOCATED = make_located()


def evaluate(located: Any = LOCATED, **options: Any) -> pd.Series:
    given = {"treated": RING, "before": BEFORE, "after": AFTER, **options}
    return gg.evaluate_campaign(located, GRID, **given).iloc[0]


def test_the_table_has_its_columns_and_one_row() -> None:
    table = gg.evaluate_campaign(LOCATED, GRID, treated=RING, before=BEFORE, after=AFTER)
    assert list(table.columns) == TABLES["campaign_effects"].names
    assert len(table) == 1
    assert table.attrs["campaign"]["treated"] == "cells"
    assert str(table["before_start"].dtype) == f"datetime64[us, {ZONE}]"


def test_roles_are_rings_and_matched_cells() -> None:
    effect = evaluate()
    # Rings around a disk of 7: 12 and 18 cells; five controls for each of 7 and of 30.
    roles = ("treated_cells", "buffer_cells", "control_cells", "buffer_control_cells")
    assert effect[list(roles)].tolist() == [7, 30, 35, 150]
    assert effect["compared_with"] == "matched"
    assert evaluate(buffer_rings=0)["buffer_cells"] == 0
    assert evaluate(controls=3)["control_cells"] == 21


def test_counts_of_roles_are_those_of_the_cells() -> None:
    cells = gg.campaign_cells(LOCATED, GRID, treated=RING, before=BEFORE, after=AFTER)
    effect = evaluate()
    assert len(cells) == len(CELLS)
    sums = cells.groupby("role")[["incidents_before", "incidents_after", "area_km2"]].sum()
    for role in ("treated", "buffer"):
        assert sums.loc[role, "incidents_before"] == effect[f"{role}_before"]
        assert sums.loc[role, "incidents_after"] == effect[f"{role}_after"]
        assert sums.loc[role, "area_km2"] == pytest.approx(effect[f"{role}_km2"])
    moments = LOCATED["reported_at"]
    inside = (moments >= pd.Timestamp(BEFORE[0], tz=ZONE)) & (
        moments < pd.Timestamp(BEFORE[1], tz=ZONE)
    )
    assert sums["incidents_before"].sum() == inside.sum()
    assert (cells["role"].iloc[:7] == "treated").all()


def test_matched_controls_count_in_the_weeks_that_did_not_choose_them() -> None:
    effect = evaluate()
    cells = gg.campaign_cells(LOCATED, GRID, treated=RING, before=BEFORE, after=AFTER)
    control = cells.loc[cells["role"] == "control", "cell"]
    start = pd.Timestamp(BEFORE[0], tz=ZONE)
    week = (LOCATED["reported_at"] - start) // pd.Timedelta(days=7)
    held = (week % 2 == 1) & (LOCATED["reported_at"] < pd.Timestamp(BEFORE[1], tz=ZONE))
    held &= LOCATED["reported_at"] >= start
    expected = (held & LOCATED["cell"].isin(control)).sum()
    assert effect["control_before"] == expected
    # 365 days: 26 weeks of each kind and one day, which is of the first kind.
    assert effect["control_before_days"] == 182
    assert effect["before_days"] == 365


def test_given_controls_count_all_the_time() -> None:
    far = CELLS[-20:]
    far = far[~np.isin(far, np.asarray(grid_disk(CENTER, 3), dtype=np.uint64))]
    effect = evaluate(controls=far)
    assert effect["compared_with"] == "given"
    assert effect["control_before_days"] == effect["before_days"]
    rates = [effect[f"{role}_after"] / effect[f"{role}_before"] for role in ("treated", "control")]
    assert effect["rate_ratio"] == pytest.approx(rates[0] / rates[1])


def test_the_headline_ratio_can_be_done_by_hand() -> None:
    effect = evaluate()
    before = effect["control_before"] / effect["control_before_days"]
    treated = effect["treated_after"] / effect["treated_before"] * effect["before_days"]
    assert effect["rate_ratio"] == pytest.approx(
        treated / effect["control_after"] * before, rel=1e-12
    )
    expected = effect["treated_after"] / effect["rate_ratio"]
    assert effect["incidents_avoided"] == pytest.approx(expected - effect["treated_after"])


def test_no_effect_is_no_clear_change_and_a_strong_one_is_found() -> None:
    assert evaluate()["verdict"] == "no_clear_change"
    assert evaluate()["rate_ratio_low"] < 1 < evaluate()["rate_ratio_high"]
    strong = evaluate(make_located(effect=0.3))
    assert strong["verdict"] == "fell"
    assert strong["rate_ratio_low"] < 0.3 < strong["rate_ratio_high"]
    assert strong["wdd_high"] < 0
    assert evaluate(make_located(effect=3.0))["verdict"] == "rose"


def test_incidents_that_move_into_the_buffer_are_displacement() -> None:
    buffer = np.setdiff1d(np.asarray(grid_disk(CENTER, 3), dtype=np.uint64), RING)
    calm = make_located(effect=0.3)
    extra = make_located(seed=9, effect=0.0, mean=10.0)
    after = extra["reported_at"] >= pd.Timestamp("2017-01-01", tz=ZONE)
    moved = pd.concat([calm, extra[after & extra["cell"].isin(buffer)]], ignore_index=True)
    effect = evaluate(moved)
    assert effect["displacement"] == "displaced"
    assert effect["displaced_share"] > 0.5
    assert effect["displacement_quotient"] < 0
    assert effect["quotient_meaning"].startswith("displacement")
    assert evaluate(calm)["displacement"] == "no_clear_change"


def test_an_outline_counts_the_points_inside_it() -> None:
    longitude, latitude = (float(one[0]) for one in cell_centers(np.array([CENTER], np.uint64)))
    area = disc(longitude, latitude, 250.0)
    effect = evaluate(treated=area)
    held = shapely.intersects(area, LOCATED.geometry.to_numpy())
    moments = LOCATED["reported_at"]
    after = (moments >= pd.Timestamp(AFTER[0], tz=ZONE)) & (
        moments < pd.Timestamp(AFTER[1], tz=ZONE)
    )
    assert effect["treated_after"] == (held & after).sum()
    assert effect["treated_km2"] == pytest.approx(np.pi * 0.25**2, rel=0.005)
    cells = gg.campaign_cells(LOCATED, GRID, treated=area, before=BEFORE, after=AFTER)
    # Cells that the outline cuts have a treated row and a row for what is left, in the buffer.
    cut = cells[cells["cell"].duplicated(keep=False)]
    assert set(cut["role"]) == {"treated", "buffer"}
    whole = GRID.set_index("cell")["area_km2"]
    parts = cells.groupby("cell")["area_km2"].sum()
    assert np.allclose(parts, whole.loc[parts.index])
    assert cells["incidents_after"].sum() == after.sum()


def test_the_same_outline_as_series_frame_or_polygon_is_the_same() -> None:
    longitude, latitude = (float(one[0]) for one in cell_centers(np.array([CENTER], np.uint64)))
    area = shapely.box(longitude - 0.004, latitude - 0.003, longitude + 0.004, latitude + 0.003)
    plain = evaluate(treated=area)
    series = gpd.GeoSeries([area], crs=4326)
    assert evaluate(treated=series).equals(plain)
    assert evaluate(treated=gpd.GeoDataFrame(geometry=series)).equals(plain)


def test_cells_come_as_numbers_texts_columns_and_tables() -> None:
    plain = evaluate()
    texts = [f"{int(cell):x}" for cell in RING]
    assert evaluate(treated=texts).equals(plain)
    assert evaluate(treated=pd.Series(RING)).equals(plain)
    assert evaluate(treated=pd.DataFrame({"cell": RING})).equals(plain)
    assert evaluate(treated=list(map(int, RING))).equals(plain)


def test_excluded_cells_are_never_controls() -> None:
    everything = CELLS[~np.isin(CELLS, np.asarray(grid_disk(CENTER, 3), dtype=np.uint64))]
    effect = evaluate(exclude=everything)
    assert effect["control_cells"] == 0
    assert effect["compared_with"] == "none"
    assert "no_controls" in effect["cautions"]
    one = [everything[:100], everything[100:]]
    assert evaluate(exclude=one)["control_cells"] == 0


def test_without_controls_the_ratio_is_that_of_the_rates() -> None:
    located = make_located(effect=0.2)
    effect = evaluate(located, controls=None)
    rate = (effect["treated_after"] / effect["after_days"]) / (
        effect["treated_before"] / effect["before_days"]
    )
    assert effect["rate_ratio"] == pytest.approx(rate)
    assert effect["verdict"] == "fell_with_doubt"
    assert effect["displacement"] == "not_judged"
    assert effect["buffer_control_cells"] == 0
    assert np.isnan(effect["wdd"])


def test_a_category_counts_alone_and_several_together() -> None:
    one, other = (evaluate(category=name) for name in ("占道经营", "暴露垃圾"))
    both = evaluate(category=["占道经营", "暴露垃圾"])
    assert one["treated_before"] + other["treated_before"] == both["treated_before"]
    assert both["treated_before"] == evaluate()["treated_before"]
    assert both["category"] == "占道经营、暴露垃圾"


def test_order_of_rows_changes_nothing_and_inputs_stay() -> None:
    before = LOCATED.copy(deep=True)
    shuffled = LOCATED.sample(frac=1, random_state=1)
    plain = gg.evaluate_campaign(LOCATED, GRID, treated=RING, before=BEFORE, after=AFTER)
    mixed = gg.evaluate_campaign(
        shuffled, GRID.sample(frac=1, random_state=2), treated=RING, before=BEFORE, after=AFTER
    )
    pd.testing.assert_frame_equal(plain, mixed)
    pd.testing.assert_frame_equal(LOCATED, before)


def test_dates_beyond_the_records_are_told() -> None:
    assert "dates_beyond_data" in evaluate(after=("2017-02-01", "2018-06-01"))["cautions"]
    assert pd.isna(evaluate()["cautions"]) or "dates" not in evaluate()["cautions"]


def test_a_treated_area_that_rose_before_is_told() -> None:
    located = make_located()
    moments = located["reported_at"]
    year = pd.Timestamp("2016-01-01", tz=ZONE)
    # Early incidents of the treated cells are taken away, month after month fewer.
    months = ((moments - year) / pd.Timedelta(days=30.5)).to_numpy()
    rng = np.random.default_rng(3)
    gone = located["cell"].isin(RING) & (months < 12) & (rng.random(len(located)) > months / 12)
    assert "unequal_pretrend" in evaluate(located[~gone])["cautions"]


def test_cells_picked_at_their_peak_are_told() -> None:
    sparse = make_located(seed=5, mean=1.0)
    first = sparse["reported_at"] < pd.Timestamp("2016-07-01", tz=ZONE)
    counts = sparse[first]["cell"].value_counts()
    top = np.array(counts.index[:7].tolist(), dtype=np.uint64)
    effect = evaluate(
        sparse, treated=top, before=("2016-01-01", "2016-07-01"), after=("2016-07-01", "2017-01-01")
    )
    assert "selected_at_peak" in effect["cautions"]
    assert effect["regression_share"] > 0.3
    assert effect["verdict"] != "fell"
    assert effect["e_test_p"] < 0.05


def test_a_clean_place_has_ratio_zero() -> None:
    effect = evaluate(make_located(effect=0.0))
    assert effect["treated_after"] == 0
    assert (effect["rate_ratio"], effect["interval_method"]) == (0.0, "exact")
    assert effect["verdict"] == "fell"
    assert "few_events" in effect["cautions"]
    assert effect["incidents_avoided"] > 0


def test_nothing_before_is_not_judged() -> None:
    located = make_located()
    held = located["cell"].isin(RING) & (
        located["reported_at"] < pd.Timestamp("2017-01-01", tz=ZONE)
    )
    effect = evaluate(located[~held])
    assert effect["verdict"] == "not_judged"
    assert np.isnan(effect["rate_ratio"])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"before": ("2016-01-01", "2017-03-01")}, OptionError, "before must have ended"),
        ({"before": "2016"}, OptionError, "before must be two dates"),
        ({"after": ("2017-05-01", "2017-05-01")}, OptionError, "after must start before it ends"),
        ({"after": ("soon", "2018-01-01")}, OptionError, "after must be a date"),
        ({"treated": []}, OptionError, "treated must be H3 cells"),
        ({"treated": 3.5}, OptionError, "treated must be H3 cells"),
        ({"treated": [0x8931AA50E27FFFF + 2**40]}, InputError, "treated cells must lie in"),
        ({"treated": shapely.Point(116, 39)}, GeometryError, "treated must be an area"),
        ({"treated": shapely.box(0, 0, 1, 1)}, InputError, "treated must touch the grid"),
        ({"treated": shapely.box(4e5, 4e6, 5e5, 5e6)}, GeometryError, "must be in degrees"),
        ({"treated": gpd.GeoSeries([shapely.box(0, 0, 1, 1)])}, DatumError, "no CRS"),
        ({"category": "占道"}, InputError, "Did you mean '占道经营'"),
        ({"controls": 0}, OptionError, "controls must be a number"),
        ({"controls": RING}, OptionError, "controls must be cells of the grid outside"),
        ({"match_on": "size"}, OptionError, "match_on must be"),
        ({"buffer_rings": -1}, OptionError, "buffer_rings must be a whole number"),
        ({"confidence": 2}, OptionError, "must be a probability"),
        ({"period": None}, OptionError, "period must name a calendar start"),
        ({"name": " "}, OptionError, "name must be a text"),
        ({"times": "closed_at"}, ColumnsError, "closed_at"),
    ],
)
def test_what_cannot_be_is_told(options: dict[str, Any], error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        evaluate(**options)


def test_tables_without_rows_or_times_are_refused() -> None:
    with pytest.raises(EmptyTableError, match="located has no rows"):
        evaluate(LOCATED.iloc[:0])
    naive = LOCATED.assign(reported_at=LOCATED["reported_at"].dt.tz_localize(None))
    with pytest.raises(ColumnsError, match="must hold times with a zone"):
        evaluate(naive)
    outside = LOCATED.assign(match="outside")
    with pytest.raises(InputError, match="located must have incidents on the grid"):
        evaluate(outside)
    plain = pd.DataFrame(LOCATED.drop(columns="geometry"))
    longitude, latitude = (float(one[0]) for one in cell_centers(np.array([CENTER], np.uint64)))
    with pytest.raises(InputError, match="located without geometry"):
        evaluate(plain, treated=disc(longitude, latitude, 250))
