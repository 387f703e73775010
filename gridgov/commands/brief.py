"""The command ``gridgov brief``: the shadow of :func:`gridgov.write_brief`."""

from __future__ import annotations

import argparse

from gridgov.commands.arguments import (
    EPILOG,
    add_folders,
    add_settings,
    show_progress,
    whole_number,
    wrote,
)

__all__ = ["HELP", "add", "run"]

HELP = "read a folder of records and write a meeting pack"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write a meeting pack: "
        "index.html, maps, a picture, tables, and the rows that were set aside."
    )
    command.epilog = EPILOG
    add_folders(command, out="brief")
    command.add_argument("--month", metavar="YYYY-MM", help="only this month (default: all times)")
    add_settings(command)


def run(arguments: argparse.Namespace) -> int:
    """Write a brief and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.brief import write_brief

    result = write_brief(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        lang=arguments.lang,
        resolution=whole_number(arguments.resolution),
        config=arguments.config,
        progress=show_progress,
    )
    return wrote(result.out / "index.html", result.summary, result.record["lang"])
