"""Alleys, their checks, return visits, inventory and campaigns of a folder of records."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridgov.errors import ColumnsError, DataWarning, InputError, SettingsError
from gridgov.sources.alley_checks import read_alley_checks
from gridgov.sources.callbacks import add_callbacks, read_callbacks
from gridgov.sources.folder import load_settings, read_folder
from gridgov.sources.folder_cases import read_folder_cases
from gridgov.sources.folder_governance import GOVERNANCE_SECTIONS, read_governance

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


def checks_of(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"背街小巷编号": ["A"], "月份": ["2017-01"], "得分": ["95"]} | columns)


def bare_folder(folder: Path, sections: str) -> Path:
    folder.mkdir()
    (folder / "incidents.csv").write_text("incident_id,category,reported_at\n1,a,2017-01-01\n")
    outline = [[116.1, 39.8], [116.3, 39.8], [116.3, 40.0], [116.1, 39.8]]
    area = {"type": "Polygon", "coordinates": [outline]}
    one = {"type": "Feature", "properties": {"street_id": "1"}, "geometry": area}
    text = json.dumps({"type": "FeatureCollection", "features": [one]})
    (folder / "streets.geojson").write_text(text)
    head = '[incidents]\nfile = "incidents.csv"\n[jurisdictions]\nfile = "streets.geojson"\n'
    (folder / "gridgov.toml").write_text(head + sections)
    return folder


def test_the_sample_has_every_section_and_the_numbers_of_its_description() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        read = read_folder(SAMPLE)
        found = read_folder_cases(read.settings, read.jurisdictions)
        assert found is not None
        governance = read_governance(read.settings, read.jurisdictions, cases=found.cases)
    # The counts that sample_data/README.md gives.
    assert governance.inventory is not None
    assert len(governance.inventory) + len(governance.set_aside["inventory"]) == 3760
    assert governance.campaigns is not None
    assert len(governance.campaigns) == 10
    assert governance.alleys is not None
    assert governance.alleys["street_id"].nunique() == 9
    assert governance.alley_checks is not None
    assert len(governance.alley_checks) == 714
    assert governance.alley_checks["street_id"].notna().all()
    assert governance.callbacks is not None
    assert len(governance.callbacks) == 796
    answered = add_callbacks(found.cases, governance.callbacks, as_of=None)
    assert int(answered["contacted"].notna().sum()) == 796
    # The table given stays as it was.
    assert found.cases["contacted"].isna().all()


def test_a_folder_without_the_sections_has_none_of_the_tables(tmp_path: Path) -> None:
    settings = load_settings(bare_folder(tmp_path / "in", ""))
    assert all(getattr(settings.parts, name) is None for name in GOVERNANCE_SECTIONS)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('[alley_checks]\nfile = "none.csv"\n', "names the file 'none.csv', which is not in"),
        ('[callbacks]\nfile = "incidents.csv"\ndatum = "gcj02"\n', "does not know the key 'datum'"),
        ('[inventory]\nfile = "incidents.csv"\ntimezone = "Mars"\n', r"\[inventory\] timezone"),
        ('[campaigns]\ncolumns = { campaign = "x" }\n', r"\[campaigns\] must name a file"),
        ('[alleys]\nfile = "streets.geojson"\nroad = "x"\n', "does not know the key 'road'"),
    ],
)
def test_a_wrong_section_is_an_error_that_names_it(said: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings(bare_folder(tmp_path / "in", said))


def test_a_column_of_streets_that_alleys_lack_is_an_error(tmp_path: Path) -> None:
    line = {"type": "LineString", "coordinates": [[116.15, 39.85], [116.16, 39.85]]}
    one = {"type": "Feature", "properties": {"line_id": "A", "街道": "1"}, "geometry": line}
    text = json.dumps({"type": "FeatureCollection", "features": [one]})
    said = '[alleys]\nfile = "alleys.geojson"\nstreet = "road"\n'
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "alleys.geojson").write_text(text)
    (folder / "incidents.csv").write_text("incident_id,category,reported_at\n1,a,2017-01-01\n")
    (folder / "streets.geojson").write_text((SAMPLE / "streets.geojson").read_text("utf-8"))
    head = '[incidents]\nfile = "incidents.csv"\n[jurisdictions]\nfile = "streets.geojson"\n'
    (folder / "gridgov.toml").write_text(head + said)
    settings = load_settings(folder)
    with pytest.raises(SettingsError, match="street names the column 'road'"):
        read_governance(settings, None)  # type: ignore[arg-type]


def test_checks_that_cannot_be_used_are_set_aside_with_the_first_reason() -> None:
    table = pd.DataFrame(
        {
            "背街小巷编号": ["A", "", "B", "C", "D", "E"],
            "月份": ["2017-01", "2017-01", "", "soon", "2017-02", "2017-02-15"],
            "得分": ["95", "90", "90", "90", "", "100.5"],
            "乱停车": ["0"] * 6,
        }
    )
    with pytest.warns(DataWarning, match="5 of 6"):
        checks, aside = read_alley_checks(table, timezone="Asia/Shanghai")
    assert checks["line_id"].tolist() == ["A"]
    assert str(checks["checked_at"].iloc[0]) == "2017-01-01 00:00:00+08:00"
    assert checks.columns.tolist() == ["line_id", "checked_at", "score", "乱停车"]
    assert aside["reason"].tolist() == [
        *("missing_id", "missing_time", "unreadable_time"),
        *("missing_score", "score_out_of_range"),
    ]
    assert "'100.5' in 得分 is no number from 0 to 100" in aside["detail"].iloc[4]


def test_checks_without_a_needed_column_or_any_usable_row_are_errors() -> None:
    with pytest.raises(ColumnsError, match="Not found: score"):
        read_alley_checks(checks_of().drop(columns="得分"))
    with pytest.raises(InputError, match="at least one check that can be used"):
        read_alley_checks(checks_of(得分=["-1"]))


def test_visits_with_unknown_cases_or_answers_are_set_aside() -> None:
    cases = pd.DataFrame({"case_id": ["1", "2"]})
    table = pd.DataFrame(
        {
            "案件编号": ["1", "2", "3", "1"],
            "回访时间": ["2017-01-01"] * 4,
            "是否联系": ["是", "或许", "是", "否"],
        }
    )
    with pytest.warns(DataWarning, match="2 of 4"):
        visits, aside = read_callbacks(table, cases=cases, timezone="Asia/Shanghai")
    assert visits["contacted"].tolist() == [True, False]
    assert aside["reason"].tolist() == ["unknown_answer", "unknown_case"]


def test_visits_without_any_answer_are_an_error() -> None:
    with pytest.raises(ColumnsError, match="must have case_id and an answer"):
        read_callbacks(pd.DataFrame({"案件编号": ["1"], "回访时间": ["2017-01-01"]}))


def test_a_visit_after_the_moment_has_not_happened_and_own_answers_stay() -> None:
    cases = pd.DataFrame(
        {"case_id": ["1", "2"], "resolved": pd.array([pd.NA, False], dtype="boolean")}
    )
    at = pd.DatetimeIndex(["2017-03-01", "2017-03-05"], tz="Asia/Shanghai")
    visits = pd.DataFrame({"case_id": ["1", "2"], "called_at": at, "resolved": [True, True]})
    moment = pd.Timestamp("2017-03-01", tz="Asia/Shanghai")
    assert add_callbacks(cases, visits, as_of=None)["resolved"].tolist() == [True, False]
    assert add_callbacks(cases, visits, as_of=moment)["resolved"].isna().tolist() == [True, False]
