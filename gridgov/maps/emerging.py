"""Maps of change over time: emerging hotspots, classes of persistence, trends.

Each draws its table and computes nothing but how many cells stand in each class. All
text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.maps.cell_layer import (
    Line,
    Sheet,
    classes_of,
    draw_cells,
    in_words,
    view_notes,
)
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.taxonomy.category_palette import category_colors
from gridgov.taxonomy.method import rings_phrase

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_emerging", "map_persistence", "map_trends"]

_KEY = ["cell", "street_id", "incidents", "periods"]


def map_emerging(
    emerging: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    compare: Sequence[Any] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw emerging hotspots as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    emerging
        Table "emerging". Several groups get a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    compare
        Two groups, such as ``("占道经营", "暴露垃圾")``: the page opens with the first on the
        left and the second on the right of a handle.
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
        Cells in the colors of their categories, a legend of those that occur with their
        number of cells, and a card at the pointer: street, cell, category, incidents,
        shares of hot and cold periods, spot of the last period, trend z and p, and the
        reason where there is no answer. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist, `compare` is not in the table, or a
        note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...                       "incidents": [9, 0], "area_km2": 0.1, "periods": 12,
    ...                       "category": ["new hot", "no pattern"]})
    >>> page = map_emerging(conform(cells, "emerging"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    needed = ["category", "trend_z", "trend_p", "hot_share", "cold_share", "last_spot", "reason"]
    check_table(emerging, "emerging", columns=[*_KEY, *needed])
    words = words_for(lang)
    lines = [
        Line(words["category"], "class"),
        Line(words["incidents"], "count", emerging["incidents"]),
        Line(words["hot_share"], "percent", emerging["hot_share"]),
        Line(words["cold_share"], "percent", emerging["cold_share"]),
        Line(words["last_spot"], "name", in_words(emerging["last_spot"], "spot", lang)),
        Line(words["trend_z"], "score", emerging["trend_z"]),
        Line(words["trend_p"], "probability", emerging["trend_p"]),
        Line(words["reason"], "name", in_words(emerging["reason"], "reason", lang)),
    ]
    sheet = Sheet(
        title=str(title) if title is not None else words["emerging_title"],
        date=date,
        legend=words["category_legend"],
        help=words["emerging_help"],
        foot=lambda rows: [*view_notes(rows, lang), _method(rows, "emerging", lang)],
        layer=words["emerging_layer"],
        notes=map_notes(source=source, author=author, approval=approval, lang=lang),
    )
    classes = classes_of(
        emerging["category"],
        category_colors("emerging", palette),
        "emerging",
        lang,
        all_listed=False,
    )
    return draw_cells(
        emerging,
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=sheet,
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def map_persistence(
    persistence: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    compare: Sequence[Any] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw persistent, emerging, intermittent and former hotspots as a map.

    Parameters
    ----------
    persistence
        Table "persistence". Several groups get a switch.
    jurisdictions, palette, compare, lang, title, source, date, author, approval, tiles
        As in :func:`map_emerging`.

    Returns
    -------
    folium.Map
        Cells in the colors of their classes, with the shares of hot and cold periods, all
        and recent, at the pointer.

    Raises
    ------
    OptionError, ColumnsError, EmptyTableError, DatumError, MapError
        As in :func:`map_emerging`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF], "incidents": [9], "area_km2": 0.1,
    ...                       "periods": 12, "category": ["former hot"]})
    >>> page = map_persistence(conform(cells, "persistence"))
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    shares = ["hot_share", "cold_share", "recent_hot_share", "recent_cold_share"]
    check_table(persistence, "persistence", columns=[*_KEY, "category", *shares, "reason"])
    words = words_for(lang)
    made = persistence.attrs.get("persistence") or {}
    # Without the record of how the table was made, the rules cannot be told in numbers.
    told = (
        words["persistence_help"].format(
            persistent=f"{100 * made['persistent_share']:g}",
            least=f"{100 * made['hotspot_share']:g}",
            recent=made["recent_periods"],
        )
        if made
        else ""
    )
    lines = [
        Line(words["category"], "class"),
        Line(words["incidents"], "count", persistence["incidents"]),
        *(Line(words[share], "percent", persistence[share]) for share in shares),
        Line(words["reason"], "name", in_words(persistence["reason"], "reason", lang)),
    ]
    sheet = Sheet(
        title=str(title) if title is not None else words["persistence_title"],
        date=date,
        legend=words["category_legend"],
        help=told,
        foot=lambda rows: [*view_notes(rows, lang), _method(rows, "persistence", lang)],
        layer=words["persistence_layer"],
        notes=map_notes(source=source, author=author, approval=approval, lang=lang),
    )
    classes = classes_of(
        persistence["category"], category_colors("persistence", palette), "persistence", lang
    )
    return draw_cells(
        persistence,
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=sheet,
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def map_trends(
    trends: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    compare: Sequence[Any] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw where incidents rise and where they fall as a map.

    Parameters
    ----------
    trends
        Table "trends". Several groups get a switch.
    jurisdictions, palette, compare, lang, title, source, date, author, approval, tiles
        As in :func:`map_emerging`.

    Returns
    -------
    folium.Map
        Cells that rise, fall or do neither, with incidents, Sen's slope, z, p and q at the
        pointer.

    Raises
    ------
    OptionError, ColumnsError, EmptyTableError, DatumError, MapError
        As in :func:`map_emerging`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF], "incidents": [9], "area_km2": 0.1,
    ...                       "periods": 12, "kendall_s": 40, "kendall_variance": 212.7,
    ...                       "slope": 0.5, "trend": ["up"]})
    >>> page = map_trends(conform(cells, "trends"))
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    needed = ["trend", "slope", "trend_z", "trend_p", "trend_q"]
    check_table(trends, "trends", columns=[*_KEY, *needed])
    words = words_for(lang)
    alpha = (trends.attrs.get("trends") or {}).get("alpha")
    lines = [
        Line(words["trend"], "class"),
        Line(words["incidents"], "count", trends["incidents"]),
        Line(words["slope"], "score", trends["slope"]),
        Line(words["trend_z"], "score", trends["trend_z"]),
        Line(words["trend_p"], "probability", trends["trend_p"]),
        Line(words["trend_q"], "probability", trends["trend_q"]),
    ]
    sheet = Sheet(
        title=str(title) if title is not None else words["trends_title"],
        date=date,
        legend=words["trends_legend"],
        help=words["trends_help"].format(alpha=f"{alpha:g}") if alpha else "",
        foot=lambda rows: [*view_notes(rows, lang), _method(rows, "trends", lang)],
        layer=words["trends_layer"],
        notes=map_notes(source=source, author=author, approval=approval, lang=lang),
    )
    classes = classes_of(trends["trend"], category_colors("trends", palette), "trend", lang)
    return draw_cells(
        trends,
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=sheet,
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def _method(table: pd.DataFrame, name: str, lang: Language) -> str:
    """Return the line at the foot that says how the table was made."""
    words = words_for(lang)
    made = table.attrs.get(name) or {}
    null = words.get(f"bins_{made.get('null')}", "")
    window = words[f"window_{made.get('window', 'individual_step')}"]
    return words[f"{name}_method"].format(
        incidents=f"{int(table['incidents'].sum()):,}",
        cells=f"{len(table):,}",
        periods=int(table["periods"].iloc[0]),
        rings=rings_phrase(made.get("rings"), lang),
        null=null.format(window),
    )
