"""A city's own codes: read by any name, set aside with a reason, used as ours are."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, OptionError, ReadError
from gridgov.sources.codes import read_code_aliases, read_codes
from gridgov.sources.notices import notices
from gridgov.taxonomy.code_lists import code_list
from gridgov.taxonomy.code_matching import match_codes

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
# Six service codes in the shape of a city's Open311 service list.
NYC = """service_code,service_name,group,keywords,agency
N01,Noise - Street/Sidewalk,Noise,street noise; loud talking,NYPD
N02,Noise - Park,Noise,,DPR
0007,HEAT/HOT WATER,Housing,heat|no heat,HPD
,Rodent,Health,,DOHMH
N02,Noise - Park again,Noise,,DPR
B09,,Buildings,,DOB
"""


@pytest.fixture
def nyc_file(tmp_path: Path) -> Path:
    path = tmp_path / "services.csv"
    path.write_text(NYC, encoding="utf-8")
    return path


def quiet(read: Any, *arguments: Any, **options: Any) -> Any:
    """Read without the warning that the test is not about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read(*arguments, **options)


def test_a_list_of_311_services_is_read_and_rows_add_up(nyc_file: Path) -> None:
    with pytest.warns(DataWarning, match="2 of 6 rows were set aside") as caught:
        codes, set_aside = read_codes(nyc_file, scheme="nyc_311", version="2024")
    assert len(caught) == 1
    assert "Codes without a name: 1 of 4, the first 'B09'" in str(caught[0].message)
    assert codes.columns.tolist() == [*TABLES["codes"].names, "agency"]
    assert codes["code"].tolist() == ["N01", "N02", "0007", "B09"]
    assert set(codes["scheme"]) == {"nyc_311"}
    assert set(codes["version"]) == {"2024"}
    assert set(codes["source"]) == {"services.csv"}
    assert codes["kind"].tolist() == ["Noise", "Noise", "Housing", "Buildings"]
    assert codes["aliases"].iloc[0] == "street noise|loud talking"
    assert codes["zh"].isna().all()
    assert set_aside[["source_row", "reason"]].values.tolist() == [
        [4, "missing_code"],
        [5, "duplicate_code"],
    ]
    assert "'N02' is that of row 2 already" in set_aside["detail"].iloc[1]
    assert "与第 2 行重复" in set_aside["detail_zh"].iloc[1]
    assert notices(codes)["notice"].tolist() == ["rows_set_aside", "codes_without_name"]


def test_a_list_that_was_read_works_as_ours_do(nyc_file: Path) -> None:
    codes, _ = quiet(read_codes, nyc_file, scheme="nyc_311")
    calls = pd.DataFrame({"Complaint Type": ["Loud Talking", "0007", "no heat", "Rodent"]})
    found = match_codes(calls, column="Complaint Type", scheme="nyc_311", codes=codes)
    assert found["code"].fillna("-").tolist() == ["N01", "0007", "0007", "-"]
    assert found["code_match"].tolist() == ["alias", "code", "alias", "unknown"]
    # Nothing was registered: without the table there is no such list.
    with pytest.raises(OptionError, match="scheme must be one of"):
        match_codes(calls, column="Complaint Type", scheme="nyc_311")


def test_two_cities_stand_side_by_side(nyc_file: Path) -> None:
    nyc, _ = quiet(read_codes, nyc_file, scheme="nyc_311")
    chicago, _ = read_codes(
        pd.DataFrame({"SR_SHORT_CODE": ["N01"], "SR_TYPE": ["Graffiti Removal"]}), scheme="chi"
    )
    both = pd.concat([nyc, chicago, code_list()], ignore_index=True)
    calls = pd.DataFrame({"x": ["N01"]})
    names = [
        match_codes(calls, column="x", scheme=scheme, codes=both)["code_name"].item()
        for scheme in ("nyc_311", "chi")
    ]
    assert names == ["Noise - Street/Sidewalk", "Graffiti Removal"]


@pytest.mark.parametrize(
    ("file", "scheme"),
    [
        ("codes_events_cjt214_style.csv", "cjt214_style"),
        ("codes_beijing_chaoyang.csv", "beijing_chaoyang"),
    ],
)
def test_the_reference_files_read_as_the_lists_made_from_them(file: str, scheme: str) -> None:
    path = REFERENCE / file
    if not path.is_file():
        pytest.skip("shared/reference absent")
    codes, set_aside = quiet(read_codes, path, scheme=scheme)
    ours = code_list(scheme)
    assert len(set_aside) == 0
    for name in ("code", "kind", "major", "minor", "standard_code"):
        pd.testing.assert_series_equal(codes[name], ours[name])


def test_a_list_by_classes_gets_its_codes_from_them() -> None:
    table = pd.DataFrame(
        {"大类代码": ["1", "A"], "小类代码": ["4", "9"], "小类名称": ["道路不洁", "其他"]}
    )
    codes, _ = read_codes(
        table, scheme="own", columns={"minor": "小类代码", "code": None}, kind="event"
    )
    assert codes["code"].tolist() == ["1-4", "A-9"]
    assert codes["standard_code"].fillna("-").tolist() == ["01004", "-"]
    assert codes["zh"].tolist() == ["道路不洁", "其他"]


def test_columns_are_of_the_documented_kind_and_own_ones_keep_theirs() -> None:
    table = pd.DataFrame({"代码": [501.0, 7.0], "名称": ["甲", "乙"], "时限": [4, 8]})
    codes, _ = read_codes(table, scheme="own")
    assert codes["code"].tolist() == ["501", "7"]
    for column in TABLES["codes"].columns:
        assert str(codes[column.name].dtype) == "str"
    assert codes["时限"].tolist() == [4, 8]


def test_the_scheme_that_is_said_comes_before_the_column() -> None:
    table = pd.DataFrame({"scheme": ["a", None], "code": ["1", "2"], "name": ["x", "y"]})
    codes, set_aside = quiet(read_codes, table)
    assert codes["scheme"].tolist() == ["a"]
    assert set_aside["reason"].tolist() == ["missing_scheme"]
    said, none = read_codes(table, scheme="b")
    assert said["scheme"].tolist() == ["b", "b"]
    assert len(none) == 0


def test_a_confidence_that_does_not_exist_is_left_out_and_told() -> None:
    table = pd.DataFrame(
        {"code": list("1234"), "name": list("abcd"), "confidence": ["高", "Low", "sure", ""]}
    )
    with pytest.warns(DataWarning, match="1 values of confidence that are none of high"):
        codes, _ = read_codes(table, scheme="s")
    assert codes["confidence"].fillna("-").tolist() == ["high", "low", "-", "-"]
    assert "“sure”" in notices(codes)["detail_zh"].iloc[0]


def test_hostile_text_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code,name\n{{ 7*7 }},<script>\n=1+1,@x\n", encoding="utf-8")
    codes, _ = read_codes(path, scheme="s")
    assert codes[["code", "en"]].values.tolist() == [["{{ 7*7 }}", "<script>"], ["=1+1", "@x"]]


def test_aliases_are_read_and_used() -> None:
    table = pd.DataFrame(
        {
            "本地名称": ["摆摊", "大排档", None, "大排档", "大排档"],
            "标准代码": ["05-01", "05-04", "05-04", "05-04", "05-10"],
            "对应关系": ["相近", "部分", "", "部分", "部分"],
        }
    )
    with pytest.warns(DataWarning, match="2 of 5 rows were set aside"):
        aliases, set_aside = read_code_aliases(table, scheme="cjt214_style")
    assert aliases.columns.tolist() == TABLES["code_aliases"].names
    assert aliases["relation"].tolist() == ["close", "part", "part"]
    assert set_aside["reason"].tolist() == ["missing_alias", "duplicate_alias"]
    frame = pd.DataFrame({"x": ["摆摊", "大排档", "店外经营"]})
    found = match_codes(frame, column="x", scheme="cjt214_style", aliases=aliases)
    # Two codes for one alias are for the caller to settle.
    assert found["code_match"].tolist() == ["alias", "ambiguous", "name"]


@pytest.mark.parametrize(
    ("table", "options", "error", "words"),
    [
        ({"code": ["1"]}, {}, ColumnsError, r'must have the column scheme.*scheme="\.\.\."'),
        (
            {"x": ["1"]},
            {"scheme": "s"},
            ColumnsError,
            r"must have the column code. Found: x. Name it: columns=\{\"code\"",
        ),
        (
            {"code": ["", None]},
            {"scheme": "s"},
            ColumnsError,
            "at least one row that can be used. Found: 2 rows, none usable; the first, row 1: "
            "The row has no code",
        ),
        (
            {"code": ["1"]},
            {"scheme": "s", "columns": {"code": "cod"}},
            ColumnsError,
            "column 'cod', which was named for code",
        ),
        (
            {"code": ["1"]},
            {"scheme": "s", "columns": {"name": "code"}},
            OptionError,
            "'name', which is none of scheme, kind, code",
        ),
        ({"code": []}, {"scheme": "s"}, EmptyTableError, "at least one row"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(table, options, error, words: str) -> None:
    with pytest.raises(error, match=words):
        read_codes(pd.DataFrame(table), **options)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none\.csv"):
        read_codes(tmp_path / "none.csv", scheme="s")
    with pytest.raises(ColumnsError, match="must have the columns code, alias"):
        read_code_aliases(pd.DataFrame({"x": ["1"]}), scheme="s")


def test_every_word_of_the_table_can_be_named() -> None:
    from gridgov.sources.column_names import our_names

    assert our_names("codes") == TABLES["codes"].names
    assert our_names("code_aliases") == TABLES["code_aliases"].names
