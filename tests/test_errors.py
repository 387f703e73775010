"""Errors can be caught by their parents and list every problem."""

from __future__ import annotations

import pytest

import gridgov.errors as errors


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_has_a_parent_to_catch_and_says_what_it_is(name: str) -> None:
    kind = getattr(errors, name)
    parent = errors.GridgovWarning if name.endswith("Warning") else errors.GridgovError
    assert issubclass(kind, parent)
    assert kind.__doc__


def test_bad_input_is_also_a_value_error() -> None:
    with pytest.raises(ValueError, match="no such preset"):
        raise errors.OptionError("no such preset")


def test_problems_are_a_table_even_when_there_was_one() -> None:
    assert errors.ReadError("gone").problems.empty
    table = errors.ColumnsError("two", problems=[{"column": "a"}, {"column": "b"}]).problems
    assert table["column"].tolist() == ["a", "b"]
