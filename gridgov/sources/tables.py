"""Opening a table of records, whatever it lies in: the one door for files and DataFrames.

A table comes back as it is: text stays text, nothing is renamed, filtered or moved. What
its columns mean is decided by the readers of incidents and jurisdictions.
"""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from glob import escape
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyproj
import shapely.errors

from gridgov.errors import ColumnsError, EmptyTableError, ReadError
from gridgov.sources.delimited import read_delimited
from gridgov.sources.delimited_pieces import read_in_pieces
from gridgov.sources.encoding import dbf_encoding, decode
from gridgov.sources.text_pieces import ByteStream
from gridgov.sources.workbook import read_sheet
from gridgov.sources.written_pieces import PlainNames

__all__ = ["SUFFIXES", "RawTable", "read_table"]

_TEXT = (".csv", ".txt", ".tsv")
_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_JSON = (".geojson", ".json")
_VECTOR = (".gpkg", ".shp", ".fgb")
_PARQUET = (".parquet", ".geoparquet")
SUFFIXES = (*_TEXT, *_EXCEL, *_JSON, *_VECTOR, *_PARQUET)
"""The endings that :func:`read_table` knows; each may also lie in a .zip, and the text
ones in a .gz."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as it was read.

    Attributes
    ----------
    frame
        DataFrame, or GeoDataFrame when the source has geometries; rows numbered from 0.
    crs
        What the source says its coordinates are in; None when it says nothing.
    name
        The file's name, or ``"DataFrame"``.
    encoding
        The encoding of a text file; None for others.
    remarks
        What the reading library warned of, as it said it.
    titles
        Rows above the header of a text file or sheet, which were left out.
    """

    frame: pd.DataFrame
    crs: pyproj.CRS | None
    name: str
    encoding: str | None = None
    remarks: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


def read_table(
    source: Any,
    *,
    encoding: str | None = None,
    layer: str | int | None = None,
    plain: PlainNames | None = None,
) -> RawTable:
    """Read a table from a file, or take it from a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV (``.csv .txt .tsv``, delimiter ``, ; tab |`` detected), Excel
        (``.xlsx .xls`` ...), GeoJSON, GeoPackage, Shapefile, FlatGeobuf or (Geo)Parquet
        file; CSV and GeoJSON also as ``.gz``, all also alone in a ``.zip``. Or a
        DataFrame or GeoDataFrame, which is copied and not changed.
    encoding
        Encoding of a text file or Shapefile; detected when None.
    layer
        Sheet of a workbook or layer of a GeoPackage, by name or number from 0; may be
        left out when there is only one with data.
    plain
        Takes the column names of a text file, and returns those of which only times or
        numbers are wanted: in a large file they may come without text in memory, as
        :class:`gridgov.sources.written_text.WrittenArray`.

    Returns
    -------
    RawTable
        The table, its CRS, name and encoding. Columns of a text file are all text.

    Raises
    ------
    ReadError
        If the file is missing, a folder, of an unknown kind, or cannot be read; if a
        column name occurs twice or a row has another length than the header.
    ColumnsError
        If a DataFrame has a column name twice.
    EmptyTableError
        If there is not a single row.
    OptionError
        If `encoding` is not an encoding.

    Examples
    --------
    >>> import pandas as pd
    >>> read_table(pd.DataFrame({"code": ["007"]})).name
    'DataFrame'
    """
    if isinstance(source, pd.DataFrame):
        table = _from_frame(source)
    elif isinstance(source, (str, Path)):
        table = _from_file(_existing(Path(source)), encoding=encoding, layer=layer, plain=plain)
    else:
        raise ReadError(
            "A source must be a path or a DataFrame. "
            f"Found: {type(source).__name__}. Pass str, pathlib.Path or a DataFrame."
        )
    if len(table.frame) == 0:
        raise EmptyTableError(
            f"{table.name} must have at least one row below its header. Found: none. "
            f"Its columns: {', '.join(map(str, table.frame.columns)) or 'none'}."
        )
    return table


def _from_frame(source: pd.DataFrame) -> RawTable:
    """Return a copy of a DataFrame whose rows are numbered and whose columns are text."""
    frame = source.copy()
    # An index with a name holds values that somebody chose to keep there.
    keep = [level for level in frame.index.names if level is not None]
    frame = frame.reset_index(drop=not keep)
    names = [str(column) for column in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ColumnsError(
            f"Column names of a DataFrame must differ. Found twice: {', '.join(twice)}. "
            "Rename or drop one of each."
        )
    if names != list(frame.columns):
        frame.columns = pd.Index(names)
    frame.attrs = {}
    if isinstance(frame, gpd.GeoDataFrame):
        return RawTable(frame, frame.crs if frame.active_geometry_name else None, "DataFrame")
    return RawTable(frame, None, "DataFrame")


def _existing(path: Path) -> Path:
    """Return the path if there is a file to read."""
    path = path.expanduser()
    if path.is_dir():
        inside = sorted(child.name for child in path.iterdir() if not child.is_dir())[:8]
        raise ReadError(
            f"A source must be a file. Found: {path} is a folder, "
            f"with {', '.join(inside) or 'no files'}. Name the file in it."
        )
    if path.is_file():
        return path
    beside = []
    if path.parent.is_dir():
        beside = [child.name for child in path.parent.iterdir() if child.is_file()]
    near = get_close_matches(path.name, beside, n=3, cutoff=0.5)
    if near:
        hint = f"Did you mean {' or '.join(near)}?"
    elif beside:
        hint = f"In that folder: {', '.join(sorted(beside)[:8])}."
    else:
        hint = "Check the folder: it has no files or does not exist."
    raise ReadError(f"There is no file {path}. {hint}")


def _from_file(
    path: Path, *, encoding: str | None, layer: str | int | None, plain: PlainNames | None
) -> RawTable:
    """Return the table in a file, by the file's ending."""
    name = path.name
    suffix = path.suffix.lower()
    try:
        if suffix == ".shp":
            return _vector(path, name, encoding or _shapefile_encoding(path), layer)
        if suffix in _VECTOR:
            return _vector(path, name, encoding, layer)
        if suffix == ".zip":
            return _from_zip(path, encoding, layer, plain)
        if suffix == ".gz":
            suffix = Path(path.stem).suffix.lower()
            if suffix not in (*_TEXT, *_JSON):
                raise _unknown_kind(name)
            if suffix in _TEXT:
                with gzip.open(path) as stream:
                    table = _in_pieces(stream, name, encoding, path.stat().st_size, plain)
                if table is not None:
                    return table
            return _from_bytes(gzip.decompress(path.read_bytes()), suffix, name, encoding, layer)
        if suffix not in SUFFIXES:
            raise _unknown_kind(name)
        if suffix in _TEXT:
            with path.open("rb", buffering=0) as stream:
                table = _in_pieces(stream, name, encoding, path.stat().st_size, plain)
            if table is not None:
                return table
        if suffix in _PARQUET:
            with path.open("rb") as file:
                return _parquet(file, name)
        return _from_bytes(path.read_bytes(), suffix, name, encoding, layer)
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise ReadError(
            f"{name} must be a whole archive. Found: {error}. Copy or download it again."
        ) from error
    except OSError as error:
        raise ReadError(
            f"{name} cannot be read. Found: {error}. Close it elsewhere or check its permissions."
        ) from error


def _in_pieces(
    stream: ByteStream, name: str, encoding: str | None, size: int, plain: PlainNames | None
) -> RawTable | None:
    """Return the table in a large text file, None where it has to be read as a whole."""
    found = read_in_pieces(stream, name=name, encoding=encoding, size=size, plain=plain)
    if found is None:
        return None
    frame, titles, used = found
    return RawTable(frame, None, name, used, titles=titles)


def _from_bytes(
    data: bytes, suffix: str, name: str, encoding: str | None, layer: str | int | None
) -> RawTable:
    """Return the table in the bytes of a file."""
    if suffix in _TEXT:
        text, used = decode(data, name=name, encoding=encoding)
        frame, titles = read_delimited(text, name=name, data=data if used == "utf-8" else None)
        return RawTable(frame, None, name, used, titles=titles)
    if suffix in _EXCEL:
        frame, titles = read_sheet(data, name=name, layer=layer)
        return RawTable(frame, None, name, titles=titles)
    if suffix in _PARQUET:
        return _parquet(io.BytesIO(data), name)
    # GDAL reads GeoJSON as UTF-8 and turns anything else into wrong characters.
    text, used = decode(data, name=name, encoding=encoding)
    table = _vector(io.BytesIO(text.encode("utf-8")), name, None, layer)
    return RawTable(table.frame, table.crs, name, used, table.remarks)


def _from_zip(
    path: Path, encoding: str | None, layer: str | int | None, plain: PlainNames | None
) -> RawTable:
    """Return the only table in an archive."""
    with zipfile.ZipFile(path) as archive:
        members = [
            member
            for member in archive.namelist()
            if PurePosixPath(member).suffix.lower() in SUFFIXES
            and not PurePosixPath(member).name.startswith(".")
            and "__MACOSX" not in member
        ]
        if len(members) != 1:
            raise ReadError(
                f"{path.name} must hold one table. Found: {', '.join(members) or 'none'}. "
                "Unpack it and name the file."
            )
        suffix = PurePosixPath(members[0]).suffix.lower()
        if suffix == ".shp" and encoding is None:
            beside = {member.lower(): member for member in archive.namelist()}
            stem = members[0].lower().removesuffix(".shp")
            if f"{stem}.cpg" not in beside and f"{stem}.dbf" in beside:
                encoding = dbf_encoding(archive.read(beside[f"{stem}.dbf"]))
        if suffix in _VECTOR:
            return _vector(f"/vsizip/{path}/{members[0]}", path.name, encoding, layer)
        if suffix in _TEXT:
            with archive.open(members[0]) as stream:
                size = archive.getinfo(members[0]).file_size
                table = _in_pieces(cast(ByteStream, stream), path.name, encoding, size, plain)
            if table is not None:
                return table
        return _from_bytes(archive.read(members[0]), suffix, path.name, encoding, layer)


def _shapefile_encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile's text where nothing says it, once its parts are there."""
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{escape(path.stem)}.*")}
    missing = [part for part in (".shx", ".dbf") if part not in beside]
    if missing:
        raise ReadError(
            f"A Shapefile is several files of one name, and {path.name} needs .shx and .dbf "
            f"beside it. Found no {' and no '.join(missing)}. Copy all files of that name."
        )
    return None if ".cpg" in beside else dbf_encoding(beside[".dbf"].read_bytes())


def _vector(source: Any, name: str, encoding: str | None, layer: str | int | None) -> RawTable:
    """Return the table that GDAL reads, with what it warned of."""
    # GDAL and Parquet take long to load, and most tables are text.
    import pyogrio

    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            layers = [str(known) for known, _ in pyogrio.list_layers(source)]
            if layer is None and len(layers) > 1:
                raise ReadError(
                    f"{name} has several layers, and one must be chosen. "
                    f'Found: {", ".join(layers)}. Pass layer="{layers[0]}".'
                )
            if isinstance(layer, str) and layer not in layers:
                raise ReadError(
                    f"{name} has no layer {layer!r}. Found: {', '.join(layers)}. "
                    "Pass one as layer=."
                )
            if hasattr(source, "seek"):
                source.seek(0)
            # A ring left open is closed, and GDAL's remark says so.
            frame = pyogrio.read_dataframe(source, layer=layer, encoding=encoding, on_invalid="fix")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FieldError,
        shapely.errors.ShapelyError,
        UnicodeDecodeError,
    ) as error:
        raise ReadError(
            f"{name} must be a readable {Path(name).suffix} file. Found: {error}. "
            "Open it in a GIS and save it again."
        ) from error
    remarks = tuple(dict.fromkeys(str(one.message) for one in caught))
    geographic = isinstance(frame, gpd.GeoDataFrame)
    return RawTable(frame, frame.crs if geographic else None, name, encoding, remarks)


def _parquet(file: BinaryIO, name: str) -> RawTable:
    """Return a Parquet table, with geometries when it says that it has them."""
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(file)
        file.seek(0)
        if b"geo" in (schema.metadata or {}):
            frame = gpd.read_parquet(file)
        else:
            frame = pd.read_parquet(file)
    except (pa.ArrowException, ValueError, TypeError, KeyError) as error:
        raise ReadError(
            f"{name} must be a Parquet file. Found: {error}. Write it again."
        ) from error
    table = _from_frame(frame)
    return RawTable(table.frame, table.crs, name)


def _unknown_kind(name: str) -> ReadError:
    """Return the error for an ending that is not known."""
    return ReadError(
        f"{name} is of a kind that cannot be read. "
        f"Known endings: {', '.join(SUFFIXES)}; .gz of text, .zip of one table. "
        "Save it as one of them."
    )
