"""The clean incident records: background, planted places, displacement.

Every record knows its origin here; the file that is written does not say it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.datum import transform_coordinates
from sample_data.generator.background import JITTER_M, place_addresses
from sample_data.generator.days import DAYS, MINUTES, moment, text
from sample_data.generator.district import (
    M_PER_DEGREE_LATITUDE,
    M_PER_DEGREE_LONGITUDE,
    STREETS,
    street_of,
)
from sample_data.generator.places import DISPLACEMENT, PLACES, fade
from sample_data.generator.stream import Stream
from sample_data.generator.words import CATEGORIES, CHANNELS, HOURS, channel_weights

__all__ = ["BACKGROUND", "COLUMNS", "Record", "degrees", "make_incidents", "to_gcj02"]

BACKGROUND = 17_300
"""Number of background incidents over the three years."""

COLUMNS = (
    "事件编号",
    "问题类型",
    "问题描述",
    "上报时间",
    "结案时间",
    "截止时间",
    "状态",
    "来源渠道",
    "责任部门",
    "街道",
    "地点",
    "上报人",
    "联系电话",
    "经度",
    "纬度",
)

_CATEGORY_OF = {category.name: category for category in CATEGORIES}
_NEVER_CLOSED = 0.03


@dataclass(slots=True)
class Record:
    """One incident: what it is, and the texts that stand for it in the file.

    Attributes
    ----------
    origin
        ``background``, the key of a planted place or of the displacement.
    reported, closed, due
        Minutes since the start; `closed` is None while it is open.
    longitude, latitude
        Whole microdegrees, GCJ-02.
    cells
        The texts of the file by column.
    """

    origin: str
    reported: int
    closed: int | None
    due: int
    longitude: int
    latitude: int
    cells: dict[str, str]


def make_incidents(stream: Stream) -> list[Record]:
    """Return the clean records in the order in which they were reported."""
    origin, category, day, lon, lat = _what_when_where(stream)
    count = len(origin)
    x, y = to_gcj02(lon, lat)
    street = street_of(lon, lat)
    channel = np.array(
        [stream.pick_one(channel_weights(d, DAYS)) for d in day.tolist()], dtype=np.int64
    )
    hour = np.array([stream.pick_one(HOURS[CHANNELS[c]]) for c in channel.tolist()])
    reported = day * 1440 + hour * 60 + np.floor(stream.uniform(count) * 60).astype(np.int64)
    # How long it takes, as a share of the deadline: lognormal, one in six is late.
    share = [math.exp(0.6 * z) * 0.55 for z in stream.normal(count).tolist()]
    never = stream.uniform(count) < _NEVER_CLOSED

    records = []
    for k in np.lexsort((np.arange(count), reported)).tolist():
        kind = _CATEGORY_OF[category[k]]
        start, length = int(reported[k]), kind.deadline_h * 60
        finished = start + max(20, round(length * share[k]))
        closed = None if never[k] or finished >= MINUTES else finished
        cells = {
            "问题类型": kind.name,
            "问题描述": kind.phrases[stream.pick_one([1] * len(kind.phrases))],
            "上报时间": text(start),
            "结案时间": "" if closed is None else text(closed),
            "截止时间": text(start + length),
            "状态": "已结案"
            if closed is not None
            else ("处置中", "待核查")[stream.pick_one([7, 3])],
            "来源渠道": CHANNELS[channel[k]],
            "责任部门": kind.departments[stream.pick_one([w for _, w in kind.departments])][0],
            "街道": STREETS[street[k]].name + "街道",
            "地点": _address(STREETS[street[k]].name, int(x[k]), int(y[k])),
            **_reporter(stream, CHANNELS[channel[k]]),
            "经度": degrees(int(x[k])),
            "纬度": degrees(int(y[k])),
        }
        records.append(
            Record(origin[k], start, closed, start + length, int(x[k]), int(y[k]), cells)
        )
    _number(records)
    return records


def to_gcj02(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return WGS-84 degrees as whole microdegrees of GCJ-02."""
    x, y = transform_coordinates(longitude, latitude, source="wgs84", target="gcj02")
    return np.rint(x * 1e6).astype(np.int64), np.rint(y * 1e6).astype(np.int64)


def degrees(microdegrees: int) -> str:
    """Return whole microdegrees as text with six decimals."""
    whole, rest = divmod(microdegrees, 1_000_000)
    return f"{whole}.{rest:06d}"


def _what_when_where(
    stream: Stream,
) -> tuple[
    list[str],
    list[str],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    """Draw origin, category, day and WGS-84 position of every incident."""
    addresses = place_addresses(stream)
    # Days are busy or slow for everybody: weather, inspections, holidays.
    busy = 0.7 + 0.6 * stream.uniform(DAYS)
    kinds = stream.pick([category.share for category in CATEGORIES], BACKGROUND)
    day = np.zeros(BACKGROUND, dtype=np.int64)
    for position, category in enumerate(CATEGORIES):
        weights = _day_weights(busy, category.summer, category.growth)
        mine = kinds == position
        day[mine] = stream.pick(weights, int(mine.sum()))
    at = stream.pick(addresses.weight, BACKGROUND)
    lon, lat = _around(
        stream, addresses.longitude[at], addresses.latitude[at], inner_m=0.0, outer_m=JITTER_M
    )
    origin = ["background"] * BACKGROUND
    names = [CATEGORIES[k].name for k in kinds.tolist()]

    days, lons, lats = [day], [lon], [lat]
    for place in PLACES:
        rate = [place.per_month / 30 * fade(place, d) for d in range(DAYS)]
        new = _days_of(stream, rate)
        chosen = stream.pick([weight for _, weight in place.categories], len(new))
        names += [place.categories[k][0] for k in chosen.tolist()]
        origin += [place.key] * len(new)
        east, north = _around(
            stream,
            np.full(len(new), place.longitude),
            np.full(len(new), place.latitude),
            inner_m=0.0,
            outer_m=place.radius_m,
        )
        days.append(new)
        lons.append(east)
        lats.append(north)

    source = next(place for place in PLACES if place.key == DISPLACEMENT.of)
    moved = source.per_month / 30 * DISPLACEMENT.moved_share
    new = _days_of(stream, [moved * (1 - fade(source, d)) for d in range(DAYS)])
    names += [DISPLACEMENT.category] * len(new)
    origin += [DISPLACEMENT.key] * len(new)
    east, north = _around(
        stream,
        np.full(len(new), source.longitude),
        np.full(len(new), source.latitude),
        inner_m=DISPLACEMENT.inner_m,
        outer_m=DISPLACEMENT.outer_m,
    )
    return (
        origin,
        names,
        np.concatenate([*days, new]),
        np.concatenate([*lons, east]),
        np.concatenate([*lats, north]),
    )


def _day_weights(busy: NDArray[np.float64], summer: float, growth: float) -> list[int]:
    """Return the whole-number weight of every day for a category."""
    weights = []
    for d in range(DAYS):
        when = moment(d * 1440)
        # Highest in mid-July, the 196th day.
        season = 1 + summer * math.cos(2 * math.pi * (when.timetuple().tm_yday - 196) / 365.25)
        week = (1.08, 1.05, 1.04, 1.04, 1.06, 0.90, 0.83)[when.weekday()]
        weights.append(round(1000 * season * week * (1 + growth * d / 365.25) * busy[d]))
    return weights


def _days_of(stream: Stream, rate: list[float]) -> NDArray[np.int64]:
    """Return the day of every incident of a Poisson process with a rate for each day."""
    counts = [stream.poisson(mean) if mean > 0 else 0 for mean in rate]
    return np.repeat(np.arange(len(rate), dtype=np.int64), counts)


def _around(
    stream: Stream,
    longitude: NDArray[np.float64],
    latitude: NDArray[np.float64],
    *,
    inner_m: float,
    outer_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one point around every center, uniform in the ring, WGS-84 degrees."""
    count = len(longitude)
    radius = np.sqrt(inner_m**2 + stream.uniform(count) * (outer_m**2 - inner_m**2))
    angle = 2 * np.pi * stream.uniform(count)
    return (
        longitude + radius * np.cos(angle) / M_PER_DEGREE_LONGITUDE,
        latitude + radius * np.sin(angle) / M_PER_DEGREE_LATITUDE,
    )


def _address(street: str, x: int, y: int) -> str:
    """Return an invented address: the lane by latitude, the number by longitude."""
    return f"{street}示例路{y // 1500 % 80 + 1}巷{x // 200 % 400 + 1}号"


def _reporter(stream: Stream, channel: str) -> dict[str, str]:
    """Return an obviously invented person and telephone number."""
    if channel == "视频":
        return {"上报人": f"示例探头{stream.between(1, 220):03d}", "联系电话": ""}
    if channel == "巡查":
        number = stream.between(1, 160)
        return {"上报人": f"示例巡查员{number:03d}", "联系电话": f"000-0001-{number:04d}"}
    number = stream.between(1, 9_999)
    return {"上报人": f"示例市民{number:04d}", "联系电话": f"000-0000-{number:04d}"}


def _number(records: list[Record]) -> None:
    """Give every record its id, counting from 1 each day."""
    today, number = -1, 0
    for record in records:
        day = record.reported // 1440
        number = number + 1 if day == today else 1
        today = day
        record.cells["事件编号"] = f"SY{moment(record.reported):%Y%m%d}-{number:03d}"
