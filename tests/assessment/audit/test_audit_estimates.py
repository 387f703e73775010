"""Estimates agree with published numbers, with every possible sample, and with the truth."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import stats

import gridgov as gg
from gridgov.assessment.audit.local_variance import local_variance, neighbor_weights
from gridgov.errors import ColumnsError, GeometryError, OptionError


def audit(strata: dict[str, tuple[int, list[Any]]], name: str = "score") -> pd.DataFrame:
    """Return a sample with equal chances: units of the stratum, and the values found."""
    parts = [
        pd.DataFrame(
            {
                "stratum": stratum,
                "order": range(1, len(values) + 1),
                "inclusion_probability": len(values) / units,
                "weight": units / len(values),
                "reserve": False,
                name: values,
            }
        )
        for stratum, (units, values) in strata.items()
    ]
    return pd.concat(parts, ignore_index=True)


def with_moments(count: int, mean: float, variance: float) -> list[float]:
    """Return numbers with exactly this mean and this variance (n - 1)."""
    raw = np.where(np.arange(count) % 2 == 0, 1.0, -1.0) + np.arange(count) / count
    raw -= raw.mean()
    return (mean + raw * np.sqrt(variance / raw.var(ddof=1))).tolist()


def test_the_stratified_example_of_lohr_comes_out_as_published() -> None:
    # Lohr, Sampling: Design and Analysis, example 3.2 (farm acreage of 1992 in four regions
    # of the United States): total 909,736,035 with standard error 50,417,248, interval
    # 810,514,350 to 1,008,957,721 (t, 296 degrees of freedom), mean 295,560.77 with standard
    # error 16,379.87, as R's survey package prints them. Per region: counties, sampled,
    # estimated total and its standard error.
    regions = {
        "NC": (1054, 103, 316_731_380, 16_977_399),
        "NE": (220, 21, 21_478_558, 3_992_889),
        "S": (1382, 135, 292_037_391, 26_154_840),
        "W": (422, 41, 279_488_706, 39_416_342),
    }
    sample = audit(
        {
            name: (
                units,
                with_moments(n, total / units, se**2 * n / (units**2 * (1 - n / units))),
            )
            for name, (units, n, total, se) in regions.items()
        }
    )
    whole = gg.estimate_audit(sample, value="score", statistic="total").iloc[0]
    assert whole["estimate"] == pytest.approx(909_736_035, abs=2)
    assert whole["se"] == pytest.approx(50_417_248, rel=1e-6)
    assert whole["low"] == pytest.approx(810_514_350, rel=1e-6)
    assert whole["high"] == pytest.approx(1_008_957_721, rel=1e-6)
    mean = gg.estimate_audit(sample, value="score").iloc[0]
    assert mean["estimate"] == pytest.approx(295_560.77, abs=0.01)
    assert mean["se"] == pytest.approx(16_379.87, abs=0.01)
    assert mean["frame_units"] == 3_078
    each = gg.estimate_audit(sample, value="score", by="stratum", statistic="total")
    assert each["group"].tolist() == list(regions)
    for row, (_, n, total, se) in zip(each.to_dict("records"), regions.values(), strict=True):
        assert row["estimate"] == pytest.approx(total)
        assert row["se"] == pytest.approx(se)
        # Of a stratum that is a simple random sample.
        assert row["design_effect"] == pytest.approx(1)
        assert row["high"] == pytest.approx(total + stats.t.ppf(0.975, n - 1) * se)


# Two strata of four and three; two are drawn from each: 6 · 3 = 18 samples.
POPULATION = {"a": [1.0, 4.0, 4.0, 9.0], "b": [10.0, 12.0, 17.0]}


def every_sample() -> list[pd.DataFrame]:
    return [
        audit({"a": (4, list(one)), "b": (3, list(two))})
        for one, two in product(*(combinations(values, 2) for values in POPULATION.values()))
    ]


@pytest.mark.parametrize("statistic", ["total", "mean"])
def test_over_every_possible_sample_estimate_and_variance_are_right_on_average(
    statistic: str,
) -> None:
    rows = pd.concat(
        [gg.estimate_audit(one, value="score", statistic=statistic) for one in every_sample()]
    )
    truth = sum(map(sum, POPULATION.values())) / (1 if statistic == "total" else 7)
    assert len(rows) == 18
    assert rows["estimate"].mean() == pytest.approx(truth, rel=1e-12)
    # The true variance of the design is that of the 18 equally likely estimates.
    assert (rows["se"] ** 2).mean() == pytest.approx(rows["estimate"].var(ddof=0), rel=1e-12)


def test_domain_totals_are_right_over_every_possible_sample() -> None:
    # A group that lies across strata: odd scores against even ones.
    truth = {"even": 4 + 4 + 10 + 12, "odd": 1 + 9 + 17}
    found = []
    for one in every_sample():
        one["kind"] = np.where(one["score"] % 2 == 0, "even", "odd")
        table = gg.estimate_audit(one, value="score", by="kind", statistic="total")
        table["se"] = table["se"].where(table["answered"] > 1)
        found.append(table.set_index("group")[["estimate", "se", "frame_units"]])
    together = pd.concat(found)["estimate"].groupby(level=0).sum() / 18
    # A sample without a unit of the group estimates 0 for it and has no row.
    assert together.to_dict() == pytest.approx(truth)


def test_unequal_chances_follow_the_formula_of_hajek() -> None:
    # By hand: y / π = 20, 30, 50 and 4 (certain); c = (1 - π) · 3/2 = 0.75, 0.75, 0.9;
    # c-weighted mean (15 + 22.5 + 45) / 2.4 = 34.375; variance 0.75 · 14.375² +
    # 0.75 · 4.375² + 0.9 · 15.625² = 389.0625; the total is 104.
    sample = pd.DataFrame(
        {
            "stratum": pd.Series([None] * 4, dtype="str"),
            "order": [1, 2, 3, 4],
            "inclusion_probability": [1.0, 0.5, 0.5, 0.4],
            "weight": [1.0, 2.0, 2.0, 2.5],
            "reserve": False,
            "score": [4.0, 10.0, 15.0, 20.0],
        }
    )
    row = gg.estimate_audit(sample, value="score", statistic="total").iloc[0]
    assert row["estimate"] == pytest.approx(104)
    assert row["se"] == pytest.approx(np.sqrt(389.0625))


def test_who_cannot_be_visited_gives_its_weight_to_its_stratum() -> None:
    full = audit({"a": (10, [80.0, 90.0, None, 85.0]), "b": (6, [70.0, 76.0])})
    row = gg.estimate_audit(full, value="score").iloc[0]
    # As if three of ten had been drawn: (10 · 85 + 6 · 73) / 16.
    plain = gg.estimate_audit(
        audit({"a": (10, [80.0, 90.0, 85.0]), "b": (6, [70.0, 76.0])}), value="score"
    ).iloc[0]
    assert row["estimate"] == pytest.approx(80.5)
    assert (row["sampled"], row["answered"]) == (6, 5)
    for name in ("estimate", "se", "low", "high", "frame_units"):
        assert row[name] == pytest.approx(plain[name])


def test_a_reserve_unit_stands_in_and_an_unneeded_one_does_not_count() -> None:
    frame = pd.DataFrame({"line_id": [f"A{k}" for k in range(12)]})
    sample = gg.draw_audit_sample(frame, size=4, reserve=3, seed=5)
    sample["score"] = [80.0, None, 84.0, 91.0, 77.0, None, None]
    row = gg.estimate_audit(sample, value="score").iloc[0]
    assert row["estimate"] == pytest.approx((80 + 84 + 91 + 77) / 4)
    assert (row["sampled"], row["answered"], row["frame_units"]) == (4, 4, 12)
    # s² of 80, 84, 91, 77 is 110 / 3; four of twelve.
    assert row["se"] == pytest.approx(np.sqrt((1 - 4 / 12) * (110 / 3) / 4))


def test_the_first_of_the_order_speak_for_all_when_the_units_are_told() -> None:
    frame = pd.DataFrame({"line_id": [f"A{k}" for k in range(20)], "s": ["x", "y"] * 10})
    sample = gg.draw_audit_sample(frame, size=10, strata="s", seed=5)
    sample["score"] = np.arange(10.0)
    first = sample[sample["order"] <= 3]
    row = gg.estimate_audit(
        first, value="score", population=sample.attrs["audit"]["population"]
    ).iloc[0]
    by_hand = gg.estimate_audit(
        audit({"x": (10, [0.0, 1.0, 2.0]), "y": (10, [5.0, 6.0, 7.0])}), value="score"
    ).iloc[0]
    for name in ("estimate", "se", "frame_units"):
        assert row[name] == pytest.approx(by_hand[name])
    with pytest.raises(OptionError, match=r"units of every stratum.*none for y"):
        gg.estimate_audit(first, value="score", population={"x": 10})
    with pytest.raises(OptionError, match="one number if"):
        gg.estimate_audit(first, value="score", population=20)


def test_a_silent_stratum_leaves_the_whole_unknown_and_the_others_known() -> None:
    sample = audit({"a": (10, [None, None]), "b": (6, [70.0, 76.0])})
    whole = gg.estimate_audit(sample, value="score").iloc[0]
    assert whole["reason"] == "silent_stratum"
    assert whole[["estimate", "se", "low", "high", "frame_units"]].isna().all()
    each = gg.estimate_audit(sample, value="score", by="stratum").set_index("group")
    assert each["reason"].fillna("").to_dict() == {"a": "no_answer", "b": ""}
    assert each.loc["b", "estimate"] == 73
    nothing = audit({"a": (10, [None, None])}).astype({"score": "float64"})
    assert gg.estimate_audit(nothing, value="score")["reason"].tolist() == ["no_answer"]


def test_one_answer_has_an_estimate_and_no_error() -> None:
    table = gg.estimate_audit(audit({"a": (10, [80.0])}), value="score")
    assert table["estimate"].tolist() == [80.0]
    assert table["reason"].tolist() == ["one_answer"]
    assert table[["se", "low", "high"]].isna().all(axis=None)
    # All there is: known exactly.
    known = gg.estimate_audit(audit({"a": (1, [80.0])}), value="score").iloc[0]
    assert (known["estimate"], known["se"], known["low"], known["high"]) == (80, 0, 80, 80)
    assert pd.isna(known["reason"])


def test_a_stratum_with_one_answer_is_held_against_the_whole() -> None:
    sample = audit({"a": (4, [80.0, 84.0]), "b": (5, [90.0])})
    table = gg.estimate_audit(sample, value="score")
    mean = (4 * 82 + 5 * 90) / 9
    one = (4 / 9) ** 2 * (1 - 2 / 4) * 8 / 2
    two = (5 / 9) ** 2 * (1 - 1 / 5) * (90 - mean) ** 2
    assert table["estimate"].item() == pytest.approx(mean)
    assert table["se"].item() == pytest.approx(np.sqrt(one + two))
    assert table.attrs["audit_estimate"]["lonely"] == ["b"]


def test_visiting_everything_leaves_no_error() -> None:
    sample = audit({"a": (3, [80.0, 84.0, 91.0]), "b": (2, [True * 1.0, 0.0])})
    row = gg.estimate_audit(sample, value="score").iloc[0]
    assert (row["se"], row["low"], row["high"]) == (0, row["estimate"], row["estimate"])
    whole = audit({"a": (4, [True, True, False, True])}, "clean")
    share = gg.estimate_audit(whole, value="clean").iloc[0]
    assert (share["estimate"], share["low"], share["high"]) == (0.75, 0.75, 0.75)


def test_a_share_has_wilsons_interval_at_its_effective_size() -> None:
    # A frame so large that the correction vanishes: 8 of 20, one stratum. The standard
    # error has n - 1, so that the effective size is 19; t with 19 degrees is 2.093024.
    answers = [True] * 8 + [False] * 12
    row = gg.estimate_audit(audit({"a": (10**9, answers)}, "clean"), value="clean").iloc[0]
    t, n, p = 2.093024, 19, 0.4
    middle = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    away = t * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2)) / (1 + t**2 / n)
    assert row["kind"] == "share"
    assert row["estimate"] == pytest.approx(0.4)
    assert row["low"] == pytest.approx(middle - away, abs=1e-5)
    assert row["high"] == pytest.approx(middle + away, abs=1e-5)


@pytest.mark.parametrize("all_clean", [True, False])
def test_a_share_of_none_or_all_keeps_an_interval(all_clean: bool) -> None:
    row = gg.estimate_audit(audit({"a": (100, [all_clean] * 10)}, "clean"), value="clean").iloc[0]
    assert row["estimate"] == float(all_clean)
    assert 0 <= row["low"] <= row["estimate"] <= row["high"] <= 1
    assert row["high"] - row["low"] > 0.2


def test_truth_values_with_gaps_are_a_share_and_numbers_can_be_one() -> None:
    gaps = audit({"a": (10, [True, None, False, True])}, "clean")
    assert gaps["clean"].dtype == object
    for values in (gaps["clean"], gaps["clean"].astype("boolean")):
        table = gg.estimate_audit(gaps.assign(clean=values), value="clean")
        assert table["kind"].tolist() == ["share"]
        assert table["estimate"].item() == pytest.approx(2 / 3)
    numbers = gaps.assign(clean=gaps["clean"].astype("boolean").astype("Float64"))
    assert gg.estimate_audit(numbers, value="clean")["kind"].tolist() == ["mean"]
    share = gg.estimate_audit(numbers, value="clean", statistic="share")
    assert share["low"].item() >= 0


def field(count: int, seed: int) -> tuple[gpd.GeoDataFrame, np.ndarray]:
    """Return a lattice of alleys and a score that falls smoothly from west to east."""
    side = int(np.sqrt(count))
    row, column = np.divmod(np.arange(count), side)
    random = np.random.default_rng(seed)
    score = 95 - 15 * column / side + 4 * np.sin(row / 3) + random.normal(0, 1.5, count)
    frame = gpd.GeoDataFrame(
        {"line_id": [f"A{k}" for k in range(count)], "score": score},
        geometry=shapely.points(116.2 + column * 0.002, 39.9 + row * 0.0015),
        crs=4326,
    )
    return frame, score


def test_the_local_variance_agrees_with_a_dense_computation_of_its_own() -> None:
    # Every step written out with full matrices and NumPy's least squares.
    random = np.random.default_rng(3)
    count = 15
    at, chance, z = random.normal(size=(count, 2)), random.uniform(0.1, 0.9, count), None
    z = random.normal(5, 1, count)
    distance = np.linalg.norm(at[:, None] - at, axis=2)
    near = np.zeros((count, count), dtype=bool)
    for i in range(count):
        near[i, np.argsort(distance[i])[:4]] = True
    near |= near.T
    weights = np.zeros((count, count))
    for i in range(count):
        mine = [j for j in np.argsort(distance[i]) if near[i, j]]
        for rank, j in enumerate(mine):
            weights[i, j] = (1 - rank / len(mine)) / chance[j]
        weights[i] /= weights[i].sum()
    # w + a_i + b_j on the neighborhoods, with rows and columns of sum 1.
    degree = near.sum(axis=1)
    system = np.block([[np.diag(degree), near], [near.T, np.diag(degree)]]).astype(float)
    wanted = np.concatenate([np.zeros(count), 1 - weights.sum(axis=0)])
    a, b = np.split(np.linalg.lstsq(system, wanted, rcond=None)[0], 2)
    weights += np.where(near, a[:, None] + b, 0)
    assert weights.sum(axis=0) == pytest.approx(np.ones(count))
    found = neighbor_weights(at, chance).toarray()
    assert found == pytest.approx(weights, abs=1e-9)
    means = weights @ z
    by_hand = sum(
        (1 - chance[i])
        / max(1 - (weights[i] ** 2).sum(), 0.5)
        * weights[i, j]
        * (z[j] - means[i]) ** 2
        for i in range(count)
        for j in range(count)
    )
    assert local_variance(z[:, None], at, chance)[0] == pytest.approx(by_hand)


def test_the_local_variance_of_pure_chance_is_that_of_a_simple_sample() -> None:
    # 300 units with standard normal values: the variance of their sum is 300. Over 40 draws
    # the mean has a standard error of about 300 · sqrt(2 / 300) / sqrt(40) = 3.9, and more
    # for neighborhoods that overlap.
    random = np.random.default_rng(4)
    at = random.uniform(size=(300, 2))
    found = local_variance(random.normal(size=(300, 40)), at, np.full(300, 1e-9))
    assert found.mean() == pytest.approx(300, abs=20)


def test_units_in_one_place_have_a_local_variance() -> None:
    at = np.repeat([[0.0, 0], [1, 1]], 5, axis=0)
    weights = neighbor_weights(at, np.full(10, 0.5)).toarray()
    assert weights.sum(axis=0) == pytest.approx(np.ones(10))
    assert weights.sum(axis=1) == pytest.approx(np.ones(10))


def test_a_balanced_sample_is_more_precise_and_its_local_variance_knows_it() -> None:
    frame, score = field(400, seed=1)
    rows = []
    for seed in range(100):
        sample = gg.draw_audit_sample(frame, size=40, method="spatially_balanced", seed=seed)
        for variance in (None, "srs"):
            table = gg.estimate_audit(sample, value="score", variance=variance)
            rows.append({"how": table.attrs["audit_estimate"]["variance"], **table.iloc[0]})
    table = pd.DataFrame(rows)
    local, srs = table[table["how"] == "local"], table[table["how"] == "srs"]
    true = local["estimate"].std()
    # As 40 at random would have: sqrt(0.9 · s² / 40).
    plain = np.sqrt(0.9 * score.var(ddof=1) / 40)
    assert true < 0.6 * plain
    assert local["estimate"].mean() == pytest.approx(score.mean(), abs=4 * true / np.sqrt(100))
    assert local["se"].mean() == pytest.approx(true, rel=0.25)
    assert srs["se"].mean() > 1.5 * true
    covered = (local["low"] <= score.mean()) & (score.mean() <= local["high"])
    assert covered.mean() > 0.9
    assert local["design_effect"].mean() < 0.5


def test_simple_and_stratified_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(9)
    frame = pd.DataFrame(
        {
            "line_id": [f"A{k}" for k in range(200)],
            "street_id": np.repeat(list("abcd"), [80, 60, 40, 20]),
        }
    )
    base = frame["street_id"].map({"a": 92, "b": 85, "c": 88, "d": 70})
    frame["score"] = base + random.normal(0, 4, 200)
    frame["good"] = frame["score"] >= 88
    hits = []
    for seed in range(150):
        sample = gg.draw_audit_sample(frame, size=40, strata="street_id", seed=seed)
        for value in ("score", "good"):
            row = gg.estimate_audit(sample, value=value).iloc[0]
            hits.append((value, row["low"] <= frame[value].mean() <= row["high"]))
    share = pd.DataFrame(hits, columns=["value", "hit"]).groupby("value")["hit"].mean()
    # Binomial, 150 draws at 0.95: standard deviation 0.018.
    assert (share > 0.95 - 4 * 0.018).all()


def test_groups_are_named_in_order_and_without_a_name_last() -> None:
    sample = audit({"a": (10, [1.0, 2.0, 3.0, 4.0, 5.0])})
    sample["owner"] = ["y", None, "x", "y", "x"]
    table = gg.estimate_audit(sample, value="score", by="owner")
    assert table["group"].tolist()[:2] == ["x", "y"]
    assert pd.isna(table["group"].iloc[2])
    assert table["sampled"].tolist() == [2, 2, 1]
    assert table["frame_units"].tolist() == [4.0, 4.0, 2.0]


def test_the_sample_is_left_as_it_was_and_the_order_of_rows_changes_nothing() -> None:
    sample = audit({"a": (10, [80.0, 90.0, None]), "b": (6, [70.0, 76.0])})
    before = sample.copy(deep=True)
    one = gg.estimate_audit(sample, value="score", by="stratum")
    pd.testing.assert_frame_equal(sample, before)
    two = gg.estimate_audit(sample.iloc[::-1], value="score", by="stratum")
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        ({}, {"value": "points"}, ColumnsError, "value must name a column.*'points'"),
        ({}, {"value": "score", "by": "owner"}, ColumnsError, "by must name.*'owner'"),
        ({"score": "good"}, {"value": "score"}, ColumnsError, "numbers or truth values.*'good'"),
        ({"score": np.inf}, {"value": "score"}, ColumnsError, "finite. Found: 2 infinite"),
        ({}, {"value": "score", "statistic": "share"}, ColumnsError, "needs 0 and 1"),
        ({}, {"value": "score", "statistic": "median"}, OptionError, "statistic must be one of"),
        ({}, {"value": "score", "variance": "jack"}, OptionError, "variance must be one of"),
        ({}, {"value": "score", "confidence": 95}, OptionError, "between 0 and 1. Found: 95"),
        ({}, {"value": "score", "confidence": "x"}, OptionError, "a number such as 0.95"),
        ({}, {"value": "score", "variance": "local"}, GeometryError, "needs places"),
        (
            {"inclusion_probability": 0.0},
            {"value": "score"},
            ColumnsError,
            "above 0 and at most 1.*first is 0.0 in row 0",
        ),
    ],
)
def test_what_cannot_be_estimated_is_said_in_one_sentence(
    change: dict[str, Any], options: dict[str, Any], error: type[Exception], words: str
) -> None:
    sample = audit({"a": (10, [80.0, 90.0])}).assign(**change)
    with pytest.raises(error, match=words):
        gg.estimate_audit(sample, **options)
    with pytest.raises(ColumnsError, match=r"audit_sample must have the column.*draw_audit"):
        gg.estimate_audit(sample.drop(columns="reserve"), value="score")


def test_sizes_of_samples_are_those_of_cochran() -> None:
    # Cochran (1977), section 4.2: a share of about 0.5 within 5 per cent with z = 2 needs 400;
    # with z = 1.96, 384.16. In 3,200 units 384.16 / (1 + 383.16 / 3,200) = 343.1.
    assert gg.required_sample_size(0.05) == 385
    assert gg.required_sample_size(0.05, population=3_200) == 344
    # A mean: 1.96² · 8² / 2² = 61.5.
    assert gg.required_sample_size(2, deviation=8) == 62
    # Half as many by a design effect of 0.5, twice as many if half is visited.
    assert gg.required_sample_size(2, deviation=8, design_effect=0.5) == 31
    assert gg.required_sample_size(2, deviation=8, answered_share=0.5) == 123
    assert gg.required_sample_size(0.001, population=60) == 60
    assert gg.required_sample_size(2, deviation=8, population=1) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"margin": 0}, "margin must be a number above 0"),
        ({"margin": 0.1, "share": 1}, "share must be a number above 0 and below 1"),
        ({"margin": 0.1, "confidence": 95}, "confidence must be a number above 0 and below 1"),
        ({"margin": 0.1, "population": 0}, "population must be a whole number"),
        ({"margin": 0.1, "answered_share": 1.5}, "answered_share"),
    ],
)
def test_sizes_out_of_range_are_refused(options: dict[str, Any], words: str) -> None:
    margin = options.pop("margin")
    with pytest.raises(OptionError, match=words):
        gg.required_sample_size(margin, **options)
