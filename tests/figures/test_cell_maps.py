"""Still maps of cells: the colors and words of the web maps, true counts, nothing overlapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.blind_spots import _COLORS as BLIND_COLORS
from gridgov.geo.hexgrid import cell_outlines, grid_disk
from gridgov.schema.blind_spots import BLIND_SPOTS
from gridgov.schema.emerging import EMERGING_CATEGORIES, PERSISTENCE_CLASSES
from gridgov.schema.moran import LISA_CLASSES
from gridgov.taxonomy.category_palette import EMERGING_COLORS
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

CELLS = grid_disk(0x8931AA50E27FFFF, 3)
N = len(CELLS)


def base(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"cell": CELLS, "incidents": np.arange(N), "area_km2": 0.1, **columns})


def taken_in_turn(terms: tuple[str, ...]) -> list[str | None]:
    return [*(terms[i % len(terms)] for i in range(N - 1)), None]


def streets() -> Any:
    west, south, east, north = shapely.total_bounds(cell_outlines(CELLS))
    middle = (west + east) / 2
    frame = gpd.GeoDataFrame(
        {"street_id": ["1", "2"], "street": ["八角街道", "鲁谷街道"], "area_km2": 1.0},
        geometry=[shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)],
        crs=4326,
    )
    return conform(frame, "jurisdictions")


def rates() -> pd.DataFrame:
    # The first cell has no base, so no rate.
    return gg.measure_rates(base(people=np.arange(N) * 10), base="people", per=100)


def clusters() -> tuple[Any, pd.DataFrame]:
    counts = base().assign(incidents=1)
    counts.loc[:6, "incidents"] = 40
    return gg.find_scan_clusters(counts, replicates=99), counts


def change() -> pd.DataFrame:
    before = base()[["cell", "incidents"]]
    return gg.compare_proportions(
        before, before.assign(incidents=before["incidents"].to_numpy()[::-1])
    )


MAPS: dict[str, Callable[..., Any]] = {
    "density": lambda **k: gg.plot_density(
        conform(base(incidents_per_km2=np.arange(N) * 3.0), "density"), streets(), **k
    ),
    "rates": lambda **k: gg.plot_rates(rates(), streets(), **k),
    "emerging": lambda **k: gg.plot_emerging_map(
        conform(base(periods=12, category=taken_in_turn(EMERGING_CATEGORIES)), "emerging"),
        streets(),
        **k,
    ),
    "persistence": lambda **k: gg.plot_persistence(
        conform(base(periods=12, category=taken_in_turn(PERSISTENCE_CLASSES)), "persistence"),
        streets(),
        **k,
    ),
    "trends": lambda **k: gg.plot_trends_map(
        conform(
            base(
                periods=12,
                kendall_s=1,
                kendall_variance=2.0,
                slope=0.1,
                trend=np.array(["up", "down", "none"])[np.arange(N) % 3],
            ),
            "trends",
        ),
        streets(),
        **k,
    ),
    "moran": lambda **k: gg.plot_moran_map(
        conform(base(neighbors=6, cluster_type=taken_in_turn(LISA_CLASSES)), "moran"),
        streets(),
        **k,
    ),
    "clusters": lambda **k: gg.plot_clusters_map(*clusters(), streets(), **k),
    "change": lambda **k: gg.plot_pattern_change_map(change(), streets(), **k),
    "blind": lambda **k: gg.plot_blind_spots(
        conform(base(ring_incidents=9, blind_spot=taken_in_turn(BLIND_SPOTS)), "blind_spots"),
        streets(),
        **k,
    ),
    "reach": lambda **k: gg.plot_reach(reach(), streets(), **k),
    "patrols": lambda **k: gg.plot_patrols(patrols(), streets(), **k),
}


def reach() -> pd.DataFrame:
    share = np.linspace(0, 1, N)
    columns = {"folds": 1, "facilities_within": np.arange(N) % 4, "nearest_m": np.arange(N) * 60.0}
    return conform(base(reached_share=share, **columns), "reach")


def patrols() -> pd.DataFrame:
    visits = np.arange(N) % 4
    return conform(
        base(
            visits=visits,
            dwell_min=visits * 5.0,
            person_min=visits * 5.0,
            koper_visits=visits // 2,
            revisits=np.maximum(visits - 1, 0),
            revisit_mean_h=np.where(visits > 1, visits * 3.0, np.nan),
            revisit_max_h=40.0,
            revisit_max_open=False,
            dwell_half_rate_min=0.0,
        ),
        "patrols",
    )


def texts_of(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", MAPS)
def test_no_text_of_a_map_overlaps_another_or_leaves_the_page(
    boxes_of: Any, name: str, lang: str
) -> None:
    figure = MAPS[name](lang=lang, source="12345", date="2017")
    width, height = (figure.get_size_inches() * figure.dpi).tolist()
    boxes = boxes_of(figure.axes[0].texts)
    for place, one in enumerate(boxes):
        assert shapely.box(0, 0, width, height).contains(shapely.box(*one.extents))
        # Letters of one size share a line's ascent and descent by a point at most.
        inner = shapely.box(one.x0, one.y0 + 2, one.x1, one.y1 - 2)
        for other in boxes[:place]:
            rest = shapely.box(other.x0, other.y0 + 2, other.x1, other.y1 - 2)
            assert not inner.intersects(rest)


@pytest.mark.parametrize("name", MAPS)
def test_a_map_has_its_scale_north_streets_and_number_of_cells(name: str) -> None:
    shown = texts_of(MAPS[name](lang="zh"))
    assert "北" in shown
    assert any(text.endswith(("米", "千米")) for text in shown)
    assert {"八角街道", "鲁谷街道", "街道边界", f"n = {N}"} <= set(shown)
    assert any("H3 分辨率 9" in text for text in shown)


@pytest.mark.parametrize("name", MAPS)
def test_the_numbers_of_the_legend_add_up_to_the_cells(name: str) -> None:
    shown = texts_of(MAPS[name](lang="en"))
    last = shown.index(f"n = {N}")
    heading = next(
        place for place, text in enumerate(shown) if "cells" in text and "H3" not in text
    )
    # A name and its number take turns, each class a row; names may be numbers themselves.
    told = [text.replace(",", "") for text in shown[heading + 2 : last : 2]]
    assert sum(map(int, told)) == N


def test_colors_are_those_of_the_web_map_and_no_answer_is_hatched() -> None:
    figure = MAPS["emerging"](lang="en")
    (cells,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    wanted = [
        EMERGING_COLORS.get(str(t), NO_ANSWER_COLOR) for t in taken_in_turn(EMERGING_CATEGORIES)
    ]
    assert [to_hex(color) for color in cells.get_facecolors()] == wanted
    (hatched,) = [p for p in figure.axes[0].patches if isinstance(p, PathPatch)]
    assert hatched.get_hatch()
    # Only the last cell has no answer: one closed ring.
    assert len(hatched.get_path().vertices) == 7


def test_blind_spots_have_the_colors_of_their_web_map() -> None:
    theirs = pytest.importorskip("gridgov.maps.blind_spots", reason="no web map of blind spots")
    assert theirs._COLORS == BLIND_COLORS


def test_zero_is_another_color_than_no_rate() -> None:
    figure = MAPS["rates"](lang="en", breaks=[5.0])
    (cells,) = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    colors = [to_hex(color) for color in cells.get_facecolors()]
    assert colors[0] == NO_ANSWER_COLOR
    assert NO_ANSWER_COLOR not in colors[1:]


def test_two_maps_with_the_same_breaks_have_the_same_ranges() -> None:
    ranges = []
    for factor in (1.0, 2.5):
        table = conform(base(incidents_per_km2=np.arange(N) * factor), "density")
        shown = texts_of(gg.plot_density(table, breaks=[10, 40.5]))
        ranges.append([text for text in shown if text in ("≥ 40.5", "10 – 40.5", "< 10")])
    assert ranges[0] == ranges[1] == ["≥ 40.5", "10 – 40.5", "< 10"]


def test_the_circle_of_a_cluster_is_drawn_with_its_number_and_cut_at_the_map() -> None:
    figure = MAPS["clusters"](lang="en")
    lines = [c for c in figure.axes[0].collections if isinstance(c, LineCollection)]
    # A rectangle to cut at is kept as a box.
    assert sum(line.clipbox is not None for line in lines) >= 1
    assert "1" in texts_of(figure)


def test_what_nobody_visited_is_no_class_of_the_numbers() -> None:
    for column in ("dwell_min", "visits", "revisit_mean_h", "revisit_max_h", "koper_visits"):
        shown = texts_of(gg.plot_patrols(patrols(), column=column))
        never = "No time observed" if column == "dwell_min" else "Never visited"
        # Every fourth of the 37 cells: 10.
        assert shown[shown.index(never) + 1] == "10"


def test_reach_has_a_row_for_what_nobody_reaches_and_dots_for_facilities() -> None:
    points = shapely.centroid(cell_outlines(CELLS[:3]))
    facilities = gpd.GeoDataFrame({"facility_id": list("abc")}, geometry=points, crs=4326)
    shown = texts_of(gg.plot_reach(reach(), streets(), facilities=facilities))
    assert shown[shown.index("0 %") + 1] == "1"
    assert shown[shown.index("Facility") + 1] == "3"
    for column in ("nearest_m", "facilities_within"):
        assert f"n = {N}" in texts_of(gg.plot_reach(reach(), column=column))


def test_wrong_input_of_a_map_is_told_by_name() -> None:
    table = conform(base(incidents_per_km2=1.0), "density")
    with pytest.raises(OptionError, match="breaks must be 1 to 6 numbers above 0"):
        gg.plot_density(table, breaks=[5, 2])
    with pytest.raises(ColumnsError, match="density must have the column incidents_per_km2"):
        gg.plot_density(table.drop(columns="incidents_per_km2"))
    with pytest.raises(EmptyTableError, match="density has no rows"):
        gg.plot_density(table.iloc[:0])
    with pytest.raises(OptionError, match="column must be one of 'reached_share'"):
        gg.plot_reach(reach(), column="kind")
    with pytest.raises(InputError, match="A map of change needs cells"):
        gg.plot_pattern_change_map(change().assign(cell=pd.NA))
    two = conform(base(periods=12, category="no pattern", group="a"), "emerging")
    with pytest.raises(InputError, match=r"A figure shows one group\. Found: 2"):
        gg.plot_emerging_map(pd.concat([two, two.assign(group="b")]))
