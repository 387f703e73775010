"""Where to put the next posts: exactly solved, with a bound, and what each one adds.

Three questions, one call. *Set cover*: how few posts reach all demand. *Maximal
coverage*: where n posts reach most. *P-median*: where n posts are nearest on the whole.
Existing posts stay where they are and count.

The answer is exact for the model, and the model is simple: demand counts or does not, at
a cell's center, and tomorrow's is like the past. Records say where people report; a place
that reports little gets little, so look at blind spots first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import points

from gridgov.checks import check_choice, check_whole
from gridgov.coverage.siting.siting_capacity import Goal, Limits
from gridgov.coverage.siting.siting_distances import (
    Distances,
    check_number,
    from_matrix,
    measure_plane,
    read_table,
)
from gridgov.coverage.siting.siting_gains import rank_posts, worth_of_limited, worth_of_unlimited
from gridgov.coverage.siting.siting_inputs import Demand, Places, Sites, read_demand, read_sites
from gridgov.coverage.siting.siting_reasons import check_capacity, check_reach
from gridgov.coverage.siting.siting_solve import place
from gridgov.coverage.siting.siting_solver import Clock
from gridgov.coverage.siting.siting_tables import demand_table, sites_table
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.place.network import distances as walked

__all__ = ["Placement", "place_posts"]

_GOALS = ("maximal_coverage", "set_cover", "p_median")


class Placement(NamedTuple):
    """The posts, and the demand that each one serves.

    Attributes
    ----------
    sites
        Table ``sites``: the existing posts, then the new ones by rank.
    demand
        Table ``site_demand``: one row a demand and the post that serves it.
    """

    sites: gpd.GeoDataFrame
    demand: pd.DataFrame


def place_posts(
    demand: Any,
    candidates: Any = None,
    *,
    posts: int | None = None,
    objective: str = "maximal_coverage",
    distance_m: float | None = None,
    existing: Any = None,
    capacity: float | str | None = None,
    split: bool = False,
    weight: str | None = "incidents",
    network: Any = None,
    distances: Any = None,
    time_limit_s: float = 60.0,
    gap: float = 0.0,
) -> Placement:
    """Place new posts so that few reach all, or a given number reaches most or is nearest.

    Parameters
    ----------
    demand
        What is to be served, one row each: a table with ``cell`` (such as that of
        :func:`gridgov.tally` without period and group), taken at the cells' centers, or
        one with ``demand_id`` and Points (EPSG:4326) or ``cell``.
    candidates
        Where a post may be put: a table with ``site_id`` (or ``facility_id``) and Points
        (EPSG:4326), or with ``cell``. None takes the cells of `demand`, or with
        `distances` every site in them.
    posts
        How many new posts, exactly; not with ``"set_cover"``, which finds the number.
    objective
        ``"maximal_coverage"``: the most weight within `distance_m` of a post (MCLP).
        ``"set_cover"``: the fewest new posts with every row of `demand` within
        `distance_m`, whatever its weight (LSCP). ``"p_median"``: the least sum of
        weight × distance to the post that serves it.
    distance_m
        How far a post reaches, meters; equal counts. Needed for the first two. In
        ``"p_median"`` it restricts nothing and only says what ``covered`` means.
    existing
        Posts that stand and stay, a table like `candidates`. None means there are none.
    capacity
        The most weight a post can serve, in units of `weight`: one number for all (an
        existing post's own column ``capacity`` comes first where it is given), or the name
        of a column of `candidates` and `existing`. None means no limit.
    split
        With a capacity: whether several posts may share one demand. By default each
        demand has one post.
    weight
        The column of `demand` that says how much there is, 0 or more; None counts every
        row as 1.
    network
        Walking network of :func:`gridgov.make_network`; distances are taken along it.
    distances
        Distances that you have, meters: a long table with ``demand_id`` (or ``cell``),
        ``site_id`` and ``distance_m``, or a wide one with demand ids as index and site ids
        as columns. Pairs that are not there cannot be used. Existing posts are sites, too.
    time_limit_s
        Seconds for finding the placement. When they run out the best one found is
        returned with its gap. Gains of posts with capacities get as much time again.
    gap
        Share of the objective by which it may miss the best possible one; 0 asks for the
        best.

    Returns
    -------
    Placement
        ``sites``, one row a post, existing ones by id, then new ones by rank:

        - ``site_id``, ``cell``: the cell is missing for a site given as a point
        - ``existing``: whether it stood before
        - ``rank``: order of the new posts by marginal gain within this placement
        - ``capacity``: missing without a limit
        - ``served``: weight of the demand assigned to it
        - ``covered_weight``: weight within `distance_m` of it, whoever serves it
        - ``mean_distance_m``: weighted mean distance of what it serves
        - ``marginal_gain``: what it adds to the existing posts and those of a better rank:
          weight served, or in ``"p_median"`` weighted meters saved
        - ``value_with``: weight served (weighted meters) with it and all those before it
        - ``value_without``: the same with all posts but this one
        - ``geometry``: Point, EPSG:4326; missing when only distances were given

        ``demand``, one row a demand and its post, by id (with `split` several):

        - ``demand_id``, ``cell``, ``weight``
        - ``site_id``: the post that serves it; missing when none does
        - ``share``: the part of the demand in this row; 1 unless it was split
        - ``distance_m``: to that post, or to the nearest one when none serves it
        - ``covered``: whether a post serves it, within `distance_m` when one was given

        ``attrs["placement"]`` of both: ``goal`` (the option `objective`), ``status``
        (``"optimal"``, ``"within_gap"`` or ``"time_limit"``), ``objective`` (new posts,
        weight served, or weighted meters), ``bound`` (no placement does better), ``gap``
        (their distance in parts of the objective), ``seconds``, ``weight`` (of all demand),
        ``uncovered_weight``, ``uncovered`` (rows of demand not wholly covered) and
        ``rule`` (how ranks and ties are made).

    Raises
    ------
    ColumnsError
        If a table lacks a column or an id, or a weight, capacity or distance is negative,
        missing or no number.
    DatumError
        If Points are not in EPSG:4326.
    EmptyTableError
        If there is no demand or no candidate.
    GeometryError
        If a place is missing or no Point.
    InputError
        If an id is repeated, nothing weighs anything, or there is no placement: demand
        that no candidate can reach, or too little capacity. The message says which, and
        ``error.problems`` lists the demand.
    OptionError
        If an option has no such value, `posts` is more than there are candidates,
        `distance_m` is missing where it is needed, or the time ran out before any placement
        was found.

    Notes
    -----
    Solved by HiGHS (branch and cut) after reductions that change no optimum. ``"optimal"``
    means proven, to the solver's tolerance of 1e-6 on whole numbers; a placement that
    stopped for the time is never called that. Zero weights count only in ``"set_cover"``.
    Distances without `network` and `distances` are straight, in a plane about the data,
    good to parts in 100,000 within a city. With a capacity each demand is told a post that
    is near, among placements equally good, but the nearest ones are not always proven.

    Several placements can be equally good. Demand and sites are put in the order of their
    ids first, of candidates that reach the same demand the lowest id stays, and of equal
    marginal gains the lower id ranks first: the order of rows changes nothing, and the same
    SciPy gives the same placement. Which of other equal ones it is is the solver's choice,
    and after a time-out the machine's speed has a say.

    Ranks are greedy within the chosen set. They say in which order to build it, not that
    the first k would be the best k. A gain is missing where there is nothing to compare
    with, as for the first post of ``"p_median"`` without existing ones.

    References
    ----------
    Toregas et al. (1971), doi:10.1287/opre.19.6.1363. Church & ReVelle (1974),
    doi:10.1007/BF01942293. Hakimi (1964), doi:10.1287/opre.12.3.450. Huangfu & Hall
    (2018), doi:10.1007/s12532-017-0130-5.

    Examples
    --------
    Four blocks on a road, a kilometer apart; a post at either of two of them:

    >>> blocks = pd.DataFrame({"demand_id": ["a", "b", "c", "d"], "incidents": [5, 1, 1, 4]})
    >>> along = pd.DataFrame(
    ...     {"P": [1000, 0, 1000, 2000], "Q": [3000, 2000, 1000, 0]}, index=["a", "b", "c", "d"]
    ... )
    >>> placed = place_posts(blocks, posts=1, distance_m=1000, distances=along)
    >>> placed.sites[["site_id", "rank", "served", "marginal_gain"]]
      site_id  rank  served  marginal_gain
    0       P     1     7.0            7.0
    >>> placed.demand[["demand_id", "site_id", "distance_m", "covered"]]
      demand_id site_id  distance_m  covered
    0         a       P      1000.0     True
    1         b       P         0.0     True
    2         c       P      1000.0     True
    3         d     NaN      2000.0    False
    >>> placed.sites.attrs["placement"]["status"]
    'optimal'
    """
    goal: Goal = check_choice(objective, option="objective", choices=_GOALS)
    number, limit, share = _check_options(goal, posts, distance_m, gap)
    seconds = _number(time_limit_s, "time_limit_s", "seconds, more than 0", least=1e-9)
    clock = Clock(seconds)
    if network is not None and distances is not None:
        raise OptionError("Pass network or distances, not both: one of them says how far it is.")
    room = capacity
    if capacity is not None and not isinstance(capacity, str):
        room = _number(capacity, "capacity", "the weight a post can serve, 0 or more", least=0.0)
    needed = read_demand(demand, weight=weight, placed=distances is None)
    offered = _default_candidates(demand, existing, distances) if candidates is None else candidates
    sites = read_sites(offered, existing, capacity=room, placed=distances is None)
    free = int((~sites.existing).sum())
    if number is not None and number > free:
        raise OptionError(
            f"posts must be no more than there are candidates. Found: posts={number:,} and "
            f"{free:,} candidates."
        )
    if goal != "set_cover" and not needed.weights.any():
        raise InputError(
            "Some demand must weigh more than 0, or every placement is as good as any. Found: "
            f"{len(needed.weights):,} rows, all 0. Choose another column with weight=."
        )
    far = _distances(needed, sites, network, distances)
    # In the p-median distance only describes.
    pairs = far.within(None if goal == "p_median" else limit)
    must = np.full(pairs.rows, goal == "set_cover")
    if goal == "p_median":
        must = needed.weights > 0
    check_reach(pairs, needed, far, must, distance_m=None if goal == "p_median" else limit)
    limits = None
    if sites.capacity is not None:
        limits = Limits(pairs, needed.weights, sites.capacity, sites.existing, bool(split))
        check_capacity(limits, needed, goal, posts=number)
    found = place(
        needed,
        sites,
        pairs,
        goal,
        posts=number,
        split=bool(split),
        gap=share,
        clock=clock,
        time_limit_s=seconds,
    )
    spent = clock.spent
    gains = rank_posts(
        worth_of_unlimited(pairs, needed.weights, goal, found.opened)
        if limits is None
        else worth_of_limited(limits, goal, clock=Clock(seconds)),
        goal,
        existing=np.flatnonzero(sites.existing),
        new=found.opened[~sites.existing[found.opened]],
        total=float(needed.weights.sum()),
    )
    posts_table = sites_table(needed, sites, pairs, found, gains, distance_m=limit)
    served = demand_table(needed, sites, pairs, found, far, distance_m=limit)
    open_rows = served[~served["covered"]]
    about = {
        "goal": goal,
        "status": found.status,
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "seconds": spent,
        "weight": float(needed.weights.sum()),
        "uncovered_weight": float((open_rows["weight"] * open_rows["share"]).sum()),
        "uncovered": int(open_rows["demand_id"].nunique()),
        "rule": "ranked greedily by marginal gain within the chosen set; ties by lower id; "
        "other placements may be equally good",
    }
    posts_table.attrs["placement"] = about
    served.attrs["placement"] = dict(about)
    return Placement(posts_table, served)


def _check_options(
    goal: Goal, posts: Any, distance_m: Any, gap: Any
) -> tuple[int | None, float | None, float]:
    """Return the number of posts, the distance and the gap, each where it applies."""
    number = None
    if goal == "set_cover":
        if posts is not None:
            raise OptionError(
                f"set_cover finds the number of posts itself. Found: posts={posts!r}. Leave posts "
                "out, or use objective='maximal_coverage' for a given number."
            )
    else:
        number = check_whole(posts, option="posts", least=1, meaning="how many new posts to place")
    limit = None
    if distance_m is not None:
        limit = _number(distance_m, "distance_m", "meters, more than 0", least=1e-9)
    elif goal != "p_median":
        raise OptionError(
            f"{goal} needs distance_m, how far a post reaches in meters. Found: None."
        )
    share = _number(gap, "gap", "a share of the objective, 0 to 1", least=0.0)
    if share >= 1:
        raise OptionError(f"gap must be a share of the objective, below 1. Found: {gap!r}.")
    return number, limit, share


def _number(value: Any, option: str, meaning: str, *, least: float) -> float:
    """Return an option as a finite number that is at least `least`."""
    try:
        number = np.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not (np.isfinite(number) and number >= least):
        raise OptionError(f"{option} must be a number: {meaning}. Found: {value!r}.")
    return number


def _default_candidates(demand: Any, existing: Any, distances: Any) -> pd.DataFrame:
    """Return the sites of given distances, or the cells of the demand, without existing ones."""
    if isinstance(distances, pd.DataFrame):
        listed = distances["site_id"] if "site_id" in distances.columns else distances.columns
        table, key = pd.DataFrame({"site_id": pd.unique(pd.Series(listed))}), "site_id"
    elif isinstance(demand, pd.DataFrame) and "cell" in demand.columns:
        table, key = pd.DataFrame({"cell": pd.unique(demand["cell"])}), "cell"
    else:
        raise ColumnsError(
            "candidates must be given when demand has no column cell and no distances list the "
            "sites. Pass a table with site_id and Points, or with cell."
        )
    if isinstance(existing, pd.DataFrame) and len(existing):
        old = read_sites(existing, None, capacity=None, placed=False).places
        new = read_sites(table, None, capacity=None, placed=False).places
        free: NDArray[np.intp] = new.rows[~np.isin(new.ids.astype(str), old.ids.astype(str))]
        table = table.iloc[np.sort(free)]
    if key == "site_id" and not len(table):
        raise InputError(
            "distances must list candidates, too. Found: existing posts only. Add the distances "
            "to the places where a post may be put."
        )
    return table


def _distances(demand: Demand, sites: Sites, network: Any, distances: Any) -> Distances:
    """Return how far it is, by table, along a network or straight."""
    if distances is not None:
        return read_table(distances, demand, sites)
    if network is None:
        return measure_plane(demand, sites)
    check_number(len(demand.places.ids) * len(sites.places.ids))
    # The sites are fewer as a rule, and ways are searched from them.
    meters = walked(network, _frame(sites.places), _frame(demand.places))
    return from_matrix(meters.T)


def _frame(places: Places) -> gpd.GeoDataFrame:
    """Return places as Points."""
    return gpd.GeoDataFrame(geometry=points(places.longitude, places.latitude), crs="EPSG:4326")
