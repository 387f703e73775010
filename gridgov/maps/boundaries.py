"""The map of boundaries compared: where two neighbors, or two versions, draw unlike lines.

It draws the table "boundaries", every line in the color of how far it parts from the other,
and computes nothing but the classes. All text and numbers travel as data and are shown as
text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.coverage_classes import amount_classes, amount_text, amount_texts, breaks_of
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_views import draw_views, views_part
from gridgov.maps.streets import pack_streets
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_boundaries"]

_AMOUNTS = ("shared_m", "apart_m", "largest_m", "gap_m2", "overlap_m2", "lost_m2", "gained_m2")
_NEEDED = ["street_id", "neighbor_id", "comparison", *_AMOUNTS, "geometry"]
_MEASURES = {
    "largest_m": "bound_largest",
    "gap_m2": "bound_gap",
    "overlap_m2": "bound_overlap",
    "lost_m2": "bound_lost",
    "gained_m2": "bound_gained",
}
_METERS = [1.0, 5.0, 10.0, 20.0, 50.0]
_SAME = "#9fb3a8"
_ONE_SIDED = {"removed": "#1f4e9c", "added": "#7b3fa0"}


def map_boundaries(
    boundaries: gpd.GeoDataFrame,
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
    """Draw how far boundaries of neighbors, or of two versions, part from each other.

    Parameters
    ----------
    boundaries
        Table of :func:`gridgov.compare_boundaries`.
    jurisdictions
        Table "jurisdictions", EPSG:4326: street names. Without it streets go by their ids.
    breaks
        Ascending bounds between the classes by column (``largest_m``, ``gap_m2``,
        ``overlap_m2``, ``lost_m2``, ``gained_m2``), such as ``{"largest_m": [1, 5, 20]}``.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the outlines come from, shown at the foot.
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
        Lines from pale to dark by the largest distance, and a switch to the gap between and
        the overlap of neighbors, or to the land lost and gained between versions. Pointing
        at a line shows whose boundary it is and all its numbers.
        :func:`gridgov.save_html` writes it as one file.

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
        If a table is not in EPSG:4326.
    MapError
        If nothing has a place, or Folium does not know `tiles`.

    Notes
    -----
    Neighbors that meet only in a point are counted in the legend and have no line. The
    overlap of two versions is the land kept, and so no measure of the switch.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from gridgov.coverage.responsibility.boundaries import compare_boundaries
    >>> outlines = [box(116.20, 39.90, 116.21, 39.91), box(116.2101, 39.90, 116.22, 39.91)]
    >>> streets = gpd.GeoDataFrame({"street_id": list("AB"), "street": list("AB")},
    ...                            geometry=outlines, crs="EPSG:4326")
    >>> page = map_boundaries(compare_boundaries(streets), streets, lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(boundaries, "boundaries", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    bounds = breaks_of(breaks, list(_MEASURES))
    rows = pd.DataFrame(boundaries.drop(columns="geometry")).reset_index(drop=True)
    rows = rows.assign(shape=np.arange(len(rows)))
    columns = TABLES["boundaries"]
    lines = [
        Line(words["bound_class"], "class"),
        *(Line(columns[name].heading(lang), "name", amount_texts(rows[name])) for name in _AMOUNTS),
    ]
    versions = not rows["comparison"].eq("neighbor").any()
    shown = ["largest_m", *(["lost_m2", "gained_m2"] if versions else ["gap_m2", "overlap_m2"])]
    ways = [
        Measure(
            words[_MEASURES[name]],
            _classes(rows, name, words, bounds[name]),
            lines,
            words[f"{_MEASURES[name]}_legend"],
            words["bound_help"],
        )
        for name in shown
    ]
    foot = [
        *notes,
        _method(rows, words),
    ]
    layer = views_part(
        boundaries,
        rows,
        measures=ways,
        foot=lambda _inside, _way: foot,
        name=words["bound_layer"],
        lang=lang,
        kind="lines",
        titles=_titles(rows, pack_streets(jurisdictions).names, words),
        subtitles=rows["comparison"].map(lambda one: words.get(f"bound_{one}")),
        # Lines of one version only come first in every measure, and are dashed.
        looks=Looks(dash=[True] * len(_ONE_SIDED) + [False] * 10, width=[5.0] * 12),
        outline=jurisdictions is not None,
        above=True,
    )
    return draw_views(
        [layer],
        jurisdictions,
        title=str(title) if title is not None else words["bound_title"],
        date=date,
        lang=lang,
        tiles=tiles,
    )


def _classes(rows: pd.DataFrame, name: str, words: dict[str, str], breaks: Any) -> Classes:
    """Return the classes of a measure, what only one version has before them."""
    bounds = breaks or (_METERS if name == "largest_m" else None)
    found = amount_classes(rows[name], words["bound_same"], bounds)
    codes = found.codes + len(_ONE_SIDED)
    for place, comparison in enumerate(_ONE_SIDED):
        codes = np.where(rows["comparison"].eq(comparison), place, codes)
    names = [words[f"bound_{comparison}"] for comparison in _ONE_SIDED]
    return Classes(
        codes,
        [*names, *found.names],
        [*_ONE_SIDED.values(), *found.colors[:-1], _SAME],
        all_listed=False,
    )


def _titles(rows: pd.DataFrame, names: dict[str, str], words: dict[str, str]) -> list[str]:
    """Return whose boundary every line is."""
    pairs = zip(rows["street_id"].astype(str), rows["neighbor_id"].astype(str), strict=True)
    return [
        names.get(one, one)
        if one == other
        else words["bound_pair"].format(names.get(one, one), names.get(other, other))
        for one, other in pairs
    ]


def _method(rows: pd.DataFrame, words: dict[str, str]) -> str:
    """Return the line at the foot that adds the lengths up."""
    apart = rows["largest_m"].fillna(0).gt(0) | rows["comparison"].isin(list(_ONE_SIDED))
    return words["bound_method"].format(
        pairs=f"{len(rows):,}",
        apart=f"{int(apart.sum()):,}",
        shared=amount_text(float(rows["shared_m"].sum()) / 1000),
        off=amount_text(float(rows["apart_m"].sum()) / 1000),
    )
