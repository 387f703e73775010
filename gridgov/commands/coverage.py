"""The command ``gridgov coverage``: the shadow of :func:`gridgov.write_coverage`."""

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

HELP = "read a folder of records and write who owns it, was there, gets there and tells us"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write every measure of coverage "
        "with its map: responsibility, patrols, reach, blind spots, silent channels, joint "
        "enforcement, where to put the next posts and a patrol plan, with a page for the "
        "district and one for every street."
    )
    command.epilog = EPILOG
    add_folders(command, out="coverage")
    command.add_argument("--month", metavar="YYYY-MM", help="only this month")
    command.add_argument(
        "--from",
        dest="start",
        metavar="DATE",
        help="only from this day on, YYYY-MM-DD (default: from the first)",
    )
    command.add_argument(
        "--to",
        dest="end",
        metavar="DATE",
        help="only before this day, YYYY-MM-DD (default: to the last)",
    )
    command.add_argument(
        "--posts", default="3", metavar="N", help="how many new posts to place (default: 3)"
    )
    command.add_argument(
        "--shift",
        dest="shift_min",
        default="240",
        metavar="MINUTES",
        help="length of a patrol's shift (default: 240)",
    )
    command.add_argument(
        "--seed", default="0", metavar="N", help="seed of what is random (default: 0)"
    )
    add_settings(command)


def run(arguments: argparse.Namespace) -> int:
    """Write a coverage pack and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.coverage_pack import write_coverage

    result = write_coverage(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        start=arguments.start,
        end=arguments.end,
        posts=whole_number(arguments.posts, option="posts", limits="from 1 on"),
        shift_min=whole_number(arguments.shift_min, option="shift", limits="of minutes"),
        lang=arguments.lang,
        resolution=whole_number(arguments.resolution),
        config=arguments.config,
        seed=whole_number(arguments.seed, option="seed", limits="from 0 on"),
        progress=show_progress,
    )
    return wrote(result.out / "index.html", result.summary, result.record["lang"])
