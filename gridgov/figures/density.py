"""The density map as a still picture: hexagons from pale to dark.

It draws the table "density" with the classes, colors and words of the web map, and
computes nothing but the bounds of the classes and how many cells stand in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.number_classes import number_classes
from gridgov.maps.words import words_for
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_density"]


def plot_density(
    density: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw a density as a still map.

    Parameters
    ----------
    density
        Table of :func:`gridgov.measure_density`.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    breaks
        One to six ascending bounds between the classes, incidents per km²; two maps compare only
        with the same ones, such as :func:`gridgov.make_classes` gives. None: up to seven
        classes of about equally many cells, bounds rounded to two figures.
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
        10 × 7.5 inches: cells from pale to dark, street outlines and names, legend with the
        range of each class and its number of cells, scale bar, north arrow, heading, date,
        source and a note on the method. :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several maps.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    A number on a bound is in the class above.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "incidents": [9, 0],
    ...                       "area_km2": 0.1, "incidents_per_km2": [61.5, 28.5]})
    >>> figure = plot_density(conform(cells, "density"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(density, "density", columns=["cell", "incidents", "incidents_per_km2"])
    check_one_map(density, "density")
    words = words_for(lang)
    values = density["incidents_per_km2"].to_numpy(dtype=np.float64)
    return draw_cell_map(
        density,
        jurisdictions,
        classes=number_classes(values, breaks),
        title=title or words["density_title"],
        date=date,
        legend=words["density_legend"],
        notes=[
            *made_note(density, source, lang),
            words["density_help"],
            _method(density, words, lang),
        ],
        lang=lang,
    )


def _method(density: pd.DataFrame, words: dict[str, str], lang: Language) -> str:
    """Return the note on how the density was made."""
    made = density.attrs.get("density") or {}
    width = float(density["bandwidth_m"].iloc[0]) if "bandwidth_m" in density else np.nan
    parts = [label("kernel", str(made["kernel"]), lang)] if made.get("kernel") else []
    if np.isfinite(width):
        parts.append(words["density_bandwidth"].format(f"{width:,.0f}"))
    if made.get("rule"):
        parts.append(words["density_rule"].format(label("rule", str(made["rule"]), lang)))
    if made:
        parts.append(label("edge", str(made.get("edge")), lang))
    method = words["density_method"].format(
        incidents=f"{int(density['incidents'].sum()):,}",
        cells=f"{len(density):,}",
        how=("，" if lang == "zh" else ", ").join(parts),
    )
    # Without the record of how the table was made nothing follows the colon.
    return method if parts else method.replace(": .", ".").replace("：。", "。")
