"""Charts of time and of streets show the numbers of their tables, and no text meets another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.figures.count_classes import counted_classes
from gridgov.geo.hexgrid import grid_disk
from gridgov.taxonomy.palette import NO_ANSWER_COLOR
from gridgov.taxonomy.sequence import SEQUENCE_COLORS

ZONE = "Asia/Shanghai"
CELLS = grid_disk(0x8931AA50E27FFFF, 2)


def moments(number: int = 1500, days: int = 730) -> pd.DataFrame:
    random = np.random.default_rng(1)
    at = pd.Timestamp("2016-01-01", tz=ZONE) + pd.to_timedelta(
        random.integers(0, days * 86_400, number), unit="s"
    )
    return pd.DataFrame({"reported_at": at})


def street_rates(counts: list[int] | None = None) -> pd.DataFrame:
    counts = counts or [90, 40, 12, 4]
    number = len(counts)
    streets = gpd.GeoDataFrame(
        {
            "street_id": [f"s{i}" for i in range(number)],
            "street": [f"第{i}街道" for i in range(number)],
            "population": 30_000.0,
        },
        geometry=[shapely.box(0, 0, 1, 1)] * number,
        crs=4326,
    )
    located = pd.DataFrame({"street_id": np.repeat(streets["street_id"], counts)})
    return gg.measure_street_rates(located, streets, base="population", per=10_000)


def panel(periods: int = 3, groups: int = 2) -> pd.DataFrame:
    months = pd.date_range("2017-01-01", periods=periods, freq="MS", tz=ZONE)
    frames = [
        pd.DataFrame(
            {"cell": CELLS, "period": month, "group": f"g{g}", "incidents": np.arange(19) % (3 + g)}
        )
        for month in months
        for g in range(groups)
    ]
    return pd.concat(frames, ignore_index=True)


def patrol_hours() -> pd.DataFrame:
    place = np.arange(168)
    frame = pd.DataFrame(
        {
            "weekday": place // 24 + 1,
            "hour": place % 24,
            "weeks": 4,
            "weeks_present": place % 5,
            "presence_share": place % 5 / 4,
            "dwell_min": 1.0,
            "person_min": 1.0,
            "cells": 2.0,
        }
    )
    both = pd.concat([frame, frame.assign(street_id="s1", presence_share=0.0)])
    return conform(both.reset_index(drop=True), "patrol_hours")


CHARTS: dict[str, Callable[..., Any]] = {
    "trend": lambda **k: gg.plot_trend(gg.measure_periods(moments()), **k),
    "trend by days": lambda **k: gg.plot_trend(gg.measure_periods(moments(), period="D"), **k),
    "ranking": lambda **k: gg.plot_ranking(street_rates(), **k),
    "funnel": lambda **k: gg.plot_funnel(gg.measure_funnel(street_rates()), **k),
    "calendar": lambda **k: gg.plot_calendar(gg.measure_periods(moments(), period="D"), **k),
    "hours": lambda **k: gg.plot_hours(gg.measure_hours(moments()), **k),
    "patrol hours": lambda **k: gg.plot_hours(patrol_hours(), **k),
    "small multiples": lambda **k: gg.plot_small_multiples(panel(), **k),
}


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def hexes(collection: Any) -> list[str]:
    return [to_hex(color) for color in collection.get_facecolors()]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", CHARTS)
def test_no_text_of_a_chart_overlaps_another_or_leaves_the_page(
    boxes_of: Any, name: str, lang: str
) -> None:
    figure = CHARTS[name](lang=lang, source="12345", date="2016–2017")
    page = shapely.box(0, 0, *(figure.get_size_inches() * figure.dpi).tolist())
    shown = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = boxes_of(shown)
    assert all(page.contains(shapely.box(*box.extents)) for box in boxes)
    # The rows of a line of text touch; what is closer by three dots runs into another.
    inner = np.array([shapely.box(b.x0 + 1, b.y0 + 3, b.x1 - 1, b.y1 - 3) for b in boxes])
    first, second = shapely.STRtree(inner).query(inner, predicate="intersects")
    meet = [
        (shown[i].get_text(), shown[j].get_text())
        for i, j in zip(first, second, strict=True)
        if i < j
    ]
    assert meet == []


def test_a_trend_says_which_interval_it_has_and_how_numbers_changed() -> None:
    periods = gg.measure_periods(moments())
    shown = " ".join(texts_of(gg.plot_trend(periods)))
    assert f"quasi-Poisson, φ = {periods['dispersion'].iloc[0]:.2f}" in shown
    change = 100 * periods["yearly_change"].iloc[0]
    assert f"Change a year: {change:+.1f} %".replace("-", "−") in shown
    exact = gg.plot_trend(gg.measure_periods(moments(), interval="exact"), lang="zh")
    assert any("精确泊松" in text for text in texts_of(exact))


def test_the_dots_of_a_trend_stand_at_their_counts() -> None:
    periods = gg.measure_periods(moments())
    figure = gg.plot_trend(periods)
    dots = max(
        (line for line in figure.axes[0].lines if line.get_marker() == "o"),
        key=lambda line: len(line.get_ydata()),
    )
    height = np.asarray(dots.get_ydata())
    slope, level = np.polyfit(periods["incidents"].to_numpy(float), height, 1)
    np.testing.assert_allclose(slope * periods["incidents"] + level, height, atol=1e-6)
    assert slope > 0


def test_too_few_periods_are_told_and_drawn() -> None:
    periods = gg.measure_periods(moments(20, 40), period="MS")
    assert "Too few periods with incidents for a trend." in texts_of(gg.plot_trend(periods))


def test_a_ranking_lists_streets_by_rate_with_ranges_of_ranks() -> None:
    shown = texts_of(gg.plot_ranking(street_rates(), lang="zh"))
    names = [text for text in shown if text.startswith("第")]
    assert names == ["第0街道", "第1街道", "第2街道", "第3街道"]
    assert {"90", "30", "13.3", "1.33"} <= set(shown)
    assert "3–4" in shown
    assert "每 10,000 人事件数" in shown


def test_a_street_without_a_base_is_listed_without_a_rate() -> None:
    table = street_rates()
    table.loc[3, ["rate", "rate_low", "rate_high", "base"]] = np.nan
    table.loc[3, ["rank", "rank_low", "rank_high"]] = pd.NA
    assert "no base" in texts_of(gg.plot_ranking(table))


def test_a_funnel_counts_streets_by_zone_and_notes_overdispersion() -> None:
    funnel = gg.measure_funnel(street_rates())
    shown = texts_of(gg.plot_funnel(funnel))
    assert shown[shown.index("Above, outside 99.8 %") + 1] == str(
        (funnel["zone"] == "high 99.8").sum()
    )
    assert "n = 4" in shown
    assert "Widened limits, 95 %" in shown
    alike = gg.plot_funnel(gg.measure_funnel(street_rates([30, 31, 29, 30])))
    assert any("is about that of chance" in text for text in texts_of(alike))
    assert "Widened limits, 95 %" not in texts_of(alike)


def test_a_calendar_has_one_square_a_day_and_zero_is_the_palest() -> None:
    days = gg.measure_periods(moments(), period="D")
    figure = gg.plot_calendar(days)
    squares = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    colors = [color for one in squares for color in hexes(one)]
    assert len(colors) == len(days)
    none = (days["incidents"] == 0).to_numpy()
    assert {color for color, is_none in zip(colors, none, strict=True) if is_none} == {
        SEQUENCE_COLORS[0]
    }
    assert SEQUENCE_COLORS[0] not in np.array(colors)[~none]
    assert f"0 ({none.sum():,})" in texts_of(figure)


def test_a_day_lies_in_its_week_and_weekday() -> None:
    # 2017 began on a Sunday: its first day is the last row of the first column.
    days = gg.measure_periods(moments(), period="D", start="2017-01-01", end="2017-01-03")
    (squares,) = [
        c for c in gg.plot_calendar(days).axes[0].collections if isinstance(c, PolyCollection)
    ]
    sunday, monday = (path.vertices.mean(axis=0) for path in squares.get_paths())
    assert monday[0] > sunday[0]
    assert monday[1] > sunday[1]


def test_the_squares_of_a_week_carry_their_numbers() -> None:
    hours = gg.measure_hours(moments())
    shown = texts_of(gg.plot_hours(hours, column="incidents"))
    most = str(hours["incidents"].max())
    assert most in shown


def test_hours_that_never_came_are_hatched_and_grey() -> None:
    rows = pd.DataFrame({"reported_at": pd.to_datetime(["2017-09-04 10:00"]).tz_localize(ZONE)})
    figure = gg.plot_hours(gg.measure_hours(rows))
    (squares,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    assert hexes(squares).count(NO_ANSWER_COLOR) == 144
    assert "Hour never came (144)" in texts_of(figure)


def test_patrol_hours_show_the_whole_grid_in_percent() -> None:
    shown = texts_of(gg.plot_hours(patrol_hours()))
    assert {"0%", "25%", "100%"} <= set(shown)
    assert "100 % (33)" in shown
    one = patrol_hours()
    assert "Street s1." in " ".join(texts_of(gg.plot_hours(one[one["street_id"] == "s1"])))


def test_small_multiples_share_one_scale_and_say_their_sums() -> None:
    figure = gg.plot_small_multiples(panel(), breaks=[2, 3])
    maps = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    assert len(maps) == 6
    expected = counted_classes(panel()["incidents"], [2, 3])
    colors = np.array(expected.colors)
    first = (np.arange(19) % 3).tolist()
    assert hexes(maps[0]) == [colors[::-1][number] for number in np.array(first)[np.argsort(CELLS)]]
    shown = texts_of(figure)
    assert {"0", "1", "2", "≥ 3", "2017-01", "2017-03", "g0", "g1"} <= set(shown)
    assert shown.count(f"n = {sum(first)}") == 3


def test_small_multiples_of_one_key_stand_one_after_the_other() -> None:
    shown = texts_of(gg.plot_small_multiples(panel(periods=8, groups=1)))
    assert [f"2017-0{month}" for month in range(1, 9)] == [t for t in shown if t[:5] == "2017-"]


def test_spots_by_period_have_the_colors_of_the_hotspot_map() -> None:
    table = panel(groups=1).assign(spot="hot 99")
    figure = gg.plot_small_multiples(table, column="spot", lang="zh")
    maps = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    assert set(hexes(maps[0])) == {"#d62f27"}
    assert "热点 99%" in texts_of(figure)


@pytest.mark.parametrize(
    ("values", "breaks", "names"),
    [
        ([0, 1, 1, 1, 2, 12], None, ["≥ 9", "5 – 8", "3 – 4", "2", "1", "0"]),
        ([0, 0], None, ["≥ 1", "0"]),
        ([0, 4, 9], [2.5, 7], ["≥ 7", "3 – 6", "1 – 2", "0"]),
    ],
)
def test_ranges_of_whole_numbers_are_told_by_first_and_last(
    values: list[int], breaks: list[float] | None, names: list[str]
) -> None:
    found = counted_classes(values, breaks)
    assert found.names == names
    assert len(found.colors) == len(names)
    assert found.names[found.codes[0]] == "0"


def test_wrong_input_of_a_chart_is_told_by_name() -> None:
    periods = gg.measure_periods(moments())
    two = pd.concat([periods.assign(group="a"), periods.assign(group="b")])
    for draw in (gg.plot_trend, gg.plot_calendar):
        with pytest.raises(InputError, match=r"A figure shows one group\. Found: 2"):
            draw(two)
    with pytest.raises(InputError, match="A calendar needs one row a day"):
        gg.plot_calendar(periods)
    with pytest.raises(InputError, match="A week has 168 hours"):
        gg.plot_hours(gg.measure_hours(moments()).iloc[:100])
    with pytest.raises(OptionError, match="column must be one of 'incidents_per_week'"):
        gg.plot_hours(gg.measure_hours(moments()), column="cells")
    with pytest.raises(InputError, match=r"up to 60 streets\. Found: 61"):
        gg.plot_ranking(pd.concat([street_rates().iloc[:1]] * 61))
    with pytest.raises(InputError, match="Small multiples need several periods or groups"):
        gg.plot_small_multiples(panel(1, 1))
    with pytest.raises(InputError, match="Found: 2 rows of 13"):
        gg.plot_small_multiples(panel(13, 2))
    with pytest.raises(ColumnsError, match="incidents must hold numbers from 0 on"):
        gg.plot_small_multiples(panel().assign(incidents=-1))
