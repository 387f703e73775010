"""The command ``gridgov bulletin``: the shadow of :func:`gridgov.write_folder_bulletins`."""

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

HELP = "read a folder of records and write bulletins as Word, PowerPoint, Excel and HTML"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write the bulletin of a day, a "
        "week, a month or a year, of the district or of streets; with --every one of every "
        "day, week or month in it. A year of monthly bulletins for the district and each "
        "street: --year 2017 --every month --street all."
    )
    command.epilog = EPILOG
    add_folders(command, out="bulletins")
    command.add_argument("--day", metavar="DATE", help="daily sheet of this day, YYYY-MM-DD")
    command.add_argument(
        "--week", metavar="WEEK", help="weekly bulletin, YYYY-Www or a day in the week"
    )
    command.add_argument("--month", metavar="YYYY-MM", help="monthly bulletin")
    command.add_argument("--year", metavar="YYYY", help="yearly assessment")
    command.add_argument(
        "--from",
        dest="start",
        metavar="DATE",
        help="with --every: from this day on, YYYY-MM-DD",
    )
    command.add_argument(
        "--to", dest="end", metavar="DATE", help="with --every: before this day, YYYY-MM-DD"
    )
    command.add_argument(
        "--every",
        metavar="KIND",
        help="a bulletin of every day, week, month or year that begins in the time named",
    )
    command.add_argument(
        "--street",
        action="append",
        metavar="ID|all",
        help="only this street, by id or name, may be given several times; all: the district "
        "and each street (default: the district alone)",
    )
    command.add_argument(
        "--format",
        dest="formats",
        default="docx,pptx,xlsx,html",
        metavar="LIST",
        help="formats with commas between them (default: docx,pptx,xlsx,html); the numbers as "
        "JSON come always",
    )
    command.add_argument(
        "--template", metavar="FILE", help="a template of your own (default: the shipped one)"
    )
    command.add_argument(
        "--scheme",
        metavar="FILE|NAME",
        help="how streets are scored: a TOML file or a built-in scheme (default: city_page_k)",
    )
    command.add_argument(
        "--seed", default="0", metavar="N", help="seed of what is random (default: 0)"
    )
    add_settings(command)


def run(arguments: argparse.Namespace) -> int:
    """Write bulletins and print their summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.bulletin_pack import write_folder_bulletins

    result = write_folder_bulletins(
        arguments.folder,
        out=arguments.out,
        day=arguments.day,
        week=arguments.week,
        month=arguments.month,
        year=arguments.year,
        start=arguments.start,
        end=arguments.end,
        every=arguments.every,
        street=arguments.street,
        formats=tuple(arguments.formats.split(",")),
        template=arguments.template,
        scheme=arguments.scheme,
        lang=arguments.lang,
        resolution=whole_number(arguments.resolution),
        config=arguments.config,
        seed=whole_number(arguments.seed, option="seed", limits="from 0 on"),
        progress=show_progress,
    )
    return wrote(result.out, result.summary, result.record["lang"])
