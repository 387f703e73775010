"""Who is ranked against whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, OptionError

__all__ = ["listed_groups", "peer_groups"]


def listed_groups(peers: Any) -> list[str]:
    """Return the groups that a mapping or Series of peers names; none for a column.

    Examples
    --------
    >>> listed_groups({"02": "hills", "01": "town"})
    ['01', '02']
    """
    if isinstance(peers, Mapping | pd.Series):
        return sorted(str(key) for key in dict(peers))
    return []


def peer_groups(
    table: pd.DataFrame,
    groups: Sequence[str | None],
    code: NDArray[np.int64],
    *,
    by: str | None,
    peers: Any,
) -> list[str | None]:
    """Return the peer group of every group, None where all are peers.

    Parameters
    ----------
    table
        Table of cases or checks.
    groups
        Names of the groups.
    code
        Group of every row, -1 for none.
    by
        Column of the groups.
    peers
        Column of the table, or a mapping or Series from group to peer group; None: all
        groups are peers.

    Raises
    ------
    ColumnsError
        If there is no such column, a group has two peer groups, or one has none.
    OptionError
        If `peers` is something else, or there are no groups.

    Examples
    --------
    >>> table = pd.DataFrame({"street_id": ["01", "02"], "kind": ["town", "hills"]})
    >>> peer_groups(table, ["01", "02"], np.array([0, 1]), by="street_id", peers="kind")
    ['town', 'hills']
    """
    if peers is None:
        return [None] * len(groups)
    if by is None:
        raise OptionError("peers rank groups of by against each other. Found: no by.")
    if isinstance(peers, Mapping | pd.Series):
        given = {str(key): value for key, value in dict(peers).items()}
        found = [given.get(str(group)) for group in groups]
    elif isinstance(peers, str):
        found = _of_column(table, groups, code, by, peers)
    else:
        raise OptionError(
            "peers must be a column, or a mapping or Series from group to peer group. "
            f"Found: {type(peers).__name__}."
        )
    named = [None if pd.isna(peer) else str(peer) for peer in found]
    lacking = [str(group) for group, peer in zip(groups, named, strict=True) if peer is None]
    if lacking:
        raise ColumnsError(
            f"peers must name the peer group of every {by}. Found: none for "
            f"{', '.join(lacking[:5])}{f' and {len(lacking) - 5} more' if lacking[5:] else ''}."
        )
    return named


def _of_column(
    table: pd.DataFrame,
    groups: Sequence[str | None],
    code: NDArray[np.int64],
    by: str,
    peers: str,
) -> list[Any]:
    """Return the peer group of every group as the rows of the table say."""
    if peers not in table.columns:
        raise ColumnsError(
            f"peers must be a column, or a mapping from group to peer group. Found: {peers!r}; "
            f"the columns are {', '.join(map(str, table.columns))}."
        )
    known = (code >= 0) & table[peers].notna().to_numpy()
    pairs = pd.DataFrame(
        {"group": code[known], "peer": table[peers].astype("str").to_numpy()[known]}
    ).drop_duplicates()
    twice = pairs[pairs["group"].duplicated(keep=False)]
    if len(twice):
        at = int(twice["group"].iloc[0])
        of = ", ".join(repr(peer) for peer in twice.loc[twice["group"] == at, "peer"])
        raise ColumnsError(
            f"{peers} must be the same in every row of a {by}. Found: "
            f"{twice['group'].nunique()} in several, the first is {groups[at]!r} in {of}."
        )
    named = dict(zip(pairs["group"].tolist(), pairs["peer"].tolist(), strict=True))
    return [named.get(at) for at in range(len(groups))]
