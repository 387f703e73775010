"""The figure of density along lines: its classes, kilometers and notes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from matplotlib.collections import LineCollection
from shapely import LineString, Point

from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.figures.line_density import plot_line_density
from gridgov.hotspots.line_density import measure_line_density


def measured() -> gpd.GeoDataFrame:
    """Two alleys of about 850 m that cross, and four incidents, one of them too far away."""
    alleys = gpd.GeoDataFrame(
        {"line_id": ["a", "b"]},
        geometry=[
            LineString([(116.200, 39.900), (116.210, 39.900)]),
            LineString([(116.203, 39.896), (116.203, 39.904)]),
        ],
        crs="EPSG:4326",
    )
    places = [(116.201, 39.9), (116.2015, 39.9), (116.203, 39.902), (116.208, 39.903)]
    incidents = gpd.GeoDataFrame(geometry=[Point(place) for place in places], crs="EPSG:4326")
    return measure_line_density(incidents, alleys, bandwidth_m=150)


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_segment_is_drawn_once_the_densest_on_top() -> None:
    table = measured()
    figure = plot_line_density(table, breaks=[1, 3])
    drawn = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    codes = np.searchsorted([1, 3], table["incidents_per_km"], side="right")
    assert [len(c.get_segments()) for c in drawn] == np.bincount(codes).tolist()
    assert [c.get_zorder() for c in drawn] == sorted(c.get_zorder() for c in drawn)
    widths = [c.get_linewidth()[0] for c in drawn]
    assert widths == sorted(widths)


def test_the_legend_adds_up_to_the_kilometers_of_the_table() -> None:
    table = measured()
    shown = texts_of(plot_line_density(table, breaks=[1, 3], lang="zh"))
    start = shown.index("千米")
    assert shown[start + 1 : start + 7 : 2] == ["≥ 3", "1 – 3", "< 1"]
    lengths = [float(text) for text in shown[start + 2 : start + 8 : 2]]
    assert sum(lengths) == pytest.approx(table["length_m"].sum() / 1000, abs=0.16)


def test_notes_say_the_method_and_what_was_left_out() -> None:
    shown = texts_of(plot_line_density(measured(), source="hotline", date="2017"))
    assert "Source: hotline." in shown
    assert "2017" in shown
    notes = " ".join(shown)
    assert "Network kernel density of 3 incidents on 1.7 km of lines: equal split" in notes
    assert "bandwidth 150 m." in notes
    assert "Left out, farther than 30 m from every line: 1." in notes


def test_street_outlines_and_names_lie_over_the_lines() -> None:
    street = gpd.GeoDataFrame(
        {"street_id": ["s1"], "street": ["八角街道"], "area_km2": [1.0]},
        geometry=[shapely.box(116.199, 39.895, 116.211, 39.905)],
        crs="EPSG:4326",
    )
    figure = plot_line_density(measured(), conform(street, "jurisdictions"), title="$x_1$")
    assert {"八角街道", "$x_1$", "Street boundary"} <= set(texts_of(figure))


def test_the_same_lines_make_the_same_picture() -> None:
    pictures = []
    for _ in range(2):
        target = BytesIO()
        figure = plot_line_density(measured())
        figure.savefig(target, format="png", dpi=40, metadata={"Software": None})
        pictures.append(target.getvalue())
    assert pictures[0] == pictures[1]


def test_lines_that_cannot_be_drawn_are_refused_in_words() -> None:
    table = measured()
    with pytest.raises(OptionError, match="1 to 5 numbers above 0"):
        plot_line_density(table, breaks=[1, 2, 3, 4, 5, 6])
    with pytest.raises(ColumnsError, match="must have the column incidents_per_km"):
        plot_line_density(table.drop(columns="incidents_per_km"))
    with pytest.raises(EmptyTableError, match="line_density has no rows"):
        plot_line_density(table.iloc[:0])
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_line_density(table, lang="de")  # type: ignore[arg-type]
