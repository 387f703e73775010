"""The synthetic district: nine streets as polygons that tile it.

A planar subdivision by hand: every corner is named once, every street lists its
corners counterclockwise, and neighbors list the same corners. So the streets can
neither overlap nor leave a gap, before and after any change of coordinates that
works corner by corner. Outline and borders only suggest the real Shijingshan, its
position, its size of about 85 km² and the order of its streets; no official
boundary was traced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BOUNDS",
    "CORNERS",
    "DISTRICT",
    "M_PER_DEGREE_LATITUDE",
    "M_PER_DEGREE_LONGITUDE",
    "STREETS",
    "Street",
    "border_distance_m",
    "ring",
    "street_of",
]

DISTRICT = "石景山区（合成示例）"

# One degree in meters at 39.93° N on WGS-84, good to 0.1 % across the district.
M_PER_DEGREE_LATITUDE = 111_034.0
M_PER_DEGREE_LONGITUDE = 85_481.0

CORNERS: dict[str, tuple[float, float]] = {
    # The outline, clockwise from the northwest.
    "o01": (116.106, 39.975),
    "o02": (116.116, 39.983),
    "o03": (116.131, 39.987),
    "o04": (116.147, 39.986),
    "o05": (116.161, 39.981),
    "o06": (116.174, 39.979),
    "o07": (116.181, 39.967),
    "o08": (116.195, 39.956),
    "o09": (116.208, 39.943),
    "o10": (116.209, 39.934),
    "o11": (116.207, 39.928),
    "o12": (116.204, 39.918),
    "o13": (116.226, 39.919),
    "o14": (116.247, 39.920),
    "o15": (116.249, 39.908),
    "o16": (116.253, 39.896),
    "o17": (116.236, 39.887),
    "o18": (116.231, 39.879),
    "o19": (116.216, 39.876),
    "o20": (116.202, 39.876),
    "o21": (116.188, 39.881),
    "o22": (116.176, 39.885),
    "o23": (116.163, 39.888),
    "o24": (116.147, 39.899),
    "o25": (116.137, 39.910),
    "o26": (116.132, 39.919),
    "o27": (116.119, 39.927),
    "o28": (116.105, 39.940),
    "o29": (116.108, 39.952),
    "o30": (116.114, 39.962),
    "o31": (116.111, 39.971),
    # Inside, from the northwest to the southeast.
    "i01": (116.156, 39.968),
    "i02": (116.153, 39.951),
    "i03": (116.142, 39.941),
    "i04": (116.126, 39.943),
    "i05": (116.145, 39.929),
    "i06": (116.150, 39.921),
    "i07": (116.141, 39.918),
    "i08": (116.165, 39.941),
    "i09": (116.171, 39.931),
    "i10": (116.172, 39.922),
    "i11": (116.161, 39.919),
    "i12": (116.181, 39.924),
    "i13": (116.194, 39.926),
    "i14": (116.184, 39.914),
    "i15": (116.186, 39.904),
    "i16": (116.188, 39.897),
    "i17": (116.187, 39.888),
    "i18": (116.204, 39.907),
    "i19": (116.202, 39.899),
    "i20": (116.215, 39.906),
    "i21": (116.227, 39.906),
    "i22": (116.228, 39.896),
}
"""Longitude and latitude of every corner, degrees, WGS-84."""


@dataclass(frozen=True, slots=True)
class Street:
    """One street: a synthetic code, its name, a synthetic population, its corners."""

    code: str
    name: str
    population: int
    corners: tuple[str, ...]


STREETS: tuple[Street, ...] = (
    Street("110107001", "八宝山", 71_000, ("i22", "o17", "o16", "o15", "i21")),
    Street("110107002", "老山", 52_000, ("i18", "i20", "i21", "o15", "o14", "o13", "o12")),
    Street(
        "110107003",
        "八角",
        118_000,
        ("i16", "i19", "i18", "o12", "o11", "i13", "i12", "i14", "i15"),
    ),
    Street(
        "110107004",
        "古城",
        84_000,
        (
            "o26",
            "o25",
            "o24",
            "o23",
            "o22",
            "o21",
            "i17",
            "i16",
            "i15",
            "i14",
            "i12",
            "i10",
            "i11",
            "i06",
            "i07",
        ),
    ),
    Street(
        "110107005",
        "苹果园",
        103_000,
        (
            "i02",
            "i08",
            "i09",
            "i10",
            "i12",
            "i13",
            "o11",
            "o10",
            "o09",
            "o08",
            "o07",
            "o06",
            "o05",
            "i01",
        ),
    ),
    Street("110107006", "金顶街", 76_000, ("i03", "i05", "i06", "i11", "i10", "i09", "i08", "i02")),
    Street("110107007", "广宁", 22_000, ("o28", "o27", "o26", "i07", "i06", "i05", "i03", "i04")),
    Street(
        "110107008",
        "五里坨",
        31_000,
        ("o29", "o28", "i04", "i03", "i02", "i01", "o05", "o04", "o03", "o02", "o01", "o31", "o30"),
    ),
    Street(
        "110107009",
        "鲁谷",
        82_000,
        ("i16", "i17", "o21", "o20", "o19", "o18", "o17", "i22", "i21", "i20", "i18", "i19"),
    ),
)
"""The nine streets in the order of the file; an edge belongs to the first that has it."""

BOUNDS = (116.105, 39.876, 116.253, 39.987)
"""West, south, east, north of the outline."""

Floats = NDArray[np.float64]


def ring(street: Street) -> Floats:
    """Return a street's corners, shape (n, 2), counterclockwise, not closed."""
    return np.array([CORNERS[name] for name in street.corners], dtype=np.float64)


def street_of(longitude: Floats, latitude: Floats) -> NDArray[np.int64]:
    """Return the position in `STREETS` of the street around every point, -1 for none."""
    found = np.full(longitude.shape, -1, dtype=np.int64)
    for position in reversed(range(len(STREETS))):
        corners = ring(STREETS[position])
        inside = np.zeros(longitude.shape, dtype=bool)
        # Even-odd rule: count the edges that a ray to the east crosses.
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y1 == y2:
                continue
            crosses = (y1 > latitude) != (y2 > latitude)
            inside ^= crosses & (longitude < x1 + (latitude - y1) * (x2 - x1) / (y2 - y1))
        found[inside] = position
    return found


def border_distance_m(longitude: Floats, latitude: Floats) -> Floats:
    """Return every point's distance to the nearest street border, meters."""
    edges = {
        tuple(sorted(pair))
        for street in STREETS
        for pair in zip(street.corners, (*street.corners[1:], street.corners[0]), strict=True)
    }
    scale = np.array([M_PER_DEGREE_LONGITUDE, M_PER_DEGREE_LATITUDE])
    points = np.column_stack([longitude, latitude]) * scale
    nearest = np.full(longitude.shape, np.inf)
    for one, other in sorted(edges):
        start, end = np.array(CORNERS[one]) * scale, np.array(CORNERS[other]) * scale
        along = end - start
        part = ((points - start) * along).sum(axis=1) / (along * along).sum()
        foot = start + np.clip(part, 0.0, 1.0)[:, None] * along
        nearest = np.minimum(nearest, ((points - foot) ** 2).sum(axis=1))
    distance: Floats = np.sqrt(nearest)
    return distance
