"""A CSV file of incidents to a located table, against reading it with pandas alone.

Ours finds out encoding and columns, judges every row, reads the times in their zone, makes
points and finds cell and street; the peer only parses. Each runs in a process of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from gridgov.geo.hexgrid import points_to_cells
from peers.counts import CATEGORIES
from peers.data import FAST, NUMPY, Floats, make_points, make_streets, numba_there
from peers.jobs import run_job
from peers.lines import Line, Row, Size, measured, same
from peers.turns import take_turns

__all__ = ["ROW"]

_PEER = "pandas.read_csv alone"


def write_csv(path: Path, rows: int) -> tuple[Floats, Floats]:
    """Write incidents as a city exports them and return their coordinates."""
    lon, lat = (np.round(values, 6) for values in make_points(rows, seed=1))
    rng = np.random.default_rng(3)
    # Minutes of two years, and up to a week until it is closed.
    reported = np.datetime64("2015-01-01", "s") + rng.integers(0, 731 * 1440, rows) * 60
    closed = reported + rng.integers(3_600, 7 * 86_400, rows)

    def choice(*words: str) -> pa.Array:
        codes = rng.integers(0, len(words), rows).astype(np.int32)
        return pa.DictionaryArray.from_arrays(codes, list(words)).cast(pa.string())

    numbers = pc.utf8_lpad(pa.array(np.arange(rows)).cast(pa.string()), width=8, padding="0")
    table = pa.table(
        {
            "incident_id": pc.binary_join_element_wise("SY", numbers, "-"),
            "category": choice(*CATEGORIES),
            "reported_at": pc.strftime(pa.array(reported), format="%Y-%m-%d %H:%M:%S"),
            "closed_at": pc.strftime(pa.array(closed), format="%Y-%m-%d %H:%M:%S"),
            "status": choice("closed", "open", "on hold"),
            "channel": choice("hotline", "patrol", "app", "mail"),
            "longitude": lon,
            "latitude": lat,
        }
    )
    pyarrow.csv.write_csv(table, path)
    return lon, lat


def run(size: Size) -> Iterator[Line]:
    """Yield the line."""
    rows = size.of(5_000_000, 20_000)
    job = f"CSV of {rows:,} incidents to a located table"
    name = FAST if numba_there() else NUMPY
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        file = here / "incidents.csv"
        lon, lat = write_csv(file, rows)
        make_streets(9, seed=1).to_parquet(here / "streets.parquet")
        given = {"file": str(file), "out": str(here / "out.npy")}
        ours = partial(run_job, "read_ours", streets=str(here / "streets.parquet"), **given)
        peer = partial(run_job, "read_pandas", **given)
        peer()
        same(np.load(here / "out.npy"), np.column_stack([lon, lat]), "coordinates", atol=1e-12)
        ours()
        equal = same(np.load(here / "out.npy"), points_to_cells(lon, lat, 9), "cells in order")
        line = Line("csv", job, name, _PEER, equal=equal, target=1.5, at_most=True)
        if size.small:
            yield line
            return
        yield measured(line, take_turns({name: ours, _PEER: peer}, rounds=size.rounds))


ROW = Row("csv", "CSV of 5 million incidents to a located table, against pandas.read_csv", run)
