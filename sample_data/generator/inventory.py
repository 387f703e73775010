"""The inventory: outdoor advertisements and LED screens, found in 2016, rectified through 2017.

A survey of 2016 finds them at addresses. Each waits for its rectification as long as an
exponential number says whose mean is the street's own, so that some streets are quicker
than others; some put up again what was taken down. A few rows are dirty.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from sample_data.generator.background import Addresses
from sample_data.generator.days import MINUTES, day_of, text
from sample_data.generator.district import STREETS
from sample_data.generator.incidents import degrees, to_gcj02
from sample_data.generator.stream import Stream

__all__ = ["COLUMNS", "INVENTORY_DIRT", "inventory_truth", "make_inventory"]

COLUMNS = (
    "设施编号",
    "设施类型",
    "街道",
    "发现时间",
    "整改时间",
    "复发时间",
    "经度",
    "纬度",
)

# Kind, number, prefix of the id.
_KINDS = (("户外广告", 3_120, "GG"), ("LED电子显示屏", 640, "LED"))

# Mean wait from found to rectified in days, by street; invented.
_MEAN_WAIT_DAYS = {
    "八宝山": 190,
    "老山": 150,
    "八角": 230,
    "古城": 290,
    "苹果园": 260,
    "金顶街": 330,
    "广宁": 210,
    "五里坨": 420,
    "鲁谷": 170,
}
_LEAST_WAIT_DAYS = 3
_RELAPSED = 0.06
_RELAPSE_MEAN_DAYS = 120

INVENTORY_DIRT = {"missing_coordinates": 24, "rectified_before_found": 9, "duplicate_id": 7}
"""How many rows have which kind of dirt; a row has one kind at most."""

Row = dict[str, str]


def make_inventory(stream: Stream, addresses: Addresses) -> tuple[list[Row], dict[int, str]]:
    """Return the rows in the order of their ids, and which of them are dirty by position."""
    first, last = day_of(2016, 1, 4), day_of(2016, 12, 31)
    rows: list[Row] = []
    for kind, count, prefix in _KINDS:
        at = stream.pick([1] * len(addresses.weight), count)
        x, y = to_gcj02(addresses.longitude[at], addresses.latitude[at])
        found = sorted(
            stream.between(first, last) * 1440 + stream.between(8 * 60, 18 * 60)
            for _ in range(count)
        )
        for k in range(count):
            street = STREETS[int(addresses.street[at[k]])].name
            rectified = found[k] + _wait(stream, _LEAST_WAIT_DAYS, _MEAN_WAIT_DAYS[street])
            relapses = stream.one() < _RELAPSED
            relapsed = rectified + _wait(stream, 10, _RELAPSE_MEAN_DAYS)
            rows.append(
                {
                    "设施编号": f"{prefix}{k + 1:04d}",
                    "设施类型": kind,
                    "街道": street + "街道",
                    "发现时间": text(found[k]),
                    "整改时间": text(rectified) if rectified < MINUTES else "",
                    "复发时间": text(relapsed) if relapses and relapsed < MINUTES else "",
                    "经度": degrees(int(x[k])),
                    "纬度": degrees(int(y[k])),
                }
            )
    return rows, _spoil(stream, rows)


def inventory_truth(rows: list[Row], kinds: dict[int, str]) -> dict[str, Any]:
    """Return what the rows hold that have a sound id and sound times, by street and kind."""
    sound = [
        row
        for k, row in enumerate(rows)
        if kinds.get(k) not in {"rectified_before_found", "duplicate_id"}
    ]
    return {
        "as_of": "2018-01-01",
        "rows": len(rows),
        "dirt": {kind: Counter(kinds.values())[kind] for kind in INVENTORY_DIRT},
        "note": (
            "numbers leave out the rows rectified before found and the second row of an id; "
            "remaining are those never rectified, relapsed are those put up again and not "
            "rectified since; rows without coordinates count"
        ),
        "all": _counts(sound),
        "kinds": {
            kind: _counts([row for row in sound if row["设施类型"] == kind])
            for kind, _, _ in _KINDS
        },
        "streets": {
            street.name + "街道": {
                "mean_wait_days": _MEAN_WAIT_DAYS[street.name] + _LEAST_WAIT_DAYS,
                **_counts([row for row in sound if row["街道"] == street.name + "街道"]),
            }
            for street in STREETS
        },
    }


def _counts(rows: list[Row]) -> dict[str, int]:
    """Return how many were found, are rectified and stay so, never were, or relapsed."""
    relapsed = sum(row["复发时间"] != "" for row in rows)
    ever = sum(row["整改时间"] != "" for row in rows)
    return {
        "found": len(rows),
        "rectified": ever - relapsed,
        "remaining": len(rows) - ever,
        "relapsed": relapsed,
    }


def _wait(stream: Stream, least_days: int, mean_days: int) -> int:
    """Return an exponential number of days above the least, in whole minutes."""
    return least_days * 1440 + round(-math.log1p(-stream.one()) * mean_days * 1440)


def _spoil(stream: Stream, rows: list[Row]) -> dict[int, str]:
    """Spoil a few rows in place; return the kind of dirt by position."""
    kinds: dict[int, str] = {}
    order = stream.order(len(rows)).tolist()
    for kind, count in INVENTORY_DIRT.items():
        while Counter(kinds.values())[kind] < count:
            position = order.pop()
            row = rows[position]
            if kind == "missing_coordinates":
                row["经度"] = row["纬度"] = ""
            elif kind == "duplicate_id":
                # The one before came first and keeps its id; it must be sound itself.
                if position == 0 or position - 1 in kinds or position + 1 in kinds:
                    continue
                row["设施编号"] = rows[position - 1]["设施编号"]
            else:
                if not row["整改时间"] or row["复发时间"]:
                    continue
                row["发现时间"], row["整改时间"] = row["整改时间"], row["发现时间"]
            kinds[position] = kind
    return kinds
