"""The records of Chicago that are measured for ``chicago.md``, and its tables in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

import gridgov as gg

SOURCE = "City of Chicago 311 service requests"
PICTURES = Path(__file__).resolve().parent / "images"
START, END = "2011-01-01", "2015-01-01"
HOT = ["hot 95", "hot 99"]


class Records(NamedTuple):
    """What everything below is measured on."""

    areas: Any
    incidents: Any
    grid: Any
    located: Any
    counts: pd.DataFrame
    panel: pd.DataFrame
    names: pd.Series


def read(folder: Path, *, resolution: int) -> Records:
    """Return the records, placed and counted."""
    outlines = gg.read_jurisdictions(
        folder / "community_areas.geojson", columns={"street_id": "NID", "street": "community"}
    )
    incidents, _ = gg.read_incidents(
        folder / "sanitation_code_complaints.csv.gz", preset="chicago311", duplicates="number"
    )
    grid = gg.make_grid(outlines, resolution=resolution)
    located = gg.locate(incidents, outlines, resolution=resolution)
    return Records(
        areas=outlines,
        incidents=incidents,
        grid=grid,
        located=located,
        counts=gg.tally(located, grid, start=START, end=END),
        panel=gg.tally(located, grid, period="MS", start=START, end=END),
        names=outlines.set_index("street_id")["street"].str.title(),
    )


def listed(values: dict[str, str]) -> str:
    """Return names and values as a table of two columns."""
    return table(["", ""], [[name, value] for name, value in values.items()])


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
