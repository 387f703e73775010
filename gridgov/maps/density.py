"""The density map: hexagons from pale to dark, the numbers of each at the pointer.

It draws the table "density" and computes nothing but the bounds of its classes and how many
cells stand in each. All text and numbers travel as data and are shown as text (see
``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.maps.cell_layer import Line, Sheet, draw_cells
from gridgov.maps.map_notes import map_notes
from gridgov.maps.number_classes import number_classes
from gridgov.maps.words import words_for
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_density"]

_NEEDED = ["cell", "street_id", "incidents", "incidents_per_km2", "edge_factor", "bandwidth_m"]


def map_density(
    density: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: str | Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw a density as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    density
        Table of :func:`gridgov.measure_density`.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    breaks
        How the numbers are classed: ``"quantile"``, ``"natural"`` or ``"equal"`` as in
        :func:`gridgov.make_classes`, or one to six ascending bounds above 0, incidents per
        km². Two
        maps compare only with the same bounds. None: up to seven classes of about equally
        many cells, bounds rounded to two figures.
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
        Cells from pale to dark, street outlines and names, legend with the range of each
        class and its number of cells, heading, date, source and a note on the method.
        Pointing at a cell shows its street, id, density, incidents and edge factor.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or the scheme does not exist, `breaks` are no ascending numbers above 0, or a
        note at the foot is empty or too long.
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
    A number on a bound is in the class above. Densities and factors are rounded to two
    places for the screen.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "incidents": [9, 0],
    ...                       "area_km2": 0.1, "incidents_per_km2": [61.5, 28.5]})
    >>> page = map_density(conform(cells, "density"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(density, "density", columns=_NEEDED)
    words = words_for(lang)
    values = density["incidents_per_km2"].to_numpy(dtype=np.float64, na_value=np.nan)
    return draw_cells(
        density,
        jurisdictions,
        classes=number_classes(values, breaks),
        lines=[
            Line(words["incidents_per_km2"], "score", density["incidents_per_km2"]),
            Line(words["density_class"], "class"),
            Line(words["incidents"], "count", density["incidents"]),
            Line(words["edge_factor"], "score", density["edge_factor"]),
        ],
        sheet=Sheet(
            title=str(title) if title is not None else words["density_title"],
            date=date,
            legend=words["density_legend"],
            help=words["density_help"],
            foot=lambda rows: _foot(rows, words, lang),
            layer=words["density_layer"],
            notes=map_notes(source=source, author=author, approval=approval, lang=lang),
        ),
        lang=lang,
        tiles=tiles,
    )


def _foot(density: pd.DataFrame, words: dict[str, str], lang: Language) -> list[str]:
    """Return the line at the foot that says how the density was made."""
    made = density.attrs.get("density") or {}
    width = float(density["bandwidth_m"].iloc[0])
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
    return [method]
