"""The hotspot map as a still picture for reports, slides and the wall.

Cells are drawn in a local equal-area plane, so that shapes are right at any latitude and
the scale bar is true; colors are those of the web map. The picture draws the table and
computes nothing but how many cells stand in each class. It looks the same on every
machine, whichever fonts are installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.taxonomy.method import method_sentence
from gridgov.taxonomy.palette import spot_colors

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_hotspots", "save_png"]


def plot_hotspots(
    hotspots: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw the hotspot map as a still picture.

    Parameters
    ----------
    hotspots
        Table "hotspots" of one period and one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed below the map.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells in seven colors (hatched where there is no answer), street
        outlines and names, legend with the number of cells in each class, scale bar,
        north arrow, heading, date, source and a note on the method. It belongs to no
        pyplot state; ``figure.savefig(path)`` or :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist.
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

    Notes
    -----
    The plane is Lambert azimuthal equal-area about the middle of the cells, in meters, one
    scale for both directions. A name is placed at the inmost point of its street, larger
    streets first; a name without room is left out and counted below the map.

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
    ...         "spot": ["hot 99", None],
    ...     }
    ... )
    >>> figure = plot_hotspots(conform(cells, "hotspots"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(hotspots, "hotspots", columns=["cell", "incidents", "spot"])
    check_one_map(hotspots, "hotspots")
    words = words_for(lang)
    found = spot_colors(palette)
    classes = classes_of(
        hotspots["spot"], {term: found[term] for term in reversed(SPOTS)}, "spot", lang
    )
    method = method_sentence(
        hotspots.attrs.get("hotspots") or hotspots.attrs.get("hotspot_bins") or {},
        statistic="Getis-Ord Gi*",
        incidents=int(hotspots["incidents"].sum()),
        cells=len(hotspots),
        lang=lang,
    )
    return draw_cell_map(
        hotspots,
        jurisdictions,
        classes=classes,
        title=title or words["hotspots_title"],
        date=date,
        legend=words["hotspots_legend"],
        notes=[*made_note(hotspots, source, lang), method, words["q_means"]],
        lang=lang,
    )


def save_png(figure: Figure, path: str | Path, *, dpi: int = 300) -> Path:
    """Write a figure as PNG, the same bytes for the same figure.

    Parameters
    ----------
    figure
        What :func:`plot_hotspots` returned.
    path
        The file to write.
    dpi
        Dots an inch: 300 for print.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # Without this the file would name the version of matplotlib that wrote it.
    figure.savefig(path, format="png", dpi=dpi, metadata={"Software": None})
    return Path(path)
