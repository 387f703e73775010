"""From a folder of records to a meeting pack, in one call.

The line is read, select, choose a cell size, locate, tally, measure, draw, write. Every
number of the pack is in ``brief.json`` under a stable name; the same records and settings
give the same numbers, and the CSV and JSON files the same bytes: no clock is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.bulletin import sentences
from gridgov.bulletin.ledger import pack_ledger
from gridgov.bulletin.measured import Measured, measure
from gridgov.bulletin.output_folder import BRIEF, whole_folder
from gridgov.bulletin.pack import PackResult, Progress, open_folder, teller
from gridgov.bulletin.pack_files import (
    file_labels,
    page_picture,
    write_book,
    write_record,
    write_tables,
)
from gridgov.bulletin.page import PageFacts, render_page
from gridgov.bulletin.record import all_notices, brief_numbers, brief_record, brief_tables
from gridgov.bulletin.selection import check_month
from gridgov.bulletin.words import Words
from gridgov.checks import check_resolution
from gridgov.columns import TABLES, Language
from gridgov.figures.hotspots import plot_hotspots, save_png
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.incidents import map_incidents
from gridgov.maps.offline import save_html

__all__ = ["BriefResult", "write_brief"]

_STEPS = 8

# A map of single incidents beyond this many is a file that office machines open slowly.
_MOST_INCIDENTS = 200_000


@dataclass(frozen=True, slots=True)
class BriefResult(PackResult):
    """What a brief wrote and found; the record is ``brief.json``."""


def write_brief(
    folder: str | Path | None = None,
    *,
    out: str | Path = "brief",
    month: str | None = None,
    lang: Language | None = None,
    resolution: int | None = None,
    config: str | Path | None = None,
    progress: Progress | None = None,
) -> BriefResult:
    """Read a folder of records and write the meeting pack.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        Folder to write. It is replaced if it is empty or an earlier brief wrote it.
    month
        ``YYYY-MM``: only incidents reported in that month, in the records' zone; all
        times when None.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    resolution
        H3 resolution of the cells; the settings' when None, else suggested from the data.
    config
        Another settings file; its file names are still relative to `folder`.
    progress
        Called at the start of every step.

    Returns
    -------
    BriefResult
        The folder written, the numbers, the tables, the settings and the summary.

    Raises
    ------
    OptionError
        If `month`, `lang` or `resolution` does not exist.
    SettingsError
        If the settings are missing or say something that does not exist.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used; see :func:`gridgov.read_incidents` and
        :func:`gridgov.read_jurisdictions`.
    EmptyTableError
        If no incident is left; the first and last month that have any are named.
    OutputError
        If `out` cannot be written or holds something that no brief wrote. Nothing is
        left half written.

    Notes
    -----
    The files and their columns are described in ``docs/brief.md``. Rows set aside are
    written with their reason and the standard columns only; the caller's own columns
    reach a file only when ``export_columns`` names them.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_brief("sample_data", month="2017-09")  # doctest: +SKIP
    >>> result.counts["in_brief"]  # doctest: +SKIP
    514
    """
    month = check_month(month)
    resolution = None if resolution is None else check_resolution(resolution)
    opened = open_folder(folder, out=out, pack=BRIEF, lang=lang, config=config)
    settings, words = opened.settings, Words(opened.lang)
    tell = teller(progress, steps=_STEPS, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    measured = measure(read, month=month, resolution=resolution, tell=tell)
    steps = pack_ledger(read, measured, words)
    tables = brief_tables(measured, steps)
    numbers = brief_numbers(measured, steps)
    title = settings.title or words("title")
    span = sentences.period(measured.selection, month, words)

    with whole_folder(opened.out) as partial:
        tell(7, "step.draw")
        picture, written = _draw(partial, measured, title=title, date=span, words=words)
        tell(8, "step.write")
        written += write_tables(partial, tables)
        written += write_book(
            partial, tables, title=title, words=words, selection=measured.selection
        )
        names = sorted([*written, "index.html", BRIEF.marker])
        record = brief_record(
            measured, numbers, month=month, title=title, lang=words.lang, files=names
        )
        write_record(partial, BRIEF, record)
        facts = PageFacts(
            title=title,
            period=span,
            lead=sentences.lead(numbers, words),
            responsibility=sentences.responsibility(numbers, words),
            source=settings.source,
            tiles=sentences.tiles(numbers, words),
            steps=steps,
            notices=sentences.notice_sentences(all_notices(read), numbers, words),
            method=sentences.method(
                record["grid"], record["method"], measured.selection.zone, words
            ),
            files=file_labels(names, words),
            incident_limit=_MOST_INCIDENTS,
        )
        page = render_page(facts, tables, picture=picture, words=words)
        (partial / "index.html").write_text(page, encoding="utf-8")
    said = sentences.summary(title, span, steps, numbers, measured.resolution, words)
    return BriefResult(opened.out, numbers, record, tables, settings, tuple(said))


def _draw(
    partial: Path, measured: Measured, *, title: str, date: str, words: Words
) -> tuple[bytes, list[str]]:
    """Write maps and figure; return the picture for the page and the files written."""
    settings, streets = measured.read.settings, measured.read.jurisdictions
    shown: dict[str, Any] = {
        "lang": words.lang,
        "title": title,
        "source": settings.source,
        "date": date,
    }
    save_html(map_hotspots(measured.hot, streets, **shown), partial / "hotspots.html")
    drawn = ["hotspots.html", "hotspots.png"]
    if len(measured.located) <= _MOST_INCIDENTS:
        # The records that were located have only the columns that accepted rows have.
        own = [name for name in settings.export_columns if name in _own(measured.located)]
        save_html(
            map_incidents(measured.located, streets, columns=own, **shown),
            partial / "incidents.html",
        )
        drawn.append("incidents.html")
    figure = plot_hotspots(measured.hot, streets, **shown)
    save_png(figure, partial / "hotspots.png")
    return page_picture(figure), drawn


def _own(located: pd.DataFrame) -> list[str]:
    """Return the caller's own columns of a table."""
    return [str(name) for name in located.columns if name not in TABLES["located"].names]
