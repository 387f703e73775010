"""The map of the shares of land and incidents with exactly one owner, street by street.

It draws the rows of the table "responsibility_shares" that are measured by street; besides
the classes it computes only the share of all streets together. All text and numbers travel
as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import MapError
from gridgov.maps.cell_layer import Line, Measure
from gridgov.maps.coverage_classes import (
    amount_texts,
    breaks_of,
    share_classes,
    share_text,
    share_texts,
)
from gridgov.maps.layer_groups import layer_groups
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_responsibility_shares"]

# Share: (its part, the parts that make up the whole).
_MEASURES: dict[str, tuple[str, list[str]]] = {
    "one_owner_area_share": ("one_owner_area_m2", ["area_m2"]),
    "one_owner_incident_share": (
        "one_owner_incidents",
        ["unowned_incidents", "one_owner_incidents", "several_owners_incidents"],
    ),
}
_AMOUNTS = (
    "area_m2",
    "unowned_area_m2",
    "several_owners_area_m2",
    "incidents",
    "unowned_incidents",
    "several_owners_incidents",
)
# What is aimed at is all, so the upper end is told apart finely.
_BOUNDS = [0.5, 0.75, 0.9, 0.95, 0.99]


def map_responsibility_shares(
    shares: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
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
    """Draw how much of each street's land and incidents has exactly one owner.

    Parameters
    ----------
    shares
        Table of :func:`gridgov.measure_responsibility` with ``by="street_id"``. Several
        layers get a switch; rows by department and for the whole are left out.
    jurisdictions
        Table "jurisdictions", EPSG:4326: the streets that the rows are named by.
    breaks
        Ascending bounds between the classes, by column (``one_owner_area_share``,
        ``one_owner_incident_share``), such as ``{"one_owner_area_share": [0.9, 0.99]}``.
        All of it and nothing of it are classes of their own.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the outlines and records come from, shown at the foot.
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
        Streets from pale to dark by the share of land with one owner, and a switch to that
        of incidents where they were counted. Pointing at a street shows both shares, area,
        incidents and what of them has no owner or several; the foot has the share of all
        streets together. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `breaks` are no ascending numbers above 0 or for no column
        that is drawn, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If no row is by street, no street is in `jurisdictions`, or Folium does not know
        `tiles`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.215, 39.90, 116.235, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": list("AB"), "street": list("AB")},
    ...                            geometry=outlines, crs="EPSG:4326")
    >>> shares = measure_responsibility(streets, by="street_id")
    >>> type(map_responsibility_shares(shares, streets, lang="zh")).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    parts = [column for part, whole in _MEASURES.values() for column in (part, *whole)]
    needed = dict.fromkeys(["layer", "scope", "street_id", *_MEASURES, *parts, *_AMOUNTS])
    check_table(shares, "responsibility_shares", columns=list(needed))
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    rows = shares[shares["scope"].eq("street")].reset_index(drop=True)
    if not len(rows):
        raise MapError(
            "A map of shares needs rows by street. Found: only rows for "
            f"{', '.join(shares['scope'].astype(str).unique())}. "
            'gridgov.measure_responsibility(..., by="street_id") makes them.'
        )
    columns = TABLES["responsibility_shares"]
    bounds = breaks_of(breaks, list(_MEASURES))
    rows = rows.assign(group=layer_groups(rows["layer"], lang))
    lines = [
        *(Line(columns[name].heading(lang), "name", share_texts(rows[name])) for name in _MEASURES),
        *(Line(columns[name].heading(lang), "name", amount_texts(rows[name])) for name in _AMOUNTS),
    ]
    shown = [name for name in _MEASURES if rows[name].notna().any()] or list(_MEASURES)[:1]
    ways = [
        Measure(
            columns[name].heading(lang),
            share_classes(rows[name], words, bounds[name] or _BOUNDS),
            lines,
            words["shares_legend"].format(columns[name].heading(lang)),
            words["shares_help"],
        )
        for name in shown
    ]
    whole = _wholes(rows)

    def foot(inside: pd.DataFrame, way: int) -> list[str]:
        group = inside["group"].iloc[0]
        share = whole.get((shown[way], None if pd.isna(group) else str(group)))
        text = "–" if share is None else share_text(share)
        return [*notes, words["whole_area"].format(f"{ways[way].name} {text}")]

    return draw_streets(
        rows,
        jurisdictions,
        measures=ways,
        foot=foot,
        name=words["shares_layer"],
        title=str(title) if title is not None else words["shares_title"],
        date=date,
        lang=lang,
        tiles=tiles,
        headings={"group": words["layer_choice"]},
    )


def _wholes(rows: pd.DataFrame) -> dict[tuple[str, str | None], float]:
    """Return the shares of all streets together, also of what is in none, by layer."""
    found: dict[tuple[str, str | None], float] = {}
    for group, inside in rows.groupby("group", dropna=False):
        for name, (part, whole) in _MEASURES.items():
            total = float(inside[whole].sum().sum())
            if total > 0:
                key = (name, None if pd.isna(group) else str(group))
                found[key] = float(inside[part].sum()) / total
    return found
