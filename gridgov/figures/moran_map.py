"""The map of local Moran as a still picture: clusters of like cells, outliers among unlike ones.

It draws the table "moran" with the colors and words of the web map, and computes nothing
but how many cells stand in each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.taxonomy.category_palette import LISA_COLORS
from gridgov.taxonomy.method import method_sentence

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_moran_map"]


def plot_moran_map(
    clusters: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw clusters and outliers as a still map.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_moran_clusters`, one period and one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells in five colors, high among high to low among low (hatched
        where there is no answer), street outlines and names, legend with the number of
        cells in each class, scale bar, north arrow, heading, date, source and a note on the
        method. :func:`gridgov.plot_moran` draws the scatter plot.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several periods or groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...                       "incidents": [9, 0], "area_km2": 0.1, "neighbors": 1,
    ...                       "cluster_type": ["HL", None]})
    >>> figure = plot_moran_map(conform(cells, "moran"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(clusters, "moran", columns=["cell", "incidents", "cluster_type"])
    check_one_map(clusters, "clusters")
    words = words_for(lang)
    method = method_sentence(
        clusters.attrs.get("moran") or {},
        statistic="local Moran's I",
        incidents=int(clusters["incidents"].sum()),
        cells=len(clusters),
        lang=lang,
    )
    return draw_cell_map(
        clusters,
        jurisdictions,
        classes=classes_of(clusters["cluster_type"], dict(LISA_COLORS), "cluster_type", lang),
        title=title or words["moran_title"],
        date=date,
        legend=words["moran_legend"],
        notes=[*made_note(clusters, source, lang), words["moran_help"], method],
        lang=lang,
    )
