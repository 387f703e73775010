"""Rows of lists of codes: their texts, which can be used, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError
from gridgov.schema.codes import CONFIDENCES, RELATIONS
from gridgov.sources.facility_rows import aside_notices, aside_table
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.incident_notices import about_columns
from gridgov.sources.notices import Notice
from gridgov.sources.outlines import Fault
from gridgov.sources.tables import RawTable
from gridgov.sources.text_values import as_text, excerpt

__all__ = [
    "column_texts",
    "need_columns",
    "same_text",
    "split_rows",
    "standard_codes",
    "unify_words",
]

_WORDS: Mapping[str, Mapping[str, str]] = {
    "confidence": {"高": "high", "中": "medium", "低": "low"},
    "relation": {"相同": "same", "相近": "close", "部分": "part", "停用": "retired"},
}
_ALLOWED = {"confidence": CONFIDENCES, "relation": RELATIONS}
_CALLED = {"code": ("code", "代码"), "scheme": ("scheme", "编码体系"), "alias": ("alias", "别名")}


def column_texts(
    raw: RawTable, ours: Mapping[str, str], said: Mapping[str, str | None]
) -> dict[str, pd.Series]:
    """Return every column that was found or said, as text without blanks around."""
    texts = {
        name: as_text(raw.frame[theirs]).str.strip().replace("", None)
        for name, theirs in ours.items()
    }
    texts |= {name: same_text(raw, value) for name, value in said.items() if value is not None}
    return texts


def same_text(raw: RawTable, value: str | None) -> pd.Series:
    """Return a column that says the same in every row."""
    return pd.Series(value, index=raw.frame.index, dtype="str")


def need_columns(
    raw: RawTable, texts: Mapping[str, pd.Series], table: str, names: tuple[str, ...]
) -> None:
    """Raise if a column is not there that every row needs."""
    lacking = [name for name in names if name not in texts]
    if lacking:
        name = lacking[0]
        how = 'scheme="..."' if name == "scheme" else f'columns={{"{name}": "..."}}'
        raise ColumnsError(
            f"{raw.name} must have the column{'s' if len(lacking) > 1 else ''} "
            f"{', '.join(lacking)}. Found: {', '.join(map(str, raw.frame.columns))}. "
            f"Name it: {how}.",
            problems=[{"table": table, "column": one, "problem": "missing"} for one in lacking],
        )


def standard_codes(texts: Mapping[str, pd.Series]) -> pd.Series | None:
    """Return two digits of the major and three of the minor, where both are such numbers."""
    if not {"major", "minor"} <= set(texts):
        return None
    major, minor = texts["major"], texts["minor"]
    fits = major.str.fullmatch("[0-9]{1,2}") & minor.str.fullmatch("[0-9]{1,3}")
    return (major.str.zfill(2) + minor.str.zfill(3)).where(fits.fillna(False).astype(bool))


def unify_words(texts: dict[str, pd.Series], raw: RawTable, names: tuple[str, ...]) -> list[Notice]:
    """Put words for confidence and relation in our terms; leave out and tell the others."""
    told = []
    for name in names:
        if name not in texts:
            continue
        plain = texts[name].str.lower()
        plain = plain.map(_WORDS[name]).fillna(plain)
        wrong = plain.notna() & ~plain.isin(_ALLOWED[name])
        texts[name] = plain.where(~wrong)
        if wrong.any():
            first = excerpt(raw.frame.loc[wrong.to_numpy(), :].iloc[:, 0]).iloc[0]
            shown = excerpt(plain[wrong]).iloc[0]
            listed = ", ".join(_ALLOWED[name])
            told.append(
                Notice(
                    f"unknown_{name}",
                    name,
                    f"Left out: {int(wrong.sum()):,} values of {name} that are none of {listed}, "
                    f"the first {shown!r} in the row of {first!r}.",
                    f"{name} 列有 {int(wrong.sum()):,} 个值不属于 {listed}，已留空，"
                    f"第一个是“{first}”行的“{shown}”。",
                    float(wrong.sum()),
                    "rows",
                )
            )
    return told


def split_rows(
    raw: RawTable,
    ours: Mapping[str, str],
    texts: Mapping[str, pd.Series],
    table: str,
    key: tuple[str, ...],
) -> tuple[pd.DataFrame, pd.DataFrame, list[Notice]]:
    """Return the rows that can be used as a table, the others, and what to say of them."""
    faults = _faults(texts, key, "code" if table == "codes" else "alias")
    aside = conform(aside_table(raw, faults), "set_aside")
    kept = np.flatnonzero(~np.isin(np.arange(len(raw.frame)), list(faults)))
    if not kept.size:
        first = aside.iloc[0]
        raise ColumnsError(
            f"{raw.name} must have at least one row that can be used. Found: {len(aside)} rows, "
            f"none usable; the first, row {first['source_row']}: {first['detail']} "
            "error.problems lists every row.",
            problems=aside[["source_row", "reason", "detail"]].to_dict("records"),
        )
    frame = pd.DataFrame({name: values.iloc[kept] for name, values in texts.items()})
    own, renamed = own_columns(raw.frame, set(ours.values()), TABLES[table].names)
    for before, after in own.items():
        frame[after] = raw.frame[before].iloc[kept]
    told = [
        *aside_notices(raw.name, aside, len(raw.frame)),
        *about_columns(missing=(), renamed=renamed, remarks=raw.remarks, titles=raw.titles),
    ]
    return conform(frame.reset_index(drop=True), table), aside, told


def _faults(texts: Mapping[str, pd.Series], key: tuple[str, ...], named: str) -> dict[int, Fault]:
    """Return the fault of every row that lacks a part of its key or repeats an earlier one."""
    faults: dict[int, Fault] = {}
    for name in reversed([name for name in key if name in _CALLED]):
        english, chinese = _CALLED[name]
        for row in np.flatnonzero(texts[name].isna()).tolist():
            faults[row] = Fault(
                f"missing_{name}", f"The row has no {english}.", f"该行没有{chinese}。"
            )
    keys = pd.DataFrame({name: texts[name] for name in key})
    keys = keys[~np.isin(np.arange(len(keys)), list(faults))]
    again = np.asarray(keys.duplicated())
    if again.any():
        group = keys.groupby(list(key), dropna=False, sort=False).ngroup()
        earlier = pd.Series(keys.index, index=keys.index).groupby(group).transform("first")
        shown = excerpt(keys.loc[again, named])
        english, chinese = _CALLED[named]
        for row, text, first in zip(shown.index.tolist(), shown, earlier[again], strict=True):
            faults[row] = Fault(
                f"duplicate_{named}",
                f"The {english} {text!r} is that of row {first + 1} already.",
                f"{chinese}“{text}”与第 {first + 1} 行重复。",
            )
    return faults
