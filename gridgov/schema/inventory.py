"""Tables of an inventory: what was found, what is rectified, what is left, what came back."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, PERIOD, STREET_ID

__all__ = ["INVENTORY_EVENTS", "TABLES"]

INVENTORY_EVENTS = ("found", "rectified", "relapsed", "rectified_again")
"""What can happen to an item, in its order."""


def _time(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of times that can be missing."""
    return Column(name, "time", label, label_zh, meaning, missing=True)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _items(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers of items."""
    return Column(name, "int64", label, label_zh, meaning)


TABLES = (
    Table(
        "inventory",
        ("item_id",),
        (
            Column("item_id", "str", "Item", "设施编号", "unique id of the item"),
            Column("kind", "str", "Kind", "类型", "kind of item, as read", missing=True),
            STREET_ID,
            Column("found_at", "time", "Found", "发现时间", "when it was found"),
            _time("rectified_at", "Rectified", "整改时间", "when it was first rectified"),
            _time(
                "relapsed_at",
                "Relapsed",
                "复发时间",
                "when it was last found again after a rectification",
            ),
            _time(
                "rectified_again_at",
                "Rectified again",
                "再次整改时间",
                "when it was rectified after that",
            ),
            Column("geometry", "geometry", "Place", "位置", "Point, EPSG:4326", missing=True),
        ),
        "gridgov.read_inventory",
        open=True,
    ),
    Table(
        "inventory_progress",
        ("group", "cell", "period"),
        (
            GROUP,
            Column(
                "cell",
                "UInt64",
                "Cell",
                "网格",
                "H3 cell; missing unless counted by cell",
                missing=True,
            ),
            PERIOD,
            Column("until", "time", "Until", "截至时间", "moment at which the numbers hold"),
            _items("found", "Found", "已发现", "items found by then"),
            _items("rectified", "Rectified", "已整改", "of these rectified and still so"),
            _items("remaining", "Remaining", "未整改", "of these never rectified"),
            _items("relapsed", "Relapsed", "复发", "of these found again and not rectified since"),
            _items("newly_found", "Newly found", "新发现", "found in the period"),
            _items(
                "newly_rectified",
                "Newly rectified",
                "新整改",
                "rectified, or rectified again, in the period",
            ),
            _items("newly_relapsed", "Newly relapsed", "新复发", "found again in the period"),
            _number("numerator", "Numerator", "分子", "items rectified and still so"),
            _number("denominator", "Denominator", "分母", "items found"),
            _number(
                "value",
                "Rectified share",
                "整改率",
                "numerator / denominator, 0 to 1; missing from 0",
            ),
            _number("value_low", "Share, from", "整改率下限", "lower end of its interval"),
            _number("value_high", "Share, to", "整改率上限", "upper end of its interval"),
            Column("reason", "str", "Reason", "原因", "why there is no share", missing=True),
        ),
        "gridgov.measure_inventory",
    ),
)
