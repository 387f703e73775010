"""The fixed words of the maps of patrols, tracks and plans in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["PATROL_HEADINGS", "PATROL_WORDS"]

# word: (English, Chinese)
PATROL_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "whole": ("All streets together", "全区合计"),
        "streets_lost": (
            "Not drawn: {} streets of the table that have no outline here.",
            "未绘出：表中有 {} 个街道没有边界。",
        ),
        "yes": ("Yes", "是"),
        "no": ("No", "否"),
        # patrols
        "patrols_title": ("Patrols", "巡查情况图"),
        "patrols_legend": ("{}, cells", "{}·网格数"),
        "never_visited": ("Never visited", "从未到访"),
        "never_seen": ("No time observed", "无停留记录"),
        "one_presence": ("Visited, no return", "有到访，未再到访"),
        "patrols_help": (
            "What the fixes show. Where signals were lost, nobody knows of presence or absence.",
            "按定位记录统计；无信号期间既不算到访，也不算缺勤。",
        ),
        "absence_help": (
            "Absences are measured within the period; one that its ends cut off may be longer.",
            "无人到访时长在统计期内计算；被期初或期末截断者实际可能更长。",
        ),
        "patrols_method": (
            "{tracks} tracks with {fixes} fixes, {start} to {end}: observed {dwell} h in the "
            "grid and {outside} h outside, unobserved {unobserved} h.",
            "{tracks} 条轨迹、{fixes} 个定位，{start} 至 {end}：区内有记录 {dwell} 小时，"
            "区外 {outside} 小时，无信号 {unobserved} 小时。",
        ),
        # tracks
        "tracks_title": ("Patrol tracks", "巡查轨迹图"),
        "tracks_layer": ("Tracks", "轨迹"),
        "tracks_legend": ("Track", "轨迹"),
        "track_number": ("Track {}", "轨迹 {}"),
        "track_others": ("Other tracks ({})", "其他轨迹（{} 条）"),
        "track_from": ("From", "起"),
        "track_to": ("To", "止"),
        "track_day": ("Day", "日期"),
        "track_all_days": ("All days", "全部日期"),
        "track_observed": ("Observed (min)", "有记录（分钟）"),
        "track_gaps": ("Gaps", "中断次数"),
        "track_unobserved_heading": ("Unobserved", "无信号"),
        "track_unobserved": ("In gaps (min)", "中断（分钟）"),
        "tracks_help": (
            "A line breaks where no fix came for more than {} s. Ring: start; square: end. The "
            "number counts the tracks of the day.",
            "超过 {} 秒没有定位时轨迹断开。圆圈为起点，方块为终点；数字为当日轨迹数。",
        ),
        "tracks_method": (
            "{fixes} fixes of {tracks} tracks; lines within 1 m of the fixes.",
            "{tracks} 条轨迹、{fixes} 个定位；线与定位点相差不超过 1 米。",
        ),
        "tracks_pointlike": (
            "Not drawn: {} tracks without two fixes in a row.",
            "未绘出：{} 条轨迹没有连续的两个定位。",
        ),
        # coverage
        "patrol_coverage_title": ("Patrol coverage of streets", "街道巡查覆盖图"),
        "patrol_coverage_layer": ("Coverage", "覆盖"),
        "patrol_coverage_legend": ("{}, {} (streets)", "{}，{}（街道数）"),
        "coverage_measure_legend": ("{}, streets", "{}·街道数"),
        "days_choice": ("Within", "时间窗口"),
        "days_one": ("1 day", "1 天"),
        "days_many": ("{} days", "{} 天"),
        "patrol_coverage_help": (
            "Share visited in a window of so many days, mean over all such windows in the "
            "period. A visit is observed time in the cell; none is proof that nobody came.",
            "在该天数的时间窗口内到访的占比，取统计期内各窗口的平均。到访以定位记录为准；"
            "没有记录不等于无人到访。",
        ),
        "patrol_coverage_method": (
            "Windows of {}: {} in the period. All streets together: {}.",
            "{}窗口：统计期内 {} 个。全区合计：{}。",
        ),
        "patrol_coverage_method_alone": (
            "Windows of {}: {} in the period.",
            "{}窗口：统计期内 {} 个。",
        ),
        "cells_whole": ("Cells, by share inside", "网格数（按面积占比折算）"),
        # plan
        "patrol_plan_title": ("Patrol plan", "巡查计划图"),
        "patrol_plan_layer": ("Stops", "站点"),
        "patrol_plan_walks": ("Walks", "步行路线"),
        "patrol_plan_legend": ("Stops", "站点"),
        "walk_choice": ("Walk", "路线"),
        "walk_label": ("{street} · {shift} · patrol {patrol}", "{street}·{shift}·第{patrol}组"),
        "walks_all": ("All walks", "全部路线"),
        "patrol_number": ("Patrol {}", "第 {} 组"),
        "patrol_others": ("Patrol {} and further", "第 {} 组及以后"),
        "plan_day": ("Day {}", "第 {} 天"),
        "plan_day_date": ("Day {}, {}", "第 {} 天 {}"),
        "stops_legend": ("Stops in walking order", "站点（按步行顺序）"),
        "stop_title": ("Stop {}", "第 {} 站"),
        "stop_start": ("Start of a walk", "路线起点"),
        "stop_time": ("Time", "时间"),
        "expected_a_day_short": ("{} a day", "日均 {}"),
        "start_id_heading": ("Starts from", "起点编号"),
        "patrol_plan_help": (
            "Lines join the stops in walking order; they are no path on the ground.",
            "连线仅表示步行顺序，并非实际道路。",
        ),
        "patrol_plan_method": (
            "{stops} stops: walking {walk_km} km in {walk} min, staying {stay} min.",
            "{stops} 站：步行 {walk_km} 千米、{walk} 分钟，停留 {stay} 分钟。",
        ),
        "patrol_plan_method_whole": (
            "{stops} stops: walking {walk_km} km in {walk} min with the way to the end, staying "
            "{stay} min, {spare} min to spare.",
            "{stops} 站：步行 {walk_km} 千米、{walk} 分钟（含返回），停留 {stay} 分钟，"
            "余 {spare} 分钟。",
        ),
        "patrol_plan_empty": (
            "Walks of the plan without any stop: {}.",
            "计划中没有站点的路线：{} 条。",
        ),
    }
)

# word: (table, column)
PATROL_HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "visits": ("patrols", "visits"),
        "dwell_min": ("patrols", "dwell_min"),
        "mean_dwell_min": ("patrols", "mean_dwell_min"),
        "person_min": ("patrols", "person_min"),
        "koper_visits": ("patrols", "koper_visits"),
        "revisits": ("patrols", "revisits"),
        "revisit_mean_h": ("patrols", "revisit_mean_h"),
        "revisit_max_h": ("patrols", "revisit_max_h"),
        "revisit_max_open": ("patrols", "revisit_max_open"),
        "revisit_cv": ("patrols", "revisit_cv"),
        "last_visit_at": ("patrols", "last_visit_at"),
        "persons": ("tracks", "persons"),
        "track_id": ("tracks", "track_id"),
        "fixes": ("patrol_time", "fixes"),
        **{
            column: ("patrol_coverage", column)
            for column in (
                "cell_share",
                "cell_share_min",
                "cell_share_last",
                "road_cell_share",
                "road_length_share",
                "incident_share",
                "hotspot_cell_share",
                "hotspot_dwell_share",
            )
        },
        "expected_a_day": ("patrol_plan", "expected_incidents"),
        **{
            column: ("patrol_plan", column)
            for column in (
                "expected_in_stay",
                "gap_days",
                "priority",
                "gain_per_min",
                "walk_m",
                "walk_min",
                "stay_min",
                "back_min",
            )
        },
    }
)
