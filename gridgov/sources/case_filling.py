"""What a case gets from elsewhere: the id of its street, and what its incident says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.sources.case_columns import STAGES, CaseColumns
from gridgov.sources.case_notices import count, listed_words
from gridgov.sources.notices import Notice
from gridgov.sources.street_lookup import street_ids

__all__ = ["Filled", "fill"]

_FROM_INCIDENTS = ("category", "channel", "department")


@dataclass(frozen=True, slots=True)
class Filled:
    """The columns of cases with what came from elsewhere, row by row.

    Attributes
    ----------
    times
        Stage times.
    texts
        Texts and ``street_id``.
    called
        What each row calls its street.
    unknown_street
        Where it names a street that the jurisdictions lack.
    loosely
        Where a street was found by a part of its name.
    unknown_incident
        Where it names an incident that is not among the incidents.
    names_streets
        Whether the source has a column of streets.
    """

    times: dict[str, pd.Series]
    texts: dict[str, pd.Series]
    called: pd.Series
    unknown_street: NDArray[np.bool_]
    loosely: NDArray[np.bool_]
    unknown_incident: NDArray[np.bool_]
    names_streets: bool

    def notices(self, rows: NDArray[np.intp]) -> list[Notice]:
        """Return what was noticed about the accepted rows."""
        found: list[Notice] = []
        loosely = rows[self.loosely[rows]]
        if loosely.size:
            words, words_zh = listed_words(self.called.iloc[loosely])
            found += count(
                "streets_by_part",
                "street_id",
                len(loosely),
                "Cases whose street was found by a name or id that is written otherwise (without "
                f"the word for its office, in other letters, 61.0 for 61): {len(loosely):,}: "
                f"{words}.",
                f"{len(loosely):,} 个案件的街道名称或编号写法不同（无“街道”等字样、大小写不同、"
                f"61 写作 61.0），已对应到街道：{words_zh}。",
            )
        without = int(self.texts["street_id"].iloc[rows].isna().sum()) * self.names_streets
        found += count(
            "no_street",
            "street_id",
            without,
            f"Without a street: {without:,} of {len(rows):,} cases, kept.",
            f"{len(rows):,} 个案件中有 {without:,} 个没有街道，予以保留。",
        )
        lost = int(self.unknown_incident[rows].sum())
        found += count(
            "unknown_incidents",
            "incident_id",
            lost,
            f"Cases whose incident is not among the incidents: {lost:,} of {len(rows):,}; they get "
            "nothing from there.",
            f"{len(rows):,} 个案件中有 {lost:,} 个的事件编号不在事件表中，未从事件表补充信息。",
        )
        return found


def fill(
    frame: pd.DataFrame, read: CaseColumns, *, jurisdictions: Any, incidents: Any, zone: str
) -> Filled:
    """Return times and texts with what jurisdictions and incidents add to them."""
    nothing = pd.Series([None] * len(frame), index=frame.index, dtype="str")
    texts = {name: one for name, one in read.texts.items() if name != "street"}
    times = {name: one.times for name, one in read.times.items() if name in STAGES}
    called = texts.get("street_id", nothing)
    if "street" in read.texts:
        called = called.fillna(read.texts["street"])
    ids, loosely = called, np.zeros(len(frame), dtype=bool)
    if jurisdictions is not None:
        ids, loosely = _found(called, jurisdictions)
        if "street" in read.texts and ids.isna().any():
            # An id of another list of streets beside a name that is known.
            named, more = _found(read.texts["street"].where(ids.isna()), jurisdictions)
            ids, loosely = ids.fillna(named), loosely | more
    unknown = np.asarray(called.notna() & ids.isna())
    texts["street_id"] = ids
    lost = np.zeros(len(frame), dtype=bool)
    if incidents is not None and "incident_id" in texts:
        names = incidents.set_index(incidents["incident_id"].astype("str"))
        strange = names.index.get_indexer(pd.Index(texts["incident_id"])) < 0
        lost = np.asarray(texts["incident_id"].notna()) & strange
        for name in (*_FROM_INCIDENTS, "street_id"):
            if name in names.columns:
                found = texts["incident_id"].map(names[name].astype("str"))
                texts[name] = texts[name].fillna(found) if name in texts else found.astype("str")
        if "reported_at" in names.columns:
            there = names["reported_at"].dt.tz_convert(zone).dt.as_unit("us")
            reported = there.reindex(texts["incident_id"]).set_axis(frame.index)
            times["reported_at"] = (
                times["reported_at"].fillna(reported) if "reported_at" in times else reported
            )
    # What is unknown stays unknown, whatever the incident says.
    texts["street_id"] = texts["street_id"].astype("str").where(~unknown)
    named_at_all = bool({"street_id", "street"} & set(read.texts))
    return Filled(times, texts, called, unknown, loosely, lost, named_at_all)


def _found(called: pd.Series, jurisdictions: Any) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the ids of streets, and which were found by a part of the name only."""
    different = pd.Series(called.dropna().unique(), dtype="str")
    each = street_ids(different, jurisdictions).astype("str")
    ids = called.map(dict(zip(different, each, strict=True))).astype("str")
    whole = set(jurisdictions["street_id"].astype("str"))
    if "street" in jurisdictions.columns:
        whole |= set(jurisdictions["street"].dropna().astype("str"))
    part = each.notna() & ~different.isin(list(whole))
    return ids, np.asarray(called.isin(list(different[part])))
