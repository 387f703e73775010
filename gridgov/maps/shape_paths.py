"""Where shapes lie: their vertices as whole numbers, the places of their names, their bounds."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.errors import MapError
from gridgov.maps.packing import Column, micro, rings

__all__ = ["Bounds", "Kind", "Paths", "bounds_of", "label_columns", "painting_order", "paths_of"]

Integers = NDArray[np.int64]
Bounds = tuple[float, float, float, float]

Kind = Literal["areas", "lines", "points", "tracks"]

# Dimensions of the geometry that a kind draws; shapely counts 0, 1 and 2.
_DIMENSION = {"areas": 2, "lines": 1, "tracks": 1, "points": 0}


class Paths(NamedTuple):
    """Vertices of shapes: how many paths each has, how long each path is, where it goes."""

    counts: Integers
    sizes: Integers
    x: Integers
    y: Integers


def painting_order(shapes: Any, class_codes: Any, kind: Kind) -> Integers:
    """Return the order to paint in: small areas over large ones, first classes over last."""
    if kind == "areas":
        return np.argsort(-shapely.area(shapes), kind="stable")
    return np.argsort(-np.asarray(class_codes, dtype=np.int64), kind="stable")


def paths_of(shapes: Any, kind: Kind, name: str) -> Paths:
    """Return the pieces of one kind as paths.

    Raises
    ------
    MapError
        If there are shapes and none has a piece of the kind.
    """
    pieces, of = shapely.get_parts(shapes, return_index=True)
    # Parts of a collection may be of several parts again.
    pieces, inner = shapely.get_parts(pieces, return_index=True)
    of = of[inner]
    kept = (shapely.get_dimensions(pieces) == _DIMENSION[kind]) & ~shapely.is_empty(pieces)
    if len(pieces) and not kept.any():
        found = shapely.from_wkb(shapely.to_wkb(pieces[:1]))[0].geom_type
        raise MapError(f"The layer {name} draws {kind}. Found: geometry of type {found} only.")
    pieces, of = pieces[kept], of[kept]
    if kind == "areas":
        linear, owner = shapely.get_rings(pieces, return_index=True)
        drawn, of = rings(linear), of[owner]
        sizes, x, y = drawn.sizes, drawn.x, drawn.y
    else:
        vertices, path = shapely.get_coordinates(pieces, return_index=True)
        sizes = np.bincount(path, minlength=len(pieces)).astype(np.int64)
        x, y = micro(vertices[:, 0]), micro(vertices[:, 1])
    counts = np.bincount(of, minlength=len(shapes)).astype(np.int64)
    return Paths(counts, sizes, x, y)


def label_columns(labels: Any, shapes: Any, kind: Kind) -> tuple[list[str], list[Column]]:
    """Return the labels to write and where, the first rows first."""
    if labels is None:
        return [], []
    texts = pd.Series(labels).astype(object).reset_index(drop=True)
    there = texts.notna().to_numpy() & ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    spots = shapes[there]
    if kind in ("lines", "tracks"):
        middles = shapely.line_interpolate_point(_longest(spots), 0.5, normalized=True)
    else:
        middles = shapely.point_on_surface(spots)
    places = shapely.get_coordinates(middles).reshape(-1, 2)
    columns = [
        Column("label_x", micro(places[:, 0]), delta=True),
        Column("label_y", micro(places[:, 1]), delta=True),
    ]
    return [str(text) for text in texts[there]], columns


def _longest(shapes: Any) -> Any:
    """Return the longest line of every shape, where a name can run."""
    pieces, of = shapely.get_parts(shapely.line_merge(shapes), return_index=True)
    order = np.lexsort((-shapely.length(pieces), of))
    return pieces[order[np.unique(of[order], return_index=True)[1]]]


def bounds_of(shapes: Any, radius_m: Any) -> Bounds | None:
    """Return where the shapes lie, circles included."""
    boxes = shapely.bounds(shapes)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    if radius_m is not None:
        reach = pd.Series(radius_m).max()
        # A degree of latitude has at least 110,574 m.
        up = 0.0 if pd.isna(reach) else float(reach) / 110_574
        wide = up / max(float(np.cos(np.radians(max(abs(south), abs(north))))), 0.01)
        west, south, east, north = west - wide, south - up, east + wide, north + up
    return west, south, east, north
