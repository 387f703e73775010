"""How long cases stay open, open ones counted for as long as they have been."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.assessment.delays.closing_curves import measure_closing_curves
from gridgov.assessment.delays.delays import measure_delays
from gridgov.bulletin.document.model import FigureBlock, Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.errors import GridgovError, InputError
from gridgov.figures.closing_curves import plot_closing_curves

__all__ = ["delays"]

# Months of filed cases that a curve is drawn of: one month alone is hardly closed yet.
_MONTHS = 3
_MOST_CURVES = 8


def delays(scope: Scope) -> Contents | None:
    """Return medians and curves by department, or of a street and the others."""
    words, cases = scope.words, scope.cases
    if cases is None:
        return None
    if scope.rhythm.kind == "year":
        start, span = scope.rhythm.now.start, scope.said
        said = scope.when
    else:
        start = scope.rhythm.now.end - pd.DateOffset(months=_MONTHS)
        last = scope.until - pd.Timedelta(hours=1)
        ends = {"first": f"{start:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
        span, said = words("map.weeks", **ends), words("span", **ends)
    options = {"start": start, "end": scope.until, "as_of": scope.as_of}
    filed = cases["filed_at"]
    if not bool(((filed >= start) & (filed < scope.until)).any()):
        return Contents([Paragraph(words("delays.none", period=said))])
    whole = measure_delays(cases, **options)
    row = whole.iloc[0]
    numbers: list[Number] = [
        scope.number(
            "median_h",
            row["median_h"],
            "hours",
            low=row["median_low_h"],
            high=row["median_high_h"],
            method="delays",
            n=int(row["cases"]),
        )
    ]
    parts: list[Part] = [Paragraph(_sentence(scope, row, said))]
    compared, by, names = _groups(scope)
    if compared is not None:
        try:
            grouped = measure_delays(compared, by=by, **options)
            curves = measure_closing_curves(compared, by=by, **options)
        except InputError:
            return Contents(parts, numbers=numbers)
        parts += _shown(scope, grouped, curves, names, span, int(grouped["cases"].sum()))
    return Contents(parts, numbers=numbers)


def _sentence(scope: Scope, row: pd.Series, span: str) -> str:
    """Return how long half of the cases took."""
    words = scope.words
    if pd.isna(row["median_h"]):
        return words(
            "delays.no_median", period=span, cases=int(row["cases"]), open=int(row["open"])
        )
    told = words(
        "delays.median",
        period=span,
        cases=int(row["cases"]),
        days=f"{row['median_h'] / 24:.1f}",
        low=_days(row["median_low_h"]),
        high=_days(row["median_high_h"]),
        open=int(row["open"]),
    )
    if pd.notna(row["upper_quartile_h"]):
        told += words("delays.quartile", days=f"{row['upper_quartile_h'] / 24:.1f}")
    return told


def _days(hours: float) -> str:
    """Return hours as days."""
    return "–" if pd.isna(hours) else f"{hours / 24:.1f}"


def _groups(scope: Scope) -> tuple[pd.DataFrame | None, str, dict[str, str]]:
    """Return the cases that are compared, the column that groups them, and their names."""
    words = scope.words
    if scope.street_id is None or len(scope.records.names) < 2:
        cases = scope.cases
        if cases is None or cases["department"].notna().sum() == 0:
            return None, "", {}
        inside = cases[cases["department"].notna()]
        called = {one: scope.words.term("department", one) for one in inside["department"].unique()}
        return inside, "department", called
    cases = scope.all_cases
    if cases is None:
        return None, "", {}
    inside = cases[cases["street_id"].notna()]
    own = np.asarray(inside["street_id"] == scope.street_id)
    grouped = inside.assign(compared=pd.array(np.where(own, "own", "others"), dtype="str"))
    grouped.attrs = cases.attrs
    return grouped, "compared", {"own": scope.street, "others": words("others")}


def _shown(
    scope: Scope,
    grouped: pd.DataFrame,
    curves: pd.DataFrame,
    names: dict[str, str],
    span: str,
    cases: int,
) -> list[Part]:
    """Return the curves and the table behind them."""
    words = scope.words
    largest = grouped.sort_values("cases", ascending=False)["group"].head(_MOST_CURVES)
    shown = curves[curves["group"].isin(list(largest))]
    shown.attrs = curves.attrs
    caption = words("delays.caption")
    provenance = scope.provenance("delays", cases, period=span)
    parts: list[Part] = []
    try:
        figure = plot_closing_curves(
            shown,
            names={key: words.named(name) for key, name in names.items()},
            days=30.0,
            lang=scope.lang,
            title=caption,
            source=scope.source,
            date=span,
        )
    except GridgovError:
        # No group has the five cases that a curve needs.
        parts.append(Paragraph(words("delays.too_few")))
    else:
        told = words.listed(
            [
                words("delays.part", name=words.named(names.get(group, group)), days=_days(median))
                for group, median in zip(grouped["group"], grouped["median_h"], strict=True)
            ]
        )
        parts.append(
            FigureBlock(
                "closing_curves",
                figure,
                caption,
                words("alt.figure", caption=caption, told=told),
                provenance,
            )
        )
    frame = grouped.assign(group=grouped["group"].map(lambda key: names.get(key, key)))
    heading = "department" if "own" not in names else "street"
    columns = ["group", "cases", "closed", "open", "lower_quartile_h", "median_h"]
    parts.append(
        TableBlock(
            name="delays",
            frame=frame,
            spec=TABLES["delays"],
            caption=words("delays.table"),
            provenance=provenance,
            columns=[*columns, "median_low_h", "median_high_h", "upper_quartile_h"],
            headings={"group": words(f"heading.{heading}")},
            most=scope.most,
        )
    )
    return parts
