"""Nine classes of hotspots by how many periods, and which, they were hot in.

A plainer reading of the same history than the seventeen categories of emerging hot
spots: no trend, no order of periods other than recent and older. It follows Chainey's
way of asking whether a hotspot is persistent, intermittent, emerging or former, as the
R package sfhotspot puts it into rules. Every period is tested by itself, so that a class
is about places and not about busy months.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gridgov.checks import conform
from gridgov.errors import InputError
from gridgov.hotspots.emerging_bins import (
    BinNull,
    about_bins,
    check_bin_options,
    cube_bins,
    warn_about_draws,
)
from gridgov.hotspots.panel_cubes import (
    cell_rows,
    check_share,
    panel_cubes,
    stack,
    warn_about_few_periods,
)

__all__ = ["classify_persistence", "persistence_class", "recent_periods"]

Floats = NDArray[np.float64]


def classify_persistence(
    panel: pd.DataFrame,
    *,
    rings: int = 1,
    null: BinNull = "randomization",
    alpha: float = 0.05,
    hotspot_share: float = 0.1,
    persistent_share: float = 0.8,
    recent_share: float = 0.2,
    seed: int = 0,
) -> pd.DataFrame:
    """Classify every cell as a persistent, emerging, intermittent or former hot or cold spot.

    Parameters
    ----------
    panel
        Table of counts with periods as :func:`gridgov.tally` makes it. Needs ``cell``,
        ``period`` and ``incidents``; every ``group`` is classified by itself. A cell and
        period without a row counts as zero, and a warning says how many do.
    rings
        Steps from a cell to the edge of its neighborhood, 1 or more.
    null
        ``"randomization"``, exact for any counts, or ``"analytic"``, the normal tail of z.
    alpha
        A period counts as hot or cold when its q is below this.
    hotspot_share
        Least share of periods, of all, of the recent or of the older ones, that counts.
    persistent_share
        Least share of all periods for a persistent spot.
    recent_share
        Share of the periods that are recent, rounded down, one at least.
    seed
        Seed of the draws that replace the exact distribution where it would cost too much.

    Returns
    -------
    DataFrame, one row a group and cell, sorted in that order
        ``attrs["persistence"]`` says in plain values how it was made.

        - ``cell``, ``group``, ``street_id``, ``area_km2``: as given.
        - ``incidents``: in all periods.
        - ``periods``: how many.
        - ``category``: persistent, emerging, intermittent or former, hot or cold; mixed; or
          no pattern.
        - ``hot_share``, ``cold_share``: shares of the periods that are hot and cold.
        - ``recent_hot_share``, ``recent_cold_share``: the same among the recent periods.
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
    Gi*, p and q are those of :func:`gridgov.find_hotspot_bins` with
    ``window="individual_step"`` and ``time_steps=0``: each period against itself, one
    correction over all cells and periods. The first rule that holds decides, for hot
    and for cold by themselves:

    1. persistent: share of all periods >= `persistent_share`;
    2. emerging: share of the older < `hotspot_share` <= share of the recent;
    3. former: share of the recent < `hotspot_share` <= share of the older;
    4. intermittent: share of all periods >= `hotspot_share`.

    A cell with both a hot and a cold class is mixed.

    The code of sfhotspot differs: it counts one more recent period than it divides by, asks
    for emerging that the recent share reach the share of periods that are recent, and
    adjusts p twice, over neighbors and over periods.

    References
    ----------
    .. [1] Chainey, S. (2021). Understanding Crime: Analyzing the Geography of Crime. Esri
       Press, Redlands.
    .. [2] Ashby, M. P. J. sfhotspot: hot-spot analysis with simple features. R package.
       https://doi.org/10.32614/CRAN.package.sfhotspot

    Examples
    --------
    Sixty-one cells over ten months; two incidents in each of seven cells, in the first
    eight months about one cell, in the last two about another:

    >>> import numpy as np, pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle, other = 0x8931AA50E27FFFF, 0x8931AA50EA7FFFF
    >>> months = pd.date_range("2017-01-01", periods=10, freq="MS", tz="Asia/Shanghai")
    >>> panel = pd.DataFrame({"cell": np.tile(grid_disk(middle, 4), 10),
    ...                       "period": months.repeat(61), "incidents": 0})
    >>> late = panel["period"] >= months[8]
    >>> panel.loc[~late & panel["cell"].isin(grid_disk(other, 1)), "incidents"] = 2
    >>> panel.loc[late & panel["cell"].isin(grid_disk(middle, 1)), "incidents"] = 2
    >>> classes = classify_persistence(panel).set_index("cell")
    >>> classes.loc[[middle, other], "category"].tolist()
    ['emerging hot', 'persistent hot']
    >>> classes.loc[[middle, other], ["hot_share", "recent_hot_share"]].values.tolist()
    [[0.2, 1.0], [0.8, 0.0]]
    """
    check_bin_options(rings=rings, time_steps=0, window="individual_step", null=null, seed=seed)
    check_share(alpha, "alpha")
    check_share(hotspot_share, "hotspot_share", closed=True)
    check_share(persistent_share, "persistent_share", closed=True)
    check_share(recent_share, "recent_share")
    cubes = panel_cubes(panel)
    warn_about_few_periods(cubes)
    recent = recent_periods(len(cubes[0].periods), recent_share)
    parts, made = [], []
    for cube in cubes:
        bins = cube_bins(
            cube, rings=rings, time_steps=0, window="individual_step", null=null, seed=seed
        )
        significant = bins.q_value < alpha
        hot, cold = significant & (bins.side > 0), significant & (bins.side < 0)
        category = persistence_class(
            hot,
            cold,
            recent=recent,
            hotspot_share=hotspot_share,
            persistent_share=persistent_share,
        )
        answered = np.isfinite(bins.p_value).any(axis=1)
        category[~answered] = None
        reason = bins.reason[:, -1].copy()
        reason[answered] = None
        shares = {
            "hot_share": hot.mean(axis=1),
            "cold_share": cold.mean(axis=1),
            "recent_hot_share": hot[:, -recent:].mean(axis=1),
            "recent_cold_share": cold[:, -recent:].mean(axis=1),
        }
        parts.append(
            cell_rows(cube).assign(
                category=category,
                reason=reason,
                **{name: np.where(answered, share, np.nan) for name, share in shares.items()},
            )
        )
        made.append(about_bins(cube, bins))
    warn_about_draws(made)
    result = conform(stack(parts), "persistence")
    result.attrs["persistence"] = {
        "statistic": "Getis-Ord Gi*",
        "null": null,
        "rings": int(rings),
        "alpha": float(alpha),
        "hotspot_share": float(hotspot_share),
        "persistent_share": float(persistent_share),
        "recent_periods": recent,
        "correction": "Benjamini-Hochberg",
        "family": "all cells and periods of one group",
        "seed": int(seed),
        "groups": made,
    }
    return result


def recent_periods(periods: int, recent_share: float) -> int:
    """Return how many of the last periods are recent: the share rounded down, one at least.

    Examples
    --------
    >>> recent_periods(12, 0.2), recent_periods(4, 0.2), recent_periods(100, 0.29)
    (2, 1, 29)
    """
    # 0.29 of 100 is 28.999... in floating point and 29 for everybody else.
    return min(max(1, int(recent_share * periods + 1e-9)), periods - 1)


def persistence_class(
    hot: ArrayLike,
    cold: ArrayLike,
    *,
    recent: int,
    hotspot_share: float = 0.1,
    persistent_share: float = 0.8,
) -> NDArray[np.object_]:
    """Return the class of every cell from its history.

    Parameters
    ----------
    hot, cold
        Whether a period is a significant hotspot or cold spot, one cell a row, in the
        order of time, shape (cells, periods).
    recent
        How many of the last periods are recent, 1 to periods - 1.
    hotspot_share, persistent_share
        As in :func:`classify_persistence`.

    Returns
    -------
    object array of text, shape (cells,)
        One of :data:`gridgov.schema.emerging.PERSISTENCE_CLASSES`.

    Raises
    ------
    InputError
        If the shapes do not fit, or there is no recent or no older period.

    Examples
    --------
    >>> hot = [[0, 0, 0, 0, 1], [1, 1, 0, 0, 0], [1, 1, 1, 1, 0]]
    >>> persistence_class(hot, [[0] * 5] * 3, recent=1).tolist()
    ['emerging hot', 'former hot', 'persistent hot']
    """
    hots, colds = np.asarray(hot, dtype=bool), np.asarray(cold, dtype=bool)
    if hots.ndim != 2 or hots.shape != colds.shape or not 0 < recent < hots.shape[1]:
        raise InputError(
            "hot and cold must be tables of one shape, cells by periods, with recent and older "
            f"periods. Found: shapes {hots.shape} and {colds.shape}, {recent} recent."
        )
    sides = [
        _side(side, recent, hotspot_share, persistent_share, name)
        for side, name in ((hots, "hot"), (colds, "cold"))
    ]
    is_hot, is_cold = (side != "no pattern" for side in sides)
    names: NDArray[Any] = np.where(is_hot, sides[0], sides[1])
    names[is_hot & is_cold] = "mixed"
    return names


def _side(
    same: NDArray[np.bool_], recent: int, least: float, persistent: float, name: str
) -> NDArray[np.object_]:
    """Return the class on one side."""
    overall = same.mean(axis=1)
    lately, before = same[:, -recent:].mean(axis=1), same[:, :-recent].mean(axis=1)
    classes = np.full(len(same), "no pattern", dtype=object)
    # From the last rule to the first: each writes over those before it.
    classes[overall >= least] = f"intermittent {name}"
    classes[(before >= least) & (lately < least)] = f"former {name}"
    classes[(before < least) & (lately >= least)] = f"emerging {name}"
    classes[overall >= persistent] = f"persistent {name}"
    return classes
