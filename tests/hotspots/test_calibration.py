import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from gridgov.geo.hexgrid import grid_disk

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "calibration.py"


@pytest.fixture(scope="module")
def calibration():
    spec = importlib.util.spec_from_file_location("calibration_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_false_alarms_on_skewed_counts_keep_their_promise(calibration):
    cells = grid_disk(calibration.MIDDLE, 12)
    for name in ("gamma-Poisson, k 0.3, mean 2", "Poisson, mean 2"):
        rows = calibration.measure(cells, name, runs=75, seed=11, planted=None)
        share = {row["method"]: row["any_false_share"] for row in rows}
        # At most 0.10; three standard errors of 75 maps are 0.104.
        assert share["randomization"] <= 0.10 + 0.104
        assert share["analytic"] > share["randomization"]
    assert share["permutation"] == 0.0


def test_planted_hotspots_are_found(calibration):
    cells = grid_disk(calibration.MIDDLE, 12)
    planted = calibration.plant(cells, 0)
    rows = calibration.measure(cells, "Poisson, mean 2", runs=20, seed=1, planted=planted)
    found = {row["method"]: row for row in rows}
    assert found["randomization"]["found_share"] > 0.2
    assert found["randomization"]["false_discovery_rate"] < 0.10


def test_permutation_p_follows_the_conditional_null(calibration, monkeypatch):
    # Every cell's claim at every level is the same as that of a plain loop which deals
    # the other cells' counts out cell by cell, but for chance.
    from gridgov.geo.adjacency import disk_matrix

    cells = grid_disk(calibration.MIDDLE, 4)
    counts = np.random.default_rng(3).poisson(3, size=cells.size)
    seen = {}
    monkeypatch.setattr(calibration, "PERMUTATIONS", 4_999)
    monkeypatch.setattr(calibration, "benjamini_hochberg", lambda p: seen.setdefault("p", p.copy()))
    calibration.permutation_discoveries(counts[None], cells, 5)
    matrix = disk_matrix(cells, rings=1)
    rng = np.random.default_rng(9)
    for cell in range(0, cells.size, 6):
        others = np.delete(counts, cell)
        size = int(np.diff(matrix.indptr)[cell]) - 1
        dealt = rng.permuted(np.tile(others, (4_999, 1)), axis=1)[:, :size].sum(axis=1)
        observed = int((matrix @ counts)[cell]) - counts[cell]
        tail = min((dealt <= observed).sum(), (dealt >= observed).sum())
        plain = min(1.0, 2 * (tail + 1) / 5_000)
        assert abs(plain - seen["p"][cell]) < 4 * np.sqrt(2 * plain * 2 / 5_000)


def test_the_small_run_is_seeded_and_writes_numbers_and_a_chart(calibration, tmp_path, capsys):
    arguments = ["--small", "--runs", "2", "--json", str(tmp_path / "a.json")]
    first = calibration.main([*arguments, "--chart", str(tmp_path / "a.png")])
    again = calibration.main(arguments)
    assert "| 217 | Poisson, mean 0.3 | 2 |" in capsys.readouterr().out
    for rows in (first, again):
        for row in rows:
            row.pop("seconds_per_map")
    assert first == again
    assert len(first) == len(json.loads((tmp_path / "a.json").read_text())) == 24
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
