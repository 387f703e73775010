"""Monthly checks of the alleys in 2017 by a third party, on the ten "no" items (十无).

A check counts the problems of each item and takes points off 100 for each. Which alley
falls below 90 in which month is planned by hand; the counts are drawn until the score is
on the planned side of the mark, so that the plan is the truth exactly. The points an item
costs are invented: the notice of the items gives none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sample_data.generator.alleys import Alley
from sample_data.generator.stream import Stream

__all__ = ["CHECK_COLUMNS", "ITEMS", "MARK", "check_truth", "make_checks"]

ITEMS: dict[str, int] = {
    "私搭乱建": 4,
    "开墙打洞": 4,
    "乱停车": 1,
    "乱占道经营": 2,
    "违规设置城市家具": 1,
    "违规广告牌匾和标语宣传品": 2,
    "乱搭架空线": 1,
    "外立面破损": 1,
    "道路破损": 2,
    "垃圾乱放和堆物堆料": 2,
}
"""The ten items in the order of the notice, and the points one problem costs."""

CHECK_COLUMNS = ("背街小巷编号", "月份", "得分", *ITEMS)

MARK = 90
"""From this score on a check is good."""

# Problems in a month, mean by item: in a good month, and how many times that in a bad one.
_MEANS = (0.06, 0.03, 1.0, 0.35, 0.25, 0.4, 0.35, 0.3, 0.2, 0.5)
_BAD = 3.5
_GOOD_MONTHS = 3
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to some alleys: the months below the mark and those without a check."""

    kind: str
    below: tuple[int, ...]
    missing: tuple[int, ...] = ()


_PLANS = (
    _Plan("recovers", (2,)),
    _Plan("recovers", (3, 4)),
    _Plan("recovers", (4,)),
    _Plan("recovers", (5, 6)),
    _Plan("recovers", (6,)),
    _Plan("recovers", (7, 8)),
    _Plan("recovers", (1, 2, 3)),
    _Plan("recovers", (8,)),
    # Two good months are not three.
    _Plan("interrupted", (3, 6)),
    _Plan("interrupted", (5, 8)),
    _Plan("falls_again", (2, 8)),
    _Plan("falls_again", (1, 7)),
    # No check in the third month after the fall: the rule of gaps decides.
    _Plan("gap_in_recovery", (5,), (7,)),
    _Plan("stays_below", (10,)),
    _Plan("stays_below", (9, 11)),
    _Plan("stays_below", (11, 12)),
    _Plan("stays_below", (2, 4, 6, 8, 10)),
    _Plan("stays_below", tuple(range(1, 13))),
    # Fine all year, but not seen every month.
    _Plan("meets", (), (2,)),
    _Plan("meets", (), (6,)),
    _Plan("meets", (), (7, 8)),
    _Plan("meets", (), (12,)),
)


def make_checks(
    stream: Stream, alleys: Sequence[Alley]
) -> tuple[list[dict[str, str]], dict[str, _Plan]]:
    """Return the checks by month and alley, and the plan of every alley by id."""
    order = stream.order(len(alleys)).tolist()
    plans = {alley.alley_id: _Plan("meets", ()) for alley in alleys}
    for plan, position in zip(_PLANS, order, strict=False):
        plans[alleys[position].alley_id] = plan
    rows = []
    for month in range(1, _MONTHS + 1):
        for alley_id, plan in plans.items():
            if month in plan.missing:
                continue
            score, found = _check(stream, below=month in plan.below)
            rows.append(
                {
                    "背街小巷编号": alley_id,
                    "月份": f"2017-{month:02d}",
                    "得分": str(score),
                    **{item: str(count) for item, count in zip(ITEMS, found, strict=True)},
                }
            )
    return rows, plans


def check_truth(plans: dict[str, _Plan]) -> dict[str, Any]:
    """Return the plan, and the months in which an alley falls and is restored by the rule."""
    return {
        "mark": MARK,
        "good_months": _GOOD_MONTHS,
        "rule": (
            "an alley falls in a month below the mark and is restored in the third good month "
            "in a row; restored_if_gaps_hold: a month without a check neither counts nor breaks "
            "the run; restored_if_gaps_break: the run starts again"
        ),
        "points": ITEMS,
        "rows": sum(_MONTHS - len(plan.missing) for plan in plans.values()),
        "alleys": {
            alley_id: {
                "kind": plan.kind,
                "below": [_month(month) for month in plan.below],
                "without_check": [_month(month) for month in plan.missing],
                "falls": _standing(plan, gaps_break=False)[0],
                "restored_if_gaps_hold": _standing(plan, gaps_break=False)[1],
                "restored_if_gaps_break": _standing(plan, gaps_break=True)[1],
            }
            for alley_id, plan in plans.items()
            if plan != _Plan("meets", ())
        },
    }


def _check(stream: Stream, *, below: bool) -> tuple[int, list[int]]:
    """Return a score on the wanted side of the mark, and the problems it was made of."""
    while True:
        means = [mean * (_BAD if below else 1.0) for mean in _MEANS]
        found = [stream.poisson(mean) for mean in means]
        points = zip(found, ITEMS.values(), strict=True)
        score = max(0, 100 - sum(count * cost for count, cost in points))
        if (score < MARK) == below:
            return score, found


def _standing(plan: _Plan, *, gaps_break: bool) -> tuple[list[str], list[str]]:
    """Return the months in which an alley falls and those in which it is restored."""
    falls, restored = [], []
    down, run = False, 0
    for month in range(1, _MONTHS + 1):
        if month in plan.missing:
            run = 0 if gaps_break else run
        elif month in plan.below:
            if not down:
                falls.append(_month(month))
            down, run = True, 0
        elif down:
            run += 1
            if run == _GOOD_MONTHS:
                restored.append(_month(month))
                down, run = False, 0
    return falls, restored


def _month(month: int) -> str:
    return f"2017-{month:02d}"
