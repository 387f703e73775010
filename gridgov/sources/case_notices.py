"""What reading cases and their logs noticed, as notices with sentences in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.sources.case_columns import CaseColumns
from gridgov.sources.case_words import status_stages
from gridgov.sources.notices import Notice
from gridgov.sources.text_values import excerpt
from gridgov.taxonomy.case_reasons import case_reasons
from gridgov.taxonomy.labels import label

__all__ = [
    "about_dates",
    "about_moments",
    "about_set_aside",
    "about_values",
    "all_set_aside",
    "count",
    "listed_words",
]

_WORDS_SHOWN = 3


def count(
    notice: str, subject: str, number: int, detail: str, detail_zh: str, unit: str = "rows"
) -> list[Notice]:
    """Return a notice with a number, none when the number is 0."""
    one = Notice(notice, subject, detail, detail_zh, float(number), unit)
    return [one] if number else []


def about_set_aside(reasons: Iterable[str], rows: int) -> list[Notice]:
    """Return one notice for every reason that set rows aside."""
    counts = pd.Series(list(reasons), dtype="str").value_counts()
    return [
        Notice(
            "set_aside",
            code,
            f"Set aside: {int(counts[code]):,} of {rows:,} rows, with {reason.brief}.",
            f"{rows:,} 行中有 {int(counts[code]):,} 行被搁置：{reason.brief_zh}。",
            float(counts[code]),
            "rows",
        )
        for code, reason in case_reasons().items()
        if code in counts
    ]


def all_set_aside(reasons: Iterable[str], rows: int) -> list[Notice]:
    """Return one notice for all reasons together, none if no row was set aside."""
    listed = list(reasons)
    each = about_set_aside(listed, rows)
    if len(each) < 2:
        return each
    known = case_reasons()
    parts = ", ".join(f"{int(one.value or 0):,} with {known[one.subject].brief}" for one in each)
    parts_zh = "，".join(f"{known[one.subject].brief_zh} {int(one.value or 0):,}" for one in each)
    return [
        Notice(
            "set_aside",
            "all",
            f"Set aside: {len(listed):,} of {rows:,} rows, {parts}.",
            f"{rows:,} 行中有 {len(listed):,} 行被搁置：{parts_zh}。",
            float(len(listed)),
            "rows",
        )
    ]


def about_dates(dated: Mapping[str, int]) -> list[Notice]:
    """Return which deadlines are dates without a time, taken as the ends of their days."""
    listed = ", ".join(f"{name} ({number:,})" for name, number in dated.items())
    return count(
        "due_dates",
        "due_at",
        sum(dated.values()),
        f"Deadlines that are dates without a time: {listed}. They end with their day; "
        'due_dates="start" takes the midnight before it.',
        f'时限只有日期、没有时刻：{listed}，按当日结束计；due_dates="start" 则按当日零时计。',
        "values",
    )


def about_values(
    frame: pd.DataFrame, ours: Mapping[str, str], read: CaseColumns, accepted: NDArray[np.intp]
) -> list[Notice]:
    """Return which words of yes, no and satisfaction are not known; they are missing."""
    found = []
    columns = {name: wrong for name, (_, wrong) in read.flags.items()}
    if read.satisfaction is not None:
        columns["satisfaction"] = read.satisfaction[1]
    for name, wrong in columns.items():
        at = accepted[wrong[accepted]]
        if not at.size:
            continue
        words, words_zh = listed_words(frame[ours[name]].iloc[at])
        found += count(
            "unknown_words",
            ours[name],
            len(at),
            f"Values of {ours[name]} that are not known and are missing in {name}: {len(at):,}: "
            f"{words}.",
            f"“{ours[name]}”列有 {len(at):,} 个值无法识别，{name} 记为缺失：{words_zh}。",
            "values",
        )
    return found


def about_moments(
    cases: pd.DataFrame, *, column: str | None, as_of: Any, times: Any
) -> list[Notice]:
    """Return where a status says another stage than the times, and what lies after the moment.

    Parameters
    ----------
    cases
        The accepted cases.
    column
        The column of statuses in the source; None when there is none.
    as_of
        The moment that the caller gave; None when none was.
    times
        The names of the stage times.
    """
    found: list[Notice] = []
    if column is not None:
        said = status_stages(cases["status"])
        other = np.asarray(said.notna() & (said != cases["stage"]))
        if other.any():
            first = cases.iloc[int(np.flatnonzero(other)[0])]
            number, stage_zh = int(other.sum()), label("stage", first["stage"], "zh")
            name, status = excerpt(first[["case_id", "status"]].astype("str")).tolist()
            found += count(
                "status_differs",
                column,
                number,
                f"Cases whose status says another stage than their times: {number:,}; the stage "
                f"goes by the times. The first is {name}: '{status}', but {first['stage']} by "
                "its times.",
                f"{number:,} 个案件的状态与其时间所示环节不一致，所处环节以时间为准；"
                f"首个为 {name}：状态“{status}”，按时间为“{stage_zh}”。",
            )
    if as_of is not None:
        late = np.zeros(len(cases), dtype=bool)
        for name in times:
            late |= np.asarray(cases[name] > as_of)
        moment = f"{as_of:%Y-%m-%d %H:%M}"
        found += count(
            "times_after_as_of",
            "as_of",
            int(late.sum()),
            f"Cases with a stage later than {moment}, the moment of looking: {int(late.sum()):,}.",
            f"{int(late.sum()):,} 个案件有晚于统计时点 {moment} 的环节时间。",
        )
    return found


def listed_words(values: pd.Series) -> tuple[str, str]:
    """Return the most frequent values of a column with their numbers, in two languages."""
    counts = excerpt(values).value_counts(sort=True)
    shown = counts.iloc[:_WORDS_SHOWN]
    listed = [f"'{word}' ({int(number):,})" for word, number in shown.items()]
    rest = len(counts) - len(shown)
    more, more_zh = (f" and {rest} more", f"等 {len(counts)} 种") if rest > 0 else ("", "")
    return ", ".join(listed) + more, "、".join(listed) + more_zh
