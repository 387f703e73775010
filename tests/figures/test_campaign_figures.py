"""The figures of campaigns and inventories, and the series that one of them draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Polygon

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import DataWarning, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import grid_disk

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
CELLS = np.sort(np.asarray(grid_disk(0x8931AA50E27FFFF, 6), dtype=np.uint64))
MIDDLE = grid_disk(0x8931AA50E27FFFF, 0)
TIMES = {"before": ("2015-01-15", "2016-01-15"), "after": ("2016-03-10", "2017-03-10")}


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    return pd.DataFrame({"cell": CELLS, "area_km2": 0.1})


@pytest.fixture(scope="module")
def located() -> pd.DataFrame:
    """Thirty incidents a cell at random moments of three years, from one seed."""
    random = np.random.default_rng(5)
    number = 30 * len(CELLS)
    at = pd.Timestamp("2015-01-01", tz="Asia/Shanghai") + pd.to_timedelta(
        random.uniform(0, 1096 * 86400, number), unit="s"
    )
    return pd.DataFrame(
        {
            "cell": pd.array(random.choice(CELLS, number), dtype="UInt64"),
            "match": "inside",
            "reported_at": pd.DatetimeIndex(at).as_unit("us"),
        }
    )


def effects(**columns: Any) -> pd.DataFrame:
    table = {
        "campaign": ["家具街", "market"],
        "category": ["占道经营", None],
        "before_days": 300.0,
        "after_days": 150.0,
        "compared_with": "matched",
        "treated_before": [100, 4],
        "treated_after": [10, 5],
        "control_cells": [5, 0],
        "control_before": [40, 0],
        "control_after": [40, 0],
        "control_before_days": [150.0, np.nan],
        "rate_ratio": [0.2, 3.0],
        "rate_ratio_low": [0.1, 0.0],
        "rate_ratio_high": [0.4, np.inf],
        "q_value": [0.0002, 0.25],
        "buffer_ratio": [2.5, np.nan],
        "buffer_ratio_low": [1.5, np.nan],
        "buffer_ratio_high": [4.25, np.nan],
        "displacement": ["displaced", "not_judged"],
        "cautions": ["poor_match", "few_events;no_controls"],
        "verdict": ["fell", "not_judged"],
    }
    frame = pd.DataFrame(table | columns)
    whole = dict.fromkeys(("treated_cells", "buffer_cells", "buffer_before", "buffer_after"), 0)
    more = {f"{name}_km2": 0.0 for name in ("treated", "buffer", "control", "buffer_control")}
    more |= {f"buffer_control_{name}": 0 for name in ("cells", "before", "after")}
    dates = pd.Timestamp("2016-01-01", tz="UTC")
    for name in ("before_start", "before_end", "after_start", "after_end"):
        frame[name] = dates
    return conform(frame.assign(**whole, **more), "campaign_effects")


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("role", ["treated", "buffer", "control", "buffer_control"])
def test_the_series_adds_up_to_the_counts_and_days_of_the_evaluation(
    located: Any, grid: Any, role: str
) -> None:
    series = gg.campaign_series(located, grid, treated=MIDDLE, **TIMES)
    effect = gg.evaluate_campaign(located, grid, treated=MIDDLE, **TIMES).iloc[0]
    sums = series[series["role"] == role].groupby("window")[["incidents", "period_days"]].sum()
    assert sums.loc["before", "incidents"] == effect[f"{role}_before"]
    assert sums.loc["after", "incidents"] == effect[f"{role}_after"]
    days = effect["before_days"]
    if "control" in role:
        days = effect[f"{role}_before_days"]
    assert sums.loc["before", "period_days"] == pytest.approx(days)
    assert sums.loc["after", "period_days"] == pytest.approx(effect["after_days"])


@pytest.mark.parametrize(
    ("role", "column"), [("treated", "rate_ratio"), ("buffer", "buffer_ratio")]
)
def test_counted_over_expected_after_is_the_ratio_of_the_evaluation(
    located: Any, grid: Any, role: str, column: str
) -> None:
    series = gg.campaign_series(located, grid, treated=MIDDLE, period="W-MON", **TIMES)
    effect = gg.evaluate_campaign(located, grid, treated=MIDDLE, **TIMES).iloc[0]
    after = series[(series["role"] == role) & (series["window"] == "after")]
    expected = (after["expected_per_30_days"] * after["period_days"] / 30).sum()
    assert after["incidents"].sum() / expected == pytest.approx(effect[column])


def test_periods_follow_one_another_and_are_parted_where_a_time_begins(
    located: Any, grid: Any
) -> None:
    series = gg.campaign_series(located, grid, treated=MIDDLE, **TIMES)
    one = series[series["role"] == "treated"].reset_index(drop=True)
    assert (one["until"].iloc[:-1].to_numpy() == one["period"].iloc[1:].to_numpy()).all()
    starts = {f"{start:%Y-%m-%d}" for start in one["period"]}
    assert {"2015-01-15", "2016-01-15", "2016-03-10", "2017-03-10"} <= starts
    assert one["window"].drop_duplicates().tolist() == [
        "earlier",
        "before",
        "between",
        "after",
        "later",
    ]
    assert one["incidents"].sum() == (located["cell"] == int(MIDDLE[0])).sum()
    assert str(one["period"].dt.tz) == "Asia/Shanghai"


def test_without_a_control_the_rate_before_is_expected(located: Any, grid: Any) -> None:
    series = gg.campaign_series(
        located, grid, treated=MIDDLE, controls=None, buffer_rings=0, **TIMES
    )
    assert series["role"].unique().tolist() == ["treated"]
    before = series[series["window"] == "before"]
    level = before["incidents"].sum() / before["period_days"].sum() * 30
    assert np.allclose(series["expected_per_30_days"], level)
    said = " ".join(texts(gg.plot_campaign(series)))
    assert "nothing was compared" in said


def test_the_series_leaves_its_tables_as_they_are(located: Any, grid: Any) -> None:
    seen = located.copy(), grid.copy()
    gg.campaign_series(located, grid, treated=MIDDLE, **TIMES)
    pd.testing.assert_frame_equal(located, seen[0])
    pd.testing.assert_frame_equal(grid, seen[1])
    with pytest.raises(OptionError, match="before must have ended"):
        gg.campaign_series(
            located, grid, treated=MIDDLE, before=TIMES["after"], after=TIMES["before"]
        )


def test_the_forest_writes_rates_counts_ratio_verdict_and_cautions() -> None:
    said = texts(gg.plot_campaigns(effects(), lang="zh"))
    # 100 in 300 days and 10 in 150; 40 in 150 days both times.
    for text in ("10.0 → 2.0", "100 → 10", "8.0 → 8.0", "40 → 40", "0.20", "0.10 – 0.40"):
        assert text in said
    assert "下降" in said
    assert "q < 0.001" in said
    assert "周边：向周边转移，率比 2.50（1.50 至 4.25）。注意：对照区事件量相差一倍以上。" in said
    english = texts(gg.plot_campaigns(effects()))
    assert "0.00 – ∞" in english
    assert "Street vending" in english
    assert "all categories" in english


def test_the_scale_is_logarithmic_and_endless_intervals_get_arrows() -> None:
    sheet = gg.plot_campaigns(effects()).axes[0]
    dots = [line for line in sheet.lines if line.get_marker() == "o"]
    arrows = [line.get_marker() for line in sheet.lines if line.get_marker() in ("<", ">")]
    assert arrows == ["<", ">"]
    one = next(line for line in sheet.lines if line.get_color() == "#8a2f10").get_xdata()[0]
    left, right = (float(dot.get_xdata()[0]) for dot in dots)
    # log 0.2 is to log 3 as their distances from the line at 1.
    assert (one - left) / (right - one) == pytest.approx(-np.log(0.2) / np.log(3.0))
    assert dots[0].get_markerfacecolor() != "white"
    assert dots[1].get_markerfacecolor() == "white"


def test_a_ratio_that_is_not_known_has_no_dot() -> None:
    unknown = effects(rate_ratio=np.nan, rate_ratio_low=np.nan, rate_ratio_high=np.nan)
    sheet = gg.plot_campaigns(unknown).axes[0]
    assert not [line for line in sheet.lines if line.get_marker() == "o"]


def test_a_forest_has_an_end() -> None:
    many = pd.concat([effects()] * 16, ignore_index=True)
    with pytest.raises(InputError, match=r"up to 30 campaigns\. Found: 32"):
        gg.plot_campaigns(many)
    with pytest.raises(EmptyTableError, match="campaign"):
        gg.plot_campaigns(effects().iloc[:0])


def test_the_figure_of_one_campaign_says_its_ratio(located: Any, grid: Any) -> None:
    series = gg.campaign_series(located, grid, treated=MIDDLE, name="家具街", **TIMES)
    effect = gg.evaluate_campaign(located, grid, treated=MIDDLE, **TIMES).iloc[0]
    said = " ".join(texts(gg.plot_campaign(series, lang="zh")))
    assert f"率比 {effect['rate_ratio']:.2f}" in said
    assert "家具街：整治区" in said
    around = " ".join(texts(gg.plot_campaign(series, role="buffer")))
    assert f"ratio {effect['buffer_ratio']:.2f}" in around


def test_a_figure_of_one_campaign_says_what_it_cannot_show(located: Any, grid: Any) -> None:
    series = gg.campaign_series(located, grid, treated=MIDDLE, buffer_rings=0, **TIMES)
    with pytest.raises(OptionError, match="role must be"):
        gg.plot_campaign(series, role="control")
    with pytest.raises(InputError, match="none with role 'buffer'"):
        gg.plot_campaign(series, role="buffer")
    two = pd.concat([series, series.assign(campaign="b")], ignore_index=True)
    with pytest.raises(InputError, match=r"shows one campaign\. Found: 2"):
        gg.plot_campaign(two)


def items() -> pd.DataFrame:
    def days(*texts: str | None) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(texts, tz="Asia/Shanghai").as_unit("us")

    return pd.DataFrame(
        {
            "item_id": ["1", "2", "3"],
            "street_id": ["s1", "s1", "s2"],
            "found_at": days("2016-01-04", "2016-01-05", "2016-02-09"),
            "rectified_at": days("2016-01-20", "2016-01-22", None),
            "relapsed_at": days(None, "2016-02-20", None),
        }
    )


def test_an_inventory_over_time_writes_the_last_numbers() -> None:
    table = gg.measure_inventory(items(), period="MS", as_of="2016-03-01")
    said = texts(gg.plot_inventory(table, source="台账"))
    for heading in ("Found", "Rectified", "Remaining", "Relapsed"):
        assert heading in said
    assert "Source: 台账." in said
    assert "33.3 % rectified (1 of 3)" in " ".join(said)


def test_the_states_lie_on_one_another_up_to_what_was_found() -> None:
    table = gg.measure_inventory(items(), period="MS", as_of="2016-03-01")
    sheet = gg.plot_inventory(table).axes[0]
    line = next(line for line in sheet.lines if len(line.get_xdata()) == 3)
    bands = [patch for patch in sheet.patches if isinstance(patch, Polygon)]
    heights = np.asarray(line.get_ydata())
    # 0, 2 and 3 items found by the first instant and the two ends.
    assert (heights[2] - heights[0]) / (heights[1] - heights[0]) == pytest.approx(1.5)
    assert len(bands) == 3
    top = max(float(np.asarray(patch.get_xy())[:, 1].max()) for patch in bands)
    assert top == pytest.approx(heights.max())


def test_an_inventory_by_street_stands_in_the_order_of_the_shares() -> None:
    figure = gg.plot_inventory(
        gg.measure_inventory(items(), by="street_id"), names={"s1": "八角街道"}, lang="zh"
    )
    heights = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert heights["八角街道"] > heights["s2"]
    assert "1/2" in heights
    assert "50.0%" in heights
    assert "0.0%" in heights


def test_an_inventory_that_cannot_be_drawn_says_why() -> None:
    crossed = gg.measure_inventory(items(), by="street_id", period="MS")
    with pytest.raises(InputError, match="shows one group"):
        gg.plot_inventory(crossed)
    with pytest.raises(InputError, match="needs two periods"):
        gg.plot_inventory(gg.measure_inventory(items(), period="YS"))
    with pytest.raises(InputError, match="needs items"):
        gg.plot_inventory(crossed.assign(found=0))


def test_the_series_of_the_planted_market_holds_its_fall() -> None:
    streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
    with pytest.warns(DataWarning, match="Set aside"):
        incidents, _ = gg.read_incidents(
            SAMPLE / "incidents.csv",
            datum="gcj02",
            timezone="Asia/Shanghai",
            jurisdictions=streets,
        )
    campaigns, _ = gg.read_campaigns(
        SAMPLE / "campaigns.csv", datum="gcj02", timezone="Asia/Shanghai", jurisdictions=streets
    )
    market = campaigns.iloc[1]
    series = gg.campaign_series(
        gg.locate(incidents, streets, resolution=9),
        gg.make_grid(streets, resolution=9),
        treated=market["geometry"],
        before=(market["before_start"], market["before_end"]),
        after=(market["after_start"], market["after_end"]),
        category=market["category"],
        exclude=campaigns.drop(index=1)["geometry"].tolist(),
    )
    after = series[(series["role"] == "treated") & (series["window"] == "after")]
    # Planted: 0.15 of what would have been.
    assert (
        0.1
        < after["incidents"].sum()
        / (after["expected_per_30_days"] * after["period_days"] / 30).sum()
        < 0.28
    )


def test_names_can_be_a_series_by_id() -> None:
    names = pd.Series({"s1": "八角街道", "s2": "鲁谷街道"})
    said = texts(gg.plot_inventory(gg.measure_inventory(items(), by="street_id"), names=names))
    assert {"八角街道", "鲁谷街道"} <= set(said)
