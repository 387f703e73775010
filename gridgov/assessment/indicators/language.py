"""The words in which an indicator says which cases it counts.

A rule is one line of text about the columns of a case:

    closed_at <= due_at and cancelled_at is missing
    category in ('illegal building', 'street vending') or supervised
    filed_at <= reported_at + 4 h
    satisfaction = 'satisfied' + 0.9 * satisfaction = 'mostly satisfied'

It is read into a tree by the parser below and never run as a program: there are no calls,
no attributes and no names but columns. What the words mean for values lies in
:mod:`gridgov.assessment.indicators.evaluate`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Never

from gridgov.assessment.indicators.rule_tree import (
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
    Term,
)

__all__ = ["RuleError", "parse_rule", "parse_terms"]

_MOST_CHARACTERS = 2_000
_DEEPEST = 40
_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0}
_WORDS = frozenset({"and", "or", "not", "in", "is", "missing", "true", "false"})
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'[^']*'|"[^"]*")
    | (?P<quoted>`[^`]+`)
    | (?P<span>\d+(?:\.\d+)?\s*(?:min|h|d)\b)
    | (?P<number>\d+(?:\.\d+)?(?!\w))
    | (?P<name>[^\W\d]\w*)
    | (?P<sign><=|>=|!=|==|[=<>()+*,\-])
    )""",
    re.VERBOSE,
)


class RuleError(ValueError):
    """A rule cannot be read; caught where the indicator's name is known."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> Rule:
    """Return the tree of a rule.

    Raises
    ------
    RuleError
        If it cannot be read; the message says where and what was expected.

    Examples
    --------
    >>> parse_rule("closed_at is missing")
    Missing(name='closed_at')
    >>> parse_rule("not supervised")
    Not(rule=Name(name='supervised', hours=0.0))
    """
    parser = _Parser(text)
    rule = parser.either()
    parser.finish()
    return rule


@lru_cache(maxsize=1024)
def parse_terms(text: str) -> tuple[Term, ...]:
    """Return the terms of a weighted sum of rules; a rule alone is one term of weight 1.

    Raises
    ------
    RuleError
        If it cannot be read.

    Examples
    --------
    >>> [term.weight for term in parse_terms("resolved + 0.5 * contacted + mostly * valid")]
    [1.0, 0.5, 'mostly']
    """
    parser = _Parser(text)
    terms = [parser.term()]
    while parser.take("+"):
        terms.append(parser.term())
    parser.finish()
    return tuple(terms)


class _Parser:
    """Reads a rule from left to right: or, and, not, comparison, value."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def term(self) -> Term:
        """Read a rule that may carry a weight."""
        token = self._tokens[self._next]
        if token.kind in ("number", "name") and self._tokens[self._next + 1].text == "*":
            self._next += 2
            weight = float(token.text) if token.kind == "number" else token.text
            return Term(self.either(), weight)
        return Term(self.either())

    def either(self) -> Rule:
        """Read rules joined by or."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise RuleError(f"it is nested more than {_DEEPEST} deep")
        rule = self._both()
        while self.take("or"):
            rule = Either(rule, self._both())
        self._depth -= 1
        return rule

    def take(self, word: str) -> bool:
        """Read a word if it comes next."""
        token = self._tokens[self._next]
        there = token.kind in ("name", "sign") and token.text == word
        self._next += there
        return there

    def finish(self) -> None:
        """Check that nothing follows."""
        if self._tokens[self._next].kind != "end":
            self._wrong("'and', 'or' or its end")

    def _both(self) -> Rule:
        rule = self._not()
        while self.take("and"):
            rule = Both(rule, self._not())
        return rule

    def _not(self) -> Rule:
        opposite = False
        while self.take("not"):
            opposite = not opposite
        rule = self._plain()
        return Not(rule) if opposite else rule

    def _plain(self) -> Rule:
        if self.take("("):
            rule = self.either()
            self._expect(")")
            return rule
        left = self._operand()
        token = self._tokens[self._next]
        if token.kind == "sign" and token.text in ("=", "==", "!=", "<", "<=", ">", ">="):
            self._next += 1
            sign = "=" if token.text == "==" else token.text
            return Compare(left, sign, self._operand())
        if not isinstance(left, Name):
            self._wrong("a comparison: =, !=, <, <=, > or >=")
        if left.hours == 0 and self.take("is"):
            opposite = self.take("not")
            self._expect("missing")
            return Not(Missing(left.name)) if opposite else Missing(left.name)
        if self.take("not"):
            self._expect("in")
            return Not(OneOf(left, self._list()))
        if self.take("in"):
            return OneOf(left, self._list())
        return left

    def _operand(self) -> Operand:
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case "text":
                return Literal(token.text[1:-1])
            case "number":
                return Literal(float(token.text))
            case "quoted":
                return Name(token.text[1:-1], self._later())
            case "name" if token.text in ("true", "false"):
                return Literal(token.text == "true")
            case "name" if token.text not in _WORDS:
                return Name(token.text, self._later())
        self._next -= 1
        return self._wrong("a column, a 'text', a number, true or false")

    def _later(self) -> float:
        """Read how many hours later a column is taken."""
        sign, span = self._tokens[self._next], self._tokens[min(self._next + 1, self._last)]
        if sign.text not in ("+", "-") or sign.kind != "sign" or span.kind != "span":
            return 0.0
        self._next += 2
        found = re.fullmatch(r"([\d.]+)\s*(min|h|d)", span.text)
        if found is None:
            return self._wrong("a time such as 4 h")
        hours = float(found[1]) * _HOURS[found[2]]
        return hours if sign.text == "+" else -hours

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        values = [self._literal()]
        while self.take(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        value = self._operand()
        return value if isinstance(value, Literal) else self._wrong("a 'text' or a number")

    def _expect(self, word: str) -> None:
        if not self.take(word):
            self._wrong(f"{word!r}")

    @property
    def _last(self) -> int:
        return len(self._tokens) - 1

    def _wrong(self, expected: str) -> Never:
        token = self._tokens[self._next]
        found = repr(token.text) if token.kind != "end" else "its end"
        raise RuleError(f"expected {expected} at character {token.at + 1}, found {found}")


def _tokens(text: str) -> list[_Token]:
    """Return the words of a rule."""
    if len(text) > _MOST_CHARACTERS:
        raise RuleError(f"it has more than {_MOST_CHARACTERS:,} characters")
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise RuleError(
                f"character {at + 1} begins no word of the language: {text[at:][:20]!r}"
            )
        kind = found.lastgroup
        tokens.append(_Token(kind, found[kind], found.start(kind)))
        at = found.end()
    if not tokens:
        raise RuleError("it is empty")
    return [*tokens, _Token("end", "", end)]
