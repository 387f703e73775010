"""The language of rules: what it says, what it refuses, and that it never runs anything."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.evaluate import evaluate
from gridgov.assessment.indicators.language import RuleError, parse_rule, parse_terms
from gridgov.assessment.indicators.rule_tree import names_in

ZONE = "Asia/Shanghai"


def times(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(texts, tz=ZONE)


@pytest.fixture
def columns() -> CaseColumns:
    cases = pd.DataFrame(
        {
            "filed_at": times("2017-09-01 08:00", "2017-09-01 08:00", "2017-09-02", None),
            "closed_at": times("2017-09-01 12:00", "2017-09-03", None, None),
            "category": ["waste", "vending", None, "it's 5 o'clock"],
            "类别": pd.Categorical(["甲", "乙", "甲", None]),
            "own level": [1, 2, 3, 4],
            "reworks": pd.array([0, 2, None, 1], dtype="Int64"),
            "supervised": pd.array([True, False, None, True], dtype="boolean"),
        }
    )
    return CaseColumns(cases, as_of="2017-09-10")


def rows(text: str, columns: CaseColumns) -> tuple[list[int], list[int]]:
    truth = evaluate(parse_rule(text), columns)
    return truth.true.nonzero()[0].tolist(), truth.false.nonzero()[0].tolist()


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        ("closed_at is missing", [2, 3], [0, 1]),
        ("closed_at is not missing", [0, 1], [2, 3]),
        ("closed_at <= filed_at + 4 h", [0], [1]),
        ("closed_at <= filed_at + 4h", [0], [1]),
        ("closed_at < filed_at + 240 min", [], [0, 1]),
        ("filed_at > closed_at - 1 d", [0], [1]),
        ("filed_at >= '2017-09-02'", [2], [0, 1]),
        ("filed_at < as_of - 8 d", [0, 1], [2]),
        ("category = 'waste'", [0], [1, 3]),
        ("category != 'waste'", [1, 3], [0]),
        ("category = \"it's 5 o'clock\"", [3], [0, 1]),
        ("category in ('waste', 'vending')", [0, 1], [3]),
        ("category not in ('waste')", [1, 3], [0]),
        ("'waste' = category", [0], [1, 3]),
        ("类别 == '甲'", [0, 2], [1]),
        ("`own level` >= 3", [2, 3], [0, 1]),
        ("reworks > 0", [1, 3], [0]),
        ("supervised", [0, 3], [1]),
        ("not supervised", [1], [0, 3]),
        ("supervised = false", [1], [0, 3]),
        ("supervised or reworks > 0", [0, 1, 3], []),
        ("supervised and reworks > 0", [3], [0, 1]),
        ("not (supervised and reworks > 0)", [0, 1], [3]),
        # "and" binds before "or".
        ("supervised or supervised and reworks > 5", [0, 3], [1]),
    ],
)
def test_a_rule_is_true_and_false_of_these_cases(
    text: str, true: list[int], false: list[int], columns: CaseColumns
) -> None:
    assert rows(text, columns) == (true, false)


def test_two_columns_of_text_are_compared_by_their_words() -> None:
    cases = pd.DataFrame(
        {
            "filed_at": times("2017-09-01", "2017-09-01", "2017-09-01"),
            "sent_to": ["a", "b", "c"],
            "done_by": ["b", "b", None],
        }
    )
    assert rows("sent_to = done_by", CaseColumns(cases)) == ([1], [0])
    assert rows("sent_to != done_by", CaseColumns(cases)) == ([0], [1])


def test_what_happens_after_the_moment_has_not_happened_yet() -> None:
    cases = pd.DataFrame({"filed_at": times("2017-09-01"), "closed_at": times("2017-09-05")})
    early, late = (CaseColumns(cases, as_of=day) for day in ("2017-09-04", "2017-09-05"))
    assert rows("closed_at is missing", early)[0] == [0]
    assert rows("closed_at is missing", late)[0] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("closed_at <=", "expected a column, a 'text', a number, true or false .* its end"),
        ("closed_at due_at", "expected 'and', 'or' or its end at character 11, found 'due_at'"),
        ("(closed_at is missing", r"expected '\)'"),
        ("closed_at is null", "expected 'missing' at character 14, found 'null'"),
        ("category in 'waste'", r"expected '\('"),
        ("category in (closed_at)", "expected a 'text' or a number"),
        ("5", "expected a comparison"),
        ("a ; b", "character 2 begins no word"),
        ("__import__('os').system('x')", "character 17 begins no word"),
        ("a.b = 1", "character 2 begins no word"),
        ("(" * 60 + "a" + ")" * 60, "nested more than 40 deep"),
        ("a or " * 500 + "a", "more than 2,000 characters"),
    ],
)
def test_what_is_no_rule_says_where_and_what_was_expected(text: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        parse_rule(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("closed_at = 3", r"closed_at \(time\) and 3.0 \(literal number\) cannot be compared"),
        ("category < 'waste'", "< asks for an order, and a text has none"),
        ("supervised > true", "> asks for an order, and a flag has none"),
        ("category", "category alone is no question"),
        ("reworks + 1 h > 1", "reworks is no time"),
        ("closed_at > 'soon'", "'soon' is no time such as"),
        ("as_of is missing", "never missing"),
        ("as_of", "as_of alone is no question"),
    ],
)
def test_unlike_things_are_not_compared(text: str, words: str, columns: CaseColumns) -> None:
    with pytest.raises(RuleError, match=words):
        evaluate(parse_rule(text), columns)


def test_terms_carry_their_weights_and_a_plain_rule_weighs_one() -> None:
    text = "satisfaction = 'yes' + 0.9 * satisfaction = 'mostly' + own * (valid or resolved)"
    terms = parse_terms(text)
    assert [term.weight for term in terms] == [1.0, 0.9, "own"]
    assert [sorted(set(names_in(term.rule))) for term in terms] == [
        ["satisfaction"],
        ["satisfaction"],
        ["resolved", "valid"],
    ]


_RULES = st.recursive(
    st.sampled_from(
        [
            "supervised",
            "reworks > 0",
            "closed_at is missing",
            "category = 'waste'",
            "类别 in ('乙')",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda a: f"not ({a})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) and ({ab[1]})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]}) or ({ab[1]})"),
    ),
    max_leaves=6,
)


@given(left=_RULES, right=_RULES)
def test_rules_keep_the_laws_of_three_valued_logic(left: str, right: str) -> None:
    cases = pd.DataFrame(
        {
            "filed_at": times(*["2017-09-01"] * 4),
            "closed_at": times("2017-09-01", "2017-09-03", None, None),
            "category": ["waste", "vending", None, "waste"],
            "类别": pd.Categorical(["甲", "乙", "甲", None]),
            "reworks": pd.array([0, 2, None, 1], dtype="Int64"),
            "supervised": pd.array([True, False, None, True], dtype="boolean"),
        }
    )
    at_end = CaseColumns(cases, as_of="2017-09-10")
    one = evaluate(parse_rule(left), at_end)
    assert not (one.true & one.false).any()
    # De Morgan: not (a and b) = not a or not b, of what is known and what is not.
    assert rows(f"not (({left}) and ({right}))", at_end) == rows(
        f"(not ({left})) or (not ({right}))", at_end
    )


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    said = ""
    try:
        terms = parse_terms(text)
    except RuleError as error:
        terms, said = (), str(error)
    assert bool(terms) != bool(said)
