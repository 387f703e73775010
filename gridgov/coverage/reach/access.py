"""Capacity against demand: the two-step floating catchment area.

Reach counts a post as much where it serves a hundred as where it serves ten thousand.
Here capacity is shared out: first among all the demand that a facility reaches, then every
cell adds up the shares of the facilities that reach it. What the cells get, weighted by
their demand, is the capacity there is.

The demand of a cell stands at its center. People are assumed to turn to every facility
within reach in proportion to its capacity, near or far unless a decay says otherwise, and
not to choose the emptier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.reach.reach_inputs import Facilities, read_cells, read_facilities_table
from gridgov.coverage.reach.reach_pairs import Spots, find_spots, pair_blocks
from gridgov.errors import ColumnsError, OptionError
from gridgov.place.network import Network, check_network

__all__ = ["Access", "measure_access"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

Decay = Literal["gaussian", "steps"] | Sequence[tuple[float, float]]

# Luo & Qi (2009), the slower of their two sets: three zones of equal width, weights of a
# Gaussian at their middles.
_STEPS = ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22))


class Access(NamedTuple):
    """What :func:`measure_access` returns: cells with their access, facilities with their load."""

    cells: pd.DataFrame
    facilities: gpd.GeoDataFrame


def measure_access(
    facilities: Any,
    demand: Any,
    *,
    weight: str = "incidents",
    distance_m: float | None = None,
    decay: Decay | None = None,
    network: Network | None = None,
    by: str | None = None,
) -> Access:
    """Measure capacity against demand by the two-step floating catchment area.

    Parameters
    ----------
    facilities
        Table of :func:`gridgov.read_facilities` with a ``capacity`` in every row.
    demand
        Table with one row a cell: of :func:`gridgov.tally`, or of
        :func:`gridgov.measure_reach` with its ``population``.
    weight
        Column of `demand` with the demand of each cell, 0 or more, none missing.
    distance_m
        How far every facility reaches, meters; None takes each one's ``reach_m``.
    decay
        How much less a facility means to what is farther away. None: all within reach alike
        (2SFCA). ``"steps"``: 1, 0.68 and 0.22 in the three thirds of the reach (E2SFCA).
        ``"gaussian"``: from 1 at the facility to 0 at the end of its reach. Or steps of
        one's own: pairs of (share of the reach up to which, weight), the last up to 1.
    network
        Network of :func:`gridgov.make_network`: distances are then walked, snaps included.
        None measures in a straight line.
    by
        Column of `facilities` to measure separately by, such as ``"kind"``.

    Returns
    -------
    cells : DataFrame, one row a group and cell, groups ascending, then cells
        - ``cell``, ``street_id``: from `demand`.
        - ``group``: value of `by` as text; missing without `by`.
        - ``demand``: the column that `weight` names.
        - ``facilities_within``: facilities that reach the center of the cell.
        - ``access``: capacity per unit of demand; 0 where none reaches.
        - ``access_ratio``: `access` divided by its mean over all demand; 1 is the mean.
          Missing when that is 0.

        ``attrs["access"]`` says how it was made: ``capacity``, ``demand`` and, among them,
        ``capacity_unused`` (of facilities that reach no demand) and ``demand_unserved``
        (of cells that none reaches), one number a group.
    facilities : GeoDataFrame, one row a facility, groups ascending, then in table order
        - ``facility_id``, ``group``, ``reach_m``, ``capacity``, ``geometry``
        - ``cells_within``: cells whose center it reaches.
        - ``demand_within``: their demand, weighted by the decay.
        - ``capacity_per_demand``: capacity divided by it; missing when it is 0.

    Raises
    ------
    ColumnsError
        If a column is missing, a capacity or a demand is missing or negative, an id is
        repeated, or a ``reach_m`` is missing and no `distance_m` was given.
    DatumError
        If `facilities` are not in EPSG:4326.
    EmptyTableError
        If there are no facilities or no cells.
    GeometryError
        If a facility has no place.
    InputError
        If `demand` repeats a cell.
    OptionError
        If `distance_m` or `decay` has no such value.

    Notes
    -----
    With d the distance from facility j to the center of cell i, r the reach of j, S its
    capacity, D the demand and W the decay, W = 0 beyond r::

        R_j = S_j / sum_i W(d_ij / r_j) D_i        A_i = sum_j W(d_ij / r_j) R_j

    The sum of D_i A_i is the capacity of all facilities that reach any demand. The Gaussian
    is W(u) = (exp(-u²/2) - exp(-1/2)) / (1 - exp(-1/2)). Steps include their outer end.

    Access is not to be compared between two units of demand, two reaches or two decays.
    Cells at the rim look worse than they are if facilities beyond it are not in the table.

    References
    ----------
    Luo, W., & Wang, F. (2003). Measures of spatial accessibility to health care in a GIS
    environment. Environment and Planning B, 30(6), 865-884. https://doi.org/10.1068/b29120

    Luo, W., & Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method.
    Health & Place, 15(4), 1100-1107. https://doi.org/10.1016/j.healthplace.2009.06.002

    Dai, D. (2010). Black residential segregation, disparities in spatial access to health
    care facilities, and late-stage breast cancer diagnosis in metropolitan Detroit. Health &
    Place, 16(5), 1038-1052. https://doi.org/10.1016/j.healthplace.2010.06.012

    Examples
    --------
    Two cells 365 m apart with 10 and 30 incidents. The post in the first reaches both (20
    members for 40), the post in the second only its own (15 for 30):

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import points
    >>> from gridgov.geo.hexgrid import cell_centers
    >>> cells = pd.array([0x8931AA50E23FFFF, 0x8931AA50E27FFFF], "uint64")
    >>> counts = pd.DataFrame({"cell": cells, "incidents": [10, 30]})
    >>> posts = gpd.GeoDataFrame(
    ...     {"facility_id": ["P", "Q"], "capacity": [20, 15], "reach_m": [500.0, 100.0]},
    ...     geometry=points(*cell_centers(cells.to_numpy())), crs="EPSG:4326",
    ... )
    >>> access = measure_access(posts, counts)
    >>> access.facilities[["facility_id", "demand_within", "capacity_per_demand"]].values.tolist()
    [['P', 40.0, 0.5], ['Q', 30.0, 0.5]]
    >>> access.cells["access"].tolist()
    [0.5, 1.0]
    """
    steps = _check_decay(decay)
    if network is not None:
        check_network(network)
    posts = read_facilities_table(facilities, distance_m=distance_m, by=by, need_capacity=True)
    cells, order = read_cells(demand, "counts", ["cell", weight])
    wanted = _demand(demand[weight], weight)[order]
    sites = find_spots(posts.longitude, posts.latitude, center=cells.center, network=network)
    centers = find_spots(cells.longitude, cells.latitude, center=cells.center, network=network)

    size = len(cells.cell)
    of_cells, of_posts, told = [], [], []
    for number, name in enumerate(posts.groups):
        rows = posts.part(number)
        load, cells_within, access, within = _two_steps(
            sites.part(rows), centers, posts, rows, wanted, steps, network
        )
        total, capacity = float(wanted.sum()), posts.capacity[rows]
        mean = float((wanted * access).sum()) / total if total > 0 else 0.0
        of_cells.append(
            pd.DataFrame(
                {
                    "cell": cells.cell,
                    "group": pd.array([name] * size, dtype="str"),
                    "street_id": cells.street_id,
                    "demand": wanted,
                    "facilities_within": within,
                    "access": access,
                    "access_ratio": access / mean if mean > 0 else np.full(size, np.nan),
                }
            )
        )
        of_posts.append(_catchments(posts, rows, name, cells_within, load))
        told.append(
            {
                "group": name,
                "capacity": float(capacity.sum()),
                "capacity_unused": float(capacity[load <= 0].sum()),
                "demand": total,
                "demand_unserved": float(wanted[access <= 0].sum()),
            }
        )
    result = conform(pd.concat(of_cells, ignore_index=True), "access")
    result.attrs["access"] = {
        "weight": weight,
        "distance": "network" if network is not None else "straight",
        "distance_m": None if distance_m is None else float(distance_m),
        "decay": decay if decay is None or isinstance(decay, str) else [list(s) for s in decay],
        "by": by,
        "groups": told,
    }
    table = gpd.GeoDataFrame(pd.concat(of_posts, ignore_index=True), crs="EPSG:4326")
    return Access(result, conform(table, "catchments"))


def _two_steps(
    sites: Spots,
    centers: Spots,
    posts: Facilities,
    rows: NDArray[np.intp],
    wanted: Floats,
    steps: Any,
    network: Network | None,
) -> tuple[Floats, Places, Floats, Places]:
    """Return every facility's demand and cells, and every cell's access and facilities."""
    reach_m, capacity = posts.reach_m[rows], posts.capacity[rows]
    load, cells_within = np.zeros(len(rows)), np.zeros(len(rows), dtype=np.int64)
    blocks = []
    for site, cell, away in pair_blocks(sites, centers, reach_m, network):
        meaning = _weights(away / reach_m[site], steps)
        load += np.bincount(site, weights=meaning * wanted[cell], minlength=len(rows))
        cells_within += np.bincount(site, minlength=len(rows))
        blocks.append((site, cell, meaning))
    ratio = np.divide(capacity, load, out=np.zeros(len(rows)), where=load > 0)
    access, within = np.zeros(len(wanted)), np.zeros(len(wanted), dtype=np.int64)
    for site, cell, meaning in blocks:
        access += np.bincount(cell, weights=meaning * ratio[site], minlength=len(wanted))
        within += np.bincount(cell, minlength=len(wanted))
    return load, cells_within, access, within


def _catchments(
    posts: Facilities,
    rows: NDArray[np.intp],
    name: str | None,
    cells_within: Places,
    load: Floats,
) -> gpd.GeoDataFrame:
    """Return the facilities of a group with what they reach."""
    capacity = posts.capacity[rows]
    return gpd.GeoDataFrame(
        {
            "facility_id": posts.ids[rows],
            "group": pd.array([name] * len(rows), dtype="str"),
            "reach_m": posts.reach_m[rows],
            "capacity": capacity,
            "cells_within": cells_within,
            "demand_within": load,
            "capacity_per_demand": np.divide(
                capacity, load, out=np.full(len(rows), np.nan), where=load > 0
            ),
        },
        geometry=shapely.points(posts.longitude[rows], posts.latitude[rows]),
        crs="EPSG:4326",
    )


def _weights(share: Floats, steps: Any) -> Floats:
    """Return the weight of distances given as shares of the reach."""
    if steps is None:
        return np.ones(len(share))
    if isinstance(steps, str):
        least = np.exp(-0.5)
        result: Floats = (np.exp(-0.5 * np.square(share)) - least) / (1 - least)
        return np.maximum(result, 0.0)
    ends, weights = np.array(steps, dtype=np.float64).T
    # Rounding may put what is at the very end of the reach just beyond it.
    return np.asarray(weights[np.minimum(np.searchsorted(ends, share), len(ends) - 1)])


def _check_decay(decay: Any) -> Any:
    """Return steps, the name of a curve, or None."""
    if decay is None or decay == "gaussian":
        return decay
    if isinstance(decay, str):
        if decay == "steps":
            return _STEPS
    else:
        try:
            pairs = [(float(end), float(weight)) for end, weight in decay]
        except (TypeError, ValueError):
            pairs = []
        ends = [end for end, _ in pairs]
        rising = all(one < other for one, other in pairwise(ends))
        if pairs and rising and ends[0] > 0 and ends[-1] == 1.0:
            weights = np.array([weight for _, weight in pairs])
            if np.isfinite(weights).all() and (weights >= 0).all() and (weights > 0).any():
                return tuple(pairs)
    raise OptionError(
        'decay must be None, "steps", "gaussian", or pairs of a share of the reach and a weight, '
        "the shares rising to 1, such as [(0.5, 1.0), (1.0, 0.4)]. Found: "
        f"{decay!r}."
    )


def _demand(column: Any, name: str) -> Floats:
    """Return demand as numbers, all 0 or more."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(numbers) | (numbers < 0))
    if wrong.size:
        raise ColumnsError(
            f"{name} must hold the demand of every cell, 0 or more. Found: {wrong.size:,} of "
            f"{len(numbers):,} that {'does' if wrong.size == 1 else 'do'} not fit, the first, at "
            f"row {column.index[[int(wrong[0])]].tolist()[0]!r}, is "
            f"{column.iloc[[int(wrong[0])]].tolist()[0]!r}. Fill in 0 where there is none, or "
            "leave out cells of which it is unknown.",
            problems=[{"row": column.index[row], "column": name} for row in wrong],
        )
    return np.asarray(numbers, dtype=np.float64)
