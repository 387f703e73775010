"""The walks of one street, day by day, shift by shift, patrol by patrol.

Walks are planned one after another: the first day first; of a day's shifts the one that
promises most; then its patrols in turn. Each takes the best walk for itself among the cells
that the earlier ones left, so that two patrols together may do a little less than two walks
planned as one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.checks import check_whole
from gridgov.coverage.patrol_plan.plan_gaps import Gaps
from gridgov.coverage.patrol_plan.plan_inputs import Shifts, check_number, read_shifts
from gridgov.coverage.patrol_plan.plan_route import Walk
from gridgov.coverage.patrol_plan.plan_walks import Ground, Spot, StreetWalks

__all__ = [
    "ALL_VISITED",
    "NOTHING_EXPECTED",
    "OUT_OF_REACH",
    "SHIFT_TOO_SHORT",
    "Route",
    "Terms",
    "read_terms",
    "street_routes",
]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Chooser = Callable[[Walk], Places]

NOTHING_EXPECTED = "no score above zero"
SHIFT_TOO_SHORT = "shift shorter than one stop"
OUT_OF_REACH = "no cell within reach"
ALL_VISITED = "every cell visited already"


class Terms(NamedTuple):
    """What every walk of a plan keeps to: days, shifts, minutes."""

    days: int
    shifts: Shifts
    shift_min: float
    stay_min: float


def read_terms(
    cells: NDArray[np.uint64],
    *,
    shifts: Any,
    hours: Any,
    shift_min: Any,
    stay_min: Any,
    days: Any,
) -> Terms:
    """Return what every walk keeps to, checked."""
    length = check_number(shift_min, option="shift_min", meaning="the length of a shift in minutes")
    stay = check_number(stay_min, option="stay_min", meaning="the minutes spent in every cell")
    number = check_whole(days, option="days", least=1, meaning="how many days are planned")
    return Terms(number, read_shifts(shifts, hours, cells, shift_min=length), length, stay)


class Route(NamedTuple):
    """One walk, one entry a stop but for the first attributes.

    Attributes
    ----------
    street, day, shift, patrol
        Positions, from 0 on.
    start
        Where it starts.
    end
        Where it ends; None for anywhere.
    reason
        Why there is no stop, or None.
    cells
        Positions of the cells in the grid, in walking order.
    walk, back, saved
        Minutes from the stop before, straight to the end, and that leaving it out would save.
    priority, gap, factor
        What was maximized; days without a visit; the weight of the shift's hours.
    """

    street: int
    day: int
    shift: int
    patrol: int
    start: Spot
    end: Spot | None
    reason: str | None
    cells: Places
    walk: Floats
    back: Floats
    saved: Floats
    priority: Floats
    gap: Floats
    factor: Floats

    @property
    def last_leg(self) -> float:
        """Minutes from the last stop to the end."""
        return float(self.back[-1]) if len(self.back) else 0.0


def street_routes(
    ground: Ground,
    street: int,
    members: Places,
    score: Floats,
    gaps: Gaps,
    terms: Terms,
    *,
    teams: int,
    starts: list[Spot],
    ends: list[Spot],
    choose: Chooser,
) -> list[Route]:
    """Return the walks of one street; the cells visited are noted in `gaps`.

    Parameters
    ----------
    ground
        The cells and the ways.
    street
        Its number.
    members
        Positions of its cells.
    score
        Score of every cell of the grid.
    gaps
        Days without a visit.
    terms
        Days, shifts and minutes.
    teams
        How many patrols walk at once.
    starts, ends
        Where they start, in turn, and end; no ends for anywhere.
    choose
        Finds the cells of a walk.
    """
    wanted = members[score[members] > 0]
    reach = terms.shift_min - terms.stay_min + 1e-9
    walks = None
    if len(wanted) and teams and reach > 0:
        walks = StreetWalks(ground, wanted, score, starts, ends, reach=reach)
    weight = (score[members] * terms.shifts.factors[:, members]).sum(axis=1)
    order = np.argsort(-weight, kind="stable")
    routes = []
    for day in range(terms.days):
        for shift in order:
            for patrol in range(teams):
                start = starts[patrol % len(starts)]
                end = ends[patrol % len(ends)] if ends else None
                place = (street, day, int(shift), patrol, start, end)
                if walks is None:
                    empty = NOTHING_EXPECTED if not len(wanted) else SHIFT_TOO_SHORT
                    routes.append(_nowhere(place, empty))
                else:
                    routes.append(_route(walks, place, score, gaps, terms, choose))
    return sorted(routes, key=lambda route: route[1:4])


def _route(
    walks: StreetWalks,
    place: tuple[int, int, int, int, Spot, Spot | None],
    score: Floats,
    gaps: Gaps,
    terms: Terms,
    choose: Chooser,
) -> Route:
    """Return one walk."""
    _, day, shift, patrol, _, _ = place
    here = walks.members
    factor = terms.shifts.factors[shift, here]
    priority = score[here] * factor * gaps.weights(day)[here]
    free = gaps.free(day)[here]
    walk = walks.walk(patrol, priority * free, stay=terms.stay_min, budget=terms.shift_min)
    if not (walk.value > 0).any():
        reached = walks.walk(patrol, priority, stay=terms.stay_min, budget=terms.shift_min)
        if not len(here) or not (priority > 0).any():
            return _nowhere(place, OUT_OF_REACH if not len(here) else NOTHING_EXPECTED)
        return _nowhere(place, ALL_VISITED if (reached.value > 0).any() else OUT_OF_REACH)
    chosen = choose(walk)
    if place[4] == place[5]:
        chosen = _earliest(walk, chosen)
    path = np.concatenate([[walk.cells], chosen, [walk.cells + 1]]).astype(np.intp)
    legs = walk.minutes[path[:-1], path[1:]]
    straight = walk.minutes[path[:-2], path[2:]]
    cells = here[chosen]
    gap = gaps.days(day)[cells]
    gaps.visit(day, cells)
    return Route(
        *place,
        None,
        cells,
        legs[:-1],
        walk.minutes[chosen, walk.cells + 1],
        legs[:-1] + legs[1:] - straight + terms.stay_min,
        priority[chosen],
        gap,
        factor[chosen],
    )


def _earliest(walk: Walk, chosen: Places) -> Places:
    """Return a round in the direction that comes to what matters most earlier.

    Both directions are as long; a walk that is broken off loses less this way.
    """
    ways = []
    for order in (chosen, chosen[::-1]):
        path = np.concatenate([[walk.cells], order])
        arrives = np.cumsum(walk.minutes[path[:-1], path[1:]] + walk.stay)
        ways.append(float((arrives * walk.value[order]).sum()))
    return chosen if ways[0] <= ways[1] else chosen[::-1]


def _nowhere(place: tuple[int, int, int, int, Spot, Spot | None], reason: str) -> Route:
    """Return a walk without stops."""
    nothing = np.empty(0)
    return Route(*place, reason, np.empty(0, dtype=np.intp), *[nothing] * 6)
