"""Facilities and volunteer teams: stations, posts, cameras, charging stations, teams."""

from __future__ import annotations

from sample_data.generator.background import Addresses
from sample_data.generator.district import STREETS
from sample_data.generator.incidents import degrees, to_gcj02
from sample_data.generator.stream import Stream

__all__ = ["FACILITY_COLUMNS", "TEAM_COLUMNS", "make_facilities", "make_teams"]

FACILITY_COLUMNS = ("设施编号", "设施类型", "设施名称", "街道", "服务半径", "容量", "经度", "纬度")
TEAM_COLUMNS = ("队伍编号", "队伍名称", "街道", "人数", "服务方向", "成立年份", "经度", "纬度")

# Kind, number, prefix of the id, service radius in meters, unit of the capacity, its range.
_KINDS = (
    ("驿站", 38, "YZ", 800, (2, 8)),
    ("岗亭", 27, "GT", 500, (1, 3)),
    ("摄像头", 220, "SX", 100, (1, 1)),
    ("充电站", 46, "CD", 1_000, (4, 40)),
)
_TEAMS = 265
_MEMBERS = (32, 125)
_DIRECTIONS = ("环境清洁", "文明劝导", "治安巡逻", "垃圾分类指导", "违建巡查", "河道巡护")


def make_facilities(stream: Stream, addresses: Addresses) -> list[dict[str, str]]:
    """Return the facilities, each near an address."""
    rows = []
    for kind, count, prefix, radius, (low, high) in _KINDS:
        x, y, street = _sites(stream, addresses, count)
        for k in range(count):
            rows.append(
                {
                    "设施编号": f"{prefix}{k + 1:03d}",
                    "设施类型": kind,
                    "设施名称": f"{STREETS[street[k]].name}示例{kind}{k + 1}",
                    "街道": STREETS[street[k]].name + "街道",
                    "服务半径": str(radius),
                    "容量": str(stream.between(low, high)),
                    "经度": degrees(x[k]),
                    "纬度": degrees(y[k]),
                }
            )
    return rows


def make_teams(stream: Stream, addresses: Addresses) -> list[dict[str, str]]:
    """Return the volunteer teams, each at an address."""
    x, y, street = _sites(stream, addresses, _TEAMS)
    rows = []
    for k in range(_TEAMS):
        direction = _DIRECTIONS[stream.between(0, len(_DIRECTIONS) - 1)]
        rows.append(
            {
                "队伍编号": f"ZY{k + 1:03d}",
                "队伍名称": f"{STREETS[street[k]].name}示例{direction}志愿队{k + 1}",
                "街道": STREETS[street[k]].name + "街道",
                "人数": str(stream.between(*_MEMBERS)),
                "服务方向": direction,
                "成立年份": str(stream.between(2008, 2016)),
                "经度": degrees(x[k]),
                "纬度": degrees(y[k]),
            }
        )
    return rows


def _sites(
    stream: Stream, addresses: Addresses, count: int
) -> tuple[list[int], list[int], list[int]]:
    """Return sites at addresses drawn with equal chance: GCJ-02 microdegrees and street."""
    at = stream.pick([1] * len(addresses.weight), count)
    x, y = to_gcj02(addresses.longitude[at], addresses.latitude[at])
    return x.tolist(), y.tolist(), addresses.street[at].tolist()
