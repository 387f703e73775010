"""Who reaches whom: distances between facilities and places, straight or along a network.

Straight distances are measured in a local equal-area plane, good to parts in a million
within a city. All places of all facilities are never held at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridgov.geo.projection import to_plane
from gridgov.place.network import Network, Snapped, snap
from gridgov.place.network_sites import distance_rows, nearest_two, put_sites

__all__ = ["Reached", "Spots", "find_spots", "nearest_facilities", "pair_blocks", "reached_by"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_PAIRS_AT_ONCE = 8_000_000


class Spots(NamedTuple):
    """Places: in a plane, meters, shape (n, 2), and on the network if there is one."""

    at: Floats
    snapped: Snapped | None

    def part(self, rows: Any) -> Spots:
        """Return some of the places."""
        on = self.snapped
        return Spots(self.at[rows], None if on is None else Snapped(*(each[rows] for each in on)))


class Reached(NamedTuple):
    """How many facilities reach each place, and their capacity, NaN where one is unknown."""

    facilities: Places
    capacity: Floats


def find_spots(
    longitude: Floats,
    latitude: Floats,
    *,
    center: tuple[float, float],
    network: Network | None,
) -> Spots:
    """Return places in the plane about a center and on a network."""
    planar, _ = to_plane(shapely.points(longitude, latitude), center=center)
    on = None if network is None else snap(network, longitude, latitude)
    return Spots(shapely.get_coordinates(planar).reshape(-1, 2), on)


def nearest_facilities(
    facilities: Spots, places: Spots, network: Network | None
) -> tuple[Places, Floats]:
    """Return the nearest and second nearest facility of every place, and their distances.

    Shape (places, 2); -1 and NaN where there is none, because no way leads there or there
    is no other facility.
    """
    if network is not None and facilities.snapped is not None and places.snapped is not None:
        sites = put_sites(network, facilities.snapped)
        found = nearest_two(sites, sites.places(places.snapped))
        return found.site, np.where(found.site >= 0, found.distance_m, np.nan)
    away, site = cKDTree(facilities.at).query(places.at, k=[1, 2])
    site = np.where(np.isfinite(away), site, -1).astype(np.int64)
    return site, np.where(site >= 0, away, np.nan)


def pair_blocks(
    facilities: Spots, places: Spots, reach_m: Floats, network: Network | None
) -> Iterator[tuple[Places, Places, Floats]]:
    """Yield the facility, the place and the distance of all pairs within reach, some at a time."""
    if network is not None and facilities.snapped is not None and places.snapped is not None:
        sites = put_sites(network, facilities.snapped)
        for rows, far in distance_rows(sites, sites.places(places.snapped), reach_m):
            site, place = np.nonzero(np.isfinite(far))
            yield site + rows.start, place, far[site, place]
        return
    if not len(places.at):
        return
    tree = cKDTree(places.at)
    number = tree.query_ball_point(facilities.at, reach_m, return_length=True)
    block = np.cumsum(number) // _PAIRS_AT_ONCE
    for one in np.unique(block):
        rows_of = np.flatnonzero(block == one)
        lists = tree.query_ball_point(facilities.at[rows_of], reach_m[rows_of])
        place = np.concatenate([np.asarray(each, dtype=np.int64) for each in lists])
        site = rows_of.repeat(number[rows_of])
        away = np.hypot(*(facilities.at[site] - places.at[place]).T)
        yield site, place, away


def reached_by(
    facilities: Spots, places: Spots, reach_m: Floats, capacity: Floats, network: Network | None
) -> Reached:
    """Return how many facilities reach every place, and with which capacity."""
    total = len(places.at)
    number = np.zeros(total, dtype=np.int64)
    known, unknown = np.zeros(total), np.zeros(total, dtype=np.int64)
    lacking = np.isnan(capacity)
    given = np.where(lacking, 0.0, capacity)
    for site, place, _ in pair_blocks(facilities, places, reach_m, network):
        number += np.bincount(place, minlength=total)
        known += np.bincount(place, weights=given[site], minlength=total)
        unknown += np.bincount(place[lacking[site]], minlength=total)
    return Reached(number, np.where(unknown > 0, np.nan, known))
