"""Indicators as a table: read from TOML, checked as a whole, ready to be measured.

An indicator says what is counted (numerator) among what (denominator), in which period a
case counts, and where that comes from. The built-in ones lie in ``indicators.toml``; a city
writes its own the same way.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.assessment.indicators.language import RuleError, parse_rule, parse_terms
from gridgov.assessment.indicators.period_rules import PeriodRule, parse_period_rule
from gridgov.assessment.indicators.rule_tree import Rule, Term, names_in
from gridgov.checks import check_table, conform
from gridgov.errors import SettingsError

__all__ = ["Indicator", "parse_definitions", "read_indicators"]

_REQUIRED = ("label", "numerator", "denominator", "period", "better", "source")
_OPTIONAL = ("label_zh", "unit", "version", "note", "weights", "needs", "numerator_period")
_CHOICES = {"better": ("higher", "lower", "neither"), "unit": ("share", "ratio")}
_COLUMN_OF = {
    "numerator": "numerator_rule",
    "denominator": "denominator_rule",
    "period": "period_rule",
    "numerator_period": "numerator_period_rule",
}
_OPEN_DENOMINATOR = "to be chosen"
_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator whose rules have been read.

    Attributes
    ----------
    name
        Its key.
    terms
        The weighted rules of the numerator.
    denominator
        None when the caller has to choose it.
    period, numerator_period
        When a case counts; the second only where the numerator is counted by itself.
    weights
        The named weights with their values.
    needs
        Columns that must hold something for the number to mean anything.
    ratio
        Whether the numerator is counted by itself and not among the denominator's cases.
    """

    name: str
    terms: tuple[Term, ...]
    denominator: Rule | None
    period: PeriodRule
    numerator_period: PeriodRule
    weights: dict[str, float]
    needs: tuple[str, ...]
    ratio: bool

    def columns(self, *, tests: bool = True) -> dict[str, list[str]]:
        """Return the columns that each part names, by part."""
        rules = [term.rule for term in self.terms]
        found = {"numerator": [n for rule in rules for n in names_in(rule, tests=tests)]}
        if self.denominator is not None:
            found["denominator"] = list(names_in(self.denominator, tests=tests))
        found["period"] = list(self.period.names)
        found["numerator_period"] = list(self.numerator_period.names)
        return found


def read_indicators(source: str | Path | None = None) -> pd.DataFrame:
    """Read definitions of indicators.

    Parameters
    ----------
    source
        A TOML file or the text of one, one table an indicator (see the example and
        ``docs/assessment_indicators.md``). None reads the built-in ones.

    Returns
    -------
    DataFrame, one row an indicator, in the order of the source
        - ``indicator``: its key; ``label``, ``label_zh``: its name.
        - ``numerator_rule``, ``denominator_rule``: which cases are counted, and among which;
          the denominator is missing where the source does not fix it and the caller has to
          choose.
        - ``period_rule``: which time decides in which period a case counts: a column, or
          ``due(done, deadline)``. ``numerator_period_rule``: the same for a numerator that is
          counted by itself.
        - ``weights``: named weights of the numerator; ``needs``: columns without which the
          number means nothing.
        - ``unit``: share (the numerator is counted among the denominator's cases, 0 to 1) or
          ratio (it is counted by itself and can exceed 1).
        - ``better``: higher, lower or neither.
        - ``source``, ``version``, ``note``.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a definition lacks a field, has one that does not
        exist, or has a rule that cannot be read; every problem is named with its indicator
        and field in ``error.problems``.

    Notes
    -----
    Tables are put together with :func:`pandas.concat` and filtered like any other.

    Examples
    --------
    >>> own = read_indicators('''
    ... [night_share]
    ... label = "Share of cases closed within a day"
    ... numerator = "closed_at <= filed_at + 24 h"
    ... denominator = "cancelled_at is missing"
    ... period = "filed_at"
    ... better = "higher"
    ... source = "own"
    ... ''')
    >>> own[["indicator", "numerator_rule", "unit"]].values.tolist()
    [['night_share', 'closed_at <= filed_at + 24 h', 'share']]
    >>> "on_time_closing_rate" in set(read_indicators()["indicator"])
    True
    """
    if source is None:
        text = files("gridgov.assessment.indicators").joinpath("indicators.toml").read_text("utf-8")
    else:
        text = _text_of(source)
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"Indicators must be TOML, one [table] an indicator. Found: {error}."
        ) from error
    if not entries:
        raise SettingsError(
            "Indicators must be TOML, one [table] an indicator. Found: none. Start one with a "
            "line such as [closing_rate]."
        )
    problems: list[dict[str, str]] = []
    rows = [_row(name, entry, problems) for name, entry in entries.items()]
    _stop_at(problems)
    table = conform(pd.DataFrame(rows), "indicator_definitions")
    parse_definitions(table)
    return table


def parse_definitions(definitions: Any) -> list[Indicator]:
    """Return the indicators of a table of definitions.

    Parameters
    ----------
    definitions
        Table of :func:`read_indicators`, changed by the caller or not.

    Raises
    ------
    ColumnsError
        If it is no such table.
    EmptyTableError
        If it has no rows.
    SettingsError
        If a definition cannot be used; every problem is named.

    Examples
    --------
    >>> [found.name for found in parse_definitions(read_indicators())][:2]
    ['closing_rate', 'on_time_closing_rate']
    """
    check_table(definitions, "indicator_definitions")
    problems: list[dict[str, str]] = []
    names = definitions["indicator"]
    for name in names[names.duplicated()].unique():
        problems.append(_problem(str(name), "indicator", "is there more than once"))
    rows = definitions.astype(object).where(definitions.notna(), None).to_dict("records")
    found = [_parsed(row, problems) for row in rows]
    _stop_at(problems)
    return [indicator for indicator in found if indicator is not None]


def _text_of(source: str | Path) -> str:
    """Return the TOML text of a file or of itself."""
    if not isinstance(source, str | Path):
        raise SettingsError(
            "Indicators are read from a TOML file or the text of one. Found: "
            f"{type(source).__name__}."
        )
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("[")):
        return source
    try:
        return Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(
            f"Indicators are read from a TOML file. Found: {str(source)!r}, {reason}. "
            "Give the path of a file, or the text itself with its line ends."
        ) from error


def _row(name: str, entry: Any, problems: list[dict[str, str]]) -> dict[str, Any]:
    """Return the row of a definition and add what is wrong with it."""
    if not isinstance(entry, Mapping):
        problems.append(_problem(name, "", "is no [table]; every indicator is a table of fields"))
        return {}
    row: dict[str, Any] = {"indicator": name, "unit": "share", "label_zh": entry.get("label")}
    for field in _REQUIRED:
        if field not in entry:
            problems.append(_problem(name, field, "is not there"))
    for field, value in entry.items():
        if field not in _REQUIRED + _OPTIONAL:
            known = ", ".join(_REQUIRED + _OPTIONAL)
            problems.append(_problem(name, field, f"is no field; the fields are {known}"))
        elif field == "weights":
            row["weights"] = _weights_text(name, value, problems)
        elif field == "needs":
            if isinstance(value, list) and all(isinstance(need, str) for need in value):
                row["needs"] = ", ".join(value) or None
            else:
                problems.append(_problem(name, field, "is no list of columns in quotes"))
        elif not isinstance(value, str) or not value.strip():
            if field in _REQUIRED or not isinstance(value, str):
                problems.append(_problem(name, field, f"must be a text in quotes, not {value!r}"))
        else:
            row[_COLUMN_OF.get(str(field), str(field))] = value
    if row.get("denominator_rule") == _OPEN_DENOMINATOR:
        row["denominator_rule"] = None
    return row


def _weights_text(name: str, value: Any, problems: list[dict[str, str]]) -> str | None:
    """Return named weights as the text that the table carries."""
    wrong = not isinstance(value, Mapping) or any(
        isinstance(number, bool) or not isinstance(number, int | float) for number in value.values()
    )
    if wrong:
        problems.append(_problem(name, "weights", "is no table of numbers: { mostly = 0.9 }"))
        return None
    return ", ".join(f"{key} = {float(number)!r}" for key, number in value.items()) or None


def _parsed(row: dict[str, Any], problems: list[dict[str, str]]) -> Indicator | None:
    """Return the indicator of a row, or None and what is wrong with it."""
    name, before = str(row["indicator"]), len(problems)

    def read(field: str, parse: Callable[[str], Any], default: Any = None) -> Any:
        text = row[_COLUMN_OF.get(field, field)]
        if text is None:
            return default
        try:
            return parse(str(text))
        except RuleError as error:
            problems.append(_problem(name, field, f"cannot be read: {error}"))
            return default

    for field, choices in _CHOICES.items():
        if row[field] not in choices:
            listed = " or ".join(choices)
            problems.append(_problem(name, field, f"must be {listed}, not {row[field]!r}"))
    for field in ("numerator", "period"):
        if row[_COLUMN_OF[field]] is None:
            problems.append(_problem(name, field, "is not there"))
    terms: tuple[Term, ...] = read("numerator", parse_terms, ())
    period = read("period", parse_period_rule)
    weights = read("weights", _weights, {})
    denominator = read("denominator", parse_rule)
    numerator_period = read("numerator_period", parse_period_rule, period)
    ratio = row["unit"] == "ratio"
    if row["numerator_period_rule"] is not None and not ratio:
        problems.append(_problem(name, "numerator_period", 'is for unit = "ratio" only'))
    _check_weights(name, terms, weights, problems)
    needs = tuple(need.strip() for need in str(row["needs"] or "").split(",") if need.strip())
    if len(problems) > before:
        return None
    return Indicator(name, terms, denominator, period, numerator_period, weights, needs, ratio)


def _check_weights(
    name: str, terms: Sequence[Term], weights: dict[str, float], problems: list[dict[str, str]]
) -> None:
    """Add what is wrong with the weights of a numerator."""
    for term in terms:
        if isinstance(term.weight, str) and term.weight not in weights:
            problems.append(_problem(name, "weights", f"does not say {term.weight}"))
        if isinstance(term.weight, float) and not term.weight <= 1:
            problems.append(_problem(name, "numerator", f"has a weight of {term.weight:g} above 1"))
    for weight, value in weights.items():
        if not 0 <= value <= 1:
            problems.append(_problem(name, "weights", f"says {weight} = {value:g}, not 0 to 1"))
        if weight not in {term.weight for term in terms}:
            problems.append(
                _problem(name, "weights", f"says {weight}, which the numerator does not use")
            )


def _weights(text: str) -> dict[str, float]:
    """Return named weights from the text that the table carries."""
    weights = {}
    for part in text.split(","):
        key, _, number = part.partition("=")
        try:
            weights[key.strip()] = float(number)
        except ValueError:
            raise RuleError(f"{part.strip()!r} is no weight such as mostly = 0.9") from None
    return weights


def _problem(indicator: str, field: str, what: str) -> dict[str, str]:
    """Return a row of the table of problems."""
    return {"indicator": indicator, "field": field, "problem": what}


def _stop_at(problems: list[dict[str, str]]) -> None:
    """Raise one error that names every problem."""
    if not problems:
        return
    listed = "; ".join(
        f"{found['field'] or 'it'} of indicator {found['indicator']!r} {found['problem']}"
        for found in problems[:_SHOWN_PROBLEMS]
    )
    more = len(problems) - _SHOWN_PROBLEMS
    rest = f"; and {more} more, see error.problems" if more > 0 else ""
    raise SettingsError(
        "An indicator needs the fields " + ", ".join(_REQUIRED) + f", and rules that can be read. "
        f"Found: {listed}{rest}. Mend the definition; docs/assessment_indicators.md shows one.",
        problems=problems,
    )
