"""Bulletins of the sample: every number against an independent count, every limit said."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.document.json_file import document_record
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Paragraph,
    TableBlock,
)
from gridgov.checks import conform
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, OptionError, SettingsError

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


def test_inventory_and_standing_stand_in_the_year(
    sample_records: Any, given: dict[str, Any]
) -> None:
    with pytest.warns(DataWarning, match="16 of 3760 rows were set aside"):
        inventory = gg.read_inventory(
            sample_records.folder / "inventory.csv",
            datum="gcj02",
            timezone="Asia/Shanghai",
            jurisdictions=sample_records.streets,
        ).inventory
    checks = pd.read_csv(sample_records.folder / "alley_checks.csv")
    checks = pd.DataFrame(
        {
            "line_id": checks["背街小巷编号"],
            "checked_at": pd.to_datetime(checks["月份"]).dt.tz_localize("Asia/Shanghai"),
            "score": checks["得分"].astype(float),
        }
    )
    standing = gg.grade_standing(checks)
    made = gg.make_bulletin(
        sample_records.located,
        year=2017,
        lang="zh",
        inventory=inventory,
        standing=standing,
        template={"title": "{kind}", "sections": ["overview", "inventory", "standing"]},
        **given,
    )
    truth = json.loads((sample_records.folder / "planted_truth.json").read_text(encoding="utf-8"))[
        "inventory"
    ]["all"]
    found = numbers_of(made)
    assert found["inventory_found"] == truth["found"]
    assert found["inventory_rectified"] == truth["rectified"]
    # 18 alleys fall below 90 in the year (sample_data/README.md).
    assert found["lines_downgraded"] == 18
    assert found["lines_lines"] == 60


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "其中 3 项登记的街道不在辖区名单中（如远郊镇、{{7*7}}，共 2 个），计入总数"),
        ("en", "Of the 5 items, 3 are entered under a street that is not among the jurisdictions"),
    ],
)
def test_an_inventory_street_that_nobody_knows_is_noticed(
    lang: Any, told: str, sample_records: Any, given: dict[str, Any]
) -> None:
    known = sample_records.streets["street_id"].iloc[0]
    entered = [known, "远郊镇", "{{7*7}}", "远郊镇", None, "还没发现"]
    found = ["2017-03-01"] * 5 + ["2018-03-01"]
    inventory = conform(
        pd.DataFrame(
            {
                "item_id": [str(k) for k in range(6)],
                "kind": "违建",
                "street_id": entered,
                "found_at": pd.DatetimeIndex(found, tz="Asia/Shanghai"),
                "rectified_at": pd.Series([pd.NaT] * 6, dtype="datetime64[us, Asia/Shanghai]"),
            }
        ),
        "inventory",
    )
    options = {"year": 2017, "lang": lang, "template": {"title": "x", "sections": ["inventory"]}}
    made = gg.make_bulletin(sample_records.located, inventory=inventory, **options, **given)
    assert told in text_of(made)
    inside = inventory[inventory["street_id"] == known]
    made = gg.make_bulletin(sample_records.located, inventory=inside, **options, **given)
    assert "辖区名单" not in text_of(made)
    assert "among the jurisdictions" not in text_of(made)


def test_verdicts_on_campaigns_are_counted_with_their_cautions(
    sample_records: Any, given: dict[str, Any]
) -> None:
    at = pd.DatetimeIndex(["2016-01-01", "2016-02-01"], tz="Asia/Shanghai")
    effects = pd.DataFrame(
        {
            "campaign": ["家具街", "早市"],
            "before_start": at,
            "before_end": at + pd.Timedelta(days=90),
            "after_start": at + pd.Timedelta(days=200),
            "after_end": at + pd.Timedelta(days=290),
            **{
                f"{role}_{what}": 1
                for role in ("treated", "buffer", "control", "buffer_control")
                for what in ("cells", "before", "after")
            },
            "treated_before": [40, 30],
            "treated_after": [8, 20],
            "rate_ratio": [0.2, 0.7],
            "rate_ratio_low": [0.1, 0.4],
            "rate_ratio_high": [0.4, 0.9],
            "cautions": [None, "few_events;selected_at_peak"],
            "verdict": ["fell", "fell_with_doubt"],
        }
    )
    made = gg.make_bulletin(
        sample_records.located,
        year=2017,
        lang="zh",
        campaigns=conform(effects, "campaign_effects"),
        template={"title": "{kind}", "sections": ["overview", "campaigns"]},
        **given,
    )
    found = numbers_of(made)
    assert [found[f"campaigns.{name}"] for name in ("fell", "fell_with_doubt", "rose")] == [1, 1, 0]
    assert "下降但存疑 1 项：早市" in text_of(made)
    table = next(part for part in made.parts(TableBlock) if part.name == "campaigns")
    assert "few_events" not in table.frame["cautions"].iloc[1]
    assert "；" in table.frame["cautions"].iloc[1]


def test_inputs_are_not_changed(sample_records: Any, given: dict[str, Any]) -> None:
    before = sample_records.cases.copy(deep=True), sample_records.located.copy(deep=True)
    gg.make_bulletin(sample_records.located, week="2017-W37", lang="zh", **given)
    pd.testing.assert_frame_equal(sample_records.cases, before[0])
    pd.testing.assert_frame_equal(
        pd.DataFrame(sample_records.located.drop(columns="geometry")),
        pd.DataFrame(before[1].drop(columns="geometry")),
    )
    assert np.array_equal(sample_records.located.index, before[1].index)
