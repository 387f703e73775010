"""A scheme of assessment: items, their weights, and how a share becomes points.

A scheme is data, not code: a table of TOML that a meeting can read and change. Its weights
must add up to the whole exactly. A scheme whose weights are short gives every street the
same penalty and looks right, which is how such a mistake stays in use for years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgov.assessment.scores.grades import Grades
from gridgov.assessment.scores.point_rules import Deductions, PointRule

__all__ = ["Item", "Scheme"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a scheme.

    Attributes
    ----------
    name, en, zh
        Its name and what files and slides call it.
    indicator
        Indicator that it is measured by; of deductions the first.
    measure
        What of the indicator: ``"value"`` (the share), ``"numerator"`` or ``"denominator"``
        (numbers of cases).
    rule
        How that becomes points.
    weight
        Its share of the score, 0 to 1.
    """

    name: str
    en: str
    zh: str
    indicator: str
    measure: str
    rule: PointRule
    weight: float

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the indicators it needs."""
        if isinstance(self.rule, Deductions):
            return tuple(part.indicator for part in self.rule.deductions)
        return (self.indicator,)


@dataclass(frozen=True, slots=True)
class Scheme:
    """Items whose weights add up to 1.

    Attributes
    ----------
    name, en, zh
        Its name and what files and slides call it.
    source, version
        Where it comes from.
    items
        In the order in which they were given.
    grades
        Names of the grades with the least score of each, the best first; may be empty.
    """

    name: str
    en: str
    zh: str
    source: str
    version: str
    items: tuple[Item, ...]
    grades: Grades = ()

    @property
    def indicators(self) -> list[str]:
        """Return the indicators that it needs, each once."""
        return list(dict.fromkeys(name for item in self.items for name in item.indicators))

    @property
    def weights(self) -> dict[str, float]:
        """Return the weight of every item."""
        return {item.name: item.weight for item in self.items}

    def values(self, sums: Floats, *, drawn: bool = False) -> Floats:
        """Return what the points of every item are given for.

        Parameters
        ----------
        sums
            Numerator and denominator of every indicator of the scheme in order, shape
            (..., indicators, 2); missing where an indicator cannot be measured.
        drawn
            Whether the sums were drawn: a number of cases is then taken as a whole one.

        Returns
        -------
        float64 array, shape (..., items)
            Missing where a denominator is 0: such a share is neither 0 nor 1.
        """
        at = {name: place for place, name in enumerate(self.indicators)}
        counts = np.rint(sums) if drawn else sums
        found = np.full((*sums.shape[:-2], len(self.items)), np.nan)
        for place, item in enumerate(self.items):
            if isinstance(item.rule, Deductions):
                found[..., place] = sum(
                    part.each * counts[..., at[part.indicator], 0] for part in item.rule.deductions
                )
                continue
            if item.measure == "value":
                above, below = sums[..., at[item.indicator], 0], sums[..., at[item.indicator], 1]
                np.divide(above, below, out=found[..., place], where=below > 0)
            else:
                side = 0 if item.measure == "numerator" else 1
                found[..., place] = counts[..., at[item.indicator], side]
        return found

    def points(self, values: Floats) -> Floats:
        """Return the points of every item, shape (..., items)."""
        found = np.empty(values.shape)
        for place, item in enumerate(self.items):
            found[..., place] = item.rule.points(values[..., place])
        return found

    def shares(self, points: Floats, *, renormalize: bool) -> Floats:
        """Return the weight with which every item counts, shape (..., items).

        Parameters
        ----------
        points
            Points of every item, missing where there are none.
        renormalize
            Whether the items with points share the weight of those without.
        """
        weights = np.broadcast_to([item.weight for item in self.items], points.shape)
        if not renormalize:
            return np.array(weights, dtype=np.float64)
        there = np.where(np.isnan(points), 0.0, weights)
        total = there.sum(axis=-1, keepdims=True)
        shared = np.divide(there, total, out=np.full(points.shape, np.nan), where=total > 0)
        return np.where(np.isnan(points), np.nan, shared)

    def score(self, points: Floats, shares: Floats) -> Floats:
        """Return the score, missing where an item that counts has no points."""
        counts = ~np.isnan(shares) & (shares > 0)
        weighted = np.where(counts, points * shares, 0.0).sum(axis=-1)
        return np.where(counts.any(axis=-1), weighted, np.nan)
