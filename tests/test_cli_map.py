"""The command ``gridgov map``: the shadow of ``gridgov.write_map``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import gridgov.bulletin.map_file as map_module
from gridgov.bulletin.map_kinds import KINDS, _period
from gridgov.bulletin.sample import find_sample
from gridgov.cli import main
from gridgov.errors import (
    DataWarning,
    EmptyTableError,
    InputError,
    OptionError,
    OutputError,
    SettingsError,
)

# The sample has rows with something to notice, which other tests look at.
pytestmark = pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")

SAMPLE = find_sample()
OPTIONS = (
    *("--out", "--kind", "--month", "--from", "--to", "--category", "--period", "--title"),
    *("--source", "--author", "--approval", "--base", "--key", "--lang", "--resolution"),
    "--config",
)
SETTINGS = """
[brief]
title = "石景山区（合成示例）"
lang = "zh"
resolution = 9
source = "热线记录"
[incidents]
file = "incidents.csv"
preset = "gridgov"
datum = "gcj02"
timezone = "Asia/Shanghai"
duplicates = "set_aside"
[jurisdictions]
file = "streets.geojson"
datum = "gcj02"
"""
write_map = map_module.write_map
# Read before anything stands in for the function.
DEFAULTS = {
    name: parameter.default
    for name, parameter in inspect.signature(write_map).parameters.items()
    if name not in ("folder", "progress")
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """Let the command call a stand-in; return the calls it makes."""
    made: list[tuple[Any, dict[str, Any]]] = []

    def stand_in(folder: Any, **options: Any) -> Any:
        made.append((folder, options))
        options["progress"](6, 7, "drawing")
        return SimpleNamespace(out=Path("here.html"), lang="zh", summary=("标题", "10 起"))

    monkeypatch.setattr(map_module, "write_map", stand_in)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every fifth record of the sample."""
    folder = tmp_path_factory.mktemp("records")
    lines = (SAMPLE / "incidents.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "incidents.csv").write_text("".join([lines[0], *lines[1::5]]), encoding="utf-8")
    (folder / "streets.geojson").write_bytes((SAMPLE / "streets.geojson").read_bytes())
    (folder / "gridgov.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def test_every_option_reaches_the_function(
    calls: list[tuple[Any, dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["--out", "here.html", "--kind", "dashboard", "--from", "2015-01-01"]
    said += ["--to", "2016-05-01", "--category", "a", "--category", "b", "--period", "QS"]
    said += ["--title", "T", "--source", "S", "--author", "A", "--approval", "GS", "--base"]
    said += ["tianditu", "--key", "abcd", "--lang", "zh", "--resolution", "9", "--config", "o.toml"]
    assert main(["map", "records", *said]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == ["标题", "10 起", "已写入：here.html"]
    assert printed.err.splitlines() == ["[6/7] drawing ..."]
    ((folder, options),) = calls
    del options["progress"]
    assert folder == "records"
    assert options == {
        **{"out": "here.html", "kind": "dashboard", "month": None, "start": "2015-01-01"},
        **{"end": "2016-05-01", "categories": ["a", "b"], "period": "QS", "title": "T"},
        **{"source": "S", "author": "A", "approval": "GS", "base": "tianditu", "key": "abcd"},
        **{"lang": "zh", "resolution": 9, "config": "o.toml"},
    }


def test_days_go_by_start_and_end_too(calls: list[tuple[Any, dict[str, Any]]]) -> None:
    assert main(["map", "--start", "2015-01-01", "--end", "2016-05-01"]) == 0
    ((folder, options),) = calls
    assert folder is None
    assert (options["start"], options["end"]) == ("2015-01-01", "2016-05-01")


def test_without_arguments_the_defaults_are_those_of_the_function(
    calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    assert main(["map"]) == 0
    ((_, options),) = calls
    del options["progress"]
    assert {**options, "categories": ()} == DEFAULTS
    assert options["categories"] == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OptionError("kind must be"), 2),
        (SettingsError("no toml"), 3),
        (EmptyTableError("no rows"), 3),
        (InputError("too few months"), 3),
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

    monkeypatch.setattr(map_module, "write_map", fail)
    assert main(["map", "records"]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("gridgov: error: ")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--kind", "hotspot"], 2, "kind must be one of .* Did you mean 'hotspots'?"),
        (["--month", "2015-1"], 2, "month must be written YYYY-MM"),
        (["--from", "May"], 2, "start must be a date written YYYY-MM-DD"),
        (["--lang", "fr"], 2, "lang must be one of 'en', 'zh'"),
        (["--resolution", "nine"], 2, "whole number from 0 to 15. Found: 'nine'"),
        (["--period", "M", "--kind", "dashboard"], 2, "period must be None or name a calendar"),
        (["--period", "MS"], 2, "period is for a dashboard"),
        (["--base", "bing"], 2, "source must be one of"),
        (["--base", "city.mbtiles"], 3, "A file of tiles must exist"),
        (["--base", "tianditu"], 2, "key"),
        (["--key", "abcd"], 2, "a key without one"),
        (["--approval", ""], 2, "approval must be text"),
        ([], 3, "A folder with records and a gridgov.toml is needed"),
    ],
)
def test_a_wrong_option_is_one_line_and_writes_nothing(
    options: list[str], code: int, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["map", str(tmp_path / "none"), "--out", str(tmp_path / "map.html"), *options]
    assert main(said) == code
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    assert re.search(words, line)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_code_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["map", "none", "--out", str(tmp_path)]) == 4
    assert "A map is one file. Found: the folder" in capsys.readouterr().err
    assert main(["map", "none", "--out", str(tmp_path / "no" / "map.html")]) == 4
    assert "The folder of a file to write must exist" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_one_file_without_an_address_to_fetch(
    kind: str, small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "map.html"
    steps: list[int] = []
    result = write_map(
        small,
        out=out,
        kind=kind,
        lang="en",
        author="城管委",
        approval="GS（2024）0650号",
        progress=lambda step, steps_, text: steps.append(step),
    )
    assert steps == [1, 2, 3, 4, 5, 6, 7]
    assert (result.out, result.kind, result.lang, result.resolution) == (out, kind, "en", 9)
    assert result.summary[0].startswith("石景山区（合成示例）: ")
    assert f"{result.incidents:,} incidents in {result.cells:,} cells" in result.summary[2]
    text = out.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<script[^>]+src=|<link\b|@import", text)
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_the_map_of_a_month_and_category_has_only_those(small: Path, tmp_path: Path) -> None:
    whole = write_map(small, out=tmp_path / "a.html", kind="dashboard")
    part = write_map(
        small, out=tmp_path / "b.html", month="2017-09", categories=["占道经营"], kind="dashboard"
    )
    assert 0 < part.incidents < whole.incidents / 50
    with pytest.raises(OptionError, match="category must be one of"):
        write_map(small, out=tmp_path / "c.html", categories=["占道"])
    with pytest.raises(EmptyTableError, match="2011-01 needs at least one incident"):
        write_map(small, out=tmp_path / "c.html", month="2011-01")
    with pytest.raises(InputError, match=r"needs 10 whole months\. Found: 1"):
        write_map(small, out=tmp_path / "c.html", month="2017-09", kind="emerging")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_the_same_records_give_the_same_bytes(small: Path, tmp_path: Path) -> None:
    files = [
        write_map(small, out=tmp_path / name).out.read_bytes() for name in ("1.html", "2.html")
    ]
    assert files[0] == files[1]


def test_a_base_map_of_a_service_is_told_to_need_a_network(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "map.html"
    with pytest.warns(DataWarning, match="asks osm for its base map"):
        write_map(small, out=out, base="osm", month="2017-09")
    text = out.read_text(encoding="utf-8")
    assert "gridgovBase.layer" in text
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["rates", "incidents", "dashboard"])
def test_source_author_and_approval_stand_at_the_foot(
    kind: str, small: Path, tmp_path: Path, chromium: Any
) -> None:
    out = write_map(
        small, out=tmp_path / "map.html", kind=kind, author="城管委", approval="GS（2024）0650号"
    ).out
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(out.as_uri())
    selector = ".gg-dash-foot" if kind == "dashboard" else ".gg-foot"
    foot = page.inner_text(selector)
    page.close()
    for text in (
        "资料来源：热线记录",
        "制图：城管委",
        "审图号：GS（2024）0650号",
    ):
        assert text in foot
    assert said == []


@pytest.mark.parametrize(
    ("last", "period"),
    [("2017-01-31", "D"), ("2017-06-01", "W-MON"), ("2018-06-01", "MS"), ("2030-01-01", "YS")],
)
def test_a_dashboard_takes_a_period_that_fits_its_span(last: str, period: str) -> None:
    assert _period(pd.Series(pd.to_datetime(["2017-01-01", last]))) == period
    assert _period(pd.Series(pd.to_datetime([None, None]))) == "D"


def test_help_names_every_option_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["map", "--help"])
    shown = capsys.readouterr().out
    assert all(option in shown for option in OPTIONS)
    assert all(kind in shown for kind in KINDS)
