"""Patrol tracks: two working weeks of nine patrols, one fix a minute.

A patrol goes from address to address of its street in straight lines, stops at some
of them for a few minutes, and loses its signal now and then. The western hills are
hardly visited. There is no dirt here.
"""

from __future__ import annotations

import math

import numpy as np

from sample_data.generator.background import Addresses
from sample_data.generator.days import ISO_FORMAT, day_of, moment
from sample_data.generator.district import (
    M_PER_DEGREE_LATITUDE,
    M_PER_DEGREE_LONGITUDE,
    STREETS,
)
from sample_data.generator.incidents import degrees, to_gcj02
from sample_data.generator.stream import Stream

__all__ = ["COLUMNS", "make_tracks"]

COLUMNS = ("巡查员编号", "时间", "经度", "纬度")

# Two weeks from Monday, 2017-09-04; two shifts a day of two and a half hours.
_FIRST_DAY = day_of(2017, 9, 4)
_WORKING_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
_SHIFTS = ((8 * 60 + 30, 11 * 60), (14 * 60, 16 * 60 + 30))
_METERS_A_MINUTE = (70, 190)
_STOP_MINUTES = (4, 16)
_STOP_CHANCE = 0.45
_LOST_CHANCE = 0.015
_LOST_MINUTES = (4, 15)
_NOISE_M = 6.0
_REACH_M = 1_500.0


def make_tracks(stream: Stream, addresses: Addresses) -> list[dict[str, str]]:
    """Return the fixes, patrol by patrol in order of time."""
    who: list[str] = []
    when: list[str] = []
    east: list[float] = []
    north: list[float] = []
    x = addresses.longitude * M_PER_DEGREE_LONGITUDE
    y = addresses.latitude * M_PER_DEGREE_LATITUDE
    for position in range(len(STREETS)):
        mine = np.flatnonzero(addresses.street == position)
        second = stream.between(0, 59)
        for day in _WORKING_DAYS:
            for first, last in _SHIFTS:
                start = (_FIRST_DAY + day) * 1440 + first + stream.between(-8, 8)
                for minute, px, py in _walk(stream, x[mine], y[mine], last - first):
                    who.append(f"XC{position + 1:02d}")
                    when.append(ISO_FORMAT.format(moment(start + minute, second)))
                    east.append(px / M_PER_DEGREE_LONGITUDE)
                    north.append(py / M_PER_DEGREE_LATITUDE)
    lon, lat = to_gcj02(np.array(east), np.array(north))
    return [
        {"巡查员编号": name, "时间": at, "经度": degrees(px), "纬度": degrees(py)}
        for name, at, px, py in zip(who, when, lon.tolist(), lat.tolist(), strict=True)
    ]


def _walk(
    stream: Stream, x: np.ndarray, y: np.ndarray, minutes: int
) -> list[tuple[int, float, float]]:
    """Return minute and position, meters, of every fix of one shift."""
    here = stream.between(0, len(x) - 1)
    px, py = float(x[here]), float(y[here])
    fixes: list[tuple[int, float, float]] = []
    minute, lost_until = 0, -1
    while minute < minutes:
        near = np.flatnonzero((x - px) ** 2 + (y - py) ** 2 < _REACH_M**2)
        target = int(near[stream.between(0, len(near) - 1)]) if len(near) else here
        speed = stream.between(*_METERS_A_MINUTE)
        path = [(px, py)]
        distance = math.hypot(float(x[target]) - px, float(y[target]) - py)
        for step in range(1, int(distance // speed) + 1):
            part = step * speed / distance
            path.append((px + part * (float(x[target]) - px), py + part * (float(y[target]) - py)))
        px, py = float(x[target]), float(y[target])
        stay = stream.between(*_STOP_MINUTES) if stream.one() < _STOP_CHANCE else 1
        path += [(px, py)] * stay
        for fx, fy in path:
            if minute >= minutes:
                break
            if minute > lost_until and stream.one() < _LOST_CHANCE:
                lost_until = minute + stream.between(*_LOST_MINUTES)
            if minute > lost_until:
                noise = stream.normal(2) * _NOISE_M
                fixes.append((minute, fx + float(noise[0]), fy + float(noise[1])))
            minute += 1
    return fixes
