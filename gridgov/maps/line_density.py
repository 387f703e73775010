"""The map of density along lines: alleys from pale to dark and from thin to thick.

It draws the table "line_density" and computes nothing but the bounds of its classes and how
many segments stand in each. All text and numbers travel as data and are shown as text (see
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
from gridgov.maps.cell_layer import Classes, Line
from gridgov.maps.map_notes import map_notes
from gridgov.maps.number_classes import number_bounds
from gridgov.maps.shape_layer import Looks, draw_shapes, shapes_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.sequence import SEQUENCE_COLORS, class_codes, class_texts

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_line_density"]

_NEEDED = ["line_id", "segment", "length_m", "incidents", "incidents_per_km", "geometry"]
# Lines on a pale ground need more contrast than cells that touch: the palest color is left
# out, as in the figure.
_COLORS = ("#d9c07a", *SEQUENCE_COLORS[2:])
_WIDTHS = (2.0, 2.5, 3.0, 3.6, 4.3, 5.2)


def map_line_density(
    line_density: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lines: pd.DataFrame | None = None,
    breaks: str | Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw the density along lines as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    line_density
        Table of :func:`gridgov.measure_line_density`.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. No outlines when None.
    lines
        Table "lines": the names of the lines. Without it they go by their ids.
    breaks
        How the numbers are classed: ``"quantile"``, ``"natural"`` or ``"equal"`` as in
        :func:`gridgov.make_classes`, or one to five ascending bounds above 0, incidents per
        km. Two maps compare only with the same bounds. None: up to six classes of about
        equally many segments, bounds rounded to two figures.
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
        Segments in up to six colors, the dense ones thick and on top; legend with the
        number of segments in each class; a note on the method and on incidents left out.
        Pointing at a segment shows its line, density, class, incidents on it, length and
        edge factor. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or the scheme does not exist, `breaks` are no ascending numbers above 0, or
        a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no segments.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If no segment has a place, or Folium does not know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from gridgov.checks import conform
    >>> segments = gpd.GeoDataFrame(
    ...     {"line_id": "R", "segment": [1, 2], "length_m": 85.0, "incidents": [0, 1],
    ...      "incidents_per_km": [2.0, 9.0]}, crs="EPSG:4326",
    ...     geometry=[LineString([(116.200, 39.9), (116.201, 39.9)]),
    ...               LineString([(116.201, 39.9), (116.202, 39.9)])])
    >>> page = map_line_density(conform(segments, "line_density"), breaks=[5], lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(line_density, "line_density", columns=_NEEDED)
    words = words_for(lang)
    ids = line_density["line_id"].astype(str)
    names = ids
    if lines is not None:
        check_table(lines, "lines", columns=["line_id", "line"])
        known = dict(zip(lines["line_id"].astype(str), lines["line"], strict=True))
        found = ids.map(known)
        names = found.where(found.notna(), ids)
    segments = [
        words["line_segment"].format(one, number)
        for one, number in zip(ids.tolist(), line_density["segment"].tolist(), strict=True)
    ]
    classes, widths = _classes(line_density, breaks)
    layer = shapes_part(
        line_density,
        classes=classes,
        lines=[
            Line(words["incidents_per_km"], "score", line_density["incidents_per_km"]),
            Line(words["density_class"], "class"),
            Line(words["incidents"], "count", line_density["incidents"]),
            Line(words["length_m"], "digits", line_density["length_m"]),
            Line(words["edge_factor"], "score", _column(line_density, "edge_factor")),
        ],
        name=words["line_density_layer"],
        heading=words["line_density_legend"],
        help=words["line_density_help"],
        lang=lang,
        kind="lines",
        titles=names,
        subtitles=segments,
        looks=Looks(width=widths),
    )
    return draw_shapes(
        [layer],
        jurisdictions,
        title=str(title) if title is not None else words["line_density_title"],
        date=date,
        foot=[
            *map_notes(source=source, author=author, approval=approval, lang=lang),
            _method(line_density, words, lang),
        ],
        lang=lang,
        tiles=tiles,
    )


def _classes(line_density: pd.DataFrame, breaks: Any) -> tuple[Classes, list[float]]:
    """Return the classes of the segments, densest first, and the widths of their lines."""
    values = line_density["incidents_per_km"].to_numpy(dtype=np.float64, na_value=np.nan)
    bounds = number_bounds(values, breaks, most=len(_COLORS))
    last = len(bounds)
    codes = np.where(np.isfinite(values), last - class_codes(values, bounds), last + 1)
    # So many classes evenly among the colors, the ends included.
    places = np.linspace(0, len(_COLORS) - 1, last + 1).round().astype(int).tolist()[::-1]
    colors = [_COLORS[place] for place in places]
    return Classes(codes, class_texts(bounds)[::-1], colors), [_WIDTHS[place] for place in places]


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column, missing throughout where the table lacks it."""
    missing = pd.Series(np.nan, index=table.index)
    return table[name] if name in table.columns else missing


def _method(line_density: gpd.GeoDataFrame, words: dict[str, str], lang: Language) -> str:
    """Return the line at the foot on how the density was made, and what was left out."""
    made = line_density.attrs.get("line_density") or {}
    parts = []
    if made:
        parts = [
            label("network", str(made["method"]), lang),
            label("kernel", str(made["kernel"]), lang),
            words["density_bandwidth"].format(f"{made['bandwidth_m']:,.0f}"),
        ]
    lead, comma = ("：", "，") if lang == "zh" else (": ", ", ")
    method = words["line_density_method"].format(
        incidents=f"{int(line_density['incidents'].sum()):,}",
        length=f"{float(line_density['length_m'].sum()) / 1000:,.1f}",
        how=lead + comma.join(parts) if parts else "",
    )
    far = (made.get("fates") or {}).get("too_far", 0)
    if far:
        left_out = words["line_density_left_out"].format(count=far, meters=made["max_snap_m"])
        method = f"{method} {left_out}" if lang == "en" else method + left_out
    return method
