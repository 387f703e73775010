"""Rates of an assessment with what they are made of, and how long cases take."""

from __future__ import annotations

import pandas as pd

from gridgov.bulletin.assessment_figures import MAIN_RATE
from gridgov.bulletin.assessment_parts import Pages, fraction
from gridgov.bulletin.document.forms import write_value
from gridgov.bulletin.document.model import Form, Paragraph, Part, Rule

__all__ = ["delays", "indicators"]


_ALPHA = 0.05


def indicators(pages: Pages) -> list[Part]:
    """Return the rates of all cases with n/d, then closing in time by group and period."""
    words, frame = pages.words, pages.tables["indicators"]
    cases = int(pages.measured.within.begun.sum())
    whole = frame[frame["group"].isna()]
    valued = whole[whole["value"].notna()]
    percent: dict[str, Form] = dict.fromkeys(("value", "value_low", "value_high"), "percent")
    parts: list[Part] = []
    if len(valued):
        parts.append(
            pages.table(
                "indicators",
                valued.assign(counted=_counted(valued)),
                ["indicator_label", "counted", "value", "value_low", "value_high"],
                n=cases,
                headings={
                    "indicator_label": words("head.indicator"),
                    "counted": words("head.counted"),
                },
                forms=percent,
                most=60,
            )
        )
    why = whole["reason"].value_counts()
    unknown = [int(why.get(code, 0)) for code in ("column_missing", "denominator_not_chosen")]
    empty = int(why.get("no_cases", 0))
    if any(unknown) or empty:
        parts.append(
            Paragraph(words("said.not_measured", lacking=unknown[0], open=unknown[1], empty=empty))
        )
    called = str(whole.set_index("indicator")["indicator_label"][MAIN_RATE])
    by_group = words("figure.on_time", label=called, many=pages.many)
    by_period = words("figure.on_time_period", label=called)
    parts += pages.figure("on_time", "indicators", "indicator", by_group, cases)
    main = frame[frame["group"].notna() & (frame["indicator"] == MAIN_RATE)]
    if len(main):
        parts.append(
            pages.table(
                "indicators",
                main.assign(counted=_counted(main)),
                ["label", "counted", "value", "value_low", "value_high"],
                called="on_time_by_group",
                n=cases,
                caption=by_group,
                headings={"counted": words("head.counted")},
                forms=percent,
                most=60,
            )
        )
    parts += pages.figure("on_time_period", "indicators", "indicator", by_period, cases)
    return parts


def delays(pages: Pages) -> list[Part]:
    """Return how long cases take, and whether groups differ."""
    frame, words = pages.tables["delays"], pages.words
    cases = int(frame["cases"].iloc[0])
    between = [
        words("ranks", low=_hours(low), high=_hours(high)) if pd.notna(low) else "–"
        for low, high in zip(frame["median_low_h"], frame["median_high_h"], strict=True)
    ]
    parts: list[Part] = []
    parts += pages.figure("curves", "delays", "curves", words("figure.curves"), cases)
    parts.append(
        pages.table(
            "delays",
            frame.assign(between=between),
            [
                "label",
                "cases",
                "closed",
                "open",
                "median_h",
                "between",
                "upper_quartile_h",
                "closed_7d_share",
            ],
            headings={
                "median_h": words("head.median"),
                "between": words("head.between"),
                "upper_quartile_h": words("head.quartile"),
            },
            n=cases,
            most=60,
        )
    )
    if "delay_tests" in pages.tables:
        tests = pages.tables["delay_tests"]
        whole, groups = tests[tests["group"].isna()], tests[tests["group"].notna()]
        p = write_value(whole["p_value"].iloc[0], "probability")
        parts.append(Paragraph(words("said.tests", many=pages.many, p=p)))
        parts.append(
            pages.table(
                "delay_tests",
                groups,
                ["label", "cases", "closed", "expected_closed", "p_value", "q_value"],
                n=cases,
                forms={"expected_closed": "points"},
                most=60,
                rules=[Rule("q_value", "below", _ALPHA)],
            )
        )
    return parts


def _counted(frame: pd.DataFrame) -> list[str]:
    """Return numerators and denominators as texts."""
    return [
        fraction(row) if pd.notna(row["denominator"]) else "–" for row in frame.to_dict("records")
    ]


def _hours(value: float) -> str:
    """Return hours as tables write them."""
    return write_value(value, "hours")
