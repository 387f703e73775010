"""What ``coverage.json`` holds: every number of a coverage pack under a stable name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gridgov
from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.ledger import Step
from gridgov.bulletin.record import grid_facts, notice_rows, period_facts
from gridgov.columns import Language

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["coverage_counts", "coverage_record"]


def coverage_counts(
    measured: CoverageMeasures, tables: Mapping[str, pd.DataFrame], steps: tuple[Step, ...]
) -> dict[str, Any]:
    """Return every count by its stable name."""
    by_step = {step.code: step for step in steps}
    parts, tasks = measured.parts, tables["street_tasks"]
    kinds = measured.owned.parts["kind"].value_counts()
    found = tasks.drop_duplicates(["street_id", "task"]).groupby("task")["of"].sum()
    return {
        "rows_read": by_step["read"].total,
        "accepted": by_step["selected"].total,
        **by_step["selected"].named(),
        "match": by_step["match"].named(),
        "fate": by_step["fate"].named(),
        "streets": len(measured.read.jurisdictions),
        "layers": 1 + len(parts.layers),
        "cells": len(measured.placed.grid),
        "fixes": None if measured.patrol is None else len(measured.patrol.tracks),
        "facilities": None if parts.facilities is None else len(parts.facilities),
        "teams": None if parts.teams is None else len(parts.teams),
        "parts": {
            kind: int(kinds.get(kind, 0)) for kind in ("gap", "overlap", "enclave", "outside")
        },
        "tasks": {str(task): int(number) for task, number in found.items()},
        "stops": None if measured.plan is None else len(measured.plan),
    }


def coverage_record(
    measured: CoverageMeasures,
    tables: Mapping[str, pd.DataFrame],
    counts: Mapping[str, Any],
    month: str | None,
    title: str,
    lang: Language,
    files: list[str],
) -> dict[str, Any]:
    """Return what coverage.json holds."""
    placed, patrol, reach = measured.placed, measured.patrol, measured.reach
    whole = tables["street_numbers"]
    whole = whole[whole["street_id"].isna()]
    placement = None if reach is None else reach.placement
    made = None if placement is None else placement.sites.attrs["placement"]
    return {
        "gridgov": gridgov.__version__,
        "title": title,
        "lang": lang,
        "source": measured.read.settings.source,
        "period": period_facts(placed.selection, month),
        "patrol_period": None
        if patrol is None
        else {"start": patrol.start.isoformat(), "end": patrol.end.isoformat()},
        "grid": grid_facts(placed.grid, placed.resolution, placed.chosen_by),
        "numbers": {
            number: None if value != value else float(value)
            for number, value in zip(whole["number"], whole["value"], strict=True)
        },
        # Seconds differ from run to run.
        "placement": None
        if made is None
        else {name: value for name, value in made.items() if name != "seconds"},
        "counts": dict(counts),
        "left_out": dict(measured.left_out),
        "notices": notice_rows(measured.read),
        "files": files,
    }
