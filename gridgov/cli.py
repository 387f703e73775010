"""The command ``gridgov``: it reads arguments, calls the library and reports.

Exit codes, which a script can rely on:

- 0 the pack was written
- 2 the command line asks for something that does not exist
- 3 the records or the settings cannot be used
- 4 the result cannot be written
- 130 interrupted from the keyboard

The summary goes to standard output, everything else to standard error: progress lines
``[2/8] ...``, notes ``gridgov: note: ...`` and at most one ``gridgov: error: ...``. In
every case but 0 the output folder is as it was.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

import gridgov
from gridgov.errors import GridgovError, GridgovWarning, OptionError, OutputError

__all__ = ["main"]

_DONE, _USAGE, _INPUT, _OUTPUT, _INTERRUPTED = 0, 2, 3, 4, 130


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
        with warnings.catch_warnings():
            warnings.simplefilter("always", GridgovWarning)
            warnings.showwarning = _show_note
            return _brief(arguments)
    except OptionError as error:
        return _fail(error, _USAGE)
    except OutputError as error:
        return _fail(error, _OUTPUT)
    except GridgovError as error:
        return _fail(error, _INPUT)
    except KeyboardInterrupt:
        _say("gridgov: error: interrupted; nothing was written")
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="gridgov",
        description="From incident records to cells, streets, hot spots and maps.",
    )
    parser.add_argument("--version", action="version", version=f"gridgov {gridgov.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    brief = commands.add_parser(
        "brief",
        help="read a folder of records and write a meeting pack",
        description="Read a folder of records with its gridgov.toml and write a meeting pack: "
        "index.html, maps, a picture, tables, and the rows that were set aside.",
        epilog="Exit codes: 0 written, 2 wrong option, 3 records or settings cannot be used, "
        "4 result cannot be written, 130 interrupted.",
    )
    brief.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help="folder with the records and a gridgov.toml (default: the sample records)",
    )
    brief.add_argument(
        "--out",
        default="brief",
        metavar="DIR",
        help="folder to write (default: brief); an earlier brief there is replaced",
    )
    brief.add_argument("--month", metavar="YYYY-MM", help="only this month (default: all times)")
    brief.add_argument("--lang", metavar="zh|en", help="language (default: as gridgov.toml says)")
    brief.add_argument(
        "--resolution",
        metavar="N",
        help="H3 resolution of the cells (default: as gridgov.toml says, else suggested)",
    )
    brief.add_argument(
        "--config", metavar="FILE", help="another settings file (default: FOLDER/gridgov.toml)"
    )
    return parser


def _brief(arguments: argparse.Namespace) -> int:
    """Write a brief and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.brief import write_brief
    from gridgov.bulletin.words import Words

    result = write_brief(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        lang=arguments.lang,
        resolution=_whole_number(arguments.resolution),
        config=arguments.config,
        progress=_show_progress,
    )
    words = Words("zh" if result.record["lang"] == "zh" else "en")
    for line in (*result.summary, words("summary.written", path=result.out / "index.html")):
        print(line)
    return _DONE


def _whole_number(text: str | None) -> int | None:
    """Return the number that an argument holds; the library refuses those out of range."""
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise OptionError(
            f"resolution must be a whole number from 0 to 15. Found: {text!r}."
        ) from None


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
