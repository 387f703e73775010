"""All numbers of one campaign from the counts of its units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.campaigns.cautions import cautions_of, verdict_of
from gridgov.campaigns.difference_in_differences import RateRatio, rate_ratio
from gridgov.campaigns.displacement import displacement_quotient, quotient_meaning
from gridgov.campaigns.e_test import poisson_e_test
from gridgov.campaigns.pretrend import Pretrend, pretrend
from gridgov.campaigns.regression_to_mean import Regression, regression_to_mean
from gridgov.campaigns.roles import BUFFER, BUFFER_CONTROL, CONTROL, TREATED
from gridgov.campaigns.treated_area import Treated
from gridgov.campaigns.units import Records, Units, count_units
from gridgov.campaigns.wdd import weighted_displacement_difference
from gridgov.campaigns.windows import Windows
from gridgov.place.periods import period_end, read_range

__all__ = ["Setup", "campaign_row"]

Floats = NDArray[np.float64]

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Setup:
    """The options of one campaign, checked."""

    name: str
    treated: Treated
    windows: Windows
    category: Any
    controls: Any
    buffer_rings: int
    exclude: Any
    match_on: tuple[str, ...]
    period: str
    confidence: float

    def choices(self) -> dict[str, Any]:
        """Return what decides the roles of cells."""
        return {
            "buffer_rings": self.buffer_rings,
            "controls": self.controls,
            "exclude": self.exclude,
            "match_on": self.match_on,
        }

    def told(self) -> dict[str, Any]:
        """Return the settings in plain values."""
        plain = self.controls is None or isinstance(self.controls, int | str)
        return {
            "treated": "cells" if self.treated.outline is None else "outline",
            "controls": self.controls if plain else "given",
            "buffer_rings": self.buffer_rings,
            "match_on": list(self.match_on),
            "period": self.period,
            "confidence": self.confidence,
        }


def campaign_row(records: Records, setup: Setup, *, overlapping: bool = False) -> dict[str, Any]:
    """Return the numbers of a campaign by the column they belong to, without the q-value."""
    units = count_units(records, setup.treated, setup.windows, **setup.choices())
    days_before, days_after = setup.windows.days
    counts = {
        name: units.counts(role)
        for name, role in (
            ("treated", TREATED),
            ("buffer", BUFFER),
            ("control", CONTROL),
            ("buffer_control", BUFFER_CONTROL),
        )
    }
    sums = {name: (float(b.sum()), float(a.sum())) for name, (b, a) in counts.items()}

    def ratio(of: int, against: int) -> RateRatio:
        of_before, of_after = units.counts(of)
        against_before, against_after = units.counts(against)
        return rate_ratio(
            of_before,
            of_after,
            against_before,
            against_after,
            days_ratio=days_after / units.days_before(of),
            control_days_ratio=days_after / units.days_before(against),
            confidence=setup.confidence,
        )

    direct = ratio(TREATED, CONTROL)
    moved = (
        ratio(BUFFER, BUFFER_CONTROL)
        if counts["buffer"][0].size and counts["buffer_control"][0].size
        else None
    )
    before = _trend_before(records, units, setup)
    row: dict[str, Any] = {
        "campaign": setup.name,
        "category": _category_name(setup.category),
        "compared_with": units.compared_with,
        "before_days": days_before,
        "after_days": days_after,
    }
    row |= dict(
        zip(
            ("before_start", "before_end", "after_start", "after_end"),
            setup.windows.moments,
            strict=True,
        )
    )
    for name, role in (
        ("treated", TREATED),
        ("buffer", BUFFER),
        ("control", CONTROL),
        ("buffer_control", BUFFER_CONTROL),
    ):
        here = units.role == role
        row |= {
            f"{name}_cells": int(here.sum()),
            f"{name}_km2": float(units.area_km2[here].sum()),
            f"{name}_before": int(sums[name][0]),
            f"{name}_after": int(sums[name][1]),
        }
    row["control_before_days"] = units.days_before(CONTROL) if row["control_cells"] else np.nan
    row["buffer_control_before_days"] = (
        units.days_before(BUFFER_CONTROL) if row["buffer_control_cells"] else np.nan
    )
    row |= _direct_numbers(direct, row)
    row["e_test_p"] = poisson_e_test(
        int(sums["treated"][0]),
        int(sums["treated"][1]),
        first_exposure=days_before,
        second_exposure=days_after,
    )
    row |= _differences(row, sums, setup)
    row |= _surroundings(moved, sums, row)
    back, beyond = _regression(records, units, row)
    row |= {
        "pretrend_ratio": before.ratio,
        "pretrend_p": before.p_value,
        "regression_share": back.share,
        "regressed_ratio": beyond,
        "matched_ratio": back.matched_ratio,
    }
    cautions, stays = cautions_of(records, units, setup.windows, row, back)
    if overlapping:
        cautions.append("overlapping_campaign")
    row["cautions"] = ";".join(cautions) or None
    row["verdict"] = verdict_of(row, cautions, stays)
    return row


def _direct_numbers(direct: RateRatio, row: dict[str, Any]) -> dict[str, Any]:
    """Return the rate ratio, its intervals, and what it means in incidents."""
    expected = _expected(row, "treated", "control")
    return {
        "rate_ratio": direct.ratio,
        "rate_ratio_low": direct.low,
        "rate_ratio_high": direct.high,
        "interval_method": direct.method,
        "p_value": direct.p_value,
        **{
            f"{kind}_{side}": getattr(direct, kind)[place]
            for kind in ("poisson", "quasi", "robust")
            for place, side in enumerate(("low", "high"))
        },
        "dispersion": direct.dispersion,
        "incidents_avoided": expected * (1 - direct.ratio),
        "incidents_avoided_low": expected * (1 - direct.high),
        "incidents_avoided_high": expected * (1 - direct.low),
    }


def _expected(row: dict[str, Any], name: str, against: str) -> float:
    """Return the incidents after, had a role gone as its control; as before without one."""
    rate = row[f"{name}_before"] / row["before_days"]
    if row[f"{against}_cells"]:
        before = row[f"{against}_before"] / row[f"{against}_before_days"]
        rate *= row[f"{against}_after"] / row["after_days"] / before if before else np.nan
    return float(rate * row["after_days"])


def _differences(
    row: dict[str, Any], sums: dict[str, tuple[float, float]], setup: Setup
) -> dict[str, Any]:
    """Return the weighted displacement difference, in incidents of the time after."""
    if not row["control_cells"]:
        return {}
    with_buffer = bool(row["buffer_cells"] and row["buffer_control_cells"])
    of_buffer = row["buffer_control_km2"] / row["buffer_km2"] if with_buffer else 1.0
    found = weighted_displacement_difference(
        sums["treated"],
        sums["control"],
        buffer=sums["buffer"] if with_buffer else (0, 0),
        buffer_control=sums["buffer_control"] if with_buffer else (0, 0),
        time_weights=(row["before_days"] / row["after_days"], 1.0),
        control_time_weights=(row["control_before_days"] / row["after_days"], 1.0),
        area_weights=(1.0, row["control_km2"] / row["treated_km2"], 1.0, of_buffer),
        confidence=setup.confidence,
    )
    return {
        "wdd_treated": found.treated,
        "wdd_treated_se": found.treated_se,
        "wdd_buffer": found.buffer if with_buffer else np.nan,
        "wdd_buffer_se": found.buffer_se if with_buffer else np.nan,
        "wdd": found.total,
        "wdd_se": found.total_se,
        "wdd_z": found.z,
        "wdd_low": found.low,
        "wdd_high": found.high,
    }


def _surroundings(
    moved: RateRatio | None, sums: dict[str, tuple[float, float]], row: dict[str, Any]
) -> dict[str, Any]:
    """Return what the buffer did beyond its own control."""
    if moved is None or not np.isfinite(moved.ratio):
        return {"displacement": "not_judged"}
    verdict = "no_clear_change"
    if moved.low > 1:
        verdict = "displaced"
    elif moved.high < 1:
        verdict = "diffused"
    expected = _expected(row, "buffer", "buffer_control")
    avoided = row["incidents_avoided"]
    # The control counts on fewer days before; the quotient wants one time for all.
    before, after = sums["control"]
    alike = (before * row["before_days"] / row["control_before_days"], after)
    quotient = displacement_quotient(sums["treated"], sums["buffer"], alike)
    return {
        "buffer_ratio": moved.ratio,
        "buffer_ratio_low": moved.low,
        "buffer_ratio_high": moved.high,
        "buffer_p": moved.p_value,
        "displacement": verdict,
        "displaced_share": expected * (moved.ratio - 1) / avoided if avoided > 0 else np.nan,
        "displacement_quotient": quotient,
        "quotient_meaning": quotient_meaning(quotient),
    }


def _trend_before(records: Records, units: Units, setup: Setup) -> Pretrend:
    """Return whether treated and control drifted apart, period by period."""
    first, second = setup.windows.instants[:2]
    # Matched controls go by the weeks that did not choose them, and so must the treated.
    held = units.measured
    if not units.split(CONTROL):
        held = (records.instants >= first) & (records.instants < second)
    instants, role = records.instants[held], units.role[units.unit[held]]
    start, end = setup.windows.moments[:2]
    zone = start.tzinfo
    range_ = read_range(instants, freq=setup.period, start=start, end=end, zone=zone)
    begun = range_.starts.asi8
    ends = np.append(begun[1:], _instant(period_end(range_.starts[-1], setup.period)))
    middle = (np.maximum(begun, first) + np.minimum(ends, second)) / 2 / _DAY_US
    of = range_.places(instants)
    treated, control = (
        np.bincount(of[role == one], minlength=len(begun)).astype(np.float64)
        for one in (TREATED, CONTROL)
    )
    return pretrend(treated, control, middle)


def _instant(moment: pd.Timestamp) -> int:
    """Return a moment as microseconds since 1970 UTC."""
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])


def _regression(records: Records, units: Units, row: dict[str, Any]) -> tuple[Regression, float]:
    """Return what cells picked for their counts do by themselves, and the ratio beyond it."""
    cells = len(records.cells)
    before, after = (
        np.bincount(units.place, weights=counts, minlength=cells).astype(np.float64)
        for counts in (units.before, units.after)
    )
    treated = np.zeros(cells, dtype=bool)
    treated[units.place[units.role == TREATED]] = True
    free = units.free[:cells]
    back = regression_to_mean(before, after, treated, free)
    left = row["treated_before"] * (1 - back.share)
    others = before[free].sum()
    expected = left * after[free].sum() / others if others else np.nan
    return back, float(row["treated_after"] / expected) if expected > 0 else np.nan


def _category_name(category: Any) -> str | None:
    """Return the categories as one text."""
    if category is None or isinstance(category, str):
        return category
    return "、".join(map(str, category))
