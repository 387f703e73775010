"""What the visits of an audit say about all units.

The model: a unit drawn with chance π stands for 1 / π units of the frame. What it cannot
say: how the units would have looked on another day, or to other checkers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.audit.answers import Answers, read_answers
from gridgov.assessment.audit.frame import places_of
from gridgov.assessment.audit.intervals import share_interval, t_interval
from gridgov.assessment.audit.local_variance import LEAST_UNITS, local_variance
from gridgov.checks import check_choice, conform
from gridgov.errors import ColumnsError, OptionError

__all__ = ["estimate_audit"]

Floats = NDArray[np.float64]

_STATISTICS = ("mean", "total", "share")


def estimate_audit(
    sample: pd.DataFrame,
    *,
    value: str,
    by: str | None = None,
    statistic: str | None = None,
    population: Mapping[Any, int] | int | None = None,
    variance: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Estimate a mean, total or share of all units from those that were visited.

    Parameters
    ----------
    sample
        Table "audit_sample" with what was found in a column; missing where a unit could not
        be visited. Reserve units that were not needed have no value either.
    value
        Column of numbers, or of truth values.
    by
        Column of groups to estimate for, such as ``stratum`` or ``street_id``; None: all.
    statistic
        ``"mean"``, ``"total"``, or ``"share"`` of true or 1. None: the share of truth values,
        the mean of numbers.
    population
        Units of the frame, one number or a number by stratum. None: what the weights of the
        main sample add up to. Needed when only the first units of the order were visited:
        ``sample.attrs["audit"]["population"]``.
    variance
        ``"srs"``: as if the units of a stratum had been drawn at random; ``"local"``: from
        neighbors, for a spatially balanced draw. None: what suits
        ``sample.attrs["audit"]``, ``"srs"`` where that was lost.
    confidence
        Of the interval, between 0 and 1.

    Returns
    -------
    DataFrame
        Table "audit_estimates", one row a group in the order of its name:

        - ``group``: missing for the whole, or without a group; ``kind``: mean, total or share.
        - ``frame_units``: of the frame in the group, estimated where the group is no stratum.
        - ``sampled``: of the main sample; ``answered``: with a value.
        - ``estimate``, ``se``, ``low``, ``high``.
        - ``design_effect``: variance over that of a simple random sample of as many answers.
        - ``reason``: ``no_answer`` for no value in the group; ``silent_stratum`` for a stratum
          of it in which nothing was answered, so that nobody speaks for its units;
          ``one_answer`` for an estimate without an error.

        ``attrs["audit_estimate"]`` says how the variance was taken, and names the strata with
        one answer (``lonely``).

    Raises
    ------
    ColumnsError
        If a column is missing, holds no numbers, or `"share"` is asked of other than 0 and 1.
    EmptyTableError
        If the sample has no rows.
    GeometryError
        If ``"local"`` is asked for and a visited unit has no place.
    OptionError
        If an option has a value that does not exist, or a population does not suit.

    Notes
    -----
    Total: Horvitz & Thompson, Σ w y; mean and share: Hájek, Σ w y / Σ w. Weights of units
    that were not answered go to the answered ones of their stratum (missing at random within
    it), which also makes a reserve unit stand in for one of the main sample.

    Variance, of z = w y for totals and of the linearized z = w (y - mean) / Σ w otherwise,
    zero outside the group: ``"srs"`` is Σ c (z - z̄)² in every stratum, c = (1 - π) n / (n - 1)
    and z̄ the c-weighted mean (Hájek 1981; Deville 1999). With equal chances that is exactly
    the formula of stratified sampling with its finite population correction. ``"local"`` is
    the local mean estimator (Stevens & Olsen 2003) with 1 - π and degrees of freedom, for strata
    with four answers or more. A stratum with one answer is held against the estimate of its
    group, which overstates its variance.

    Intervals: t with answers less strata degrees of freedom; of shares Wilson's at the
    effective sample size, which stays within 0 and 1 and does not shrink to nothing when
    every unit is the same. Groups that were not strata count all strata they lie in.

    References
    ----------
    Horvitz, D. G. & Thompson, D. J. (1952). A generalization of sampling without replacement
    from a finite universe. Journal of the American Statistical Association 47, 663-685.
    https://doi.org/10.1080/01621459.1952.10483446

    Stevens, D. L. & Olsen, A. R. (2003). Variance estimation for spatially balanced samples of
    environmental resources. Environmetrics 14, 593-610. https://doi.org/10.1002/env.606

    Dean, N. & Pagano, M. (2015). Evaluating confidence interval methods for binomial
    proportions in clustered surveys. Journal of Survey Statistics and Methodology 3, 484-503.
    https://doi.org/10.1093/jssam/smv024

    Examples
    --------
    Two of four alleys in one street, two of eight in the other. The mean is (4 · 90 + 8 · 81)
    / 12 = 84; its variance (4/12)² (1/2) 8/2 + (8/12)² (3/4) 2/2 = 5/9.

    >>> import pandas as pd
    >>> sample = pd.DataFrame({
    ...     "stratum": ["八角", "八角", "古城", "古城"], "order": [1, 2, 1, 2],
    ...     "inclusion_probability": [0.5, 0.5, 0.25, 0.25], "weight": [2.0, 2.0, 4.0, 4.0],
    ...     "reserve": False, "score": [88, 92, 80, 82]})
    >>> table = estimate_audit(sample, value="score")
    >>> table[["frame_units", "answered", "estimate", "se"]].round(3).to_dict("records")
    [{'frame_units': 12.0, 'answered': 4, 'estimate': 84.0, 'se': 0.745}]
    >>> estimate_audit(sample, value="score", by="stratum")["estimate"].tolist()
    [90.0, 81.0]
    """
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise OptionError(f"confidence must be a number such as 0.95. Found: {confidence!r}.")
    if not 0 < confidence < 1:
        raise OptionError(f"confidence must lie between 0 and 1. Found: {confidence!r}.")
    answers = read_answers(sample, value=value, by=by, population=population)
    wanted = ("share" if answers.share else "mean") if statistic is None else statistic
    check_choice(wanted, option="statistic", choices=_STATISTICS)
    if wanted == "share" and not np.isin(answers.value, (0.0, 1.0)).all():
        raise ColumnsError(
            f"the share of a column needs 0 and 1, or truth values. Found: {value!r} with other "
            "numbers. Compare them first (score >= 90), or ask for the mean."
        )
    drawn = sample.attrs.get("audit", {}).get("method")
    how = ("local" if drawn == "spatially_balanced" else "srs") if variance is None else variance
    check_choice(how, option="variance", choices=("srs", "local"))
    table = _estimate(answers, wanted, _points(sample, answers) if how == "local" else None)
    _intervals(table, wanted, confidence)
    table["group"] = answers.groups
    table["kind"] = wanted
    _reasons(table, answers)
    result = conform(table, "audit_estimates")
    one = np.bincount(answers.part) == 1
    lonely = pd.unique(sample["stratum"].iloc[answers.rows[one[answers.part]]])
    result.attrs["audit_estimate"] = {
        "value": value,
        "by": by,
        "variance": how,
        "confidence": float(confidence),
        "lonely": [None if pd.isna(name) else str(name) for name in lonely],
    }
    return result


def _points(sample: pd.DataFrame, answers: Answers) -> Floats:
    """Return the places of the answered units."""
    return places_of(sample.iloc[answers.rows], what="variance='local'")


def _estimate(answers: Answers, wanted: str, points: Floats | None) -> pd.DataFrame:
    """Return the estimates of all groups with their variances."""
    count = len(answers.groups)
    group, weight, value = answers.group, answers.weight, answers.value

    def summed(numbers: Floats) -> Floats:
        sums: Floats = np.bincount(group, weights=numbers, minlength=count).astype(np.float64)
        return sums

    answered, units, total = summed(np.ones(len(group))), summed(weight), summed(weight * value)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / units
        spread = summed(weight * (value - mean[group]) ** 2) / units
        plain = (1 - answered / units) * spread / (answered - 1)
    residual = weight * (value - mean[group])
    if wanted == "total":
        variance, degrees = _variance(answers, weight * value, residual, points)
        plain = plain * units**2
    else:
        residual = residual / units[group]
        variance, degrees = _variance(answers, residual, residual, points)
    # Weights of a stratum add up to its units but for rounding.
    units = np.where(np.abs(units - np.rint(units)) < 1e-9 * units, np.rint(units), units)
    # Of one answer nothing is known, unless it is all there is.
    single = (answered < 2) & (units > answered * (1 + 1e-9))
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(plain > 0, variance / plain, np.nan)
    return pd.DataFrame(
        {
            "frame_units": np.where(answered > 0, units, np.nan),
            "sampled": answers.sampled,
            "answered": answered.astype(np.int64),
            "estimate": total if wanted == "total" else mean,
            "se": np.where(single, np.nan, np.sqrt(variance)),
            "degrees": degrees,
            "design_effect": np.where(single, np.nan, effect),
        }
    )


def _variance(
    answers: Answers, z: Floats, lonely_z: Floats, points: Floats | None
) -> tuple[Floats, Floats]:
    """Return variance and degrees of freedom of every group's Σ z; z is 0 outside a group.

    `lonely_z` stands in where a class has one answer.
    """
    groups, parts = len(answers.groups), int(answers.part.max(initial=-1)) + 1
    # With equal chances this is the share of the class that was visited.
    chance = 1 / answers.weight
    of_part = np.bincount(answers.part, minlength=parts)
    n = of_part[answers.part]
    alone = n == 1
    c = (1 - chance) * np.where(alone, 1.0, n / np.maximum(n - 1, 1))
    z = np.where(alone, lonely_z, z)
    cell = answers.group * parts + answers.part

    def by_cell(numbers: Floats) -> Floats:
        sums = np.bincount(cell, weights=numbers, minlength=groups * parts).astype(np.float64)
        return sums.reshape(groups, parts)

    inside, whole = by_cell(c), np.bincount(answers.part, weights=c, minlength=parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.where((whole > 0) & (of_part > 1), by_cell(c * z) / whole, 0.0)
    # Units of the class outside the group have z = 0 and lie the mean away from it.
    away = z - means[answers.group, answers.part]
    variance = by_cell(c * away**2) + means**2 * np.where(of_part > 1, whole - inside, 0.0)
    touched = by_cell(np.ones(len(z))) > 0
    if points is not None:
        for part in np.flatnonzero(of_part >= LEAST_UNITS):
            mine = np.flatnonzero(answers.part == part)
            if not (chance[mine] < 1).any():
                continue
            there = np.flatnonzero(touched[:, part])
            columns = np.where(answers.group[mine][:, None] == there, z[mine][:, None], 0.0)
            near = local_variance(columns, points[mine], chance[mine])
            # Corrected weights can be negative; so, rarely, can what they add up to.
            variance[there, part] = np.where(near >= 0, near, variance[there, part])
    # A class that was visited whole adds neither variance nor knowledge of it.
    uncertain = touched & (whole > 0)
    lonely = (uncertain & (of_part == 1)).sum(axis=1)
    degrees = (uncertain * np.maximum(of_part - 1, 0)).sum(axis=1) + np.maximum(lonely - 1, 0)
    return variance.sum(axis=1), np.maximum(degrees, 1).astype(np.float64)


def _intervals(table: pd.DataFrame, wanted: str, confidence: float) -> None:
    """Add the intervals."""
    estimate, se, degrees = (
        table[name].to_numpy(dtype=np.float64) for name in ("estimate", "se", "degrees")
    )
    if wanted == "share":
        table["low"], table["high"] = share_interval(
            estimate,
            se,
            answered=table["answered"].to_numpy(dtype=np.float64),
            units=table["frame_units"].to_numpy(dtype=np.float64),
            degrees=degrees,
            confidence=confidence,
        )
    else:
        table["low"], table["high"] = t_interval(
            estimate, se, degrees=degrees, confidence=confidence
        )


def _reasons(table: pd.DataFrame, answers: Answers) -> None:
    """Blank what is not known, and say why."""
    nothing = (table["answered"] == 0).to_numpy()
    blank = nothing | answers.silent
    numbers = ["frame_units", "estimate", "se", "low", "high", "design_effect"]
    table.loc[blank, numbers] = np.nan
    alone = ~blank & table["se"].isna().to_numpy()
    table.loc[alone, ["low", "high"]] = np.nan
    table["reason"] = np.select(
        [nothing, answers.silent, alone], ["no_answer", "silent_stratum", "one_answer"], ""
    )
    table["reason"] = table["reason"].astype("str").where(blank | alone)
