"""Getis-Ord Gi* in space and time: one test for every cell and period.

A bin is one cell in one period. Its neighborhood is the cell and its neighbors, in its
own period and so many before it; what comes later never counts, so that a period's
answer stands once the period is over, except for what it is compared with. The sum over
the neighborhood is compared with what as many bins drawn at random from a window of the
cube would hold, and all bins of a group are one family of tests.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from gridgov.checks import check_choice, conform
from gridgov.columns import SPOTS
from gridgov.errors import DataWarning, OptionError
from gridgov.geo.disk_sums import DiskSums
from gridgov.hotspots.gi_map import REASONS
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.hotspots.panel_cubes import Cube, bin_rows, panel_cubes, stack
from gridgov.hotspots.period_draws import period_p
from gridgov.hotspots.randomization_null import DRAWS

__all__ = [
    "BinNull",
    "Bins",
    "Window",
    "about_bins",
    "check_bin_options",
    "cube_bins",
    "find_hotspot_bins",
    "spot_names",
    "warn_about_draws",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

Window = Literal["entire_cube", "neighborhood_step", "individual_step"]
BinNull = Literal["randomization", "analytic"]

# As for a single map: with fewer cells z is no useful scale.
_FEWEST_CELLS = 30


class Bins(NamedTuple):
    """The tests of one cube, one row a cell and one column a period.

    Attributes
    ----------
    gi_star, p_value, q_value
        z, its two-sided p and the q over all bins; NaN without a test.
    side
        The side a bin can be significant on: 1 hot, -1 cold, 0 neither.
    neighbors
        Other bins in the neighborhood.
    reason
        Why there is no test; None where there is one.
    method, floor
        Where p comes from and the smallest it can be.
    """

    gi_star: Floats
    p_value: Floats
    q_value: Floats
    side: Whole
    neighbors: Whole
    reason: NDArray[np.object_]
    method: str
    floor: float


def find_hotspot_bins(
    panel: pd.DataFrame,
    *,
    rings: int = 1,
    time_steps: int = 1,
    window: Window = "entire_cube",
    null: BinNull = "randomization",
    seed: int = 0,
) -> pd.DataFrame:
    """Find cells and periods whose neighborhood in space and time holds more or fewer incidents.

    Parameters
    ----------
    panel
        Table of counts with periods as :func:`gridgov.tally` makes it. Needs ``cell``,
        ``period`` and ``incidents``; every ``group`` is a cube of its own. A cell and
        period without a row counts as zero, and a warning says how many do.
    rings
        Steps from a cell to the edge of its neighborhood, 1 or more.
    time_steps
        Periods before its own that belong to a bin's neighborhood, 0 or more. The first
        periods have fewer; later periods never count.
    window
        What a neighborhood is compared with. ``"entire_cube"``: all bins.
        ``"neighborhood_step"``: all cells in the periods of the neighborhood, together.
        ``"individual_step"``: each of its bins with all cells in the same period.
    null
        Where p comes from. ``"randomization"``: the exact distribution of the sum of as
        many bins drawn at random from the window, right for any counts. ``"analytic"``:
        the normal tail of z, as Esri prints it; on skewed counts it calls far too many
        bins hot.
    seed
        Seed of the draws that replace the exact distribution where it would cost too
        much; a :class:`~gridgov.errors.DataWarning` says so. Otherwise nothing is random.

    Returns
    -------
    DataFrame, one row a group, period and cell, sorted in that order
        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: as given.
        - ``gi_star``: Gi*, a z score.
        - ``neighbors``: other bins in the neighborhood.
        - ``p_value``: two-sided, unadjusted.
        - ``q_value``: Benjamini-Hochberg adjusted over all bins of the group.
        - ``spot``: hot or cold at 99, 95 or 90 for q below 0.01, 0.05 or 0.10.
        - ``reason``: why there is no answer; missing where there is one.

    Raises
    ------
    ColumnsError
        If `panel` is no table or lacks a column, ``period`` holds no times with a zone,
        ``incidents`` holds something other than whole numbers from 0 on, or a cell stands
        twice in one period and group.
    EmptyTableError
        If `panel` has no rows.
    InputError
        If there is only one period, a cell is no H3 cell, or resolutions are mixed.
    OptionError
        If `window` or `null` does not exist, or `rings`, `time_steps` or `seed` is not a
        whole number in its range.

    Warns
    -----
    DataWarning
        If rows of the panel are missing, or p comes from draws.

    Notes
    -----
    A neighborhood of m bins holds s incidents, the window has N bins with mean ȳ and
    S² = Σ y² / N - ȳ² [1]_::

        z = (s - m ȳ) / (S sqrt(m (N - m) / (N - 1)))

    The null hypothesis of ``"randomization"`` is that the m bins are drawn without
    replacement from the window; mean and variance of their sum are those in z. With
    ``"individual_step"`` as many bins are drawn from every period of the neighborhood by
    itself, so that mean and variance add up over the periods::

        z = (s - m Σ ȳ_t) / sqrt(Σ S_t² m (N - m) / (N - 1)), m and N cells in one period

    With ``"entire_cube"`` a bin is hot in space and time: a busy month and a busy corner
    both make it so. With ``"neighborhood_step"`` only what changes within the
    neighborhood's periods is time; with ``"individual_step"`` nothing is, and only places
    are compared. With ``time_steps=0`` the last two are :func:`gridgov.find_hotspots` of
    every period. Esri's wording, "compared with the bins in the same time step", can also
    be read as one mean for the whole neighborhood, that of the last period; then a rise
    of the whole city makes all neighborhoods cold, and their sum is no draw from anything.

    The reason of no answer is as for a single map; a window in which all counts are alike
    has none either.

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics:
       distributional issues and an application. Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    Thirty-seven cells in two months; in the second, one incident in each of the seven
    cells about the middle. The middle's neighborhood then has 14 of the 74 bins and all
    seven incidents. The chance of that is C(14, 7) / C(74, 7) = 3,432 / 1,799,579,064:

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = grid_disk(middle, 3)
    >>> months = pd.DatetimeIndex(["2017-01-01", "2017-02-01"], tz="Asia/Shanghai")
    >>> panel = pd.DataFrame({"cell": np.tile(cells, 2), "period": months.repeat(37),
    ...                       "incidents": 0})
    >>> here = panel["cell"].isin(grid_disk(middle, 1)) & (panel["period"] == months[1])
    >>> panel.loc[here, "incidents"] = 1
    >>> bins = find_hotspot_bins(panel).set_index(["period", "cell"])
    >>> row = bins.loc[(months[1], middle)]
    >>> print(round(row["p_value"] * 1_799_579_064 / 3_432, 6), row["neighbors"], row["spot"])
    2.0 13 hot 99
    """
    check_bin_options(rings=rings, time_steps=time_steps, window=window, null=null, seed=seed)
    parts, made = [], []
    for cube in panel_cubes(panel):
        bins = cube_bins(
            cube, rings=rings, time_steps=time_steps, window=window, null=null, seed=seed
        )
        parts.append(
            bin_rows(cube).assign(
                gi_star=bins.gi_star.T.ravel(),
                neighbors=bins.neighbors.T.ravel(),
                p_value=bins.p_value.T.ravel(),
                q_value=bins.q_value.T.ravel(),
                spot=spot_names(bins.q_value, bins.side).T.ravel(),
                reason=bins.reason.T.ravel(),
            )
        )
        made.append(about_bins(cube, bins))
    warn_about_draws(made)
    result = conform(stack(parts), "hotspot_bins")
    result.attrs["hotspot_bins"] = {
        "statistic": "Getis-Ord Gi*",
        "null": null,
        "window": window,
        "rings": int(rings),
        "time_steps": int(time_steps),
        "correction": "Benjamini-Hochberg",
        "family": "all cells and periods of one group",
        "seed": int(seed),
        "groups": made,
    }
    return result


def check_bin_options(*, rings: Any, time_steps: Any, window: Any, null: Any, seed: Any) -> None:
    """Raise if an option of the bins is out of its range.

    Raises
    ------
    OptionError
        If one is.
    """
    windows = ("entire_cube", "neighborhood_step", "individual_step")
    check_choice(window, option="window", choices=windows)
    check_choice(null, option="null", choices=("randomization", "analytic"))
    for value, option, least, meaning in (
        (rings, "rings", 1, "1 is a cell and its neighbors"),
        (time_steps, "time_steps", 0, "0 is the period alone, 1 also the one before it"),
        (seed, "seed", 0, "the same seed gives the same draws"),
    ):
        if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
            raise OptionError(
                f"{option} must be a whole number, {least} or more: {meaning}. Found: {value!r}."
            )


def cube_bins(
    cube: Cube, *, rings: int, time_steps: int, window: Window, null: BinNull, seed: int
) -> Bins:
    """Return Gi*, p, q and the reason of none for every bin of a cube."""
    counts = cube.incidents
    cells, steps = counts.shape
    disks = DiskSums(cube.cells, rings=rings)
    around = disks.sizes
    # Whole numbers all through: a sum must equal its like to the last digit.
    totals = np.cumsum(np.pad(disks.whole_sums(counts), ((0, 0), (1, 0))), axis=1)
    first = np.maximum(np.arange(steps) - time_steps, 0)
    sums = totals[:, 1:] - totals[:, first]
    sizes = around[:, None] * (np.arange(steps) - first + 1)

    z, p = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    side = np.zeros(counts.shape, dtype=np.int64)
    reason = np.full(counts.shape, None, dtype=object)
    method, floor = ("normal" if null == "analytic" else "exact"), 0.0
    for urns, columns in _windows(counts, first, window):
        # With an urn a period, as many cells are drawn from each.
        drawn = sizes[:, columns] // len(urns)
        here = reason[:, columns]
        here[drawn >= urns[0].size] = REASONS["whole_grid"]
        here[around == cells] = REASONS["whole_grid"]
        here[around == 1] = REASONS["no_neighbor"]
        if all(urn.min() == urn.max() for urn in urns):
            alike = "same_count" if any(urn.max() for urn in urns) else "no_incidents"
            here[:] = REASONS[alike]
        if cells < _FEWEST_CELLS:
            here[:] = REASONS["few_cells"]
        tested = pd.isna(here)
        if not tested.any():
            continue
        m, s = drawn[tested], sums[:, columns][tested]
        scores = _scores(urns, m, s)
        sign = np.sign(scores).astype(np.int64)
        if null == "analytic":
            values = 2.0 * ndtr(-np.abs(scores))
        else:
            answer = period_p(urns, m, s, seed=seed)
            values = answer.p_value
            # Where the smaller tail is on the other side of the mean there is no spot.
            sign[sign != answer.side] = 0
            if answer.method == "sampled":
                method, floor = answer.method, answer.floor
        z[:, columns][tested] = scores
        p[:, columns][tested] = values
        side[:, columns][tested] = sign
    q = benjamini_hochberg(p.ravel()).reshape(p.shape)
    return Bins(z, p, q, side, sizes - 1, reason, method, floor)


def spot_names(q: Floats, side: Whole) -> NDArray[np.object_]:
    """Return the spot of every bin from its q and side, None where there was no test."""
    level = (q < 0.10).astype(np.int64) + (q < 0.05) + (q < 0.01)
    place = SPOTS.index("not significant") + side * level
    names: NDArray[np.object_] = np.array(SPOTS, dtype=object)[place]
    names[np.isnan(q)] = None
    return names


def about_bins(cube: Cube, bins: Bins) -> dict[str, Any]:
    """Return in plain values how a group's bins were tested."""
    cells, steps = cube.incidents.shape
    return {
        "group": None if pd.isna(cube.group) else str(cube.group),
        "cells": cells,
        "periods": steps,
        "tests": int(np.isfinite(bins.p_value).sum()),
        "p_method": bins.method,
        "p_floor": bins.floor,
    }


def warn_about_draws(made: list[dict[str, Any]]) -> None:
    """Say once that p-values have a floor because they come from draws."""
    sampled = [entry for entry in made if entry["p_method"] == "sampled"]
    if sampled:
        floor = f"{sampled[0]['p_floor']:.0e}"
        warnings.warn(
            DataWarning(
                f"In {len(sampled)} of {len(made)} groups the counts are too large or the "
                "neighborhoods too wide for the exact distribution; their p-values come from "
                f"{DRAWS:,} random draws and cannot fall below {floor}.",
                zh=f"{len(made)} 个分组中有 {len(sampled)} 个计数过大或邻域过宽，无法采用精确分布；"
                f"其 p 值由 {DRAWS:,} 次随机抽取得出，不会低于 {floor}。",
            ),
            stacklevel=3,
        )


def _windows(counts: Whole, first: Whole, window: Window) -> Iterator[tuple[list[Whole], slice]]:
    """Yield the urns that neighborhoods are drawn from, and the periods that they serve."""
    steps = counts.shape[1]
    if window == "entire_cube":
        yield [counts.ravel()], slice(0, steps)
        return
    for step in range(steps):
        periods = counts[:, int(first[step]) : step + 1]
        urns = [periods.ravel()] if window == "neighborhood_step" else list(periods.T)
        yield urns, slice(step, step + 1)


def _scores(urns: list[Whole], drawn: Whole, sums: Whole) -> Floats:
    """Return z of sums of so many bins drawn from each of the urns."""
    number = urns[0].size
    total, variance = 0, 0
    # Whole numbers of any length: equal windows have equal moments to the last digit, so
    # that equal neighborhoods are ties to the trend test.
    for urn in urns:
        values, often = np.unique(urn, return_counts=True)
        pairs = list(zip(values.tolist(), often.tolist(), strict=True))
        here = sum(value * count for value, count in pairs)
        squares = sum(value * value * count for value, count in pairs)
        total += here
        variance += number * squares - here * here
    mean = total / number
    unit = float(Fraction(variance, number * number))
    spread = np.sqrt(unit * (drawn * ((number - drawn) / (number - 1))))
    return np.asarray((sums - drawn * mean) / spread)
