"""The command ``gridgov coverage``: the shadow of ``gridgov.write_coverage``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gridgov.bulletin.coverage_pack as pack_module
from gridgov.cli import main
from gridgov.errors import EmptyTableError, OptionError, OutputError, SettingsError
from gridgov.sources.folder import load_settings

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"
OPTIONS = (
    *("--out", "--month", "--from", "--to", "--posts", "--shift"),
    *("--seed", "--lang", "--resolution", "--config"),
)
# Read before anything stands in for the function.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(pack_module.write_coverage).parameters.items()
    if name not in ("folder", "progress")
}


@pytest.fixture
def coverage_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call a stand-in; return the calls it makes."""
    made: list[tuple[Any, dict[str, Any]]] = []

    def write_coverage(folder: Any, **options: Any) -> Any:
        made.append((folder, options))
        options["progress"](7, 12, "measuring patrols")
        return SimpleNamespace(
            out=Path("pack"), record={"lang": "zh"}, summary=("标题", "10 = 9 + 1")
        )

    monkeypatch.setattr(pack_module, "write_coverage", write_coverage)
    return made


def test_every_option_reaches_the_function(
    coverage_calls: list[tuple[Any, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--out", "pack", "--from", "2015-01-01", "--to", "2016-05-01", "--posts", "5"]
    said += ["--shift", "180", "--seed", "7", "--lang", "zh", "--resolution", "9"]
    assert main(["coverage", "records", *said, "--config", "other.toml"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["标题", "10 = 9 + 1", "已写入：pack/index.html"]
    assert printed.err.splitlines() == ["[7/12] measuring patrols ..."]
    ((folder, options),) = coverage_calls
    del options["progress"]
    assert folder == "records"
    assert options == {
        **{"out": "pack", "month": None, "start": "2015-01-01", "end": "2016-05-01"},
        **{"posts": 5, "shift_min": 180, "seed": 7, "lang": "zh", "resolution": 9},
        "config": "other.toml",
    }


def test_without_arguments_the_defaults_are_those_of_the_function(
    coverage_calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    assert main(["coverage"]) == 0
    ((folder, options),) = coverage_calls
    del options["progress"]
    assert folder is None
    assert options == DEFAULTS


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OptionError("start must be"), 2),
        (SettingsError("no toml"), 3),
        (EmptyTableError("no rows"), 3),
        (OutputError("disk full"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_exit_code(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(pack_module, "write_coverage", fail)
    assert main(["coverage", "records"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gridgov: error: ")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--posts", "two"], "posts must be a whole number from 1 on. Found: 'two'"),
        (["--posts", "0"], "posts must be a whole number"),
        (["--shift", "4h"], "shift must be a whole number of minutes. Found: '4h'"),
        (["--shift", "0"], "shift_min must be"),
        (["--seed", "x"], "seed must be a whole number from 0 on. Found: 'x'"),
        (["--resolution", "nine"], "resolution must be a whole number from 0 to 15. Found: 'nine'"),
        (["--from", "May"], "start must be a date written YYYY-MM-DD"),
        (["--month", "2015-01", "--to", "2016-01-01"], "Either a month or a range of days"),
    ],
)
def test_a_wrong_option_is_one_line_and_code_2(
    option: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["coverage", str(tmp_path / "none"), "--out", str(tmp_path / "out"), *option])
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["coverage", "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in OPTIONS)


def test_the_sample_says_where_every_part_lies() -> None:
    # So that `gridgov coverage` needs no option on it.
    parts = load_settings(SAMPLE).parts
    assert parts.tracks is not None
    assert parts.facilities is not None
    assert parts.teams is not None
    assert parts.population is not None
    assert parts.facilities.posts == ("驿站",)
    assert parts.teams.reach_m == 1000
