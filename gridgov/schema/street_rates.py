"""Tables of streets by rate: how sure a rate and a rank are, and what chance alone allows."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, INCIDENTS

__all__ = ["FUNNEL_ZONES", "TABLES"]

FUNNEL_ZONES = ("low 99.8", "low 95", "inside", "high 95", "high 99.8")
"""Where a street lies in a funnel: outside the 99.8 % or 95 % limits, or inside both."""

_STREET = (
    Column("street_id", "str", "Street id", "街道编号", "id of the jurisdiction"),
    Column("street", "str", "Street", "街道", "its name", missing=True),
    GROUP,
    INCIDENTS,
    Column(
        "base",
        "float64",
        "Base",
        "基数",
        "what the incidents are counted against: km², inhabitants; missing if unknown",
        missing=True,
    ),
)


def _number(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of numbers that can be missing."""
    return Column(name, "float64", label, label_zh, meaning, missing=True)


def _whole(name: str, label: str, label_zh: str, meaning: str) -> Column:
    """Return a column of whole numbers that can be missing."""
    return Column(name, "Int64", label, label_zh, meaning, missing=True)


_RATE = _number("rate", "Rate", "比率", "incidents by base, times `per`")
_MEAN = _number("mean_rate", "Mean rate", "平均比率", "rate of all streets together")
_EXPECTED = _number(
    "expected_incidents", "Expected incidents", "期望事件数", "incidents at the mean rate"
)
_LIMITS = tuple(
    _number(
        f"{kind}_{side}_{level}",
        f"{label} limit, {side}, {percent} %",
        f"{label_zh}{side_zh}（{percent}%）",
        f"{meaning}, {percent} %, as a rate",
    )
    for kind, label, label_zh, meaning in (
        ("limit", "Chance", "随机界限", "what Poisson chance allows about the mean rate"),
        (
            "wide",
            "Widened",
            "加宽界限",
            "the same for counts that vary more than Poisson; missing when they do not",
        ),
    )
    for level, percent in (("95", "95"), ("998", "99.8"))
    for side, side_zh in (("low", "下限"), ("high", "上限"))
)

TABLES = (
    Table(
        "street_rates",
        ("street_id", "group"),
        (
            *_STREET,
            _RATE,
            _number("rate_low", "Rate, from", "比率下限", "lower end of its exact interval"),
            _number("rate_high", "Rate, to", "比率上限", "upper end of its exact interval"),
            _MEAN,
            _whole("rank", "Rank", "排名", "1 is the highest rate; equal rates share a rank"),
            _whole("rank_low", "Rank, from", "排名上限", "best rank that the data allow"),
            _whole("rank_high", "Rank, to", "排名下限", "worst rank that the data allow"),
        ),
        "gridgov.measure_street_rates",
    ),
    Table(
        "funnel",
        ("street_id", "group"),
        (
            *_STREET,
            _RATE,
            _MEAN,
            _EXPECTED,
            *_LIMITS,
            _number("z", "z", "z 值", "distance from the mean in standard deviations of chance"),
            _number(
                "dispersion",
                "Dispersion",
                "离散系数",
                "how much more the streets vary than chance: 1 is Poisson; the same in all rows",
            ),
            Column(
                "overdispersed",
                "bool",
                "Overdispersed",
                "过度离散",
                "whether they vary so much more that the chance limits say little",
            ),
            Column(
                "zone",
                "ordered",
                "Zone",
                "位置",
                "outside the 99.8 or 95 % limits of chance, or inside",
                missing=True,
                categories=FUNNEL_ZONES,
            ),
        ),
        "gridgov.measure_funnel",
    ),
    Table(
        "funnel_limits",
        ("expected_incidents",),
        (
            _number("base", "Base", "基数", "base of a street of this size"),
            _MEAN,
            _EXPECTED,
            *_LIMITS,
        ),
        "gridgov.hotspots.funnel.funnel_limits",
    ),
)
