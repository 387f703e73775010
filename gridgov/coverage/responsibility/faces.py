"""All outlines together cut the land into faces; every face lies in a set of outlines.

Faces share no land and leave none out, so that whatever is added up over them adds up
to the whole. They are cut in longitude and latitude, the plane in which owners are
decided, and measured in a local equal-area plane: m² on the ellipsoid.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.geo.partition import find_gaps
from gridgov.geo.projection import areas_m2, to_plane

__all__ = [
    "ROUNDING_M2",
    "SLIT_WIDTH_M",
    "Faces",
    "arrange",
    "bordering",
    "enclosed_and_slits",
    "group_by_owners",
    "land_m2",
]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Shapes = NDArray[np.object_]

# Degrees, 28 m: a line that is straight in degrees bends in the plane by a hundredth of a
# millimeter at most between two such points.
_STEP = 0.00025

# A slit that opens to the outside is a gap when it is narrower than this; the reader of
# jurisdictions notices the same ones.
SLIT_WIDTH_M = 10.0

# A square centimeter: smaller faces come from the rounding of coordinates.
ROUNDING_M2 = 1e-4

# About a centimeter: closer than this, a jurisdiction borders a gap.
_TOUCH_DEGREES = 1e-7


class Faces(NamedTuple):
    """The faces that outlines cut the land into, bounded ones only.

    Attributes
    ----------
    shapes
        Polygons in EPSG:4326 that share no land.
    outline, face
        Positions of every outline and a face that lies in it, one entry a pair.
    """

    shapes: Shapes
    outline: Places
    face: Places

    def number_of(self, outlines: Any) -> Places:
        """Return in how many of the outlines at these positions each face lies."""
        chosen = np.isin(self.outline, np.asarray(outlines))
        return np.bincount(self.face[chosen], minlength=len(self.shapes))

    def first_of(self, outlines: Any) -> Places:
        """Return the place of the first of the outlines that each face lies in, -1 for none."""
        wanted = np.asarray(outlines, dtype=np.intp)
        first = np.full(len(self.shapes), len(wanted), dtype=np.intp)
        for_outline = np.full(
            int(max(self.outline.max(initial=-1), wanted.max(initial=-1))) + 1, -1
        )
        for_outline[wanted] = np.arange(len(wanted))
        place = for_outline[self.outline]
        np.minimum.at(first, self.face[place >= 0], place[place >= 0])
        return np.where(first == len(wanted), -1, first)


def arrange(outlines: Shapes) -> Faces:
    """Return the faces that outlines cut the land into.

    Parameters
    ----------
    outlines
        Valid Polygons or MultiPolygons, EPSG:4326.
    """
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(outlines)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.point_on_surface(faces)
    outline, face = shapely.STRtree(inside).query(outlines, predicate="contains")
    return Faces(np.asarray(faces, dtype=object), outline, face)


def group_by_owners(faces: Faces, outlines: Any) -> tuple[Shapes, list[tuple[int, ...]]]:
    """Return the parts of land that lie in several outlines, and the outlines of each.

    Faces with the same owners that lie side by side are one part; positions are those in
    the list of outlines that was arranged.
    """
    number = faces.number_of(outlines)
    several = (number[faces.face] > 1) & np.isin(faces.outline, np.asarray(outlines))
    order = np.lexsort((faces.outline[several], faces.face[several]))
    owner, face = faces.outline[several][order], faces.face[several][order]
    starts = np.flatnonzero(np.append(True, face[1:] != face[:-1])[: len(face)])
    ends = np.append(starts[1:], len(face)) if len(starts) else starts
    faces_of: dict[tuple[int, ...], list[int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        faces_of.setdefault(tuple(owner[start:end].tolist()), []).append(int(face[start]))
    parts: list[Any] = []
    owners_of: list[tuple[int, ...]] = []
    for owners, members in faces_of.items():
        joined = shapely.get_parts(shapely.union_all(faces.shapes[members]))
        parts.extend(joined)
        owners_of.extend([owners] * len(joined))
    return np.array(parts, dtype=object), owners_of


def enclosed_and_slits(
    polygons: Shapes,
    *,
    center: tuple[float, float],
    faces: Faces | None = None,
    slit_width_m: float = SLIT_WIDTH_M,
) -> Shapes:
    """Return the land that polygons enclose, and the narrow slits between them.

    Parameters
    ----------
    polygons
        Valid Polygons or MultiPolygons, EPSG:4326.
    center
        Longitude and latitude of the middle of the data.
    faces
        The faces of these polygons and no others, if they are there already.
    slit_width_m
        A slit that opens to the outside counts when it is narrower than this, meters.
    """
    cut = arrange(polygons) if faces is None else faces
    free = cut.shapes[cut.number_of(np.arange(len(polygons))) == 0]
    enclosed = shapely.get_parts(shapely.union_all(free)) if len(free) else free
    # With the enclosed land filled, slits are all that is left to find.
    areas = shapely.segmentize(np.concatenate([polygons, enclosed]), _STEP)
    planar, to_degrees = to_plane(areas, center=center)
    broken = ~shapely.is_valid(planar)
    planar[broken] = shapely.make_valid(planar[broken], method="structure", keep_collapsed=False)
    slits, _ = find_gaps(planar, min_area_m2=ROUNDING_M2, sliver_width_m=slit_width_m)

    def back(at: Floats) -> Floats:
        return np.column_stack(to_degrees.transform(at[:, 0], at[:, 1]))

    found = np.asarray(shapely.transform(slits, back), dtype=object)
    # Where a slit is thinner than the rounding of degrees its two sides can cross.
    crossed = ~shapely.is_valid(found)
    found[crossed] = shapely.make_valid(found[crossed], method="structure", keep_collapsed=False)
    parts = shapely.get_parts(found)
    return np.concatenate([enclosed, parts[~shapely.is_empty(parts)]])


def bordering(polygons: Shapes, parts: Shapes) -> list[tuple[int, ...]]:
    """Return the positions of the polygons that border each part, in table order."""
    part, polygon = shapely.STRtree(polygons).query(
        parts, predicate="dwithin", distance=_TOUCH_DEGREES
    )
    order = np.lexsort((polygon, part))
    ends = np.searchsorted(part[order], np.arange(len(parts) + 1)).tolist()
    owners = polygon[order].tolist()
    return [tuple(owners[start:end]) for start, end in pairwise(ends)]


def land_m2(shapes: Shapes, *, center: tuple[float, float]) -> Floats:
    """Return the area of shapes whose edges are straight in degrees, m² on the ellipsoid."""
    return np.asarray(areas_m2(shapely.segmentize(shapes, _STEP), center=center), dtype=float)
