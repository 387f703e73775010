"""Which departments meet: pairs of departments whose incidents lie together.

The table beside the one of cells (``joint_enforcement``): not where, but who with whom. Two
departments can meet more than chance allows in the whole and stand out in no single cell; and
the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_whole, conform
from gridgov.coverage.joint_enforcement.label_deals import Deal, deals, read_deal
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["measure_department_pairs"]

Floats = NDArray[np.float64]


def measure_department_pairs(
    located: Any,
    grid: Any,
    *,
    column: str = "department",
    rings: int = 0,
    within: str | Sequence[str] | None = None,
    period: str | None = None,
    start: Any = None,
    end: Any = None,
    permutations: int = 999,
    seed: int = 0,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Measure how often the incidents of every two departments lie together.

    Parameters
    ----------
    located, grid, column, rings, within, period, start, end, permutations, seed, times
        As for :func:`gridgov.find_joint_enforcement`.

    Returns
    -------
    DataFrame, one row a pair of departments, in the order of their names
        - ``department``, ``other_department``
        - ``shared_cells``: cells with incidents of both (with rings: of one, and the other
          within them)
        - ``pairs``: pairs of incidents, one of each, in one cell or within the rings
        - ``pairs_expected``: exact mean over all deals; ``pairs_ratio``
        - ``p_value``: as many or more, one-sided; ``q_value``: Benjamini-Hochberg

    Raises
    ------
    ColumnsError
        If a column is missing, or times have no zone.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If there are fewer than two departments, or resolutions differ.
    OptionError
        If an option does not exist.

    Notes
    -----
    The null hypothesis is that of :func:`gridgov.find_joint_enforcement`. A pair of incidents
    of one stratum is (a, b) with probability ``2 K_a K_b / (N (N - 1))``, of two strata with
    ``q_a q'_b + q_b q'_a``, q = K / N. A ratio below 1 says that the two keep apart; with a
    few departments somebody always has to.

    References
    ----------
    .. [1] Gotelli, N. J. (2000). Null model analysis of species co-occurrence patterns.
       Ecology 81(9), 2606-2621.
       https://doi.org/10.1890/0012-9658(2000)081[2606:NMAOSC]2.0.CO;2

    Examples
    --------
    Two cells with two incidents each: four pairs within and across departments, of which two
    lie in one cell and differ. A pair differs with probability 2 / 3:

    >>> import pandas as pd
    >>> a, b = 0x8931AA50E23FFFF, 0x8931AA50E27FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "street_id": ["01", "02"],
    ...                      "area_km2": [0.1, 0.1]})
    >>> located = pd.DataFrame({"cell": pd.array([a, a, b, b], "UInt64"),
    ...     "match": ["inside"] * 4, "department": ["fire", "trade", "fire", "trade"]})
    >>> pairs = measure_department_pairs(located, grid, permutations=99)
    >>> pairs[["department", "other_department", "shared_cells", "pairs", "pairs_expected"]]
      department other_department  shared_cells  pairs  pairs_expected
    0       fire            trade             2      2        1.333333
    """
    rings = check_whole(rings, option="rings", least=0, meaning="0 is the cell alone")
    draws = check_whole(permutations, option="permutations", least=1, meaning="how many deals")
    seed = check_whole(seed, option="seed", least=0, meaning="the same seed gives the same deals")
    deal = read_deal(
        located,
        grid,
        column=column,
        within=within,
        period=period,
        rings=rings,
        start=start,
        end=end,
        times=times,
    )
    counts = deal.counts(deal.label)
    seen = _meetings(deal, counts)
    as_much = np.ones(seen.shape)
    for label in deals(deal, permutations=draws, seed=seed):
        as_much += _meetings(deal, deal.counts(label)) >= seen
    near = deal.disks(counts)
    both = (counts > 0).T.astype(np.int64) @ (near > 0)
    if rings:
        one_way = (counts > 0)[:, :, None] & (near > 0)[:, None, :]
        both = (one_way | one_way.transpose(0, 2, 1)).sum(axis=0)
    expected = _expected(deal)
    a, b = np.triu_indices(len(deal.names), 1)
    names = np.array(deal.names, dtype=object)
    p = (as_much / (draws + 1))[a, b]
    frame = pd.DataFrame(
        {
            "department": names[a],
            "other_department": names[b],
            "shared_cells": both[a, b],
            "pairs": seen[a, b],
            "pairs_expected": expected[a, b],
            "pairs_ratio": np.divide(
                seen[a, b], expected[a, b], out=np.full(len(a), np.nan), where=expected[a, b] > 0
            ),
            "p_value": p,
            "q_value": benjamini_hochberg(p),
        }
    )
    result = conform(frame, "department_pairs")
    result.attrs["department_pairs"] = {
        "rings": rings,
        "within": within,
        "period": period,
        "permutations": draws,
        "seed": seed,
        "without_department": deal.nameless,
        **{name: deal.coded.span[name] for name in ("start", "end")},
        "tally": deal.coded.fates,
    }
    return result


def _meetings(deal: Deal, counts: Any) -> Any:
    """Return pairs of incidents by their two departments; symmetric off the diagonal."""
    return counts.T @ deal.disks(counts)


def _expected(deal: Deal) -> Floats:
    """Return the mean of the meetings over all deals, right off the diagonal."""
    deck = deal.by_stratum().astype(np.float64)
    size = deck.sum(axis=1)
    share = deck / size[:, None]
    place = deal.places()
    near = place if deal.matrix is None else deal.matrix @ place
    meetings = np.asarray((place.T @ near).todense(), dtype=np.float64)
    same = np.diag(meetings) - size
    np.fill_diagonal(meetings, 0.0)
    # Both of one stratum: the second is dealt from what the first has left.
    left = same / np.maximum(size * (size - 1), 1)
    found: Floats = share.T @ meetings @ share + (deck * left[:, None]).T @ deck
    return found
