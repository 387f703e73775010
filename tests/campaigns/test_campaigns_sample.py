"""The ten campaigns of the sample: five with a planted effect, four without, one at a peak.

The numbers of the truth are those the generator planted; sample_data/planted_truth.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import ColumnsError, DataWarning, InputError, OptionError
from gridgov.geo.discs import disc

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
    with pytest.warns(DataWarning):
        incidents, _ = gg.read_incidents(
            SAMPLE / "incidents.csv",
            preset="gridgov",
            datum="gcj02",
            timezone=ZONE,
            duplicates="set_aside",
        )
    campaigns, aside = gg.read_campaigns(
        SAMPLE / "campaigns.csv", datum="gcj02", timezone=ZONE, jurisdictions=streets
    )
    truth = json.loads((SAMPLE / "planted_truth.json").read_text(encoding="utf-8"))
    grid, located = (
        gg.make_grid(streets, resolution=9),
        gg.locate(incidents, streets, resolution=9),
    )
    return {
        "streets": streets,
        "grid": grid,
        "located": located,
        "campaigns": campaigns,
        "aside": aside,
        "truth": truth,
        "effects": gg.evaluate_campaigns(located, grid, campaigns),
        "all_categories": gg.evaluate_campaigns(located, grid, campaigns.assign(category=None)),
    }


def test_ten_campaigns_are_read_with_a_disc_each(sample: dict[str, Any]) -> None:
    campaigns, truth = sample["campaigns"], sample["truth"]["campaigns"]
    assert campaigns["campaign"].tolist() == [one["name"] for one in truth]
    assert len(sample["aside"]) == 0
    centers = campaigns.to_crs(32650).geometry.centroid.to_crs(4326)
    assert np.allclose(centers.x, [one["longitude"] for one in truth], atol=2e-5)
    assert np.allclose(centers.y, [one["latitude"] for one in truth], atol=2e-5)
    assert campaigns["street_id"].str.fullmatch(r"110107\d{3}").all()
    assert pd.isna(campaigns["category"].iloc[-1])


def test_the_planted_effect_lies_in_the_interval_of_all_five(sample: dict[str, Any]) -> None:
    planted = [1 + one["effect"] for one in sample["truth"]["campaigns"]][:5]
    effects = sample["effects"].iloc[:5]
    assert (effects["rate_ratio_low"] < planted).all()
    assert (planted < effects["rate_ratio_high"]).all()
    assert (effects["verdict"] == "fell").all()
    assert (effects["q_value"] < 0.01).all()


@pytest.mark.parametrize("table", ["effects", "all_categories"])
def test_where_nothing_was_planted_nothing_is_claimed(sample: dict[str, Any], table: str) -> None:
    effects = sample[table].iloc[5:]
    assert set(effects["verdict"].iloc[:4]) <= {"no_clear_change", "not_judged"}
    assert (effects["rate_ratio_low"].iloc[:4] < 1).all()
    # The fifth was put where the year before happened to be bad.
    assert effects["verdict"].iloc[4] == "fell_with_doubt"
    assert effects["cautions"].iloc[4] == "selected_at_peak"


@pytest.mark.parametrize("table", ["effects", "all_categories"])
def test_displacement_is_found_at_moshikou_and_only_there(
    sample: dict[str, Any], table: str
) -> None:
    effects = sample[table]
    displaced = effects["displacement"] == "displaced"
    assert effects.loc[displaced, "campaign"].tolist() == ["模式口流动市场专项整治"]
    # A quarter of the vendors moved on.
    assert effects.loc[displaced, "displaced_share"].item() == pytest.approx(0.25, abs=0.1)


def test_the_longest_times_hold_the_planted_effect_too(sample: dict[str, Any]) -> None:
    places = sample["truth"]["places"]
    areas = [disc(one["longitude"], one["latitude"], one["radius_m"]) for one in places]
    for row, place in enumerate(places):
        effect = gg.evaluate_campaign(
            sample["located"],
            sample["grid"],
            treated=areas[row],
            before=(place["before"]["start"], place["before"]["end"]),
            after=(place["after"]["start"], place["after"]["end"]),
            exclude=[area for other, area in enumerate(areas) if other != row],
        ).iloc[0]
        assert effect["rate_ratio_low"] < 1 + place["effect"] < effect["rate_ratio_high"]
        assert (effect["displacement"] == "displaced") == (place["key"] == "moshikou_market")


def test_whole_cells_show_the_effect_diluted_by_what_else_lies_in_them(
    sample: dict[str, Any],
) -> None:
    # The truth on these cells: the effect on the planted incidents, none on the others.
    for row, place in enumerate(sample["truth"]["places"]):
        given = sample["campaigns"].iloc[row]
        options = {
            "before": (place["before"]["start"], place["before"]["end"]),
            "after": (place["after"]["start"], place["after"]["end"]),
            "exclude": [shape for k, shape in enumerate(sample["campaigns"].geometry) if k != row],
        }
        by_disc = gg.campaign_cells(
            sample["located"], sample["grid"], treated=given.geometry, **options
        )
        cells = by_disc.loc[by_disc["role"] == "treated", "cell"]
        effect = gg.evaluate_campaign(
            sample["located"], sample["grid"], treated=cells, **options
        ).iloc[0]
        share = place["before"]["readable"] / effect["treated_before"]
        planted = 1 + place["effect"] * share
        assert 0.2 < share < 1
        assert effect["rate_ratio_low"] < planted < effect["rate_ratio_high"], place["key"]


def test_several_ways_to_say_what_was_treated_agree(sample: dict[str, Any]) -> None:
    one = sample["campaigns"].iloc[[0]]
    place = sample["truth"]["places"][0]
    by_center = pd.DataFrame(one.drop(columns="geometry")).assign(
        longitude=place["longitude"], latitude=place["latitude"]
    )
    located, grid = sample["located"], sample["grid"]
    by_outline = gg.evaluate_campaigns(located, grid, one)
    again = gg.evaluate_campaigns(located, grid, by_center)
    assert again["treated_before"].item() == by_outline["treated_before"].item()
    street = pd.DataFrame(one.drop(columns=["geometry", "radius_m"]))
    by_street = gg.evaluate_campaigns(located, grid, street, jurisdictions=sample["streets"])
    moments, start, end = located["reported_at"], one["before_start"], one["before_end"]
    held = (moments >= start.item()) & (moments < end.item())
    held &= located["category"] == "占道经营"
    inside = (
        held & (located["street_id"] == one["street_id"].item()) & (located["match"] != "outside")
    )
    assert by_street["treated_before"].item() == inside.sum()
    texts = street.assign(cells="8931aa50e27ffff")
    with pytest.raises(
        InputError, match="Campaign '八角东街家具街专项整治': treated cells must lie"
    ):
        gg.evaluate_campaigns(located, grid, texts)
    with pytest.raises(OptionError, match="Give jurisdictions=streets"):
        gg.evaluate_campaigns(located, grid, street)
    with pytest.raises(ColumnsError, match="must say what it treated"):
        gg.evaluate_campaigns(located, grid, street.drop(columns="street_id"))


def test_names_are_needed_once_each(sample: dict[str, Any]) -> None:
    twice = pd.concat([sample["campaigns"].iloc[[0]]] * 2, ignore_index=True)
    with pytest.raises(ColumnsError, match="more than once"):
        gg.evaluate_campaigns(sample["located"], sample["grid"], twice)
    nameless = sample["campaigns"].assign(campaign=None)
    with pytest.raises(ColumnsError, match="10 without one"):
        gg.evaluate_campaigns(sample["located"], sample["grid"], nameless)


def test_overlapping_campaigns_put_each_other_in_doubt(sample: dict[str, Any]) -> None:
    twice = pd.concat([sample["campaigns"].iloc[[0]]] * 2, ignore_index=True)
    twice["campaign"] = ["one", "other"]
    effects = gg.evaluate_campaigns(sample["located"], sample["grid"], twice)
    assert effects["cautions"].str.contains("overlapping_campaign").all()
    assert (effects["verdict"] == "fell_with_doubt").all()


def test_q_values_are_for_all_campaigns_of_the_table(sample: dict[str, Any]) -> None:
    effects = sample["effects"]
    assert (effects["q_value"] >= effects["p_value"]).all()
    assert effects["q_value"].notna().all()
