from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from gridgov.checks import conform
from gridgov.errors import EmptyTableError, InputError, OptionError
from gridgov.figures.closing_curves import plot_closing_curves
from gridgov.figures.indicators import plot_indicator
from gridgov.figures.scores import plot_scores

MONTHS = pd.date_range("2017-01-01", periods=3, freq="MS", tz="Asia/Shanghai")


def scores(**columns: Any) -> pd.DataFrame:
    table = {
        "group": ["1", "2", "3"],
        "period": MONTHS[0],
        "cases": [40, 50, 3],
        "score": [88.0, 95.5, np.nan],
        "score_low": [80.0, 90.0, np.nan],
        "score_high": [92.0, 99.0, np.nan],
        "rank": [2, 1, None],
        "rank_low": [1, 1, None],
        "rank_high": [2, 2, None],
        "ranked": 2,
        "change": [-6.5, 0.25, np.nan],
        "q_value": [0.01, 0.8, np.nan],
        "reason": [None, None, "too_few_cases"],
    }
    return conform(pd.DataFrame(table | columns), "scores")


def rates(**columns: Any) -> pd.DataFrame:
    table = {
        "indicator": "closing_rate",
        "group": ["1", "2"],
        "period": MONTHS[0],
        "numerator": [3.0, 0.0],
        "denominator": [4.0, 0.0],
        "value": [0.75, np.nan],
        "value_low": [0.3006, np.nan],
        "value_high": [0.9544, np.nan],
    }
    return conform(pd.DataFrame(table | columns), "indicators")


def curve(group: str | None, least: int = 40) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": group,
            "after_days": [0.0, 1.0, 4.0, 9.0],
            "still_open_share": [1.0, 0.5, 0.2, 0.1],
            "still_open_low": [1.0, 0.4, 0.1, 0.0],
            "still_open_high": [1.0, 0.6, 0.3, 0.4],
            "at_risk": [60, 60, least, 2],
            "closed": [0, 30, 18, 1],
        }
    )


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_scores_stand_in_the_order_of_their_ranks_and_those_without_one_last() -> None:
    figure = plot_scores(scores(), names={"2": "八角街道"}, lang="zh")
    said = texts(figure)
    heights = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert heights["八角街道"] > heights["1"] > heights["3"]
    assert "1–2" in said
    assert "▼−6.5" in said
    assert "+0.2" in said
    assert any("3（" in text for text in said), "who has no rank is named with the reason"


def test_bars_of_scores_run_from_the_lower_to_the_upper_end() -> None:
    figure = plot_scores(scores())
    sheet = figure.axes[0]
    bars = [one for one in sheet.collections if isinstance(one, LineCollection)]
    wide = next(one for one in bars if one.get_linewidths()[0] == pytest.approx(3.2))
    lengths = [segment[1, 0] - segment[0, 0] for segment in wide.get_segments()]
    # 95.5 is first: 90 to 99; then 88: 80 to 92. On one scale 9 points are to 12 as 3 to 4.
    assert lengths[0] / lengths[1] == pytest.approx(9 / 12)
    assert len(lengths) == 2


def test_a_figure_of_scores_shows_one_period_and_needs_a_score() -> None:
    two = pd.concat([scores(), scores(period=MONTHS[1])], ignore_index=True)
    with pytest.raises(InputError, match="A figure shows one period"):
        plot_scores(two)
    with pytest.raises(InputError, match="needs a score"):
        plot_scores(scores(score=np.nan))
    with pytest.raises(EmptyTableError, match="scores"):
        plot_scores(scores().iloc[:0])


def test_an_indicator_by_group_writes_out_what_was_counted() -> None:
    said = texts(plot_indicator(rates(), names={"1": "古城街道"}, lang="zh"))
    assert "结案率" in said
    assert "3/4" in said
    assert "75.0%" in said
    # No denominator, no rate: neither 0 nor 100 %.
    assert "0/0" in said
    assert "–" in said
    assert "0.0%" not in said


def test_the_whole_beside_groups_becomes_a_line() -> None:
    whole = rates(group=None, numerator=60.0, denominator=80.0, value=0.75).iloc[:1]
    both = pd.concat([rates(), whole], ignore_index=True)
    said = "".join(texts(plot_indicator(both, lang="en")))
    assert "60/80 = 75.0%" in said
    assert sum(text == "Group" for text in texts(plot_indicator(both, lang="en"))) == 1


def test_an_indicator_by_month_leaves_a_gap_where_there_is_no_value() -> None:
    months = pd.concat(
        [
            rates(group="1", period=MONTHS[0]).iloc[:1],
            rates(group="1", period=MONTHS[1], numerator=0.0, denominator=0.0, value=np.nan).iloc[
                :1
            ],
            rates(group="1", period=MONTHS[2]).iloc[:1],
        ],
        ignore_index=True,
    )
    figure = plot_indicator(months)
    line = figure.axes[0].lines[0]
    assert np.isnan(line.get_ydata()).tolist() == [False, True, False]
    assert "2017-02" in texts(figure)


def test_an_indicator_figure_says_what_it_cannot_show() -> None:
    several = pd.concat([rates(), rates(indicator="rework_rate")], ignore_index=True)
    with pytest.raises(InputError, match="shows one indicator"):
        plot_indicator(several)
    crossed = pd.concat([rates(), rates(period=MONTHS[1])], ignore_index=True)
    with pytest.raises(InputError, match="several groups or several periods"):
        plot_indicator(crossed)
    with pytest.raises(InputError, match="needs a value"):
        plot_indicator(rates(value=np.nan))


def test_a_closing_curve_ends_where_too_few_cases_were_seen() -> None:
    table = conform(curve(None), "closing_curves")
    figure = plot_closing_curves(table, lang="zh")
    line = max(figure.axes[0].lines, key=lambda one: len(one.get_xdata()))
    # Three rows hold at least five cases: five corners of a step curve.
    assert len(line.get_xdata()) == 5
    assert any("全部案件（n = 60）" in text for text in texts(figure))


def test_names_may_be_a_series_by_id() -> None:
    names = pd.Series({"1": "八角街道", "2": "古城街道"})
    assert "八角街道" in texts(plot_scores(scores(), names=names, lang="zh"))
    assert "古城街道" in texts(plot_indicator(rates(), names=names, lang="zh"))
    two = conform(pd.concat([curve("1"), curve("2")], ignore_index=True), "closing_curves")
    said = texts(plot_closing_curves(two, names=names, lang="zh"))
    assert any(text.startswith("八角街道（n = 60") for text in said)


def test_curves_of_up_to_three_groups_have_bands_and_more_have_none() -> None:
    few = conform(pd.concat([curve("1"), curve("2")], ignore_index=True), "closing_curves")
    many = conform(
        pd.concat([curve(str(k)) for k in range(4)], ignore_index=True), "closing_curves"
    )
    assert any("Bands" in text for text in texts(plot_closing_curves(few)))
    assert not any("Bands" in text for text in texts(plot_closing_curves(many)))


def test_closing_curves_say_what_they_cannot_show() -> None:
    too_many = conform(
        pd.concat([curve(str(k)) for k in range(9)], ignore_index=True), "closing_curves"
    )
    with pytest.raises(InputError, match="up to 8 curves"):
        plot_closing_curves(too_many)
    with pytest.raises(InputError, match="needs 100 cases"):
        plot_closing_curves(conform(curve(None), "closing_curves"), least=100)
    with pytest.raises(OptionError, match="days must be above 0"):
        plot_closing_curves(conform(curve(None), "closing_curves"), days=0)
