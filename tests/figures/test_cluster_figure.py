"""The chart of clusters says what the table says, one row a cluster."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.clusters import plot_clusters
from gridgov.geo.hexgrid import cells_to_text, grid_disk
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.taxonomy.cluster_palette import CLUSTER_COLORS

MIDDLE = 0x8931AA50E27FFFF


def town_clusters(**options: Any) -> gpd.GeoDataFrame:
    cells = grid_disk(MIDDLE, 3)
    counts = np.random.default_rng(3).poisson(5, (len(cells), 4))
    counts[np.isin(cells, grid_disk(MIDDLE, 1)), 2:] += 9
    table = pd.DataFrame(
        {
            "cell": np.repeat(cells, 4),
            "period": np.tile(
                pd.date_range("2017-01-01", periods=4, freq="MS", tz="Asia/Shanghai"), len(cells)
            ),
            "group": "garbage",
            "street_id": "s1",
            "incidents": counts.ravel(),
            "area_km2": 0.1,
        }
    )
    settings = {"time": "retrospective", "radius_km": 0.7, "replicates": 99, **options}
    return find_scan_clusters(table, **settings)


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def dots(figure: Any) -> list[Any]:
    return [line for line in figure.axes[0].lines if line.get_marker() == "o"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_row_shows_the_numbers_of_its_cluster(lang: Any) -> None:
    clusters = town_clusters(direction="both")
    assert set(clusters["side"]) == {"high", "low"}
    figure = plot_clusters(clusters, lang=lang, source="hotline", date="2017")
    shown = texts(figure)
    for row in clusters.to_dict("records"):
        assert f"{row['incidents']:,} / {row['expected']:,.1f}" in shown
        assert f"{row['relative_risk']:.2f}" in shown
        assert any(cells_to_text(np.array([row["cell"]], np.uint64))[0] in text for text in shown)
    span = "2017-03-01 to 2017-04-30" if lang == "en" else "2017-03-01 至 2017-04-30"
    assert span in shown
    assert {"0.010", "2017"} <= set(shown)
    places = [float(dot.get_xdata()[0]) for dot in dots(figure)]
    # Larger risks lie farther to the right, in the order of the table from the top.
    risks = clusters["relative_risk"].to_numpy()
    np.testing.assert_array_equal(np.argsort(places), np.argsort(risks))
    heights = [float(dot.get_ydata()[0]) for dot in dots(figure)]
    assert heights == sorted(heights, reverse=True)
    assert to_hex(dots(figure)[0].get_color()) == CLUSTER_COLORS["high 99"]


def test_a_place_goes_by_its_street_where_that_is_known() -> None:
    clusters = town_clusters(secondary=0)
    streets = gpd.GeoDataFrame({"street_id": ["s1"], "street": ["鲁谷街道"]})
    assert any(
        text.startswith("鲁谷街道, cell ") for text in texts(plot_clusters(clusters, streets))
    )
    assert any(text.startswith("s1, cell ") for text in texts(plot_clusters(clusters)))
    areas = clusters.assign(cell=pd.array([None], "UInt64"))
    assert "鲁谷街道" in texts(plot_clusters(areas, streets))


def test_risks_beyond_all_bounds_stay_on_the_scale() -> None:
    cells = grid_disk(MIDDLE, 2)
    counts = pd.DataFrame({"cell": cells, "incidents": 0, "area_km2": 0.1})
    counts.loc[counts["cell"] == MIDDLE, "incidents"] = 9
    clusters = find_scan_clusters(counts, direction="both", replicates=9)
    assert np.isinf(clusters["relative_risk"]).any()
    figure = plot_clusters(clusters)
    assert "∞" in texts(figure)
    for dot in dots(figure):
        assert 250 <= dot.get_xdata()[0] <= 470


def test_the_numbers_of_the_scale_do_not_touch() -> None:
    clusters = town_clusters(direction="both")
    wide = clusters.assign(relative_risk=np.geomspace(0.002, 300, len(clusters)))
    figure = plot_clusters(wide)
    bottom = min(text.get_position()[1] for text in figure.axes[0].texts if text.get_text() == "1")
    ticks = [
        text.get_position()[0]
        for text in figure.axes[0].texts
        if text.get_position()[1] == pytest.approx(bottom)
    ]
    assert len(ticks) >= 5
    assert np.diff(sorted(ticks)).min() >= 26


def test_what_cannot_be_drawn_is_refused_in_words() -> None:
    clusters = town_clusters()
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_clusters(clusters, lang="de")  # type: ignore[arg-type]
    with pytest.raises(EmptyTableError, match="clusters has no rows"):
        plot_clusters(clusters.iloc[:0])
    with pytest.raises(ColumnsError, match="must have the column expected"):
        plot_clusters(clusters.drop(columns="expected"))
    both = pd.concat([clusters, clusters.assign(group="noise")])
    with pytest.raises(InputError, match=r"shows one group.*such as garbage and noise"):
        plot_clusters(both)
