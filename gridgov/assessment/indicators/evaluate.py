"""What a rule says of every case: yes, no, or that it cannot be known.

A comparison with a missing value is neither true nor false, and neither is its opposite
(Kleene's logic): an open case is not "closed too late", and it is not "not closed too late"
either. Whether a value is missing can always be told: ``is missing``. A rule counts the
cases of which it is true.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.language import RuleError
from gridgov.assessment.indicators.rule_tree import (
    AS_OF,
    Both,
    Compare,
    Either,
    Literal,
    Missing,
    Name,
    Not,
    OneOf,
    Operand,
    Rule,
)
from gridgov.errors import OptionError
from gridgov.place.periods import read_moment

__all__ = ["Truth", "evaluate"]

Flags = NDArray[np.bool_]

_HOUR_US = 3_600_000_000
_SIGNS: dict[str, Any] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class Truth(NamedTuple):
    """Where a rule is true and where it is false; nowhere both."""

    true: Flags
    false: Flags


class _Value(NamedTuple):
    kind: str
    data: Any
    missing: Any


def evaluate(rule: Rule, columns: CaseColumns) -> Truth:
    """Return of which cases a rule is true and of which it is false.

    Parameters
    ----------
    rule
        A rule all of whose columns are there.
    columns
        The columns of the cases.

    Raises
    ------
    RuleError
        If values of two kinds are compared.
    ColumnsError
        If a column of times has no zone.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.assessment.indicators.language import parse_rule
    >>> at = lambda *days: pd.DatetimeIndex(days, tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"closed_at": at("2017-09-02", "2017-09-09", None),
    ...                       "due_at": at("2017-09-04", "2017-09-04", "2017-09-04")})
    >>> truth = evaluate(parse_rule("closed_at <= due_at"), CaseColumns(cases))
    >>> truth.true.tolist(), truth.false.tolist()
    ([True, False, False], [False, True, False])
    """
    match rule:
        case Both(left=left, right=right):
            one, two = evaluate(left, columns), evaluate(right, columns)
            return Truth(one.true & two.true, one.false | two.false)
        case Either(left=left, right=right):
            one, two = evaluate(left, columns), evaluate(right, columns)
            return Truth(one.true | two.true, one.false & two.false)
        case Not(rule=inner):
            truth = evaluate(inner, columns)
            return Truth(truth.false, truth.true)
        case Missing(name=name):
            missing = _missing(name, columns)
            return Truth(missing, ~missing)
        case OneOf(left=left, values=values):
            found = [_compare(Compare(left, "=", value), columns) for value in values]
            true = np.logical_or.reduce([truth.true for truth in found])
            return Truth(true, np.logical_and.reduce([truth.false for truth in found]))
        case Compare():
            return _compare(rule, columns)
        case Name(name=name):
            if name == AS_OF or columns.kind(name) != "flag":
                raise RuleError(
                    f"{name} alone is no question: only a column of yes and no stands alone"
                )
            return _compare(Compare(rule, "=", Literal(True)), columns)


def _missing(name: str, columns: CaseColumns) -> Flags:
    """Return where a column is missing."""
    if name == AS_OF:
        raise RuleError(f"{AS_OF} is a moment and is never missing")
    return columns.missing(name)


def _compare(rule: Compare, columns: CaseColumns) -> Truth:
    """Return what a comparison says."""
    left, right = _value(rule.left, columns), _value(rule.right, columns)
    if {left.kind, right.kind} == {"time", "literal text"}:
        left, right = _moment(left, columns), _moment(right, columns)
    kinds = {left.kind.removeprefix("literal "), right.kind.removeprefix("literal ")}
    if len(kinds) > 1:
        raise RuleError(
            f"{_shown(rule.left)} ({left.kind}) and {_shown(rule.right)} ({right.kind}) "
            "cannot be compared"
        )
    kind = kinds.pop()
    if kind in ("text", "flag") and rule.sign not in ("=", "!="):
        raise RuleError(f"{rule.sign} asks for an order, and a {kind} has none: use = or !=")
    same = _same_text(left, right) if kind == "text" else None
    if same is None:
        true = _SIGNS[rule.sign](left.data, right.data)
    else:
        true = same if rule.sign == "=" else ~same
    known = ~(left.missing | right.missing)
    true, known = np.broadcast_to(true, len(columns)), np.broadcast_to(known, len(columns))
    return Truth(true & known, ~true & known)


def _value(operand: Operand, columns: CaseColumns) -> _Value:
    """Return a value of every case, or one value for all."""
    missing: Any
    if isinstance(operand, Literal):
        never = np.bool_(False)
        if isinstance(operand.value, bool):
            return _Value("literal flag", operand.value, never)
        if isinstance(operand.value, str):
            return _Value("literal text", operand.value, never)
        return _Value("literal number", operand.value, never)
    shift = round(operand.hours * _HOUR_US)
    if operand.name == AS_OF:
        return _Value("time", columns.moment + shift, np.bool_(False))
    kind = columns.kind(operand.name)
    if shift and kind != "time":
        raise RuleError(f"{operand.name} is no time, so that no hours can be added to it")
    match kind:
        case "time":
            instants, missing = columns.time(operand.name)
            return _Value(kind, instants + shift if shift else instants, missing)
        case "number":
            return _Value(kind, *columns.number(operand.name))
        case "flag":
            return _Value(kind, *columns.flag(operand.name))
    codes, texts = columns.text(operand.name)
    return _Value(kind, (codes, texts), codes < 0)


def _moment(value: _Value, columns: CaseColumns) -> _Value:
    """Return a text as the time it says; a time as it is."""
    if value.kind == "time":
        return value
    try:
        moment = read_moment(value.data, "a time", columns.zone)
    except OptionError as error:
        raise RuleError(f"{value.data!r} is no time such as '2017-09-01'") from error
    instants = pd.DatetimeIndex([moment]).as_unit("us").asi8
    return _Value("time", int(instants[0]), value.missing)


def _same_text(left: _Value, right: _Value) -> Any:
    """Return where two texts are the same."""
    if left.kind == "literal text" and right.kind == "literal text":
        return np.bool_(left.data == right.data)
    if left.kind == "literal text":
        left, right = right, left
    codes, texts = left.data
    if right.kind == "literal text":
        # The last entry serves code -1, the missing value.
        return np.array([*(text == right.data for text in texts), False])[codes]
    others, other_texts = right.data
    place = {text: number for number, text in enumerate(texts)}
    of_other = np.array([*(place.get(text, -2) for text in other_texts), -3])
    return codes == of_other[others]


def _shown(operand: Operand) -> str:
    """Return a value as it is written."""
    return operand.name if isinstance(operand, Name) else repr(operand.value)
