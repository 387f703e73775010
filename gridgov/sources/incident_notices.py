"""What reading incidents noticed, as notices with sentences in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.sources.coordinates import Points
from gridgov.sources.datum_check import compare_datum
from gridgov.sources.notices import Notice
from gridgov.sources.reasons import REASONS
from gridgov.sources.text_values import excerpt
from gridgov.sources.times import ParsedTimes

__all__ = [
    "about_categories",
    "about_columns",
    "about_ids",
    "about_points",
    "about_set_aside",
    "about_streets",
    "about_times",
    "all_set_aside",
]

_ROWS = "rows"
_NAMES_SHOWN = 3

# From here on a spreadsheet's number has lost digits.
_INEXACT = 1e15


def about_set_aside(reasons: pd.Series, rows: int) -> list[Notice]:
    """Return one notice for every reason that set rows aside, in order of precedence."""
    counts = reasons.value_counts()
    return [
        Notice(
            notice="set_aside",
            subject=code,
            detail=f"Set aside: {int(counts[code]):,} of {rows:,} rows, with {reason.brief}.",
            detail_zh=f"{rows:,} 行中有 {int(counts[code]):,} 行被搁置：{reason.brief_zh}。",
            value=float(counts[code]),
            unit=_ROWS,
        )
        for code, reason in REASONS.items()
        if code in counts
    ]


def all_set_aside(reasons: pd.Series, rows: int) -> list[Notice]:
    """Return one notice for all reasons together, none if no row was set aside."""
    each = about_set_aside(reasons, rows)
    if len(each) < 2:
        return each
    parts = ", ".join(f"{int(one.value or 0):,} with {REASONS[one.subject].brief}" for one in each)
    parts_zh = "，".join(f"{REASONS[one.subject].brief_zh} {int(one.value or 0):,}" for one in each)
    return [
        Notice(
            "set_aside",
            "all",
            f"Set aside: {len(reasons):,} of {rows:,} rows, {parts}.",
            f"{rows:,} 行中有 {len(reasons):,} 行被搁置：{parts_zh}。",
            float(len(reasons)),
            _ROWS,
        )
    ]


def about_ids(
    ids: pd.Series | None, *, column: str, rows: int, has_ids: bool, numbered: int
) -> list[Notice]:
    """Return what was done about ids."""
    found = []
    lost = 0 if ids is None or ids.dtype.kind != "f" else int((ids.abs() >= _INEXACT).sum())
    if lost:
        found.append(
            Notice(
                "ids_rounded",
                column,
                f"Ids in {column} that are numbers of more than 15 digits: {lost:,}. A spreadsheet "
                "keeps 15 digits of a number, so that different ids become one; format the column "
                "as text before the ids are entered.",
                f"“{column}”列有 {lost:,} 个编号是超过 15 位的数字。电子表格只保留前 15 位，"
                "不同的编号会变成同一个；请先将该列设为文本格式再录入编号。",
                float(lost),
                _ROWS,
            )
        )
    if not has_ids:
        found.append(
            Notice(
                "ids_made",
                "incident_id",
                f"There is no column of ids: {rows:,} incidents are called row-1, row-2 "
                "and so on after their row in the source.",
                f"没有编号列：{rows:,} 条记录按其在源文件中的行号命名为 row-1、row-2 等。",
                float(rows),
                _ROWS,
            )
        )
    if numbered:
        found.append(
            Notice(
                "ids_numbered",
                "incident_id",
                f"Rows with the id of an earlier one: {numbered:,}. They are kept with a number: "
                "id#2, id#3 and so on.",
                f"{numbered:,} 行的编号与前面的行重复，已加序号：id#2、id#3 等。",
                float(numbered),
                _ROWS,
            )
        )
    return found


def about_times(
    times: Mapping[str, ParsedTimes],
    columns: Mapping[str, str],
    read: pd.DataFrame,
    *,
    timezone: str,
    assumed: bool,
    day_first: bool,
) -> list[Notice]:
    """Return what was noticed about the columns of times."""
    found = []
    local = sum(parsed.without_zone for parsed in times.values())
    if assumed and local:
        found.append(
            Notice(
                "timezone_assumed",
                "reported_at",
                f"No time zone was given. Times without one, taken as {timezone}: {local:,}. "
                'Pass timezone="Asia/Shanghai" or the zone of the source.',
                f"未指定时区：{local:,} 个不带时区的时间按 {timezone} 处理。"
                '请指定时区，例如 timezone="Asia/Shanghai"。',
                float(local),
                "times",
            )
        )
    order, order_zh = ("day", "日") if day_first else ("month", "月")
    switch = f"day_first={not day_first}"
    for ours, parsed in times.items():
        theirs = columns[ours]
        if parsed.ambiguous:
            found.append(
                Notice(
                    "ambiguous_dates",
                    theirs,
                    f"Dates of {theirs} whose day and month could be exchanged: "
                    f"{parsed.ambiguous:,}. The {order} was read first; pass {switch} if it is "
                    "the other.",
                    f"“{theirs}”列有 {parsed.ambiguous:,} 个日期的月、日可以互换，"
                    f"已按{order_zh}在前读取；如不符请设置 {switch}。",
                    float(parsed.ambiguous),
                    "dates",
                )
            )
        if parsed.other_order:
            found.append(
                Notice(
                    "dates_in_other_order",
                    theirs,
                    f"Dates of {theirs} that cannot be read with the {order} first, but the other "
                    f"way round: {parsed.other_order:,}. Pass {switch} if that is meant.",
                    f"“{theirs}”列有 {parsed.other_order:,} 个日期按{order_zh}在前无法读取，"
                    f"反之则可；如需调整请设置 {switch}。",
                    float(parsed.other_order),
                    "dates",
                )
            )
        bad = int(parsed.unreadable.sum())
        if ours != "reported_at" and bad:
            example = excerpt(read.loc[parsed.unreadable, theirs].iloc[:1]).item()
            found.append(
                Notice(
                    "unreadable_time",
                    theirs,
                    f"Values of {theirs} that are no times and are missing in {ours}: {bad:,}; "
                    f"the first is '{example}'.",
                    f"“{theirs}”列有 {bad:,} 个值不是时间，{ours} 记为缺失；首个为“{example}”。",
                    float(bad),
                    "values",
                )
            )
    return found


def about_points(points: Points, accepted: int, without: int) -> list[Notice]:
    """Return what was noticed about coordinates."""
    found = []
    if without:
        found.append(
            Notice(
                "no_point",
                points.column,
                f"Without coordinates: {without:,} of {accepted:,} incidents, kept without "
                "a point.",
                f"{accepted:,} 条记录中有 {without:,} 条没有坐标，予以保留，位置为空。",
                float(without),
                _ROWS,
            )
        )
    if points.exchanged:
        found.append(
            Notice(
                "pair_order",
                points.column,
                f"The pairs in {points.column} were read in the other order than is usual for "
                "their form, because only that puts most of them on the map.",
                f"“{points.column}”列的坐标对按与其写法惯例相反的次序读取，否则多数点无效。",
            )
        )
    return found


def about_streets(
    points: Points, rows: NDArray[np.intp] | slice, jurisdictions: Any, *, datum: Any, name: str
) -> list[Notice]:
    """Return what the jurisdictions say about accepted points: their datum, how many lie outside.

    Nothing is converted and nothing set aside on the strength of it.
    """
    found = compare_datum(points.x, points.y, jurisdictions, datum=datum).notices(name)
    longitude, latitude = points.longitude[rows], points.latitude[rows]
    there = np.isfinite(longitude)
    area = shapely.union_all(np.asarray(jurisdictions.geometry.array, dtype=object))
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, longitude[there], latitude[there])
    total, outside = int(there.sum()), int((~inside).sum())
    if outside:
        share = 100 * outside / total
        found.append(
            Notice(
                "outside_streets",
                points.column,
                f"Outside every street: {outside:,} of {total:,} points ({share:.1f} %), kept and "
                "located as outside.",
                f"{total:,} 个点中有 {outside:,} 个（{share:.1f}%）落在各街道之外，"
                "予以保留，归为“在各街道之外”。",
                float(outside),
                _ROWS,
            )
        )
    return found


def about_columns(
    *,
    missing: Sequence[str],
    renamed: Mapping[str, str],
    remarks: Sequence[str],
    titles: Sequence[str] = (),
) -> list[Notice]:
    """Return what was noticed about the columns and the file."""
    found = []
    if titles:
        first = excerpt(pd.Series(titles[:1])).item()
        found.append(
            Notice(
                "title_rows",
                "file",
                f"Rows above the header, left out: {len(titles)}. The first is '{first}'.",
                f"表头之上有 {len(titles)} 行标题，未作为记录读取；首行为“{first}”。",
                float(len(titles)),
                _ROWS,
            )
        )
    if "category" in missing:
        found.append(
            Notice(
                "no_category",
                "category",
                "There is no column of categories: category is missing in all rows. "
                'Pass columns={"category": "..."} if there is one.',
                '没有类别列：所有记录的类别为空。如有该列，请用 columns={"category": "..."} 指定。',
            )
        )
    if "reported_at" in missing:
        found.append(
            Notice(
                "no_times",
                "reported_at",
                "The source has no report times, as was said: reported_at is missing in all rows.",
                "按说明，来源没有上报时间：所有记录的上报时间为空。",
            )
        )
    found += [
        Notice(
            "column_renamed",
            before,
            f"The column {before} of the source is called {after}, because {before} is a "
            "column of gridgov's own.",
            f"来源的“{before}”列改名为“{after}”，因为 {before} 是 gridgov 自有的列名。",
        )
        for before, after in renamed.items()
    ]
    found += [
        Notice("remark", "file", f"The reading library remarked: {remark}", f"读取库提示：{remark}")
        for remark in remarks
    ]
    return found


def about_categories(unknown: pd.Series, *, blank: int, accepted: int) -> list[Notice]:
    """Return what was noticed about categories.

    Parameters
    ----------
    unknown
        How often each category outside the taxonomy occurs, most frequent first.
    blank, accepted
        Accepted rows without a category, and all accepted rows.
    """
    found = []
    if blank:
        found.append(
            Notice(
                "blank_category",
                "category",
                f"Without a category: {blank:,} of {accepted:,} incidents, kept.",
                f"{accepted:,} 条记录中有 {blank:,} 条没有类别，予以保留。",
                float(blank),
                _ROWS,
            )
        )
    if unknown.empty:
        return found
    shown = unknown.iloc[:_NAMES_SHOWN]
    names = excerpt(pd.Series(shown.index))
    listed = [f"'{name}' ({int(count):,})" for name, count in zip(names, shown, strict=True)]
    rest = len(unknown) - len(listed)
    more = f" and {rest} more" if rest > 0 else ""
    more_zh = f"等 {len(unknown)} 种" if rest > 0 else ""
    total = int(unknown.sum())
    found.append(
        Notice(
            "unknown_categories",
            "category",
            f"Incidents with a category that the taxonomy does not have: {total:,}, kept as they "
            f"are: {', '.join(listed)}{more}.",
            f"{total:,} 条记录的类别不在分类表中：{'、'.join(listed)}{more_zh}，予以保留。",
            float(total),
            _ROWS,
        )
    )
    return found
