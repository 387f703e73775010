"""The synthetic district: nothing was silenced there, so nothing may be found; then silence it."""

import tomllib
import warnings
from pathlib import Path

import pandas as pd
import pytest

from gridgov.coverage.joint_enforcement.department_pairs import measure_department_pairs
from gridgov.coverage.joint_enforcement.joint_enforcement import find_joint_enforcement
from gridgov.coverage.reporting.blind_spots import find_blind_spots
from gridgov.coverage.reporting.silent_channels import find_silent_channels
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def district():
    settings = tomllib.loads((FOLDER / "gridgov.toml").read_text(encoding="utf-8"))
    datum = settings["incidents"]["datum"]
    streets = read_jurisdictions(FOLDER / "streets.geojson", datum=datum)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        incidents, _ = read_incidents(
            FOLDER / "incidents.csv",
            preset="gridgov",
            datum=datum,
            timezone=ZONE,
            duplicates="set_aside",
        )
    return locate(incidents, streets, resolution=9), make_grid(streets, resolution=9)


def test_no_cell_is_blind_where_none_was_silenced(district):
    located, grid = district
    groups = {"citizens": ["热线", "APP", "微信", "短信"], "cameras": ["视频"]}
    for options in ({}, {"groups": groups}):
        found = find_blind_spots(located, grid, **options)
        assert not found["blind_spot"].isin(["blind 99", "blind 95", "blind 90"]).any()
        assert found.attrs["blind_spots"][0]["tests"] > 700


def test_what_looks_most_like_silence_after_a_campaign_is_where_the_campaigns_were(district):
    located, grid = district
    found = find_blind_spots(
        located, grid, start="2017-01-01", history=("2015-01-01", "2017-01-01")
    )
    least = found.nsmallest(5, "p_value")
    # The planted places lie in these four streets; the table cannot tell clean from silent.
    assert set(least["street_id"]) <= {"110107003", "110107004", "110107006", "110107009"}
    assert (least["history_incidents"] > 60).all()


def test_a_cell_and_a_hotline_that_are_silenced_are_found(district):
    located, grid = district
    day = located["reported_at"]
    late = day >= pd.Timestamp("2017-01-01", tz=ZONE)
    options = {"start": "2017-01-01", "history": ("2015-01-01", "2017-01-01")}
    before = find_blind_spots(located, grid, **options)
    busy = before.loc[before["expected_incidents"].between(28, 45), "cell"].tolist()[:3]
    kept = located[~(late & located["cell"].isin(busy))]
    found = find_blind_spots(kept, grid, **options)
    assert found.loc[found["q_value"] < 0.05, "cell"].tolist() == busy

    spring = (day >= pd.Timestamp("2017-03-01", tz=ZONE)) & (
        day < pd.Timestamp("2017-06-01", tz=ZONE)
    )
    quiet = (located["street_id"] == "110107003") & (located["channel"] == "热线") & spring
    silent = find_silent_channels(located[~quiet], end="2018-01-01")
    silent = silent[silent["silence"] == "fell silent"]
    assert set(silent["street_id"]) == {"110107003"}
    assert set(silent["channel"]) == {"热线"}
    assert silent["period"].dt.month.tolist() == [3, 4, 5]
    unharmed = find_silent_channels(located, end="2018-01-01")
    assert not unharmed["silence"].isin(["fell silent", "fell quiet"]).any()


def test_departments_drawn_by_category_meet_by_category_and_no_more(district):
    located, grid = district
    joint = find_joint_enforcement(located, grid, permutations=999, refine=20_000)
    assert not joint["joint"].any()
    # Departments that share the category of a planted place do meet there; dealt out within
    # the category, as the sample was made, no pair does.
    over_all = measure_department_pairs(located, grid, permutations=199)
    assert (over_all["q_value"] < 0.05).any()
    within = measure_department_pairs(located, grid, within="category", permutations=99)
    assert (within["q_value"] > 0.05).all()
