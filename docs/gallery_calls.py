"""Every picture of the gallery: the call that makes it, and what each table in a call is."""

from __future__ import annotations

from typing import NamedTuple

# What each table is; later ones may use earlier ones.
TABLES = {
    "streets": 'gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")',
    "incidents": 'gg.read_incidents(SAMPLE / "incidents.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).incidents',
    "facilities": 'gg.read_facilities(SAMPLE / "facilities.csv", datum="gcj02").facilities',
    "tracks": 'gg.read_tracks(SAMPLE / "patrol_tracks.csv", datum="gcj02", '
    'timezone="Asia/Shanghai").tracks',
    "grid": "gg.make_grid(streets, resolution=9)",
    "located": "gg.locate(incidents, streets, resolution=9)",
    "counts": 'gg.tally(located, grid, start="2015-01-01", end="2016-01-01")',
    "later": 'gg.tally(located, grid, start="2017-01-01", end="2018-01-01")',
    "panel": 'gg.tally(located, grid, period="MS", start="2015-01-01", end="2018-01-01")',
    "quarters": 'gg.tally(located, grid, period="QS", start="2016-01-01", end="2017-01-01")',
    "hot": "gg.find_hotspots(counts)",
    "monthly": 'gg.find_hotspots(panel[panel["period"] >= "2017-01-01"])',
    "yearly": 'gg.find_hotspots(gg.tally(located, grid, period="YS"))',
    "moran": "gg.find_moran_clusters(counts)",
    "moran_later": "gg.find_moran_clusters(later)",
    "clusters": "gg.find_scan_clusters(counts, radius_km=0.63, replicates=199)",
    "density": "gg.measure_density(located, grid, jurisdictions=streets, bandwidth_m=600)",
    "rates": 'gg.measure_rates(counts, base="area_km2", method="neighborhood_empirical_bayes")',
    "early": 'gg.find_emerging_hotspots(panel[panel["period"] < "2016-05-01"])',
    "persistence": "gg.classify_persistence(panel)",
    "trends": "gg.measure_trends(panel)",
    "change": "gg.compare_patterns(counts, later)",
    "month": 'incidents[incidents["reported_at"].dt.strftime("%Y-%m") == "2017-09"]',
    "patrols": "gg.measure_patrols(tracks, grid)",
    "coverage": "gg.measure_patrol_coverage(gg.find_visits(tracks, grid), grid, streets, "
    "days=(1, 3, 7, 14))",
    "plan": "gg.plan_patrols(later, grid, patrols=patrols, "
    'starts=facilities[facilities["kind"] == "驿站"], shift_min=180)',
    "blind": 'gg.find_blind_spots(located, grid, start="2017-01-01", end="2018-01-01")',
    "channel_mix": 'gg.measure_channels(located, grid, start="2017-01-01", end="2018-01-01")',
    "silent": 'gg.find_silent_channels(located, start="2015-01-01", end="2018-01-01")',
    "joint": 'gg.find_joint_enforcement(located, grid, start="2017-01-01", end="2018-01-01")',
    "posts": 'facilities[facilities["kind"] == "驿站"]',
    "reach": "gg.measure_reach(posts, grid, located, jurisdictions=streets)",
    "street_reach": "gg.measure_street_reach(posts, grid, streets, located)",
    "access": "gg.measure_access(posts, later)",
    "placed": "gg.place_posts(later, posts=5, distance_m=800, existing=posts)",
    "parts": "gg.check_responsibility(streets, located)",
    "shares": 'gg.measure_responsibility(streets, located, by="street_id")',
    "owners": "gg.find_owners(grid, streets)",
    "boundaries": "gg.compare_boundaries(streets)",
    "street_rates": 'gg.measure_street_rates(located, streets, base="population", per=10_000)',
    "backtest": 'gg.backtest(located, grid, start="2015-01-01", end="2018-01-01")',
    "near": "gg.measure_near_repeats(located, distance_bands_m=[0, 100, 200, 400], "
    "time_bands_days=[0, 3, 7, 14, 28], permutations=199)",
    # The sample has no roads: the borders of streets stand in for them.
    "borders": "gg.read_lines(gpd.GeoDataFrame({'line': streets['street']}, "
    "geometry=streets.boundary, crs=4326))",
    "campaigns": 'gg.read_campaigns(SAMPLE / "campaigns.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).campaigns',
    "cases": 'gg.read_cases(SAMPLE / "cases.csv", timezone="Asia/Shanghai", '
    "jurisdictions=streets).cases",
    "scores": 'gg.assess(cases, period="YS")',
    "rates_of_cases": 'gg.measure_indicators(cases, by="street_id", indicators='
    '["on_time_closing_rate"])',
    "effects": "gg.evaluate_campaigns(located, grid, campaigns)",
    # The market of 模式口, against cells where none of the others was at work.
    "market": "campaigns.iloc[1]",
    "setting": '{"treated": market["geometry"], "category": market["category"], '
    '"before": (market["before_start"], market["before_end"]), '
    '"after": (market["after_start"], market["after_end"]), "name": market["campaign"], '
    '"exclude": campaigns.drop(index=1)["geometry"].tolist()}',
    "inventory": 'gg.read_inventory(SAMPLE / "inventory.csv", datum="gcj02", '
    'timezone="Asia/Shanghai", jurisdictions=streets).inventory',
    "line_density": "gg.measure_line_density(located, borders, bandwidth_m=300, segment_m=50)",
}


class Picture(NamedTuple):
    """One call, and what it shows in English and Chinese."""

    call: str
    en: str
    zh: str

    @property
    def function(self) -> str:
        """The function called, without the package."""
        return self.call.split("(")[0]


MAPS = [
    Picture("map_hotspots(hot, streets)", "Hotspots, 2015", "2015 年热点"),
    Picture("map_hotspots(monthly, streets)", "Hotspots month by month, 2017", "2017 年逐月热点"),
    Picture(
        'map_hotspots(yearly, streets, compare=("2015", "2017"))',
        "Hotspots, before and after",
        "整治前后热点对比",
    ),
    Picture(
        'map_comparison(moran, moran_later, streets, labels=("2015", "2017"))',
        "Two tables in the same classes",
        "两张表同级对比",
    ),
    Picture("map_incidents(month, streets)", "Incidents, September 2017", "2017 年 9 月事件"),
    Picture("map_rates(rates, streets)", "Incidents per km², smoothed", "每平方公里事件数（平滑）"),
    Picture("map_density(density, streets)", "Density of incidents", "事件密度"),
    Picture("map_line_density(line_density, streets)", "Density along borders", "沿边界密度"),
    Picture("map_moran(moran, streets)", "Clusters and outliers, 2015", "2015 年聚集与异常"),
    Picture("map_clusters(clusters, counts, streets)", "Scan clusters, 2015", "2015 年扫描聚集区"),
    Picture("map_emerging(early, streets)", "Emerging hotspots", "新兴热点"),
    Picture("map_persistence(persistence, streets)", "Persistence", "热点持续性"),
    Picture("map_trends(trends, streets)", "Rising and falling cells", "升降趋势"),
    Picture(
        "map_pattern_change(change, streets)", "Shares, 2015 and 2017", "2015 与 2017 年占比变化"
    ),
    Picture(
        'map_dashboard(located, grid, streets, start="2015-01-01", end="2018-01-01")',
        "Dashboard",
        "综合看板",
    ),
    Picture("map_tracks(tracks, streets)", "Patrol tracks", "巡查轨迹"),
    Picture("map_patrols(patrols, streets)", "Patrol visits", "巡查到访"),
    Picture("map_patrol_coverage(coverage, streets)", "Patrol coverage", "巡查覆盖率"),
    Picture("map_patrol_plan(plan, streets)", "Patrol plan", "巡查计划"),
    Picture("map_blind_spots(blind, streets)", "Blind spots, 2017", "2017 年上报盲区"),
    Picture("map_channels(channel_mix, streets)", "Channels, 2017", "2017 年上报渠道"),
    Picture("map_silent_channels(silent, streets)", "Silent channels", "静默渠道"),
    Picture("map_joint_enforcement(joint, streets)", "Joint enforcement", "联合执法地点"),
    Picture("map_reach(reach, streets, facilities=posts)", "Reach of stations", "驿站服务范围"),
    Picture("map_street_reach(street_reach, streets)", "Reach by street", "街道服务覆盖"),
    Picture("map_access(access, streets, facilities=posts)", "Access to stations", "驿站可达性"),
    Picture("map_posts(placed, streets, distance_m=800)", "Five more stations", "新增五处驿站"),
    Picture("map_responsibility(parts, streets)", "Gaps and overlaps", "责任空白与重叠"),
    Picture("map_responsibility_shares(shares, streets)", "Who is responsible", "责任归属占比"),
    Picture("map_owners(owners, streets)", "Owners of cells", "格子责任主体"),
    Picture("map_boundaries(boundaries, streets)", "Borders of streets", "街道边界"),
    Picture(
        "map_campaign(gg.campaign_cells(located, grid, **setting), streets, "
        'treated=market["geometry"])',
        "A campaign and its controls",
        "专项行动与对照区",
    ),
    Picture(
        'map_inventory(gg.measure_inventory(inventory, by="street_id", period="QS"), streets)',
        "Progress of rectification",
        "整改进度",
    ),
]

FIGURES = [
    Picture("plot_hotspots(hot, streets)", "Hotspots, 2015", "2015 年热点"),
    Picture("plot_incidents(month, streets)", "Incidents, September 2017", "2017 年 9 月事件"),
    Picture("plot_rates(rates, streets)", "Incidents per km²", "每平方公里事件数"),
    Picture("plot_density(density, streets)", "Density of incidents", "事件密度"),
    Picture("plot_line_density(line_density, streets)", "Density along borders", "沿边界密度"),
    Picture("plot_moran_map(moran, streets)", "Clusters and outliers", "聚集与异常"),
    Picture("plot_clusters_map(clusters, counts, streets)", "Scan clusters", "扫描聚集区"),
    Picture("plot_emerging_map(early, streets)", "Emerging hotspots", "新兴热点"),
    Picture("plot_persistence(persistence, streets)", "Persistence", "热点持续性"),
    Picture("plot_trends_map(trends, streets)", "Rising and falling cells", "升降趋势"),
    Picture("plot_pattern_change_map(change, streets)", "Change of shares", "占比变化"),
    Picture("plot_patrols(patrols, streets)", "Patrol minutes", "巡查时长"),
    Picture("plot_blind_spots(blind, streets)", "Blind spots", "上报盲区"),
    Picture("plot_reach(reach, streets, facilities=posts)", "Reach of stations", "驿站服务范围"),
    Picture("plot_small_multiples(quarters, streets)", "Quarters of 2016", "2016 年各季度"),
    Picture(
        'plot_trend(gg.measure_periods(incidents, start="2015-01-01", end="2018-01-01"))',
        "Incidents a month",
        "每月事件数",
    ),
    Picture("plot_ranking(street_rates)", "Ranking of streets", "街道排名"),
    Picture("plot_funnel(gg.measure_funnel(street_rates))", "Funnel of streets", "街道漏斗图"),
    Picture(
        'plot_calendar(gg.measure_periods(incidents, period="D", start="2017-01-01", '
        'end="2018-01-01"))',
        "Every day of 2017",
        "2017 年日历",
    ),
    Picture("plot_hours(gg.measure_hours(incidents))", "Hours of the week", "一周各时段"),
    Picture("plot_emerging(early)", "Categories of change", "变化类别"),
    Picture("plot_moran(moran)", "Moran scatter plot", "莫兰散点图"),
    Picture("plot_clusters(clusters, streets)", "Clusters by risk", "聚集区相对风险"),
    Picture("plot_pattern_change(change, streets)", "Before and after", "前后占比"),
    Picture(
        "plot_autocorrelation(gg.measure_autocorrelation(counts))",
        "Global autocorrelation",
        "全局自相关",
    ),
    Picture(
        "plot_lorenz(gg.measure_lorenz(counts), gg.measure_concentration(counts, streets))",
        "Concentration",
        "集中程度",
    ),
    Picture(
        "plot_map(gg.map_owners(owners, streets))",
        "Any map as a still picture",
        "任意地图的静态图",
    ),
    Picture(
        'plot_scores(scores, names=streets.set_index("street_id")["street"])',
        "Scores and the ranks that the cases allow",
        "得分与名次范围",
    ),
    Picture(
        'plot_indicator(rates_of_cases, names=streets.set_index("street_id")["street"])',
        "Closed in time, by street",
        "各街道按期结案率",
    ),
    Picture(
        'plot_closing_curves(gg.measure_closing_curves(cases, by="category"), days=40)',
        "How long cases stay open",
        "案件多久结案",
    ),
    Picture("plot_campaigns(effects)", "Did the campaigns work?", "专项行动有效吗"),
    Picture(
        "plot_campaign(gg.campaign_series(located, grid, **setting))",
        "The market of Moshikou, month by month",
        "模式口流动市场逐月",
    ),
    Picture(
        'plot_inventory(gg.measure_inventory(inventory, period="MS"))',
        "Found, rectified, left",
        "发现、整改与遗留",
    ),
    Picture("plot_near_repeats(near)", "Near repeats", "近邻重复"),
    Picture("plot_backtest(backtest, gg.rank_measures(backtest))", "Prediction", "预测回测"),
]
