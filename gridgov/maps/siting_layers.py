"""The layers of the map of posts: existing and new posts, demand at places, who serves whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError
from gridgov.geo.hexgrid import cell_centers
from gridgov.maps.cell_layer import Classes, Line
from gridgov.maps.coverage_classes import amount_texts
from gridgov.maps.shape_layer import Looks, ShapeLayer, shapes_part
from gridgov.maps.words import words_for
from gridgov.taxonomy.coverage_palette import REACH_COLORS, UNREACHED_COLOR

__all__ = ["covered_classes", "demand_points", "site_points", "spoke_lines"]

if TYPE_CHECKING:
    Shapes = NDArray[np.object_]

_NEW, _EXISTING, _SPOKE = "#b3261e", "#33414d", "#55626d"
_STATE_COLORS = [REACH_COLORS[3], REACH_COLORS[1], UNREACHED_COLOR, "#f2f2ef"]
_NUMBERS = ("capacity", "served", "covered_weight", "mean_distance_m")
_GAINS = ("marginal_gain", "value_with", "value_without")
# Shares that were divided add up to 1 to the solver's tolerance.
_ALL = 1 - 1e-9


def covered_classes(rows: pd.DataFrame, words: Mapping[str, str]) -> Classes:
    """Return which demand is covered, partly, not, or none at all.

    Examples
    --------
    >>> words = {f"posts_{one}": one for one in ("covered", "partly", "uncovered", "no_demand")}
    >>> rows = pd.DataFrame({"weight": [2.0, 2.0, 2.0, 0.0], "covered_share": [1.0, 0.5, 0.0, 1.0]})
    >>> covered_classes(rows, words).codes.tolist()
    [0, 1, 2, 3]
    """
    share = rows["covered_share"].to_numpy()
    codes = np.where(share >= _ALL, 0, np.where(share > 0, 1, 2))
    codes = np.where(rows["weight"].to_numpy() > 0, codes, 3)
    names = [words[f"posts_{one}"] for one in ("covered", "partly", "uncovered", "no_demand")]
    return Classes(codes.astype(np.int64), names, list(_STATE_COLORS))


def site_points(
    sites: gpd.GeoDataFrame, names: dict[str, str], *, radius_m: float | None, lang: Language
) -> list[ShapeLayer]:
    """Return the existing posts as squares and above them the new ones with their ranks.

    Raises
    ------
    DatumError
        If the sites are not in EPSG:4326.
    """
    words, columns = words_for(lang), TABLES["sites"]
    layers = []
    for existing in (True, False):
        rows = sites[sites["existing"].eq(existing)].reset_index(drop=True)
        if not len(rows):
            continue
        key = "existing" if existing else "new"
        told = _NUMBERS if existing else (*_NUMBERS, *_GAINS)
        ranks = rows["rank"].astype(object).where(rows["rank"].notna(), None)
        ids = rows["site_id"].astype(str)
        subtitles = [words["posts_existing_one"]] * len(rows)
        if not existing:
            subtitles = [words["posts_new_one"].format(rank) for rank in ranks]
        circles = (
            "" if radius_m is None else words["posts_circles_help"].format(f"{radius_m:,.10g}")
        )
        help = " ".join(text for text in (words["posts_sites_help"], circles) if text)
        if existing:
            help = circles if sites["existing"].all() else ""
        layer = shapes_part(
            rows,
            classes=Classes(
                np.zeros(len(rows), dtype=np.int64),
                [words[f"posts_{key}_row"]],
                [_EXISTING if existing else _NEW],
            ),
            lines=[
                Line(columns[name].heading(lang), "name", amount_texts(rows[name])) for name in told
            ],
            name=words[f"posts_{key}"],
            heading=words[f"posts_{key}"],
            lang=lang,
            kind="points",
            help=help,
            titles=[names.get(one, one) for one in ids],
            subtitles=subtitles,
            numbers=None if existing else [None if r is None else str(r) for r in ranks],
            radius_m=None if radius_m is None else np.full(len(rows), float(radius_m)),
            looks=Looks(symbol=["square" if existing else "circle"]),
        )
        if existing:
            layer.part.settings["size"] = 5.5
        layers.append(layer)
    return layers


def demand_points(
    rows: pd.DataFrame, demand: gpd.GeoDataFrame, lines: Sequence[Line], *, lang: Language
) -> ShapeLayer:
    """Return demand at places as points in the color of their state.

    Raises
    ------
    ColumnsError
        If `demand` lacks its ids or places.
    DatumError
        If it is not in EPSG:4326.
    """
    words = words_for(lang)
    table = gpd.GeoDataFrame(rows, geometry=_places(rows, demand), crs=demand.crs)
    layer = shapes_part(
        table,
        classes=covered_classes(rows, words),
        lines=lines,
        name=words["posts_layer"],
        heading=words["posts_legend_places"],
        lang=lang,
        kind="points",
        help=words["posts_help"],
        titles=rows["demand_id"].astype(str),
    )
    layer.part.settings["size"] = 4.5
    return layer


def spoke_lines(
    served: pd.DataFrame, sites: gpd.GeoDataFrame, demand: Any, *, lang: Language
) -> ShapeLayer | None:
    """Return a line from all demand to the posts that serve it, None where there is none.

    The lines let the pointer through to what they lie over.

    Raises
    ------
    ColumnsError
        If `demand` lacks its ids or places.
    """
    words = words_for(lang)
    asked = served[served["site_id"].notna() & served["weight"].gt(0)].reset_index(drop=True)
    ends = _looked_up(asked["site_id"], sites["site_id"], sites.geometry)
    starts = _places(asked, demand)
    known = ~(shapely.is_missing(ends) | shapely.is_missing(starts))
    if not known.any():
        return None
    pairs = np.stack(
        [shapely.get_coordinates(starts[known]), shapely.get_coordinates(ends[known])], axis=1
    )
    # A post in the middle of its own cell serves it without a way.
    lines = shapely.linestrings(pairs[(pairs[:, 0] != pairs[:, 1]).any(axis=1)])
    layer = shapes_part(
        gpd.GeoDataFrame(geometry=lines, crs=4326),
        classes=Classes(
            np.zeros(len(lines), dtype=np.int64), [words["posts_spokes_row"]], [_SPOKE]
        ),
        lines=[],
        name=words["posts_spokes"],
        heading=words["posts_spokes"],
        lang=lang,
        kind="lines",
        looks=Looks(width=[1.0]),
    )
    layer.part.settings["silent"] = True
    return layer


def _places(rows: pd.DataFrame, demand: Any) -> Shapes:
    """Return where every demand is: the center of its cell, or its place in `demand`.

    Raises
    ------
    ColumnsError
        If `demand` lacks its ids or places.
    """
    places = np.full(len(rows), None, dtype=object)
    if demand is not None:
        lacking = [name for name in ("demand_id", "geometry") if name not in demand.columns]
        if lacking:
            raise ColumnsError(
                "demand must have the columns demand_id and geometry. Found: "
                f"{', '.join(map(str, demand.columns))}. Give the table that the posts were "
                "placed for.",
                problems=[{"table": "demand", "column": n, "problem": "missing"} for n in lacking],
            )
        places = _looked_up(rows["demand_id"], demand["demand_id"], demand.geometry)
    of_cell = rows["cell"].notna().to_numpy()
    if of_cell.any():
        cells = rows["cell"][of_cell].to_numpy(dtype=np.uint64)
        places[of_cell] = shapely.points(*cell_centers(cells))
    return places


def _looked_up(wanted: pd.Series, ids: pd.Series, geometry: Any) -> Shapes:
    """Return the places of ids, None where there is none; of an id given twice the first."""
    rows = pd.Series(np.arange(len(ids)), index=ids.astype(str))
    rows = rows[~rows.index.duplicated()]
    place = rows.reindex(wanted.astype(str)).fillna(-1).to_numpy(dtype=np.int64)
    shapes = np.append(np.asarray(geometry, dtype=object), [None])
    found: Shapes = shapes[place]
    return found
