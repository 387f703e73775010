"""Who owns a point, in words and by the plain path.

The owner of a point is the first polygon in table order that covers it, edges
included. What the match says:

- ``inside``: in the interior of exactly one polygon and on no polygon's edge,
- ``border``: on the edge of at least one polygon (the outer edge counts as well),
- ``overlap``: in the interior of two or more polygons and on no edge,
- ``outside``: covered by none,
- ``no_point``: there is no point to ask about.

:func:`owners_plain` asks shapely about every pair and is the reference.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = [
    "BORDER",
    "INSIDE",
    "MATCHES",
    "NO_POINT",
    "OUTSIDE",
    "OVERLAP",
    "OWNED_MATCHES",
    "Owners",
    "matches_of",
    "owners_plain",
]

Floats = NDArray[np.float64]

MATCHES = ("inside", "border", "overlap", "outside", "no_point")
"""The five matches; ``Owners.match`` holds positions in this tuple."""

OWNED_MATCHES = MATCHES[:3]
"""The matches of an incident that has an owner."""

INSIDE, BORDER, OVERLAP, OUTSIDE, NO_POINT = range(5)


class Owners(NamedTuple):
    """Who owns each point.

    Attributes
    ----------
    owner
        Position of the owning polygon, -1 where there is none.
    match
        Position in :data:`MATCHES`.
    """

    owner: NDArray[np.int32]
    match: NDArray[np.int8]


def owners_plain(polygons: Any, longitude: Floats, latitude: Floats) -> Owners:
    """Return every point's owner and match by asking shapely about every pair.

    Parameters
    ----------
    polygons
        Array of shapely Polygons or MultiPolygons.
    longitude, latitude
        Arrays of one length, in the polygons' coordinates; NaN for a missing point.

    Returns
    -------
    Owners
        ``owner`` and ``match``, aligned with the points.
    """
    present = np.isfinite(longitude) & np.isfinite(latitude)
    points = shapely.points(longitude[present], latitude[present])
    first = np.full(len(points), -1, dtype=np.int32)
    interiors = np.zeros(len(points), dtype=np.int32)
    on_edge = np.zeros(len(points), dtype=bool)
    for position, polygon in enumerate(polygons):
        covers = shapely.covers(polygon, points)
        touches = shapely.touches(polygon, points)
        first[covers & (first < 0)] = position
        interiors += covers & ~touches
        on_edge |= touches
    owner = np.full(len(longitude), -1, dtype=np.int32)
    match = np.full(len(longitude), NO_POINT, dtype=np.int8)
    owner[present] = first
    match[present] = matches_of(interiors, on_edge)
    return Owners(owner, match)


def matches_of(interiors: NDArray[Any], on_edge: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the match of points from the number of interiors they lie in and their edges."""
    by_interiors = np.array([OUTSIDE, INSIDE, OVERLAP], dtype=np.int8)
    return np.where(on_edge, np.int8(BORDER), by_interiors[np.minimum(interiors, 2)])
