"""The map of density along lines shows the table: classes, widths and the numbers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.hotspots.line_density import measure_line_density
from gridgov.maps.line_density import map_line_density


@pytest.fixture(scope="module")
def alleys() -> gpd.GeoDataFrame:
    """Two alleys that cross; the second has a name."""
    lines = [
        shapely.LineString([(116.200, 39.900), (116.206, 39.900)]),
        shapely.LineString([(116.203, 39.898), (116.203, 39.902)]),
    ]
    table = {"line_id": ["R1", "R2"], "line": [None, "古城胡同"]}
    return gpd.GeoDataFrame(table, geometry=lines, crs=4326)


@pytest.fixture(scope="module")
def dense(alleys) -> gpd.GeoDataFrame:
    at = shapely.points([116.2031] * 6 + [116.205, 116.3], [39.8991] * 6 + [39.90001, 39.9])
    incidents = gpd.GeoDataFrame({"incident_id": range(8)}, geometry=at, crs=4326)
    return measure_line_density(incidents, alleys, bandwidth_m=120.0, segment_m=40.0)


def middles_of(segments: gpd.GeoDataFrame) -> list[list[float]]:
    """Longitude and latitude of the middle of every segment."""
    lines = segments.geometry.to_numpy()
    return shapely.get_coordinates(
        shapely.line_interpolate_point(lines, 0.5, normalized=True)
    ).tolist()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_segment_tells_its_line_and_numbers(dense, alleys, streets, exported, lang):
    page = exported(
        map_line_density(
            dense, streets, lines=alleys, breaks=[5, 20], lang=lang, source="12345", author="A"
        )
    )
    words = {
        "en": ("Incidents per km", "Incidents", "Length (m)"),
        "zh": ("每千米事件数", "事件数", "长度（米）"),
    }[lang]
    middles = middles_of(dense)
    for i in (0, len(dense) // 2, len(dense) - 1):
        page.page.evaluate(
            f"([y, x]) => {page.name}.setView([y, x], 18, {{animate: false}})",
            [*middles[i][::-1]],
        )
        card = page.hover(*middles[i])
        row = dense.iloc[i]
        assert card["heading"] == {"R1": "R1", "R2": "古城胡同"}[row["line_id"]]
        assert str(row["segment"]) in card["sub"]
        assert row["line_id"] in card["sub"]
        assert card[f"row {words[0]}"] == f"{row['incidents_per_km']:,.2f}"
        assert card[f"row {words[1]}"] == f"{row['incidents']:,}"
        assert card[f"row {words[2]}"] == f"{row['length_m']:.4g}"
    values = dense["incidents_per_km"]
    counts = [(values >= 20).sum(), ((values >= 5) & (values < 20)).sum(), (values < 5).sum()]
    assert page.text(".gg-count") == [str(count) for count in counts]
    source, author, method = page.text(".gg-foot p")
    assert (source, author) == (
        ("Source: 12345", "Made by: A") if lang == "en" else ("资料来源：12345", "制图：A")
    )
    assert ("30 m from every line: 1" if lang == "en" else "超过 30 米而未计入：1 起") in method
    assert page.complaints == []
    assert len(page.requests) == 1


def test_dense_segments_are_thicker_and_lie_above(dense):
    page = map_line_density(dense, breaks=[5, 20])
    frame = next(child for child in page._children.values() if child._name == "Frame")
    part = frame._settings["parts"][0]
    widths = [style["width"] for style in part["styles"][:-1]]
    assert widths == sorted(widths, reverse=True)
    assert len(set(part["palette"])) == len(part["palette"]) == 4


def test_a_segment_without_a_density_is_no_answer_and_zero_is_one(dense):
    table = dense.assign(incidents_per_km=[np.nan, 0.0, *dense["incidents_per_km"][2:]])
    page = map_line_density(table, breaks=[1])
    frame = next(child for child in page._children.values() if child._name == "Frame")
    rows = {row["text"]: row["count"] for row in frame._settings["legend"][0]["rows"]}
    assert rows["No answer"] == 1
    assert rows["< 1"] + rows["≥ 1"] == len(dense) - 1


def test_schemes_are_those_of_make_classes(dense):
    assert map_line_density(dense, breaks="natural").get_root().render()
    with pytest.raises(OptionError, match="'quantile', 'natural', 'equal', or bounds"):
        map_line_density(dense, breaks="jenks")
    with pytest.raises(OptionError, match="breaks must be 1 to 5 numbers above 0"):
        map_line_density(dense, breaks=[-1, 2])
    with pytest.raises(OptionError, match="approval must be text"):
        map_line_density(dense, approval=" ")
    with pytest.raises(ColumnsError, match="must have the column segment"):
        map_line_density(dense.drop(columns="segment"))
    with pytest.raises(EmptyTableError, match="line_density has no rows"):
        map_line_density(dense.iloc[:0])
    with pytest.raises(ColumnsError, match="lines must have the column line"):
        map_line_density(dense, lines=pd.DataFrame({"line_id": ["R1"]}))


@pytest.mark.browser
def test_hostile_lines_are_shown_and_do_nothing(dense, hostile, exported):
    ids = {"R1": hostile[0] + hostile[7], "R2": " | ".join(hostile)}
    named = dense.assign(line_id=dense["line_id"].map(ids))
    page = exported(map_line_density(named, title=hostile[6], source=hostile[5]))
    x, y = middles_of(named)[-1]
    page.page.evaluate(f"([y, x]) => {page.name}.setView([y, x], 18, {{animate: false}})", [y, x])
    assert page.hover(x, y)["heading"] == ids["R2"]
    assert page.flag() is None
    assert page.complaints == []
