"""The command ``gridgov``: it reads arguments, calls the library and reports.

Exit codes, which a script can rely on:

- 0 the folder was written
- 2 the command line asks for something that does not exist
- 3 the records or the settings cannot be used
- 4 the result cannot be written
- 130 interrupted from the keyboard
- 143 ended by the system (SIGTERM)

The summary goes to standard output, everything else to standard error: progress lines
``[2/8] ...``, notes ``gridgov: note: ...`` and at most one ``gridgov: error: ...``. In
every case but 0 the output folder is as it was.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, overload

import gridgov
from gridgov.errors import GridgovError, GridgovWarning, OptionError, OutputError

__all__ = ["main"]

_DONE, _USAGE, _INPUT, _OUTPUT, _INTERRUPTED, _ENDED = 0, 2, 3, 4, 130, 143


class _EndedError(KeyboardInterrupt):
    """The system asks the process to end; everything is put away as after Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv
        Arguments; those of the process when None.

    Returns
    -------
    int
        The exit code, see the module's text.

    Raises
    ------
    SystemExit
        From argparse, with code 2 for unknown arguments and 0 for ``--help`` and
        ``--version``.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Chinese shows question marks instead of failing.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    arguments = _parser().parse_args(argv)
    try:
        with _tidy_end(), warnings.catch_warnings():
            warnings.simplefilter("always", GridgovWarning)
            warnings.showwarning = _show_note
            return _RUN[arguments.command](arguments)
    except OptionError as error:
        return _fail(error, _USAGE)
    except OutputError as error:
        return _fail(error, _OUTPUT)
    except GridgovError as error:
        return _fail(error, _INPUT)
    except _EndedError:
        _say("gridgov: error: ended by the system; nothing was written")
        return _ENDED
    except KeyboardInterrupt:
        _say("gridgov: error: interrupted; nothing was written")
        return _INTERRUPTED


@contextmanager
def _tidy_end() -> Iterator[None]:
    """Let a request of the system to end remove what is half written, as Ctrl-C does."""
    # Python lets only its main thread listen to signals.
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise _EndedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="gridgov",
        description="From incident records to cells, streets, hotspots and maps.",
    )
    parser.add_argument("--version", action="version", version=f"gridgov {gridgov.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    brief = commands.add_parser(
        "brief",
        help="read a folder of records and write a meeting pack",
        description="Read a folder of records with its gridgov.toml and write a meeting pack: "
        "index.html, maps, a picture, tables, and the rows that were set aside.",
        epilog=_EPILOG,
    )
    _add_folders(brief, out="brief")
    brief.add_argument("--month", metavar="YYYY-MM", help="only this month (default: all times)")
    _add_settings(brief)
    hotspots = commands.add_parser(
        "hotspots",
        help="read a folder of records and write every hotspot measure",
        description="Read a folder of records with its gridgov.toml and write every hotspot "
        "measure with its map: Getis-Ord Gi*, local Moran, the scan statistic, density, "
        "concentration, change month by month, and a page that says what each says and where "
        "they disagree.",
        epilog=_EPILOG,
    )
    _add_folders(hotspots, out="hotspots")
    hotspots.add_argument("--month", metavar="YYYY-MM", help="only this month")
    hotspots.add_argument(
        "--from",
        dest="start",
        metavar="DATE",
        help="only from this day on, YYYY-MM-DD (default: from the first)",
    )
    hotspots.add_argument(
        "--to",
        dest="end",
        metavar="DATE",
        help="only before this day, YYYY-MM-DD (default: to the last)",
    )
    hotspots.add_argument(
        "--rings", default="1", metavar="N", help="rings of the neighborhood (default: 1)"
    )
    hotspots.add_argument(
        "--seed", default="0", metavar="N", help="seed of what is random (default: 0)"
    )
    _add_settings(hotspots)
    return parser


_EPILOG = (
    "Exit codes: 0 written, 2 wrong option, 3 records or settings cannot be used, "
    "4 result cannot be written, 130 interrupted."
)


def _add_folders(command: argparse.ArgumentParser, *, out: str) -> None:
    """Add the folder that is read and the one that is written."""
    command.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help="folder with the records and a gridgov.toml (default: the sample records)",
    )
    command.add_argument(
        "--out",
        default=out,
        metavar="DIR",
        help=f"folder to write (default: {out}); what an earlier {command.prog} wrote there is "
        "replaced",
    )


def _add_settings(command: argparse.ArgumentParser) -> None:
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


def _brief(arguments: argparse.Namespace) -> int:
    """Write a brief and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.brief import write_brief

    result = write_brief(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        lang=arguments.lang,
        resolution=_whole_number(arguments.resolution),
        config=arguments.config,
        progress=_show_progress,
    )
    return _written(result.out, result.summary, result.record["lang"])


def _hotspots(arguments: argparse.Namespace) -> int:
    """Write a hotspot pack and print its summary."""
    from gridgov.bulletin.hotspot_pack import write_hotspots

    result = write_hotspots(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        start=arguments.start,
        end=arguments.end,
        rings=_whole_number(arguments.rings, option="rings", limits="from 1 on"),
        lang=arguments.lang,
        resolution=_whole_number(arguments.resolution),
        config=arguments.config,
        seed=_whole_number(arguments.seed, option="seed", limits="from 0 on"),
        progress=_show_progress,
    )
    return _written(result.out, result.summary, result.record["lang"])


_RUN = {"brief": _brief, "hotspots": _hotspots}


def _written(out: Path, summary: Sequence[str], lang: str) -> int:
    """Print a summary and where the page lies."""
    from gridgov.bulletin.words import Words

    words = Words("zh" if lang == "zh" else "en")
    for line in (*summary, words("summary.written", path=out / "index.html")):
        print(line)
    return _DONE


@overload
def _whole_number(text: str, *, option: str, limits: str) -> int: ...


@overload
def _whole_number(text: str | None) -> int | None: ...


def _whole_number(
    text: str | None, *, option: str = "resolution", limits: str = "from 0 to 15"
) -> int | None:
    """Return the number that an argument holds; the library refuses those out of range."""
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"{option} must be a whole number {limits}. Found: {text!r}.") from None


def _show_progress(step: int, steps: int, doing: str) -> None:
    """Print one progress line."""
    _say(f"[{step}/{steps}] {doing} ...")


def _show_note(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning of ours as a note, any other as Python does."""
    if issubclass(category, GridgovWarning):
        _say(f"gridgov: note: {_one_line(message)}")
    else:
        _say(warnings.formatwarning(message, category, filename, lineno, line).rstrip())


def _fail(error: GridgovError, code: int) -> int:
    """Print an error on one line and return its exit code."""
    _say(f"gridgov: error: {_one_line(error)}")
    return code


def _one_line(message: object) -> str:
    """Return a message on one line."""
    return " ".join(str(message).split())


def _say(line: str) -> None:
    """Print a line to standard error."""
    print(line, file=sys.stderr, flush=True)
