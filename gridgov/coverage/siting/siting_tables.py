"""The two tables of a placement: its sites, and the demand that each one serves."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.siting.siting_distances import Distances, Pairs
from gridgov.coverage.siting.siting_gains import Gains
from gridgov.coverage.siting.siting_inputs import Demand, Sites
from gridgov.coverage.siting.siting_solve import Found

__all__ = ["demand_table", "sites_table"]

# Shares that were divided add up to 1 to the solver's tolerance.
_TOLERANCE = 1e-5


def sites_table(
    demand: Demand,
    sites: Sites,
    pairs: Pairs,
    found: Found,
    gains: Gains,
    *,
    distance_m: float | None,
) -> gpd.GeoDataFrame:
    """Return the existing posts by id, then the new ones by rank."""
    old = np.flatnonzero(sites.existing)
    order = np.append(old, gains.order)
    lacking = np.full(len(old), np.nan)
    places = sites.places
    weighted = demand.weights[pairs.row] * found.shares
    served = np.bincount(pairs.site, weights=weighted, minlength=pairs.sites)
    meters = np.bincount(pairs.site, weights=weighted * pairs.meters, minlength=pairs.sites)
    mean = np.divide(meters, served, out=np.full(pairs.sites, np.nan), where=served > 0)
    covered = np.full(pairs.sites, np.nan)
    if distance_m is not None:
        near = pairs.meters <= distance_m
        covered = np.bincount(
            pairs.site[near], weights=demand.weights[pairs.row[near]], minlength=pairs.sites
        )
    shapes = np.full(len(order), None, dtype=object)
    known = np.isfinite(places.longitude[order])
    shapes[known] = shapely.points(places.longitude[order][known], places.latitude[order][known])
    frame = gpd.GeoDataFrame(
        {
            "site_id": places.ids[order],
            "cell": _cells(places.cells[order]),
            "existing": sites.existing[order],
            "rank": pd.array([pd.NA] * len(old) + list(range(1, len(gains.order) + 1)), "Int64"),
            "capacity": np.nan if sites.capacity is None else sites.capacity[order],
            "served": served[order],
            "covered_weight": covered[order],
            "mean_distance_m": mean[order],
            "marginal_gain": np.append(lacking, gains.gain),
            "value_with": np.append(lacking, gains.value_with),
            "value_without": np.append(lacking, gains.value_without),
        },
        geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"),
    )
    return conform(frame, "sites")


def demand_table(
    demand: Demand,
    sites: Sites,
    pairs: Pairs,
    found: Found,
    distances: Distances,
    *,
    distance_m: float | None,
) -> pd.DataFrame:
    """Return one row a demand and post, by demand, and one for what nobody serves."""
    used = np.flatnonzero(found.shares > 0)
    row, share = pairs.row[used], found.shares[used]
    given = np.bincount(row, weights=share, minlength=pairs.rows)
    whole = np.abs(given - 1) <= _TOLERANCE
    share = np.where(whole[row], share / given[row], share)
    rest = np.flatnonzero(~whole)
    _, nearest = (
        distances.nearest(found.opened)
        if len(found.opened)
        else (None, np.full(pairs.rows, np.nan))
    )
    row = np.append(row, rest)
    site = np.append(pairs.site[used], np.full(len(rest), -1))
    meters = np.append(pairs.meters[used], nearest[rest])
    order = np.lexsort((np.where(site < 0, pairs.sites, site), row))
    row, site, meters = row[order], site[order], meters[order]
    served = site >= 0
    ids = np.full(len(row), None, dtype=object)
    ids[served] = sites.places.ids[site[served]]
    near = np.ones(len(row), dtype=bool) if distance_m is None else meters <= distance_m
    frame = pd.DataFrame(
        {
            "demand_id": demand.places.ids[row],
            "cell": _cells(demand.places.cells[row]),
            "weight": demand.weights[row],
            "site_id": ids,
            "share": np.append(share, 1 - given[rest])[order],
            "distance_m": meters,
            "covered": served & near,
        }
    )
    return conform(frame, "site_demand")


def _cells(cells: NDArray[np.uint64]) -> Any:
    """Return cells, missing where there is none."""
    return pd.arrays.IntegerArray(cells.copy(), cells == 0)
