from __future__ import annotations

import pandas as pd
import pytest

import gridgov as gg


@pytest.mark.parametrize("closed", ["2017-09-01 08:00", None])
def test_with_a_calendar_a_list_without_a_row_is_a_list(closed: str | None) -> None:
    def at(text: str | None) -> pd.DatetimeIndex:
        return pd.DatetimeIndex([text], tz="Asia/Shanghai")

    # Closed in time, or due long after the moment: nothing is overdue and nothing due soon.
    cases = pd.DataFrame(
        {"case_id": ["1"], "due_at": at("2017-12-01 12:00"), "closed_at": at(closed)}
    )
    calendar = gg.make_calendar("china")
    found = gg.find_overdue(cases, as_of="2017-09-02 12:00", calendar=calendar)
    assert len(found) == 0
    assert str(found["due_at"].dtype.tz) == "Asia/Shanghai"
    assert list(found.columns) == list(gg.find_overdue(cases, as_of="2017-09-02 12:00").columns)
    counts = gg.measure_supervision(cases, by=None, as_of="2017-09-02 12:00", calendar=calendar)
    assert counts["overdue_cases"].tolist() == [0]
