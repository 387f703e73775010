"""Counts over a folder of Parquet files, without ever holding more than some batches.

The tables are those of :func:`gridgov.tally`, number by number, and so is the report of
what was not counted. What is held in memory is the table of counts and a few batches,
whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov.checks import check_table, check_whole
from gridgov.errors import ColumnsError
from gridgov.place.area_index import index_areas
from gridgov.place.coding import grid_cells
from gridgov.place.decided_cells import decide_cells
from gridgov.place.periods import check_period, read_range
from gridgov.scale import cluster
from gridgov.scale.batches import Times, find_times
from gridgov.scale.cell_table import resolution_of
from gridgov.scale.checkpoints import load_summary, make_folder, save_summary
from gridgov.scale.count_job import CountJob
from gridgov.scale.counting import Summary
from gridgov.scale.files import Part, SourceFile, check_columns, find_files, split
from gridgov.scale.places import find_places
from gridgov.scale.row_places import FromLocated, FromPoints
from gridgov.scale.tables import counts_of

__all__ = ["count_folder", "tally_folder"]

Progress = Callable[[int, int], None]

# Points for which cells decide: asking a cell beforehand costs as much as some points.
ROWS_A_CELL = 8
FEWEST_ROWS = 100_000
# Where cells decide, NumPy takes little longer than compiled loops, and loading these takes
# half a second.
WORTH_LOOPS = 1 << 26


def count_folder(
    source: Any,
    jurisdictions: Any,
    grid: Any,
    *,
    period: str | None = None,
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
    timezone: str | None = None,
    columns: Mapping[str, str] | None = None,
    datum: Any = None,
    checkpoint: Any = None,
    client: Any = None,
    batch_rows: int = 1_000_000,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Locate and count the incidents in a folder of Parquet files in one pass.

    Parameters
    ----------
    source
        Folder of Parquet files, at any depth, or one file. Each has the columns
        ``longitude`` and ``latitude`` (degrees, numbers), or ``geometry`` (points as WKB or as
        x and y, as GeoParquet has them); others are not read unless they are asked for.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``, or what
        :func:`gridgov.index_areas` makes of one.
    grid
        Table of :func:`gridgov.make_grid`; its resolution is that of the cells.
    period, by, start, end, times
        As for :func:`gridgov.tally`; `by` may be ``"street_id"`` or ``"match"``, which are
        found here, or any column of the files.
    timezone
        Zone in which the periods run; None for that of the column of times. For times
        without a zone it says in which zone the clock stood.
    columns
        Our name to the name in the files, such as ``{"longitude": "lon"}``.
    datum
        Datum or CRS of the coordinates, such as ``"gcj02"``; None for what GeoParquet states,
        or else WGS-84.
    checkpoint
        Folder that keeps what was counted in every part, so that a run that was stopped
        goes on; None keeps nothing.
    client
        A ``distributed.Client`` or the address of its scheduler, to count on a cluster that
        sees the same files; None for this machine alone.
    batch_rows
        Rows read at once; memory grows with it, answers do not depend on it.
    progress
        Called with the number of rows that are done and of all rows.

    Returns
    -------
    DataFrame, one row a group, period and cell, sorted in that order
        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: what
          ``gridgov.tally(gridgov.locate(...), grid)`` returns for all rows at once, to the
          last bit, with the same ``attrs`` for :func:`gridgov.tally_report`.

    Raises
    ------
    ColumnsError
        If a column is missing or of the wrong kind; every file is listed.
    DatumError
        If a datum is unknown or the jurisdictions are not in EPSG:4326.
    EmptyTableError
        If there is no file, no grid or no jurisdiction.
    ExtraMissingError
        If there is a `client` and Dask is not installed.
    GeometryError
        If an incident is no point or an outline no valid polygon.
    InputError
        If the grid repeats a cell, or periods are asked for and nothing says which.
    OptionError
        If an option has no such value, or the table would have more than 100 million rows.
    OutputError
        If `checkpoint` cannot be written.
    ReadError
        If a file cannot be read or has other types than the first; it is named.

    Notes
    -----
    Rows are taken as they are: nothing is set aside as :func:`gridgov.read_incidents` does.
    A coordinate that is missing or out of range counts as ``no_point``, and 0, 0 is
    outside; the fates add up to the rows of all files. Numbers in the column `by` are
    called as they stand in the files (``1`` and not ``1.0``).

    Examples
    --------
    Two files, three incidents, one outside every street:

    >>> import geopandas as gpd, pandas as pd, tempfile
    >>> from pathlib import Path
    >>> from shapely import box
    >>> import gridgov as gg
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, crs="EPSG:4326",
    ...                            geometry=[box(116.2, 39.9, 116.21, 39.91)])
    >>> grid = gg.make_grid(streets, resolution=8)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, places in {"a": [116.205, 117.0], "b": [116.206]}.items():
    ...         table = pd.DataFrame({"longitude": places, "latitude": 39.905})
    ...         table.to_parquet(Path(folder) / f"{name}.parquet")
    ...     counts = gg.scale.count_folder(folder, streets, grid)
    >>> gg.tally_report(counts).query("incidents > 0").values.tolist()
    [['counted', 2], ['outside', 1]]
    """
    names = dict(columns or {})
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    cells, order = grid_cells(grid)
    resolution = resolution_of(cells[0])
    files = find_files(source)
    places = find_places(files, names, datum=datum)
    number = sum(sum(file.rows) for file in files)
    index = index_areas(jurisdictions, points=number)
    computed = by in ("street_id", "match")
    # What it takes to ask the cells first is made good by some points a cell.
    pays = number >= ROWS_A_CELL * len(cells) and number >= FEWEST_ROWS
    decided = decide_cells(index, cells, owners=computed) if pays else None
    loops = decided is None or number >= WORTH_LOOPS
    rows = FromPoints(places, index, resolution, decided, loops)
    run = _Run(files, names, period, by, start, end, times, timezone, batch_rows)
    job = run.job(cells, rows, computed=computed)
    summary = _count(job, files, checkpoint=checkpoint, client=client, progress=progress)
    return counts_of(summary, job, grid, order, start=start, end=end)


def tally_folder(
    located: Any,
    grid: Any,
    *,
    period: str | None = None,
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
    timezone: str | None = None,
    columns: Mapping[str, str] | None = None,
    checkpoint: Any = None,
    client: Any = None,
    batch_rows: int = 1_000_000,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Count the incidents in a folder of Parquet files that were located before.

    Parameters
    ----------
    located
        Folder of :func:`gridgov.scale.locate_folder`, or Parquet files with the columns
        ``cell`` (text or number) and ``match``.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    period, by, start, end, times
        As for :func:`gridgov.tally`.
    timezone, columns, checkpoint, client, batch_rows, progress
        As for :func:`gridgov.scale.count_folder`.

    Returns
    -------
    DataFrame, one row a group, period and cell, sorted in that order
        - ``cell``, ``period``, ``group``, ``street_id``, ``incidents``, ``area_km2``: what
          :func:`gridgov.tally` returns for all rows at once, to the last bit, with the same
          ``attrs``.

    Raises
    ------
    ColumnsError
        If a column is missing or of the wrong kind; every file is listed.
    EmptyTableError
        If there is no file or no grid.
    ExtraMissingError
        If there is a `client` and Dask is not installed.
    InputError
        If the grid repeats a cell, resolutions differ, a cell is none, or periods are asked
        for and nothing says which.
    OptionError
        If an option has no such value, or the table would have more than 100 million rows.
    OutputError
        If `checkpoint` cannot be written.
    ReadError
        If a file cannot be read or has other types than the first; it is named.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from pathlib import Path
    >>> import gridgov as gg
    >>> cell = 0x8931AA50E27FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([cell], "uint64"), "street_id": ["01"],
    ...                      "area_km2": [0.1]})
    >>> located = pd.DataFrame({"cell": ["8931aa50e27ffff", None],
    ...                         "match": ["inside", "no_point"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     located.to_parquet(Path(folder) / "a.parquet")
    ...     counts = gg.scale.tally_folder(folder, grid)
    >>> counts["incidents"].tolist()
    [1]
    """
    names = dict(columns or {})
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    cells, order = grid_cells(grid)
    resolution = resolution_of(cells[0])
    files = find_files(located)
    wanted = {name: names.get(name, name) for name in ("cell", "match")}
    check_columns(files, wanted, what="located incidents")
    rows = FromLocated(wanted["cell"], wanted["match"], resolution)
    run = _Run(files, names, period, by, start, end, times, timezone, batch_rows)
    job = run.job(cells, rows, computed=False)
    summary = _count(job, files, checkpoint=checkpoint, client=client, progress=progress)
    return counts_of(summary, job, grid, order, start=start, end=end)


class _Run:
    """What was asked for, before it is checked against the files."""

    def __init__(
        self,
        files: list[SourceFile],
        names: Mapping[str, str],
        period: str | None,
        by: str | None,
        start: Any,
        end: Any,
        times: str,
        timezone: str | None,
        batch_rows: int,
    ) -> None:
        self.files = files
        self.names = names
        self.freq = check_period(period)
        self.by = by
        self.dated = self.freq is not None or start is not None or end is not None
        self.times: Times = find_times(
            files, names, times=times, timezone=timezone, needed=self.dated
        )
        none = np.zeros(0, dtype=np.int64)
        self.range = read_range(none, freq=None, start=start, end=end, zone=self.times.zone)
        self.batch_rows = check_whole(
            batch_rows, option="batch_rows", least=1, meaning="how many rows are read at once"
        )

    def job(self, cells: Any, rows: FromPoints | FromLocated, *, computed: bool) -> CountJob:
        """Return what is to be done, once for all parts."""
        by = self.by
        if by is not None and not computed:
            by = self.names.get(by, by)
            if by == "geometry":
                raise ColumnsError(
                    "by must name a column to count separately by. Found: 'geometry'. Choose a "
                    "column such as category."
                )
            check_columns(self.files, {str(self.by): by}, what="incidents")
        return CountJob(
            cells,
            rows,
            self.times,
            self.freq,
            self.dated,
            self.range.first,
            self.range.last,
            by,
            computed,
            self.batch_rows,
        )


def _count(
    job: CountJob, files: list[SourceFile], *, checkpoint: Any, client: Any, progress: Any
) -> Summary:
    """Return what is counted in all files, here or on a cluster."""
    parts = split(files)
    folder = None if checkpoint is None else Path(checkpoint)
    if folder is not None:
        make_folder(folder, what="checkpoint")
    name = job.fingerprint() if folder is not None else ""
    work = partial(_count_part, folder=folder, name=name)
    rows = sum(part.rows for part in parts)
    done = 0

    def tell(part: Part) -> None:
        nonlocal done
        done += part.rows
        if progress is not None:
            progress(done, rows)

    if client is not None:
        with cluster.connect(client) as connected:
            return cluster.total(connected, job, work, parts, tell=tell)
    counter = job.counter()
    for part in parts:
        if folder is None:
            job.count_into(counter, part)
        else:
            counter.add(work(job, part))
        tell(part)
    return counter.summary()


def _count_part(job: CountJob, part: Part, *, folder: Path | None, name: str) -> Summary:
    """Return what is counted in a part, now or in an earlier run."""
    if folder is None:
        return job.count(part)
    summary = load_summary(folder, name, part)
    if summary is None:
        summary = job.count(part)
        save_summary(folder, name, part, summary)
    return summary
