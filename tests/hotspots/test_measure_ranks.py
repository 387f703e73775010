"""Which measure is best: clear wins, ties that stay ties, and how often luck is taken for skill."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.measure_ranks import explain_ranks, rank_measures
from gridgov.taxonomy.labels import labels


def table_of(scores, names=None, **columns):
    """Return a backtest with the hit rates given, periods by measures."""
    scores = np.asarray(scores, dtype=float)
    periods, measures = scores.shape
    names = names or ["mean", "last_period", "gi_star", "density", "scan"][:measures]
    start = pd.date_range("2015-01-01", periods=periods, freq="MS", tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "measure": np.tile(np.array(names, dtype=object), periods),
            "period": start.repeat(measures),
            "group": None,
            "area_share": 0.05,
            "hit_rate": scores.ravel(),
            "pai": scores.ravel() / 0.05,
            **columns,
        }
    )


def test_the_table_has_its_columns_and_the_best_first():
    rng = np.random.default_rng(0)
    scores = rng.uniform(0.2, 0.4, (24, 3)) + np.array([0, 0.2, 0.1])
    ranks = rank_measures(table_of(scores))
    assert list(ranks.columns) == TABLES["measure_ranks"].names
    assert ranks["measure"].tolist() == ["last_period", "gi_star", "mean"]
    np.testing.assert_allclose(ranks["mean_score"], scores.mean(axis=0)[[1, 2, 0]])
    places = stats.rankdata(-scores, axis=1).mean(axis=0)[[1, 2, 0]]
    np.testing.assert_allclose(ranks["mean_rank"], places)
    assert ranks["times_best"].sum() == 24
    assert ranks["verdict"].tolist() == ["best", "behind", "behind"]
    assert ranks["behind_low"].isna().tolist() == [True, False, False]


def test_the_interval_is_near_students_for_well_behaved_differences():
    rng = np.random.default_rng(1)
    scores = np.column_stack([rng.normal(0.5, 0.02, 30), rng.normal(0.4, 0.02, 30)])
    ranks = rank_measures(table_of(scores), samples=99_999)
    apart = scores[:, 0] - scores[:, 1]
    low, high = stats.t.interval(0.95, 29, apart.mean(), stats.sem(apart))
    width = high - low
    assert ranks.loc[1, "behind"] == pytest.approx(apart.mean())
    assert ranks.loc[1, "behind_low"] == pytest.approx(low, abs=0.06 * width)
    assert ranks.loc[1, "behind_high"] == pytest.approx(high, abs=0.06 * width)


def test_measures_that_cannot_be_told_apart_are_all_among_the_best():
    rng = np.random.default_rng(2)
    good = rng.uniform(0.3, 0.5, 24)
    scores = np.column_stack([good, good + rng.normal(0, 0.03, 24), good - 0.2])
    ranks = rank_measures(table_of(scores)).set_index("measure")
    assert ranks.loc[["mean", "last_period"], "verdict"].tolist() == ["among the best"] * 2
    assert ranks.loc["gi_star", "verdict"] == "behind"
    same = rank_measures(table_of(np.column_stack([good, good])))
    assert same["verdict"].tolist() == ["among the best"] * 2
    assert same["mean_rank"].tolist() == [1.5, 1.5]
    assert same["times_best"].tolist() == [24, 24]


@pytest.mark.parametrize(("measures", "periods"), [(2, 12), (5, 24)])
def test_a_best_measure_is_seldom_named_where_all_are_alike(measures, periods):
    # 100 backtests of measures that differ by luck alone: at most 5 % may name a best one.
    # The standard error of 5 % is 2.2 points; three of them are allowed.
    rng = np.random.default_rng(3)
    named = 0
    for run in range(100):
        scores = rng.gamma(4, 0.1, (periods, 1)) + rng.gamma(2, 0.05, (periods, measures))
        ranks = rank_measures(table_of(scores), samples=999, seed=run)
        named += ranks["verdict"].iloc[0] == "best"
    assert named / 100 <= 0.05 + 3 * 0.022


def test_few_periods_give_no_verdict_even_to_a_measure_that_always_wins():
    always = np.tile([0.5, 0.3, 0.2, 0.1, 0.0], (8, 1)) + np.linspace(0, 0.1, 8)[:, None]
    for periods, verdict in ((7, "too few periods"), (8, "best")):
        assert rank_measures(table_of(always[:periods]))["verdict"].iloc[0] == verdict
    for periods, verdict in ((5, "too few periods"), (6, "best")):
        assert rank_measures(table_of(always[:periods, :2]))["verdict"].iloc[0] == verdict


def test_periods_without_incidents_are_left_out():
    scores = np.tile([0.5, 0.3], (10, 1))
    scores[3] = np.nan
    assert rank_measures(table_of(scores))["periods"].tolist() == [9, 9]
    ranks = rank_measures(table_of(np.full((10, 2), np.nan)))
    assert ranks["verdict"].tolist() == ["too few periods"] * 2
    assert ranks["mean_score"].isna().all()
    assert explain_ranks(ranks) == ["At 5 % of the area no period has incidents to predict."]


def test_every_group_and_share_is_ranked_by_itself():
    rng = np.random.default_rng(4)
    first = table_of(rng.uniform(0.2, 0.3, (12, 2)) + np.array([0.2, 0]), group="waste")
    second = table_of(rng.uniform(0.2, 0.3, (12, 2)) + np.array([0, 0.2]), group="noise")
    wide = second.assign(area_share=0.1)
    both = pd.concat([first, second, wide])
    ranks = rank_measures(both)
    winners = ranks[ranks["verdict"] == "best"]
    assert winners[["group", "area_share", "measure"]].values.tolist() == [
        ["waste", 0.05, "mean"],
        ["noise", 0.05, "last_period"],
        ["noise", 0.1, "last_period"],
    ]
    narrow = rank_measures(both, area_share=0.05)
    assert narrow["area_share"].unique().tolist() == [0.05]
    by_pai = rank_measures(both, ranked_by="pai", area_share=0.05)
    assert by_pai["ranked_by"].unique().tolist() == ["pai"]
    np.testing.assert_allclose(by_pai["mean_score"], narrow["mean_score"] / 0.05)


def test_order_of_rows_changes_nothing_and_the_seed_decides():
    table = table_of(np.random.default_rng(5).uniform(0.2, 0.4, (12, 3)))
    ranks = rank_measures(table)
    mixed = rank_measures(table.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(ranks, mixed)
    assert rank_measures(table, seed=1)["behind_low"].iloc[1] != ranks["behind_low"].iloc[1]


# ---- sentences


def test_the_sentences_hold_the_numbers_in_both_languages():
    wins = rank_measures(table_of(np.tile([0.5, 0.3], (12, 1)), group="占道经营"))
    assert explain_ranks(wins) == [
        "占道经营: at 5 % of the area Training mean predicts best: hit rate 50 % "
        "over 12 periods, ahead of Last period beyond chance."
    ]
    assert explain_ranks(wins, lang="zh") == [
        "占道经营：选取 5% 的面积时，“训练期平均”预测最好：12 期平均命中率 50%，优于上一时段，"
        "差距超出偶然。"
    ]
    rng = np.random.default_rng(6)
    good = rng.uniform(0.3, 0.5, 12)
    tied = rank_measures(table_of(np.column_stack([good, good[::-1], good - 0.3])), ranked_by="pai")
    (sentence,) = explain_ranks(tied)
    number = f"{good.mean() / 0.05:.2f}"
    assert sentence == (
        f"At 5 % of the area there is no clear winner: Training mean (PAI {number})"
        f", Last period ({number}) cannot be told apart over 12 periods. Behind beyond chance: Gi*."
    )
    few = rank_measures(table_of(np.tile([0.5, 0.3], (3, 1))))
    assert "3 periods are too few" in explain_ranks(few)[0]
    assert "仅 3 期，不足以判断" in explain_ranks(few, lang="zh")[0]
    alone = rank_measures(table_of(np.full((9, 1), 0.4)))
    assert "nothing to compare it with" in explain_ranks(alone)[0]


def test_every_verdict_and_measure_has_words():
    # The comparison of patrol plans has verdicts of its own.
    assert set(labels("verdict", "zh")) >= {
        *("best", "among the best", "behind", "too few periods", "nothing to compare")
    }
    assert set(labels("measure", "en")) == {"last_period", "mean", "gi_star", "density", "scan"}


# ---- what is refused


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ranked_by": "rri"}, "ranked_by must be one of 'hit_rate', 'pai', 'pei'"),
        ({"area_share": 0.07}, "one of those in the table, 0.05. Found: 0.07"),
        ({"confidence": 1}, "confidence must be a number above 0.5 and below 1"),
        ({"samples": 10}, "samples must be a whole number, 999 or more"),
        ({"seed": -1}, "seed must be a whole number, 0 or more"),
    ],
)
def test_options_out_of_range_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        rank_measures(table_of(np.ones((9, 2))), **options)


def test_tables_with_holes_or_doubles_are_refused():
    table = table_of(np.ones((9, 2)))
    with pytest.raises(ColumnsError, match="0 rows too many and 1 missing"):
        rank_measures(table.iloc[1:])
    with pytest.raises(ColumnsError, match="18 rows too many and 0 missing"):
        rank_measures(pd.concat([table, table]))
    with pytest.raises(ColumnsError, match="backtest must have the column hit_rate"):
        rank_measures(table.drop(columns="hit_rate"))
    with pytest.raises(OptionError, match="lang must be one of"):
        explain_ranks(rank_measures(table), lang="fr")
