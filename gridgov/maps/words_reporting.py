"""The fixed words of the maps of reporting in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["REPORTING_HEADINGS", "REPORTING_WORDS"]

# word: (English, Chinese)
REPORTING_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # blind spots
        "blind_spots_title": ("Blind spots of reporting", "上报盲区图"),
        "blind_spots_layer": ("Blind spots", "盲区"),
        "blind_spots_legend": ("Class (cells)", "类别（网格数）"),
        "blind_spots_group": ("Reported through", "上报来源"),
        "blind_spots_help": (
            "Far fewer incidents than expected, and not why: go and look. Of the blind spots "
            "at a level or better, about 1, 5, 10 in 100 at most are expected to be false "
            "alarms. Cannot tell: too few are expected for any to be missed.",
            "上报量远低于期望，原因需实地查看。在某一水平及以上显示的盲区中，误报预计至多约 "
            "1%、5%、10%。无法判断：期望事件太少，即使零上报也不足为奇。",
        ),
        "blind_spots_method": (
            "{incidents} incidents in {cells} H3 cells; {tests} cells tested, expected from "
            "exposure{more}; lower tail of the negative binomial, Benjamini-Hochberg adjusted "
            "(q).",
            "{cells} 个 H3 网格、{incidents} 起事件；检验 {tests} 个网格，期望值依据暴露量{more}；"
            "负二项分布下尾概率，经 Benjamini-Hochberg 校正得 q 值。",
        ),
        "expected_ring": ("neighbors", "周边"),
        "expected_history": ("history", "往期"),
        "expected_other": ("other channels", "其他渠道"),
        # channels
        "channels_title": ("Channels of reporting", "上报渠道图"),
        "channel_main_layer": ("Main channel", "主渠道"),
        "channel_main_legend": ("Main channel ({})", "主渠道（{}）"),
        "channel_share_layer": ("Share of the main channel", "主渠道占比"),
        "channel_share_legend": ("Share of the main channel ({})", "主渠道占比（{}）"),
        "channel_entropy_layer": ("Variety of channels", "渠道多样性"),
        "channel_entropy_legend": (
            "Entropy by the greatest possible ({})",
            "渠道熵占最大值的比例（{}）",
        ),
        "channel_depends_layer": ("Dependence on one channel", "单一渠道依赖"),
        "channel_depends_legend": ("Dependence on one channel ({})", "单一渠道依赖（{}）"),
        "unit_cells": ("cells", "网格数"),
        "unit_streets": ("streets", "街道数"),
        "channel_none": ("No incident with a channel", "无有渠道的事件"),
        "channel_others": ("Other channels ({})", "其他渠道（{} 种）"),
        "depends_yes": ("Depends on {}", "依赖{}"),
        "depends_no": ("Several, or too few to tell", "多渠道或事件太少"),
        "channel_one_help": (
            "Few incidents make any share: see their number in the card.",
            "事件少时占比波动大，请同时看卡片中的事件数。",
        ),
        "channel_entropy_help": (
            "0: all through one channel; 1: all channels alike.",
            "0 表示全部来自一个渠道，1 表示各渠道均等。",
        ),
        "channel_depends_help": (
            "Depends: {share} or more through one channel, of {least} incidents or more.",
            "依赖：事件不少于 {least} 起，且同一渠道占 {share} 以上。",
        ),
        "channels_method": (
            "{incidents} incidents, {known} with a known channel.",
            "{incidents} 起事件，其中 {known} 起有渠道。",
        ),
        "channels_whole": (
            "All streets together: {main} {share}, entropy {entropy}.",
            "全区合计：{main} {share}，渠道熵占比 {entropy}。",
        ),
        # silent channels
        "silent_channels_title": ("Channels that fell silent", "渠道静默图"),
        "silent_channels_layer": ("Silence", "静默情况"),
        "silent_channels_legend": ("Class (streets)", "类别（街道数）"),
        "channel_choice": ("Channel", "渠道"),
        "channel_any": ("Any channel", "任一渠道"),
        "channel_all": ("All channels together", "全部渠道合计"),
        "silent_list": ("Fell silent", "静默渠道"),
        "quiet_list": ("Fell quiet", "明显减少渠道"),
        "silence_class": ("Class", "类别"),
        "silent_any_help": (
            "The most serious class of the street's channels. A silence says where to look and "
            "not why. Of the silences shown, about 5 in 100 at most are expected to be false "
            "alarms.",
            "取该街道各渠道中最严重的类别。静默只提示核查，不说明原因；其中误报预计至多约 5%。",
        ),
        "silent_channels_method": (
            "Share of a channel in the period against up to {history} periods before; "
            "beta-binomial lower tail, Benjamini-Hochberg adjusted (q), shown where q is below "
            "0.05.",
            "本期渠道占比与此前至多 {history} 个时段比较；贝塔-二项分布下尾概率，经 "
            "Benjamini-Hochberg 校正得 q 值，q 小于 0.05 时显示。",
        ),
        "silent_whole": ("All streets together: {}.", "全区合计：{}。"),
        "silent_whole_none": ("no channel fell silent or quiet", "没有渠道静默或明显减少"),
        # joint enforcement
        "joint_title": ("Where to enforce jointly", "联合执法建议图"),
        "joint_layer": ("Joint enforcement", "联合执法"),
        "joint_legend": ("Class (cells)", "类别（网格数）"),
        "joint_first": ("Joint, rank 1 – {}", "建议联合执法，第 1–{} 名"),
        "joint_first_one": ("Joint, rank 1", "建议联合执法，第 1 名"),
        "joint_more": ("Joint, further ranks", "建议联合执法，其后"),
        "joint_several": ("Several departments, as by chance", "多部门，与随机无异"),
        "joint_few": ("Too few departments", "部门不足"),
        "joint_none": ("No incident", "无事件"),
        "joint_class": ("Class", "类别"),
        "joint_numbers": ("Rank", "排名"),
        "joint_numbers_row": ("Place of the first {}", "前 {} 名所在位置"),
        "joint_help": (
            "Departments meet there more than if they were dealt out over all incidents at "
            "random. Of the joint cells about 5 in 100 at most are expected to be false alarms.",
            "该处部门交汇多于将部门随机分配给全部事件的情形。建议的网格中误报预计至多约 5%。",
        ),
        "joint_method": (
            "{incidents} incidents of {departments} departments in {cells} H3 cells; "
            "{permutations} random deals, one-sided, Benjamini-Hochberg adjusted (q); at least "
            "{least} departments and q below 0.05.",
            "{cells} 个 H3 网格、{departments} 个部门、{incidents} 起事件；随机分配 "
            "{permutations} 次，单侧检验，经 Benjamini-Hochberg 校正得 q 值；"
            "部门不少于 {least} 个且 q 小于 0.05。",
        ),
    }
)

# word: (table, column)
REPORTING_HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "blind_spot": ("blind_spots", "blind_spot"),
        "exposure": ("blind_spots", "exposure"),
        "ring_incidents": ("blind_spots", "ring_incidents"),
        "history_incidents": ("blind_spots", "history_incidents"),
        "other_incidents": ("blind_spots", "other_incidents"),
        "expected_incidents": ("blind_spots", "expected_incidents"),
        "expected_ratio": ("blind_spots", "expected_ratio"),
        "channel": ("incidents", "channel"),
        **{
            column: ("channel_mix", column)
            for column in (
                "channel_incidents",
                "channels",
                "entropy_bits",
                "entropy_share",
                "main_channel",
                "main_share",
                "main_share_low",
                "depends_on_one",
            )
        },
        **{
            column: ("silent_channels", column)
            for column in (
                "total_incidents",
                "earlier_incidents",
                "earlier_total",
                "earlier_periods",
                "silence",
            )
        },
        **{
            column: ("joint_enforcement", column)
            for column in (
                "departments",
                "department_list",
                "departments_expected",
                "pairs",
                "pairs_expected",
                "pairs_ratio",
                "joint",
                "rank",
            )
        },
    }
)
