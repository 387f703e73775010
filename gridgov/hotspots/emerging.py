"""Emerging hotspots: where they are new, keep growing, come and go, or are over.

Every cell and period is tested for being hot or cold in its neighborhood in space and
time; each cell's z scores over the periods are tested for a trend; and the history of
hot and cold periods together with the trend makes one of seventeen categories. The
definitions are those of Esri's Emerging Hot Spot Analysis. A category is a summary of
claims about concentration: it says where incidents lie together, and when, not why.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.hotspots.emerging_bins import (
    BinNull,
    Bins,
    Window,
    about_bins,
    check_bin_options,
    cube_bins,
    spot_names,
    warn_about_draws,
)
from gridgov.hotspots.emerging_categories import Esri, categorize
from gridgov.hotspots.mann_kendall import mann_kendall
from gridgov.hotspots.panel_cubes import (
    Cube,
    cell_rows,
    check_share,
    panel_cubes,
    stack,
    warn_about_few_periods,
)
from gridgov.schema.emerging import EMERGING_CATEGORIES

__all__ = ["find_emerging_hotspots"]

# A z has some fifteen right digits; two that agree to so many places are the same one.
_PLACES = 9


def find_emerging_hotspots(
    panel: pd.DataFrame,
    *,
    rings: int = 1,
    time_steps: int = 1,
    window: Window = "entire_cube",
    esri: Esri = "3",
    alpha: float = 0.10,
    trend_alpha: float = 0.10,
    null: BinNull = "randomization",
    seed: int = 0,
) -> pd.DataFrame:
    """Find out of every cell whether it is a new, growing, fading, recurring or past hotspot.

    Parameters
    ----------
    panel
        Table of counts with periods as :func:`gridgov.tally` makes it, ten periods or
        more. Needs ``cell``, ``period`` and ``incidents``; every ``group`` is analyzed by
        itself. A cell and period without a row counts as zero, and a warning says how
        many do.
    rings
        Steps from a cell to the edge of its neighborhood, 1 or more.
    time_steps
        Periods before its own that belong to the neighborhood of a cell and period, 0 or
        more; later periods never count.
    window
        What a neighborhood is compared with: ``"entire_cube"`` all cells and periods,
        ``"neighborhood_step"`` all cells in the neighborhood's periods together,
        ``"individual_step"`` each period's part with all cells in the same period.
    esri
        Whose wording of the categories: ``"3"`` of ArcGIS Pro 3; ``"2.6"`` of Pro up to 2.6,
        in which a cell may be sporadic although its last period is no hotspot.
    alpha
        A period counts as hot or cold when its q is below this.
    trend_alpha
        A trend counts when its p is below this.
    null
        Where the p of a cell and period comes from: ``"randomization"``, exact for any
        counts, or ``"analytic"``, the normal tail of z as Esri prints it.
    seed
        Seed of the draws that replace the exact distribution where it would cost too
        much; a :class:`~gridgov.errors.DataWarning` says so. Otherwise nothing is random.

    Returns
    -------
    DataFrame, one row a group and cell, sorted in that order
        ``attrs["emerging"]`` says in plain values how it was made.

        - ``cell``, ``group``, ``street_id``, ``area_km2``: as given.
        - ``incidents``: in all periods.
        - ``periods``: how many.
        - ``category``: one of the 17, such as "new hot" or "no pattern".
        - ``trend_z``, ``trend_p``, ``tau``: Mann-Kendall of the cell's z scores.
        - ``hot_share``, ``cold_share``: shares of the periods that are hot and cold.
        - ``last_spot``: spot of the last period, one of the seven.
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
        If an option does not exist or is out of its range.

    Warns
    -----
    DataWarning
        With fewer than 10 periods, if rows of the panel are missing, or if p comes from
        draws.

    Notes
    -----
    1. z, p and q of every cell and period are those of :func:`gridgov.find_hotspot_bins`;
       the false discovery rate is held over all of them, whichever wording is chosen.
    2. The trend of a cell is the Mann-Kendall test of its z scores, ties corrected,
       formulas in :func:`gridgov.measure_trends`. Periods without a z are left out.
    3. The order in which the categories are tried is written out in
       :mod:`gridgov.hotspots.emerging_categories`.

    The trend's p is not adjusted: it only tells apart cells that are hot, or cold, in at
    least 90 % of the periods. With `time_steps` above 0 neighboring z scores share
    incidents, and the test, which takes them as independent, finds a trend too often: where
    there is none, at p < 0.10 in 23 % of the cells with one step and 10 % with none
    (``docs/emerging.md``). The first periods have smaller neighborhoods and
    so smaller z.

    Periods of unequal length are compared as they are. A last period that is only partly
    over has too few incidents, and with it the categories that look at the last period:
    :func:`gridgov.tally` lists it like any other, so give it an ``end`` on a period's start.

    References
    ----------
    .. [1] Ord, J. K. & Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27(4), 286-306.
       https://doi.org/10.1111/j.1538-4632.1995.tb00912.x
    .. [2] Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13(3),
       245-259. https://doi.org/10.2307/1907187
    .. [3] Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate.
       Journal of the Royal Statistical Society B 57(1), 289-300.
       https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
    .. [4] Esri. How Emerging Hot Spot Analysis works. ArcGIS Pro documentation, tool
       reference, space time pattern mining toolbox.

    Examples
    --------
    Sixty-one cells over ten months, two incidents in each of seven cells: those about the
    middle in the last month only, those about another cell in every month.

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle, other = 0x8931AA50E27FFFF, 0x8931AA50EA7FFFF
    >>> cells = grid_disk(middle, 4)
    >>> months = pd.date_range("2017-01-01", periods=10, freq="MS", tz="Asia/Shanghai")
    >>> panel = pd.DataFrame({"cell": np.tile(cells, 10), "period": months.repeat(61),
    ...                       "incidents": 0})
    >>> panel.loc[panel["cell"].isin(grid_disk(other, 1)), "incidents"] = 2
    >>> here = panel["cell"].isin(grid_disk(middle, 1)) & (panel["period"] == months[9])
    >>> panel.loc[here, "incidents"] = 2
    >>> emerging = find_emerging_hotspots(panel).set_index("cell")
    >>> emerging.loc[[middle, other], "category"].tolist()
    ['new hot', 'persistent hot']
    >>> print(*emerging.loc[middle, ["hot_share", "last_spot"]])
    0.1 hot 95
    """
    check_bin_options(rings=rings, time_steps=time_steps, window=window, null=null, seed=seed)
    check_share(alpha, "alpha")
    check_share(trend_alpha, "trend_alpha")
    cubes = panel_cubes(panel)
    warn_about_few_periods(cubes)
    parts, made = [], []
    for cube in cubes:
        bins = cube_bins(
            cube, rings=rings, time_steps=time_steps, window=window, null=null, seed=seed
        )
        rows, histories = _emerging(cube, bins, esri=esri, alpha=alpha, trend_alpha=trend_alpha)
        parts.append(rows)
        made.append({**about_bins(cube, bins), "histories": histories})
    warn_about_draws(made)
    result = conform(stack(parts), "emerging")
    result.attrs["emerging"] = {
        "statistic": "Getis-Ord Gi*, Mann-Kendall",
        "null": null,
        "window": window,
        "rings": int(rings),
        "time_steps": int(time_steps),
        "esri": esri,
        "alpha": float(alpha),
        "trend_alpha": float(trend_alpha),
        "correction": "Benjamini-Hochberg",
        "family": "all cells and periods of one group",
        "seed": int(seed),
        "periods": [start.isoformat() for start in cubes[0].periods],
        "groups": made,
    }
    return result


def _emerging(
    cube: Cube, bins: Bins, *, esri: Esri, alpha: float, trend_alpha: float
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Return the rows of one group and the history of each of its categories."""
    significant = bins.q_value < alpha
    hot, cold = significant & (bins.side > 0), significant & (bins.side < 0)
    # Windows of unlike size can give one z by unlike sums, and then only rounding tells them
    # apart: without this, rounding would be a trend on a sparse map.
    test = mann_kendall(np.round(bins.gi_star, _PLACES))
    trend = np.where(test.p_value < trend_alpha, np.sign(test.s), 0)
    category = categorize(hot, cold, trend, esri=esri)

    answered = np.isfinite(bins.p_value).any(axis=1)
    category[~answered] = None
    hot_share, cold_share = hot.mean(axis=1), cold.mean(axis=1)
    hot_share[~answered] = cold_share[~answered] = np.nan
    # Without an answer in any period they all have a reason; the last is shown.
    reason = bins.reason[:, -1].copy()
    reason[answered] = None
    rows = cell_rows(cube).assign(
        category=category,
        trend_z=test.z,
        trend_p=test.p_value,
        tau=test.tau,
        hot_share=hot_share,
        cold_share=cold_share,
        last_spot=spot_names(bins.q_value[:, -1], bins.side[:, -1]),
        reason=reason,
    )
    return rows, _histories(category, hot, cold)


def _histories(
    category: NDArray[np.object_], hot: NDArray[np.bool_], cold: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    """Return for every category that occurs its cells, and how many are hot and cold when."""
    histories = []
    for name in EMERGING_CATEGORIES:
        here = category == name
        if here.any():
            histories.append(
                {
                    "category": name,
                    "cells": int(here.sum()),
                    "hot": hot[here].sum(axis=0).tolist(),
                    "cold": cold[here].sum(axis=0).tolist(),
                }
            )
    return histories
