"""The maps of reach and access: cells, facilities that follow the kind chosen, true circles."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

import gridgov as gg
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.maps.coverage_classes import amount_text

STREET = shapely.box(116.195, 39.905, 116.215, 39.92)
TOWN = gpd.GeoDataFrame(
    {"street_id": ["s1"], "street": ["鲁谷街道"], "people": [3000]}, geometry=[STREET], crs=4326
)
GRID = gg.make_grid(TOWN, resolution=9)
POSTS = gpd.GeoDataFrame(
    {
        "facility_id": ["p1", "p2", "q1"],
        "facility": ["东岗亭", None, "驿站 {{ 7 * 7 }}"],
        "kind": ["岗亭", "岗亭", "<b id=probe>"],
        "reach_m": [300.0, 150.0, 500.0],
        "capacity": [7.0, 5.0, 20.0],
    },
    geometry=shapely.points([116.21, 116.2, 116.205], [39.91, 39.915, 39.912]),
    crs=4326,
)
INCIDENTS = gpd.GeoDataFrame(
    {"incident_id": ["1", "2", "3"], "reported_at": pd.Timestamp("2017-09-01", tz="UTC")},
    geometry=shapely.points([116.2101, 116.2101, 116.196], [39.9101, 39.9101, 39.9185]),
    crs=4326,
)
LOCATED = gg.locate(INCIDENTS, TOWN, resolution=9)


def four(value: float) -> str:
    """A number as the card shows it, to four digits."""
    return f"{float(f'{value:.4g}'):g}"


def clear_cells(table: pd.DataFrame, posts: gpd.GeoDataFrame) -> list[int]:
    """Rows whose center no symbol of a facility covers."""
    longitude, latitude = cell_centers(table["cell"])
    away = [
        np.hypot((longitude - point.x) * 85_000, (latitude - point.y) * 111_000)
        for point in posts.geometry
    ]
    return np.flatnonzero(np.min(away, axis=0) > 120).tolist()


@pytest.mark.browser
def test_the_card_of_every_cell_has_the_numbers_of_the_table(exported: Any) -> None:
    reach = gg.measure_reach(POSTS, GRID, LOCATED, jurisdictions=TOWN, population="people")
    kept = reach.copy(deep=True)
    page = exported(gg.map_reach(reach, TOWN, facilities=POSTS, breaks={"nearest_m": [300, 600]}))
    names = {"p1": "东岗亭", "p2": "p2", "q1": "驿站 {{ 7 * 7 }}"}
    longitude, latitude = cell_centers(reach["cell"])
    for i in clear_cells(reach, POSTS)[::4]:
        row = reach.iloc[i]
        card = page.hover(longitude[i], latitude[i])
        assert card["row Share reached"] == f"{100 * row['reached_share']:.0f} %"
        assert card["row Nearest facility"] == names[row["nearest_id"]]
        assert card["row Distance to the nearest (m)"] == four(row["nearest_m"])
        assert card["row Second nearest facility"] == names[row["second_id"]]
        assert card["row Distance to the second (m)"] == four(row["second_m"])
        assert card["row Facilities within reach"] == str(row["facilities_within"])
        assert card["row Incidents"] == str(row["incidents"])
        assert card["row Incidents reached"] == str(row["incidents_reached"])
        assert card["row Population"] == four(row["population"])
        assert "row Center to line (m)" not in card
    assert page.hover(116.21, 39.91)["heading"] == "东岗亭"
    post = page.card()
    assert (post["row Reach (m)"], post["row Capacity"], post["row Kind"]) == ("300", "7", "岗亭")
    # Two incidents lie beside the first post, one far from all.
    assert "2 of 3 incidents reached." in page.text(".gg-foot p")[0]
    assert page.text(".gg-choices option")[:4] == [
        "Share reached",
        "Distance to the nearest",
        "Facilities within reach",
        "Incidents not reached",
    ]
    page.page.select_option(".gg-choices select", index=1)
    classes = np.searchsorted([300, 600], reach["nearest_m"], side="right")
    assert page.text(".gg-legend .gg-what")[:3] == ["< 300", "300 – 600", "≥ 600"]
    assert page.text(".gg-count")[:3] == np.bincount(classes, minlength=3).astype(str).tolist()
    page.page.select_option(".gg-choices select", index=3)
    assert page.text(".gg-count")[:2] == ["1", str(len(reach) - 1)]
    assert page.page.locator("#probe").count() == 0
    assert page.complaints == []
    pd.testing.assert_frame_equal(reach, kept)


@pytest.mark.browser
def test_facilities_follow_the_kind_that_is_chosen(exported: Any) -> None:
    reach = gg.measure_reach(POSTS, GRID, jurisdictions=TOWN, by="kind")
    page = exported(gg.map_reach(reach, TOWN, facilities=POSTS))
    assert page.text(".gg-choices label:nth-child(2) option")[:2] == ["<b id=probe>", "岗亭"]
    assert page.hover(116.205, 39.912)["heading"] == "驿站 {{ 7 * 7 }}"
    assert page.hover(116.21, 39.91)["heading"] == "鲁谷街道"
    page.page.select_option(".gg-choices label:nth-child(2) select", index=1)
    assert page.hover(116.21, 39.91)["heading"] == "东岗亭"
    assert page.hover(116.205, 39.912)["heading"] == "鲁谷街道"
    # The first measure of the second kind: the same facilities.
    page.page.select_option(".gg-choices label:nth-child(1) select", index=1)
    assert page.hover(116.21, 39.91)["heading"] == "东岗亭"
    assert page.flag() is None
    assert page.complaints == []


@pytest.mark.browser
def test_of_many_facilities_the_one_pointed_at_shows_its_circle(exported: Any) -> None:
    many = gpd.GeoDataFrame(
        {"facility_id": [str(i) for i in range(64)], "reach_m": 400.0},
        geometry=shapely.points(
            np.tile(np.linspace(116.196, 116.214, 8), 8),
            np.repeat(np.linspace(39.906, 39.919, 8), 8),
        ),
        crs=4326,
    )
    reach = gg.measure_reach(many, GRID, jurisdictions=TOWN)
    page = exported(gg.map_reach(reach, TOWN, facilities=many))
    point = many.geometry.iloc[27]
    assert page.hover(point.x, point.y)["row Reach (m)"] == "400"
    rings = page.page.evaluate(
        f"""() => {{
            const found = [];
            {page.name}.eachLayer((layer) => {{
                if (layer instanceof L.Polygon && layer.getLatLngs()[0].length === 72) {{
                    found.push(layer.getLatLngs()[0].map((p) => [p.lng, p.lat]));
                }}
            }});
            return JSON.stringify(found);
        }}"""
    )
    # The circle and the pale line below it.
    ring, below = json.loads(rings)
    assert ring == below
    longitude, latitude = np.array(ring).T
    _, _, meters = Geod(ellps="WGS84").inv(
        np.full(72, point.x), np.full(72, point.y), longitude, latitude
    )
    np.testing.assert_allclose(meters, 400.0, rtol=2e-4)


@pytest.mark.browser
def test_access_and_catchments_have_the_numbers_of_their_tables(exported: Any) -> None:
    counts = gg.tally(LOCATED, GRID)
    access = gg.measure_access(POSTS, counts)
    page = exported(gg.map_access(access, TOWN, facilities=POSTS, lang="zh"))
    cells = access.cells
    longitude, latitude = cell_centers(cells["cell"])
    for i in clear_cells(cells, POSTS)[::5]:
        row = cells.iloc[i]
        card = page.hover(longitude[i], latitude[i])
        assert card["row 可达性与均值之比"] == four(row["access_ratio"])
        assert card["row 可达性"] == four(row["access"])
        assert card["row 需求"] == four(row["demand"])
        assert card["row 可达设施数"] == str(row["facilities_within"])
    post = page.hover(116.21, 39.91)
    row = access.facilities.set_index("facility_id").loc["p1"]
    assert post["heading"] == "东岗亭"
    assert post["row 可达网格数"] == str(row["cells_within"])
    assert post["row 服务范围内需求"] == amount_text(row["demand_within"])
    assert post["row 供需比"] == amount_text(row["capacity_per_demand"])
    none = int((cells["access"] == 0).sum())
    rows = dict(
        zip(page.text(".gg-legend .gg-what"), page.text(".gg-legend .gg-count"), strict=False)
    )
    assert rows["无设施可达"] == str(none)
    # Two incidents within reach of 7 members; 25 members reach nobody, one incident has none.
    assert "服务能力 32，需求 3；无设施可达的需求 1" in page.text(".gg-foot p")[-1]
    assert page.complaints == []


def test_cells_alone_are_drawn_without_facilities() -> None:
    access = gg.measure_access(POSTS, gg.tally(LOCATED, GRID))
    page = gg.map_access(access.cells, TOWN)
    frame = next(child for child in page._children.values() if hasattr(child, "_settings"))
    assert [part["kind"] for part in frame._settings["parts"]] == ["cells", "streets"]


def test_what_does_not_fit_is_told() -> None:
    reach = gg.measure_reach(POSTS, GRID, jurisdictions=TOWN)
    with pytest.raises(ColumnsError, match="facilities must have the columns facility_id and"):
        gg.map_reach(reach, facilities=POSTS.drop(columns="facility_id"))
    with pytest.raises(OptionError, match="breaks must be for what the map shows: reached_share"):
        gg.map_reach(reach, breaks={"reached": [0.5]})
    with pytest.raises(ColumnsError, match="second_m"):
        gg.map_reach(reach.drop(columns="second_m"))
    with pytest.raises(ColumnsError, match="access_ratio"):
        gg.map_access(reach)
