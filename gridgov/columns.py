"""The columns of every table: one source for checks, docs, file headings and fixtures.

Columns never depend on an argument: what does not apply is missing (NA). Units are
in the names, shares run from 0 to 1, and the keys are called the same in every
table. Tables that are marked ``open`` also carry the caller's own columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from gridgov.schema.kinds import SPOTS, Column, Dtype, Language, Table

__all__ = ["SPOTS", "TABLES", "Column", "Dtype", "Language", "Table"]

_SUBJECTS = {
    "records": "incidents set_aside notices jurisdictions",
    "codes": "codes code_aliases theme_codes matched_codes unit_grid_ids case_codes",
    "cases": "cases case_events",
    "deadlines": "case_deadlines",
    "supervision": (
        "supervision supervision_counts repeat_places repeat_place_counts duplicate_links "
        "chance_links"
    ),
    "indicators": "indicators indicator_definitions",
    "delays": "delays closing_curves delay_tests",
    "place": "grid located counts resolutions",
    "getis_ord": "hotspots",
    "rates": "rates",
    "moran": "moran autocorrelation",
    "emerging": "trends hotspot_bins emerging persistence",
    "coverage": "responsibility responsibility_shares owners boundaries reporting",
    "prediction": "prediction_scores backtest measure_ranks",
    "near_repeats": "near_repeats",
    "pattern_change": "pattern_change proportion_change similarity",
    "density": "density line_density",
    "concentration": "concentration lorenz",
    "scan": "clusters scan_members",
    "scale": "located_files",
    "blind_spots": "blind_spots",
    "channels": "channel_mix channel_shares silent_channels",
    "joint_enforcement": "joint_enforcement department_pairs",
    "reach": "facilities reach street_reach access catchments",
    "lines": "lines nearest_lines",
    "siting": "sites site_demand",
    "patrols": "tracks visits patrols patrol_time patrol_coverage patrol_hours fix_rates",
    "patrol_plan": "patrol_plan patrol_walks patrol_plan_comparison",
    "street_rates": "street_rates funnel funnel_limits",
    "times": "period_counts incident_hours",
    "standing": "standing standing_counts",
    "scores": "scores score_items",
    "audit": "audit_sample audit_estimates",
    "campaigns": "campaigns campaign_effects campaign_cells",
    "campaign_series": "campaign_series",
    "inventory": "inventory inventory_progress",
    "bulletins": "bulletin_counts bulletin_categories bulletin_cases bulletin_quality",
}
"""The module of :mod:`gridgov.schema` that describes tables, and their names in order."""


class _Tables(Mapping[str, Table]):
    """Every kind of table by name; a subject is imported when one of its tables is asked for.

    An analysis needs a few of the subjects, and importing all of them takes as long as
    many a measure.
    """

    def __init__(self) -> None:
        self._subject = {
            name: subject for subject, names in _SUBJECTS.items() for name in names.split()
        }
        self._known: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._known:
            subject = import_module(f"gridgov.schema.{self._subject[name]}")
            self._known.update((table.name, table) for table in subject.TABLES)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._subject

    def __iter__(self) -> Iterator[str]:
        return iter(self._subject)

    def __len__(self) -> int:
        return len(self._subject)


TABLES: Mapping[str, Table] = _Tables()
"""Every kind of table by name."""
