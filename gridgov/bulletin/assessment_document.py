"""The page of an assessment: ranking, periods, indicators, delays, supervision, alleys.

Every number on it comes from a table of the pack, and the workbook holds all their rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from gridgov.bulletin import assessment_lists, assessment_ranking, assessment_rates
from gridgov.bulletin.assessment_figures import MAIN_RATE
from gridgov.bulletin.assessment_measures import AssessmentMeasures
from gridgov.bulletin.assessment_parts import Pages, fraction
from gridgov.bulletin.assessment_tables import ASSESSMENT_TABLES
from gridgov.bulletin.assessment_words import AssessmentWords
from gridgov.bulletin.document.forms import write_value
from gridgov.bulletin.document.model import (
    Document,
    Form,
    KeyFigure,
    Number,
    Section,
    TableBlock,
)
from gridgov.taxonomy.labels import label

__all__ = [
    "Heading",
    "assessment_document",
    "assessment_workbook",
    "last_period",
    "main_rate",
    "unranked",
]

_TERMS = {
    "reason": "reason",
    "supervision": "supervision",
    "stage": "case_event",
    "standing": "standing",
    "moved": "standing",
}
_RATES: dict[str, Form] = dict.fromkeys(("value", "value_low", "value_high"), "percent")
_FORMS: Mapping[str, Mapping[str, Form]] = {
    "indicators": _RATES,
    "period_indicators": _RATES,
}


@dataclass(frozen=True, slots=True)
class Heading:
    """What the pack is called: title, time in words, source, last moment of the data."""

    title: str
    period: str
    source: str
    created: datetime | None


def assessment_document(pages: Pages, heading: Heading) -> Document:
    """Return the page of an assessment as a document.

    Parameters
    ----------
    pages
        What the sections are made from.
    heading
        Title, time and source.
    """
    measured, tables, words = pages.measured, pages.tables, pages.words
    sections = [
        Section(words("section.ranking"), assessment_ranking.ranking(pages)),
        Section(words("section.periods"), assessment_ranking.periods(pages)),
        Section(words("section.indicators"), assessment_rates.indicators(pages)),
        Section(words("section.delays"), assessment_rates.delays(pages)),
        Section(words("section.supervision"), assessment_lists.supervision(pages)),
        Section(words("section.alleys"), assessment_lists.alleys(pages)),
        Section(words("section.rows"), assessment_lists.rows(pages)),
    ]
    moment = f"{measured.as_of:%Y-%m-%d %H:%M}"
    scheme = measured.scheme
    return Document(
        title=heading.title,
        subtitle=f"{heading.period} · {words('seen_from', moment=moment)}",
        lang=words.lang,
        lead=_lead(measured, tables, words),
        key_figures=_key_figures(measured, tables, words),
        sections=[section for section in sections if section.parts],
        method=(
            words("note.as_of", moment=moment),
            words("note.open_cases"),
            words("note.scheme", scheme=scheme.zh if words.lang == "zh" else scheme.en),
            words("method.scores", **pages.drawn) + pages.stop,
            words("note.chance"),
        ),
        source=heading.source,
        numbers=_numbers(measured, tables, words, pages),
        created=heading.created,
        facts=_facts(measured, pages.drawn),
    )


def assessment_workbook(
    document: Document, tables: Mapping[str, pd.DataFrame], pages: Pages, *, in_words: bool
) -> Document:
    """Return the document of the workbook and of the JSON: every table with all its rows.

    Parameters
    ----------
    document
        The page.
    tables
        All tables in the form of files.
    pages
        What the page was made from.
    in_words
        Whether codes become words, as people read them; programs need the codes.
    """
    blocks = []
    for name, frame in tables.items():
        if in_words:
            kinds = {column: kind for column, kind in _TERMS.items() if column in frame.columns}
            frame = frame.assign(
                **{column: pages.in_words(kind, frame[column]) for column, kind in kinds.items()}
            )
        spec = ASSESSMENT_TABLES[name]
        blocks.append(
            TableBlock(
                name=name,
                frame=frame,
                spec=spec,
                caption=pages.caption(name),
                provenance=pages.provenance(pages.method_of(name), len(frame)),
                columns=spec.names,
                forms=_FORMS.get(name, {}),
            )
        )
    return replace(document, sections=[Section(document.title, blocks)])


def _lead(
    measured: AssessmentMeasures, tables: Mapping[str, pd.DataFrame], words: AssessmentWords
) -> str:
    """Return the sentence to take away."""
    ranked = tables["range_scores"][tables["range_scores"]["rank"].notna()]
    if ranked.empty:
        return unranked(tables, words)
    first = ranked.iloc[0]
    return words(
        "lead.sure",
        first=words.named(first["label"]),
        ranked=len(ranked),
        many=words(f"many.{measured.by}"),
        scheme=measured.scheme.zh if words.lang == "zh" else measured.scheme.en,
        low=first["rank_low"],
        high=first["rank_high"],
    )


def _key_figures(
    measured: AssessmentMeasures, tables: Mapping[str, pd.DataFrame], words: AssessmentWords
) -> list[KeyFigure]:
    """Return the large numbers."""
    made = [KeyFigure(f"{int(measured.within.begun.sum()):,}", words("key.cases"))]
    rate = main_rate(tables)
    if rate is not None:
        note = words(
            "key.interval",
            counted=fraction(rate),
            low=write_value(rate["value_low"], "percent"),
            high=write_value(rate["value_high"], "percent"),
        )
        made.append(KeyFigure(write_value(rate["value"], "percent"), words("key.on_time"), note))
    whole = tables["delays"].iloc[0]
    if pd.notna(whole["median_h"]):
        note = words(
            "key.median_interval",
            low=write_value(whole["median_low_h"], "hours"),
            high=write_value(whole["median_high_h"], "hours"),
        )
        made.append(KeyFigure(write_value(whole["median_h"], "hours"), words("key.median"), note))
    counts = tables["supervision_counts"].iloc[0]
    overdue = int(counts["overdue_cases"])
    made.append(
        KeyFigure(
            f"{overdue:,}",
            words("key.overdue"),
            words("key.open", open=int(counts["open_cases"])),
            "hot" if overdue else "",
        )
    )
    if "standing_counts" in tables:
        last = last_period(tables["standing_counts"])
        made.append(
            KeyFigure(
                f"{int(last['below'].sum()):,}",
                words("key.below"),
                words("key.lines", lines=int(last["lines"].sum())),
            )
        )
    return made


def unranked(tables: Mapping[str, pd.DataFrame], words: AssessmentWords) -> str:
    """Return why no group is ranked."""
    reasons = tables["range_scores"]["reason"].dropna().unique().tolist()
    told = [label("reason", str(reason), words.lang) for reason in reasons]
    return words("lead.none", why=words.listed(told))


def main_rate(tables: Mapping[str, pd.DataFrame]) -> Any:
    """Return closing in time of all cases; None where it has no value."""
    frame = tables["indicators"]
    row = frame[(frame["indicator"] == MAIN_RATE) & frame["group"].isna() & frame["value"].notna()]
    return None if row.empty else row.iloc[0]


def last_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last period of a table."""
    return (
        frame if frame["period"].isna().all() else frame[frame["period"] == frame["period"].max()]
    )


def _numbers(
    measured: AssessmentMeasures,
    tables: Mapping[str, pd.DataFrame],
    words: AssessmentWords,
    pages: Pages,
) -> list[Number]:
    """Return the single numbers for the next program."""
    made = [
        Number(
            "cases",
            words("key.cases"),
            int(measured.within.begun.sum()),
            "count",
            provenance=pages.provenance("rows", len(measured.cases)),
        )
    ]
    whole = tables["indicators"][tables["indicators"]["group"].isna()]
    for row in whole.to_dict("records"):
        bottom = known(row["denominator"])
        made.append(
            Number(
                f"indicator.{row['indicator']}",
                str(row["indicator_label"]),
                known(row["value"]),
                "share",
                low=known(row["value_low"]),
                high=known(row["value_high"]),
                numerator=known(row["numerator"]),
                denominator=bottom,
                provenance=pages.provenance("indicators", None if bottom is None else int(bottom)),
            )
        )
    for row in tables["range_scores"].to_dict("records"):
        made.append(
            Number(
                f"score.{row['group']}",
                str(row["label"]),
                known(row["score"]),
                "points",
                low=known(row["score_low"]),
                high=known(row["score_high"]),
                provenance=pages.provenance("scores", int(row["cases"])),
            )
        )
    counts = tables["supervision_counts"].iloc[0]
    for name in ("open_cases", "overdue_cases", "due_soon_cases", "reworked_cases"):
        made.append(
            Number(
                name,
                ASSESSMENT_TABLES["supervision_counts"][name].heading(words.lang),
                int(counts[name]),
                "count",
                provenance=pages.provenance("supervision", int(counts["open_cases"])),
            )
        )
    whole_delay = tables["delays"].iloc[0]
    made.append(
        Number(
            "median_h",
            words("key.median"),
            known(whole_delay["median_h"]),
            "hours",
            low=known(whole_delay["median_low_h"]),
            high=known(whole_delay["median_high_h"]),
            provenance=pages.provenance("delays", int(whole_delay["cases"])),
        )
    )
    return made


def known(value: Any) -> float | None:
    """Return a number; None where it is missing."""
    return None if pd.isna(value) else float(value)


def _facts(measured: AssessmentMeasures, drawn: Mapping[str, int]) -> dict[str, Any]:
    """Return what else the JSON says of the assessment."""
    scheme, within = measured.scheme, measured.within
    return {
        "kind": "assessment",
        "by": measured.by,
        "period": measured.period,
        "start": None if within.start is None else within.start.isoformat(),
        "end": None if within.end is None else within.end.isoformat(),
        "first_opened": within.first.isoformat(),
        "last_opened": within.last.isoformat(),
        "as_of": measured.as_of.isoformat(),
        "scheme": {
            "name": scheme.name,
            "source": scheme.source,
            "version": scheme.version,
            "weights": dict(scheme.weights),
        },
        "left_out": dict(measured.left_out),
        "min_cases": drawn["least"],
        "samples": drawn["samples"],
        "seed": drawn["seed"],
    }
