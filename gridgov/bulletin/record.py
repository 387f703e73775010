"""The numbers of a brief under stable names, and its tables in the form of files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

import gridgov
from gridgov.bulletin.ledger import Step, sums_table
from gridgov.bulletin.measured import Measured
from gridgov.bulletin.selection import Selection
from gridgov.bulletin.tables import (
    FILE_TABLES,
    file_form,
    hotspot_form,
    safe_set_aside,
    street_table,
    top_table,
)
from gridgov.columns import SPOTS, Language
from gridgov.geo.hexgrid import cell_areas_m2
from gridgov.sources.folder import FolderRead
from gridgov.sources.notices import notices, set_aside_rows

__all__ = [
    "all_notices",
    "brief_numbers",
    "brief_record",
    "brief_tables",
    "grid_facts",
    "notice_rows",
    "period_facts",
]

_METHOD = ("statistic", "null", "rings", "correction", "seed")


def all_notices(read: FolderRead) -> pd.DataFrame:
    """Return what reading noticed about streets and incidents."""
    return pd.concat([notices(read.incidents), notices(read.jurisdictions)], ignore_index=True)


def brief_tables(measured: Measured, steps: tuple[Step, ...]) -> dict[str, pd.DataFrame]:
    """Return every table in the form that its file has."""
    read = measured.read
    made = {
        "sums": sums_table(steps),
        "streets": street_table(read.jurisdictions, measured.reporting, measured.hot),
        "top_hotspots": top_table(read.jurisdictions, measured.hot),
        "hotspots": hotspot_form(measured.hot),
        "grid": measured.grid,
        "reporting": measured.reporting,
        "responsibility": measured.responsibility,
        "resolutions": measured.resolutions,
        "notices": all_notices(read),
        "set_aside": safe_set_aside(
            read.set_aside,
            columns=read.incidents.attrs["source"]["columns"],
            export_columns=read.settings.export_columns,
        ),
        "streets_set_aside": set_aside_rows(read.jurisdictions),
    }
    return {name: file_form(made[name], name) for name in FILE_TABLES if made[name] is not None}


def brief_numbers(measured: Measured, steps: tuple[Step, ...]) -> dict[str, Any]:
    """Return every count by its stable name."""
    by_step = {step.code: step for step in steps}
    spots = measured.hot["spot"].value_counts()
    parts = measured.responsibility
    gaps, overlaps = (parts[parts["kind"] == kind] for kind in ("gap", "overlap"))
    reasons = {
        code.partition(".")[2]: number
        for code, number in by_step["read"].named().items()
        if code.startswith("set_aside.")
    }
    by_spot = {spot: int(spots.get(spot, 0)) for spot in SPOTS}
    return {
        "rows_read": by_step["read"].total,
        "accepted": by_step["selected"].total,
        "set_aside": sum(reasons.values()),
        "set_aside_by_reason": reasons,
        **by_step["selected"].named(),
        "without_closing_time": _without_closing_time(measured),
        "match": by_step["match"].named(),
        "fate": by_step["fate"].named(),
        "streets": len(measured.read.jurisdictions),
        "streets_set_aside": len(set_aside_rows(measured.read.jurisdictions)),
        "cells": len(measured.hot),
        "spot": by_spot,
        "hot_cells": sum(by_spot[spot] for spot in SPOTS[4:]),
        "cold_cells": sum(by_spot[spot] for spot in SPOTS[:3]),
        "not_significant_cells": by_spot["not significant"],
        "no_answer_cells": int(measured.hot["spot"].isna().sum()),
        "gaps": len(gaps),
        "gap_area_m2": round(float(gaps["area_m2"].sum()), 3),
        "overlaps": len(overlaps),
        "overlap_area_m2": round(float(overlaps["area_m2"].sum()), 3),
    }


def _without_closing_time(measured: Measured) -> int | None:
    """Return how many incidents have no closing time, None when the source has none at all."""
    if "closed_at" not in measured.read.incidents.attrs["source"]["columns"]:
        return None
    return int(measured.located["closed_at"].isna().sum())


def brief_record(
    measured: Measured,
    numbers: Mapping[str, Any],
    *,
    month: str | None,
    title: str,
    lang: Language,
    files: list[str],
) -> dict[str, Any]:
    """Return what brief.json holds."""
    settings = measured.read.settings
    return {
        "gridgov": gridgov.__version__,
        "title": title,
        "lang": lang,
        "source": settings.source,
        "period": period_facts(measured.selection, month),
        "grid": grid_facts(measured.grid, measured.resolution, measured.chosen_by),
        "method": {name: measured.hot.attrs["hotspots"][name] for name in _METHOD},
        "counts": dict(numbers),
        "notices": notice_rows(measured.read),
        "files": files,
    }


def period_facts(selection: Selection, month: str | None) -> dict[str, Any]:
    """Return what time a pack is of, in plain values."""
    times = selection.incidents["reported_at"].dropna()
    return {
        "month": month,
        "start": selection.start.isoformat() if selection.start is not None else None,
        "end": selection.end.isoformat() if selection.end is not None else None,
        "first_reported": None if times.empty else times.min().isoformat(),
        "last_reported": None if times.empty else times.max().isoformat(),
        "timezone": selection.zone,
    }


def grid_facts(grid: pd.DataFrame, resolution: int, chosen_by: str) -> dict[str, Any]:
    """Return what the cells of a pack are, in plain values."""
    cells = grid["cell"].to_numpy()
    return {
        "resolution": resolution,
        "chosen_by": chosen_by,
        # A thousand cells spread over the grid give the mean to far more digits than
        # anybody reads.
        "cell_area_m2": round(float(cell_areas_m2(cells[:: max(1, len(cells) // 1000)]).mean()), 1),
    }


def notice_rows(read: FolderRead) -> list[dict[str, Any]]:
    """Return what reading noticed, in plain values."""
    return [
        {str(name): value for name, value in row.items()}
        for row in json.loads(all_notices(read).to_json(orient="records"))
    ]
