"""From a folder of records to every hotspot measure, its map and its words, in one call.

The line is read, select, choose a cell size, locate, tally, measure, draw, write. Every
number of the pack is in ``hotspots.json`` under a stable name; the same records, settings
and seed give the same numbers, and the CSV and JSON files the same bytes: no clock is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.bulletin import hotspot_sentences, sentences
from gridgov.bulletin.hotspot_drawing import draw_hotspots
from gridgov.bulletin.hotspot_measures import HotspotMeasures, measure_all
from gridgov.bulletin.hotspot_numbers import hotspot_numbers, hotspot_record
from gridgov.bulletin.hotspot_page import render_hotspots
from gridgov.bulletin.hotspot_tables import HOTSPOT_TABLES, hotspot_tables
from gridgov.bulletin.ledger import Step, equation, pack_ledger
from gridgov.bulletin.output_folder import HOTSPOTS, whole_folder
from gridgov.bulletin.pack import PackResult, Progress, open_folder, teller
from gridgov.bulletin.pack_files import file_labels, write_book, write_record, write_tables
from gridgov.bulletin.page_frame import frame_content
from gridgov.bulletin.record import all_notices, grid_facts
from gridgov.bulletin.selection import check_range
from gridgov.bulletin.words import Words
from gridgov.checks import check_resolution, check_whole
from gridgov.columns import Language
from gridgov.sources.folder import Settings

__all__ = ["HotspotsResult", "write_hotspots"]

_STEPS = 12


@dataclass(frozen=True, slots=True)
class HotspotsResult(PackResult):
    """What a hotspot pack wrote and found; the record is ``hotspots.json``."""


def write_hotspots(
    folder: str | Path | None = None,
    *,
    out: str | Path = "hotspots",
    month: str | None = None,
    start: str | None = None,
    end: str | None = None,
    rings: int = 1,
    lang: Language | None = None,
    resolution: int | None = None,
    config: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> HotspotsResult:
    """Read a folder of records and write every hotspot measure with maps and words.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        Folder to write. It is replaced if it is empty or an earlier pack wrote it.
    month
        ``YYYY-MM``: only incidents reported in that month, in the records' zone.
    start, end
        ``YYYY-MM-DD``: only incidents from midnight of `start` to before midnight of
        `end`; no limit on a side that is None. Not together with `month`.
    rings
        Rings of the neighborhood of Gi* and Moran, 1 or more; the scan's circles reach
        one step further.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    resolution
        H3 resolution of the cells; the settings' when None, else suggested from the data.
    config
        Another settings file; its file names are still relative to `folder`.
    seed
        Seed of the scan's replicates, of permutations and of the bootstrap.
    progress
        Called at the start of every step.

    Returns
    -------
    HotspotsResult
        The folder written, the numbers, the tables, the settings and the summary.

    Raises
    ------
    OptionError
        If `month`, `start`, `end`, `rings`, `lang`, `resolution` or `seed` does not exist.
    SettingsError
        If the settings are missing or say something that does not exist.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used; see :func:`gridgov.read_incidents` and
        :func:`gridgov.read_jurisdictions`.
    EmptyTableError
        If no incident is left; the first and last day that have any are named.
    OutputError
        If `out` cannot be written or holds something that no such pack wrote. Nothing is
        left half written.

    Notes
    -----
    Gi* and local Moran use their exact nulls of randomization, the scan an even spread over
    the area. Change over time is measured when there are ten whole months, the scan when
    there are at most 20,000 cells; what was left out is said on the page. The files and
    their columns are described in ``docs/hotspots_command.md``.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_hotspots("sample_data", end="2016-05-01")  # doctest: +SKIP
    >>> result.counts["hot_at_95"]["gi"]  # doctest: +SKIP
    27
    """
    month, start, end = check_range(month, start, end)
    rings = check_whole(rings, option="rings", least=1, meaning="rings of the neighborhood")
    seed = check_whole(seed, option="seed", least=0, meaning="seed of what is random")
    resolution = None if resolution is None else check_resolution(resolution)
    opened = open_folder(folder, out=out, pack=HOTSPOTS, lang=lang, config=config)
    settings, words = opened.settings, Words(opened.lang)
    tell = teller(progress, steps=_STEPS, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    measured = measure_all(
        read,
        month=month,
        start=start,
        end=end,
        rings=rings,
        resolution=resolution,
        seed=seed,
        tell=tell,
    )
    steps = pack_ledger(read, measured.placed, words, pack="hotspots")
    tables = hotspot_tables(measured, steps)
    numbers = hotspot_numbers(measured, tables["agreement"], steps)
    title = _title(settings, words)
    span = sentences.period(measured.placed.selection, month, words)

    with whole_folder(opened.out, pack=HOTSPOTS) as partial:
        tell(11, "step.draw")
        pictures, written = draw_hotspots(partial, measured, title=title, date=span, words=words)
        tell(12, "step.write")
        written += write_tables(partial, tables)
        written += write_book(
            partial,
            tables,
            described=HOTSPOT_TABLES,
            title=title,
            words=words,
            selection=measured.placed.selection,
        )
        names = sorted([*written, "index.html", HOTSPOTS.marker])
        record = hotspot_record(
            measured, numbers, month=month, title=title, lang=words.lang, files=names
        )
        write_record(partial, HOTSPOTS, record)
        page = _page(measured, tables, numbers, steps, pictures, names, title, span, words)
        (partial / "index.html").write_text(page, encoding="utf-8")
    said = _summary(measured, numbers, steps, title, span, words)
    return HotspotsResult(opened.out, numbers, record, tables, settings, said)


def _title(settings: Settings, words: Words) -> str:
    """Return the heading of page, maps and figures."""
    if settings.title:
        return words("hot.title", title=settings.title)
    return words("hot.title_plain")


def _page(
    measured: HotspotMeasures,
    tables: Mapping[str, pd.DataFrame],
    numbers: Mapping[str, Any],
    steps: tuple[Step, ...],
    pictures: Mapping[str, bytes],
    names: list[str],
    title: str,
    span: str,
    words: Words,
) -> str:
    """Return the page."""
    read, placed = measured.read, measured.placed
    half = measured.concentration["cell_share_50"].iloc[0]
    lead = "hot.lead" if measured.clusters is not None else "hot.lead_two"
    frame = frame_content(
        title=title,
        period=span,
        lead=words(
            lead,
            any=numbers["hot_by_any"],
            all=numbers["hot_by_all"],
            cells=numbers["cells"],
        ),
        source=read.settings.source,
        tiles=[
            (f"{numbers['in_pack']:,}", words("in_pack"), ""),
            (f"{numbers['hot_by_all']:,}", words("hot.tile.all"), "hot"),
            (f"{numbers['hot_by_any']:,}", words("hot.tile.any"), ""),
            ("–" if pd.isna(half) else f"{half:.1%}", words("hot.tile.half"), ""),
        ],
        steps=steps,
        notices=sentences.notice_sentences(
            all_notices(read), {"without_closing_time": None}, words
        ),
        method=[
            *sentences.method(
                grid_facts(placed.grid, placed.resolution, placed.chosen_by),
                measured.hot.attrs["hotspots"],
                placed.selection.zone,
                words,
            ),
            *hotspot_sentences.method(measured, words),
        ],
        files=file_labels(names, words),
        words=words,
    )
    jurisdictions = read.jurisdictions.set_index("street_id")["street"].dropna()
    return render_hotspots(
        frame,
        tables,
        said=hotspot_sentences.said(measured, numbers, words),
        agreement=hotspot_sentences.agreement_sentences(numbers, words),
        cells=hotspot_sentences.cell_sentences(measured, words),
        streets=jurisdictions.to_dict(),
        pictures=pictures,
        words=words,
    )


def _summary(
    measured: HotspotMeasures,
    numbers: Mapping[str, Any],
    steps: tuple[Step, ...],
    title: str,
    span: str,
    words: Words,
) -> tuple[str, ...]:
    """Return the short summary that the command prints."""
    agree = "hot.summary.agree" if measured.clusters is not None else "hot.summary.agree_two"
    change = hotspot_sentences.said(measured, numbers, words)[-1]
    return (
        f"{title} · {span}",
        *(equation(step, words) for step in steps if step.shown),
        words(
            "summary.spots",
            cells=numbers["cells"],
            resolution=measured.placed.resolution,
            hot=numbers["hot_cells"],
            cold=numbers["cold_cells"],
            rest=numbers["not_significant_cells"],
            none=numbers["no_answer_cells"],
        ),
        words(agree, **numbers["hot_at_95"], all=numbers["hot_by_all"]),
        words.colon(change.name, change.sentences[0]),
    )
