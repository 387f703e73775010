"""What jurisdictions are called: ids found, made or missing, and names for sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.sources.notices import Notice
from gridgov.sources.outlines import Fault
from gridgov.sources.tables import RawTable
from gridgov.sources.text_values import as_text

__all__ = ["StreetNames", "id_faults", "labels", "read_names"]

# A column that was only guessed to hold ids and repeats itself like this holds none.
_MIN_DISTINCT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class StreetNames:
    """The names of all rows: ids (missing where there are none), streets, districts."""

    ids: pd.Series
    street: pd.Series
    district: pd.Series
    taken: frozenset[str]
    notices: list[Notice]


def read_names(raw: RawTable, ours: Mapping[str, str], *, said: Mapping[str, Any]) -> StreetNames:
    """Return ids, streets and districts of all rows, and how the ids were found."""
    frame = raw.frame
    nothing = pd.Series([None] * len(frame), dtype="str")
    text = {
        name: as_text(frame[ours[name]]).str.strip().replace("", None).astype("str")
        for name in ("street_id", "street", "district")
        if name in ours
    }
    street, district = text.get("street", nothing), text.get("district", nothing)
    taken = {ours[name] for name in text}
    ids = text.get("street_id")
    lacks, lacks_zh = "has no column of ids", "没有编号列"
    if ids is not None and ours["street_id"] not in said.values():
        distinct = ids.nunique()
        if len(ids) > 1 and distinct <= _MIN_DISTINCT_SHARE * len(ids):
            taken.discard(ours["street_id"])
            guess = ours["street_id"]
            kinds = f"{distinct} different id{'' if distinct == 1 else 's'}"
            lacks = f"has only {kinds} in {guess!r} for {len(ids)} rows"
            lacks_zh = f"的“{guess}”列 {len(ids)} 行只有 {distinct} 个不同编号"
            ids = None
    if ids is not None:
        return StreetNames(ids, street, district, frozenset(taken), [])
    if street.notna().all() and street.is_unique:
        notice = Notice(
            "ids_from_names",
            "street_id",
            f"{raw.name} {lacks}, so that the names in {ours['street']!r} serve as "
            'street_id. Pass columns={"street_id": "..."} if there is one.',
            f"{raw.name} {lacks_zh}，以“{ours['street']}”列的名称作为街道编号。",
            value=float(len(frame)),
            unit="rows",
        )
        return StreetNames(street.copy(), street, district, frozenset(taken), [notice])
    notice = Notice(
        "ids_numbered",
        "street_id",
        f"{raw.name} {lacks} and no unique names, so that street_id is the number "
        'of the row. Pass columns={"street_id": "..."} if there is one.',
        f"{raw.name} {lacks_zh}，名称也不唯一，以行号作为街道编号。",
        value=float(len(frame)),
        unit="rows",
    )
    numbers = pd.Series(np.arange(1, len(frame) + 1)).astype("str")
    return StreetNames(numbers, street, district, frozenset(taken), [notice])


def labels(names: StreetNames, kept: NDArray[np.intp]) -> list[str]:
    """Return what to call each row in a sentence: its id, with its name if it has another."""
    ids = names.ids.iloc[kept].tolist()
    streets = names.street.iloc[kept].tolist()
    return [
        one if not isinstance(street, str) or street == one else f"{one} {street}"
        for one, street in zip(ids, streets, strict=True)
    ]


def id_faults(ids: pd.Series, faults: Mapping[int, Fault]) -> dict[int, Fault]:
    """Return which otherwise usable rows have no id or the id of an earlier row."""
    usable = ~np.isin(np.arange(len(ids)), list(faults))
    missing = np.asarray(ids.isna()) & usable
    result = {
        row: Fault("missing_id", "The row has no id.", "该行没有编号。")
        for row in np.flatnonzero(missing).tolist()
    }
    candidates = ids[usable & ~missing]
    first = {value: row for row, value in reversed(list(candidates.items()))}
    result |= {
        row: Fault(
            "duplicate_id",
            f"The id {value!r} is that of row {first[value] + 1} already. If both are parts of "
            "one street, join them first: frame.dissolve(by=...).",
            f"编号“{value}”与第 {first[value] + 1} 行重复；如属同一街道，请先合并。",
        )
        for row, value in candidates[candidates.duplicated()].items()
    }
    return result
