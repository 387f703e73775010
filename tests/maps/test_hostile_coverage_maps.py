"""The maps of coverage with hostile text in every name, id and kind: shown, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.maps.offline import save_html

# Harmless: a sum that a template would do, marks that would stop one, an element to look for.
PROBES = [
    "{{ 7 * 7 }}",
    "{% 50%}",
    "<b id=probe>x</b>",
    "</script><b id=probe>",
    "${window.flag=1}",
]
EVERY = " | ".join(PROBES)


@pytest.fixture(scope="module")
def town() -> dict[str, Any]:
    outlines = [
        shapely.box(116.20, 39.90, 116.212, 39.91),
        shapely.box(116.21, 39.90, 116.22, 39.91),
    ]
    streets = gpd.GeoDataFrame(
        {"street_id": [EVERY, "s2"], "street": [f"one {EVERY}", f"two {EVERY}"]},
        geometry=outlines,
        crs=4326,
    )
    posts = gpd.GeoDataFrame(
        {
            "facility_id": [f"a {EVERY}", "b"],
            "facility": [f"post {EVERY}", None],
            "kind": [f"kind {EVERY}", "plain"],
            "reach_m": [300.0, 400.0],
            "capacity": [3.0, 5.0],
        },
        geometry=shapely.points([116.204, 116.216], [39.905, 39.905]),
        crs=4326,
    )
    incidents = gpd.GeoDataFrame(
        {"incident_id": ["1", "2"], "reported_at": "2017-09-01T00:00:00+08:00"},
        geometry=shapely.points([116.205, 116.211], [39.904, 39.904]),
        crs=4326,
    )
    grid = gg.make_grid(streets, resolution=9)
    located = gg.locate(incidents, streets, resolution=9)
    return {
        "streets": streets,
        "layers": {EVERY: streets, "second": streets},
        "posts": posts,
        "grid": grid,
        "located": located,
        "counts": gg.tally(located, grid),
    }


MAPS: dict[str, Callable[..., folium.Map]] = {
    "responsibility": lambda t, **w: gg.map_responsibility(
        gg.check_responsibility(t["layers"], t["located"]), t["streets"], **w
    ),
    "responsibility_shares": lambda t, **w: gg.map_responsibility_shares(
        gg.measure_responsibility(t["layers"], t["located"], by="street_id", streets=t["streets"]),
        t["streets"],
        **w,
    ),
    "owners": lambda t, **w: gg.map_owners(
        gg.find_owners(t["grid"], t["layers"]), t["streets"], **w
    ),
    "boundaries": lambda t, **w: gg.map_boundaries(
        gg.compare_boundaries(t["streets"]), t["streets"], **w
    ),
    "reach": lambda t, **w: gg.map_reach(
        gg.measure_reach(t["posts"], t["grid"], jurisdictions=t["streets"], by="kind"),
        t["streets"],
        facilities=t["posts"],
        **w,
    ),
    "street_reach": lambda t, **w: gg.map_street_reach(
        gg.measure_street_reach(t["posts"], t["grid"], t["streets"], by="kind"), t["streets"], **w
    ),
    "access": lambda t, **w: gg.map_access(
        gg.measure_access(t["posts"], t["counts"], by="kind"),
        t["streets"],
        facilities=t["posts"],
        **w,
    ),
    "posts": lambda t, **w: gg.map_posts(
        gg.place_posts(t["counts"], posts=1, distance_m=400, existing=t["posts"]),
        t["streets"],
        facilities=t["posts"],
        **w,
    ),
}
# Where something with a hostile name lies, and how the card calls it.
PLACES = {
    "responsibility": (116.211, 39.905),
    "responsibility_shares": (116.204, 39.905),
    "owners": (116.204, 39.905),
    "boundaries": (116.211, 39.900),
    "reach": (116.204, 39.905),
    "street_reach": (116.204, 39.905),
    "access": (116.204, 39.905),
    "posts": (116.204, 39.905),
}


@pytest.fixture(scope="module")
def drawn(town: dict[str, Any]) -> dict[str, folium.Map]:
    words = {key: f"{key} {EVERY}" for key in ("title", "source", "date", "author")}
    return {name: make(town, **words) for name, make in MAPS.items()}


@pytest.mark.parametrize("name", MAPS)
def test_no_text_of_a_record_is_part_of_the_file(name: str, drawn: Any, tmp_path: Any) -> None:
    text = save_html(drawn[name], tmp_path / "map.html").read_text(encoding="utf-8")
    assert not [probe for probe in PROBES if probe in text]
    assert "window.flag" not in text


@pytest.mark.browser
@pytest.mark.parametrize("name", MAPS)
def test_every_text_is_shown_as_it_is_and_nothing_runs(
    name: str, drawn: Any, exported: Any
) -> None:
    page = exported(drawn[name])
    assert page.text(".gg-title") == [f"title {EVERY}"]
    assert f"author {EVERY}" in " ".join(page.text(".gg-foot p"))
    page.hover(*PLACES[name])
    assert EVERY in "".join(page.text(".gg-card.gg-open"))
    assert page.page.locator("#probe").count() == 0
    assert page.flag() is None
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.parametrize("name", MAPS)
def test_tables_stay_as_they_were_and_the_legend_counts_what_is_drawn(
    name: str, town: dict[str, Any]
) -> None:
    kept = {key: value.copy(deep=True) for key, value in town.items() if key != "layers"}
    first = MAPS[name](town)
    for key, table in kept.items():
        pd.testing.assert_frame_equal(pd.DataFrame(town[key]), pd.DataFrame(table))
    frame = next(child for child in first._children.values() if hasattr(child, "_settings"))
    counts = [row["count"] for part in frame._settings["legend"] for row in part["rows"]]
    assert np.sum([count for count in counts if count is not None]) > 0
