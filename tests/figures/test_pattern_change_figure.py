"""The figure of change: points at the shares, colors by class, the index, the names."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.figures.pattern_change import plot_pattern_change
from gridgov.geo.hexgrid import grid_disk

CELLS = grid_disk(0x8931AA50E27FFFF, 1)
BEFORE = pd.DataFrame({"cell": CELLS, "incidents": [300, 100, 100, 100, 100, 100, 0]})
AFTER = pd.DataFrame({"cell": CELLS, "incidents": [60, 100, 100, 100, 100, 100, 60]})


def by_street(*incidents: int) -> pd.DataFrame:
    ids = [f"s{i}" for i in range(len(incidents))]
    return pd.DataFrame({"street_id": ids, "incidents": incidents})


def words_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def points_of(figure: Any) -> dict[str, np.ndarray]:
    """Return the points of every color."""
    return {
        to_hex(part.get_facecolors()[0]): np.asarray(part.get_offsets())
        for part in figure.axes[0].collections
        if isinstance(part, PathCollection)
    }


def test_points_lie_at_the_roots_of_the_shares_and_classes_have_colors() -> None:
    points = points_of(plot_pattern_change(gg.compare_proportions(BEFORE, AFTER)))
    (shrunk,), (grown,) = points["#4575b5"], points["#d62f27"]
    same = points["#b4babf"]
    assert len(same) == 5
    # By hand: 300 / 800 to 60 / 620, and 0 to 60 / 620; the largest share is 300 / 800.
    assert grown[1] == pytest.approx(shrunk[1])
    wide, high = shrunk[0] - grown[0], same[0, 1] - 110
    assert (same[0, 0] - grown[0]) / wide == pytest.approx(np.sqrt(100 / 300))
    assert (shrunk[1] - 110) / high == pytest.approx(np.sqrt(60 / 100))


def test_the_legend_counts_the_units_and_shows_the_index() -> None:
    change = gg.compare_proportions(BEFORE, AFTER)
    shown = words_of(plot_pattern_change(change, source="热线", date="2015 / 2017", lang="zh"))
    start = shown.index("占比（网格数）")
    # Five of seven units are alike: S = 0.714, and none is empty at both times.
    assert shown[start + 1 : start + 12] == [
        *("占比上升", "1", "未见差异", "5", "占比下降", "1"),
        *("Andresen S 指数", "全部单元", "0.714", "不计无事件单元", "0.714"),
    ]
    assert "资料来源：热线。" in shown
    assert any("前期 800 起事件，后期 620 起" in text for text in shown)


def test_changed_streets_are_named_and_no_name_lies_on_another(boxes_of: Any) -> None:
    change = gg.compare_proportions(
        by_street(400, 410, 200, 200, 0), by_street(200, 205, 200, 200, 90), unit="street_id"
    )
    named = pd.DataFrame({"street_id": ["s0", "s4"], "street": ["鲁谷街道", "$x_1$"]})
    figure = plot_pattern_change(change, named)
    assert {"鲁谷街道", "$x_1$"} <= set(words_of(figure))
    figure.savefig(BytesIO(), format="png", dpi=40)
    names = [text for text in figure.axes[0].texts if text.get_text() in {"鲁谷街道", "s1", "s4"}]
    boxes = boxes_of(names)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_samples_are_told_as_samples_and_the_table_is_left_alone() -> None:
    change = gg.compare_patterns(BEFORE, AFTER)
    kept = change.copy(deep=True)
    shown = " ".join(words_of(plot_pattern_change(change)))
    assert "outside the middle 95 % of samples" in shown
    assert "Benjamini" not in shown
    pd.testing.assert_frame_equal(change, kept)


def test_a_table_or_option_that_does_not_fit_is_told() -> None:
    change = gg.compare_proportions(BEFORE, AFTER)
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_pattern_change(change, lang="fr")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match="share_after"):
        plot_pattern_change(change.drop(columns="share_after"))
    with pytest.raises(EmptyTableError, match="has no rows"):
        plot_pattern_change(change.iloc[:0])
