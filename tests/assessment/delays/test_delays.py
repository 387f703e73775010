"""Delays by group: known answers, open and cancelled cases, the clock, errors that name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridgov.assessment.delays.closing_curves import measure_closing_curves
from gridgov.assessment.delays.comparison import compare_delays
from gridgov.assessment.delays.delays import measure_delays
from gridgov.checks import conform
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError

ZONE = "Asia/Shanghai"
BEGIN = pd.Timestamp("2017-09-01", tz=ZONE)


def after(*days: float | None) -> pd.Series:
    times = [
        pd.NaT if day is None or np.isnan(day) else BEGIN + pd.Timedelta(days=day) for day in days
    ]
    return pd.Series(times, dtype=f"datetime64[us, {ZONE}]")


def closing(*days: float | None, **columns: Any) -> pd.DataFrame:
    filed = {"filed_at": after(*[0] * len(days)), "closed_at": after(*days)}
    numbered = {"case_id": [f"C{row}" for row in range(len(days))]}
    return conform(pd.DataFrame(numbered | filed | columns), "cases")


def test_the_numbers_of_a_street_are_those_worked_by_hand() -> None:
    cases = closing(1, 2, 4, None)
    row = measure_delays(cases, as_of="2017-09-11", horizon_days=4).iloc[0]
    assert row[["cases", "closed", "open", "cancelled"]].tolist() == [4, 3, 1, 0]
    assert row[["lower_quartile_h", "median_h", "upper_quartile_h"]].tolist() == [24, 48, 96]
    # 1 day all open, 1 day three quarters, 2 days half.
    assert row["restricted_mean_h"] == 24 * (1 + 0.75 + 2 * 0.5)
    shares = [f"closed_{days}d_share" for days in (1, 3, 7, 30)]
    assert row[shares].astype(float).tolist()[:3] == [0.25, 0.5, 0.75]
    # Nobody has been watched for 30 days.
    assert np.isnan(row["closed_30d_share"])


def test_open_cases_make_a_street_slower_and_not_faster() -> None:
    closed_only = closing(1, 1, 2, 2)
    with_open = closing(1, 1, 2, 2, None, None, None, None)
    fast, slow = (
        measure_delays(cases, as_of="2017-10-11").iloc[0] for cases in (closed_only, with_open)
    )
    assert fast["median_h"] == 24
    assert slow["median_h"] == 48
    assert slow["restricted_mean_h"] > fast["restricted_mean_h"]


def test_all_cases_open_has_no_median_and_says_why() -> None:
    table = measure_delays(closing(None, None), as_of="2017-09-11")
    assert table["median_h"].isna().all()
    assert table["reason"].tolist() == ["median_not_reached"]
    assert table["closed_7d_share"].tolist() == [0]
    assert table["restricted_mean_h"].isna().all()
    long = measure_delays(closing(None, None), as_of="2017-10-11")
    assert long["restricted_mean_h"].tolist() == [720]


def test_a_mean_needs_a_case_that_was_seen_for_so_long() -> None:
    table = measure_delays(closing(1, 1, None), as_of="2017-09-05")
    assert table["reason"].tolist() == ["follow_up_too_short"]
    assert table["median_h"].tolist() == [24]


def test_cancelled_cases_are_open_until_struck_out_or_left_out() -> None:
    cases = closing(2, None, None, cancelled_at=after(None, 1, None))
    censored = measure_delays(cases, as_of="2017-09-11").iloc[0]
    assert censored[["cases", "closed", "open", "cancelled"]].tolist() == [3, 1, 1, 1]
    # One of the two that were still there at two days.
    assert censored["closed_3d_share"] == 0.5
    excluded = measure_delays(cases, as_of="2017-09-11", cancelled="excluded")
    assert excluded.loc[0, ["cases", "cancelled"]].tolist() == [2, 0]
    assert excluded.attrs["delays"]["left_out"]["cancelled"] == 1


def test_what_happens_after_the_moment_has_not_happened_yet() -> None:
    cases = closing(1, 5)
    early = measure_delays(cases, as_of=BEGIN + pd.Timedelta(days=2)).iloc[0]
    assert early[["closed", "open"]].tolist() == [1, 1]
    before = measure_delays(cases, as_of=BEGIN - pd.Timedelta(days=1)).iloc[0]
    assert before[["cases", "reason"]].tolist() == [0, "no_cases"]


@pytest.mark.parametrize(
    ("rest", "hours"),
    [
        # Closed after ten days of which it rested two.
        ({"suspended_at": [3], "resumed_at": [5], "paused_h": [48.0]}, 192),
        # Twice: one day before, and the last two by their times.
        ({"suspended_at": [3], "resumed_at": [5], "paused_h": [72.0]}, 168),
        # Still resting when it was closed.
        ({"suspended_at": [7], "resumed_at": [None], "paused_h": [0.0]}, 168),
        # Rested on after the end: only what lies in the span stops the clock.
        ({"suspended_at": [9], "resumed_at": [14], "paused_h": [120.0]}, 216),
        # Never.
        ({"suspended_at": [None], "resumed_at": [None], "paused_h": [None]}, 240),
    ],
)
def test_the_clock_stops_while_a_case_rests(rest: dict[str, list[Any]], hours: float) -> None:
    times = {name: after(*rest[name]) for name in ("suspended_at", "resumed_at")}
    cases = closing(10, **times, paused_h=rest["paused_h"])
    stopped = measure_delays(cases, as_of="2017-10-31", stop_clock=True)
    running = measure_delays(cases, as_of="2017-10-31")
    assert stopped["median_h"].tolist() == [hours]
    assert running["median_h"].tolist() == [240]


def test_an_open_case_that_rests_has_not_been_open_for_long() -> None:
    cases = closing(None, suspended_at=after(2), resumed_at=after(None), paused_h=[0.0])
    curve = measure_closing_curves(cases, as_of="2017-10-01", stop_clock=True)
    assert curve["after_days"].tolist() == [0, 2]


def test_groups_keep_the_cases_of_no_group_and_add_up() -> None:
    cases = closing(1, 2, 3, None, street_id=["02", "01", None, "01"])
    table = measure_delays(cases, by="street_id", as_of="2017-10-01")
    assert table["group"].astype(object).where(table["group"].notna(), None).tolist() == [
        "01",
        "02",
        None,
    ]
    whole = measure_delays(cases, as_of="2017-10-01")
    for name in ("cases", "closed", "open", "cancelled"):
        assert table[name].sum() == whole[name].sum()
    assert list(table.columns) == TABLES["delays"].names


def test_each_group_alone_gives_what_it_gives_among_others() -> None:
    rng = np.random.default_rng(3)
    cases = closing(
        *np.where(rng.random(200) < 0.2, np.nan, rng.exponential(5, 200)).tolist(),
        street_id=rng.choice(["01", "02", "03"], 200).astype(object),
    )
    together = measure_delays(cases, by="street_id", as_of="2017-11-01").set_index("group")
    curves = measure_closing_curves(cases, by="street_id", as_of="2017-11-01")
    for street, part in cases.groupby("street_id"):
        alone = measure_delays(part, as_of="2017-11-01").iloc[0].drop("group")
        pd.testing.assert_series_equal(together.loc[street], alone, check_names=False)
        own = measure_closing_curves(part, as_of="2017-11-01").drop(columns="group")
        among = curves[curves["group"] == street].drop(columns="group")
        pd.testing.assert_frame_equal(among.reset_index(drop=True), own)


def test_only_cases_that_began_in_the_range_are_counted() -> None:
    cases = closing(1, 2, 3)
    cases["filed_at"] = after(-1, 0, 1)
    table = measure_delays(cases, as_of="2017-10-01", start="2017-09-01", end="2017-09-02")
    assert table["cases"].tolist() == [1]
    assert table.attrs["delays"]["left_out"] == {
        "not_begun": 0,
        "outside_range": 2,
        "cancelled": 0,
    }


def test_a_curve_begins_with_all_open_and_ends_where_nobody_was_watched_longer() -> None:
    curve = measure_closing_curves(closing(1, 2, 2, None), as_of="2017-09-06")
    assert curve["after_days"].tolist() == [0, 1, 2, 5]
    assert curve["still_open_share"].round(12).tolist() == [1, 0.75, 0.25, 0.25]
    assert curve["at_risk"].tolist() == [4, 4, 3, 1]
    assert curve["closed"].tolist() == [0, 1, 2, 0]
    inside = curve["still_open_low"] <= curve["still_open_share"]
    assert inside.all()
    assert curve["still_open_share"].is_monotonic_decreasing
    assert list(curve.columns) == TABLES["closing_curves"].names


def test_a_curve_is_read_at_the_days_asked_for() -> None:
    curve = measure_closing_curves(closing(1, 2, 2, None), as_of="2017-09-06", days=[0.5, 1.5, 7])
    assert curve["still_open_share"].tolist()[:2] == [1, 0.75]
    assert np.isnan(curve["still_open_share"].iloc[2])
    assert curve["closed"].tolist() == [0, 1, 2]


def test_a_case_closed_at_once_is_a_step_at_day_zero() -> None:
    curve = measure_closing_curves(closing(0, 1), as_of="2017-09-06")
    assert curve["after_days"].tolist() == [0, 1]
    assert curve["still_open_share"].tolist() == [0.5, 0]


def test_streets_are_compared_and_cases_of_no_street_take_no_part() -> None:
    fast, slow = [1.0] * 12, [5.0] * 12
    cases = closing(*fast, *slow, 1.0, street_id=["01"] * 12 + ["02"] * 12 + [None])
    table = compare_delays(cases, by="street_id")
    assert table["against"].tolist() == ["each other", "the others", "the others"]
    assert table["cases"].tolist() == [24, 12, 12]
    # At day one 12 of 24 close, half expected of each street; then only one street is left.
    assert table["expected_closed"].tolist() == [24, 6, 18]
    # Variance 12 (24 - 12) / 23 / 4.
    assert table["statistic"].tolist() == pytest.approx([6**2 / (12 * 12 / 23 / 4)] * 3)
    assert (table["p_value"] < 0.001).all()
    assert (table["q_value"] >= table["p_value"]).all()
    assert table.attrs["delay_tests"]["without_group"] == 1


def test_one_street_alone_is_compared_with_nobody() -> None:
    with pytest.raises(InputError, match="Found: 1 group with cases in 'street_id'"):
        compare_delays(closing(1, 2, street_id=["01", "01"]), by="street_id")


def test_a_case_that_ends_before_it_begins_is_named() -> None:
    with pytest.raises(InputError, match="1 cases that do, the first is 'C1'") as caught:
        measure_delays(closing(1, -2, 3))
    assert caught.value.problems["row"].tolist() == [1]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "street"}, ColumnsError, "by must name a column of cases"),
        ({"from_": "begun_at"}, ColumnsError, "cases must have the column begun_at"),
        ({"from_": "category"}, ColumnsError, "category must hold times with a zone"),
        ({"cancelled": "closed"}, OptionError, "cancelled must be one of 'censored', 'excluded'"),
        ({"horizon_days": 0}, OptionError, "horizon_days must be above 0"),
        ({"horizon_days": "30"}, OptionError, "horizon_days must be days"),
        ({"confidence": 2}, OptionError, "confidence must be a probability"),
        ({"start": "2017-09-02", "end": "2017-09-01"}, OptionError, "start must be before end"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    options: dict[str, Any], error: type[Exception], words: str
) -> None:
    cases = closing(1, 2).assign(category=["a", "b"])
    with pytest.raises(error, match=words):
        measure_delays(cases, **options)


@pytest.mark.parametrize("days", [[], [3, 1], [1, 1], [-1]])
def test_days_that_are_not_ascending_are_refused(days: list[float]) -> None:
    with pytest.raises(OptionError, match="days must be"):
        measure_closing_curves(closing(1, 2), days=days)


def test_no_cases_at_all_are_refused_and_the_cases_are_left_alone() -> None:
    cases = closing(1, None, street_id=["01", "02"])
    with pytest.raises(EmptyTableError, match="cases has no rows"):
        measure_delays(cases.iloc[:0])
    before = cases.copy(deep=True)
    measure_delays(cases, by="street_id", stop_clock=True)
    compare_delays(cases, by="street_id")
    measure_closing_curves(cases, by="street_id")
    pd.testing.assert_frame_equal(cases, before)
