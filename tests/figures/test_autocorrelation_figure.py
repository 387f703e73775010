"""The figure of autocorrelation: heights are z, the band is chance, the legend the last period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.autocorrelation import plot_autocorrelation
from gridgov.geo.hexgrid import grid_disk

CELLS = grid_disk(0x8931AA50E27FFFF, 4)


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    """Five months: chance in four of them, one block of full cells in the last."""
    months = pd.date_range("2017-01-01", periods=5, freq="MS", tz="Asia/Shanghai")
    counts = np.random.default_rng(4).poisson(3, (5, CELLS.size))
    counts[4, np.isin(CELLS, grid_disk(int(CELLS[0]), 1))] += 20
    panel = pd.DataFrame(
        {
            "cell": np.tile(CELLS, 5),
            "period": np.repeat(months, CELLS.size),
            "incidents": counts.ravel(),
        }
    )
    return gg.measure_autocorrelation(panel, permutations=99)


def written(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_points_stand_at_their_z_beside_the_band_of_chance(measured: pd.DataFrame) -> None:
    sheet = plot_autocorrelation(measured.sample(frac=1, random_state=0)).axes[0]
    band = next(patch for patch in sheet.patches if patch.get_zorder() == 0)
    unit = band.get_height() / (2 * 1.96)
    zero = band.get_y() + 1.96 * unit
    for measure, color in (("moran_i", "#0072b2"), ("general_g", "#d55e00")):
        (line,) = [
            one
            for one in sheet.lines
            if one.get_color() == color and len(one.get_xdata()) == 5 and one.get_linestyle() == "-"
        ]
        drawn = (np.asarray(line.get_ydata()) - zero) / unit
        expected = measured.loc[measured["measure"] == measure, "z_randomization"]
        np.testing.assert_allclose(drawn, expected, atol=1e-9)
        assert (np.diff(line.get_xdata()) > 0).all()


def test_the_legend_shows_the_last_period_and_the_dates_stand_below(
    measured: pd.DataFrame,
) -> None:
    texts = written(plot_autocorrelation(measured, lang="zh", source="热线", date="2017年"))
    last = measured[measured["period"] == measured["period"].max()].set_index("measure")
    value = last.loc["moran_i", "value"]
    assert f"{value:.3g}（p = {last.loc['moran_i', 'p_permutation']:.3f}）" in texts
    assert {"莫兰指数 I", "广义 G", "资料来源：热线。", "2017-01-01", "2017-05-01"} <= set(texts)


def test_one_map_without_a_period_is_two_points(boxes_of: Any, measured: pd.DataFrame) -> None:
    counts = pd.DataFrame({"cell": CELLS, "incidents": np.arange(61) % 7})
    figure = plot_autocorrelation(gg.measure_autocorrelation(counts, permutations=99))
    figure.canvas.draw()
    boxes = boxes_of(figure.axes[0].texts)
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


def test_what_cannot_be_drawn_is_told(measured: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_autocorrelation(measured, lang="fr")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match="z_randomization"):
        plot_autocorrelation(measured.drop(columns="z_randomization"))
    with pytest.raises(EmptyTableError, match="has no rows"):
        plot_autocorrelation(measured.head(0))
    both = pd.concat([measured.assign(group="a"), measured.assign(group="b")])
    with pytest.raises(InputError, match=r"one group\. Found: 2 groups"):
        plot_autocorrelation(both)
    with pytest.raises(InputError, match="Found: none; the column reason"):
        plot_autocorrelation(measured.assign(z_randomization=np.nan))
