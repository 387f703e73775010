"""The public face: lazy, documented, data first and options by name."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gridgov

ROOT = Path(__file__).resolve().parents[1]

FUNCTIONS = gridgov.__all__
# These take two things of equal rank, or a thing and where it goes.
POSITIONAL = {
    "scan_members": 2,
    "plot_clusters": 2,
    "map_clusters": 3,
    "map_dashboard": 3,
    "save_dashboard": 4,
    "transform_coordinates": 2,
    "locate": 2,
    "tally": 2,
    "tally_sparse": 2,
    "fill_zeros": 2,
    "suggest_resolution": 2,
    "measure_reporting": 3,
    "find_blind_spots": 2,
    "measure_channels": 2,
    "measure_channel_shares": 2,
    "find_joint_enforcement": 2,
    "measure_department_pairs": 2,
    "check_responsibility": 2,
    "measure_reach": 3,
    "measure_street_reach": 4,
    "measure_access": 2,
    "place_posts": 2,
    "plan_patrols": 2,
    "compare_patrol_plans": 2,
    "save_gpx": 2,
    "measure_responsibility": 2,
    "find_owners": 2,
    "compare_boundaries": 2,
    "nearest_lines": 2,
    "map_hotspots": 2,
    "map_pattern_change": 2,
    "plot_pattern_change": 2,
    "map_rates": 2,
    "map_access": 2,
    "map_boundaries": 2,
    "map_owners": 2,
    "map_posts": 2,
    "map_reach": 2,
    "map_responsibility": 2,
    "map_responsibility_shares": 2,
    "map_street_reach": 2,
    "map_tracks": 2,
    "map_silent_channels": 2,
    "map_patrols": 2,
    "map_patrol_plan": 2,
    "map_patrol_coverage": 2,
    "map_joint_enforcement": 2,
    "map_channels": 2,
    "map_blind_spots": 2,
    "map_moran": 2,
    "map_emerging": 2,
    "map_persistence": 2,
    "map_trends": 2,
    "map_incidents": 2,
    "plot_hotspots": 2,
    "measure_density": 2,
    "measure_line_density": 2,
    "measure_concentration": 2,
    "map_density": 2,
    "map_line_density": 2,
    "map_comparison": 3,
    "plot_lorenz": 2,
    "plot_line_density": 2,
    "save_html": 2,
    "explain": 2,
    "score_prediction": 2,
    "backtest": 2,
    "compare_patterns": 2,
    "compare_proportions": 2,
    "plot_backtest": 2,
    "measure_fix_rates": 2,
    "measure_patrol_hours": 3,
    "measure_patrol_coverage": 3,
    "measure_patrol_time": 2,
    "measure_patrols": 2,
    "find_visits": 2,
    "measure_street_rates": 2,
    "plot_blind_spots": 2,
    "plot_clusters_map": 3,
    "plot_density": 2,
    "plot_emerging_map": 2,
    "plot_persistence": 2,
    "plot_trends_map": 2,
    "plot_incidents": 2,
    "plot_moran_map": 2,
    "plot_patrols": 2,
    "plot_pattern_change_map": 2,
    "plot_rates": 2,
    "plot_reach": 2,
    "plot_small_multiples": 2,
    "save_figure": 2,
    "evaluate_campaign": 2,
    "evaluate_campaigns": 3,
    "campaign_cells": 2,
    "campaign_series": 2,
    "map_campaign": 2,
    "map_inventory": 2,
    "measure_inventory": 2,
    "working_time_between": 2,
    "set_deadlines": 2,
    "list_deadlines": 2,
}


def script(name: str) -> Any:
    """Load one of the scripts in docs."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_names_are_listed_once_and_completed() -> None:
    assert len(set(FUNCTIONS)) == len(FUNCTIONS)
    assert set(FUNCTIONS) <= set(dir(gridgov))


def test_names_stand_in_the_groups_and_the_order_of_the_page_of_functions() -> None:
    page = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
    grouped, step = [], ""
    for line in Path(gridgov.__file__).read_text(encoding="utf-8").splitlines():
        if line.startswith("    # "):
            step = line.removeprefix("    # ")
        elif line.startswith('    "'):
            grouped.append((step, line.split('"')[1]))
    assert grouped == re.findall(r"^\| (\w+) \| `(\w+)` \|", page, re.MULTILINE)
    assert [name for _, name in grouped] == FUNCTIONS


def test_type_checkers_read_the_same_names() -> None:
    stub = Path(gridgov.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    assert stub == script("make_stub").stub()


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'find_hotspot'"):
        _ = gridgov.find_hotspot


@pytest.mark.parametrize("name", FUNCTIONS)
def test_data_comes_first_and_options_go_by_name(name: str) -> None:
    parameters = inspect.signature(getattr(gridgov, name)).parameters.values()
    positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert len(positional) == POSITIONAL.get(name, 1), name
    assert all(p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_docstring_has_its_sections(name: str) -> None:
    text = inspect.getdoc(getattr(gridgov, name)) or ""
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n{'-' * len(section)}" in text, f"{name} lacks {section}"
    assert ">>>" in text


def test_importing_gridgov_imports_nothing_heavy() -> None:
    code = (
        "import sys, gridgov; "
        "print([m for m in ('pandas', 'geopandas', 'folium', 'matplotlib', 'scipy') "
        "if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
