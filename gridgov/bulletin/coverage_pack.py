"""From a folder of records to every measure of coverage, its map and its words, in one call.

The line is read, select, choose a cell size, locate, tally, measure, draw, write. The pack
holds a page for the district and one a street; every number on them is in the table
"street_numbers" and in ``coverage.json``. The same records, settings and seed give the same
numbers, and the CSV and JSON files the same bytes: no clock is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gridgov.bulletin import sentences
from gridgov.bulletin.coverage_maps import pack_maps
from gridgov.bulletin.coverage_measures import CoverageMeasures, measure_coverage
from gridgov.bulletin.coverage_numbers import number_text
from gridgov.bulletin.coverage_page import Heading, render_pages
from gridgov.bulletin.coverage_record import coverage_counts, coverage_record
from gridgov.bulletin.coverage_tables import COVERAGE_TABLES, coverage_tables
from gridgov.bulletin.gpx_file import save_gpx
from gridgov.bulletin.ledger import Step, equation, pack_ledger
from gridgov.bulletin.output_folder import COVERAGE, whole_folder
from gridgov.bulletin.pack import PackResult, Progress, open_folder, teller
from gridgov.bulletin.pack_files import write_book, write_record, write_tables
from gridgov.bulletin.selection import check_range
from gridgov.bulletin.street_page import file_name
from gridgov.bulletin.words import Words
from gridgov.checks import check_resolution, check_whole
from gridgov.columns import Language
from gridgov.coverage.patrol_plan.plan_inputs import check_number
from gridgov.maps.offline import save_html
from gridgov.sources.folder_parts import read_parts

__all__ = ["CoverageResult", "write_coverage"]

_STEPS = 12


@dataclass(frozen=True, slots=True)
class CoverageResult(PackResult):
    """What a coverage pack wrote and found; the record is ``coverage.json``."""


def write_coverage(
    folder: str | Path | None = None,
    *,
    out: str | Path = "coverage",
    month: str | None = None,
    start: str | None = None,
    end: str | None = None,
    posts: int = 3,
    shift_min: float = 240,
    lang: Language | None = None,
    resolution: int | None = None,
    config: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> CoverageResult:
    """Read a folder of records and write every measure of coverage with maps and pages.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        Folder to write. It is replaced if it is empty or an earlier pack wrote it.
    month
        ``YYYY-MM``: only incidents reported, and patrols walked, in that month.
    start, end
        ``YYYY-MM-DD``: only from midnight of `start` to before midnight of `end`; no limit
        on a side that is None. Not together with `month`.
    posts
        How many new posts to place, 1 or more.
    shift_min
        Length of a patrol's shift, minutes.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    resolution
        H3 resolution of the cells; the settings' when None, else suggested from the data.
    config
        Another settings file; its file names are still relative to `folder`.
    seed
        Seed of the random deals of joint enforcement.
    progress
        Called at the start of every step.

    Returns
    -------
    CoverageResult
        The folder written, the numbers, the tables, the settings and the summary.

    Raises
    ------
    OptionError
        If `month`, `start`, `end`, `posts`, `shift_min`, `lang`, `resolution` or `seed` does
        not exist.
    SettingsError
        If the settings are missing or say something that does not exist.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used; see the readers and measures.
    EmptyTableError
        If no incident is left; the first and last day that have any are named.
    OutputError
        If `out` cannot be written or holds something that no such pack wrote. Nothing is
        left half written.

    Notes
    -----
    ``gridgov.toml`` says what the folder holds beside incidents and streets: ``[tracks]``,
    ``[facilities]``, ``[teams]``, ``[lines]``, ``[layers.NAME]`` and ``[population]``. Each
    may be absent; what cannot be measured then is left out, and the page and
    ``coverage.json`` say so. Patrols are measured over the days that the tracks cover,
    blind spots and silent channels are judged by what came before the range.

    Ids of tracks, fixes and visits reach no file, nor do the caller's own columns.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_coverage("sample_data", month="2017-09")  # doctest: +SKIP
    >>> result.counts["streets"]  # doctest: +SKIP
    9
    """
    month, start, end = check_range(month, start, end)
    posts = check_whole(posts, option="posts", least=1, meaning="new posts to place")
    shift_min = check_number(shift_min, option="shift_min", meaning="length of a shift, minutes")
    seed = check_whole(seed, option="seed", least=0, meaning="seed of what is random")
    resolution = None if resolution is None else check_resolution(resolution)
    opened = open_folder(folder, out=out, pack=COVERAGE, lang=lang, config=config)
    settings, words = opened.settings, Words(opened.lang)
    tell = teller(progress, steps=_STEPS, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    parts = read_parts(settings, read.jurisdictions)
    measured = measure_coverage(
        read,
        parts,
        month=month,
        start=start,
        end=end,
        resolution=resolution,
        posts=posts,
        shift_min=shift_min,
        seed=seed,
        tell=tell,
    )
    steps = pack_ledger(read, measured.placed, words, pack="hotspots")
    tables = coverage_tables(measured, steps, words)
    heading = _heading(measured, month, words)
    counts = coverage_counts(measured, tables, steps)

    with whole_folder(opened.out, pack=COVERAGE) as partial:
        tell(11, "step.draw_maps")
        maps = _draw(partial, measured, heading, words)
        written = [name for panel in maps.values() for name, _ in panel]
        tell(12, "step.write_pages", streets=len(read.jurisdictions))
        written += write_tables(partial, tables)
        written += write_book(
            partial,
            tables,
            described=COVERAGE_TABLES,
            title=heading.title,
            words=words,
            selection=measured.placed.selection,
        )
        written += _write_plan(partial, measured, words)
        pages = [file_name(street_id) for street_id in read.jurisdictions["street_id"].tolist()]
        names = sorted([*written, *pages, "index.html", COVERAGE.marker])
        for name, page in render_pages(
            measured, tables, steps, heading, names, maps, words
        ).items():
            (partial / name).write_text(page, encoding="utf-8")
        record = coverage_record(measured, tables, counts, month, heading.title, words.lang, names)
        write_record(partial, COVERAGE, record)
    said = _summary(tables, steps, heading, measured, words)
    return CoverageResult(opened.out, counts, record, tables, settings, said)


def _heading(measured: CoverageMeasures, month: str | None, words: Words) -> Heading:
    """Return what the pages and maps are called."""
    title = measured.read.settings.title
    whole = words("cov.title", title=title) if title else words("cov.title_plain")
    return Heading(
        title=whole,
        period=sentences.period(measured.placed.selection, month, words),
        plain=title or words("cov.title_plain"),
    )


def _draw(
    partial: Path, measured: CoverageMeasures, heading: Heading, words: Words
) -> dict[str, list[tuple[str, str]]]:
    """Write the maps; return file and name of those of every question."""
    drawn: dict[str, list[tuple[str, str]]] = {}
    title = measured.read.settings.title
    for one in pack_maps(measured):
        name = words(f"cov.map.{one.name}")
        made = one.draw(
            lang=words.lang,
            title=words("cov.title_of", title=title, name=name) if title else name,
            source=measured.read.settings.source,
            date=heading.period,
        )
        save_html(made, partial / f"{one.name}.html")
        drawn.setdefault(one.panel, []).append((f"{one.name}.html", name))
    return drawn


def _write_plan(partial: Path, measured: CoverageMeasures, words: Words) -> list[str]:
    """Write the plan as GPX, if there is one to walk; return the file written."""
    if measured.plan is None or not len(measured.plan):
        return []
    save_gpx(
        measured.plan,
        partial / "patrol_plan.gpx",
        jurisdictions=measured.read.jurisdictions,
        lang=words.lang,
    )
    return ["patrol_plan.gpx"]


def _summary(
    tables: Mapping[str, pd.DataFrame],
    steps: tuple[Step, ...],
    heading: Heading,
    measured: CoverageMeasures,
    words: Words,
) -> tuple[str, ...]:
    """Return the short summary that the command prints."""
    whole = tables["street_numbers"]
    whole = whole[whole["street_id"].isna()].set_index("number")
    lines = []
    for panel in ("owned", "patrol", "reach", "report"):
        those = whole[whole["panel"] == panel]
        if len(those):
            said = [
                f"{row['label']} {number_text(row['value'], row['unit'], words)}"
                for _, row in those.iterrows()
            ]
            lines.append(words.colon(words(f"cov.panel.{panel}"), words.listed(said)))
    left = [
        words(f"cov.left.{name}", why=words(f"cov.why.{why}"))
        for name, why in measured.left_out.items()
    ]
    return (
        f"{heading.title} · {heading.period}",
        *(equation(step, words) for step in steps if step.shown),
        *lines,
        *left,
    )
