"""What speaks against an effect, and the verdict with it.

Each caution is a code; docs/campaigns.md says what each means and how often it comes up
where nothing was done.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.campaigns.difference_in_differences import rate_ratio
from gridgov.campaigns.regression_to_mean import Regression
from gridgov.campaigns.roles import TREATED
from gridgov.campaigns.units import Records, Units
from gridgov.campaigns.windows import Windows

__all__ = ["cautions_of", "verdict_of"]

_DAY_US = 86_400_000_000
# A window that starts or ends this long before or after all incidents was not recorded.
_GAP_DAYS = 7
_ALPHA = 0.05
_FEW = 5
# Controls half or twice as busy are no longer alike.
_UNLIKE = 2.0
# From here on the intervals of Poisson chance are too narrow by a third.
_OVERDISPERSED = 2.0
_FALLS_BY_ITSELF = 0.1
_LEAST_HISTORY_DAYS = 60.0


def cautions_of(
    records: Records, units: Units, windows: Windows, row: dict[str, Any], back: Regression
) -> list[str]:
    """Return the codes of what to know before believing the verdict."""
    compared = units.compared_with != "none"
    used = ["treated", *(["control"] if compared else [])]
    few = min(row[f"{name}_{when}"] for name in used for when in ("before", "after")) < _FEW
    unlike = compared and units.compared_with != "all" and _unlike(row)
    start, _, _, end = windows.instants
    first, last = records.first, records.last
    beyond = (
        first is None
        or last is None
        or first - start > _GAP_DAYS * _DAY_US
        or end - last > _GAP_DAYS * _DAY_US
    )
    peak = back.high and back.share >= _FALLS_BY_ITSELF
    found = {
        "few_events": few,
        "no_controls": not compared,
        "poor_match": unlike,
        "unequal_pretrend": row["pretrend_p"] < _ALPHA,
        "pretrend_unknown": compared and np.isnan(row["pretrend_p"]),
        "selected_at_peak": peak or _above_own_past(records, units, windows),
        "overdispersed": row["dispersion"] > _OVERDISPERSED,
        "dates_beyond_data": beyond,
    }
    return [code for code, holds in found.items() if holds]


def _unlike(row: dict[str, Any]) -> bool:
    """Return whether the controls were half or twice as busy, cell by cell."""
    if not row["treated_before"] or not row["control_before"]:
        return True
    busy = (row["control_before"] / row["control_before_days"] / row["control_cells"]) / (
        row["treated_before"] / row["before_days"] / row["treated_cells"]
    )
    return not 1 / _UNLIKE <= busy <= _UNLIKE


def _above_own_past(records: Records, units: Units, windows: Windows) -> bool:
    """Return whether the time before was a peak of the treated area's own history."""
    start = windows.instants[0]
    days = (start - records.first) / _DAY_US if records.first is not None else 0.0
    if days < _LEAST_HISTORY_DAYS:
        return False
    here = units.role == TREATED
    found = rate_ratio(
        units.earlier[here],
        units.before[here],
        units.earlier[units.free],
        units.before[units.free],
        days_ratio=windows.days[0] / days,
    )
    return bool(found.ratio > 1 and found.p_value < _ALPHA)


def verdict_of(row: dict[str, Any], cautions: list[str]) -> str:
    """Return what a campaign's interval says, and whether a caution puts it in doubt."""
    if row["treated_before"] < _FEW or not np.isfinite(row["rate_ratio_high"]):
        return "not_judged"
    if row["rate_ratio_low"] > 1:
        return "rose"
    if row["rate_ratio_high"] >= 1:
        return "no_clear_change"
    # With the fall that comes by itself taken off, the interval moves with its estimate.
    taken_off = row["rate_ratio_high"] / max(1 - row["regression_share"], 1e-9)
    by_itself = "selected_at_peak" in cautions and not taken_off < 1
    serious = {"unequal_pretrend", "no_controls", "overlapping_campaign"} & set(cautions)
    return "fell_with_doubt" if serious or by_itself else "fell"
