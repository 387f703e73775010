"""Who is not telling us: cells that report far less than they should.

The question: given what incidents could come from in a cell, what its surroundings
report, what it reported before and what comes in through other channels, are there so
few incidents that chance does not explain it? The model is in ``expectations``, the test in
``count_tails``, both beside this file.

What the table cannot say: why. A clean cell, a cell that nobody patrols, a dead hotline and
a locked compound look alike; it says where to go and look. A silent neighborhood lowers
its own expectation, so silence wider than the rings shows only against an exposure or
against history. Where little is expected nothing can be missed: such cells are "cannot
tell", never "not significant".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, check_whole, conform
from gridgov.coverage.reporting.channel_groups import read_groups
from gridgov.coverage.reporting.count_tails import negative_binomial_tail
from gridgov.coverage.reporting.expectations import Town, expect, fit_weights
from gridgov.coverage.reporting.exposures import Exposure, add_up, read_exposures
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.place.coding import code_incidents
from gridgov.place.periods import read_instants, read_moment
from gridgov.schema.blind_spots import BLIND_SPOTS

__all__ = ["BLIND_REASONS", "find_blind_spots"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BLIND_REASONS = {
    "unknown": "the exposure is unknown",
    "zero": "the exposure is zero",
    "nothing": "no incidents",
    "few_cells": "fewer than 30 cells",
    "few_expected": "too few expected to tell",
}
"""Why a cell has no answer; translated in ``taxonomy/terms.csv``."""

_LEVELS = (0.01, 0.05, 0.10)
_LEAST_CELLS = 30


def find_blind_spots(
    located: Any,
    grid: Any,
    *,
    exposure: Exposure = None,
    rings: int = 1,
    within: str | None = "street_id",
    start: Any = None,
    end: Any = None,
    history: tuple[Any, Any] | None = None,
    by: str | None = None,
    groups: Mapping[str, Iterable[str]] | None = None,
    channel_mix: bool = True,
    dispersion: float | None = None,
    ring_weight: float | None = None,
    own_weight: float | None = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Find cells from which far fewer incidents are reported than expected.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    exposure
        What incidents could come from: a column of `grid`, a mapping or Series from cell to
        number, or a table with ``cell`` and numbers; people, meters of road. Several (a list
        of columns, a table with several) are added with the weights that fit best. None is
        the cell's area inside the study area. Unknown is not tested; 0 expects nothing.
    rings
        Steps from a cell to the edge of its ring, 1 or more.
    within
        Column of `grid` whose cells are alike, such as a land use; the cells of a display
        street by default. None compares with the whole grid.
    start, end
        First instant tested and first instant no longer tested, as for
        :func:`gridgov.tally`.
    history
        Earlier range, first instant and first instant no longer counted, that ends no later
        than `start`. What a cell reported then counts as evidence. None for none.
    by
        Column of `located` whose values are tested separately, ``"channel"`` for instance.
        None tests all incidents together.
    groups
        Name of each group and the values of `by` (``"channel"`` when None) in it, such as
        ``{"citizens": ["hotline", "app"], "cameras": ["video"]}``. Other values are tested in
        no group.
    channel_mix
        Whether, where groups are tested, the incidents of the same cell outside the group
        count as evidence: what video sees, citizens should see too.
    dispersion, ring_weight, own_weight
        See Notes; estimated when None.
    times
        Column that dates an incident, with a zone.

    Returns
    -------
    DataFrame, one row a group and cell, sorted in that order
        - ``cell``, ``street_id``, ``area_km2``: from `grid`
        - ``group``: missing without `by` and `groups`
        - ``incidents``: reported in the range
        - ``exposure``: as given, or the weighted sum of several
        - ``ring_incidents``: of the cells around, the cell left out
        - ``history_incidents``, ``other_incidents``: the evidence of the cell itself, missing
          where it was not asked for
        - ``expected_incidents``, ``expected_ratio``: μ and incidents / μ
        - ``expected_spread``: v + α, see Notes
        - ``p_value``: chance of so few or fewer; ``least_p_value``: of none at all
        - ``q_value``: Benjamini-Hochberg among the group's cells with a least p up to 0.10
        - ``blind_spot``: ordered: blind 99, 95, 90, not significant, cannot tell
        - ``reason``: why there is no answer

        ``attrs["blind_spots"]`` lists for every group the weights and the dispersion used.

    Raises
    ------
    ColumnsError
        If a column is missing or holds the wrong thing.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If resolutions differ, or a group has no incident at all.
    OptionError
        If an option cannot be read, or `history` reaches into the range tested.

    Notes
    -----
    Null hypothesis: the incidents of cell i are negative binomial with mean μ_i and variance
    ``μ_i + (v_i + α) μ_i²``, where μ_i was made without the cell's own count. p is the exact
    lower tail; with v + α = 0 it is Poisson.

    With y incidents, e exposure, sums without cell i, and g the rate of the whole grid::

        m = (1 + Σ_street y) / (1 / g + Σ_street e)
        r = (k + Σ_ring y) / (k / m + Σ_ring e),       μ = r e,   v = 1 / (k + Σ_ring y)
        μ <- μ (c + h) / (c + μ / τ),                  v <- 1 / (c + h) + (c / (c + μ / τ))² v

    The last line is for every own evidence h (history, then other channels); τ is the ratio
    of all incidents tested to all such evidence, without cell i. k (`ring_weight`), c
    (`own_weight`) and α (`dispersion`, at least 0) are those under which all counts are
    likeliest. Hotspots and blind spots are in α too, which makes the test cautious: at α = 0.1
    and 650 tests a cell that fell silent alone must have been expected to report some 20.

    A cell where even zero has p > 0.10 takes no part in the adjustment: its least p does not
    depend on its count, so leaving it out breaks nothing [2]_. Fewer than 30 cells show no
    dispersion; they are tested only when `dispersion` is given. Neighbors share data, so their
    tests depend on each other; a simulation is in the tests.

    References
    ----------
    .. [1] Clayton, D. & Kaldor, J. (1987). Empirical Bayes estimates of age-standardized
       relative risks for use in disease mapping. Biometrics 43(3), 671-681.
       https://doi.org/10.2307/2532003
    .. [2] Gilbert, P. B. (2005). A modified false discovery rate multiple-comparisons
       procedure for discrete data. Journal of the Royal Statistical Society C 54(1), 143-158.
       https://doi.org/10.1111/j.1467-9876.2005.00475.x

    Examples
    --------
    Three neighbors with 100 people each. Where 4 and 8 are reported next door, 6 are expected,
    and none is reported with probability exp(-6) when nothing but chance is at work. Where 2
    are expected, even none at all would be chance:

    >>> import pandas as pd
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> a, b, c = sorted(grid_disk(0x8931AA50E27FFFF, 1)[:3].tolist())
    >>> grid = pd.DataFrame({"cell": pd.array([a, b, c], "uint64"), "street_id": ["01"] * 3,
    ...                      "area_km2": [0.1] * 3, "people": [100] * 3})
    >>> located = pd.DataFrame({"incident_id": list("abcdefghijkl"), "match": ["inside"] * 12,
    ...                         "cell": pd.array([a] * 4 + [c] * 8, "UInt64")})
    >>> found = find_blind_spots(located, grid, exposure="people", dispersion=0,
    ...                          ring_weight=1e9)
    >>> found[["incidents", "expected_incidents", "p_value", "blind_spot"]].round(4)
       incidents  expected_incidents  p_value       blind_spot
    0          4                 4.0   0.6288  not significant
    1          0                 6.0   0.0025         blind 99
    2          8                 2.0   0.9998      cannot tell
    """
    rings = check_whole(rings, option="rings", least=1, meaning="1 is the cells around a cell")
    fixed = {
        "dispersion": _at_least_zero(dispersion, "dispersion"),
        "ring": _at_least_zero(ring_weight, "ring_weight", above=True),
        "own": _at_least_zero(own_weight, "own_weight", above=True),
    }
    column, wanted = read_groups(located, by, groups)
    tested = code_incidents(
        located, grid, period=None, by=column, start=start, end=end, times=times
    )
    cells = tested.cells
    values, names = read_exposures(exposure, grid, cells)
    stratum = _strata(grid, within, tested.order)
    counts = _counts(tested)
    earlier = None
    if history is not None:
        first, last = _history(located, history, start, times)
        coded = code_incidents(
            located, grid, period=None, by=column, start=first, end=last, times=times
        )
        earlier = _counts(coded)
    members = wanted.members(tested.names)
    matrix = disk_matrix(cells, rings=rings)
    matrix.setdiag(0)
    matrix.eliminate_zeros()

    parts, record = [], []
    for name, rows in members:
        y = counts[rows].sum(axis=0)
        own: dict[str, Whole] = {}
        if earlier is not None:
            own["history_incidents"] = earlier[rows].sum(axis=0)
        if channel_mix and column is not None:
            own["other_incidents"] = counts.sum(axis=0) - y
        e, weights = add_up(values, y)
        part, facts = _test(y, e, stratum, matrix, own, fixed)
        parts.append(pd.DataFrame({"cell": cells, "group": name, "incidents": y, **part}))
        record.append(
            {
                "group": name,
                "exposure": dict(zip(names, weights.tolist(), strict=True)),
                "rings": rings,
                "within": within,
                **tested.span,
                "history": None if history is None else [first.isoformat(), last.isoformat()],
                **facts,
            }
        )
    frame = pd.concat(parts, ignore_index=True)
    at = np.tile(tested.order, len(parts))
    frame["street_id"] = grid["street_id"].array.take(at)
    frame["area_km2"] = grid["area_km2"].to_numpy(dtype=np.float64)[at]
    result = conform(frame, "blind_spots")
    result.attrs = {"blind_spots": record, "tally": tested.fates}
    return result


def _test(
    y: Whole,
    exposure: Floats,
    stratum: Whole,
    matrix: Any,
    own: dict[str, Whole],
    fixed: dict[str, float | None],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of one group and how they were made."""
    size = len(y)
    reason = np.full(size, None, dtype=object)
    reason[exposure == 0] = BLIND_REASONS["zero"]
    reason[np.isnan(exposure)] = BLIND_REASONS["unknown"]
    known = np.flatnonzero(exposure > 0)
    town = Town(
        y[known],
        exposure[known],
        np.unique(stratum[known], return_inverse=True)[1],
        matrix[known][:, known],
        tuple(count[known] for count in own.values()),
    )
    expected, spread, p, least, q = (np.full(size, np.nan) for _ in range(5))
    facts: dict[str, Any] = {"cells": size, "tests": 0}
    if known.size and y[known].any():
        given = fixed["dispersion"]
        weights, alpha = fit_weights(town, ring=fixed["ring"], own=fixed["own"], dispersion=given)
        expectation = expect(town, weights)
        expected[known] = expectation.incidents
        spread[known] = expectation.spread + alpha
        facts |= {
            "dispersion": alpha,
            "ring_weight": weights.ring,
            "own_weight": dict(zip(own, weights.own, strict=True)),
        }
        if known.size < _LEAST_CELLS and given is None:
            reason[known] = BLIND_REASONS["few_cells"]
        else:
            p[known] = negative_binomial_tail(y[known], expected[known], spread[known])
            least[known] = negative_binomial_tail(
                np.zeros(known.size), expected[known], spread[known]
            )
    reason[known[~(expected[known] > 0)]] = BLIND_REASONS["nothing"]
    p[~(expected > 0)] = least[~(expected > 0)] = np.nan
    can_tell = least <= _LEVELS[-1]
    reason[least > _LEVELS[-1]] = BLIND_REASONS["few_expected"]
    q[can_tell] = benjamini_hochberg(p[can_tell])
    facts["tests"] = int(can_tell.sum())

    step = np.searchsorted(_LEVELS, q, side="right")
    step[least > _LEVELS[-1]] = BLIND_SPOTS.index("cannot tell")
    step[np.isnan(least)] = -1
    columns: dict[str, Any] = {
        "exposure": exposure,
        "ring_incidents": (matrix @ y).round().astype(np.int64),
        **{name: pd.array(count, dtype="Int64") for name, count in own.items()},
        "expected_incidents": expected,
        "expected_ratio": np.divide(y, expected, out=np.full(size, np.nan), where=expected > 0),
        "expected_spread": spread,
        "p_value": p,
        "least_p_value": least,
        "q_value": q,
        "blind_spot": pd.Categorical.from_codes(
            step.tolist(), dtype=pd.CategoricalDtype(BLIND_SPOTS, ordered=True)
        ),
        "reason": reason,
    }
    return columns, facts


def _counts(coded: Any) -> Whole:
    """Return the counts as an array, shape (names, cells)."""
    return np.bincount(coded.codes, minlength=coded.rows).reshape(len(coded.names), -1)


def _strata(grid: Any, within: str | None, order: NDArray[np.intp]) -> Whole:
    """Return the number of each cell's stratum, cells without one together."""
    if within is None:
        return np.zeros(len(order), dtype=np.int64)
    if within not in grid.columns or within == "geometry":
        found = ", ".join(str(name) for name in grid.columns if name != "geometry")
        raise ColumnsError(
            f"within must name a column of grid whose cells are alike, or be None. Found: "
            f"{within!r}; grid has {found}.",
            problems=[{"table": "grid", "column": within, "problem": "missing"}],
        )
    codes = pd.factorize(grid[within], use_na_sentinel=False)[0]
    return np.asarray(codes, dtype=np.int64)[order]


def _history(
    located: Any, history: Any, start: Any, times: str
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the two ends of the earlier range after checking that it ends before `start`."""
    if isinstance(history, str) or not hasattr(history, "__len__") or len(history) != 2:
        raise OptionError(
            "history must be two dates, the first instant counted and the first no longer "
            f"counted. Found: {history!r}."
        )
    if start is None:
        raise OptionError(
            "start must be given with history: what is tested begins where history has ended. "
            "Found: start None."
        )
    check_table(located, "located", columns=[times], allow_empty=True)
    zone = read_instants(located, times)[2]
    first, last = (read_moment(moment, "history", zone) for moment in history)
    begin = read_moment(start, "start", zone)
    if not first < last <= begin:
        raise OptionError(
            "history must end no later than start, and begin before it ends: an incident that is "
            f"tested must not be in its own expectation. Found: {first} to {last}, start {begin}."
        )
    return first, last


def _at_least_zero(value: Any, option: str, *, above: bool = False) -> float | None:
    """Return an option that is None or a number from 0 on, or above 0."""
    if value is None:
        return None
    try:
        number = float(value)
        fits = not isinstance(value, bool) and (number > 0 if above else 0 <= number < np.inf)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise OptionError(
            f"{option} must be None (estimated) or a number {'above' if above else 'from'} 0"
            f"{'' if above else ' on'}. Found: {value!r}."
        )
    return number
