"""Incidents month by month with their intervals, and the trend through them."""

from __future__ import annotations

import pandas as pd

from gridgov.bulletin.document.model import FigureBlock, Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.figures.trend import plot_trend
from gridgov.hotspots.periods import measure_periods

__all__ = ["trend"]

_MONTHS = 12
_FEWEST = 3


def trend(scope: Scope) -> Contents:
    """Return the twelve months that end with the period."""
    words, records = scope.words, scope.records
    end = scope.rhythm.now.end
    start = end - pd.DateOffset(months=_MONTHS)
    first = records.first
    if first is not None and not records.covers(start, start + pd.DateOffset(months=1)):
        # A month that the records hold only in part would be a fall that never was.
        start = pd.Timestamp(first).tz_localize(None).normalize().replace(day=1)
        start = start.tz_localize(records.zone)
        if not records.covers(start, start + pd.DateOffset(months=1)):
            start += pd.DateOffset(months=1)
    rows = records.incidents[scope.chosen(start, scope.until)] if start < scope.until else None
    months = (
        0
        if rows is None
        else len(
            pd.period_range(
                start.tz_localize(None), end.tz_localize(None) - pd.Timedelta(days=1), freq="M"
            )
        )
    )
    if rows is None or len(rows) == 0 or months < _FEWEST:
        return Contents([Paragraph(words("trend.none"))])
    table = measure_periods(rows, period="MS", start=start, end=scope.until)
    row = table.iloc[0]
    low, high = row["yearly_change_low"], row["yearly_change_high"]
    kind = "flat"
    if pd.notna(low) and low > 0:
        kind = "rose"
    elif pd.notna(high) and high < 0:
        kind = "fell"
    elif pd.isna(row["yearly_change"]):
        kind = "unknown"
    last = scope.until - pd.Timedelta(hours=1)
    span = words("map.weeks", first=f"{start:%Y-%m}", last=f"{last:%Y-%m}")
    told = words(
        f"trend.{kind}",
        months=months,
        total=int(table["incidents"].sum()),
        share=words.signed(row["yearly_change"]),
        low=words.signed(low),
        high=words.signed(high),
    )
    caption = words("trend.caption")
    figure = plot_trend(
        table,
        lang=scope.lang,
        title=words("map.title", place=words.named(scope.place), name=caption),
        source=scope.source,
        date=span,
    )
    provenance = scope.provenance("trend", int(table["incidents"].sum()), period=span)
    parts: list[Part] = [
        Paragraph(told),
        FigureBlock(
            "trend", figure, caption, words("alt.figure", caption=caption, told=told), provenance
        ),
        TableBlock(
            name="months",
            frame=table,
            spec=TABLES["period_counts"],
            caption=caption,
            provenance=provenance,
            columns=["period", "incidents", "incidents_low", "incidents_high", "trend_incidents"],
            headings={"period": words("heading.month")},
            forms={
                "period": "date",
                "incidents_low": "count",
                "incidents_high": "count",
                "trend_incidents": "count",
            },
            most=_MONTHS,
        ),
    ]
    numbers: list[Number] = [
        scope.number(
            "yearly_change", row["yearly_change"], "share", low=low, high=high, method="trend"
        )
    ]
    return Contents(parts, numbers=numbers)
