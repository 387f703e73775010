import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.sources import bulk
from gridgov.sources.bulk import flawless, misplaced

DEGREES = st.one_of(
    st.floats(115.9, 116.9),
    st.floats(39.5, 40.5),
    st.floats(-200, 200),
    st.sampled_from([0.0, -0.0, 90.0, 180.0, np.nan, np.inf, -np.inf]),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(DEGREES, DEGREES), min_size=1, max_size=12),
    st.sampled_from([None, (116.0, 39.5, 117.0, 40.5)]),
)
def test_a_table_without_flaws_has_none_in_any_row(rows, bounds):
    x, y = np.array(rows).T.copy()
    there = np.isfinite(x) & np.isfinite(y)
    usable = there & ~((x == 0) & (y == 0))
    swapped, outside, mostly = misplaced(x, y, usable, bounds)
    if flawless(x, y, bounds):
        assert usable.all()
        assert not (swapped.any())
        assert not (outside.any())
        assert not mostly


def test_a_compact_table_is_flawless_and_a_spread_one_is_looked_at():
    x, y = np.linspace(116, 116.9, 50), np.linspace(39, 39.9, 50)
    assert flawless(x, y, None)
    assert flawless(np.linspace(100, 120, 50), y, None)
    assert not flawless(np.append(x, 39.5), np.append(y, 116.2), None)
    assert not flawless(np.append(x, np.nan), np.append(y, 39.5), None)
    assert not flawless(np.array([-0.1, 0.1]), np.array([-0.1, 0.1]), None)
    assert not flawless(x[:0], y[:0], None)


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("center", [None, 0.25])
@pytest.mark.parametrize("kind", ["normal", "sorted", "steps", "same", "two places"])
def test_the_median_of_many_numbers_is_that_of_numpy(rows, center, kind):
    rng = np.random.default_rng(5)
    count = bulk._MANY + rows
    values = rng.normal(size=count)
    if kind == "sorted":
        values.sort()
    if kind == "steps":
        values = np.arange(count) % 7 + np.floor(values)
    if kind == "same":
        values[:] = 0.125
    if kind == "two places":
        # A sample at even steps sees only one of them.
        values[:] = 5.0
        values[:: count // bulk._SAMPLE] = -5.0
    before = values.copy()
    expected = np.median(values if center is None else np.abs(values - center))
    assert bulk._median(values, center) == expected
    assert (values == before).all()
