"""The map of clusters shows the table: classes, circles and the numbers at the pointer."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.errors import ColumnsError, InputError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_members import scan_members
from gridgov.maps.clusters import map_clusters
from gridgov.taxonomy.cluster_palette import CLUSTER_COLORS, cluster_colors
from gridgov.taxonomy.labels import labels
from gridgov.taxonomy.palette import spot_colors

MIDDLE = 0x8931AA50E27FFFF


@pytest.fixture(scope="module")
def town():
    """Sixty-one cells over four months; one neighborhood has many incidents in the last two."""
    cells = grid_disk(MIDDLE, 4)
    rng = np.random.default_rng(4)
    counts = rng.poisson(3, (len(cells), 4))
    counts[np.isin(cells, grid_disk(MIDDLE, 1)), 2:] += 6
    return pd.DataFrame(
        {
            "cell": np.repeat(cells, 4),
            "period": np.tile(
                pd.date_range("2017-01-01", periods=4, freq="MS", tz="Asia/Shanghai"), len(cells)
            ),
            "group": None,
            "street_id": "s1",
            "incidents": counts.ravel(),
            "area_km2": 0.1,
        }
    )


@pytest.fixture(scope="module")
def clusters(town):
    return find_scan_clusters(town, time="retrospective", radius_km=0.8, secondary=3, replicates=99)


def polygons(page):
    return [child for child in page._children.values() if type(child).__name__ == "Polygon"]


def test_the_classes_have_words_in_both_languages():
    for lang in ("en", "zh"):
        assert list(labels("scan", lang)) == list(CLUSTER_COLORS)
    assert labels("side", "zh") == {"high": "高于期望", "low": "低于期望"}


def test_only_circles_that_chance_hardly_explains_are_drawn(town, clusters):
    likely = int((clusters["p_value"] <= 0.10).sum())
    assert 0 < likely < len(clusters)
    drawn = polygons(map_clusters(clusters, town))
    assert len(drawn) == likely
    assert all(circle.options["interactive"] is False for circle in drawn)


def test_a_table_without_clusters_is_a_map_without_circles(town, clusters):
    page = map_clusters(clusters.iloc[:0], town, source="hotline")
    assert polygons(page) == []


def test_the_inputs_are_left_as_they_were(town, clusters):
    before = town.copy(deep=True), clusters.copy(deep=True)
    map_clusters(clusters, town).get_root().render()
    pd.testing.assert_frame_equal(town, before[0])
    pd.testing.assert_frame_equal(clusters, before[1])


def test_what_cannot_be_drawn_is_refused_in_words(town, clusters):
    with pytest.raises(OptionError, match="lang must be one of"):
        map_clusters(clusters, town, lang="de")
    with pytest.raises(ColumnsError, match="must have the column side"):
        map_clusters(clusters.drop(columns="side"), town)
    with pytest.raises(MapError, match=r"draws cells or areas.*neither"):
        map_clusters(clusters, town.drop(columns="cell"))
    with pytest.raises(InputError, match="must be the table in which the clusters were found"):
        map_clusters(clusters, town[~town["cell"].isin(grid_disk(MIDDLE, 2))])


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_numbers_at_the_pointer_are_those_of_the_cluster(
    town, clusters, streets, exported, lang
):
    page = exported(map_clusters(clusters, town, streets, lang=lang))
    first = clusters.iloc[0]
    members = scan_members(clusters, town)
    lon, lat = cell_centers(members.loc[members["cluster"] == 1, "cell"].to_numpy(np.uint64))
    card = page.hover(lon[0], lat[0])
    inside, risk, span = {
        "en": ("In the cluster", "Relative risk", "Time"),
        "zh": ("聚集区内", "相对风险", "时间"),
    }[lang]
    seen, hoped = first["incidents"], first["expected"]
    assert card[f"row {inside}"] == (
        f"{seen} incidents, {hoped:.1f} expected"
        if lang == "en"
        else f"{seen} 起，期望 {hoped:.1f} 起"
    )
    assert card[f"row {risk}"] == f"{first['relative_risk']:.2f}"
    assert card[f"row {span}"] == (
        "2017-03-01 to 2017-04-30" if lang == "en" else "2017-03-01 至 2017-04-30"
    )
    cell = members.loc[members["cluster"] == 1, "cell"].iloc[0]
    total = int(town.loc[town["cell"] == cell, "incidents"].sum())
    assert card["row Incidents" if lang == "en" else "row 事件数"] == f"{total:,}"
    outside = set(town["cell"]) - set(members["cell"])
    lon, lat = cell_centers(np.array(sorted(outside)[:1], np.uint64))
    card = page.hover(lon[0], lat[0])
    assert f"row {inside}" not in card
    shown = [int(text.replace(",", "")) for text in page.text(".gg-count")]
    assert sum(shown) == town["cell"].nunique()
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_searches_of_several_groups_get_a_switch_and_each_its_own_circles(town, exported):
    other = town.assign(group="b", incidents=town["incidents"].to_numpy()[::-1])
    both = pd.concat([town.assign(group="a"), other], ignore_index=True)
    found = find_scan_clusters(both, time="retrospective", secondary=0, replicates=19)
    assert found["group"].tolist() == ["a", "b"]
    page = exported(map_clusters(found, both))
    members = scan_members(found, both)
    for place, (group, p) in enumerate(zip(found["group"], found["p_value"], strict=True)):
        page.page.select_option(".gg-choice select", str(place))
        cell = members.loc[members["group"] == group, "cell"].to_numpy(np.uint64)[:1]
        lon, lat = cell_centers(cell)
        card = page.hover(lon[0], lat[0])
        assert card["row Relative risk"] == f"{found['relative_risk'].iloc[place]:.2f}"
        page.page.mouse.move(5, 5)
        circles = page.page.evaluate(
            "() => document.querySelectorAll('.leaflet-overlay-pane svg path').length"
        )
        assert circles == (p <= 0.1)
        assert f"Group: {group}" in page.text(".gg-foot p")
    assert page.complaints == []


@pytest.mark.browser
def test_hostile_names_are_shown_and_do_nothing(town, hostile, exported):
    every = " | ".join(hostile)
    renamed = town.rename(columns={"area_km2": every}).assign(group=every, street_id=every)
    found = find_scan_clusters(
        renamed, baseline=every, time="retrospective", secondary=0, replicates=19
    )
    page = exported(map_clusters(found, renamed, title=every, source=every, date=every))
    assert page.text(".gg-title") == [every]
    assert page.text(".gg-foot p")[0] == f"Source: {' '.join(every.split())}"
    assert every in page.text(".gg-foot p")[-1]
    assert page.flag() is None
    assert page.complaints == []
    assert len(page.requests) == 1


def blocks(group: str, hot: list[int]) -> gpd.GeoDataFrame:
    """Thirty square areas, some of them with many incidents."""
    x, y = (side.ravel() for side in np.meshgrid(np.arange(6), np.arange(5)))
    incidents = np.random.default_rng(1).poisson(8, 30)
    incidents[hot] += 30
    return gpd.GeoDataFrame(
        {
            "street_id": [f"s{i}" for i in range(30)],
            "street": [f"{i}街道" for i in range(30)],
            "group": group,
            "incidents": incidents,
            "area_km2": 2.8,
        },
        geometry=shapely.box(
            116.1 + 0.02 * x, 39.85 + 0.015 * y, 116.12 + 0.02 * x, 39.865 + 0.015 * y
        ),
        crs=4326,
    )


@pytest.mark.browser
def test_areas_take_the_classes_of_their_clusters_under_each_search_s_circles(exported):
    both = pd.concat([blocks("a", [7, 8, 13]), blocks("b", [20, 21])], ignore_index=True)
    found = find_scan_clusters(both, replicates=99, secondary=0)
    names = blocks("a", [])[["street_id", "street", "geometry"]]
    members = scan_members(found, both)
    page = exported(map_clusters(found, both, names))
    middles = both.geometry.iloc[:30].representative_point()
    for place, (group, number) in enumerate(zip(found["group"], found["cluster"], strict=True)):
        page.page.select_option(".gg-choice select", str(place))
        inside = set(members.loc[members["group"] == group, "street_id"])
        assert page.text(".gg-count") == [str(len(inside)), str(30 - len(inside))]
        for i in (7, 20, 29):
            card = page.hover(middles.x[i] + 0.002, middles.y[i] + 0.002)
            assert card["heading"] == f"{i}街道"
            assert card["row Incidents"] == str(both["incidents"].iloc[30 * place + i])
            told = f"{found['relative_risk'].iloc[place]:.2f}" if f"s{i}" in inside else None
            assert card.get("row Relative risk") == told
        # The circle answers the pointer too; its topmost point lies on no edge of an area.
        ring = shapely.get_coordinates(found.geometry.iloc[place])
        card = page.hover(*ring[ring[:, 1].argmax()])
        assert card == {
            "heading": "Cluster",
            "sub": "",
            "row Cluster": str(number),
        }
    assert page.complaints == []
    assert len(page.requests) == 1


def test_areas_without_an_outline_or_to_be_compared_are_refused_in_words():
    areas = blocks("a", [7, 8])
    found = find_scan_clusters(areas, replicates=19)
    with pytest.raises(OptionError, match="compare is for clusters of cells"):
        map_clusters(found, areas, compare=("a", "b"))
    points = areas.set_geometry(areas.representative_point())
    with pytest.raises(MapError, match="Clusters"):
        map_clusters(find_scan_clusters(points, replicates=19), points)
    assert "gridgov.frame(" in map_clusters(found.iloc[:0], areas).get_root().render()


def test_a_palette_colors_clusters_as_it_colors_hotspots(town, clusters):
    assert cluster_colors("vik")["low 95"] == spot_colors("vik")["cold 95"]
    assert cluster_colors() == dict(CLUSTER_COLORS)
    with pytest.raises(OptionError, match="palette must be one of"):
        map_clusters(clusters, town, palette="rainbow")
