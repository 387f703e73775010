"""Rates raw and smoothed, against esda and by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.geo.adjacency import disk_matrix
from gridgov.geo.hexgrid import cells_to_text, grid_disk
from gridgov.hotspots.rates import RATE_REASONS, measure_rates
from gridgov.taxonomy.labels import labels

MIDDLE = 0x8931AA50E27FFFF
DISK = grid_disk(MIDDLE, 5)
FAR = np.uint64(0x892A100D2D7FFFF)


def town(seed=0, cells=DISK):
    """Return counts with a risk that differs and people from a few to thousands."""
    generator = np.random.default_rng(seed)
    people = np.exp(generator.normal(5, 1.5, size=cells.size)).round() + 1
    risk = generator.gamma(2.0, 0.01, size=cells.size)
    incidents = generator.poisson(people * risk)
    return pd.DataFrame({"cell": cells, "incidents": incidents, "people": people})


def libpysal_weights(cells, rings):
    from libpysal.weights import WSP, WSP2W

    matrix = disk_matrix(cells, rings=rings).tolil()
    matrix.setdiag(0)
    return WSP2W(WSP(matrix.tocsr()))


@pytest.mark.filterwarnings("ignore")
def test_empirical_bayes_equals_esda():
    smoothing = pytest.importorskip("esda.smoothing", reason="esda is absent")
    counts = town()
    rates = measure_rates(counts, base="people", method="empirical_bayes")
    theirs = smoothing.Empirical_Bayes(counts["incidents"], counts["people"]).r.ravel()
    np.testing.assert_allclose(rates["smoothed_rate"], theirs, rtol=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rings", [1, 2])
def test_neighborhood_empirical_bayes_equals_esda(rings):
    smoothing = pytest.importorskip("esda.smoothing", reason="esda is absent")
    counts = town(1)
    rates = measure_rates(counts, base="people", method="neighborhood_empirical_bayes", rings=rings)
    theirs = smoothing.Spatial_Empirical_Bayes(
        counts["incidents"], counts["people"], libpysal_weights(DISK, rings)
    ).r.ravel()
    np.testing.assert_allclose(rates["smoothed_rate"], theirs, rtol=1e-10)


def test_a_neighborhood_can_be_worked_by_hand():
    # Three cells in a triangle: every neighborhood is all three, so both methods agree.
    cells = grid_disk(MIDDLE, 1)
    near = disk_matrix(cells, rings=1).toarray()
    one, two = np.flatnonzero(near[0])[:2] if near[0].sum() == 4 else (0, 1)
    third = next(i for i in np.flatnonzero(near[one] * near[two]) if i not in (one, two))
    counts = pd.DataFrame({"cell": cells[[one, two, third]], "incidents": [9, 1, 0], "b": [10] * 3})
    whole = measure_rates(counts, base="b", method="empirical_bayes")
    near = measure_rates(counts, base="b", method="neighborhood_empirical_bayes")
    # m = 1/3, s² = ((17/30)² + (7/30)² + (10/30)²) / 3, A = s² - m / 10.
    excess = ((17 / 30) ** 2 + (7 / 30) ** 2 + (10 / 30) ** 2) / 3 - 1 / 30
    weight = excess / (excess + 1 / 30)
    np.testing.assert_allclose(whole["rate_weight"], weight, rtol=1e-12)
    np.testing.assert_allclose(near["rate_weight"], weight, rtol=1e-12)
    np.testing.assert_allclose(near["smoothed_rate"], whole["smoothed_rate"], rtol=1e-12)
    np.testing.assert_allclose(whole["mean_rate"], 1 / 3, rtol=1e-12)


def test_one_risk_everywhere_is_smoothed_to_its_mean():
    # Rates that vary less than counting alone would make them leave nothing: A = 0.
    counts = pd.DataFrame({"cell": DISK, "incidents": 2, "b": np.linspace(50, 60, DISK.size)})
    rates = measure_rates(counts, base="b", method="empirical_bayes")
    assert (rates["rate_weight"] == 0).all()
    np.testing.assert_allclose(rates["smoothed_rate"], 2 * DISK.size / counts["b"].sum())
    none = measure_rates(counts.assign(incidents=0), base="b", method="empirical_bayes")
    assert (none["smoothed_rate"] == 0).all()
    assert none["reason"].isna().all()


def test_raw_rates_have_no_smoothed_ones():
    counts = town(2)
    rates = measure_rates(counts, base="people", per=10_000)
    np.testing.assert_allclose(rates["rate"], 10_000 * counts["incidents"] / counts["people"])
    assert rates[["smoothed_rate", "rate_weight"]].isna().all(axis=None)
    np.testing.assert_allclose(
        rates["mean_rate"], 10_000 * counts["incidents"].sum() / counts["people"].sum()
    )
    assert list(rates.columns) == TABLES["rates"].names


def test_few_expected_incidents_are_flagged():
    counts = pd.DataFrame({"cell": DISK[:3], "incidents": [0, 8, 2], "people": [49, 51, 0.0]})
    rates = measure_rates(counts, base="people")
    # 8 incidents of 100 people: 3.92 and 4.08 expected; the third has no rate at all.
    np.testing.assert_allclose(rates["expected_incidents"], [3.92, 4.08, np.nan])
    assert rates["few_expected"].tolist() == [True, True, True]
    more = measure_rates(counts.assign(incidents=[0, 10, 2]), base="people")
    assert more["few_expected"].tolist() == [True, False, True]


@pytest.mark.parametrize("method", ["raw", "empirical_bayes", "neighborhood_empirical_bayes"])
def test_cells_without_a_base_have_a_reason_and_count_for_nobody(method):
    counts = town(3)
    counts.loc[4, "people"] = 0
    counts.loc[9, "people"] = np.nan
    rates = measure_rates(counts, base="people", method=method)
    assert rates["reason"].dropna().to_dict() == {4: "the base is zero", 9: "the base is unknown"}
    numbers = ["rate", "mean_rate", "rate_weight", "smoothed_rate", "expected_incidents"]
    assert rates.loc[[4, 9], numbers].isna().all(axis=None)
    without = measure_rates(counts.drop(index=[4, 9]), base="people", method=method)
    pd.testing.assert_frame_equal(rates.drop(index=[4, 9]), without)


def test_a_cell_without_neighbors_borrows_from_nobody():
    cells = np.append(DISK, FAR)
    rates = measure_rates(
        town(4, cells), base="people", method="neighborhood_empirical_bayes"
    ).iloc[-1]
    assert rates["reason"] == "no neighbor in the grid"
    assert np.isfinite(rates["rate"])
    assert np.isnan(rates["smoothed_rate"])


def test_the_base_can_come_in_any_form():
    counts = town(5)
    plain = measure_rates(counts, base="people", method="empirical_bayes")
    people = counts["people"].to_numpy()
    texts = cells_to_text(DISK)
    forms = (
        dict(zip(DISK.tolist(), people.tolist(), strict=True)),
        dict(zip(texts, people.tolist(), strict=True)),
        pd.Series(people, index=DISK),
        pd.DataFrame({"cell": DISK, "base": people}).sample(frac=1, random_state=1),
        pd.DataFrame({"cell": texts, "base": people}),
    )
    for form in forms:
        rates = measure_rates(counts, base=form, method="empirical_bayes")
        pd.testing.assert_frame_equal(rates, plain)
    assert plain.attrs["rates"]["base"] == "people"
    part = measure_rates(counts, base={int(DISK[0]): 5})
    assert (part["reason"].iloc[1:] == "the base is unknown").all()
    assert (measure_rates(counts, base={})["reason"] == "the base is unknown").all()


def test_every_period_and_group_is_a_map_of_its_own():
    both = pd.concat([town(6).assign(group="a"), town(7).assign(group="b")], ignore_index=True)
    rates = measure_rates(both, base="people", method="empirical_bayes")
    for _, rows in rates.groupby("group"):
        alone = measure_rates(both.loc[rows.index], base="people", method="empirical_bayes")
        pd.testing.assert_frame_equal(alone, rows)


def test_input_and_order_are_kept():
    counts = town(8)
    counts.index = counts.index[::-1] * 2
    before = counts.copy()
    rates = measure_rates(counts, base="people", method="neighborhood_empirical_bayes")
    pd.testing.assert_frame_equal(counts, before)
    assert rates.index.equals(counts.index)
    shuffled = measure_rates(
        counts.sample(frac=1, random_state=0), base="people", method="neighborhood_empirical_bayes"
    )
    pd.testing.assert_frame_equal(shuffled.loc[rates.index], rates)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.floats(0.1, 1_000))
def test_smoothed_rates_lie_between_the_rate_and_the_mean(seed, unit):
    counts = town(seed)
    for method in ("empirical_bayes", "neighborhood_empirical_bayes"):
        rates = measure_rates(counts, base="people", method=method)
        low = rates[["rate", "mean_rate"]].min(axis=1) * (1 - 1e-12)
        high = rates[["rate", "mean_rate"]].max(axis=1) * (1 + 1e-12)
        assert rates["smoothed_rate"].between(low, high).all()
        assert rates["rate_weight"].between(0, 1).all()
        # Other units of the base and of the rate cancel.
        scaled = measure_rates(
            counts.assign(people=counts["people"] * unit), base="people", method=method, per=unit
        )
        np.testing.assert_allclose(scaled["smoothed_rate"], rates["smoothed_rate"], rtol=1e-7)


def test_every_reason_has_words_in_both_languages():
    for lang in ("en", "zh"):
        assert set(RATE_REASONS.values()) <= set(labels("reason", lang))
    assert labels("reason", "zh")["the base is zero"] == "基数为零"


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("population", "'population'; counts has cell, incidents, people"),
        (5.0, "Found: float"),
        (pd.DataFrame({"cell": DISK}), "columns cell and base. Found: cell"),
        ({"x": 1.0, 3.5: 2.0}, "H3"),
        ({3.5 + 1j: 2.0}, "keyed by H3 cells"),
        ({int(DISK[0]): -1.0}, "1 other, the first is -1.0 in row 0"),
        ({int(DISK[0]): "many"}, "the first is 'many'"),
        (pd.DataFrame({"cell": DISK[[1, 1]], "base": 1.0}), f"cell {DISK[1]:x} more than once"),
    ],
)
def test_bases_that_are_none_are_named(base, words):
    with pytest.raises((ColumnsError, ValueError), match=words):
        measure_rates(town(), base=base)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "bayes"}, "method must be one of 'raw'"),
        ({"rings": 0}, "rings must be a whole number, 1 or more"),
        ({"per": 0}, "per must be a number above 0.*Found: 0"),
        ({"per": "ten"}, "per must be a number above 0"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        measure_rates(town(), base="people", **options)


def test_tables_without_rows_or_columns_are_refused():
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        measure_rates(town().iloc[:0], base="people")
    with pytest.raises(ColumnsError, match="counts must have the column incidents"):
        measure_rates(town().drop(columns="incidents"), base="people")
