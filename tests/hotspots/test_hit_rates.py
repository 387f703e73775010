"""Hit rates and the indices made of them: published tables, plain loops, laws."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.hotspots.hit_rates import hit_rates


def rates(score, counts, shares, areas=None, expected=False):
    counts = np.asarray(counts, dtype=np.int64)
    areas = np.ones(len(counts)) if areas is None else np.asarray(areas, dtype=float)
    return hit_rates(
        np.asarray(score, dtype=float),
        counts,
        areas,
        np.asarray(shares, dtype=float),
        expected=expected,
    )


def test_three_areas_have_the_published_indices():
    # The test of the ptools package for R (pai): observed 6, 3, 0 and predicted 3, 2, 1.
    found = rates([3, 2, 1], [6, 3, 0], [1 / 3, 2 / 3, 1], expected=True)
    np.testing.assert_allclose(found.pai, [2, 1.5, 1])
    np.testing.assert_allclose(found.pei, [1, 1, 1])
    np.testing.assert_allclose(found.rri, [3 / 6, 5 / 9, 6 / 9])


def test_ties_are_broken_against_the_map():
    # The example of ptools: of two areas with prediction 4 the one with 3 comes before 7.
    found = rates([8, 4, 4, 2, 1, 0], [6, 7, 3, 2, 1, 0], np.arange(1, 7) / 6, expected=True)
    assert found.hits.tolist() == [6, 9, 16, 18, 19, 19]
    # By hand: (hits / 19) / (k / 6), and the best order 7, 6, 3, 2, 1, 0.
    np.testing.assert_allclose(found.pai, found.hits / 19 / (np.arange(1, 7) / 6))
    np.testing.assert_allclose(found.pei, found.hits / [7, 13, 16, 18, 19, 19])
    np.testing.assert_allclose(found.rri, np.array([8, 12, 16, 18, 19, 19]) / found.hits)


def test_whole_cells_are_taken_as_long_as_they_fit():
    # Areas 2, 3, 5: a fifth is the first cell, half is two cells, 0.7 is still two.
    found = rates([3, 2, 1], [1, 1, 2], [0.2, 0.5, 0.7, 1.0], areas=[2, 3, 5])
    assert found.chosen_cells.tolist() == [1, 2, 2, 3]
    np.testing.assert_allclose(found.used_share, [0.2, 0.5, 0.5, 1.0])
    np.testing.assert_allclose(found.pai, [0.25 / 0.2, 1.0, 1.0, 1.0])


def test_one_cell_is_chosen_even_where_it_is_too_large():
    found = rates([1, 0], [1, 3], [0.01], areas=[4, 6])
    assert (found.chosen_cells[0], found.used_share[0]) == (1, 0.4)
    assert found.pai[0] == pytest.approx(0.25 / 0.4)


def test_a_tenth_of_thirty_equal_cells_is_three_whatever_the_rounding():
    for area in (0.1, 0.0107732, 1 / 3):
        found = rates(np.arange(30), np.ones(30), [0.1, 0.2, 0.3], areas=np.full(30, area))
        assert found.chosen_cells.tolist() == [3, 6, 9]


def test_an_expected_number_is_ranked_by_area_and_a_plain_score_is_not():
    # The small cell expects fewer incidents, but more of them to the square kilometer.
    whole = rates([2, 3], [5, 1], [0.3], areas=[1, 3], expected=False)
    dense = rates([2, 3], [5, 1], [0.3], areas=[1, 3], expected=True)
    assert (whole.hits[0], dense.hits[0]) == (1, 5)
    assert np.isnan(whole.rri[0])
    assert dense.rri[0] == pytest.approx(2 / 5)


def test_cells_without_a_score_come_last():
    found = rates([np.nan, -5, 2], [9, 1, 1], [1 / 3, 2 / 3, 1])
    assert found.hits.tolist() == [1, 2, 11]


def test_no_incidents_and_no_hits_have_no_rate():
    nothing = rates([2, 1], [0, 0], [0.5], expected=True)
    assert nothing.hits.tolist() == [0]
    for name in ("hit_rate", "pai", "pei", "rri"):
        assert np.isnan(getattr(nothing, name)[0]), name
    missed = rates([2, 1], [0, 3], [0.5], expected=True)
    assert (missed.hit_rate[0], missed.pai[0], missed.pei[0]) == (0, 0, 0)
    # Not infinite: two were expected where none came.
    assert np.isnan(missed.rri[0])


CELLS = st.lists(
    st.tuples(st.integers(-3, 3), st.integers(0, 6), st.integers(1, 9)), min_size=1, max_size=9
)


@settings(max_examples=60, deadline=None)
@given(CELLS, st.floats(0.05, 1))
def test_no_map_beats_the_best_and_the_whole_area_holds_all(cells, share):
    score, counts, areas = (np.array(column) for column in zip(*cells, strict=True))
    found = rates(score, counts, [share, 1.0], areas=areas)
    assert found.hits[1] == counts.sum()
    if counts.sum():
        assert (found.pei <= 1 + 1e-12).all()
        np.testing.assert_allclose([found.pai[1], found.pei[1]], 1)
        # Of all sets of cells that are no larger, none holds more than PEI's best.
        best = found.hits[0] / found.pei[0] if found.hits[0] else np.inf
        used = found.used_share[0] * areas.sum()
        for size in range(len(cells) + 1):
            for chosen in combinations(range(len(cells)), size):
                if areas[list(chosen)].sum() <= used + 1e-9:
                    assert counts[list(chosen)].sum() <= best + 1e-9


@settings(max_examples=40, deadline=None)
@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_the_cells_changes_nothing_where_cells_are_alike(cells, shuffler):
    shuffled = list(cells)
    shuffler.shuffle(shuffled)
    one, other = (
        rates(*(np.array(column) for column in list(zip(*rows, strict=True))[:2]), [0.3, 0.6])
        for rows in (cells, shuffled)
    )
    assert one.hits.tolist() == other.hits.tolist()


@settings(max_examples=40, deadline=None)
@given(CELLS)
def test_a_perfect_map_has_efficiency_one_and_a_reversed_one_the_lowest(cells):
    _, counts, _ = (np.array(column) for column in zip(*cells, strict=True))
    shares = np.arange(1, len(cells) + 1) / len(cells)
    best, worst = rates(counts, counts, shares), rates(-counts, counts, shares)
    tied = rates(np.zeros(len(cells)), counts, shares)
    if counts.sum():
        np.testing.assert_allclose(best.pei, 1)
    assert (worst.hits <= best.hits).all()
    # A map that says nothing gets no credit.
    assert tied.hits.tolist() == worst.hits.tolist()
