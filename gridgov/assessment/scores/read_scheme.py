"""Read a scheme of assessment from TOML, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gridgov.assessment.scores.grades import read_grades
from gridgov.assessment.scores.item_checks import Complaints, read_items
from gridgov.assessment.scores.scheme import Item, Scheme
from gridgov.checks import check_choice
from gridgov.errors import OptionError, ReadError, SettingsError

__all__ = ["DEFAULT_SCHEME", "read_scheme", "scheme_names"]

DEFAULT_SCHEME = "city_page_k"
"""The scheme when none is given: that of one city's page, official nowhere."""

_KEYS = {"name", "en", "zh", "source", "version", "items", "grades"}


def scheme_names() -> list[str]:
    """Return the names of the built-in schemes.

    Examples
    --------
    >>> scheme_names()
    ['city_page_k', 'hotline']
    """
    return list(_built_in())


def read_scheme(source: Any, *, weights: Mapping[str, float] | None = None) -> Scheme:
    """Read a scheme of assessment: weighted items with rules for their points.

    Parameters
    ----------
    source
        Path of a TOML file, a mapping of the same form, or the name of a built-in scheme:
        ``"city_page_k"`` (the formula on one city's page, not official) or ``"hotline"``
        (12345 接诉即办, whose weights you give).
    weights
        Weight of every item by its name, instead of those in the source.

    Returns
    -------
    Scheme
        With ``items``, ``weights`` and ``indicators``.

    Raises
    ------
    SettingsError
        If a field is missing or unknown, a rule cannot be, or the weights do not add up to 1
        or 100; every problem is listed, also in ``error.problems``.
    OptionError
        If there is no built-in scheme of the name.
    ReadError
        If the file is missing or is no TOML.

    Notes
    -----
    A scheme in ten lines::

        name = "our_streets"
        en = "Our streets"
        zh = "本区街道"
        source = "District meeting, March 2018"

        [[items]]
        name = "closing"
        indicator = "closed"
        weight = 60

        [[items]]
        name = "filed"
        indicator = "filed"
        measure = "numerator"
        rule = "steps"
        steps = [[0, 100], [1, 90], [3, 75], [5, 60], [7, 40], [9, 0]]
        weight = 40

    An item has a ``name``, a ``weight`` (of 1 or of 100), ``en`` and ``zh`` for files, and

    - ``rule = "linear"`` (when none is given): an ``indicator``; no points at ``zero_at`` (0),
      all at ``full_at`` (1). A rate that should be low has ``zero_at = 1, full_at = 0``.
    - ``rule = "steps"``: an ``indicator`` and ``steps``, pairs of value and points from 0 to
      100, each from its value on until the next.
    - ``rule = "deductions"``: a ``full`` sum and ``deductions``, each an ``indicator`` and what
      ``each`` case of its numerator takes off, down to nothing.

    ``measure = "numerator"`` or ``"denominator"`` takes a number of cases where the rule would
    take the share. ``grades = [["A", 90], ["B", 75]]`` names the least score of each grade.

    Weights are added as decimals, so that 0.1 + 0.2 + 0.7 is 1 and 0.333 three times is not.

    Examples
    --------
    >>> scheme = read_scheme("hotline", weights={
    ...     "response": 0.3, "resolution": 0.35, "satisfaction": 0.35})
    >>> scheme.indicators
    ['response_rate_12345', 'resolution_rate_12345', 'satisfaction_rate_12345']
    >>> read_scheme("city_page_k").weights["on_time_closing"]
    0.5
    """
    if isinstance(source, Scheme):
        if weights is None:
            return source
        raise OptionError("weights go with a source, not with a scheme that was read. Found: both.")
    name, table = _table(source)
    complaints = Complaints(name)
    if unknown := sorted(set(table) - _KEYS):
        complaints.add("", f"unknown {', '.join(unknown)}; known are {', '.join(sorted(_KEYS))}")
    items, given = read_items(table.get("items"), complaints)
    if weights is not None:
        given = _given(weights, [item.name for item in items], complaints)
    try:
        grades = read_grades(table.get("grades", []))
    except OptionError as error:
        complaints.add("", str(error).rstrip("."))
    complaints.raise_any()
    shares = _shares(given, name, built_in=isinstance(source, str) and source in _built_in())
    texts = {key: str(table.get(key, "")) for key in ("en", "zh", "source", "version")}
    return Scheme(
        name=name,
        en=texts["en"] or name,
        zh=texts["zh"] or name,
        source=texts["source"],
        version=texts["version"],
        items=tuple(
            Item(
                item.name,
                item.en,
                item.zh,
                item.indicator,
                item.measure,
                item.rule,
                shares[item.name],
            )
            for item in items
        ),
        grades=grades,
    )


@cache
def _built_in() -> dict[str, dict[str, Any]]:
    """Return the built-in schemes as they lie in the file."""
    text = files("gridgov.assessment.scores").joinpath("schemes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _table(source: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the table of a source."""
    if isinstance(source, Mapping):
        return str(source.get("name", "scheme")), source
    if isinstance(source, str) and not source.endswith(".toml"):
        check_choice(source, option="scheme", choices=scheme_names())
        return source, _built_in()[source]
    if not isinstance(source, str | Path):
        raise OptionError(
            "scheme must be the path of a TOML file, a mapping or a built-in name: "
            f"{', '.join(scheme_names())}. Found: {type(source).__name__}."
        )
    path = Path(source)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"A scheme is a TOML file in UTF-8. Found: {path}: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ReadError(f"A scheme must be TOML. Found in {path.name}: {error}.") from error
    return str(table.get("name", path.stem)), table


def _given(
    weights: Mapping[str, float], names: list[str], complaints: Complaints
) -> dict[str, Any]:
    """Return the weights of the caller, one an item."""
    if lacking := [name for name in names if name not in weights]:
        complaints.add("", f"weights lack {', '.join(lacking)}")
    if others := [str(name) for name in weights if name not in names]:
        complaints.add("", f"weights name {', '.join(others)}, which is no item")
    for name, weight in weights.items():
        complaints.weight(str(name), weight)
    return dict(weights)


def _shares(given: Mapping[str, Any], name: str, *, built_in: bool) -> dict[str, float]:
    """Return the weights as shares of 1."""
    if built_in and all(weight is None for weight in given.values()):
        raise SettingsError(
            f"The scheme {name!r} has no weights of its own: none is official. Found: no weights. "
            f"Give weights for {', '.join(given)}, which add up to 1 or 100."
        )
    lacking = [item for item, weight in given.items() if weight is None]
    exact = {item: Decimal(str(weight)) for item, weight in given.items() if weight is not None}
    total = sum(exact.values(), Decimal(0))
    if lacking or total not in (1, 100):
        listed = ", ".join(f"{item} {given[item]}" for item in exact)
        short = f"; without a weight: {', '.join(lacking)}" if lacking else ""
        raise SettingsError(
            f"Weights must add up to 1 or 100 exactly. Found in {name!r}: {total.normalize():f} = "
            f"{listed}{short}. Correct the weights; nothing is scaled for you.",
            problems=[{"item": item, "weight": weight} for item, weight in given.items()],
        )
    return {item: float(weight / total) for item, weight in exact.items()}
