"""A folder that appears whole or not at all.

Files are written into a hidden folder beside the one asked for; only when all are there
does it take the name. A folder of that name is replaced when it is empty or holds only
what an earlier pack of the same kind wrote, which its marker, such as ``brief.json``,
lists: nobody's other files are ever removed.
Whatever goes wrong on the way, the folder asked for is as it was.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gridgov.errors import GridgovWarning, OutputError

__all__ = [
    "ASSESSMENT",
    "BRIEF",
    "BULLETINS",
    "COVERAGE",
    "HOTSPOTS",
    "MARKER",
    "Pack",
    "check_file",
    "check_out",
    "whole_folder",
]


@dataclass(frozen=True, slots=True)
class Pack:
    """A kind of folder that is written whole.

    Attributes
    ----------
    name
        What error messages call it.
    marker
        The file that lists, under ``files``, all that was written.
    """

    name: str
    marker: str


BRIEF = Pack("brief", "brief.json")
HOTSPOTS = Pack("hotspot pack", "hotspots.json")
COVERAGE = Pack("coverage pack", "coverage.json")
ASSESSMENT = Pack("assessment", "assess.json")
BULLETINS = Pack("folder of bulletins", "bulletins.json")

MARKER = BRIEF.marker


def check_out(out: Path, *, pack: Pack = BRIEF) -> None:
    """Check, before any work is done, that a pack may be written to `out`.

    Parameters
    ----------
    out
        The folder asked for.
    pack
        What is to be written.

    Raises
    ------
    OutputError
        If it is a file, holds something that no such pack wrote, or cannot be made.
    """
    try:
        _check(out, pack)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise _cannot(out, pack, error) from error


def check_file(out: Path) -> None:
    """Check, before any work is done, that a map may be written as one file.

    Parameters
    ----------
    out
        The file asked for.

    Raises
    ------
    OutputError
        If its folder is not there, or it is a folder.
    """
    if out.is_dir():
        raise OutputError(f"A map is one file. Found: the folder {out}. Name a file in it.")
    if not out.absolute().parent.is_dir():
        raise OutputError(
            f"The folder of a file to write must exist. Not there: {out.parent}. Make it first."
        )


@contextmanager
def whole_folder(out: Path, *, pack: Pack = BRIEF) -> Iterator[Path]:
    """Give a folder to write into; it becomes `out` when the block ends without an error.

    Parameters
    ----------
    out
        The folder asked for.
    pack
        What is written.

    Yields
    ------
    Path
        A new, empty folder on the same disk.

    Raises
    ------
    OutputError
        If the folder cannot be made, written into or put in its place.
    """
    check_out(out, pack=pack)
    out = out.absolute()
    home = _existing(out.parent)
    partial = home / f".{out.name}.{os.getpid()}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        yield partial
        _put_in_place(partial, out, pack)
    except OutputError:
        raise
    except OSError as error:
        raise _cannot(out, pack, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _cannot(out: Path, pack: Pack, error: OSError) -> OutputError:
    """Return the error for a disk that says no."""
    said = error.strerror or str(error)
    return OutputError(
        f"The {pack.name} must be written to {out}, and that failed. Found: {said}. Nothing was "
        "written there; choose another folder with --out (out=...), or free the disk."
    )


def _existing(folder: Path) -> Path:
    """Return the nearest folder upward that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _check(out: Path, pack: Pack) -> None:
    """Raise if `out` cannot be written or replaced."""
    home = _existing(out.absolute().parent)
    if not home.is_dir():
        raise OutputError(
            f"The {pack.name} must be written to a folder. Found: {home} is a file. Choose another "
            "folder with --out (out=...)."
        )
    if not os.access(home, os.W_OK):
        raise OutputError(
            f"The {pack.name} must be written to {out}. Found: no right to write in {home}. Choose "
            "another folder with --out (out=...)."
        )
    if not out.exists() and not out.is_symlink():
        return
    if out.is_symlink() or not out.is_dir():
        raise OutputError(
            f"The {pack.name} must be written to a folder. Found: {out} is a file or a link. "
            "Choose another folder with --out (out=...)."
        )
    foreign = _foreign(out, pack)
    if foreign:
        more = f" and {len(foreign) - 1:,} more" if len(foreign) > 1 else ""
        raise OutputError(
            f"A {pack.name} replaces only a folder that is empty or that a {pack.name} wrote. "
            f"Found in {out}: {foreign[0]}{more}. Choose another folder with --out "
            "(out=...), or move what is there."
        )


def _foreign(out: Path, pack: Pack) -> list[str]:
    """Return what lies in a folder that no such pack wrote."""
    found = sorted(
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if path.is_symlink() or not path.is_dir()
    )
    return sorted(set(found) - set(_written(out, pack)))


def _written(out: Path, pack: Pack) -> list[str]:
    """Return the files that a folder's own list says a pack wrote."""
    try:
        listed = json.loads((out / pack.marker).read_text(encoding="utf-8"))["files"]
        return [str(name) for name in listed]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _put_in_place(partial: Path, out: Path, pack: Pack) -> None:
    """Give the finished folder its name; the one that had it comes back if that fails."""
    _check(out, pack)
    out.parent.mkdir(parents=True, exist_ok=True)
    if not out.exists():
        partial.replace(out)
        return
    former = partial.with_suffix(".former")
    out.replace(former)
    try:
        partial.replace(out)
    except BaseException:
        # An interruption counts too: between the two moves the name stands for nothing.
        if not out.exists():
            former.replace(out)
        raise
    shutil.rmtree(former, ignore_errors=True)
    if former.exists():
        warnings.warn(
            GridgovWarning(
                f"The former {pack.name} must be removed once the new one is there. Found: no "
                f"right to do so. It lies in {former}; whoever wrote it may delete it.",
                zh=f"新的已写好，旧的应当删除，但没有权限。旧的在 {former}，可由写入者删除。",
            ),
            stacklevel=2,
        )
