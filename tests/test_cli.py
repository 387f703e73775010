"""The command: exit codes, streams and messages that a script can rely on."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import gridgov
import gridgov.bulletin.brief as brief_module
from gridgov.bulletin.sample import find_sample
from gridgov.cli import main
from gridgov.errors import (
    DataWarning,
    EmptyTableError,
    OptionError,
    OutputError,
    ReadError,
    SettingsError,
)
from gridgov.hotspots.panel_cubes import panel_cubes, warn_about_few_periods
from gridgov.sources.notices import Notice, warn


def stand_in(monkeypatch: pytest.MonkeyPatch, act: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call `act` instead of writing a brief; return the calls it makes."""
    calls: list[tuple[Any, dict[str, Any]]] = []

    def write_brief(folder: Any, **options: Any) -> Any:
        calls.append((folder, options))
        return act(**options)

    monkeypatch.setattr(brief_module, "write_brief", write_brief)
    return calls


def good(**options: Any) -> Any:
    options["progress"](4, 8, "locating 20,000 incidents")
    warnings.warn("two rows\nlook odd", DataWarning, stacklevel=2)
    return SimpleNamespace(
        out=Path("pack"), record={"lang": "en"}, summary=("Title", "10 = 9 + 1"), counts={}
    )


def test_a_brief_prints_its_summary_to_one_stream_and_the_rest_to_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = stand_in(monkeypatch, good)
    options = ["--out", "pack", "--month", "2024-03", "--lang", "en", "--resolution", "9"]
    code = main(["brief", "records", *options, "--config", "other.toml"])
    said = capsys.readouterr()
    assert code == 0
    assert said.out.splitlines() == ["Title", "10 = 9 + 1", "written: pack/index.html"]
    assert said.err.splitlines() == [
        "[4/8] locating 20,000 incidents ...",
        "gridgov: note: two rows look odd",
    ]
    ((folder, asked),) = calls
    del asked["progress"]
    assert folder == "records"
    assert asked == {
        "out": "pack",
        "month": "2024-03",
        "lang": "en",
        "resolution": 9,
        "config": "other.toml",
    }


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--lang", "zh"], ["gridgov: note: incidents.csv：第 1 条。第 2 条。"]),
        (["--lang", "en"], ["gridgov: note: incidents.csv: One. Two."]),
        # The settings of the sample say zh.
        ([], ["gridgov: note: incidents.csv：第 1 条。第 2 条。"]),
        (["--config", "not there.toml"], ["gridgov: note: incidents.csv: One. Two."]),
    ],
)
def test_notes_are_in_the_language_asked_for(
    options: list[str],
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = [Notice("one", "a", "One.", "第 1 条。"), Notice("two", "b", "Two.", "第 2 条。")]

    def read(**_: Any) -> Any:
        warn(seen, subject="incidents.csv")
        return SimpleNamespace(out=Path("pack"), record={"lang": "en"}, summary=())

    stand_in(monkeypatch, read)
    assert main(["brief", *options]) == 0
    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "The panel has 2 periods; with fewer than 10 the p of a trend is rough and"),
        ("zh", "计数表只有 2 个时段；少于 10 个时段时，趋势的 p 值较为粗略，时段占比也不够精细。"),
    ],
)
def test_what_a_measure_has_to_say_is_in_the_language_asked_for(
    lang: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measure(**_: Any) -> Any:
        panel = pd.DataFrame(
            {
                "cell": pd.array([0x8931AA42803FFFF] * 2, dtype="UInt64"),
                "period": pd.date_range("2017-01-01", periods=2, freq="MS", tz="Asia/Shanghai"),
                "incidents": [1, 2],
            }
        )
        warn_about_few_periods(panel_cubes(panel))
        return SimpleNamespace(out=Path("pack"), record={"lang": lang}, summary=())

    stand_in(monkeypatch, measure)
    assert main(["brief", "--lang", lang]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"gridgov: note: {told}")


def test_a_note_that_has_no_chinese_is_told_in_english(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, good)
    assert main(["brief", "--lang", "zh"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "gridgov: note: two rows look odd"


def test_many_notices_are_one_warning_that_counts_the_rest_in_both_languages() -> None:
    seen = [Notice("one", str(k), f"{k}.", f"第 {k} 条。") for k in range(7)]
    with pytest.warns(DataWarning, match="And 2 more") as caught:
        warn(seen, subject="x.csv")
    (one,) = caught
    assert isinstance(one.message, DataWarning)
    assert one.message.zh is not None
    assert one.message.zh.startswith("x.csv：第 0 条。")
    assert one.message.zh.endswith("另有 2 条，见 gridgov.notices(table) 和简报页面。")


def test_without_arguments_the_defaults_are_those_of_the_function(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = stand_in(monkeypatch, good)
    assert main(["brief"]) == 0
    ((folder, options),) = calls
    assert folder is None
    assert options["out"] == "brief"
    assert [options[name] for name in ("month", "lang", "resolution", "config")] == [None] * 4


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OptionError("month must be"), 2),
        (SettingsError("no toml"), 3),
        (ReadError("no file"), 3),
        (EmptyTableError("no\nrows"), 3),
        (OutputError("disk full"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_exit_code_and_one_line(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(**_: Any) -> None:
        raise error

    stand_in(monkeypatch, fail)
    assert main(["brief", "records"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("gridgov: error: ")
    assert "Traceback" not in said.err


def test_a_resolution_that_is_no_number_is_a_wrong_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["brief", "records", "--resolution", "nine"]) == 2
    assert "whole number from 0 to 15. Found: 'nine'" in capsys.readouterr().err


def test_real_errors_arrive_as_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert main(["brief", str(tmp_path / "nowhere"), *out]) == 3
    assert "A folder with records and a gridgov.toml is needed" in capsys.readouterr().err
    assert main(["brief", str(tmp_path), "--month", "2024-3", *out]) == 2
    assert "month must be written YYYY-MM" in capsys.readouterr().err
    (tmp_path / "out").write_text("a file in the way")
    assert main(["brief", str(tmp_path), *out]) == 4
    assert "is a file or a link" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_unknown_arguments_and_no_command_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["breif"], ["brief", "--nothing"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert "usage: gridgov" in capsys.readouterr().err


def test_the_module_runs_as_the_command() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "gridgov", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == f"gridgov {gridgov.__version__}"


def test_the_documentation_names_every_option_and_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["brief", "--help"])
    text = (Path(__file__).resolve().parents[1] / "docs" / "brief.md").read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    for option in ("--out", "--month", "--lang", "--resolution", "--config"):
        assert option in shown
        assert option in text
    for code in ("0", "2", "3", "4", "130", "143"):
        assert f"| {code} |" in text


def test_the_sample_in_the_working_folder_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    installed = find_sample()
    assert (installed / "gridgov.toml").is_file()
    (tmp_path / "sample_data").mkdir()
    assert find_sample() == installed
    (tmp_path / "sample_data" / "gridgov.toml").write_text("")
    assert find_sample() == Path("sample_data")


def test_a_request_to_end_puts_everything_away_and_has_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_away = []

    def act(**_: Any) -> Any:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            put_away.append("half written")

    stand_in(monkeypatch, act)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["brief"]) == 143
    assert put_away == ["half written"]
    assert capsys.readouterr().err == "gridgov: error: ended by the system; nothing was written\n"
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_command_runs_in_another_thread_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in(monkeypatch, good)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["brief"])))
    thread.start()
    thread.join()
    assert codes == [0]
    assert "written: pack" in capsys.readouterr().out
