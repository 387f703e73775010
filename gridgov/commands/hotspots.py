"""The command ``gridgov hotspots``: the shadow of :func:`gridgov.write_hotspots`."""

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

HELP = "read a folder of records and write every hotspot measure"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write every hotspot "
        "measure with its map: Getis-Ord Gi*, local Moran, the scan statistic, density, "
        "concentration, change month by month, and a page that says what each says and where "
        "they disagree."
    )
    command.epilog = EPILOG
    add_folders(command, out="hotspots")
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
        "--rings", default="1", metavar="N", help="rings of the neighborhood (default: 1)"
    )
    command.add_argument(
        "--seed", default="0", metavar="N", help="seed of what is random (default: 0)"
    )
    add_settings(command)


def run(arguments: argparse.Namespace) -> int:
    """Write a hotspot pack and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.hotspot_pack import write_hotspots

    result = write_hotspots(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        start=arguments.start,
        end=arguments.end,
        rings=whole_number(arguments.rings, option="rings", limits="from 1 on"),
        lang=arguments.lang,
        resolution=whole_number(arguments.resolution),
        config=arguments.config,
        seed=whole_number(arguments.seed, option="seed", limits="from 0 on"),
        progress=show_progress,
    )
    return wrote(result.out / "index.html", result.summary, result.record["lang"])
