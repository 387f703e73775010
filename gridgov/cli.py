"""The command ``gridgov``: it reads arguments, calls the library and reports.

Exit codes, which a script can rely on:

- 0 the folder or file was written
- 2 the command line asks for something that does not exist
- 3 the records or the settings cannot be used
- 4 the result cannot be written
- 130 interrupted from the keyboard
- 143 ended by the system (SIGTERM)

The summary goes to standard output, everything else to standard error: progress lines
``[2/8] ...``, notes ``gridgov: note: ...`` and at most one ``gridgov: error: ...``.
Summary, progress and notes are in the language asked for, errors in English. In every case
but 0 what was there before is as it was.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Protocol, TextIO

import gridgov
from gridgov.commands import assess, brief, bulletin, coverage, hotspots
from gridgov.commands import map as one_map
from gridgov.commands.arguments import say, spoken
from gridgov.errors import GridgovError, GridgovWarning, OptionError, OutputError

__all__ = ["main"]

_USAGE, _INPUT, _OUTPUT, _INTERRUPTED, _ENDED = 2, 3, 4, 130, 143


class _Command(Protocol):
    """What a file of ``gridgov/commands`` holds."""

    HELP: str

    def add(self, command: argparse.ArgumentParser) -> None:
        """Add what the command takes."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and return the exit code."""


_COMMANDS: dict[str, _Command] = {
    "brief": brief,
    "hotspots": hotspots,
    "coverage": coverage,
    "map": one_map,
    "assess": assess,
    "bulletin": bulletin,
}


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
            warnings.showwarning = partial(_show_note, arguments)
            return _COMMANDS[arguments.command].run(arguments)
    except OptionError as error:
        return _fail(error, _USAGE)
    except OutputError as error:
        return _fail(error, _OUTPUT)
    except GridgovError as error:
        return _fail(error, _INPUT)
    except _EndedError:
        say("gridgov: error: ended by the system; nothing was written")
        return _ENDED
    except KeyboardInterrupt:
        say("gridgov: error: interrupted; nothing was written")
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
    for name, command in _COMMANDS.items():
        command.add(commands.add_parser(name, help=command.HELP))
    return parser


def _show_note(
    arguments: argparse.Namespace,
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning of ours as a note in the language asked for, any other as Python does."""
    if isinstance(message, GridgovWarning):
        told = message.zh if message.zh and spoken(arguments) == "zh" else message
        say(f"gridgov: note: {_one_line(told)}")
    else:
        say(warnings.formatwarning(message, category, filename, lineno, line).rstrip())


def _fail(error: GridgovError, code: int) -> int:
    """Print an error on one line and return its exit code."""
    say(f"gridgov: error: {_one_line(error)}")
    return code


def _one_line(message: object) -> str:
    """Return a message on one line."""
    return " ".join(str(message).split())
