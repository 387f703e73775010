"""Do like values lie together at all: Moran's I and the general G of a whole map.

Two numbers for a map as a whole, before anybody looks for places in it. Moran's I is
positive where cells resemble their neighbors, high beside high and low beside low
alike; the general G of Getis and Ord is large only where high values lie beside high
ones, and so tells hotspots from cold ones. Neither says where. The null hypothesis is
that every arrangement of the values over the cells is equally likely.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from gridgov.checks import check_table, check_whole, conform
from gridgov.hotspots.autocorrelation_moments import (
    Links,
    moran_variances,
    moving_sums,
    moving_variance,
)
from gridgov.hotspots.count_maps import checked_counts, checked_values, count_maps

__all__ = ["MEASURES", "REASONS", "measure_autocorrelation"]

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

MEASURES = ("moran_i", "general_g")
"""The two statistics, in the order of the rows."""

REASONS = {
    "few_cells": "fewer than 30 cells",
    "no_incidents": "no incidents",
    "same_count": "every cell has the same number of incidents",
    "same_value": "every cell has the same value",
    "no_neighbor": "no neighbor in the grid",
    "whole_grid": "the neighborhood is the whole grid",
    "negative": "a value is negative",
    "one_cell": "only one cell is above zero",
}
"""Why a map has no answer; the words are translated in ``taxonomy/terms.csv``."""

_FEWEST_CELLS = 30

# Arrangements worked on at a time hold about so many numbers: as many as stay in the cache.
_CHUNK = 20_000

# Two arrangements of the same values can differ by this share through rounding alone.
_ROUNDING = 1e-11


def measure_autocorrelation(
    counts: pd.DataFrame,
    *,
    rings: int = 1,
    value: str = "incidents",
    permutations: int = 999,
    seed: int = 0,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Measure whether like values lie together on a map: Moran's I and general G.

    Parameters
    ----------
    counts
        Table of counts as :func:`gridgov.tally` makes it, cells without incidents
        included. Needs the columns ``cell``, ``incidents`` and `value`; with ``period`` or
        ``group`` every combination of the two is a map of its own.
    rings
        Steps from a cell to its farthest neighbors, 1 or more.
    value
        The column that is measured: ``"incidents"``, or a rate or any other number. A
        cell without a value takes no part.
    permutations
        Random arrangements for ``p_permutation``, 99 or more; 0 leaves it missing.
    seed
        Seed of the arrangements; every map starts from it anew.
    progress
        Called with the number of arrangements done and to be done in all.

    Returns
    -------
    DataFrame
        Two rows a map, ``moran_i`` and ``general_g``, in ascending order of period, then
        group. Its ``attrs["autocorrelation"]`` says in plain values how it was made.

        - ``period``, ``group``: the map.
        - ``measure``: ``moran_i`` or ``general_g``.
        - ``map_cells``: cells of the map that have a value.
        - ``value``: the statistic.
        - ``expected``: its mean when the values are dealt out at random.
        - ``variance_normal``: its variance for independent normal values; only Moran's I.
        - ``variance_randomization``: its variance over all arrangements.
        - ``z_normal``, ``z_randomization``: value less expected, in standard deviations.
        - ``p_normal``, ``p_randomization``: their two-sided normal tails.
        - ``p_permutation``: two-sided, from the arrangements drawn, above 0 up to 1.
        - ``reason``: why there is no answer; missing where there is one.

    Raises
    ------
    ColumnsError
        If `counts` is no table or lacks a column, the values are no numbers (incidents: no
        whole numbers from 0 on), ``cell`` is missing or no number, or a cell stands twice in
        one map.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If `rings`, `permutations` or `seed` is no whole number or too small.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With deviations z_i = y_i - ȳ, n cells and w_ij = 1 / m_i for the m_i neighbors of cell
    i, 0 for others, S0 = Σ w_ij [1]_::

        I = n / S0 · Σ_ij w_ij z_i z_j / Σ z_i²,          E I = -1 / (n - 1)

    and with b_ij = 1 for neighbors, 0 for others [2]_::

        G = Σ_ij b_ij y_i y_j / Σ_{i≠j} y_i y_j,          E G = Σ b_ij / (n (n - 1))

    The variances of I are those of Cliff and Ord; that of G over all arrangements is worked
    out from deviations, which keeps its digits where the published form in powers of y
    loses them. esda's ``Moran`` has the same numbers, its ``G`` the same variance with a
    one-sided p. p_permutation is min(1, 2 (min(g, l) + 1) / (R + 1)), g and l how many of R
    arrangements are at least, and at most, the observed one; both statistics see the same
    arrangements.

    Cells without neighbors count among the n and add nothing to the sums. G needs values
    from 0 on, two of them above 0. Skewed counts make p_randomization of G too small:
    read p_permutation.

    References
    ----------
    .. [1] Cliff, A. D. & Ord, J. K. (1981). Spatial Processes: Models and Applications.
       Pion, London.
    .. [2] Getis, A. & Ord, J. K. (1992). The analysis of spatial association by use of
       distance statistics. Geographical Analysis 24(3), 189-206.
       https://doi.org/10.1111/j.1538-4632.1992.tb00261.x

    Examples
    --------
    Thirty-seven cells, one incident in each of the seven about the middle. Among these
    seven there are 12 pairs of neighbors, 24 ordered ones, of 7 x 6 ordered pairs in all:

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = grid_disk(middle, 3)
    >>> counts = pd.DataFrame({"cell": cells, "incidents": 0})
    >>> counts.loc[np.isin(cells, grid_disk(middle, 1)), "incidents"] = 1
    >>> table = measure_autocorrelation(counts).set_index("measure")
    >>> print(round(table.loc["general_g", "value"] * 42, 9))
    24.0
    >>> table["p_permutation"].tolist()
    [0.002, 0.002]
    >>> print(round(table.loc["moran_i", "expected"] * 36, 9))
    -1.0
    """
    rings = check_whole(rings, option="rings", least=1, meaning="1 is a cell and its neighbors")
    if permutations != 0 or isinstance(permutations, bool):
        permutations = check_whole(
            permutations, option="permutations", least=99, meaning="or 0 for none"
        )
    seed = check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    check_table(counts, "counts", columns=["cell", "incidents"])
    cells, incidents = checked_counts(counts)
    counted = value == "incidents"
    values: Any = incidents if counted else checked_values(counts, value)

    rows = []
    parts = list(count_maps(counts, cells, rings=rings))
    for place, part in enumerate(parts):
        here = values[part.rows]
        known = np.flatnonzero(np.isfinite(here))

        def report(done: int, before: int = place * permutations) -> None:
            if progress is not None and permutations:
                progress(before + done, len(parts) * permutations)

        answers = _measure(
            here[known],
            (part.disks if known.size == here.size else part.disks.among(known)).matrix,
            counted=counted,
            permutations=permutations,
            seed=seed,
            report=report,
        )
        period = counts["period"].iloc[part.rows[0]] if "period" in counts.columns else None
        for measure, answer in zip(MEASURES, answers, strict=True):
            rows.append(
                {
                    "period": period,
                    "group": part.named["group"],
                    "measure": measure,
                    "map_cells": known.size,
                    **answer._asdict(),
                }
            )
    result = conform(pd.DataFrame(rows), "autocorrelation")
    result.attrs["autocorrelation"] = {
        "value": value,
        "rings": rings,
        "permutations": permutations,
        "seed": seed,
    }
    return result


class _Answer(NamedTuple):
    """One statistic of one map."""

    value: float = np.nan
    expected: float = np.nan
    variance_normal: float = np.nan
    variance_randomization: float = np.nan
    z_normal: float = np.nan
    z_randomization: float = np.nan
    p_normal: float = np.nan
    p_randomization: float = np.nan
    p_permutation: float = np.nan
    reason: str | None = None


def _measure(
    values: Any,
    matrix: Any,
    *,
    counted: bool,
    permutations: int,
    seed: int,
    report: Callable[[int], None],
) -> tuple[_Answer, _Answer]:
    """Return Moran's I and the general G of one map whose cells all have a value."""
    y = np.asarray(values, dtype=np.float64)
    n = y.size
    number = np.diff(matrix.indptr) - 1.0
    reason = _reason(y, number, counted=counted)
    if reason is not None:
        report(permutations)
        return _Answer(reason=reason), _Answer(reason=reason)
    links = Links.of(matrix)

    mean = y.mean()
    z = y - mean
    square, pairs = float((z * z).sum()), float(number.sum())
    # What the statistics are made of, less all that no arrangement changes.
    moving = moving_sums(z[:, None], mean, links)[:, 0]
    moran_i = n / np.count_nonzero(number) * moving[0] / square
    products = y.sum() ** 2 - (y * y).sum()
    p_values = (np.nan, np.nan)
    if permutations:
        p_values = _permutation_p(
            z, mean, links, moving, permutations=permutations, seed=seed, report=report
        )
    first = _tested(moran_i, -1.0 / (n - 1), *moran_variances(z, links), p_values[0])
    if y.min() < 0:
        return first, _Answer(reason=REASONS["negative"])
    if np.count_nonzero(y) == 1:
        return first, _Answer(reason=REASONS["one_cell"])
    general_g = y @ (links.binary @ y) / products
    variance = moving_variance(z, mean, links) / products**2
    second = _tested(general_g, pairs / (n * (n - 1.0)), np.nan, variance, p_values[1])
    return first, second


def _reason(y: Floats, number: Floats, *, counted: bool) -> str | None:
    """Return why a map cannot be measured, None where it can."""
    if y.size < _FEWEST_CELLS:
        return REASONS["few_cells"]
    if y.min() == y.max():
        if counted:
            return REASONS["same_count" if y.max() else "no_incidents"]
        return REASONS["same_value"]
    if not number.any():
        return REASONS["no_neighbor"]
    if number.min() == y.size - 1:
        return REASONS["whole_grid"]
    return None


def _tested(
    value: float, expected: float, normal: float, randomization: float, p_permutation: float
) -> _Answer:
    """Return a statistic with its z scores and their two-sided normal tails."""
    z_normal = (value - expected) / np.sqrt(normal)
    z_randomization = (value - expected) / np.sqrt(randomization)
    return _Answer(
        value=value,
        expected=expected,
        variance_normal=normal,
        variance_randomization=randomization,
        z_normal=z_normal,
        z_randomization=z_randomization,
        p_normal=2.0 * ndtr(-abs(z_normal)),
        p_randomization=2.0 * ndtr(-abs(z_randomization)),
        p_permutation=p_permutation,
    )


def _permutation_p(
    z: Floats,
    mean: float,
    links: Links,
    observed: Floats,
    *,
    permutations: int,
    seed: int,
    report: Callable[[int], None],
) -> tuple[float, float]:
    """Return the two-sided p of both statistics from arrangements that both see."""
    generator = np.random.default_rng(seed)
    # Sums over the same numbers in another order differ by rounding; they are ties.
    square = (z * z).sum()
    apart = np.sqrt(square * np.square(links.number - links.number.mean()).sum())
    tie = _ROUNDING * np.array([square, square + 2.0 * abs(mean) * apart])[:, None]
    reached = np.zeros((2, 2))
    step = max(1, min(permutations, _CHUNK // z.size))
    for start in range(0, permutations, step):
        columns = min(step, permutations - start)
        # One by one is three times as fast as Generator.permuted for large maps.
        dealt = np.stack([generator.permutation(z) for _ in range(columns)], axis=1)
        away = moving_sums(dealt, mean, links) - observed[:, None]
        reached += np.stack([(away >= -tie).sum(axis=1), (away <= tie).sum(axis=1)])
        report(start + columns)
    p = np.minimum(1.0, 2.0 * (reached.min(axis=0) + 1.0) / (permutations + 1.0))
    return float(p[0]), float(p[1])
