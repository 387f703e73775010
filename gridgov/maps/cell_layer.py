"""The layer of hexagons that every map of cells shares: colors by class, numbers at the pointer.

A map of hotspots, of emerging hotspots or of anything else that a cell can be gives its
classes and the lines of its card; packing, legend and drawing are the same for all. A table
of several periods gets a slider, one of several groups a switch, and so do several ways to
color the same rows. All text and numbers travel as data and are shown as text (see
``safe_text``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.maps.cell_packing import pack_cells
from gridgov.maps.cell_periods import TableViews, opening_view, read_sides, table_views
from gridgov.maps.cell_values import Classes, Line, pack_line
from gridgov.maps.packing import Column
from gridgov.maps.page import Part, draw
from gridgov.maps.streets import pack_streets, street_codes, streets_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Classes",
    "Line",
    "Measure",
    "Sheet",
    "cells_legend",
    "classes_of",
    "draw_cells",
    "in_words",
    "view_notes",
]

Integers = NDArray[np.int64]


class Measure(NamedTuple):
    """A way to color the rows of a table: its name in the switch, classes, card and legend."""

    name: str
    classes: Classes
    lines: Sequence[Line]
    legend: str
    help: str = ""


class Sheet(NamedTuple):
    """The fixed texts about a map.

    Attributes
    ----------
    title, date
        Heading.
    legend, help
        Heading of the legend, and the sentence below it.
    foot
        The lines at the foot, or what makes them of the rows in sight: those of one
        period and group.
    layer
        Name of the layer.
    notes
        The first lines at the foot, of :func:`map_notes`: source, author, approval number.
    """

    title: str
    date: str | None
    legend: str
    help: str
    foot: list[str] | Callable[[pd.DataFrame], list[str]]
    layer: str
    notes: Sequence[str] = ()


def draw_cells(
    table: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None,
    *,
    classes: Classes,
    lines: Sequence[Line],
    sheet: Sheet,
    lang: Language,
    tiles: Any,
    measures: Sequence[Measure] = (),
    outlines: Callable[[pd.DataFrame], list[dict[str, Any]]] | None = None,
    over: Sequence[Any] = (),
    headings: Mapping[str, str] | None = None,
    compare: Sequence[Any] | None = None,
) -> folium.Map:
    """Return a map of cells in the colors of their classes.

    Parameters
    ----------
    table
        One row a cell, with ``cell`` and ``street_id``; or one row a cell and ``period``,
        ``group`` or both, which the reader then chooses. The last period shows first.
    jurisdictions
        Table "jurisdictions", EPSG:4326, or None.
    classes, lines
        What the cells are and what their card says, in the order of the rows.
    sheet
        The texts around the map.
    lang
        Language of the fixed words.
    tiles
        Base map as Folium takes it, or None.
    measures
        Further ways to color the same rows, to switch to; the first one is called as the
        layer is.
    outlines
        What makes lines around areas of the rows in sight: ``points``, latitude and
        longitude, and ``dashed``.
    over
        Layers above the cells, the lowest first, as :func:`shape_layer.shapes_part` returns
        them: each with its part and its section of the legend.
    headings
        What a reader chooses, in place of the usual words for ``group`` and ``period``.
    compare
        Two periods, or two groups of a table without periods: the page opens with the first
        on the left and the second on the right.

    Raises
    ------
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    OptionError
        If `compare` is not two periods or groups of the table.
    MapError
        If Folium does not know `tiles`, or there are too many classes.
    """
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    cells = table["cell"]
    ids = text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
    # In the order of ids neighbors mostly follow one another, and differences stay small.
    ids, first, number = np.unique(ids, return_index=True, return_inverse=True)
    packed = pack_cells(ids)
    street, street_names = street_codes(table["street_id"].iloc[first], streets.names)
    ways = [Measure(sheet.layer, classes, lines, sheet.legend, sheet.help), *measures]
    views = table_views(table, lang)
    if headings:
        axes = [axis._replace(heading=headings.get(axis.kind, axis.heading)) for axis in views.axes]
        views = views._replace(axes=axes)
    columns = [*packed.columns, Column("street", street)]
    told_ways = []
    for place, way in enumerate(ways):
        told, more = _pack_measure(way, views, number, len(ids), place, words)
        told_ways.append(told)
        columns += more
    sides = read_sides(views, compare)
    here = opening_view(views, sides)
    settings = {
        **packed.settings,
        "measures": told_ways,
        "axes": _axes(ways, views, here, words),
        "views": _views(table, views, sheet, outlines, len(ways)),
        "first": here,
        "compare": None if sides is None else sides.left,
        "legend_place": 0,
        "streets": bool(streets.labels),
        "street_names": street_names,
    }
    rows = views.rows[here]
    counts = np.bincount(classes.codes[rows], minlength=len(classes.names) + 1).tolist()
    return draw(
        [
            Part("cells", settings, columns, sheet.layer),
            *(layer.part for layer in over),
            streets_part(streets, lang),
        ],
        sheet={
            "title": sheet.title,
            "date": "" if sheet.date is None else str(sheet.date),
            "foot": settings["views"][here]["foot"],
            "legend": [
                cells_legend(
                    classes, counts, sheet.legend, sheet.help, words, streets=bool(streets.labels)
                ),
                *(layer.section for layer in over),
            ],
        },
        lang=lang,
        bounds=packed.bounds,
        tiles=tiles,
    )


def classes_of(
    values: pd.Series, colors: dict[str, str], kind: str, lang: Language, *, all_listed: bool = True
) -> Classes:
    """Return the classes of a column of fixed terms, in the order of their `colors`."""
    terms = np.asarray(values.astype(object), dtype=object)
    found = np.full(len(terms), len(colors), dtype=np.int64)
    for code, term in enumerate(colors):
        found[terms == term] = code
    names = [label(kind, term, lang) for term in colors]
    return Classes(found, names, list(colors.values()), all_listed)


def in_words(values: pd.Series, kind: str, lang: Language) -> pd.Series:
    """Return fixed terms in the words of the language, missing where they are."""
    return values.astype(object).map(lambda term: label(kind, term, lang), na_action="ignore")


def view_notes(table: pd.DataFrame, lang: Language) -> list[str]:
    """Return the lines at the foot that tell the period and group shown."""
    words = words_for(lang)
    lines = []
    for name in ("period", "group"):
        value = table[name].iloc[0] if name in table.columns and len(table) else None
        if pd.notna(value):
            shown = f"{value:%Y-%m-%d}" if name == "period" else category_label(str(value), lang)
            lines.append(words[name].format(shown))
    return lines


def _pack_measure(
    way: Measure,
    views: TableViews,
    number: Integers,
    cells: int,
    place: int,
    words: dict[str, str],
) -> tuple[dict[str, Any], list[Column]]:
    """Return a measure as the script reads it, and the columns of its views."""
    if len(way.classes.names) > 200:
        raise MapError(
            f"A map has up to 200 classes. Found: {len(way.classes.names)} in {way.name}. Group "
            "them into fewer."
        )
    palette = [*way.classes.colors, NO_ANSWER_COLOR]
    lines = [pack_line(line) for line in way.lines]
    scores = [k for k, line in enumerate(way.lines) if line.kind == "score"]
    known = scores[0] if scores else None
    # What nearly follows from another line is stored as the little that it differs by.
    order = sorted(range(len(lines)), key=lambda k: k != known)
    columns = []
    for view in views.present():
        rows = views.rows[view]
        at = place * len(views.rows) + view
        # A cell without a row in this view is not drawn there.
        codes = np.full(cells, len(palette), dtype=np.int64)
        codes[number[rows]] = way.classes.codes[rows]
        columns.append(Column(f"class_{at}", codes, passing=True))
        for k in order:
            numbers = lines[k].numbers
            if numbers is None:
                continue
            values = np.zeros(cells, dtype=np.int64)
            values[number[rows]] = numbers[rows]
            given = None if known is None or k == known else f"line_{at}_{known}"
            columns.append(Column(f"line_{at}_{k}", values, given=given, passing=True))
    # Left out where no class has any, as on most maps.
    looks = {"hatches": way.classes.hatches, "groups": way.classes.groups}
    told = {
        **{key: values for key, values in looks.items() if values is not None},
        "palette": palette,
        "classes": [*way.classes.names, words["no_answer"]],
        "all_listed": way.classes.all_listed,
        "lines": [line.told for line in lines],
        "legend": way.legend,
        "help": way.help,
    }
    return told, columns


def _axes(
    ways: Sequence[Measure], views: TableViews, here: int, words: dict[str, str]
) -> list[dict[str, Any]]:
    """Return what can be chosen, outermost first, and what is chosen when the page opens."""
    chosen = np.unravel_index(here, [len(axis.labels) for axis in views.axes])
    measure = {
        "kind": "measure",
        "heading": words["measure_choice"],
        "labels": [way.name for way in ways],
        "first": 0,
    }
    return [
        measure,
        *(
            {**axis._asdict(), "first": int(first)}
            for axis, first in zip(views.axes, chosen, strict=True)
        ),
    ]


def _views(
    table: pd.DataFrame,
    views: TableViews,
    sheet: Sheet,
    outlines: Callable[[pd.DataFrame], list[dict[str, Any]]] | None,
    ways: int,
) -> list[dict[str, Any] | None]:
    """Return measure, foot and outlines of every view, None where it has no rows."""
    told: list[dict[str, Any] | None] = [None] * len(views.rows)
    for view in views.present():
        rows = table.iloc[views.rows[view]]
        foot = sheet.foot(rows) if callable(sheet.foot) else sheet.foot
        told[view] = {"foot": [*sheet.notes, *foot], "outlines": outlines(rows) if outlines else []}
    return [
        None if view is None else {"measure": way, **view} for way in range(ways) for view in told
    ]


def cells_legend(
    classes: Classes,
    counts: list[int],
    heading: str,
    help: str,
    words: dict[str, str],
    *,
    streets: bool,
) -> dict[str, Any]:
    """Return the legend with the number of cells in each class, as cell_choices.js does."""
    number = len(classes.names)
    row = classes.groups or list(range(number))
    grouped = np.bincount(row, weights=counts[:number], minlength=number).astype(int).tolist()
    hatches = classes.hatches or [""] * number
    rows = [
        {
            "mark": "fill",
            "color": classes.colors[k],
            "hatch": hatches[k],
            "text": classes.names[k],
            "count": grouped[k],
        }
        for k in range(number)
        if row[k] == k and (grouped[k] or classes.all_listed)
    ]
    if counts[-1]:
        text, count = words["no_answer"], counts[-1]
        rows.append({"mark": "hatch", "color": "#e3e5e6", "text": text, "count": count})
    if streets:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return {"heading": heading, "rows": rows, "help": help}
