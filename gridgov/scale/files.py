"""The Parquet files of a folder: which there are, what their columns hold, how they divide.

Everything that can be wrong with a file is found from the footers, before the first row
is read: a folder of a thousand files should not stop after hours at the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gridgov.errors import ColumnsError, EmptyTableError, ReadError

__all__ = ["Part", "SourceFile", "check_columns", "find_files", "plain_type", "split"]

# Rows that one task of a cluster takes: some seconds of work, little to lose.
_ROWS_A_PART = 4_000_000


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Parquet file as its footer describes it.

    Attributes
    ----------
    path
        Where it is.
    name
        Its path inside the folder, with forward slashes.
    size, changed
        Bytes, and nanoseconds since 1970 at which it was last written.
    rows
        The rows of every row group.
    schema
        Its columns.
    """

    path: Path
    name: str
    size: int
    changed: int
    rows: tuple[int, ...]
    schema: pa.Schema


@dataclass(frozen=True, slots=True)
class Part:
    """Some row groups of one file, the piece of work that one task takes.

    Attributes
    ----------
    path, name
        The file, and its path inside the folder.
    size, changed
        Bytes and time of the last writing, by which a result is known to be of this file.
    groups
        Its row groups.
    rows
        How many rows they have together.
    """

    path: Path
    name: str
    size: int
    changed: int
    groups: tuple[int, ...]
    rows: int


def find_files(source: Any) -> list[SourceFile]:
    """Return the Parquet files of a folder, or the one file, in the order of their names.

    Parameters
    ----------
    source
        Folder or file. Files and folders whose names begin with a dot or an underscore are
        left out, as every engine that writes Parquet uses them for its own notes.

    Returns
    -------
    list of SourceFile
        At least one.

    Raises
    ------
    ReadError
        If there is no such folder or file, or a file is no Parquet; every one is listed.
    EmptyTableError
        If the folder has no Parquet file.
    """
    root = Path(source)
    if root.is_dir():
        paths = [
            path
            for path in sorted(root.rglob("*.parquet"))
            if path.is_file() and not any(part[0] in "._" for part in path.relative_to(root).parts)
        ]
    elif root.is_file():
        root, paths = root.parent, [root]
    else:
        raise ReadError(
            f"source must be a folder of Parquet files or one such file. Found: nothing at {root}."
        )
    if not paths:
        raise EmptyTableError(
            f"A folder of incidents must hold a file *.parquet. Found: none in {root} and below "
            "it; files and folders whose names begin with . or _ do not count."
        )
    files, problems = [], []
    for path in paths:
        try:
            footer = pq.read_metadata(path)
            schema = footer.schema.to_arrow_schema()
        except (pa.ArrowException, OSError) as error:
            problems.append({"file": str(path), "problem": str(error)})
            continue
        state = path.stat()
        rows = tuple(footer.row_group(number).num_rows for number in range(footer.num_row_groups))
        name = path.relative_to(root).as_posix()
        files.append(SourceFile(path, name, state.st_size, state.st_mtime_ns, rows, schema))
    if problems:
        raise ReadError(
            f"Every *.parquet must be a Parquet file. Found: {len(problems):,} of {len(paths):,} "
            f"that cannot be read, the first {problems[0]['file']}: {problems[0]['problem']}. "
            "Take it out, or write it again.",
            problems=problems,
        )
    return files


def check_columns(files: Sequence[SourceFile], names: Mapping[str, str], *, what: str) -> None:
    """Check that every file has the columns that are needed, each of one type throughout.

    Parameters
    ----------
    files
        The files.
    names
        Our name to the name in the files, of every column that is needed.
    what
        What the files hold, for the message.

    Raises
    ------
    ColumnsError
        If a file lacks a column; every file and column is listed.
    ReadError
        If a column has other types in other files.
    """
    missing = [
        {"file": str(file.path), "column": name, "problem": "missing"}
        for file in files
        for name in names.values()
        if name not in file.schema.names
    ]
    if missing:
        first = missing[0]
        lacking = sorted({str(problem["column"]) for problem in missing})
        found = ", ".join(next(f for f in files if str(f.path) == first["file"]).schema.names)
        ours = next(our for our, their in names.items() if their == first["column"])
        raise ColumnsError(
            f"Every file of {what} must have the column{'s' if len(lacking) > 1 else ''} "
            f"{', '.join(lacking)}. Found: {len({problem['file'] for problem in missing}):,} of "
            f"{len(files):,} files without, the first {first['file']} with the columns {found}. "
            f'Name the right one: columns={{"{ours}": "..."}}.',
            problems=missing,
        )
    for name in names.values():
        expected = plain_type(files[0].schema.field(name).type)
        for file in files:
            kind = plain_type(file.schema.field(name).type)
            if kind != expected:
                raise ReadError(
                    f"A column must have one type in all files of {what}. Found: {name} is "
                    f"{expected} in {files[0].path} and {kind} in {file.path}. Write one of them "
                    "again with the other's type, or take the folders apart.",
                    problems=[
                        {"file": str(files[0].path), "column": name, "problem": str(expected)},
                        {"file": str(file.path), "column": name, "problem": str(kind)},
                    ],
                )


def plain_type(kind: Any) -> Any:
    """Return a type without what makes no difference to its values."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.binary()
    return kind


def split(files: Sequence[SourceFile]) -> list[Part]:
    """Return the parts of all files: neighboring row groups up to some million rows."""
    parts = []
    for file in files:
        groups: list[int] = []
        rows = 0
        for number, count in enumerate(file.rows):
            if groups and rows + count > _ROWS_A_PART:
                parts.append(_part(file, groups, rows))
                groups, rows = [], 0
            groups.append(number)
            rows += count
        parts.append(_part(file, groups, rows))
    return parts


def _part(file: SourceFile, groups: list[int], rows: int) -> Part:
    """Return a part of a file."""
    return Part(file.path, file.name, file.size, file.changed, tuple(groups), rows)
