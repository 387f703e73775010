"""The life cycle on whole columns: the same verdicts as a machine reading event by event."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.assessment.cases.event_log import make_case_events, make_cases
from gridgov.schema.cases import CASE_EVENTS
from gridgov.taxonomy.case_reasons import case_reasons

ZONE = "Asia/Shanghai"
STEP = {"reported": 1, "filed": 2, "dispatched": 3, "handled": 4, "verified": 5, "closed": 6}
NAMES = {level: name for name, level in STEP.items()}
ORDER = [
    "reported", "filed", "dispatched", "returned", "handled", "verified", "reworked",
    "suspended", "resumed", "supervised", "closed", "reopened", "cancelled",
]  # fmt: skip
BACK = ("resumed", "returned", "reworked", "reopened")


def machine(events: list[str]) -> tuple[str, int | None]:
    """Read events one by one, as the rules are written; return the reason and where."""
    level, resting, rested = 0, False, False
    for place, event in enumerate(events):
        reason = ""
        if level == 7:
            reason = "after_cancelled"
        elif level == 6 and event != "reopened":
            reason = "after_closed"
        elif resting and event == "suspended":
            reason = "suspended_twice"
        elif resting and event not in ("resumed", "supervised", "closed", "cancelled"):
            reason = "while_suspended"
        elif event == "resumed" and not resting:
            reason = "resumed_without_suspended"
        elif event == "returned" and level != 3:
            reason = "returned_without_dispatched"
        elif event == "reworked" and level not in (4, 5):
            reason = "reworked_without_handled"
        elif event == "reopened" and level != 6:
            reason = "reopened_without_closed"
        elif event == "supervised" and level == 0:
            reason = "supervised_without_reported"
        elif event == "filed" and level == 2:
            reason = "filed_twice"
        elif event in STEP and level > STEP[event]:
            reason = f"{NAMES[level]}_before_{event}"
        elif event in ("reported", "filed") and rested:
            reason = f"suspended_before_{event}"
        if reason:
            return reason, place
        if event == "suspended":
            resting = rested = True
        elif event in ("resumed", "closed", "cancelled"):
            resting = False
        if event in STEP:
            level = STEP[event]
        elif event in ("returned", "reopened"):
            level = 2
        elif event == "reworked":
            level = 3
        elif event == "cancelled":
            level = 7
    return "", None


def orders(rows: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """The four orders in which a case may be read; times are minutes, 1440 a day."""

    def dated(event: str, at: int) -> int:
        if at % 1440:
            return at
        before = [
            other
            for word, other in rows
            if other % 1440 and other // 1440 == at // 1440
            and ORDER.index(word) < ORDER.index(event)
        ]  # fmt: skip
        return max([at, *before])

    def back_first(event: str) -> tuple[bool, int]:
        return event not in BACK, ORDER.index(event)

    unique = sorted(set(rows))
    return [
        sorted(unique, key=lambda one: (one[1], ORDER.index(one[0]))),
        sorted(unique, key=lambda one: (one[1], back_first(one[0]))),
        sorted(unique, key=lambda one: (dated(*one), ORDER.index(one[0]))),
        sorted(unique, key=lambda one: (dated(*one), back_first(one[0]))),
    ]


def log_of(cases: dict[str, list[tuple[str, int]]]) -> pd.DataFrame:
    """A log in which times are minutes since 2017-09-01 00:00 in Beijing."""
    rows = [(case, event, at) for case, events in cases.items() for event, at in events]
    start = pd.Timestamp("2017-09-01", tz=ZONE)
    at = start + pd.to_timedelta([one[2] for one in rows], unit="min")
    return pd.DataFrame(
        {
            "case_id": pd.Series([one[0] for one in rows], dtype="str"),
            "event": pd.Series([one[1] for one in rows], dtype="str"),
            "event_at": at.as_unit("us"),
        }
    )


def valid(events: list[str]) -> bool:
    return machine(events)[0] == ""


@st.composite
def walks(draw: Any, *, skipping: bool = True) -> list[tuple[str, int]]:
    """A valid walk, one event a minute to two days after the other, by rejection of steps."""
    events: list[str] = [] if skipping else ["filed"]
    for _ in range(draw(st.integers(1, 12))):
        choices = [one for one in CASE_EVENTS if valid([*events, one])]
        if not skipping:
            level = [STEP.get(one, 0) for one in events if one in STEP or one in BACK]
            nexts = {"filed": "dispatched", "dispatched": "handled", "handled": "verified"}
            last = next(one for one in reversed(events) if one in STEP or one in BACK[1:])
            allowed = {nexts.get(last, "closed"), "suspended", "resumed", "cancelled", *BACK}
            allowed |= {"dispatched"} if last in ("returned", "reopened") else set()
            allowed |= {"handled"} if last == "reworked" else set()
            allowed -= {"closed"} if last not in ("verified",) else set()
            choices = [one for one in choices if one in allowed and level]
        if not choices:
            break
        events.append(draw(st.sampled_from(choices)))
    if not events:
        events = ["filed"]
    gaps = draw(st.lists(st.integers(1, 2880), min_size=len(events), max_size=len(events)))
    at = list(itertools.accumulate(gaps))
    # No time is exactly midnight here; dates have tests of their own.
    return [(event, 2 * minute + 1) for event, minute in zip(events, at, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.lists(walks(), min_size=1, max_size=8))
def test_every_valid_walk_is_accepted(cases: list[list[tuple[str, int]]]) -> None:
    made, set_aside = make_cases(log_of({f"C{i}": one for i, one in enumerate(cases)}))
    assert len(set_aside) == 0
    assert len(made) == len(cases)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(CASE_EVENTS), st.sampled_from([0, 1, 700, 1440, 2000, 2880])),
            min_size=1,
            max_size=7,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_random_logs_get_the_verdicts_of_the_machine(
    cases: list[list[tuple[str, int]]],
) -> None:
    log = log_of({f"C{i}": one for i, one in enumerate(cases)})
    made, set_aside = make_cases(log)
    expected = {}
    for number, rows in enumerate(cases):
        ways = orders(rows)
        verdicts = [machine([event for event, _ in way]) for way in ways]
        if all(reason for reason, _ in verdicts):
            reason, place = verdicts[0]
            assert place is not None
            expected[f"C{number}"] = (reason, ways[0][place][0])
    found = {row["case_id"]: (row["reason"], row["event"]) for row in set_aside.to_dict("records")}
    assert found == expected
    assert set(made["case_id"]) == {f"C{i}" for i in range(len(cases))} - set(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(walks(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(
    cases: list[list[tuple[str, int]]], random: Any
) -> None:
    log = log_of({f"C{i}": one for i, one in enumerate(cases)})
    shuffled = list(range(len(log)))
    random.shuffle(shuffled)
    made, aside = make_cases(log)
    other, other_aside = make_cases(log.iloc[shuffled].reset_index(drop=True))
    pd.testing.assert_frame_equal(made, other)
    assert set(aside["case_id"]) == set(other_aside["case_id"])


@settings(max_examples=80, deadline=None)
@given(st.lists(walks(skipping=False), min_size=1, max_size=5))
def test_the_log_of_the_table_is_a_part_of_the_log_and_makes_the_table_again(
    cases: list[list[tuple[str, int]]],
) -> None:
    log = log_of({f"C{i}": one for i, one in enumerate(cases)})
    made, _ = make_cases(log)
    again = make_case_events(made)
    # What is inferred: a failed check before the last handling, a rest that ended with the case.
    known = set(zip(log["case_id"], log["event"], log["event_at"], strict=True))
    extra = [
        one
        for one in zip(again["case_id"], again["event"], again["event_at"], strict=True)
        if one not in known
    ]
    assert {event for _, event, _ in extra} <= {"reworked", "resumed"}
    remade, set_aside = make_cases(again)
    assert len(set_aside) == 0, set_aside["detail"].tolist()
    for name in [*(f"{step}_at" for step in STEP), "cancelled_at", "suspended_at", "resumed_at"]:
        pd.testing.assert_series_equal(remade[name], made[name])


@settings(max_examples=80, deadline=None)
@given(st.lists(walks(), min_size=1, max_size=5))
def test_pauses_and_counts_are_those_of_the_events(cases: list[list[tuple[str, int]]]) -> None:
    log = log_of({f"C{i}": one for i, one in enumerate(cases)})
    made = make_cases(log).cases.set_index("case_id")
    for number, events in enumerate(cases):
        row = made.loc[f"C{number}"]
        paused, start = 0, None
        for event, at in events:
            if event == "suspended":
                start = at
            elif event in ("resumed", "closed", "cancelled") and start is not None:
                paused, start = paused + at - start, None
        assert row["paused_h"] == pytest.approx(paused / 60, abs=1e-12)
        words = [event for event, _ in events]
        for column, event in (
            ("suspensions", "suspended"),
            ("returns", "returned"),
            ("reworks", "reworked"),
            ("reopenings", "reopened"),
        ):
            assert row[column] == words.count(event)
        assert row["supervised"] == ("supervised" in words)
        assert (row["stage"] == "suspended") == (start is not None)
        assert pd.notna(row["closed_at"]) == (row["stage"] == "closed")


@pytest.mark.parametrize(
    ("events", "reason", "event"),
    [
        ("dispatched filed", "dispatched_before_filed", "filed"),
        ("filed handled dispatched", "handled_before_dispatched", "dispatched"),
        ("filed dispatched verified handled", "verified_before_handled", "handled"),
        ("filed closed handled", "after_closed", "handled"),
        ("filed resumed", "resumed_without_suspended", "resumed"),
        ("filed suspended suspended", "suspended_twice", "suspended"),
        ("filed suspended handled", "while_suspended", "handled"),
        ("filed closed closed", "after_closed", "closed"),
        ("filed cancelled reopened", "after_cancelled", "reopened"),
        ("filed returned", "returned_without_dispatched", "returned"),
        ("filed dispatched reworked", "reworked_without_handled", "reworked"),
        ("filed reopened", "reopened_without_closed", "reopened"),
        ("filed filed", "filed_twice", "filed"),
        ("reported suspended resumed filed", "suspended_before_filed", "filed"),
        ("supervised filed", "supervised_without_reported", "supervised"),
    ],
)
def test_each_impossible_sequence_has_its_reason(events: str, reason: str, event: str) -> None:
    rows = [(one, 100 * place + 1) for place, one in enumerate(events.split())]
    made, set_aside = make_cases(log_of({"A": rows, "B": [("filed", 7), ("closed", 9)]}))
    assert made["case_id"].tolist() == ["B"]
    row = set_aside.iloc[0]
    assert (row["reason"], row["event"]) == (reason, event)
    assert reason in case_reasons()
    assert f"{row['event_at']:%Y-%m-%d %H:%M}" in row["detail"]
    assert f"{row['event_at']:%Y-%m-%d %H:%M}" in row["detail_zh"]


def test_a_date_without_a_time_counts_as_its_day() -> None:
    # Day 1: handled at 10:00 and closed "on day 1", written as midnight.
    rows = [("filed", 30), ("handled", 1440 + 600), ("verified", 1440), ("closed", 1440)]
    made, set_aside = make_cases(log_of({"A": rows}))
    assert len(set_aside) == 0
    assert made["stage"].item() == "closed"
    # The day before is another day.
    _, aside = make_cases(log_of({"A": [("handled", 1440 + 600), ("closed", 0)]}))
    assert aside["reason"].item() == "after_closed"


def test_steps_back_of_the_same_minute_come_first_where_only_that_fits() -> None:
    rows = [
        ("filed", 1), ("dispatched", 2), ("handled", 5),
        ("reworked", 9), ("dispatched", 9), ("handled", 12),
    ]  # fmt: skip
    made, set_aside = make_cases(log_of({"A": rows}))
    assert len(set_aside) == 0
    assert (made["reworks"].item(), made["stage"].item()) == (1, "handled")


def test_the_machine_and_the_rules_name_every_reason_that_can_be_told() -> None:
    reasons = {
        machine(list(events))[0]
        for length in (1, 2, 3)
        for events in itertools.product(CASE_EVENTS, repeat=length)
    }
    assert reasons - {""} <= set(case_reasons())
    assert np.all([case_reasons()[one].brief_zh for one in reasons - {""}])
