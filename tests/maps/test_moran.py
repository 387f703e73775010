"""The map of clusters and outliers: what it takes, and what a reader sees in a real browser."""

import folium
import numpy as np
import pandas as pd
import pytest

from gridgov.checks import conform
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.moran import map_moran
from gridgov.schema.moran import LISA_CLASSES
from gridgov.taxonomy.labels import label

MIDDLE = 0x8931AA50E27FFFF


@pytest.fixture
def clusters():
    """Nineteen cells: every class, one cell without an answer, p and q at the edges."""
    cells = grid_disk(MIDDLE, 2)
    n = len(cells)
    p = np.linspace(0.0004, 0.6, n)
    frame = pd.DataFrame(
        {
            "cell": cells,
            "street_id": np.where(cell_centers(cells)[0] < cell_centers([MIDDLE])[0], "s1", "s2"),
            "incidents": np.arange(n) * 137,
            "area_km2": 0.1,
            "value": np.arange(n) * 137.0,
            "lag": np.linspace(0, 1234.5, n),
            "moran_i": np.linspace(-1.25, 4.5, n),
            "neighbors": 6,
            "p_value": p,
            "q_value": p * 1.5,
            "cluster_type": [LISA_CLASSES[i % 5] for i in range(n)],
        }
    )
    frame.loc[3, ["lag", "moran_i", "p_value", "q_value"]] = np.nan
    frame.loc[3, "cluster_type"] = None
    frame["reason"] = pd.Series([None] * n, dtype=object)
    frame.loc[3, "reason"] = "no neighbor in the grid"
    result = conform(frame, "moran")
    result.attrs["moran"] = {
        "value": "incidents",
        "null": "randomization",
        "rings": 2,
        "correction": "Benjamini-Yekutieli",
    }
    return result


def test_the_map_is_a_folium_map_and_leaves_its_table_alone(clusters, streets):
    before = clusters.copy(deep=True)
    page = map_moran(clusters, streets)
    assert isinstance(page, folium.Map)
    assert "<script src" not in page.get_root().render()
    pd.testing.assert_frame_equal(clusters, before)


def test_what_cannot_be_drawn_is_refused_in_words(clusters, streets):
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        map_moran(clusters, lang="de")
    with pytest.raises(ColumnsError, match="must have the column moran_i"):
        map_moran(clusters.drop(columns="moran_i"))
    with pytest.raises(EmptyTableError, match="moran has no rows"):
        map_moran(clusters.iloc[:0])
    with pytest.raises(DatumError, match=r"must be in EPSG:4326\. Found: EPSG:3857"):
        map_moran(clusters, streets.to_crs(3857))
    both = pd.concat([clusters.assign(group="a"), clusters.assign(group="b")])
    assert isinstance(map_moran(both), folium.Map)


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_numbers_at_the_pointer_are_the_numbers_in_the_table(clusters, streets, exported, lang):
    page = exported(map_moran(clusters, streets, lang=lang))
    names = {
        "en": ("Cluster", "Incidents", "Neighbors' mean", "Local Moran's I", "q", "Reason"),
        "zh": ("聚类类型", "事件数", "邻居均值", "局部莫兰指数", "q 值", "未计算原因"),
    }[lang]
    lon, lat = cell_centers(clusters["cell"])
    for i, row in enumerate(clusters.to_dict("records")):
        card = page.hover(lon[i], lat[i])
        none = "No answer" if lang == "en" else "未计算"
        known = pd.notna(row["cluster_type"])
        shown = label("cluster_type", row["cluster_type"], lang) if known else none
        assert card[f"row {names[0]}"] == shown
        assert card[f"row {names[1]}"] == f"{row['incidents']:,}"
        assert card.get(f"row {names[2]}") == (f"{row['lag']:.4g}" if known else None)
        assert card[f"row {names[3]}"] == (f"{row['moran_i']:.2f}" if known else "–")
        q = row["q_value"]
        expected = "–" if np.isnan(q) else "< 0.001" if q < 0.001 else f"{q:.3f}"
        assert card[f"row {names[4]}"] == expected
        reason = label("reason", row["reason"], lang) if not known else None
        assert card.get(f"row {names[5]}") == reason
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_legend_counts_every_cell_once_and_the_foot_says_how(clusters, streets, exported):
    page = exported(map_moran(clusters, streets, source="热线", lang="zh", date="2017年"))
    rows = dict(zip(page.text(".gg-what"), page.text(".gg-count"), strict=False))
    counts = clusters["cluster_type"].value_counts()
    for term in LISA_CLASSES:
        assert rows[label("cluster_type", term, "zh")] == str(counts[term])
    assert rows["未计算"] == "1"
    source, method = page.text(".gg-foot p")
    assert source == "资料来源：热线"
    assert method == (
        f"对 19 个 H3 网格的 {clusters['incidents'].sum():,} 起事件计算局部莫兰指数，邻域为 2 圈；"
        "零假设：本网格数值不变，其余网格数值随机排列；双侧 p 值，经 Benjamini-Yekutieli 校正得 "
        "q 值。"
    )


@pytest.mark.browser
def test_a_rate_is_shown_beside_the_incidents_and_hostile_names_as_text(
    clusters, exported, hostile
):
    for text in (hostile[0], hostile[6]):
        rates = clusters.assign(value=clusters["incidents"] / 1e7)
        rates.attrs["moran"] = {**clusters.attrs["moran"], "value": text, "null": "analytic"}
        page = exported(map_moran(rates))
        lon, lat = cell_centers(rates["cell"])
        card = page.hover(lon[5], lat[5])
        assert card["row Value tested"] == f"{rates['value'].iloc[5]:.4g}"
        assert text in page.text(".gg-foot p")[0]
        assert page.flag() is None
