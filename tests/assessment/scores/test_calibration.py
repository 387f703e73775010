"""Streets alike in truth: ranges of ranks hold every rank, and few changes are called real."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgov.assessment.scores.assess import assess

RUNS, STREETS = 120, 9
ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def alike() -> pd.DataFrame:
    """Return the scores of many districts of nine streets over two months, all alike."""
    rng = np.random.default_rng(2017)
    number = rng.poisson(30, size=RUNS * STREETS * 2)
    place = np.repeat(np.arange(len(number)), number)
    closed = rng.random(len(place)) < 0.93
    in_time = rng.random(len(place)) < 0.9
    filed = pd.DatetimeIndex(np.where(place % 2 == 0, "2017-08-05", "2017-09-05"))
    filed = filed.as_unit("us").tz_localize(ZONE)
    done = filed + pd.to_timedelta(np.where(in_time, 1, 9), unit="D")
    closed_at = pd.Series(done.as_unit("us")).where(closed)
    cases = pd.DataFrame(
        {
            "street_id": [f"{street:05d}" for street in place // 2],
            "district": [f"{street // STREETS:04d}" for street in place // 2],
            "filed_at": filed,
            "due_at": filed + pd.Timedelta(days=3),
            "handled_at": closed_at,
            "closed_at": closed_at,
            "cancelled_at": pd.Series(pd.NaT, range(len(place)), f"datetime64[us, {ZONE}]"),
            "reworks": (rng.random(len(place)) < 0.08).astype(int),
            "supervised": rng.random(len(place)) < 0.05,
        }
    )
    return assess(cases, as_of="2017-10-20", peers="district", min_cases=1)


def test_ranges_hold_all_ranks_of_streets_that_are_alike(alike: pd.DataFrame) -> None:
    assert alike["ranked"].eq(STREETS).all()
    whole = alike["rank_low"].eq(1) & alike["rank_high"].eq(STREETS)
    held = whole.groupby([alike["peer_group"], alike["period"]]).all()
    # 95 % of 240 rankings, give or take three standard errors.
    assert held.mean() > 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(held))


def test_few_changes_are_called_real_where_nothing_changed(alike: pd.DataFrame) -> None:
    p = alike["p_value"].dropna()
    assert len(p) == RUNS * STREETS
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / len(p)))
    assert (p <= 0.5).mean() == pytest.approx(0.5, abs=0.06)


def test_score_intervals_of_a_month_hold_that_of_the_long_run(alike: pd.DataFrame) -> None:
    # The long run: the mean over 2,160 months of streets that are all alike.
    truth = alike["score"].mean()
    held = (alike["score_low"] <= truth) & (truth <= alike["score_high"])
    assert held.mean() == pytest.approx(0.95, abs=0.025)
