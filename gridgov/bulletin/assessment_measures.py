"""Everything that an assessment measures of a folder's cases, in the order of the work.

The whole and the groups are measured from one table of cases seen from one moment, so that
every number of the pack is of the same cases. Cases whose street is not among the
jurisdictions count in the whole and in no group; they are counted in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.cases.as_of import case_zone, read_as_of
from gridgov.assessment.delays.closing_curves import measure_closing_curves
from gridgov.assessment.delays.comparison import compare_delays
from gridgov.assessment.delays.delays import measure_delays
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.assessment.scores.assess import assess
from gridgov.assessment.scores.rank_scores import rank_scores
from gridgov.assessment.scores.scheme import Scheme
from gridgov.assessment.scores.score_items import measure_score_items
from gridgov.assessment.standing.standing import grade_standing
from gridgov.assessment.standing.standing_counts import measure_standing
from gridgov.assessment.supervision.overdue import find_overdue, measure_supervision
from gridgov.assessment.supervision.repeat_places import find_repeat_places
from gridgov.bulletin.assessment_range import AssessmentRange, read_cases_range
from gridgov.bulletin.folder_calendar import folder_calendar
from gridgov.place.locate import locate
from gridgov.sources.callbacks import add_callbacks
from gridgov.sources.cases import CasesRead
from gridgov.sources.folder import FolderRead
from gridgov.sources.folder_governance import GovernanceRead

__all__ = ["AssessmentMeasures", "measure_assessment"]

Tell = Callable[..., None]

_CURVE_DAYS = tuple(range(31))
_REPEAT_M, _REPEAT_DAYS, _REPEAT_LEAST = 50.0, 30.0, 3


@dataclass(frozen=True, slots=True)
class AssessmentMeasures:
    """All tables of an assessment.

    Attributes
    ----------
    read, cases_read, governance
        What was read.
    within
        The time asked for, and where every case went.
    as_of
        The moment from which cases are seen.
    by, period
        What is ranked, and by which periods.
    scheme
        How it is scored.
    names
        Names of the groups by id; empty where groups are names.
    cases, grouped
        All cases, and those of a known group.
    indicators, delays, closing_curves, supervision_counts
        The whole first, without a group, then the groups.
    period_indicators
        The whole, by period.
    range_scores, range_items
        Over the whole time.
    scores, score_items
        By period.
    delay_tests
        None with fewer than two groups.
    supervision
        Cases on the list.
    repeat_places
        None when no incident of the time has a place.
    standing, standing_counts, alley_scores
        None without checks of alleys.
    alley_names
        Names of the alleys by id.
    left_out
        What could not be measured, and the code of the reason.
    """

    read: FolderRead
    cases_read: CasesRead
    governance: GovernanceRead
    within: AssessmentRange
    as_of: pd.Timestamp
    by: str
    period: str
    scheme: Scheme
    names: Mapping[str, str]
    cases: pd.DataFrame
    grouped: pd.DataFrame
    indicators: pd.DataFrame
    period_indicators: pd.DataFrame
    range_scores: pd.DataFrame
    range_items: pd.DataFrame
    scores: pd.DataFrame
    score_items: pd.DataFrame
    delays: pd.DataFrame
    delay_tests: pd.DataFrame | None
    closing_curves: pd.DataFrame
    supervision: pd.DataFrame
    supervision_counts: pd.DataFrame
    repeat_places: pd.DataFrame | None
    standing: pd.DataFrame | None
    standing_counts: pd.DataFrame | None
    alley_scores: pd.DataFrame | None
    alley_names: Mapping[str, str]
    left_out: Mapping[str, str]


def measure_assessment(
    read: FolderRead,
    cases_read: CasesRead,
    governance: GovernanceRead,
    *,
    month: str | None,
    start: str | None,
    end: str | None,
    as_of: Any,
    by: str,
    period: str,
    scheme: Scheme,
    min_cases: int,
    samples: int,
    seed: int,
    tell: Tell,
) -> AssessmentMeasures:
    """Measure everything.

    Parameters
    ----------
    read, cases_read, governance
        What was read of the folder.
    month, start, end, as_of, by, period, scheme, min_cases, samples, seed
        As of :func:`gridgov.write_assessment`, checked.
    tell
        Told of every step: its number and the key of its words.

    Raises
    ------
    EmptyTableError
        If no case was opened in the time.
    InputError
        If cases cannot be measured; see the measures.
    """
    streets = read.jurisdictions
    ids = streets["street_id"].astype("str")
    called = streets["street"].where(streets["street"].notna(), ids).astype("str")
    names = dict(zip(ids, called, strict=True)) if by == "street_id" else {}
    cases, moment = cases_read.cases, read_as_of(cases_read.cases, as_of)
    zone = case_zone(cases)
    wanted = np.ones(len(cases), dtype=bool)
    if read.settings.categories:
        wanted = cases["category"].isin(list(read.settings.categories)).to_numpy()
        cases = cases[wanted]
    known = cases[by].isin(ids) if by == "street_id" else cases[by].notna()
    within = read_cases_range(
        cases,
        np.asarray(known, dtype=bool),
        month=month,
        start=start,
        end=end,
        zone=zone,
        other_category=int((~wanted).sum()),
    )
    if as_of is None and within.end is not None:
        # A month as it stood at its end, not as it was put right later. Cases say when
        # something last happened to one: late in the last evening the month is over.
        over = moment >= within.end - pd.Timedelta(days=1)
        moment = within.end if over else moment
    left_out: dict[str, str] = {}
    if governance.callbacks is None:
        left_out["callbacks"] = "no_section"
    else:
        cases = add_callbacks(cases, governance.callbacks, as_of=moment)
    grouped = cases[np.asarray(known, dtype=bool)]
    many = grouped[by].nunique() > 1
    limits: dict[str, Any] = {"start": within.start, "end": within.end, "as_of": moment}

    tell(2, "step.indicators")
    indicators = _both(measure_indicators, cases, grouped, by, **limits)
    # An open range ends where cases do: periods after the moment hold none.
    ends = moment if within.end is None else min(within.end, _after(moment))
    period_indicators = measure_indicators(cases, period=period, **{**limits, "end": ends})

    tell(3, "step.scores", samples=samples)
    options: dict[str, Any] = {"by": by, "scheme": scheme, "as_of": moment}
    drawn: dict[str, Any] = {"min_cases": min_cases, "samples": samples, "seed": seed}
    first = within.first_period(period)
    scores = assess(
        grouped,
        period=period,
        # One period more, so that the first one has something to be compared with.
        start=None if first is None else first - _one(period),
        end=ends,
        **options,
        **drawn,
    )
    if first is not None:
        attrs = scores.attrs
        scores = scores[scores["period"] >= first].reset_index(drop=True)
        scores.attrs = attrs
    score_items = measure_score_items(
        grouped, period=period, start=within.start, end=ends, **options
    )
    if scores["period"].nunique() == 1:
        range_scores, range_items = scores, score_items
    else:
        span: dict[str, Any] = {"period": None, "start": within.start, "end": within.end}
        range_scores = assess(grouped, **span, **options, **drawn)
        range_items = measure_score_items(grouped, **span, **options)

    tell(4, "step.delays")
    delays = _both(measure_delays, cases, grouped, by, **limits)
    curves = _both(measure_closing_curves, cases, grouped, by, days=_CURVE_DAYS, **limits)
    begun = within.begun[np.asarray(known, dtype=bool)]
    several = many and grouped[by][begun].nunique() > 1
    delay_tests = compare_delays(grouped, by=by, **limits) if several else None
    if delay_tests is None:
        left_out["delay_tests"] = "one_group"

    tell(5, "step.supervision")
    calendar = folder_calendar(read.settings)
    supervision = find_overdue(cases, as_of=moment, calendar=calendar)
    counts = pd.concat(
        [
            measure_supervision(cases, by=None, as_of=moment, calendar=calendar),
            measure_supervision(grouped, by=by, as_of=moment, calendar=calendar),
        ],
        ignore_index=True,
    )
    repeats = _repeats(read, within)
    if repeats is None:
        left_out["repeat_places"] = "no_places"

    tell(6, "step.standing")
    alleys = _alleys(governance, within, period)
    if alleys is None:
        left_out["alleys"] = "no_section" if governance.alley_checks is None else "no_checks"
    standing, standing_counts, alley_scores = alleys or (None, None, None)
    return AssessmentMeasures(
        read=read,
        cases_read=cases_read,
        governance=governance,
        within=within,
        as_of=moment,
        by=by,
        period=period,
        scheme=scheme,
        names=names,
        cases=cases,
        grouped=grouped,
        indicators=indicators,
        period_indicators=period_indicators,
        range_scores=range_scores,
        range_items=range_items,
        scores=scores,
        score_items=score_items,
        delays=delays,
        delay_tests=delay_tests,
        closing_curves=curves,
        supervision=supervision,
        supervision_counts=counts,
        repeat_places=repeats,
        standing=standing,
        standing_counts=standing_counts,
        alley_scores=alley_scores,
        alley_names=_alley_names(governance),
        left_out=left_out,
    )


def _both(
    measure: Callable[..., pd.DataFrame],
    cases: pd.DataFrame,
    grouped: pd.DataFrame,
    by: str,
    **options: Any,
) -> pd.DataFrame:
    """Return a measure of the whole, then of the groups."""
    whole, groups = measure(cases, **options), measure(grouped, by=by, **options)
    result = pd.concat([whole, groups], ignore_index=True)
    result.attrs = whole.attrs
    return result


def _one(period: str) -> pd.DateOffset:
    """Return the length of a period."""
    return pd.DateOffset(months={"MS": 1, "QS": 3, "YS": 12}[period])


def _after(moment: pd.Timestamp) -> pd.Timestamp:
    """Return the midnight after a moment, or the moment itself at midnight."""
    day = moment.normalize()
    return day if day == moment else day + pd.DateOffset(days=1)


def _repeats(read: FolderRead, within: AssessmentRange) -> pd.DataFrame | None:
    """Return the places reported again and again in the time; None without any place."""
    times = read.incidents["reported_at"]
    chosen = within.holds(times) & read.incidents.geometry.notna().to_numpy()
    if within.start is None:
        # Incidents can go back for years before the first case.
        chosen &= np.asarray(times >= within.first, dtype=bool)
    if not chosen.any():
        return None
    # Places are made by distance; the resolution of the cells takes no part.
    located = locate(
        read.incidents[chosen],
        read.jurisdictions,
        resolution=read.settings.resolution or 9,
    )
    return find_repeat_places(
        located, distance_m=_REPEAT_M, within_days=_REPEAT_DAYS, min_reports=_REPEAT_LEAST
    )


def _alleys(
    governance: GovernanceRead, within: AssessmentRange, period: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None:
    """Return standing, its counts, and scores of the alleys; None without checks in the time."""
    checks = governance.alley_checks
    if checks is None or not within.holds(checks["checked_at"]).any():
        return None
    by = None
    if "street_id" in checks.columns and checks["street_id"].notna().any():
        by = "street_id"
        # A line without a street would have no group to be counted in.
        checks = checks.assign(street_id=checks["street_id"].fillna("–"))
    standing = grade_standing(checks, by=by, end=within.end)
    counts = measure_standing(standing, period=period)
    attrs = standing.attrs
    standing = standing[within.holds(standing["period"])].reset_index(drop=True)
    standing.attrs = attrs
    first = within.first_period(period)
    if first is not None:
        counts = counts[counts["period"] >= first].reset_index(drop=True)
    ranked = rank_scores(checks, period=None, start=within.start, end=within.end)
    return standing, counts, ranked


def _alley_names(governance: GovernanceRead) -> dict[str, str]:
    """Return the names of the alleys by id."""
    alleys = governance.alleys
    if alleys is None:
        return {}
    named = alleys[alleys["line"].notna()]
    return dict(zip(named["line_id"].astype("str"), named["line"].astype("str"), strict=True))
