"""Inventory, alleys, checks, return visits and campaigns hold what the truth says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.geo.datum import transform_coordinates

Rows = Callable[[str], list[dict[str, str]]]
Import = Callable[[str], ModuleType]

ALLEY_ID = "背街小巷编号"
# The ten items (十无) in the order of the notice of 2025, first quarter.
ITEMS = [
    "私搭乱建",
    "开墙打洞",
    "乱停车",
    "乱占道经营",
    "违规设置城市家具",
    "违规广告牌匾和标语宣传品",
    "乱搭架空线",
    "外立面破损",
    "道路破损",
    "垃圾乱放和堆物堆料",
]


def split_inventory(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Return the rows with a sound id and sound times, and how many rows are dirty how."""
    seen: set[str] = set()
    sound, dirt = [], Counter[str]()
    for row in rows:
        if row["设施编号"] in seen:
            dirt["duplicate_id"] += 1
        elif row["整改时间"] and row["整改时间"] < row["发现时间"]:
            dirt["rectified_before_found"] += 1
        else:
            sound.append(row)
        dirt["missing_coordinates"] += row["经度"] == "" and row["纬度"] == ""
        seen.add(row["设施编号"])
    return sound, dict(dirt)


def test_the_inventory_has_three_thousand_advertisements_and_six_hundred_screens(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    rows = sample_rows("inventory.csv")
    kinds = Counter(row["设施类型"] for row in rows)
    assert kinds == {"户外广告": 3_120, "LED电子显示屏": 640}
    assert len(rows) == sample_truth["inventory"]["rows"]
    assert {row["发现时间"][:4] for row in split_inventory(rows)[0]} == {"2016"}
    assert len({row["街道"] for row in rows}) == 9


def test_the_inventory_is_as_dirty_as_the_truth_says(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    _, dirt = split_inventory(sample_rows("inventory.csv"))
    assert dirt == sample_truth["inventory"]["dirt"]


def test_found_rectified_remaining_and_relapsed_are_what_the_truth_says(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    sound, _ = split_inventory(sample_rows("inventory.csv"))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sound:
        state = "relapsed" if row["复发时间"] else "rectified" if row["整改时间"] else "remaining"
        if row["复发时间"]:
            assert row["发现时间"] < row["整改时间"] < row["复发时间"] < "2018-01-01"
        for group in ("all", row["设施类型"], row["街道"]):
            counts[group]["found"] += 1
            counts[group][state] += 1
    truth = sample_truth["inventory"]
    said = {"all": truth["all"], **truth["kinds"], **truth["streets"]}
    for group, numbers in said.items():
        wanted = {key: value for key, value in numbers.items() if key != "mean_wait_days"}
        assert counts[group] == wanted, group
    # 85 to 90 % had been rectified, relapsed or not.
    everything = truth["all"]
    assert 0.85 < 1 - everything["remaining"] / everything["found"] < 0.90


def test_streets_rectify_at_the_pace_that_was_planted(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    # With exponential waits the number rectified over the days waited, censored on
    # 2018-01-01, estimates 1 / mean with a relative standard error of 1 / sqrt(number).
    end = datetime(2018, 1, 1)
    waited, events = Counter[str](), Counter[str]()
    for row in split_inventory(sample_rows("inventory.csv"))[0]:
        found = datetime.fromisoformat(row["发现时间"])
        until = datetime.fromisoformat(row["整改时间"]) if row["整改时间"] else end
        # Nobody is rectified within three days.
        waited[row["街道"]] += max((until - found).days - 3, 0)
        events[row["街道"]] += row["整改时间"] != ""
    for street, numbers in sample_truth["inventory"]["streets"].items():
        mean = waited[street] / events[street]
        planted = numbers["mean_wait_days"] - 3
        assert abs(mean / planted - 1) < 4 / np.sqrt(events[street]), street


def test_what_stands_in_the_inventory_lies_in_the_street_its_row_names(
    sample_rows: Rows, sample_line: Any
) -> None:
    rows = [row for row in sample_rows("inventory.csv") if row["经度"]]
    x = np.array([float(row["经度"]) for row in rows])
    y = np.array([float(row["纬度"]) for row in rows])
    lon, lat = transform_coordinates(x, y, source="gcj02", target="wgs84")
    points = gpd.GeoDataFrame(
        {"said": [row["街道"] for row in rows]}, geometry=shapely.points(lon, lat), crs=4326
    )
    joined = points.sjoin(sample_line.streets[["street", "geometry"]], predicate="within")
    assert len(joined) == len(rows)
    assert (joined["said"] == joined["street"]).all()


@pytest.fixture(scope="module")
def sample_alleys(sample_folder: Path) -> Any:
    return gg.read_lines(
        sample_folder / "alleys.geojson", datum="gcj02", columns={"line_id": ALLEY_ID}
    )


def test_sixty_alleys_lie_inside_the_streets_they_name(
    sample_alleys: Any, sample_line: Any
) -> None:
    assert len(sample_alleys) == sample_alleys["line_id"].nunique() == 60
    assert sample_alleys["line"].nunique() == 60
    assert sample_alleys["街道"].nunique() == 9
    outlines = sample_line.streets.set_index("street").geometry
    for alley in sample_alleys.to_dict("records"):
        assert outlines[alley["街道"]].contains(alley["geometry"]), alley["line_id"]
    assert sample_alleys["length_m"].between(158, 518).all()


def test_a_check_scores_a_hundred_less_the_points_of_its_problems(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    points = sample_truth["alley_checks"]["points"]
    assert list(points) == ITEMS
    rows = sample_rows("alley_checks.csv")
    assert list(rows[0]) == [ALLEY_ID, "月份", "得分", *ITEMS]
    for row in rows:
        lost = sum(int(row[item]) * cost for item, cost in points.items())
        assert int(row["得分"]) == max(0, 100 - lost)


def test_alleys_fall_below_the_mark_in_the_months_that_were_planned(
    sample_rows: Rows, sample_truth: dict[str, Any], sample_alleys: Any
) -> None:
    truth = sample_truth["alley_checks"]
    rows = sample_rows("alley_checks.csv")
    below, seen = defaultdict(list), defaultdict(set)
    for row in rows:
        seen[row[ALLEY_ID]].add(row["月份"])
        if int(row["得分"]) < truth["mark"]:
            below[row[ALLEY_ID]].append(row["月份"])
    year = {f"2017-{month:02d}" for month in range(1, 13)}
    assert set(seen) == set(sample_alleys["line_id"])
    assert len(rows) == truth["rows"] == len({(row[ALLEY_ID], row["月份"]) for row in rows})
    for alley in sample_alleys["line_id"]:
        plan = truth["alleys"].get(alley, {"below": [], "without_check": []})
        assert below[alley] == plan["below"], alley
        assert sorted(year - seen[alley]) == plan["without_check"], alley
    kinds = Counter(plan["kind"] for plan in truth["alleys"].values())
    assert kinds == {
        "recovers": 8,
        "interrupted": 2,
        "falls_again": 2,
        "gap_in_recovery": 1,
        "stays_below": 5,
        "meets": 4,
    }


@pytest.mark.parametrize("gaps", ["hold", "break"])
def test_the_library_finds_who_falls_and_who_is_restored(
    sample_rows: Rows, sample_truth: dict[str, Any], gaps: str
) -> None:
    rows = sample_rows("alley_checks.csv")
    checks = pd.DataFrame(
        {
            "line_id": [row[ALLEY_ID] for row in rows],
            "checked_at": pd.to_datetime([row["月份"] + "-15" for row in rows]).tz_localize(
                "Asia/Shanghai"
            ),
            "score": [float(row["得分"]) for row in rows],
        }
    )
    standing = gg.grade_standing(checks, gaps=gaps, end="2018-01-01")
    moved = standing[standing["moved"].notna()]
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"fall": [], "back": []})
    for line_id, period, how in zip(moved["line_id"], moved["period"], moved["moved"], strict=True):
        found[line_id]["fall" if how == "downgraded" else "back"].append(f"{period:%Y-%m}")
    back = {"hold": "restored_if_gaps_hold", "break": "restored_if_gaps_break"}[gaps]
    planned = sample_truth["alley_checks"]["alleys"]
    assert dict(found) == {
        alley: {"fall": plan["falls"], "back": plan[back]}
        for alley, plan in planned.items()
        if plan["falls"]
    }


def test_return_visits_are_for_closed_hotline_cases(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    visits = sample_rows("callbacks.csv")
    cases = {row["案件编号"]: row for row in sample_rows("cases.csv")}
    channel = {row["事件编号"]: row["来源渠道"] for row in sample_rows("incidents.csv")}
    assert len({visit["案件编号"] for visit in visits}) == len(visits)
    for visit in visits:
        case = cases[visit["案件编号"]]
        # A few incidents lost their id to the dirt.
        assert channel.get(case["事件编号"], "热线") == "热线"
        assert case["结案时间"][:10] < visit["回访时间"][:10] < "2018-01-01"
        assert (visit["是否联系"] == "是") == (visit["是否解决"] in {"是", "否"})
        assert (visit["是否联系"] == "是") == (visit["满意度"] in {"满意", "基本满意", "不满意"})
    truth = sample_truth["callbacks"]
    assert len(visits) == truth["rows"]
    assert sum(visit["是否联系"] == "是" for visit in visits) == truth["reached"]
    assert sum(visit["是否解决"] == "是" for visit in visits) == truth["solved"]
    words = Counter(visit["满意度"] for visit in visits if visit["满意度"])
    assert words == truth["satisfaction"]


def test_reworked_cases_please_less(sample_rows: Rows) -> None:
    cases = {row["案件编号"]: row for row in sample_rows("cases.csv")}
    solved: dict[bool, list[bool]] = {True: [], False: []}
    for visit in sample_rows("callbacks.csv"):
        if visit["是否解决"]:
            reworked = cases[visit["案件编号"]]["返工次数"] != "0"
            solved[reworked].append(visit["是否解决"] == "是")
    # Planted at 66 % after trouble; without rework some are still late.
    assert np.mean(solved[True]) < np.mean(solved[False]) - 0.1


def test_ten_campaigns_five_with_the_effect_of_their_place(
    sample_rows: Rows, sample_truth: dict[str, Any]
) -> None:
    campaigns = sample_rows("campaigns.csv")
    truth = sample_truth["campaigns"]
    assert [row["行动名称"] for row in campaigns] == [entry["name"] for entry in truth]
    assert len(campaigns) == 10
    places = {place["key"]: place for place in sample_truth["places"]}
    for row, entry in zip(campaigns, truth, strict=True):
        if entry["place"] is None:
            assert "示例行动" in row["行动名称"]
            assert entry["effect"] == 0.0
            continue
        place = places[entry["place"]]
        assert entry["effect"] == place["effect"]
        assert (row["开始日期"], row["结束日期"]) == (
            place["campaign"]["start"],
            place["campaign"]["end"],
        )
        assert (row["问题类型"], row["街道"]) == (place["category"], place["street"])
        assert float(row["半径米"]) == place["radius_m"]
    assert [entry["place"] for entry in truth].count(None) == 5


def test_campaign_centers_are_in_gcj02_and_inside_their_street(
    sample_rows: Rows, sample_truth: dict[str, Any], sample_line: Any, generator: Import
) -> None:
    district = generator("district")
    names = [street.name + "街道" for street in district.STREETS]
    for row, entry in zip(sample_rows("campaigns.csv"), sample_truth["campaigns"], strict=True):
        lon, lat = transform_coordinates(
            np.array([float(row["中心经度"])]),
            np.array([float(row["中心纬度"])]),
            source="gcj02",
            target="wgs84",
        )
        assert abs(lon[0] - entry["longitude"]) < 2e-6
        assert abs(lat[0] - entry["latitude"]) < 2e-6
        assert names[district.street_of(lon, lat)[0]] == row["街道"]
        assert district.border_distance_m(lon, lat)[0] > float(row["半径米"])


def test_campaigns_without_effect_keep_clear_of_the_planted_places(
    sample_truth: dict[str, Any], sample_rows: Rows, generator: Import
) -> None:
    district = generator("district")
    ring = sample_truth["displacement"]["outer_m"]
    for row, entry in zip(sample_rows("campaigns.csv"), sample_truth["campaigns"], strict=True):
        if entry["place"] is not None:
            continue
        for place in sample_truth["places"]:
            east = (entry["longitude"] - place["longitude"]) * district.M_PER_DEGREE_LONGITUDE
            north = (entry["latitude"] - place["latitude"]) * district.M_PER_DEGREE_LATITUDE
            assert np.hypot(east, north) > ring + float(row["半径米"]), entry["name"]


def test_times_before_and_after_are_as_long_and_of_the_same_months(sample_rows: Rows) -> None:
    for row in sample_rows("campaigns.csv"):
        days = {name: date.fromisoformat(row[name]) for name in list(row)[6:]}
        assert days["前期开始"] < days["前期结束"] <= days["开始日期"] < days["结束日期"]
        assert days["结束日期"] == days["后期开始"] < days["后期结束"] <= date(2018, 1, 1)
        assert days["前期开始"] >= date(2015, 1, 1)
        before, after = (days[f"{side}结束"] - days[f"{side}开始"] for side in ("前期", "后期"))
        # A leap day is the only difference.
        assert abs((before - after).days) <= 1
        if after.days < 365:
            for edge in ("开始", "结束"):
                one, two = days[f"前期{edge}"], days[f"后期{edge}"]
                assert (one.month, one.day) == (two.month, two.day)


def test_the_trap_had_a_peak_in_the_year_before_by_chance(
    sample_truth: dict[str, Any], sample_rows: Rows, generator: Import
) -> None:
    position = [entry["chosen_after_peak"] for entry in sample_truth["campaigns"]].index(True)
    entry, row = sample_truth["campaigns"][position], sample_rows("campaigns.csv")[position]
    records = generator("incidents").make_incidents(generator("stream").Stream(1))
    district = generator("district")
    lon, lat = transform_coordinates(
        np.array([record.longitude for record in records]) / 1e6,
        np.array([record.latitude for record in records]) / 1e6,
        source="gcj02",
        target="wgs84",
    )
    inside = np.hypot(
        (lon - entry["longitude"]) * district.M_PER_DEGREE_LONGITUDE,
        (lat - entry["latitude"]) * district.M_PER_DEGREE_LATITUDE,
    ) <= float(row["半径米"])
    near = [record for record, hit in zip(records, inside, strict=True) if hit]
    # Nothing was planted here.
    assert {record.origin for record in near} == {"background"}
    start = date(2015, 1, 1)
    counts = [
        sum(
            (date.fromisoformat(row[f"{side}开始"]) - start).days
            <= record.reported // 1440
            < (date.fromisoformat(row[f"{side}结束"]) - start).days
            for record in near
        )
        for side in ("前期", "后期")
    ]
    assert counts == [28, 8]
