"""The map of reach: how much of every cell facilities reach, and how far the nearest is.

It draws the table "reach", and the facilities with the circles they reach where they are
given, and computes nothing but the classes. All text and numbers travel as data and are
shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError
from gridgov.maps.cell_layer import Line, Measure, Sheet, draw_cells
from gridgov.maps.coverage_classes import (
    amount_classes,
    breaks_of,
    distance_classes,
    floats,
    share_classes,
    share_text,
    whole_classes,
)
from gridgov.maps.facilities_layer import facilities_layer, facility_names
from gridgov.maps.map_notes import map_notes
from gridgov.maps.reach_words import reach_how
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_reach"]

_NEEDED = [
    *("cell", "group", "street_id", "area_km2", "folds"),
    *("nearest_id", "nearest_m", "second_id", "second_m", "snap_m"),
    *("facilities_within", "capacity_within", "reached_share"),
    *("incidents", "incidents_reached", "population", "population_reached"),
]
_MEASURES = ("reached_share", "nearest_m", "facilities_within", "incidents_unreached")


def map_reach(
    reach: pd.DataFrame,
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
    """Draw what facilities reach, cell by cell, and the facilities with their circles.

    Parameters
    ----------
    reach
        Table of :func:`gridgov.measure_reach`. Several kinds of facilities get a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    facilities
        The table that reach was measured from: drawn above the cells, those of one kind at
        a time where reach was measured by kind. Without it facilities go by their ids.
        Of more than 60 at once only the circle of the one pointed at is drawn.
    breaks
        Ascending bounds between the classes by column (``reached_share``, ``nearest_m``,
        ``facilities_within``, ``incidents_unreached``), such as
        ``{"nearest_m": [300, 500, 1000]}``; two maps compare only with the same ones.
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
        Cells from pale to dark by the share of their land that is reached, in a warm color
        where nothing is; a switch to the distance to the nearest facility, to how many reach
        the cell, and to the incidents that are not reached. Pointing at a cell shows the
        nearest and second nearest facility, distances, capacity, incidents and inhabitants;
        pointing at a facility its kind, reach and capacity.
        :func:`gridgov.save_html` writes it as one file.

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
        If `jurisdictions` or `facilities` are not in EPSG:4326.
    MapError
        If there are too many classes or Folium does not know `tiles`.

    Notes
    -----
    Circles say how far a facility reaches in a straight line. Reach that was measured along
    a network is smaller, and no circle is drawn for it.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> from gridgov.coverage.reach.reach import measure_reach
    >>> from gridgov.place.grid import make_grid
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"], "street": ["A"]},
    ...                            geometry=[box(116.20, 39.90, 116.21, 39.91)], crs="EPSG:4326")
    >>> post = gpd.GeoDataFrame({"facility_id": ["P1"], "reach_m": [300.0]},
    ...                         geometry=[Point(116.205, 39.905)], crs="EPSG:4326")
    >>> reach = measure_reach(post, make_grid(streets, resolution=9), jurisdictions=streets)
    >>> type(map_reach(reach, streets, facilities=post, lang="zh")).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(reach, "reach", columns=_NEEDED)
    check_facilities(facilities)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    bounds = breaks_of(breaks, _MEASURES)
    rows = reach.reset_index(drop=True)
    ways = _ways(rows, bounds, _lines(rows, facility_names(facilities), lang), words)
    made = reach.attrs.get("reach") or {}
    how = reach_how(reach, lang)
    first = ways[0]
    return draw_cells(
        rows,
        jurisdictions,
        classes=first.classes,
        lines=first.lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["reach_title"],
            date=date,
            legend=first.legend,
            help=first.help,
            foot=lambda inside: [
                *notes,
                _method(inside, words),
                *how,
            ],
            layer=first.name,
        ),
        lang=lang,
        tiles=tiles,
        measures=ways[1:],
        over=[] if facilities is None else [_over(rows, facilities, made, len(ways), lang)],
        headings={"group": words["street_reach_choice"]},
    )


def check_facilities(facilities: Any) -> None:
    """Refuse facilities that cannot be drawn.

    Raises
    ------
    ColumnsError
        If they lack their id or place.
    """
    if facilities is None:
        return
    lacking = [name for name in ("facility_id", "geometry") if name not in facilities.columns]
    if lacking:
        raise ColumnsError(
            f"facilities must have the columns facility_id and geometry. Found: "
            f"{', '.join(map(str, facilities.columns))}. gridgov.read_facilities(...) makes them.",
            problems=[{"table": "facilities", "column": n, "problem": "missing"} for n in lacking],
        )


def _lines(rows: pd.DataFrame, names: dict[str, str], lang: Language) -> list[Line]:
    """Return what the card says of a cell; columns that the table leaves empty are left out."""
    columns = TABLES["reach"]

    def line(name: str, kind: Any, values: Any = None) -> Line:
        return Line(columns[name].heading(lang), kind, rows[name] if values is None else values)

    def named(name: str) -> pd.Series:
        ids = rows[name].astype(object)
        return ids.map(lambda one: names.get(one, one), na_action="ignore")

    found = [
        line("reached_share", "percent"),
        line("nearest_id", "name", named("nearest_id")),
        line("nearest_m", "digits"),
        line("second_id", "name", named("second_id")),
        line("second_m", "digits"),
        line("snap_m", "digits"),
        line("facilities_within", "count"),
        line("capacity_within", "digits"),
    ]
    # Whole numbers are shown to the last digit, and so are either all there or all missing.
    found += [
        line(name, "count")
        for name in ("incidents", "incidents_reached")
        if rows[name].notna().all()
    ]
    return [*found, *(line(name, "digits") for name in ("population", "population_reached"))]


def _ways(
    rows: pd.DataFrame, bounds: dict[str, Any], lines: list[Line], words: dict[str, str]
) -> list[Measure]:
    """Return the ways to color the cells."""
    folds = int(rows["folds"].max())
    help = words["reach_help"] if folds == 1 else words["reach_help_folds"].format(folds)
    if rows.attrs.get("reach", {}).get("distance") == "network":
        help = words["reach_help_network"]
    heading = words["reach_cells"]
    ways = [
        Measure(
            words["reach_layer"],
            share_classes(rows["reached_share"], words, bounds["reached_share"]),
            lines,
            heading.format(words["reach_layer"]),
            help,
        ),
        Measure(
            words["reach_nearest"],
            distance_classes(rows["nearest_m"], bounds["nearest_m"]),
            lines,
            words["reach_nearest_legend"],
            words["reach_nearest_help"],
        ),
        Measure(
            words["reach_folds"],
            whole_classes(rows["facilities_within"], bounds["facilities_within"]),
            lines,
            heading.format(words["reach_folds"]),
            words["reach_folds_help"],
        ),
    ]
    if rows["incidents"].notna().all():
        unreached = floats(rows["incidents"]) - floats(rows["incidents_reached"])
        ways.append(
            Measure(
                words["reach_unreached"],
                amount_classes(unreached, words["zero"], bounds["incidents_unreached"]),
                lines,
                heading.format(words["reach_unreached"]),
                words["reach_unreached_help"],
            )
        )
    return ways


def _over(
    rows: pd.DataFrame,
    facilities: gpd.GeoDataFrame,
    made: dict[str, Any],
    measures: int,
    lang: Language,
) -> Any:
    """Return the layer of the facilities, those of the kind that is chosen."""
    by = made.get("by")
    radius = made.get("distance_m")
    if made.get("distance") == "network":
        radius_m: Any = np.full(len(facilities), np.nan)
    else:
        radius_m = None if radius is None else np.full(len(facilities), float(radius))
    known = by is not None and by in facilities.columns
    return facilities_layer(
        facilities,
        lang=lang,
        radius_m=radius_m,
        group=facilities[by].astype(object) if known else None,
        groups=rows["group"].drop_duplicates().tolist() if known else [],
        measures=measures,
    )


def _method(inside: pd.DataFrame, words: dict[str, str]) -> str:
    """Return the line at the foot that adds up the cells in sight."""
    area, share = floats(inside["area_km2"]), floats(inside["reached_share"])
    known = np.isfinite(share)
    land = float(area[known].sum())
    reached = share_text(float((area * share)[known].sum()) / land) if land > 0 else "–"
    text = words["reach_method"].format(cells=f"{len(inside):,}", share=reached)
    if not inside["incidents"].notna().all():
        return text
    more = words["reach_method_incidents"].format(
        reached=f"{int(inside['incidents_reached'].sum()):,}",
        incidents=f"{int(inside['incidents'].sum()):,}",
    )
    return f"{text} {more}" if words["reach_method"].endswith(".") else text + more
