"""Close pairs: a published table, plain loops, and every permutation of a small case."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.errors import OptionError
from gridgov.hotspots import knox as knox_module
from gridgov.hotspots.knox import knox

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
BURGLARIES = DATA / "published" / "chicago_burglary_2016_01.csv"


def plain_knox(x, y, when, distance_edges, time_edges, metric):
    """Count pairs one by one."""
    table = np.zeros((len(distance_edges) - 1, len(time_edges) - 1), dtype=int)
    for i in range(len(x)):
        for j in range(i):
            dx, dy, apart = abs(x[i] - x[j]), abs(y[i] - y[j]), abs(when[i] - when[j])
            away = np.hypot(dx, dy) if metric == "euclidean" else dx + dy
            for row in range(len(distance_edges) - 1):
                for column in range(len(time_edges) - 1):
                    table[row, column] += (
                        distance_edges[row] <= away < distance_edges[row + 1]
                        and time_edges[column] <= apart < time_edges[column + 1]
                    )
    return table


def test_the_chicago_burglaries_have_the_published_table():
    if not BURGLARIES.exists():
        pytest.skip(f"{BURGLARIES.name} is absent")
    burglaries = pd.read_csv(BURGLARIES)
    day = (pd.to_datetime(burglaries["date"]) - pd.Timestamp("2016-01-01")).dt.days
    counts = knox(
        burglaries["x"],
        burglaries["y"],
        day,
        distance_edges=[0, 0.1, 200, 400, 600],
        time_edges=[0, 7, 14, 21],
        metric="manhattan",
        permutations=999,
        seed=1,
    )
    # Published with the NearRepeat package for R, 970 burglaries of January 2016.
    published = [[28, 5, 5], [141, 69, 27], [186, 140, 100], [237, 192, 128]]
    assert counts.observed.tolist() == published
    # Its ratios divide by the mean of 999 permutations; ours by the mean of all of them.
    # A count of pairs has a standard deviation near its root, so a mean of 999 has a
    # relative error near 1 / sqrt(999 * expected): four of these are allowed.
    ratios = np.array([[1.8028, 0.4044, 0.6128], [1.4121, 0.8622, 0.5171]])
    ours = (counts.observed / counts.expected)[:2]
    assert (np.abs(ours / ratios - 1) < 4 / np.sqrt(999 * counts.expected[:2])).all()
    # What is beyond the reach of chance there: repeats at the place and to 200 m, in a week.
    assert counts.p_value[:2, 0].tolist() == [0.001, 0.001]
    assert counts.p_value[2:].min() > 0.05


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_pairs_are_those_of_a_plain_loop(metric):
    rng = np.random.default_rng(3)
    # Whole coordinates put many pairs exactly on an edge of a band.
    x, y, when = rng.integers(0, 9, 60), rng.integers(0, 9, 60), rng.integers(0, 12, 60)
    bands, days = [0, 1, 2, 5], [0, 1, 3, 7]
    counts = knox(x, y, when, distance_edges=bands, time_edges=days, metric=metric, permutations=1)
    assert counts.observed.tolist() == plain_knox(x, y, when, bands, days, metric).tolist()


def test_the_expected_pairs_are_the_mean_over_all_permutations():
    x, y, when = [0, 1, 1, 7, 8], [0, 0, 2, 2, 2], [0, 3, 4, 4, 20]
    edges = {"distance_edges": [0, 2, 3, 9], "time_edges": [0, 1, 4, 50]}
    every = [plain_knox(x, y, dealt, *edges.values(), "euclidean") for dealt in permutations(when)]
    counts = knox(x, y, when, **edges, permutations=5000)
    np.testing.assert_allclose(counts.expected, np.mean(every, axis=0), rtol=1e-12)
    # 120 arrangements are drawn from 5,000 times: four standard errors.
    tail = np.mean(np.array(every) >= counts.observed, axis=0)
    assert (np.abs(counts.p_value - tail) < 4 * np.sqrt(tail * (1 - tail) / 5000) + 1e-3).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(-30, 30)),
        min_size=2,
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_order_shift_and_mirror_change_nothing(rows, shuffler):
    def observed(points):
        x, y, when = (np.array(axis) for axis in zip(*points, strict=True))
        found = knox(x, y, when, distance_edges=[0, 1, 20], time_edges=[0, 5, 9], permutations=1)
        return found.observed.tolist(), found.expected.tolist()

    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert observed(shuffled) == observed(rows)
    assert observed([(y + 1000, x - 300, 77 - t) for x, y, t in rows]) == observed(rows)


def test_bands_that_hold_every_time_hold_every_near_pair():
    rng = np.random.default_rng(5)
    x, y, when = rng.uniform(0, 10, 50), rng.uniform(0, 10, 50), rng.integers(0, 400, 50)
    counts = knox(x, y, when, distance_edges=[0, 100], time_edges=[0, 30, np.inf], permutations=19)
    assert counts.observed.sum() == 50 * 49 // 2
    np.testing.assert_allclose(counts.expected.sum(), 50 * 49 / 2)
    # All places are near, so every permutation has the same table.
    assert counts.p_value.tolist() == [[1.0, 1.0]]


def test_blocks_add_up(monkeypatch):
    rng = np.random.default_rng(9)
    x, y, when = rng.uniform(0, 10, 80), rng.uniform(0, 10, 80), rng.integers(0, 40, 80)
    whole = knox(x, y, when, distance_edges=[0, 2, 5], time_edges=[0, 4, 9], permutations=9)
    monkeypatch.setattr(knox_module, "_BLOCK", 7)
    parts = knox(x, y, when, distance_edges=[0, 2, 5], time_edges=[0, 4, 9], permutations=9)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)


def test_microseconds_and_days_give_the_same_table():
    rng = np.random.default_rng(11)
    x, y, when = rng.uniform(0, 10, 40), rng.uniform(0, 10, 40), rng.integers(0, 400, 40)
    day = 86_400_000_000
    small = knox(x, y, when, distance_edges=[0, 3], time_edges=[0, 7, 14], permutations=19)
    large = knox(
        x,
        y,
        when * day,
        distance_edges=[0, 3],
        time_edges=np.array([0, 7, 14]) * day,
        permutations=19,
    )
    for one, other in zip(small, large, strict=True):
        np.testing.assert_array_equal(one, other)


def test_times_without_any_link_to_places_reject_at_the_nominal_rate():
    # 200 runs at p <= 0.05: between 2 and 20 rejections leave out 1 in 1,000 on either side.
    rng = np.random.default_rng(2)
    rejected = 0
    for run in range(200):
        x, y = rng.normal(0, 1, (2, 60))
        when = (100 * rng.beta(0.5, 1, 60)).astype(int)
        counts = knox(
            x, y, when, distance_edges=[0, 0.5], time_edges=[0, 7], permutations=99, seed=run
        )
        rejected += counts.p_value[0, 0] <= 0.05
    assert 2 <= rejected <= 20


def test_planted_repeats_are_found():
    rng = np.random.default_rng(4)
    x, y, when = rng.uniform(0, 1000, 150), rng.uniform(0, 1000, 150), rng.integers(0, 365, 150)
    again = slice(0, 30)
    counts = knox(
        np.append(x, x[again] + 5),
        np.append(y, y[again]),
        np.append(when, when[again] + 2),
        distance_edges=[0, 20],
        time_edges=[0, 7],
    )
    assert counts.observed[0, 0] >= 30
    assert counts.p_value[0, 0] == 0.001


def test_progress_is_told_and_the_seed_decides():
    told = []
    rng = np.random.default_rng(6)
    x, y, when = rng.uniform(0, 9, 30), rng.uniform(0, 9, 30), rng.integers(0, 60, 30)
    edges = {"distance_edges": [0, 2], "time_edges": [0, 7], "permutations": 25}
    first = knox(x, y, when, **edges, seed=3, progress=lambda *step: told.append(step))
    assert told == [(done, 25) for done in range(1, 26)]
    assert first.p_value == knox(x, y, when, **edges, seed=3).p_value
    seeds = {float(knox(x, y, when, **edges, seed=seed).p_value[0, 0]) for seed in range(20)}
    assert len(seeds) > 1


def test_too_many_pairs_are_refused_before_they_are_listed(monkeypatch):
    monkeypatch.setattr(knox_module, "_MOST_PAIRS", 5)
    with pytest.raises(OptionError, match=r"up to 5\. Found: 6 pairs of 4 incidents within 9 m"):
        knox([0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 2, 3], distance_edges=[0, 9], time_edges=[0, 1])


@pytest.mark.parametrize(("option", "value"), [("permutations", 0), ("seed", -1), ("seed", 1.5)])
def test_options_that_are_no_whole_numbers_are_refused(option, value):
    with pytest.raises(OptionError, match=f"{option} must be a whole number"):
        knox([0, 1], [0, 1], [0, 1], distance_edges=[0, 9], time_edges=[0, 1], **{option: value})
