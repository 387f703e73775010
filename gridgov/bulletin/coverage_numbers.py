"""The key numbers of the district and of every street: two to four a question.

Each is a row of one table with its period, the number of things behind it and how it was
made; pages and summaries read that table and nothing else. Numbers are taken from the
tables of the measures; only counts of their rows and sums are made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BLIND",
    "PANELS",
    "SILENT",
    "UNITS",
    "number_text",
    "street_numbers",
    "touching",
    "window_days",
]

PANELS = ("owned", "patrol", "reach", "report")
"""The four questions: who owns it, who was there, who can get there, who is not telling us."""

UNITS = ("share", "m2", "m", "count", "rate")
"""The units of key numbers: a share from 0 to 1, square meters, meters, a count, a rate."""

BLIND = ("blind 99", "blind 95", "blind 90")
SILENT = ("fell silent", "fell quiet")

_WEEK = 7


def street_numbers(measured: CoverageMeasures, words: Words) -> pd.DataFrame:
    """Return the key numbers, the district's first, then street by street.

    Parameters
    ----------
    measured
        All measures.
    words
        Language of labels and methods.

    Returns
    -------
    DataFrame
        The columns of table "street_numbers". ``street_id`` is missing in the rows of the
        whole district; a question that the folder cannot answer has no rows.

    Raises
    ------
    None
    """
    import pandas as pd

    zone = measured.placed.selection.zone
    streets = measured.read.jurisdictions["street_id"].tolist()
    rows = []
    for panel, numbers in zip(PANELS, (_owned, _patrol, _reach, _report), strict=True):
        for street_id in (None, *streets):
            for row in numbers(measured, street_id):
                said = {"subject": None, "start": None, "end": None} | row
                channel = term_label("channel", str(said["subject"] or ""), words.lang)
                about = {"subject": clean(channel), "days": said.pop("days", 0)}
                code = said["number"]
                said["label"] = words(f"cov.number.{code}", **about)
                said["method"] = words(f"cov.method.{code}", **about)
                rows.append({"street_id": street_id, "panel": panel, **said})
    frame = pd.DataFrame(rows)
    for column in ("start", "end"):
        times = pd.to_datetime(frame[column], utc=True)
        frame[column] = times.dt.tz_convert(zone).astype(f"datetime64[us, {zone}]")
    frame["value"] = frame["value"].astype("float64")
    frame["n"] = frame["n"].astype("float64")
    order = frame["street_id"].map({name: place for place, name in enumerate(streets)})
    return (
        frame.assign(order=order.fillna(-1))
        .sort_values("order", kind="stable")
        .drop(columns="order")
        .reset_index(drop=True)
    )


def number_text(value: Any, unit: str, words: Words) -> str:
    """Return a number as a page shows it."""
    if value is None or value != value:
        return "–"
    if unit == "share":
        # 99.96 % is not all of it.
        text = f"{100 * value:.1f}"
        if text == "100.0" and value < 1:
            text = "> 99.9"
        if text == "0.0" and value > 0:
            text = "< 0.1"
        return f"{text}%" if words.lang == "zh" else f"{text} %"
    if unit == "m2":
        return words("cov.unit.m2", value=f"{value:,.0f}")
    if unit == "m":
        return words("cov.unit.m", value=f"{value:,.0f}")
    if unit == "rate":
        return f"{value:,.1f}"
    return f"{value:,.0f}"


def touching(parts: pd.DataFrame, street_id: str | None) -> pd.Series:
    """Return which parts of table "responsibility" concern a street; all for the district."""
    ids = " + " + parts["street_ids"].fillna("") + " + "
    if street_id is None:
        return ids.notna()
    return ids.str.contains(f" + {street_id} + ", regex=False)


def window_days(coverage: pd.DataFrame) -> int:
    """Return the longest window, up to a week, that table "patrol_coverage" has an answer for."""
    known = coverage[(coverage["windows"] > 0) & (coverage["days"] <= _WEEK)]
    return int(known["days"].max())


def _row(frame: pd.DataFrame, street_id: str | None) -> Mapping[str, Any]:
    """Return the row of a street, or that of the whole."""
    ids = frame["street_id"]
    found = frame[ids.isna() if street_id is None else ids == street_id]
    row: dict[str, Any] = found.iloc[0].to_dict() if len(found) else {}
    return row


def _of(cells: pd.DataFrame, street_id: str | None) -> pd.DataFrame:
    """Return the cells that a street is shown with; all for the district."""
    return cells if street_id is None else cells[cells["street_id"] == street_id]


def _span(measured: CoverageMeasures) -> dict[str, Any]:
    """Return the range of the incidents: as asked for, else as they lie."""
    selection = measured.placed.selection
    times = selection.incidents["reported_at"].dropna()
    if times.empty:
        return {}
    first, last = times.min(), times.max()
    return {
        "start": first.normalize() if selection.start is None else selection.start,
        "end": _day_after(last) if selection.end is None else selection.end,
    }


def _day_after(moment: pd.Timestamp) -> pd.Timestamp:
    """Return the midnight after a moment."""
    import pandas as pd

    return moment.normalize() + pd.DateOffset(days=1)


def _owned(measured: CoverageMeasures, street_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield who owns it."""
    shares, parts = measured.owned.shares, measured.owned.parts
    # Of several layers the streets answer: the others lie within them.
    shares = shares[shares["layer"].isna() | (shares["layer"] == "streets")]
    if measured.parts.layers:
        shares = shares[shares["layer"].notna()]
        parts = parts[parts["layer"] == "streets"]
    scope = "whole" if street_id is None else "street"
    row = _row(shares[shares["scope"] == scope], street_id)
    yield {
        "number": "one_owner_area",
        "value": row["one_owner_area_share"],
        "unit": "share",
        "n": row["area_m2"],
        "n_of": "m2",
    }
    owned = ("unowned_incidents", "one_owner_incidents", "several_owners_incidents")
    yield {
        "number": "one_owner_incidents",
        "value": row["one_owner_incident_share"],
        "unit": "share",
        "n": sum(int(row[name]) for name in owned),
        "n_of": "incidents",
        **_span(measured),
    }
    near = parts[touching(parts, street_id)]
    for kind in ("gap", "overlap"):
        those = near[near["kind"] == kind]
        yield {
            "number": kind,
            "value": those["area_m2"].sum(),
            "unit": "m2",
            "n": len(those),
            "n_of": "parts",
        }


def _patrol(measured: CoverageMeasures, street_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield who was there."""
    patrol = measured.patrol
    if patrol is None:
        return
    span = {"start": patrol.start, "end": patrol.end}
    days = window_days(patrol.coverage)
    row = _row(patrol.coverage[patrol.coverage["days"] == days], street_id)
    yield {
        "number": "cells_visited",
        "value": row["cell_share"],
        "unit": "share",
        "n": row["cells"],
        "n_of": "cells",
        "days": days,
        **span,
    }
    yield {
        "number": "incidents_visited",
        "value": row["incident_share"],
        "unit": "share",
        "n": row["incidents"],
        "n_of": "incidents",
        "days": days,
        **span,
    }
    cells = _of(patrol.cells, street_id)
    yield {
        "number": "never_visited",
        "value": (cells["visits"] == 0).sum(),
        "unit": "count",
        "n": len(cells),
        "n_of": "cells",
        **span,
    }
    hours = patrol.hours
    ids = hours["street_id"]
    hours = hours[(ids.isna() if street_id is None else ids == street_id) & (hours["weeks"] > 0)]
    yield {
        "number": "hours_present",
        "value": (hours["weeks_present"] > 0).mean() if len(hours) else None,
        "unit": "share",
        "n": len(hours),
        "n_of": "hours",
        **span,
    }


def _reach(measured: CoverageMeasures, street_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield who can get there."""
    reach = measured.reach
    if reach is None:
        return
    span = _span(measured)
    for folds, number in ((1, "reached"), (2, "reached_twice")):
        row = _row(reach.streets[reach.streets["folds"] == folds], street_id)
        yield {
            "number": number,
            "value": row["incidents_reached_share"],
            "unit": "share",
            "n": row["incidents"],
            "n_of": "incidents",
            **span,
        }
    row = _row(reach.streets, street_id)
    yield {
        "number": "nearest",
        "value": row["incident_nearest_m"],
        "unit": "m",
        "n": row["incidents"],
        "n_of": "incidents",
        **span,
    }
    if reach.teams is None:
        return
    row = _row(reach.teams, street_id)
    people = measured.parts.population is not None
    yield {
        "number": "members_per_10000" if people else "members_per_km2",
        "value": row["capacity_per_10000" if people else "capacity_per_km2"],
        "unit": "rate",
        "n": row["facilities"],
        "n_of": "teams",
    }


def _report(measured: CoverageMeasures, street_id: str | None) -> Iterator[dict[str, Any]]:
    """Yield who is not telling us."""
    report, span = measured.report, _span(measured)
    reporting = report.reporting
    if street_id is not None:
        reporting = reporting[reporting["street_id"] == street_id]
    cells = reporting["cells"].sum()
    yield {
        "number": "reporting",
        "value": reporting["cells_reporting"].sum() / cells if cells else None,
        "unit": "share",
        "n": cells,
        "n_of": "cells",
        **span,
    }
    if report.blind is not None:
        judged = _of(report.blind, street_id)["blind_spot"].astype("str")
        yield {
            "number": "blind",
            "value": judged.isin(BLIND).sum(),
            "unit": "count",
            "n": judged.isin((*BLIND, "not significant")).sum(),
            "n_of": "judged",
            **span,
        }
    if report.street_channels is not None:
        row = _row(report.street_channels, street_id)
        main = row.get("main_channel")
        yield {
            "number": "main_channel",
            "value": row.get("main_share"),
            "unit": "share",
            "n": row.get("channel_incidents", 0),
            "n_of": "incidents",
            "subject": main if isinstance(main, str) else None,
            **span,
        }
    if report.silent is not None and len(report.silent):
        yield _silence(report.silent, street_id)


def _silence(silent: pd.DataFrame, street_id: str | None) -> dict[str, Any]:
    """Return how many channels fell silent in the last whole month."""
    import pandas as pd

    last = silent["period"].max()
    ids = silent["street_id"]
    those = silent[
        (silent["period"] == last)
        & silent["channel"].notna()
        & (ids.isna() if street_id is None else ids == street_id)
    ]
    judged = those["silence"].astype("str")
    return {
        "number": "silent_channels",
        "value": judged.isin(SILENT).sum(),
        "unit": "count",
        "n": judged.isin((*SILENT, "not significant")).sum(),
        "n_of": "channels",
        "start": last,
        "end": last + pd.DateOffset(months=1),
    }
