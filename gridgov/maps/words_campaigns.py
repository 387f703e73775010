"""The fixed words of the maps of campaigns and inventories in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CAMPAIGN_HEADINGS", "CAMPAIGN_WORDS"]

# word: (English, Chinese)
CAMPAIGN_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # campaigns
        "campaign_title": ("Before and after a campaign", "专项行动前后对比图"),
        "campaign_layer": ("Roles", "角色"),
        "campaign_legend": ("Role, cells", "角色·网格数"),
        "campaign_choice": ("Campaign", "专项行动"),
        "campaign_change": ("Change of the rate", "速率变化"),
        "campaign_change_legend": (
            "Incidents per 30 days, after less before (cells)",
            "每 30 天事件数，后期减前期·网格数",
        ),
        "campaign_share": ("Relative change", "相对变化"),
        "campaign_share_legend": (
            "Change over the rate before (cells)",
            "变化占前期的比例·网格数",
        ),
        "campaign_none": ("No incident, before or after", "前后均无事件"),
        "campaign_new": ("None before, some after", "前期为零，后期有事件"),
        "campaign_part": ("In the treated part", "其中整治范围内"),
        "campaign_arrow": ("{} → {}", "{} → {}"),
        "campaign_rates": ("Per 30 days", "每 30 天"),
        "campaign_outline": ("Treated area", "整治范围"),
        "campaign_role_help": (
            "Treated is compared with the control; the buffer, where incidents may move, with "
            "its own. A cell that the outline cuts is shown as treated.",
            "整治区与对照区比较；事件可能转移至缓冲区，缓冲区与其自身对照比较。"
            "被范围线切分的网格按整治区显示。",
        ),
        "campaign_change_help": (
            "Most cells have few incidents, and few incidents change much by chance. Whether the "
            "campaign worked is told by all cells of a role together.",
            "多数网格事件很少，随机波动本就很大；行动是否有效应看同一角色的全部网格合计。",
        ),
        "campaign_foot": ("{name}: {told}.", "{name}：{told}。"),
        "campaign_told": ("{role} {before} → {after} incidents", "{role} {before} → {after} 起"),
        "campaign_foot_help": (
            "Before → after; the two times need not be of one length. Matched controls were "
            "chosen by half of their time before, and what they had in it falls by itself.",
            "箭头前后为前期与后期，时段长度可能不同。匹配对照按前期的一半时间选出，"
            "该部分数量本会自行回落。",
        ),
        # inventories
        "inventory_title": ("Progress of rectification", "整改进度图"),
        "inventory_layer": ("Rectified share", "整改率"),
        "inventory_value": ("Rectified share", "整改率"),
        "inventory_legend": ("{}, {}", "{}·{}"),
        "inventory_streets": ("streets", "街道数"),
        "inventory_cells": ("cells", "网格数"),
        "inventory_nothing": ("Nothing found", "未发现设施"),
        "inventory_zero": ("None", "无"),
        "inventory_counted": ("Rectified of found", "已整改／已发现"),
        "inventory_interval": ("95 % interval", "95% 区间"),
        "inventory_help": (
            "Rectified is rectified and still so; an item found again counts as relapsed. "
            "Nothing found is no share.",
            "已整改指整改后至今保持；再次发现计为复发。未发现设施处不计整改率。",
        ),
        "inventory_method": (
            "As of {until}: {found} found, {rectified} rectified ({share}), {remaining} "
            "remaining, {relapsed} relapsed.",
            "截至 {until}：已发现 {found}，已整改 {rectified}（{share}），未整改 {remaining}，"
            "复发 {relapsed}。",
        ),
        "inventory_no_street": (
            "Not drawn: {} items without a street.",
            "未绘出：{} 个设施没有街道。",
        ),
    }
)

# word: (table, column)
CAMPAIGN_HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "campaign_before": ("campaign_cells", "incidents_before"),
        "campaign_after": ("campaign_cells", "incidents_after"),
        "inventory_found": ("inventory_progress", "found"),
        "inventory_rectified": ("inventory_progress", "rectified"),
        "inventory_remaining": ("inventory_progress", "remaining"),
        "inventory_relapsed": ("inventory_progress", "relapsed"),
    }
)
