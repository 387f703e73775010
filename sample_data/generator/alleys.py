"""Back alleys: about sixty short lines over the nine streets, each inside its street."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_data.generator.background import Addresses
from sample_data.generator.district import (
    M_PER_DEGREE_LATITUDE,
    M_PER_DEGREE_LONGITUDE,
    STREETS,
    border_distance_m,
    street_of,
)
from sample_data.generator.incidents import to_gcj02
from sample_data.generator.stream import Stream

__all__ = ["ALLEYS", "Alley", "make_alleys"]

# How many alleys a street has, in the order of the streets.
_NUMBERS = (6, 5, 11, 8, 10, 7, 3, 3, 7)

ALLEYS = sum(_NUMBERS)
"""Number of alleys."""

_KINDS = ("胡同", "巷", "里", "小街", "夹道")
_CLEARANCE_M = 30.0
_STEP_M = 10.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alley:
    """One alley: id, name, position of its street, corners in whole microdegrees of GCJ-02."""

    alley_id: str
    name: str
    street: int
    corners: tuple[tuple[int, int], ...]


def make_alleys(stream: Stream, addresses: Addresses) -> list[Alley]:
    """Return the alleys, street by street; each starts at an address."""
    alleys: list[Alley] = []
    for street, number in enumerate(_NUMBERS):
        starts = np.flatnonzero(addresses.street == street)
        made = 0
        while made < number:
            at = starts[stream.between(0, len(starts) - 1)]
            lon, lat = _walk(stream, float(addresses.longitude[at]), float(addresses.latitude[at]))
            if not _clear(lon, lat, street):
                continue
            made += 1
            x, y = to_gcj02(lon, lat)
            kind = _KINDS[stream.between(0, len(_KINDS) - 1)]
            alleys.append(
                Alley(
                    f"BJ{len(alleys) + 1:03d}",
                    f"{STREETS[street].name}示例{kind}{made}",
                    street,
                    tuple(zip(x.tolist(), y.tolist(), strict=True)),
                )
            )
    return alleys


def _walk(stream: Stream, longitude: float, latitude: float) -> tuple[Floats, Floats]:
    """Return the corners of a line of three to five nearly straight stretches."""
    # Alleys run along or across the streets of the plain, a little askew.
    heading = stream.between(0, 3) * 90 + stream.between(-8, 8)
    lon, lat = [longitude], [latitude]
    for _ in range(stream.between(3, 5)):
        length = stream.between(40, 130)
        angle = math.radians(heading + stream.between(-12, 12))
        lon.append(round(lon[-1] + length * math.cos(angle) / M_PER_DEGREE_LONGITUDE, 6))
        lat.append(round(lat[-1] + length * math.sin(angle) / M_PER_DEGREE_LATITUDE, 6))
    return np.array(lon), np.array(lat)


def _clear(
    lon: Floats,
    lat: Floats,
    street: int,
) -> bool:
    """Return whether the whole line lies inside its street, clear of the border."""
    # A stretch is 130 m at most: 14 points on each are 10 m apart.
    part = np.linspace(0.0, 1.0, int(130 / _STEP_M) + 1)
    x = (lon[:-1, None] + part * np.diff(lon)[:, None]).ravel()
    y = (lat[:-1, None] + part * np.diff(lat)[:, None]).ravel()
    inside = bool((street_of(x, y) == street).all())
    return inside and bool((border_distance_m(x, y) > _CLEARANCE_M).all())
