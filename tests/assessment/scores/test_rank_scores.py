"""League tables of given scores, held to scipy's and statsmodels' analysis of variance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridgov.assessment.scores.rank_scores import rank_scores
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, OptionError


def checked(
    scores: dict[str, list[float]], *, months: tuple[str, ...] = ("2025-01",)
) -> pd.DataFrame:
    """Return the scores of alleys, dealt over the months in turn."""
    rows = [
        (alley, f"{months[at % len(months)]}-{1 + at // len(months):02d}", score)
        for alley, given in scores.items()
        for at, score in enumerate(given)
    ]
    table = pd.DataFrame(rows, columns=["line_id", "checked_at", "score"])
    table["checked_at"] = pd.DatetimeIndex(table["checked_at"]).tz_localize("Asia/Shanghai")
    return table


def test_one_check_each_gives_ranks_with_ties_and_no_ranges() -> None:
    table = rank_scores(checked({"A": [95.0], "B": [90.0], "C": [90.0], "D": [70.0]}))
    assert table.columns.tolist() == TABLES["scores"].names
    assert table["group"].tolist() == ["A", "B", "C", "D"]
    assert table["rank"].tolist() == [1, 2, 2, 4]
    assert table["ranked"].tolist() == [4, 4, 4, 4]
    for name in ("score_low", "score_high", "rank_low", "rank_high", "rank_share", "p_value"):
        assert table[name].isna().all(), name


def test_the_interval_is_students_with_the_pooled_deviation() -> None:
    given = {"A": [95.0, 91.0, 93.0], "B": [80.0, 88.0], "C": [70.0]}
    table = rank_scores(checked(given)).set_index("group")
    # Within-group sum of squares by freedom, as statsmodels' anova_lm has it for this table.
    within = sum(((np.array(of) - np.mean(of)) ** 2).sum() for of in given.values())
    sd, reach = np.sqrt(within / 3), stats.t.ppf(0.975, 3)
    for group, of in given.items():
        half = reach * sd / np.sqrt(len(of))
        assert table.loc[group, "score_low"] == pytest.approx(np.mean(of) - half)
        assert table.loc[group, "score_high"] == pytest.approx(np.mean(of) + half)


def test_two_months_of_one_alley_are_a_two_sample_t_test() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.normal(90, 3, 6), rng.normal(86, 3, 6)
    checks = checked(
        {"A": [score for pair in zip(first, second, strict=True) for score in pair]},
        months=("2025-01", "2025-02"),
    )
    table = rank_scores(checks)
    known = stats.ttest_ind(second, first)
    ends = known.confidence_interval(0.95)
    row = table.iloc[1]
    assert row["change"] == pytest.approx(second.mean() - first.mean())
    assert row["p_value"] == pytest.approx(known.pvalue)
    assert row["change_low"] == pytest.approx(ends.low)
    assert row["change_high"] == pytest.approx(ends.high)
    assert row["rank_change"] == 0
    assert pd.isna(table.iloc[0]["change"])


def test_ranges_of_equally_checked_alleys_are_those_of_tukey() -> None:
    rng = np.random.default_rng(8)
    given = {f"L{at}": rng.normal(95 - 3 * at, 2, 4).tolist() for at in range(5)}
    table = rank_scores(checked(given), samples=19_999).set_index("group").sort_index()
    known = stats.tukey_hsd(*given.values())
    apart = known.pvalue < 0.05
    means = np.array([np.mean(of) for of in given.values()])
    for at in range(5):
        assert table["rank_low"].iloc[at] == 1 + (apart[at] & (means > means[at])).sum()
        assert table["rank_high"].iloc[at] == 5 - (apart[at] & (means < means[at])).sum()


def test_peers_are_ranked_against_each_other_only() -> None:
    checks = checked({"A": [95.0], "B": [90.0], "C": [80.0], "D": [70.0]})
    by_column = rank_scores(
        checks.assign(kind=["hutong", "road", "hutong", "road"]), peers="kind"
    ).set_index("group")
    assert by_column["rank"].to_dict() == {"A": 1, "B": 1, "C": 2, "D": 2}
    kinds = {"A": "hutong", "B": "road", "C": "hutong", "D": "road", "E": "road"}
    listed = rank_scores(checks, peers=kinds).set_index("group")
    assert listed["rank"].dropna().to_dict() == {"A": 1, "B": 1, "C": 2, "D": 2}
    assert listed.loc["E", "reason"] == "no_checks"
    assert listed.loc["E", "cases"] == 0
    assert pd.isna(listed.loc["E", "rank"])


def test_peers_that_leave_a_group_out_or_contradict_are_refused() -> None:
    checks = checked({"A": [95.0, 94.0], "B": [90.0]})
    with pytest.raises(ColumnsError, match="Found: none for B"):
        rank_scores(checks, peers={"A": "hutong"})
    with pytest.raises(ColumnsError, match=r"the first is 'A' in 'x', 'y'"):
        rank_scores(checks.assign(kind=["x", "y", "x"]), peers="kind")
    with pytest.raises(ColumnsError, match="Found: 'kind'; the columns are"):
        rank_scores(checks, peers="kind")
    with pytest.raises(OptionError, match="Found: int"):
        rank_scores(checks, peers=3)


def test_too_few_checks_are_listed_and_not_ranked() -> None:
    table = rank_scores(checked({"A": [70.0, 72.0], "B": [99.0]}), min_checks=2)
    assert table["group"].tolist() == ["A", "B"]
    assert table["rank"].tolist()[0] == 1
    assert table["score"].tolist() == [71.0, 99.0]
    assert table.loc[1, "reason"] == "too_few_checks"
    assert pd.isna(table.loc[1, "rank"])


def test_places_gained_are_counted_from_the_month_before() -> None:
    checks = checked(
        {"A": [90.0, 80.0], "B": [85.0, 95.0], "C": [70.0, 70.0]}, months=("2025-01", "2025-02")
    )
    february = rank_scores(checks).iloc[3:].set_index("group")
    assert february["rank_change"].to_dict() == {"B": 1, "A": -1, "C": 0}
    assert february["change"].to_dict() == {"B": 10.0, "A": -10.0, "C": 0.0}


def test_grades_and_what_was_left_out_are_told() -> None:
    checks = pd.concat([checked({"A": [95.0], "B": [80.0]}), checked({"C": [np.nan]})])
    table = rank_scores(checks, grades={"A": 90, "B": 75})
    assert table["grade"].tolist() == ["A", "B"]
    assert table.attrs["scores"]["left_out"] == 1
    with pytest.raises(EmptyTableError, match="Found: none among 1 rows"):
        rank_scores(checks.iloc[2:])


def test_shuffled_checks_give_the_same_table_and_are_not_changed() -> None:
    checks = checked({"A": [95.0, 91.0], "B": [80.0, 88.0]})
    other = checks.sample(frac=1, random_state=2)
    before = other.copy()
    pd.testing.assert_frame_equal(rank_scores(other), rank_scores(checks))
    pd.testing.assert_frame_equal(other, before)


def test_bad_tables_and_options_are_named() -> None:
    checks = checked({"A": [95.0]})
    with pytest.raises(ColumnsError, match=r"Found: no alley among line_id.* Say with by"):
        rank_scores(checks, by="alley")
    with pytest.raises(ColumnsError, match="checks must be a table"):
        rank_scores(None)
    with pytest.raises(OptionError, match="Periods need times"):
        rank_scores(checks, times=None)
    with pytest.raises(OptionError, match="min_checks must be a whole number"):
        rank_scores(checks, min_checks=0)
    with pytest.raises(OptionError, match="samples must be a whole number, 99 or more"):
        rank_scores(checks, samples=10)
    with pytest.raises(OptionError, match=r"confidence must be a probability from 0\.5"):
        rank_scores(checks, confidence=95)
