"""Which units a third party should visit: a draw with known chances.

The model: every unit of the frame has a chance of being drawn that is known beforehand and
never 0, so that the visits speak for all units and not for those that were convenient. What
it cannot say: whether the checkers found what was there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.audit.allocation import allocate, apportion
from gridgov.assessment.audit.balance import spatial_balance
from gridgov.assessment.audit.frame import (
    Floats,
    Frame,
    Integers,
    places_of,
    read_certain,
    read_frame,
    read_spread,
)
from gridgov.assessment.audit.ordering import (
    draw_units,
    inclusion_probabilities,
    quadrant_order,
)
from gridgov.checks import check_choice, check_whole, conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, OptionError

__all__ = ["draw_audit_sample"]

_METHODS = ("simple", "stratified", "spatially_balanced")


def draw_audit_sample(
    frame: pd.DataFrame,
    *,
    size: int,
    seed: int,
    strata: str | None = None,
    allocation: str | Mapping[Any, int] = "proportional",
    method: str | None = None,
    certain: str | Sequence[Any] | None = None,
    probability: str | None = None,
    spread: str | Mapping[Any, float] | None = None,
    reserve: int = 0,
    least: int = 2,
    key: str | None = None,
) -> pd.DataFrame:
    """Draw the units that an audit visits, each with a chance that is known.

    Parameters
    ----------
    frame
        One row a unit: cells of a grid, alleys, cases. Places are needed only to balance in
        space: a GeoDataFrame in EPSG:4326 (points, the middle of lines, centroids of areas)
        or a column ``cell``.
    size
        Units of the main sample, certain ones included.
    seed
        A whole number; the same seed on the same frame draws the same units.
    strata
        Column of streets, classes or owners; each is drawn from on its own.
    allocation
        Units of the strata: ``"proportional"`` to their units (to their total of
        `probability` if given), ``"equal"``, ``"neyman"`` (units times `spread`), or a number
        by stratum.
    method
        ``"simple"`` random, ``"stratified"`` (the same within `strata`), or
        ``"spatially_balanced"``, within `strata` if there are any. None: stratified with
        `strata`, else simple.
    certain
        Units that must be visited: a column of truth values, or ids.
    probability
        Column of sizes above 0: chances are in proportion to it; large units become certain.
    spread
        For ``"neyman"``: standard deviations by stratum, or a column whose standard deviation
        is taken in every stratum, such as the score of last year.
    reserve
        Further units, drawn in the same draw, to visit in place of those that cannot be; spread
        over the strata by their units.
    least
        Units that every stratum gets at least, if it has them; with one, its error cannot be
        estimated. Not for an `allocation` by stratum.
    key
        Column that names the units; the first there is of ``case_id``, ``incident_id``,
        ``line_id``, ``facility_id``, ``cell``, ``street_id`` when None.

    Returns
    -------
    DataFrame or GeoDataFrame
        Table "audit_sample": main and reserve units by stratum and order.

        - ``stratum``: missing without `strata`.
        - ``order``: from 1 in every stratum, certain units first, reserve last. Any beginning
          that holds the certain units is a sample too: visit in this order, stop when you must.
        - ``inclusion_probability``: chance to be in the main sample.
        - ``weight``: 1 by that chance. Over the main sample of a stratum with equal chances it
          adds up to the units of the stratum.
        - ``reserve``: whether the unit is in reserve.
        - then the columns of the frame; one that has a name of ours ends in ``_source``.

        ``attrs["audit"]`` holds method, seed, key, ``population`` (units by stratum, for
        :func:`gridgov.estimate_audit`) and, for a balanced draw, ``spatial_balance``.

    Raises
    ------
    ColumnsError
        If a column is missing, ids are missing or twice there, a stratum is missing, or a size
        is not above 0.
    EmptyTableError
        If the frame has no rows.
    GeometryError
        If places are needed and one is missing.
    OptionError
        If an option has a value that does not exist, `size` is above the units or too small
        for the strata, or `reserve` is larger than what is left.

    Notes
    -----
    Chances add up to the size of every stratum, and the number drawn is fixed. With equal
    chances, simple and stratified draws are simple random sampling without replacement. With
    unequal ones the units are put in random order and drawn systematically (Hartley & Rao
    1962). The balanced draw is GRTS (Stevens & Olsen 2004): quarters of quarters in random
    order, units strung on a line by their addresses, drawn systematically; reading the digits
    of a place on the line in reverse gives the order. Two units close together are then rarely
    both drawn, so that an estimate of the variance cannot be unbiased for any of them;
    :func:`gridgov.estimate_audit` uses the local mean estimator.

    References
    ----------
    Hartley, H. O. & Rao, J. N. K. (1962). Sampling with unequal probabilities and without
    replacement. Annals of Mathematical Statistics 33, 350-374.
    https://doi.org/10.1214/aoms/1177704564

    Stevens, D. L. & Olsen, A. R. (2004). Spatially balanced sampling of natural resources.
    Journal of the American Statistical Association 99, 262-278.
    https://doi.org/10.1198/016214504000000250

    Examples
    --------
    Of ten alleys of 八角 and five of 古城, six are visited: four and two.

    >>> import pandas as pd
    >>> alleys = pd.DataFrame({
    ...     "line_id": [f"A{k:02d}" for k in range(15)],
    ...     "street_id": ["八角"] * 10 + ["古城"] * 5})
    >>> sample = draw_audit_sample(alleys, size=6, strata="street_id", seed=1)
    >>> sample.groupby("stratum")["weight"].agg(["size", "sum"]).to_dict("index")
    {'八角': {'size': 4, 'sum': 10.0}, '古城': {'size': 2, 'sum': 5.0}}
    """
    chosen = _method(method, strata)
    size = check_whole(size, option="size", least=1, meaning="units to visit")
    seed = check_whole(seed, option="seed", least=0, meaning="start of the random numbers")
    reserve = check_whole(reserve, option="reserve", least=0, meaning="units in reserve")
    least = check_whole(least, option="least", least=1, meaning="units of every stratum")
    units = read_frame(frame, key=key, strata=strata, probability=probability)
    must = read_certain(frame, units, certain)
    if size > len(frame):
        raise OptionError(
            f"size must not be above the units of the frame. Found: {size:,} of {len(frame):,}. "
            "To visit all of them needs no sample."
        )
    points = places_of(frame, what=f"method={chosen!r}") if chosen == _METHODS[2] else None
    held = np.bincount(units.stratum, weights=must, minlength=len(units.names)).astype(np.int64)
    sizes = allocate(
        allocation,
        size,
        names=units.names,
        units=units.units,
        measure=np.bincount(units.stratum, weights=units.sizes, minlength=len(units.names)).astype(
            np.float64
        ),
        spread=read_spread(frame, units, spread),
        # One more than the certain units, or the others could never be drawn.
        needed=np.where(held > 0, held + (units.units > held), 0),
        least=least,
    )
    more = _reserves(reserve, units, sizes)
    random = np.random.default_rng(seed)
    chance = np.zeros(len(frame))
    rows: list[Integers] = []
    for k in range(len(units.names)):
        mine = np.flatnonzero(units.stratum == k)
        chance[mine] = _chances(units.sizes[mine], must[mine], int(sizes[k]))
        rows.append(
            mine[
                _draw(chance[mine], None if points is None else points[mine], int(more[k]), random)
            ]
        )
    facts: dict[str, Any] = {
        "method": chosen,
        "seed": seed,
        "key": units.key,
        "strata": strata,
        "allocation": allocation if isinstance(allocation, str) else "given",
        "population": (
            len(frame)
            if strata is None
            else dict(zip(units.names, units.units.tolist(), strict=True))
        ),
    }
    if points is not None:
        main = np.concatenate([drawn[: sizes[k]] for k, drawn in enumerate(rows)])
        facts["spatial_balance"] = spatial_balance(points, chance, main)
    return _table(frame, units, rows, sizes, chance, facts, named=strata is not None)


def _method(method: str | None, strata: str | None) -> str:
    """Return the method, told to agree with the strata."""
    if method is None:
        return "simple" if strata is None else "stratified"
    check_choice(method, option="method", choices=_METHODS)
    if method == "simple" and strata is not None:
        raise OptionError(
            f"method='simple' draws from all units at once. Found: strata={strata!r} too. Take "
            "method='stratified', or leave strata out."
        )
    if method == "stratified" and strata is None:
        raise OptionError(
            "method='stratified' needs strata, a column such as street_id. Found: none."
        )
    return method


def _reserves(reserve: int, units: Frame, sizes: Integers) -> Integers:
    """Return how many units in reserve every stratum gets."""
    left = units.units - sizes
    if reserve > left.sum():
        raise OptionError(
            f"reserve must not be above the units that the sample leaves. Found: {reserve:,} of "
            f"{int(left.sum()):,}."
        )
    return apportion(units.units.astype(np.float64), reserve, least=np.zeros_like(left), most=left)


def _chances(sizes: Floats, must: Any, count: int) -> Floats:
    """Return the chances of the units of a stratum."""
    chance = np.ones(len(sizes))
    free = ~must
    chance[free] = inclusion_probabilities(sizes[free], count - int(must.sum()))
    return chance


def _draw(
    chance: Floats, points: Floats | None, reserve: int, random: np.random.Generator
) -> Integers:
    """Return the units of a stratum in the order of the draw, certain ones first."""
    sure = np.flatnonzero(chance >= 1)
    open_ = np.flatnonzero(chance < 1)
    if not len(open_):
        return random.permutation(sure)
    main = round(float(chance[open_].sum()))
    most = int(np.floor(main / chance[open_].max() + 1e-9)) - main
    if reserve > most:
        raise OptionError(
            f"reserve must leave every chance below 1 when the main sample and it are drawn "
            f"together. Found: {reserve:,} in a stratum whose largest unit allows {most:,}. Make "
            "large units certain, or take less reserve."
        )
    if points is None:
        along = random.permutation(len(open_))
    else:
        along = quadrant_order(points[open_, 0], points[open_, 1], random)
    drawn = draw_units(
        chance[open_], along, reserve=reserve, random=random, spread=points is not None
    )
    return np.concatenate([random.permutation(sure), open_[drawn]])


def _table(
    frame: pd.DataFrame,
    units: Frame,
    rows: list[Integers],
    sizes: Integers,
    chance: Floats,
    facts: dict[str, Any],
    *,
    named: bool,
) -> pd.DataFrame:
    """Return the table of the units drawn."""
    ours = TABLES["audit_sample"].names
    clash = {name: f"{name}_source" for name in frame.columns if name in ours}
    if set(clash.values()) & set(frame.columns):
        raise ColumnsError(
            f"frame has columns that the sample needs: {', '.join(clash)}. Found: no room to keep "
            f"them as {', '.join(clash.values())}. Rename them."
        )
    at = np.concatenate(rows)
    drawn = frame.iloc[at].reset_index(drop=True).rename(columns=clash)
    order = np.concatenate([np.arange(1, len(part) + 1) for part in rows])
    names = np.array(units.names, dtype=object)[units.stratum[at]]
    drawn["stratum"] = names if named else None
    drawn["order"] = order
    drawn["inclusion_probability"] = chance[at]
    drawn["weight"] = 1 / chance[at]
    drawn["reserve"] = order > sizes[units.stratum[at]]
    result = conform(drawn, "audit_sample")
    result.attrs = {"audit": facts}
    return result
