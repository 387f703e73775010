"""Working time in packs of a folder: told where the settings name a calendar, else missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.assessment_pack import AssessmentResult
from gridgov.errors import InputError


def assessed(small_cases: Any, folder: Path, calendar: str | None) -> AssessmentResult:
    settings = folder / "gridgov.toml"
    if calendar is not None:
        text = settings.read_text(encoding="utf-8")
        text = text.replace("[cases]\n", f'[cases]\ncalendar = "{calendar}"\n')
        settings.write_text(text, encoding="utf-8")
    made: AssessmentResult = small_cases.assess(folder, out=folder / "out", month="2024-01")
    return made


def test_overdue_time_is_told_in_working_hours_by_the_named_calendar(
    small_cases: Any, tmp_path: Path
) -> None:
    plain = assessed(small_cases, small_cases.write(tmp_path / "plain"), None).tables["supervision"]
    assert plain["overdue_working_h"].isna().all()
    told = assessed(small_cases, small_cases.write(tmp_path / "china"), "china").tables[
        "supervision"
    ]
    late = told[told["overdue_h"] > 0]
    assert len(late)
    due = pd.DatetimeIndex(late["due_at"])
    moment = due + pd.to_timedelta(late["overdue_h"].to_numpy(), unit="h")
    by_hand = gg.working_time_between(
        due.to_series(), moment.to_series().set_axis(due), calendar=gg.make_calendar("china")
    )
    assert late["overdue_working_h"].to_numpy() == pytest.approx(by_hand.to_numpy(), abs=1e-4)


def test_a_file_that_is_no_calendar_is_one_error(small_cases: Any, tmp_path: Path) -> None:
    folder = small_cases.write(tmp_path / "in")
    (folder / "days.csv").write_text("day,sort\nsoon,free\n", encoding="utf-8")
    with pytest.raises(InputError, match="date"):
        assessed(small_cases, folder, "days.csv")
    assert not (folder / "out").exists()
