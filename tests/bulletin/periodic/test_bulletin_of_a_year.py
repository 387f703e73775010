"""What only the bulletin of a year shows: inventory, standing of alleys, campaigns."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.document.model import (
    Document,
    Paragraph,
    TableBlock,
)
from gridgov.checks import conform
from gridgov.errors import DataWarning


def numbers_of(document: Document) -> dict[str, Any]:
    return {number.key: number.value for number in document.numbers}


def text_of(document: Document) -> str:
    return "\n".join([document.lead, *(part.text for part in document.parts(Paragraph))])


def test_inventory_and_standing_stand_in_the_year(
    sample_records: Any, given: dict[str, Any]
) -> None:
    with pytest.warns(DataWarning, match="16 of 3760 rows were set aside"):
        inventory = gg.read_inventory(
            sample_records.folder / "inventory.csv",
            datum="gcj02",
            timezone="Asia/Shanghai",
            jurisdictions=sample_records.streets,
        ).inventory
    checks = pd.read_csv(sample_records.folder / "alley_checks.csv")
    checks = pd.DataFrame(
        {
            "line_id": checks["背街小巷编号"],
            "checked_at": pd.to_datetime(checks["月份"]).dt.tz_localize("Asia/Shanghai"),
            "score": checks["得分"].astype(float),
        }
    )
    standing = gg.grade_standing(checks)
    made = gg.make_bulletin(
        sample_records.located,
        year=2017,
        lang="zh",
        inventory=inventory,
        standing=standing,
        template={"title": "{kind}", "sections": ["overview", "inventory", "standing"]},
        **given,
    )
    truth = json.loads((sample_records.folder / "planted_truth.json").read_text(encoding="utf-8"))[
        "inventory"
    ]["all"]
    found = numbers_of(made)
    assert found["inventory_found"] == truth["found"]
    assert found["inventory_rectified"] == truth["rectified"]
    # 18 alleys fall below 90 in the year (sample_data/README.md).
    assert found["lines_downgraded"] == 18
    assert found["lines_lines"] == 60


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "其中 3 项登记的街道不在辖区名单中（如远郊镇、{{7*7}}，共 2 个），计入总数"),
        ("en", "Of the 5 items, 3 are entered under a street that is not among the jurisdictions"),
    ],
)
def test_an_inventory_street_that_nobody_knows_is_noticed(
    lang: Any, told: str, sample_records: Any, given: dict[str, Any]
) -> None:
    known = sample_records.streets["street_id"].iloc[0]
    entered = [known, "远郊镇", "{{7*7}}", "远郊镇", None, "还没发现"]
    found = ["2017-03-01"] * 5 + ["2018-03-01"]
    inventory = conform(
        pd.DataFrame(
            {
                "item_id": [str(k) for k in range(6)],
                "kind": "违建",
                "street_id": entered,
                "found_at": pd.DatetimeIndex(found, tz="Asia/Shanghai"),
                "rectified_at": pd.Series([pd.NaT] * 6, dtype="datetime64[us, Asia/Shanghai]"),
            }
        ),
        "inventory",
    )
    options = {"year": 2017, "lang": lang, "template": {"title": "x", "sections": ["inventory"]}}
    made = gg.make_bulletin(sample_records.located, inventory=inventory, **options, **given)
    assert told in text_of(made)
    inside = inventory[inventory["street_id"] == known]
    made = gg.make_bulletin(sample_records.located, inventory=inside, **options, **given)
    assert "辖区名单" not in text_of(made)
    assert "among the jurisdictions" not in text_of(made)


def test_verdicts_on_campaigns_are_counted_with_their_cautions(
    sample_records: Any, given: dict[str, Any]
) -> None:
    at = pd.DatetimeIndex(["2016-01-01", "2016-02-01"], tz="Asia/Shanghai")
    effects = pd.DataFrame(
        {
            "campaign": ["家具街", "早市"],
            "before_start": at,
            "before_end": at + pd.Timedelta(days=90),
            "after_start": at + pd.Timedelta(days=200),
            "after_end": at + pd.Timedelta(days=290),
            **{
                f"{role}_{what}": 1
                for role in ("treated", "buffer", "control", "buffer_control")
                for what in ("cells", "before", "after")
            },
            "treated_before": [40, 30],
            "treated_after": [8, 20],
            "rate_ratio": [0.2, 0.7],
            "rate_ratio_low": [0.1, 0.4],
            "rate_ratio_high": [0.4, 0.9],
            "cautions": [None, "few_events;selected_at_peak"],
            "verdict": ["fell", "fell_with_doubt"],
        }
    )
    made = gg.make_bulletin(
        sample_records.located,
        year=2017,
        lang="zh",
        campaigns=conform(effects, "campaign_effects"),
        template={"title": "{kind}", "sections": ["overview", "campaigns"]},
        **given,
    )
    found = numbers_of(made)
    assert [found[f"campaigns.{name}"] for name in ("fell", "fell_with_doubt", "rose")] == [1, 1, 0]
    assert "下降但存疑 1 项：早市" in text_of(made)
    table = next(part for part in made.parts(TableBlock) if part.name == "campaigns")
    assert "few_events" not in table.frame["cautions"].iloc[1]
    assert "；" in table.frame["cautions"].iloc[1]
