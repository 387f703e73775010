"""Rules of deadlines: for which cases, which stage, how much time of which kind.

Deadlines are the city's own and differ between handbooks, so none is built in. A rule can
name any columns of the cases (a category, a scheme and code, a department); a cell left
empty stands for every value.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.deadlines.clocks import UNITS
from gridgov.errors import ColumnsError, EmptyTableError, InputError, ReadError

__all__ = ["SINCE", "read_rules", "rule_keys"]

SINCE = {
    "filed": "reported",
    "dispatched": "filed",
    "handled": "dispatched",
    "verified": "handled",
    "closed": "filed",
}
"""The stage whose time starts the clock of each stage unless a rule says another."""

_STAGES = {
    "filed": ("filing", "立案"),
    "dispatched": ("dispatch", "派遣", "派单"),
    "handled": ("handling", "处置", "处理"),
    "verified": ("verification", "核查"),
    "closed": ("closing", "结案"),
}
_UNITS = {
    "working_hours": ("working hours", "工作时", "工作小时"),
    "working_days": ("working days", "工作日"),
    "natural_hours": ("natural hours", "hours", "自然时", "小时"),
    "natural_days": ("natural days", "days", "自然日", "天"),
}
_COLUMNS = {
    "环节": "stage",
    "时限": "amount",
    "数量": "amount",
    "单位": "unit",
    "工作": "task",
    "起算": "since",
    "类别": "category",
    "问题类型": "category",
    "街道": "street_id",
    "责任部门": "department",
    "部门": "department",
    "依据": "source",
}
_OWN = ("stage", "amount", "unit", "task", "since")
# What people write beside a rule; it chooses no cases.
_REMARKS = ("source", "version", "note", "备注")


def read_rules(rules: Any) -> pd.DataFrame:
    """Return rules of deadlines in one form, every row checked.

    Parameters
    ----------
    rules
        Table with ``stage``, ``amount`` and ``unit``, a mapping for one rule or a list of them;
        or a CSV file of one, or a TOML file with one ``[[rule]]`` a rule.

    Returns
    -------
    DataFrame
        ``stage``, ``amount``, ``unit``, ``task``, ``since`` and the columns that choose
        cases, texts in which missing stands for every value.

    Raises
    ------
    ReadError
        If a file cannot be read.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rules.
    InputError
        If a stage, unit or amount is none, or two rules say the same.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = pd.DataFrame({"环节": ["处置"], "时限": [4], "单位": ["工作时"]})
    >>> read_rules(rules)[["stage", "amount", "unit", "since"]].values.tolist()
    [['handled', 4.0, 'working_hours', 'dispatched']]
    """
    table = _table(rules).rename(columns=lambda name: _COLUMNS.get(str(name).strip(), name))
    missing = [name for name in ("stage", "amount", "unit") if name not in table.columns]
    if missing:
        raise ColumnsError(
            "Rules of deadlines must have the columns stage, amount and unit. Found: "
            f"{', '.join(map(str, table.columns)) or 'no columns'}; {', '.join(missing)} missing."
        )
    if len(table) == 0:
        raise EmptyTableError("Rules of deadlines must have a row. Found: none.")
    stages = _words(table["stage"], _STAGES)
    since = _words(table["since"], {**_STAGES, "reported": ("上报",)}) if "since" in table else None
    empty = pd.Series(np.nan, index=table.index, dtype="str")
    made = pd.DataFrame(
        {
            "stage": stages,
            "amount": pd.to_numeric(table["amount"], errors="coerce").astype(float),
            "unit": _words(table["unit"], _UNITS),
            "task": _texts(table["task"]) if "task" in table else empty,
            "since": stages.map(SINCE) if since is None else since.fillna(stages.map(SINCE)),
        }
    )
    unread = pd.Series(False, index=table.index)
    if since is not None:
        unread = _texts(table["since"]).notna() & since.isna()
    days = made["unit"].isin(["working_days", "natural_days"])
    wrong = made[["stage", "unit", "since"]].isna().any(axis=1) | unread
    wrong |= ~(made["amount"] > 0) | ~np.isfinite(made["amount"])
    wrong |= days & (made["amount"] != made["amount"].round())
    if wrong.any():
        said = table.loc[wrong, ["stage", "amount", "unit"]]
        first = ", ".join(f"{name} {value}" for name, value in said.iloc[0].items())
        raise InputError(
            f"A rule has a stage ({', '.join(_STAGES)}), an amount above 0, whole for days, and "
            f"a unit ({', '.join(UNITS)}). Found: {int(wrong.sum())} others, the first in row "
            f"{said.index[0]!r}: {first}. Chinese words such as 处置 and 工作日 will do.",
            problems=said.reset_index(names="row").to_dict("records"),
        )
    keys = [name for name in table.columns if name not in (*_OWN, *_REMARKS)]
    made = made.assign(**{name: _texts(table[name]) for name in keys})
    twice = made.duplicated(["stage", "task", *keys])
    if twice.any():
        raise InputError(
            "For one kind of case, stage and task there is one rule. Found: "
            f"{int(twice.sum())} said twice, the first in row {twice.idxmax()!r}. Keep one, or "
            "name tasks of one stage apart in a column task."
        )
    return made


def rule_keys(rules: pd.DataFrame) -> list[str]:
    """Return the columns of rules that choose cases."""
    return [name for name in rules.columns if name not in _OWN]


def _table(rules: Any) -> pd.DataFrame:
    """Return rules as a table, from a file if they are one."""
    if isinstance(rules, pd.DataFrame):
        return rules
    if isinstance(rules, dict):
        return pd.DataFrame([rules])
    if isinstance(rules, list) and rules and all(isinstance(rule, dict) for rule in rules):
        return pd.DataFrame(rules)
    try:
        path = Path(rules)
        if path.suffix.lower() == ".toml":
            found = tomllib.loads(path.read_text(encoding="utf-8")).get("rule")
            if not isinstance(found, list) or not all(isinstance(rule, dict) for rule in found):
                raise ValueError("no [[rule]]")
            return pd.DataFrame(found)
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except (OSError, ValueError, TypeError) as error:
        raise ReadError(
            "Rules of deadlines must be a table, a CSV file in UTF-8 or a TOML file of [[rule]]. "
            f"Found: {rules!r}, {error}."
        ) from error


def _texts(values: pd.Series) -> pd.Series:
    """Return values as texts, missing where there is nothing but spaces."""
    texts = values.astype("str").str.strip()
    return texts.where(values.notna() & (texts != "")).astype("str")


def _words(values: pd.Series, words: dict[str, tuple[str, ...]]) -> pd.Series:
    """Return values by their own word, missing where there is none."""
    known = {word: term for term, others in words.items() for word in (term, *others)}
    return _texts(values).str.lower().map(known)
