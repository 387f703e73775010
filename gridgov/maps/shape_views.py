"""The layer of shapes that change with the measure, group and period a reader chooses.

Streets by month and channel, patrol tracks by day, the walks of a plan: each shape has a
class and a card in every view that it has a row in. A street without a row is hatched as
one without an answer; any other shape is not drawn. Classes, words and looks come from the
caller. All text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.cell_layer import Measure
from gridgov.maps.cell_periods import table_views
from gridgov.maps.cell_values import pack_line
from gridgov.maps.packing import Column, codes
from gridgov.maps.page import Part, draw
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_paths import Bounds, Kind, bounds_of, painting_order, paths_of
from gridgov.maps.streets import check_degrees, pack_streets, streets_part
from gridgov.maps.view_packing import (
    PALE,
    choices,
    corners_of,
    first_classes,
    legend_section,
    opening_view,
    pack_views,
    styles_of,
)
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["ViewsLayer", "draw_streets", "draw_views", "views_part"]

Integers = NDArray[np.int64]


class ViewsLayer(NamedTuple):
    """A layer ready for a page.

    Attributes
    ----------
    part
        For :func:`gridgov.maps.page.draw`.
    legend
        Sections of the legend in the first view.
    foot
        Lines at the foot in the first view.
    bounds
        West, south, east, north; None when no shape has a place.
    """

    part: Part
    legend: list[dict[str, Any]]
    foot: list[str]
    bounds: Bounds | None


def views_part(
    shapes: gpd.GeoDataFrame,
    rows: pd.DataFrame,
    *,
    measures: Sequence[Measure],
    foot: Callable[[pd.DataFrame, int], list[str]],
    name: str,
    lang: Language,
    kind: Kind = "areas",
    titles: Any = None,
    subtitles: Any = None,
    numbers: Any = None,
    looks: Looks | None = None,
    headings: Mapping[str, str] | None = None,
    first: tuple[int, int] | None = None,
    also: Callable[[pd.DataFrame], list[dict[str, Any]]] | None = None,
    outline: bool = True,
    period_labels: Sequence[str] | None = None,
    zoom: bool = False,
    comparable: bool = True,
    follows: int | None = None,
    rest: bool = True,
    radius_m: Any = None,
    above: bool = False,
) -> ViewsLayer:
    """Return a layer of shapes with a view for every measure, group and period.

    Parameters
    ----------
    shapes
        One row a shape, with ``geometry`` in EPSG:4326.
    rows
        One row a shape in a view, with ``shape`` (its place in `shapes`) and, where there is
        something to choose, ``group`` (text to show) and ``period``.
    measures
        The ways to color the rows; classes and lines in the order of `rows`.
    foot
        Makes the lines at the foot of the rows of a view and the place of its measure; as
        many in each view.
    name
        Name of the layer: our own words, never text of a record.
    lang
        Language of the fixed words.
    kind
        ``areas``, ``lines``, ``points`` or ``tracks``.
    titles, subtitles, numbers
        Texts of every shape: heading of its card, the line below it, text in a point.
    looks
        Look of the classes, the same in all measures.
    headings
        What a reader chooses, in place of the usual words for ``group`` and ``period``.
    first
        The group and the period that show first; the first group in its last period when
        None.
    also
        Makes further sections of the legend of the rows of a view.
    outline
        Whether the legend names the outlines of streets.
    period_labels
        What to call the periods, in time, in place of their dates.
    zoom
        Whether the map goes to the shapes of a view when it is chosen.
    comparable
        Whether two views can stand side by side; not for a layer that others follow.
    follows
        The place of the layer on the page whose choices this one follows.
    rest
        Whether an area without a row in a view is drawn, as one without an answer.
    radius_m
        Radius of a circle around every point, meters, missing for none.
    above
        Whether lines and areas lie over the outlines of streets, as points do.

    Raises
    ------
    DatumError
        If `shapes` is not in EPSG:4326.
    MapError
        If no geometry is of the kind.
    """
    check_degrees(shapes, name)
    words = words_for(lang)
    geometry = np.asarray(shapes["geometry"], dtype=object)
    place = rows["shape"].to_numpy(np.int64)
    order = painting_order(geometry, first_classes(measures[0].classes, place, len(geometry)), kind)
    paths = paths_of(geometry[order], kind, name)
    # Where a shape went in the order of painting.
    number = np.empty(len(geometry), dtype=np.int64)
    number[order] = np.arange(len(geometry))
    texts = {"title": titles, "subtitle": subtitles, "number": numbers}
    coded = {
        key: codes(pd.Series(values).astype(object).iloc[order])
        for key, values in texts.items()
        if values is not None
    }
    if radius_m is not None:
        meters = pd.Series(radius_m).to_numpy(np.float64, na_value=np.nan)[order]
        tenths = np.where(np.isfinite(meters), np.rint(meters * 10), -1)
    views = table_views(rows, lang)
    if period_labels is not None:
        views = views._replace(
            axes=[views.axes[0], views.axes[1]._replace(labels=list(period_labels))]
        )
    once = bool(rows["shape"].is_unique)
    columns = [
        Column("paths", paths.counts),
        Column("sizes", paths.sizes),
        Column("x", paths.x, delta=True),
        Column("y", paths.y, delta=True),
        *(Column(key, values) for key, (values, _) in coded.items()),
        *([] if radius_m is None else [Column("radius", tenths)]),
    ]
    told: list[dict[str, Any]] = []
    all_views: list[dict[str, Any] | None] = []
    for at, way in enumerate(measures):
        style = styles_of(looks, len(way.classes.names), kind)
        columns += pack_views(way, views, number[place], len(geometry), at, once)
        told.append(
            {
                "palette": [*way.classes.colors, PALE, PALE],
                "classes": [*way.classes.names, words["no_answer"], words["no_answer"]],
                "styles": style,
                "lines": [pack_line(line).told for line in way.lines],
            }
        )
        for seen in views.rows:
            if not len(seen):
                all_views.append(None)
                continue
            inside = rows.iloc[seen]
            drawn = len(geometry) if rest and kind == "areas" else len(seen)
            section = legend_section(way, seen, drawn, style, kind, words, outline)
            more = [] if also is None else also(inside)
            all_views.append(
                {
                    "measure": at,
                    "foot": foot(inside, at),
                    "legend": [section, *more],
                    "bounds": corners_of(geometry[place[seen]]) if zoom else None,
                }
            )
    here = opening_view(views, first)
    opening = all_views[here]
    assert opening is not None
    settings = {
        "shape": kind,
        "measures": told,
        "axes": choices(measures, views, here, headings or {}, words),
        "views": all_views,
        "first": here,
        "once": once,
        "comparable": comparable,
        "follows": follows,
        "rest": rest,
        "above": above,
        "legend_place": None,
        "labels": [],
        "alpha": 1.0,
        **{f"{key}s": names for key, (_, names) in coded.items()},
    }
    return ViewsLayer(
        Part("shape_views", settings, columns, name),
        opening["legend"],
        opening["foot"],
        bounds_of(geometry, radius_m),
    )


def draw_views(
    layers: Sequence[ViewsLayer],
    jurisdictions: gpd.GeoDataFrame | None,
    *,
    title: str,
    date: str | None,
    lang: Language,
    tiles: Any,
) -> folium.Map:
    """Return a map of such layers, the lowest first, with legend and foot of the leading one.

    Raises
    ------
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If nothing has a place, or Folium does not know `tiles`.
    """
    streets = pack_streets(jurisdictions)
    leading = next(layer for layer in layers if layer.part.settings["follows"] is None)
    boxes = [layer.bounds for layer in layers if layer.bounds is not None]
    settings = leading.part.settings
    opening = settings["views"][settings["first"]]["bounds"]
    if opening is not None:
        (south, west), (north, east) = opening
        boxes = [(west, south, east, north)]
    # A stray shape on another continent must not shrink the district to a dot.
    elif streets.bounds is not None:
        boxes = [streets.bounds]
    if not boxes:
        raise MapError(
            "A map needs at least one shape with a place, or jurisdictions. Found: neither."
        )
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return draw(
        [*(layer.part for layer in layers), streets_part(streets, lang)],
        sheet={
            "title": title,
            "date": "" if date is None else str(date),
            "foot": leading.foot,
            "legend": leading.legend,
        },
        lang=lang,
        bounds=(min(wests), min(souths), max(easts), max(norths)),
        tiles=tiles,
    )


def draw_streets(
    rows: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    measures: Sequence[Measure],
    foot: Callable[[pd.DataFrame, int], list[str]],
    name: str,
    title: str,
    date: str | None,
    lang: Language,
    tiles: Any,
    headings: Mapping[str, str] | None = None,
    first: tuple[int, int] | None = None,
) -> folium.Map:
    """Return a map of streets in the colors of their classes.

    Parameters
    ----------
    rows
        One row a street, with ``street_id``; or one a street and ``period``, ``group`` (text
        to show) or both. Rows of streets that `jurisdictions` lacks are counted at the foot.
    jurisdictions
        Table "jurisdictions", EPSG:4326.
    measures
        The ways to color the rows; classes and lines in the order of `rows`.
    foot, name, lang, headings, first
        As for :func:`views_part`.
    title, date
        The texts above the map.
    tiles
        Base map as Folium takes it, or None.

    Raises
    ------
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If none of the streets is in `jurisdictions`, or Folium does not know `tiles`.
    """
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    ids = jurisdictions["street_id"].astype(str)
    place = pd.Index(ids).get_indexer(rows["street_id"].astype(str))
    known = place >= 0
    if not known.any():
        raise MapError(
            "A map of streets needs jurisdictions with their street_id. Found: none of the "
            f"{rows['street_id'].nunique():,} streets of the table, such as "
            f"{rows['street_id'].iloc[0]!s}, among the {len(ids):,} jurisdictions."
        )
    lost = rows.loc[~known, "street_id"].nunique()
    kept = rows[known].assign(shape=place[known])

    def all_lines(inside: pd.DataFrame, at: int) -> list[str]:
        lines = foot(inside, at)
        return [*lines, words["streets_lost"].format(lost)] if lost else lines

    layer = views_part(
        jurisdictions,
        kept,
        measures=[_only(way, known) for way in measures],
        foot=all_lines,
        name=name,
        lang=lang,
        titles=[streets.names[one] for one in ids],
        headings=headings,
        first=first,
    )
    return draw_views([layer], jurisdictions, title=title, date=date, lang=lang, tiles=tiles)


def _only(way: Measure, known: NDArray[np.bool_]) -> Measure:
    """Return a measure of some of the rows."""
    lines = [
        line if line.values is None else line._replace(values=pd.Series(line.values)[known])
        for line in way.lines
    ]
    classes = way.classes._replace(codes=np.asarray(way.classes.codes)[known])
    return way._replace(classes=classes, lines=lines)
