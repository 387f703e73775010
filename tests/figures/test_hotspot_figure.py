"""The still picture shows the table: its colors, counts, names; the same bytes every time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from PIL import Image
from pyproj import Geod

from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.fonts import lettering
from gridgov.figures.hotspots import plot_hotspots, save_png
from gridgov.figures.sheet import draw_street_names, make_sheet, round_length
from gridgov.geo.hexgrid import cell_outlines, cells_to_text, grid_disk
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.taxonomy.palette import NO_ANSWER_COLOR, SPOT_COLORS

MIDDLE = 0x8931AA50E27FFFF


def spots_table(rings: int = 2) -> pd.DataFrame:
    cells = grid_disk(MIDDLE, rings)
    spot = np.array([SPOTS[i % 7] for i in range(len(cells))], dtype=object)
    spot[-1] = None
    frame = pd.DataFrame(
        {
            "cell": cells,
            "incidents": np.arange(len(cells)),
            "area_km2": 0.1,
            "neighbors": 6,
            "spot": spot,
        }
    )
    return conform(frame, "hotspots")


def streets_table(*names: str | None) -> Any:
    box = shapely.box(*shapely.total_bounds(cell_outlines(grid_disk(MIDDLE, 2))))
    west, south, east, north = box.bounds
    width = (east - west) / len(names)
    boxes = [
        shapely.box(west + i * width, south, west + (i + 1) * width, north)
        for i in range(len(names))
    ]
    frame = gpd.GeoDataFrame(
        {"street_id": [str(i) for i in range(len(names))], "street": list(names), "area_km2": 1.0},
        geometry=boxes,
        crs=4326,
    )
    return conform(frame, "jurisdictions")


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_cell_has_the_color_of_its_spot() -> None:
    table = spots_table()
    figure = plot_hotspots(table)
    (cells,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    expected = [SPOT_COLORS.get(spot, NO_ANSWER_COLOR) for spot in table["spot"].astype(object)]
    assert [to_hex(color) for color in cells.get_facecolors()] == expected


def test_the_legend_says_how_many_cells_are_in_each_class() -> None:
    # 19 cells: 18 take the seven spots in turn (3 each, 2 for the last three), one has none.
    shown = texts_of(plot_hotspots(spots_table(), lang="zh"))
    start = shown.index("类别（网格数）")
    assert shown[start + 1 : start + 17] == [
        *("热点 99%", "2", "热点 95%", "2", "热点 90%", "2", "不显著", "3"),
        *("冷点 90%", "3", "冷点 95%", "3", "冷点 99%", "3", "未计算", "1"),
    ]


def test_hexagons_keep_their_shape_and_the_scale_bar_is_true() -> None:
    figure = plot_hotspots(spots_table(), streets_table("A"))
    axes = figure.axes[0]
    (cells,) = [c for c in axes.collections if isinstance(c, PolyCollection)]
    (outline,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    # The edges of one hexagon in points against their length on the ellipsoid (GeographicLib).
    geod = Geod(ellps="WGS84")
    ring = cells.get_paths()[9].vertices[:7]
    drawn = np.hypot(*np.diff(ring, axis=0).T)
    lon, lat = shapely.get_coordinates(cell_outlines(spots_table()["cell"].iloc[9:10]))[:7].T
    edges_m = geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    assert np.ptp(drawn / edges_m) / (drawn / edges_m).mean() < 0.002
    # So is the street's width.
    west, south, east, north = streets_table("A").total_bounds
    middle = (south + north) / 2
    width_m = geod.inv(west, middle, east, middle)[2]
    vertices = outline.get_segments()[0]
    points = np.ptp(vertices[:, 0])
    bars = [patch for patch in axes.patches if getattr(patch, "get_height", lambda: 0)() == 4.5]
    labels = texts_of(figure)
    length, unit = next(t for t in labels if t.endswith(" m") or t.endswith(" km")).split()
    length_m = float(length) * (1000 if unit == "km" else 1)
    bar_points = sum(bar.get_width() for bar in bars)
    assert bar_points == pytest.approx(length_m * points / width_m, rel=0.002)


def test_names_with_marks_of_mathematics_are_drawn_literally() -> None:
    figure = plot_hotspots(spots_table(), streets_table("$x_1$ \\frac{1}{2}"), title="$\\bad")
    assert "$x_1$ \\frac{1}{2}" in texts_of(figure)
    figure.savefig(BytesIO(), format="png", dpi=40)
    assert not any(text.get_parse_math() for text in figure.axes[0].texts)


def test_a_street_without_a_name_shows_its_id() -> None:
    assert "0" in texts_of(plot_hotspots(spots_table(), streets_table(None)))


def test_names_never_overlap_and_those_without_room_are_counted(boxes_of: Any) -> None:
    _, sheet = make_sheet(200, 100)
    names = lettering([f"很长的街道名称{i}" for i in range(30)])
    places = np.column_stack([np.full(30, 100.0), np.full(30, 50.0)])
    left_out = draw_street_names(sheet, places, np.full(30, 10.0), names, inside=(0, 0, 200, 100))
    boxes = boxes_of(sheet.texts)
    assert left_out == 30 - len(boxes)
    assert 1 < len(boxes) < 30
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_the_picture_is_300_dots_an_inch_and_the_same_bytes_twice(tmp_path: Path) -> None:
    first = save_png(
        plot_hotspots(spots_table(), streets_table("八角", "鲁谷")), tmp_path / "a.png"
    )
    again = save_png(
        plot_hotspots(spots_table(), streets_table("八角", "鲁谷")), tmp_path / "b.png"
    )
    assert first.read_bytes() == again.read_bytes()
    with Image.open(first) as image:
        assert image.size == (3000, 2250)


def test_drawing_changes_no_setting_and_no_input() -> None:
    table, streets = spots_table(), streets_table("八角")
    before = dict(matplotlib.rcParams), table.copy(), streets.copy()
    plot_hotspots(table, streets)
    assert dict(matplotlib.rcParams) == before[0]
    pd.testing.assert_frame_equal(table, before[1])
    assert streets.equals(before[2])


def test_a_picture_is_the_same_under_other_settings() -> None:
    pictures = []
    for settings in ({}, {"font.family": "serif", "text.color": "red", "axes.facecolor": "k"}):
        target = BytesIO()
        with matplotlib.rc_context(settings):
            plot_hotspots(spots_table(), streets_table("八角")).savefig(target, dpi=60)
        target.seek(0)
        with Image.open(target) as image:
            pictures.append(np.asarray(image))
    np.testing.assert_array_equal(*pictures)


def test_cells_may_come_as_text() -> None:
    table = spots_table()
    as_text = table.assign(cell=cells_to_text(table["cell"]))
    assert texts_of(plot_hotspots(as_text)) == texts_of(plot_hotspots(table))


def test_two_periods_in_one_picture_are_refused() -> None:
    table = spots_table()
    both = pd.concat([table, table.assign(period=pd.Timestamp("2024-01-01", tz="UTC"))])
    with pytest.raises(InputError, match=r"A figure shows one period\. Found: 2 different values"):
        plot_hotspots(both)


def test_wrong_input_is_told_by_name() -> None:
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        plot_hotspots(spots_table(), lang="fr")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match="hotspots must have the column spot"):
        plot_hotspots(spots_table().drop(columns="spot"))
    with pytest.raises(EmptyTableError, match="hotspots has no rows"):
        plot_hotspots(spots_table().iloc[:0])


def test_a_scale_bar_has_a_round_length() -> None:
    assert [round_length(x) for x in (1, 1.99, 2, 4.99, 5, 9.99, 10, 12_345)] == [
        *(1, 1, 2, 2, 5, 5, 10, 10_000)
    ]


def test_the_note_names_what_was_really_tested() -> None:
    cells = grid_disk(MIDDLE, 4)
    counts = pd.DataFrame({"cell": cells, "incidents": np.arange(61) % 5})
    found = find_hotspots(counts, statistic="gi", correction="by", rings=2)
    english = " ".join(texts_of(plot_hotspots(found)))
    assert "Getis-Ord Gi of" in english
    assert "Benjamini-Yekutieli adjusted" in english
    assert "2 rings" in english
    assert "本网格数值不变" in "".join(texts_of(plot_hotspots(found, lang="zh")))
