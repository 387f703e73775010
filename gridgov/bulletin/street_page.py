"""The one-page view of a street's leader: four questions, their numbers, what to do.

It fits one sheet of A4, in either language, whatever the records hold: texts of records
are cut to a length, lists to a number of lines, and what is left out is counted. It reads
the tables "street_numbers" and "street_tasks" and makes no number of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from gridgov.bulletin.coverage_numbers import PANELS, number_text
from gridgov.bulletin.coverage_tasks import shorten
from gridgov.bulletin.page_frame import Page
from gridgov.bulletin.street_page_map import Ground, Picture, draw_picture
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Panel", "file_name", "panel_of", "street_content"]

_MOST_TASKS = 4
_LONGEST_NAME = 32
_LONGEST_ID = 40

# The map of reach by street is called so.
_TAKEN = ("reach",)


@dataclass(frozen=True, slots=True)
class Panel:
    """One question on a page.

    Attributes
    ----------
    code, heading
        The question.
    picture, legend
        The map, and name, sign and color of what it shows.
    numbers
        Label, value, the district's value and how the number was made.
    tasks
        What there is to do, with the number of its mark in the map.
    more
        How many tasks are left to the tables.
    note
        Said when there is nothing to do, or nothing to say.
    missing
        Why the question has no answer, if it has none.
    """

    code: str
    heading: str
    picture: Markup | None
    legend: Sequence[tuple[str, str, str]]
    numbers: Sequence[Mapping[str, str]]
    tasks: Sequence[tuple[int, str]]
    more: int
    note: str
    missing: str


def file_name(street_id: str) -> str:
    """Return the name of a street's page: letters, digits and hyphens, no two alike.

    Examples
    --------
    >>> file_name("110107001")
    'street_110107001.html'
    >>> file_name("../a b")
    'street_a-b-2c2c791a.html'
    """
    if street_id not in _TAKEN and re.fullmatch(rf"[a-z0-9]{{1,{_LONGEST_ID}}}", street_id):
        return f"street_{street_id}.html"
    plain = re.sub(r"[^a-z0-9]+", "-", street_id)[:_LONGEST_ID].strip("-") or "x"
    # What was lost of the id could have told it from another one.
    digest = hashlib.sha256(street_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"street_{plain}-{digest}.html"


def panel_of(
    code: str,
    street_id: str | None,
    *,
    tables: Mapping[str, pd.DataFrame],
    ground: Ground,
    pictures: Mapping[str, Picture],
    missing: str,
    words: Words,
) -> Panel:
    """Return a question of a street, or of the district.

    Parameters
    ----------
    code
        The question, of :data:`gridgov.bulletin.coverage_numbers.PANELS`.
    street_id
        The street; None for the district, which has numbers and no tasks.
    tables
        Tables "street_numbers" and "street_tasks" in the form that files have.
    ground, pictures
        What maps are drawn from.
    missing
        Why the question has no answer, if it has none.
    words
        Language of the page.

    Returns
    -------
    Panel
        Everything as texts.

    Raises
    ------
    None
    """
    numbers, all_tasks = tables["street_numbers"], tables["street_tasks"]
    numbers = numbers[numbers["panel"] == code]
    of_all = numbers[numbers["street_id"].isna()].set_index("number")
    own = of_all if street_id is None else numbers[numbers["street_id"] == street_id]
    own = own if street_id is None else own.set_index("number")
    tasks = all_tasks[(all_tasks["street_id"] == street_id) & (all_tasks["panel"] == code)]
    shown = _most_urgent(tasks)
    drawn, legend = None, []
    if code in pictures:
        marks = [_point(ground, row) for row in shown]
        place = None if street_id is None else ground.ids.index(street_id)
        drawn = draw_picture(ground, place, pictures[code], marks, words)
        legend = _legend(pictures[code])
    kinds = tasks.drop_duplicates("task")["of"]
    return Panel(
        code=code,
        heading=words(f"cov.panel.{code}"),
        picture=drawn,
        legend=legend,
        numbers=[
            _number(row, of_all.loc[number] if number in of_all.index else None, words)
            for number, row in own.iterrows()
        ],
        tasks=[(place, str(row["label"])) for place, row in enumerate(shown, start=1)],
        more=int(kinds.sum()) - len(shown),
        note=words(f"cov.nothing.{code}") if not shown else "",
        missing=missing,
    )


def _most_urgent(tasks: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the tasks of a page: the first of every kind, then the second, then sorted back."""
    order = tasks.assign(place=range(len(tasks))).sort_values(["rank", "place"])
    rows: list[dict[str, Any]] = order.head(_MOST_TASKS).sort_values("place").to_dict("records")
    return rows


def _point(ground: Ground, row: Mapping[str, Any]) -> Any:
    """Return where a task lies in the plane, None if nowhere."""
    if pd.isna(row["longitude"]):
        return None
    return ground.place([shapely.Point(row["longitude"], row["latitude"])])[0]


def _legend(picture: Picture) -> list[tuple[str, str, str]]:
    """Return name, sign and color of what a picture shows."""
    areas = [(name, "fill", color) for name, color in picture.classes]
    areas += [(name, "fill", color) for name, color, _ in picture.shapes]
    return areas + [(name, sign, "") for name, sign, points in picture.points if len(points)]


def _number(row: pd.Series, whole: pd.Series | None, words: Words) -> dict[str, str]:
    """Return a key number as the page shows it."""
    base = "–"
    if pd.notna(row["n"]):
        # Land reads best in square kilometers.
        n = row["n"] / 1e6 if row["n_of"] == "m2" else row["n"]
        base = words(f"cov.n.{row['n_of']}", n=n)
    told = [base]
    if pd.notna(row["start"]):
        # The day before the first one that no longer counts is the last one that does.
        last = row["end"] - pd.Timedelta(microseconds=1)
        told.append(f"{row['start']:%Y-%m-%d}–{last:%Y-%m-%d}")
    label = str(row["label"])
    if isinstance(row["subject"], str):
        channel = term_label("channel", row["subject"], words.lang)
        label = label.replace(clean(channel), shorten(channel, 12))
    return {
        "label": label,
        "value": number_text(row["value"], row["unit"], words),
        "whole": "–" if whole is None else number_text(whole["value"], row["unit"], words),
        "how": " · ".join([*told, str(row["method"])]),
    }


def street_content(
    *,
    street: str,
    district: str,
    title: str,
    period: str,
    source: str | None,
    panels: Sequence[Panel],
    maps: Mapping[str, Sequence[tuple[str, str]]],
    walk: str,
    words: Words,
) -> Page:
    """Return the page of a street, to be rendered.

    Parameters
    ----------
    street, district
        Their names, as read.
    title, period
        Of the pack.
    source
        Where the records come from, or None.
    panels
        The four questions, in order.
    maps
        File and name of the maps of every question.
    walk
        The patrol plan of the street in a sentence; empty for none.
    words
        Language of the page.

    Returns
    -------
    Page
        For :func:`gridgov.bulletin.page_frame.render_all`.

    Raises
    ------
    None
    """
    content = {
        "html_lang": "zh-CN" if words.lang == "zh" else "en",
        "words": words,
        "street": shorten(street, _LONGEST_NAME),
        "district": "" if district in title else shorten(district, _LONGEST_NAME),
        "title": shorten(title, _LONGEST_NAME),
        "period": period,
        "source": shorten(source, 60) if source else "",
        "panels": panels,
        "maps": {code: maps.get(code, ()) for code in PANELS},
        "walk": walk,
    }
    return Page("street.html.j2", content, ("page.css", "panels.css", "street.css"))
