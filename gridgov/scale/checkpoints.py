"""What is finished is written down, so that a run that was stopped goes on where it was.

A file has its name only when it is whole: it is written beside, then renamed, which no
machine does by halves. What was counted in a part is kept under a name that is made of
the job and of the part with the size and time of its file, so that nothing is taken for
the answer to another question.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from gridgov.errors import OutputError
from gridgov.scale.counting import Summary
from gridgov.scale.files import Part

__all__ = ["Ledger", "load_summary", "make_folder", "save_summary", "whole_file"]


def make_folder(folder: Path, *, what: str) -> None:
    """Make a folder unless it is there.

    Raises
    ------
    OutputError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{what} must be a folder that can be written. Found: {folder}: {error}. "
            "Choose another."
        ) from error


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; it becomes `path` when the block ends without an error.

    Raises
    ------
    OutputError
        If it cannot be written; what was at `path` is still there.
    """
    # Readers of folders of Parquet pass over names that begin with a dot.
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        # Errors of ours about what is read are OSErrors in part as well.
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"{path} must be writable. Found: {error}. Nothing half written is left; run again "
            "and it goes on here."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def save_summary(folder: Path, job: str, part: Part, summary: Summary) -> None:
    """Keep what was counted in a part.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    about = {
        "n_cells": summary.n_cells,
        "groups": summary.groups,
        "keys": summary.keys,
        "first": summary.first,
        "last": summary.last,
    }
    with whole_file(_path(folder, job, part)) as path, path.open("wb") as file:
        np.savez(
            file,
            about=np.array(json.dumps(about)),
            codes=summary.codes,
            counts=summary.counts,
            fates=summary.fates,
        )


def load_summary(folder: Path, job: str, part: Part) -> Summary | None:
    """Return what was counted in a part, None if it was not or cannot be read."""
    path = _path(folder, job, part)
    if not path.is_file():
        return None
    # Whatever is wrong with it, counting again is right.
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            return Summary(
                int(about["n_cells"]),
                tuple(about["groups"]),
                tuple((int(group), int(start)) for group, start in about["keys"]),
                kept["codes"],
                kept["counts"],
                kept["fates"],
                int(about["first"]),
                int(about["last"]),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        return None


class Ledger:
    """A list of finished files beside them, one JSON object a line.

    Parameters
    ----------
    folder
        Where the results lie.
    job
        What makes the results: a ledger of another job is refused.
    """

    NAME = "_gridgov.jsonl"

    def __init__(self, folder: Path, job: str) -> None:
        self._path = folder / self.NAME
        self._job = job
        self._done: dict[str, dict[str, Any]] = {}

    def open(self) -> dict[str, dict[str, Any]]:
        """Return what is finished, by the name of the file, and start the ledger if there is none.

        Raises
        ------
        OutputError
            If the folder holds results of another job, or Parquet files of nobody known.
        """
        folder = self._path.parent
        for left in sorted(folder.rglob(".*.partial")):
            # A run that was killed could not tidy up.
            with suppress(OSError):
                left.unlink()
        if not self._path.exists():
            stranger = next(iter(sorted(folder.rglob("*.parquet"))), None)
            if stranger is not None:
                raise OutputError(
                    "out must be a new or empty folder, or one that an earlier run began. "
                    f"Found: {stranger}, and no {self.NAME}. Choose another folder."
                )
            self._append({"job": self._job})
            return {}
        lines = []
        text = self._path.read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            # A line that a sudden end cut short says nothing: its file is done again.
            with suppress(ValueError):
                lines.append(json.loads(line))
        if not lines or not isinstance(lines[0], dict) or lines[0].get("job") != self._job:
            raise OutputError(
                "out holds results that were made with other jurisdictions, another resolution "
                f"or other columns. Found: {self._path}. Choose another folder, or empty this one."
            )
        if text and not text.endswith("\n"):
            self._append(None)
        self._done = {
            line["file"]: line for line in lines[1:] if isinstance(line, dict) and "file" in line
        }
        return dict(self._done)

    def add(self, record: dict[str, Any]) -> None:
        """Write down that a file is finished.

        Raises
        ------
        OutputError
            If the ledger cannot be written.
        """
        self._append(record)

    def _append(self, record: dict[str, Any] | None) -> None:
        """Add a line, or only end the last one."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(("" if record is None else json.dumps(record)) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(
                f"{self._path} must be writable. Found: {error}. The files that are finished stay."
            ) from error


def _path(folder: Path, job: str, part: Part) -> Path:
    """Return where what was counted in a part is kept."""
    about = repr((job, part.name, part.size, part.changed, part.groups))
    return folder / f"{hashlib.sha256(about.encode()).hexdigest()[:32]}.npz"
