"""The incident map as a still picture: one dot an incident, in the color of its category.

It draws the table "incidents" or "located" with the colors and words of the web map and
counts nothing but how many stand in each category. No other column is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import Row, legend_width, line_row
from gridgov.figures.map_parts import draw_margin, draw_names, draw_outlines, fit
from gridgov.figures.page_text import draw_heading
from gridgov.figures.sheet import FAINT, Box, make_sheet, write
from gridgov.geo.placed_points import is_placed, places_in_plane
from gridgov.geo.projection import to_plane
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["plot_incidents"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WIDTH, _HEIGHT = 720.0, 540.0
_MARGIN = 26.0
_PANEL, _WIDEST = 150.0, 230.0
# The colors of the web map: Okabe & Ito, Color Universal Design (2008); gray for the rest,
# light gray for no category.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
_OTHER, _NONE = len(_PALETTE), len(_PALETTE) + 1
_COLORS = (*_PALETTE, "#767d83", "#c3c8cb")
# Above so many dots a file of drawings is slower than a picture of them.
_MANY = 5_000

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "outside": "Off the map, not shown",
        "source": "Source: {}.",
        "left_out": "Street names without room: {}.",
        "km": "km",
        "m": "m",
    },
    "zh": {
        "outside": "在图幅以外，未显示",
        "source": "资料来源：{}。",
        "left_out": "因位置不足未标注的街道名：{} 个。",
        "km": "千米",
        "m": "米",
    },
}


def plot_incidents(
    incidents: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw incidents as dots on a still map.

    Parameters
    ----------
    incidents
        Table "incidents" or "located", EPSG:4326.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn, and the map reaches
        as far as they do. Without it, as far as the incidents.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: dots in the colors of the seven most frequent categories, the
        others gray; street outlines and names, legend with the number of incidents in each
        category, without coordinates and off the map, scale bar, north arrow.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no incidents.
    InputError
        If neither an incident nor a street has a place.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    Where dots lie on one another, many look like few: a density or a count by cell shows
    how many.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> rows = gpd.GeoDataFrame({"category": ["占道经营", None]},
    ...                         geometry=[Point(116.2, 39.9), Point(116.21, 39.91)], crs=4326)
    >>> plot_incidents(rows, lang="zh").get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(incidents, "incidents", columns=["category", "geometry"])
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "street", "geometry"])
    words = {**words_for(lang), **_WORDS[lang]}
    points = incidents["geometry"].array
    placed = is_placed(points)
    streets = (
        np.empty(0, dtype=object)
        if jurisdictions is None
        else np.asarray(jurisdictions.geometry, dtype=object)
    )
    if not placed.any() and not len(streets):
        raise InputError(
            "A map needs an incident with coordinates, or jurisdictions. Found: "
            f"{len(points):,} incidents, all without coordinates, and no jurisdictions."
        )
    color, names = _colors(incidents["category"][placed], lang, words)
    if len(streets):
        outlines, way_back = to_plane(streets)
        center = (way_back.longitude, way_back.latitude)
        at, _ = places_in_plane(points[placed], center=center)
    else:
        at, _ = places_in_plane(points[placed])
        outlines = shapely.linestrings([[np.nanmin(at, axis=0), np.nanmax(at, axis=0)]])
    # One stray point on another continent must not shrink the district to a dot.
    inside = _inside(at, shapely.total_bounds(outlines))

    note = words["source"].format(source) if source else ""
    foot = wrap(note, _WIDTH - 2 * _MARGIN, 8.5, lines=2) if note else []
    figure, sheet = make_sheet(_WIDTH, _HEIGHT)
    top = draw_heading(
        sheet,
        title or words["incidents_title"],
        date,
        width=_WIDTH,
        height=_HEIGHT,
        margin=_MARGIN,
    )
    rows = _rows(color[inside], names, words)
    for text, number in (
        (words["without_point"], int((~placed).sum())),
        (words["outside"], int((~inside).sum())),
    ):
        rows += [Row("none", "", text, number)] if number else []
    rows.append(Row("none", "", words["total"].replace("#", f"{len(points):,}")))
    rows += [line_row(words["street_outline"])] if len(streets) else []
    legend = words["incidents_legend"]
    panel = legend_width(legend, rows, least=_PANEL, most=_WIDEST)
    bottom = 14 + 12.0 * (len(foot) + 1) + 14
    room: Box = (_MARGIN, bottom, _WIDTH - _MARGIN - panel - 18, top)
    to_points, scale = fit(outlines, room)
    _draw_dots(sheet, to_points(at[inside]), color[inside])
    if jurisdictions is not None:
        drawn = shapely.transform(outlines, to_points)
        draw_outlines(sheet, drawn)
        labels = jurisdictions["street"].where(
            jurisdictions["street"].notna(), jurisdictions["street_id"]
        )
        left_out = draw_names(sheet, drawn, labels.tolist(), room)
        if left_out:
            foot.append(words["left_out"].format(left_out))
    left, right = _WIDTH - _MARGIN - panel, _WIDTH - _MARGIN
    draw_margin(
        sheet,
        (left, max(bottom, 76.0), right, top - 16),
        heading=legend,
        rows=rows,
        scale=scale,
        words=words,
    )
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _inside(at: Floats, bounds: Floats) -> NDArray[np.bool_]:
    """Return which points lie on the map or at most a fiftieth beyond its edge."""
    low, high = bounds[:2], bounds[2:]
    rim = 0.02 * (high - low).max()
    return np.asarray(((at >= low - rim) & (at <= high + rim)).all(axis=1))


def _colors(
    categories: pd.Series, lang: Language, words: dict[str, str]
) -> tuple[Integers, list[str]]:
    """Return the color of every incident and what every color stands for."""
    known = {text: term_label("category", str(text), lang) for text in categories.dropna().unique()}
    shown = categories.astype(object).map(known)
    frequent = shown.value_counts(sort=False)
    # Of equally frequent ones the first in the table comes first, as on the web map.
    order = np.argsort(-frequent.to_numpy(), kind="stable")
    ranked = frequent.index[order].tolist()
    place = {name: min(rank, _OTHER) for rank, name in enumerate(ranked)}
    color = shown.map(place).to_numpy(np.float64, na_value=_NONE)
    color = np.where(np.isnan(color), _NONE, color)
    others = len(ranked) - len(_PALETTE)
    names = [*ranked[: len(_PALETTE)], *[""] * max(0, -others)]
    names.append(words["other_one"] if others == 1 else words["other"].format(others))
    return color.astype(np.int64), [*names, words["no_category"]]


def _rows(color: Integers, names: list[str], words: dict[str, str]) -> list[Row]:
    """Return the rows of the categories that occur."""
    counts = np.bincount(color, minlength=len(_COLORS)).tolist()
    return [
        Row("dot", _COLORS[code], names[code], counts[code])
        for code in range(len(_COLORS))
        if counts[code]
    ]


def _draw_dots(sheet: Axes, places: Floats, color: Integers) -> None:
    """Draw all dots, those of categories with few incidents last so that they stay visible."""
    many = len(places) > _MANY
    counts = np.bincount(color, minlength=len(_COLORS))
    order = np.argsort(-counts[color], kind="stable")
    palette: Any = np.array(_COLORS)[color[order]]
    sheet.scatter(
        places[order, 0],
        places[order, 1],
        s=3.2 if many else 14.0,
        c=palette.tolist() if len(palette) else None,
        edgecolors="none" if many else "white",
        linewidths=0.0 if many else 0.4,
        alpha=0.65 if many else 0.9,
        zorder=1.5,
        rasterized=many,
    )
