"""The Moran scatter plot shows the table: its points, classes, counts and the slope."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.moran import plot_moran
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.global_autocorrelation import measure_autocorrelation
from gridgov.hotspots.moran import find_moran_clusters
from gridgov.taxonomy.category_palette import LISA_COLORS

MIDDLE = 0x8931AA50E27FFFF
FAR = 0x892A100D2D7FFFF


def planted_counts() -> pd.DataFrame:
    """Return a random map with a block of high cells and a cell far from all others."""
    cells = grid_disk(MIDDLE, 9)
    incidents = np.random.default_rng(3).poisson(2, cells.size)
    incidents[np.isin(cells, grid_disk(MIDDLE, 2))] += 12
    return pd.DataFrame(
        {"cell": np.append(cells, np.uint64(FAR)), "incidents": np.append(incidents, 5)}
    )


@pytest.fixture(scope="module")
def clusters() -> pd.DataFrame:
    return find_moran_clusters(planted_counts())


def shown_texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_cell_with_an_answer_is_one_point_at_its_place(clusters: pd.DataFrame) -> None:
    figure = plot_moran(clusters)
    drawn = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    places = np.concatenate([np.asarray(c.get_offsets()) for c in drawn])
    answered = clusters[clusters["quadrant"].notna()]
    order = (answered["cluster_type"] != "not significant").to_numpy().argsort(kind="stable")
    table = answered[["z", "lag_z"]].to_numpy()[order]
    assert len(places) == len(table) == len(clusters) - 1
    # One scale and shift an axis: what is drawn is a straight function of what is meant.
    for axis in (0, 1):
        scale, shift = np.polyfit(table[:, axis], places[:, axis], 1)
        assert scale > 0
        np.testing.assert_allclose(scale * table[:, axis] + shift, places[:, axis], atol=1e-6)
    _, _, width, height = figure.axes[0].bbox.bounds
    assert places.min() > 0
    assert (places < [width, height]).all()


def test_significant_cells_have_the_colors_of_the_map(clusters: pd.DataFrame) -> None:
    figure = plot_moran(clusters)
    drawn = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    colors = [to_hex(color) for color in drawn[1].get_facecolors()]
    types = clusters["cluster_type"].dropna().astype(str)
    expected = [LISA_COLORS[term] for term in types[types != "not significant"]]
    assert len(expected) > 10
    assert colors == expected


def test_legend_and_corners_count_the_cells(clusters: pd.DataFrame) -> None:
    shown = shown_texts(plot_moran(clusters, lang="zh"))
    classes = clusters["cluster_type"].value_counts()
    start = shown.index("聚类类型（网格数）")
    assert shown[start + 1 : start + 11] == [
        *("高-高聚集", f"{classes['HH']}", "高-低异常", f"{classes['HL']}"),
        *("低-高异常", f"{classes['LH']}", "低-低聚集", f"{classes['LL']}"),
        *("不显著", f"{classes['not significant']}"),
    ]
    quadrants = clusters["quadrant"].value_counts()
    assert f"高-高聚集：{quadrants['HH']}" in shown
    assert f"低-低聚集：{quadrants['LL']}" in shown
    assert any("未计算的网格 1 个" in text for text in shown)


def test_the_slope_is_morans_i_of_the_map_islands_included(clusters: pd.DataFrame) -> None:
    table = measure_autocorrelation(planted_counts(), permutations=0).set_index("measure")
    expected = table.loc["moran_i", "value"]
    figure = plot_moran(clusters)
    assert f"Moran's I = {expected:.3f}" in shown_texts(figure)
    # The drawn line, brought back to the units of the table by two known points.
    drawn = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    places = np.concatenate([np.asarray(c.get_offsets()) for c in drawn])
    answered = clusters[clusters["quadrant"].notna()]
    order = (answered["cluster_type"] != "not significant").to_numpy().argsort(kind="stable")
    table = answered[["z", "lag_z"]].to_numpy()[order]
    line = next(line for line in figure.axes[0].lines if line.get_zorder() == 4).get_xydata()
    ends = np.column_stack(
        [np.polyval(np.polyfit(places[:, k], table[:, k], 1), line[:, k]) for k in (0, 1)]
    )
    np.testing.assert_allclose(ends[:, 1], expected * ends[:, 0], atol=1e-9)


def test_title_source_date_and_method_are_on_the_sheet(clusters: pd.DataFrame) -> None:
    shown = shown_texts(plot_moran(clusters, title="$x_1$", source="热线", date="2017", lang="zh"))
    assert "$x_1$" in shown
    assert "2017" in shown
    assert "资料来源：热线。" in shown
    assert any("Benjamini-Hochberg" in text for text in shown)
    assert "事件数（距均值的标准差倍数）" in shown


def test_the_same_table_makes_the_same_bytes_and_shows_in_notebooks(
    clusters: pd.DataFrame,
) -> None:
    before = clusters.copy(deep=True)
    pictures = []
    for _ in range(2):
        target = BytesIO()
        plot_moran(clusters).savefig(target, format="png", dpi=40, metadata={"Software": None})
        pictures.append(target.getvalue())
    assert pictures[0] == pictures[1]
    assert plot_moran(clusters)._repr_png_()[:4] == b"\x89PNG"
    pd.testing.assert_frame_equal(clusters, before)


def test_a_steep_line_and_no_slope_at_all_stay_in_the_box(clusters: pd.DataFrame) -> None:
    for factor in (50.0, 0.0):
        changed = clusters.assign(lag_z=clusters["lag_z"] * factor)
        line = next(line for line in plot_moran(changed).axes[0].lines if line.get_zorder() == 4)
        points = np.asarray(line.get_xydata())
        assert (points >= 0).all()
        assert (points <= [720, 540]).all()


def test_what_cannot_be_drawn_is_refused_in_words(clusters: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        plot_moran(clusters, lang="de")
    with pytest.raises(ColumnsError, match="must have the column lag_z"):
        plot_moran(clusters.drop(columns="lag_z"))
    with pytest.raises(EmptyTableError, match="moran has no rows"):
        plot_moran(clusters.iloc[:0])
    with pytest.raises(InputError, match=r"shows one group.*clusters\['group'\]"):
        plot_moran(pd.concat([clusters.assign(group="a"), clusters.assign(group="b")]))
    with pytest.raises(InputError, match="needs a cell with an answer"):
        plot_moran(clusters.assign(quadrant=None))
    assert TABLES["moran"].made_by == "gridgov.find_moran_clusters"
