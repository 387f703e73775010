"""The fixed words of the maps in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.columns import TABLES, Language
from gridgov.maps.words_campaigns import CAMPAIGN_HEADINGS, CAMPAIGN_WORDS
from gridgov.maps.words_coverage import COVERAGE_HEADINGS, COVERAGE_WORDS
from gridgov.maps.words_patrols import PATROL_HEADINGS, PATROL_WORDS
from gridgov.maps.words_reporting import REPORTING_HEADINGS, REPORTING_WORDS

__all__ = ["words_for"]

# word: (English, Chinese)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # for every map
        "map": (
            "Map; arrow keys move it, Enter reads the middle",
            "地图；方向键移动，回车键读取中心处",
        ),
        "legend": ("Legend", "图例"),
        "close": ("Close", "关闭"),
        "streets_layer": ("Streets", "街道"),
        "street_outline": ("Street boundary", "街道边界"),
        "no_street": ("No street", "不属于任何街道"),
        "street": ("Street", "街道"),
        "cell": ("Cell", "网格"),
        # tools
        "tools": ("Tools", "工具"),
        "north": ("N", "北"),
        "north_up": ("North is up", "上方为北"),
        "layers_control": ("Layers", "图层"),
        "tool_zoom_in": ("Zoom in", "放大"),
        "tool_zoom_out": ("Zoom out", "缩小"),
        "tool_search": ("Search", "查找"),
        "tool_whole": ("Show the whole map", "显示全图"),
        "tool_full": ("Full screen", "全屏显示"),
        "tool_full_end": ("Leave full screen", "退出全屏"),
        "tool_measure": ("Measure", "量测"),
        "tool_link": ("Link to this view", "当前视图链接"),
        "tool_print": ("Print", "打印"),
        "tool_help": ("Help", "帮助"),
        "search_for": ("Street, name, cell id or coordinates", "街道、名称、网格编号或坐标"),
        "search_none": ("Nothing found", "未找到"),
        "search_found": ("# found", "找到 # 项"),
        "search_many": ("first @ of # shown", "共 # 项，显示前 @ 项"),
        "place": ("Place", "位置"),
        "measure_how": (
            "Click points on the map; Enter adds the middle of the map.",
            "在地图上点击各点；按回车键加入地图中心点。",
        ),
        "measure_length": ("Length", "长度"),
        "measure_area": ("Area", "面积"),
        "measure_back": ("Undo", "撤销"),
        "measure_clear": ("Clear", "清除"),
        "unit_m": ("# m", "# 米"),
        "unit_km": ("# km", "# 千米"),
        "unit_m2": ("# m²", "# 平方米"),
        "unit_km2": ("# km²", "# 平方千米"),
        "link_copied": ("Copied.", "已复制。"),
        "link_copy": ("Copy this address:", "请复制此地址："),
        "print_paper": ("Paper, landscape", "纸张（横向）"),
        "help_point": (
            "Point at the map to read it; click to keep the card, Escape to let go.",
            "将指针移到地图上即可读数；点击可固定卡片，按 Esc 键取消。",
        ),
        "help_keys": (
            "Tab moves between controls; on the map arrow keys move, + and - zoom, Enter reads "
            "the middle.",
            "Tab 键切换控件；在地图上方向键移动，+、- 键缩放，回车键读取中心处。",
        ),
        "help_search": (
            "Search finds streets, names and cell ids; Measure gives lengths and areas on the "
            "ellipsoid.",
            "“查找”可按街道、名称或网格编号定位；“量测”按椭球面计算长度和面积。",
        ),
        "help_link": (
            "The address of the page holds the view: keep it or pass it on with the file.",
            "网页地址中记有当前视图，可保存，或随文件一并转发。",
        ),
        "total": ("n = #", "n = #"),
        # what a reader chooses of a map of cells
        "map_cells": (
            "Map of cells; arrow keys go from cell to cell, Enter keeps one, Escape lets go, "
            "Shift and an arrow key move the map",
            "网格地图；方向键在网格间移动，回车键固定，Esc 键取消，Shift 加方向键移动地图",
        ),
        "choices": ("What the map shows", "地图显示内容"),
        "measure_choice": ("Measure", "指标"),
        "group_choice": ("Category", "类别"),
        "period_choice": ("Period", "时段"),
        "side_choice": ("Shown", "显示"),
        "before": ("Before", "之前"),
        "after": ("After", "之后"),
        "play": ("Play the periods", "播放各时段"),
        "pause": ("Pause", "暂停"),
        "no_rows": ("No rows", "无数据"),
        "compare": ("Compare two", "左右对比"),
        "left": ("Left", "左侧"),
        "handle": (
            "Where the left view ends; arrow keys move it",
            "左右分界线；方向键移动",
        ),
        # hotspots
        "hotspots_title": ("Hotspots of incidents", "事件热点图"),
        "hotspots_layer": ("Hotspots", "热点"),
        "hotspots_legend": ("Class (cells)", "类别（网格数）"),
        "spot": ("Class", "类别"),
        "no_answer": ("No answer", "未计算"),
        "period": ("Period from {}", "时段起始：{}"),
        "group": ("Group: {}", "分组：{}"),
        "q_means": (
            "99, 95, 90 %: q below 0.01, 0.05, 0.10. Of the cells shown at a level or better, "
            "about 1, 5, 10 in 100 at most are expected to be false alarms.",
            "99%、95%、90% 对应 q 小于 0.01、0.05、0.10。"
            "在某一水平及以上显示的网格中，误报预计至多约 1%、5%、10%。",
        ),
        "bins_method": (
            "Getis-Ord Gi* of every cell and period{rings} and {time_steps} periods, this one and "
            "those before{null}; two-sided p values, Benjamini-Hochberg adjusted (q) over all "
            "cells and periods. Shown: one period with {incidents} incidents in {cells} H3 cells.",
            "对每个网格和时段计算 Getis-Ord Gi*{rings}、本期及之前共 {time_steps} 期{null}；"
            "双侧 p 值经 Benjamini-Hochberg 对全部网格和时段校正得 q 值。"
            "图为其中一期，{cells} 个 H3 网格、{incidents} 起事件。",
        ),
        # change over time
        "emerging_title": ("Emerging hotspots", "热点演变类型图"),
        "emerging_layer": ("Categories", "演变类型"),
        "category_legend": ("Category (cells)", "类型（网格数）"),
        "category": ("Category", "类型"),
        "last_spot": ("Last period", "末期类别"),
        "emerging_help": (
            "New: hot only in the last period. Consecutive: hot in the last periods without a "
            "break, never before. Intensifying, persistent, diminishing: hot in 90 % of the "
            "periods and the last. Sporadic: on and off. Historical: hot in 90 % of the periods, "
            "not in the last. Cold spots likewise.",
            "新增：仅末期为热点。连续：末尾若干期不间断为热点，此前从未。加强、持续、减弱："
            "90% 以上时段且末期为热点。零星：时有时无。历史：90% 以上时段为热点，末期不是。"
            "冷点同理。",
        ),
        "emerging_method": (
            "{incidents} incidents in {cells} H3 cells over {periods} periods; Getis-Ord Gi* of "
            "every cell and period{rings}{null}; two-sided p values, Benjamini-Hochberg adjusted "
            "(q); trends by Mann-Kendall.",
            "{cells} 个 H3 网格、{periods} 个时段、{incidents} 起事件；对每个网格和时段计算 "
            "Getis-Ord Gi*{rings}{null}；双侧 p 值经 Benjamini-Hochberg 校正得 q 值；"
            "趋势采用 Mann-Kendall 检验。",
        ),
        "window_entire_cube": ("all cells and periods", "全部网格和时段"),
        "window_neighborhood_step": ("all cells in the same periods", "相同时段的全部网格"),
        "window_individual_step": (
            "all cells of each period by itself",
            "逐期各自的全部网格",
        ),
        "bins_randomization": (
            "; null hypothesis: a neighborhood is a random draw from {}",
            "；零假设：邻域为从{}中随机抽取",
        ),
        "bins_analytic": (
            "; compared with {}, p from the normal approximation",
            "；与{}比较，p 值取自正态近似",
        ),
        "persistence_title": ("Persistence of hotspots", "热点持续类型图"),
        "persistence_layer": ("Classes", "持续类型"),
        "persistence_help": (
            "Persistent: hot in at least {persistent} % of the periods. Emerging: hot in at "
            "least {least} % of the last {recent} periods, not before. Former: the reverse. "
            "Intermittent: hot in at least {least} % of all periods. Cold spots likewise.",
            "持续：至少 {persistent}% 的时段为热点。新兴：最近 {recent} 期中至少 {least}% 为热点，"
            "此前未达到。往期：与新兴相反。间歇：全部时段中至少 {least}% 为热点。冷点同理。",
        ),
        "persistence_method": (
            "{incidents} incidents in {cells} H3 cells over {periods} periods; Getis-Ord Gi* of "
            "every period by itself{rings}{null}; two-sided p values, Benjamini-Hochberg adjusted "
            "(q).",
            "{cells} 个 H3 网格、{periods} 个时段、{incidents} 起事件；逐期计算 "
            "Getis-Ord Gi*{rings}{null}；双侧 p 值经 Benjamini-Hochberg 校正得 q 值。",
        ),
        "trends_title": ("Trends of incidents", "事件变化趋势图"),
        "trends_layer": ("Trends", "趋势"),
        "trends_legend": ("Trend (cells)", "趋势（网格数）"),
        "trends_help": (
            "A trend is shown where q is below {alpha}. Of the cells shown, about that share is "
            "expected to be there by chance.",
            "q 小于 {alpha} 的网格显示趋势；其中预计约有该比例因偶然而被误判。",
        ),
        "trends_method": (
            "{incidents} incidents in {cells} H3 cells over {periods} periods; Mann-Kendall test "
            "of each cell, two-sided p values, Benjamini-Hochberg adjusted (q); Sen's slope in "
            "incidents per period.",
            "{cells} 个 H3 网格、{periods} 个时段、{incidents} 起事件；逐网格进行 Mann-Kendall "
            "检验，双侧 p 值经 Benjamini-Hochberg 校正得 q 值；变化速度为每期事件数的 Sen 斜率。",
        ),
        # rates
        "rates_title": ("Rates of incidents", "事件比率图"),
        "rates_layer": ("Rates", "比率"),
        "rates_legend": ("{} (cells)", "{}（网格数）"),
        "rates_help": (
            "A high rate of few people can be chance; smoothing draws such cells to the mean.",
            "基数小的网格比率偏高可能只是偶然；平滑使其向平均比率靠拢。",
        ),
        "rate_method": (
            "{incidents} incidents in {cells} H3 cells; raw rate per {per} of the base.",
            "{cells} 个 H3 网格、{incidents} 起事件；每 {per} 单位基数的原始比率。",
        ),
        "smoothed_rate_method": (
            "{incidents} incidents in {cells} H3 cells; rate per {per} of the base, "
            "smoothed by empirical Bayes.",
            "{cells} 个 H3 网格、{incidents} 起事件；每 {per} 单位基数的比率，经经验贝叶斯平滑。",
        ),
        # change between two times
        "change_title": ("Change between two times", "两个时段的变化图"),
        "change_layer": ("Change", "变化"),
        "change_legend": ("Share of all incidents (cells)", "事件占比（网格数）"),
        "change_class": ("Change", "变化"),
        "change_help": (
            "Shares add up to one: where one place shrinks much, others grow without an "
            "incident more.",
            "各网格占比之和为 1：一处大幅下降时，其他网格即使事件不增加占比也会上升。",
        ),
        "pattern_change_method": (
            "{before} incidents before and {after} after in {cells} H3 cells; Andresen's local "
            "S: samples of the later incidents, without a test.",
            "{cells} 个 H3 网格，前期 {before} 起、后期 {after} 起事件；Andresen 局部 S："
            "对后期事件抽样，不作检验。",
        ),
        "proportion_change_method": (
            "{before} incidents before and {after} after in {cells} H3 cells; a test of every "
            "cell's share, two-sided, Benjamini-Yekutieli adjusted (q); a change is shown where "
            "q is below {alpha}.",
            "{cells} 个 H3 网格，前期 {before} 起、后期 {after} 起事件；逐网格检验占比，双侧 p 值"
            "经 Benjamini-Yekutieli 校正得 q 值；q 小于 {alpha} 时显示变化。",
        ),
        # local Moran
        "moran_title": ("Clusters and outliers", "聚集与异常分布图"),
        "moran_layer": ("Clusters", "聚类类型"),
        "moran_legend": ("Cluster (cells)", "聚类类型（网格数）"),
        "moran_help": (
            "High or low is the cell against the mean of the map, then its neighbors. A class is "
            "shown where q is below 0.05: of the cells shown, no more than 5 % are expected to be "
            "there by chance.",
            "前一字为本网格，后一字为其邻居，均与全图均值相比。q 小于 0.05 的网格显示类型，"
            "其中预计因偶然而被误判的不超过 5%。",
        ),
        # scan statistic
        "clusters_title": ("Clusters of incidents", "事件聚集区图"),
        "clusters_layer": ("Clusters", "聚集区"),
        "clusters_legend": ("Cluster (cells)", "聚集区（网格数）"),
        "clusters_legend_areas": ("Cluster (areas)", "聚集区（区域数）"),
        "cluster_class": ("Class", "类别"),
        "cluster_number": ("Cluster", "聚集区编号"),
        "cluster_holds": ("In the cluster", "聚集区内"),
        "cluster_counts": ("{} incidents, {} expected", "{} 起，期望 {} 起"),
        "cluster_risk": ("Relative risk", "相对风险"),
        "cluster_p": ("p of the cluster", "聚集区 p 值"),
        "cluster_time": ("Time", "时间"),
        "cluster_span": ("{} to {}", "{} 至 {}"),
        "clusters_help": (
            "p is the chance that a search of all circles finds one as unusual if the null "
            "hypothesis holds. The edge of a circle is not the edge of a cluster.",
            "p 值是零假设成立时，搜索所有圆形窗口能找到同样异常者的概率。"
            "圆的边界并非聚集区的确切边界。",
        ),
        "clusters_method": (
            "{statistic} of {incidents} incidents in {cells} H3 cells; {null}; {replicates} "
            "replicates.",
            "对 {cells} 个 H3 网格内 {incidents} 起事件计算{statistic}；{null}；"
            "蒙特卡罗模拟 {replicates} 次。",
        ),
        "clusters_method_areas": (
            "{statistic} of {incidents} incidents in {cells} areas; {null}; {replicates} "
            "replicates.",
            "对 {cells} 个区域内 {incidents} 起事件计算{statistic}；{null}；"
            "蒙特卡罗模拟 {replicates} 次。",
        ),
        "scan_statistic": ("Kulldorff scan statistic", " Kulldorff 扫描统计量"),
        "null_poisson": (
            "null hypothesis: incidents lie at random in proportion to {}",
            "零假设：事件按{}的比例随机分布",
        ),
        "baseline_area": ("area", "面积"),
        "null_space_time_permutation": (
            "null hypothesis: the times of incidents are independent of their places",
            "零假设：事件的时间与地点相互独立",
        ),
        # density
        "density_title": ("Density of incidents", "事件密度图"),
        "density_layer": ("Density", "密度"),
        "density_legend": ("Incidents per km² (cells)", "每平方千米事件数（网格数）"),
        "density_class": ("Class", "级别"),
        "density_help": (
            "Smoothed over the surroundings of each incident. A dark cell may be chance: the "
            "hotspot map tests for that.",
            "按每起事件周边平滑计算。颜色深的网格也可能出于偶然，是否显著请看热点图。",
        ),
        "density_method": (
            "Kernel density of {incidents} incidents in {cells} H3 cells: {how}.",
            "{cells} 个 H3 网格内 {incidents} 起事件的核密度：{how}。",
        ),
        "density_bandwidth": ("bandwidth {} m", "带宽 {} 米"),
        "density_rule": ("chosen by the {} rule", "按{}法则选取"),
        # density along lines
        "line_density_title": ("Density of incidents along lines", "沿线事件密度图"),
        "line_density_layer": ("Density along lines", "沿线密度"),
        "line_density_legend": ("Incidents per km (segments)", "每千米事件数（线段数）"),
        "line_density_help": (
            "Smoothed along the lines around each incident. A dark line may be chance.",
            "沿线路按每起事件周边平滑计算。颜色深的线段也可能出于偶然。",
        ),
        "line_density_method": (
            "Network kernel density of {incidents} incidents on {length} km of lines{how}.",
            "{length} 千米线路上 {incidents} 起事件的网络核密度{how}。",
        ),
        "line_density_left_out": (
            "Left out, farther than {meters:g} m from every line: {count:,}.",
            "距任何线路超过 {meters:g} 米而未计入：{count:,} 起。",
        ),
        "line_segment": ("{}, segment {}", "{} 第 {} 段"),
        # incidents
        "incidents_title": ("Incidents", "事件分布图"),
        "incidents_layer": ("Incidents", "事件"),
        "incidents_legend": ("Category (incidents)", "类别（事件数）"),
        "no_category": ("No category", "无类别"),
        "other": ("Other ({} categories)", "其他（{} 类）"),
        "other_one": ("Other (1 category)", "其他（1 类）"),
        "without_point": ("Without coordinates, not shown", "无坐标，未显示"),
        "times_in": ("Times: {}", "时间：{}"),
        "many_here": ("# incidents here", "此处 # 起事件"),
        "zoom_in": ("Zoom in to see each one", "放大可逐件查看"),
        "more": ("and # more", "另有 # 起"),
        "more_click": ("and # more; click to list", "另有 # 起；点击可列出"),
        "grouped_help": (
            "Circles stand for several incidents; zoom in to see each one.",
            "圆圈代表多起事件；放大可逐件查看。",
        ),
    }
)

# Headings that are the same in files and on the screen.
_HEADINGS = {
    "incidents": ("hotspots", "incidents"),
    "gi_star": ("hotspots", "gi_star"),
    "p_value": ("hotspots", "p_value"),
    "q_value": ("hotspots", "q_value"),
    "reason": ("hotspots", "reason"),
    "reported_at": ("incidents", "reported_at"),
    "cluster_type": ("moran", "cluster_type"),
    "moran_i": ("moran", "moran_i"),
    "lag": ("moran", "lag"),
    "value": ("moran", "value"),
    "trend": ("trends", "trend"),
    "trend_z": ("trends", "trend_z"),
    "trend_p": ("trends", "trend_p"),
    "trend_q": ("trends", "trend_q"),
    "slope": ("trends", "slope"),
    "hot_share": ("emerging", "hot_share"),
    "cold_share": ("emerging", "cold_share"),
    "recent_hot_share": ("persistence", "recent_hot_share"),
    "base": ("rates", "base"),
    "rate": ("rates", "rate"),
    "smoothed_rate": ("rates", "smoothed_rate"),
    "incidents_before": ("pattern_change", "incidents_before"),
    "incidents_after": ("pattern_change", "incidents_after"),
    "incidents_per_km2": ("density", "incidents_per_km2"),
    "edge_factor": ("density", "edge_factor"),
    "incidents_per_km": ("line_density", "incidents_per_km"),
    "length_m": ("line_density", "length_m"),
    "recent_cold_share": ("persistence", "recent_cold_share"),
}

# Subjects have lists of their own; a word or heading is in one of them only.
_WORD_LISTS = (_WORDS, PATROL_WORDS, REPORTING_WORDS, COVERAGE_WORDS, CAMPAIGN_WORDS)
_HEADING_LISTS = (
    _HEADINGS,
    PATROL_HEADINGS,
    REPORTING_HEADINGS,
    COVERAGE_HEADINGS,
    CAMPAIGN_HEADINGS,
)


def words_for(lang: Language) -> dict[str, str]:
    """Return every fixed word in one language.

    Examples
    --------
    >>> words_for("zh")["no_answer"], words_for("en")["reported_at"]
    ('未计算', 'Reported')
    """
    place = 1 if lang == "zh" else 0
    words = {word: texts[place] for part in _WORD_LISTS for word, texts in part.items()}
    for part in _HEADING_LISTS:
        for word, (table, column) in part.items():
            words[word] = TABLES[table][column].heading(lang)
    return words
