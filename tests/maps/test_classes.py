"""Bounds between classes: known answers, the least sum of squares of all, and what is refused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.errors import InputError, OptionError
from gridgov.taxonomy.sequence import class_codes

NUMBERS = st.lists(st.integers(-50, 50).map(lambda n: n / 4), min_size=2, max_size=11)


def squares(values: np.ndarray, bounds: list[float]) -> float:
    codes = class_codes(values, bounds)
    return sum(
        float(((part := values[codes == c]) - part.mean()) @ (part - part.mean()))
        for c in np.unique(codes)
    )


def least_squares(values: np.ndarray, k: int) -> float:
    """The least over every way to part the sorted different numbers, one by one."""
    unique = np.unique(values)
    number = min(k, len(unique))
    return min(
        squares(values, [unique[at] for at in cut])
        for cut in combinations(range(1, len(unique)), number - 1)
    )


@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.integers(2, 5))
def test_natural_breaks_have_the_least_squares_of_all_partitions(numbers, k):
    values = np.array(numbers)
    bounds = gg.make_classes(values, scheme="natural", k=k)
    assert squares(values, bounds) == pytest.approx(least_squares(values, k), abs=1e-9)
    assert len(bounds) == min(k, len(np.unique(values))) - 1


def test_natural_breaks_are_those_of_mapclassify():
    # mapclassify 2.10.0, FisherJenks(values, k).yb, which tries every place for every bound.
    values = [2.1, 2.4, 3.0, 3.3, 7.5, 8.1, 8.2, 9.9, 15.0, 15.2, 16.8, 21.0, 22.5, 40.0, 41.5]
    values += [43.0, 88.0, 90.5, 120.0, 310.0]
    theirs = {
        3: "00000000000000001112",
        5: "00000000000001112234",
        7: "00001111222223334456",
    }
    for k, classes in theirs.items():
        codes = class_codes(values, gg.make_classes(values, scheme="natural", k=k))
        assert "".join(map(str, codes)) == classes


@given(NUMBERS, st.integers(2, 7), st.sampled_from(["quantile", "natural", "equal"]))
@settings(max_examples=60, deadline=None)
def test_bounds_ascend_and_leave_no_end_class_empty(numbers, k, scheme):
    bounds = gg.make_classes(numbers, scheme=scheme, k=k)
    assert bounds == sorted(set(bounds))
    assert len(bounds) <= k - 1
    codes = class_codes(numbers, bounds)
    assert codes.min() == 0
    assert codes.max() == len(bounds)


def test_quantiles_part_a_hundred_numbers_evenly():
    bounds = gg.make_classes(range(1, 101), scheme="quantile", k=4)
    # By hand: 25 numbers in each class, and no shorter numbers than these part them so.
    assert bounds == [26.0, 51.0, 76.0]
    assert np.bincount(class_codes(range(1, 101), bounds)).tolist() == [25, 25, 25, 25]


def test_equal_intervals_have_one_width():
    assert gg.make_classes([0.0, 3.0], scheme="equal", k=3) == [1.0, 2.0]
    bounds = gg.make_classes([0.0, 1.0], scheme="equal", k=3)
    # 1/3 and 2/3 within a 200th of an interval, with as few digits as that allows.
    assert bounds == [0.333, 0.667] or np.allclose(bounds, [1 / 3, 2 / 3], atol=1 / 600)


def test_a_bound_has_no_more_digits_than_it_needs():
    assert gg.make_classes([0.1234, 0.9876], k=2) == [0.6]
    assert gg.make_classes([1203.4, 1203.5], k=2) == [1203.5]
    assert gg.make_classes([-5.0, 3.0], k=2) == [0.0]


def test_missing_numbers_play_no_part_and_alike_ones_make_one_class():
    assert gg.make_classes(pd.Series([1, None, 9, np.inf]), k=2) == [5.0]
    assert gg.make_classes([4, 4, 4], k=5) == []


def test_two_maps_share_the_bounds_of_both():
    one, other = pd.Series([1.0, 2, 3]), pd.Series([30.0, 40, 50])
    bounds = gg.make_classes(pd.concat([one, other]), scheme="natural", k=2)
    assert class_codes(one, bounds).tolist() == [0, 0, 0]
    assert class_codes(other, bounds).tolist() == [1, 1, 1]


def test_the_inputs_stay_as_they_were():
    values = pd.Series([3.0, 1.0, 2.0])
    gg.make_classes(values, scheme="natural", k=2)
    assert values.tolist() == [3.0, 1.0, 2.0]


def test_many_different_numbers_take_a_moment():
    values = np.random.default_rng(1).lognormal(2, 1, 30_000)
    bounds = gg.make_classes(values, scheme="natural", k=7)
    # No single shift of a bound to the next number makes it better.
    ordered = np.sort(values)
    least = squares(values, bounds)
    for place, bound in enumerate(bounds):
        at = np.searchsorted(ordered, bound)
        for shifted in (ordered[at - 1], ordered[at + 1]):
            other = [*bounds[:place], shifted, *bounds[place + 1 :]]
            assert squares(values, other) >= least * (1 - 1e-12)


def test_what_cannot_be_classed_is_told():
    with pytest.raises(InputError, match=r"at least one number\. Found: 2 values"):
        gg.make_classes([None, float("nan")])
    with pytest.raises(InputError, match="must be a row of numbers"):
        gg.make_classes(["a", "b"])
    with pytest.raises(InputError, match=r"one row of numbers\. Found: 2 dimensions"):
        gg.make_classes(np.ones((2, 2)))
    with pytest.raises(OptionError, match="scheme must be 'quantile'"):
        gg.make_classes([1, 2], scheme="jenks")
    with pytest.raises(OptionError, match=r"from 2 to 7\. Found: 8"):
        gg.make_classes([1, 2], k=8)
    with pytest.raises(OptionError, match="1 to 6 ascending numbers"):
        gg.make_classes([1, 2], scheme=[3, 2])
    assert gg.make_classes([1, 2], scheme=[3, 20]) == [3.0, 20.0]
