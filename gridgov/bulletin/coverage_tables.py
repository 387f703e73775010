"""The tables of a coverage pack as they go into files.

Fixes and visits stay where they are: an id of a track can stand for a person, and where
somebody was minute by minute is nobody else's business. Patrols leave the folder as sums
of a cell, a street or an hour of the week only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.coverage_numbers import street_numbers
from gridgov.bulletin.coverage_tasks import street_tasks
from gridgov.bulletin.ledger import Step, sums_table
from gridgov.bulletin.record import all_notices
from gridgov.bulletin.tables import FILE_TABLES, file_form, file_table, safe_set_aside
from gridgov.bulletin.words import Words
from gridgov.columns import TABLES, Column, Table
from gridgov.sources.notices import notices, set_aside_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COVERAGE_TABLES", "coverage_notices", "coverage_tables", "with_places"]

_WHOLE = TABLES["street_reach"]["street_id"]
_PANEL = Column(
    "panel",
    "str",
    "Question",
    "问题",
    "owned (who owns it), patrol (who was there), reach (who can get there) or report (who is "
    "not telling us)",
)
_LABEL = Column("label", "str", "In words", "说明", "the row in words")
_SUBJECT = Column(
    "subject",
    "str",
    "About",
    "涉及",
    "channel, departments or streets that it is about, as read",
    missing=True,
)
_PLACE = (FILE_TABLES["hotspots"]["longitude"], FILE_TABLES["hotspots"]["latitude"])

_NUMBERS = Table(
    "street_numbers",
    ("street_id", "panel", "number"),
    (
        _WHOLE,
        _PANEL,
        Column("number", "str", "Number", "指标代码", "code of the key number"),
        _LABEL,
        _SUBJECT,
        Column("value", "float64", "Value", "数值", "the number, in its unit", missing=True),
        Column(
            "unit",
            "str",
            "Unit",
            "单位",
            "share (0 to 1), m2, m, count, or rate (per 10,000 inhabitants or per km²)",
        ),
        Column("n", "float64", "n", "样本量", "how much or how many it is made from", missing=True),
        Column(
            "n_of",
            "str",
            "n of",
            "样本单位",
            "what n counts: m2, incidents, parts, cells, judged (cells that can tell), hours, "
            "teams or channels",
        ),
        Column("start", "time", "From", "起", "first instant; missing for what has none", True),
        Column("end", "time", "To", "止", "first instant after it", missing=True),
        Column("method", "str", "Method", "方法", "how it was made, in words"),
    ),
    "gridgov coverage",
)

_TASKS = Table(
    "street_tasks",
    ("street_id", "panel", "task", "rank"),
    (
        TABLES["boundaries"]["street_id"],
        _PANEL,
        Column("task", "str", "Task", "任务代码", "code of what there is to do"),
        Column("rank", "Int64", "Rank", "名次", "1 is the most urgent of its kind in the street"),
        Column("of", "Int64", "Of", "总数", "how many of the kind the street has"),
        replace(TABLES["grid"]["cell"], dtype="UInt64", missing=True),
        _SUBJECT,
        Column(
            "amount",
            "float64",
            "Amount",
            "数量",
            "area (m²), days since the last visit, distance to the nearest post (m), incidents "
            "gained, incidents expected, share, or ratio, as the task says",
            missing=True,
        ),
        replace(TABLES["responsibility"]["incidents"], meaning="incidents that it concerns"),
        *_PLACE,
        _LABEL,
    ),
    "gridgov coverage",
)


def _without(table: str, name: str, *columns: str) -> Table:
    """Return a table under another name, without columns that say nothing in it."""
    whole = file_table(table)
    kept = tuple(column for column in whole.columns if column.name not in columns)
    key = tuple(column for column in whole.key if column not in columns)
    return Table(name, key, kept, whole.made_by)


def _rows_set_aside(name: str) -> Table:
    """Return the rows set aside of a part, without what they held."""
    return Table(name, ("source_row",), TABLES["set_aside"].columns, "gridgov coverage")


COVERAGE_TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "street_numbers": _NUMBERS,
        "street_tasks": _TASKS,
        "responsibility": file_table("responsibility"),
        "responsibility_shares": file_table("responsibility_shares"),
        "owners": file_table("owners"),
        "boundaries": file_table("boundaries"),
        "patrols": file_table("patrols"),
        "patrol_coverage": file_table("patrol_coverage"),
        "patrol_hours": file_table("patrol_hours"),
        "fix_rates": file_table("fix_rates"),
        "reach": file_table("reach"),
        "street_reach": file_table("street_reach"),
        "kind_reach": _without("street_reach", "kind_reach"),
        "team_reach": _without("street_reach", "team_reach"),
        "access": file_table("access"),
        "catchments": file_table("catchments"),
        "sites": file_table("sites"),
        "site_demand": file_table("site_demand"),
        "reporting": file_table("reporting"),
        "blind_spots": file_table("blind_spots"),
        "cell_channels": _without("channel_mix", "cell_channels"),
        "street_channels": _without(
            "channel_mix", "street_channels", "cell", "longitude", "latitude"
        ),
        "channel_shares": _without(
            "channel_shares", "channel_shares", "cell", "longitude", "latitude"
        ),
        "silent_channels": file_table("silent_channels"),
        "joint_enforcement": file_table("joint_enforcement"),
        "department_pairs": file_table("department_pairs"),
        "patrol_plan": file_table("patrol_plan"),
        "patrol_walks": file_table("patrol_walks"),
        **{name: FILE_TABLES[name] for name in ("sums", "resolutions", "notices", "set_aside")},
        "streets_set_aside": FILE_TABLES["streets_set_aside"],
        **{
            name: _rows_set_aside(name)
            for name in ("tracks_set_aside", "facilities_set_aside", "teams_set_aside")
        },
    }
)
"""Every table that a coverage pack can hold, in the order of the workbook's sheets."""


def coverage_tables(
    measured: CoverageMeasures, steps: tuple[Step, ...], words: Words
) -> dict[str, pd.DataFrame]:
    """Return every table of a pack in the form that its file has.

    Parameters
    ----------
    measured
        All measures.
    steps
        The ledger.
    words
        Language of what is said in words.

    Returns
    -------
    dict of DataFrame
        By name, in the order of :data:`COVERAGE_TABLES`, without those left out.

    Raises
    ------
    None
    """
    read, parts = measured.read, measured.parts
    owned, patrol, reach, report = (
        measured.owned,
        measured.patrol,
        measured.reach,
        measured.report,
    )
    placement = None if reach is None else reach.placement
    access = None if reach is None else reach.access
    made: dict[str, Any] = {
        "street_numbers": street_numbers(measured, words),
        "street_tasks": street_tasks(measured, words),
        "responsibility": owned.parts,
        "responsibility_shares": owned.shares,
        "owners": owned.owners,
        "boundaries": with_places(owned.boundaries),
        "patrols": getattr(patrol, "cells", None),
        "patrol_coverage": getattr(patrol, "coverage", None),
        "patrol_hours": getattr(patrol, "hours", None),
        "fix_rates": getattr(patrol, "rates", None),
        "reach": getattr(reach, "cells", None),
        "street_reach": getattr(reach, "streets", None),
        "kind_reach": getattr(reach, "kinds", None),
        "team_reach": getattr(reach, "teams", None),
        "access": None if access is None else access.cells,
        "catchments": None if access is None else access.facilities,
        "sites": None if placement is None else with_places(placement.sites),
        "site_demand": None if placement is None else placement.demand,
        "reporting": report.reporting,
        "blind_spots": report.blind,
        "cell_channels": report.cell_channels,
        "street_channels": report.street_channels,
        "channel_shares": report.channel_shares,
        "silent_channels": report.silent,
        "joint_enforcement": report.joint,
        "department_pairs": report.pairs,
        "patrol_plan": measured.plan,
        "patrol_walks": measured.walks,
        "sums": sums_table(steps),
        "resolutions": measured.placed.resolutions,
        "notices": coverage_notices(measured),
        "set_aside": safe_set_aside(
            read.set_aside,
            columns=read.incidents.attrs["source"]["columns"],
            export_columns=read.settings.export_columns,
        ),
        "streets_set_aside": set_aside_rows(read.jurisdictions),
        "tracks_set_aside": parts.tracks_set_aside,
        "facilities_set_aside": parts.facilities_set_aside,
        "teams_set_aside": parts.teams_set_aside,
    }
    return {
        name: file_form(_plain(made[name]), table)
        for name, table in COVERAGE_TABLES.items()
        if made[name] is not None
    }


def coverage_notices(measured: CoverageMeasures) -> pd.DataFrame:
    """Return what reading noticed about every file of the folder."""
    import pandas as pd

    parts = measured.parts
    tables = (parts.tracks, parts.facilities, parts.teams, parts.lines, *parts.layers.values())
    found = [notices(table) for table in tables if table is not None]
    return pd.concat([all_notices(measured.read), *found], ignore_index=True)


def with_places(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with longitude and latitude of a point in every shape, not of its cell."""
    shapes = np.asarray(frame.geometry, dtype=object)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    at = np.full((len(shapes), 2), np.nan)
    # Two streets that meet in a point have a boundary in common that is empty.
    at[known] = shapely.get_coordinates(shapely.point_on_surface(shapes[known]))
    return frame.assign(longitude=at[:, 0], latitude=at[:, 1])


def _plain(frame: Any) -> Any:
    """Return a table whose ordered classes are text."""
    result = frame.copy(deep=False)
    for name in result.columns:
        if str(result[name].dtype) == "category":
            result[name] = result[name].astype("str").where(result[name].notna())
    return result
