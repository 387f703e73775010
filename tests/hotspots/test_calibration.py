"""The calibration study keeps its promises on small grids, and can be run again."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from gridgov.geo.hexgrid import grid_disk

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def calibration():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        path = BENCHMARKS / "calibration.py"
        spec = importlib.util.spec_from_file_location("calibration_benchmark", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def shares(rows, column):
    return {row["way"]: row[column] for row in rows}


@pytest.mark.parametrize(
    ("rings", "name"), [(1, "gamma-Poisson, k 0.3, mean 2"), (2, "clusters within cells")]
)
def test_false_alarms_on_skewed_counts_keep_their_promise(calibration, rings, name):
    cells = grid_disk(calibration.MIDDLE, 12)
    rows = calibration.measure(cells, name, rings=rings, runs=30, seed=11)
    share = shares(rows, "any_false")
    # At most 0.10; three standard errors of 30 maps are 0.164.
    for way in ("randomization", "randomization BY", "gi"):
        assert share[way] <= 0.10 + 0.164
    assert share["randomization BY"] <= share["randomization"] < share["analytic"]


def test_planted_hotspots_are_found(calibration):
    cells = grid_disk(calibration.MIDDLE, 12)
    planted = calibration.plant(cells, 0)
    rows = calibration.measure(cells, "Poisson, mean 2", rings=1, runs=20, seed=1, planted=planted)
    assert shares(rows, "found")["randomization"] > 0.2
    assert shares(rows, "false_discovery_rate")["randomization"] < 0.10
    assert shares(rows, "found")["randomization BY"] <= shares(rows, "found")["randomization"]


def test_on_an_uneven_field_the_claims_point_the_right_way(calibration):
    rows = calibration.measure_field(grid_disk(calibration.MIDDLE, 12), runs=10, seed=2)
    assert shares(rows, "claims")["randomization"] > 10
    assert shares(rows, "false_discovery_rate")["randomization"] < 0.10


def test_fields_have_mean_one_and_hang_together(calibration):
    from gridgov.geo.adjacency import disk_matrix

    near = disk_matrix(grid_disk(calibration.MIDDLE, 12), rings=1)
    field = calibration.smooth_field(near, np.random.default_rng(0), 3, 0.8)
    np.testing.assert_allclose(field.mean(axis=1), 1.0)
    around = (near @ field.T).T / np.diff(near.indptr)
    assert np.corrcoef(around.ravel(), field.ravel())[0, 1] > 0.8


def test_means_and_standard_errors_are_those_of_the_maps(calibration):
    tally = calibration.Tally()
    found = np.array([[1, 0, 0], [1, -1, 0], [0, 0, 0], [0, 0, 1]])
    tally.add(found, np.array([1, 0, 0]), np.array([True, False, False]), 8.0)
    row = tally.row(way="by hand")
    # Maps two and four hold a false claim: one of two claims, and one of one.
    assert (row["runs"], row["any_false"], row["found"], row["claims"]) == (4, 0.5, 0.5, 1.0)
    assert row["false_discovery_rate"] == (0 + 0.5 + 0 + 1) / 4
    assert row["any_false_se"] == pytest.approx(np.std([0, 1, 0, 1], ddof=1) / 2)
    assert row["seconds_per_map"] == 2.0


def test_the_small_run_is_seeded_and_writes_numbers_and_a_chart(
    calibration, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(calibration, "SMALL", ((6, 2, 0.0),))
    monkeypatch.setattr(calibration, "PLANTED", 2)
    poisson = {name: deal for name, deal in calibration.COUNTS.items() if name == "Poisson, mean 2"}
    monkeypatch.setattr(calibration, "COUNTS", poisson)
    arguments = ["--small", "--json", str(tmp_path / "a.json")]
    first = calibration.main([*arguments, "--chart", str(tmp_path / "a.png")])
    assert "| 127 | 1 | Poisson, mean 2 | 2 |" in capsys.readouterr().out
    again = calibration.measure(
        grid_disk(calibration.MIDDLE, 6), "Poisson, mean 2", rings=1, runs=2, seed=0
    )
    for row in (*first, *again):
        row["seconds_per_map"] = 0.0
    assert first[: len(again)] == again
    # One kind of counts, three widths, with and without hotspots, five ways; one field;
    # two patterns of bases, three kinds of rates.
    assert len(first) == len(json.loads((tmp_path / "a.json").read_text())) == 3 * 2 * 5 + 5 + 6
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
