"""gridgov: from incident records to cells, street jurisdictions, hotspots and maps.

The names below are the public ones; each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from gridgov import scale as scale
    from gridgov.assessment.audit.draw import draw_audit_sample
    from gridgov.assessment.audit.estimate import estimate_audit
    from gridgov.assessment.audit.sample_size import required_sample_size
    from gridgov.assessment.cases.event_log import make_case_events, make_cases
    from gridgov.assessment.deadlines.calendar import make_calendar
    from gridgov.assessment.deadlines.deadlines import list_deadlines, set_deadlines
    from gridgov.assessment.deadlines.effective_deadlines import effective_deadlines
    from gridgov.assessment.deadlines.working_time import add_working_time, working_time_between
    from gridgov.assessment.delays.closing_curves import measure_closing_curves
    from gridgov.assessment.delays.comparison import compare_delays
    from gridgov.assessment.delays.delays import measure_delays
    from gridgov.assessment.indicators.definitions import read_indicators
    from gridgov.assessment.indicators.engine import measure_indicators
    from gridgov.assessment.scores.assess import assess
    from gridgov.assessment.scores.rank_scores import rank_scores
    from gridgov.assessment.scores.read_scheme import read_scheme
    from gridgov.assessment.scores.score_items import measure_score_items
    from gridgov.assessment.standing.standing import grade_standing
    from gridgov.assessment.standing.standing_counts import measure_standing
    from gridgov.assessment.supervision.duplicates import link_duplicates, measure_chance_links
    from gridgov.assessment.supervision.overdue import find_overdue, measure_supervision
    from gridgov.assessment.supervision.repeat_places import (
        find_repeat_places,
        measure_repeat_places,
    )
    from gridgov.bulletin.assessment_pack import write_assessment
    from gridgov.bulletin.brief import write_brief
    from gridgov.bulletin.bulletin_pack import write_folder_bulletins
    from gridgov.bulletin.coverage_pack import write_coverage
    from gridgov.bulletin.gpx_file import save_gpx
    from gridgov.bulletin.hotspot_pack import write_hotspots
    from gridgov.bulletin.map_file import write_map
    from gridgov.bulletin.periodic.bulletin import make_bulletin
    from gridgov.bulletin.periodic.many import write_bulletins
    from gridgov.bulletin.periodic.writing import write_bulletin
    from gridgov.campaigns.campaign import campaign_cells, evaluate_campaign
    from gridgov.campaigns.campaigns import evaluate_campaigns
    from gridgov.campaigns.inventory import measure_inventory
    from gridgov.campaigns.series import campaign_series
    from gridgov.coverage.joint_enforcement.department_pairs import measure_department_pairs
    from gridgov.coverage.joint_enforcement.joint_enforcement import find_joint_enforcement
    from gridgov.coverage.patrol.fix_rates import measure_fix_rates
    from gridgov.coverage.patrol.patrol_coverage import measure_patrol_coverage
    from gridgov.coverage.patrol.patrol_hours import measure_patrol_hours
    from gridgov.coverage.patrol.patrol_time import measure_patrol_time
    from gridgov.coverage.patrol.patrols import measure_patrols
    from gridgov.coverage.patrol.visits import find_visits
    from gridgov.coverage.patrol_plan.patrol_plan import patrol_plan_report, plan_patrols
    from gridgov.coverage.patrol_plan.plan_backtest import compare_patrol_plans
    from gridgov.coverage.reach.access import measure_access
    from gridgov.coverage.reach.reach import measure_reach
    from gridgov.coverage.reach.street_reach import measure_street_reach
    from gridgov.coverage.reporting.blind_spots import find_blind_spots
    from gridgov.coverage.reporting.channels import measure_channel_shares, measure_channels
    from gridgov.coverage.reporting.reporting import measure_reporting
    from gridgov.coverage.reporting.silent_channels import find_silent_channels
    from gridgov.coverage.responsibility.boundaries import compare_boundaries
    from gridgov.coverage.responsibility.owners import find_owners
    from gridgov.coverage.responsibility.responsibility import check_responsibility
    from gridgov.coverage.responsibility.responsibility_shares import measure_responsibility
    from gridgov.coverage.siting.siting import place_posts
    from gridgov.figures.autocorrelation import plot_autocorrelation
    from gridgov.figures.blind_spots import plot_blind_spots
    from gridgov.figures.calendar import plot_calendar
    from gridgov.figures.campaign_series import plot_campaign
    from gridgov.figures.campaigns import plot_campaigns
    from gridgov.figures.change_maps import plot_emerging_map, plot_persistence, plot_trends_map
    from gridgov.figures.closing_curves import plot_closing_curves
    from gridgov.figures.cluster_map import plot_clusters_map
    from gridgov.figures.clusters import plot_clusters
    from gridgov.figures.concentration import plot_lorenz
    from gridgov.figures.density import plot_density
    from gridgov.figures.emerging import plot_emerging
    from gridgov.figures.funnel import plot_funnel
    from gridgov.figures.hotspots import plot_hotspots
    from gridgov.figures.hours import plot_hours
    from gridgov.figures.incidents import plot_incidents
    from gridgov.figures.indicators import plot_indicator
    from gridgov.figures.inventory import plot_inventory
    from gridgov.figures.line_density import plot_line_density
    from gridgov.figures.moran import plot_moran
    from gridgov.figures.moran_map import plot_moran_map
    from gridgov.figures.near_repeats import plot_near_repeats
    from gridgov.figures.page_map import plot_map
    from gridgov.figures.patrols import plot_patrols
    from gridgov.figures.pattern_change import plot_pattern_change
    from gridgov.figures.pattern_change_map import plot_pattern_change_map
    from gridgov.figures.prediction import plot_backtest
    from gridgov.figures.ranking import plot_ranking
    from gridgov.figures.rates import plot_rates
    from gridgov.figures.reach import plot_reach
    from gridgov.figures.saving import save_figure
    from gridgov.figures.scores import plot_scores
    from gridgov.figures.small_multiples import plot_small_multiples
    from gridgov.figures.trend import plot_trend
    from gridgov.geo.datum import transform_coordinates
    from gridgov.hotspots.backtest import backtest
    from gridgov.hotspots.concentration import measure_concentration, measure_lorenz
    from gridgov.hotspots.density import measure_density
    from gridgov.hotspots.emerging import find_emerging_hotspots
    from gridgov.hotspots.emerging_bins import find_hotspot_bins
    from gridgov.hotspots.explain import explain
    from gridgov.hotspots.funnel import measure_funnel
    from gridgov.hotspots.getis_ord import find_hotspots
    from gridgov.hotspots.global_autocorrelation import measure_autocorrelation
    from gridgov.hotspots.hours import measure_hours
    from gridgov.hotspots.line_density import measure_line_density
    from gridgov.hotspots.mann_kendall import measure_trends
    from gridgov.hotspots.measure_ranks import explain_ranks, rank_measures
    from gridgov.hotspots.moran import find_moran_clusters
    from gridgov.hotspots.near_repeats import measure_near_repeats
    from gridgov.hotspots.pattern_change import (
        compare_patterns,
        compare_proportions,
        measure_similarity,
    )
    from gridgov.hotspots.periods import measure_periods
    from gridgov.hotspots.persistence_classes import classify_persistence
    from gridgov.hotspots.prediction import score_prediction
    from gridgov.hotspots.rates import measure_rates
    from gridgov.hotspots.scan import find_scan_clusters
    from gridgov.hotspots.scan_members import scan_members
    from gridgov.hotspots.street_rates import measure_street_rates
    from gridgov.maps.access import map_access
    from gridgov.maps.base_maps import base_map
    from gridgov.maps.blind_spots import map_blind_spots
    from gridgov.maps.boundaries import map_boundaries
    from gridgov.maps.campaigns import map_campaign
    from gridgov.maps.channels import map_channels
    from gridgov.maps.classes import make_classes
    from gridgov.maps.clusters import map_clusters
    from gridgov.maps.comparison import map_comparison
    from gridgov.maps.dashboard import map_dashboard, save_dashboard
    from gridgov.maps.density import map_density
    from gridgov.maps.emerging import map_emerging, map_persistence, map_trends
    from gridgov.maps.hotspots import map_hotspots
    from gridgov.maps.incidents import map_incidents
    from gridgov.maps.inventory import map_inventory
    from gridgov.maps.joint_enforcement import map_joint_enforcement
    from gridgov.maps.line_density import map_line_density
    from gridgov.maps.moran import map_moran
    from gridgov.maps.offline import save_html
    from gridgov.maps.owners import map_owners
    from gridgov.maps.patrol_coverage import map_patrol_coverage
    from gridgov.maps.patrol_plan import map_patrol_plan
    from gridgov.maps.patrols import map_patrols
    from gridgov.maps.pattern_change import map_pattern_change
    from gridgov.maps.rates import map_rates
    from gridgov.maps.reach import map_reach
    from gridgov.maps.responsibility import map_responsibility
    from gridgov.maps.safe_text import escape
    from gridgov.maps.silent_channels import map_silent_channels
    from gridgov.maps.siting import map_posts
    from gridgov.maps.street_reach import map_street_reach
    from gridgov.maps.street_shares import map_responsibility_shares
    from gridgov.maps.tracks import map_tracks
    from gridgov.place.area_index import index_areas
    from gridgov.place.grid import make_grid
    from gridgov.place.lines import nearest_lines
    from gridgov.place.locate import locate
    from gridgov.place.network import make_network
    from gridgov.place.resolution import suggest_resolution
    from gridgov.place.sparse import fill_zeros, tally_sparse
    from gridgov.place.tally import tally, tally_report
    from gridgov.sources.campaigns import read_campaigns
    from gridgov.sources.case_events import read_case_events
    from gridgov.sources.cases import read_cases
    from gridgov.sources.codes import read_code_aliases, read_codes
    from gridgov.sources.facilities import read_facilities
    from gridgov.sources.incidents import read_incidents
    from gridgov.sources.inventory import read_inventory
    from gridgov.sources.jurisdictions import read_jurisdictions
    from gridgov.sources.lines import read_lines
    from gridgov.sources.notices import notices, set_aside_rows
    from gridgov.sources.tracks import read_tracks
    from gridgov.taxonomy.code_lists import code_aliases, code_list, theme_codes
    from gridgov.taxonomy.code_matching import match_codes
    from gridgov.taxonomy.unit_ids import (
        make_case_codes,
        make_unit_grid_ids,
        parse_case_codes,
        parse_unit_grid_ids,
    )

_HOMES = {
    # read: from outside in
    "read_incidents": "gridgov.sources.incidents",
    "read_jurisdictions": "gridgov.sources.jurisdictions",
    "read_facilities": "gridgov.sources.facilities",
    "read_lines": "gridgov.sources.lines",
    "read_indicators": "gridgov.assessment.indicators.definitions",
    "read_inventory": "gridgov.sources.inventory",
    "read_campaigns": "gridgov.sources.campaigns",
    "notices": "gridgov.sources.notices",
    "set_aside_rows": "gridgov.sources.notices",
    "transform_coordinates": "gridgov.geo.datum",
    "read_tracks": "gridgov.sources.tracks",
    "read_cases": "gridgov.sources.cases",
    "read_case_events": "gridgov.sources.case_events",
    "read_codes": "gridgov.sources.codes",
    "read_code_aliases": "gridgov.sources.codes",
    "code_list": "gridgov.taxonomy.code_lists",
    "code_aliases": "gridgov.taxonomy.code_lists",
    "theme_codes": "gridgov.taxonomy.code_lists",
    "match_codes": "gridgov.taxonomy.code_matching",
    "parse_unit_grid_ids": "gridgov.taxonomy.unit_ids",
    "make_unit_grid_ids": "gridgov.taxonomy.unit_ids",
    "parse_case_codes": "gridgov.taxonomy.unit_ids",
    "make_case_codes": "gridgov.taxonomy.unit_ids",
    # place: where things are
    "make_grid": "gridgov.place.grid",
    "make_network": "gridgov.place.network",
    "suggest_resolution": "gridgov.place.resolution",
    "index_areas": "gridgov.place.area_index",
    "locate": "gridgov.place.locate",
    "nearest_lines": "gridgov.place.lines",
    "tally": "gridgov.place.tally",
    "tally_report": "gridgov.place.tally",
    "tally_sparse": "gridgov.place.sparse",
    "fill_zeros": "gridgov.place.sparse",
    # measure: numbers
    "find_hotspots": "gridgov.hotspots.getis_ord",
    "find_moran_clusters": "gridgov.hotspots.moran",
    "measure_autocorrelation": "gridgov.hotspots.global_autocorrelation",
    "find_hotspot_bins": "gridgov.hotspots.emerging_bins",
    "find_emerging_hotspots": "gridgov.hotspots.emerging",
    "classify_persistence": "gridgov.hotspots.persistence_classes",
    "measure_trends": "gridgov.hotspots.mann_kendall",
    "find_scan_clusters": "gridgov.hotspots.scan",
    "scan_members": "gridgov.hotspots.scan_members",
    "explain": "gridgov.hotspots.explain",
    "measure_rates": "gridgov.hotspots.rates",
    "measure_funnel": "gridgov.hotspots.funnel",
    "measure_hours": "gridgov.hotspots.hours",
    "measure_periods": "gridgov.hotspots.periods",
    "measure_street_rates": "gridgov.hotspots.street_rates",
    "measure_density": "gridgov.hotspots.density",
    "measure_line_density": "gridgov.hotspots.line_density",
    "measure_concentration": "gridgov.hotspots.concentration",
    "measure_lorenz": "gridgov.hotspots.concentration",
    "score_prediction": "gridgov.hotspots.prediction",
    "backtest": "gridgov.hotspots.backtest",
    "rank_measures": "gridgov.hotspots.measure_ranks",
    "explain_ranks": "gridgov.hotspots.measure_ranks",
    "measure_near_repeats": "gridgov.hotspots.near_repeats",
    "compare_patterns": "gridgov.hotspots.pattern_change",
    "compare_proportions": "gridgov.hotspots.pattern_change",
    "measure_similarity": "gridgov.hotspots.pattern_change",
    "check_responsibility": "gridgov.coverage.responsibility.responsibility",
    "compare_boundaries": "gridgov.coverage.responsibility.boundaries",
    "find_owners": "gridgov.coverage.responsibility.owners",
    "measure_responsibility": "gridgov.coverage.responsibility.responsibility_shares",
    "measure_reporting": "gridgov.coverage.reporting.reporting",
    "measure_fix_rates": "gridgov.coverage.patrol.fix_rates",
    "measure_patrol_hours": "gridgov.coverage.patrol.patrol_hours",
    "measure_patrol_coverage": "gridgov.coverage.patrol.patrol_coverage",
    "measure_patrol_time": "gridgov.coverage.patrol.patrol_time",
    "measure_patrols": "gridgov.coverage.patrol.patrols",
    "find_visits": "gridgov.coverage.patrol.visits",
    "measure_reach": "gridgov.coverage.reach.reach",
    "measure_street_reach": "gridgov.coverage.reach.street_reach",
    "measure_access": "gridgov.coverage.reach.access",
    "find_blind_spots": "gridgov.coverage.reporting.blind_spots",
    "measure_channels": "gridgov.coverage.reporting.channels",
    "measure_channel_shares": "gridgov.coverage.reporting.channels",
    "find_silent_channels": "gridgov.coverage.reporting.silent_channels",
    "find_joint_enforcement": "gridgov.coverage.joint_enforcement.joint_enforcement",
    "measure_department_pairs": "gridgov.coverage.joint_enforcement.department_pairs",
    "place_posts": "gridgov.coverage.siting.siting",
    "plan_patrols": "gridgov.coverage.patrol_plan.patrol_plan",
    "patrol_plan_report": "gridgov.coverage.patrol_plan.patrol_plan",
    "compare_patrol_plans": "gridgov.coverage.patrol_plan.plan_backtest",
    "measure_indicators": "gridgov.assessment.indicators.engine",
    "measure_delays": "gridgov.assessment.delays.delays",
    "measure_closing_curves": "gridgov.assessment.delays.closing_curves",
    "compare_delays": "gridgov.assessment.delays.comparison",
    "make_calendar": "gridgov.assessment.deadlines.calendar",
    "add_working_time": "gridgov.assessment.deadlines.working_time",
    "working_time_between": "gridgov.assessment.deadlines.working_time",
    "list_deadlines": "gridgov.assessment.deadlines.deadlines",
    "set_deadlines": "gridgov.assessment.deadlines.deadlines",
    "effective_deadlines": "gridgov.assessment.deadlines.effective_deadlines",
    "draw_audit_sample": "gridgov.assessment.audit.draw",
    "estimate_audit": "gridgov.assessment.audit.estimate",
    "required_sample_size": "gridgov.assessment.audit.sample_size",
    "evaluate_campaign": "gridgov.campaigns.campaign",
    "evaluate_campaigns": "gridgov.campaigns.campaigns",
    "campaign_cells": "gridgov.campaigns.campaign",
    "campaign_series": "gridgov.campaigns.series",
    "measure_inventory": "gridgov.campaigns.inventory",
    "find_overdue": "gridgov.assessment.supervision.overdue",
    "measure_supervision": "gridgov.assessment.supervision.overdue",
    "find_repeat_places": "gridgov.assessment.supervision.repeat_places",
    "measure_repeat_places": "gridgov.assessment.supervision.repeat_places",
    "link_duplicates": "gridgov.assessment.supervision.duplicates",
    "measure_chance_links": "gridgov.assessment.supervision.duplicates",
    # show: maps, figures, packs
    "map_hotspots": "gridgov.maps.hotspots",
    "map_moran": "gridgov.maps.moran",
    "base_map": "gridgov.maps.base_maps",
    "map_clusters": "gridgov.maps.clusters",
    "map_dashboard": "gridgov.maps.dashboard",
    "save_dashboard": "gridgov.maps.dashboard",
    "map_emerging": "gridgov.maps.emerging",
    "map_persistence": "gridgov.maps.emerging",
    "map_trends": "gridgov.maps.emerging",
    "map_pattern_change": "gridgov.maps.pattern_change",
    "map_rates": "gridgov.maps.rates",
    "map_access": "gridgov.maps.access",
    "map_boundaries": "gridgov.maps.boundaries",
    "map_owners": "gridgov.maps.owners",
    "map_posts": "gridgov.maps.siting",
    "map_reach": "gridgov.maps.reach",
    "map_responsibility": "gridgov.maps.responsibility",
    "map_responsibility_shares": "gridgov.maps.street_shares",
    "map_street_reach": "gridgov.maps.street_reach",
    "map_incidents": "gridgov.maps.incidents",
    "map_tracks": "gridgov.maps.tracks",
    "map_silent_channels": "gridgov.maps.silent_channels",
    "map_patrols": "gridgov.maps.patrols",
    "map_patrol_plan": "gridgov.maps.patrol_plan",
    "map_patrol_coverage": "gridgov.maps.patrol_coverage",
    "map_joint_enforcement": "gridgov.maps.joint_enforcement",
    "map_channels": "gridgov.maps.channels",
    "map_blind_spots": "gridgov.maps.blind_spots",
    "map_campaign": "gridgov.maps.campaigns",
    "map_inventory": "gridgov.maps.inventory",
    "make_classes": "gridgov.maps.classes",
    "escape": "gridgov.maps.safe_text",
    "save_html": "gridgov.maps.offline",
    "plot_near_repeats": "gridgov.figures.near_repeats",
    "plot_pattern_change": "gridgov.figures.pattern_change",
    "plot_autocorrelation": "gridgov.figures.autocorrelation",
    "plot_backtest": "gridgov.figures.prediction",
    "plot_hotspots": "gridgov.figures.hotspots",
    "plot_clusters": "gridgov.figures.clusters",
    "plot_moran": "gridgov.figures.moran",
    "plot_emerging": "gridgov.figures.emerging",
    "map_density": "gridgov.maps.density",
    "map_line_density": "gridgov.maps.line_density",
    "map_comparison": "gridgov.maps.comparison",
    "plot_lorenz": "gridgov.figures.concentration",
    "plot_line_density": "gridgov.figures.line_density",
    "plot_map": "gridgov.figures.page_map",
    "plot_closing_curves": "gridgov.figures.closing_curves",
    "plot_indicator": "gridgov.figures.indicators",
    "plot_scores": "gridgov.figures.scores",
    "plot_campaign": "gridgov.figures.campaign_series",
    "plot_campaigns": "gridgov.figures.campaigns",
    "plot_inventory": "gridgov.figures.inventory",
    "plot_blind_spots": "gridgov.figures.blind_spots",
    "plot_calendar": "gridgov.figures.calendar",
    "plot_clusters_map": "gridgov.figures.cluster_map",
    "plot_density": "gridgov.figures.density",
    "plot_emerging_map": "gridgov.figures.change_maps",
    "plot_persistence": "gridgov.figures.change_maps",
    "plot_trends_map": "gridgov.figures.change_maps",
    "plot_funnel": "gridgov.figures.funnel",
    "plot_hours": "gridgov.figures.hours",
    "plot_incidents": "gridgov.figures.incidents",
    "plot_moran_map": "gridgov.figures.moran_map",
    "plot_patrols": "gridgov.figures.patrols",
    "plot_pattern_change_map": "gridgov.figures.pattern_change_map",
    "plot_ranking": "gridgov.figures.ranking",
    "plot_rates": "gridgov.figures.rates",
    "plot_reach": "gridgov.figures.reach",
    "plot_small_multiples": "gridgov.figures.small_multiples",
    "plot_trend": "gridgov.figures.trend",
    "save_figure": "gridgov.figures.saving",
    "assess": "gridgov.assessment.scores.assess",
    "rank_scores": "gridgov.assessment.scores.rank_scores",
    "read_scheme": "gridgov.assessment.scores.read_scheme",
    "measure_score_items": "gridgov.assessment.scores.score_items",
    "grade_standing": "gridgov.assessment.standing.standing",
    "make_case_events": "gridgov.assessment.cases.event_log",
    "make_cases": "gridgov.assessment.cases.event_log",
    "measure_standing": "gridgov.assessment.standing.standing_counts",
    "save_gpx": "gridgov.bulletin.gpx_file",
    "make_bulletin": "gridgov.bulletin.periodic.bulletin",
    "write_bulletin": "gridgov.bulletin.periodic.writing",
    "write_bulletins": "gridgov.bulletin.periodic.many",
    "write_assessment": "gridgov.bulletin.assessment_pack",
    "write_brief": "gridgov.bulletin.brief",
    "write_folder_bulletins": "gridgov.bulletin.bulletin_pack",
    "write_coverage": "gridgov.bulletin.coverage_pack",
    "write_hotspots": "gridgov.bulletin.hotspot_pack",
    "write_map": "gridgov.bulletin.map_file",
}

__all__ = [
    "add_working_time",
    "assess",
    "backtest",
    "base_map",
    "campaign_cells",
    "campaign_series",
    "check_responsibility",
    "classify_persistence",
    "code_aliases",
    "code_list",
    "compare_boundaries",
    "compare_delays",
    "compare_patrol_plans",
    "compare_patterns",
    "compare_proportions",
    "draw_audit_sample",
    "effective_deadlines",
    "escape",
    "estimate_audit",
    "evaluate_campaign",
    "evaluate_campaigns",
    "explain",
    "explain_ranks",
    "fill_zeros",
    "find_blind_spots",
    "find_emerging_hotspots",
    "find_hotspot_bins",
    "find_hotspots",
    "find_joint_enforcement",
    "find_moran_clusters",
    "find_overdue",
    "find_owners",
    "find_repeat_places",
    "find_scan_clusters",
    "find_silent_channels",
    "find_visits",
    "grade_standing",
    "index_areas",
    "link_duplicates",
    "list_deadlines",
    "locate",
    "make_bulletin",
    "make_calendar",
    "make_case_codes",
    "make_case_events",
    "make_cases",
    "make_classes",
    "make_grid",
    "make_network",
    "make_unit_grid_ids",
    "map_access",
    "map_blind_spots",
    "map_boundaries",
    "map_campaign",
    "map_channels",
    "map_clusters",
    "map_comparison",
    "map_dashboard",
    "map_density",
    "map_emerging",
    "map_hotspots",
    "map_incidents",
    "map_inventory",
    "map_joint_enforcement",
    "map_line_density",
    "map_moran",
    "map_owners",
    "map_patrol_coverage",
    "map_patrol_plan",
    "map_patrols",
    "map_pattern_change",
    "map_persistence",
    "map_posts",
    "map_rates",
    "map_reach",
    "map_responsibility",
    "map_responsibility_shares",
    "map_silent_channels",
    "map_street_reach",
    "map_tracks",
    "map_trends",
    "match_codes",
    "measure_access",
    "measure_autocorrelation",
    "measure_chance_links",
    "measure_channel_shares",
    "measure_channels",
    "measure_closing_curves",
    "measure_concentration",
    "measure_delays",
    "measure_density",
    "measure_department_pairs",
    "measure_fix_rates",
    "measure_funnel",
    "measure_hours",
    "measure_indicators",
    "measure_inventory",
    "measure_line_density",
    "measure_lorenz",
    "measure_near_repeats",
    "measure_patrol_coverage",
    "measure_patrol_hours",
    "measure_patrol_time",
    "measure_patrols",
    "measure_periods",
    "measure_rates",
    "measure_reach",
    "measure_repeat_places",
    "measure_reporting",
    "measure_responsibility",
    "measure_score_items",
    "measure_similarity",
    "measure_standing",
    "measure_street_rates",
    "measure_street_reach",
    "measure_supervision",
    "measure_trends",
    "nearest_lines",
    "notices",
    "parse_case_codes",
    "parse_unit_grid_ids",
    "patrol_plan_report",
    "place_posts",
    "plan_patrols",
    "plot_autocorrelation",
    "plot_backtest",
    "plot_blind_spots",
    "plot_calendar",
    "plot_campaign",
    "plot_campaigns",
    "plot_closing_curves",
    "plot_clusters",
    "plot_clusters_map",
    "plot_density",
    "plot_emerging",
    "plot_emerging_map",
    "plot_funnel",
    "plot_hotspots",
    "plot_hours",
    "plot_incidents",
    "plot_indicator",
    "plot_inventory",
    "plot_line_density",
    "plot_lorenz",
    "plot_map",
    "plot_moran",
    "plot_moran_map",
    "plot_near_repeats",
    "plot_patrols",
    "plot_pattern_change",
    "plot_pattern_change_map",
    "plot_persistence",
    "plot_ranking",
    "plot_rates",
    "plot_reach",
    "plot_scores",
    "plot_small_multiples",
    "plot_trend",
    "plot_trends_map",
    "rank_measures",
    "rank_scores",
    "read_campaigns",
    "read_case_events",
    "read_cases",
    "read_code_aliases",
    "read_codes",
    "read_facilities",
    "read_incidents",
    "read_indicators",
    "read_inventory",
    "read_jurisdictions",
    "read_lines",
    "read_scheme",
    "read_tracks",
    "required_sample_size",
    "save_dashboard",
    "save_figure",
    "save_gpx",
    "save_html",
    "scan_members",
    "score_prediction",
    "set_aside_rows",
    "set_deadlines",
    "suggest_resolution",
    "tally",
    "tally_report",
    "tally_sparse",
    "theme_codes",
    "transform_coordinates",
    "working_time_between",
    "write_assessment",
    "write_brief",
    "write_bulletin",
    "write_bulletins",
    "write_coverage",
    "write_folder_bulletins",
    "write_hotspots",
    "write_map",
]

# Subjects that are called by their own name: gridgov.scale.locate_folder(...).
_SUBJECTS = ("scale",)


def __getattr__(name: str) -> Any:
    if name in _SUBJECTS:
        return import_module(f"gridgov.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'gridgov' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_SUBJECTS, "__version__"])
