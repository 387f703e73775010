"""Cells that are alike, or unlike, the cells around them: local Moran's I.

A cell is high or low against the map's mean, and so are its neighbors together: high
among high and low among low are clusters, high among low and low among high are
outliers. Gi* cannot tell the last two from a plain hot or cold spot; this can. The
null hypothesis is conditional: the cell's own value stays where it is and all others
are dealt out at random over the other cells, so the question is whether the
*neighbors* are unusual. Given the own value, I rises or falls with the neighbors' sum
alone, so the test is the one of Gi and shares its machinery.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, check_whole, conform
from gridgov.geo.disk_sums import DiskSums
from gridgov.hotspots.count_maps import beside_counts, checked_counts, checked_values, count_maps
from gridgov.hotspots.draw_warnings import warn_about_draws
from gridgov.hotspots.gi_map import Answer, Null, answer, reason_texts
from gridgov.hotspots.multiple_testing import benjamini_hochberg, benjamini_yekutieli

__all__ = ["QUADRANTS", "find_moran_clusters"]

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

Correction = Literal["bh", "by"]

QUADRANTS = ("HH", "HL", "LH", "LL")
"""The cell high (H) or low (L) against the mean, then its neighbors."""

_LEVEL = 0.05

_CORRECTIONS = {
    "bh": ("Benjamini-Hochberg", benjamini_hochberg),
    "by": ("Benjamini-Yekutieli", benjamini_yekutieli),
}


def find_moran_clusters(
    counts: pd.DataFrame,
    *,
    rings: int = 1,
    value: str = "incidents",
    null: Null = "randomization",
    permutations: int = 999,
    correction: Correction = "bh",
    seed: int = 0,
) -> pd.DataFrame:
    """Find cells that are alike their neighbors, or unlike them, beyond chance.

    Parameters
    ----------
    counts
        Table of counts as :func:`gridgov.tally` makes it, cells without incidents
        included: a cell that is not in the table is not in the study area. Needs the
        columns ``cell``, ``incidents`` and `value`; with ``period`` or ``group`` every
        combination of the two is a map of its own.
    rings
        Steps from a cell to its farthest neighbors, 1 or more.
    value
        The column that is tested: ``"incidents"``, or a rate or any other number. A
        cell without a value takes no part, neither as a cell nor as a neighbor.
    null
        Where the p-value comes from; the cell keeps its own value in all three.
        ``"randomization"``: all arrangements of the other values, worked out exactly for
        whole numbers and drawn 99,999 times for others or where that would cost too much.
        ``"permutation"``: `permutations` arrangements drawn at random, as other packages
        do; at thousands of cells no q can become small. ``"analytic"``: the normal tail;
        on skewed counts it calls far too many cells clusters.
    permutations
        Arrangements drawn for ``null="permutation"``, 99 or more.
    correction
        How q is made from p: ``"bh"`` Benjamini-Hochberg, ``"by"`` Benjamini-Yekutieli,
        which holds under any dependence and finds less.
    seed
        Seed of the draws.

    Returns
    -------
    DataFrame
        Rows, order and index of `counts`. Its ``attrs["moran"]`` says in plain values how
        it was made.

        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: as given.
        - ``value``: the number that was tested.
        - ``lag``: mean value of the neighbors.
        - ``z``: the value as standard deviations from the map's mean.
        - ``lag_z``: mean z of the neighbors; with ``z`` the axes of the Moran scatter plot.
        - ``moran_i``: local Moran's I.
        - ``quadrant``: HH, HL, LH or LL; H is above the mean of the map.
        - ``neighbors``: other cells with a value within the rings.
        - ``p_value``: two-sided, unadjusted, above 0 up to 1.
        - ``q_value``: adjusted within the map, 0 to 1.
        - ``cluster_type``: the quadrant where q is below 0.05, else not significant.
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
        If `rings`, `permutations` or `seed` is no whole number or too small, or `null` or
        `correction` does not exist.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With n cells, z_i = (y_i - ȳ) / S, S² = Σ (y - ȳ)² / n and the m_i neighbors j of i
    [1]_::

        I_i = (n - 1) / n · z_i · Σ_j z_j / m_i

    The factor (n - 1) / n is that of esda, whose row-standardized values these are. The I_i
    of cells with neighbors add up to (n - 1) times the mean of z · lag_z.

    The p is min(1, 2 min(P(S <= s), P(S >= s))), S the sum of m_i values drawn without
    replacement from the n - 1 others. It equals that of Gi. A cell at the mean has I = 0
    wherever the others lie, so its p is 1. Where the smaller tail is not on the side of the
    quadrant, which takes a neighbors' mean close to the map's, the cell is not significant.

    One map is one family. Conditional tests of neighbors share cells, so the correction
    rests on simulation and not on proof. As with every such map: HH is where much was
    reported next to much, not where the risk is.

    References
    ----------
    .. [1] Anselin, L. (1995). Local indicators of spatial association: LISA. Geographical
       Analysis 27(2), 93-115. https://doi.org/10.1111/j.1538-4632.1995.tb00338.x
    .. [2] Sauer, J., Oshan, T., Rey, S. & Wolf, L. J. (2022). The importance of null
       hypotheses: understanding differences in local Moran's I under heteroskedasticity.
       Geographical Analysis 54(4), 752-768. https://doi.org/10.1111/gean.12304

    Examples
    --------
    Thirty-seven cells; one incident in each of the seven about the middle. The middle's six
    neighbors hold six. Of the C(36, 6) ways to draw six of the other cells, which hold six
    incidents, one has them all; so p = 2 / 1,947,792:

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = grid_disk(middle, 3)
    >>> counts = pd.DataFrame({"cell": cells, "incidents": 0})
    >>> counts.loc[np.isin(cells, grid_disk(middle, 1)), "incidents"] = 1
    >>> clusters = find_moran_clusters(counts)
    >>> row = clusters.set_index("cell").loc[middle]
    >>> print(round(row["p_value"] * 1_947_792, 6), row["neighbors"], row["lag"])
    2.0 6 1.0
    >>> print(row["quadrant"], row["cluster_type"], round(row["moran_i"], 3))
    HH HH 4.17
    """
    check_choice(null, option="null", choices=("randomization", "analytic", "permutation"))
    check_choice(correction, option="correction", choices=tuple(_CORRECTIONS))
    rings = check_whole(rings, option="rings", least=1, meaning="1 is a cell and its neighbors")
    permutations = check_whole(
        permutations,
        option="permutations",
        least=99,
        meaning="with fewer no p is small enough to mean anything",
    )
    seed = check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    check_table(counts, "counts", columns=["cell", "incidents"])
    cells, incidents = checked_counts(counts)
    counted = value == "incidents"
    values: Any = incidents if counted else checked_values(counts, value)

    size = len(counts)
    found = {name: np.full(size, np.nan) for name in ("lag", "z", "lag_z", "moran_i")}
    p_values, q_values = np.full(size, np.nan), np.full(size, np.nan)
    quadrants, types = (np.full(size, None, dtype=object) for _ in range(2))
    reasons = np.full(size, -1, dtype=np.int8)
    neighbors = np.zeros(size, dtype=np.int64)
    named, adjusted = _CORRECTIONS[correction]
    maps = []
    for part in count_maps(counts, cells, rings=rings):
        rows = part.rows
        tested = answer(
            values[rows],
            part.disks,
            statistic="gi",
            null=null,
            counts=counted,
            permutations=permutations,
            seed=seed,
        )
        scatter = _scatter(values[rows], part.disks, tested)
        # At the mean I is 0 wherever the others lie: nothing can be surprising.
        p = np.where((scatter.z == 0) & ~np.isnan(tested.p_value), 1.0, tested.p_value)
        q = adjusted(p)
        for name in found:
            found[name][rows] = getattr(scatter, name)
        p_values[rows], q_values[rows] = p, q
        quadrants[rows] = scatter.quadrant
        types[rows] = _types(scatter, tested.side, q)
        reasons[rows] = tested.reason
        neighbors[rows] = tested.neighbors
        maps.append(
            {
                **part.named,
                "cells": len(rows),
                "tests": int(np.isfinite(p).sum()),
                "p_method": tested.method,
                "p_floor": tested.floor,
            }
        )
    result = conform(
        beside_counts(
            counts,
            {
                "cell": cells,
                "incidents": incidents,
                "value": values.astype(np.float64),
                **found,
                "quadrant": quadrants,
                "neighbors": neighbors,
                "p_value": p_values,
                "q_value": q_values,
                "cluster_type": types,
                "reason": reason_texts(reasons),
            },
        ),
        "moran",
    )
    result.attrs["moran"] = {
        "statistic": "local Moran's I",
        "value": value,
        "null": null,
        "rings": rings,
        "correction": named,
        "family": "one map: one period and group",
        "permutations": permutations if null == "permutation" else None,
        "seed": seed,
        "maps": maps,
    }
    warn_about_draws(maps, counted=counted, level=_LEVEL)
    return result


class _Scatter(NamedTuple):
    """Where every cell of a map stands in the Moran scatter plot."""

    lag: Floats
    z: Floats
    lag_z: Floats
    moran_i: Floats
    quadrant: Texts


def _scatter(values: Any, disks: DiskSums, tested: Answer) -> _Scatter:
    """Return the scatter plot of one map; its I and quadrants only where there was a test."""
    known = np.isfinite(values)
    number = int(known.sum())
    mean = values[known].mean() if number else np.nan
    spread = np.sqrt(np.square(values[known] - mean).sum() / max(number, 1))
    # The mean of equal values can be off by rounding, and any z would come of it.
    if number == 0 or np.ptp(values[known]) == 0:
        spread = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        lag = np.where(known, _others(values, known, disks) / tested.neighbors, np.nan)
    z, lag_z = (values - mean) / spread, (lag - mean) / spread
    answered = tested.reason < 0
    moran_i = np.where(answered, (number - 1) / max(number, 1) * z * lag_z, np.nan)
    quadrant: Texts = np.array(QUADRANTS, dtype=object)[2 * ~(z > 0) + ~(lag_z > 0)]
    quadrant[~answered] = None
    return _Scatter(lag, z, lag_z, moran_i, quadrant)


def _others(values: Any, known: NDArray[np.bool_], disks: DiskSums) -> Floats:
    """Return the sum of the neighbors' values, the cell's own left out."""
    if values.dtype == np.int64:
        # Whole numbers lose nothing when the cell's own is taken off again.
        return np.asarray(disks.whole_sums(values) - values, dtype=np.float64)
    others = disks.matrix.copy()
    others.setdiag(0)
    return np.asarray(others @ np.where(known, values, 0.0), dtype=np.float64)


def _types(scatter: _Scatter, side: Floats, q: Floats) -> Texts:
    """Return the quadrant where it is significant, None where there was no test."""
    types = scatter.quadrant.copy()
    lag_side = np.where(scatter.lag_z > 0, 1.0, -1.0)
    types[~((q < _LEVEL) & (side == lag_side))] = "not significant"
    types[np.isnan(q)] = None
    return types
