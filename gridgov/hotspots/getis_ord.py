"""Neighborhoods that hold more, or fewer, incidents than chance would put there.

Getis-Ord Gi* compares the sum over a cell and its neighbors with what the city's
counts, dealt out at random, would put into so many cells; Gi compares the neighbors
alone. The null hypothesis is total randomization: every arrangement of the counts over
the cells is equally likely. A hotspot is therefore a claim about where incidents lie
together, not about why: it does not know how many people live in a cell, and a cell
that is cut by the edge of the study area has less room for incidents. One map is one
family of tests, corrected by itself; every period and group is a map of its own.
"""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, check_whole, conform
from gridgov.columns import SPOTS
from gridgov.errors import DataWarning
from gridgov.hotspots.count_maps import beside_counts, checked_counts, checked_values, count_maps
from gridgov.hotspots.draw_warnings import warn_about_draws
from gridgov.hotspots.gi_map import REASONS, Null, Statistic, answer, reason_texts
from gridgov.hotspots.gi_scores import gi_star
from gridgov.hotspots.multiple_testing import benjamini_hochberg, benjamini_yekutieli

__all__ = ["REASONS", "find_hotspots", "gi_star"]

Floats = NDArray[np.float64]

Correction = Literal["bh", "by"]

_STATISTICS = {"gi_star": "Getis-Ord Gi*", "gi": "Getis-Ord Gi"}
_CORRECTIONS = {"bh": "Benjamini-Hochberg", "by": "Benjamini-Yekutieli"}
_FEWEST_PERMUTATIONS = 99


def find_hotspots(
    counts: pd.DataFrame,
    *,
    rings: int = 1,
    statistic: Statistic = "gi_star",
    value: str = "incidents",
    null: Null = "randomization",
    correction: Correction = "bh",
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Find cells whose neighborhood holds more or fewer incidents than chance explains.

    Parameters
    ----------
    counts
        Table of counts as :func:`gridgov.tally` makes it, cells without incidents
        included: a cell that is not in the table is not in the study area. Needs the
        columns ``cell`` and ``incidents``; with ``period`` or ``group`` every
        combination of the two is a map of its own.
    rings
        Steps from a cell to the edge of its neighborhood, 1 or more; 1 is the cell and
        its up to six neighbors.
    statistic
        ``"gi_star"``: the sum over the cell and its neighbors. ``"gi"``: over the neighbors
        alone, compared with the other cells.
    value
        Column that is summed: ``"incidents"``, or one with rates or other numbers, missing
        where unknown (:func:`gridgov.measure_rates` makes such columns). A cell without a
        value is neither tested nor a neighbor.
    null
        Where the p-value comes from. ``"randomization"``: the exact distribution of the
        sum when the counts are dealt out at random, right for any counts.
        ``"permutation"``: random permutations that keep the cell's own value in place, as
        in spdep and esda; with thousands of cells too few to find anything.
        ``"analytic"``: the normal tail of z, as most tools print it; on skewed counts it
        calls far too many cells hot.
    correction
        How q is adjusted for the tests of a map: ``"bh"`` Benjamini-Hochberg, ``"by"``
        Benjamini-Yekutieli, which holds under any dependence and finds less.
    permutations
        Number of permutations, 99 or more; only for ``null="permutation"``.
    seed
        Seed of the permutations, and of the draws that replace the exact distribution
        where it would cost too much or the values are not whole numbers; a
        :class:`~gridgov.errors.DataWarning` says so. Otherwise nothing is random.

    Returns
    -------
    DataFrame
        Rows, order and index of `counts`. Its ``attrs["hotspots"]`` says in plain
        values how it was made.

        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: as given.
        - ``value``: what was summed, `value`.
        - ``gi_star``: a z score, Gi* or, if `statistic` asks for it, Gi: positive where the
          neighborhood holds more than expected.
        - ``neighbors``: other cells of the table, with a value, within the rings.
        - ``p_value``: two-sided, unadjusted, 0 to 1.
        - ``q_value``: adjusted for the tests of the map, 0 to 1.
        - ``spot``: hot or cold at 99, 95 or 90 for q below 0.01, 0.05 or 0.10.
        - ``reason``: why there is no answer; missing where there is one.

    Raises
    ------
    ColumnsError
        If `counts` is no table or lacks a column, ``incidents`` holds something other
        than whole numbers from 0 on, `value` something other than numbers, ``cell`` is
        missing or no number, or a cell stands twice in one map.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If `rings` is not a whole number from 1 on, `permutations` not one from 99 on,
        `seed` not one from 0 on, or `statistic`, `null` or `correction` does not exist.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With w_ij = 1 for cell i itself and its neighbors in the table, 0 for others, n cells,
    mean ȳ, S² = Σ y² / n - ȳ² and m_i = Σ_j w_ij [1]_ [2]_::

        z_i = (Σ_j w_ij y_j - m_i ȳ) / (S sqrt((n m_i - m_i²) / (n - 1)))

    For Gi w_ii = 0, and n, ȳ and S are those of the other n - 1 cells.

    The randomization p is min(1, 2 min(P(S <= s), P(S >= s))), S the sum of m_i of the n
    counts drawn without replacement; mean and variance of S are those in z. For Gi the
    cell's own count is not in the urn: its p is the limit of the conditional permutations
    of other packages, which the randomization p of Gi* is not. Permutations give
    p = min(1, 2 (min(g, l) + 1) / (R + 1)), g and l how many of R sums are at least, and
    at most, the observed one; the same p for Gi and Gi*. The analytic p is ``2 Φ(-|z|)``.

    Values that are not whole numbers have no such distribution; 99,999 draws stand in
    for it, and no p is below 2e-05. Rates are not exchangeable when their bases differ: a
    rate over few people swings more than one over many. See docs/hotspots.md.

    The side of a spot is the sign of z. Where the smaller tail is on the other side the
    spot is not significant. For the randomization p that takes ``|z| < 0.23``; the
    permutations do not see the cell's own count, which is in the z of Gi*.

    No answer: fewer than 30 cells; all values alike, or for a null that keeps the own
    value all others; no neighbor in the table (the sum would be the cell's own count); a
    neighborhood that is the whole table; no value.

    A spot is no risk: put people or streets beside it. Overlapping
    neighborhoods make spots larger than the cells that cause them. How often each
    null is wrong on data without hotspots is measured in ``benchmarks/calibration.py``.

    References
    ----------
    .. [1] Getis, A. & Ord, J. K. (1992). The analysis of spatial association by use of
       distance statistics. Geographical Analysis 24(3), 189-206.
       https://doi.org/10.1111/j.1538-4632.1992.tb00261.x
    .. [2] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics:
       distributional issues and an application. Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x
    .. [3] Castro, M. C. & Singer, B. H. (2006). Controlling the false discovery rate: a new
       application to account for multiple and dependent tests in local statistics of
       spatial association. Geographical Analysis 38(2), 180-208.
       https://doi.org/10.1111/j.0016-7363.2006.00682.x

    Examples
    --------
    Thirty-seven cells; one incident in each of the seven about the middle. That all
    seven incidents fall into one given neighborhood has probability 1 / C(37, 7), so the
    middle has p = 2 / 10,295,472:

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = grid_disk(middle, 3)
    >>> counts = pd.DataFrame({"cell": cells, "incidents": 0})
    >>> counts.loc[np.isin(cells, grid_disk(middle, 1)), "incidents"] = 1
    >>> hot = find_hotspots(counts)
    >>> row = hot.set_index("cell").loc[middle]
    >>> print(round(row["p_value"] * 10_295_472, 6), row["neighbors"], row["spot"])
    2.0 6 hot 99
    >>> hot["spot"].value_counts().loc[["hot 99", "not significant"]].to_dict()
    {'hot 99': 1, 'not significant': 36}
    """
    check_choice(statistic, option="statistic", choices=tuple(_STATISTICS))
    check_choice(null, option="null", choices=("randomization", "analytic", "permutation"))
    check_choice(correction, option="correction", choices=tuple(_CORRECTIONS))
    rings = check_whole(rings, option="rings", least=1, meaning="1 is a cell and its neighbors")
    permutations = check_whole(
        permutations,
        option="permutations",
        least=_FEWEST_PERMUTATIONS,
        meaning="with fewer no p is small enough to mean anything",
    )
    seed = check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    check_table(counts, "counts", columns=["cell", "incidents"])
    cells, incidents = checked_counts(counts)
    values = incidents if value == "incidents" else checked_values(counts, value)
    adjusted = benjamini_hochberg if correction == "bh" else benjamini_yekutieli

    z, p_values, q_values = (np.full(len(counts), np.nan) for _ in range(3))
    reasons = np.full(len(counts), -1, dtype=np.int8)
    spots = np.full(len(counts), -1, dtype=np.int8)
    neighbors = np.zeros(len(counts), dtype=np.int64)
    maps = []
    for part in count_maps(counts, cells, rings=rings):
        rows = part.rows
        found = answer(
            values[rows],
            part.disks,
            statistic=statistic,
            null=null,
            counts=value == "incidents",
            permutations=permutations,
            seed=seed,
        )
        q = adjusted(found.p_value)
        neighbors[rows] = found.neighbors
        z[rows] = found.z
        p_values[rows] = found.p_value
        q_values[rows] = q
        spots[rows] = _spots(found.z, found.side, q)
        reasons[rows] = found.reason
        maps.append(
            {
                **part.named,
                "cells": len(rows),
                "tests": int(np.isfinite(found.p_value).sum()),
                "p_method": found.method,
                "p_floor": found.floor,
            }
        )
    result = conform(
        beside_counts(
            counts,
            {
                "cell": cells,
                "incidents": incidents,
                "value": values.astype(np.float64),
                "gi_star": z,
                "neighbors": neighbors,
                "p_value": p_values,
                "q_value": q_values,
                "spot": pd.Categorical.from_codes(spots, categories=SPOTS, ordered=True),
                "reason": reason_texts(reasons),
            },
        ),
        "hotspots",
    )
    result.attrs["hotspots"] = {
        "statistic": _STATISTICS[statistic],
        "value": value,
        "null": null,
        "rings": rings,
        "correction": _CORRECTIONS[correction],
        "permutations": permutations if null == "permutation" else None,
        "family": "one map: one period and group",
        "seed": seed,
        "maps": maps,
    }
    warn_about_draws(maps, counted=value == "incidents", level=0.10)
    _warn_about_smoothing(counts, value)
    return result


def _spots(z: Floats, side: Floats, q: Floats) -> NDArray[np.int8]:
    """Return the place of every cell's spot among the seven, -1 where there was no test."""
    level = (q < 0.10).astype(np.int8) + (q < 0.05) + (q < 0.01)
    level[np.sign(z) != side] = 0
    places = SPOTS.index("not significant") + np.where(z < 0, -level, level)
    return np.where(np.isnan(q), -1, places).astype(np.int8)


def _warn_about_smoothing(counts: pd.DataFrame, value: str) -> None:
    """Say that rates smoothed over neighborhoods lie together by construction."""
    made = counts.attrs.get("rates") or {}
    if value == "smoothed_rate" and made.get("method") == "neighborhood_empirical_bayes":
        warnings.warn(
            DataWarning(
                "smoothed_rate was smoothed over neighborhoods, so high values lie beside high "
                "ones by construction and the hotspots are no evidence. Test rates smoothed with "
                'method="empirical_bayes", or value="rate".',
                zh="smoothed_rate 按邻域平滑得出，高值必然与高值相邻，所得热点不能作为依据。"
                '请改用以 method="empirical_bayes" 平滑的比率，或设 value="rate"。',
            ),
            stacklevel=3,
        )
