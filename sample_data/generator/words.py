"""The vocabulary: categories, channels, departments, hours, deadlines, descriptions."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATEGORIES", "CHANNELS", "HOURS", "Category", "channel_weights"]


@dataclass(frozen=True, slots=True)
class Category:
    """One category of the background.

    Attributes
    ----------
    name
        As records say it.
    share
        Whole-number weight in the background.
    deadline_h
        Hours from report to deadline.
    summer
        How much busier midsummer is than the yearly mean; negative: winter.
    growth
        Relative change of the rate a year.
    departments
        Department and whole-number weight.
    phrases
        What the descriptions say.
    """

    name: str
    share: int
    deadline_h: int
    summer: float
    growth: float
    departments: tuple[tuple[str, int], ...]
    phrases: tuple[str, ...]


CATEGORIES: tuple[Category, ...] = (
    Category(
        "违法建设",
        150,
        480,
        0.10,
        0.00,
        (("城管", 86), ("消防", 8), ("安监", 6)),
        ("楼顶加建彩钢房", "院内私搭小棚", "一层外扩开墙打洞", "临街违建门面"),
    ),
    Category(
        "占道经营",
        260,
        12,
        0.35,
        -0.04,
        (("城管", 78), ("食药", 12), ("工商", 10)),
        ("路边摆摊卖菜", "流动餐车占道", "店外经营占压便道", "早市游商聚集"),
    ),
    Category(
        "户外广告",
        100,
        168,
        0.00,
        -0.12,
        (("城管", 60), ("工商", 40)),
        ("违规门头牌匾", "横幅标语未审批", "墙体小广告", "楼顶广告牌破损"),
    ),
    Category(
        "LED电子显示屏",
        40,
        168,
        0.00,
        -0.15,
        (("城管", 50), ("工商", 30), ("公安", 20)),
        ("显示屏夜间过亮", "显示屏擅自设置", "显示屏故障花屏"),
    ),
    Category(
        "背街小巷",
        160,
        72,
        -0.05,
        0.05,
        (("城管", 52), ("交通", 26), ("公安", 14), ("消防", 8)),
        ("小巷路面破损", "胡同乱停车", "架空线垂落", "外立面破损"),
    ),
    Category(
        "暴露垃圾",
        220,
        24,
        0.25,
        0.00,
        (("城管", 60), ("环保", 40)),
        ("垃圾堆放未清运", "绿地内散落垃圾", "装修渣土乱堆", "垃圾桶满冒"),
    ),
    Category(
        "垃圾分类",
        70,
        48,
        0.05,
        0.30,
        (("环保", 55), ("城管", 45)),
        ("分类桶混投", "分类桶站标识缺失", "厨余桶未按时清运"),
    ),
)
"""The seven categories in the order of the taxonomy."""

CHANNELS = ("巡查", "热线", "APP", "微信", "短信", "视频")
# Weights on the first and on the last day; in between they change in a straight line.
_FIRST_DAY = (430, 350, 40, 30, 80, 70)
_LAST_DAY = (290, 240, 170, 180, 30, 90)

HOURS: dict[str, tuple[int, ...]] = {
    # Patrols keep office hours, with a long tail for night posts.
    "巡查": (1, 1, 1, 1, 1, 2, 5, 20, 50, 60, 55, 35, 20, 35, 55, 55, 45, 25, 12, 8, 6, 4, 2, 1),
    "热线": (3, 2, 1, 1, 1, 3, 8, 22, 40, 48, 46, 36, 28, 32, 38, 36, 32, 30, 28, 26, 22, 16, 9, 5),
    "APP": (
        6,
        3,
        2,
        1,
        1,
        3,
        10,
        26,
        24,
        22,
        22,
        24,
        30,
        24,
        20,
        20,
        22,
        30,
        38,
        44,
        44,
        36,
        22,
        12,
    ),
    "微信": (
        7,
        4,
        2,
        1,
        1,
        3,
        10,
        26,
        24,
        20,
        20,
        24,
        32,
        24,
        20,
        20,
        22,
        30,
        40,
        48,
        48,
        40,
        26,
        14,
    ),
    "短信": (3, 2, 1, 1, 1, 2, 8, 20, 30, 34, 32, 28, 26, 26, 28, 28, 26, 26, 26, 24, 20, 14, 8, 4),
    "视频": (
        10,
        9,
        8,
        8,
        8,
        9,
        11,
        14,
        16,
        16,
        16,
        15,
        14,
        15,
        16,
        16,
        16,
        16,
        15,
        14,
        13,
        12,
        11,
        10,
    ),
}
"""Weights of the 24 hours of the day, by channel."""


def channel_weights(day: int, days: int) -> list[int]:
    """Return the weight of every channel on a day: apps and WeChat grow, SMS fades."""
    return [
        first + (last - first) * day // days
        for first, last in zip(_FIRST_DAY, _LAST_DAY, strict=True)
    ]
