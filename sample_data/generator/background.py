"""Where incidents happen everywhere: a smooth intensity and addresses of unequal weight.

The model is a Poisson cluster field. Addresses are scattered with a density that
rises smoothly from the western hills to the built-up east and stays nearly level
there; each address has a weight of its own, drawn without regard to its neighbors,
and receives incidents in proportion to it. So counts of cells vary more than Poisson
counts do, but unevenness between neighboring cells is no more than chance: apart
from the smooth rise the background has no hotspots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_data.generator.district import (
    BOUNDS,
    M_PER_DEGREE_LATITUDE,
    M_PER_DEGREE_LONGITUDE,
    border_distance_m,
    street_of,
)
from sample_data.generator.stream import Stream

__all__ = [
    "ADDRESSES",
    "JITTER_M",
    "WEIGHT_POWER",
    "WEIGHT_SQUARE_RATIO",
    "Addresses",
    "intensity",
    "place_addresses",
]

ADDRESSES = 7_000
"""Number of addresses."""

WEIGHT_POWER = 1.5
"""An address weighs E ** 1.5, where E is exponential with mean 1."""

WEIGHT_SQUARE_RATIO = 3.395
"""Mean of the squared weight over the squared mean: Γ(4) / Γ(2.5)² = 6 / 1.7671."""

JITTER_M = 12.0
"""Incidents lie within this distance of their address, as positions do."""

_CLEARANCE_M = 25.0

# Built-up areas: longitude, latitude, spread in meters, strength.
_BUILT_UP = (
    (116.192, 39.911, 1_300.0, 2.0),
    (116.178, 39.908, 1_300.0, 1.6),
    (116.215, 39.898, 1_400.0, 1.8),
    (116.238, 39.899, 1_200.0, 1.6),
    (116.222, 39.912, 1_300.0, 1.2),
    (116.188, 39.931, 1_400.0, 1.5),
    (116.163, 39.929, 1_300.0, 1.6),
    (116.140, 39.926, 900.0, 0.9),
    (116.118, 39.957, 1_200.0, 0.9),
    (116.129, 39.948, 900.0, 0.7),
    (116.186, 39.949, 1_000.0, 0.7),
    (116.204, 39.885, 1_200.0, 1.0),
)
_HILLS = 0.03

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where incidents happen: position in degrees, WGS-84, street and whole-number weight."""

    longitude: Floats
    latitude: Floats
    street: NDArray[np.int64]
    weight: NDArray[np.int64]


def intensity(longitude: Floats, latitude: Floats) -> Floats:
    """Return the density of addresses at every point, 0 to 1, to 6 decimals."""
    strength = np.zeros(longitude.shape, dtype=np.float64)
    for lon, lat, spread, height in _BUILT_UP:
        east = (longitude - lon) * M_PER_DEGREE_LONGITUDE
        north = (latitude - lat) * M_PER_DEGREE_LATITUDE
        strength += height * np.exp(-(east**2 + north**2) / (2 * spread**2))
    # Levels off, as built-up land does: twice the strength is not twice the density.
    return np.round(_HILLS + (1 - _HILLS) * strength / (1 + strength), 6)


def place_addresses(stream: Stream) -> Addresses:
    """Return the addresses, clear of every street border."""
    west, south, east, north = BOUNDS
    kept: list[NDArray[np.float64]] = []
    found = 0
    while found < ADDRESSES:
        draws = stream.uniform(30_000).reshape(-1, 3)
        lon = np.round(west + (east - west) * draws[:, 0], 6)
        lat = np.round(south + (north - south) * draws[:, 1], 6)
        street = street_of(lon, lat)
        taken = (street >= 0) & (draws[:, 2] < intensity(lon, lat))
        taken[taken] = border_distance_m(lon[taken], lat[taken]) > _CLEARANCE_M
        kept.append(np.column_stack([lon, lat, street])[taken])
        found += int(taken.sum())
    rows = np.concatenate(kept)[:ADDRESSES]
    weight = (-np.log1p(-stream.uniform(ADDRESSES))) ** WEIGHT_POWER
    return Addresses(
        longitude=rows[:, 0],
        latitude=rows[:, 1],
        street=rows[:, 2].astype(np.int64),
        weight=np.round(weight * 1000).astype(np.int64) + 1,
    )
