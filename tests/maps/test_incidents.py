"""The incident map: what it takes, what it keeps to itself, and what a reader sees."""

from __future__ import annotations

import base64
import re

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.checks import conform
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, MapError
from gridgov.geo.point_array import coordinates_of, point_array
from gridgov.maps.incidents import map_incidents
from gridgov.maps.offline import save_html


def test_the_map_is_a_folium_map_with_no_link_to_the_web(incidents, streets):
    page = map_incidents(incidents, streets)
    assert isinstance(page, folium.Map)
    assert "<script src" not in page.get_root().render()


def test_inputs_are_left_as_they_were(incidents, streets):
    before = incidents.copy(deep=True)
    map_incidents(incidents, streets, columns=["phone"]).get_root().render()
    pd.testing.assert_frame_equal(pd.DataFrame(incidents), pd.DataFrame(before))


def test_a_table_that_is_none_is_refused_in_words(incidents):
    with pytest.raises(ColumnsError, match="must have the column channel"):
        map_incidents(incidents.drop(columns="channel"))
    with pytest.raises(EmptyTableError, match="incidents has no rows"):
        map_incidents(incidents.iloc[:0])
    with pytest.raises(DatumError, match="incidents must be in EPSG:4326"):
        map_incidents(incidents.to_crs(3857))
    with pytest.raises(ColumnsError, match=r"Not there: fone\. Your own columns: .*phone"):
        map_incidents(incidents, columns=["fone"])


def test_a_map_without_any_place_is_refused(incidents, streets):
    nowhere = incidents.assign(geometry=None).set_geometry("geometry", crs=4326)
    with pytest.raises(MapError, match="12 incidents, all without coordinates"):
        map_incidents(nowhere)
    assert isinstance(map_incidents(nowhere, streets), folium.Map)


def decoded(page: folium.Map) -> str:
    """The settings and texts that the page carries, as the browser reads them."""
    script = page.get_root().render()
    settings = re.search(r'gridgov\.frame\(\w+, "([^"]+)"', script)
    assert settings is not None
    return base64.b64decode(settings[1]).decode("utf-8")


def test_the_callers_own_columns_stay_out_unless_named(incidents, streets):
    silent = decoded(map_incidents(incidents, streets))
    assert "1390000" not in silent
    assert "phone" not in silent
    assert "secret-" not in silent
    asked = decoded(map_incidents(incidents, streets, columns=["phone"]))
    assert "13900000003" in asked
    assert "secret-" not in asked


def test_the_eighth_category_and_later_ones_share_a_color(incidents):
    page = decoded(map_incidents(incidents))
    # Kinds 0 to 9, kind 9 twice (one of them the eleventh row): 7 colors, 3 others.
    assert "Other (3 categories)" in page


@pytest.mark.browser
def test_what_the_pointer_shows_is_what_the_table_says(incidents, streets, exported):
    page = exported(map_incidents(incidents, streets, columns=["phone"]))
    for row in incidents.iloc[:11].to_dict("records"):
        card = page.hover(row["geometry"].x, row["geometry"].y)
        expected = {
            "heading": row["category"],
            "sub": "",
            "row Reported": f"{row['reported_at']:%Y-%m-%d %H:%M}",
            "row Street": {"s1": "鲁谷街道", "s2": "s2"}[row["street_id"]],
            "row Channel": "Hotline",
            "row Department": "城管监督员",
            "row phone": row["phone"],
        }
        if pd.notna(row["status"]):
            expected["row Status"] = row["status"]
        assert card == expected
    assert page.text(".gg-foot p") == ["Times: Asia/Shanghai"]
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_legend_adds_up_to_every_incident(incidents, streets, exported):
    page = exported(map_incidents(incidents, streets, lang="zh"))
    assert sum(int(count) for count in page.text(".gg-count")) == 12
    rows = dict(zip(page.text(".gg-what"), page.text(".gg-count"), strict=False))
    assert rows["无坐标，未显示"] == "1"
    assert rows["kind 9"] == "2"
    assert rows["其他（3 类）"] == "3"


@pytest.mark.browser
def test_incidents_at_one_place_are_listed_together(incidents, exported):
    same = incidents.assign(geometry=[incidents.geometry.iloc[0]] * 12)
    page = exported(map_incidents(same.set_geometry("geometry", crs=4326)))
    lon, lat = incidents.geometry.iloc[0].x, incidents.geometry.iloc[0].y
    assert page.hover(lon, lat)["heading"] == "12 incidents here"
    assert len(page.text(".gg-card .gg-item")) == 3
    assert page.text(".gg-more") == ["and 9 more; click to list"]
    page.page.mouse.click(*page.place(lon, lat))
    assert len(page.text(".gg-card .gg-item")) == 12


@pytest.mark.browser
def test_many_incidents_are_grouped_and_every_one_is_in_a_circle(exported):
    rng = np.random.default_rng(3)
    n = 3000
    frame = gpd.GeoDataFrame(
        {
            "incident_id": np.arange(n).astype(str),
            "category": rng.choice(["a", "b"], n),
            "reported_at": pd.Timestamp("2017-09-01", tz="UTC"),
        },
        geometry=shapely.points(rng.uniform(116.1, 116.2, n), rng.uniform(39.9, 39.97, n)),
        crs=4326,
    )
    built = map_incidents(conform(frame, "incidents"))
    page = exported(built)
    frame_name = page.page.evaluate("() => Object.keys(window).find((k) => /^frame_/.test(k))")
    circles = page.page.evaluate(
        f"() => {frame_name}.parts[0].circles.map((c) => [c.x, c.y, c.r, c.members.length])"
    )
    assert sum(members for *_, members in circles) == n
    big = [circle for circle in circles if circle[3] > 1]
    for i, (x, y, r, _) in enumerate(big):
        assert all(np.hypot(x - u, y - v) >= r + s for u, v, s, _ in big[i + 1 :])
    # Close up, every incident in view is a dot of its own.
    close = page.page.evaluate(
        f"""() => {{
            {page.name}.setView([39.93, 116.15], 18, {{animate: false}});
            return {frame_name}.parts[0].grouped;
        }}"""
    )
    assert close is False


@pytest.mark.browser
def test_records_without_a_time_of_day_show_the_date_alone(incidents, exported):
    days = incidents.assign(reported_at=incidents["reported_at"].dt.normalize())
    page = exported(map_incidents(days))
    place = days.geometry.iloc[0]
    assert page.hover(place.x, place.y)["row Reported"] == "2017-09-01"
    assert page.text(".gg-foot p") == []


def test_a_known_category_is_named_in_the_language_of_the_map(incidents):
    table = incidents.assign(category="占道经营")
    assert "Street vending" in decoded(map_incidents(table, lang="en"))
    assert "占道经营" in decoded(map_incidents(table, lang="zh"))


@pytest.mark.browser
def test_hostile_text_is_shown_and_does_nothing(incidents, streets, hostile, exported):
    points = shapely.points(116.2 + 0.002 * np.arange(len(hostile)), np.full(len(hostile), 39.9))
    own = [f"own {text}" for text in hostile]
    table = gpd.GeoDataFrame(
        {
            "incident_id": hostile,
            "category": hostile,
            "reported_at": pd.Timestamp("2017-09-01 10:00", tz="Asia/Shanghai"),
            "status": hostile[1:] + hostile[:1],
            "channel": hostile[2:] + hostile[:2],
            "department": hostile[3:] + hostile[:3],
            "street_id": hostile,
            **dict.fromkeys(own, hostile[4:] + hostile[:4]),
        },
        geometry=points,
        crs=4326,
    )
    table = conform(table, "incidents")
    built = map_incidents(table, title=hostile[5], source=hostile[6], date=hostile[0], columns=own)
    page = exported(built)
    for i, row in enumerate(table.to_dict("records")):
        card = page.hover(points[i].x, points[i].y)
        assert card["heading"] == row["category"]
        assert card["row Street"] == row["street_id"]
        assert card["row Status"] == row["status"]
        assert card["row Channel"] == row["channel"]
        assert card["row Department"] == row["department"]
        for heading in own:
            assert card[f"row {heading}"] == row[heading]
    assert page.text(".gg-title") == [hostile[5]]
    assert page.text(".gg-date") == [hostile[0]]
    assert set(page.text(".gg-what")) >= set(hostile[:7])
    assert page.flag() is None
    assert page.complaints == []
    assert len(page.requests) == 1


def test_the_file_of_thousands_of_incidents_stays_small(tmp_path):
    n = 5000
    rng = np.random.default_rng(1)
    frame = gpd.GeoDataFrame(
        {
            "incident_id": np.arange(n).astype(str),
            "category": rng.choice(["a", "b"], n),
            "reported_at": pd.Timestamp("2017-09-01", tz="UTC")
            + pd.to_timedelta(rng.integers(0, 10**6, n), unit="s"),
        },
        geometry=shapely.points(rng.uniform(116, 117, n), rng.uniform(39, 40, n)),
        crs=4326,
    )
    saved = save_html(map_incidents(conform(frame, "incidents")), tmp_path / "map.html")
    assert saved.stat().st_size < 400_000


def test_a_table_of_coordinates_has_the_map_of_one_of_points_and_makes_none(incidents, streets):
    held = incidents.set_geometry(point_array(incidents.geometry.x, incidents.geometry.y))
    for jurisdictions in (None, streets):
        found, expected = (
            re.sub("[0-9a-f]{32}", "", map_incidents(rows, jurisdictions).get_root().render())
            for rows in (held, incidents)
        )
        assert found == expected
    assert coordinates_of(held.geometry.array) is not None
