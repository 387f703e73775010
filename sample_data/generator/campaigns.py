"""The campaigns: the five that the planted places fade by, and five that changed nothing.

The five without an effect are there so that a method can be caught claiming one. Four were
placed without a look at the records. The fifth is a trap: its disc was searched out because
it had many incidents by chance in the year before, as a real campaign goes where numbers
are high; there they fall back on their own (regression to the mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sample_data.generator.days import END, START
from sample_data.generator.incidents import degrees, to_gcj02
from sample_data.generator.places import PLACES

__all__ = ["CAMPAIGNS", "CAMPAIGN_COLUMNS", "Campaign", "campaign_truth", "make_campaigns"]

CAMPAIGN_COLUMNS = (
    "行动名称",
    "问题类型",
    "街道",
    "中心经度",
    "中心纬度",
    "半径米",
    "开始日期",
    "结束日期",
    "前期开始",
    "前期结束",
    "后期开始",
    "后期结束",
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign: center in WGS-84 degrees; dates are the first day and the first day after.

    `category` is empty for a campaign against everything; `place` is the key of a planted
    place, None where nothing was planted; `after_peak` marks the trap.
    """

    name: str
    category: str
    street: str
    longitude: float
    latitude: float
    radius_m: float
    dates: tuple[date, date]
    effect: float = 0.0
    place: str | None = None
    after_peak: bool = False


CAMPAIGNS: tuple[Campaign, ...] = (
    *(
        Campaign(
            f"{place.name}专项整治",
            place.categories[0][0],
            place.street,
            place.longitude,
            place.latitude,
            place.radius_m,
            place.campaign,
            place.effect,
            place.key,
        )
        for place in PLACES
    ),
    Campaign(
        "示例行动一：八宝山户外广告清理",
        "户外广告",
        "八宝山",
        116.238,
        39.899,
        400.0,
        (date(2016, 4, 1), date(2016, 7, 1)),
    ),
    Campaign(
        "示例行动二：老山暴露垃圾清零",
        "暴露垃圾",
        "老山",
        116.227,
        39.912,
        350.0,
        (date(2016, 7, 1), date(2016, 10, 1)),
    ),
    Campaign(
        "示例行动三：苹果园背街小巷提升",
        "背街小巷",
        "苹果园",
        116.189,
        39.940,
        400.0,
        (date(2017, 1, 1), date(2017, 4, 1)),
    ),
    Campaign(
        "示例行动四：金顶街早市规范",
        "占道经营",
        "金顶街",
        116.160,
        39.924,
        300.0,
        (date(2017, 3, 1), date(2017, 6, 1)),
    ),
    Campaign(
        "示例行动五：五里坨综合整治",
        "",
        "五里坨",
        116.118,
        39.949,
        250.0,
        (date(2016, 6, 1), date(2016, 8, 1)),
        after_peak=True,
    ),
)
"""The ten campaigns in the order of the file."""


def make_campaigns() -> list[dict[str, str]]:
    """Return the rows; nothing here is drawn."""
    rows = []
    for campaign in CAMPAIGNS:
        x, y = to_gcj02(np.array([campaign.longitude]), np.array([campaign.latitude]))
        before, after = _windows(campaign.dates)
        dates = (*campaign.dates, *before, *after)
        rows.append(
            {
                "行动名称": campaign.name,
                "问题类型": campaign.category,
                "街道": campaign.street + "街道",
                "中心经度": degrees(int(x[0])),
                "中心纬度": degrees(int(y[0])),
                "半径米": f"{campaign.radius_m:.0f}",
                **dict(zip(CAMPAIGN_COLUMNS[6:], (day.isoformat() for day in dates), strict=True)),
            }
        )
    return rows


def campaign_truth() -> list[dict[str, Any]]:
    """Return what was planted, campaign by campaign."""
    return [
        {
            "name": campaign.name,
            "place": campaign.place,
            "effect": campaign.effect,
            "chosen_after_peak": campaign.after_peak,
            "longitude": campaign.longitude,
            "latitude": campaign.latitude,
        }
        for campaign in CAMPAIGNS
    ]


def _windows(dates: tuple[date, date]) -> tuple[tuple[date, date], tuple[date, date]]:
    """Return the time before and the time after that a campaign is judged by.

    After: a year from the end on, or to the end of the records. Before: as long, and of the
    same months, so that the seasons weigh the same. For a full year that is the year up to
    the start; for a part of one the last such part that ended before the start.
    """
    start, end = dates
    until = min(end.replace(year=end.year + 1), END.date())
    if until == end.replace(year=end.year + 1):
        before = (start.replace(year=start.year - 1), start)
    else:
        back = 1
        while until.replace(year=until.year - back) > start:
            back += 1
        before = (end.replace(year=end.year - back), until.replace(year=until.year - back))
    if before[0] < START.date():
        raise ValueError(f"the records begin after {before[0]}, the time before a campaign")
    return before, (end, until)
