"""Why there is no placement, in words: what cannot be reached, or what does not fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.siting.siting_capacity import Assigned, Goal, Limits, place_with_capacity
from gridgov.coverage.siting.siting_cover import cover_all
from gridgov.coverage.siting.siting_distances import Distances, Pairs
from gridgov.coverage.siting.siting_inputs import Demand, Sites
from gridgov.coverage.siting.siting_solver import Clock
from gridgov.errors import InputError, OptionError

__all__ = ["check_capacity", "check_reach", "no_fit", "nothing_found", "too_few_posts"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Sums of weights and capacities may differ in the last digits.
_ROUNDING = 1 + 1e-9
# A reason is worth this many seconds.
_SECONDS = 5.0


def check_reach(
    pairs: Pairs,
    demand: Demand,
    distances: Distances,
    needed: Bools,
    *,
    distance_m: float | None,
) -> None:
    """Check that every demand that must be served has a site that can serve it."""
    has = np.bincount(pairs.row, minlength=pairs.rows) > 0
    lost = np.flatnonzero(needed & ~has)
    if not lost.size:
        return
    _, nearest = distances.nearest(np.arange(pairs.sites))
    known = lost[np.isfinite(nearest[lost])]
    ids, weights = demand.places.ids, demand.weights
    if known.size:
        far = int(known[nearest[known].argmax()])
        how_far = (
            f"the farthest, {ids[far]!r}, lies {nearest[far]:,.0f} m from its nearest candidate "
            "or post"
        )
        if known.size < lost.size:
            how_far += f", and for {lost.size - known.size:,} no distance is given"
    else:
        how_far = f"no distance is given for them, the first {ids[lost[0]]!r}"
    least = float(nearest[known].max()) if known.size == lost.size else np.nan
    advice = (
        f"Raise distance_m to {np.ceil(least):,.0f} or more, add candidates there, or use "
        "objective='maximal_coverage' to cover as much as can be."
        if distance_m is not None and np.isfinite(least)
        else "Add the missing distances or candidates, or leave this demand out."
    )
    reach = "" if distance_m is None else f" within distance_m={distance_m:,.0f} m"
    raise InputError(
        f"Every demand must have a candidate or existing post that can reach it{reach}. Found: "
        f"{lost.size:,} of {pairs.rows:,} demands (weight {weights[lost].sum():,.6g} of "
        f"{weights.sum():,.6g}) without one; {how_far}. {advice}",
        problems=[
            {"demand_id": ids[row], "weight": weights[row], "nearest_m": nearest[row]}
            for row in lost.tolist()
        ],
    )


def check_capacity(limits: Limits, demand: Demand, goal: Goal, *, posts: int | None) -> None:
    """Check what can be told without solving: sums of capacity, and the largest demand."""
    if goal == "maximal_coverage":
        return
    new = np.sort(limits.capacity[~limits.existing])[::-1]
    room = float(limits.capacity[limits.existing].sum() + new[:posts].sum())
    needed = float(limits.weights.sum())
    if needed > room * _ROUNDING:
        which = (
            "all candidates and existing posts together"
            if posts is None
            else f"the {posts:,} largest candidates and the existing posts together"
        )
        raise InputError(
            f"The capacity must be enough for all demand. Found: a weight of {needed:,.6g} and "
            f"room for {room:,.6g} in {which}. Raise capacity"
            + ("" if posts is None else " or posts")
            + ", add candidates, or use objective='maximal_coverage'."
        )
    if limits.split:
        return
    largest = np.zeros(limits.pairs.rows)
    np.maximum.at(largest, limits.pairs.row, limits.capacity[limits.pairs.site])
    heavy = np.flatnonzero(limits.weights > largest * _ROUNDING)
    if heavy.size:
        first = int(heavy[limits.weights[heavy].argmax()])
        raise InputError(
            "Every demand must fit into one post that can reach it. Found: "
            f"{heavy.size:,} heavier than any of theirs, the heaviest "
            f"{demand.places.ids[first]!r} with {limits.weights[first]:,.6g} against a capacity "
            f"of {largest[first]:,.6g}. Pass split=True to let several posts share a demand, or "
            "raise capacity.",
            problems=[
                {
                    "demand_id": demand.places.ids[row],
                    "weight": limits.weights[row],
                    "largest_capacity": largest[row],
                }
                for row in heavy.tolist()
            ],
        )


def too_few_posts(pairs: Pairs, sites: Sites, needed: Bools, posts: int) -> InputError:
    """Return the error for demand that so few posts cannot all reach."""
    reach = pairs.matrix()[needed]
    least = cover_all(reach, sites.existing, gap=0.0, clock=Clock(_SECONDS))
    number = f"{np.ceil(least.bound):,.0f}" + ("" if least.finished else " or more")
    return InputError(
        "In p_median every demand needs a post that distances lead to. Found: "
        f"posts={posts:,}, and {number} are needed to reach all demand at all. Raise posts, or "
        "give the missing distances."
    )


def no_fit(limits: Limits, goal: Goal, *, posts: int | None) -> InputError:
    """Return the error for demand that does not fit, though the sums would."""
    everyone = limits._replace(split=True)
    new = np.flatnonzero(~limits.existing)
    best = place_with_capacity(
        everyone,
        "maximal_coverage",
        posts=len(new) if posts is None else posts,
        gap=0.01,
        clock=Clock(_SECONDS),
    )
    total = float(limits.weights.sum())
    which = "all candidates" if posts is None else f"{posts:,} new posts"
    fits = "nothing more is known"
    if isinstance(best, Assigned):
        most = min(-best.bound, total)
        fits = f"with {which}, at most {most:,.6g} of a weight of {total:,.6g} can be served"
        if most >= total / _ROUNDING:
            fits = (
                f"with {which}, all the weight of {total:,.6g} may fit if demand is divided, "
                "but not in whole demands"
                if not limits.split
                else f"with {which}, the weight fits but not within reach"
            )
    split = "" if limits.split else ", or pass split=True"
    return InputError(
        f"The capacity within reach must be enough for all demand. Found: {fits}. Raise capacity, "
        + ("distance_m" if goal == "set_cover" else "posts")
        + f" or the number of candidates{split}; objective='maximal_coverage' serves as much as "
        "can be."
    )


def nothing_found(time_limit_s: float) -> OptionError:
    """Return the error for a clock that ran out first."""
    return OptionError(
        f"time_limit_s must leave time to find a placement. Found: {time_limit_s:g} s, and none "
        "was found; whether there is one is not known. Raise time_limit_s, pass split=True, give "
        "fewer candidates, or raise gap."
    )
