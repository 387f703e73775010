"""The parts of land that a check of responsibility lists, kind by kind.

- gap: land that should have an owner and has none;
- overlap: land with several owners; disjoint, so land that three claim is one part with
  three names and not three pairs;
- enclave: a part of a jurisdiction that hangs together with its largest part nowhere, or
  at single points only: cut off, inside or behind another;
- outside: a jurisdiction or a line that touches nothing of the land in question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.coverage.responsibility.faces import (
    ROUNDING_M2,
    Faces,
    arrange,
    bordering,
    enclosed_and_slits,
    group_by_owners,
    land_m2,
)
from gridgov.coverage.responsibility.layers import Layer
from gridgov.geo.projection import middle, to_plane

__all__ = ["KINDS", "Parts", "parts_of_layer", "parts_of_none", "table_of"]

Shapes = NDArray[np.object_]

KINDS = ("gap", "overlap", "enclave", "outside")

# The largest circle is found to a thousandth of its size, and a part that is
# narrower than a tenth of a millimeter is not searched.
_ENOUGH = 1.002
_LEAST_M = 1e-4
_QUARTER = 16


class Parts(NamedTuple):
    """The parts of one kind: their shapes, and the ids of the jurisdictions of each."""

    kind: str
    shapes: Shapes
    street_ids: list[str | None]


def parts_of_layer(layer: Layer, study: Any, areas: Shapes | None) -> list[Parts]:
    """Return the parts of all kinds of one layer.

    Parameters
    ----------
    layer
        Areas or lines.
    study
        The land that should have an owner; None when only the layer says.
    areas
        The outlines of all layers of areas, for lines that touch none of them.
    """
    polygons = layer.polygons
    outlines = polygons if study is None else np.append(polygons, study)
    faces = arrange(outlines)
    own = np.arange(len(polygons))
    overlaps, owners_of = group_by_owners(faces, own)
    found = [
        _gaps(layer, faces, study),
        Parts("overlap", overlaps, [_joined(layer.ids, owners) for owners in owners_of]),
        _enclaves(layer),
    ]
    # A study area wins over the other layers as what should be touched.
    if study is not None:
        found.append(_outside(layer, np.array([study], dtype=object)))
    elif layer.lines is not None and areas is not None:
        found.append(_outside(layer, areas))
    return found


def parts_of_none(layers: list[Layer], study: Any) -> Parts:
    """Return the land that should have an owner and has none in any layer."""
    polygons = np.concatenate([layer.polygons for layer in layers])
    ids = np.concatenate([layer.ids for layer in layers])
    if study is not None:
        gaps = _free(arrange(np.append(polygons, study)), len(polygons))
        return Parts("gap", gaps, _names(ids, bordering(polygons, gaps)))
    areas = [layer.polygons for layer in layers if layer.lines is None]
    if not areas:
        return Parts("gap", np.empty(0, dtype=object), [])
    together = np.concatenate(areas)
    # Strips beside lines enclose whole blocks of houses: that makes no gap of these.
    gaps = enclosed_and_slits(together, center=middle(together))
    strips = [layer.polygons for layer in layers if layer.lines is not None]
    if strips and len(gaps):
        left = shapely.difference(gaps, shapely.union_all(np.concatenate(strips)))
        gaps = shapely.get_parts(shapely.get_parts(left))
        gaps = gaps[shapely.get_type_id(gaps) == 3]
    return Parts("gap", gaps, _names(ids, bordering(polygons, gaps)))


def table_of(
    parts: Parts,
    *,
    layer: str | None,
    points: Shapes | None,
    min_area_m2: float,
    sliver_width_m: float,
) -> tuple[gpd.GeoDataFrame, dict[str, float]]:
    """Return the rows of one kind, the largest first, and what is too small for one."""
    shapes = np.asarray(parts.shapes, dtype=object)
    area = land_m2(shapes, center=middle(shapes))
    small = (area < min_area_m2) & (area >= ROUNDING_M2)
    order = np.argsort(-area, kind="stable")
    order = order[area[order] >= max(min_area_m2, ROUNDING_M2)]
    width = _widths_m(shapes[order])
    table = gpd.GeoDataFrame(
        {
            "layer": np.full(len(order), layer, dtype=object),
            "kind": np.full(len(order), parts.kind, dtype=object),
            "part": np.arange(1, len(order) + 1),
            "street_ids": [parts.street_ids[at] for at in order.tolist()],
            "width_m": width,
            "sliver": width < sliver_width_m,
            "area_m2": area[order],
            "incidents": _count(shapes[order], points),
        },
        geometry=shapes[order],
        crs="EPSG:4326",
    )
    return table, {"parts": int(small.sum()), "area_m2": float(area[small].sum())}


def _gaps(layer: Layer, faces: Faces, study: Any) -> Parts:
    """Return the land that should have an owner in a layer and has none."""
    polygons = layer.polygons
    if study is not None:
        gaps = _free(faces, len(polygons))
    elif layer.lines is not None:
        gaps = np.empty(0, dtype=object)
    else:
        gaps = enclosed_and_slits(polygons, center=middle(polygons), faces=faces)
    return Parts("gap", gaps, _names(layer.ids, bordering(polygons, gaps)))


def _free(faces: Faces, number: int) -> Shapes:
    """Return the land in the study area, arranged after so many outlines, and in none of them."""
    owned = faces.number_of(np.arange(number)) > 0
    free = faces.shapes[~owned & (faces.number_of([number]) > 0)]
    return np.asarray(shapely.get_parts(shapely.union_all(free)), dtype=object)


def _enclaves(layer: Layer) -> Parts:
    """Return the parts of areas that are cut off from the largest of the same area."""
    if layer.lines is not None:
        return Parts("enclave", np.empty(0, dtype=object), [])
    shapes, of = shapely.get_parts(layer.polygons, return_index=True)
    size = land_m2(shapes, center=middle(shapes))
    order = np.lexsort((-size, of))
    main = order[np.flatnonzero(np.diff(of[order], prepend=-1))]
    cut_off = np.setdiff1d(np.arange(len(shapes)), main)
    near = bordering(layer.polygons, shapes[cut_off])
    owners = [
        (own, *(other for other in others if other != own))
        for own, others in zip(of[cut_off].tolist(), near, strict=True)
    ]
    return Parts("enclave", shapes[cut_off], _names(layer.ids, owners))


def _outside(layer: Layer, land: Shapes) -> Parts:
    """Return the jurisdictions or lines of a layer that touch none of some land."""
    touching, _ = shapely.STRtree(land).query(layer.polygons, predicate="intersects")
    outside = np.setdiff1d(np.arange(len(layer.polygons)), touching)
    return Parts("outside", layer.polygons[outside], [str(one) for one in layer.ids[outside]])


def _names(ids: Shapes, owners: Sequence[tuple[int, ...]]) -> list[str | None]:
    """Return the ids of the jurisdictions of each part as one text."""
    return [_joined(ids, some) for some in owners]


def _joined(ids: Shapes, owners: tuple[int, ...]) -> str | None:
    """Return ids as one text, None for none."""
    return " + ".join(ids[list(owners)]) if owners else None


def _widths_m(shapes: Shapes) -> NDArray[np.float64]:
    """Return the diameter of the largest circle that fits into each shape, meters."""
    planar, _ = to_plane(shapes, center=middle(shapes))
    broken = ~shapely.is_valid(planar)
    planar[broken] = shapely.make_valid(planar[broken], method="structure", keep_collapsed=False)
    area = shapely.area(planar)
    # A circle of radius area / perimeter fits into every shape, and none is larger than it.
    low = area / np.maximum(shapely.length(planar), _LEAST_M)
    high = np.maximum(np.sqrt(area / np.pi), low)
    open_ = np.flatnonzero((high > low * _ENOUGH) & (high > _LEAST_M))
    while open_.size:
        # A circle fits where something is left when the shape shrinks by its radius.
        radius = np.sqrt(low[open_] * high[open_])
        gone = shapely.is_empty(shapely.buffer(planar[open_], -radius, quad_segs=_QUARTER))
        high[open_[gone]] = radius[gone]
        low[open_[~gone]] = radius[~gone]
        open_ = open_[high[open_] > low[open_] * _ENOUGH]
    widths: NDArray[np.float64] = low + high
    return widths


def _count(shapes: Shapes, points: Shapes | None) -> Any:
    """Return how many points each shape covers, edges included."""
    if points is None:
        return pd.array([pd.NA] * len(shapes), dtype="Int64")
    _, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    return pd.array(np.bincount(shape, minlength=len(shapes)), dtype="Int64")
