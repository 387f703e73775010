"""The command ``gridgov assess``: the shadow of :func:`gridgov.write_assessment`."""

from __future__ import annotations

import argparse

from gridgov.commands.arguments import EPILOG, add_folders, show_progress, whole_number, wrote

__all__ = ["HELP", "add", "run"]

HELP = "read a folder of records and write how its cases were handled, scored and ranked"


def add(command: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    command.description = (
        "Read a folder of records with its gridgov.toml and write an assessment of its cases: "
        "indicators with numerator and denominator, scores and the ranks that the cases allow, "
        "delays, what needs supervision, and the standing of back alleys where the folder has "
        "their checks: one page, figures, tables and every number as JSON."
    )
    command.epilog = EPILOG
    add_folders(command, out="assessment")
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
        "--by",
        default="street_id",
        metavar="COLUMN",
        help="what is ranked: street_id (default), department or category",
    )
    command.add_argument(
        "--period",
        default="MS",
        metavar="P",
        help="by which periods scores are followed: MS months (default), QS quarters, YS years",
    )
    command.add_argument(
        "--scheme",
        metavar="FILE|NAME",
        help="how groups are scored: a TOML file or a built-in scheme (default: city_page_k, "
        "which is official nowhere)",
    )
    command.add_argument(
        "--min-cases",
        default="10",
        metavar="N",
        help="fewer cases are listed and not ranked (default: 10)",
    )
    command.add_argument(
        "--samples",
        default="999",
        metavar="N",
        help="draws behind intervals and ranks (default: 999)",
    )
    command.add_argument(
        "--as-of",
        metavar="TIME",
        help="the moment from which cases are seen (default: the end of the time asked for)",
    )
    command.add_argument("--seed", default="0", metavar="N", help="seed of the draws (default: 0)")
    command.add_argument("--lang", metavar="zh|en", help="language (default: as gridgov.toml says)")
    command.add_argument(
        "--config", metavar="FILE", help="another settings file (default: FOLDER/gridgov.toml)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write an assessment and print its summary."""
    # Imported here so that --help and --version answer at once.
    from gridgov.bulletin.assessment_pack import write_assessment

    result = write_assessment(
        arguments.folder,
        out=arguments.out,
        month=arguments.month,
        start=arguments.start,
        end=arguments.end,
        by=arguments.by,
        period=arguments.period,
        scheme=arguments.scheme,
        min_cases=whole_number(arguments.min_cases, option="min-cases", limits="from 1 on"),
        samples=whole_number(arguments.samples, option="samples", limits="from 99 on"),
        as_of=arguments.as_of,
        lang=arguments.lang,
        config=arguments.config,
        seed=whole_number(arguments.seed, option="seed", limits="from 0 on"),
        progress=show_progress,
    )
    return wrote(result.out / "index.html", result.summary, result.record["lang"])
