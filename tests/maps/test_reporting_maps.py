"""The maps of blind spots, channels, silences and joint enforcement in a real browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk

MIDDLE = 0x8931AA50E27FFFF
# A slider shows its period in the next frame of the browser.
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
CELLS = grid_disk(MIDDLE, 1)


@pytest.fixture
def blind() -> pd.DataFrame:
    """Seven cells in each of two groups: every class, and one without an answer."""
    terms = ["blind 99", "blind 95", "blind 90", "not significant", "cannot tell", None]
    frame = pd.DataFrame(
        {
            "cell": np.tile(CELLS, 2),
            "street_id": "s1",
            "group": ["citizens"] * 7 + ["视频监控"] * 7,
            "incidents": np.arange(14) * 1000,
            "area_km2": 0.1,
            "exposure": np.arange(14) + 0.25,
            "ring_incidents": 12,
            "history_incidents": pd.array([12345] * 14, dtype="Int64"),
            "expected_incidents": [12.5] * 5 + [None] * 2 + [3.125] * 7,
            "expected_ratio": 0.08,
            "p_value": 0.0004,
            "q_value": [0.004, 0.02, 0.06, 0.5, None, None, None] * 2,
            "blind_spot": [*terms, None, *terms[::-1], None],
            "reason": [None] * 5 + ["the exposure is zero"] * 2 + [None] * 7,
        }
    )
    return conform(frame, "blind_spots")


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_blind_spots_tell_what_the_table_holds_group_by_group(
    blind: Any, streets: Any, exported: Any, lang: Any
) -> None:
    page = exported(gg.map_blind_spots(blind, streets, lang=lang))
    longitude, latitude = cell_centers(CELLS)
    heads = {
        "en": ("Blind spot", "Incidents", "Expected incidents", "Earlier incidents", "Reason"),
        "zh": ("盲区等级", "事件数", "期望事件数", "往期事件数", "未计算原因"),
    }[lang]
    card = page.hover(longitude[1], latitude[1])
    assert card["row " + heads[0]] == (
        "Blind spot, q < 0.05" if lang == "en" else "盲区（q < 0.05）"
    )
    assert card["row " + heads[1]] == "1,000"
    assert card["row " + heads[2]] == "12.5"
    assert card["row " + heads[3]] == "12,345"
    assert "row " + heads[4] not in card
    told = page.hover(longitude[6], latitude[6])["row " + heads[4]]
    assert told == ("the exposure is zero" if lang == "en" else "暴露量为零")
    assert page.text(".gg-count") == ["1", "1", "1", "1", "1", "2"]
    choice = page.page.locator(".gg-choices select").first
    choice.select_option(label="Video" if lang == "en" else "视频")
    assert page.hover(longitude[1], latitude[1])["row " + heads[1]] == "8,000"
    assert page.hover(longitude[1], latitude[1])["row " + heads[2]] == "3.125"
    assert page.complaints == []


@pytest.fixture
def joint() -> pd.DataFrame:
    """Seven cells: ranks 2 and 1 joint, rank 3 joint, several, too few, and none."""
    frame = pd.DataFrame(
        {
            "cell": CELLS,
            "street_id": "s1",
            "incidents": [30, 40, 20, 12, 3, 1, 0],
            "area_km2": 0.1,
            "departments": [3, 2, 2, 2, 1, 1, 0],
            "department_list": [
                "城管 20 + 环保 9 + 飞鸽 1",
                "城管 40",
                None,
                "消防 6 + 公安 6",
                "城管 3",
                "城管 1",
                None,
            ],
            "departments_expected": 1.5,
            "pairs": [12345, 400, 90, 36, 0, 0, 0],
            "pairs_expected": [123.5] * 6 + [None],
            "pairs_ratio": 2.5,
            "deals": 999,
            "p_value": [0.002, 0.001, 0.003, 0.4, None, None, None],
            "q_value": [0.01, 0.007, 0.02, 0.6, None, None, None],
            "joint": [True, True, True, False, False, False, False],
            "rank": pd.array([2, 1, 3, 4, None, None, None], dtype="Int64"),
            "reason": [None] * 5 + ["fewer than 2 incidents"] * 2,
        }
    )
    return conform(frame, "joint_enforcement")


@pytest.mark.browser
def test_joint_cells_carry_their_rank_and_list_departments_and_pairs(
    joint: Any, streets: Any, exported: Any
) -> None:
    page = exported(gg.map_joint_enforcement(joint, streets, first=2))
    longitude, latitude = cell_centers(CELLS)
    card = page.hover(longitude[0], latitude[0])
    assert card["heading"] == "鲁谷街道"
    assert card["sub"].endswith(cells_to_text(CELLS)[0])
    assert card["row Class"] == "Joint, rank 1 – 2"
    assert card["row Rank"] == "2"
    assert card["row Which departments"] == "Urban management 20 + Environment 9 + 飞鸽 1"
    assert card["row Pairs"] == "12,345"
    assert card["row Pairs expected"] == "123.5"
    assert card["row p"] == "0.002"
    assert page.hover(longitude[2], latitude[2])["row Class"] == "Joint, further ranks"
    several = page.hover(longitude[3], latitude[3])
    assert several["row Class"] == "Several departments, as by chance"
    assert several["row Which departments"] == "Fire safety 6 + Public security 6"
    assert page.hover(longitude[5], latitude[5])["row Reason"] == "fewer than 2 incidents"
    assert page.hover(longitude[6], latitude[6])["row Class"] == "No incident"
    # The five classes of cells, and the numbers on the map.
    assert page.text(".gg-count") == ["2", "1", "1", "2", "1", "2"]
    assert page.complaints == []


def test_joint_maps_without_a_finding_have_no_numbers(joint: Any) -> None:
    gg.map_joint_enforcement(joint.assign(joint=False)).get_root().render()
    with pytest.raises(OptionError, match="first must be"):
        gg.map_joint_enforcement(joint, first=0)
    with pytest.raises(ColumnsError, match="department_list"):
        gg.map_joint_enforcement(joint.drop(columns="department_list"))


LOCATED = pd.DataFrame(
    {
        "cell": pd.array([MIDDLE] * 16, "UInt64"),
        "match": "inside",
        "street_id": ["s1"] * 8 + ["s2"] * 8,
        "channel": ["热线"] * 6 + ["APP", None] + ["热线", "APP"] * 4,
        "reported_at": pd.to_datetime(
            ["2017-01-05"] * 3 + ["2017-02-05"] * 5 + ["2017-01-09"] * 4 + ["2017-02-09"] * 4
        ).tz_localize("Asia/Shanghai"),
    }
)


@pytest.mark.browser
def test_channels_of_streets_are_those_of_the_table_in_every_period(
    streets: Any, exported: Any
) -> None:
    mix = gg.measure_channels(LOCATED, by="street_id", period="MS", least_incidents=3)
    page = exported(gg.map_channels(mix, streets, author="district", approval="GS（2024）0650号"))
    west, south, east, north = streets.total_bounds
    card = page.hover(west + 0.01, (south + north) / 2)
    # February of s1: three through the hotline, one through the app, one unknown.
    assert card["row Class"] == "Hotline"
    assert card["row Incidents"] == "5"
    assert card["row With a channel"] == "4"
    assert card["row Main share"] == "75 %"
    # -(0.75 log2 0.75 + 0.25 log2 0.25)
    assert card["row Entropy (bits)"] == "0.8113"
    assert page.text(".gg-foot p") == [
        "Made by: district",
        "Map approval number: GS（2024）0650号",
        "Period from 2017-02-01",
        "9 incidents, 8 with a known channel.",
    ]
    page.page.locator(".gg-time input").press("Home")
    page.page.evaluate(TWO_FRAMES)
    assert page.text(".gg-foot p")[-1] == "7 incidents, 7 with a known channel."
    page.page.locator(".gg-choices select").first.select_option(label="Dependence on one channel")
    assert page.hover(west + 0.01, (south + north) / 2)["row Class"] == "Depends on Hotline"
    assert page.hover(east - 0.01, (south + north) / 2)["row Class"].startswith("Several")
    assert page.complaints == []


@pytest.mark.browser
def test_channels_of_cells_have_a_class_for_no_incident(streets: Any, exported: Any) -> None:
    grid = pd.DataFrame({"cell": CELLS, "street_id": "s1", "inside_share": 1.0})
    mix = gg.measure_channels(LOCATED, grid, by="cell")
    page = exported(gg.map_channels(mix, streets, lang="zh"))
    longitude, latitude = cell_centers(CELLS)
    here = CELLS.tolist().index(MIDDLE)
    assert page.hover(longitude[here], latitude[here])["row 主渠道"] == "热线"
    other = page.hover(longitude[here - 1], latitude[here - 1])
    assert other["row 级别"] == "无有渠道的事件"
    assert page.text(".gg-count") == ["1", "6"]


def test_channels_of_the_whole_are_no_map(streets: Any) -> None:
    with pytest.raises(MapError, match="rows by cell or by street"):
        gg.map_channels(gg.measure_channels(LOCATED, by=None), streets)
    with pytest.raises(MapError, match="channel_mix by street and no jurisdictions"):
        gg.map_channels(gg.measure_channels(LOCATED, by="street_id"))


@pytest.fixture
def silent() -> pd.DataFrame:
    """Two streets, two channels, two months; the hotline of s1 falls silent in February."""
    months = pd.to_datetime(["2017-01-01", "2017-02-01"]).tz_localize("Asia/Shanghai")
    rows = [
        (street, channel, month)
        for street in (None, "s1", "s2")
        for channel in (None, "热线", "APP")
        for month in months
        if street or channel
    ]
    frame = pd.DataFrame(rows, columns=["street_id", "channel", "period"])
    january = frame["period"] == months[0]
    here = (frame["street_id"] == "s1") & (frame["channel"] == "热线") & ~january
    frame["silence"] = np.where(january, None, "not significant")
    frame.loc[here, "silence"] = "fell silent"
    frame["reason"] = np.where(january, "too few earlier periods", None)
    frame["incidents"] = np.where(here, 0, 12345)
    frame["total_incidents"], frame["earlier_incidents"] = 20000, 9
    frame["earlier_total"], frame["earlier_periods"] = 18, np.where(january, 0, 1)
    frame["expected_incidents"] = np.where(january, np.nan, 30.5)
    frame["p_value"] = np.where(january, np.nan, 0.0004)
    frame["q_value"] = np.where(january, np.nan, 0.012)
    return conform(frame, "silent_channels")


@pytest.mark.browser
def test_a_silence_is_listed_first_and_told_by_channel(
    silent: Any, streets: Any, exported: Any
) -> None:
    page = exported(gg.map_silent_channels(silent, streets))
    west, south, east, north = streets.total_bounds
    left, right = (west + 0.01, (south + north) / 2), (east - 0.01, (south + north) / 2)
    assert page.hover(*left) == {
        "heading": "鲁谷街道",
        "sub": "",
        "row Class": "Fell silent",
        "row Fell silent": "Hotline",
    }
    assert page.hover(*right)["row Class"] == "Not significant"
    assert page.text(".gg-count") == ["1", "0", "1", "0"]
    page.page.locator(".gg-choices select").first.select_option(label="Hotline")
    card = page.hover(*left)
    assert card["row Incidents"] == "0"
    assert card["row Expected incidents"] == "30.5"
    assert card["row Of all"] == "20,000"
    assert card["row p"] == "< 0.001"
    assert card["row q"] == "0.012"
    assert page.hover(*right)["row Incidents"] == "12,345"
    assert page.text(".gg-foot p") == [
        "Period from 2017-02-01",
        "All streets together: Not significant.",
    ]
    page.page.locator(".gg-time input").press("Home")
    page.page.evaluate(TWO_FRAMES)
    assert page.hover(*left)["row Reason"] == "too few earlier periods"
    assert page.text(".gg-count")[-1] == "2"
    assert page.complaints == []


def test_silence_of_the_whole_alone_is_no_map(silent: Any, streets: Any) -> None:
    with pytest.raises(MapError, match="Find with by='street_id'"):
        gg.map_silent_channels(silent[silent["street_id"].isna()], streets)


@pytest.mark.browser
def test_hostile_names_stay_text_on_every_map(
    blind: Any, joint: Any, silent: Any, streets: Any, hostile: Any, exported: Any
) -> None:
    every = " | ".join(hostile)
    named = streets.assign(street=[every, every])
    west, _, _, north = streets.total_bounds
    longitude, latitude = cell_centers(CELLS)
    words = {"title": every, "source": every, "date": every}
    silence = silent.assign(channel=silent["channel"].where(silent["channel"] != "热线", every))
    made = {
        "silent": gg.map_silent_channels(silence, named, **words),
        "blind": gg.map_blind_spots(
            blind.assign(group=every, reason=every).iloc[:7], named, **words
        ),
        "joint": gg.map_joint_enforcement(joint.assign(department_list=every), named, **words),
    }
    for name, drawn in made.items():
        page = exported(drawn)
        assert page.text(".gg-title") == [every]
        at = (west + 0.01, north - 0.005) if name == "silent" else (longitude[5], latitude[5])
        card = page.hover(*at)
        assert every in card["heading"], name
        if name == "silent":
            assert card["row Fell silent"] == every
        assert page.flag() is None
        assert page.complaints == []
        assert len(page.requests) == 1
