"""The command ``gridgov assess``: the shadow of ``gridgov.write_assessment``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gridgov.bulletin.assessment_pack as pack_module
from gridgov.cli import main
from gridgov.errors import EmptyTableError, OptionError, OutputError, SettingsError
from gridgov.sources.folder import load_settings

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = (
    *("--out", "--month", "--from", "--to", "--by", "--period", "--scheme", "--min-cases"),
    *("--samples", "--as-of", "--seed", "--lang", "--config"),
)
# Read before anything stands in for the function.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(pack_module.write_assessment).parameters.items()
    if name not in ("folder", "progress")
}


@pytest.fixture
def assess_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call a stand-in; return the calls it makes."""
    made: list[tuple[Any, dict[str, Any]]] = []

    def write_assessment(folder: Any, **options: Any) -> Any:
        made.append((folder, options))
        options["progress"](3, 7, "scoring")
        return SimpleNamespace(
            out=Path("pack"), record={"lang": "zh"}, summary=("标题", "10 = 9 + 1")
        )

    monkeypatch.setattr(pack_module, "write_assessment", write_assessment)
    return made


def test_every_option_reaches_the_function(
    assess_calls: list[tuple[Any, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--out", "pack", "--from", "2017-01-01", "--to", "2017-07-01", "--by", "department"]
    said += ["--period", "QS", "--scheme", "own.toml", "--min-cases", "30", "--samples", "199"]
    said += ["--as-of", "2017-08-01", "--seed", "7", "--lang", "zh", "--config", "other.toml"]
    assert main(["assess", "records", *said]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["标题", "10 = 9 + 1", "已写入：pack/index.html"]
    assert printed.err.splitlines() == ["[3/7] scoring ..."]
    ((folder, options),) = assess_calls
    del options["progress"]
    assert folder == "records"
    assert options == {
        **{"out": "pack", "month": None, "start": "2017-01-01", "end": "2017-07-01"},
        **{"by": "department", "period": "QS", "scheme": "own.toml", "min_cases": 30},
        **{"samples": 199, "as_of": "2017-08-01", "seed": 7, "lang": "zh"},
        "config": "other.toml",
    }


def test_without_arguments_the_defaults_are_those_of_the_function(
    assess_calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    assert main(["assess"]) == 0
    ((folder, options),) = assess_calls
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

    monkeypatch.setattr(pack_module, "write_assessment", fail)
    assert main(["assess", "records"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gridgov: error: ")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--by", "phone"], "by must be one of"),
        (["--period", "D"], "period must be one of"),
        (["--scheme", "best"], "best"),
        (["--min-cases", "few"], "min-cases must be a whole number from 1 on. Found: 'few'"),
        (["--min-cases", "0"], "min_cases must be a whole number"),
        (["--samples", "10"], "samples must be a whole number"),
        (["--seed", "x"], "seed must be a whole number from 0 on. Found: 'x'"),
        (["--lang", "fr"], "lang"),
        (["--from", "May"], "start must be a date written YYYY-MM-DD"),
        (["--from", "2017-02-01", "--to", "2017-01-01"], "start must be before end"),
        (["--month", "2017-01", "--to", "2018-01-01"], "Either a month or a range of days"),
    ],
)
def test_a_wrong_option_is_one_line_and_code_2(
    option: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["assess", str(tmp_path / "none"), "--out", str(tmp_path / "out"), *option])
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert code == 2
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["assess", "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in OPTIONS)


def test_the_page_on_the_command_names_every_option() -> None:
    text = (ROOT / "docs" / "assess_command.md").read_text(encoding="utf-8")
    assert all(f"`{option}" in text for option in OPTIONS)


def test_the_sample_says_where_everything_lies() -> None:
    # So that `gridgov assess` needs no option on it.
    parts = load_settings(ROOT / "sample_data").parts
    for name in ("cases", "inventory", "campaigns", "alleys", "alley_checks", "callbacks"):
        assert getattr(parts, name) is not None, name
