"""What spoils the records: every kind of dirt, in counts that are written down.

A row gets at most one kind, so the counts of the file are the counts that a reader
finds. Kinds are applied to rows drawn at random, planted places included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sample_data.generator.days import FORMATS, text
from sample_data.generator.district import BOUNDS, border_distance_m, street_of
from sample_data.generator.incidents import Record, degrees, to_gcj02
from sample_data.generator.stream import Stream

__all__ = ["HOSTILE", "KINDS", "spoil"]

UNKNOWN_CATEGORIES = (
    ("噪声扰民", 35),
    ("共享单车乱停放", 30),
    ("井盖缺失", 20),
    ("违章建筑物（待核）", 10),
    ("{{ 7 * 7 }}", 3),
    ("<b>未知</b>", 2),
)

HOSTILE = (
    "{{ 7 * 7 }}",
    "=1+1",
    "<b>x</b>",
    "{% if true %}是{% endif %}",
    "@SUM(1,1)",
    "<script>document.title='x'</script>",
    "+1+1",
    "</script><i>x</i>",
    "-1+1",
    "\"引号\"，'撇号'，逗号, 分号;",
    "${7*7}",
    "<img src=x onerror=\"document.title='x'\">",
)
"""Texts that template engines, browsers and spreadsheets would run; they do no harm."""

Spoiler = Callable[[Stream, list[Record]], None]


def spoil(stream: Stream, records: list[Record]) -> tuple[list[Record], dict[int, str]]:
    """Spoil some of the records.

    Returns
    -------
    rows : list of Record
        The rows of the file in order; duplicates stand a few rows after their original.
    kinds : dict
        Kind of dirt by position of the row.
    """
    order = stream.order(len(records)).tolist()
    kinds: dict[int, str] = {}
    used = 0
    for kind, (count, spoiler) in KINDS.items():
        mine = sorted(order[used : used + count])
        used += count
        spoiler(stream, [records[k] for k in mine])
        kinds.update(dict.fromkeys(mine, kind))

    # Copies are of clean rows, so that the copy is a duplicate and nothing else.
    copies = {k: stream.between(1, 40) for k in order[used : used + DUPLICATES]}
    rows: list[Record] = []
    told: dict[int, str] = {}
    waiting: dict[int, list[Record]] = {}
    for k, record in enumerate(records):
        if k in kinds:
            told[len(rows)] = kinds[k]
        rows.append(record)
        if k in copies:
            last = min(k + copies[k], len(records) - 1)
            waiting.setdefault(last, []).append(replace(record, cells=dict(record.cells)))
        for copy in waiting.pop(k, []):
            told[len(rows)] = "duplicate_id"
            rows.append(copy)
    return rows, told


def _missing_coordinates(stream: Stream, records: list[Record]) -> None:
    for record in records:
        record.cells.update(经度="", 纬度="")


def _swapped(stream: Stream, records: list[Record]) -> None:
    for record in records:
        record.cells.update(经度=record.cells["纬度"], 纬度=record.cells["经度"])


def _zero(stream: Stream, records: list[Record]) -> None:
    for k, record in enumerate(records):
        nothing = ("0", "0.000000")[k % 2]
        record.cells.update(经度=nothing, 纬度=nothing)


def _unreadable_coordinate(stream: Stream, records: list[Record]) -> None:
    for k, record in enumerate(records):
        record.cells.update(({"经度": ""}, {"纬度": "无"}, {"经度": "东经116度"})[k % 3])


def _out_of_range(stream: Stream, records: list[Record]) -> None:
    # A decimal point one place too far to the right.
    for record in records:
        digits = record.cells["经度"].replace(".", "")
        record.cells["经度"] = f"{digits[:4]}.{digits[4:]}"


def _outside(stream: Stream, records: list[Record]) -> None:
    """Move records to 300 m and more beyond the outline, at most some kilometers."""
    west, south, east, north = BOUNDS
    k = 0
    while k < len(records):
        lon = np.array([round(west - 0.05 + (east - west + 0.10) * stream.one(), 6)])
        lat = np.array([round(south - 0.04 + (north - south + 0.08) * stream.one(), 6)])
        if street_of(lon, lat)[0] >= 0 or border_distance_m(lon, lat)[0] < 300:
            continue
        x, y = to_gcj02(lon, lat)
        records[k].longitude, records[k].latitude = int(x[0]), int(y[0])
        records[k].cells.update(经度=degrees(int(x[0])), 纬度=degrees(int(y[0])))
        k += 1


def _closed_before_reported(stream: Stream, records: list[Record]) -> None:
    for record in records:
        record.closed = record.reported - stream.between(30, 4_320)
        record.cells.update(结案时间=text(record.closed), 状态="已结案")


def _unknown_category(stream: Stream, records: list[Record]) -> None:
    chosen = stream.pick([weight for _, weight in UNKNOWN_CATEGORIES], len(records))
    for record, k in zip(records, chosen.tolist(), strict=True):
        record.cells["问题类型"] = UNKNOWN_CATEGORIES[k][0]


def _missing_id(stream: Stream, records: list[Record]) -> None:
    for record in records:
        record.cells["事件编号"] = ""


def _missing_time(stream: Stream, records: list[Record]) -> None:
    for record in records:
        record.cells["上报时间"] = ""


def _unreadable_time(stream: Stream, records: list[Record]) -> None:
    for k, record in enumerate(records):
        record.cells["上报时间"] = ("2016-13-45 25:61", "不详", "2017-02-30 10:00:00")[k % 3]


def _hostile(stream: Stream, records: list[Record]) -> None:
    for k, record in enumerate(records):
        record.cells["问题描述"] = HOSTILE[k % len(HOSTILE)]
        record.cells[("地点", "上报人", "状态")[k % 3]] = HOSTILE[(k + 5) % len(HOSTILE)]


def _in_form(form: str) -> Spoiler:
    def rewrite(stream: Stream, records: list[Record]) -> None:
        for record in records:
            record.cells.update(
                上报时间=text(record.reported, form),
                结案时间="" if record.closed is None else text(record.closed, form),
                截止时间=text(record.due, form),
            )

    return rewrite


DUPLICATES = 100
"""Rows that repeat an earlier row, number and all."""

KINDS: dict[str, tuple[int, Spoiler]] = {
    "missing_coordinates": (200, _missing_coordinates),
    "swapped_coordinates": (60, _swapped),
    "zero_coordinate": (40, _zero),
    "unreadable_coordinate": (12, _unreadable_coordinate),
    "out_of_range_coordinate": (6, _out_of_range),
    "outside_district": (120, _outside),
    "closed_before_reported": (80, _closed_before_reported),
    "unknown_category": (100, _unknown_category),
    "missing_id": (6, _missing_id),
    "missing_time": (8, _missing_time),
    "unreadable_time": (6, _unreadable_time),
    "hostile_text": (24, _hostile),
    "date_slashes": (620, _in_form(FORMATS["slashes, no leading zeros"])),
    "date_chinese": (420, _in_form(FORMATS["Chinese"])),
    "date_compact": (260, _in_form(FORMATS["compact date only"])),
    "date_iso_offset": (300, _in_form(FORMATS["ISO 8601 with offset"])),
}
"""Every kind of dirt: how many rows it spoils, and how."""
