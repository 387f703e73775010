import pytest

from gridgov.errors import ColumnsError, OptionError
from gridgov.sources.column_names import first_found, match_columns


def test_chinese_and_english_names_are_found():
    chinese = [
        "案件编号",
        "案件类型",
        "发现时间",
        "结案时间",
        "处置时限",
        "案件状态",
        "经度",
        "纬度",
    ]
    assert match_columns(chinese, "incidents") == {
        "incident_id": "案件编号",
        "category": "案件类型",
        "reported_at": "发现时间",
        "closed_at": "结案时间",
        "due_at": "处置时限",
        "status": "案件状态",
        "longitude": "经度",
        "latitude": "纬度",
    }
    english = ["Ticket ID", "created_at", "LNG", "Lat", "Type"]
    assert match_columns(english, "incidents") == {
        "incident_id": "Ticket ID",
        "category": "Type",
        "reported_at": "created_at",
        "longitude": "LNG",
        "latitude": "Lat",
    }


@pytest.mark.parametrize(
    "found",
    [
        ["街道代码", "街道", "区"],
        ["NID", "community", "borough"],
        ["adcode", "inferred_name", "county"],
        ["id", "name", "district"],
        ["community_area_number", "街道名称", "所属区"],
    ],
)
def test_jurisdictions_are_found_by_many_names(found):
    assert list(match_columns(found, "jurisdictions").values()) == found


def test_what_the_caller_says_comes_first_and_is_not_taken_twice():
    found = ["id", "街道编号", "name"]
    assert match_columns(found, "jurisdictions")["street_id"] == "街道编号"
    said = match_columns(found, "jurisdictions", columns={"street": "街道编号"})
    assert said == {"street_id": "id", "street": "街道编号"}


def test_none_or_false_says_that_there_is_no_such_column():
    for nothing in (None, False):
        assert match_columns(["id", "name"], "jurisdictions", columns={"street": nothing}) == {
            "street_id": "id"
        }


def test_a_key_that_is_not_ours_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match=r"Found: 'reportd_at'.* Did you mean 'reported_at'\?"):
        match_columns(["a"], "incidents", columns={"reportd_at": "a"})


def test_a_column_that_is_not_there_is_answered_with_the_nearest():
    with pytest.raises(ColumnsError, match=r"'Creation'.*reported_at.*mean 'Creation_Date'") as got:
        match_columns(["Creation_Date", "x"], "incidents", columns={"reported_at": "Creation"})
    assert got.value.problems["column"].tolist() == ["Creation"]


def test_an_exact_name_beats_a_similar_one():
    assert first_found(["STATUS", "status"], ["status"]) == "status"
    assert first_found(["经度(GCJ-02)"], ["经度（GCJ02）"]) == "经度(GCJ-02)"
    assert first_found(["x"], ["y"]) is None
