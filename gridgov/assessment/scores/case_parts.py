"""What every case adds to the indicators of a scheme, by group and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.assessment.scores.case_amounts import read_case_amounts
from gridgov.assessment.scores.case_draws import CaseParts, count_parts
from gridgov.assessment.scores.scheme import Scheme
from gridgov.errors import SettingsError

__all__ = ["MeasuredCases", "measure_cases", "scheme_definitions"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MeasuredCases:
    """The indicators of a scheme, measured.

    Attributes
    ----------
    scheme
        The scheme.
    parts
        What every case adds.
    sums
        Numerators and denominators, shape (groups, periods, indicators, 2); missing where an
        indicator cannot be measured on these cases.
    cases
        Cases that add anything, shape (groups, periods).
    reasons
        Why an indicator cannot be measured, None where it can.
    as_of
        The moment at which open cases were looked at.
    ungrouped
        Cases without a group, which are in no score.
    """

    scheme: Scheme
    parts: CaseParts
    sums: Floats
    cases: NDArray[np.int64]
    reasons: list[str | None]
    as_of: str
    ungrouped: int


@cache
def _built_in() -> pd.DataFrame:
    """Return the built-in indicators with those of the built-in schemes."""
    text = (
        files("gridgov.assessment.scores")
        .joinpath("scheme_indicators.toml")
        .read_text(encoding="utf-8")
    )
    return pd.concat([read_indicators(), read_indicators(text)], ignore_index=True)


def scheme_definitions(scheme: Scheme, indicators: pd.DataFrame | None) -> pd.DataFrame:
    """Return the definitions of a scheme's indicators in its order.

    Parameters
    ----------
    scheme
        The scheme.
    indicators
        The caller's definitions, which come before built-in ones of the same name.

    Raises
    ------
    SettingsError
        If the scheme names an indicator that nobody defines; each one is listed.

    Examples
    --------
    >>> from gridgov.assessment.scores.read_scheme import read_scheme
    >>> scheme_definitions(read_scheme("city_page_k"), None)["source"].tolist()[0]
    'K'
    """
    known = _built_in()
    if indicators is not None:
        known = pd.concat([indicators, known], ignore_index=True)
    known = known.drop_duplicates("indicator").set_index("indicator", drop=False)
    unknown = [
        {"item": item.name, "indicator": name}
        for item in scheme.items
        for name in item.indicators
        if name not in known.index
    ]
    if unknown:
        first = unknown[0]
        near = get_close_matches(first["indicator"], known.index.tolist(), n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        listed = ", ".join(f"{found['indicator']!r} of {found['item']}" for found in unknown)
        raise SettingsError(
            f"A scheme must name indicators that are defined. Found in {scheme.name!r}: {listed}."
            f"{hint} gridgov.read_indicators() lists the built-in ones; define your own and give "
            "them as indicators.",
            problems=unknown,
        )
    return known.loc[scheme.indicators].reset_index(drop=True)


def measure_cases(
    cases: pd.DataFrame,
    scheme: Scheme,
    *,
    indicators: pd.DataFrame | None,
    by: str | None,
    groups: Sequence[str] = (),
    period: str | None,
    start: Any,
    end: Any,
    as_of: Any,
    stop_clock: bool,
) -> MeasuredCases:
    """Measure the indicators of a scheme and keep what every case adds to them.

    Parameters
    ----------
    cases
        Table of cases.
    scheme
        The scheme.
    indicators
        The caller's own definitions.
    by
        Column of the groups; None for the whole.
    groups
        Groups that are listed even without cases.
    period, start, end, as_of, stop_clock
        As in :func:`gridgov.measure_indicators`.

    Raises
    ------
    ColumnsError, EmptyTableError, InputError, OptionError, SettingsError
        As :func:`gridgov.measure_indicators`.
    """
    read = read_case_amounts(
        cases,
        indicators=scheme_definitions(scheme, indicators),
        by=by,
        period=period,
        start=start,
        end=end,
        as_of=as_of,
        stop_clock=stop_clock,
    )
    names, group = _named(read.groups, read.group, by, groups)
    parts = CaseParts(names, group, read.starts, read.amount, read.period, read.ratio)
    sums, number = count_parts(parts)
    unmeasured = [reason is not None for reason in read.reasons]
    sums[:, :, unmeasured] = np.nan
    return MeasuredCases(
        scheme, parts, sums, number, read.reasons, read.as_of, int((group < 0).sum())
    )


def _named(
    names: Sequence[str | None],
    code: NDArray[np.int64],
    by: str | None,
    groups: Sequence[str],
) -> tuple[list[str | None], NDArray[np.int64]]:
    """Return groups with a name in order, those without cases too, and the group of a case."""
    if by is None:
        return list(names), code
    listed = sorted({name for name in names if name is not None} | set(groups))
    place = {name: at for at, name in enumerate(listed)}
    # Cases without a group are a row of the indicators, but nobody is scored for them.
    of_name = np.array([-1 if name is None else place[name] for name in names], dtype=np.int64)
    return [*listed], of_name[code]
