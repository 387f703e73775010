"""Bulletins of records that lack something: true, and saying what is not known."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.document.json_file import document_record
from gridgov.bulletin.document.model import (
    Document,
    Paragraph,
    TableBlock,
)
from gridgov.errors import ColumnsError, EmptyTableError, OptionError

ONLY = {"title": "{place}", "sections": ["overview", "categories", "streets", "cases", "quality"]}


def numbers_of(document: Document) -> dict[str, Any]:
    return {number.key: number.value for number in document.numbers}


def text_of(document: Document) -> str:
    return "\n".join([document.lead, *(part.text for part in document.parts(Paragraph))])


def test_a_month_without_cases_says_so(sample_records: Any, given: dict[str, Any]) -> None:
    # The cases of the sample are of 2017.
    made = gg.make_bulletin(sample_records.located, month="2016-09", lang="en", **given)
    told = text_of(made)
    assert "No case of the whole district is in the records up to this time" in told
    assert numbers_of(made)["cases_filed"] == 0
    assert not [one for one in made.numbers if one.key.startswith("indicator.")]


def test_cases_that_end_before_the_period_are_unknown_and_not_none(
    sample_records: Any, given: dict[str, Any]
) -> None:
    early = sample_records.cases[sample_records.cases["filed_at"] < "2017-06-01"].copy()
    early.attrs["as_of"] = "2017-06-15T00:00:00+08:00"
    made = gg.make_bulletin(
        sample_records.located, **(given | {"cases": early}), month="2017-09", lang="en"
    )
    numbers = {number.key: number.value for number in made.numbers}
    assert numbers["incidents"] == 514
    assert not [key for key in numbers if key.startswith(("cases_", "indicator."))]
    said = [
        part.text for section in made.sections for part in section.parts if hasattr(part, "text")
    ]
    assert any("The records of cases end on 2017-06-15 00:00" in text for text in said)
    assert not any(
        "filed" in figure.label or "closed" in figure.label for figure in made.key_figures
    )


def test_a_table_without_a_name_is_no_source(sample_records: Any, given: dict[str, Any]) -> None:
    unnamed = sample_records.located.copy()
    unnamed.attrs["source"] = {"name": "DataFrame", "rows": len(unnamed)}
    options = given | {"source": None, "set_aside": None}
    made = gg.make_bulletin(unnamed, **options, day="2017-09-12", lang="en")
    assert made.source == "records without a named source"
    assert made.title[0].isupper() or not made.title[0].isascii()


def test_without_a_table_of_cases_nothing_is_said_of_them(
    sample_records: Any, given: dict[str, Any]
) -> None:
    made = gg.make_bulletin(
        sample_records.located, month="2017-09", lang="en", **(given | {"cases": None})
    )
    assert "No table of cases was given" in "\n".join(made.method)
    assert not [one for one in made.numbers if one.key.startswith(("cases", "indicator", "score"))]


def test_a_month_without_incidents_is_a_true_bulletin(
    sample_records: Any, given: dict[str, Any]
) -> None:
    rows = sample_records.located
    month = rows["reported_at"].dt.strftime("%Y-%m")
    made = gg.make_bulletin(rows[month != "2017-09"], month="2017-09", lang="en", **given)
    found = {number.key: number for number in made.numbers}
    assert found["incidents"].value == 0
    assert found["incidents_change_before"].value == -1.0
    assert "whether nothing happened or nothing was reported they do not say" in text_of(made)
    after = gg.make_bulletin(
        rows[month != "2017-09"], month="2017-10", lang="en", template=ONLY, **given
    )
    found = {number.key: number for number in after.numbers}
    assert found["incidents_before"].value == 0
    assert found["incidents_change_before"].value is None
    assert "a change in percent does not exist" in after.lead


def test_the_first_month_of_the_records_is_compared_with_nothing(
    sample_records: Any, given: dict[str, Any]
) -> None:
    made = gg.make_bulletin(sample_records.located, month="2015-01", lang="en", **given)
    found = numbers_of(made)
    assert found["incidents_before"] is None
    assert found["incidents_change_before"] is None
    assert "do not reach back to the whole of December 2014" in made.lead


def test_a_period_that_nobody_knows_of_is_one_error(
    sample_records: Any, given: dict[str, Any]
) -> None:
    with pytest.raises(EmptyTableError, match=r"2019-05 needs records of that time.*2017-12-31"):
        gg.make_bulletin(sample_records.located, month="2019-05", **given)


def test_all_cases_open_is_a_true_bulletin(sample_records: Any, given: dict[str, Any]) -> None:
    cases = sample_records.cases.copy()
    for name in ("closed_at", "handled_at", "verified_at", "dispatched_at"):
        cases[name] = pd.Series(pd.NaT, cases.index, dtype=cases[name].dtype)
    made = gg.make_bulletin(
        sample_records.located, month="2017-09", lang="en", **(given | {"cases": cases})
    )
    found = numbers_of(made)
    assert found["cases_closed"] == 0
    assert found["cases_open"] == (cases["filed_at"] < made.facts["end"]).sum()
    assert found["indicator.closing_rate"] == 0.0
    assert "None was closed in the period." in text_of(made)
    assert found["median_h"] is None


def test_one_street_alone_has_no_ranking(sample_records: Any, given: dict[str, Any]) -> None:
    streets = sample_records.streets
    one = streets[streets["street_id"] == "110107003"]
    rows = sample_records.located
    made = gg.make_bulletin(
        rows[(rows["street_id"] == "110107003").to_numpy()],
        month="2017-09",
        lang="zh",
        **(given | {"jurisdictions": one}),
    )
    assert "ranking" not in made.facts["sections"]
    assert "streets" not in made.facts["sections"]


def test_seen_in_the_middle_of_the_month_it_says_so(
    sample_records: Any, given: dict[str, Any]
) -> None:
    made = gg.make_bulletin(
        sample_records.located,
        month="2017-09",
        lang="en",
        as_of="2017-09-16",
        template=ONLY,
        **given,
    )
    times = sample_records.located["reported_at"]
    half = (times >= pd.Timestamp("2017-09-01", tz="Asia/Shanghai")) & (
        times < pd.Timestamp("2017-09-16", tz="Asia/Shanghai")
    )
    assert numbers_of(made)["incidents"] == half.sum()
    assert "The period had not ended" in text_of(made)
    with pytest.raises(OptionError, match="as_of must lie after the begin of the period"):
        gg.make_bulletin(sample_records.located, month="2017-09", as_of="2017-08-01", **given)


def test_columns_of_the_caller_come_only_by_name(
    sample_records: Any, given: dict[str, Any]
) -> None:
    secret = "13900001234"
    cases = sample_records.cases.assign(经办电话=secret, 备注="=1+1")
    given = given | {"cases": cases}
    made = gg.make_bulletin(sample_records.located, month="2017-09", lang="zh", **given)
    whole = json.dumps(document_record(made), ensure_ascii=False, default=str)
    assert secret not in whole
    assert "示例市民" not in whole
    assert "示例巡查员" not in whole
    assert "示例路" not in whole
    asked = gg.make_bulletin(
        sample_records.located, month="2017-09", lang="zh", columns=["备注"], **given
    )
    overdue = next(one for one in asked.parts(TableBlock) if one.name == "cases_overdue")
    assert "备注" in overdue.columns
    assert "经办电话" not in overdue.frame.columns
    with pytest.raises(ColumnsError, match="Not there: '电话'"):
        gg.make_bulletin(sample_records.located, month="2017-09", columns=["电话"], **given)


def test_hostile_records_stay_text(sample_records: Any, given: dict[str, Any]) -> None:
    evil = "{{7*7}}<script>alert(1)</script>=HYPERLINK(1){place}\x00\u202e"
    rows = sample_records.located.copy()
    rows["category"] = rows["category"].where(rows.index % 2 == 0, evil)
    cases = sample_records.cases.copy()
    cases["department"] = evil
    streets = sample_records.streets.copy()
    streets["street"] = streets["street"].where(streets["street_id"] != "110107003", evil)
    made = gg.make_bulletin(
        rows,
        month="2017-09",
        lang="zh",
        street="110107003",
        **(given | {"cases": cases, "jurisdictions": streets}),
    )
    # A name with brackets is no field of the template.
    assert "{place}" in made.title
    assert "49" not in made.title
    assert "\x00" not in made.title
    assert numbers_of(made)["incidents"] > 0
