"""The tables of an assessment as they go into files, each with the names of its groups.

Only documented columns leave the folder: the caller's own columns of cases, alleys and
checks, names and telephone numbers among them, reach no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.bulletin.assessment_measures import AssessmentMeasures
from gridgov.bulletin.assessment_words import AssessmentWords
from gridgov.bulletin.coverage_tables import with_places
from gridgov.bulletin.tables import FILE_TABLES, file_form, file_table
from gridgov.columns import TABLES, Column, Table
from gridgov.errors import GridgovError
from gridgov.sources.notices import notices
from gridgov.taxonomy.labels import label

__all__ = [
    "ASSESSMENT_TABLES",
    "Ledger",
    "assessment_tables",
    "equation",
    "make_ledgers",
    "name_of",
]

_NAME = Column(
    "label",
    "str",
    "In words",
    "说明",
    "name of the group, alley or street; all together without a group",
    missing=True,
)
_INDICATOR_NAME = Column("indicator_label", "str", "Indicator", "指标名称", "indicator in words")


def _named(name: str, table: str, *, made_by: str = "gridgov assess") -> Table:
    """Return a table of the library with the names of its rows."""
    whole = file_table(table)
    # Places are made by distance and lie in no cell.
    kept = [column for column in whole.columns if table != "repeat_places" or column.name != "cell"]
    first, *rest = kept
    columns = (first, _NAME, *rest)
    if table == "indicators":
        columns = (first, _INDICATOR_NAME, rest[0], _NAME, *rest[1:])
    return Table(name, whole.key, columns, made_by)


_SUMS = Table(
    "case_sums",
    ("step", "part"),
    (
        FILE_TABLES["sums"]["step"],
        FILE_TABLES["sums"]["part"],
        FILE_TABLES["sums"]["label"],
        Column("rows", "int64", "Rows", "行数", "how many"),
    ),
    "gridgov assess",
)


def _aside(name: str) -> Table:
    """Return the rows set aside of a part, without what they held."""
    return Table(name, ("source_row",), TABLES["set_aside"].columns, "gridgov assess")


ASSESSMENT_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "range_scores": _named("range_scores", "scores"),
        "range_items": _named("range_items", "score_items"),
        "scores": _named("scores", "scores"),
        "score_items": _named("score_items", "score_items"),
        "indicators": _named("indicators", "indicators"),
        "period_indicators": _named("period_indicators", "indicators"),
        "delays": _named("delays", "delays"),
        "delay_tests": _named("delay_tests", "delay_tests"),
        "closing_curves": _named("closing_curves", "closing_curves"),
        "supervision_counts": _named("supervision_counts", "supervision_counts"),
        "supervision": _named("supervision", "supervision"),
        "repeat_places": _named("repeat_places", "repeat_places"),
        "alley_scores": _named("alley_scores", "scores"),
        "standing_counts": _named("standing_counts", "standing_counts"),
        "standing": _named("standing", "standing"),
        "case_sums": _SUMS,
        "notices": FILE_TABLES["notices"],
        "set_aside": _aside("set_aside"),
        **{
            f"{name}_set_aside": _aside(f"{name}_set_aside")
            for name in ("alley_checks", "callbacks")
        },
    }
)
"""Every table that an assessment can hold, in the order of the workbook's sheets."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A total and the parts that add up to it, each with code, words and number."""

    code: str
    label: str
    total: int
    parts: tuple[tuple[str, str, int], ...]

    @property
    def shown(self) -> bool:
        """Return whether it says anything: a single part with everything does not."""
        return self.code == "read" or sum(1 for _, _, number in self.parts if number) > 1


def make_ledgers(measured: AssessmentMeasures, words: AssessmentWords) -> tuple[Ledger, ...]:
    """Return where every row went.

    Raises
    ------
    GridgovError
        If the parts of one do not add up: then no number of the pack can be trusted.
    """
    read = measured.cases_read
    reasons = read.set_aside["reason"].value_counts()
    accepted = len(read.cases)
    # Some readers fill rows of several events into one case.
    rows = accepted + len(read.set_aside)
    made = [
        _ledger("read", words("sum.read"), rows, accepted, reasons, words),
        Ledger(
            "selected",
            words("sum.selected"),
            accepted,
            tuple(
                (code, words(f"sum.{code}"), int(number))
                for code, number in measured.within.numbers.items()
            ),
        ),
    ]
    for name in ("alley_checks", "callbacks"):
        table = getattr(measured.governance, name)
        if table is not None:
            aside = measured.governance.set_aside[name]["reason"].value_counts()
            total = len(table) + int(aside.sum())
            made.append(_ledger(name, words(f"sum.{name}"), total, len(table), aside, words))
    for one in made:
        parts = sum(number for _, _, number in one.parts)
        if parts != one.total:
            raise GridgovError(
                f"The parts of every step must add up. Found: {one.code} with a total of "
                f"{one.total:,} and parts that sum to {parts:,}. This is a defect in gridgov; "
                "please report it with the version and the settings."
            )
    return tuple(made)


def _ledger(
    code: str, told: str, total: int, accepted: int, reasons: pd.Series, words: AssessmentWords
) -> Ledger:
    """Return rows read as accepted ones and those set aside by reason."""
    parts = [("accepted", words("sum.accepted"), accepted)]
    parts += [
        (
            f"set_aside.{reason}",
            f"{words('sum.set_aside')}: {label('reason', str(reason), words.lang)}",
            int(number),
        )
        for reason, number in reasons.items()
    ]
    return Ledger(code, told, total, tuple(parts))


def name_of(measured: AssessmentMeasures, group: Any, words: AssessmentWords) -> str:
    """Return what a group is called."""
    if pd.isna(group):
        return words("whole")
    return str(measured.names.get(str(group), group))


def assessment_tables(
    measured: AssessmentMeasures, ledgers: tuple[Ledger, ...], words: AssessmentWords
) -> dict[str, pd.DataFrame]:
    """Return every table of the pack in the form that its file has.

    Parameters
    ----------
    measured
        All measures.
    ledgers
        Where every row went.
    words
        Language of what is said in words.

    Returns
    -------
    dict of DataFrame
        By name, in the order of :data:`ASSESSMENT_TABLES`, without those left out.
    """
    known = read_indicators().set_index("indicator")
    told = known["label_zh" if words.lang == "zh" else "label"]
    streets = dict(
        measured.read.jurisdictions[["street_id", "street"]].itertuples(index=False, name=None)
    )

    def grouped(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        if frame is None:
            return None
        named = [name_of(measured, group, words) for group in frame["group"]]
        made = frame.assign(label=pd.Series(named, index=frame.index, dtype="str"))
        if "indicator" in frame.columns and "value_low" in frame.columns:
            made["indicator_label"] = frame["indicator"].map(told).astype("str")
        return made

    def by_key(frame: pd.DataFrame | None, key: str, names: Mapping[Any, Any]) -> Any:
        if frame is None:
            return None
        return frame.assign(label=frame[key].map(names).astype("str"))

    made: dict[str, Any] = {
        "range_scores": grouped(measured.range_scores),
        "range_items": grouped(measured.range_items),
        "scores": grouped(measured.scores),
        "score_items": grouped(measured.score_items),
        "indicators": grouped(measured.indicators),
        "period_indicators": grouped(measured.period_indicators),
        "delays": grouped(measured.delays),
        "delay_tests": grouped(measured.delay_tests),
        "closing_curves": grouped(measured.closing_curves),
        "supervision_counts": grouped(measured.supervision_counts),
        "supervision": by_key(measured.supervision, "street_id", streets),
        "repeat_places": None
        if measured.repeat_places is None
        else with_places(by_key(measured.repeat_places, "street_id", streets)),
        "alley_scores": by_key(measured.alley_scores, "group", measured.alley_names),
        "standing_counts": by_key(measured.standing_counts, "group", streets),
        "standing": by_key(measured.standing, "line_id", measured.alley_names),
        "case_sums": sums_of(ledgers),
        "notices": _notices(measured),
        "set_aside": measured.cases_read.set_aside,
        "alley_checks_set_aside": measured.governance.set_aside.get("alley_checks"),
        "callbacks_set_aside": measured.governance.set_aside.get("callbacks"),
    }
    return {
        name: file_form(_plain(made[name]), table)
        for name, table in ASSESSMENT_TABLES.items()
        if made[name] is not None
    }


def sums_of(ledgers: tuple[Ledger, ...]) -> pd.DataFrame:
    """Return the ledgers as table "case_sums": a total row, then its parts."""
    rows: list[tuple[str, str, str, int]] = []
    for one in ledgers:
        rows.append((one.code, "total", one.label, one.total))
        rows.extend((one.code, *part) for part in one.parts)
    return pd.DataFrame(rows, columns=["step", "part", "label", "rows"])


def equation(ledger: Ledger, words: AssessmentWords) -> str:
    """Return a ledger as one line: the total, then the parts that are not zero."""
    parts = [f"{text} {number:,}" for _, text, number in ledger.parts if number]
    return words(
        "summary.equation",
        label=ledger.label,
        total=ledger.total,
        parts=" + ".join(parts) or "0",
    )


def _notices(measured: AssessmentMeasures) -> pd.DataFrame:
    """Return what reading noticed about every file of the assessment."""
    governance = measured.governance
    read = (measured.cases_read.cases, measured.read.incidents, measured.read.jurisdictions)
    parts = (governance.alleys, governance.alley_checks)
    found = [notices(table) for table in (*read, *parts) if table is not None]
    return pd.concat(found, ignore_index=True)


def _plain(frame: Any) -> Any:
    """Return a table whose ordered classes are text."""
    result = frame.copy(deep=False)
    for name in result.columns:
        if str(result[name].dtype) == "category":
            result[name] = result[name].astype("str").where(result[name].notna())
    return result
