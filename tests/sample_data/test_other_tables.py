"""Cases, tracks, facilities and teams: what later steps will rely on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

Rows = Callable[[str], list[dict[str, str]]]


def test_teams_are_265_with_more_than_twenty_thousand_members(sample_rows: Rows) -> None:
    # From the issue.
    teams = sample_rows("volunteer_teams.csv")
    assert len(teams) == len({team["队伍编号"] for team in teams}) == 265
    assert sum(int(team["人数"]) for team in teams) > 20_000
    assert len({team["街道"] for team in teams}) == 9


def test_facilities_are_stations_posts_cameras_and_charging_stations(sample_rows: Rows) -> None:
    facilities = sample_rows("facilities.csv")
    assert len({row["设施编号"] for row in facilities}) == len(facilities)
    assert Counter(row["设施类型"] for row in facilities) == {
        "驿站": 38,
        "岗亭": 27,
        "摄像头": 220,
        "充电站": 46,
    }


def test_tracks_run_forward_in_time_and_at_walking_or_riding_speed(sample_rows: Rows) -> None:
    fixes = sample_rows("patrol_tracks.csv")
    assert len({fix["巡查员编号"] for fix in fixes}) == 9
    for one, two in pairwise(fixes):
        if one["巡查员编号"] != two["巡查员编号"]:
            continue
        seconds = (
            datetime.fromisoformat(two["时间"]) - datetime.fromisoformat(one["时间"])
        ).total_seconds()
        assert seconds >= 60
        if seconds > 60:
            continue
        east = (float(two["经度"]) - float(one["经度"])) * 85_481
        north = (float(two["纬度"]) - float(one["纬度"])) * 111_034
        # 190 m a minute, the last stretch of a leg, and noise.
        assert (east**2 + north**2) ** 0.5 < 430


def test_stages_of_a_case_follow_one_another(sample_rows: Rows) -> None:
    stages = ("立案时间", "派遣时间", "处置时间", "核查时间", "结案时间")
    cases = sample_rows("cases.csv")
    assert len({case["案件编号"] for case in cases}) == len(cases)
    for case in cases:
        times = [case[stage] for stage in stages]
        reached = [time for time in times if time]
        assert times == reached + [""] * (5 - len(reached)), case["案件编号"]
        assert reached == sorted(reached), case["案件编号"]
        assert (case["状态"] == "已结案") == (len(reached) == 5)
        assert max(reached) < "2018-01-01"
        if case["恢复时间"]:
            assert case["派遣时间"] < case["挂账时间"] < case["恢复时间"] < case["处置时间"] or (
                not case["处置时间"]
            )
    assert {case["返工次数"] for case in cases} >= {"0", "1", "2"}
    assert sum(bool(case["挂账时间"]) for case in cases) > 50
    assert sum(case["督办"] == "是" for case in cases) > 20


def test_cases_belong_to_incidents(sample_rows: Rows) -> None:
    ids = {row["事件编号"] for row in sample_rows("incidents.csv")}
    lost = [case["案件编号"] for case in sample_rows("cases.csv") if case["事件编号"] not in ids]
    # Six incidents lost their id to the dirt; their cases, if any, stand alone.
    assert len(lost) <= 6
