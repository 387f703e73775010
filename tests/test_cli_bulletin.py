"""The command ``gridgov bulletin``: the shadow of ``gridgov.write_folder_bulletins``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gridgov.bulletin.bulletin_pack as pack_module
from gridgov.cli import main
from gridgov.errors import (
    EmptyTableError,
    ExtraMissingError,
    OptionError,
    OutputError,
    SettingsError,
)

OPTIONS = (
    *("--out", "--day", "--week", "--month", "--year", "--from", "--to", "--every", "--street"),
    *("--format", "--template", "--scheme", "--seed", "--lang", "--resolution", "--config"),
)
# Read before anything stands in for the function.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(pack_module.write_folder_bulletins).parameters.items()
    if name not in ("folder", "progress")
}


@pytest.fixture
def bulletin_calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call a stand-in; return the calls it makes."""
    made: list[tuple[Any, dict[str, Any]]] = []

    def write_folder_bulletins(folder: Any, **options: Any) -> Any:
        made.append((folder, options))
        options["progress"](17, 120, "2017-02 八角街道")
        return SimpleNamespace(out=Path("pack"), record={"lang": "zh"}, summary=("通报 120 份",))

    monkeypatch.setattr(pack_module, "write_folder_bulletins", write_folder_bulletins)
    return made


def test_every_option_reaches_the_function(
    bulletin_calls: list[tuple[Any, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--out", "pack", "--from", "2017-01-01", "--to", "2017-07-01", "--every", "month"]
    said += ["--street", "01", "--street", "八角街道", "--format", "docx,xlsx", "--seed", "7"]
    said += ["--template", "own.toml", "--scheme", "hotline", "--lang", "zh", "--resolution", "9"]
    assert main(["bulletin", "records", *said, "--config", "other.toml"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["通报 120 份", "已写入：pack"]
    assert printed.err.splitlines() == ["[17/120] 2017-02 八角街道 ..."]
    ((folder, options),) = bulletin_calls
    del options["progress"]
    assert folder == "records"
    assert options == {
        **dict.fromkeys(("day", "week", "month", "year")),
        **{"out": "pack", "start": "2017-01-01", "end": "2017-07-01", "every": "month"},
        **{"street": ["01", "八角街道"], "formats": ("docx", "xlsx"), "template": "own.toml"},
        **{"scheme": "hotline", "lang": "zh", "resolution": 9, "seed": 7},
        "config": "other.toml",
    }


@pytest.mark.parametrize(
    ("said", "option", "value"),
    [
        (["--day", "2017-09-12"], "day", "2017-09-12"),
        (["--week", "2017-W37"], "week", "2017-W37"),
        (["--month", "2017-09"], "month", "2017-09"),
        (["--year", "2017"], "year", "2017"),
    ],
)
def test_without_other_arguments_the_defaults_are_those_of_the_function(
    said: list[str],
    option: str,
    value: str,
    bulletin_calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    assert main(["bulletin", *said]) == 0
    ((folder, options),) = bulletin_calls
    del options["progress"]
    assert folder is None
    assert options == {**DEFAULTS, option: value}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OptionError("exactly one"), 2),
        (SettingsError("no toml"), 3),
        (EmptyTableError("no rows"), 3),
        (ExtraMissingError("gridgov[office]"), 3),
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

    monkeypatch.setattr(pack_module, "write_folder_bulletins", fail)
    assert main(["bulletin", "records", "--month", "2017-09"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gridgov: error: ")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ([], "A bulletin is of one day, week, month or year. Found: none of them"),
        (["--day", "2017-09-12", "--month", "2017-09"], "Found: day and month"),
        (["--month", "2017-13"], "month must be written YYYY-MM"),
        (["--month", "2017-09", "--from", "2017-01-01"], "Either a month or a range of days"),
        (["--from", "2017-01-01", "--to", "2017-02-01"], "needs to say how often: --every"),
        (["--from", "2017-01-01", "--every", "day"], "Found: start alone"),
        (["--month", "2017-09", "--every", "year"], "Found: every year of a month"),
        (["--month", "2017-09", "--every", "hour"], "every must be one of"),
        (["--month", "2017-09", "--format", "pdf"], "formats must be one of"),
        (["--month", "2017-09", "--format", ""], "formats must be one of"),
        (["--month", "2017-09", "--seed", "x"], "seed must be a whole number from 0 on"),
        (["--month", "2017-09", "--lang", "fr"], "lang"),
        (["--month", "2017-09", "--resolution", "nine"], "resolution must be a whole number"),
    ],
)
def test_a_wrong_option_is_one_line_and_code_2(
    option: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["bulletin", str(tmp_path / "none"), "--out", str(tmp_path / "out"), *option])
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bulletin", "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in OPTIONS)


def test_the_page_on_the_command_names_every_option() -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "bulletin_command.md"
    text = page.read_text(encoding="utf-8")
    assert all(f"`{option}" in text for option in OPTIONS)
