"""Batches of rows of a Parquet file as arrays: instants and groups.

No row becomes a Python object. Numbers are taken from Arrow's buffers as they are, and
text by the codes under which the file keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, OptionError, ReadError
from gridgov.scale.files import SourceFile, check_columns, plain_type

__all__ = ["Times", "ahead", "find_times", "missing_in", "read_batches", "read_groups"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Where the times stand.

    Attributes
    ----------
    name
        Name in the files, None when there are none.
    zone
        Time zone of the calendar.
    local
        Whether the files hold the local time of that zone.
    """

    name: str | None
    zone: Any
    local: bool = False

    def read(self, batch: Any) -> tuple[Ints, NDArray[np.bool_] | None]:
        """Return µs since 1970 UTC and where there is no time, None if there always is one."""
        column = batch.column(self.name)
        missing = missing_in(column)
        unit = column.type.unit
        instants = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        if unit != "us" or self.local:
            index = pd.DatetimeIndex(instants.view(f"datetime64[{unit}]"))
            if self.local:
                index = index.tz_localize(
                    self.zone, ambiguous=np.ones(len(index), bool), nonexistent="shift_forward"
                )
            instants = index.as_unit("us").asi8
        return instants, missing


def find_times(
    files: Sequence[SourceFile],
    columns: Mapping[str, str],
    *,
    times: str,
    timezone: str | None,
    needed: bool,
) -> Times:
    """Return where the files hold their times.

    Parameters
    ----------
    files
        The files.
    columns
        Our name to theirs, as far as they differ.
    times
        Our name of the column.
    timezone
        Zone of the calendar; None for that of the column.
    needed
        Whether nothing can be done without.

    Raises
    ------
    ColumnsError
        If the column is needed and not there, holds no times, or has no zone.
    OptionError
        If `timezone` is no time zone.
    ReadError
        If the files have different types.
    """
    zone: Any = None
    if timezone is not None:
        try:
            zone = pd.DatetimeTZDtype("us", timezone).tz
        except (TypeError, KeyError, ValueError, OSError) as error:
            raise OptionError(
                "timezone must be a time zone such as 'Asia/Shanghai', or None for that of the "
                f"column. Found: {timezone!r}."
            ) from error
    name = columns.get(times, times)
    if not needed and name not in files[0].schema.names:
        return Times(None, "UTC" if zone is None else zone)
    check_columns(files, {times: name}, what="incidents")
    kind = plain_type(files[0].schema.field(name).type)
    if not pa.types.is_timestamp(kind) or (kind.tz is None and zone is None):
        if not needed:
            return Times(None, "UTC" if zone is None else zone)
        raise ColumnsError(
            f"{name} must hold times with a zone. Found: {kind} in {files[0].path}. Write it with "
            "a zone, or say in which zone the clock stood: timezone='Asia/Shanghai'."
        )
    if kind.tz is not None and zone is None:
        zone = pa.array([], type=kind).to_pandas().dtype.tz
    return Times(name, zone, local=kind.tz is None)


def read_batches(
    path: Path,
    columns: Sequence[str],
    *,
    rows: int,
    groups: Sequence[int] | None = None,
    text: Sequence[str] = (),
) -> Iterator[Any]:
    """Yield the rows of a file in batches of about so many.

    Parameters
    ----------
    path
        The file.
    columns
        Names of the columns to read; no other is touched.
    rows
        Rows of a batch.
    groups
        Row groups, all when None.
    text
        Columns of text to keep as codes.

    Raises
    ------
    ReadError
        If the file cannot be read; it is named.
    """
    waiting: list[Any] = []
    number = 0
    try:
        # Whole columns of a row group are not held: the largest part of the memory
        # would be what lies there encoded.
        with pq.ParquetFile(path, read_dictionary=list(text), pre_buffer=False) as file:
            for batch in file.iter_batches(
                batch_size=rows,
                row_groups=None if groups is None else list(groups),
                columns=list(columns),
            ):
                # Small row groups come as small batches.
                waiting.append(batch)
                number += batch.num_rows
                if number >= rows // 2:
                    yield _joined(waiting)
                    waiting, number = [], 0
            if waiting:
                yield _joined(waiting)
    except (pa.ArrowException, OSError) as error:
        raise ReadError(
            f"A Parquet file must be readable to its end. Found: {path} is not: {error}. "
            "Take it out, or write it again."
        ) from error


def ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield what an iterator yields, the next one always being fetched by another thread."""
    reader = ThreadPoolExecutor(1)
    try:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch
    finally:
        # Not waited for: after an error the garbage collector ends this generator, in
        # whichever thread it runs, and even while a thread starts. Joining there would
        # wait for a lock that the same thread holds.
        reader.shutdown(wait=False, cancel_futures=True)


def read_groups(column: Any) -> tuple[NDArray[np.int64], list[str | None]]:
    """Return the code of every row and the texts of the codes, None for a missing value."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    values = column.dictionary.to_pylist()
    texts = [None if value is None or value != value else str(value) for value in values]
    codes = column.indices.cast(pa.int64())
    if codes.null_count:
        codes = codes.fill_null(len(texts))
        texts.append(None)
    return codes.to_numpy(zero_copy_only=False), texts


def _joined(batches: list[Any]) -> Any:
    """Return batches as one."""
    if len(batches) == 1:
        return batches[0]
    # Batches of several row groups have dictionaries of their own.
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    return table.to_batches()[0] if table.num_rows else batches[0]


def missing_in(column: Any) -> NDArray[np.bool_] | None:
    """Return where a column says nothing, None if nowhere."""
    if not column.null_count:
        return None
    return np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)
