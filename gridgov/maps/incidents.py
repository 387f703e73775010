"""The incident map: one dot an incident, in the color of its category.

It draws the table "incidents" or "located" and counts nothing but how many stand in each
category. The caller's own columns stay out unless they are asked for by name, since they
may hold personal data. All text travels as data and is shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError, MapError
from gridgov.geo.placed_points import bounds_of, is_placed, places_of
from gridgov.maps.map_notes import map_notes
from gridgov.maps.packing import MISSING, Column, codes, micro
from gridgov.maps.page import Part, draw
from gridgov.maps.streets import check_degrees, pack_streets, street_codes, streets_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_incidents"]

Integers = NDArray[np.int64]

_NEEDED = ["category", "reported_at", "status", "channel", "department", "geometry"]
_FIELDS = ("status", "channel", "department")
_TRANSLATED = frozenset({"channel", "department"})

# Okabe & Ito, Color Universal Design (2008): told apart by people with any color
# blindness. Gray for the rest, light gray for no category.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
_OTHER, _NONE = len(_PALETTE), len(_PALETTE) + 1
_COLORS = (*_PALETTE, "#767d83", "#c3c8cb")

# Up to here dots are drawn one by one.
_GROUP_ABOVE = 2_000


def map_incidents(
    incidents: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
    columns: Sequence[str] = (),
) -> folium.Map:
    """Draw incidents as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    incidents
        Table "incidents" or "located", EPSG:4326. With the ``street_id`` of "located" the
        street is shown.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names.
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
    columns
        Columns of the caller's own to show as well, by name.

    Returns
    -------
    folium.Map
        Dots colored by the seven most frequent categories, the others gray; circles with
        a number where more than 2,000 would be in view; street outlines and names; a legend
        with the number of incidents in each category and without coordinates; heading,
        date and source. Pointing at a dot shows category, reported time in its zone,
        street, status, channel, department and the columns asked for; a click pins that.
        Ids and all other columns stay out of the map.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing, also one named in `columns`.
    EmptyTableError
        If there are no incidents.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If neither an incident nor a street has a place, or Folium does not know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import Point
    >>> from gridgov.checks import conform
    >>> rows = gpd.GeoDataFrame(
    ...     {
    ...         "incident_id": ["1", "2"],
    ...         "category": ["占道经营", None],
    ...         "reported_at": pd.to_datetime(["2017-09-01", "2017-09-02"]).tz_localize("UTC"),
    ...     },
    ...     geometry=[Point(116.2, 39.9), None],
    ...     crs=4326,
    ... )
    >>> page = map_incidents(conform(rows, "incidents"), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(incidents, "incidents", columns=_NEEDED)
    check_degrees(incidents, "incidents")
    asked = _asked(incidents, columns)
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    points = incidents["geometry"].array
    placed = is_placed(points)
    # One stray point on another continent must not shrink the district to a dot.
    bounds = streets.bounds
    if bounds is None and placed.any():
        bounds = bounds_of(points[placed])
    if bounds is None:
        raise MapError(
            f"A map needs at least one incident with coordinates, or jurisdictions. Found: "
            f"{len(points):,} incidents, all without coordinates, and no jurisdictions."
        )

    table = incidents.loc[placed]
    category, categories = codes(_labels("category", table["category"], lang))
    color = _color_of(category, len(categories))[category]
    # Colors with few incidents are painted last and stay visible.
    order = np.argsort(-np.bincount(color, minlength=len(_COLORS))[color], kind="stable")
    table, category, color = table.iloc[order], category[order], color[order]
    place = places_of(points[placed][order])
    minutes, days_only = _minutes(table["reported_at"])
    street_ids = table["street_id"] if "street_id" in table.columns else [None] * len(table)
    street, street_names = street_codes(street_ids, streets.names)
    packed = [
        Column("x", micro(place[:, 0]), delta=True),
        Column("y", micro(place[:, 1]), delta=True),
        Column("color", color),
        Column("category", category),
        Column("minutes", minutes, delta=True),
        Column("street", street),
    ]
    fields = []
    for number, (name, heading) in enumerate([*_headings(lang), *asked]):
        shown = _labels(name, table[name], lang) if name in _TRANSLATED else table[name]
        values, texts = codes(shown)
        packed.append(Column(f"field_{number}", values))
        fields.append({"heading": heading, "values": texts})

    zone = getattr(incidents["reported_at"].dt, "tz", None)
    foot = map_notes(source=source, author=author, approval=approval, lang=lang)
    if zone is not None and not days_only:
        foot.append(words["times_in"].format(zone))
    colors = _color_names(category, categories, words)
    legend = {
        "heading": words["incidents_legend"],
        "rows": _rows(color, colors, words, int((~placed).sum()), bool(streets.labels)),
        "help": words["grouped_help"] if len(table) > _GROUP_ABOVE else "",
    }
    settings = {
        "colors": colors,
        "unit": 10**6,
        "palette": list(_COLORS),
        "categories": categories,
        "days_only": days_only,
        "fields": fields,
        "group_above": _GROUP_ABOVE,
        "street_names": street_names,
    }
    return draw(
        [Part("points", settings, packed, words["incidents_layer"]), streets_part(streets, lang)],
        sheet={
            "title": str(title) if title is not None else words["incidents_title"],
            "date": "" if date is None else str(date),
            "foot": foot,
            "legend": [legend],
        },
        lang=lang,
        bounds=bounds,
        tiles=tiles,
    )


def _asked(incidents: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns that were asked for by name, each with its heading.

    Raises
    ------
    ColumnsError
        If one is not there; all of them are named.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    missing = [name for name in names if name not in incidents.columns]
    if missing:
        known = set(TABLES["located"].names)
        own = ", ".join(str(name) for name in incidents.columns if name not in known) or "none"
        raise ColumnsError(
            f"columns must name columns of incidents. Not there: {', '.join(map(str, missing))}. "
            f"Your own columns: {own}.",
            problems=[{"table": "incidents", "column": n, "problem": "missing"} for n in missing],
        )
    return [(name, str(name)) for name in names]


def _headings(lang: Language) -> list[tuple[str, str]]:
    """Return the documented columns that are shown, each with its heading."""
    table = TABLES["incidents"]
    return [(name, table[name].heading(lang)) for name in _FIELDS]


def _labels(kind: str, texts: pd.Series, lang: Language) -> pd.Series:
    """Return texts in the language of the map where the taxonomy knows them."""
    known = {text: term_label(kind, str(text), lang) for text in texts.dropna().unique()}
    return texts.astype(object).map(known)


def _color_of(category: Integers, count: int) -> Integers:
    """Return the color of every category, the most frequent get their own; last: of none."""
    of = np.full(count + 1, _OTHER, dtype=np.int64)
    frequent = np.argsort(-np.bincount(category[category >= 0], minlength=count), kind="stable")
    of[frequent[: len(_PALETTE)]] = np.arange(min(count, len(_PALETTE)))
    of[-1] = _NONE
    return of


def _color_names(category: Integers, categories: list[str], words: dict[str, str]) -> list[str]:
    """Return what every color stands for."""
    names = [""] * len(_COLORS)
    for code, color in enumerate(_color_of(category, len(categories))[:-1].tolist()):
        names[color] = categories[code]
    others = len(categories) - len(_PALETTE)
    names[_OTHER] = words["other_one"] if others == 1 else words["other"].format(others)
    names[_NONE] = words["no_category"]
    return names


def _rows(
    color: Integers, names: list[str], words: dict[str, str], without: int, streets: bool
) -> list[dict[str, Any]]:
    """Return the rows of the legend; dots and incidents without coordinates make up all."""
    counts = np.bincount(color, minlength=len(_COLORS)).tolist()
    rows: list[dict[str, Any]] = [
        {"mark": "dot", "color": _COLORS[code], "text": names[code], "count": counts[code]}
        for code in range(len(_COLORS))
        if counts[code]
    ]
    if without:
        text = words["without_point"]
        rows.append({"mark": "none", "color": "", "text": text, "count": without, "apart": True})
    if streets:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return rows


def _minutes(times: pd.Series) -> tuple[Integers, bool]:
    """Return minutes on the clock of the records' zone, and whether all are at midnight."""
    local = times.dt.tz_localize(None) if times.dt.tz is not None else times
    seconds = local.to_numpy("datetime64[s]")
    missing = np.isnat(seconds)
    whole = np.where(missing, 0, seconds.astype(np.int64)) // 60
    days_only = bool((whole[~missing] % 1440 == 0).all())
    return np.where(missing, MISSING, whole), days_only
