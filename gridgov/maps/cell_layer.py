"""The layer of hexagons that every map of cells shares: colors by class, numbers at the pointer.

A map of hotspots, of emerging hotspots or of anything else that a cell can be gives its
classes and the lines of its card; packing, legend and drawing are the same for all. All
text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import folium
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.geo.hexgrid import cell_outlines, text_to_cells
from gridgov.maps.packing import MISSING, Column, codes, rings
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
    "Sheet",
    "check_one_map",
    "classes_of",
    "digits",
    "draw_cells",
    "in_words",
    "made_of",
]

Integers = NDArray[np.int64]

Kind = Literal["count", "score", "probability", "percent", "name", "class"]


class Classes(NamedTuple):
    """What a cell can be: the class of every row, and the words and colors of the classes.

    Attributes
    ----------
    codes
        Place of every row's class in `names`; ``len(names)`` where there is no answer.
    names, colors
        Words and fill of every class, in the order of the legend.
    all_listed
        Whether the legend also lists classes without a cell.
    """

    codes: Integers
    names: list[str]
    colors: list[str]
    all_listed: bool = True


class Line(NamedTuple):
    """One line of the card at the pointer.

    Attributes
    ----------
    heading
        The words before the value.
    kind
        ``count`` whole numbers, ``score`` two places, ``probability`` three places and
        ``< 0.001`` below, ``percent`` whole percents of a share, ``name`` text that is
        left out where it is missing, ``class`` the class with its color.
    values
        One value a row; none for ``class``.
    """

    heading: str
    kind: Kind
    values: Any = None


class Sheet(NamedTuple):
    """The fixed texts about a map: heading, legend and its help, foot, name of the layer."""

    title: str
    date: str | None
    legend: str
    help: str
    foot: list[str]
    layer: str


def draw_cells(
    table: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None,
    *,
    classes: Classes,
    lines: Sequence[Line],
    sheet: Sheet,
    lang: Language,
    tiles: Any,
) -> folium.Map:
    """Return a map of cells in the colors of their classes.

    Parameters
    ----------
    table
        One row a cell, with ``cell`` and ``street_id``.
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

    Raises
    ------
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.
    """
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    cells = table["cell"]
    ids = text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
    # In the order of ids neighbors mostly follow one another, and differences stay small.
    order = np.argsort(ids, kind="stable")
    ids = ids[order]

    # Bits 52 to 55 of a cell id hold its resolution; below 10 m an edge needs finer units.
    unit = 10**8 if int(ids[-1] >> np.uint64(52)) & 15 >= 12 else 10**6
    outlines = cell_outlines(ids)
    vertices = rings(shapely.get_exterior_ring(outlines), unit)
    street, street_names = street_codes(table["street_id"].iloc[order], streets.names)
    packed = [_packed(line, f"line_{place}", order) for place, line in enumerate(lines)]
    columns = [
        Column("sizes", vertices.sizes),
        Column("x", vertices.x, delta=True),
        Column("y", vertices.y, delta=True),
        # The 15 hexadecimal digits, five at a time: browsers round 64-bit numbers.
        *(
            Column(name, (ids >> np.uint64(bits)) & np.uint64(0xFFFFF), delta=True)
            for name, bits in (("cell_high", 40), ("cell_middle", 20), ("cell_low", 0))
        ),
        Column("class", classes.codes[order]),
        Column("street", street),
        *(column for _, column in packed if column is not None),
    ]
    settings = {
        "unit": unit,
        "palette": [*classes.colors, NO_ANSWER_COLOR],
        "classes": [*classes.names, words["no_answer"]],
        "lines": [line for line, _ in packed],
        "street_names": street_names,
    }
    west, south, east, north = shapely.total_bounds(outlines).tolist()
    return draw(
        [Part("cells", settings, columns, sheet.layer), streets_part(streets, lang)],
        sheet={
            "title": sheet.title,
            "date": "" if sheet.date is None else str(sheet.date),
            "foot": sheet.foot,
            "legend": [_legend(classes, sheet, words, streets=bool(streets.labels))],
        },
        lang=lang,
        bounds=(west, south, east, north),
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


def digits(values: pd.Series) -> pd.Series:
    """Return numbers of any size with four digits: a rate may be in millionths."""
    return values.map(lambda number: f"{number:.4g}", na_action="ignore").astype(object)


def check_one_map(table: pd.DataFrame, name: str) -> None:
    """Refuse a table that holds more than one map.

    Raises
    ------
    MapError
        If it has several periods or groups.
    """
    for key in ("period", "group"):
        if key in table.columns and table[key].nunique(dropna=False) > 1:
            values = table[key].drop_duplicates()
            raise MapError(
                f"A map shows one {key}. Found: {len(values):,} different values of {key}, "
                f"such as {values.iloc[0]!s} and {values.iloc[1]!s}. Pick one: "
                f"{name}[{name}[{key!r}] == ...]."
            )


def made_of(table: pd.DataFrame, source: str | None, lang: Language) -> list[str]:
    """Return the first lines at the foot: the source, and the period and group shown."""
    words = words_for(lang)
    lines = [] if source is None else [words["source"].format(source)]
    for name in ("period", "group"):
        value = table[name].iloc[0] if name in table.columns else None
        if pd.notna(value):
            shown = f"{value:%Y-%m-%d}" if name == "period" else category_label(str(value), lang)
            lines.append(words[name].format(shown))
    return lines


def _packed(line: Line, name: str, order: Any) -> tuple[dict[str, Any], Column | None]:
    """Return a line as the script reads it, and its column of whole numbers if it has one."""
    told: dict[str, Any] = {"heading": line.heading, "kind": line.kind, "column": name}
    match line.kind:
        case "class":
            return told, None
        case "name":
            numbers, told["names"] = codes(line.values.iloc[order])
        case "count":
            numbers = line.values.iloc[order].to_numpy(np.int64)
        case "score":
            numbers = _whole(line.values.iloc[order], 100, MISSING)
        case "probability":
            numbers = _thousandths(line.values.iloc[order])
        case "percent":
            numbers = _whole(line.values.iloc[order], 1000, -1)
    return told, Column(name, numbers)


def _whole(values: pd.Series, unit: int, missing: int) -> Integers:
    """Return numbers as whole multiples of 1 / `unit`, `missing` where there is none."""
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), np.rint(numbers * unit), missing).astype(np.int64)


def _thousandths(values: pd.Series) -> Integers:
    """Return probabilities in thousandths, 0 for all below one and -1 where missing."""
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(numbers < 0.001, 0, _whole(values, 1000, -1)).astype(np.int64)


def _legend(
    classes: Classes, sheet: Sheet, words: dict[str, str], *, streets: bool
) -> dict[str, Any]:
    """Return the legend with the number of cells in each class."""
    counts = np.bincount(classes.codes, minlength=len(classes.names) + 1).tolist()
    rows = [
        {"mark": "fill", "color": color, "text": text, "count": count}
        for text, color, count in zip(classes.names, classes.colors, counts, strict=False)
        if count or classes.all_listed
    ]
    if counts[-1]:
        text, count = words["no_answer"], counts[-1]
        rows.append({"mark": "hatch", "color": "#e3e5e6", "text": text, "count": count})
    if streets:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return {"heading": sheet.legend, "rows": rows, "help": sheet.help}
