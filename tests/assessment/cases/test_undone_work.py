"""Work that failed its check or was opened again is not done now, whoever asks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gridgov.assessment.cases.event_log import make_cases
from gridgov.assessment.cases.undone_work import undone_work
from gridgov.assessment.delays.delays import measure_delays
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.assessment.scores.assess import assess
from gridgov.assessment.supervision.overdue import find_overdue

ZONE = "Asia/Shanghai"
AS_OF = "2017-09-20"
STEPS = {
    # Dispatched on the 1st and handled in time in every case.
    "passed": ["handled 2", "verified 3"],
    "failed": ["handled 2", "verified 3", "reworked 3"],
    "again": ["handled 2", "verified 3", "reworked 3", "handled 4"],
    "refused": ["handled 2", "reworked 3"],
    "opened": ["handled 2", "verified 3", "closed 4", "reopened 5"],
    "closed": ["handled 2", "verified 3", "reworked 3", "handled 4", "verified 5", "closed 6"],
    "struck": ["handled 2", "reworked 3", "cancelled 4"],
    "waits": [],
}


def moment(day: int | str, hour: int = 10) -> pd.Timestamp:
    return pd.Timestamp(f"2017-09-{int(day):02d} {hour}:00", tz=ZONE)


@pytest.fixture
def cases() -> pd.DataFrame:
    """One case of each kind from its log; all are due to be handled on the 8th."""
    rows = []
    for name, steps in STEPS.items():
        for number, step in enumerate(["filed 1", "dispatched 1", *steps]):
            event, day = step.split()
            # Hours tell the events of one day apart.
            rows.append((name, event, moment(day) + pd.Timedelta(minutes=number)))
    log = pd.DataFrame(rows, columns=["case_id", "event", "event_at"])
    made = make_cases(log).cases.set_index("case_id", drop=False)
    made = made.loc[list(STEPS)].reset_index(drop=True)
    made["street_id"] = "01"
    due = {"handling_due_at": 8, "verification_due_at": 9, "due_at": 10}
    for name, day in due.items():
        made[name] = pd.DatetimeIndex([moment(day)] * len(made)).as_unit("us")
    return made


def rate(cases: pd.DataFrame, name: str, **options: Any) -> tuple[float, float]:
    row = measure_indicators(cases, indicators=[name], **({"as_of": AS_OF} | options)).iloc[0]
    return row["numerator"], row["denominator"]


def named(cases: pd.DataFrame, flags: Any) -> list[str]:
    return cases.loc[flags, "case_id"].tolist()


def test_work_that_is_to_be_done_again_is_undone(cases: pd.DataFrame) -> None:
    undone = undone_work(cases, pd.Timestamp(AS_OF, tz=ZONE))
    assert named(cases, undone.handled) == ["failed", "refused", "opened"]
    assert named(cases, undone.verified) == ["failed", "again", "refused", "opened"]


def test_rates_of_handling_count_what_is_handled_now(cases: pd.DataFrame) -> None:
    # By hand: struck out is not among them; passed, again and closed are handled of seven.
    assert rate(cases, "handling_rate") == (3, 7)
    assert rate(cases, "on_time_handling_rate") == (3, 7)


def test_rates_of_checks_count_checks_that_stand(cases: pd.DataFrame) -> None:
    # Only what is handled now is to be checked: passed and closed are, again waits for it.
    # Of waits nobody knows a handling, but its records give its check a deadline.
    assert rate(cases, "on_time_verification_rate") == (2, 4)
    share = rate(
        cases, "verification_rate", denominators={"verification_rate": "handled_at is not missing"}
    )
    # The one struck out was handled: the source does not leave it out.
    assert share == (2, 4)


def test_a_month_of_handlings_holds_only_those_that_stand(cases: pd.DataFrame) -> None:
    rates = measure_indicators(
        cases, indicators=["handling_rate"], period="D", start="2017-09-02", end="2017-09-09",
        as_of=AS_OF,
    )  # fmt: skip
    # passed on the 2nd; again and closed on the 4th; the four others when they were due.
    assert rates["numerator"].tolist() == [1, 0, 2, 0, 0, 0, 0]
    assert rates["denominator"].tolist() == [1, 0, 2, 0, 0, 0, 4]


def test_before_the_check_the_work_stood(cases: pd.DataFrame) -> None:
    # On the 2nd at noon nobody had checked: passed, failed, opened and struck were handled.
    # The table lost the first handling of again and closed, and when refused was refused.
    early = moment(2, 12)
    assert named(cases, undone_work(cases, early).handled) == ["refused"]
    assert rate(cases, "handling_rate", as_of=early) == (4, 4)


def test_a_table_without_stages_tells_failed_checks_by_their_times(cases: pd.DataFrame) -> None:
    table = cases.drop(columns="stage")
    undone = undone_work(table, pd.Timestamp(AS_OF, tz=ZONE))
    assert not undone.handled.any()
    assert named(table, undone.verified) == ["again"]


def test_a_check_dated_without_a_time_on_the_day_of_the_handling_stands() -> None:
    table = pd.DataFrame(
        {
            "stage": ["verified"],
            "handled_at": pd.DatetimeIndex(["2017-09-02 10:00"], tz=ZONE),
            "verified_at": pd.DatetimeIndex(["2017-09-02"], tz=ZONE),
        }
    )
    assert not undone_work(table, pd.Timestamp(AS_OF, tz=ZONE)).verified.any()


def test_a_resting_case_keeps_its_handling(cases: pd.DataFrame) -> None:
    table = cases.assign(stage=cases["stage"].where(cases["case_id"] != "failed", "suspended"))
    undone = undone_work(table, pd.Timestamp(AS_OF, tz=ZONE))
    assert named(table, undone.handled) == ["refused", "opened"]


def test_delays_of_handling_go_on_while_work_is_to_be_done_again(cases: pd.DataFrame) -> None:
    found = measure_delays(cases, from_="dispatched_at", to="handled_at", as_of=AS_OF)
    assert found[["cases", "closed", "cancelled", "open"]].values.tolist() == [[8, 4, 0, 4]]


def test_delays_of_checks_begin_with_a_handling_that_stands(cases: pd.DataFrame) -> None:
    found = measure_delays(cases, from_="handled_at", to="verified_at", as_of=AS_OF)
    assert found[["cases", "closed", "cancelled", "open"]].values.tolist() == [[4, 2, 1, 1]]


def test_lists_of_overdue_work_name_the_same_cases_as_the_rates(cases: pd.DataFrame) -> None:
    listed = find_overdue(cases, as_of=AS_OF)
    late = {
        stage: sorted(part["case_id"]) for stage, part in listed.groupby("stage", observed=True)
    }
    assert late["handled"] == ["failed", "opened", "refused", "waits"]
    assert late["verified"] == ["again", "waits"]
    # What the rates count as due and not done is what the list names.
    handled, due = rate(cases, "on_time_handling_rate")
    assert due - handled == len(late["handled"])
    checked, to_check = rate(cases, "on_time_verification_rate")
    assert to_check - checked == len(late["verified"])


def test_a_case_sent_back_by_its_check_is_not_late_to_be_dispatched(cases: pd.DataFrame) -> None:
    table = cases.assign(
        dispatched_at=pd.DatetimeIndex([None] * len(cases), tz=ZONE).as_unit("us"),
        dispatch_due_at=pd.DatetimeIndex([moment(1)] * len(cases)).as_unit("us"),
    )
    listed = find_overdue(table, as_of=AS_OF, stages=["dispatched"])
    assert listed["case_id"].tolist() == ["waits"]


def test_scores_count_the_same_handlings_as_the_rates(cases: pd.DataFrame) -> None:
    item = {"name": "handling", "indicator": "on_time_handling_rate", "weight": 1}
    found = assess(cases, scheme={"items": [item]}, period=None, as_of=AS_OF, samples=99)
    assert found["score"].item() == pytest.approx(100 * 3 / 7)
