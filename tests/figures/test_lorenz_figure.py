"""The Lorenz figure shows the curve, the indices and the line few incidents allow."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.concentration import plot_lorenz
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.concentration import measure_concentration, measure_lorenz


def counts_of(values: Any, **columns: Any) -> pd.DataFrame:
    cells = np.sort(grid_disk(0x8931AA50E27FFFF, 8))[: len(values)]
    return pd.DataFrame({"cell": cells, "incidents": values, "area_km2": 0.1, **columns})


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def curves_of(figure: Any) -> list[np.ndarray]:
    return [
        np.asarray(line.get_xydata()) for line in figure.axes[0].lines if line.get_zorder() == 3
    ]


MANY = counts_of(np.random.default_rng(0).poisson(3, 60))
FEW = counts_of([3, 1, 1] + [0] * 7)


def test_the_curve_goes_through_the_corners_of_the_table() -> None:
    lorenz = measure_lorenz(MANY)
    (curve,) = curves_of(plot_lorenz(lorenz))
    table = lorenz[["unit_share", "incident_share"]].to_numpy()
    low, high = curve[0], curve[-1]
    np.testing.assert_allclose((curve - low) / (high - low), table, atol=1e-9)
    # A square, so that the diagonal is one.
    assert np.ptp(high - low) == pytest.approx(0, abs=1e-9)


def test_the_indices_and_shares_of_one_curve_are_written() -> None:
    table = measure_concentration(MANY)
    row = table.iloc[0]
    shown = texts_of(plot_lorenz(measure_lorenz(MANY), table))
    assert f"Gini {row['gini']:.3f} ({row['gini_low']:.3f}–{row['gini_high']:.3f})" in shown
    assert "50 % of the incidents lie in" in shown
    share, low, high = (100 * row[f"cell_share_50{end}"] for end in ("", "_low", "_high"))
    assert f"{share:.1f} % of the cells ({low:.1f}–{high:.1f})" in shown
    assert any("95 % bootstrap interval" in text for text in shown)
    plain = texts_of(plot_lorenz(measure_lorenz(MANY), measure_concentration(MANY, bootstrap=0)))
    assert f"Gini {row['gini']:.3f}" in plain
    assert not any("bootstrap" in text for text in plain)


def test_fewer_incidents_than_cells_have_a_line_of_their_own() -> None:
    table = measure_concentration(FEW, bootstrap=0)
    figure = plot_lorenz(measure_lorenz(FEW), table, lang="zh")
    shown = texts_of(figure)
    assert "广义基尼系数 0.560" in shown
    assert "5 起事件所能达到的最均匀分布" in shown
    dashed = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    (curve,) = curves_of(figure)
    start = (np.asarray(dashed[0].get_xydata())[0] - curve[0]) / (curve[-1] - curve[0])
    # Five of ten cells must be empty.
    np.testing.assert_allclose(start, [0.5, 0], atol=1e-9)
    evenly = measure_concentration(counts_of([1, 1, 0, 0]), bootstrap=0)
    assert "Generalized Gini 0.000" in texts_of(
        plot_lorenz(measure_lorenz(counts_of([1, 1, 0, 0])), evenly)
    )


def test_several_curves_are_named_and_keep_their_indices() -> None:
    months = (
        pd.DatetimeIndex(["2017-09-01", "2017-10-01"]).tz_localize("Asia/Shanghai").as_unit("us")
    )
    both = pd.concat(
        [
            MANY.assign(period=months[0], group="$x_1$"),
            FEW.assign(period=months[1], group="占道经营"),
        ]
    )
    table = measure_concentration(both, bootstrap=0).iloc[::-1]
    figure = plot_lorenz(
        measure_lorenz(both), table, title="八角", date="2017", source="热线", lang="zh"
    )
    shown = texts_of(figure)
    assert len(curves_of(figure)) == 2
    first = shown.index("2017-09-01 · $x_1$")
    gini = measure_concentration(MANY, bootstrap=0)["gini"].iloc[0]
    assert shown[first + 1] == f"基尼系数 {gini:.3f}"
    assert {"八角", "2017", "资料来源：热线。", "2017-10-01 · 占道经营"} <= set(shown)


def test_land_has_its_own_axis_and_words() -> None:
    table = measure_concentration(MANY, units="area", bootstrap=0)
    shown = texts_of(plot_lorenz(measure_lorenz(MANY, units="area"), table))
    assert "Share of the area, emptiest first" in shown
    assert any(text.endswith("% of the area") for text in shown)
    assert not any(text.startswith("Generalized") for text in shown)


def test_the_same_tables_make_the_same_picture() -> None:
    pictures = []
    for _ in range(2):
        target = BytesIO()
        figure = plot_lorenz(measure_lorenz(FEW))
        figure.savefig(target, format="png", dpi=40, metadata={"Software": None})
        pictures.append(target.getvalue())
    assert pictures[0] == pictures[1]


def test_curves_that_cannot_be_drawn_are_refused_in_words() -> None:
    lorenz = measure_lorenz(MANY)
    seven = pd.concat([lorenz.assign(group=str(k)) for k in range(7)])
    with pytest.raises(InputError, match=r"up to 6 curves\. Found: 7"):
        plot_lorenz(seven)
    with pytest.raises(InputError, match=r"over cells or over area\. Found: both"):
        plot_lorenz(pd.concat([lorenz, measure_lorenz(MANY, units="area")]))
    with pytest.raises(EmptyTableError, match="lorenz has no rows"):
        plot_lorenz(lorenz.iloc[:0])
    with pytest.raises(ColumnsError, match="must have the column step"):
        plot_lorenz(lorenz.drop(columns="step"))
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_lorenz(lorenz, lang="de")  # type: ignore[arg-type]
