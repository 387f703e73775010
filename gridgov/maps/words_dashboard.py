"""The fixed words of the dashboard in English and Chinese; only its own pages carry them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.columns import Language

__all__ = ["dashboard_words"]

# word: (English, Chinese)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("Dashboard of incidents", "事件分析看板"),
        "layer": ("Incidents", "事件"),
        "incidents": ("incidents", "起事件"),
        "reset": ("Reset all", "全部重置"),
        "choices": ("Filters", "筛选"),
        "category": ("Category", "类别"),
        "department": ("Department", "部门"),
        "channel": ("Channel", "来源渠道"),
        "no_category": ("No category", "无类别"),
        "no_department": ("No department", "无部门"),
        "no_channel": ("No channel", "无渠道"),
        "other": ("Other ({})", "其他（{} 项）"),
        "clear": ("Show all", "显示全部"),
        "chosen": ("# chosen", "已选 # 项"),
        "map_shows": ("The map shows", "地图显示"),
        "no_street": ("No street", "无街道"),
        "by_incidents": ("Incidents", "事件数"),
        "by_spots": ("Hotspots", "热点"),
        "keep": ("Keep the classes", "保持分级"),
        "keep_help": (
            "Keep the bounds of the classes, so that what is shown next compares with this",
            "保持当前分级界限，便于与之后的显示相比较",
        ),
        "legend": ("Incidents (cells)", "事件数（网格数）"),
        "legend_kept": ("Incidents, classes kept (cells)", "事件数，分级已保持（网格数）"),
        "legend_help": (
            "Each class above 0 holds about half of the cells not yet in one.",
            "0 以上每一级约含剩余网格的一半。",
        ),
        "spots_help": (
            "Gi* of all periods, computed beforehand and not for your filters.",
            "热点按全部时段预先计算，不随筛选重新计算。",
        ),
        "no_spots": (
            "Hotspots are for all periods and one category or all.",
            "热点仅适用于全部时段、全部或单一类别。",
        ),
        "streets": ("Streets", "街道排名"),
        "street_rule": (
            "Each incident counts in the street that its own place lies in, not in that of its "
            "cell.",
            "按事件自身位置所在街道计数，而非按网格所属街道。",
        ),
        "rank": ("Rank", "排名"),
        "rank_short": ("#", "#"),
        "street": ("Street", "街道"),
        "count": ("Incidents", "事件数"),
        "share": ("Share", "占比"),
        "per_km2": ("Per km²", "每平方千米"),
        "change": ("Change", "变化"),
        "change_help": (
            "Against as many periods just before",
            "与紧邻之前同样多的时段相比",
        ),
        "all_streets": ("All streets", "全部街道"),
        "sort": ("Sort by this column", "按此列排序"),
        "show_street": ("Show on the map and in the trend", "在地图和趋势图中显示"),
        "trend": ("Trend", "趋势"),
        "per_D": ("Incidents per day", "每日事件数"),
        "per_W": ("Incidents per week", "每周事件数"),
        "per_MS": ("Incidents per month", "每月事件数"),
        "per_QS": ("Incidents per quarter", "每季度事件数"),
        "per_YS": ("Incidents per year", "每年事件数"),
        "from": ("From", "自"),
        "to": ("To", "至"),
        "all_periods": ("All periods", "全部时段"),
        "span": ("# – @", "# 至 @"),
        "trend_keys": (
            "Periods; arrow keys read them, Shift and arrow keys choose several, Enter chooses "
            "one, Escape chooses all",
            "时段；方向键逐期读取，Shift 加方向键选择多期，回车键选择一期，Esc 键选择全部",
        ),
        "about": ("About these numbers", "数据说明"),
        "method": (
            "{incidents} incidents in {cells} H3 cells and {streets} streets, {periods} periods "
            "from {first} on; a first or last period may be covered in part only.",
            "{cells} 个 H3 网格、{streets} 个街道、{incidents} 起事件，自 {first} 起共 {periods} 个"
            "时段；首末时段可能仅部分覆盖。",
        ),
        "linked": (
            "Table and map show what is chosen in all lists and periods; the trend shows all "
            "periods of the street chosen; each list counts what all other choices leave.",
            "表格和地图按所选筛选项和时段显示；趋势图显示所选街道的全部时段；"
            "各筛选列表按其余选择计数。",
        ),
        "spots_method": (
            "Hotspots: Getis-Ord Gi* over all periods, for all incidents and for each category, "
            "computed beforehand with the cell and its neighbors; they are not computed again "
            "for other filters, and are then not shown.",
            "热点：对全部时段、全部事件及各类别，以网格及其邻域预先计算 Getis-Ord Gi*；"
            "不随其他筛选重新计算，此时不显示。",
        ),
        "not_counted": ("Not counted: {}.", "未计入：{}。"),
        "fate_no_point": ("{} without coordinates", "无坐标 {} 起"),
        "fate_outside": ("{} outside every street", "不在任何街道内 {} 起"),
        "fate_off_grid": ("{} outside the cells", "不在网格内 {} 起"),
        "fate_no_time": ("{} without a time", "无时间 {} 起"),
        "fate_outside_period": ("{} of another time", "不在时段内 {} 起"),
        "fate_other_category": ("{} of other categories", "其他类别 {} 起"),
    }
)


def dashboard_words(lang: Language) -> dict[str, str]:
    """Return every fixed word of the dashboard in one language.

    Examples
    --------
    >>> dashboard_words("zh")["streets"]
    '街道排名'
    """
    place = 1 if lang == "zh" else 0
    return {word: texts[place] for word, texts in _WORDS.items()}
