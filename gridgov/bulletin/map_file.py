"""From a folder of records to one map, in one call.

The line is read, select, choose a cell size, locate, tally, measure, draw, write; no clock
is read, so that the same records and options give the same file.
"""

from __future__ import annotations

import contextlib
import uuid
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridgov.bulletin import sentences
from gridgov.bulletin.map_kinds import KINDS, Asked
from gridgov.bulletin.measured import Placed, place
from gridgov.bulletin.pack import Progress, open_folder, teller
from gridgov.bulletin.selection import check_range, select_incidents
from gridgov.bulletin.words import Words
from gridgov.checks import check_choice, check_resolution
from gridgov.columns import TABLES, Language
from gridgov.errors import DataWarning, OptionError, OutputError
from gridgov.maps.base_maps import BaseMap, base_map
from gridgov.maps.foot_notes import put_notes
from gridgov.maps.map_notes import map_notes
from gridgov.maps.offline import save_html
from gridgov.maps.words import words_for
from gridgov.maps.words_dashboard import dashboard_words
from gridgov.place.periods import check_period
from gridgov.sources.folder import FolderRead, Settings

__all__ = ["MapResult", "write_map"]

_STEPS = 7


@dataclass(frozen=True, slots=True)
class MapResult:
    """What a map was written of.

    Attributes
    ----------
    out
        The file written.
    kind
        The kind of map.
    lang
        Its language.
    incidents, cells, resolution
        How many incidents count in how many cells, and the H3 resolution of these.
    settings
        What was read from ``gridgov.toml``.
    summary
        The short summary, one line a sentence.
    """

    out: Path
    kind: str
    lang: Language
    incidents: int
    cells: int
    resolution: int
    settings: Settings
    summary: tuple[str, ...]


def write_map(
    folder: str | Path | None = None,
    *,
    out: str | Path | None = None,
    kind: str = "hotspots",
    month: str | None = None,
    start: str | None = None,
    end: str | None = None,
    categories: Sequence[str] = (),
    period: str | None = None,
    lang: Language | None = None,
    resolution: int | None = None,
    title: str | None = None,
    source: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    base: str | Path = "none",
    key: str | None = None,
    config: str | Path | None = None,
    progress: Progress | None = None,
) -> MapResult:
    """Read a folder of records and write one map as one file.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        The file to write, replaced if it is there; the kind with ``.html`` when None.
    kind
        ``"hotspots"``, ``"incidents"``, ``"rates"`` (per square kilometer), ``"density"``,
        ``"emerging"`` or ``"dashboard"``.
    month
        ``YYYY-MM``: only incidents reported in that month, in the records' zone.
    start, end
        ``YYYY-MM-DD``: only incidents from midnight of `start` to before midnight of
        `end`; no limit on a side that is None. Not together with `month`.
    categories
        Only these categories, as read; those of the settings when empty.
    period
        Period of a dashboard's trend, as for :func:`gridgov.tally`; chosen from the span of
        the incidents when None.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    resolution
        H3 resolution of the cells; the settings' when None, else suggested from the data.
    title, source
        Heading, and where the records come from; those of the settings when None.
    author, approval
        Who made the map, and its approval number (审图号), at the foot.
    base
        ``"none"``; a ``.mbtiles`` or ``.pmtiles`` file, whose tiles go into the file; or a
        service that :func:`gridgov.base_map` knows, which the reader's machine then asks
        over the network.
    key
        Key of the service; it stands in the file.
    config
        Another settings file; its file names are still relative to `folder`.
    progress
        Called at the start of every step.

    Returns
    -------
    MapResult
        The file written, what is on it, the settings and the summary.

    Raises
    ------
    OptionError
        If an option does not exist, or a category is not in the records.
    SettingsError
        If the settings are missing or say something that does not exist.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used, or are too few months for ``"emerging"``.
    EmptyTableError
        If no incident is left.
    OutputError
        If the file cannot be written. Nothing half written is left behind.

    Warns
    -----
    DataWarning
        If the map needs a network for its base map, and with what was noticed while reading.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_map("sample_data", kind="dashboard")  # doctest: +SKIP
    >>> result.incidents, str(result.out)  # doctest: +SKIP
    (19430, 'dashboard.html')
    """
    kind = check_choice(kind, option="kind", choices=KINDS)
    month, start, end = check_range(month, start, end)
    resolution = None if resolution is None else check_resolution(resolution)
    period = check_period(period)
    if period is not None and kind != "dashboard":
        raise OptionError(
            f"period is for a dashboard, which has a trend. Found: period {period!r} with kind "
            f"{kind!r}. Leave it out, or draw a dashboard."
        )
    tiles = _tiles(base, key)
    map_notes(author=author, approval=approval)
    file = f"{kind}.html" if out is None else out
    opened = open_folder(folder, out=file, pack=None, lang=lang, config=config)
    settings, words = opened.settings, Words(opened.lang)
    tell = teller(progress, steps=_STEPS, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    tell(2, "step.select", count=len(read.incidents))
    chosen = _categories(read, categories)
    selection = select_incidents(
        read.incidents, month=month, start=start, end=end, categories=chosen
    )
    placed = place(read, selection, resolution=resolution, tell=tell)
    tell(6, "step.map_draw")
    heading = title if title is not None else _title(settings, kind, words)
    span = sentences.period(selection, month, words)
    shown = {"lang": words.lang, "title": heading, "date": span, "tiles": tiles}
    named = source if source is not None else settings.source
    notes = {"source": named, "author": author, "approval": approval}
    if kind == "dashboard":
        shown |= notes
    own = [name for name in settings.export_columns if name in placed.located.columns]
    own = [name for name in own if name not in TABLES["located"].names]
    page = KINDS[kind](Asked(placed, read.jurisdictions, period, own, shown))
    if kind != "dashboard":
        lines = map_notes(**notes, lang=words.lang)
        put_notes(page, [*lines, words("map.rates_base")] if kind == "rates" else lines)
    tell(7, "step.map_write")
    if tiles is not None and tiles.file is None:
        _write_online(page, opened.out, tiles.name)
    else:
        save_html(page, opened.out)
    said = _summary(heading, span, placed, words)
    counted = int(placed.counts["incidents"].sum())
    cells, resolution = len(placed.grid), placed.resolution
    return MapResult(opened.out, kind, words.lang, counted, cells, resolution, settings, said)


def _tiles(base: str | Path, key: str | None) -> BaseMap | None:
    """Return the base map asked for, None for none."""
    if str(base).lower() == "none":
        if key is not None:
            raise OptionError("key is for a base map. Found: a key without one. Name base, too.")
        return None
    return base_map(base, key=key)


def _categories(read: FolderRead, asked: Sequence[str]) -> Sequence[str]:
    """Return the categories to draw, all that there are when empty."""
    if isinstance(asked, str):
        raise OptionError(f"categories must be a list of categories. Found: {asked!r}.")
    known = read.incidents["category"].dropna().unique().tolist()
    for category in asked:
        check_choice(category, option="category", choices=known)
    return tuple(asked) or read.settings.categories


def _kind_name(kind: str, words: Words) -> str:
    """Return what a kind of map is called."""
    if kind == "rates":
        return words("map.rates")
    if kind == "dashboard":
        return dashboard_words(words.lang)["title"]
    return words_for(words.lang)[f"{kind}_title"]


def _title(settings: Settings, kind: str, words: Words) -> str:
    """Return the heading: the folder's title, if any, and what is shown."""
    name = _kind_name(kind, words)
    return (
        name if settings.title is None else words("hot.title_of", title=settings.title, name=name)
    )


def _summary(heading: str, span: str, placed: Placed, words: Words) -> tuple[str, ...]:
    """Return what was drawn, one line a sentence."""
    fates = placed.counts.attrs["tally"]
    drawn = words(
        "map.summary",
        count=fates["counted"],
        cells=len(placed.grid),
        resolution=placed.resolution,
        rest=sum(fates.values()) - fates["counted"],
    )
    return heading, span, drawn


def _write_online(page: Any, out: Path, name: str) -> None:
    """Write a map that asks a service for its base map, whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Warns
    -----
    DataWarning
        That the file needs a network.
    """
    text = page.get_root().render()
    passing = out.with_name(f".{out.name}.{uuid.uuid4().hex}.tmp")
    try:
        passing.write_text(text, encoding="utf-8", errors="replace")
        passing.replace(out)
    except OSError as error:
        raise OutputError(
            f"The file must be writable. Cannot write {out}: {error.strerror or error}. Close it "
            "in other programs, or choose another folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            passing.unlink(missing_ok=True)
    warnings.warn(
        DataWarning(
            f"A map in one file needs no network, but this one asks {name} for its base map "
            "whenever it is opened. Without a network the rest is shown. Use base 'none' or a "
            "file of tiles for a machine without one.",
            zh=f"单文件地图本不需要网络，但这一张每次打开都向 {name} 请求底图；没有网络时只显示其余"
            "内容。不联网的机器请用 base 'none' 或瓦片文件。",
        ),
        stacklevel=3,
    )
