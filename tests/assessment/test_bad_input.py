"""Bad records and settings: one clear error, or a row set aside; nothing half written.

Sentence by sentence: negative durations, unknown streets, months without cases, one street
only, all cases open, weights that do not add up, a template with a missing field.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import (
    ColumnsError,
    DataWarning,
    EmptyTableError,
    InputError,
    OptionError,
    SettingsError,
)

ZONE = "Asia/Shanghai"
ROWS = 60
SCHEME = {
    "items": [
        {"name": "on_time", "indicator": "on_time_closing_rate_of_filed", "weight": 60},
        {"name": "closing", "indicator": "closing_rate_of_filed", "weight": 40},
    ]
}


def quietly(call: Any, *given: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return call(*given, **options)


@pytest.fixture(scope="module")
def streets() -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(
        {"street_id": ["01", "02"], "street": ["八角街道", "古城街道"]},
        geometry=[shapely.box(west, 39.89, west + 0.02, 39.91) for west in (116.19, 116.21)],
        crs=4326,
    )
    return quietly(gg.read_jurisdictions, table)


@pytest.fixture(scope="module")
def located(streets: gpd.GeoDataFrame) -> Any:
    """Sixty reports of August 2017 in two streets."""
    random = np.random.default_rng(20170801)
    hours = pd.to_timedelta(np.sort(random.integers(0, 31 * 24, ROWS)), unit="h")
    table = pd.DataFrame(
        {
            "incident_id": [f"i{row}" for row in range(ROWS)],
            "reported_at": pd.Timestamp("2017-08-01", tz=ZONE) + hours,
            "category": "占道经营",
            "longitude": 116.19 + random.random(ROWS) * 0.04,
            "latitude": 39.89 + random.random(ROWS) * 0.02,
        }
    )
    read = quietly(gg.read_incidents, table, datum="wgs84", timezone=ZONE, jurisdictions=streets)
    return gg.locate(read.incidents, streets, resolution=9)


@pytest.fixture(scope="module")
def grid(streets: gpd.GeoDataFrame) -> Any:
    return gg.make_grid(streets, resolution=9)


@pytest.fixture(scope="module")
def wide(located: Any) -> pd.DataFrame:
    """A case for every report, closed after 30 hours, due after 72."""
    at = pd.Series(located["reported_at"])
    hours = {"filed_at": 1, "handled_at": 20, "closed_at": 30, "due_at": 72}
    times = {name: at + pd.Timedelta(hours=number) for name, number in hours.items()}
    table = pd.DataFrame(located[["incident_id", "street_id", "category", "reported_at"]])
    return table.assign(case_id=located["incident_id"], **times)


def read(wide: pd.DataFrame, streets: Any, **columns: Any) -> Any:
    return quietly(gg.read_cases, wide.assign(**columns), timezone=ZONE, jurisdictions=streets)


@pytest.fixture(scope="module")
def cases(wide: pd.DataFrame, streets: Any) -> pd.DataFrame:
    found = read(wide, streets)
    assert len(found.set_aside) == 0
    return found.cases


@pytest.fixture(scope="module")
def all_open(wide: pd.DataFrame, streets: Any) -> pd.DataFrame:
    return read(wide, streets, closed_at=None, handled_at=None).cases


def write(path: Path, located: Any, grid: Any, streets: Any, **options: Any) -> Any:
    given = {"incidents": located, "grid": grid, "jurisdictions": streets, "month": "2017-08"}
    return gg.write_bulletin(path, **(given | options))


def files(path: Path) -> list[str]:
    return sorted(one.name for one in path.rglob("*"))


# --- Negative durations


def test_a_row_closed_before_it_was_filed_is_set_aside_with_both_times(
    wide: pd.DataFrame, streets: Any
) -> None:
    early = wide["closed_at"].where(wide.index != 3, wide["reported_at"] - pd.Timedelta(days=2))
    found = read(wide, streets, closed_at=early, handled_at=None)
    assert len(found.cases) == ROWS - 1
    row = found.set_aside.iloc[0]
    assert (row["source_row"], row["reason"]) == (4, "closed_before_filed")
    assert f"{early[3]:%Y-%m-%d %H:%M}" in row["detail"]
    assert f"{wide.loc[3, 'filed_at']:%Y-%m-%d %H:%M}" in row["detail"]


def test_a_log_that_runs_backwards_is_set_aside() -> None:
    log = pd.DataFrame(
        {
            "case_id": ["1", "1", "2"],
            "event": ["closed", "filed", "filed"],
            "event_at": pd.DatetimeIndex(
                ["2017-09-01 10:00", "2017-09-02 10:00", "2017-09-01"], tz=ZONE
            ),
        }
    )
    cases, set_aside = gg.make_cases(log)
    assert cases["case_id"].tolist() == ["2"]
    assert set_aside["reason"].tolist() == ["after_closed"]
    assert "2017-09-01 10:00" in set_aside["detail"].item()


@pytest.mark.parametrize(
    "measure",
    [
        gg.measure_indicators,
        gg.measure_delays,
        gg.measure_closing_curves,
        gg.assess,
        gg.measure_score_items,
    ],
)
def test_measures_refuse_cases_that_end_before_they_begin(
    measure: Any, cases: pd.DataFrame
) -> None:
    early = cases["closed_at"].where(
        cases["case_id"] != "i2", cases["filed_at"] - pd.Timedelta(days=3)
    )
    with pytest.raises(
        InputError, match=r"must not .*before it.*Found: 1 cases .*'i2'.*read_cases"
    ):
        measure(cases.assign(closed_at=early))


@pytest.mark.parametrize("value", ["-1", "-0.5"])
def test_paused_hours_below_zero_are_set_aside(
    wide: pd.DataFrame, streets: Any, value: str
) -> None:
    paused = pd.Series(["0"] * ROWS, index=wide.index)
    paused.iloc[5] = value
    set_aside = read(wide, streets, paused_h=paused).set_aside
    assert set_aside["reason"].tolist() == ["negative_number"]
    assert f"'{value}' in paused_h" in set_aside["detail"].item()


def test_deadlines_and_limits_below_zero_are_refused(cases: pd.DataFrame) -> None:
    rule = {"stage": "closed", "amount": -4, "unit": "natural_hours"}
    with pytest.raises(InputError, match=r"an amount above 0.*Found: 1 others.*amount -4"):
        gg.set_deadlines(cases, [rule])
    with pytest.raises(OptionError, match=r"amount must be above 0.*Found: -1\.0"):
        gg.add_working_time(cases["filed_at"], amount=-1, unit="natural_hours")
    with pytest.raises(
        OptionError, match=r"soon_h must be a number of hours, 0 or more. Found: -1"
    ):
        gg.find_overdue(cases, soon_h=-1)


def test_a_date_on_the_day_of_the_report_is_no_negative_duration() -> None:
    table = pd.DataFrame(
        {"filed_at": ["2017-09-05 09:00"] * 2, "closed_at": ["2017-09-05", "2017-09-06"]}
    )
    cases = quietly(gg.read_cases, table, timezone=ZONE).cases
    assert len(cases) == 2
    delays = gg.measure_delays(cases, as_of="2017-09-10").iloc[0]
    assert (delays["closed"], delays["lower_quartile_h"], delays["upper_quartile_h"]) == (2, 0, 15)
    rates = gg.measure_indicators(cases, indicators=["open_rate"], as_of="2017-09-10")
    assert rates["reason"].tolist() == ["column_missing"]


# --- Unknown streets


def test_a_row_of_an_unknown_street_is_set_aside_with_its_name(
    wide: pd.DataFrame, streets: Any
) -> None:
    named = wide["street_id"].where(wide.index != 7, "九龙街道")
    found = read(wide, streets, street_id=named)
    assert found.set_aside[["source_row", "reason"]].values.tolist() == [[8, "unknown_street"]]
    assert "九龙街道" in found.set_aside["detail"].item()
    assert "九龙街道" in found.set_aside["detail_zh"].item()


def test_a_bulletin_of_an_unknown_street_is_not_written(
    located: Any, grid: Any, streets: Any, cases: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(
        OptionError, match=r"one of 八角街道 \(01\), 古城街道 \(02\). Found: '九龙'"
    ):
        write(tmp_path / "new", located, grid, streets, cases=cases, street="九龙")
    assert files(tmp_path) == []


def test_streets_without_peers_are_named(cases: pd.DataFrame) -> None:
    with pytest.raises(ColumnsError, match="02"):
        gg.assess(cases, scheme=SCHEME, peers={"center": ["01"]})


def test_a_column_of_groups_that_is_not_there_is_named(cases: pd.DataFrame) -> None:
    for call in (gg.measure_indicators, gg.measure_delays, gg.assess, gg.measure_supervision):
        with pytest.raises(ColumnsError, match="strete"):
            call(cases, by="strete")


# --- Months without cases


def test_a_month_without_cases_has_no_rate_and_no_score(cases: pd.DataFrame) -> None:
    span = {"period": "MS", "start": "2017-06-01", "end": "2017-10-01", "as_of": "2017-10-01"}
    rates = gg.measure_indicators(cases, indicators=["open_rate"], **span)
    assert rates["denominator"].tolist() == [0, 0, ROWS, 0]
    assert rates["value"].isna().tolist() == [True, True, False, True]
    assert rates["reason"].fillna("").tolist() == ["no_cases", "no_cases", "", "no_cases"]
    scores = gg.assess(cases, by=None, scheme=SCHEME, samples=99, **span)
    assert scores["score"].isna().tolist() == [True, True, False, True]
    assert scores["reason"].fillna("").tolist() == ["no_cases", "no_cases", "", "no_cases"]
    assert scores["change"].isna().all()


def test_a_time_without_cases_has_delays_without_numbers(cases: pd.DataFrame) -> None:
    row = gg.measure_delays(cases, start="2019-01-01", as_of="2019-02-01").iloc[0]
    assert (row["cases"], row["reason"]) == (0, "no_cases")
    assert np.isnan(row["median_h"])


def test_a_bulletin_of_a_month_beyond_the_records_is_not_written(
    located: Any, grid: Any, streets: Any, cases: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(EmptyTableError, match=r"2019-08 needs records.*2017-08-01 to 2017-08-31"):
        write(tmp_path / "x.html", located, grid, streets, cases=cases, month="2019-08")
    assert files(tmp_path) == []


def test_a_bulletin_of_a_day_without_reports_says_zero(
    located: Any, grid: Any, streets: Any, cases: pd.DataFrame, tmp_path: Path
) -> None:
    quiet_day = located[located["reported_at"].dt.day != 16]
    written = write(
        tmp_path / "x.html", quiet_day, grid, streets, cases=cases, month=None, day="2017-08-16"
    )
    number = {one.key: one.value for one in written.document.numbers}
    assert number["incidents"] == 0
    assert files(tmp_path) == ["x.html", "x.json"]


# --- One street only


def test_one_street_is_first_of_one(cases: pd.DataFrame) -> None:
    one = cases[cases["street_id"] == "01"].reset_index(drop=True)
    row = gg.assess(one, scheme=SCHEME, samples=99).iloc[0]
    assert (row["rank"], row["rank_low"], row["rank_high"], row["ranked"]) == (1, 1, 1, 1)
    with pytest.raises(InputError, match="Found: 1 group with cases in 'street_id'"):
        gg.compare_delays(one, by="street_id")


def test_a_bulletin_of_a_district_of_one_street_is_written(
    streets: gpd.GeoDataFrame, located: Any, cases: pd.DataFrame, tmp_path: Path
) -> None:
    alone = streets[streets["street_id"] == "01"]
    inside = located[located["street_id"] == "01"]
    own = cases[cases["street_id"] == "01"].reset_index(drop=True)
    written = write(
        tmp_path / "x.html", inside, gg.make_grid(alone, resolution=9), alone, cases=own
    )
    number = {one.key: one.value for one in written.document.numbers}
    assert number["incidents"] == len(inside)


# --- All cases open


def test_cases_that_are_all_open_are_late_and_not_missing(all_open: pd.DataFrame) -> None:
    rates = gg.measure_indicators(
        all_open, indicators=["closing_rate", "overdue_open_rate"], as_of="2017-10-01"
    )
    assert rates[["numerator", "denominator"]].values.tolist() == [[0, ROWS], [ROWS, ROWS]]
    # Before the first deadline nothing was to be closed: that is no 0 %.
    early = gg.measure_indicators(all_open, indicators=["closing_rate"], as_of="2017-08-02")
    assert early[["denominator", "reason"]].values.tolist() == [[0, "no_cases"]]
    delays = gg.measure_delays(all_open, as_of="2017-10-01").iloc[0]
    assert (delays["open"], delays["closed_30d_share"]) == (ROWS, 0)
    assert delays["reason"] == "median_not_reached"
    assert np.isnan(delays["median_h"])
    overdue = gg.find_overdue(all_open, as_of="2017-10-01")
    assert len(overdue) == ROWS
    scores = gg.assess(all_open, scheme=SCHEME, as_of="2017-10-01", samples=99)
    assert scores["score"].tolist() == [0, 0]
    assert (scores["rank_high"] == 2).all()


def test_a_bulletin_of_open_cases_alone_is_written_in_both_languages(
    located: Any, grid: Any, streets: Any, all_open: pd.DataFrame, tmp_path: Path
) -> None:
    for lang in ("en", "zh"):
        written = write(
            tmp_path / f"{lang}.html", located, grid, streets, cases=all_open, lang=lang
        )
        page = written.paths[0].read_text(encoding="utf-8")
        assert not re.search(r">\s*(nan|NaN|NaT|<NA>|&lt;NA)", page)


# --- Weights that do not add up


UNEVEN = {"items": [{"name": "a", "indicator": "closing_rate", "weight": 0.5},
                    {"name": "b", "indicator": "rework_rate", "weight": 0.3}]}  # fmt: skip


def test_weights_that_do_not_add_up_are_told_with_their_sum(
    located: Any, grid: Any, streets: Any, cases: pd.DataFrame, tmp_path: Path
) -> None:
    words = "Weights must add up to 1 or 100 exactly.*0.8 = a 0.5, b 0.3"
    with pytest.raises(SettingsError, match=words):
        gg.read_scheme(UNEVEN)
    with pytest.raises(SettingsError, match=words):
        gg.assess(cases, scheme=UNEVEN)
    with pytest.raises(SettingsError, match=words):
        write(tmp_path / "new", located, grid, streets, cases=cases, scheme=UNEVEN)
    assert files(tmp_path) == []
    with pytest.raises(SettingsError, match="weights lack closing, rework, supervision"):
        gg.assess(cases, weights={"on_time_closing": 1})
    with pytest.raises(
        OptionError, match=r"weights must be numbers from 0 to 1. Found: mostly=1.5"
    ):
        gg.measure_indicators(
            cases, indicators=["satisfaction_rate_12345"], weights={"mostly": 1.5}
        )


# --- A template with a missing field


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({"title": "{place}"}, "must have sections. Found: title"),
        ({"sections": ["overview"]}, "must have title. Found: sections"),
        ({}, "must have title. Found: none"),
        ({"title": "{plce}", "sections": ["overview"]}, "'plce'. Did you mean 'place'"),
        ({"title": "x", "sections": ["overveiw"]}, "'overveiw'. Did you mean 'overview'"),
        ({"title": "x", "sections": {"week": ["map"]}}, "must list the sections of a month"),
        (
            {"title": "x", "sections": ["overview"], "texts": {"closing": "{incidnts}"}},
            "'incidnts'. Did you mean 'incidents'",
        ),
    ],
)
def test_a_template_that_lacks_a_field_or_names_none_is_told_and_nothing_written(
    template: Any, words: str, located: Any, grid: Any, streets: Any, tmp_path: Path
) -> None:
    before = tmp_path / "2017-08.html"
    before.write_text("the one of yesterday", encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        write(before, located, grid, streets, template=template)
    assert files(tmp_path) == ["2017-08.html"]
    assert before.read_text(encoding="utf-8") == "the one of yesterday"


def test_a_template_file_that_is_not_there_is_named(
    located: Any, grid: Any, streets: Any, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=r"must be a readable TOML file.*nowhere.toml"):
        write(tmp_path / "x", located, grid, streets, template=tmp_path / "nowhere.toml")
    assert files(tmp_path) == []


# --- Tables put together by hand


@pytest.mark.parametrize(
    "measure",
    [
        gg.measure_indicators,
        gg.measure_delays,
        gg.assess,
        gg.find_overdue,
        gg.measure_supervision,
    ],
)
def test_a_case_that_is_there_twice_would_count_twice(measure: Any, cases: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"every case_id once\. Found: 60 ids of earlier rows"):
        measure(pd.concat([cases, cases], ignore_index=True))


@pytest.mark.parametrize("measure", [gg.measure_indicators, gg.measure_delays, gg.find_overdue])
def test_a_column_that_is_there_twice_is_named(measure: Any, cases: pd.DataFrame) -> None:
    with pytest.raises(ColumnsError, match=r"every column once\. Found: closed_at more than once"):
        measure(pd.concat([cases, cases[["closed_at"]]], axis=1))


def test_one_rule_of_deadlines_needs_no_list(cases: pd.DataFrame) -> None:
    rule = {"stage": "closed", "amount": 1, "unit": "natural_days"}
    one = gg.set_deadlines(cases, rule, overwrite=True)
    pd.testing.assert_frame_equal(one, gg.set_deadlines(cases, [rule], overwrite=True))
