"""Check the items of a scheme, one complaint for everything that is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from gridgov.assessment.scores.point_rules import (
    Deduction,
    Deductions,
    Linear,
    PointRule,
    Steps,
)
from gridgov.errors import SettingsError

__all__ = ["Complaints", "UnweightedItem", "read_items"]

_COMMON = {"name", "en", "zh", "weight", "rule"}
_KEYS = {
    "linear": _COMMON | {"indicator", "measure", "zero_at", "full_at"},
    "steps": _COMMON | {"indicator", "measure", "steps"},
    "deductions": _COMMON | {"full", "deductions"},
}
_MEASURES = ("value", "numerator", "denominator")


class UnweightedItem(NamedTuple):
    """An item whose weight is checked with those of all others."""

    name: str
    en: str
    zh: str
    indicator: str
    measure: str
    rule: PointRule


class Complaints:
    """What is wrong with a scheme, collected and raised once.

    Parameters
    ----------
    scheme
        Its name.
    """

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme
        self._found: list[dict[str, str]] = []

    def add(self, item: str, problem: str) -> None:
        """Note a problem of an item, or of the scheme when it names none."""
        self._found.append({"item": item, "problem": problem})

    def weight(self, item: str, weight: Any) -> None:
        """Note a weight that is no number from 0 on."""
        if _number(weight) is None or weight < 0:
            self.add(item, f"weight must be a number from 0 on, found {weight!r}")

    def raise_any(self) -> None:
        """Raise if there is any.

        Raises
        ------
        SettingsError
            With all of them.
        """
        if not self._found:
            return
        listed = "; ".join(
            f"{found['item']}: {found['problem']}" if found["item"] else found["problem"]
            for found in self._found
        )
        raise SettingsError(
            f"A scheme must have items with a name, a weight and a rule. Found in "
            f"{self._scheme!r}: {listed}. gridgov.read_scheme says what an item holds.",
            problems=self._found,
        )


def read_items(given: Any, complaints: Complaints) -> tuple[list[UnweightedItem], dict[str, Any]]:
    """Return the items of a scheme, and their weights as they were given.

    Parameters
    ----------
    given
        Tables of items as they lie in TOML.
    complaints
        Where problems go; items with a problem are left out.

    Raises
    ------
    None
    """
    if not isinstance(given, list | tuple) or not given:
        complaints.add("", "no items")
        return [], {}
    items: list[UnweightedItem] = []
    weights: dict[str, Any] = {}
    for place, table in enumerate(given, start=1):
        if not isinstance(table, Mapping):
            complaints.add(f"item {place}", f"must be a table, found {table!r}")
            continue
        name = str(table.get("name", f"item {place}"))
        if "name" not in table:
            complaints.add(name, "no name")
        if name in weights:
            complaints.add(name, "the name is given twice")
        weights[name] = table.get("weight")
        if weights[name] is not None:
            complaints.weight(name, weights[name])
        item = _item(name, table, complaints)
        if item is not None:
            items.append(item)
    return items, weights


def _item(name: str, table: Mapping[str, Any], complaints: Complaints) -> UnweightedItem | None:
    """Return one item, or None when its rule cannot be read."""
    kind = table.get("rule", "linear")
    if kind not in _KEYS:
        complaints.add(name, f"rule must be linear, steps or deductions, found {kind!r}")
        return None
    for key in sorted(set(table) - _KEYS[kind]):
        near = get_close_matches(str(key), _KEYS[kind], n=1)
        hint = f", did you mean {near[0]}?" if near else ""
        complaints.add(name, f"a rule of {kind} has no {key}{hint}")
    measure = table.get("measure", "value")
    if measure not in _MEASURES:
        complaints.add(name, f"measure must be one of {', '.join(_MEASURES)}, found {measure!r}")
    rule: PointRule | None
    match kind:
        case "linear":
            rule = _linear(name, table, complaints)
        case "steps":
            rule = _steps(name, table.get("steps"), complaints)
        case _:
            rule = _deductions(name, table, complaints)
    indicator = table.get("indicator")
    if isinstance(rule, Deductions):
        indicator, measure = rule.deductions[0].indicator, "numerator"
    elif kind != "deductions" and not isinstance(indicator, str):
        complaints.add(name, f"no indicator, found {indicator!r}")
        return None
    if rule is None:
        return None
    en, zh = (str(table.get(key, name)) for key in ("en", "zh"))
    return UnweightedItem(name, en, zh, str(indicator), str(measure), rule)


def _linear(name: str, table: Mapping[str, Any], complaints: Complaints) -> Linear | None:
    """Return a straight line."""
    zero, full = (_number(table.get(key, other)) for key, other in (("zero_at", 0), ("full_at", 1)))
    if zero is None or full is None or zero == full:
        complaints.add(name, "zero_at and full_at must be two different numbers")
        return None
    return Linear(zero, full)


def _steps(name: str, given: Any, complaints: Complaints) -> Steps | None:
    """Return a table of steps."""
    try:
        pairs = [(_number(start), _number(score)) for start, score in given]
    except (TypeError, ValueError):
        pairs = []
    starts = [start for start, _ in pairs if start is not None]
    scores = [score for _, score in pairs if score is not None]
    rising = starts == sorted(set(starts))
    if not pairs or not len(starts) == len(scores) == len(pairs) or not rising:
        complaints.add(name, f"steps must be pairs of rising value and points, found {given!r}")
        return None
    if min(scores) < 0 or max(scores) > 100:
        complaints.add(name, f"points of steps must lie from 0 to 100, found {scores}")
        return None
    return Steps(tuple(starts), tuple(scores))


def _deductions(name: str, table: Mapping[str, Any], complaints: Complaints) -> Deductions | None:
    """Return deductions from a full sum."""
    full, given = _number(table.get("full")), table.get("deductions")
    if full is None or full <= 0:
        complaints.add(name, f"full must be a number above 0, found {table.get('full')!r}")
        return None
    parts = []
    for part in given if isinstance(given, list | tuple) else ():
        each = _number(part.get("each")) if isinstance(part, Mapping) else None
        if each is None or each < 0 or not isinstance(part.get("indicator"), str):
            complaints.add(name, f"a deduction has an indicator and each from 0 on, found {part!r}")
            return None
        parts.append(Deduction(part["indicator"], each))
    if not parts:
        complaints.add(name, "no deductions")
        return None
    return Deductions(full, tuple(parts))


def _number(value: Any) -> float | None:
    """Return a finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
