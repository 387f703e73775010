"""The conditional null: exact against enumeration, permutations against exact and esda."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots import permutation_null
from gridgov.hotspots.permutation_null import (
    conditional_p,
    conditional_tails,
    permutation_p,
    permutation_tails,
)
from gridgov.hotspots.randomization_null import exact_tails

few_counts = st.lists(st.sampled_from([0, 0, 0, 1, 1, 2, 5, 17]), min_size=3, max_size=9).filter(
    lambda counts: len(set(counts)) > 1
)


def questions(counts, seed):
    """Return a size and a possible sum for every cell, and both tails by enumeration."""
    generator = np.random.default_rng(seed)
    rows = []
    for cell in range(len(counts)):
        others = np.delete(counts, cell)
        size = int(generator.integers(0, len(others) + 1))
        if size == 0:
            rows.append((0, 0, 1.0, 1.0))
            continue
        sums = np.array([sum(drawn) for drawn in combinations(others, size)])
        seen = int(generator.choice(sums))
        rows.append((size, seen, (sums <= seen).mean(), (sums >= seen).mean()))
    rows[0] = (1, int(counts[-1]), *tails_of_one(np.delete(counts, 0), counts[-1]))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def tails_of_one(others, seen):
    return (others <= seen).mean(), (others >= seen).mean()


def neighbors(cells, counts, rings=1):
    matrix = disk_matrix(cells, rings=rings).astype(np.int64)
    return np.diff(matrix.indptr).astype(np.int64) - 1, matrix @ counts - counts


@settings(deadline=None)
@given(few_counts, st.integers(0, 1_000))
def test_tails_equal_the_enumeration_of_the_other_cells(counts, seed):
    counts = np.array(counts)
    sizes, sums, lower, upper = questions(counts, seed)
    found_lower, found_upper = conditional_tails(counts, sizes, sums)
    np.testing.assert_allclose(found_lower, lower, rtol=1e-12)
    np.testing.assert_allclose(found_upper, upper, rtol=1e-12)


def test_every_own_value_has_its_own_urn():
    # Against the plain way: take the cell out and multiply afresh.
    cells = grid_disk(0x8931AA50E27FFFF, 6)
    counts = np.random.default_rng(2).negative_binomial(0.3, 0.02, size=cells.size)
    counts[:7] = 900 + np.arange(7)
    sizes, sums = neighbors(cells, counts, rings=2)
    lower, upper = conditional_tails(counts, sizes, sums)
    for cell in range(0, cells.size, 9):
        plain = exact_tails(np.delete(counts, cell), sizes[[cell]], sums[[cell]])
        np.testing.assert_allclose([lower[cell], upper[cell]], np.ravel(plain), rtol=1e-11)
    # Tails far out keep their digits; dividing the own value out of the product would not.
    assert upper.min() < 1e-6


def test_a_giant_among_zeros_leaves_nothing_but_zeros():
    counts = np.zeros(50, dtype=np.int64)
    counts[3], counts[7] = 1_000, 2
    sizes, sums = np.full(50, 6), np.zeros(50, dtype=np.int64)
    sums[3] = 2
    lower, upper = conditional_tails(counts, sizes, sums)
    # Six of the 49 others hold the 2 with probability 6 / 49.
    assert (lower[3], upper[3]) == (1.0, pytest.approx(6 / 49, rel=1e-12))


def test_permutations_agree_with_the_exact_conditional_null():
    cells = grid_disk(0x8931AA50E27FFFF, 5)
    counts = np.random.default_rng(5).negative_binomial(0.3, 0.1, size=cells.size)
    sizes, sums = neighbors(cells, counts, rings=2)
    exact = np.concatenate(conditional_tails(counts, sizes, sums))
    drawn = np.concatenate(permutation_tails(counts, sizes, sums, permutations=50_000, seed=1))
    error = np.sqrt(np.maximum(exact * (1 - exact), 1 / 50_000) / 50_000)
    off = (drawn - exact) / error
    assert np.abs(off).max() < 4.5
    # Neighborhoods of a few sizes share their draws, so all errors lean together.
    assert np.sqrt(np.mean(off**2)) < 2


def test_permutations_follow_a_plain_loop_that_deals_the_others():
    cells = grid_disk(0x8931AA50E27FFFF, 4)
    counts = np.random.default_rng(3).poisson(3, size=cells.size)
    sizes, sums = neighbors(cells, counts)
    p = permutation_p(counts, sizes, sums, permutations=4_999, seed=5).p_value
    generator = np.random.default_rng(9)
    for cell in range(0, cells.size, 6):
        others = np.tile(np.delete(counts, cell), (4_999, 1))
        dealt = generator.permuted(others, axis=1)[:, : sizes[cell]].sum(axis=1)
        tail = min((dealt <= sums[cell]).sum(), (dealt >= sums[cell]).sum())
        plain = min(1.0, 2 * (tail + 1) / 5_000)
        assert abs(plain - p[cell]) < 4 * np.sqrt(2 * plain * 2 / 5_000)


@pytest.mark.filterwarnings("ignore")
def test_permutations_are_those_of_esda(monkeypatch):
    esda = pytest.importorskip("esda", reason="esda is absent")
    from esda import crand, getisord

    # esda's own functions as Python: compiling them takes longer than all other tests.
    plain = crand._prepare_univariate.py_func
    monkeypatch.setitem(plain.__globals__, "boolean", np.bool_)
    monkeypatch.setattr(getisord, "_prepare_univariate", plain)
    cells = grid_disk(0x8931AA50E27FFFF, 4)
    counts = np.random.default_rng(1).negative_binomial(0.5, 0.2, size=cells.size)
    sizes, sums = neighbors(cells, counts)
    permuted = crand.vec_permutations.py_func(6, cells.size, 4_999, 7)
    lower, upper = np.empty(cells.size), np.empty(cells.size)
    for cell in range(cells.size):
        weights = np.ones(sizes[cell] + 1)
        dealt = getisord._g_local_star_crand.py_func(
            cell, counts.astype(float), permuted, weights, float(counts.sum())
        )
        seen = (sums[cell] + counts[cell]) / counts.sum()
        lower[cell] = (dealt <= seen + 1e-12).mean()
        upper[cell] = (dealt >= seen - 1e-12).mean()
    assert esda.G_Local is getisord.G_Local
    for theirs, exact in zip((lower, upper), conditional_tails(counts, sizes, sums), strict=True):
        error = np.sqrt(np.maximum(exact * (1 - exact), 1 / 4_999) / 4_999)
        off = (theirs - exact) / error
        assert np.abs(off).max() < 4.5
        assert np.sqrt(np.mean(off**2)) < 2


def test_p_is_never_zero_and_never_above_one():
    counts = np.arange(40) ** 2
    sizes = np.full(40, 6)
    sums = np.full(40, counts[-6:].sum())
    answer = permutation_p(counts, sizes, sums, permutations=99)
    assert answer.floor == 0.02
    assert ((answer.p_value >= 0.02) & (answer.p_value <= 1)).all()
    assert answer.p_value.min() == 0.02
    middle = permutation_p(counts, sizes, np.full(40, int(6 * counts.mean())), permutations=99)
    assert (middle.p_value <= 1).all()


def test_values_within_the_slack_are_equal():
    counts = np.array([0, 10, 10, 10, 10, 10])
    sizes, sums = np.array([3, 0, 0, 0, 0, 0]), np.array([29, 0, 0, 0, 0, 0])
    exact = permutation_p(counts, sizes, sums)
    assert exact.p_value[0] == 0.002
    assert permutation_p(counts, sizes, sums, slack=1).p_value[0] == 1.0


def test_a_cost_beyond_the_budget_is_met_by_draws(monkeypatch):
    monkeypatch.setattr(permutation_null, "DRAWS", 999)
    counts = np.arange(400) ** 3
    sizes, sums = np.full(400, 6), np.full(400, counts[-6:].sum())
    answer = conditional_p(counts, sizes, sums, seed=4)
    assert (answer.method, answer.floor) == ("sampled", 0.002)
    again = conditional_p(counts, sizes, sums, seed=4)
    np.testing.assert_array_equal(answer.p_value, again.p_value)
    assert conditional_p(counts % 7, sizes, sums % 30).method == "exact"


def test_no_neighbor_anywhere_is_refused():
    with pytest.raises(ValueError, match="no cell has a neighbor"):
        permutation_tails(np.arange(3), np.zeros(3, int), np.zeros(3, int))
