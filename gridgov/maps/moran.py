"""The map of local Moran: clusters of like cells and the outliers among unlike ones.

It draws the table "moran" and computes nothing but how many cells stand in each class.
All text and numbers travel as data and are shown as text (see ``safe_text``).
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
from gridgov.taxonomy.method import method_sentence

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_moran"]

_NEEDED = ["cell", "street_id", "incidents", "value", "lag", "moran_i", "p_value", "q_value"]


def map_moran(
    clusters: pd.DataFrame,
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
    """Draw clusters and outliers as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_moran_clusters`. Several periods get a slider that plays,
        the last one first; several groups a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    compare
        Two periods, or two groups of a table without periods, such as
        ``("2016-05", "2017-05")``: the page opens with the first on the left and the second
        on the right of a handle.
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
        Cells in five colors, high among high to low among low (hatched where there is no
        answer), a legend with the number of cells in each class, and a card at the
        pointer: street, cell, class, incidents, the value tested if it is another one, the
        neighbors' mean, local Moran's I, p, q and, if there is no answer, the reason.
        :func:`gridgov.save_html` writes it as one file.

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
    >>> cells = pd.DataFrame(
    ...     {
    ...         "cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...         "incidents": [9, 0],
    ...         "area_km2": [0.1, 0.1],
    ...         "neighbors": [1, 1],
    ...         "cluster_type": ["HL", None],
    ...     }
    ... )
    >>> page = map_moran(conform(cells, "moran"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(clusters, "moran", columns=[*_NEEDED, "cluster_type", "reason"])
    words = words_for(lang)
    colors = category_colors("moran", palette)
    made = clusters.attrs.get("moran") or {}
    column = made.get("value", "incidents")
    lines = [
        Line(words["cluster_type"], "class"),
        Line(words["incidents"], "count", clusters["incidents"]),
        Line(words["lag"], "digits", clusters["lag"]),
        Line(words["moran_i"], "score", clusters["moran_i"]),
        Line(words["p_value"], "probability", clusters["p_value"]),
        Line(words["q_value"], "probability", clusters["q_value"]),
        Line(words["reason"], "name", in_words(clusters["reason"], "reason", lang)),
    ]
    if column != "incidents":
        lines.insert(2, Line(words["value"], "digits", clusters["value"]))
    sheet = Sheet(
        title=str(title) if title is not None else words["moran_title"],
        date=date,
        legend=words["moran_legend"],
        help=words["moran_help"],
        foot=lambda rows: [*view_notes(rows, lang), _method(rows, made, lang)],
        layer=words["moran_layer"],
        notes=map_notes(source=source, author=author, approval=approval, lang=lang),
    )
    classes = classes_of(clusters["cluster_type"], colors, "cluster_type", lang)
    return draw_cells(
        clusters,
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=sheet,
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def _method(clusters: pd.DataFrame, made: Any, lang: Language) -> str:
    """Return the line at the foot that says how the table was made."""
    return method_sentence(
        made,
        statistic="local Moran's I",
        incidents=int(clusters["incidents"].sum()),
        cells=len(clusters),
        lang=lang,
    )
