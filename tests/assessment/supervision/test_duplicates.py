"""Links between reports of one incident: planted ones found, plain Python as a second answer."""

from __future__ import annotations

import re
import unicodedata
from math import hypot
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import pairwise_distances

from gridgov.assessment.supervision.duplicates import link_duplicates, measure_chance_links
from gridgov.assessment.supervision.near_pairs import read_reports
from gridgov.assessment.supervision.text_similarity import dice_similarity
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DatumError, OptionError
from gridgov.geo.point_array import coordinates_of, point_array

# One degree of longitude and latitude at the place, m, near enough to lay out points.
EAST, NORTH = 85_400.0, 111_040.0


def reports(*rows: tuple[float, float, float, str, str | None, str | None]) -> gpd.GeoDataFrame:
    """Return reports of (meters east, meters north, hours, category, channel, text)."""
    start = pd.Timestamp("2017-09-01", tz="Asia/Shanghai")
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"r{n}" for n in range(len(rows))],
            "category": pd.Series([row[3] for row in rows], dtype="str"),
            "channel": pd.Series([row[4] for row in rows], dtype="str"),
            "said": pd.Series([row[5] for row in rows], dtype="str"),
            "street_id": pd.Series(["01"] * len(rows), dtype="str"),
            "reported_at": pd.DatetimeIndex(
                [start + pd.Timedelta(hours=row[2]) for row in rows], tz="Asia/Shanghai"
            ).as_unit("us"),
        },
        geometry=[Point(116.2 + row[0] / EAST, 39.9 + row[1] / NORTH) for row in rows],
        crs="EPSG:4326",
    )


def linked(frame: gpd.GeoDataFrame, **options: Any) -> dict[str, str]:
    found = link_duplicates(frame, **options)
    return dict(zip(found["incident_id"], found["duplicate_of"], strict=True))


def test_one_incident_through_three_channels_is_linked_and_others_are_not() -> None:
    frame = reports(
        (0, 0, 0, "暴露垃圾", "热线", "小区门口有暴露垃圾"),
        (30, 0, 5, "暴露垃圾", "APP", "小区门口暴露垃圾，无人清理"),
        (0, 40, 20, "暴露垃圾", "微信", "垃圾暴露在小区门口"),
        (0, 0, 1, "占道经营", "热线", "小区门口有暴露垃圾"),
        (120, 0, 1, "暴露垃圾", "热线", "小区门口有暴露垃圾"),
        (0, 0, 100, "暴露垃圾", "热线", "小区门口有暴露垃圾"),
        (1, 0, 2, "暴露垃圾", "APP", "商户占道堆物"),
    )
    found = link_duplicates(frame, text="said")
    assert list(found.columns) == TABLES["duplicate_links"].names
    assert found["incident_id"].tolist() == ["r1", "r2"]
    assert found["duplicate_of"].tolist() == ["r0", "r0"]
    assert found["group_reports"].tolist() == [3, 3]
    assert found["hours_after"].tolist() == [5.0, 20.0]
    np.testing.assert_allclose(found["distance_m"], [30, 40], rtol=2e-3)
    assert found["across_channels"].tolist() == [True, True]
    assert found["first_channel"].tolist() == ["热线", "热线"]
    assert len(frame) == 7


def test_stars_end_where_chains_run_on() -> None:
    # Six reports in a row, 40 m and 10 hours apart, distance 50 m, 72 hours.
    row = reports(*[(40.0 * n, 0.0, 10.0 * n, "a", None, None) for n in range(6)])
    assert linked(row) == {"r1": "r0", "r3": "r2", "r5": "r4"}
    assert linked(row, grouping="chain") == {f"r{n}": "r0" for n in range(1, 6)}
    chain = link_duplicates(row, grouping="chain")
    assert chain["distance_m"].max() > 190
    assert chain["across_channels"].isna().all()


def test_edges_of_distance_and_time_belong() -> None:
    frame = reports((0, 0, 0, "a", None, None), (0, 0, 72, "a", None, None))
    assert linked(frame) == {"r1": "r0"}
    assert linked(frame, within_h=71.999) == {}
    frame = reports((0, 0, 0, "a", None, None), (30, 0, 0, "a", None, None))
    plane = read_reports(frame, same_category=True, times="reported_at")
    meters = hypot(plane.x[0] - plane.x[1], plane.y[0] - plane.y[1])
    assert linked(frame, distance_m=meters) == {"r1": "r0"}
    assert linked(frame, distance_m=meters - 1e-6) == {}


def test_missing_points_times_categories_and_texts_are_linked_to_none() -> None:
    frame = reports(*[(0, 0, n, "a", None, "text") for n in range(5)])
    frame.loc[1, "geometry"] = None
    frame.loc[2, "reported_at"] = pd.NaT
    frame.loc[3, "category"] = None
    frame.loc[4, "said"] = None
    found = link_duplicates(frame, text="said")
    assert len(found) == 0
    assert found.attrs["duplicates"]["left_out"] == 3
    assert found.attrs["duplicates"]["pairs_without_text"] == 1
    assert linked(frame, same_category=False) == {"r3": "r0", "r4": "r0"}


def brute_pairs(frame: gpd.GeoDataFrame, meters: float, hours: float) -> list[tuple[int, int]]:
    """Return pairs of rows in order of time, by looking at every pair."""
    plane = read_reports(frame, same_category=True, times="reported_at")
    pairs = []
    for i in range(len(plane.rows)):
        for j in range(i + 1, len(plane.rows)):
            near = hypot(plane.x[i] - plane.x[j], plane.y[i] - plane.y[j]) <= meters
            soon = plane.instants[j] - plane.instants[i] <= hours * 3_600_000_000
            if near and soon and plane.kinds[i] == plane.kinds[j]:
                pairs.append((int(plane.rows[i]), int(plane.rows[j])))
    return pairs


def brute_stars(pairs: list[tuple[int, int]], order: list[int]) -> dict[str, str]:
    head: dict[int, int] = {}
    place = {row: n for n, row in enumerate(order)}
    for row in order:
        firsts = [i for i, j in pairs if j == row and head[i] == i]
        head[row] = min(firsts, key=place.__getitem__) if firsts else row
    return {f"r{row}": f"r{first}" for row, first in head.items() if row != first}


def brute_chains(pairs: list[tuple[int, int]], order: list[int]) -> dict[str, str]:
    group = {row: {row} for row in order}
    for i, j in pairs:
        together = group[i] | group[j]
        for row in together:
            group[row] = together
    place = {row: n for n, row in enumerate(order)}
    firsts = {row: min(group[row], key=place.__getitem__) for row in order}
    return {f"r{row}": f"r{first}" for row, first in firsts.items() if row != first}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 250), st.integers(0, 100), st.integers(0, 200), st.sampled_from("ab")
        ),
        max_size=25,
    )
)
def test_links_equal_a_look_at_every_pair(rows: list[tuple[int, int, int, str]]) -> None:
    frame = reports(*[(x, y, hour, kind, None, None) for x, y, hour, kind in rows])
    pairs = brute_pairs(frame, 50, 72)
    order = sorted(range(len(rows)), key=lambda row: (rows[row][2], row))
    assert linked(frame) == brute_stars(pairs, order)
    assert linked(frame, grouping="chain") == brute_chains(pairs, order)


def test_a_thousand_reports_on_one_spot_one_after_another_are_decided_in_order() -> None:
    frame = reports(*[(0, 0, 50.0 * n, "a", None, None) for n in range(1000)])
    assert linked(frame) == {f"r{n}": f"r{n - 1}" for n in range(1, 1000, 2)}


def brute_dice(one: str, other: str) -> float:
    def pairs(text: str) -> set[str]:
        plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
        return {plain[n : n + 2] for n in range(len(plain) - 1)} or ({plain} if plain else set())

    a, b = pairs(one), pairs(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else float("nan")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.text(alphabet="ab垃圾暴露 ，ＡＢ_1-é", max_size=8) | st.text(max_size=6),
        min_size=2,
        max_size=6,
    )
)
def test_similarity_equals_plain_python(texts: list[str]) -> None:
    series = pd.Series(texts, dtype=object)
    one, other = np.triu_indices(len(texts), k=1)
    ours = dice_similarity(series, one, other)
    theirs = [brute_dice(texts[i], texts[j]) for i, j in zip(one, other, strict=True)]
    np.testing.assert_allclose(ours, theirs)


def test_similarity_equals_scikit_learn() -> None:
    texts = [
        "暴露垃圾无人清理",
        "无人清理的暴露垃圾",
        "garbage bags",
        "bags of garbage",
        "占道经营",
    ]
    letters = [text.replace(" ", "") for text in texts]
    table = CountVectorizer(analyzer="char", ngram_range=(2, 2), binary=True).fit_transform(letters)
    theirs = 1 - pairwise_distances(table.toarray().astype(bool), metric="dice")
    one, other = np.triu_indices(len(texts), k=1)
    np.testing.assert_allclose(dice_similarity(pd.Series(texts), one, other), theirs[one, other])


def test_no_pairs_have_no_similarity() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert dice_similarity(pd.Series([], dtype="str"), nothing, nothing).tolist() == []


def test_planted_duplicates_are_found_among_scattered_reports() -> None:
    # 2,000 reports scattered over 10 km and a year, and 100 copies within 30 m and 48 hours.
    draw = np.random.default_rng(3)
    rows = [
        (east, north, hour, "ab"[kind], "热线", f"第{n}号楼门前有垃圾")
        for n, (east, north, hour, kind) in enumerate(
            zip(
                draw.uniform(0, 10_000, 2000),
                draw.uniform(0, 10_000, 2000),
                draw.uniform(0, 8760, 2000),
                draw.integers(0, 2, 2000),
                strict=True,
            )
        )
    ]
    copies = [
        (
            rows[n][0] + draw.uniform(-20, 20),
            rows[n][1] + draw.uniform(-20, 20),
            rows[n][2] + draw.uniform(0.1, 48),
            rows[n][3],
            "APP",
            f"{n}号楼门前有垃圾没人管",
        )
        for n in range(0, 2000, 20)
    ]
    frame = reports(*rows, *copies)
    found = linked(frame, text="said")
    planted = {f"r{2000 + n}": f"r{20 * n}" for n in range(100)}
    assert planted.items() <= found.items()
    # 2,000,000 pairs, of which 7.9e-5 are near, 1.6 % within the time and half of one kind: 1.3
    # agree by chance, and the texts differ by a number alone. Six or more are one in 1,000.
    assert len(found) - len(planted) <= 5
    chance = measure_chance_links(frame)
    assert chance["pairs"].tolist()[0] >= 100
    assert chance["chance_share"].max() <= 0.05


def test_the_text_is_in_no_result() -> None:
    frame = reports(*[(0, 0, n, "a", None, "示例市民 000-0000") for n in range(3)])
    found = link_duplicates(frame, text="said")
    assert not any("示例市民" in str(value) for value in found.to_numpy().ravel())
    assert "示例市民" not in str(found.attrs)
    assert "said" not in found.columns


def test_the_table_is_not_changed_and_empty_ones_have_no_links() -> None:
    frame = reports(*[(0, 0, n, "a", None, "x") for n in range(3)])
    before = frame.copy()
    link_duplicates(frame, text="said")
    measure_chance_links(frame)
    pd.testing.assert_frame_equal(frame, before)
    for rows in (0, 1):
        found = link_duplicates(frame.iloc[:rows], text="said")
        assert len(found) == 0
        assert list(found.columns) == TABLES["duplicate_links"].names
        assert measure_chance_links(frame.iloc[:rows])["pairs"].tolist() == [0] * 4


def test_chance_pairs_are_those_a_lag_apart() -> None:
    # A spot with a report every hour of 100 days, at lag 28 days: by hand, pairs whose times
    # differ by 672 give or take 2 hours are 5 lags of 2,400 - lag pairs each.
    frame = reports(*[(0, 0, n, "a", None, None) for n in range(2400)])
    found = measure_chance_links(frame, within_h=2, lags_days=(28,))
    expected = sum(2400 - lag for lag in range(670, 675))
    assert found["pairs"].tolist() == [2399 + 2398, -(-expected // 2)]


def test_wrong_options_and_tables_are_told() -> None:
    frame = reports((0, 0, 0, "a", None, None))
    for name, value in (("distance_m", 0), ("within_h", -1), ("min_similarity", 1.5)):
        options: dict[str, Any] = {name: value}
        with pytest.raises(OptionError, match=f"{name} must be above 0"):
            link_duplicates(frame, **options)
    with pytest.raises(OptionError, match="grouping must be one of"):
        link_duplicates(frame, grouping="heap")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="lags_days must be whole days"):
        measure_chance_links(frame, lags_days=(0,))
    with pytest.raises(ColumnsError, match="text must name a column"):
        link_duplicates(frame, text="nothing")
    with pytest.raises(ColumnsError, match="column category"):
        link_duplicates(frame.drop(columns="category"))
    with pytest.raises(DatumError, match="EPSG:4326"):
        link_duplicates(frame.to_crs(3857))
    lines = frame.set_geometry([LineString([(116, 39), (117, 40)])])
    with pytest.raises(ColumnsError, match="1 other geometries"):
        link_duplicates(lines)
    naive = frame.assign(reported_at=frame["reported_at"].dt.tz_localize(None))
    with pytest.raises(ColumnsError, match="reported_at must hold times with a zone"):
        link_duplicates(naive)


def test_a_table_of_coordinates_is_linked_as_one_of_points_and_makes_none() -> None:
    rng = np.random.default_rng(4)
    rows = [(*rng.uniform(0, 300, 2), float(hour), "a", None, None) for hour in range(80)]
    points = reports(*rows)
    points.loc[[3, 9], "geometry"] = None
    held = points.set_geometry(point_array(points.geometry.x, points.geometry.y))
    expected, found = link_duplicates(points), link_duplicates(held)
    assert len(found) > 10
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs
    assert coordinates_of(held.geometry.array) is not None
