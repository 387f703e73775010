"""The command ``gridgov map``: the shadow of :func:`gridgov.write_map`."""

from __future__ import annotations

import argparse

from gridgov.commands.arguments import (
    EPILOG,
    add_folder,
    add_settings,
    show_progress,
    whole_number,
    wrote,
)

__all__ = ["HELP", "add", "run"]

HELP = "read a folder of records and write one map"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write one map as one HTML file that "
        "opens without a network."
    )
    command.epilog = EPILOG
    add_folder(command)
    command.add_argument(
        "--out",
        metavar="FILE",
        help="file to write, replaced if it is there (default: the kind with .html)",
    )
    command.add_argument(
        "--kind",
        default="hotspots",
        metavar="KIND",
        help="hotspots (default), incidents, rates, density, emerging or dashboard",
    )
    command.add_argument("--month", metavar="YYYY-MM", help="only this month")
    command.add_argument(
        "--from",
        "--start",
        dest="start",
        metavar="DATE",
        help="only from this day on, YYYY-MM-DD (default: from the first)",
    )
    command.add_argument(
        "--to",
        "--end",
        dest="end",
        metavar="DATE",
        help="only before this day, YYYY-MM-DD (default: to the last)",
    )
    command.add_argument(
        "--category",
        action="append",
        default=[],
        metavar="NAME",
        help="only this category; may be given several times (default: as gridgov.toml says)",
    )
    command.add_argument(
        "--period",
        metavar="P",
        help="period of a dashboard's trend: D, W-MON, MS, QS or YS (default: by the span)",
    )
    command.add_argument("--title", metavar="TEXT", help="heading (default: as gridgov.toml says)")
    command.add_argument(
        "--source",
        metavar="TEXT",
        help="where the records come from (default: as gridgov.toml says)",
    )
    command.add_argument("--author", metavar="TEXT", help="who made the map")
    command.add_argument("--approval", metavar="NUMBER", help="map approval number (审图号)")
    command.add_argument(
        "--base",
        default="none",
        metavar="NAME|FILE",
        help="base map: none (default); an .mbtiles or .pmtiles file, which goes into the map; or "
        "osm, gaode, tianditu, carto or esri, which the map then asks over the network",
    )
    command.add_argument(
        "--key", metavar="KEY", help="key of the base map's service; it stands in the file"
    )
    add_settings(command)


def run(arguments: argparse.Namespace) -> int:
    """Write a map and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.map_file import write_map

    result = write_map(
        arguments.folder,
        out=arguments.out,
        kind=arguments.kind,
        month=arguments.month,
        start=arguments.start,
        end=arguments.end,
        categories=arguments.category,
        period=arguments.period,
        lang=arguments.lang,
        resolution=whole_number(arguments.resolution),
        title=arguments.title,
        source=arguments.source,
        author=arguments.author,
        approval=arguments.approval,
        base=arguments.base,
        key=arguments.key,
        config=arguments.config,
        progress=show_progress,
    )
    return wrote(result.out, result.summary, result.lang)
