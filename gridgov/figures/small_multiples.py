"""Small multiples: many small maps of cells under one scale, a row a category, a column a month.

The eye compares places that stand at the same spot in every map, which it cannot do with
a slider. All maps share the classes. The figure draws counts, or the spots of hotspots by
period, and computes nothing but the bounds of the classes and sums of what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, TABLES, Language
from gridgov.errors import ColumnsError, InputError
from gridgov.figures.cell_map import cells_of, resolution_of
from gridgov.figures.count_classes import counted_classes
from gridgov.figures.fonts import lettering, wrap
from gridgov.figures.legend import Row, draw_legend_line
from gridgov.figures.map_parts import draw_scale_line
from gridgov.figures.page_text import draw_heading, one
from gridgov.figures.sheet import FAINT, INK, make_sheet, write
from gridgov.geo.hexgrid import cell_outlines
from gridgov.geo.projection import to_plane
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.cell_values import Classes
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR, SPOT_COLORS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["plot_small_multiples"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WIDTH = 720.0
_MARGIN = 26.0
_LABEL = 66.0
_GAP = 8.0
# More maps than these are too small on paper to be read.
_MOST_COLUMNS, _MOST_ROWS, _MOST = 12, 12, 96
_WRAP = 6
_TALLEST = 1040.0

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Incidents by place and time",
        "spots": "Hotspots by period",
        "heading": "{} in a cell",
        "n": "n = {:,}",
        "missing": "Not in the table",
        "source": "Source: {source}.",
        "note": "One scale for all maps. n: {what} on the map. {cells:,} H3 cells, resolution "
        "{resolution}.",
    },
    "zh": {
        "title": "事件的时空分布",
        "spots": "各时段热点",
        "heading": "网格{}",
        "n": "n = {:,}",
        "missing": "表中没有",
        "source": "资料来源：{source}。",
        "note": "各图采用同一分级。n 为该图的{what}。{cells:,} 个 H3 网格，分辨率 {resolution}。",
    },
}


class _Panels(NamedTuple):
    """Which rows of the table each small map shows, and where it stands."""

    of_row: Integers
    rows: int
    columns: int
    row_names: list[str]
    column_names: list[str]
    names: list[str]


def plot_small_multiples(
    table: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    column: str = "incidents",
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw small maps of cells by category and period under one scale.

    Parameters
    ----------
    table
        Table of :func:`gridgov.tally` with periods, groups or both, or any table of cells
        with these columns. Both: a row a group, a column a period. One of them: maps one
        after the other. Up to 12 rows, 12 columns and 96 maps.
    jurisdictions
        Table "jurisdictions"; its outlines are drawn over the cells. No outlines when None.
    column
        What is drawn: ``"incidents"``, another column of numbers from 0 on, or ``"spot"``
        of :func:`gridgov.find_hotspots` or :func:`gridgov.find_hotspot_bins`.
    breaks
        One to five ascending bounds between the classes above zero; two figures compare
        only with the same ones. None: up to six classes of about equally many cells.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the figure is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 inches wide: the maps with their names and sums, one legend with exact ranges,
        zero in a class of its own, one scale bar and north arrow.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing or holds no numbers from 0 on.
    EmptyTableError
        If there are no cells.
    InputError
        If there is one map only, or too many.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF] * 2, "uint64")
    >>> months = pd.to_datetime(["2017-01-01"] * 2 + ["2017-02-01"] * 2).tz_localize("UTC")
    >>> counts = pd.DataFrame({"cell": cells, "period": months, "incidents": [9, 0, 3, 4]})
    >>> plot_small_multiples(counts, lang="zh").get_size_inches()[0].tolist()
    10.0
    """
    lang = check_language(lang)
    check_table(table, "counts", columns=["cell", column])
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["geometry"])
    words = _WORDS[lang]
    panels = _panels(table, lang)
    classes = _classes(table, column, breaks, lang)
    cells, number = np.unique(cells_of(table["cell"]), return_inverse=True)
    shapes = [cell_outlines(cells)]
    if jurisdictions is not None:
        shapes.append(np.asarray(jurisdictions.geometry, dtype=object))
    planar = to_plane(np.concatenate(shapes))[0]

    side = _LABEL if panels.row_names else 0.0
    width = (_WIDTH - 2 * _MARGIN - side - _GAP * (panels.columns - 1)) / panels.columns
    west, south, east, north = shapely.total_bounds(planar)
    above = 30.0 if panels.names else 18.0
    tall = (_TALLEST - 180) / panels.rows - above
    scale = max((east - west) / width, (north - south) / tall)
    high = (north - south) / scale
    what = _heading(table, column, lang)
    said = [words["source"].format(source=source)] if source else []
    said.append(
        words["note"].format(
            what=what if lang == "zh" else what.lower(),
            cells=len(cells),
            resolution=resolution_of(cells),
        )
        if column != "spot"
        else ""
    )
    note = ("" if lang == "zh" else " ").join(text for text in said if text)
    foot = wrap(note, _WIDTH - 2 * _MARGIN - 130, 8.5, lines=3)
    default = words["spots" if column == "spot" else "title"]
    lines = wrap(title or default, _WIDTH - 2 * _MARGIN, 20, lines=2)
    bottom = max(14 + 12.0 * len(foot), 52.0) + 12
    heads = 18.0 if panels.column_names else 0.0
    body = panels.rows * (high + above)
    height = bottom + body + heads + 74 + 26 * len(lines) + (20 if date else 0)
    figure, sheet = make_sheet(_WIDTH, height)
    top = draw_heading(sheet, title or default, date, width=_WIDTH, height=height, margin=_MARGIN)
    _draw_legend(sheet, classes, column, what, top - 18, lang)
    upper = bottom + body
    for place, text in enumerate(panels.column_names):
        x = _MARGIN + side + place * (width + _GAP) + width / 2
        line = wrap(text, width, 9.5, lines=1)[0]
        write(sheet, x, upper + 4, one(line), size=9.5, align="center")
    for place, text in enumerate(panels.row_names):
        y = upper - place * (high + above) - above - high / 2
        for shift, line in enumerate(wrap(text, _LABEL - 8, 9.5, lines=3)):
            write(sheet, _MARGIN, y - 12 * shift, one(line), size=9.5)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    numbers = table[column].to_numpy(np.float64, na_value=np.nan) if column != "spot" else None
    for panel in range(len(panels.names) or panels.rows * panels.columns):
        here = np.flatnonzero(panels.of_row == panel)
        row, at = divmod(panel, panels.columns)
        x = _MARGIN + side + at * (width + _GAP) + width / 2
        y = upper - row * (high + above) - above - high / 2
        drawn = shapely.transform(
            planar, lambda meters, x=x, y=y: (meters - middle) / scale + [x, y]
        )
        codes = np.full(len(cells), -1)
        codes[number[here]] = classes.codes[here]
        _draw_map(sheet, drawn[: len(cells)], codes, classes, drawn[len(cells) :])
        head = y + high / 2 + 4
        if numbers is not None:
            total = float(np.nansum(numbers[here]))
            told = words["n"].format(int(total)) if total == int(total) else f"n = {total:,.4g}"
            write(sheet, x, head, one(told), size=8, color=FAINT, align="center")
        if panels.names:
            name = wrap(panels.names[panel], width, 9.5, lines=1)[0]
            up = 11 if numbers is not None else 0
            write(sheet, x, head + up, one(name), size=9.5, align="center")
    known = words_for(lang)
    units = {"km": "千米" if lang == "zh" else "km", "m": "米" if lang == "zh" else "m"}
    draw_scale_line(
        sheet, _WIDTH - _MARGIN - 120, _WIDTH - _MARGIN, 16, scale=scale, words={**known, **units}
    )
    for place, letters in enumerate(lettering(reversed(foot))):
        write(sheet, _MARGIN, 14 + 12 * place, letters, size=8.5, color=FAINT)
    return figure


def _panels(table: pd.DataFrame, lang: Language) -> _Panels:
    """Return the small maps: a row a group and a column a period, or one after the other."""
    keys = [key for key in ("group", "period") if _several(table, key)]
    if not keys:
        raise InputError(
            "Small multiples need several periods or groups. Found: one map. Tally with "
            'period="MS" or by="category", or draw it with gridgov.plot_rates or plot_density.'
        )
    codes, names = [], []
    for key in keys:
        values = table[key]
        found = pd.Index(values.dropna().unique())
        # Groups keep the order of the table, so that the caller can choose it.
        found = found.sort_values() if key == "period" else found
        code = found.get_indexer(values)
        codes.append(np.where(code >= 0, code, len(found)))
        told = _period_names(found) if key == "period" else _group_names(found, lang)
        names.append([*told, "–"] if values.isna().any() else told)
    if len(keys) == 2:
        rows, columns = len(names[0]), len(names[1])
        _check_number(rows, columns)
        return _Panels(codes[0] * columns + codes[1], rows, columns, names[0], names[1], [])
    number = len(names[0])
    columns = min(number, _WRAP)
    rows = -(-number // columns)
    _check_number(rows, columns)
    return _Panels(codes[0], rows, columns, [], [], names[0])


def _several(table: pd.DataFrame, key: str) -> bool:
    """Return whether a table has several values of a key."""
    return key in table.columns and table[key].nunique(dropna=False) > 1


def _check_number(rows: int, columns: int) -> None:
    """Raise if there are more small maps than can be read."""
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS or rows * columns > _MOST:
        raise InputError(
            f"A figure has up to {_MOST_ROWS} rows, {_MOST_COLUMNS} columns and {_MOST} maps. "
            f"Found: {rows} rows of {columns}. Pass fewer periods or groups, or longer periods."
        )


def _period_names(periods: pd.Index) -> list[str]:
    """Return the names of periods, no finer than needed to tell them apart."""
    clock = pd.DatetimeIndex(periods)
    if (clock.day == 1).all():
        form = "%Y" if (clock.month == 1).all() and len(clock) > 1 else "%Y-%m"
    else:
        form = "%Y-%m-%d"
    return [f"{moment:{form}}" for moment in clock]


def _group_names(groups: pd.Index, lang: Language) -> list[str]:
    """Return the names of groups in the language where they are known terms."""
    return [category_label(str(group), lang) for group in groups]


def _classes(
    table: pd.DataFrame, column: str, breaks: Sequence[float] | None, lang: Language
) -> Classes:
    """Return the classes that all maps share."""
    if column == "spot":
        colors = {term: SPOT_COLORS[term] for term in reversed(SPOTS)}
        return classes_of(table["spot"], colors, "spot", lang)
    numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = (np.isnan(numbers) & table[column].notna().to_numpy()) | (numbers < 0)
    if wrong.any():
        raise ColumnsError(
            f"{column} must hold numbers from 0 on, or be missing. Found: {int(wrong.sum()):,} "
            f"other, the first is {table[column].iloc[int(np.argmax(wrong))]!r}."
        )
    whole = bool((numbers[~np.isnan(numbers)] % 1 == 0).all())
    return counted_classes(numbers, breaks, whole=whole)


def _heading(table: pd.DataFrame, column: str, lang: Language) -> str:
    """Return what is drawn, in words where it is a documented column."""
    for name in ("counts", "rates", "density"):
        if column in TABLES[name].names:
            return TABLES[name][column].heading(lang)
    return column


def _draw_legend(
    sheet: Axes, classes: Classes, column: str, what: str, y: float, lang: Language
) -> None:
    """Draw the one legend, from little to much."""
    rows = [
        Row("fill", color, text) for color, text in zip(classes.colors, classes.names, strict=True)
    ]
    if (classes.codes == len(classes.names)).any():
        rows.append(Row("hatch", NO_ANSWER_COLOR, words_for(lang)["no_answer"]))
    heading = words_for(lang)["spot"] if column == "spot" else _WORDS[lang]["heading"].format(what)
    order = (
        rows
        if column == "spot"
        else [*rows[len(classes.names) - 1 :: -1], *rows[len(classes.names) :]]
    )
    draw_legend_line(sheet, _MARGIN, _WIDTH - _MARGIN, y, heading=heading, rows=order)


def _draw_map(sheet: Axes, outlines: Any, codes: Integers, classes: Classes, streets: Any) -> None:
    """Draw the cells of one small map; a cell that it has no row for is left white."""
    shown = codes >= 0
    coordinates, of = shapely.get_coordinates(outlines[shown], return_index=True)
    rings = np.split(coordinates, np.flatnonzero(np.diff(of)) + 1) if len(coordinates) else []
    palette = to_rgba_array([*classes.colors, NO_ANSWER_COLOR])[codes[shown]]
    hexagons = PolyCollection(rings, facecolors=palette, edgecolors=palette, linewidths=0.12)
    hexagons.set_zorder(1)
    sheet.add_collection(hexagons, autolim=False)
    if len(streets):
        edges = shapely.get_rings(shapely.get_parts(streets))
        coordinates, of = shapely.get_coordinates(edges, return_index=True)
        parts = np.split(coordinates, np.flatnonzero(np.diff(of)) + 1)
        sheet.add_collection(
            LineCollection(list(parts), colors=INK, linewidths=0.4, alpha=0.7, zorder=2),
            autolim=False,
        )
