"""From a folder of records to every hotspot measure, its map and its words, in one call.

The line is read, select, choose a cell size, locate, tally, measure, draw, write. Every
number of the pack is in ``hotspots.json`` under a stable name; the same records, settings
and seed give the same numbers, and the CSV and JSON files the same bytes: no clock is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.bulletin import hotspot_sentences, sentences
from gridgov.bulletin.brief import Progress
from gridgov.bulletin.csv_files import write_csv
from gridgov.bulletin.hotspot_measures import HotspotMeasures, measure_all
from gridgov.bulletin.hotspot_numbers import hotspot_numbers, hotspot_record
from gridgov.bulletin.hotspot_page import render_hotspots
from gridgov.bulletin.hotspot_tables import HOTSPOT_TABLES, hotspot_tables
from gridgov.bulletin.ledger import Step, equation, make_ledger
from gridgov.bulletin.output_folder import HOTSPOTS, check_out, whole_folder
from gridgov.bulletin.page_frame import frame_content
from gridgov.bulletin.record import all_notices, grid_facts
from gridgov.bulletin.sample import find_sample
from gridgov.bulletin.selection import check_day, check_month
from gridgov.bulletin.words import Words
from gridgov.bulletin.workbook import write_workbook
from gridgov.checks import check_language, check_resolution, check_whole
from gridgov.columns import Language
from gridgov.errors import OptionError
from gridgov.figures.concentration import plot_lorenz
from gridgov.figures.emerging import plot_emerging
from gridgov.figures.hotspots import plot_hotspots, save_png
from gridgov.figures.moran import plot_moran
from gridgov.maps.clusters import map_clusters
from gridgov.maps.density import map_density
from gridgov.maps.emerging import map_emerging, map_persistence, map_trends
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.moran import map_moran
from gridgov.maps.offline import save_html
from gridgov.sources.folder import Settings, load_settings, read_folder

__all__ = ["HotspotsResult", "write_hotspots"]

_STEPS = 12

# Sharp on the page and light to open; the picture files beside it have more.
_PAGE_DPI = 144


@dataclass(frozen=True, slots=True)
class HotspotsResult:
    """What a hotspot pack wrote and found.

    Attributes
    ----------
    out
        The folder written.
    counts
        Every count by its name under ``counts`` in ``hotspots.json``.
    record
        All that ``hotspots.json`` holds.
    tables
        Every table as its file holds it, by name.
    settings
        What was read from ``gridgov.toml``.
    summary
        The short summary in the language of the pack, one line a sentence.
    """

    out: Path
    counts: Mapping[str, Any]
    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    settings: Settings
    summary: tuple[str, ...]


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
    month = check_month(month)
    start, end = check_day(start, option="start"), check_day(end, option="end")
    if month is not None and (start is not None or end is not None):
        raise OptionError(
            "Either a month or a range of days can be asked for. Found: both month and start or "
            "end. Leave one of them out."
        )
    rings = check_whole(rings, option="rings", least=1, meaning="rings of the neighborhood")
    seed = check_whole(seed, option="seed", least=0, meaning="seed of what is random")
    lang = None if lang is None else check_language(lang)
    resolution = None if resolution is None else check_resolution(resolution)
    folder = find_sample() if folder is None else Path(folder)
    out = Path(out)
    check_out(out, pack=HOTSPOTS)
    settings = load_settings(folder, config=config)
    words = Words(lang or settings.lang)

    def tell(step: int, key: str, **values: Any) -> None:
        if progress is not None:
            progress(step, _STEPS, words(key, **values))

    tell(1, "step.read", what=folder)
    read = read_folder(folder, config=config)
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
    steps = _ledger(measured, words)
    tables = hotspot_tables(measured, steps)
    numbers = hotspot_numbers(measured, tables["agreement"], steps)
    title = _title(settings, words)
    span = sentences.period(measured.placed.selection, month, words)

    with whole_folder(out, pack=HOTSPOTS) as partial:
        tell(11, "step.draw")
        pictures, written = _draw(partial, measured, title=title, date=span, words=words)
        tell(12, "step.write")
        written += _write_tables(partial, measured, tables, title=title, words=words)
        names = sorted([*written, "index.html", HOTSPOTS.marker])
        record = hotspot_record(
            measured, numbers, month=month, title=title, lang=words.lang, files=names
        )
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
        (partial / HOTSPOTS.marker).write_text(text + "\n", encoding="utf-8")
        page = _page(measured, tables, numbers, steps, pictures, names, title, span, words)
        (partial / "index.html").write_text(page, encoding="utf-8")
    said = _summary(measured, numbers, steps, title, span, words)
    return HotspotsResult(out, numbers, record, tables, settings, said)


def _title(settings: Settings, words: Words) -> str:
    """Return the heading of page, maps and figures."""
    if settings.title:
        return words("hot.title", title=settings.title)
    return words("hot.title_plain")


def _ledger(measured: HotspotMeasures, words: Words) -> tuple[Step, ...]:
    """Return where every row went."""
    numbers = measured.placed.selection.numbers
    return make_ledger(
        rows_read=int(measured.read.incidents.attrs["source"]["rows"]),
        set_aside=measured.read.set_aside,
        accepted=len(measured.read.incidents),
        selected={
            "in_pack": numbers["in_brief"],
            "outside_range": numbers["outside_month"],
            "no_time": numbers["no_time"],
            "other_category": numbers["other_category"],
        },
        located=measured.placed.located,
        fates=measured.placed.counts.attrs["tally"],
        words=words,
        pack="hotspots",
    )


def _draw(
    partial: Path, measured: HotspotMeasures, *, title: str, date: str, words: Words
) -> tuple[dict[str, bytes], list[str]]:
    """Write maps and figures; return the pictures for the page and the files written."""
    streets = measured.read.jurisdictions
    plain: dict[str, Any] = {
        "lang": words.lang,
        "source": measured.read.settings.source,
        "date": date,
    }
    settings = measured.read.settings

    def shown(name: str) -> dict[str, Any]:
        what = words(f"hot.name.{name}")
        if settings.title:
            what = words("hot.title_of", title=settings.title, name=what)
        return plain | {"title": what}

    first = plain | {"title": title}
    maps = {
        "hotspots.html": map_hotspots(measured.hot, streets, **first),
        "moran.html": map_moran(measured.moran, streets, **shown("moran")),
        "density.html": map_density(measured.density, streets, **shown("density")),
    }
    figures = {"hotspots.png": plot_hotspots(measured.hot, streets, **first)}
    # A figure of no answer is an error; a map of none shows the reason.
    if measured.moran["quadrant"].notna().any():
        figures["moran.png"] = plot_moran(measured.moran, **shown("moran"))
    if len(measured.lorenz):
        figures["lorenz.png"] = plot_lorenz(
            measured.lorenz, measured.concentration, **shown("concentration")
        )
    if measured.clusters is not None:
        maps["clusters.html"] = map_clusters(
            measured.clusters, measured.placed.counts, streets, **shown("clusters")
        )
    if measured.emerging is not None:
        maps["emerging.html"] = map_emerging(measured.emerging, streets, **shown("emerging"))
        maps["persistence.html"] = map_persistence(
            measured.persistence, streets, **shown("persistence")
        )
        maps["trends.html"] = map_trends(measured.trends, streets, **shown("trends"))
        if measured.emerging["category"].notna().any():
            figures["emerging.png"] = plot_emerging(measured.emerging, **shown("emerging"))
    for name, drawn in maps.items():
        save_html(drawn, partial / name)
    pictures = {}
    for name, figure in figures.items():
        save_png(figure, partial / name)
        picture = BytesIO()
        figure.savefig(picture, format="png", dpi=_PAGE_DPI, metadata={"Software": None})
        pictures[name] = picture.getvalue()
    return pictures, [*maps, *figures]


def _write_tables(
    partial: Path,
    measured: HotspotMeasures,
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str,
    words: Words,
) -> list[str]:
    """Write CSV files and workbook; return the files written."""
    (partial / "tables").mkdir()
    written = []
    for name, table in tables.items():
        place = "set_aside.csv" if name == "set_aside" else f"tables/{name}.csv"
        write_csv(table, partial / place)
        written.append(place)
    last = measured.placed.selection.incidents["reported_at"].max()
    write_workbook(
        partial / "tables.xlsx",
        tables,
        described=HOTSPOT_TABLES,
        lang=words.lang,
        title=title,
        # The data's last moment, not the clock's: the same records, the same file.
        created=None if pd.isna(last) else last.tz_localize(None).to_pydatetime(),
    )
    return [*written, "tables.xlsx"]


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
        files=[(name, _file_label(name, words)) for name in names if name != "index.html"],
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


def _file_label(name: str, words: Words) -> str:
    """Return what a file holds, in words."""
    if name.startswith("tables/"):
        return words(f"sheet.{Path(name).stem}")
    return words(f"file.{name}")
