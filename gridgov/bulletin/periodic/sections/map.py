"""Where the incidents were: dots of a day or a street, hotspots of a longer time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gridgov.bulletin.document.model import FigureBlock, Number, Paragraph, Part, TableBlock
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.columns import TABLES
from gridgov.figures.hotspots import plot_hotspots
from gridgov.figures.incidents import plot_incidents
from gridgov.geo.hexgrid import cells_to_text
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.place.tally import tally

__all__ = ["incident_map"]

# Fewer incidents than this leave nothing to find: dots say more than cells without color.
_FEWEST = 60
_WEEKS = 4
_HOT = ("hot 95", "hot 99")


def incident_map(scope: Scope) -> Contents:
    """Return the map of the period."""
    if scope.street_id is not None or scope.rhythm.kind == "day":
        return _dots(scope)
    start = scope.rhythm.now.start
    if scope.rhythm.kind == "week":
        start = scope.rhythm.earlier(_WEEKS - 1)
    counts = scope.shared("counts", lambda: _counts(scope, start))
    if int(counts["incidents"].sum()) < _FEWEST:
        return _dots(scope)
    return _hotspots(scope, start, counts)


def _counts(scope: Scope, start: pd.Timestamp) -> pd.DataFrame:
    """Return the incidents by cell, of all streets."""
    return tally(scope.records.incidents, scope.records.grid, start=start, end=scope.until)


def _dots(scope: Scope) -> Contents:
    """Return the incidents of the period as dots."""
    words, rows = scope.words, scope.incidents
    if len(rows) == 0:
        return Contents([Paragraph(words("map.none"))])
    placed = int(rows.geometry.notna().sum())
    areas = scope.records.jurisdictions
    if scope.street_id is not None:
        areas = areas[areas["street_id"] == scope.street_id]
    caption = words("map.dots")
    figure = plot_incidents(
        rows,
        areas,
        lang=scope.lang,
        title=words("map.title", place=words.named(scope.place), name=caption),
        source=scope.source,
        date=scope.said,
    )
    told = words("map.placed", number=placed, all=len(rows))
    block = FigureBlock(
        "map",
        figure,
        caption,
        words("alt.figure", caption=caption, told=told),
        scope.provenance("dots", placed),
    )
    numbers = [scope.number("incidents_on_map", placed, "count", n=len(rows))]
    return Contents([Paragraph(told), block], numbers=numbers)


def _hotspots(scope: Scope, start: pd.Timestamp, counts: pd.DataFrame) -> Contents:
    """Return the hotspots of the time."""
    words, names = scope.words, scope.records.names
    hot = scope.shared("hotspots", lambda: find_hotspots(counts, seed=scope.records.seed))
    span = _span(scope, start)
    sure = hot[hot["spot"].isin(_HOT)]
    cells, number = len(hot), len(sure)
    in_cells = int(counts["incidents"].sum())
    if number:
        by_street = sure["street_id"].value_counts()
        shown = [
            words("overview.part", name=words.named(names.get(key, key)), number=int(value))
            for key, value in by_street.head(5).items()
        ]
        told = words(
            "map.hot",
            period=span,
            number=number,
            cells=cells,
            share=words.percent(int(sure["incidents"].sum()) / in_cells),
            told=words.listed(shown),
        )
    else:
        told = words("map.no_hot", period=span, cells=cells)
    caption = words("map.hotspots")
    figure = scope.shared(
        "figure hotspots",
        lambda: plot_hotspots(
            hot,
            scope.records.jurisdictions,
            lang=scope.lang,
            title=words("map.title", place=words.named(scope.place), name=caption),
            source=scope.source,
            date=span,
        ),
    )
    provenance = scope.provenance("hotspots", in_cells, period=span)
    parts: list[Part] = [
        Paragraph(told),
        FigureBlock(
            "map", figure, caption, words("alt.figure", caption=caption, told=told), provenance
        ),
    ]
    if number:
        parts.append(_table(scope, sure, provenance))
    numbers: list[Number] = [
        scope.number("hot_cells", number, "count", method="hotspots", n=in_cells),
        scope.number("cells", cells, "count", method="hotspots", n=in_cells),
    ]
    return Contents(parts, numbers=numbers)


def _span(scope: Scope, start: pd.Timestamp) -> str:
    """Return the time of the hotspots in words."""
    if start == scope.rhythm.now.start:
        return scope.said
    last = scope.until - pd.Timedelta(hours=1)
    return scope.words("map.weeks", first=f"{start:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")


def _table(scope: Scope, sure: pd.DataFrame, provenance: Any) -> TableBlock:
    """Return the hot cells, the surest first."""
    rows = sure.sort_values(["q_value", "incidents"], ascending=[True, False], kind="stable")
    frame = rows.assign(
        cell=cells_to_text(rows["cell"].to_numpy("uint64")),
        street_id=rows["street_id"].map(lambda key: scope.records.names.get(key, key)),
        spot=rows["spot"].astype("str"),
    ).reset_index(drop=True)
    return TableBlock(
        name="hot_cells",
        frame=pd.DataFrame(frame),
        spec=TABLES["hotspots"],
        caption=scope.words("map.table"),
        provenance=provenance,
        columns=["cell", "street_id", "incidents", "gi_star", "q_value"],
        headings={"street_id": scope.words("heading.street")},
        forms={"gi_star": "points"},
        most=10,
    )
