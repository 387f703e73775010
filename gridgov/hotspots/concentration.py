"""How few places hold how many incidents: indices of concentration, with intervals.

"Half of the complaints come from 5 % of the cells" is true of any city with few complaints
and many cells. Beside the plain indices stand therefore those that ask how even so few
incidents could be, and an interval for each. The numbers describe one map; they say
nothing about where the places are, nor whether next month has the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, check_whole, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.concentration_samples import CellSample, Units, street_parts
from gridgov.hotspots.count_maps import checked_counts, count_maps
from gridgov.hotspots.inequality import lorenz
from gridgov.place.crosswalk import area_shares

__all__ = ["REASONS", "measure_concentration", "measure_lorenz"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

REASONS = {
    "no_incidents": "no incidents",
    "no_interval": "too few cells with incidents for an interval",
}
"""Why a number is missing; the words are translated in ``taxonomy/terms.csv``."""


def measure_concentration(
    counts: pd.DataFrame,
    jurisdictions: Any = None,
    *,
    units: Units = "cells",
    bootstrap: int = 999,
    seed: int = 0,
    level: float = 0.95,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Measure how unevenly incidents lie over the cells, with bootstrap intervals.

    Parameters
    ----------
    counts
        Table of :func:`gridgov.tally`, cells without incidents included. Needs ``cell``,
        ``incidents`` and ``area_km2``; with ``period`` or ``group`` every combination of
        the two gets a row.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``: splits Theil's T into the part
        between streets and the part within. A cell on a border belongs to its streets by
        its area shares. Without it the two parts are missing.
    units
        Between what inequality is: ``"cells"`` all alike, or ``"area"`` every square
        kilometer alike, so that a cell of which little lies in the study area weighs
        little. The generalized and unbiased indices need units to count and are missing
        with ``"area"``.
    bootstrap
        Resamples for the intervals; 0 for none.
    seed
        Their seed.
    level
        Share of the resamples inside an interval, above 0 and below 1.
    progress
        Called as ``progress(done, total)`` after every map.

    Returns
    -------
    DataFrame, one row a period and group, in that order
        - ``period``, ``group``: as in `counts`.
        - ``cells``, ``incidents``, ``area_km2``: how many, and how much in all.
        - ``gini``; ``gini_unbiased``; ``gini_generalized``; ``gini_generalized_unbiased``.
        - ``theil``; ``theil_between``, ``theil_within``: add up to ``theil``.
        - ``cell_share_25``, ``_50``, ``_80``: smallest share of the cells, whole cells,
          that holds 25, 50, 80 % of the incidents.
        - ``area_share_25``, ``_50``, ``_80``: smallest share of the area that does, densest
          cells first, the last one in part.
        - ``..._low``, ``..._high`` after each: its interval.
        - ``reason``: why there is no answer, or no interval.

        ``attrs["concentration"]`` says in plain values how it was made.

    Raises
    ------
    ColumnsError
        If `counts` is no table or lacks a column, ``incidents`` holds something other
        than whole numbers from 0 on, an area is not above 0, or a cell stands twice in
        one map.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If an option has no such value.
    DatumError, GeometryError
        If `jurisdictions` cannot be used, see :func:`gridgov.place.crosswalk.area_shares`.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    With N cells, C incidents, y_i in cell i, mean ȳ, m = min(N, C), and streets g::

        G   = Σ_i Σ_j |y_i - y_j| / (2 N² ȳ)          unbiased   G N / (N - 1)
        G'  = max(1, N / C) (G - 1) + 1   [1]_        unbiased   G' m / (m - 1)
        T   = Σ_i (y_i / C) ln(y_i / ȳ)               between    Σ_g (C_g / C) ln(C_g N / (C N_g))

    G' is 0 where no cell holds more than it must. C_g and N_g are sums over the cells of
    street g, each with its share of the street; land outside every street is one more
    group. As the parts of a cell hold alike, T is the same with and without them, and T -
    between is exactly Σ_g (C_g / C) T_g.

    The interval is the percentile bootstrap over cells: N cells are drawn with
    replacement, with their counts, areas and streets. It takes cells as independent.
    Neighbors are alike, so the true uncertainty is larger; and it is about the rate that
    made these counts only as far as counts stand for it. Resamples without any incident
    have no index; where they are more than 5 %, there is no interval.

    References
    ----------
    .. [1] Bernasco, W. & Steenbeek, W. (2017). More places than crimes: implications for
       evaluating the law of crime concentration at place. Journal of Quantitative
       Criminology 33(3), 451-467. https://doi.org/10.1007/s10940-016-9324-7
    .. [2] Theil, H. (1967). Economics and Information Theory. North-Holland.
    .. [3] Shorrocks, A. F. (1980). The class of additively decomposable inequality measures.
       Econometrica 48(3), 613-625. https://doi.org/10.2307/1913126
    .. [4] Weisburd, D. (2015). The law of crime concentration and the criminology of place.
       Criminology 53(2), 133-157. https://doi.org/10.1111/1745-9125.12070
    .. [5] Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapter 13.
       Chapman and Hall. https://doi.org/10.1201/9780429246593

    Examples
    --------
    Seven cells, eight incidents in three of them:

    >>> from gridgov.geo.hexgrid import grid_disk
    >>> counts = pd.DataFrame({"cell": grid_disk(0x8931AA50E27FFFF, 1),
    ...                        "incidents": [5, 2, 1, 0, 0, 0, 0], "area_km2": 0.1})
    >>> row = measure_concentration(counts).iloc[0]
    >>> row[["gini", "cell_share_50", "area_share_50"]].astype(float).round(4).tolist()
    [0.7143, 0.1429, 0.1143]
    """
    check_choice(units, option="units", choices=("cells", "area"))
    check_whole(bootstrap, option="bootstrap", least=0, meaning="0 leaves out the intervals")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    if not (isinstance(level, int | float) and 0 < level < 1):
        raise OptionError(f"level must be a share above 0 and below 1. Found: {level!r}.")
    cells, incidents, area = _checked(counts)
    shares = None if jurisdictions is None else area_shares(cells, jurisdictions)

    rows: list[dict[str, Any]] = []
    first: list[int] = []
    parts = list(count_maps(counts, cells, rings=0))
    for done, part in enumerate(parts, start=1):
        here = part.rows
        streets = None if shares is None else street_parts(cells[here], shares)
        sample = CellSample(incidents[here], area[here], streets, units)
        found = {
            name: values[0] for name, values in sample.indices(np.ones((1, len(here)))).items()
        }
        low, high, enough = sample.intervals(int(bootstrap), int(seed), float(level))
        total = int(incidents[here].sum())
        reason = None if enough else REASONS["no_interval"]
        first.append(int(here[0]))
        rows.append(
            {
                "cells": len(here),
                "incidents": total,
                "area_km2": float(area[here].sum()),
                **found,
                **{f"{name}_low": value for name, value in low.items()},
                **{f"{name}_high": value for name, value in high.items()},
                "reason": reason if total else REASONS["no_incidents"],
            }
        )
        if progress is not None:
            progress(done, len(parts))
    result = conform(_with_keys(pd.DataFrame(rows), counts, first), "concentration")
    result.attrs["concentration"] = {
        "units": units,
        "bootstrap": int(bootstrap),
        "seed": int(seed),
        "level": float(level),
        "interval": "percentile, cells drawn with replacement",
        "streets": "none" if shares is None else "area shares of the cells",
    }
    return result


def measure_lorenz(counts: pd.DataFrame, *, units: Units = "cells") -> pd.DataFrame:
    """Measure the Lorenz curve: which share of the cells holds which share of the incidents.

    Parameters
    ----------
    counts
        Table of :func:`gridgov.tally`, as in :func:`measure_concentration`.
    units
        ``"cells"`` or ``"area"``: what the lower axis counts.

    Returns
    -------
    DataFrame, the corners of one curve a period and group, in that order
        - ``period``, ``group``: as in `counts`.
        - ``unit``: as given.
        - ``step``: running number along the curve, from 0.
        - ``unit_share``: share of the cells or of the area, emptiest first.
        - ``incident_share``: share of the incidents that they hold.

        Between corners the curve is straight; cells that hold alike are one piece. A map
        without incidents has no curve and no rows.

    Raises
    ------
    ColumnsError
        If `counts` is no table or lacks a column, ``incidents`` holds something other
        than whole numbers from 0 on, an area is not above 0, or a cell stands twice in
        one map.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If `units` has no such value.
    InputError
        If a cell is no H3 cell, or resolutions are mixed.

    Notes
    -----
    The Gini index is twice the area between the curve and the diagonal.

    References
    ----------
    .. [1] Lorenz, M. O. (1905). Methods of measuring the concentration of wealth.
       Publications of the American Statistical Association 9(70), 209-219.
       https://doi.org/10.2307/2276207

    Examples
    --------
    Seven cells, eight incidents in three of them:

    >>> from gridgov.geo.hexgrid import grid_disk
    >>> counts = pd.DataFrame({"cell": grid_disk(0x8931AA50E27FFFF, 1),
    ...                        "incidents": [5, 2, 1, 0, 0, 0, 0], "area_km2": 0.1})
    >>> measure_lorenz(counts)[["unit_share", "incident_share"]].round(3).values.tolist()
    [[0.0, 0.0], [0.571, 0.0], [0.714, 0.125], [0.857, 0.375], [1.0, 1.0]]
    """
    check_choice(units, option="units", choices=("cells", "area"))
    cells, incidents, area = _checked(counts)
    first: list[int] = []
    curves: list[pd.DataFrame] = []
    for part in count_maps(counts, cells, rings=0):
        here = part.rows
        if not incidents[here].any():
            continue
        if units == "cells":
            below, held = lorenz(incidents[here], np.ones(len(here)))
        else:
            below, held = lorenz(incidents[here] / area[here], area[here])
        first += [int(here[0])] * len(below)
        step = np.arange(len(below))
        curves.append(pd.DataFrame({"step": step, "unit_share": below, "incident_share": held}))
    frame = pd.concat(curves, ignore_index=True) if curves else pd.DataFrame({"step": []})
    return conform(_with_keys(frame.assign(unit=units), counts, first), "lorenz")


def _checked(counts: pd.DataFrame) -> tuple[NDArray[np.uint64], Whole, Floats]:
    """Return cells, incidents and areas after checking them."""
    check_table(counts, "counts", columns=["cell", "incidents", "area_km2"])
    cells, incidents = checked_counts(counts)
    area = pd.to_numeric(counts["area_km2"], errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    wrong = np.flatnonzero(~(np.isfinite(area) & (area > 0)))
    if wrong.size:
        raise ColumnsError(
            f"counts.area_km2 must be above 0 in every row. Found: {wrong.size} other, the first "
            f"is {counts['area_km2'].iloc[wrong[0]]!r} in row {counts.index[wrong[0]]!r}. "
            "gridgov.tally(...) makes such a table.",
            problems=[
                {"table": "counts", "column": "area_km2", "row": counts.index[row]} for row in wrong
            ],
        )
    return cells, incidents, area


def _with_keys(frame: pd.DataFrame, counts: pd.DataFrame, rows: list[int]) -> pd.DataFrame:
    """Return a table with the period and group of rows of `counts`, in their own kind."""
    keys = {name: counts[name].array for name in ("period", "group") if name in counts.columns}
    # An empty list of rows would be taken for one of floats.
    at = np.asarray(rows, dtype=np.int64)
    return frame.assign(**{name: values.take(at) for name, values in keys.items()})
