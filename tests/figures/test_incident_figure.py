"""Dots of incidents: frequent categories colored, everything counted, no other column shown."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex

import gridgov as gg
from gridgov.errors import EmptyTableError, InputError
from gridgov.figures.incidents import _COLORS
from gridgov.geo.point_array import coordinates_of, point_array

BOX = shapely.box(116.1, 39.9, 116.2, 39.95)


def streets() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"street_id": ["1"], "street": ["八角"]}, geometry=[BOX], crs=4326)


def incidents() -> gpd.GeoDataFrame:
    points = [shapely.Point(116.11 + 0.005 * i, 39.92) for i in range(6)]
    rows = [*points, None, shapely.Point(20.0, 10.0)]
    return gpd.GeoDataFrame(
        {"category": [*"aaabb", None, "a", "b"], "上报人": "示例巡查员"}, geometry=rows, crs=4326
    )


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_dots_on_the_map_without_place_and_off_it_add_up() -> None:
    shown = texts_of(gg.plot_incidents(incidents(), streets()))
    for text, number in (
        *(("a", "3"), ("b", "2"), ("No category", "1")),
        *(("Without coordinates, not shown", "1"), ("Off the map, not shown", "1")),
    ):
        assert shown[shown.index(text) + 1] == number
    assert "n = 8" in shown


def test_the_most_frequent_category_has_the_first_color_of_the_web_map() -> None:
    theirs = pytest.importorskip("gridgov.maps.incidents")
    assert theirs._COLORS == _COLORS
    (dots,) = gg.plot_incidents(incidents(), streets()).axes[0].collections[:1]
    colors = [to_hex(color) for color in dots.get_facecolors()]
    assert colors.count(_COLORS[0].lower()) == 3


def test_columns_of_the_caller_are_not_shown() -> None:
    assert "示例巡查员" not in " ".join(texts_of(gg.plot_incidents(incidents(), lang="zh")))


def test_rare_categories_share_one_row() -> None:
    points = [shapely.Point(116.1 + 0.001 * i, 39.9) for i in range(20)]
    names = [*"abcdefg", *"abcdefg", *"hijklm"]
    table = gpd.GeoDataFrame({"category": names}, geometry=points, crs=4326)
    shown = texts_of(gg.plot_incidents(table))
    assert shown[shown.index("Other (6 categories)") + 1] == "6"


def test_a_map_without_any_place_is_refused() -> None:
    nowhere = incidents().iloc[6:7]
    with pytest.raises(InputError, match="Found: 1 incidents, all without coordinates"):
        gg.plot_incidents(nowhere)
    with pytest.raises(EmptyTableError, match="incidents has no rows"):
        gg.plot_incidents(nowhere.iloc[:0])
    assert "n = 1" in texts_of(gg.plot_incidents(nowhere, streets()))


@pytest.mark.parametrize("jurisdictions", [None, streets()], ids=["alone", "streets"])
def test_a_table_of_coordinates_has_the_figure_of_one_of_points_and_makes_none(
    jurisdictions: Any,
) -> None:
    points = incidents()
    held = points.set_geometry(point_array(points.geometry.x, points.geometry.y))
    figures = [gg.plot_incidents(rows, jurisdictions) for rows in (points, held)]
    assert texts_of(figures[0]) == texts_of(figures[1])
    pictures = []
    for figure in figures:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pictures.append(np.asarray(canvas.buffer_rgba()))
    np.testing.assert_array_equal(*pictures)
    assert coordinates_of(held.geometry.array) is not None
