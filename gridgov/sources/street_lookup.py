"""From what a record calls its street to the id of the street."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["street_ids"]

# What exports leave off or put on: 八角 and 八角街道 are one street.
_KINDS = ("街道办事处", "街道", "地区办事处", "地区", "镇人民政府", "镇", "乡")


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
        In the order of `called`; missing where no street is called so. A name also counts
        without its kind, such as 街道 or 镇, where that leaves no doubt.

    Examples
    --------
    >>> import pandas as pd
    >>> streets = pd.DataFrame({"street_id": ["1", "2"], "street": ["八角街道", "古城街道"]})
    >>> street_ids(pd.Series(["八角街道", "古城", "2", "鲁谷"]), streets).tolist()
    ['1', '2', '2', nan]
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
    short = called.map(_short, na_action="ignore").map(calls)
    return found.where(found.notna(), short)


def _short(name: str) -> str:
    """Return a name without its kind."""
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name[: -len(kind)]
    return name
