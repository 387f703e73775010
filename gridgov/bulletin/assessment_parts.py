"""What the sections of an assessment's page have in common: tables, figures, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gridgov.bulletin.assessment_figures import AssessmentFigures
from gridgov.bulletin.assessment_measures import AssessmentMeasures
from gridgov.bulletin.assessment_tables import ASSESSMENT_TABLES
from gridgov.bulletin.assessment_words import AssessmentWords
from gridgov.bulletin.document.model import (
    FigureBlock,
    Form,
    Part,
    Provenance,
    Rule,
    TableBlock,
)
from gridgov.taxonomy.labels import label

__all__ = ["Pages", "fraction"]

_METHODS = {
    **dict.fromkeys(("range_scores", "range_items", "scores", "score_items"), "scores"),
    **dict.fromkeys(("indicators", "period_indicators"), "indicators"),
    **dict.fromkeys(("delays", "closing_curves"), "delays"),
    "delay_tests": "tests",
    **dict.fromkeys(("supervision", "supervision_counts"), "supervision"),
    "repeat_places": "repeats",
    **dict.fromkeys(("standing", "standing_counts"), "standing"),
    "alley_scores": "alley_scores",
}
_CAPTIONS = {
    "range_scores": "table.ranking",
    "range_items": "table.items",
    "scores": "table.periods",
    "score_items": "table.items",
    "indicators": "table.indicators",
    "period_indicators": "table.indicators",
    "delays": "table.delays",
    "delay_tests": "table.tests",
    "closing_curves": "figure.curves",
    "supervision_counts": "table.supervision_counts",
    "supervision": "table.supervision",
    "repeat_places": "table.repeats",
    "alley_scores": "table.alley_scores",
    "standing_counts": "table.standing_counts",
    "standing": "section.alleys",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """What the sections are made from.

    Attributes
    ----------
    measured, tables, figures
        The measures, their tables in the form of files, and what was drawn.
    period, source
        The time in words, and where the records come from.
    words
        Language.
    drawn
        ``samples``, ``seed`` and ``least``, for the method of the scores.
    """

    measured: AssessmentMeasures
    tables: Mapping[str, pd.DataFrame]
    figures: AssessmentFigures
    period: str
    source: str
    words: AssessmentWords
    drawn: Mapping[str, int]

    @property
    def many(self) -> str:
        """Return what the groups are called together."""
        return self.words(f"many.{self.measured.by}")

    @property
    def stop(self) -> str:
        """Return the mark that ends a sentence."""
        return "。" if self.words.lang == "zh" else "."

    def caption(self, name: str) -> str:
        """Return what a table is, in words; its name where it has none."""
        key = _CAPTIONS.get(name)
        return name if key is None else self.words(key, many=self.many)

    def method_of(self, name: str) -> str:
        """Return the code of how a table was worked out."""
        return _METHODS.get(name, "rows")

    def provenance(self, method: str, n: int | None) -> Provenance:
        """Return where something comes from."""
        values: dict[str, Any] = dict(self.drawn) if method == "scores" else {}
        if method == "supervision":
            values = {"moment": f"{self.measured.as_of:%Y-%m-%d %H:%M}"}
        return Provenance(self.source, self.period, n, self.words(f"method.{method}", **values))

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        columns: Sequence[str],
        *,
        called: str | None = None,
        n: int | None = None,
        caption: str | None = None,
        headings: Mapping[str, str] | None = None,
        forms: Mapping[str, Form] | None = None,
        most: int = 20,
        rules: Sequence[Rule] = (),
    ) -> TableBlock:
        """Return a table of the page; names of groups stand under what they are of."""
        group = self.words(f"by.{self.measured.by}")
        return TableBlock(
            name=called or name,
            frame=frame.reset_index(drop=True),
            spec=ASSESSMENT_TABLES[name],
            caption=caption or self.caption(name),
            provenance=self.provenance(self.method_of(name), len(frame) if n is None else n),
            columns=columns,
            headings={"label": group, **(headings or {})},
            forms=forms or {},
            most=most,
            rules=rules,
        )

    def figure(self, name: str, method: str, alt: str, caption: str, n: int) -> list[Part]:
        """Return a figure as a list; an empty one when it was not drawn."""
        drawn = getattr(self.figures, name)
        if drawn is None:
            return []
        where = self.provenance(method, n)
        return [FigureBlock(name, drawn, caption, self.words(f"alt.{alt}"), where)]

    def in_words(self, kind: str, codes: pd.Series) -> pd.Series:
        """Return codes as words."""
        told = codes.map(lambda code: label(kind, str(code), self.words.lang), na_action="ignore")
        return told.astype("str").where(codes.notna())


def fraction(row: Any) -> str:
    """Return numerator and denominator of a rate as one text.

    Examples
    --------
    >>> fraction({"numerator": 3146.0, "denominator": 3302.0})
    '3,146/3,302'
    >>> fraction({"numerator": 614.8, "denominator": 796.0})
    '614.8/796'
    """
    texts = [
        f"{row[name]:,.0f}" if row[name] == round(row[name]) else f"{row[name]:,.1f}"
        for name in ("numerator", "denominator")
    ]
    return "/".join(texts)
