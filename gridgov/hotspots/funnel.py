"""What chance allows: streets of different size against one mean, without ranking them.

Small streets vary more by chance alone, so that the top and the bottom of any ranking are
full of them. A funnel draws the limits that chance sets around the common mean: wide for
small streets, narrow for large ones. Who lies outside is worth a question; who lies inside
is not shown to differ. What it cannot say: why. Streets differ in shops and stations, and
where they all vary more than chance, limits of chance alone single out nearly everyone:
then the widened ones are to be read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, poisson

from gridgov.checks import check_table, conform
from gridgov.errors import InputError
from gridgov.schema.street_rates import FUNNEL_ZONES

__all__ = ["funnel_limits", "measure_funnel"]

Floats = NDArray[np.float64]

_LEVELS = {"95": 0.95, "998": 0.998}
# Share of the streets at either end whose z is drawn in before the dispersion is taken.
_WINSOR = 0.1


def measure_funnel(street_rates: pd.DataFrame) -> pd.DataFrame:
    """Measure where every street lies among the limits that chance sets around the mean.

    Parameters
    ----------
    street_rates
        Table of :func:`gridgov.measure_street_rates`, one group.

    Returns
    -------
    DataFrame
        Rows of `street_rates`, those with a rate; largest base first.

        - ``street_id``, ``street``, ``group``, ``incidents``, ``base``, ``rate``: as given.
        - ``mean_rate``: all incidents by all base.
        - ``expected_incidents``: incidents at the mean rate, E.
        - ``limit_low_95``, ``limit_high_95``, ``limit_low_998``, ``limit_high_998``: exact
          Poisson limits, as rates.
        - ``wide_low_95`` and so on: the same widened by the dispersion; missing unless
          ``overdispersed``.
        - ``z``: 2 (√O - √E) with O incidents.
        - ``dispersion``: mean of the squared z after the outermost tenths are drawn in.
        - ``overdispersed``: whether that is above 1 + 2 √(2 / n).
        - ``zone``: outside the 99.8 % or 95 % limits, or inside.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no streets.
    InputError
        If there are several groups, or fewer than two streets with a rate, or no incidents.

    Notes
    -----
    Null hypothesis: every street's count is a Poisson draw with the mean E. A limit at
    probability p is interpolated between whole numbers [1]_: with r the smallest number
    whose cumulative probability reaches p, the limit is r - α with
    α = (P(R ≤ r) - p) / (P(R ≤ r) - P(R ≤ r - 1)). Widened limits are
    (√E ± z_p √φ / 2)². No adjustment for the number of streets: of a hundred streets alike,
    five lie outside 95 % and one in five hundred outside 99.8 %.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance.
       Statistics in Medicine 24(8), 1185-1202. https://doi.org/10.1002/sim.1970

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> streets = pd.DataFrame({"street_id": ["A", "B", "C"], "incidents": [10, 4, 46],
    ...                         "base": [1.0, 1.0, 4.0], "rate": [10.0, 4.0, 11.5]})
    >>> funnel = measure_funnel(conform(streets, "street_rates"))
    >>> columns = ["street_id", "expected_incidents", "limit_low_95", "limit_high_95", "zone"]
    >>> print(funnel[columns].round(2).to_string(index=False))
    street_id  expected_incidents  limit_low_95  limit_high_95   zone
            C                40.0          6.89          13.09 inside
            A                10.0          3.78          16.16 inside
            B                10.0          3.78          16.16 inside
    """
    needed = ["street_id", "street", "group", "incidents", "base", "rate"]
    check_table(street_rates, "street_rates", columns=needed)
    groups = street_rates["group"].nunique(dropna=False)
    if groups > 1:
        raise InputError(
            f"A funnel has one group. Found: {groups:,}. Pass "
            "street_rates[street_rates['group'] == ...]."
        )
    rows = street_rates[street_rates["rate"].notna() & (street_rates["base"] > 0)]
    total = float(rows["incidents"].sum())
    if len(rows) < 2 or total == 0:
        raise InputError(
            "A funnel needs two streets with a base and an incident. Found: "
            f"{len(rows):,} streets with a base and {total:,.0f} incidents in them."
        )
    rows = rows.sort_values(["base", "street_id"], ascending=[False, True], ignore_index=True)
    base = rows["base"].to_numpy(dtype=np.float64)
    seen = rows["incidents"].to_numpy(dtype=np.float64)
    mean = total / base.sum()
    per = _per(rows, street_rates)
    expected = base * mean
    z = 2 * (np.sqrt(seen) - np.sqrt(expected))
    dispersion = _dispersion(z)
    over = dispersion > 1 + 2 * np.sqrt(2 / len(rows))
    limits = _limits(expected, dispersion if over else np.nan)
    codes = np.full(len(rows), FUNNEL_ZONES.index("inside"))
    for level, low_zone, high_zone in (
        ("95", "low 95", "high 95"),
        ("998", "low 99.8", "high 99.8"),
    ):
        codes[seen < limits[f"limit_low_{level}"]] = FUNNEL_ZONES.index(low_zone)
        codes[seen > limits[f"limit_high_{level}"]] = FUNNEL_ZONES.index(high_zone)
    table = conform(
        rows.assign(
            mean_rate=mean * per,
            expected_incidents=expected,
            z=z,
            dispersion=dispersion,
            overdispersed=bool(over),
            zone=np.array(FUNNEL_ZONES, dtype=object)[codes],
            **{name: values / base * per for name, values in limits.items()},
        ),
        "funnel",
    )
    made = street_rates.attrs.get("street_rates") or {}
    table.attrs = {"funnel": {"base": made.get("base", "base"), "per": per}}
    return table


def funnel_limits(funnel: pd.DataFrame, *, points: int = 200) -> pd.DataFrame:
    """Return the limits over a range of bases, for the curves of a figure.

    Parameters
    ----------
    funnel
        Table of :func:`measure_funnel`.
    points
        How many.

    Returns
    -------
    DataFrame
        ``base`` from little to the largest and a tenth more, and the limits there, named as
        in `funnel`.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no streets.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> streets = pd.DataFrame({"street_id": ["A", "B"], "incidents": [10, 4], "base": 1.0,
    ...                         "rate": [10.0, 4.0]})
    >>> curve = funnel_limits(measure_funnel(conform(streets, "street_rates")), points=11)
    >>> float(curve["base"].iloc[-2].round(3)), float(curve["limit_low_95"].iloc[-2].round(2))
    (1.0, 1.79)
    """
    needed = ["base", "mean_rate", "expected_incidents", "dispersion", "overdispersed"]
    check_table(funnel, "funnel", columns=needed)
    largest = float(funnel["base"].max()) * 1.1
    base = np.linspace(largest / points, largest, points)
    first = funnel.iloc[0]
    per_unit = float(first["expected_incidents"] / first["base"])
    per = float(first["mean_rate"]) / per_unit
    wide = float(first["dispersion"]) if bool(first["overdispersed"]) else np.nan
    limits = _limits(base * per_unit, wide)
    frame = pd.DataFrame(
        {"base": base, "mean_rate": per_unit * per, "expected_incidents": base * per_unit}
    )
    return conform(
        frame.assign(**{name: values / base * per for name, values in limits.items()}),
        "funnel_limits",
    )


def _per(rows: pd.DataFrame, street_rates: pd.DataFrame) -> float:
    """Return for how many units of the base the rates are."""
    made = street_rates.attrs.get("street_rates")
    if made:
        return float(made["per"])
    # Without the record any street with incidents tells.
    some = rows[rows["incidents"] > 0].iloc[0]
    return float(some["rate"] * some["base"] / some["incidents"])


def _dispersion(z: Floats) -> float:
    """Return the mean squared z, the outermost tenths drawn in to the deciles."""
    low, high = np.quantile(z, [_WINSOR, 1 - _WINSOR])
    return float(np.square(np.clip(z, low, high)).mean())


def _limits(expected: Floats, dispersion: float) -> dict[str, Any]:
    """Return exact and widened limits as incidents, by the names of the table."""
    limits = {}
    for name, level in _LEVELS.items():
        for side, p in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
            limits[f"limit_{side}_{name}"] = _poisson_limit(expected, p)
            root = np.sqrt(expected) + norm.ppf(p) * np.sqrt(dispersion) / 2
            limits[f"wide_{side}_{name}"] = np.square(np.maximum(root, 0.0))
    return limits


def _poisson_limit(expected: Floats, p: float) -> Floats:
    """Return the number of incidents below which a Poisson draw lies with probability p."""
    r = poisson.ppf(p, expected)
    reached = poisson.cdf(r, expected)
    share = (reached - p) / (reached - poisson.cdf(r - 1, expected))
    return np.asarray(np.maximum(r - share, 0.0))
