"""Schemes: weights that add up, points by hand, and everything wrong named at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.assessment.scores.grades import grades_of, read_grades
from gridgov.assessment.scores.point_rules import Deduction, Deductions, Linear, Steps
from gridgov.assessment.scores.read_scheme import read_scheme, scheme_names
from gridgov.assessment.scores.scheme import Scheme
from gridgov.errors import OptionError, ReadError, SettingsError

# The point table of 立案数 as it stands in one city's program.
FILED = {"rule": "steps", "steps": [[0, 100], [1, 90], [3, 75], [5, 60], [7, 40], [9, 0]]}


def item(name: str, weight: object, **more: object) -> dict[str, object]:
    return {"name": name, "indicator": "closing_rate", "weight": weight, **more}


def test_the_page_of_city_k_weighs_50_30_10_10() -> None:
    scheme = read_scheme("city_page_k")
    assert list(scheme.weights.values()) == [0.5, 0.3, 0.1, 0.1]
    assert "not official" in scheme.en
    assert "非官方" in scheme.zh
    assert scheme.source


def test_the_regional_composite_whose_weights_are_short_is_refused() -> None:
    # As one city's program has it: .1 + .2 + .3 + .1, a mistake that nobody saw.
    table = {
        "name": "region",
        "items": [
            item("reports", 0.1, indicator="supervised_report_rate", zero_at=1, full_at=0),
            item("filed", 0.2, indicator="filed_cases", measure="numerator", **FILED),
            item("closing", 0.3, zero_at=1, full_at=0),
            item("on_time", 0.1, indicator="on_time_closing_rate", zero_at=1, full_at=0),
        ],
    }
    with pytest.raises(
        SettingsError,
        match=r"add up to 1 or 100 exactly. Found in 'region': 0.7 = reports 0.1, filed 0.2, "
        r"closing 0.3, on_time 0.1",
    ) as raised:
        read_scheme(table)
    assert raised.value.problems["weight"].tolist() == [0.1, 0.2, 0.3, 0.1]


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.7], [10, 20, 70], [33.3, 33.3, 33.4]])
def test_decimal_weights_add_up_as_they_are_written(weights: list[float]) -> None:
    scheme = read_scheme({"items": [item(f"i{at}", one) for at, one in enumerate(weights)]})
    assert sum(scheme.weights.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("weights", [[0.333, 0.333, 0.333], [0.5, 50.0], [0.5, 0.500001], [0, 0]])
def test_weights_that_miss_the_whole_are_not_scaled(weights: list[float]) -> None:
    with pytest.raises(SettingsError, match="nothing is scaled for you"):
        read_scheme({"items": [item(f"i{at}", one) for at, one in enumerate(weights)]})


def test_the_hotline_has_no_weights_of_its_own() -> None:
    with pytest.raises(SettingsError, match="no weights of its own: none is official"):
        read_scheme("hotline")
    # 准格尔旗: 30 / 35 / 35.
    scheme = read_scheme("hotline", weights={"response": 30, "resolution": 35, "satisfaction": 35})
    assert scheme.weights == {"response": 0.3, "resolution": 0.35, "satisfaction": 0.35}


def test_given_weights_name_every_item_and_no_other() -> None:
    with pytest.raises(SettingsError, match="weights lack satisfaction; weights name smile"):
        read_scheme("hotline", weights={"response": 0.5, "resolution": 0.2, "smile": 0.3})
    with pytest.raises(SettingsError, match=r"response: weight must be a number from 0 on"):
        read_scheme("hotline", weights={"response": -1, "resolution": 1, "satisfaction": 1})
    with pytest.raises(SettingsError, match=r"0\.9 = response 0\.3"):
        read_scheme("hotline", weights={"response": 0.3, "resolution": 0.3, "satisfaction": 0.3})


def test_everything_that_is_wrong_is_told_at_once() -> None:
    table = {
        "name": "bad",
        "titel": "x",
        "items": [
            {"name": "a", "weight": 0.5},
            item("a", "half"),
            item("b", 0.1, rule="curve"),
            item("c", 0.1, zero_at=1, full_at=1),
            item("d", 0.1, rule="steps", steps=[[3, 10], [1, 20]]),
            item("e", 0.1, rule="steps", steps=[[0, 101]]),
            {"name": "f", "weight": 0.1, "rule": "deductions", "full": 0, "deductions": []},
            item("g", 0.1, mesure="numerator"),
            item("h", 0.1, measure="middle"),
            {"name": "i", "weight": 0.1, "rule": "deductions", "full": 5, "deductions": [{}]},
            "j",
        ],
        "grades": [["A", 60], ["B", 75]],
    }
    with pytest.raises(SettingsError, match="Found in 'bad'") as raised:
        read_scheme(table)
    told = str(raised.value)
    for words in (
        "unknown titel",
        "a: no indicator, found None",
        "a: the name is given twice",
        "a: weight must be a number from 0 on, found 'half'",
        "b: rule must be linear, steps or deductions, found 'curve'",
        "c: zero_at and full_at must be two different numbers",
        "d: steps must be pairs of rising value and points",
        "e: points of steps must lie from 0 to 100",
        "f: full must be a number above 0, found 0",
        "g: a rule of linear has no mesure, did you mean measure?",
        "h: measure must be one of value, numerator, denominator, found 'middle'",
        "i: a deduction has an indicator and each from 0 on",
        "item 11: must be a table",
        "grades must fall from the best on",
    ):
        assert words in told, words
    assert len(raised.value.problems) == 14


@pytest.mark.parametrize("table", [{}, {"items": []}, {"items": "all"}])
def test_a_scheme_without_items_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="no items"):
        read_scheme(table)


def test_an_item_without_a_weight_is_named() -> None:
    with pytest.raises(SettingsError, match=r"0.6 = a 0.6; without a weight: b"):
        read_scheme({"items": [item("a", 0.6), {"name": "b", "indicator": "rework_rate"}]})


def test_a_scheme_is_read_from_a_file_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        '\ufeffzh = "本区"\ngrades = [["优", 90], ["良", 75]]\n[[items]]\nname = "结案"\n'
        'indicator = "closing_rate"\nweight = 100\n',
        encoding="utf-8",
    )
    scheme = read_scheme(path)
    assert (scheme.name, scheme.en, scheme.zh) == ("ours", "ours", "本区")
    assert scheme.grades == (("优", 90.0), ("良", 75.0))
    assert read_scheme(str(path)) == scheme
    assert read_scheme(scheme) is scheme
    with pytest.raises(OptionError, match="Found: both"):
        read_scheme(scheme, weights={"结案": 1})


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="A scheme is a TOML file"):
        read_scheme(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("items = [", encoding="utf-8")
    with pytest.raises(ReadError, match=r"Found in bad.toml"):
        read_scheme(tmp_path / "bad.toml")
    with pytest.raises(OptionError, match="scheme must be one of 'city_page_k', 'hotline'"):
        read_scheme("city_k")
    with pytest.raises(OptionError, match="Found: int"):
        read_scheme(3)


def test_every_built_in_scheme_says_where_it_comes_from() -> None:
    for name in scheme_names():
        given: Any = None
        if name == "hotline":
            given = {"response": 0.2, "resolution": 0.4, "satisfaction": 0.4}
        scheme = read_scheme(name, weights=given)
        assert isinstance(scheme, Scheme)
        assert scheme.source
        assert all(one.en and one.zh for one in scheme.items)


def test_the_scheme_of_the_page_of_docs_can_be_read() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "assessment_scores.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    scheme = read_scheme(tomllib.loads(text))
    assert scheme.weights == {"closing": 0.6, "filed": 0.4}
    assert [name for name, _ in scheme.grades] == list("ABCDE")


def test_points_of_filed_cases_follow_the_table() -> None:
    rule = Steps((0, 1, 3, 5, 7, 9), (100, 90, 75, 60, 40, 0))
    values = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50, np.nan], dtype=float)
    expected = [100, 90, 90, 75, 75, 60, 60, 40, 40, 0, 0, np.nan]
    np.testing.assert_array_equal(rule.points(values), expected)


def test_deductions_end_at_nothing() -> None:
    rule = Deductions(10.0, (Deduction("supervision_rate", 0.5),))
    np.testing.assert_allclose(rule.points(np.array([0.0, 2.5, 10.0, 99.0])), [100, 75, 0, 0])


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-10, 10))
def test_a_line_stays_between_no_points_and_all(zero: float, full: float, value: float) -> None:
    if abs(full - zero) < 1e-6:
        return
    assert 0.0 <= Linear(zero, full).points(np.array([value]))[0] <= 100.0


def test_a_missing_value_has_no_points_by_any_rule() -> None:
    missing = np.array([np.nan])
    for rule in (Linear(), Steps((0.0,), (50.0,)), Deductions(10.0, ())):
        assert np.isnan(rule.points(missing)).all()


def test_grades_of_posts_are_whole_ranges() -> None:
    # A from 90, B from 75, C from 60, D from 40, E below.
    grades = read_grades([["A", 90], ["B", 75], ["C", 60], ["D", 40], ["E", 0]])
    scores = np.array([100, 90, 89.99, 75, 60, 59, 40, 39, 0, np.nan])
    assert grades_of(scores, grades).tolist() == [*"AABBCDDEE", None]
    # A sum of tenths that is 90 to everybody but the machine.
    assert grades_of(np.array([89.99999999999999]), grades).tolist() == ["A"]


@pytest.mark.parametrize("grades", [3, ["A"], [["A", "x"]], [["A", float("nan")]]])
def test_grades_that_are_none_are_refused(grades: Any) -> None:
    with pytest.raises(OptionError, match="grades must"):
        read_grades(grades)
