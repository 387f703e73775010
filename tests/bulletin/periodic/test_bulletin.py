"""Bulletins of the sample: every number against an independent count, every limit said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Paragraph,
    TableBlock,
)
from gridgov.errors import OptionError, SettingsError

ONLY = {"title": "{place}", "sections": ["overview", "categories", "streets", "cases", "quality"]}


def numbers_of(document: Document) -> dict[str, Any]:
    return {number.key: number.value for number in document.numbers}


def text_of(document: Document) -> str:
    return "\n".join([document.lead, *(part.text for part in document.parts(Paragraph))])


@pytest.fixture(scope="module")
def month_zh(sample_records: Any, given: dict[str, Any]) -> Document:
    return gg.make_bulletin(sample_records.located, month="2017-09", lang="zh", **given)


@pytest.fixture(scope="module")
def month_en(sample_records: Any, given: dict[str, Any]) -> Document:
    return gg.make_bulletin(sample_records.located, month="2017-09", lang="en", **given)


def test_incidents_are_those_of_the_file(sample_records: Any, month_zh: Document) -> None:
    # The id holds the day of the report; rows that reading set aside do not count.
    raw = sample_records.raw
    raw = raw.drop(index=sample_records.set_aside["source_row"].to_numpy() - 1)
    found = numbers_of(month_zh)
    assert found["incidents"] == raw["事件编号"].str.startswith("SY201709").sum()
    assert found["incidents_before"] == raw["事件编号"].str.startswith("SY201708").sum()
    assert found["incidents_last_year"] == raw["事件编号"].str.startswith("SY201609").sum()
    kept = raw[raw["事件编号"].str.startswith("SY201709")]
    for category, number in kept["问题类型"].value_counts().items():
        assert found[f"incidents.category.{category}"] == number


def test_streets_and_the_rest_add_up_to_the_whole(month_zh: Document) -> None:
    found = numbers_of(month_zh)
    streets = sum(value for key, value in found.items() if key.startswith("incidents.street."))
    rest = found["incidents_outside"] + found["incidents_without_point"]
    assert streets == found["incidents_in_streets"]
    assert streets + rest == found["incidents"]


def test_cases_are_those_of_the_file(sample_records: Any, month_zh: Document) -> None:
    raw = sample_records.raw_cases
    times = {name: pd.to_datetime(raw[name]) for name in ("立案时间", "结案时间", "结案时限")}
    found = numbers_of(month_zh)
    end = pd.Timestamp("2017-10-01")
    within = {name: (column >= "2017-09-01") & (column < end) for name, column in times.items()}
    assert found["cases_filed"] == within["立案时间"].sum()
    assert found["cases_closed"] == within["结案时间"].sum()
    open_ = (times["立案时间"] < end) & ~(times["结案时间"] < end)
    assert found["cases_open"] == open_.sum()
    assert (
        found["cases_at_rest"]
        == (
            open_
            & (pd.to_datetime(raw["挂账时间"]) < end)
            & ~(pd.to_datetime(raw["恢复时间"]) < end)
        ).sum()
    )


def test_the_overdue_list_holds_whoever_waits_past_a_deadline(
    sample_records: Any, month_zh: Document
) -> None:
    raw = sample_records.raw_cases
    stages = [("派遣时间", "派遣时限"), ("处置时间", "处置时限"), ("结案时间", "结案时限")]
    end = pd.Timestamp("2017-10-01")
    at = {name: pd.to_datetime(raw[name]) for pair in stages for name in pair}
    rested = pd.to_datetime(raw["挂账时间"]).notna()
    late = pd.Series(False, raw.index)
    open_ = (pd.to_datetime(raw["立案时间"]) < end) & ~(at["结案时间"] < end)
    for number, (_, due) in enumerate(stages):
        reached = pd.Series(False, raw.index)
        for later, _ in stages[number:]:
            reached |= at[later] < end
        if number < 2:
            reached |= pd.to_datetime(raw["核查时间"]) < end
        late |= open_ & ~reached & (at[due] < end)
    # Suspended cases have other deadlines and are held elsewhere.
    plain = set(raw.loc[late & ~rested, "案件编号"])
    listed = next(b for b in month_zh.parts(TableBlock) if b.name == "cases_overdue").frame
    assert plain <= set(listed["case_id"])
    assert set(listed["case_id"]) - plain <= set(raw.loc[rested, "案件编号"])
    assert numbers_of(month_zh)["cases_overdue"] == listed["case_id"].nunique()


def test_indicators_carry_numerator_and_denominator(month_zh: Document) -> None:
    numbers = {number.key: number for number in month_zh.numbers}
    rate = numbers["indicator.on_time_closing_rate"]
    assert rate.numerator is not None
    assert rate.denominator is not None
    assert rate.value == rate.numerator / rate.denominator
    assert rate.low is not None
    assert rate.low < rate.value < rate.high  # type: ignore[operator]
    # Columns that the sample lacks: no number, neither 0 nor 1.
    assert numbers["indicator.satisfaction_rate_12345"].value is None


def test_the_numbers_do_not_depend_on_the_language(month_zh: Document, month_en: Document) -> None:
    assert numbers_of(month_zh) == numbers_of(month_en)
    assert [number.label for number in month_zh.numbers] != [
        number.label for number in month_en.numbers
    ]
    zh, en = (
        [(part.name, len(part.frame)) for part in document.parts(TableBlock)]
        for document in (month_zh, month_en)
    )
    assert zh == en


def test_the_documented_keys_are_there(month_zh: Document) -> None:
    stable = {
        "incidents",
        "incidents_before",
        "incidents_change_before",
        "incidents_last_year",
        "incidents_change_last_year",
        "incidents_in_streets",
        "incidents_outside",
        "incidents_without_point",
        "incidents_without_category",
        "cells",
        "hot_cells",
        "cases_filed",
        "cases_closed",
        "cases_open",
        "cases_overdue",
        "cases_due_soon",
        "cases_at_rest",
        "cases_supervised",
        "cases_reworked",
        "cases_open_without_deadline",
        "median_h",
        "repeat_places",
        "yearly_change",
        "score.street.110107003",
        "rank.street.110107003",
        "rows_read.incidents",
        "rows_set_aside.incidents",
        "indicator.closing_rate",
    }
    assert stable <= set(numbers_of(month_zh))


def test_everything_shown_says_where_it_comes_from(month_zh: Document) -> None:
    shown = [
        part for kind in (TableBlock, FigureBlock, ChartBlock) for part in month_zh.parts(kind)
    ]
    assert len(shown) > 15
    for part in shown:
        origin = part.provenance
        assert origin.source == "示例", part.name
        assert origin.period, part.name
        assert origin.method, part.name
        assert part.name == "quality" or origin.n is not None, part.name
    names = [part.name for part in shown]
    assert len(set(names)) == len(names)


def test_ranks_are_given_as_ranges(month_en: Document, month_zh: Document) -> None:
    assert "the data allow it the place 1st to 9th" in text_of(month_en)
    assert "名次为第1至第9名" in text_of(month_zh)
    ranks = [number for number in month_en.numbers if number.key.startswith("rank.street.")]
    assert len(ranks) == 9
    assert all(number.low <= number.value <= number.high for number in ranks)  # type: ignore[operator]


def test_no_change_is_claimed_that_chance_explains(month_en: Document) -> None:
    change = next(one for one in month_en.numbers if one.key == "incidents_change_before")
    assert change.low < 0 < change.high  # type: ignore[operator]
    assert "is no more than chance explains" in month_en.lead
    assert "rose" not in month_en.lead


def test_a_fall_beyond_chance_is_called_a_fall(sample_records: Any, given: dict[str, Any]) -> None:
    # The planted campaigns in Jindingjie and Gucheng: fewer incidents in 2017 than in 2016.
    year = gg.make_bulletin(sample_records.located, year=2017, lang="en", template=ONLY, **given)
    told = text_of(year)
    assert "金顶街街道: Fewer than in 2016" in told
    assert "古城街道: Fewer than in 2016" in told


def test_one_street_is_about_that_street(sample_records: Any, given: dict[str, Any]) -> None:
    by_name = gg.make_bulletin(
        sample_records.located, month="2017-09", street="八角", lang="zh", **given
    )
    rows = sample_records.located
    month = rows["reported_at"].dt.strftime("%Y-%m") == "2017-09"
    found = numbers_of(by_name)
    assert found["incidents"] == (month & (rows["street_id"] == "110107003")).sum()
    assert found["rank"] == found["rank.street.110107003"]
    assert by_name.facts["street_id"] == "110107003"
    assert "八角街道" in by_name.title
    cases = sample_records.raw_cases
    own = (cases["街道"] == "八角街道") & cases["立案时间"].str.startswith("2017-09")
    assert found["cases_filed"] == own.sum()


def test_a_street_that_does_not_exist_is_an_error(
    sample_records: Any, given: dict[str, Any]
) -> None:
    with pytest.raises(OptionError, match=r"street must be the id or the name.*Found: '天桥街道'"):
        gg.make_bulletin(sample_records.located, month="2017-09", street="天桥街道", **given)


@pytest.mark.parametrize(
    ("options", "compared"),
    [
        ({"day": "2017-09-12"}, {"before": "2017-09-11"}),
        ({"week": "2017-W37"}, {"before": "2017-W36"}),
        ({"year": "2017"}, {"before": "2016"}),
    ],
)
def test_every_rhythm_counts_its_period(
    sample_records: Any, given: dict[str, Any], options: dict[str, str], compared: dict[str, str]
) -> None:
    made = gg.make_bulletin(sample_records.located, lang="zh", template=ONLY, **options, **given)
    start, end = (pd.Timestamp(made.facts[name]) for name in ("start", "end"))
    times = sample_records.located["reported_at"]
    assert numbers_of(made)["incidents"] == ((times >= start) & (times < end)).sum()
    assert made.facts["compared_with"] == compared


def test_a_template_orders_names_and_adds(sample_records: Any, given: dict[str, Any]) -> None:
    template = {
        "title": "{district}例会材料",
        "sections": ["quality", "overview"],
        "headings": {"overview": "{period}概况"},
        "texts": {"opening": "本期事件 {incidents} 起，超期 {cases_overdue} 件。"},
    }
    with pytest.raises(SettingsError, match="Found: the field 'cases_overdue'"):
        gg.make_bulletin(
            sample_records.located, month="2017-09", lang="zh", template=template, **given
        )
    template["sections"] = ["quality", "overview", "cases"]
    made = gg.make_bulletin(
        sample_records.located, month="2017-09", lang="zh", template=template, **given
    )
    found = numbers_of(made)
    headings = [section.heading for section in made.sections]
    assert headings == ["说明", "数据质量", "2017年9月概况", "案件办理"]
    opening = made.sections[0].parts[0]
    assert isinstance(opening, Paragraph)
    assert opening.text == f"本期事件 {found['incidents']} 起，超期 {found['cases_overdue']} 件。"
    assert made.title.endswith("例会材料")


def test_inputs_are_not_changed(sample_records: Any, given: dict[str, Any]) -> None:
    before = sample_records.cases.copy(deep=True), sample_records.located.copy(deep=True)
    gg.make_bulletin(sample_records.located, week="2017-W37", lang="zh", **given)
    pd.testing.assert_frame_equal(sample_records.cases, before[0])
    pd.testing.assert_frame_equal(
        pd.DataFrame(sample_records.located.drop(columns="geometry")),
        pd.DataFrame(before[1].drop(columns="geometry")),
    )
    assert np.array_equal(sample_records.located.index, before[1].index)
