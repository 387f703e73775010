"""The pages of a coverage pack: the district's, which links everything, and every street's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.bulletin import sentences
from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.coverage_numbers import PANELS, number_text, window_days
from gridgov.bulletin.coverage_pictures import pack_pictures
from gridgov.bulletin.coverage_tables import coverage_notices
from gridgov.bulletin.coverage_tasks import shorten
from gridgov.bulletin.ledger import Step
from gridgov.bulletin.page_frame import Page, frame_content, render_all
from gridgov.bulletin.record import grid_facts
from gridgov.bulletin.street_page import Panel, file_name, panel_of, street_content
from gridgov.bulletin.street_page_map import make_ground
from gridgov.bulletin.words import Words
from gridgov.coverage.patrol_plan.patrol_plan import STAY_MIN
from gridgov.figures.fonts import clean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Heading", "render_pages"]

# The part of the folder without which a question has no answer.
_NEEDS = {"patrol": "tracks", "reach": "facilities"}

# Two numbers a question fit beside the names of the streets; the pages hold the rest.
_SHORT = (
    *("one_owner_incidents", "gap", "cells_visited", "never_visited"),
    *("reached", "nearest", "reporting", "blind"),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """What every page of a pack says of it.

    Attributes
    ----------
    title, period
        Of the pack.
    plain
        Its title without what kind of pack it is.
    """

    title: str
    period: str
    plain: str


def render_pages(
    measured: CoverageMeasures,
    tables: Mapping[str, pd.DataFrame],
    steps: tuple[Step, ...],
    heading: Heading,
    names: Sequence[str],
    maps: Mapping[str, Sequence[tuple[str, str]]],
    words: Words,
) -> dict[str, str]:
    """Return every page as HTML by the name of its file.

    Parameters
    ----------
    measured
        All measures.
    tables
        Every table in the form that files have.
    steps
        The ledger.
    heading
        Title and period.
    names
        Every file of the pack, pages included.
    maps
        File and name of the maps of every question.
    words
        Language of the pages.

    Returns
    -------
    dict of str
        ``index.html`` and one page a street.

    Raises
    ------
    KeyError
        If a table is missing.
    """
    streets = measured.read.jurisdictions
    ground = make_ground(measured.placed.grid, streets)
    pictures = pack_pictures(measured, ground, words)

    def panels(street_id: str | None) -> list[Panel]:
        return [
            panel_of(
                code,
                street_id,
                tables=tables,
                ground=ground,
                pictures=pictures,
                missing=_missing(measured, code, words),
                words=words,
            )
            for code in PANELS
        ]

    walks = _walks(tables, words)
    pages = {
        file_name(street_id): street_content(
            street=street if isinstance(street, str) else street_id,
            district=district if isinstance(district, str) else "",
            title=heading.plain,
            period=heading.period,
            source=measured.read.settings.source,
            panels=panels(street_id),
            maps=maps,
            walk=walks.get(street_id, ""),
            words=words,
        )
        for street_id, street, district in zip(
            *(streets[name].tolist() for name in ("street_id", "street", "district")), strict=True
        )
    }
    numbers = tables["street_numbers"]
    own = {*pages, "index.html"}
    frame = frame_content(
        title=heading.title,
        period=heading.period,
        lead=_lead(measured, numbers, words),
        source=measured.read.settings.source,
        tiles=_tiles(numbers, words),
        steps=steps,
        notices=sentences.notice_sentences(
            coverage_notices(measured), {"without_closing_time": None}, words
        ),
        method=_method(measured, words),
        files=[(name, file_label(name, words)) for name in names if name not in own],
        words=words,
    )
    pages["index.html"] = Page(
        "coverage.html.j2",
        dict(frame)
        | {
            "groups": _groups(numbers, words),
            "rows": _rows(numbers, streets, words),
            "panels": panels(None),
            "maps": {code: maps.get(code, ()) for code in PANELS},
            "posts": _posts(measured, words),
            "posts_note": _posts_note(measured, words),
            "walks_note": words("cov.page.walks_note", stay=STAY_MIN),
            "walks": [
                words.colon(shorten(_name_of(streets, street_id)), sentence)
                for street_id, sentence in walks.items()
            ],
            "left_out": [
                words(f"cov.left.{name}", why=words(f"cov.why.{why}"))
                for name, why in measured.left_out.items()
            ],
        },
        ("page.css", "panels.css"),
    )
    return render_all(pages)


def file_label(name: str, words: Words) -> str:
    """Return what a file holds, in words."""
    if name.startswith("tables/"):
        return words(f"sheet.{Path(name).stem}")
    if name.endswith(".html"):
        return words(f"cov.map.{Path(name).stem}")
    return words(f"file.{name}")


def _missing(measured: CoverageMeasures, code: str, words: Words) -> str:
    """Return why a question has no answer, nothing if it has one."""
    if code not in _NEEDS or getattr(measured, code) is not None:
        return ""
    name = _NEEDS[code]
    return words(f"cov.left.{name}", why=words(f"cov.why.{measured.left_out[name]}"))


def _name_of(streets: pd.DataFrame, street_id: str) -> str:
    """Return the name of a street, its id when it has none."""
    name = streets.loc[streets["street_id"] == street_id, "street"].iloc[0]
    return name if isinstance(name, str) else street_id


def _value(numbers: pd.DataFrame, number: str, street_id: str | None, words: Words) -> str:
    """Return a key number as text."""
    ids = numbers["street_id"]
    found = numbers[
        (numbers["number"] == number) & (ids.isna() if street_id is None else ids == street_id)
    ]
    if found.empty:
        return "–"
    return number_text(found["value"].iloc[0], found["unit"].iloc[0], words)


def _lead(measured: CoverageMeasures, numbers: pd.DataFrame, words: Words) -> str:
    """Return the sentence that says what the pack found."""
    days = 0 if measured.patrol is None else window_days(measured.patrol.coverage)
    said = [
        words(f"cov.lead.{number}", value=_value(numbers, number, None, words), days=days)
        for number in ("one_owner_incidents", "cells_visited", "reached", "reporting")
        if (numbers["number"] == number).any()
    ]
    return words("cov.lead", streets=len(measured.read.jurisdictions), said=words.listed(said))


def _tiles(numbers: pd.DataFrame, words: Words) -> list[tuple[str, str, str]]:
    """Return the large numbers: one a question."""
    labels = numbers.drop_duplicates("number").set_index("number")["label"]
    return [
        (_value(numbers, number, None, words), labels[number], "")
        for number in ("one_owner_incidents", "cells_visited", "reached", "blind")
        if number in labels.index
    ]


def _groups(numbers: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Return the headings of the table of streets."""
    whole = numbers[numbers["street_id"].isna() & numbers["number"].isin(_SHORT)]
    return [
        {
            "heading": words(f"cov.panel.{code}"),
            "columns": [words(f"cov.short.{number}") for number in those["number"]],
        }
        for code, those in whole.groupby("panel", sort=False)
    ]


def _rows(numbers: pd.DataFrame, streets: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Return the table of streets, the district last."""
    numbers = numbers[numbers["number"].isin(_SHORT)]
    codes = numbers.loc[numbers["street_id"].isna(), "number"].tolist()
    ids: list[str | None] = [*streets["street_id"].tolist(), None]
    return [
        {
            "name": words("cov.page.whole")
            if street_id is None
            else shorten(_name_of(streets, street_id)),
            "href": "" if street_id is None else file_name(street_id),
            "texts": [_value(numbers, code, street_id, words) for code in codes],
        }
        for street_id in ids
    ]


def _posts(measured: CoverageMeasures, words: Words) -> list[str]:
    """Return the next posts in sentences, the most useful first."""
    reach = measured.reach
    if reach is None or reach.placement is None:
        return []
    sites = reach.placement.sites
    new = sites[~sites["existing"]].sort_values("rank")
    street_of = measured.placed.grid.set_index("cell")["street_id"]
    streets = street_of.reindex(new["cell"].astype("uint64")).tolist()
    return [
        words(
            "cov.post",
            site=site,
            gain=gain,
            street=shorten(_name_of(measured.read.jurisdictions, street))
            if isinstance(street, str)
            else "–",
        )
        for site, gain, street in zip(
            new["site_id"].tolist(), new["marginal_gain"].tolist(), streets, strict=True
        )
    ]


def _posts_note(measured: CoverageMeasures, words: Words) -> str:
    """Return how the next posts were placed."""
    reach = measured.reach
    if reach is None or reach.placement is None:
        return ""
    made = reach.placement.sites.attrs["placement"]
    total = float(made["weight"])
    return words(
        "cov.posts_note",
        distance=reach.distance_m,
        stand=len(reach.posts),
        share=number_text(made["objective"] / total if total else None, "share", words),
        status=words(f"cov.status.{made['status']}"),
        gap=number_text(made["gap"], "share", words),
    )


def _walks(tables: Mapping[str, pd.DataFrame], words: Words) -> dict[str, str]:
    """Return the patrol plan of every street that has a walk, in a sentence."""
    if "patrol_walks" not in tables:
        return {}
    walks = tables["patrol_walks"]
    walks = walks[walks["stops"] > 0].drop_duplicates("street_id")
    return {
        row["street_id"]: words(
            "cov.walk",
            stops=row["stops"],
            walk=row["walk_min"],
            stay=row["stay_min"],
            shift=row["shift"],
        )
        for row in walks.to_dict("records")
    }


def _method(measured: CoverageMeasures, words: Words) -> list[str]:
    """Return the method note, one sentence or two a paragraph."""
    placed = measured.placed
    facts = grid_facts(placed.grid, placed.resolution, placed.chosen_by)
    told = [
        *sentences.grid_method(facts, placed.selection.zone, words),
        words("cov.how.owned"),
    ]
    if measured.patrol is not None and measured.read.settings.parts.tracks is not None:
        gap = measured.read.settings.parts.tracks.max_gap_s
        told.append(words("cov.how.patrol", gap=gap))
    if measured.reach is not None:
        lines = measured.read.settings.parts.lines
        key = "cov.how.walked" if lines is not None and lines.walk else "cov.how.straight"
        kinds = measured.read.settings.parts.facilities
        listed = words.listed([shorten(kind, 12) for kind in kinds.posts]) if kinds else ""
        told.append(words(key))
        if listed:
            told.append(words("cov.how.posts", kinds=clean(listed)))
    told.append(words("cov.how.report"))
    if measured.plan is not None:
        told.append(words("cov.how.plan"))
    return told
