"""From what a case calls its street to the id of a jurisdiction."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["street_ids"]

# 苹果园街道办事处, 苹果园街道 and 苹果园 are one office; a town (镇, 乡) is another.
_OFFICE = re.compile(
    r"(街道办事处|街道办|街道|地区办事处|地区| sub-?district| street)$", re.IGNORECASE
)


def street_ids(called: pd.Series, jurisdictions: Any) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the id of the street of every row, and which were found by a part of the name.

    Parameters
    ----------
    called
        What each row calls its street; may be missing.
    jurisdictions
        Table "jurisdictions" with ``street_id``, and ``street`` if there are names.

    Returns
    -------
    ids : Series of str
        Missing where the row names no street, or one that the jurisdictions lack.
    loosely : bool array
        Where only the name without the word for its office (街道, 街道办事处, 地区) is the
        same.

    Notes
    -----
    The first that applies: 1. the id itself; 2. a name that one jurisdiction has; 3. a name
    that one jurisdiction has once the word for its office is cut off both. What fits several
    jurisdictions is no name.

    Examples
    --------
    >>> import pandas as pd
    >>> streets = pd.DataFrame({"street_id": ["009", "003"], "street": ["广宁街道", "八角街道"]})
    >>> ids, loosely = street_ids(pd.Series(["003", "广宁街道", "八角", "古城"]), streets)
    >>> ids.tolist(), loosely.tolist()
    (['003', '009', '003', nan], [False, False, True, False])
    """
    ids = jurisdictions["street_id"].astype("str")
    exact: dict[str, str] = dict(zip(ids, ids, strict=True))
    loose: dict[str, str] = {}
    if "street" in jurisdictions.columns:
        names = jurisdictions["street"].astype("str").str.strip()
        for name, street_id in _unique(names, ids).items():
            exact.setdefault(name, street_id)
        loose = _unique(names.map(_bare, na_action="ignore"), ids)
    different = pd.Series(called.dropna().unique(), dtype="str")
    at_once = {name: exact[name] for name in different if name in exact}
    later = {
        name: loose[_bare(name)]
        for name in different
        if name not in at_once and _bare(name) in loose
    }
    found = called.map({**at_once, **later})
    missing = found.isna()
    return found.astype("str").where(~missing), np.asarray(called.isin(list(later)))


def _unique(names: pd.Series, ids: pd.Series) -> dict[str, str]:
    """Return the id of every name that only one jurisdiction has."""
    only = names.notna() & ~names.duplicated(keep=False)
    return dict(zip(names[only], ids[only], strict=True))


def _bare(name: str) -> str:
    """Return the name of a street without the word for its office."""
    return _OFFICE.sub("", name.strip()) or name
