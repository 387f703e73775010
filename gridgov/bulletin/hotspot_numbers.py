"""The numbers of a hotspot pack under stable names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gridgov
from gridgov.bulletin.hotspot_measures import HotspotMeasures
from gridgov.bulletin.hotspot_tables import SURE
from gridgov.bulletin.ledger import Step
from gridgov.bulletin.record import grid_facts, notice_rows, period_facts
from gridgov.columns import SPOTS, Language
from gridgov.schema.emerging import EMERGING_CATEGORIES, PERSISTENCE_CLASSES
from gridgov.schema.moran import LISA_CLASSES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COMBINATIONS", "hotspot_numbers", "hotspot_record"]

COMBINATIONS = (
    "gi_moran_scan",
    "gi_scan",
    "gi_moran",
    "moran_scan",
    "gi",
    "moran",
    "scan",
)
"""Which of the three measures call a cell hot, those that most agree on first."""


def hotspot_numbers(
    measured: HotspotMeasures, agreement: pd.DataFrame, steps: tuple[Step, ...]
) -> dict[str, Any]:
    """Return every count by its stable name.

    Parameters
    ----------
    measured
        All measures.
    agreement
        Table "agreement" in the form that files have.
    steps
        The ledger.

    Returns
    -------
    dict
        Plain values; None for what was left out.

    Raises
    ------
    None
    """
    by_step = {step.code: step for step in steps}
    reasons = {
        code.partition(".")[2]: number
        for code, number in by_step["read"].named().items()
        if code.startswith("set_aside.")
    }
    by_spot = _counted(measured.hot["spot"], SPOTS)
    clusters = measured.clusters
    hot_at_95 = {
        "gi": by_spot["hot 95"] + by_spot["hot 99"],
        "moran": int((agreement["cluster_type"] == "HH").sum()),
        "scan": None if clusters is None else int(agreement["cluster"].notna().sum()),
    }
    return {
        "rows_read": by_step["read"].total,
        "accepted": by_step["selected"].total,
        "set_aside": sum(reasons.values()),
        "set_aside_by_reason": reasons,
        **by_step["selected"].named(),
        "match": by_step["match"].named(),
        "fate": by_step["fate"].named(),
        "streets": len(measured.read.jurisdictions),
        "cells": len(measured.hot),
        "spot": by_spot,
        "hot_cells": sum(by_spot[spot] for spot in SPOTS[4:]),
        "cold_cells": sum(by_spot[spot] for spot in SPOTS[:3]),
        "not_significant_cells": by_spot["not significant"],
        "no_answer_cells": int(measured.hot["spot"].isna().sum()),
        "cluster_type": _counted(measured.moran["cluster_type"], LISA_CLASSES),
        "clusters": None if clusters is None else int((clusters["p_value"] <= SURE).sum()),
        "emerging": _categories(measured.emerging, "category", EMERGING_CATEGORIES),
        "persistence": _categories(measured.persistence, "category", PERSISTENCE_CLASSES),
        "trend": _categories(measured.trends, "trend", ("up", "down", "none")),
        "hot_at_95": hot_at_95,
        "hot_by_any": int((agreement["hot_by"] > 0).sum()),
        # Two measures are all of them where the scan was left out.
        "hot_by_all": int((agreement["hot_by"] == (2 if clusters is None else 3)).sum()),
        "agreement": _agreement(agreement),
    }


def _counted(values: Any, classes: tuple[str, ...]) -> dict[str, int]:
    """Return how many cells have each class, those without any as 0."""
    found = values.value_counts()
    return {name: int(found.get(name, 0)) for name in classes}


def _categories(table: Any, column: str, classes: tuple[str, ...]) -> dict[str, int] | None:
    """Return how many cells have each category; None where the table was left out."""
    return None if table is None else _counted(table[column], classes)


def _agreement(agreement: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return cells and incidents by the measures that call a cell hot."""
    calls = {
        "gi": agreement["spot"].isin(["hot 95", "hot 99"]),
        "moran": agreement["cluster_type"] == "HH",
        "scan": agreement["cluster"].notna(),
    }
    parts = {}
    for code in COMBINATIONS:
        those = agreement["hot_by"] == len(code.split("_"))
        for name in code.split("_"):
            those &= calls[name]
        parts[code] = {
            "cells": int(those.sum()),
            "incidents": int(agreement.loc[those, "incidents"].sum()),
        }
    return parts


def hotspot_record(
    measured: HotspotMeasures,
    numbers: Mapping[str, Any],
    *,
    month: str | None,
    title: str,
    lang: Language,
    files: list[str],
) -> dict[str, Any]:
    """Return what hotspots.json holds."""
    placed, months = measured.placed, measured.months
    made = {
        "hotspots": measured.hot,
        "moran": measured.moran,
        "autocorrelation": measured.autocorrelation,
        "scan": measured.clusters,
        "density": measured.density,
        "concentration": measured.concentration,
        "emerging": measured.emerging,
        "persistence": measured.persistence,
        "trends": measured.trends,
    }
    return {
        "gridgov": gridgov.__version__,
        "title": title,
        "lang": lang,
        "source": measured.read.settings.source,
        "period": period_facts(placed.selection, month)
        | {
            "whole_months": {
                "start": None if months.start is None else months.start.isoformat(),
                "end": None if months.end is None else months.end.isoformat(),
                "number": months.number,
            }
        },
        "grid": grid_facts(placed.grid, placed.resolution, placed.chosen_by),
        "method": {
            name: None if table is None else _choices(table.attrs[name])
            for name, table in made.items()
        },
        "counts": dict(numbers),
        "notices": notice_rows(measured.read),
        "files": files,
    }


def _choices(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a table was made without what is told cell by cell and map by map."""
    return {
        name: value
        for name, value in made.items()
        if value is None or isinstance(value, (str, int, float))
    }
