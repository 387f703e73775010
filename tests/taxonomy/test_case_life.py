"""The stage of a case by its times, and reasons that never read what they quote."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from gridgov.schema.cases import CASE_EVENTS, CASE_STAGES
from gridgov.taxonomy.case_life import STEPS, stages_of, surely_before
from gridgov.taxonomy.case_reasons import Verdicts, case_reasons, event_words
from gridgov.taxonomy.labels import labels


def column(*days: str | None) -> pd.Series:
    return pd.Series(pd.DatetimeIndex(days, tz="Asia/Shanghai"))


def test_stages_follow_the_rules_in_their_order() -> None:
    at, none = "2017-09-05 10:00", None
    times = {
        "reported_at": column(at, at, at, at, at, none),
        "filed_at": column(none, at, at, at, at, none),
        "verified_at": column(none, none, none, at, none, none),
        "closed_at": column(none, none, at, none, at, none),
        "suspended_at": column(none, at, at, at, none, none),
        "resumed_at": column(none, none, none, at, none, none),
        "cancelled_at": column(none, none, none, none, at, none),
    }
    expected = ["reported", "suspended", "closed", "verified", "cancelled", None]
    assert stages_of(times).tolist() == expected
    assert stages_of(pd.DataFrame(times)).tolist() == expected
    assert stages_of({}).tolist() == []


def test_midnight_is_neither_before_nor_after_its_day() -> None:
    one = column("2017-09-01", "2017-09-01 10:00", "2017-09-01", "2017-09-01 10:00", None)
    other = column("2017-09-01 10:00", "2017-09-01 11:00", "2017-09-02", "2017-09-01", "2017-09-01")
    assert surely_before(one, other).tolist() == [False, True, True, False, False]
    assert not surely_before(other, one).any()


def test_codes_of_stages_and_events_have_words_in_both_languages() -> None:
    for lang in ("en", "zh"):
        assert tuple(labels("stage", lang)) == CASE_STAGES
        assert set(labels("case_event", lang)) == set(CASE_EVENTS)
    assert CASE_STAGES[:6] == STEPS


def test_every_reason_says_the_same_in_both_languages() -> None:
    for reason in case_reasons().values():
        places, places_zh = (
            {place.removesuffix("_zh") for place in re.findall(r"{(\w+)}", text)}
            for text in (reason.detail, reason.detail_zh)
        )
        assert places == places_zh, reason.code
        assert re.search(r"[\u4e00-\u9fff]", reason.brief_zh)


def test_the_first_reason_stays_and_what_is_quoted_is_no_place() -> None:
    verdicts = Verdicts(3)
    value = np.array(["{column}", "b", "c"], dtype=object)
    rows = np.array([True, False, False])
    verdicts.against(rows, "unknown_event", column="环节", value=lambda at: value[at])
    verdicts.against(np.array([True, True, False]), "missing_time", column="{value}")
    assert verdicts.reason.tolist() == ["unknown_event", "missing_time", ""]
    assert verdicts.detail[0] == "The event '{column}' in 环节 is not known."
    assert verdicts.detail_zh[1] == "“{value}”列没有时间。"
    assert verdicts.accepted.tolist() == [2]
    assert verdicts.refused.tolist() == [0, 1]
    assert event_words("closed")["then_zh"] == "结案"
