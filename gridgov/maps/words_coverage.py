"""The fixed words of the maps of responsibility, reach, access and posts, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COVERAGE_HEADINGS", "COVERAGE_WORDS"]

# word: (English, Chinese)
COVERAGE_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "layer_choice": ("Layer", "责任图层"),
        "all_layers": ("All layers together", "全部图层合计"),
        "whole_area": ("Whole area: {}", "全区：{}"),
        "named_share": ("{} {}", "{} {}"),
        "all_of_it": ("100 %", "100 %"),
        "none_of_it": ("0 %", "0 %"),
        "zero": ("None", "无"),
        # responsibility: gaps, overlaps, slivers, enclaves
        "resp_title": ("Gaps and overlaps of responsibility", "责任空白与重叠图"),
        "resp_layer": ("Gaps and overlaps", "空白与重叠"),
        "resp_gap": ("No owner", "无人负责"),
        "resp_gap_sliver": ("No owner, sliver", "无人负责（狭长碎片）"),
        "resp_overlap": ("Several owners", "多头负责"),
        "resp_overlap_sliver": ("Several owners, sliver", "多头负责（狭长碎片）"),
        "resp_enclave": ("Cut off from its street", "飞地"),
        "resp_outside": ("Touches nothing", "未触及任何区域"),
        "resp_parts": ("Parts", "处数"),
        "resp_areas": ("Area (m²)", "面积（平方米）"),
        "resp_incidents": ("Incidents", "事件数"),
        "resp_part": ("No. {}", "第 {} 处"),
        "resp_owners": ("Owners", "责任主体"),
        "resp_borders": ("Borders", "相邻责任主体"),
        "resp_of": ("Of", "所属责任主体"),
        "resp_help": (
            "However thin a part is, its edge is drawn a few pixels wide. An incident on the "
            "edge of two parts is counted in both.",
            "无论多窄，边线均以数像素宽绘出。位于两处边界上的事件在两处各计一次。",
        ),
        "resp_none": (
            "No gap, overlap or enclave was found.",
            "未发现责任空白、重叠或飞地。",
        ),
        "resp_method": (
            "Land of the district without an owner or with several; a sliver is too narrow for "
            "a circle of the width asked for. Enclaves have their owner.",
            "区内无人负责或多头负责的土地；狭长碎片为容不下设定直径圆的部分。飞地本身有责任主体。",
        ),
        "resp_one_layer": ("Layer: {}", "责任图层：{}"),
        "resp_left_out": (
            "Not listed because they are smaller than asked for: {parts} parts, {area} m².",
            "因小于设定面积而未列出：{parts} 处，{area} 平方米。",
        ),
        # responsibility: shares
        "shares_title": ("Land and incidents with one owner", "一方负责占比图"),
        "shares_layer": ("Share with one owner", "一方负责占比"),
        "shares_legend": ("{} (streets)", "{}（街道数）"),
        "shares_help": (
            "Exactly one owner is the aim: land with none or several is swept by nobody or "
            "fined twice.",
            "目标是每块地、每起事件恰有一方负责；无人负责或多头负责均属责任不清。",
        ),
        # owners of cells
        "owners_title": ("Owners of cells", "网格责任主体图"),
        "owners_layer": ("Owner", "责任主体"),
        "owners_legend": ("Owner (cells)", "责任主体（网格数）"),
        "owners_clear": ("Owner has {} or more", "责任主体占 {} 及以上"),
        "owners_shared": ("Owner has half or more", "责任主体占一半及以上"),
        "owners_split": ("Owner has less than half", "责任主体不足一半"),
        "owners_claimed": ("Same land, several owners", "同一地块多头负责"),
        "owners_none": ("No owner", "无责任主体"),
        "owners_help": (
            "Colors only tell neighbors apart: each patch of one color is one owner, named on "
            "the card. Shares are of the cell's land in the district.",
            "颜色仅用于区分相邻主体，同色相连者为同一主体，名称见卡片。占比以网格在区内的土地计。",
        ),
        "owner": ("Owner", "责任主体"),
        "owners_state": ("State", "状态"),
        "owners_number_legend": ("Owners of the cell (cells)", "责任主体数（网格数）"),
        "owners_share_legend": (
            "Owner's share of its land (cells)",
            "责任主体占区内土地比例（网格数）",
        ),
        "owners_share_layer": ("Owner's share", "责任主体占比"),
        "owners_land_share": ("Of its land in the district", "占区内土地"),
        "owners_method": (
            "{cells} H3 cells; the owner is who has the largest share of the cell. {shared} cells "
            "have no clear owner, {none} none at all.",
            "{cells} 个 H3 网格；责任主体为占网格面积最大者。{shared} 个网格责任主体不明确，"
            "{none} 个无责任主体。",
        ),
        # boundaries
        "bound_title": ("Boundaries compared", "边界比对图"),
        "bound_layer": ("Boundaries", "边界"),
        "bound_largest": ("Largest distance", "最大偏离"),
        "bound_gap": ("Gap between", "之间无人负责面积"),
        "bound_overlap": ("Overlap", "重叠面积"),
        "bound_lost": ("Land lost", "减少面积"),
        "bound_gained": ("Land gained", "增加面积"),
        "bound_largest_legend": ("Largest distance, m (boundaries)", "最大偏离，米（边界数）"),
        "bound_gap_legend": ("Gap between, m² (boundaries)", "之间无人负责面积，平方米（边界数）"),
        "bound_overlap_legend": ("Overlap, m² (boundaries)", "重叠面积，平方米（边界数）"),
        "bound_lost_legend": ("Land lost, m² (boundaries)", "减少面积，平方米（边界数）"),
        "bound_gained_legend": ("Land gained, m² (boundaries)", "增加面积，平方米（边界数）"),
        "bound_pair": ("{} – {}", "{} — {}"),
        "bound_neighbor": ("Boundary of two neighbors", "相邻街道边界"),
        "bound_version": ("Boundary in two versions", "同一街道的两版边界"),
        "bound_removed": ("Only in the first version", "仅见于前一版"),
        "bound_added": ("Only in the other version", "仅见于另一版"),
        "bound_same": ("The same", "一致"),
        "bound_class": ("Class", "级别"),
        "bound_help": (
            "Drawn is the boundary of the first street or version. The comparison cannot say "
            "which of two is right.",
            "所绘为前一街道或前一版的边界。比对只反映差异，不判定哪一方正确。",
        ),
        "bound_method": (
            "{pairs} boundaries, {apart} of which part somewhere; {shared} km are common, {off} "
            "km apart.",
            "共 {pairs} 条边界，其中 {apart} 条存在偏离；重合 {shared} 千米，不重合 {off} 千米。",
        ),
        # reach
        "reach_title": ("What is within reach", "设施可达范围图"),
        "reach_layer": ("Share reached", "可达占比"),
        "reach_cells": ("{} (cells)", "{}（网格数）"),
        "reach_nearest": ("Distance to the nearest", "到最近设施距离"),
        "reach_folds": ("Facilities within reach", "可达设施数"),
        "reach_unreached": ("Incidents not reached", "未覆盖事件数"),
        "reach_nearest_legend": (
            "Distance to the nearest, m (cells)",
            "到最近设施距离，米（网格数）",
        ),
        "reach_class": ("Class", "级别"),
        "reach_help": (
            "Share of the cell's land that lies within reach. Half of a cell on the rim of a "
            "circle is reached, not all of it.",
            "网格土地中处于服务半径内的占比；圆周穿过的网格只计圈内部分。",
        ),
        "reach_help_folds": (
            "Share of the cell's land within reach of {} facilities or more.",
            "网格土地中至少有 {} 处设施可达的占比。",
        ),
        "reach_help_network": (
            "Reached or not, by the walk from the center of the cell.",
            "以网格中心的步行距离判断是否可达。",
        ),
        "reach_nearest_help": (
            "From the center of the cell to the nearest facility, whatever that reaches.",
            "网格中心到最近设施的距离，不论其服务半径。",
        ),
        "reach_folds_help": (
            "Facilities that reach the center of the cell.",
            "服务半径覆盖网格中心的设施数。",
        ),
        "reach_unreached_help": (
            "Incidents whose own point lies out of reach.",
            "自身位置不在服务范围内的事件数。",
        ),
        "reach_method": (
            "{cells} H3 cells, {share} of the land reached.",
            "{cells} 个 H3 网格，土地可达率 {share}。",
        ),
        "reach_method_incidents": (
            "{reached} of {incidents} incidents reached.",
            "{incidents} 起事件中 {reached} 起可达。",
        ),
        "reach_made": ("{facilities} facilities, {how}.", "{facilities} 处设施，{how}。"),
        "reach_straight": ("straight distance", "直线距离"),
        "reach_network": ("walked along the lines given", "沿给定路网步行距离"),
        "reach_own": (", each with its own reach", "，各按自身服务半径"),
        "reach_same": (", reach {} m", "，服务半径 {} 米"),
        "facilities_layer": ("Facilities", "设施"),
        "facilities_legend": ("Facilities ({} kinds)", "设施（{} 类）"),
        "facilities_legend_one": ("Facilities", "设施"),
        "facilities_other": ("Other kinds ({})", "其他类型（{} 类）"),
        "facilities_no_kind": ("Facility", "设施"),
        "facilities_help": (
            "Circles are the reach, true to the meter on the ground.",
            "圆圈为服务半径，按地面实际距离绘制。",
        ),
        "facilities_chosen_help": (
            "Drawn are those of the kind chosen.",
            "图上仅绘出所选类型。",
        ),
        "facilities_many_help": (
            "The circle of reach shows where the pointer is; it is true to the meter.",
            "指向设施时显示其服务半径圆圈，按地面实际距离绘制。",
        ),
        # reach by street
        "street_reach_title": ("Reach by street", "各街道可达率图"),
        "street_reach_layer": ("Reach", "可达率"),
        "street_reach_folds": ("In reach of {} or more", "至少 {} 处可达"),
        "street_reach_choice": ("Facilities", "设施"),
        "street_reach_all": ("All facilities", "全部设施"),
        "street_reach_help": (
            "Shares are of what is there: a street without incidents has no share of them.",
            "占比以街道内实有数量为分母；没有事件的街道不计算事件可达率。",
        ),
        "street_capacity_help": (
            "Capacity of the facilities that lie in the street, not of those that reach into it.",
            "按位于本街道内的设施计算，不含服务范围延伸进来的设施。",
        ),
        # access
        "access_title": ("Access to capacity", "服务能力可达性图"),
        "access_layer": ("Access to mean", "可达性与均值之比"),
        "access_legend": ("Access to the mean (cells)", "可达性与均值之比（网格数）"),
        "access_value": ("Access", "可达性"),
        "access_value_legend": ("Access (cells)", "可达性（网格数）"),
        "access_demand": ("Demand", "需求"),
        "access_demand_legend": ("Demand (cells)", "需求（网格数）"),
        "access_none": ("None reaches", "无设施可达"),
        "access_help": (
            "1 is the mean over all demand; 0.5 means half as much capacity for the same demand.",
            "1 为全部需求的平均水平；0.5 表示同等需求只享有平均水平一半的服务能力。",
        ),
        "access_value_help": (
            "Capacity that the cell has access to, for each unit of its demand.",
            "网格内每单位需求可获得的服务能力。",
        ),
        "access_demand_help": ("What the facilities are shared out over.", "服务能力按此分摊。"),
        "access_method": (
            "Two-step floating catchment over {cells} H3 cells, {how}{decay}.",
            "两步移动搜索法，{cells} 个 H3 网格，{how}{decay}。",
        ),
        "access_decay_none": ("", ""),
        "access_decay_steps": (", weights falling in three steps", "，权重分三级递减"),
        "access_decay_gaussian": (", Gaussian decay", "，高斯衰减"),
        "access_decay_own": (", weights falling in steps of one's own", "，权重按自定义分级递减"),
        "access_totals": (
            "Capacity {capacity} for a demand of {demand}; demand that nobody reaches: "
            "{unserved}, capacity that reaches nobody: {unused}.",
            "服务能力 {capacity}，需求 {demand}；无设施可达的需求 {unserved}，"
            "服务范围内无需求的能力 {unused}。",
        ),
        # posts
        "posts_title": ("Where to put the next posts", "新增点位选址图"),
        "posts_layer": ("Demand", "需求"),
        "posts_legend": ("Demand (cells)", "需求（网格数）"),
        "posts_legend_places": ("Demand (places)", "需求（点数）"),
        "posts_covered": ("Covered", "已覆盖"),
        "posts_partly": ("Partly covered", "部分覆盖"),
        "posts_uncovered": ("Not covered", "未覆盖"),
        "posts_no_demand": ("No demand", "无需求"),
        "posts_state": ("Coverage", "覆盖情况"),
        "posts_weight": ("Demand", "需求量"),
        "posts_weight_legend": ("Demand (cells)", "需求量（网格数）"),
        "posts_distance": ("Distance to the post", "到点位距离"),
        "posts_distance_legend": ("Distance to the post, m (cells)", "到点位距离，米（网格数）"),
        "posts_distance_m": ("Distance (m)", "距离（米）"),
        "posts_covered_share": ("Covered share", "已覆盖占比"),
        "posts_served_by": ("Served by", "服务点位"),
        "posts_nobody": ("Nobody", "无"),
        "posts_sites": ("Posts", "点位"),
        "posts_new": ("New posts", "新增点位"),
        "posts_new_row": ("New, numbered by rank", "新增（编号为排名）"),
        "posts_existing": ("Existing posts", "已有点位"),
        "posts_existing_row": ("Existing", "已有"),
        "posts_circles_help": (
            "Circles have a radius of {} m on the ground.",
            "圆圈半径为地面 {} 米。",
        ),
        "posts_spokes_row": ("From demand to its post", "需求到服务点位"),
        "posts_new_one": ("New post, rank {}", "新增点位，排名第 {}"),
        "posts_existing_one": ("Existing post", "已有点位"),
        "posts_spokes": ("Who serves whom", "服务关系"),
        "posts_help": (
            "Covered: served by a post, within the distance where one was given.",
            "已覆盖：有点位服务，且在给定距离之内（如有）。",
        ),
        "posts_distance_help": (
            "To the post that serves it, else to the nearest one.",
            "到为其服务的点位；无点位服务时为到最近点位。",
        ),
        "posts_sites_help": (
            "Ranks are the order to build in, by what each adds to those before it.",
            "排名为建设先后，按在前序点位基础上的新增收益排列。",
        ),
        "posts_goal_maximal_coverage": ("most demand within the distance", "距离内覆盖需求最多"),
        "posts_goal_set_cover": (
            "fewest posts that leave nobody outside the distance",
            "以最少点位覆盖全部需求",
        ),
        "posts_goal_p_median": ("least weighted distance", "加权距离最小"),
        "posts_status_optimal": ("proven to be best", "已证明最优"),
        "posts_status_within_gap": ("within {} of the best possible", "与最优相差不超过 {}"),
        "posts_status_time_limit": (
            "the best found in the time; at most {} from the best possible",
            "限时内最好结果，与最优相差不超过 {}",
        ),
        "posts_method": (
            "{new} new and {existing} existing posts; goal: {goal} ({status}). Demand {weight}, "
            "of it covered {covered}.",
            "新增 {new} 处、已有 {existing} 处；目标：{goal}（{status}）。"
            "需求 {weight}，已覆盖 {covered}。",
        ),
    }
)

# Headings that are the same in files and on the screen.
COVERAGE_HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "width_m": ("responsibility", "width_m"),
        "area_m2": ("responsibility", "area_m2"),
    }
)
