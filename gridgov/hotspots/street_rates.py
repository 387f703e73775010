"""Streets by rate, with how sure each rate and each rank is.

A ranking is read as an order, and most of its neighbors are a tie: each rate is one draw of
what the year could have brought. The interval says what else it could have been; the range
of ranks says which places in the order the data allow. What it cannot say: whether a street
works well. Who reports more is ranked higher.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.periods import groups_of
from gridgov.hotspots.poisson_intervals import check_level, count_interval

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["measure_street_rates"]

Floats = NDArray[np.float64]


def measure_street_rates(
    located: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    base: str | Mapping[str, float] | pd.Series = "area_km2",
    per: float = 1.0,
    by: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure every street's incidents by base, with exact intervals and ranges of ranks.

    Parameters
    ----------
    located
        Table "located": every row with a ``street_id`` is counted in its own street.
    jurisdictions
        Table "jurisdictions": the streets, those without incidents too.
    base
        What the incidents are counted against: a column of `jurisdictions`
        (``"area_km2"``, or your own such as ``"population"``), or a mapping or Series from
        street id to base.
    per
        Rates are for so many units of the base: 10,000 with inhabitants (每万人).
    by
        Column to count by, such as ``"category"``; each group is a ranking of its own.
    level
        Probability of the intervals, 0.5 to below 1.

    Returns
    -------
    DataFrame
        One row a street and group, the highest rate first. Its ``attrs["street_rates"]``
        says how it was made.

        - ``street_id``, ``street``, ``group``.
        - ``incidents``: number in the street; zeros kept.
        - ``base``: missing where unknown.
        - ``rate``: ``per · incidents / base``; missing where the base is unknown or 0.
        - ``rate_low``, ``rate_high``: its exact Poisson interval.
        - ``mean_rate``: all incidents by all base, of the streets with a base.
        - ``rank``: 1 for the highest rate; equal rates share a rank.
        - ``rank_low``, ``rank_high``: the best and worst rank that the data allow, all
          ranges together at the level.

    Raises
    ------
    ColumnsError
        If a column is missing, an id stands for two streets, or a base is no number from 0.
    EmptyTableError
        If there are no incidents or no streets.
    OptionError
        If `per` or `level` does not exist.

    Notes
    -----
    Interval of a rate: that of its count [1]_ over the base. Ranges of ranks [2]_: with
    intervals at the level ``level^(1/n)`` for n streets, so that all hold together, a street
    ranks below those whose interval lies wholly above its own and above those wholly below.

    Both take incidents as independent. Bursts (one caller, one morning) make intervals too
    narrow: see the dispersion of :func:`gridgov.measure_funnel`.

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika
       28(3/4), 437-442. https://doi.org/10.1093/biomet/28.3-4.437
    .. [2] Klein, M., Wright, T. and Wieczorek, J. (2020). A joint confidence region for an
       overall ranking of populations. Journal of the Royal Statistical Society C 69(3),
       589-606. https://doi.org/10.1111/rssc.12402

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["A", "B", "C"], "area_km2": [2.0, 4.0, 1.0]},
    ...     geometry=[box(0, 0, 1, 1)] * 3, crs=4326)
    >>> located = pd.DataFrame({"street_id": ["A"] * 80 + ["B"] * 12 + ["C"] * 4})
    >>> rates = measure_street_rates(located, streets)
    >>> columns = ["street_id", "rate", "rate_low", "rate_high", "rank", "rank_low", "rank_high"]
    >>> print(rates[columns].round(2).to_string(index=False))
    street_id  rate  rate_low  rate_high  rank  rank_low  rank_high
            A  40.0     31.72      49.78     1         1          1
            C   4.0      1.09      10.24     2         2          3
            B   3.0      1.55       5.24     3         2          3
    """
    probability = check_level(level)
    if isinstance(per, bool) or not isinstance(per, int | float) or not 0 < per < np.inf:
        raise OptionError(f"per must be a number above 0, such as 10,000. Found: {per!r}.")
    needed = ["street_id", *([by] if by is not None else [])]
    check_table(located, "located", columns=needed)
    check_table(jurisdictions, "jurisdictions", columns=["street_id"])
    ids = jurisdictions["street_id"].astype("str")
    if ids.duplicated().any():
        raise ColumnsError(
            "street_id must name one jurisdiction. Found: "
            f"{ids[ids.duplicated()].iloc[0]!r} more than once. Dissolve them first."
        )
    bases, known_as = _bases(base, jurisdictions, ids)
    groups, group = groups_of(located, by)
    street = pd.Index(ids).get_indexer(located["street_id"].astype("str"))
    use = (street >= 0) & (group >= 0)
    counts = np.bincount(
        group[use] * len(ids) + street[use], minlength=len(groups) * len(ids)
    ).reshape(len(groups), -1)
    names = jurisdictions.get("street", ids)
    parts = [
        _ranking(row, bases, level=probability).assign(
            street_id=ids.to_numpy(), street=names.to_numpy(), group=name
        )
        for name, row in zip(groups, counts, strict=True)
    ]
    frame = pd.concat(
        [part.sort_values(["rank", "street_id"], na_position="last") for part in parts],
        ignore_index=True,
    )
    rates = ["rate", "rate_low", "rate_high", "mean_rate"]
    frame[rates] = frame[rates] * per
    table = conform(frame, "street_rates")
    table.attrs["street_rates"] = {
        "base": known_as,
        "per": float(per),
        "by": by,
        "level": probability,
        "elsewhere": int((~use).sum()),
    }
    return table


def _bases(base: Any, jurisdictions: Any, ids: pd.Series) -> tuple[Floats, str]:
    """Return the base of every street, NaN where unknown, and what it is called."""
    if isinstance(base, str):
        if base not in jurisdictions.columns:
            found = ", ".join(map(str, jurisdictions.columns))
            raise ColumnsError(
                f"base must name a column of jurisdictions, or give every street its base. Found: "
                f"{base!r}; jurisdictions has {found}."
            )
        values, known_as = jurisdictions[base], base
    elif isinstance(base, Mapping | pd.Series):
        given = {str(key): value for key, value in dict(base).items()}
        values, known_as = ids.map(given), "base"
    else:
        raise ColumnsError(
            "base must be the name of a column of jurisdictions, or a mapping or Series from "
            f"street id to base. Found: {type(base).__name__}."
        )
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    wrong = np.flatnonzero((np.isnan(numbers) & values.notna()) | (numbers < 0) | np.isinf(numbers))
    if wrong.size:
        raise ColumnsError(
            "base must hold finite numbers from 0 on, or be missing where unknown. Found: "
            f"{wrong.size} other, the first is {values.iloc[int(wrong[0])]!r} of street "
            f"{ids.iloc[int(wrong[0])]!r}."
        )
    return numbers, known_as


def _ranking(counts: NDArray[np.int64], bases: Floats, *, level: float) -> pd.DataFrame:
    """Return the rows of one group in the order of the streets, rates for one unit."""
    usable = bases > 0
    per_unit = np.where(usable, bases, np.nan)
    low, high = count_interval(counts, level=level)
    rank, best, worst = (np.full(len(counts), np.nan) for _ in range(3))
    rate = counts / per_unit
    streets = np.flatnonzero(usable)
    if streets.size:
        joint = level ** (1 / streets.size)
        # Streets by streets: a city has hundreds at most.
        below, above = (
            ends[streets] / bases[streets] for ends in count_interval(counts, level=joint)
        )
        of = rate[streets]
        rank[streets] = 1 + (of[None, :] > of[:, None]).sum(axis=1)
        best[streets] = 1 + (below[None, :] > above[:, None]).sum(axis=1)
        worst[streets] = streets.size - (above[None, :] < below[:, None]).sum(axis=1)
    return pd.DataFrame(
        {
            "incidents": counts,
            "base": bases,
            "rate": rate,
            "rate_low": low / per_unit,
            "rate_high": high / per_unit,
            "mean_rate": counts[usable].sum() / bases[usable].sum() if streets.size else np.nan,
            "rank": pd.array(rank, dtype="Int64"),
            "rank_low": pd.array(best, dtype="Int64"),
            "rank_high": pd.array(worst, dtype="Int64"),
        }
    )
