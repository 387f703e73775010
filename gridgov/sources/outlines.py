"""The outlines of jurisdictions: found, converted, mended, and every change told.

A row that has no usable outline is set aside with a reason; an outline that can be
mended is mended, and the notice carries both areas. Nothing else is changed: no
snapping, no simplification, no clipping.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.geo.partition import polygons_of
from gridgov.geo.projection import areas_m2
from gridgov.sources.notices import Notice

__all__ = ["Fault", "mend_outlines", "outline_faults", "parse_outlines"]

Shapes = NDArray[np.object_]

# Below a hundredth of a square meter a changed area is rounding.
_ROUNDING_M2 = 0.01


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one row has no usable outline: a code and a sentence in both languages."""

    reason: str
    detail: str
    detail_zh: str


def parse_outlines(values: pd.Series) -> tuple[Shapes, dict[int, Fault]]:
    """Return the geometries in a column of geometries, WKT or hexadecimal WKB.

    Parameters
    ----------
    values
        One outline a row; rows numbered from 0.

    Returns
    -------
    shapes : array of shapely geometries
        None where there is none.
    faults : dict
        For every row whose text is no geometry, why.
    """
    raw = values.to_numpy(dtype=object)
    if str(values.dtype) == "geometry":
        return np.array(raw, dtype=object), {}
    is_text = np.array([isinstance(value, str) and bool(value.strip()) for value in raw])
    shapes = np.array(
        [value if isinstance(value, shapely.Geometry) else None for value in raw], dtype=object
    )
    texts = raw[is_text]
    shapes[is_text] = shapely.from_wkt(texts, on_invalid="ignore")
    unread = is_text & shapely.is_missing(shapes)
    shapes[unread] = shapely.from_wkb(raw[unread], on_invalid="ignore")
    unread = is_text & shapely.is_missing(shapes)
    return shapes, {
        row: Fault(
            "unreadable_geometry",
            f"The outline {raw[row][:40]!r} is neither WKT nor hexadecimal WKB.",
            f"边界“{raw[row][:40]}”既不是 WKT 也不是十六进制 WKB。",
        )
        for row in np.flatnonzero(unread).tolist()
    }


def outline_faults(shapes: Shapes) -> dict[int, Fault]:
    """Return why rows have no usable outline: none, an empty one, no polygon in it."""
    missing = shapely.is_missing(shapes)
    empty = shapely.is_empty(shapes)
    faults = {
        row: Fault("missing_geometry", "The row has no outline.", "该行没有边界。")
        for row in np.flatnonzero(missing).tolist()
    }
    faults |= {
        row: Fault(
            "empty_geometry",
            f"The outline is an empty {shapes[row].geom_type}.",
            f"边界是空的 {shapes[row].geom_type}。",
        )
        for row in np.flatnonzero(empty & ~missing).tolist()
    }
    flat = ~missing & ~empty & (shapely.area(shapely.force_2d(shapes)) == 0)
    kinds = shapely.get_type_id(shapes)
    # A bow tie of equal lobes has area zero and can still be mended.
    flat &= ~np.isin(kinds, (3, 6))
    faults |= {
        row: Fault(
            "not_a_polygon",
            f"The outline is a {shapes[row].geom_type}, and a jurisdiction must be a Polygon "
            "or MultiPolygon.",
            f"边界是 {shapes[row].geom_type}，而辖区必须是 Polygon 或 MultiPolygon。",
        )
        for row in np.flatnonzero(flat).tolist()
    }
    return faults


def mend_outlines(
    shapes: Shapes, names: list[str]
) -> tuple[Shapes, list[Notice], dict[int, Fault]]:
    """Return outlines as valid Polygons and MultiPolygons, and what was changed.

    Parameters
    ----------
    shapes
        Geometries with polygons in them, EPSG:4326.
    names
        What each is called in a sentence.

    Returns
    -------
    mended : array of shapely geometries
        Those that needed nothing are the same objects.
    notices : list of Notice
        ``collection_reduced`` and ``mended``, one a change, with areas in m².
    faults : dict
        For every row of which no area is left, why.
    """
    reduced = polygons_of(shapes)
    invalid = ~shapely.is_valid(reduced)
    mended = reduced.copy()
    mended[invalid] = polygons_of(
        shapely.make_valid(reduced[invalid], method="structure", keep_collapsed=False)
    )
    rows = np.flatnonzero(invalid)
    lost = shapely.is_empty(mended) | (shapely.area(mended) == 0)
    notices = []
    if rows.size:
        before, after = areas_m2(reduced[rows]), areas_m2(mended[rows])
        notices += [
            _mended_notice(reduced[row], names[row], was, now)
            for row, was, now in zip(rows.tolist(), before, after, strict=True)
            if not lost[row]
        ]
    collections = np.flatnonzero(shapely.get_type_id(shapes) == 7)
    notices += [_reduced_notice(shapes[row], names[row]) for row in collections.tolist()]
    return (
        mended,
        notices,
        {
            row: Fault(
                "no_area",
                "The outline encloses no area, even after mending.",
                "边界修复后仍不围成任何面积。",
            )
            for row in np.flatnonzero(lost).tolist()
        },
    )


def _reduced_notice(shape: Any, name: str) -> Notice:
    """Return the notice for a collection of which the polygons were kept."""
    kinds = [part.geom_type for part in shape.geoms]
    other = [kind for kind in kinds if kind not in ("Polygon", "MultiPolygon")]
    kept = len(kinds) - len(other)
    listed = ", ".join(f"{other.count(kind)} {kind}" for kind in dict.fromkeys(other)) or "nothing"
    return Notice(
        "collection_reduced",
        name,
        f"The outline of {name} was a GeometryCollection: {kept} polygonal part"
        f"{'' if kept == 1 else 's'} kept, {listed} left out, which has no area.",
        f"{name} 的边界是 GeometryCollection：保留 {kept} 个面，去掉没有面积的 {listed}。",
        value=float(len(other)),
        unit="parts",
    )


def _mended_notice(shape: Any, name: str, before: float, after: float) -> Notice:
    """Return the notice for an outline that was invalid."""
    difference = after - before
    if abs(difference) < _ROUNDING_M2:
        difference = 0.0
    reason = shapely.is_valid_reason(shape)
    return Notice(
        "mended",
        name,
        f"The outline of {name} was invalid ({reason}) and was mended: "
        f"{before:,.1f} m² before, {after:,.1f} m² after, difference {difference:+,.1f} m².",
        f"{name} 的边界无效（{reason}），已修复：修复前 {before:,.1f} 平方米，"
        f"修复后 {after:,.1f} 平方米，相差 {difference:+,.1f} 平方米。",
        value=difference,
        unit="m²",
    )
