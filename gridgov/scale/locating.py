"""Cells and streets for a folder of Parquet files, one file of answers for each.

A file of answers has its name only when it is whole, and a ledger beside the answers
lists what is finished: a run that was stopped at any moment goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gridgov.checks import check_resolution, check_whole, conform
from gridgov.columns import TABLES
from gridgov.errors import OutputError
from gridgov.geo.hexgrid import cells_to_text
from gridgov.place.area_index import MATCHES, index_areas
from gridgov.scale import cluster
from gridgov.scale.batches import ahead, read_batches
from gridgov.scale.checkpoints import Ledger, make_folder, whole_file
from gridgov.scale.count_job import index_bytes
from gridgov.scale.files import SourceFile, check_columns, find_files
from gridgov.scale.places import find_places
from gridgov.scale.row_places import FromPoints

__all__ = ["POINTS", "LocateJob", "locate_folder"]

Progress = Callable[[int, int], None]
Cells = NDArray[np.uint64]

POINTS = "geometry"

_NEW = ("cell", "street_id", "match")


@dataclass(frozen=True, slots=True)
class LocateJob:
    """All that is needed to locate a file.

    Attributes
    ----------
    rows
        How a row's cell, match and owner are found.
    carried
        Name in the files, and ours, of every column that travels along.
    out
        Folder of the answers.
    batch_rows
        Rows read at once.
    """

    rows: FromPoints
    carried: tuple[tuple[str, str], ...]
    out: Path
    batch_rows: int

    def fingerprint(self) -> str:
        """Return a text that is the same for jobs with the same answers."""
        places = self.rows.places
        sum_ = hashlib.sha256(index_bytes(self.rows.index))
        about = (places.names, str(places.datum), self.rows.resolution, self.carried)
        sum_.update(repr(about).encode())
        return sum_.hexdigest()

    def locate(self, file: SourceFile) -> dict[str, Any]:
        """Write the answers of a file and return the line of the ledger.

        Raises
        ------
        ReadError
            If the file cannot be read.
        GeometryError
            If something is no point.
        OutputError
            If the answers cannot be written.
        """
        path = self.out / file.name
        matches = np.zeros(len(MATCHES), dtype=np.int64)
        with whole_file(path) as beside:
            self._write(file, beside, matches)
        return {
            "file": file.name,
            "size": file.size,
            "changed": file.changed,
            "rows": int(matches.sum()),
            "written": path.stat().st_size,
            **dict(zip(MATCHES, matches.tolist(), strict=True)),
        }

    def _write(self, file: SourceFile, beside: Path, matches: NDArray[np.int64]) -> None:
        """Write the answers of a file and count its matches."""
        theirs = [name for name, _ in self.carried]
        text = pa.dictionary(pa.int32(), pa.string())
        kept = [file.schema.field(their).with_name(our) for their, our in self.carried]
        new = [pa.field(name, text) for name in _NEW]
        schema = pa.schema([*kept, *new], metadata=_geo(file.schema, self.carried))
        streets = pa.array([str(one) for one in self.rows.index.street_ids], pa.string())
        needed = dict.fromkeys([*self.rows.columns, *theirs])
        batches = read_batches(file.path, list(needed), rows=self.batch_rows)
        # Coordinates and times hardly repeat: codes for them would be work for nothing.
        coded = [
            field.name
            for field in schema
            if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type)
        ]
        with pq.ParquetWriter(beside, schema, use_dictionary=coded) as writer:
            for batch in ahead(batches):
                cells, match, owner = self.rows.read(batch, file.name)
                matches += np.bincount(match, minlength=len(MATCHES))
                columns = [
                    *(_as(batch.column(their), kept[at].type) for at, their in enumerate(theirs)),
                    _cell_column(cells),
                    pa.DictionaryArray.from_arrays(
                        pa.array(owner, pa.int32(), mask=np.asarray(owner < 0)), streets
                    ),
                    pa.DictionaryArray.from_arrays(
                        pa.array(match, pa.int32()), pa.array(MATCHES, pa.string())
                    ),
                ]
                writer.write_batch(pa.record_batch(columns, schema=schema))


def locate_folder(
    source: Any,
    jurisdictions: Any,
    *,
    resolution: int,
    out: Any,
    keep: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    datum: Any = None,
    client: Any = None,
    batch_rows: int = 1_000_000,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Find cell and street of every incident in a folder of Parquet files.

    Parameters
    ----------
    source
        Folder of Parquet files, at any depth, or one file, with coordinates as for
        :func:`gridgov.scale.count_folder`.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``, or what
        :func:`gridgov.index_areas` makes of one.
    resolution
        H3 resolution, 0 to 15.
    out
        Folder for the answers: a file of the same name for every file. It is new, empty,
        or one that an earlier run with the same options began: what is finished there and
        has not changed since is not done again.
    keep
        Own columns to copy to the answers. The coordinates and the documented columns of
        incidents (``incident_id``, ``reported_at``, ``category`` ...) are copied anyhow.
    columns
        Our name to the name in the files, such as ``{"longitude": "lon"}``; the answers have
        our names.
    datum
        Datum or CRS of the coordinates, such as ``"gcj02"``; None for what GeoParquet states,
        or else WGS-84. Coordinates are copied as they are.
    client
        A ``distributed.Client`` or the address of its scheduler, to locate on a cluster whose
        workers see both folders; None for this machine alone.
    batch_rows
        Rows read at once; memory grows with it, answers do not depend on it.
    progress
        Called with the number of rows that are done and of all rows.

    Returns
    -------
    DataFrame, one row a file, in the order of the names
        - ``file``: its path inside the folder.
        - ``rows``: how many.
        - ``inside``, ``border``, ``overlap``, ``outside``, ``no_point``: rows by match; they add
          up to the rows.
        - ``again``: whether it was finished before and was not done again.

        The files of answers hold the columns named above and, as text, ``cell`` (15
        hexadecimal digits, missing without a cell), ``street_id`` (missing without an owner)
        and ``match``: row by row what :func:`gridgov.locate` answers.

    Raises
    ------
    ColumnsError
        If a column is missing or of the wrong kind; every file is listed.
    DatumError
        If a datum is unknown or the jurisdictions are not in EPSG:4326.
    EmptyTableError
        If there is no file or no jurisdiction.
    ExtraMissingError
        If there is a `client` and Dask is not installed.
    GeometryError
        If an incident is no point or an outline no valid polygon.
    OptionError
        If an option has no such value.
    OutputError
        If `out` holds something else or cannot be written.
    ReadError
        If a file cannot be read or has other types than the first; it is named.

    Notes
    -----
    Rows are taken as they are: nothing is set aside as :func:`gridgov.read_incidents`
    does. A point out of range has no cell; its match is what the polygons say.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, tempfile
    >>> from pathlib import Path
    >>> from shapely import box
    >>> import gridgov as gg
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, crs="EPSG:4326",
    ...                            geometry=[box(116.2, 39.9, 116.21, 39.91)])
    >>> table = pd.DataFrame({"longitude": [116.205, 117.0], "latitude": [39.905, 39.905]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table.to_parquet(Path(folder) / "a.parquet")
    ...     out = Path(folder) / "located"
    ...     report = gg.scale.locate_folder(
    ...         Path(folder) / "a.parquet", streets, resolution=8, out=out
    ...     )
    ...     answers = pd.read_parquet(out / "a.parquet")
    >>> report[["file", "rows", "inside", "outside"]].values.tolist()
    [['a.parquet', 2, 1, 1]]
    >>> answers["cell"].tolist(), answers["match"].tolist()
    (['8831aa5ae5fffff', '8831aa2aedfffff'], ['inside', 'outside'])
    """
    resolution = check_resolution(resolution)
    batch_rows = check_whole(
        batch_rows, option="batch_rows", least=1, meaning="how many rows are read at once"
    )
    names = dict(columns or {})
    files = find_files(source)
    places = find_places(files, names, datum=datum)
    carried = _carried(files, names, places.names, [str(name) for name in keep])
    number = sum(sum(file.rows) for file in files)
    rows = FromPoints(places, index_areas(jurisdictions, points=number), resolution)
    folder = Path(out).resolve()
    _check_apart(files, folder)
    job = LocateJob(rows, carried, folder, batch_rows)
    make_folder(folder, what="out")
    ledger = Ledger(folder, job.fingerprint())
    done = dict(_still_good(ledger.open(), files, folder))
    told = 0

    def tell(record: dict[str, Any]) -> None:
        nonlocal told
        told += record["rows"]
        if progress is not None:
            progress(told, number)

    for record in done.values():
        tell(record)
    todo = [file for file in files if file.name not in done]
    records = dict(done)
    for record in _locate_each(job, todo, client):
        ledger.add(record)
        records[record["file"]] = record
        tell(record)
    table = pd.DataFrame([records[file.name] for file in files])
    return conform(table.assign(again=[file.name in done for file in files]), "located_files")


def _locate_each(job: LocateJob, files: list[SourceFile], client: Any) -> Iterator[dict[str, Any]]:
    """Yield the line of the ledger of every file, as they finish."""
    if client is not None:
        with cluster.connect(client) as connected:
            yield from cluster.each(connected, job, LocateJob.locate, files)
    else:
        yield from map(job.locate, files)


def _carried(
    files: Sequence[SourceFile],
    names: Mapping[str, str],
    places: tuple[str, ...],
    keep: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    """Return the columns that travel along, as the files and as we call them."""
    there = set(files[0].schema.names)
    ours = ("longitude", "latitude") if len(places) == 2 else (POINTS,)
    wanted = dict(zip(ours, places, strict=True))
    for our in (*TABLES["incidents"].names, *keep):
        their = names.get(our, our)
        asked = our in (*keep, *names)
        if our not in wanted and our not in _NEW and (asked or (their in there and our != POINTS)):
            wanted[our] = their
    check_columns(files, wanted, what="incidents")
    return tuple((their, our) for our, their in wanted.items())


def _check_apart(files: Sequence[SourceFile], out: Path) -> None:
    """Refuse to write answers among the files they are made from."""
    for file in files:
        where = file.path.resolve()
        if where.is_relative_to(out):
            raise OutputError(
                "out must be a folder of its own, so that answers are not read as incidents. "
                f"Found: {where} lies in {out}. Choose another folder."
            )


def _still_good(
    done: Mapping[str, dict[str, Any]], files: Sequence[SourceFile], out: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is finished and as it was: the file and its answers."""
    known = {file.name: file for file in files}
    gone = sorted(name for name in done if name not in known and (out / name).exists())
    if gone:
        raise OutputError(
            "out must hold answers to the files of source alone, or they would be counted too. "
            f"Found: {len(gone):,} answers whose files are gone, the first {out / gone[0]}. "
            "Remove them, or choose another folder."
        )
    for name, record in done.items():
        file = known.get(name)
        if file is None or (record["size"], record["changed"]) != (file.size, file.changed):
            continue
        answer = out / name
        if answer.is_file() and answer.stat().st_size == record["written"]:
            yield name, record


def _cell_column(cells: Cells) -> Any:
    """Return cells as text, kept by code."""
    codes, found = pd.factorize(cells)
    none = np.flatnonzero(found == 0)
    texts = pa.array(cells_to_text(found[found != 0]), pa.string())
    if not none.size:
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), texts)
    # The texts stand without the one for no cell, so that later codes move up.
    nowhere = codes == none[0]
    codes = codes - (codes > none[0])
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=nowhere), texts)


def _geo(schema: Any, carried: Sequence[tuple[str, str]]) -> dict[bytes, bytes] | None:
    """Return what GeoParquet states about the column of points, under our name."""
    told = (schema.metadata or {}).get(b"geo")
    theirs = {our: their for their, our in carried}.get(POINTS)
    if told is None or theirs is None:
        return None
    try:
        about = json.loads(told)
        about["primary_column"] = POINTS
        about["columns"] = {POINTS: about["columns"][theirs]}
    except (ValueError, KeyError, TypeError):
        return None
    return {b"geo": json.dumps(about).encode()}


def _as(column: Any, kind: Any) -> Any:
    """Return a column in the type that the file states."""
    return column if column.type == kind else column.cast(kind)
