"""What office files have in common: packages that are optional, pictures, whole files, fonts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from importlib import import_module
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib
from matplotlib.figure import Figure

from gridgov.errors import ExtraMissingError, OutputError

__all__ = [
    "EAST_ASIAN",
    "LATIN",
    "office_package",
    "picture",
    "picture_size",
    "same_bytes",
    "whole_file",
]

LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
"""Fonts that office machines have; where they are absent, a program takes its own for them."""

_DPI = 220
_PICTURES: WeakKeyDictionary[Figure, bytes] = WeakKeyDictionary()
_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
# The day on which a ZIP archive's clock begins.
_NEVER = (1980, 1, 1, 0, 0, 0)


def office_package(name: str) -> Any:
    """Return an optional package.

    Parameters
    ----------
    name
        ``"docx"`` or ``"pptx"``.

    Raises
    ------
    ExtraMissingError
        If it is not installed; the message names the extra.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise ExtraMissingError(
            f"Word and PowerPoint files need the package python-{name}. Found: none. "
            'Install it: pip install "gridgov[office]".'
        ) from error


def picture(figure: Figure) -> bytes:
    """Return a figure as PNG, fine enough for print; the same bytes for the same figure.

    Four formats show the same figure: it is drawn once, and kept for as long as it lives.
    """
    kept = _PICTURES.get(figure)
    if kept is None:
        drawn = BytesIO()
        with matplotlib.rc_context({"savefig.bbox": "standard", "savefig.pad_inches": 0.0}):
            figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
        kept = _PICTURES[figure] = drawn.getvalue()
    return kept


def picture_size(figure: Figure) -> tuple[float, float]:
    """Return width and height of a figure, inches."""
    width, height = figure.get_size_inches()
    return float(width), float(height)


def same_bytes(content: bytes) -> bytes:
    """Return an office file without the clock: the same parts, the same bytes."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as before,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            told = zipfile.ZipInfo(entry.filename, _NEVER)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = entry.external_attr
            part = before.read(entry.filename)
            if entry.filename.endswith(".xlsx"):
                # The numbers behind a chart are a workbook that dates itself.
                part = same_bytes(_undated(part))
            after.writestr(told, part)
    return result.getvalue()


def _undated(workbook: bytes) -> bytes:
    """Return a workbook whose properties hold no moment of the clock."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook)) as before,
        zipfile.ZipFile(result, "w") as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = _MOMENT.sub(b"2000-01-01T00:00:00Z", part)
            after.writestr(name, part)
    return result.getvalue()


def whole_file(path: str | Path, make: Callable[[], bytes]) -> Path:
    """Write a file beside its place and move it there in one step.

    Parameters
    ----------
    path
        The file.
    make
        Makes what it holds.

    Raises
    ------
    OutputError
        If the folder does not exist or the file cannot be written. Nothing half written is
        left behind.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise OutputError(
            f"The folder of a file to write must exist. Not there: {target.parent}. "
            f"Make it first: Path({str(target.parent)!r}).mkdir(parents=True)."
        )
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file in it.")
    content = make()
    beside = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(
            f"The file could not be written. {target}: {error.strerror or error}. Close it where "
            "it is open, or choose another folder."
        ) from error
    return target
