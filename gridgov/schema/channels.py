"""Tables of channels: the mix of each place, its shares, and channels that fell silent."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import INCIDENTS, PERIOD

__all__ = ["SILENCES", "TABLES"]

SILENCES = ("fell silent", "fell quiet", "not significant", "cannot tell")
"""What a channel did in a period: nothing came or too little, or neither, or nobody could tell."""

_CELL = Column(
    "cell", "UInt64", "Cell", "网格", "H3 cell; missing when streets are measured", missing=True
)
_STREET = Column(
    "street_id",
    "str",
    "Street id",
    "街道编号",
    "street of the incidents, or display street of the cell; missing for the whole",
    missing=True,
)
_REASON = Column(
    "reason",
    "str",
    "Reason",
    "未计算原因",
    "why there is no answer; missing when there is one",
    missing=True,
)

TABLES = (
    Table(
        "channel_mix",
        ("cell", "street_id", "period"),
        (
            _CELL,
            _STREET,
            PERIOD,
            INCIDENTS,
            Column(
                "channel_incidents",
                "int64",
                "With a channel",
                "有渠道事件数",
                "incidents whose channel is known",
            ),
            Column("channels", "int64", "Channels", "渠道数", "channels that reported any"),
            Column(
                "entropy_bits",
                "float64",
                "Entropy (bits)",
                "渠道熵（比特）",
                "evenness of the mix: 0 for one channel, 1 for two halves; missing without any",
                missing=True,
            ),
            Column(
                "entropy_share",
                "float64",
                "Share of greatest entropy",
                "渠道熵占比",
                "entropy by that of all channels in equal parts, 0 to 1",
                missing=True,
            ),
            Column(
                "main_channel",
                "str",
                "Main channel",
                "主渠道",
                "channel with most incidents, the first in order among equals",
                missing=True,
            ),
            Column(
                "main_share",
                "float64",
                "Main share",
                "主渠道占比",
                "share of the main channel, 0 to 1",
                missing=True,
            ),
            Column(
                "main_share_low",
                "float64",
                "Main share, at least",
                "主渠道占比下限",
                "exact lower 95 % limit of that share, 0 to 1",
                missing=True,
            ),
            Column(
                "depends_on_one",
                "bool",
                "Depends on one",
                "依赖单一渠道",
                "the main share reaches the threshold, among enough incidents",
            ),
        ),
        "gridgov.measure_channels",
    ),
    Table(
        "channel_shares",
        ("cell", "street_id", "period", "channel"),
        (
            _CELL,
            _STREET,
            PERIOD,
            Column("channel", "str", "Channel", "来源渠道", "how it was reported, as read"),
            INCIDENTS,
            Column(
                "channel_share",
                "float64",
                "Share",
                "渠道占比",
                "share of the channel among the incidents with one, 0 to 1",
                missing=True,
            ),
            Column(
                "whole_share",
                "float64",
                "Share of all",
                "全区渠道占比",
                "the same in all places together, in the period, 0 to 1",
                missing=True,
            ),
        ),
        "gridgov.measure_channel_shares",
    ),
    Table(
        "silent_channels",
        ("street_id", "channel", "period"),
        (
            Column(
                "street_id",
                "str",
                "Street id",
                "街道编号",
                "street of the incidents; missing for all streets together",
                missing=True,
            ),
            Column(
                "channel",
                "str",
                "Channel",
                "来源渠道",
                "channel as read; missing for all channels together",
                missing=True,
            ),
            Column("period", "time", "Period", "时段", "start of the half-open period"),
            INCIDENTS,
            Column(
                "total_incidents",
                "int64",
                "Of all",
                "同期总数",
                "incidents of the period that it is a part of: all channels of the street, or all "
                "streets for the row of a whole street",
            ),
            Column(
                "earlier_incidents",
                "int64",
                "Earlier incidents",
                "往期事件数合计",
                "incidents of the earlier periods",
            ),
            Column(
                "earlier_total",
                "int64",
                "Earlier, of all",
                "往期总数",
                "what they are a part of in the earlier periods",
            ),
            Column(
                "earlier_periods",
                "int64",
                "Earlier periods",
                "往期时段数",
                "how many periods before were compared with",
            ),
            Column(
                "expected_incidents",
                "float64",
                "Expected incidents",
                "期望事件数",
                "the earlier share of the total",
                missing=True,
            ),
            Column(
                "expected_ratio",
                "float64",
                "Share of expected",
                "实报与期望之比",
                "incidents / expected_incidents",
                missing=True,
            ),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "chance of so few incidents or fewer, one-sided, unadjusted",
                missing=True,
            ),
            Column(
                "least_p_value",
                "float64",
                "Least p",
                "可达最小 p 值",
                "the p-value that no incident at all would have had",
                missing=True,
            ),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值（FDR）",
                "p adjusted by Benjamini-Hochberg among the rows of its kind that can tell",
                missing=True,
            ),
            Column(
                "silence",
                "ordered",
                "Silence",
                "静默情况",
                "fell silent (no incident), fell quiet (too few), not significant, or cannot tell: "
                "even no incident at all would have p above 0.10",
                missing=True,
                categories=SILENCES,
            ),
            _REASON,
        ),
        "gridgov.find_silent_channels",
    ),
)
