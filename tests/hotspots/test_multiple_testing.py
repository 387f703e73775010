import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.errors import InputError
from gridgov.hotspots.multiple_testing import benjamini_hochberg, benjamini_yekutieli

# Benjamini & Hochberg 1995, section 4.1: fifteen hypotheses, alpha 0.05 rejects four.
FIFTEEN = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
    0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
FIFTEEN_Q = [
    0.0015, 0.0030, 0.0095, 0.035625, 0.0603, 0.06386, 0.06386, 0.0645, 0.0765, 0.486,
    0.5812, 0.7149, 0.7532, 0.8132, 1.0,
]  # fmt: skip

p_lists = st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=40)


def test_the_fifteen_p_values_of_the_1995_paper():
    q = benjamini_hochberg(FIFTEEN)
    np.testing.assert_allclose(q, FIFTEEN_Q, atol=5e-5, rtol=0)
    np.testing.assert_allclose(q[:5], [0.0015, 0.0030, 0.0095, 0.035625, 0.0603], atol=1e-15)
    assert (q <= 0.05).sum() == 4


def test_benjamini_yekutieli_rejects_three_of_the_fifteen():
    q = benjamini_yekutieli(FIFTEEN)
    # R's p.adjust(method = "BY"), four digits.
    np.testing.assert_allclose(q[:4], [0.0050, 0.0100, 0.0315, 0.1182], atol=5e-5)
    assert (q <= 0.05).sum() == 3


def test_scipy_adjusts_to_the_same_values():
    from scipy.stats import false_discovery_control

    p = np.random.default_rng(0).uniform(size=500) ** 3
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-13)
    np.testing.assert_allclose(
        benjamini_yekutieli(p), false_discovery_control(p, method="by"), rtol=1e-13
    )


def test_a_missing_p_value_is_no_test():
    q = benjamini_hochberg([np.nan, *FIFTEEN, np.nan])
    assert np.isnan(q[[0, -1]]).all()
    np.testing.assert_array_equal(q[1:-1], benjamini_hochberg(FIFTEEN))


def test_no_tests_have_no_values():
    assert benjamini_hochberg([]).tolist() == []
    assert np.isnan(benjamini_hochberg([np.nan])).all()


@given(p_lists)
def test_q_is_never_below_p_and_keeps_its_order(p):
    p = np.array(p, dtype=float)
    q, by = benjamini_hochberg(p), benjamini_yekutieli(p)
    tested = ~np.isnan(p)
    np.testing.assert_array_equal(np.isnan(q), ~tested)
    assert (q[tested] >= p[tested]).all()
    assert (q[tested] <= 1).all()
    assert (by[tested] >= q[tested]).all()
    ascending = np.argsort(p[tested], kind="stable")
    assert (np.diff(q[tested][ascending]) >= 0).all()


@given(p_lists, st.randoms(use_true_random=False))
def test_the_order_of_the_p_values_does_not_matter(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = benjamini_hochberg(np.array(p, dtype=float)[order])
    np.testing.assert_array_equal(shuffled, benjamini_hochberg(p)[order])


@pytest.mark.parametrize("adjust", [benjamini_hochberg, benjamini_yekutieli])
def test_p_values_outside_zero_to_one_are_named(adjust):
    with pytest.raises(
        InputError, match=r"between 0 and 1. Found: 2 outside, .* 1\.5 at position 1"
    ):
        adjust([0.2, 1.5, -0.1])
    with pytest.raises(InputError, match=r"one row of numbers. Found: shape \(1, 2\)"):
        adjust([[0.1, 0.2]])
