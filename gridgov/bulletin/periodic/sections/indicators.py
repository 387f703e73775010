"""Rates with what they are made of: the whole, by street, and over the months of a year."""

from __future__ import annotations

import pandas as pd

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.bulletin.document.model import (
    FigureBlock,
    KeyFigure,
    Number,
    Paragraph,
    Part,
    TableBlock,
)
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.figures.indicators import plot_indicator

__all__ = ["indicators"]

_MAIN = "on_time_closing_rate"


def indicators(scope: Scope) -> Contents | None:
    """Return the indicators of the period; None without a table of cases."""
    words, cases = scope.words, scope.cases
    if cases is None:
        return None
    if len(cases) == 0:
        return Contents([Paragraph(words("cases.none_at_all", place=scope.place))])
    table = measure_indicators(
        cases, start=scope.rhythm.now.start, end=scope.until, as_of=scope.as_of
    )
    table = _named(scope, table)
    known = table[table["value"].notna()].reset_index(drop=True)
    empty = int((table["reason"] == "no_cases").sum())
    lacking = int((table["reason"] == "column_missing").sum())
    numbers: list[Number] = [
        scope.number(
            f"indicator.{row['indicator']}",
            row["value"],
            "share",
            label=row["label"],
            low=row["value_low"],
            high=row["value_high"],
            numerator=row["numerator"],
            denominator=row["denominator"],
            method="indicators",
            n=None if pd.isna(row["denominator"]) else int(row["denominator"]),
        )
        for row in table[~table["reason"].isin(["denominator_not_chosen"])].to_dict("records")
    ]
    parts: list[Part] = []
    figures: list[KeyFigure] = []
    lead: list[str] = []
    main = known[known["indicator"] == _MAIN]
    if len(main):
        row = main.iloc[0]
        rate = words.percent(row["value"])
        counted = f"{row['numerator']:,.0f}/{row['denominator']:,.0f}"
        interval = words(
            "interval", low=words.percent(row["value_low"]), high=words.percent(row["value_high"])
        )
        told = words("indicators.main", rate=rate, counted=counted, interval=interval)
        parts.append(Paragraph(told))
        lead.append(told)
        figures.append(KeyFigure(rate, row["label"], f"{counted} {interval}"))
    if len(known) == 0:
        parts.append(Paragraph(words("indicators.none")))
    else:
        parts.append(_table(scope, known))
    if empty or lacking:
        parts.append(Paragraph(words("indicators.left_out", empty=empty, lacking=lacking)))
    if len(main):
        parts += _by_street(scope)
    if scope.rhythm.kind == "year" and len(main):
        parts += _by_month(scope)
    return Contents(parts, figures, numbers, lead=lead)


def _named(scope: Scope, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the names of the indicators."""
    known = read_indicators().set_index("indicator")
    column = "label_zh" if scope.lang == "zh" else "label"
    return table.assign(label=table["indicator"].map(known[column]))


def _table(scope: Scope, known: pd.DataFrame) -> TableBlock:
    """Return the indicators that have a value."""
    cases = scope.cases
    return TableBlock(
        name="indicators",
        frame=known,
        spec=TABLES["indicators"],
        caption=scope.words("indicators.table"),
        provenance=scope.provenance("indicators", None if cases is None else len(cases)),
        columns=["label", "numerator", "denominator", "value", "value_low", "value_high"],
        headings={"label": scope.words("heading.indicator")},
        forms={
            "numerator": "number",
            "denominator": "count",
            "value": "percent",
            "value_low": "percent",
            "value_high": "percent",
        },
        most=40,
    )


def _by_street(scope: Scope) -> list[Part]:
    """Return closing in time by street, with the whole as a line."""
    cases, names = scope.all_cases, scope.records.names
    if cases is None or len(names) < 2:
        return []

    def measured() -> pd.DataFrame:
        options = {
            "indicators": [_MAIN],
            "start": scope.rhythm.now.start,
            "end": scope.until,
            "as_of": scope.as_of,
        }
        inside = cases[cases["street_id"].isin(list(names))]
        if len(inside) == 0:
            return measure_indicators(cases, **options)
        streets = measure_indicators(inside, by="street_id", **options)
        whole = measure_indicators(inside, **options)
        both = pd.concat([streets, whole], ignore_index=True)
        both.attrs = streets.attrs
        return both

    table = scope.shared("closing by street", measured)
    if table["value"].isna().all() or len(table) < 3:
        return []
    words = scope.words
    caption = words("indicators.by_street")
    figure = scope.shared(
        "figure closing by street",
        lambda: plot_indicator(
            table,
            names={key: words.named(name) for key, name in names.items()},
            lang=scope.lang,
            title=caption,
            source=scope.source,
            date=scope.said,
        ),
    )
    rows = table[table["group"].notna()]
    told = words.listed(
        [
            words("named", name=words.named(names.get(group, group)), value=words.percent(value))
            for group, value in zip(rows["group"], rows["value"], strict=True)
        ]
    )
    provenance = scope.provenance("indicators", int(rows["denominator"].sum()))
    frame = rows.assign(label=rows["group"].map(names)).reset_index(drop=True)
    return [
        FigureBlock(
            "closing_by_street_figure",
            figure,
            caption,
            words("alt.figure", caption=caption, told=told),
            provenance,
        ),
        TableBlock(
            name="closing_by_street",
            frame=frame,
            spec=TABLES["indicators"],
            caption=caption,
            provenance=provenance,
            columns=["label", "numerator", "denominator", "value", "value_low", "value_high"],
            headings={"label": words("heading.street")},
            forms={
                "numerator": "count",
                "denominator": "count",
                "value": "percent",
                "value_low": "percent",
                "value_high": "percent",
            },
            most=scope.most,
        ),
    ]


def _by_month(scope: Scope) -> list[Part]:
    """Return closing in time by the months of the year, each as seen at the end of the year."""
    words, cases = scope.words, scope.cases
    table = measure_indicators(
        cases,
        indicators=[_MAIN],
        period="MS",
        start=scope.rhythm.now.start,
        end=scope.until,
        as_of=scope.as_of,
    )
    if int(table["value"].notna().sum()) < 2:
        return []
    caption = words("indicators.by_month")
    figure = plot_indicator(
        table,
        lang=scope.lang,
        title=words("map.title", place=words.named(scope.place), name=caption),
        source=scope.source,
        date=scope.said,
    )
    shown = [
        words("named", name=f"{month:%Y-%m}", value=words.percent(value))
        for month, value in zip(table["period"], table["value"], strict=True)
    ]
    return [
        FigureBlock(
            "closing_by_month",
            figure,
            caption,
            words("alt.figure", caption=caption, told=words.listed(shown)),
            scope.provenance("indicators", int(table["denominator"].sum())),
        )
    ]
