"""The search held against every window looked at one by one, and against exact p-values."""

import math
from math import comb

import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.hotspots import scan_maxima
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_likelihood import Thresholds, log_likelihood_ratio
from gridgov.hotspots.scan_members import scan_members
from gridgov.hotspots.scan_replicates import permuted_counts, poisson_counts, replicate_blocks
from gridgov.hotspots.scan_windows import time_intervals

MIDDLE = 0x8931AA50E27FFFF
GEOD = pyproj.Geod(ellps="WGS84")


def ragged_town(size, seed):
    """Return cells with holes between them, so that circles differ."""
    cells = grid_disk(MIDDLE, 4)
    return np.sort(np.random.default_rng(seed).choice(cells, size, replace=False))


def town_counts(cells, counts, area, months=None):
    """Return a table of counts, shape (cells, months)."""
    columns = counts.shape[1]
    table = pd.DataFrame(
        {
            "cell": np.repeat(cells, columns),
            "incidents": counts.ravel(),
            "area_km2": np.repeat(area, columns),
        }
    )
    if months is not None:
        starts = pd.date_range("2017-01-01", periods=columns, freq=months, tz="Asia/Shanghai")
        table["period"] = np.tile(starts, len(cells))
    return table


def slow_ratio(c, m, total, direction):
    """Kulldorff's ratio for one window, from its formula."""
    if (direction == "high" and c <= m) or (direction == "low" and c >= m):
        return 0.0
    inside = c * math.log(c / m) if c else 0.0
    outside = (total - c) * math.log((total - c) / (total - m)) if c < total else 0.0
    return inside + outside


def slow_windows(cells, weights, share, radius_m):
    """Every circle about every cell as (center, radius, members), by geodesic distances."""
    lon, lat = cell_centers(cells)
    found = []
    for i in range(len(cells)):
        apart = [round(GEOD.inv(lon[i], lat[i], lon[j], lat[j])[2], 3) for j in range(len(cells))]
        for radius in sorted(set(apart)):
            inside = tuple(j for j in range(len(cells)) if apart[j] <= radius)
            small = radius_m is None or radius <= radius_m
            if small and sum(weights[j] for j in inside) <= share * sum(weights) + 1e-9:
                found.append((i, radius, inside))
    return found


def slow_scan(counts, expected, windows, intervals, direction):
    """The best (ratio, center, radius, members, interval) about every center."""
    total = counts.sum()
    best = {}
    for center, radius, inside in windows:
        for first, last in intervals:
            c = sum(int(counts[j, t]) for j in inside for t in range(first, last))
            m = sum(float(expected[j, t]) for j in inside for t in range(first, last))
            ratio = slow_ratio(c, m, total, direction) if 0 < m < total else 0.0
            if ratio > best.get(center, (0.0,))[0] + 1e-9:
                best[center] = (ratio, radius, inside, (first, last), c, m)
    return best


CASES = [
    ("poisson", "none", "high", 0.5, None),
    ("poisson", "none", "low", 0.5, None),
    ("poisson", "none", "both", 0.3, 0.9),
    ("poisson", "prospective", "high", 0.5, None),
    ("poisson", "retrospective", "both", 0.4, None),
    ("space_time_permutation", "prospective", "high", 0.5, None),
    ("space_time_permutation", "retrospective", "low", 0.5, 1.2),
]


@pytest.mark.parametrize(("model", "time", "direction", "share", "radius_km"), CASES)
def test_every_window_looked_at_one_by_one_gives_the_same_clusters(
    model, time, direction, share, radius_km
):
    rng = np.random.default_rng(8)
    cells = ragged_town(16, seed=3)
    area = rng.uniform(0.02, 0.1, len(cells))
    columns = 1 if time == "none" else 4
    counts = rng.poisson(40 * area[:, None] * np.ones((1, columns)))
    counts[:3, -2:] += 4
    table = town_counts(cells, counts, area, None if time == "none" else "MS")
    options = {
        "model": model,
        "time": time,
        "direction": direction,
        "space_share": share,
        "radius_km": radius_km,
    }
    found = find_scan_clusters(table, **options, replicates=19, seed=5)

    total = int(counts.sum())
    days = [1.0] if time == "none" else [31.0, 28.0, 31.0, 30.0]
    if model == "poisson":
        expected = np.outer(area, days)
        expected *= total / expected.sum()
        draw = poisson_counts(expected, total)
    else:
        expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
        draw = permuted_counts(counts)
    radius_m = None if radius_km is None else 1000 * radius_km
    windows = slow_windows(cells, expected.sum(axis=1), share, radius_m)
    if time == "none":
        intervals = [(0, 1)]
    else:
        intervals = [
            (a, b)
            for a in range(4)
            for b in range(a + 1, 5)
            if b - a <= 2 and (time == "retrospective" or b == 4)
        ]
    maxima = [
        max(
            (one[0] for one in slow_scan(drawn, expected, windows, intervals, direction).values()),
            default=0.0,
        )
        for drawn in draw(np.random.default_rng(5), 19)
    ]
    best = slow_scan(counts, expected, windows, intervals, direction)
    order = sorted(best, key=lambda i: (-round(best[i][0], 9), best[i][1], cells[i]))
    taken, rows = set(), []
    for center in order:
        if not taken & set(best[center][2]) and len(rows) < 10:
            rows.append(center)
            taken |= set(best[center][2])

    assert len(found) == len(rows) > 1
    members = scan_members(found, table)
    starts = pd.date_range("2017-01-01", periods=5, freq="MS", tz="Asia/Shanghai")
    for row, center in zip(found.to_dict("records"), rows, strict=True):
        ratio, radius, inside, (first, last), c, m = best[center]
        assert row["cell"] == cells[center]
        assert row["incidents"] == c
        assert row["expected"] == pytest.approx(m, rel=1e-12)
        assert row["log_likelihood_ratio"] == pytest.approx(ratio, rel=1e-9)
        assert row["radius_m"] == pytest.approx(radius, abs=0.002)
        assert row["members"] == len(inside)
        assert row["side"] == ("high" if c > m else "low")
        reached = sum(maximum >= ratio - 1e-9 for maximum in maxima)
        assert row["p_value"] == pytest.approx((1 + reached) / 20)
        if time != "none":
            assert (row["start"], row["end"]) == (starts[first], starts[last])
        mine = members[members["cluster"] == row["cluster"]]
        assert set(mine["cell"]) == {cells[j] for j in inside}
        assert mine["incidents"].sum() == c


@pytest.mark.parametrize("direction", ["high", "low", "both"])
def test_maxima_do_not_depend_on_how_replicates_are_cut(direction, monkeypatch):
    rng = np.random.default_rng(2)
    cells = ragged_town(25, seed=1)
    table = town_counts(cells, rng.poisson(3, (25, 6)), np.full(25, 0.1), "W-SUN")
    options = {"time": "retrospective", "direction": direction, "replicates": 150}
    whole = find_scan_clusters(table, **options)
    monkeypatch.setattr(scan_maxima, "_TILE_BYTES", 1)
    monkeypatch.setattr(scan_maxima, "_MEMORY_BYTES", 20_000)
    pd.testing.assert_frame_equal(whole, find_scan_clusters(table, **options))


def test_large_totals_take_wider_numbers():
    cells = ragged_town(20, seed=4)
    counts = np.full((20, 1), 3_000)
    counts[7] = 3_400
    found = find_scan_clusters(town_counts(cells, counts, np.full(20, 0.1)), replicates=99)
    assert found.loc[0, ["cell", "incidents"]].tolist() == [cells[7], 3_400]
    assert found.loc[0, "p_value"] == 0.01


# ---- p-values known exactly


def two_towns(counts, months=None):
    cells = np.array([MIDDLE, 0x8931AA50E23FFFF], np.uint64)
    return town_counts(cells, np.asarray(counts), np.array([0.1, 0.1]), months)


def test_poisson_p_of_two_equal_cells_is_that_of_tossing_coins():
    # At least 8 of 10 incidents in either cell: 2 (C(10,8) + C(10,9) + C(10,10)) / 2^10.
    exact = 2 * (45 + 10 + 1) / 1024
    found = find_scan_clusters(two_towns([[8], [2]]), replicates=9_999, seed=1)
    assert len(found) == 1
    assert found.loc[0, "log_likelihood_ratio"] == pytest.approx(
        8 * math.log(8 / 5) + 2 * math.log(2 / 5)
    )
    assert found.loc[0, "relative_risk"] == pytest.approx(4)
    assert abs(found.loc[0, "p_value"] - exact) < 4 * math.sqrt(exact * (1 - exact) / 9_999)


def test_permutation_p_of_a_two_by_two_table_is_hypergeometric():
    # Rows and columns of 6; the last month of a cell has 5 or more with probability
    # 2 (C(6,5) C(6,1) + C(6,6) C(6,0)) / C(12,6).
    exact = 2 * (36 + 1) / comb(12, 6)
    found = find_scan_clusters(
        two_towns([[1, 5], [5, 1]], "MS"),
        model="space_time_permutation",
        time="prospective",
        replicates=9_999,
    )
    assert found.loc[0, "expected"] == 3
    assert found.loc[0, "incidents"] == 5
    assert abs(found.loc[0, "p_value"] - exact) < 4 * math.sqrt(exact * (1 - exact) / 9_999)


def test_permuted_replicates_keep_the_totals_of_places_and_periods():
    counts = np.random.default_rng(0).poisson(2, (9, 5))
    for drawn in permuted_counts(counts)(np.random.default_rng(1), 20):
        assert drawn.sum(axis=0).tolist() == counts.sum(axis=0).tolist()
        assert drawn.sum(axis=1).tolist() == counts.sum(axis=1).tolist()


def test_poisson_replicates_keep_the_total_and_have_the_expected_mean():
    expected = np.array([[1.0, 3.0], [6.0, 10.0]])
    drawn = np.concatenate(
        list(replicate_blocks(poisson_counts(expected, 20), replicates=4_000, seed=0, numbers=4))
    )
    assert set(drawn.sum(axis=(1, 2)).tolist()) == {20}
    error = np.sqrt(expected * (1 - expected / 20) / 4_000)
    assert (np.abs(drawn.mean(axis=0) - expected) < 4 * error).all()


def test_replicates_are_the_same_however_they_are_cut(monkeypatch):
    draw = poisson_counts(np.ones((7, 2)), 30)
    whole = np.concatenate(list(replicate_blocks(draw, replicates=25, seed=3, numbers=14)))
    cut = np.concatenate(list(replicate_blocks(draw, replicates=25, seed=3, numbers=1 << 21)))
    np.testing.assert_array_equal(whole, cut)


# ---- likelihood ratio and thresholds


def test_a_window_with_everything_or_nothing_expected_has_no_ratio():
    ratio = log_likelihood_ratio([0, 5], [0.0, 5.0], total=5, direction="both")
    assert ratio.tolist() == [0.0, 0.0]
    assert log_likelihood_ratio(5, 1.0, total=5, direction="high") == pytest.approx(5 * math.log(5))
    assert log_likelihood_ratio(0, 1.0, total=5, direction="low") == pytest.approx(
        5 * math.log(5 / 4)
    )


@given(
    total=st.integers(1, 3_000),
    share=st.floats(0, 1),
    level=st.floats(0, 30),
    count=st.integers(0, 3_000),
)
@settings(max_examples=120, deadline=None)
def test_no_window_that_reaches_a_level_is_passed_over(total, share, level, count):
    expected, count = share * total, min(count, total)
    thresholds = Thresholds(total)
    place = thresholds.place(np.array([expected]))
    ratio = float(log_likelihood_ratio(count, expected, total=total, direction="both"))
    if ratio >= level and count > expected:
        assert count >= thresholds.least(level)[place][0]
    if ratio >= level and count < expected:
        assert count <= thresholds.most(level)[place][0]


def test_thresholds_pass_over_most_of_what_falls_short():
    thresholds = Thresholds(20_000)
    expected = np.array([3.0, 40.0, 900.0, 8_000.0])
    place = thresholds.place(expected)
    exact = [
        next(c for c in range(math.floor(m) + 1, 20_001) if slow_ratio(c, m, 20_000, "high") >= 6)
        for m in expected
    ]
    least = thresholds.least(6.0)[place]
    assert (least <= exact).all()
    # Within a fifth of a standard deviation of the exact ones.
    assert (np.array(exact) - least <= 0.2 * np.sqrt(expected) + 1).all()


def test_intervals_are_all_up_to_the_longest():
    assert time_intervals(3, time="none", time_share=0.5).tolist() == [[0, 3]]
    assert time_intervals(6, time="prospective", time_share=0.5).tolist() == [
        [5, 6],
        [4, 6],
        [3, 6],
    ]
    found = {tuple(pair) for pair in time_intervals(6, time="retrospective", time_share=0.5)}
    assert found == {(a, b) for a in range(6) for b in range(a + 1, 7) if b - a <= 3}
