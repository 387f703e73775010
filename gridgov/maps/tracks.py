"""The map of tracks: the ways of patrols, one color a track, day by day.

It draws the table "tracks" and counts nothing but fixes, gaps and minutes. A line breaks
where no fix came for too long, and a thin dash says that nobody knows the way there. Ids
of tracks are often names of people or of their devices: the map numbers the tracks, and
shows ids and other columns only when they are asked for by name. All text and numbers
travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError, OptionError
from gridgov.maps.card_texts import count_texts, time_texts
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_views import ViewsLayer, draw_views, views_part
from gridgov.maps.streets import check_degrees
from gridgov.maps.track_lines import TrackDays, track_days
from gridgov.maps.words import words_for

__all__ = ["map_tracks"]

Integers = NDArray[np.int64]

# Okabe & Ito, Color Universal Design (2008), as on the map of incidents.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
_OTHERS, _GAP = "#767d83", "#55626d"
_NEEDED = ["track_id", "fix_at", "persons", "geometry"]


def map_tracks(
    tracks: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    max_gap_s: float = 120,
    columns: Sequence[str] = (),
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw the ways of patrols, day by day.

    Parameters
    ----------
    tracks
        Table of :func:`gridgov.read_tracks`, EPSG:4326. Several days get a slider that
        plays, the last one first; a day begins at midnight in the zone of the fixes.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names.
    max_gap_s
        A way is drawn between fixes that are at most so many seconds apart, as for
        :func:`gridgov.measure_patrols`.
    columns
        Columns to show in the card by name: ``"track_id"``, which then also names the
        tracks in the legend, and columns of the caller's own.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    author
        Who made the map, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        Lines with a ring at the start, a square at the end and arrows; the seven tracks
        observed longest in colors of their own. Dashes lead over gaps. Pointing at a track
        shows its number, first and last fix of the day, fixes, minutes observed, gaps and
        persons. Tracks are numbered by their first fix; ids stay out of the map unless
        `columns` names them. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `max_gap_s` is no number above 0, or a note at the foot is
        empty or too long.
    ColumnsError
        If a column is missing, also one named in `columns`.
    EmptyTableError
        If there are no fixes.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If no track has two fixes in a row and there are no jurisdictions, or Folium does not
        know `tiles`.

    Notes
    -----
    Where somebody went, and when, is personal data even under a number: who knows a home or
    a beat knows the person. Such a map is for those who lead the patrols.

    Lines are thinned where that moves them by less than a meter, which a receiver does not
    tell apart.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import Point
    >>> from gridgov.checks import conform
    >>> at = pd.date_range("2017-09-04 09:00", periods=3, freq="min", tz="Asia/Shanghai")
    >>> rows = gpd.GeoDataFrame({"track_id": "P1", "fix_at": at}, crs=4326,
    ...                         geometry=[Point(116.2 + i / 1000, 39.9) for i in range(3)])
    >>> page = map_tracks(conform(rows, "tracks"), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(tracks, "tracks", columns=_NEEDED)
    check_degrees(tracks, "tracks")
    if isinstance(max_gap_s, bool) or not (np.isreal(max_gap_s) and 0 < max_gap_s < np.inf):
        raise OptionError(f"max_gap_s must be a number of seconds above 0. Found: {max_gap_s!r}.")
    asked = _asked(tracks, columns)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    days = track_days(tracks, float(max_gap_s))
    own = {name: _values(tracks[name], days) for name in asked}
    names = own.get("track_id")
    rows = _rows(days)
    classes, titles = _classes(days, names, words)
    lines = _lines(days.rows, own, words, lang)
    drawn = ~shapely.is_missing(days.lines)
    hidden = int(days.rows["number"].nunique() - days.rows.loc[drawn, "number"].nunique())
    foot = [
        *notes,
        words["tracks_method"].format(
            fixes=f"{len(tracks):,}", tracks=f"{days.rows['number'].nunique():,}"
        ),
        *([words["tracks_pointlike"].format(hidden)] if hidden else []),
    ]
    common: dict[str, Any] = {
        "comparable": False,
        "titles": titles,
        "foot": lambda inside, at: foot,
        "lang": lang,
    }
    help_ = words["tracks_help"].format(f"{max_gap_s:g}")
    tracks_layer = views_part(
        _frame(days.lines),
        rows,
        measures=[Measure(words["tracks_layer"], classes, lines, words["tracks_legend"], help_)],
        name=words["tracks_layer"],
        kind="tracks",
        headings={"period": words["track_day"]},
        outline=False,
        also=lambda inside: _gap_rows(inside, jurisdictions is not None, words),
        **common,
    )
    gaps_layer = views_part(
        _frame(days.gaps),
        rows,
        measures=[
            Measure(
                words["track_gaps"],
                Classes(np.zeros(len(rows), dtype=np.int64), [words["track_gaps"]], [_GAP]),
                lines,
                words["track_gaps"],
            )
        ],
        name=words["track_gaps"],
        kind="lines",
        looks=Looks(width=[1.5], dash=[True]),
        follows=1,
        **common,
    )
    layers: list[ViewsLayer] = [gaps_layer, tracks_layer]
    return draw_views(
        layers,
        jurisdictions,
        title=str(title) if title is not None else words["tracks_title"],
        date=date,
        lang=lang,
        tiles=tiles,
    )


def _asked(tracks: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the columns that were asked for by name.

    Raises
    ------
    ColumnsError
        If one is not there; all of them are named.
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    missing = [name for name in names if name not in tracks.columns]
    if missing:
        known = set(TABLES["tracks"].names) - {"track_id"}
        there = ", ".join(str(name) for name in tracks.columns if name not in known)
        raise ColumnsError(
            f"columns must name columns of tracks. Not there: {', '.join(map(str, missing))}. "
            f"There are: {there}.",
            problems=[{"table": "tracks", "column": n, "problem": "missing"} for n in missing],
        )
    return names


def _values(values: pd.Series, days: TrackDays) -> pd.Series:
    """Return the different values of a column in every track and day, as text."""
    pairs = pd.DataFrame({"row": days.fix, "text": values.astype(object).to_numpy()})
    pairs = pairs[pairs["text"].notna()].drop_duplicates()
    texts = pairs.assign(text=pairs["text"].map(str)).groupby("row")["text"].agg(" / ".join)
    found = texts.reindex(range(len(days.rows))).astype(object)
    return found.where(found.notna(), None)


def _rows(days: TrackDays) -> pd.DataFrame:
    """Return a row for every track and day, with the day to choose."""
    rows = days.rows.assign(shape=np.arange(len(days.rows)))
    return rows.rename(columns={"day": "period"})


def _frame(shapes: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Return shapes as a table."""
    return gpd.GeoDataFrame(geometry=list(shapes), crs=4326)


def _classes(
    days: TrackDays, names: pd.Series | None, words: dict[str, str]
) -> tuple[Classes, list[str]]:
    """Return the class of every row and what to call its track."""
    number = days.rows["number"].to_numpy(np.int64)
    total = np.bincount(number, weights=days.rows["observed_min"])[1:]
    longest = np.argsort(-total, kind="stable")[: len(_PALETTE)]
    called = {one: words["track_number"].format(one) for one in np.unique(number).tolist()}
    if names is not None:
        called |= {
            one: text
            for one, text in zip(number.tolist(), names.tolist(), strict=True)
            if text is not None
        }
    own = np.sort(longest) + 1
    texts = [called[one] for one in own.tolist()]
    colors = list(_PALETTE[: len(own)])
    if len(total) > len(own):
        texts.append(words["track_others"].format(len(total) - len(own)))
        colors.append(_OTHERS)
    place = np.full(len(total) + 1, len(own), dtype=np.int64)
    place[own] = np.arange(len(own))
    return Classes(place[number], texts, colors, False), [called[one] for one in number.tolist()]


def _lines(
    rows: pd.DataFrame, own: dict[str, pd.Series], words: dict[str, str], lang: Language
) -> list[Line]:
    """Return what the card at the pointer says."""
    table = TABLES["tracks"]
    heading = {name: table[name].heading(lang) for name in own if name in table.names}
    return [
        *(Line(heading.get(name, str(name)), "name", values) for name, values in own.items()),
        Line(words["track_from"], "name", time_texts(rows["first"], "%Y-%m-%d %H:%M:%S")),
        Line(words["track_to"], "name", time_texts(rows["last"], "%Y-%m-%d %H:%M:%S")),
        Line(words["fixes"], "name", count_texts(rows["fixes"])),
        Line(words["track_observed"], "digits", rows["observed_min"]),
        Line(words["track_gaps"], "name", count_texts(rows["gaps"])),
        Line(words["track_unobserved"], "digits", rows["unobserved_min"]),
        Line(words["persons"], "name", count_texts(rows["persons"])),
    ]


def _gap_rows(inside: pd.DataFrame, outlines: bool, words: dict[str, str]) -> list[dict[str, Any]]:
    """Return the section of the legend for gaps, with their number in the day, and outlines."""
    look = {"width": 1.5, "dash": True, "hatch": "", "symbol": "circle"}
    count = int(inside["gaps"].sum())
    rows: list[dict[str, Any]] = [
        {"mark": "stroke", "color": _GAP, "text": words["track_gaps"], "count": count, **look}
    ]
    if outlines:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return [{"heading": words["track_unobserved_heading"], "rows": rows, "help": ""}]
