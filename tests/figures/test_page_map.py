from __future__ import annotations

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from shapely import box

import gridgov as gg
from gridgov.errors import MapError, OptionError
from gridgov.figures.map_layers import read_map
from gridgov.figures.page_map import plot_map
from gridgov.geo.hexgrid import cell_outlines
from gridgov.maps.page import drawing_of

NOTHING = {"measure": None, "group": None, "period": None}


@pytest.fixture(scope="module")
def streets() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"street_id": ["W", "E"], "street": ["西街道", "东街道"], "district": "D", "area_km2": 1.0},
        geometry=[box(116.20, 39.90, 116.22, 39.92), box(116.22, 39.90, 116.24, 39.92)],
        crs="EPSG:4326",
    )


@pytest.fixture(scope="module")
def grid(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gg.make_grid(streets, resolution=9)


@pytest.fixture(scope="module")
def located(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(5)
    points = shapely.points(rng.uniform(116.2, 116.24, 400), rng.uniform(39.9, 39.92, 400))
    incidents = gpd.GeoDataFrame(
        {
            "incident_id": [str(k) for k in range(400)],
            "category": rng.choice(["占道经营", "暴露垃圾"], 400),
            "reported_at": pd.Timestamp("2017-01-01", tz="Asia/Shanghai")
            + pd.to_timedelta(rng.integers(0, 59, 400), unit="D"),
        },
        geometry=points,
        crs="EPSG:4326",
    )
    return gg.locate(incidents, streets, resolution=9)


def fills(figure: object, kind: type) -> list[str]:
    """The fill of every shape of the lowest collection of a kind."""
    sheet = figure.axes[0]  # type: ignore[attr-defined]
    found = next(one for one in sheet.collections if isinstance(one, kind))
    return [to_hex(color) for color in found.get_facecolors()]


def texts(figure: object) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]  # type: ignore[attr-defined]


def test_cells_have_the_outlines_of_the_h3_library_and_the_colors_of_the_page(
    grid: gpd.GeoDataFrame, located: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> None:
    owners = gg.find_owners(grid, streets)
    page = gg.map_owners(owners, streets)
    drawing = drawing_of(page)
    assert drawing is not None
    cells = read_map(drawing, NOTHING).layers[0]
    exact = cell_outlines(np.sort(owners["cell"].to_numpy(np.uint64)))
    assert shapely.equals_exact(cells.shapes, exact, 0.0).all()
    drawn = fills(plot_map(page), PolyCollection)
    assert drawn == [cells.colors[code] for code in cells.codes]
    assert len(set(drawn)) > 1


def test_a_still_shows_the_period_that_was_chosen_and_counts_its_cells(
    grid: gpd.GeoDataFrame, located: gpd.GeoDataFrame
) -> None:
    panel = gg.tally(located, grid, period="MS", start="2017-01-01", end="2017-03-01")
    rates = gg.measure_rates(panel, base="area_km2", method="empirical_bayes")
    page = gg.map_rates(rates, breaks=[1, 20, 60])
    drawing = drawing_of(page)
    assert drawing is not None
    for period, month in (("2017-01", 1), ("2017-02", 2)):
        still = read_map(drawing, {**NOTHING, "period": period})
        rows = rates[rates["period"].dt.month == month].set_index("cell").sort_index()
        shown = rows["smoothed_rate" if "smoothed_rate" in rows else "rate"]
        layer = still.layers[0]
        assert len(layer.codes) == len(rows)
        counts = {row["text"]: row["count"] for row in still.legend[0]["rows"]}
        counted = [count for count in counts.values() if count is not None]
        assert sum(counted) == len(rows)
        # Cells of a higher rate are never in a lower class.
        order = np.argsort(shown.to_numpy(), kind="stable")
        assert (np.diff(layer.codes[order].astype(int)) <= 0).all() or (
            np.diff(layer.codes[order].astype(int)) >= 0
        ).all()
        assert any(period in text for text in texts(plot_map(page, period=period)))


def test_an_area_keeps_its_hole() -> None:
    ring = box(116.20, 39.90, 116.24, 39.94).difference(box(116.21, 39.91, 116.22, 39.92))
    streets = gpd.GeoDataFrame(
        {"street_id": ["A"], "street": ["A"], "district": "D", "area_km2": 1.0},
        geometry=[ring],
        crs="EPSG:4326",
    )
    page = gg.map_responsibility_shares(gg.measure_responsibility(streets, by="street_id"), streets)
    drawing = drawing_of(page)
    assert drawing is not None
    area = read_map(drawing, NOTHING).layers[0].shapes[0]
    assert shapely.equals_exact(shapely.normalize(area), shapely.normalize(ring), 1e-6)
    figure = plot_map(page)
    painted = next(one for one in figure.axes[0].collections if isinstance(one, PathCollection))
    west, south, east, north = painted.get_paths()[0].get_extents().extents
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1, :, :3]

    def pixel(along: float, up: float) -> str:
        x, y = west + along * (east - west), south + up * (north - south)
        return to_hex(pixels[round(y / 72 * 100), round(x / 72 * 100)] / 255)

    # The hole lies from a quarter to a half of the way east and north.
    assert pixel(0.33, 0.33) == "#ffffff"
    assert pixel(0.75, 0.75) == fills(figure, PathCollection)[0]


def test_legend_and_foot_are_those_of_the_page(streets: gpd.GeoDataFrame) -> None:
    shares = gg.measure_responsibility(streets, by="street_id")
    page = gg.map_responsibility_shares(shares, streets, lang="zh", source="某区", title="谁负责")
    said = "".join(texts(plot_map(page)))
    drawing = drawing_of(page)
    assert drawing is not None
    for line in drawing.sheet["foot"]:
        assert line in said
    for row in drawing.sheet["legend"][0]["rows"]:
        assert row["text"] in said
    assert "谁负责" in said
    assert "西街道" in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_points_lines_and_tracks_have_still_pictures(
    lang: gg.columns.Language, located: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> None:
    boundaries = gg.compare_boundaries(streets)
    fixes = pd.DataFrame(
        {
            "track_id": "T",
            "fix_at": pd.date_range("2017-09-04 08:00", periods=5, freq="60s"),
            "longitude": [116.201, 116.202, 116.203, 116.204, 116.205],
            "latitude": 39.91,
        }
    )
    tracks = gg.read_tracks(fixes, timezone="Asia/Shanghai").tracks
    for page in (
        gg.map_incidents(located, streets, lang=lang),
        gg.map_boundaries(boundaries, streets, lang=lang),
        gg.map_tracks(tracks, streets, lang=lang),
    ):
        assert len(plot_map(page).axes[0].collections) >= 2


def test_text_of_records_is_drawn_as_it_is(streets: gpd.GeoDataFrame) -> None:
    hostile = streets.assign(street=["$\\frac{1}{2}$", "{{ 7 * 7 }}"])
    page = gg.map_responsibility_shares(gg.measure_responsibility(hostile, by="street_id"), hostile)
    said = texts(plot_map(page))
    assert "$\\frac{1}{2}$" in said
    assert "{{ 7 * 7 }}" in said


def test_what_is_no_map_of_ours_or_a_dashboard_is_told_so(
    grid: gpd.GeoDataFrame, located: gpd.GeoDataFrame, streets: gpd.GeoDataFrame
) -> None:
    with pytest.raises(MapError, match="Pass what a map_"):
        plot_map(folium.Map())
    with pytest.raises(MapError, match="Pass what a map_"):
        plot_map("map.html")
    board = gg.map_dashboard(located, grid, streets, start="2017-01-01", end="2017-03-01")
    with pytest.raises(MapError, match="Found: a dashboard"):
        plot_map(board)


def test_a_choice_that_is_not_there_is_listed(
    grid: gpd.GeoDataFrame, located: gpd.GeoDataFrame
) -> None:
    panel = gg.tally(located, grid, period="MS", start="2017-01-01", end="2017-03-01")
    page = gg.map_rates(gg.measure_rates(panel, base="area_km2"))
    with pytest.raises(OptionError, match=r"period must be one of '2017-01', '2017-02'"):
        plot_map(page, period="2018-01")
    with pytest.raises(OptionError, match="group must be a choice of the map"):
        plot_map(page, group="占道经营")
