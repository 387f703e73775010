"""Areas, lines, points and tracks on a page: what they are packed as and what a reader sees."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from gridgov.errors import ColumnsError, DatumError, MapError
from gridgov.maps.cell_layer import Classes, Line
from gridgov.maps.shape_layer import Looks, draw_shapes, shapes_part

# A square with a hole, and a small one inside the hole's neighborhood.
SQUARE = shapely.box(116.18, 39.89, 116.22, 39.93) - shapely.box(116.195, 39.905, 116.205, 39.915)
SMALL = shapely.box(116.182, 39.892, 116.186, 39.896)
TEXTS = {"title": "Map", "date": None, "foot": ["foot"], "lang": "en"}


def frame(shapes: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapes, crs=4326)


def layer(shapes: list[Any], codes: list[int], **options: Any) -> Any:
    lines = [
        Line("Count", "count", pd.Series([1234 * (i + 1) for i in range(len(shapes))])),
        Line("Share", "percent", pd.Series([None] + [0.256] * (len(shapes) - 1), dtype=float)),
        Line("Class", "class"),
    ]
    classes = Classes(np.array(codes), ["high", "low"], ["#5c1a22", "#efbb61"])
    given = {"lines": lines, "name": "Layer", "heading": "Classes", "lang": "en", **options}
    return shapes_part(frame(shapes), classes=classes, **given)


def test_the_legend_counts_every_shape_also_those_without_a_place() -> None:
    made = layer([SQUARE, None, SMALL], [0, 1, 2])
    rows = {row["text"]: row["count"] for row in made.section["rows"]}
    assert rows == {"high": 1, "low": 1, "No answer": 1}
    np.testing.assert_allclose(made.bounds, SQUARE.bounds)


def test_bounds_hold_the_circles_of_reach() -> None:
    made = layer([shapely.Point(116.2, 39.9)], [0], kind="points", radius_m=[1000.0])
    west, south, east, north = made.bounds
    geod = Geod(ellps="WGS84")
    for azimuth, limit in ((0, north), (90, east), (180, south), (270, west)):
        lon, lat, _ = geod.fwd(116.2, 39.9, azimuth, 1000)
        inside = (lat <= limit, lon <= limit, lat >= limit, lon >= limit)[azimuth // 90]
        assert inside


def test_what_does_not_fit_is_told() -> None:
    with pytest.raises(MapError, match=r"draws lines\. Found: geometry of type Polygon only"):
        layer([SQUARE], [0], kind="lines")
    with pytest.raises(MapError, match=r"looks\.dash must have one value a class\. Found: 1 for 2"):
        layer([SQUARE], [0], looks=Looks(dash=[True]))
    with pytest.raises(MapError, match=r"looks\.hatch must be of .*Found: 'zigzag'"):
        layer([SQUARE], [0], looks=Looks(hatch=["zigzag", ""]))
    with pytest.raises(ColumnsError, match="must have the column geometry"):
        shapes_part(
            pd.DataFrame({"a": [1]}),
            classes=Classes(np.array([0]), ["x"], ["#000000"]),
            lines=[],
            name="Layer",
            heading="",
            lang="en",
        )
    with pytest.raises(DatumError, match=r"must be in EPSG:4326\. Found: EPSG:3857"):
        shapes_part(
            frame([SQUARE]).to_crs(3857),
            classes=Classes(np.array([0]), ["x"], ["#000000"]),
            lines=[],
            name="Layer",
            heading="",
            lang="en",
        )
    with pytest.raises(MapError, match="at least one shape with a place"):
        draw_shapes([layer([None], [0])], **TEXTS)


def test_the_table_stays_as_it_was() -> None:
    table = frame([SQUARE, SMALL])
    kept = table.copy(deep=True)
    classes = Classes(np.array([0, 0]), ["x"], ["#000000"])
    shapes_part(table, classes=classes, lines=[], name="L", heading="", lang="zh")
    assert table.geom_equals(kept).all()


@pytest.mark.browser
def test_the_pointer_tells_the_smallest_area_and_no_hole(streets: Any, exported: Any) -> None:
    made = layer([SMALL, SQUARE], [1, 0], titles=["small", "large"], subtitles=["a", None])
    page = exported(draw_shapes([made], **TEXTS))
    assert page.hover(116.184, 39.894) == {
        "heading": "small",
        "sub": "a",
        "row Count": "1,234",
        "row Share": "–",
        "row Class": "low",
    }
    large = page.hover(116.19, 39.9)
    assert (large["heading"], large["row Count"], large["row Share"]) == ("large", "2,468", "26 %")
    assert page.hover(116.2, 39.91) == {}
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_lines_points_and_tracks_are_told_where_they_are(exported: Any) -> None:
    line = shapely.LineString([(116.18, 39.89), (116.22, 39.93)])
    walk = shapely.LineString([(116.18, 39.93), (116.2, 39.925), (116.22, 39.93)])
    stops = [shapely.Point(116.185, 39.92), shapely.MultiPoint([(116.215, 39.9), (116.2, 39.89)])]
    layers = [
        layer([line], [0], kind="lines", titles=["road"]),
        layer([walk], [1], kind="tracks", titles=["patrol"]),
        layer(
            stops,
            [0, 1],
            kind="points",
            titles=["one", "two"],
            numbers=["1", "2"],
            labels=["post", None],
            radius_m=[300, None],
            looks=Looks(symbol=["star", "cross"]),
        ),
    ]
    page = exported(draw_shapes(layers, **TEXTS))
    assert page.hover(116.19, 39.9)["heading"] == "road"
    assert page.hover(116.2, 39.925)["heading"] == "patrol"
    assert page.hover(116.185, 39.92)["heading"] == "one"
    assert page.hover(116.2, 39.89)["heading"] == "two"
    assert page.hover(116.21, 39.895) == {}
    assert page.text(".gg-label span") == ["post"]
    page.page.mouse.click(*page.place(116.185, 39.92))
    assert "gg-pinned" in page.page.evaluate("document.querySelector('.gg-card').className")
    page.page.keyboard.press("Escape")
    assert page.complaints == []


@pytest.mark.browser
def test_a_circle_of_reach_is_true_to_the_meter(exported: Any) -> None:
    made = layer([shapely.Point(116.2, 39.91)], [0], kind="points", radius_m=[1000.0])
    page = exported(draw_shapes([made], **TEXTS))
    drawn = page.page.evaluate(
        """() => new Promise((done) => {
            const real = CanvasRenderingContext2D.prototype.ellipse;
            CanvasRenderingContext2D.prototype.ellipse = function (x, y, a, b) {
                done([a, b]);
                return real.apply(this, arguments);
            };
            NAME.setZoom(NAME.getZoom() - 1, { animate: false });
        })""".replace("NAME", page.name)
    )
    geod = Geod(ellps="WGS84")
    x0, y0 = page.place(116.2, 39.91)
    for azimuth, radius in ((90, drawn[0]), (0, drawn[1])):
        lon, lat, _ = geod.fwd(116.2, 39.91, azimuth, 1000)
        # In pixels at a far nearer zoom, where rounding to whole pixels does not count.
        at = page.page.evaluate(
            """([y, x]) => {
                const p = NAME.project([y, x], NAME.getZoom());
                const q = NAME.project([39.91, 116.2], NAME.getZoom());
                return Math.hypot(p.x - q.x, p.y - q.y);
            }""".replace("NAME", page.name),
            [lat, lon],
        )
        assert radius == pytest.approx(at, rel=5e-4)
    assert x0 > 0
    assert y0 > 0


@pytest.mark.browser
def test_names_keep_clear_of_each_other_across_layers(streets: Any, exported: Any) -> None:
    rng = np.random.default_rng(4)
    west, south, east, north = streets.total_bounds
    points = list(shapely.points(rng.uniform(west, east, 80), rng.uniform(south, north, 80)))
    names = [f"公厕 {i}" for i in range(80)]
    made = layer(points, [0] * 80, kind="points", labels=names)
    page = exported(draw_shapes([made], streets, **TEXTS))
    boxes = page.page.evaluate(
        """() => Array.from(document.querySelectorAll(".gg-label:not(.gg-hidden) span"), (n) => {
            const b = n.getBoundingClientRect();
            return [n.textContent, b.left, b.top, b.right, b.bottom];
        })"""
    )
    assert {"鲁谷街道", "s2"} <= {box[0] for box in boxes}
    assert 20 < len(boxes) <= 82
    for i, (_, left, top, right, bottom) in enumerate(boxes):
        for _, *other in boxes[i + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.browser
def test_hostile_text_of_shapes_is_shown_and_does_nothing(hostile: Any, exported: Any) -> None:
    n = len(hostile)
    points = [shapely.Point(116.2 + 0.01 * (i % 5), 39.9 + 0.01 * (i // 5)) for i in range(n)]
    made = shapes_part(
        frame(points),
        classes=Classes(np.zeros(n, dtype=int), [hostile[5]], ["#5c1a22"]),
        lines=[Line(hostile[0], "name", pd.Series(hostile))],
        name="Layer",
        heading=hostile[6],
        help=hostile[1],
        lang="zh",
        kind="points",
        titles=hostile,
        subtitles=hostile,
        labels=hostile,
        numbers=hostile,
    )
    page = exported(draw_shapes([made], **{**TEXTS, "title": hostile[0], "foot": hostile[:3]}))
    for point, text in zip(points, hostile, strict=True):
        card = page.hover(point.x, point.y)
        assert card["heading"] == text
        assert card[f"row {hostile[0]}"] == text
    assert page.flag() is None
    assert page.complaints == []
    assert len(page.requests) == 1
    assert page.page.evaluate("() => document.querySelectorAll('.gg img').length") == 0
