"""How cases were handled: filed, closed, open, overdue, by street and department."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.supervision.overdue import measure_supervision
from gridgov.bulletin.document.model import KeyFigure, Number, Paragraph, Part, Rule, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.checks import conform
from gridgov.columns import TABLES

__all__ = ["SOON_H", "cases_in_hand", "supervision_counts"]

SOON_H = {"day": 24.0, "week": 72.0, "month": 72.0, "year": 72.0}
"""Natural hours before a deadline in which a case is due soon, by rhythm."""


def cases_in_hand(scope: Scope) -> Contents | None:
    """Return the flow of cases; None without a table of cases."""
    cases, words = scope.cases, scope.words
    if scope.cases_end is not None:
        ended = f"{scope.cases_end:%Y-%m-%d %H:%M}"
        return Contents([Paragraph(words("cases.ended", end=ended, when=scope.when))])
    if cases is None:
        return None
    if len(cases) == 0:
        zero: list[Number] = [scope.number("cases_filed", 0, "count")]
        return Contents([Paragraph(words("cases.none_at_all", place=scope.place))], numbers=zero)
    whole = supervision_counts(scope, None).iloc[0]
    filed, closed = (_between(scope, cases, name) for name in ("filed_at", "closed_at"))
    total = {
        "cases_filed": int(filed.sum()),
        "cases_closed": int(closed.sum()),
        "cases_open": int(whole["open_cases"]),
        "cases_overdue": int(whole["overdue_cases"]),
        "cases_due_soon": int(whole["due_soon_cases"]),
        "cases_at_rest": int(whole["resting_cases"]),
        "cases_supervised": int(whole["supervised_cases"]),
        "cases_reworked": int(whole["reworked_cases"]),
    }
    numbers = [scope.number(key, value, "count", method="cases") for key, value in total.items()]
    as_of = f"{scope.as_of:%Y-%m-%d %H:%M}"
    told = [
        words(
            "cases.flow", when=scope.when, filed=total["cases_filed"], closed=total["cases_closed"]
        ),
        words(
            "cases.open",
            as_of=as_of,
            open=total["cases_open"],
            overdue=total["cases_overdue"],
            soon=total["cases_due_soon"],
            hours=int(SOON_H[scope.rhythm.kind]),
            rest=total["cases_at_rest"],
        ),
    ]
    if total["cases_filed"] and total["cases_closed"] == 0:
        told.append(words("cases.all_open"))
    parts: list[Part] = [Paragraph(words.joined(told))]
    if scope.street_id is None and len(scope.records.names) > 1:
        parts.append(_table(scope, cases, filed, closed, "street_id", scope.records.names))
    if cases["department"].notna().any():
        parts.append(_table(scope, cases, filed, closed, "department", {}))
    figures = [
        KeyFigure(
            f"{total['cases_closed']:,}",
            words("figure.closed"),
            words("figure.filed", number=total["cases_filed"]),
        ),
        KeyFigure(
            f"{total['cases_overdue']:,}",
            words("figure.overdue"),
            words("figure.of_open", number=total["cases_open"]),
            tone="hot" if total["cases_overdue"] else "",
        ),
    ]
    lead = [told[1]] if scope.rhythm.kind == "day" else []
    return Contents(parts, figures, numbers, lead=lead)


def supervision_counts(scope: Scope, by: str | None) -> pd.DataFrame:
    """Return the open cases of the place at the moment, by a column."""

    def made() -> pd.DataFrame:
        return measure_supervision(
            scope.cases,
            by=by,
            as_of=scope.as_of,
            soon_h=SOON_H[scope.rhythm.kind],
            calendar=scope.records.calendar,
            events=scope.records.events,
        )

    return scope.once(f"supervision {by}", made)


def _between(scope: Scope, cases: pd.DataFrame, name: str) -> Any:
    """Return which cases had a time in the period."""
    times = cases[name]
    return np.asarray((times >= scope.rhythm.now.start) & (times < scope.until))


def _table(
    scope: Scope,
    cases: pd.DataFrame,
    filed: Any,
    closed: Any,
    by: str,
    names: Any,
) -> TableBlock:
    """Return the cases by street or department; every street is listed."""
    open_ = supervision_counts(scope, by).set_index("group")
    group = cases[by]
    listed = list(names) or sorted(group.dropna().unique(), key=str)
    # Cases of no street, and of streets that are on no map, count too.
    others = [one for one in open_.index if pd.notna(one) and one not in set(listed)]
    frame = pd.DataFrame({"group": [*listed, *others]})
    for column, mask in (("filed_cases", filed), ("closed_cases", closed)):
        counts = group[mask].value_counts()
        frame[column] = frame["group"].map(counts).fillna(0).astype("int64")
    for column in ("open_cases", "overdue_cases", "due_soon_cases", "resting_cases"):
        frame[column] = frame["group"].map(open_[column]).fillna(0).astype("int64")
    if group.isna().any():
        missing = np.asarray(group.isna())
        nobody = open_[open_.index.isna()]
        row: dict[str, Any] = {"group": scope.words("unnamed")}
        row["filed_cases"] = int((filed & missing).sum())
        row["closed_cases"] = int((closed & missing).sum())
        for column in ("open_cases", "overdue_cases", "due_soon_cases", "resting_cases"):
            row[column] = int(nobody[column].iloc[0]) if len(nobody) else 0
        frame.loc[len(frame)] = row
    kind = "street" if by == "street_id" else "department"
    words = scope.words
    frame["group"] = frame["group"].map(lambda key: names.get(key) or words.term(kind, key))
    return TableBlock(
        name=f"cases_by_{kind}",
        frame=conform(frame, "bulletin_cases"),
        spec=TABLES["bulletin_cases"],
        caption=scope.words(f"cases.by_{kind}"),
        provenance=scope.provenance("cases", len(cases)),
        columns=TABLES["bulletin_cases"].names,
        headings={"group": scope.words(f"heading.{kind}")},
        most=scope.most,
        rules=[Rule("overdue_cases", "above", 1)],
    )
