"""The coverage benchmark: rivals agree, differences are noticed, and memory is measured."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

# movingpandas announces at its import that a smoother is not installed, and names what
# pandas will change; spopt builds its models as PuLP 3 still allows.
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(name="module")
def fixture_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Return what imports a module from the folder of benchmarks."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_no_benchmark_hides_the_package_of_its_name() -> None:
    # numba imports ``coverage``, and a script's own folder is looked through first.
    assert not (BENCHMARKS / "coverage.py").exists()


def test_tables_of_days_hold_the_fixes_asked_for_and_go_on_in_time(module) -> None:
    data = module("coverage_data")
    tables = list(data.track_tables(2_800, seed=1, rows=1_200))
    assert [len(table) for table in tables] == [1_200, 1_200, 400]
    for earlier, later in itertools.pairwise(tables):
        assert earlier["fix_at"].max() < later["fix_at"].min()
    again = data.make_tracks(1_200, seed=1, day=1)
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(tables[1]))


def test_shapely_and_movingpandas_find_our_dwell(module) -> None:
    patrols, data = module("coverage_patrols"), module("coverage_data")
    tracks = data.make_tracks(300, seed=1)
    town = patrols.Town.of(data.patrol_grid(), 16)
    ours = patrols.dwell_s(tracks, town.grid)
    observed = tracks["fix_at"].diff().dt.total_seconds()
    assert ours.sum() == pytest.approx(observed[observed <= 120].sum(), abs=1e-6)
    plain = patrols.without_zone(tracks)
    np.testing.assert_allclose(patrols.shapely_arrays(plain, town), ours, atol=1e-3)
    pytest.importorskip("movingpandas", reason="movingpandas is not installed")
    np.testing.assert_allclose(patrols.movingpandas_loop(plain, town), ours, atol=1e-3)


def test_a_second_that_is_missing_is_a_difference(module) -> None:
    patrols, lines = module("coverage_patrols"), module("peers.lines")
    ours = np.array([60.0, 30.0])
    with pytest.raises(lines.DifferentError, match="1 of 2 differ"):
        patrols._close(ours, np.array([60.0, 29.0]), 90.0)
    with pytest.raises(lines.DifferentError, match="of the time"):
        patrols._roughly(ours, np.array([60.0, 29.0]))
    assert "0.11% of the time" in patrols._roughly(ours, np.array([60.0, 29.9]))


def test_tables_and_one_table_give_the_same_dwell(module) -> None:
    many, data = module("coverage_many"), module("coverage_data")
    assert "as from one" in many.check_tables(data.patrol_grid(), 1_500)


def test_a_process_of_its_own_tells_seconds_and_peak(module) -> None:
    told = module("coverage_many").alone("tables", 2_000, 1_000, numpy=True)
    assert told["seconds"] > 0
    # Bytes, not kilobytes: the imports alone take more than 50 MB.
    assert told["peak"] >= told["before"] > 50e6


def test_spopt_covers_as_much_from_the_same_candidates(module) -> None:
    siting, lines = module("coverage_siting"), module("peers.lines")
    pytest.importorskip("spopt", reason="spopt is not installed")
    pytest.importorskip("pulp", reason="pulp is not installed")
    city = siting.make_city(150, 30)
    placed = siting.from_cells(city, 3)
    model = siting.by_spopt(city, 3, siting.solvers()["spopt + CBC"])
    assert "proven" in siting.check(city, 3, placed, model)
    by_table = siting.from_table(*siting.distance_table(city), 3)
    assert "proven" in siting.check(city, 3, by_table, model)
    fewer = siting.from_cells(city, 2)
    with pytest.raises(lines.DifferentError, match="weight covered"):
        siting.check(city, 2, fewer, model)


def test_geopandas_reaches_the_same_cells(module) -> None:
    reach, data = module("coverage_reach"), module("coverage_data")
    lines = module("peers.lines")
    cells = data.make_cells(400)
    grid, facilities = data.grid_of(cells), data.make_facilities(cells, 25, seed=2)
    theirs = reach.geopandas_reach(reach.make_plane(facilities, grid), second=True)
    ours = reach.our_reach(facilities, grid)
    assert "400 cells" in reach.check(ours, theirs)
    assert 0.2 < ours["reached_share"].mean() < 0.9
    with pytest.raises(lines.DifferentError, match="numbers within reach: 1 of 400 differ"):
        reach.check(ours, theirs._replace(within=theirs.within + (np.arange(400) == 7)))


def test_p_values_that_lean_are_noticed(module) -> None:
    joint, lines = module("coverage_joint"), module("peers.lines")
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 500)
    pairs = np.arange(500)
    table = pd.DataFrame({"pairs": pairs, "p_value": p})
    above = rng.binomial(joint.DEALS, p)
    # Both sides draw: the difference of two such numbers has twice the variance.
    table["p_value"] = (1 + rng.binomial(joint.DEALS, p)) / (1 + joint.DEALS)
    assert "500 pairs" in joint.check(table, pairs, above)
    with pytest.raises(lines.DifferentError, match="standard errors"):
        joint.check(table, pairs, rng.binomial(joint.DEALS, p * 0.8))
