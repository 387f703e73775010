"""The section of cases in a folder: its options, and reading by them."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pytest

from gridgov.errors import DataWarning, SettingsError
from gridgov.sources.folder import load_settings, read_folder
from gridgov.sources.folder_cases import read_folder_cases

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
BASE = '[incidents]\nfile = "i.csv"\n[jurisdictions]\nfile = "s.geojson"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("i.csv", "s.geojson"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    shutil.copy(SAMPLE / "cases.csv", tmp_path / "cases.csv")
    return tmp_path


def say(folder: Path, text: str) -> None:
    (folder / "gridgov.toml").write_text(BASE + text, encoding="utf-8")


def test_the_sample_folder_has_its_cases() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        read = read_folder(SAMPLE)
        found = read_folder_cases(read.settings, read.jurisdictions, incidents=read.incidents)
    assert found is not None
    assert (len(found.cases), len(found.set_aside)) == (3327, 0)
    assert set(found.cases["street_id"]) == set(read.jurisdictions["street_id"])


def test_a_folder_without_cases_has_none(folder: Path) -> None:
    say(folder, "")
    settings = load_settings(folder)
    assert settings.parts.cases is None
    assert read_folder_cases(settings) is None


def test_the_options_are_those_of_the_reader(folder: Path) -> None:
    say(
        folder,
        '[cases]\nfile = "cases.csv"\ntimezone = "Asia/Shanghai"\nas_of = "2017-10-01"\n'
        '[cases.columns]\nreworks = false\ndue_at = "处置时限"\n',
    )
    with pytest.warns(DataWarning, match="later than 2017-10-01 00:00, the moment of looking"):
        found = read_folder_cases(load_settings(folder))
    assert found is not None
    assert found.cases.attrs["as_of"] == "2017-10-01T00:00:00+08:00"
    assert found.cases["reworks"].isna().all()
    assert found.cases["due_at"].iloc[0].strftime("%m-%d %H:%M") == "01-02 08:39"


def test_a_folder_says_when_deadlines_without_a_time_end(folder: Path) -> None:
    text = "编号,立案时间,截止时间\n1,2017-09-01 09:00,2017-09-05\n"
    (folder / "cases.csv").write_text(text, encoding="utf-8")
    ends = {}
    for due_dates in ("end", "start"):
        say(folder, f'[cases]\nfile = "cases.csv"\ntimezone = "Asia/Shanghai"\n'
                    f'due_dates = "{due_dates}"\n')  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            found = read_folder_cases(load_settings(folder))
        assert found is not None
        ends[due_dates] = found.cases["due_at"].item().strftime("%d %H:%M")
    assert ends == {"end": "05 23:59", "start": "05 00:00"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('file = "case.csv"', "'case.csv', which is not in"),
        ('file = "cases.csv"\ndatum = "gcj02"', r"\[cases\] does not know the key 'datum'"),
        ('file = "cases.csv"\nas_of = "soon"', r"\[cases\] as_of: as_of must be a date"),
        ('file = "cases.csv"\ntimezone = "Asia/Shanghay"', r"\[cases\] timezone"),
        ('file = "cases.csv"\ndue_dates = "noon"', r"\[cases\] due_dates: .*'end', 'start'"),
        ('file = "cases.csv"\n[cases.columns]\nfield_at = "x"', "Did you mean 'filed_at'"),
    ],
)
def test_a_wrong_option_is_one_error_in_words_of_the_file(
    folder: Path, text: str, words: str
) -> None:
    say(folder, f"[cases]\n{text}\n")
    with pytest.raises(SettingsError, match=words):
        load_settings(folder)


def test_a_calendar_is_china_or_a_file_of_the_folder(folder: Path) -> None:
    say(folder, '[cases]\nfile = "cases.csv"\ncalendar = "china"\n')
    assert load_settings(folder).parts.cases.calendar == "china"
    (folder / "days.csv").write_text("date,kind\n2017-10-02,holiday\n", encoding="utf-8")
    say(folder, '[cases]\nfile = "cases.csv"\ncalendar = "days.csv"\n')
    assert load_settings(folder).parts.cases.calendar == folder / "days.csv"
    say(folder, '[cases]\nfile = "cases.csv"\ncalendar = "holidays.csv"\n')
    with pytest.raises(SettingsError, match=r"holidays\.csv"):
        load_settings(folder)
