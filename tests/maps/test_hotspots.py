"""The hotspot map: what it takes, and what a reader sees in a real browser."""

from __future__ import annotations

import folium
import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    DatumError,
    EmptyTableError,
    MapError,
    OptionError,
)
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.offline import save_html
from gridgov.taxonomy.labels import label

MIDDLE = 0x8931AA50E27FFFF


def test_the_map_is_a_folium_map_with_no_link_to_the_web(hot, streets):
    page = map_hotspots(hot, streets)
    assert isinstance(page, folium.Map)
    rendered = page.get_root().render()
    assert "<script src" not in rendered
    assert "<link" not in rendered


def test_inputs_are_left_as_they_were(hot, streets):
    before, outlines = hot.copy(deep=True), streets.copy(deep=True)
    map_hotspots(hot, streets).get_root().render()
    pd.testing.assert_frame_equal(hot, before)
    pd.testing.assert_frame_equal(pd.DataFrame(streets), pd.DataFrame(outlines))


def test_a_table_that_is_none_is_refused_in_words(hot, streets):
    with pytest.raises(ColumnsError, match="must have the column gi_star"):
        map_hotspots(hot.drop(columns="gi_star"))
    with pytest.raises(EmptyTableError, match="hotspots has no rows"):
        map_hotspots(hot.iloc[:0])
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        map_hotspots(hot, lang="de")
    with pytest.raises(DatumError, match=r"must be in EPSG:4326\. Found: EPSG:3857"):
        map_hotspots(hot, streets.to_crs(3857))
    with pytest.raises(MapError, match="tiles must be a base map that Folium knows"):
        map_hotspots(hot, tiles="no such map")


def test_ten_thousand_cells_are_one_file_below_a_megabyte(tmp_path):
    cells = grid_disk(0x8931AA50E27FFFF, 58)[:10_000]
    rng = np.random.default_rng(0)
    p = rng.uniform(size=len(cells))
    frame = pd.DataFrame(
        {
            "cell": cells,
            "street_id": rng.choice(["a", "b", "c"], len(cells)),
            "incidents": rng.poisson(3, len(cells)),
            "gi_star": rng.normal(size=len(cells)),
            "p_value": p,
            "q_value": p,
            "spot": rng.choice(SPOTS, len(cells)),
            "area_km2": 0.1,
            "neighbors": 6,
        }
    )
    saved = save_html(map_hotspots(conform(frame, "hotspots")), tmp_path / "map.html")
    assert saved.stat().st_size < 1_000_000


def shown(value: float) -> str:
    return "–" if np.isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_numbers_at_the_pointer_are_the_numbers_in_the_table(hot, streets, exported, lang):
    page = exported(map_hotspots(hot, streets, lang=lang))
    heading = {"en": ("Incidents", "Class", "Reason"), "zh": ("事件数", "类别", "未计算原因")}[lang]
    names = {"s1": "鲁谷街道", "s2": "s2"}
    lon, lat = cell_centers(hot["cell"])
    texts = cells_to_text(hot["cell"])
    for i, row in enumerate(hot.to_dict("records")):
        card = page.hover(lon[i], lat[i])
        assert card["sub"].endswith(texts[i])
        no_street = "No street" if lang == "en" else "不属于任何街道"
        assert card["heading"] == names.get(row["street_id"], no_street)
        assert card[f"row {heading[0]}"] == f"{row['incidents']:,}"
        z = row["gi_star"]
        assert card["row Gi* z" if lang == "en" else "row Gi* z 值"] == (
            "–" if np.isnan(z) else f"{z:.2f}"
        )
        assert card["row p" if lang == "en" else "row p 值"] == shown(row["p_value"])
        assert card["row q" if lang == "en" else "row q 值"] == shown(row["q_value"])
        none = "No answer" if lang == "en" else "未计算"
        spot = none if pd.isna(row["spot"]) else label("spot", row["spot"], lang)
        assert card[f"row {heading[1]}"] == spot
        reason = card.get(f"row {heading[2]}")
        assert reason == (label("reason", row["reason"], lang) if i == 3 else None)
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_legend_counts_every_cell_once(hot, streets, exported):
    page = exported(map_hotspots(hot, streets, lang="en"))
    rows = dict(zip(page.text(".gg-what"), page.text(".gg-count"), strict=False))
    expected = hot["spot"].value_counts()
    for spot in SPOTS:
        assert rows[label("spot", spot, "en")] == str(expected[spot])
    assert rows["No answer"] == "1"
    assert sum(int(count) for count in page.text(".gg-count")) == len(hot)


@pytest.mark.browser
def test_title_date_source_and_method_are_on_the_page(hot, streets, exported):
    page = exported(
        map_hotspots(hot, streets, lang="zh", title="八角街道", source="热线", date="2017年9月")
    )
    assert page.text(".gg-title") == ["八角街道"]
    assert page.text(".gg-date") == ["2017年9月"]
    source, method = page.text(".gg-foot p")
    assert source == "资料来源：热线"
    assert "邻域为 1 圈" in method
    assert "随机排列" in method
    assert "Benjamini-Hochberg" in method
    assert f"{int(hot['incidents'].sum()):,}" in method
    assert sorted(page.text(".gg-label span")) == ["s2", "鲁谷街道"]


@pytest.mark.browser
def test_the_foot_and_the_card_name_what_was_really_tested(exported):
    cells = grid_disk(MIDDLE, 4)
    incidents = np.random.default_rng(5).poisson(3, cells.size)
    counts = pd.DataFrame({"cell": cells, "incidents": incidents, "people": 700.0})
    rates = gg.measure_rates(counts, base="people", per=1000)
    options = {"statistic": "gi", "correction": "by", "null": "permutation", "permutations": 199}
    with pytest.warns(DataWarning, match="permutations are too few"):
        found = gg.find_hotspots(rates, value="rate", **options)
    page = exported(map_hotspots(found))
    (method,) = page.text(".gg-foot p")
    assert method == (
        "Getis-Ord Gi of the rate in 61 H3 cells, each with its neighbors in 1 ring; null "
        "hypothesis: the other cells' values lie at random, the cell's own stays (199 "
        "permutations); two-sided p values, Benjamini-Yekutieli adjusted (q)."
    )
    longitude, latitude = cell_centers(cells)
    card = page.hover(longitude[0], latitude[0])
    assert card["row Gi z"] == f"{found['gi_star'].iloc[0]:.2f}"
    assert card["row Value tested"] == f"{found['value'].iloc[0]:.4g}"


@pytest.mark.browser
def test_one_period_of_bins_is_drawn_with_the_method_of_the_bins(exported):
    cells = grid_disk(MIDDLE, 3)
    months = pd.date_range("2017-01-01", periods=6, freq="MS", tz="Asia/Shanghai")
    counts = pd.DataFrame(
        {
            "cell": np.tile(cells, 6),
            "period": np.repeat(months, cells.size),
            "incidents": np.random.default_rng(2).poisson(3, 6 * cells.size),
        }
    )
    bins = gg.find_hotspot_bins(counts, rings=1, time_steps=2)
    last = bins[bins["period"] == months[-1]]
    page = exported(map_hotspots(last))
    period, method = page.text(".gg-foot p")
    assert period == "Period from 2017-06-01"
    assert "in 1 ring and 3 periods, this one and those before" in method
    assert f"one period with {last['incidents'].sum()} incidents in 37 H3 cells" in method
    longitude, latitude = cell_centers(last["cell"])
    card = page.hover(longitude[7], latitude[7])
    assert card["row Gi* z"] == f"{last['gi_star'].iloc[7]:.2f}"


@pytest.mark.browser
def test_a_click_pins_the_card_and_escape_lets_go(hot, streets, exported):
    page = exported(map_hotspots(hot, streets))
    lon, lat = cell_centers(hot["cell"])
    page.page.mouse.click(*page.place(lon[0], lat[0]))
    pinned = page.card()
    assert page.hover(lon[1], lat[1]) == pinned
    page.page.keyboard.press("Escape")
    assert page.card() == {}
    other = page.hover(lon[1], lat[1])
    assert other["sub"] != pinned["sub"]
    page.page.mouse.click(*page.place(lon[1], lat[1]))
    page.page.click(".gg-card button")
    page.page.mouse.move(5, 5)
    assert page.card() == {}
    page.page.evaluate(f"() => {page.name}.getContainer().focus()")
    page.page.keyboard.press("Enter")
    assert page.card()["sub"].startswith("Cell")


@pytest.mark.browser
def test_the_numbers_stay_right_after_zooming_and_moving(hot, streets, exported):
    page = exported(map_hotspots(hot, streets))
    lon, lat = cell_centers(hot["cell"])
    page.page.evaluate(
        f"([y, x]) => {page.name}.setView([y, x], 15.5, {{animate: false}})", [lat[7], lon[7]]
    )
    assert page.hover(lon[7], lat[7])["sub"].endswith(cells_to_text(hot["cell"])[7])


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (640, 420)])
def test_nothing_lies_over_anything_else(hot, streets, exported, size):
    title = "Hotspots of street vending in the district, autumn campaign"
    page = exported(
        map_hotspots(hot, streets, title=title, source="hotline", date="September 2017"), size
    )
    boxes = page.page.evaluate(
        """() => [".gg-head", ".gg-foot", ".gg-legend", ".leaflet-control-zoom",
            ".leaflet-control-scale"].map((s) => {
                const b = document.querySelector(s).getBoundingClientRect();
                return [b.left, b.top, b.right, b.bottom];
            })"""
    )
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
        for other in boxes[i + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[i], other)


@pytest.mark.browser
def test_hostile_text_is_shown_and_does_nothing(hot, streets, hostile, exported):
    lon, lat = cell_centers(hot["cell"])
    ids = [f"{i}{text}" for i, text in enumerate(hostile)]
    # Every probe once as a street's name, and once as an id that has no name.
    named = pd.concat([streets] * len(hostile), ignore_index=True).iloc[: len(hostile)]
    named = named.assign(street_id=ids, street=hostile)
    for title in hostile:
        table = hot.assign(
            street_id=[(hostile + hostile)[i] if i % 2 else ids[i] for i in range(len(hot) - 1)]
            + [None],
            reason=[hostile[i % len(hostile)] for i in range(len(hot))],
            group=title,
        )
        map_hotspots(table, named, title=title, source=title, date=title).get_root().render()
    every = " | ".join(hostile)
    page = exported(map_hotspots(table, named, title=every, source=every, date=every))
    assert page.text(".gg-title") == [every]
    assert page.text(".gg-date") == [every]
    # A note is one line, whatever breaks lines in it.
    assert page.text(".gg-foot p")[0] == f"Source: {' '.join(every.split())}"
    assert page.text(".gg-foot p")[1] == f"Group: {hostile[-1]}"
    assert set(page.text(".gg-label span")) == set(hostile)
    for i in range(len(hostile)):
        card = page.hover(lon[i], lat[i])
        assert card["heading"] == hostile[i]
        assert card["row Reason"] == hostile[i]
    assert page.flag() is None
    assert page.page.title().startswith("{{ 7 * 7 }} | {% for x in y %} | {# x")
    assert page.complaints == []
    assert len(page.requests) == 1
    assert page.page.evaluate("() => document.querySelectorAll('.gg img').length") == 0
