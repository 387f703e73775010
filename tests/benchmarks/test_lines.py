"""The rules of ``benchmarks/run.py``: equal answers or no time, and nobody left out silently."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(name="lines")
def fixture_lines(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module of the lines, which is found from the folder of benchmarks."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import peers.lines

    return peers.lines


def test_one_different_cell_is_a_difference(lines: ModuleType) -> None:
    with pytest.raises(lines.DifferentError, match="cells: 1 of 3 differ"):
        lines.same(np.array([1, 2, 3]), np.array([1, 2, 4]), "cells")


def test_answers_of_different_length_are_a_difference(lines: ModuleType) -> None:
    with pytest.raises(lines.DifferentError, match="answers of ours"):
        lines.same([1, 2], [1, 2, 3], "cells")


def test_a_missing_z_on_one_side_only_is_a_difference(lines: ModuleType) -> None:
    assert lines.same([1.0, np.nan], [1.0, np.nan], "z", atol=1e-10) == "2 z within 1e-10"
    with pytest.raises(lines.DifferentError, match="z: 1 of 2 differ"):
        lines.same([1.0, np.nan], [1.0, 0.0], "z", atol=1e-10)


def test_an_absent_peer_is_named_with_the_way_to_install_it(lines: ModuleType) -> None:
    with pytest.raises(lines.AbsentError, match=r"no_such_peer.*pip install") as caught:
        lines.need("no_such_peer")
    line = lines.absent("cells", "points to cells", "gridgov", "no_such_peer", caught.value)
    assert "not run" in line.sentence()
    assert "no_such_peer" in line.sentence()


def test_ratios_are_the_peers_time_to_ours_or_ours_to_the_peers(lines: ModuleType) -> None:
    turns = lines.Turns({"ours": [1.0, 2.0, 1.0], "peer": [4.0, 6.0, 2.0]}, {}, (0.0, 0.0))
    fast = lines.measured(lines.Line("r", "j", "ours", "peer", target=3.0), turns)
    assert (fast.ratio, fast.least, fast.most, fast.reached()) == (3.0, 2.0, 4.0, True)
    slow = lines.measured(lines.Line("r", "j", "ours", "peer", target=0.3, at_most=True), turns)
    assert (slow.ratio, slow.most, slow.reached()) == (pytest.approx(1 / 3), 0.5, False)


def test_five_times_the_points_in_five_times_the_time_is_linear(lines: ModuleType) -> None:
    turns = lines.Turns({"many": [5.0], "few": [1.0]}, {"many": 20, "few": 10}, (0.0, 0.0))
    line = lines.Line("growth", "j", "many", "few", target=1.1, at_most=True)
    assert lines.measured(line, turns, times=5).ratio == 1.0


def test_small_runs_time_nothing(lines: ModuleType) -> None:
    def never() -> None:
        raise AssertionError("timed")

    size = lines.Size(small=True, rounds=3)
    line = lines.race(size, "r", "j", ("ours", never), ("peer", never), equal="3 cells")
    assert line.ratio is None
    assert line.sentence() == "j: ours against peer: equal answers, 3 cells"


def test_the_table_of_the_docs_says_what_was_not_reached(lines: ModuleType, tmp_path: Path) -> None:
    from peers.report import write_table

    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results -->\nold\n<!-- end -->\nafter\n", encoding="utf-8")
    turns = lines.Turns({"ours": [1.0], "peer": [2.0]}, {}, (1.0, 2.0))
    short = lines.measured(lines.Line("r", "job", "ours", "peer", target=3.0), turns)
    gone = lines.absent("r", "job", "ours", "other", lines.AbsentError("not here"))
    write_table(page, [short, gone])
    text = page.read_text(encoding="utf-8")
    assert "| job | ours | peer | 2.0 × as fast | ≥ 3 | **no** | 1 s, 2 s | 1.0–2.0 |" in text
    assert "- job, other: not here" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
