"""By when each stage of a case was to be reached, from rules and a calendar."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.cases.as_of import case_zone
from gridgov.assessment.deadlines.clocks import DayEnd
from gridgov.assessment.deadlines.effective import DUE_COLUMNS, instants_of
from gridgov.assessment.deadlines.rules import read_rules, rule_keys
from gridgov.assessment.deadlines.working_time import add_working_time
from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError

__all__ = ["list_deadlines", "set_deadlines"]


def list_deadlines(
    cases: Any, rules: Any, *, calendar: Any = None, day_end: DayEnd | None = None
) -> pd.DataFrame:
    """List every deadline that the rules give every case, several tasks of a stage too.

    Parameters
    ----------
    cases
        Table of cases.
    rules
        Table, CSV file or TOML file (``[[rule]]``) with ``stage`` (filed 立案, dispatched 派遣,
        handled 处置, verified 核查, closed 结案), ``amount`` and ``unit`` (working_hours 工作时,
        working_days 工作日, natural_hours 自然时, natural_days 自然日). Optional: ``task`` tells
        several deadlines of one stage apart; ``since`` names the stage whose time starts the
        clock. Every other column (but source, version, note) is a column of `cases` that
        chooses to which cases the rule applies; empty stands for all.
    calendar
        What :func:`gridgov.make_calendar` made; needed for working hours and days.
    day_end
        When the last day of a deadline of days ends, see :func:`gridgov.add_working_time`.

    Returns
    -------
    DataFrame, one row a case, stage and task, in the order of the cases
        - ``case_id``, ``stage``, ``task``
        - ``from_at``: when the clock was started
        - ``amount``, ``unit``: how much time the rule gives
        - ``deadline_at``: by when, before any suspension

        ``attrs["deadlines"]`` counts by stage the cases ``without_rule`` and
        ``without_start``.

    Raises
    ------
    ColumnsError
        If a column is missing, also one that a rule names.
    ReadError
        If a file of rules cannot be read.
    InputError
        If a rule says what is no stage, unit or amount, two rules say the same, or a time
        lies outside the years of the calendar.
    EmptyTableError
        If there are no rules.
    OptionError
        If working time is asked for without a calendar.

    Notes
    -----
    The clock of a stage starts at the stage before it: filing at the report, dispatch at the
    filing, handling at the dispatch, verification at the handling, closing at the filing. For
    a stage, the rules that name most columns win, of equally many the ones listed first.

    Examples
    --------
    An illegal building, dispatched on a Friday at 10:00: work stopped within 4 working hours,
    the penalty within 7 working days, torn down within 20:

    >>> import pandas as pd
    >>> from gridgov.assessment.deadlines.calendar import make_calendar
    >>> cases = pd.DataFrame({"case_id": ["1"], "category": ["违法建设"], "dispatched_at":
    ...     pd.DatetimeIndex(["2017-03-03 10:00"], tz="Asia/Shanghai")})
    >>> rules = pd.DataFrame({"category": "违法建设", "stage": "处置", "amount": [4, 7, 20],
    ...     "task": ["停工", "处罚", "拆除"], "unit": ["工作时", "工作日", "工作日"]})
    >>> found = list_deadlines(cases, rules, calendar=make_calendar("china"))
    >>> for task, due in zip(found["task"], found["deadline_at"]): print(task, due)
    停工 2017-03-03 15:00:00+08:00
    处罚 2017-03-14 18:00:00+08:00
    拆除 2017-03-31 18:00:00+08:00
    """
    check_table(cases, "cases", columns=["case_id"], allow_empty=True)
    read = read_rules(rules)
    zone = case_zone(cases)
    matched, without = _matched(cases, read)
    begun = np.full(len(matched), "NaT", dtype="datetime64[us]")
    for since in matched["since"].unique():
        these = np.asarray(matched["since"] == since)
        rows = matched["row"].to_numpy()[these]
        begun[these] = _instants(cases, f"{since}_at")[rows]
    matched["from_at"] = pd.DatetimeIndex(begun, tz="UTC").tz_convert(zone)
    unstarted = matched[matched["from_at"].isna()].groupby("stage")["row"].nunique()
    started = matched[matched["from_at"].notna()].reset_index(drop=True)
    due = np.full(len(started), "NaT", dtype="datetime64[us]")
    for unit in started["unit"].unique():
        these = np.asarray(started["unit"] == unit)
        ends = add_working_time(
            started["from_at"][these],
            amount=started["amount"].to_numpy()[these],
            unit=unit,
            calendar=calendar,
            day_end=day_end,
        )
        due[these] = pd.DatetimeIndex(ends).as_unit("us").asi8.view("datetime64[us]")
    started["deadline_at"] = pd.DatetimeIndex(due, tz="UTC").tz_convert(zone)
    started["case_id"] = cases["case_id"].to_numpy()[started["row"]]
    stages = pd.Categorical(started["stage"], categories=list(DUE_COLUMNS), ordered=True)
    order = started.assign(turn=stages).sort_values(["row", "turn", "rule"], kind="stable").index
    result = conform(started.loc[order].reset_index(drop=True), "case_deadlines")
    result.attrs = {
        "deadlines": {
            "cases": len(cases),
            "without_rule": without,
            "without_start": {stage: int(number) for stage, number in unstarted.items()},
        }
    }
    return result


def set_deadlines(
    cases: Any,
    rules: Any,
    *,
    calendar: Any = None,
    day_end: DayEnd | None = None,
    overwrite: bool = False,
) -> pd.DataFrame:
    """Give cases the deadlines of their stages by rules and a calendar.

    Parameters
    ----------
    cases
        Table of cases.
    rules, calendar, day_end
        As for :func:`gridgov.list_deadlines`. Where a stage has several tasks, the deadline of
        the last one counts.
    overwrite
        Whether deadlines that are there already are replaced; missing ones always are.

    Returns
    -------
    DataFrame
        The same rows in the same order with the same index;
        ``filing_due_at``, ``dispatch_due_at``, ``handling_due_at``, ``verification_due_at``
        and ``due_at`` filled as far as rules go.

        ``attrs["deadlines"]`` counts, by column, deadlines ``filled`` and ``kept``, and by
        stage the cases ``without_rule`` and ``without_start``.

    Raises
    ------
    ColumnsError
        If a column is missing, also one that a rule names.
    ReadError
        If a file of rules cannot be read.
    InputError
        If a rule says what is no stage, unit or amount, two rules say the same, or a time
        lies outside the years of the calendar.
    EmptyTableError
        If there are no rules.
    OptionError
        If working time is asked for without a calendar.

    Notes
    -----
    The deadlines are those before any suspension, as records keep them, so that nothing is
    moved twice: :func:`gridgov.effective_deadlines` moves them.

    Examples
    --------
    >>> import pandas as pd
    >>> cases = pd.DataFrame({"case_id": ["1", "2"], "category": ["a", "b"], "filed_at":
    ...     pd.DatetimeIndex(["2017-03-03 10:00"] * 2, tz="Asia/Shanghai")})
    >>> rules = pd.DataFrame({"category": ["a"], "stage": "closed", "amount": 48,
    ...                       "unit": "natural_hours"})
    >>> found = set_deadlines(cases, rules)
    >>> found["due_at"].dt.day.tolist()
    [5.0, nan]
    >>> found.attrs["deadlines"]["without_rule"]
    {'closed': 1}
    """
    listed = list_deadlines(cases, rules, calendar=calendar, day_end=day_end)
    zone = case_zone(cases)
    latest = listed.groupby(["case_id", "stage"])["deadline_at"].max()
    filled, kept, new = {}, {}, {}
    for stage, column in DUE_COLUMNS.items():
        if stage not in latest.index.get_level_values("stage"):
            continue
        given = latest.xs(stage, level="stage")
        found = pd.DatetimeIndex(given.reindex(cases["case_id"])).tz_convert(zone)
        there = np.zeros(len(cases), dtype=bool)
        values = found
        if column in cases.columns and not overwrite:
            there = ~instants_of(cases, column)[1]
            values = found.where(~there, pd.DatetimeIndex(cases[column]).tz_convert(zone))
        elif column in cases.columns:
            values = found.where(found.notna(), pd.DatetimeIndex(cases[column]).tz_convert(zone))
        new[column] = pd.Series(values.as_unit("us"), index=cases.index)
        filled[column] = int((found.notna() & ~there).sum())
        kept[column] = int(there.sum())
    result: pd.DataFrame = cases.assign(**new)
    counts = listed.attrs["deadlines"]
    result.attrs = {**cases.attrs, "deadlines": {**counts, "filled": filled, "kept": kept}}
    return result


def _matched(cases: pd.DataFrame, rules: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return which rules apply to which rows, and how many cases have none, by stage."""
    keys = rule_keys(rules)
    lacking = [name for name in keys if name not in cases.columns]
    if lacking:
        raise ColumnsError(
            f"Rules choose cases by columns of the cases. Found: no column {', '.join(lacking)} "
            f"in {', '.join(map(str, cases.columns))}. Remarks go in source, version or note."
        )
    rules = rules.assign(rule=np.arange(len(rules)))
    named = rules[keys].notna()
    rules["named"] = named.sum(axis=1)
    pattern = named.apply(tuple, axis=1) if keys else pd.Series([()] * len(rules), rules.index)
    own = pd.DataFrame({name: cases[name].astype("str") for name in keys})
    own["row"] = np.arange(len(cases))
    parts = []
    for _, group in rules.groupby(pattern, sort=False):
        on = [name for name in keys if named.loc[group.index[0], name]]
        here = group.drop(columns=[name for name in keys if name not in on])
        parts.append(
            own[[*on, "row"]].dropna().merge(here, on=on)
            if on
            else own[["row"]].merge(here, how="cross")
        )
    matched = pd.concat(parts, ignore_index=True)
    if len(matched):
        # The most columns named, then the pattern listed first, decide for a case and stage.
        first = rules.groupby(pattern, sort=False)["rule"].transform("min")
        matched["rank"] = -matched["named"] * (len(rules) + 1) + first.to_numpy()[matched["rule"]]
        best = matched.groupby(["row", "stage"])["rank"].transform("min")
        matched = matched[matched["rank"] == best].reset_index(drop=True)
    have = matched.groupby("stage")["row"].nunique()
    without = {stage: len(cases) - int(have.get(stage, 0)) for stage in rules["stage"].unique()}
    return matched, without


def _instants(cases: pd.DataFrame, column: str) -> Any:
    """Return a column of times without their zone."""
    instants, _ = instants_of(cases, column)
    return instants.view("datetime64[us]")
