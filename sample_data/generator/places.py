"""The planted places: where, what, how much, and how a campaign makes it fade.

Names are those of places that the district's report calls cleaned up. Positions,
sizes, rates, dates and effects are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sample_data.generator.days import START

__all__ = ["DISPLACEMENT", "PLACES", "Displacement", "Place", "fade"]


@dataclass(frozen=True, slots=True)
class Place:
    """One planted place.

    Attributes
    ----------
    key, name, name_en
        What the code and the reader call it.
    street
        The street it lies in.
    longitude, latitude
        Center, degrees, WGS-84.
    radius_m
        Its incidents lie within this distance of the center, uniformly.
    categories
        Category and whole-number weight.
    per_month
        Incidents a month of 30 days before the campaign.
    campaign
        First day of the campaign and first day after it.
    effect
        Relative change of the rate from before to after.
    """

    key: str
    name: str
    name_en: str
    street: str
    longitude: float
    latitude: float
    radius_m: float
    categories: tuple[tuple[str, int], ...]
    per_month: float
    campaign: tuple[date, date]
    effect: float


@dataclass(frozen=True, slots=True)
class Displacement:
    """Incidents that move from a place to the ring around it once its campaign is over."""

    key: str
    of: str
    inner_m: float
    outer_m: float
    moved_share: float
    category: str


PLACES: tuple[Place, ...] = (
    Place(
        "bajiao_furniture",
        "八角东街家具街",
        "Bajiao East Street furniture market",
        "八角",
        116.1985,
        39.9120,
        200.0,
        (("占道经营", 50), ("户外广告", 20), ("违法建设", 20), ("背街小巷", 10)),
        21.0,
        (date(2016, 5, 1), date(2016, 8, 1)),
        -0.80,
    ),
    Place(
        "moshikou_market",
        "模式口流动市场",
        "Moshikou mobile market",
        "金顶街",
        116.1575,
        39.9330,
        250.0,
        (("占道经营", 75), ("暴露垃圾", 20), ("背街小巷", 5)),
        32.0,
        (date(2016, 8, 1), date(2016, 11, 1)),
        -0.85,
    ),
    Place(
        "gucheng_south",
        "古城南大街违法建设",
        "Gucheng South Street illegal buildings",
        "古城",
        116.1770,
        39.9020,
        220.0,
        (("违法建设", 85), ("暴露垃圾", 10), ("背街小巷", 5)),
        20.0,
        (date(2016, 10, 1), date(2017, 2, 1)),
        -0.80,
    ),
    Place(
        "gucheng_lane",
        "古城小街占道游商",
        "Gucheng Lane street vendors",
        "古城",
        116.1745,
        39.9145,
        120.0,
        (("占道经营", 90), ("暴露垃圾", 10)),
        13.0,
        (date(2017, 3, 1), date(2017, 5, 1)),
        -0.75,
    ),
    Place(
        "chongjuyuan",
        "重聚园私搭乱建",
        "Chongjuyuan unauthorized additions",
        "鲁谷",
        116.2205,
        39.8925,
        150.0,
        (("违法建设", 85), ("背街小巷", 15)),
        13.0,
        (date(2017, 5, 1), date(2017, 8, 1)),
        -0.80,
    ),
)

DISPLACEMENT = Displacement(
    "moshikou_displacement", "moshikou_market", 350.0, 650.0, 0.25, "占道经营"
)
"""Of the vendors that leave the Moshikou market, a quarter set up in the ring around it."""


def fade(place: Place, day: int) -> float:
    """Return the rate on a day as a share of the rate before the campaign.

    1 before, falling in a straight line during the campaign, 1 + effect after it.
    """
    first, after = ((edge - START.date()).days for edge in place.campaign)
    progress = min(max((day - first) / (after - first), 0.0), 1.0)
    return round(1 + place.effect * progress, 9)
