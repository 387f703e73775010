"""The map of access: capacity for every cell's demand, against the mean.

It draws the table "access", and the facilities with their catchments where they are given.
All text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells
from gridgov.maps.coverage_classes import (
    amount_classes,
    amount_text,
    amount_texts,
    breaks_of,
    floats,
    whole_classes,
)
from gridgov.maps.facilities_layer import facilities_layer, facility_names
from gridgov.maps.map_notes import map_notes
from gridgov.maps.reach_words import distance_phrase
from gridgov.maps.words import words_for
from gridgov.taxonomy.coverage_palette import ACCESS_COLORS, NO_ACCESS_COLOR
from gridgov.taxonomy.sequence import class_codes, class_texts

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_access"]

_NEEDED = ["cell", "group", "street_id", "demand", "facilities_within", "access", "access_ratio"]
_OF_FACILITIES = [
    *("facility_id", "group", "reach_m", "capacity"),
    *("cells_within", "demand_within", "capacity_per_demand", "geometry"),
]
_MEASURES = ("access_ratio", "access", "facilities_within", "demand")
# As far below the mean as above it, in proportion.
_RATIOS = [0.25, 0.5, 0.8, 1.25, 2.0, 4.0]


def map_access(
    access: Any,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    facilities: gpd.GeoDataFrame | None = None,
    breaks: Mapping[str, Sequence[float]] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw how much capacity there is for the demand of every cell.

    Parameters
    ----------
    access
        What :func:`gridgov.measure_access` returned, or its ``cells`` alone, which are drawn
        without facilities. Several kinds of facilities get a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    facilities
        Table of :func:`gridgov.read_facilities`: the names and kinds of the facilities,
        which otherwise go by their ids.
    breaks
        Ascending bounds between the classes by column (``access_ratio``, ``access``,
        ``facilities_within``, ``demand``), such as ``{"access_ratio": [0.5, 0.8, 1.25, 2]}``.
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
        Cells from brown (far below the mean) to green (far above), in lilac where no
        facility reaches; a switch to access in its own unit, to the facilities within reach
        and to demand. Facilities with their reach; the card of one tells its catchment:
        cells, demand, and capacity per demand. :func:`gridgov.save_html` writes it as one
        file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `breaks` are no ascending numbers above 0 or for no column
        that is drawn, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If there are too many classes or Folium does not know `tiles`.

    Notes
    -----
    Access compares cells of one table only: with another unit of demand, reach or decay it
    is another number. Bounds of the ratio are classed around 1, the mean over all demand.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import points
    >>> from gridgov.coverage.reach.access import measure_access
    >>> from gridgov.geo.hexgrid import cell_centers
    >>> cells = pd.array([0x8931AA50E23FFFF, 0x8931AA50E27FFFF], "uint64")
    >>> counts = pd.DataFrame({"cell": cells, "incidents": [10, 30]})
    >>> posts = gpd.GeoDataFrame(
    ...     {"facility_id": ["P", "Q"], "capacity": [20, 15], "reach_m": [500.0, 100.0]},
    ...     geometry=points(*cell_centers(cells.to_numpy())), crs="EPSG:4326")
    >>> type(map_access(measure_access(posts, counts), lang="zh")).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    cells, catchments = _parted(access)
    check_table(cells, "access", columns=_NEEDED)
    if catchments is not None:
        check_table(catchments, "catchments", columns=_OF_FACILITIES, allow_empty=True)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    bounds = breaks_of(breaks, _MEASURES)
    rows = cells.reset_index(drop=True)
    columns = TABLES["access"]
    lines = [
        Line(columns["access_ratio"].heading(lang), "digits", rows["access_ratio"]),
        Line(columns["access"].heading(lang), "digits", rows["access"]),
        Line(columns["demand"].heading(lang), "digits", rows["demand"]),
        Line(columns["facilities_within"].heading(lang), "count", rows["facilities_within"]),
    ]
    ways = _ways(rows, bounds, lines, words)
    first = ways[0]
    over = []
    if catchments is not None and len(catchments):
        over = [_over(catchments, facilities, rows, len(ways), lang)]
    made = cells.attrs.get("access") or {}
    return draw_cells(
        rows,
        jurisdictions,
        classes=first.classes,
        lines=lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["access_title"],
            date=date,
            legend=first.legend,
            help=first.help,
            foot=lambda inside: [
                *notes,
                *_method(inside, made, words, lang),
            ],
            layer=first.name,
        ),
        lang=lang,
        tiles=tiles,
        measures=ways[1:],
        over=over,
        headings={"group": words["street_reach_choice"]},
    )


def _parted(access: Any) -> tuple[Any, Any]:
    """Return the cells, and the facilities where they came along."""
    if isinstance(access, tuple) and len(access) == 2:
        return access
    return access, None


def _ways(
    rows: pd.DataFrame, bounds: dict[str, Any], lines: list[Line], words: dict[str, str]
) -> list[Measure]:
    """Return the ways to color the cells."""
    reached = floats(rows["access"]) > 0
    return [
        Measure(
            words["access_layer"],
            _ratio_classes(rows, reached, bounds["access_ratio"] or _RATIOS, words),
            lines,
            words["access_legend"],
            words["access_help"],
        ),
        Measure(
            words["access_value"],
            amount_classes(rows["access"], words["access_none"], bounds["access"]),
            lines,
            words["access_value_legend"],
            words["access_value_help"],
        ),
        Measure(
            words["reach_folds"],
            whole_classes(rows["facilities_within"], bounds["facilities_within"]),
            lines,
            words["reach_cells"].format(words["reach_folds"]),
            words["reach_folds_help"],
        ),
        Measure(
            words["access_demand"],
            amount_classes(rows["demand"], words["zero"], bounds["demand"]),
            lines,
            words["access_demand_legend"],
            words["access_demand_help"],
        ),
    ]


def _ratio_classes(
    rows: pd.DataFrame, reached: Any, bounds: list[float], words: dict[str, str]
) -> Classes:
    """Return classes around the mean, the best first, and one for cells that none reaches."""
    ratio = floats(rows["access_ratio"])
    last = len(bounds)
    codes = last - class_codes(ratio, bounds)
    codes = np.where(reached, codes, last + 1)
    codes = np.where(np.isnan(ratio) & reached, last + 2, codes)
    # The class with the mean has the pale color, and the others go out from there.
    middle = int(class_codes([1.0], bounds)[0])
    half = len(ACCESS_COLORS) // 2
    places = [
        half + round((k - middle) * half / max(middle if k < middle else last - middle, 1))
        for k in range(last + 1)
    ]
    colors = [ACCESS_COLORS[place] for place in places][::-1]
    return Classes(
        codes.astype(np.int64),
        [*class_texts(bounds)[::-1], words["access_none"]],
        [*colors, NO_ACCESS_COLOR],
    )


def _over(
    catchments: gpd.GeoDataFrame,
    facilities: Any,
    rows: pd.DataFrame,
    measures: int,
    lang: Language,
) -> Any:
    """Return the layer of the facilities with their catchments."""
    columns = TABLES["catchments"]
    table = catchments.reset_index(drop=True)
    ids = table["facility_id"].astype(str)
    names = facility_names(facilities)
    table = table.assign(facility=[names.get(one, one) for one in ids])
    if facilities is not None and "kind" in facilities.columns:
        kinds = dict(zip(facilities["facility_id"].astype(str), facilities["kind"], strict=True))
        table = table.assign(kind=ids.map(kinds).to_numpy(dtype=object))
    told = ("capacity", "reach_m", "cells_within", "demand_within", "capacity_per_demand")
    return facilities_layer(
        table,
        lang=lang,
        lines=[
            Line(columns[name].heading(lang), "name", amount_texts(table[name])) for name in told
        ],
        group=table["group"].astype(object),
        groups=rows["group"].drop_duplicates().tolist(),
        measures=measures,
    )


def _method(
    inside: pd.DataFrame, made: dict[str, Any], words: dict[str, str], lang: Language
) -> list[str]:
    """Return the lines at the foot that say how the table was made, as far as it tells."""
    if not made:
        return []
    decay = made["decay"]
    decayed = words[
        f"access_decay_{decay if isinstance(decay, str) else 'own' if decay else 'none'}"
    ]
    how = distance_phrase(made["distance"], made["distance_m"], lang)
    lines = [words["access_method"].format(cells=f"{len(inside):,}", how=how, decay=decayed)]
    group = inside["group"].iloc[0]
    here = [
        one
        for one in made["groups"]
        if one["group"] == group or (pd.isna(one["group"]) and pd.isna(group))
    ]
    if len(here) == 1:
        lines.append(
            words["access_totals"].format(
                capacity=amount_text(here[0]["capacity"]),
                demand=amount_text(here[0]["demand"]),
                unserved=amount_text(here[0]["demand_unserved"]),
                unused=amount_text(here[0]["capacity_unused"]),
            )
        )
    return lines
