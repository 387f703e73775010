"""The texts of a campaign in a list: name, rates, ratio, verdict, and what to know before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gridgov.columns import Language
from gridgov.figures.fonts import wrap
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.labels import label

__all__ = ["CAMPAIGN_WORDS", "LINE", "NOTE", "CampaignRow", "campaign_row"]

# Room of a name and of a note, points.
_NAME_WIDTH, _NOTE_WIDTH = 162.0, 656.0

LINE, NOTE, _GAP = 13.0, 11.5, 10.0
"""Height of a line of text and of a note, points."""

CAMPAIGN_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Did the campaigns work?",
        "name": "Campaign",
        "treated": "Treated",
        "control": "Control",
        "ratio": "Rate ratio",
        "verdict": "Verdict",
        "units": "per 30 days",
        "all": "all categories",
        "scale": "Rate ratio, logarithmic scale",
        "fewer": "◀ fewer",
        "more": "more ▶",
        "around": "Around it: {what}, ratio {ratio} ({low} to {high}).",
        "cautions": "Caution: {}.",
        "between": "; ",
        "source": "Source: {}.",
        "method": "Rate ratio: incidents a day after over before, over the same of the control; "
        "0.2 is a fall by 80 % beyond what the control did. Bars: {level:g} % intervals. Arrows: "
        "the interval goes on. Numbers under the rates are the incidents counted; matched "
        "controls count before only in about half of the time, by which they were not chosen. "
        "Hollow: with doubt or not judged.",
    },
    "zh": {
        "title": "专项行动有效吗",
        "name": "专项行动",
        "treated": "整治区",
        "control": "对照区",
        "ratio": "率比",
        "verdict": "结论",
        "units": "每 30 天",
        "all": "全部类别",
        "scale": "率比（对数刻度）",
        "fewer": "◀ 减少",
        "more": "增加 ▶",
        "around": "周边：{what}，率比 {ratio}（{low} 至 {high}）。",
        "cautions": "注意：{}。",
        "between": "；",
        "source": "资料来源：{}。",
        "method": "率比：整治区日均事件数后期与前期之比，再除以对照区同一比值；0.2 表示扣除对照区"
        "变化后下降 80%。横条为 {level:g}% 区间，箭头表示区间超出刻度。速率下方为计入的事件数；"
        "匹配对照前期只计入未用于挑选的约一半时间。空心点：存疑或无法判断。",
    },
}
"""The fixed words of the list."""


class CampaignRow(NamedTuple):
    """A campaign as the chart shows it."""

    name: list[str]
    category: str
    cells: list[tuple[str, str]]
    notes: list[str]
    height: float


def campaign_row(effect: Any, words: Mapping[str, str], lang: Language) -> CampaignRow:
    """Return the texts of a campaign."""
    category = effect["category"]
    named = words["all"]
    if pd.notna(category):
        parts = str(category).split("、")
        named = ("、" if lang == "zh" else ", ").join(category_label(one, lang) for one in parts)
    ends = (effect["rate_ratio_low"], effect["rate_ratio_high"])
    cells = [
        _counted(effect, "treated", "before_days"),
        _counted(effect, "control", "control_before_days")
        if effect["control_cells"]
        else ("–", ""),
        (_ratio(effect["rate_ratio"]), _interval(*ends)),
        (label("verdict", effect["verdict"], lang), _q(effect["q_value"])),
    ]
    notes = []
    if effect["displacement"] in ("displaced", "diffused"):
        texts = [_ratio(effect[f"buffer_ratio{end}"]) for end in ("", "_low", "_high")]
        what = label("displacement", effect["displacement"], lang)
        told = dict(zip(("ratio", "low", "high"), texts, strict=True))
        notes.append(words["around"].format(what=what, **told))
    if pd.notna(effect["cautions"]):
        codes = str(effect["cautions"]).split(";")
        told_cautions = words["between"].join(label("caution", code, lang) for code in codes)
        notes.append(words["cautions"].format(told_cautions))
    text = ("" if lang == "zh" else " ").join(notes)
    lines = wrap(text, _NOTE_WIDTH, 8.5, lines=2) if text else []
    name = wrap(str(effect["campaign"]), _NAME_WIDTH, 10.5, lines=2)
    height = LINE * max(len(name) + 1, 2) + NOTE * len(lines) + _GAP
    return CampaignRow(name, wrap(named, _NAME_WIDTH, 8.5, lines=1)[0], cells, lines, height)


def _counted(effect: Any, name: str, days: str) -> tuple[str, str]:
    """Return rates per 30 days before and after, and the incidents they stand on."""
    before, after = int(effect[f"{name}_before"]), int(effect[f"{name}_after"])
    rates = [
        _number(30 * count / length) if length and np.isfinite(length) else "–"
        for count, length in ((before, effect[days]), (after, effect["after_days"]))
    ]
    return f"{rates[0]} → {rates[1]}", f"{before:,} → {after:,}"


def _number(rate: float) -> str:
    """Return a rate with one place, or whole from 100 on."""
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def _ratio(value: Any) -> str:
    """Return a ratio with two places, fewer where it is large."""
    if pd.isna(value):
        return "–"
    if not np.isfinite(value):
        return "∞"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _interval(low: Any, high: Any) -> str:
    """Return the ends of an interval."""
    return "" if pd.isna(low) or pd.isna(high) else f"{_ratio(low)} – {_ratio(high)}"


def _q(q_value: Any) -> str:
    """Return an adjusted probability."""
    if pd.isna(q_value):
        return ""
    return "q < 0.001" if q_value < 0.001 else f"q = {q_value:.3f}"
