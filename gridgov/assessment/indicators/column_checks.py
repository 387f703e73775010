"""Whether the columns that an indicator needs are there: a slip is an error, a lack is not.

A rule that names a column nobody knows is a slip of the pen, and an error. A column of the
table "cases" that these cases lack, or an own column that the definition lists under
``needs``, is a lack: the indicator has no value, and says so. So has one whose column is
there but empty, for "never happened" and "not recorded" look the same. Only times of the
stages may be empty, for cases that are all open are a fact; where even that must be known
(a cancellation rate), the definition lists the column under ``needs``.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from gridgov.assessment.cases.as_of import STAGE_TIMES
from gridgov.assessment.indicators.case_columns import CaseColumns
from gridgov.assessment.indicators.definitions import Indicator
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError

__all__ = ["check_names", "lacking_columns"]


def check_names(indicators: Sequence[Indicator], columns: CaseColumns) -> None:
    """Check that every column that a rule names is known.

    Raises
    ------
    ColumnsError
        If one is not; every such column is named with its indicator and field.
    """
    documented = TABLES["cases"].names
    problems = []
    for each in indicators:
        for field, names in each.columns().items():
            problems += [
                {"indicator": each.name, "field": field, "column": name}
                for name in dict.fromkeys(names)
                if name not in documented and name not in columns and name not in each.needs
            ]
    if not problems:
        return
    first = problems[0]
    near = get_close_matches(first["column"], [*documented, *columns.names], n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}? " if near else ""
    more = f", and {len(problems) - 1} more, see error.problems" if len(problems) > 1 else ""
    raise ColumnsError(
        f"Rules name columns of cases. Found: {first['field']} of indicator "
        f"{first['indicator']!r} names {first['column']}, which is none{more}. {hint}"
        "A column that not every table has is listed under needs.",
        problems=problems,
    )


def lacking_columns(indicator: Indicator, columns: CaseColumns) -> list[str]:
    """Return the columns without which an indicator has no value here."""
    named = {name for names in indicator.columns().values() for name in names}
    valued = {name for names in indicator.columns(tests=False).values() for name in names}
    absent = {name for name in named if name not in columns}
    empty = {
        name for name in (valued - set(STAGE_TIMES)) | set(indicator.needs) if columns.empty(name)
    }
    return sorted(absent | empty)
