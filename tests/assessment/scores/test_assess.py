"""Scores by hand, their intervals against independent tools, and what cannot be ranked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
)
from statsmodels.stats.proportion import (
    test_proportions_2indep as two_proportions,
)

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.assessment.scores.assess import assess
from gridgov.assessment.scores.score_items import measure_score_items
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError, SettingsError
from gridgov.sources.cases import read_cases

Cases = Callable[..., pd.DataFrame]
SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "cases.csv"
AFTER = "2017-12-01"


def seen(at: str) -> pd.Timestamp:
    return pd.Timestamp(at, tz="Asia/Shanghai")


def test_the_score_of_city_page_k_by_hand(make_cases: Cases) -> None:
    # Of ten cases filed eight are closed in time, one late, and one is open: not yet due on
    # the seventh, so 9 count. Two were reworked; three are supervised, the open one of them.
    cases = make_cases(closed=9, of=10, late=1, reworked=2, supervised=3)
    cases["due_at"] = cases["due_at"].where(cases["closed_at"].notna(), seen("2017-10-30"))
    table = assess(cases, as_of="2017-10-01")
    expected = 50 * 8 / 9 + 30 * 9 / 9 + 10 * (1 - 2 / 10) + (10 - 0.5 * 3 - 1)
    assert table["score"].tolist() == pytest.approx([expected])
    items = measure_score_items(cases, as_of="2017-10-01").set_index("item")
    assert items["numerator"].to_dict() == {
        "on_time_closing": 8,
        "closing": 9,
        "rework": 2,
        "supervision": 2.5,
    }
    assert items["denominator"].tolist() == [9, 9, 10, 10]
    assert items["points"].tolist() == pytest.approx([100 * 8 / 9, 100, 80, 75])
    assert items["weighted_points"].sum() == pytest.approx(expected)
    assert items.loc["supervision", "inputs"] == (
        "supervision_rate 3 x 0.5; supervised_unhandled_rate 1 x 1"
    )


def test_the_tables_have_the_documented_columns_and_say_how_they_were_made(
    make_cases: Cases,
) -> None:
    table = assess(make_cases(closed=9, of=10), as_of=AFTER)
    assert table.columns.tolist() == TABLES["scores"].names
    assert {name: str(table[name].dtype) for name in ("rank", "cases", "score", "group")} == {
        "rank": "Int64",
        "cases": "int64",
        "score": "float64",
        "group": "str",
    }
    told = table.attrs["scores"]
    assert told["scheme"] == "city_page_k"
    assert "not official" in told["scheme_en"]
    assert told["weights"]["on_time_closing"] == 0.5
    assert table.attrs["as_of"].startswith(AFTER)
    items = measure_score_items(make_cases(closed=9, of=10), as_of=AFTER)
    assert items.columns.tolist() == TABLES["score_items"].names
    assert items.attrs["score_items"]["labels"]["closing"]["zh"] == "结案率"


def test_a_score_of_one_share_has_the_interval_of_jeffreys(
    make_cases: Cases, closing: dict[str, Any]
) -> None:
    for closed, of in ((27, 30), (30, 30), (3, 40)):
        table = assess(
            make_cases(closed=closed, of=of), scheme=closing, as_of=AFTER, samples=19_999
        )
        # Known answer: quantiles of the beta distribution, from scipy.
        low, high = stats.beta.ppf([0.025, 0.975], closed + 0.5, of - closed + 0.5)
        assert table["score_low"].iloc[0] == pytest.approx(100 * low, abs=0.6)
        end = 1.0 if closed == of else high
        assert table["score_high"].iloc[0] == pytest.approx(100 * end, abs=0.6)


@pytest.mark.parametrize(("first", "second"), [(48, 56), (48, 50), (30, 45), (58, 57)])
def test_a_change_of_one_share_is_a_test_of_two_proportions(
    make_cases: Cases, closing: dict[str, Any], first: int, second: int
) -> None:
    cases = pd.concat(
        [
            make_cases(closed=first, of=60, month="2017-08"),
            make_cases(closed=second, of=60, month="2017-09"),
        ]
    )
    row = assess(cases, scheme=closing, as_of=AFTER, samples=9_999).iloc[1]
    # Known answers of statsmodels: the score test and Newcombe's interval.
    p = two_proportions(second, 60, first, 60, method="score", correction=False).pvalue
    low, high = confint_proportions_2indep(second, 60, first, 60, method="newcomb")
    assert row["change"] == pytest.approx(100 * (second - first) / 60)
    assert row["p_value"] == pytest.approx(p, abs=0.035)
    assert row["change_low"] == pytest.approx(100 * low, abs=1.5)
    assert row["change_high"] == pytest.approx(100 * high, abs=1.5)


def nine_streets(make_cases: Cases, *, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.concat(
        [
            make_cases(
                f"{street:02d}",
                closed=int(rng.integers(25, 41)),
                of=40,
                late=int(rng.integers(0, 12)),
                reworked=int(rng.integers(0, 6)),
                supervised=int(rng.integers(0, 4)),
                month=month,
                half="west" if street < 4 else "east",
            )
            for street in range(9)
            for month in ("2017-07", "2017-08", "2017-09")
        ],
        ignore_index=True,
    )


def test_scores_agree_with_the_indicators_they_are_made_of(make_cases: Cases) -> None:
    cases = nine_streets(make_cases)
    items = measure_score_items(cases, as_of=AFTER)
    rates = measure_indicators(
        cases, indicators=["closing_rate_of_filed"], by="street_id", period="MS", as_of=AFTER
    )
    mine = items[items["item"] == "closing"].reset_index(drop=True)
    for name in ("numerator", "denominator", "value"):
        assert mine[name].tolist() == rates[name].tolist()
    table = assess(cases, as_of=AFTER).set_index(["group", "period"])
    by_item = items.groupby(["group", "period"])["weighted_points"].sum()
    pd.testing.assert_series_equal(
        by_item.sort_index(), table["score"].sort_index(), check_names=False
    )


def test_q_values_are_benjamini_hochberg_over_the_streets_of_a_month(make_cases: Cases) -> None:
    table = assess(nine_streets(make_cases), as_of=AFTER)
    for _, month in table.groupby("period"):
        p = month["p_value"]
        if p.notna().all():
            known = multipletests(p, method="fdr_bh")[1]
            np.testing.assert_allclose(month["q_value"], known)
    assert table["p_value"].notna().sum() == 18


def test_ranks_and_ranges_are_in_order_and_each_month_is_its_own(make_cases: Cases) -> None:
    table = assess(nine_streets(make_cases), as_of=AFTER)
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert table["ranked"].eq(9).all()
    for _, month in table.groupby("period"):
        known = stats.rankdata(-month["score"].round(9), method="min")
        assert month["rank"].tolist() == known.tolist()
        assert month["rank"].is_monotonic_increasing
    later = table[table["period"] == seen("2017-09-01")].set_index("group")
    before = table[table["period"] == seen("2017-08-01")].set_index("group")
    gained = before["rank"] - later["rank"]
    assert later["rank_change"].to_dict() == gained.to_dict()


def test_a_far_worse_street_is_last_for_sure_and_the_others_are_not_told_apart(
    make_cases: Cases, closing: dict[str, Any]
) -> None:
    cases = pd.concat(
        [make_cases(s, closed=c, of=40) for s, c in (("A", 38), ("B", 37), ("C", 36), ("D", 8))]
    )
    table = assess(cases, scheme=closing, as_of=AFTER).set_index("group")
    assert (table["rank_low"]["D"], table["rank_high"]["D"]) == (4, 4)
    for street in "ABC":
        assert (table["rank_low"][street], table["rank_high"][street]) == (1, 3)


def test_equal_scores_share_a_rank(make_cases: Cases, closing: dict[str, Any]) -> None:
    cases = pd.concat(
        [make_cases(s, closed=c, of=20) for s, c in (("A", 18), ("B", 15), ("C", 15), ("D", 10))]
    )
    table = assess(cases, scheme=closing, as_of=AFTER)
    assert table["group"].tolist() == ["A", "B", "C", "D"]
    assert table["rank"].tolist() == [1, 2, 2, 4]


def test_peers_by_column_or_mapping_are_ranked_apart(make_cases: Cases) -> None:
    cases = nine_streets(make_cases)
    by_column = assess(cases, as_of=AFTER, peers="half")
    assert by_column.groupby("peer_group")["ranked"].unique().map(list).to_dict() == {
        "east": [5],
        "west": [4],
    }
    halves = dict(zip(cases["street_id"], cases["half"], strict=True))
    by_mapping = assess(cases, as_of=AFTER, peers=halves | {"99": "west"})
    listed = by_mapping[by_mapping["group"] == "99"]
    assert listed["reason"].tolist() == ["no_cases"] * 3
    assert listed["cases"].tolist() == [0, 0, 0]
    rest = by_mapping[by_mapping["group"] != "99"].reset_index(drop=True)
    pd.testing.assert_frame_equal(rest, by_column)
    with pytest.raises(OptionError, match="Found: no by"):
        assess(cases, as_of=AFTER, by=None, peers="half")


def test_small_groups_are_listed_with_their_score_and_not_ranked(
    make_cases: Cases, closing: dict[str, Any]
) -> None:
    cases = pd.concat([make_cases("A", closed=15, of=20), make_cases("B", closed=9, of=9)])
    table = assess(cases, scheme=closing, as_of=AFTER, min_cases=10)
    assert table["group"].tolist() == ["A", "B"]
    assert table["ranked"].tolist() == [1, 1]
    assert table.loc[1, "score"] == 100.0
    assert pd.isna(table.loc[1, "rank"])
    assert table["reason"].tolist()[1] == "too_few_cases"
    assert pd.isna(table["reason"].tolist()[0])
    assert assess(cases, scheme=closing, as_of=AFTER, min_cases=9)["rank"].tolist() == [1, 2]


def test_a_change_from_a_month_of_few_cases_is_shown_and_not_tested(
    make_cases: Cases, closing: dict[str, Any]
) -> None:
    cases = pd.concat([make_cases(closed=1, of=2, month="2017-08"), make_cases(closed=20, of=20)])
    row = assess(cases, scheme=closing, as_of=AFTER).iloc[1]
    assert row["change"] == 50.0
    assert pd.isna(row["p_value"])
    assert pd.isna(row["q_value"])
    assert pd.isna(row["rank_change"])


def test_an_item_without_cases_gives_no_score_unless_its_weight_is_to_be_shared(
    make_cases: Cases,
) -> None:
    cases = make_cases(closed=18, of=20, reworked=2)
    cases["due_at"] = seen("2018-06-01")
    cases["closed_at"] = cases["cancelled_at"]
    scheme = {
        "items": [
            {"name": "closing", "indicator": "closing_rate_of_filed", "weight": 60},
            {
                "name": "rework",
                "indicator": "rework_rate",
                "weight": 40,
                "zero_at": 1,
                "full_at": 0,
            },
        ]
    }
    # All cases are open and none is due: nothing was to be closed, and that is no 0 %.
    table = assess(cases, scheme=scheme, as_of=AFTER)
    assert table["score"].isna().tolist() == [True]
    assert table["reason"].tolist() == ["item_missing"]
    assert table["cases"].tolist() == [20]
    items = measure_score_items(cases, scheme=scheme, as_of=AFTER)
    assert items["reason"].fillna("").tolist() == ["no_cases", ""]
    assert items["points"].isna().tolist() == [True, False]
    shared = assess(cases, scheme=scheme, as_of=AFTER, missing="renormalize")
    assert shared["score"].tolist() == pytest.approx([90.0])
    assert shared["score_low"].notna().all()
    weights = measure_score_items(cases, scheme=scheme, as_of=AFTER, missing="renormalize")
    assert weights["weight"].fillna(-1).tolist() == [-1.0, 1.0]


def test_all_cases_open_and_overdue_score_nothing_for_closing(make_cases: Cases) -> None:
    table = assess(make_cases(closed=0, of=20), as_of=AFTER)
    assert table["score"].tolist() == [pytest.approx(20.0)]
    assert table["score_low"].iloc[0] < 20 < table["score_high"].iloc[0]


def test_one_street_is_first_of_one(make_cases: Cases) -> None:
    row = assess(make_cases(closed=18, of=20), as_of=AFTER).iloc[0]
    assert (row["rank"], row["rank_low"], row["rank_high"], row["ranked"]) == (1, 1, 1, 1)


def test_a_month_without_cases_is_listed_without_a_score(make_cases: Cases) -> None:
    cases = pd.concat([make_cases(closed=18, of=20, month="2017-07"), make_cases(closed=18, of=20)])
    table = assess(cases, as_of=AFTER)
    assert table["reason"].fillna("").tolist() == ["", "no_cases", ""]
    assert table["change"].isna().all()
    assert table["cases"].tolist() == [20, 0, 20]


def test_a_column_that_is_not_there_is_named_as_the_reason(make_cases: Cases) -> None:
    cases = make_cases(closed=18, of=20).drop(columns="supervised")
    items = measure_score_items(cases, as_of=AFTER).set_index("item")
    assert items.loc["supervision", "reason"] == "column_missing"
    assert pd.isna(items.loc["supervision", "inputs"])
    scored = assess(cases, as_of=AFTER)
    assert scored["reason"].tolist() == ["item_missing"]
    assert scored.attrs["scores"]["items_missing"] == {"supervision": 1}
    shared = assess(cases, as_of=AFTER, missing="renormalize")
    assert shared["score"].tolist() == pytest.approx([(50 * 0.9 + 30 * 0.9 + 10) / 0.9])


def test_numbers_of_cases_are_scored_by_steps(make_cases: Cases) -> None:
    scheme = {
        "items": [
            {
                "name": "filed",
                "indicator": "filed_cases",
                "measure": "numerator",
                "weight": 1,
                "rule": "steps",
                "steps": [[0, 100], [1, 90], [3, 75], [5, 60], [7, 40], [9, 0]],
            }
        ]
    }
    cases = pd.concat(
        [
            make_cases("A", closed=2, of=2),
            make_cases("B", closed=4, of=4),
            make_cases("C", closed=9, of=9),
        ]
    )
    table = assess(cases, scheme=scheme, as_of=AFTER, min_cases=1).set_index("group")
    assert table["score"].to_dict() == {"A": 90.0, "B": 75.0, "C": 0.0}
    assert table.loc["A", "score_low"] < 90 <= table.loc["A", "score_high"]


def test_the_hotline_scores_with_weights_that_are_given(make_cases: Cases) -> None:
    answers = ["satisfied"] * 12 + ["mostly satisfied"] * 5 + ["not satisfied"] * 3
    cases = make_cases(
        closed=20,
        of=20,
        contacted=pd.array([True] * 19 + [False], dtype="boolean"),
        resolved=pd.array([True] * 15 + [False] * 5, dtype="boolean"),
        satisfaction=answers,
    )
    weights = {"response": 0.1, "resolution": 0.5, "satisfaction": 0.4}
    table = assess(cases, scheme="hotline", weights=weights, as_of=AFTER)
    expected = 100 * (0.1 * 19 / 20 + 0.5 * 15 / 20 + 0.4 * (12 + 0.9 * 5) / 20)
    assert table["score"].tolist() == pytest.approx([expected])
    with pytest.raises(SettingsError, match="none is official"):
        assess(cases, scheme="hotline", as_of=AFTER)


def test_grades_come_from_the_scheme(make_cases: Cases, closing: dict[str, Any]) -> None:
    graded = closing | {"grades": [["A", 90], ["B", 75]]}
    cases = pd.concat(
        [
            make_cases("A", closed=18, of=20),
            make_cases("B", closed=15, of=20),
            make_cases("C", closed=1, of=20),
        ]
    )
    table = assess(cases, scheme=graded, as_of=AFTER)
    assert table["grade"].fillna("none").tolist() == ["A", "B", "none"]


def test_own_indicators_go_before_built_in_ones_of_the_same_name(make_cases: Cases) -> None:
    own = read_indicators(
        '[closing_rate_of_filed]\nlabel = "x"\nnumerator = "reworks = 0"\n'
        'denominator = "filed_at is not missing"\nperiod = "filed_at"\nbetter = "higher"\n'
        'source = "own"\n'
    )
    scheme = {"items": [{"name": "a", "indicator": "closing_rate_of_filed", "weight": 1}]}
    cases = make_cases(closed=0, of=20, reworked=5)
    assert assess(cases, scheme=scheme, indicators=own, as_of=AFTER)["score"].tolist() == [75.0]


def test_an_indicator_that_nobody_defines_is_named_with_the_nearest(make_cases: Cases) -> None:
    scheme = {"items": [{"name": "a", "indicator": "closing_rat", "weight": 1}]}
    with pytest.raises(
        SettingsError, match=r"'closing_rat' of a. Did you mean 'closing_rate'"
    ) as raised:
        assess(make_cases(closed=9, of=10), scheme=scheme, as_of=AFTER)
    assert raised.value.problems["item"].tolist() == ["a"]


def test_cases_without_a_street_are_counted_and_in_no_score(make_cases: Cases) -> None:
    cases = pd.concat([make_cases("A", closed=18, of=20), make_cases(closed=1, of=10)])
    cases["street_id"] = cases["street_id"].where(np.arange(30) < 20)
    table = assess(cases, as_of=AFTER)
    assert table["group"].tolist() == ["A"]
    assert table.attrs["scores"]["ungrouped"] == 10
    whole = assess(cases, as_of=AFTER, by=None)
    assert whole["group"].isna().all()
    assert whole["cases"].tolist() == [30]
    assert whole.attrs["scores"]["ungrouped"] == 0


def test_shuffling_and_other_streets_change_no_interval(make_cases: Cases) -> None:
    cases = nine_streets(make_cases)
    before = cases.copy()
    table = assess(cases, as_of=AFTER)
    shuffled = assess(cases.sample(frac=1, random_state=3), as_of=AFTER)
    pd.testing.assert_frame_equal(table, shuffled)
    pd.testing.assert_frame_equal(cases, before)
    alone = assess(cases[cases["street_id"] == "03"], as_of=AFTER)
    mine = table[table["group"] == "03"].reset_index(drop=True)
    for name in ("score", "score_low", "score_high", "change_low", "change_high", "p_value"):
        pd.testing.assert_series_equal(mine[name], alone[name])
    other = assess(cases, as_of=AFTER, seed=1)
    assert not other["score_low"].equals(table["score_low"])


def test_without_periods_there_is_one_row_a_street_and_no_change(make_cases: Cases) -> None:
    table = assess(nine_streets(make_cases), as_of=AFTER, period=None)
    assert len(table) == 9
    assert table["period"].isna().all()
    assert table["change"].isna().all()
    assert table["cases"].eq(120).all()


def test_bad_options_and_tables_are_named(make_cases: Cases) -> None:
    cases = make_cases(closed=9, of=10)
    for options, words in (
        ({"missing": "zero"}, "missing must be one of 'no_score', 'renormalize'"),
        ({"min_cases": 0}, "min_cases must be a whole number, 1 or more"),
        ({"samples": 5}, "samples must be a whole number, 99 or more"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"confidence": 1}, "confidence must be a probability from 0.5"),
        ({"period": "monthly"}, "period must be None or name a calendar start"),
        ({"scheme": "city"}, "scheme must be one of"),
    ):
        with pytest.raises(OptionError, match=words):
            assess(cases, as_of=AFTER, **options)
    with pytest.raises(ColumnsError, match="by must name a column of cases"):
        assess(cases, by="office", as_of=AFTER)
    with pytest.raises(EmptyTableError, match="cases has no rows"):
        assess(cases.iloc[:0], as_of=AFTER)
    with pytest.raises(InputError, match="Give start and end"):
        assess(cases, as_of="2017-01-01")


def test_the_sample_district_is_scored_month_by_month() -> None:
    cases = read_cases(SAMPLE, timezone="Asia/Shanghai").cases
    table = assess(cases, start="2017-01-01", end="2018-01-01", as_of="2018-01-01")
    assert len(table) == 9 * 12
    ranked = table[table["rank"].notna()]
    assert ranked["score"].between(0, 100).all()
    assert (ranked["score_low"] <= ranked["score"]).all()
    assert (ranked["rank_low"] <= ranked["rank_high"]).all()
    # Nothing was planted in how streets handle cases: the order is mostly chance.
    assert ((ranked["rank_high"] - ranked["rank_low"]) >= 5).mean() > 0.9
    assert table.attrs["scores"]["scheme"] == "city_page_k"
