"""The sample's cases by street and month: the engine against loops over rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.checks import conform

ZONE = "Asia/Shanghai"
AS_OF = pd.Timestamp("2018-01-01", tz=ZONE)
NAMES = {
    "案件编号": "case_id",
    "街道": "street_id",
    "立案时间": "filed_at",
    "派遣时间": "dispatched_at",
    "派遣时限": "dispatch_due_at",
    "处置时间": "handled_at",
    "处置时限": "handling_due_at",
    "结案时间": "closed_at",
    "结案时限": "due_at",
    "挂账时间": "suspended_at",
    "恢复时间": "resumed_at",
    "返工次数": "reworks",
    "督办": "supervised",
}


@pytest.fixture(scope="module")
def sample_cases() -> pd.DataFrame:
    path = Path(__file__).resolve().parents[3] / "sample_data" / "cases.csv"
    raw = pd.read_csv(path, encoding="utf-8-sig")[list(NAMES)].rename(columns=NAMES)
    for name in [name for name in raw.columns if name.endswith("_at")]:
        raw[name] = pd.to_datetime(raw[name]).dt.tz_localize(ZONE).dt.as_unit("us")
    raw["supervised"] = (raw["supervised"] == "是").astype("boolean")
    gone = (raw["resumed_at"] - raw["suspended_at"]).dt.total_seconds() / 3600
    raw["paused_h"] = gone.fillna(0.0)
    raw["suspensions"] = raw["suspended_at"].notna().astype("Int64")
    return conform(raw, "cases")


def by_hand(cases: pd.DataFrame, indicator: str) -> dict[tuple[str, int], list[int]]:
    """Count one indicator row by row, in plain Python."""
    found: dict[tuple[str, int], list[int]] = {}
    for case in cases.to_dict("records"):
        if indicator == "on_time_closing_rate":
            due = case["due_at"] + pd.Timedelta(hours=case["paused_h"])
            if not pd.isna(case["suspended_at"]) and pd.isna(case["resumed_at"]):
                due += AS_OF - case["suspended_at"]
            closed = case["closed_at"]
            if pd.isna(closed) and due >= AS_OF:
                continue
            at = due if pd.isna(closed) or closed > due else closed
            hit = not pd.isna(closed) and closed <= due
        elif indicator == "rework_rate":
            at, hit = case["filed_at"], case["reworks"] > 0
        else:
            at, hit = case["filed_at"], bool(case["supervised"])
        key = (case["street_id"], at.year * 100 + at.month)
        count = found.setdefault(key, [0, 0])
        count[0] += int(hit)
        count[1] += 1
    return found


@pytest.mark.parametrize("indicator", ["on_time_closing_rate", "rework_rate", "supervision_rate"])
def test_every_street_and_month_is_what_a_loop_over_rows_counts(
    sample_cases: pd.DataFrame, indicator: str
) -> None:
    table = measure_indicators(
        sample_cases, indicators=[indicator], by="street_id", period="MS", as_of=AS_OF
    )
    month = table["period"].dt.year * 100 + table["period"].dt.month
    keys = zip(table["group"], month, strict=True)
    engine = {
        key: [numerator, denominator]
        for key, numerator, denominator in zip(
            keys, table["numerator"], table["denominator"], strict=True
        )
        if denominator > 0
    }
    assert engine == by_hand(sample_cases, indicator)
    assert table["group"].nunique() == 9
    assert len(table) == 9 * table["period"].nunique()


def test_every_case_of_the_sample_is_counted_once_or_told(sample_cases: pd.DataFrame) -> None:
    table = measure_indicators(sample_cases, indicators=["closing_rate"], period="MS", as_of=AS_OF)
    told = table.attrs["indicators"]["not_counted"]["closing_rate"]
    assert table["denominator"].sum() + told == len(sample_cases)
