"""From what a record calls its street to the id of the street."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gridgov.sources.text_values import as_text

__all__ = ["street_column", "street_ids"]

# What exports leave off or put on: 八角 and 八角街道 are one street.
_KINDS = ("街道办事处", "街道", "地区办事处", "地区", "镇人民政府", "镇", "乡")
_EMPTY_DECIMAL = re.compile(r"^(\d+)\.0+$")


def street_ids(called: pd.Series, jurisdictions: Any) -> pd.Series:
    """Return the id of every street that is called by its id or by a name only one has.

    Parameters
    ----------
    called
        What records call their street, without blanks around.
    jurisdictions
        Table "jurisdictions".

    Returns
    -------
    Series
        In the order of `called`; missing where no street is called so. Where that leaves no
        doubt a name also counts without its kind, such as 街道 or 镇, and in other letters
        (Oakland for OAKLAND), and a number with an empty decimal (``61.0``, which programs
        make of ``61`` in a column with gaps).

    Examples
    --------
    >>> import pandas as pd
    >>> streets = pd.DataFrame({"street_id": ["1", "2"], "street": ["八角街道", "古城街道"]})
    >>> street_ids(pd.Series(["八角街道", "古城", "2", "2.0", "鲁谷"]), streets).tolist()
    ['1', '2', '2', '2', nan]
    """
    ids = jurisdictions["street_id"].astype("str")
    calls = dict(zip(ids, ids, strict=True))
    if "street" in jurisdictions.columns:
        names = jurisdictions["street"].astype("str")
        for form in (names, names.map(_short, na_action="ignore")):
            unique = form.notna() & ~form.duplicated(keep=False)
            for name, street_id in zip(form[unique], ids[unique], strict=True):
                calls.setdefault(name, street_id)
    found = called.map(calls)
    found = found.where(found.notna(), called.map(_short, na_action="ignore").map(calls))
    if found.notna().all():
        return found
    plain: dict[str, str | None] = {}
    for name, street_id in calls.items():
        word = _plain(name)
        plain[word] = street_id if plain.get(word, street_id) == street_id else None
    return found.where(found.notna(), called.map(_plain, na_action="ignore").map(plain))


def _plain(name: str) -> str:
    """Return a name in small letters, a number without an empty decimal."""
    return _EMPTY_DECIMAL.sub(r"\1", name).casefold()


def street_column(
    frame: pd.DataFrame, ours: Mapping[str, str], jurisdictions: Any
) -> pd.Series | None:
    """Return the street of every row by its columns of ids and names; None without either.

    Parameters
    ----------
    frame
        The source.
    ours
        Our names to the source's; ``street_id`` and ``street`` are looked at.
    jurisdictions
        Table "jurisdictions", or None.

    Returns
    -------
    Series
        Ids. What is no street of the jurisdictions, or all of it without any, is as read.

    Examples
    --------
    >>> streets = pd.DataFrame({"street_id": ["1", "2"], "street": ["八角街道", "古城街道"]})
    >>> frame = pd.DataFrame({"id": ["1.0", "", ""], "name": ["", "古城", "鲁谷"]})
    >>> street_column(frame, {"street_id": "id", "street": "name"}, streets).tolist()
    ['1', '2', '鲁谷']
    """
    street: pd.Series | None = None
    for name in ("street_id", "street"):
        if name not in ours:
            continue
        called = as_text(frame[ours[name]]).str.strip().replace("", None).astype("str")
        if jurisdictions is not None:
            found = street_ids(called, jurisdictions)
            called = found.where(found.notna(), called)
        street = called if street is None else street.fillna(called)
    return street


def _short(name: str) -> str:
    """Return a name without its kind."""
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name[: -len(kind)]
    return name
