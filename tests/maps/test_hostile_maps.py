"""Every map with hostile text in every place that takes text: shown as it is, and nothing runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import folium
import geopandas as gpd
import jinja2
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.checks import conform
from gridgov.maps.offline import save_html

# Harmless: a sum that a template would do, marks that would stop one, an element to look for.
PROBES = [
    "{{ 7 * 7 }}",
    "{% 50%}",
    "{# x",
    "{{ this }}",
    "<b id=probe>x</b>",
    "</script><b id=probe>",
    "';window.flag=1;'",
    "${window.flag=1}",
]
EVERY = " | ".join(PROBES)


@pytest.fixture(scope="module")
def records() -> dict[str, Any]:
    """Two streets, 160 incidents and what is worked out of them, with probes for words."""
    rng = np.random.default_rng(7)
    boxes = [shapely.box(116.18, 39.89, 116.2, 39.92), shapely.box(116.2, 39.89, 116.22, 39.92)]
    table = {"street_id": [EVERY, "s2"], "street": [f"one {EVERY}", f"two {EVERY}"]}
    streets = gpd.GeoDataFrame(table, geometry=boxes, crs=4326)
    n = 160
    points = shapely.points(rng.uniform(116.18, 116.22, n), rng.uniform(39.89, 39.92, n))
    times = pd.Timestamp("2017-01-01", tz="Asia/Shanghai") + pd.to_timedelta(
        rng.integers(0, 364, n), "D"
    )
    incidents = gpd.GeoDataFrame(
        {
            "incident_id": [f"{i} {EVERY}" for i in range(n)],
            "category": rng.choice(PROBES[:6], n),
            "status": rng.choice(PROBES, n),
            "channel": rng.choice(PROBES, n),
            "department": rng.choice(PROBES, n),
            "reported_at": times,
            EVERY: rng.choice(PROBES, n),
        },
        geometry=points,
        crs=4326,
    )
    streets = conform(streets.assign(area_km2=5.7), "jurisdictions")
    incidents = conform(incidents, "incidents")
    grid = gg.make_grid(streets, resolution=8)
    located = gg.locate(incidents, streets, resolution=8)
    return {
        "streets": streets,
        "grid": grid,
        "located": located,
        "counts": gg.tally(located, grid),
        "one": gg.tally(located, grid, by="category"),
        "panel": gg.tally(located, grid, period="MS", start="2017-01-01", end="2018-01-01"),
    }


def of_one_category(records: dict[str, Any]) -> pd.DataFrame:
    one = records["one"]
    return one[one["group"] == PROBES[0]]


def scanned(records: dict[str, Any], **words: Any) -> folium.Map:
    counts = records["counts"]
    found = gg.find_scan_clusters(counts, replicates=19, seed=1)
    return gg.map_clusters(found, counts, records["streets"], **words)


def changed(records: dict[str, Any], **words: Any) -> folium.Map:
    panel = records["panel"].groupby(["cell", "period"], as_index=False)["incidents"].sum()
    first, last = (
        records["panel"][records["panel"]["period"] == panel["period"].iloc[i]] for i in (0, -1)
    )
    return gg.map_pattern_change(gg.compare_patterns(first, last), records["streets"], **words)


MAPS: dict[str, Callable[..., folium.Map]] = {
    "hotspots": lambda r, **w: gg.map_hotspots(
        gg.find_hotspots(of_one_category(r)), r["streets"], **w
    ),
    "incidents": lambda r, **w: gg.map_incidents(r["located"], r["streets"], columns=[EVERY], **w),
    "density": lambda r, **w: gg.map_density(
        gg.measure_density(r["located"], r["grid"]), r["streets"], **w
    ),
    "moran": lambda r, **w: gg.map_moran(
        gg.find_moran_clusters(r["counts"], permutations=99, seed=1), r["streets"], **w
    ),
    "rates": lambda r, **w: gg.map_rates(
        gg.measure_rates(r["counts"], base="area_km2"), r["streets"], **w
    ),
    "emerging": lambda r, **w: gg.map_emerging(
        gg.find_emerging_hotspots(r["panel"]), r["streets"], **w
    ),
    "trends": lambda r, **w: gg.map_trends(gg.measure_trends(r["panel"]), r["streets"], **w),
    "clusters": scanned,
    "pattern_change": changed,
}


@pytest.fixture(scope="module")
def drawn(records: dict[str, Any]) -> dict[str, folium.Map]:
    """Every map, once, with probes for its title, source and date."""
    words = {"title": f"title {EVERY}", "source": f"source {EVERY}", "date": f"date {EVERY}"}
    return {name: make(records, **words) for name, make in MAPS.items()}


@pytest.fixture
def templates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of every template that is made while a test runs."""
    seen: list[str] = []
    compiled = jinja2.Environment.compile

    def compiling(self: Any, source: Any, *others: Any, **options: Any) -> Any:
        seen.append(str(source))
        return compiled(self, source, *others, **options)

    monkeypatch.setattr(jinja2.Environment, "compile", compiling)
    return seen


@pytest.mark.parametrize("name", MAPS)
def test_no_text_of_a_record_is_ever_part_of_a_template(name, drawn, templates, tmp_path):
    text = save_html(drawn[name], tmp_path / "map.html").read_text(encoding="utf-8")
    whole = "\n".join(templates)
    # Folium's own elements are templates; what they write is read as one again.
    assert len(templates) >= 3
    for probe in PROBES:
        assert probe not in whole
        assert probe not in text
    assert "window.flag" not in text
    assert "id=probe" not in text


def test_a_probe_in_a_stock_element_does_reach_a_template(templates):
    """That the test above would see a template run if there were one."""
    page = folium.Map(tiles=None)
    folium.Marker([39.9, 116.2], tooltip="{{ 7 * 7 }}").add_to(page)
    assert re.search(r">\s*49\s*<", page.get_root().render())
    assert "{{ 7 * 7 }}" in "\n".join(templates)


# The others are drawn by the same script as the map of clusters.
@pytest.mark.browser
@pytest.mark.parametrize("name", ["incidents", "emerging", "clusters"])
def test_every_text_is_shown_as_it_is_and_nothing_runs(name, drawn, records, exported):
    opened = exported(drawn[name])
    assert opened.text(".gg-title") == [f"title {EVERY}"]
    assert opened.text(".gg-date") == [f"date {EVERY}"]
    assert any(f"source {EVERY}" in line for line in opened.text(".gg-foot p"))
    assert set(opened.text(".gg-label span")) == {f"one {EVERY}", f"two {EVERY}"}
    seen = ""
    for point in records["located"].geometry[:3]:
        opened.page.evaluate(
            f"(at) => {opened.name}.setView(at, 18, {{animate: false}})", [point.y, point.x]
        )
        opened.hover(point.x, point.y)
        seen += "".join(opened.text(".gg-card.gg-open"))
    assert EVERY in seen
    if name == "incidents":
        legend = "".join(opened.text(".gg-what"))
        assert all(probe in legend for probe in PROBES[:6])
    assert opened.page.locator("#probe").count() == 0
    assert opened.flag() is None
    assert opened.complaints == []
    assert len([url for url in opened.requests if not url.startswith("data:")]) == 1


@pytest.mark.browser
def test_escaped_text_in_a_geojson_on_our_map_is_shown_as_it_is(drawn, exported):
    page = drawn["rates"]
    values = {f"value {i}": gg.escape(probe) for i, probe in enumerate(PROBES)}
    feature = {
        "type": "Feature",
        "properties": values,
        "geometry": shapely.geometry.mapping(shapely.box(116.19, 39.9, 116.21, 39.91)),
    }
    layer = folium.GeoJson(
        {"type": "FeatureCollection", "features": [feature]},
        name=gg.escape(EVERY),
        tooltip=folium.GeoJsonTooltip(list(values)),
        popup=folium.GeoJsonPopup(list(values), aliases=[gg.escape(p) for p in PROBES]),
    )
    page.add_child(layer, name="probe_layer")
    try:
        opened = exported(page)
        at = opened.place(116.2, 39.905)
        opened.page.mouse.move(*at)
        cells = opened.text(".leaflet-tooltip td")
        opened.page.mouse.click(*at)
        popup = opened.text(".leaflet-popup-content td")
        heads = opened.text(".leaflet-popup-content th")
    finally:
        del page._children["probe_layer"]
    assert [text.strip() for text in cells] == PROBES
    assert [text.strip() for text in popup] == PROBES
    assert [text.strip() for text in heads] == PROBES
    assert opened.page.locator("#probe").count() == 0
    assert opened.flag() is None
    assert opened.complaints == []
