"""The figures of an assessment, drawn from its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov.assessment.indicators.definitions import read_indicators
from gridgov.bulletin.assessment_measures import AssessmentMeasures
from gridgov.bulletin.assessment_words import AssessmentWords
from gridgov.figures.closing_curves import plot_closing_curves
from gridgov.figures.indicators import plot_indicator
from gridgov.figures.scores import plot_scores

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["MAIN_RATE", "AssessmentFigures", "draw_figures"]

_MOST_GROUPS, _MOST_CURVES = 60, 7
# A curve ends where fewer cases were seen that long.
_LEAST = 5
MAIN_RATE = "on_time_closing_rate"
"""The indicator that is drawn."""


@dataclass(frozen=True, slots=True)
class AssessmentFigures:
    """The figures; None where there was nothing to draw.

    Attributes
    ----------
    scores
        Scores of the whole time with intervals and ranges of ranks.
    on_time, on_time_period
        Closing in time by group, and by period.
    curves
        Share still open, of all cases and of the groups whose pace differs most.
    """

    scores: Figure | None
    on_time: Figure | None
    on_time_period: Figure | None
    curves: Figure | None

    def drawn(self) -> Iterator[tuple[str, Figure]]:
        """Yield name and figure of those that there are."""
        for one in fields(self):
            figure = getattr(self, one.name)
            if figure is not None:
                yield one.name, figure


def draw_figures(
    measured: AssessmentMeasures, *, period: str, source: str, words: AssessmentWords
) -> AssessmentFigures:
    """Draw every figure.

    Parameters
    ----------
    measured
        All measures.
    period
        The time in words.
    source
        Where the records come from.
    words
        Language.
    """
    names: Mapping[str, str] = measured.names
    shared: dict[str, Any] = {"lang": words.lang, "source": source, "date": period}
    many = words(f"many.{measured.by}")
    known = read_indicators().set_index("indicator")
    called = str(known.loc[MAIN_RATE, "label_zh" if words.lang == "zh" else "label"])
    scores, rates = measured.range_scores, _main(measured.indicators)
    by_period = _main(measured.period_indicators)
    groups = int(rates["group"].notna().sum())
    return AssessmentFigures(
        scores=plot_scores(scores, names=names, title=words("figure.scores"), **shared)
        if scores["score"].notna().any() and len(scores) <= _MOST_GROUPS
        else None,
        on_time=plot_indicator(
            rates,
            names=names,
            title=words("figure.on_time", label=called, many=many),
            **shared,
        )
        if 1 < groups <= _MOST_GROUPS and rates["value"].notna().any()
        else None,
        on_time_period=plot_indicator(
            by_period, title=words("figure.on_time_period", label=called), **shared
        )
        if int(by_period["value"].notna().sum()) > 1
        else None,
        curves=_curves(measured, names, words, shared),
    )


def _main(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of closing in time, those without a value left out."""
    rows = indicators[indicators["indicator"] == MAIN_RATE].reset_index(drop=True)
    rows.attrs = indicators.attrs
    return rows


def _curves(
    measured: AssessmentMeasures,
    names: Mapping[str, str],
    words: AssessmentWords,
    shared: Mapping[str, Any],
) -> Figure | None:
    """Return the curves of all cases and of the groups whose pace differs most."""
    table, tests = measured.closing_curves, measured.delay_tests
    if not (table["at_risk"] >= _LEAST).any():
        return None
    chosen: list[Any] = []
    if tests is not None:
        apart = tests[tests["group"].notna() & (tests["q_value"] < 0.05)]
        chosen = apart.sort_values("q_value", kind="stable")["group"].head(_MOST_CURVES).tolist()
    rows = table[table["group"].isna() | table["group"].isin(chosen)].reset_index(drop=True)
    rows.attrs = table.attrs
    return plot_closing_curves(
        rows, names=names, least=_LEAST, title=words("figure.curves"), **shared
    )
