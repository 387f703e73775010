"""The tree of a rule: which columns it names and how they are joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "AS_OF",
    "Both",
    "Compare",
    "Either",
    "Literal",
    "Missing",
    "Name",
    "Not",
    "OneOf",
    "Operand",
    "Rule",
    "Term",
    "names_in",
]


AS_OF = "as_of"
"""The name that is no column: the moment at which the cases are looked at."""


@dataclass(frozen=True, slots=True)
class Name:
    """A column, later by so many hours."""

    name: str
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, yes or no."""

    value: str | float | bool


Operand = Name | Literal


@dataclass(frozen=True, slots=True)
class Compare:
    """One value beside another."""

    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column that holds one of several values."""

    left: Name
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A column without a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Both:
    """Two rules that hold together."""

    left: Rule
    right: Rule


@dataclass(frozen=True, slots=True)
class Either:
    """Two rules of which one holds at least."""

    left: Rule
    right: Rule


# A name alone is a column of yes and no.
Rule = Name | Compare | OneOf | Missing | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Term:
    """A rule and what a case that meets it counts: a number, or the name of a weight."""

    rule: Rule
    weight: float | str = 1.0


def names_in(rule: Rule | Operand, *, tests: bool = True) -> Iterator[str]:
    """Yield the columns that a rule names, without those only asked to be missing if told so.

    Examples
    --------
    >>> on_time = Compare(Name("closed_at"), "<=", Name("due_at"))
    >>> list(names_in(Both(on_time, Missing("cancelled_at"))))
    ['closed_at', 'due_at', 'cancelled_at']
    >>> list(names_in(Missing("cancelled_at"), tests=False))
    []
    """
    match rule:
        case Name(name=name):
            if name != AS_OF:
                yield name
        case Missing(name=name):
            if tests:
                yield name
        case Not(rule=inner):
            yield from names_in(inner, tests=tests)
        case OneOf(left=left):
            yield left.name
        case Compare(left=left, right=right) | Both(left=left, right=right):
            yield from names_in(left, tests=tests)
            yield from names_in(right, tests=tests)
        case Either(left=left, right=right):
            yield from names_in(left, tests=tests)
            yield from names_in(right, tests=tests)
