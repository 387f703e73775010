"""Supervision on the sample, whose incidents are drawn independently: no real duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import gridgov

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data"


@pytest.fixture(scope="module")
def located() -> Any:
    with pytest.warns(gridgov.errors.DataWarning):
        incidents, _ = gridgov.read_incidents(
            SAMPLE / "incidents.csv",
            datum="gcj02",
            timezone="Asia/Shanghai",
            duplicates="set_aside",
        )
    streets = gridgov.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
    return gridgov.locate(incidents, streets, resolution=9)


def test_what_is_linked_on_independent_incidents_agrees_by_chance(located: Any) -> None:
    # The generator draws every incident by itself, so each link is a false one. About 13 of
    # 1,000 are linked, fewer than 4 with texts (a category has a handful of stock phrases),
    # and the lags say so: as many pairs four and eight weeks apart as within three days, give
    # or take what 77 pairs vary by.
    plain = gridgov.link_duplicates(located)
    assert len(plain) / len(located) == pytest.approx(0.013, abs=0.002)
    chance = gridgov.measure_chance_links(located, lags_days=(28, 56))
    assert (chance["chance_share"].iloc[1:] > 0.85).all()
    said = gridgov.link_duplicates(located, text="问题描述")
    assert len(said) / len(located) < 0.005
    assert (said["similarity"] >= 0.5).all()
    worded = gridgov.measure_chance_links(located, text="问题描述", lags_days=(28, 56))
    assert (worded["chance_share"].iloc[1:] > 0.65).all()


def test_planted_copies_stand_out_from_chance(located: Any) -> None:
    first = located[located["geometry"].notna()].iloc[::40].copy()
    copies = first.assign(
        incident_id="copy-" + first["incident_id"],
        channel="复报",
        reported_at=first["reported_at"] + pd.Timedelta(hours=6),
        geometry=first["geometry"].translate(0.0001, 0.0001),
    )
    both = pd.concat([located, copies], ignore_index=True)
    links = gridgov.link_duplicates(both, text="问题描述")
    pairs = set(zip(links["incident_id"], links["duplicate_of"], strict=True))
    planted = set(zip(copies["incident_id"], first["incident_id"], strict=True))
    # A copy may be linked to a still earlier report that is near by chance.
    assert len(planted & pairs) > 0.98 * len(planted)
    assert set(copies["incident_id"]) <= set(links["incident_id"])
    chance = gridgov.measure_chance_links(both, text="问题描述", lags_days=(28, 56))
    assert (chance["chance_share"].iloc[1:] < 0.2).all()


def test_the_planted_hotspots_are_among_the_places_reported_again(located: Any) -> None:
    places = gridgov.find_repeat_places(located, within_days=30, min_reports=10)
    streets = gridgov.measure_repeat_places(places)
    assert 0 < len(places) < located["cell"].nunique()
    assert streets["places"].sum() == len(places)
    assert (places["after_closing"] < places["reports"]).all()
