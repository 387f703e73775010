"""What the commands share: options that several have, and how they report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from gridgov.errors import GridgovError, OptionError

__all__ = [
    "EPILOG",
    "add_folder",
    "add_folders",
    "add_settings",
    "say",
    "show_progress",
    "spoken",
    "whole_number",
    "wrote",
]

EPILOG = (
    "Exit codes: 0 written, 2 wrong option, 3 records or settings cannot be used, "
    "4 result cannot be written, 130 interrupted."
)


def add_folders(command: argparse.ArgumentParser, *, out: str) -> None:
    """Add the folder that is read and the one that is written."""
    add_folder(command)
    command.add_argument(
        "--out",
        default=out,
        metavar="DIR",
        help=f"folder to write (default: {out}); what an earlier {command.prog} wrote there is "
        "replaced",
    )


def add_folder(command: argparse.ArgumentParser) -> None:
    """Add the folder that is read."""
    command.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help="folder with the records and a gridgov.toml (default: the sample records)",
    )


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the options that the settings answer when they are left out."""
    command.add_argument("--lang", metavar="zh|en", help="language (default: as gridgov.toml says)")
    command.add_argument(
        "--resolution",
        metavar="N",
        help="H3 resolution of the cells (default: as gridgov.toml says, else suggested)",
    )
    command.add_argument(
        "--config", metavar="FILE", help="another settings file (default: FOLDER/gridgov.toml)"
    )


@overload
def whole_number(text: str, *, option: str, limits: str) -> int: ...


@overload
def whole_number(text: str | None) -> int | None: ...


def whole_number(
    text: str | None, *, option: str = "resolution", limits: str = "from 0 to 15"
) -> int | None:
    """Return the number that an argument holds; the library refuses those out of range."""
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"{option} must be a whole number {limits}. Found: {text!r}.") from None


def wrote(path: Path, summary: Sequence[str], lang: str) -> int:
    """Print a summary and where the page lies; return the exit code of a command that worked."""
    from gridgov.bulletin.words import Words

    words = Words("zh" if lang == "zh" else "en")
    for line in (*summary, words("summary.written", path=path)):
        print(line)
    return 0


def spoken(arguments: argparse.Namespace) -> str:
    """Return the language of a command: the one asked for, else what the settings say."""
    if arguments.lang is not None:
        return str(arguments.lang)
    from gridgov.bulletin.sample import find_sample
    from gridgov.sources.folder import load_settings

    try:
        folder = find_sample() if arguments.folder is None else Path(arguments.folder)
        return load_settings(folder, config=arguments.config).lang
    except GridgovError:
        return "en"


def show_progress(step: int, steps: int, doing: str) -> None:
    """Print one progress line."""
    say(f"[{step}/{steps}] {doing} ...")


def say(line: str) -> None:
    """Print a line to standard error."""
    print(line, file=sys.stderr, flush=True)
