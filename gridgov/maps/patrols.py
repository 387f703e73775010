"""The map of patrols: who was there, for how long, and how long nobody came.

It draws the table "patrols" and computes nothing but the bounds of its classes and how
many cells stand in each. A switch goes from dwell to visits, to the interval between
visits and to the longest absence. A cell that nobody visited has a color of its own in
all four: it is neither the least of the others nor a cell without an answer. All text and
numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import OptionError
from gridgov.maps.card_texts import time_texts
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells
from gridgov.maps.cell_values import Kind
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.taxonomy.sequence import (
    check_breaks,
    class_breaks,
    class_codes,
    class_colors,
    class_texts,
)

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_patrols"]

Integers = NDArray[np.int64]

_MEASURES = ("dwell_min", "visits", "revisit_mean_h", "revisit_max_h")
_NEEDED = [
    "cell",
    "street_id",
    *_MEASURES,
    "mean_dwell_min",
    "person_min",
    "koper_visits",
    "revisits",
    "revisit_max_open",
    "revisit_cv",
    "last_visit_at",
]

# Cool, so that it is no step of the warm classes; pale and paler, to stay behind them.
_NEVER, _ONCE = "#9fb2c8", "#dfe6ec"


def map_patrols(
    patrols: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: Mapping[str, Sequence[float]] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw how much patrol every cell got as a map with a switch.

    Parameters
    ----------
    patrols
        Table of :func:`gridgov.measure_patrols`.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    breaks
        Ascending bounds between the classes, by column (``dwell_min``, ``visits``,
        ``revisit_mean_h``, ``revisit_max_h``) and in its unit, such as
        ``{"dwell_min": [10, 60]}``; two maps compare only with the same ones. For columns
        not named: up to six classes of about equally many cells.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    author
        Who made the map, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        Cells from pale to dark by dwell; a switch to visits, mean interval between visits
        and longest absence. Blue-gray: never visited; a cell that patrols only passed
        through has dwell and no visit. Pointing at a cell shows all numbers of the table;
        the foot tells how long the tracks were observed and how long not.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `breaks` are no ascending numbers above 0 or for no column
        that is drawn, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

    Notes
    -----
    The map shows observed presence. Where receivers lose their signal, among high houses or
    indoors, patrols look absent that were there.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "visits": [2, 0],
    ...                       "dwell_min": [10.0, 0.0], "person_min": [10.0, 0.0],
    ...                       "koper_visits": 0, "revisits": [1, 0], "revisit_mean_h": [2.0, None],
    ...                       "revisit_max_h": [2.0, 4.0], "revisit_max_open": [False, True],
    ...                       "dwell_half_rate_min": [10.0, 0.0]})
    >>> page = map_patrols(conform(cells, "patrols"), lang="zh", breaks={"dwell_min": [5, 60]})
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(patrols, "patrols", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    bounds = _bounds(patrols, breaks)
    lines = _lines(patrols, words)
    ways = [
        Measure(
            words[column],
            _classes(patrols, column, bounds[column], words),
            lines,
            words["patrols_legend"].format(words[column]),
            words["absence_help" if column.startswith("revisit") else "patrols_help"],
        )
        for column in _MEASURES
    ]
    foot = [*notes, *_method(patrols, words)]
    return draw_cells(
        patrols,
        jurisdictions,
        classes=ways[0].classes,
        lines=lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["patrols_title"],
            date=date,
            legend=ways[0].legend,
            help=ways[0].help,
            foot=foot,
            layer=ways[0].name,
        ),
        lang=lang,
        tiles=tiles,
        measures=ways[1:],
    )


def _bounds(
    patrols: pd.DataFrame, breaks: Mapping[str, Sequence[float]] | None
) -> dict[str, list[float]]:
    """Return the bounds of the classes of every measure.

    Raises
    ------
    OptionError
        If bounds are given for something else, or are no bounds.
    """
    given = {} if breaks is None else breaks
    if not isinstance(given, Mapping) or not set(given) <= set(_MEASURES):
        raise OptionError(
            f"breaks must give bounds by column, of {', '.join(_MEASURES)}, such as "
            f"{{'dwell_min': [10, 60]}}. Found: {breaks!r}."
        )
    bounds = {}
    for column in _MEASURES:
        own = check_breaks(given.get(column), most=5)
        values = _numbers(patrols[column])[patrols["visits"].to_numpy() > 0]
        bounds[column] = class_breaks(values, classes=6) if own is None else own
    return bounds


def _classes(
    patrols: pd.DataFrame, column: str, bounds: list[float], words: dict[str, str]
) -> Classes:
    """Return the classes of a measure, most first, and those that are no number after them."""
    values = _numbers(patrols[column])
    last = len(bounds)
    found = last - class_codes(values, bounds)
    absent = values <= 0 if column in ("dwell_min", "visits") else patrols["visits"] == 0
    # No return is no interval; a whole number of visits without one is no lack of an answer.
    once = np.isnan(values) & ~absent
    found = np.where(absent, last + 2, np.where(once, last + 1, found))
    never = words["never_seen" if column == "dwell_min" else "never_visited"]
    texts = _whole_texts(bounds) if column == "visits" else class_texts(bounds)
    names = [*texts[::-1], words["one_presence"], never]
    listed = [True] * (last + 1) + [bool(once.any()), True]
    # A class that cannot occur in this measure is not in its legend.
    places = np.cumsum(listed) - 1
    kept = [place for place, is_listed in enumerate(listed) if is_listed]
    shades = [*class_colors(last + 1)[::-1], _ONCE, _NEVER]
    return Classes(
        places[found].astype(np.int64), [names[k] for k in kept], [shades[k] for k in kept]
    )


def _whole_texts(bounds: list[float]) -> list[str]:
    """Return the range of every class of whole numbers from 1 on.

    Examples
    --------
    >>> _whole_texts([2.0, 5.0])
    ['1', '2 – 4', '≥ 5']
    """
    if not bounds or any(bound != int(bound) for bound in bounds) or bounds[0] < 2:
        return class_texts(bounds) if bounds else ["≥ 1"]
    starts = [1, *(int(bound) for bound in bounds)]
    ranges = [
        f"{low:,}" if high == low + 1 else f"{low:,} – {high - 1:,}"
        for low, high in pairwise(starts)
    ]
    return [*ranges, f"≥ {starts[-1]:,}"]


def _lines(patrols: pd.DataFrame, words: dict[str, str]) -> list[Line]:
    """Return what the card at the pointer says."""
    kinds: dict[str, Kind] = {
        "dwell_min": "digits",
        "visits": "count",
        "mean_dwell_min": "digits",
        "person_min": "digits",
        "koper_visits": "count",
        "revisits": "count",
        "revisit_mean_h": "digits",
        "revisit_cv": "digits",
        "revisit_max_h": "digits",
    }
    answer = {True: words["yes"], False: words["no"]}
    return [
        Line(words["density_class"], "class"),
        *(Line(words[name], kind, patrols[name]) for name, kind in kinds.items()),
        Line(words["revisit_max_open"], "name", patrols["revisit_max_open"].map(answer)),
        Line(words["last_visit_at"], "name", time_texts(patrols["last_visit_at"])),
    ]


def _method(patrols: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return the line at the foot that says what the table was made of, if it says so."""
    made = patrols.attrs.get("patrol")
    if not made:
        return []
    hours = {
        short: f"{made[name] / 60:,.1f}"
        for short, name in (
            ("dwell", "dwell_min"),
            ("outside", "outside_min"),
            ("unobserved", "unobserved_min"),
        )
    }
    ends = {name: made[name][:16].replace("T", " ") for name in ("start", "end")}
    return [
        words["patrols_method"].format(
            tracks=f"{made['tracks']:,}", fixes=f"{made['fixes']:,}", **ends, **hours
        )
    ]


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    """Return numbers as floats, NaN where there is none."""
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
