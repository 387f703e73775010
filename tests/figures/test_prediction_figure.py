"""The curves of a backtest pass through the means of the table."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from gridgov.checks import conform
from gridgov.errors import EmptyTableError, InputError
from gridgov.figures.prediction import plot_backtest
from gridgov.hotspots.measure_ranks import rank_measures

SHARES = [0.01, 0.05, 0.1]


def replayed(measures=("last_period", "mean", "我的方法"), periods=9):
    rng = np.random.default_rng(0)
    start = pd.date_range("2017-01-01", periods=periods, freq="MS", tz="Asia/Shanghai")
    frame = pd.DataFrame(
        {
            "measure": np.tile(np.repeat(np.array(measures, dtype=object), 3), periods),
            "period": start.repeat(3 * len(measures)),
            "group": None,
            "area_share": SHARES * len(measures) * periods,
        }
    )
    frame["used_share"] = frame["area_share"] * 0.98
    frame["hit_rate"] = frame["area_share"] * rng.uniform(2, 3, len(frame))
    frame["pei"] = frame["hit_rate"] / (frame["area_share"] * 4)
    return conform(frame.assign(chosen_cells=3, hits=9, incidents=100, pai=1.0), "backtest")


def shown(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_curves_pass_through_the_mean_hit_rates():
    table = replayed()
    axes = plot_backtest(table).axes[0]
    means = table.groupby(["measure", "area_share"])["hit_rate"].mean()
    curves = {
        to_hex(line.get_color()): line.get_xydata()
        for line in axes.lines
        if len(line.get_xydata()) == 4 and line.get_linewidth() == 2.0
    }
    colors = {"last_period": "#0072b2", "mean": "#d55e00", "我的方法": "#009e73"}
    origin = curves["#0072b2"][0]
    highest = curves["#d55e00"][-1] - origin
    for name, color in colors.items():
        drawn = curves[color] - origin
        # Points of the sheet are linear in both shares, with one scale for all curves.
        np.testing.assert_allclose(drawn[1:, 0] / highest[0], np.array(SHARES) / 0.1)
        np.testing.assert_allclose(
            drawn[1:, 1] / highest[1], means[name].to_numpy() / means["mean", 0.1]
        )


def test_the_legend_is_in_order_and_holds_the_hit_rates():
    table = replayed()
    texts = shown(plot_backtest(table, lang="zh"))
    last = table[table["area_share"] == 0.1].groupby("measure")["hit_rate"].mean()
    words = {"last_period": "上一时段", "mean": "训练期平均", "我的方法": "我的方法"}
    start = texts.index("面积 10% 时的命中率") + 1
    expected = []
    for name in last.sort_values(ascending=False).index:
        expected += [words[name], f"{100 * last[name]:.3g}%"]
    assert texts[start : start + 6] == expected
    assert texts[start + 6 : start + 8] == ["可能达到的上限", "随机选取网格"]


def test_the_ranking_adds_its_sentences():
    table = replayed(measures=("mean", "scan"))
    ranks = rank_measures(table, area_share=0.05)
    texts = " ".join(shown(plot_backtest(table, ranks, source="311")))
    assert "At 5 % of the area there is no clear winner" in texts
    assert "Source: 311." in texts
    assert "Mean over 9 periods" in texts


def test_nothing_leaves_the_sheet_in_either_language(boxes_of):
    table = replayed(measures=[f"一个名字非常长的预测方法第{place}号" for place in range(7)])
    ranks = rank_measures(table)
    for lang in ("en", "zh"):
        figure = plot_backtest(table, ranks, lang=lang, date="2017", source="s")
        figure.canvas.draw()
        boxes = boxes_of(figure.axes[0].texts)
        assert min(box.x0 for box in boxes) >= 0
        assert max(box.x1 for box in boxes) <= figure.bbox.x1
        assert min(box.y0 for box in boxes) >= 0


def test_tables_that_cannot_be_drawn_say_why():
    table = replayed()
    with pytest.raises(EmptyTableError, match="backtest has no rows"):
        plot_backtest(table.head(0))
    groups = pd.concat([table, table.assign(group="waste")])
    with pytest.raises(InputError, match=r"1 group at most. Found: 2"):
        plot_backtest(groups)
    with pytest.raises(InputError, match=r"7 measures at most. Found: 8"):
        plot_backtest(replayed(measures=list("abcdefgh")))
    with pytest.raises(InputError, match="Found: none in 9 periods"):
        plot_backtest(table.assign(hit_rate=np.nan))


def test_the_scores_of_one_map_are_drawn_without_a_measure():
    scores = replayed(measures=["only"]).drop(columns="measure")
    assert "This map" in shown(plot_backtest(scores))
    assert "该预测图" in shown(plot_backtest(scores, lang="zh"))
    assert "measure" not in scores.columns
