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
) -> tuple[list[str], float]:
    """Return the codes of what to know before believing the verdict, and what would stay.

    Parameters
    ----------
    records, units, windows
        The incidents, their units with roles, and the times.
    row
        Numbers of the campaign so far.
    back
        What cells picked for their counts do by themselves.

    Returns
    -------
    codes : list of str
    stays : float
        Share of the treated rate before that would have stayed without any campaign, when the
        place was picked at a peak; 1 when nothing says so.
    """
    compared = units.compared_with != "none"
    used = ["treated", *(["control"] if compared else [])]
    few = min(row[f"{name}_{when}"] for name in used for when in ("before", "after")) < _FEW
    unlike = compared and units.compared_with != "all" and _unlike(row)
    start, _, _, end = windows.instants
    beyond = records.first - start > _GAP_DAYS * _DAY_US or end - records.last > _GAP_DAYS * _DAY_US
    high = back.high and back.share >= _FALLS_BY_ITSELF
    stays = min(1 - back.share if high else 1.0, _part_of_own_past(records, units, windows))
    found = {
        "few_events": few,
        "no_controls": not compared,
        "poor_match": unlike,
        "unequal_pretrend": row["pretrend_p"] < _ALPHA,
        "pretrend_unknown": compared and np.isnan(row["pretrend_p"]),
        "selected_at_peak": stays < 1,
        "overdispersed": row["dispersion"] > _OVERDISPERSED,
        "dates_beyond_data": beyond,
    }
    return [code for code, holds in found.items() if holds], stays


def verdict_of(row: dict[str, Any], cautions: list[str], stays: float) -> str:
    """Return what a campaign's interval says, and whether a caution puts it in doubt."""
    if row["treated_before"] < _FEW or not np.isfinite(row["rate_ratio_high"]):
        return "not_judged"
    if row["rate_ratio_low"] > 1:
        return "rose"
    if row["rate_ratio_high"] >= 1:
        return "no_clear_change"
    # With the fall that comes by itself taken off, the interval moves with its estimate.
    by_itself = row["rate_ratio_high"] / max(stays, 1e-9) >= 1
    serious = {"unequal_pretrend", "no_controls", "overlapping_campaign"} & set(cautions)
    return "fell_with_doubt" if serious or by_itself else "fell"


def _unlike(row: dict[str, Any]) -> bool:
    """Return whether the controls were half or twice as busy, cell by cell."""
    if not row["treated_before"] or not row["control_before"]:
        return True
    busy = (row["control_before"] / row["control_before_days"] / row["control_cells"]) / (
        row["treated_before"] / row["before_days"] / row["treated_cells"]
    )
    return not 1 / _UNLIKE <= busy <= _UNLIKE


def _part_of_own_past(records: Records, units: Units, windows: Windows) -> float:
    """Return the treated rate of all time until the campaign, as a part of that before it.

    It is below 1 only where the time before was a peak of the area's own history, which a
    one-sided test at 5 % has to say; else it is 1.
    """
    if windows.instants[0] - records.first < _LEAST_HISTORY_DAYS * _DAY_US:
        return 1.0
    here = units.role == TREATED
    # Both roles count over the same days, which therefore cancel.
    found = rate_ratio(
        units.earlier[here],
        units.before[here],
        units.earlier[units.free],
        units.before[units.free],
    )
    if not (found.ratio > 1 and found.p_value < 2 * _ALPHA):
        return 1.0
    treated = units.earlier[here].sum() / units.before[here].sum()
    others = units.earlier[units.free].sum() / units.before[units.free].sum()
    return float((1 + treated) / (1 + others))
