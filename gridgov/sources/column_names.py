"""Which column of a source is which of ours: by the caller's word or by common names.

The common names, Chinese and English, lie in ``column_names.toml``. What the caller
says comes first; a column of the source that was said or found to be one thing is not
taken for another; what is found nowhere is left out, and whether that is an error is
for the reader to say.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from gridgov.errors import ColumnsError, OptionError

__all__ = ["common_names", "first_found", "match_columns", "our_names"]


def match_columns(
    found: Iterable[Any],
    table: str,
    *,
    columns: Mapping[str, str | bool | None] | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """Return which column of a source is which of ours.

    Parameters
    ----------
    found
        The column names of the source.
    table
        ``"incidents"`` or ``"jurisdictions"``.
    columns
        Our name to theirs. None or False says that the source has no such column, so
        that none is looked for.
    names
        Our name to the names to look for, first one first; the common names when None.

    Returns
    -------
    dict
        Our name to theirs, for every column that was found.

    Raises
    ------
    OptionError
        If `columns` has a key that is not a name of ours; the message has the nearest.
    ColumnsError
        If `columns` names a column that the source does not have.

    Notes
    -----
    Names are compared as they are first, then without case, spaces, underscores,
    hyphens, dots and brackets.

    Examples
    --------
    >>> match_columns(["NAME", "编号", "population"], "jurisdictions")
    {'street_id': '编号', 'street': 'NAME'}
    >>> match_columns(["NAME", "gid"], "jurisdictions", columns={"street_id": "NAME"})
    {'street_id': 'NAME'}
    """
    available = [str(name) for name in found]
    said = dict(columns or {})
    known = our_names(table)
    for ours, theirs in said.items():
        if ours not in known:
            near = get_close_matches(str(ours), known, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise OptionError(
                f"columns must map our names to the names in the source. Found: {ours!r}, "
                f"which is none of {', '.join(known)}.{hint}"
            )
        if theirs is not None and theirs is not False and theirs not in available:
            near = get_close_matches(str(theirs), available, n=2, cutoff=0.5)
            hint = (
                f" Did you mean {' or '.join(map(repr, near))}?" if near else " Name one of them."
            )
            raise ColumnsError(
                f"The source must have the column {theirs!r}, which was named for {ours}. "
                f"Found: {', '.join(available) or 'no columns'}.{hint}",
                problems=[{"table": table, "column": str(theirs), "problem": "missing"}],
            )
    taken = {str(theirs) for theirs in said.values() if isinstance(theirs, str)}
    looked_for = common_names(table) if names is None else names
    result = {}
    for ours in known:
        if ours in said:
            theirs = said[ours]
            if isinstance(theirs, str):
                result[ours] = theirs
            continue
        free = [name for name in available if name not in taken]
        match = first_found(free, looked_for.get(ours, ()))
        if match is not None:
            result[ours] = match
            taken.add(match)
    return result


def first_found(found: Iterable[str], names: Sequence[str]) -> str | None:
    """Return the first of `names` that a source has, as the source writes it.

    Examples
    --------
    >>> first_found(["created date", "Status"], ["CREATED_DATE", "status"])
    'created date'
    """
    available = list(found)
    loose: dict[str, str] = {}
    for theirs in available:
        loose.setdefault(_key(theirs), theirs)
    for name in names:
        if name in available:
            return name
        if _key(name) in loose:
            return loose[_key(name)]
    return None


def our_names(table: str) -> list[str]:
    """Return the names of ours that a source's columns can be mapped to.

    Examples
    --------
    >>> our_names("jurisdictions")
    ['street_id', 'street', 'district', 'geometry']
    """
    return list(common_names(table))


@cache
def common_names(table: str) -> Mapping[str, tuple[str, ...]]:
    """Return the common names of every column of a table, first one first."""
    text = files("gridgov.sources").joinpath("column_names.toml").read_text(encoding="utf-8")
    return {ours: tuple(names) for ours, names in tomllib.loads(text)[table].items()}


def _key(name: str) -> str:
    """Return a name without what differs between two spellings of it."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s_\-.()\[\]/?]+", "", plain)
