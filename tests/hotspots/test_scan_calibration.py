"""Without clusters the scan finds one as often as its p-value says; planted ones it finds."""

import numpy as np
import pandas as pd
import pytest

from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_clusters import best_windows, monte_carlo_p
from gridgov.hotspots.scan_maxima import replicate_maxima
from gridgov.hotspots.scan_members import scan_members
from gridgov.hotspots.scan_replicates import permuted_counts, poisson_counts
from gridgov.hotspots.scan_windows import Circles, earth_points, time_intervals

MIDDLE = 0x8931AA50E27FFFF


def p_of(counts, expected, points, intervals, draw, seed, replicates=39):
    circles = Circles(points, expected.sum(axis=1), space_share=0.5, radius_m=None)
    best = best_windows(counts, expected, circles, intervals, direction="high")
    maxima = replicate_maxima(
        [draw(np.random.default_rng(seed), replicates)],
        circles,
        expected,
        intervals,
        replicates=replicates,
        total=int(counts.sum()),
        direction="high",
        tell=lambda share: None,
    )
    return float(monte_carlo_p(np.array([best.ratio.max()]), maxima)[0])


def town(rings=2):
    points = earth_points(*cell_centers(grid_disk(MIDDLE, rings)))
    return points, np.random.default_rng(1).uniform(0.2, 1, len(points))


def test_poisson_towns_without_clusters_are_rejected_at_the_nominal_rate():
    points, area = town()
    expected = 80 * area[:, None] / area.sum()
    draw = poisson_counts(expected, 80)
    rng = np.random.default_rng(10)
    intervals = time_intervals(1, time="none", time_share=0.5)
    p = np.array(
        [p_of(draw(rng, 1)[0], expected, points, intervals, draw, seed) for seed in range(150)]
    )
    # With 39 replicates p <= 0.05 and p <= 0.5 have exactly these probabilities if counts do
    # not tie; four standard errors either way.
    for level in (0.05, 0.25, 0.5):
        error = np.sqrt(level * (1 - level) / len(p))
        assert abs((p <= level + 1e-9).mean() - level) < 4 * error


def test_shuffled_times_are_rejected_at_the_nominal_rate():
    # Places and months differ greatly in their totals, and that is no cluster.
    points, area = town()
    months = np.array([1.0, 3.0, 1.0, 5.0])
    intervals = time_intervals(4, time="prospective", time_share=0.5)
    rng = np.random.default_rng(11)
    p = []
    for seed in range(80):
        counts = rng.poisson(np.outer(area, months) * 1.5)
        expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
        p.append(p_of(counts, expected, points, intervals, permuted_counts(counts), seed))
    for level in (0.05, 0.5):
        error = np.sqrt(level * (1 - level) / len(p))
        assert abs((np.array(p) <= level + 1e-9).mean() - level) < 4 * error


@pytest.mark.parametrize("model", ["poisson", "space_time_permutation"])
def test_a_planted_outbreak_is_found_where_and_when_it_is(model):
    cells = grid_disk(MIDDLE, 5)
    rng = np.random.default_rng(2)
    counts = rng.poisson(3, (len(cells), 8))
    sick = np.isin(cells, grid_disk(MIDDLE, 1))
    counts[sick, 6:] += 8
    table = pd.DataFrame(
        {
            "cell": np.repeat(cells, 8),
            "period": np.tile(
                pd.date_range("2017-01-02", periods=8, freq="W-MON", tz="Asia/Shanghai"),
                len(cells),
            ),
            "incidents": counts.ravel(),
            "area_km2": 0.1,
        }
    )
    found = find_scan_clusters(table, model=model, time="retrospective", replicates=99)
    first = found.iloc[0]
    assert first["p_value"] == 0.01
    assert first["start"] == pd.Timestamp("2017-02-13", tz="Asia/Shanghai")
    assert first["end"] == pd.Timestamp("2017-02-27", tz="Asia/Shanghai")
    members = scan_members(found, table)
    mine = set(members.loc[members["cluster"] == 1, "cell"])
    assert mine == set(cells[sick])
