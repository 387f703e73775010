"""Tables of campaigns: what changed where something was done, beyond what changed elsewhere."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import CELL, DISPLAY_STREET, STREET_ID

__all__ = ["CAUTIONS", "DISPLACEMENTS", "TABLES", "VERDICTS"]

VERDICTS = ("fell", "fell_with_doubt", "no_clear_change", "rose", "not_judged")
"""What the interval of the rate ratio says, and whether something speaks against it."""

CAUTIONS = (
    "few_events",
    "no_controls",
    "poor_match",
    "unequal_pretrend",
    "pretrend_unknown",
    "selected_at_peak",
    "overdispersed",
    "dates_beyond_data",
    "overlapping_campaign",
)
"""What to know before believing a verdict; docs/campaigns.md explains each."""

DISPLACEMENTS = ("displaced", "diffused", "no_clear_change", "not_judged")
"""What the surroundings did beyond their own controls."""

_CAMPAIGN = Column("campaign", "str", "Campaign", "专项行动", "its name")

_ROLES = (
    ("treated", "Treated", "整治区"),
    ("buffer", "Buffer", "缓冲区"),
    ("control", "Control", "对照区"),
    ("buffer_control", "Buffer control", "缓冲区对照"),
)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _text(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of texts that can be missing."""
    return Column(name, "str", label, label_zh, meaning, missing=True)


def _time(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of times."""
    return Column(name, "time", label, label_zh, meaning)


def _interval(name: str, label: str, label_zh: str, meaning: str) -> tuple[Column, Column]:
    """Return the ends of an interval."""
    return (
        _number(f"{name}_low", f"{label}, from", f"{label_zh}下限", f"lower end: {meaning}"),
        _number(f"{name}_high", f"{label}, to", f"{label_zh}上限", f"upper end: {meaning}"),
    )


_EXTENT = tuple(
    column
    for name, label, label_zh in _ROLES
    for column in (
        Column(
            f"{name}_cells",
            "int64",
            f"{label} cells",
            f"{label_zh}网格数",
            "cells, or parts of cells",
        ),
        Column(
            f"{name}_km2",
            "float64",
            f"{label} area (km²)",
            f"{label_zh}面积（平方千米）",
            "area inside the study area, km²",
        ),
        Column(
            f"{name}_before",
            "int64",
            f"{label}, before",
            f"{label_zh}前期事件数",
            "incidents in the time before",
        ),
        Column(
            f"{name}_after",
            "int64",
            f"{label}, after",
            f"{label_zh}后期事件数",
            "incidents in the time after",
        ),
    )
)

TABLES = (
    Table(
        "campaigns",
        ("campaign",),
        (
            _CAMPAIGN,
            _text(
                "category",
                "Category",
                "类别",
                "what it was against, as read; several with semicolons; missing for everything",
            ),
            STREET_ID,
            Column("started_at", "time", "Started", "行动开始", "first instant of the work", True),
            Column("ended_at", "time", "Ended", "行动结束", "first instant after the work", True),
            _time("before_start", "Before, from", "前期开始", "first instant counted before"),
            _time("before_end", "Before, to", "前期结束", "first instant no longer counted"),
            _time("after_start", "After, from", "后期开始", "first instant counted after"),
            _time("after_end", "After, to", "后期结束", "first instant no longer counted"),
            _number("radius_m", "Radius (m)", "半径（米）", "of the disc, meters"),
            Column(
                "geometry",
                "geometry",
                "Treated area",
                "整治范围",
                "Polygon or MultiPolygon, EPSG:4326; missing when the street is what was treated",
                missing=True,
            ),
        ),
        "gridgov.read_campaigns",
        open=True,
    ),
    Table(
        "campaign_effects",
        ("campaign",),
        (
            _CAMPAIGN,
            _text("category", "Category", "类别", "categories counted; missing for all"),
            _time("before_start", "Before, from", "前期开始", "first instant counted before"),
            _time("before_end", "Before, to", "前期结束", "first instant no longer counted"),
            _time("after_start", "After, from", "后期开始", "first instant counted after"),
            _time("after_end", "After, to", "后期结束", "first instant no longer counted"),
            Column(
                "before_days", "float64", "Days before", "前期天数", "length of the time before"
            ),
            Column("after_days", "float64", "Days after", "后期天数", "length of the time after"),
            Column(
                "compared_with",
                "str",
                "Compared with",
                "对照来源",
                "matched, given, all other cells, or none",
            ),
            *_EXTENT,
            _number(
                "control_before_days",
                "Control days before",
                "对照前期天数",
                "days over which control_before counts: matched cells are measured in the weeks "
                "by which they were not chosen",
            ),
            _number(
                "buffer_control_before_days",
                "Buffer control days before",
                "缓冲区对照前期天数",
                "the same of buffer_control_before",
            ),
            _number(
                "rate_ratio",
                "Rate ratio",
                "率比",
                "treated rate after over before, over the same of the control: 0.2 is a fall "
                "by 80 % beyond the control; against before alone without control",
            ),
            *_interval("rate_ratio", "Rate ratio", "率比", "the interval to go by"),
            _text(
                "interval_method",
                "Interval",
                "区间方法",
                "robust (clusters are cells), quasi (Poisson times dispersion) or exact",
            ),
            _number("p_value", "p", "p 值", "two-sided, of rate ratio 1; unadjusted"),
            _number("q_value", "q", "q 值", "p adjusted for all campaigns of the table"),
            *_interval("poisson", "Poisson", "泊松区间", "the same under Poisson chance alone"),
            *_interval("quasi", "Quasi-Poisson", "拟泊松区间", "the same times the dispersion"),
            *_interval("robust", "Robust", "稳健区间", "cluster-robust, a cell a cluster"),
            _number(
                "dispersion",
                "Dispersion",
                "离散系数",
                "how much more cells' changes vary than Poisson chance; 1 is Poisson",
            ),
            _number(
                "incidents_avoided",
                "Incidents avoided",
                "避免事件数",
                "expected after, had the treated area gone as the control, less those seen",
            ),
            *_interval("incidents_avoided", "Incidents avoided", "避免事件数", "at the interval"),
            _number(
                "e_test_p",
                "E-test p",
                "E 检验 p 值",
                "two-sided, of one treated rate before and after, without a control",
            ),
            _number(
                "wdd_treated",
                "WDD, treated",
                "加权位移差（整治区）",
                "change less that of the control, incidents in the time after",
            ),
            _number("wdd_treated_se", "WDD, treated, SE", "整治区差标准误", "its standard error"),
            _number(
                "wdd_buffer",
                "WDD, buffer",
                "加权位移差（缓冲区）",
                "the same of the buffer, less its own control",
            ),
            _number("wdd_buffer_se", "WDD, buffer, SE", "缓冲区差标准误", "its standard error"),
            _number("wdd", "WDD", "加权位移差", "both together: incidents, spill-over included"),
            _number("wdd_se", "WDD, SE", "加权位移差标准误", "its standard error"),
            _number("wdd_z", "WDD, z", "加权位移差 z 值", "it over its standard error"),
            *_interval("wdd", "WDD", "加权位移差", "under Poisson chance"),
            _number(
                "buffer_ratio",
                "Buffer rate ratio",
                "缓冲区率比",
                "as rate_ratio, of the buffer against its own control",
            ),
            *_interval("buffer_ratio", "Buffer rate ratio", "缓冲区率比", "the interval to go by"),
            _number("buffer_p", "Buffer p", "缓冲区 p 值", "two-sided, of buffer ratio 1"),
            Column(
                "displacement",
                "str",
                "Displacement",
                "转移判断",
                "what the buffer did beyond its control: " + ", ".join(DISPLACEMENTS),
            ),
            _number(
                "displaced_share",
                "Displaced share",
                "转移比例",
                "incidents more than expected in the buffer, over incidents avoided; negative "
                "when the buffer gained too; missing without a fall",
            ),
            _number(
                "displacement_quotient",
                "Displacement quotient",
                "加权转移商",
                "weighted displacement quotient; missing without a fall",
            ),
            _text(
                "quotient_meaning",
                "Quotient says",
                "转移商含义",
                "diffusion or displacement, and whether above the direct effect",
            ),
            _number(
                "pretrend_ratio",
                "Trend before",
                "前期趋势比",
                "factor a year of the treated rate before, over that of the control",
            ),
            _number("pretrend_p", "Trend before, p", "前期趋势 p 值", "of no difference in slopes"),
            _number(
                "regression_share",
                "Expected regression",
                "均值回归比例",
                "share that would have fallen by itself, had the cells been picked for their "
                "counts",
            ),
            _number(
                "regressed_ratio",
                "Ratio beyond regression",
                "扣除均值回归后率比",
                "treated rate ratio against all other cells with that fall taken off",
            ),
            _number(
                "matched_ratio",
                "Cells of equal counts",
                "同等数量网格变化",
                "change of other cells with counts like the treated, over that of all others",
            ),
            _text("cautions", "Cautions", "注意事项", "codes, separated by semicolons"),
            Column("verdict", "str", "Verdict", "结论", "one of " + ", ".join(VERDICTS)),
        ),
        "gridgov.evaluate_campaign",
    ),
    Table(
        "campaign_cells",
        ("campaign", "cell", "role"),
        (
            _CAMPAIGN,
            CELL,
            Column(
                "role",
                "str",
                "Role",
                "角色",
                "treated, buffer, control, buffer_control or other; a cell that an outline cuts "
                "has two rows",
            ),
            DISPLAY_STREET,
            Column(
                "area_km2",
                "float64",
                "Area (km²)",
                "面积（平方千米）",
                "of the cell, or of its part, inside the study area",
            ),
            Column(
                "incidents_before",
                "int64",
                "Incidents before",
                "前期事件数",
                "in the time before",
            ),
            Column(
                "incidents_after", "int64", "Incidents after", "后期事件数", "in the time after"
            ),
            _number("rate_before", "Rate before", "前期速率", "incidents per 30 days before"),
            _number("rate_after", "Rate after", "后期速率", "incidents per 30 days after"),
            _number("rate_change", "Change of rate", "速率变化", "after less before, per 30 days"),
            _number(
                "rate_change_share",
                "Relative change",
                "相对变化",
                "change over the rate before: -0.8 is a fall by 80 %; missing from 0",
            ),
        ),
        "gridgov.campaign_cells",
    ),
)
