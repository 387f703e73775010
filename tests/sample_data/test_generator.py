"""The generator gives the same bytes, and nothing in it hangs on a last digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Import = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def made(generator: Import) -> tuple[dict[str, bytes], float]:
    """Make every file once; return it with the smallest distance to a rounding edge."""
    incidents = generator("incidents")
    plain = incidents.transform_coordinates
    nearest = [1.0]

    def watched(longitude: Any, latitude: Any, **datums: str) -> Any:
        answer = plain(longitude, latitude, **datums)
        for degrees in answer:
            steps = np.asarray(degrees) * 1e6
            nearest.append(float(np.abs(steps - np.floor(steps) - 0.5).min(initial=1.0)))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incidents, "transform_coordinates", watched)
        files = generator("writing").make_files()
    return files, min(nearest)


def test_making_the_sample_again_gives_the_same_bytes(
    made: tuple[dict[str, bytes], float], sample_folder: Path
) -> None:
    for name, content in made[0].items():
        assert (sample_folder / name).read_bytes() == content, f"{name} differs"


def test_every_data_file_of_the_sample_is_made_by_the_generator(
    made: tuple[dict[str, bytes], float], sample_folder: Path
) -> None:
    found = {path.name for path in sample_folder.iterdir() if path.is_file()}
    assert found == {*made[0], "README.md"}


def test_no_coordinate_hangs_on_the_last_digit_of_a_machine(
    made: tuple[dict[str, bytes], float],
) -> None:
    # Machines differ by a few units in the last place of a degree: 116 has steps of
    # 1.4e-14 degrees, which is 1.4e-8 of the microdegree that is written.
    assert made[1] > 5e-7


def test_the_files_stay_small(made: tuple[dict[str, bytes], float]) -> None:
    assert sum(map(len, made[0].values())) < 8_000_000
    assert len(made[0]["patrol_tracks.csv"]) < 1_500_000


def test_files_have_plain_line_ends_and_tables_a_byte_order_mark(
    made: tuple[dict[str, bytes], float],
) -> None:
    for name, content in made[0].items():
        assert b"\r" not in content, name
        assert content.endswith(b"\n"), name
        assert content.startswith(b"\xef\xbb\xbf") == name.endswith(".csv"), name


def test_check_names_the_files_that_differ(
    generator: Import,
    made: tuple[dict[str, bytes], float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = generator("__main__")
    monkeypatch.setattr(command, "make_files", lambda: made[0])
    assert command.main(["--out", str(tmp_path)]) == 0
    assert command.main(["--out", str(tmp_path), "--check"]) == 0
    (tmp_path / "cases.csv").write_bytes(b"changed")
    capsys.readouterr()
    assert command.main(["--out", str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().out
    assert re.findall(r"DIFFERS +[\d,]+ bytes +(\S+)", said) == ["cases.csv"]
    assert (tmp_path / "cases.csv").read_bytes() == b"changed"


def test_the_readme_says_how_many_rows_there_are(
    made: tuple[dict[str, bytes], float], sample_folder: Path
) -> None:
    said = dict(
        re.findall(
            r"\| `(\w+\.csv)` \|.*\| ([\d,]+) \|", (sample_folder / "README.md").read_text("utf-8")
        )
    )
    rows = {
        name: f"{content.count(10) - 1:,}"
        for name, content in made[0].items()
        if name.endswith(".csv")
    }
    assert said == rows


def test_uniform_numbers_are_pythons_own(generator: Import) -> None:
    # The first numbers of random.Random(0), as any Python 3 prints them.
    module = generator("stream")
    stream = module.Stream(1)
    stream._random.seed(0)
    assert stream.uniform(2).tolist() == [0.8444218515250481, 0.7579544029403025]


@pytest.mark.parametrize(
    ("uniform", "count"),
    # With mean 1: P(0) = 0.367879, P(0 or 1) = 0.735759, P(up to 2) = 0.919699.
    [(0.0, 0), (0.3678, 0), (0.3679, 1), (0.7357, 1), (0.7358, 2), (0.9196, 2), (0.9197, 3)],
)
def test_poisson_numbers_invert_the_distribution(
    generator: Import, monkeypatch: pytest.MonkeyPatch, uniform: float, count: int
) -> None:
    stream = generator("stream").Stream(1)
    monkeypatch.setattr(stream, "one", lambda: uniform)
    assert stream.poisson(1.0) == count


def test_picks_follow_whole_number_weights(generator: Import) -> None:
    stream = generator("stream").Stream(9)
    picks = np.bincount(stream.pick([1, 0, 3], 4_000), minlength=3)
    assert picks[1] == 0
    # Binomial with n = 4,000 and p = 1/4: 1,000 with a standard deviation of 27.4.
    assert abs(picks[0] - 1_000) < 4 * 27.4


def test_a_place_fades_in_a_straight_line_and_stays_down(generator: Import) -> None:
    places = generator("places")
    start = generator("days").START.date()
    place = places.PLACES[0]
    first, after = ((edge - start).days for edge in place.campaign)
    assert place.campaign == (date(2016, 5, 1), date(2016, 8, 1))
    assert places.fade(place, 0) == places.fade(place, first) == 1.0
    # Half of 92 days: half of the 80 per cent.
    assert places.fade(place, first + 46) == 0.6
    assert places.fade(place, after) == places.fade(place, after + 400) == pytest.approx(0.2)
