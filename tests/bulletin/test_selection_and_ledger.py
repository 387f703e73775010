"""Which incidents a brief is about, and that every step adds up or stops the brief."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from gridgov.bulletin.ledger import equation, make_ledger, sums_table
from gridgov.bulletin.selection import select_incidents
from gridgov.bulletin.words import Words
from gridgov.errors import EmptyTableError, GridgovError


def reported(*times: str | None, zone: str = "Asia/Shanghai") -> Any:
    stamps = (
        pd.Series(pd.to_datetime(list(times), format="ISO8601"))
        .dt.tz_localize(zone)
        .dt.as_unit("us")
    )
    categories = [("a", "b")[i % 2] for i in range(len(times))]
    return pd.DataFrame({"reported_at": stamps, "category": pd.Series(categories, dtype="str")})


def test_a_month_is_half_open_and_the_others_are_counted_by_reason() -> None:
    table = reported("2024-02-29 23:59", "2024-03-01", "2024-03-31 23:59", "2024-04-01", None, None)
    chosen = select_incidents(table, month="2024-03", categories=["a"])
    # a: rows 0, 2, 4 — February, March, no time. b: rows 1, 3, 5.
    assert chosen.incidents.index.tolist() == [2]
    assert dict(chosen.numbers) == {
        "in_brief": 1,
        "outside_month": 1,
        "no_time": 1,
        "other_category": 3,
    }


def test_a_month_in_which_clocks_change_still_begins_at_midnight() -> None:
    # In Chicago clocks went forward on 2024-03-10, so that March has 743 hours.
    chosen = select_incidents(reported("2024-03-15", zone="America/Chicago"), month="2024-03")
    assert chosen.start is not None
    assert chosen.end is not None
    assert chosen.start.isoformat() == "2024-03-01T00:00:00-06:00"
    assert chosen.end.isoformat() == "2024-04-01T00:00:00-05:00"
    assert (chosen.end - chosen.start).total_seconds() == 743 * 3600


def test_without_a_month_incidents_without_a_time_stay() -> None:
    table = reported("2024-03-01", None)
    chosen = select_incidents(table)
    assert chosen.incidents is table
    assert chosen.numbers["in_brief"] == 2
    assert chosen.start is None


def test_a_month_of_records_without_times_is_told_so() -> None:
    with pytest.raises(EmptyTableError, match=r"needs incidents with a report time.*--month out"):
        select_incidents(reported(None), month="2024-03")


def ledger(rows_read: int) -> Any:
    return make_ledger(
        rows_read=rows_read,
        set_aside=pd.DataFrame({"reason": ["duplicate_id", "duplicate_id", "missing_id"]}),
        accepted=4,
        selected={"in_brief": 3, "outside_month": 1, "no_time": 0, "other_category": 0},
        located=pd.DataFrame({"match": ["inside", "inside", "no_point"]}),
        fates={"counted": 2, "no_point": 1},
        words=Words("en"),
    )


def test_every_step_is_one_line_that_adds_up() -> None:
    lines = [equation(step, Words("en")) for step in ledger(7)]
    assert lines[0] == (
        "Rows read 7 = Accepted 4 + Set aside 3 (id seen before 2, without an id 1)"
    )
    assert lines[1] == "Accepted 4 = In this brief 3 + Reported in other months 1"
    assert lines[2].endswith("3 = inside one street 2 + without coordinates 1")
    table = sums_table(ledger(7)).set_index(["step", "part"])["incidents"]
    assert table["read", "total"] == 7
    assert table["read", "set_aside.duplicate_id"] == 2


def test_a_step_that_does_not_add_up_stops_the_brief() -> None:
    with pytest.raises(GridgovError, match=r"step read with a total of 8 and parts that sum to 7"):
        ledger(8)
