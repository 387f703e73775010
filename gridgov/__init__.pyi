# Written by docs/make_stub.py from the names in __init__.py: edit those.
from gridgov import scale as scale
from gridgov.assessment.audit.draw import draw_audit_sample as draw_audit_sample
from gridgov.assessment.audit.estimate import estimate_audit as estimate_audit
from gridgov.assessment.audit.sample_size import required_sample_size as required_sample_size
from gridgov.assessment.cases.event_log import make_case_events as make_case_events
from gridgov.assessment.cases.event_log import make_cases as make_cases
from gridgov.assessment.deadlines.calendar import make_calendar as make_calendar
from gridgov.assessment.deadlines.deadlines import list_deadlines as list_deadlines
from gridgov.assessment.deadlines.deadlines import set_deadlines as set_deadlines
from gridgov.assessment.deadlines.effective_deadlines import (
    effective_deadlines as effective_deadlines,
)
from gridgov.assessment.deadlines.working_time import add_working_time as add_working_time
from gridgov.assessment.deadlines.working_time import working_time_between as working_time_between
from gridgov.assessment.delays.closing_curves import (
    measure_closing_curves as measure_closing_curves,
)
from gridgov.assessment.delays.comparison import compare_delays as compare_delays
from gridgov.assessment.delays.delays import measure_delays as measure_delays
from gridgov.assessment.indicators.definitions import read_indicators as read_indicators
from gridgov.assessment.indicators.engine import measure_indicators as measure_indicators
from gridgov.assessment.scores.assess import assess as assess
from gridgov.assessment.scores.rank_scores import rank_scores as rank_scores
from gridgov.assessment.scores.read_scheme import read_scheme as read_scheme
from gridgov.assessment.scores.score_items import measure_score_items as measure_score_items
from gridgov.assessment.standing.standing import grade_standing as grade_standing
from gridgov.assessment.standing.standing_counts import measure_standing as measure_standing
from gridgov.assessment.supervision.duplicates import link_duplicates as link_duplicates
from gridgov.assessment.supervision.duplicates import measure_chance_links as measure_chance_links
from gridgov.assessment.supervision.overdue import find_overdue as find_overdue
from gridgov.assessment.supervision.overdue import measure_supervision as measure_supervision
from gridgov.assessment.supervision.repeat_places import find_repeat_places as find_repeat_places
from gridgov.assessment.supervision.repeat_places import (
    measure_repeat_places as measure_repeat_places,
)
from gridgov.bulletin.assessment_pack import write_assessment as write_assessment
from gridgov.bulletin.brief import write_brief as write_brief
from gridgov.bulletin.bulletin_pack import write_folder_bulletins as write_folder_bulletins
from gridgov.bulletin.coverage_pack import write_coverage as write_coverage
from gridgov.bulletin.gpx_file import save_gpx as save_gpx
from gridgov.bulletin.hotspot_pack import write_hotspots as write_hotspots
from gridgov.bulletin.map_file import write_map as write_map
from gridgov.bulletin.periodic.bulletin import make_bulletin as make_bulletin
from gridgov.bulletin.periodic.many import write_bulletins as write_bulletins
from gridgov.bulletin.periodic.writing import write_bulletin as write_bulletin
from gridgov.campaigns.campaign import campaign_cells as campaign_cells
from gridgov.campaigns.campaign import evaluate_campaign as evaluate_campaign
from gridgov.campaigns.campaigns import evaluate_campaigns as evaluate_campaigns
from gridgov.campaigns.inventory import measure_inventory as measure_inventory
from gridgov.campaigns.series import campaign_series as campaign_series
from gridgov.coverage.joint_enforcement.department_pairs import (
    measure_department_pairs as measure_department_pairs,
)
from gridgov.coverage.joint_enforcement.joint_enforcement import (
    find_joint_enforcement as find_joint_enforcement,
)
from gridgov.coverage.patrol.fix_rates import measure_fix_rates as measure_fix_rates
from gridgov.coverage.patrol.patrol_coverage import (
    measure_patrol_coverage as measure_patrol_coverage,
)
from gridgov.coverage.patrol.patrol_hours import measure_patrol_hours as measure_patrol_hours
from gridgov.coverage.patrol.patrol_time import measure_patrol_time as measure_patrol_time
from gridgov.coverage.patrol.patrols import measure_patrols as measure_patrols
from gridgov.coverage.patrol.visits import find_visits as find_visits
from gridgov.coverage.patrol_plan.patrol_plan import patrol_plan_report as patrol_plan_report
from gridgov.coverage.patrol_plan.patrol_plan import plan_patrols as plan_patrols
from gridgov.coverage.patrol_plan.plan_backtest import compare_patrol_plans as compare_patrol_plans
from gridgov.coverage.reach.access import measure_access as measure_access
from gridgov.coverage.reach.reach import measure_reach as measure_reach
from gridgov.coverage.reach.street_reach import measure_street_reach as measure_street_reach
from gridgov.coverage.reporting.blind_spots import find_blind_spots as find_blind_spots
from gridgov.coverage.reporting.channels import measure_channel_shares as measure_channel_shares
from gridgov.coverage.reporting.channels import measure_channels as measure_channels
from gridgov.coverage.reporting.reporting import measure_reporting as measure_reporting
from gridgov.coverage.reporting.silent_channels import find_silent_channels as find_silent_channels
from gridgov.coverage.responsibility.boundaries import compare_boundaries as compare_boundaries
from gridgov.coverage.responsibility.owners import find_owners as find_owners
from gridgov.coverage.responsibility.responsibility import (
    check_responsibility as check_responsibility,
)
from gridgov.coverage.responsibility.responsibility_shares import (
    measure_responsibility as measure_responsibility,
)
from gridgov.coverage.siting.siting import place_posts as place_posts
from gridgov.figures.autocorrelation import plot_autocorrelation as plot_autocorrelation
from gridgov.figures.blind_spots import plot_blind_spots as plot_blind_spots
from gridgov.figures.calendar import plot_calendar as plot_calendar
from gridgov.figures.campaign_series import plot_campaign as plot_campaign
from gridgov.figures.campaigns import plot_campaigns as plot_campaigns
from gridgov.figures.change_maps import plot_emerging_map as plot_emerging_map
from gridgov.figures.change_maps import plot_persistence as plot_persistence
from gridgov.figures.change_maps import plot_trends_map as plot_trends_map
from gridgov.figures.closing_curves import plot_closing_curves as plot_closing_curves
from gridgov.figures.cluster_map import plot_clusters_map as plot_clusters_map
from gridgov.figures.clusters import plot_clusters as plot_clusters
from gridgov.figures.concentration import plot_lorenz as plot_lorenz
from gridgov.figures.density import plot_density as plot_density
from gridgov.figures.emerging import plot_emerging as plot_emerging
from gridgov.figures.funnel import plot_funnel as plot_funnel
from gridgov.figures.hotspots import plot_hotspots as plot_hotspots
from gridgov.figures.hours import plot_hours as plot_hours
from gridgov.figures.incidents import plot_incidents as plot_incidents
from gridgov.figures.indicators import plot_indicator as plot_indicator
from gridgov.figures.inventory import plot_inventory as plot_inventory
from gridgov.figures.line_density import plot_line_density as plot_line_density
from gridgov.figures.moran import plot_moran as plot_moran
from gridgov.figures.moran_map import plot_moran_map as plot_moran_map
from gridgov.figures.near_repeats import plot_near_repeats as plot_near_repeats
from gridgov.figures.page_map import plot_map as plot_map
from gridgov.figures.patrols import plot_patrols as plot_patrols
from gridgov.figures.pattern_change import plot_pattern_change as plot_pattern_change
from gridgov.figures.pattern_change_map import plot_pattern_change_map as plot_pattern_change_map
from gridgov.figures.prediction import plot_backtest as plot_backtest
from gridgov.figures.ranking import plot_ranking as plot_ranking
from gridgov.figures.rates import plot_rates as plot_rates
from gridgov.figures.reach import plot_reach as plot_reach
from gridgov.figures.saving import save_figure as save_figure
from gridgov.figures.scores import plot_scores as plot_scores
from gridgov.figures.small_multiples import plot_small_multiples as plot_small_multiples
from gridgov.figures.trend import plot_trend as plot_trend
from gridgov.geo.datum import transform_coordinates as transform_coordinates
from gridgov.hotspots.backtest import backtest as backtest
from gridgov.hotspots.concentration import measure_concentration as measure_concentration
from gridgov.hotspots.concentration import measure_lorenz as measure_lorenz
from gridgov.hotspots.density import measure_density as measure_density
from gridgov.hotspots.emerging import find_emerging_hotspots as find_emerging_hotspots
from gridgov.hotspots.emerging_bins import find_hotspot_bins as find_hotspot_bins
from gridgov.hotspots.explain import explain as explain
from gridgov.hotspots.funnel import measure_funnel as measure_funnel
from gridgov.hotspots.getis_ord import find_hotspots as find_hotspots
from gridgov.hotspots.global_autocorrelation import (
    measure_autocorrelation as measure_autocorrelation,
)
from gridgov.hotspots.hours import measure_hours as measure_hours
from gridgov.hotspots.line_density import measure_line_density as measure_line_density
from gridgov.hotspots.mann_kendall import measure_trends as measure_trends
from gridgov.hotspots.measure_ranks import explain_ranks as explain_ranks
from gridgov.hotspots.measure_ranks import rank_measures as rank_measures
from gridgov.hotspots.moran import find_moran_clusters as find_moran_clusters
from gridgov.hotspots.near_repeats import measure_near_repeats as measure_near_repeats
from gridgov.hotspots.pattern_change import compare_patterns as compare_patterns
from gridgov.hotspots.pattern_change import compare_proportions as compare_proportions
from gridgov.hotspots.pattern_change import measure_similarity as measure_similarity
from gridgov.hotspots.periods import measure_periods as measure_periods
from gridgov.hotspots.persistence_classes import classify_persistence as classify_persistence
from gridgov.hotspots.prediction import score_prediction as score_prediction
from gridgov.hotspots.rates import measure_rates as measure_rates
from gridgov.hotspots.scan import find_scan_clusters as find_scan_clusters
from gridgov.hotspots.scan_members import scan_members as scan_members
from gridgov.hotspots.street_rates import measure_street_rates as measure_street_rates
from gridgov.maps.access import map_access as map_access
from gridgov.maps.base_maps import base_map as base_map
from gridgov.maps.blind_spots import map_blind_spots as map_blind_spots
from gridgov.maps.boundaries import map_boundaries as map_boundaries
from gridgov.maps.campaigns import map_campaign as map_campaign
from gridgov.maps.channels import map_channels as map_channels
from gridgov.maps.classes import make_classes as make_classes
from gridgov.maps.clusters import map_clusters as map_clusters
from gridgov.maps.comparison import map_comparison as map_comparison
from gridgov.maps.dashboard import map_dashboard as map_dashboard
from gridgov.maps.dashboard import save_dashboard as save_dashboard
from gridgov.maps.density import map_density as map_density
from gridgov.maps.emerging import map_emerging as map_emerging
from gridgov.maps.emerging import map_persistence as map_persistence
from gridgov.maps.emerging import map_trends as map_trends
from gridgov.maps.hotspots import map_hotspots as map_hotspots
from gridgov.maps.incidents import map_incidents as map_incidents
from gridgov.maps.inventory import map_inventory as map_inventory
from gridgov.maps.joint_enforcement import map_joint_enforcement as map_joint_enforcement
from gridgov.maps.line_density import map_line_density as map_line_density
from gridgov.maps.moran import map_moran as map_moran
from gridgov.maps.offline import save_html as save_html
from gridgov.maps.owners import map_owners as map_owners
from gridgov.maps.patrol_coverage import map_patrol_coverage as map_patrol_coverage
from gridgov.maps.patrol_plan import map_patrol_plan as map_patrol_plan
from gridgov.maps.patrols import map_patrols as map_patrols
from gridgov.maps.pattern_change import map_pattern_change as map_pattern_change
from gridgov.maps.rates import map_rates as map_rates
from gridgov.maps.reach import map_reach as map_reach
from gridgov.maps.responsibility import map_responsibility as map_responsibility
from gridgov.maps.safe_text import escape as escape
from gridgov.maps.silent_channels import map_silent_channels as map_silent_channels
from gridgov.maps.siting import map_posts as map_posts
from gridgov.maps.street_reach import map_street_reach as map_street_reach
from gridgov.maps.street_shares import map_responsibility_shares as map_responsibility_shares
from gridgov.maps.tracks import map_tracks as map_tracks
from gridgov.place.area_index import index_areas as index_areas
from gridgov.place.grid import make_grid as make_grid
from gridgov.place.lines import nearest_lines as nearest_lines
from gridgov.place.locate import locate as locate
from gridgov.place.network import make_network as make_network
from gridgov.place.resolution import suggest_resolution as suggest_resolution
from gridgov.place.sparse import fill_zeros as fill_zeros
from gridgov.place.sparse import tally_sparse as tally_sparse
from gridgov.place.tally import tally as tally
from gridgov.place.tally import tally_report as tally_report
from gridgov.sources.campaigns import read_campaigns as read_campaigns
from gridgov.sources.case_events import read_case_events as read_case_events
from gridgov.sources.cases import read_cases as read_cases
from gridgov.sources.codes import read_code_aliases as read_code_aliases
from gridgov.sources.codes import read_codes as read_codes
from gridgov.sources.facilities import read_facilities as read_facilities
from gridgov.sources.incidents import read_incidents as read_incidents
from gridgov.sources.inventory import read_inventory as read_inventory
from gridgov.sources.jurisdictions import read_jurisdictions as read_jurisdictions
from gridgov.sources.lines import read_lines as read_lines
from gridgov.sources.notices import notices as notices
from gridgov.sources.notices import set_aside_rows as set_aside_rows
from gridgov.sources.tracks import read_tracks as read_tracks
from gridgov.taxonomy.code_lists import code_aliases as code_aliases
from gridgov.taxonomy.code_lists import code_list as code_list
from gridgov.taxonomy.code_lists import theme_codes as theme_codes
from gridgov.taxonomy.code_matching import match_codes as match_codes
from gridgov.taxonomy.unit_ids import make_case_codes as make_case_codes
from gridgov.taxonomy.unit_ids import make_unit_grid_ids as make_unit_grid_ids
from gridgov.taxonomy.unit_ids import parse_case_codes as parse_case_codes
from gridgov.taxonomy.unit_ids import parse_unit_grid_ids as parse_unit_grid_ids

__version__: str
__all__: list[str]
