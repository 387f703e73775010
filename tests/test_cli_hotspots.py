"""The command ``gridgov hotspots``: the shadow of ``gridgov.write_hotspots``."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gridgov.bulletin.hotspot_pack as pack_module
from gridgov.cli import main
from gridgov.errors import EmptyTableError, OptionError, OutputError, SettingsError

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "hotspots_command.md"
OPTIONS = (
    *("--out", "--month", "--from", "--to", "--rings"),
    *("--seed", "--lang", "--resolution", "--config"),
)
# Read before anything stands in for the function.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(pack_module.write_hotspots).parameters.items()
    if name not in ("folder", "progress")
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call a stand-in; return the calls it makes."""
    made: list[tuple[Any, dict[str, Any]]] = []

    def write_hotspots(folder: Any, **options: Any) -> Any:
        made.append((folder, options))
        options["progress"](8, 12, "scanning")
        return SimpleNamespace(
            out=Path("pack"), record={"lang": "zh"}, summary=("标题", "10 = 9 + 1")
        )

    monkeypatch.setattr(pack_module, "write_hotspots", write_hotspots)
    return made


def test_every_option_reaches_the_function(
    calls: list[tuple[Any, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--out", "pack", "--from", "2015-01-01", "--to", "2016-05-01", "--rings", "2"]
    said += ["--seed", "7", "--lang", "zh", "--resolution", "9", "--config", "other.toml"]
    assert main(["hotspots", "records", *said]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["标题", "10 = 9 + 1", "已写入：pack/index.html"]
    assert printed.err.splitlines() == ["[8/12] scanning ..."]
    ((folder, options),) = calls
    del options["progress"]
    assert folder == "records"
    assert options == {
        **{"out": "pack", "month": None, "start": "2015-01-01", "end": "2016-05-01"},
        **{"rings": 2, "seed": 7, "lang": "zh", "resolution": 9, "config": "other.toml"},
    }


def test_without_arguments_the_defaults_are_those_of_the_function(
    calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    assert main(["hotspots"]) == 0
    ((folder, options),) = calls
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

    monkeypatch.setattr(pack_module, "write_hotspots", fail)
    assert main(["hotspots", "records"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gridgov: error: ")


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--rings", "two"], "rings must be a whole number from 1 on. Found: 'two'"),
        (["--seed", "x"], "seed must be a whole number from 0 on. Found: 'x'"),
        (["--resolution", "nine"], "resolution must be a whole number from 0 to 15. Found: 'nine'"),
        (["--from", "May"], "start must be a date written YYYY-MM-DD"),
        (["--month", "2015-01", "--to", "2016-01-01"], "Either a month or a range of days"),
    ],
)
def test_a_wrong_option_is_one_line_and_code_2(
    option: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["hotspots", str(tmp_path / "none"), "--out", str(tmp_path / "out"), *option])
    assert code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert list(tmp_path.iterdir()) == []


def test_the_documentation_names_every_option_file_and_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["hotspots", "--help"])
    shown = capsys.readouterr().out
    text = DOCUMENT.read_text(encoding="utf-8")
    for option in OPTIONS:
        assert option in shown
        assert f"`{option}" in text
    from gridgov.bulletin.hotspot_tables import HOTSPOT_TABLES

    for name in HOTSPOT_TABLES:
        assert f"`{name}`" in text, name
    for name in ("moran", "clusters", "density", "emerging", "persistence", "trends"):
        assert f"`{name}.html`" in text
