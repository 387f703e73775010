"""Neighborhoods that hold more, or fewer, incidents than chance would put there.

Getis-Ord Gi* compares the sum over a cell and its neighbors with what the city's
counts, dealt out at random, would put into so many cells. The null hypothesis is
total randomization: every arrangement of the counts over the cells is equally likely.
A hot spot is therefore a claim about where incidents lie together, not about why: it
does not know how many people live in a cell, and a cell that is cut by the edge of
the study area has less room for incidents. One map is one family of tests, corrected
by Benjamini-Hochberg; every period and group is a map of its own.
"""

from __future__ import annotations

import warnings
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtr

from gridgov.checks import check_choice, check_table, conform
from gridgov.columns import SPOTS
from gridgov.errors import DataWarning, OptionError
from gridgov.hotspots.count_maps import checked_counts, count_maps
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.hotspots.randomization_null import DRAWS, randomization_p

__all__ = ["REASONS", "find_hotspots", "gi_star"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

Null = Literal["randomization", "analytic"]

REASONS = {
    "few_cells": "fewer than 30 cells",
    "no_incidents": "no incidents",
    "same_count": "every cell has the same number of incidents",
    "no_neighbor": "no neighbor in the grid",
    "whole_grid": "the neighborhood is the whole grid",
}
"""Why a cell has no answer; the words are translated in ``taxonomy/terms.csv``."""

# The customary least number of features for this statistic. With fewer, z is no useful
# scale and hardly any p can be small enough to survive the correction.
_FEWEST_CELLS = 30


def find_hotspots(
    counts: pd.DataFrame,
    *,
    rings: int = 1,
    null: Null = "randomization",
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
    null
        Where the p-value comes from. ``"randomization"``: the exact distribution of the
        neighborhood's sum when the counts are dealt out at random, right for any counts.
        ``"analytic"``: the normal tail of z, as most tools print it; on skewed counts it
        calls far too many cells hot.
    seed
        Seed of the draws that replace the exact distribution where it would cost too
        much; a :class:`~gridgov.errors.DataWarning` says so. Otherwise nothing is random.

    Returns
    -------
    DataFrame
        Rows, order and index of `counts`. Its ``attrs["hotspots"]`` says in plain
        values how it was made.

        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: as given.
        - ``gi_star``: Gi*, a z score: positive where the neighborhood holds more than expected.
        - ``neighbors``: other cells of the table within the rings.
        - ``p_value``: two-sided, unadjusted, 0 to 1.
        - ``q_value``: Benjamini-Hochberg adjusted within the map, 0 to 1.
        - ``spot``: hot or cold at 99, 95 or 90 for q below 0.01, 0.05 or 0.10.
        - ``reason``: why there is no answer; missing where there is one.

    Raises
    ------
    ColumnsError
        If `counts` is no table or lacks a column, ``incidents`` holds something other
        than whole numbers from 0 on, ``cell`` is missing or no number, or a cell stands
        twice in one map.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If `rings` is not a whole number from 1 on, `seed` not one from 0 on, or `null`
        does not exist.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With w_ij = 1 for cell i itself and its neighbors in the table, 0 for others, n cells,
    mean ȳ, S² = Σ y² / n - ȳ² and m_i = Σ_j w_ij [1]_ [2]_::

        z_i = (Σ_j w_ij y_j - m_i ȳ) / (S sqrt((n m_i - m_i²) / (n - 1)))

    The randomization p is min(1, 2 min(P(S <= s), P(S >= s))), S the sum of m_i of the n
    counts drawn without replacement; mean and variance of S are those in z. It is not
    the conditional permutation of other packages, which keeps y_i in place. The
    analytic p is ``2 Φ(-|z|)``.

    The side of a spot is the sign of z. Where the smaller tail is on the other side, which
    takes ``|z| < 0.23``, the spot is not significant.

    No answer: fewer than 30 cells; all counts alike; no neighbor in the table (the sum
    would be the cell's own count); a neighborhood that is the whole table.

    A spot is no rate and no risk: put people or streets beside it. Overlapping
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
    check_choice(null, option="null", choices=("randomization", "analytic"))
    _check_whole(rings, "rings", 1, "1 is a cell and its neighbors")
    _check_whole(seed, "seed", 0, "the same seed gives the same draws")
    check_table(counts, "counts", columns=["cell", "incidents"])
    cells, incidents = checked_counts(counts)

    gi_stars, p_values, q_values = (np.full(len(counts), np.nan) for _ in range(3))
    spots, reasons = (np.full(len(counts), None, dtype=object) for _ in range(2))
    neighbors = np.zeros(len(counts), dtype=np.int64)
    maps = []
    for part in count_maps(counts, cells, rings=int(rings)):
        rows = part.rows
        answer = _test(incidents[rows], part.matrix, null=null, seed=seed)
        q = benjamini_hochberg(answer.p_value)
        neighbors[rows] = answer.neighbors
        gi_stars[rows] = answer.gi_star
        p_values[rows] = answer.p_value
        q_values[rows] = q
        spots[rows] = _spots(answer.gi_star, answer.side, q)
        reasons[rows] = answer.reason
        maps.append(
            {
                **part.named,
                "cells": len(rows),
                "tests": int(np.isfinite(answer.p_value).sum()),
                "p_method": answer.method,
                "p_floor": answer.floor,
            }
        )
    result = conform(
        counts.assign(
            cell=cells,
            incidents=incidents,
            gi_star=gi_stars,
            neighbors=neighbors,
            p_value=p_values,
            q_value=q_values,
            spot=spots,
            reason=reasons,
        ),
        "hotspots",
    )
    result.attrs["hotspots"] = {
        "statistic": "Getis-Ord Gi*",
        "null": null,
        "rings": int(rings),
        "correction": "Benjamini-Hochberg",
        "family": "one map: one period and group",
        "seed": int(seed),
        "maps": maps,
    }
    _warn_about_draws(maps)
    return result


def gi_star(values: Any, matrix: Any) -> Floats:
    """Return Getis-Ord Gi* as a z score for any weights.

    Parameters
    ----------
    values
        One number a cell, shape (n,).
    matrix
        Weights, sparse or dense, shape (n, n), the cell's own weight on the diagonal.

    Returns
    -------
    float64 array, shape (n,)
        z; NaN where its variance is zero.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there is no cell.

    Notes
    -----
    z_i = (Σ w_ij y_j - ȳ W_i) / (S sqrt((n S1_i - W_i²) / (n - 1))) with W_i = Σ w_ij,
    S1_i = Σ w_ij² and S² = Σ y² / n - ȳ².

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    >>> import numpy as np
    >>> gi_star([3.0, 0.0, 0.0], np.array([[1, 0, 0], [0, 1, 1], [0, 1, 1]])).round(3).tolist()
    [1.414, -1.414, -1.414]
    """
    y = np.asarray(values, dtype=np.float64)
    weights = csr_array(matrix, dtype=np.float64)
    n = y.size
    # Deviations from the mean keep their digits when the counts are large and alike.
    deviations = y - y.mean()
    spread = np.sqrt(np.square(deviations).mean())
    total = weights.sum(axis=1)
    variance = n * (weights * weights).sum(axis=1) - total**2
    z = np.full(n, np.nan)
    # Zero but for rounding: equal weights over the whole grid.
    usable = (variance > 1e-13 * total**2) & (np.ptp(y) > 0)
    z[usable] = (weights @ deviations)[usable] / (spread * np.sqrt(variance[usable] / (n - 1)))
    return z


class _Answer(NamedTuple):
    """The tests of one map; `side` is the smaller tail's, 1 hot, -1 cold, 0 for both."""

    neighbors: Whole
    gi_star: Floats
    side: Floats
    p_value: Floats
    reason: NDArray[np.object_]
    method: str
    floor: float


def _test(incidents: Whole, matrix: Any, *, null: Null, seed: int) -> _Answer:
    """Return Gi*, its p-value and why there is none for every cell of one map."""
    n = incidents.size
    sizes = np.diff(matrix.indptr).astype(np.int64)
    reason = np.full(n, None, dtype=object)
    reason[sizes == n] = REASONS["whole_grid"]
    reason[sizes == 1] = REASONS["no_neighbor"]
    if incidents.min() == incidents.max():
        reason[:] = REASONS["same_count" if incidents.max() else "no_incidents"]
    if n < _FEWEST_CELLS:
        reason[:] = REASONS["few_cells"]

    z, side, p = (np.full(n, np.nan) for _ in range(3))
    method, floor = ("normal" if null == "analytic" else "exact"), 0.0
    tested: NDArray[np.bool_] = pd.isna(reason)
    if tested.any():
        z[tested] = gi_star(incidents, matrix)[tested]
        if null == "analytic":
            side[tested] = np.sign(z[tested])
            p[tested] = 2.0 * ndtr(-np.abs(z[tested]))
        else:
            # Whole numbers all through: a sum must equal its like to the last digit.
            sums = matrix.astype(np.int64) @ incidents
            answer = randomization_p(incidents, sizes[tested], sums[tested], seed=seed)
            side[tested], p[tested] = answer.side, answer.p_value
            method, floor = answer.method, answer.floor
    return _Answer(sizes - 1, z, side, p, reason, method, floor)


def _spots(z: Floats, side: Floats, q: Floats) -> NDArray[np.object_]:
    """Return the spot of every cell, None where there was no test."""
    level = (q < 0.10).astype(int) + (q < 0.05) + (q < 0.01)
    level[np.sign(z) != side] = 0
    middle = SPOTS.index("not significant")
    place = middle + np.where(z < 0, -level, level)
    names: NDArray[np.object_] = np.array(SPOTS, dtype=object)[place]
    names[np.isnan(q)] = None
    return names


def _check_whole(value: Any, option: str, least: int, meaning: str) -> None:
    """Raise if an option is not a whole number from `least` on."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise OptionError(
            f"{option} must be a whole number, {least} or more: {meaning}. Found: {value!r}."
        )


def _warn_about_draws(maps: list[dict[str, Any]]) -> None:
    """Say once that a p-value has a floor because it comes from draws."""
    sampled = [entry for entry in maps if entry["p_method"] == "sampled"]
    if sampled:
        warnings.warn(
            f"In {len(sampled)} of {len(maps)} maps the counts are too large or the neighborhoods "
            f"too wide for the exact distribution; their p-values come from {DRAWS:,} random "
            f"draws and cannot fall below {sampled[0]['p_floor']:.0e}.",
            DataWarning,
            stacklevel=3,
        )
