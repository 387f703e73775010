"""The layer of facilities: a symbol a kind, and the circle that each one reaches.

Circles are true to the meter on the ground. Where there are too many of them to be told
apart they are left out, and the card names the reach. Over cells of several groups the
layer shows the facilities of the group that is chosen. All text and numbers travel as data
and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gridgov.columns import TABLES, Language
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.coverage_classes import amount_texts
from gridgov.maps.shape_layer import SYMBOLS, Looks, ShapeLayer, shapes_part
from gridgov.maps.shape_views import views_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.coverage_palette import FACILITY_COLORS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["MOST_CIRCLES", "facilities_layer", "facility_names"]

MOST_CIRCLES = 60
"""With more facilities at once, circles would cover each other and the map."""

# Of so many the symbols are smaller, so that what lies below them is seen, px.
_SMALL = 4.5

_COLUMNS = ("reach_m", "capacity")


def facility_names(facilities: Any) -> dict[str, str]:
    """Return the name of every facility by its id, none without facilities.

    Examples
    --------
    >>> facility_names(pd.DataFrame({"facility_id": ["a", "b"], "facility": ["Post", None]}))
    {'a': 'Post', 'b': 'b'}
    """
    if facilities is None:
        return {}
    ids = facilities["facility_id"].astype(str)
    if "facility" not in facilities.columns:
        return dict(zip(ids, ids, strict=True))
    names = facilities["facility"].astype(object).where(facilities["facility"].notna(), ids)
    return dict(zip(ids, names.astype(str), strict=True))


def facilities_layer(
    facilities: gpd.GeoDataFrame,
    *,
    lang: Language,
    radius_m: Any = None,
    lines: Sequence[Line] | None = None,
    group: Any = None,
    groups: Sequence[Any] = (),
    measures: int = 1,
) -> ShapeLayer:
    """Return the layer of facilities, to lie over cells.

    Parameters
    ----------
    facilities
        With ``facility_id`` and ``geometry`` (Points, EPSG:4326), and what there is of
        ``facility``, ``kind``, ``reach_m`` and ``capacity``.
    lang
        Language of the fixed words.
    radius_m
        Reach of every facility, meters, missing for none; its own when None.
    lines
        What the card says; reach and capacity when None.
    group
        The group of every facility, where cells have groups.
    groups, measures
        The groups of the cells below in their order, and how many measures they have: the
        layer follows what is chosen there if it has facilities of all of these groups.

    Raises
    ------
    DatumError
        If the facilities are not in EPSG:4326.
    MapError
        If there is no Point.
    """
    words = words_for(lang)
    rows = facilities.reset_index(drop=True)
    if radius_m is None and "reach_m" in rows.columns:
        radius_m = rows["reach_m"]
    circles = radius_m is not None and pd.Series(radius_m).notna().any()
    many = _most_at_once(group, len(rows)) > MOST_CIRCLES
    classes = _kinds(rows, words)
    names = facility_names(rows)
    options: dict[str, Any] = {
        "name": words["facilities_layer"],
        "lang": lang,
        "kind": "points",
        "titles": [names[one] for one in rows["facility_id"].astype(str)],
        "radius_m": radius_m if circles else None,
        "looks": _looks(len(classes.names)),
    }
    help = words["facilities_many_help" if many else "facilities_help"] if circles else ""
    heading = words["facilities_legend"].format(len(classes.names))
    if len(classes.names) == 1:
        heading = words["facilities_legend_one"]
    told = _lines(rows, radius_m, lang) if lines is None else list(lines)
    kinds = pd.Series(group).reset_index(drop=True) if group is not None else None
    wanted = [one for one in groups if not pd.isna(one)]
    alone = shapes_part(rows, classes=classes, lines=told, heading=heading, help=help, **options)
    alone.part.settings.update(_crowd(many))
    if kinds is None or len(wanted) < 2 or len(wanted) < len(groups):
        return alone
    # The views below are numbered by the order of groups, which must be the same here.
    order = np.concatenate([np.flatnonzero(kinds.eq(one).to_numpy()) for one in wanted])
    if set(kinds.iloc[order]) != set(wanted):
        return alone
    seen = pd.DataFrame({"shape": order, "group": kinds.iloc[order].to_numpy()})
    picked = [
        line if line.values is None else line._replace(values=pd.Series(line.values).iloc[order])
        for line in told
    ]
    way = Measure(
        options["name"], classes._replace(codes=classes.codes[order]), picked, heading, help
    )
    options["subtitles"] = [None if pd.isna(one) else str(one) for one in kinds]
    layer = views_part(
        rows,
        seen,
        measures=[way] * measures,
        foot=lambda _inside, _way: [],
        outline=False,
        follows=0,
        **options,
    )
    layer.part.settings.update(_crowd(many))
    section = {**alone.section, "help": " ".join([help, words["facilities_chosen_help"]]).strip()}
    return ShapeLayer(layer.part, section, layer.bounds)


def _crowd(many: bool) -> dict[str, Any]:
    """Return how a crowd of points is drawn: small, with the circle of the one asked about."""
    return {"size": _SMALL, "few": True} if many else {}


def _most_at_once(group: Any, number: int) -> int:
    """Return how many facilities are drawn at once."""
    if group is None:
        return number
    counts = pd.Series(group).value_counts(dropna=False)
    return int(counts.max()) if len(counts) else 0


def _kinds(rows: pd.DataFrame, words: dict[str, str]) -> Classes:
    """Return the kinds of facilities, the most frequent first, the rest as one."""
    plain = words["facilities_no_kind"]
    kinds = (
        rows["kind"].astype(object).where(rows["kind"].notna(), plain)
        if "kind" in rows.columns
        else pd.Series([plain] * len(rows), dtype=object)
    )
    # As often as another: by name, so that the order of rows changes no color.
    counts = (
        kinds.astype(str).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    )
    most = len(FACILITY_COLORS)
    named = counts.index.tolist() if len(counts) <= most else counts.index[: most - 1].tolist()
    rest = len(counts) - len(named)
    places = {name: place for place, name in enumerate(named)}
    codes = kinds.astype(str).map(places).fillna(len(named)).to_numpy(dtype=np.int64)
    texts = [*named, words["facilities_other"].format(rest)] if rest else named
    return Classes(codes, texts, list(FACILITY_COLORS[: len(texts)]))


def _looks(number: int) -> Looks:
    """Return a symbol a kind."""
    return Looks(symbol=[SYMBOLS[place % len(SYMBOLS)] for place in range(number)])


def _lines(rows: pd.DataFrame, radius_m: Any, lang: Language) -> list[Line]:
    """Return what the card says of a facility."""
    columns = TABLES["facilities"]
    values = {"reach_m": radius_m, "capacity": rows.get("capacity")}
    return [
        Line(columns["kind"].heading(lang), "class"),
        *(
            Line(columns[name].heading(lang), "name", amount_texts(values[name]))
            for name in _COLUMNS
            if values[name] is not None
        ),
    ]
