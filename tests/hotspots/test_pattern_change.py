"""Andresen's S and tests of shares: a published case, plain sampling, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.pattern_change import (
    compare_patterns,
    compare_proportions,
    measure_similarity,
)

CELLS = np.sort(grid_disk(0x8931AA50E27FFFF, 5))


def streets(*incidents):
    ids = [chr(65 + place) for place in range(len(incidents))]
    return pd.DataFrame({"street_id": ids, "incidents": list(incidents)})


def cell_counts(incidents, **columns):
    return pd.DataFrame({"cell": CELLS, "incidents": incidents, "area_km2": 0.1, **columns})


# The toy data of the R package sppt, README: base and test points in six areas.
BASE, TEST = streets(2, 2, 2, 1, 0, 1), streets(2, 1, 2, 2, 1, 1)


# ---- Andresen's S


@pytest.mark.parametrize("seed", range(5))
def test_the_toy_data_have_the_published_answer(seed):
    change = compare_patterns(BASE, TEST, unit="street_id", seed=seed)
    # Published: shares 25, 25, 25, 12.5, 0, 12.5 %, intervals 12.5 to 25 % and 0 to 12.5 %.
    assert (change["share_before"] * 100).tolist() == [25, 25, 25, 12.5, 0, 12.5]
    assert (change["share_low"] * 100).tolist() == [12.5, 0, 12.5, 12.5, 0, 0]
    assert (change["share_high"] * 100).tolist() == [25, 12.5, 25, 25, 12.5, 12.5]
    assert change["local_s"].tolist() == [0, -1, 0, 0, 0, 0]
    similarity = measure_similarity(change)
    assert similarity["index"].tolist() == ["S", "S robust"]
    assert similarity["s"].tolist() == pytest.approx([5 / 6, 5 / 6])


def test_the_interval_is_that_of_sampling_the_incidents_themselves():
    rng = np.random.default_rng(0)
    before, after = rng.poisson(4, CELLS.size), rng.poisson(4, CELLS.size)
    change = compare_patterns(cell_counts(before), cell_counts(after), samples=2000)
    incidents = np.repeat(np.arange(CELLS.size), after)
    size = round(0.85 * len(incidents))
    drawn = np.array(
        [np.bincount(rng.permutation(incidents)[:size], minlength=CELLS.size) for _ in range(2000)]
    )
    ranked = np.sort(drawn, axis=0)
    # Two samplings of whole counts: their 2.5 % points differ by one count at most.
    for column, row in (("share_low", 50), ("share_high", 1949)):
        ours = (change[column] * size).round().astype(int)
        assert np.abs(ours - ranked[row]).max() <= 1
        assert (ours == ranked[row]).mean() > 0.75


def test_the_bounds_leave_out_five_of_two_hundred_on_either_side(monkeypatch):
    class Ladder:
        """Draws 1 to 200 in the first unit, in disorder, and the rest in the second."""

        def multivariate_hypergeometric(self, counts, nsample, **options):
            first = np.random.Generator(np.random.PCG64(1)).permutation(np.arange(1, 201))
            return np.column_stack([first, nsample - first])

    monkeypatch.setattr(np.random, "default_rng", lambda seed: Ladder())
    after = streets(500, 500)
    change = compare_patterns(after, after, unit="street_id")
    # sppt: columns 6 and 195 of the sorted 200, here of 850 incidents in a sample.
    assert change.loc[0, "share_low"] == 6 / 850
    assert change.loc[0, "share_high"] == 195 / 850
    assert change.loc[1, "share_low"] == (850 - 195) / 850


def test_a_pattern_equals_itself():
    rng = np.random.default_rng(1)
    counts = cell_counts(rng.poisson(3, CELLS.size))
    change = compare_patterns(counts, counts)
    assert (change["local_s"] == 0).all()
    assert measure_similarity(change)["s"].tolist() == [1.0, 1.0]


def test_robust_s_drops_units_without_incidents():
    before, after = streets(50, 0, 0, 50), streets(10, 0, 0, 90)
    similarity = measure_similarity(compare_patterns(before, after, unit="street_id"))
    assert similarity["units"].tolist() == [4, 2]
    assert similarity["s"].tolist() == [0.5, 0.0]
    assert similarity[["grown", "shrunk"]].values.tolist() == [[1, 1], [1, 1]]


def test_periods_are_added_up_and_order_does_not_matter():
    rng = np.random.default_rng(2)
    months = pd.to_datetime(["2017-09-01", "2017-10-01"]).tz_localize("Asia/Shanghai")
    monthly = pd.concat([cell_counts(rng.poisson(2, CELLS.size), period=start) for start in months])
    totals = cell_counts(monthly.groupby("cell")["incidents"].sum().to_numpy())
    other = cell_counts(rng.poisson(4, CELLS.size))
    one = compare_patterns(totals, other)
    pd.testing.assert_frame_equal(
        compare_patterns(monthly.sample(frac=1, random_state=0), other.iloc[::-1]), one
    )


def test_the_seed_decides():
    rng = np.random.default_rng(3)
    first, second = (cell_counts(rng.poisson(3, CELLS.size)) for _ in range(2))
    same = [compare_patterns(first, second, seed=7)["share_low"].tolist() for _ in range(2)]
    assert same[0] == same[1]
    assert compare_patterns(first, second, seed=8)["share_low"].tolist() != same[0]


# ---- tests of shares


def test_the_table_of_tests_is_scipy_and_statsmodels():
    rng = np.random.default_rng(4)
    before, after = rng.poisson(5, CELLS.size), rng.poisson(5, CELLS.size)
    after[3] += 60
    before[[0, 1]] = after[[0, 1]] = 0
    change = compare_proportions(cell_counts(before), cell_counts(after))
    n, m = before.sum(), after.sum()
    held = before + after > 0
    assert change["p_value"].isna().tolist() == (~held).tolist()
    p = []
    for a, b in zip(before[held], after[held], strict=True):
        plain = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).statistic
        p.append(stats.chi2.sf(plain * (n + m - 1) / (n + m), 1))
    np.testing.assert_allclose(change.loc[held, "p_value"], p, rtol=1e-9)
    q = multipletests(p, method="fdr_by")[1]
    np.testing.assert_allclose(change.loc[held, "q_value"], q, rtol=1e-9)
    assert change["local_s"].tolist() == [int(place == 3) for place in range(CELLS.size)]


@pytest.mark.parametrize("test", ["n-1", "pearson", "yates", "fisher"])
def test_columns_do_not_depend_on_the_test(test):
    change = compare_proportions(BASE, TEST, unit="street_id", test=test)
    assert list(change.columns) == TABLES["proportion_change"].names
    assert change["cell"].isna().all()
    assert change["statistic"].isna().all() == (test == "fisher")
    assert change["p_value"].between(0, 1).all()
    assert (change["q_value"] >= change["p_value"]).all()


def test_two_samples_of_one_pattern_reject_at_the_nominal_rate():
    # 60 pairs of maps x 91 cells with one intensity, about 8 incidents a cell: the share of
    # p <= 0.05 among 5,460 tests has a standard error of 0.3 points; 1.5 are allowed.
    rng = np.random.default_rng(5)
    weight = rng.gamma(2, size=CELLS.size)
    p, claims = [], 0
    for _ in range(60):
        maps = [cell_counts(rng.poisson(weight * 8 / weight.mean())) for _ in range(2)]
        change = compare_proportions(*maps)
        p.append(change["p_value"].dropna().to_numpy())
        claims += (change["local_s"] != 0).any()
    assert np.mean(np.concatenate(p) <= 0.05) == pytest.approx(0.05, abs=0.015)
    # Any claim is false: Benjamini-Yekutieli holds the rate of maps with one below 5 %.
    assert claims <= 3


def test_grown_and_shrunk_are_signs_of_the_difference():
    change = compare_proportions(streets(300, 100), streets(100, 300), unit="street_id")
    assert change["local_s"].tolist() == [-1, 1]
    assert measure_similarity(change).loc[0, ["grown", "shrunk"]].tolist() == [1, 1]


# ---- what is refused


@pytest.mark.parametrize("compare", [compare_patterns, compare_proportions])
def test_tables_that_cannot_be_compared_say_why(compare):
    rng = np.random.default_rng(6)
    good = cell_counts(rng.poisson(3, CELLS.size), street_id="01")
    kept = good.copy(deep=True)
    with pytest.raises(InputError, match=r"same units. Found: 1 in one of them alone, such as 8"):
        compare(good, good.iloc[1:])
    with pytest.raises(InputError, match=r"by street. Found: a table of cells.*measure_reporting"):
        compare(good, good, unit="street_id")
    with pytest.raises(InputError, match="after must have an incident"):
        compare(good, good.assign(incidents=0))
    with pytest.raises(ColumnsError, match=r"one row a cell and period. Found: 91"):
        compare(pd.concat([good, good]), good)
    with pytest.raises(InputError, match="before must hold one group"):
        compare(good.assign(group=np.arange(CELLS.size) % 2), good)
    with pytest.raises(ColumnsError, match="column incidents"):
        compare(good.drop(columns="incidents"), good)
    with pytest.raises(ColumnsError, match="whole numbers from 0 on"):
        compare(good.assign(incidents=0.5), good)
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        compare(good.head(0), good)
    with pytest.raises(OptionError, match="unit must be one of 'cell', 'street_id'"):
        compare(good, good, unit="street")
    nameless = BASE.assign(street_id=["A", None, "C", "D", "E", "F"])
    with pytest.raises(ColumnsError, match=r"street_id must name a unit in every row. Found: 1"):
        compare(nameless, TEST, unit="street_id")
    pd.testing.assert_frame_equal(good, kept)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"samples": 39}, "samples must be a whole number, 40 or more"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"share": 1.0}, "share must be a number above 0 and below 1"),
        ({"share": 0.01}, "A sample must hold an incident. Found: 0.01 of 9 in after"),
        ({"samples": 20_000_000}, "20,000,000 samples of 6 units"),
    ],
)
def test_options_of_sampling_out_of_range_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        compare_patterns(BASE, TEST, unit="street_id", **options)


def test_options_of_testing_out_of_range_are_refused():
    with pytest.raises(OptionError, match=r"test must be one of.*Did you mean 'yates'"):
        compare_proportions(BASE, TEST, unit="street_id", test="yate")
    with pytest.raises(OptionError, match="alpha must be a number above 0"):
        compare_proportions(BASE, TEST, unit="street_id", alpha=0)


def test_similarity_needs_a_comparison():
    with pytest.raises(ColumnsError, match=r"column local_s.*gridgov.compare_patterns"):
        measure_similarity(pd.DataFrame({"incidents_before": [1], "incidents_after": [1]}))
