"""Real records: facts that others counted, held against what is read."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import DataWarning
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.sources.notices import notices

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def real(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} absent")
    return path


def read_real(name, **options):
    path = real(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_incidents(path, **options)


@pytest.fixture(scope="module")
def sanitation():
    areas = real("chicago/community_areas.geojson")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        streets = read_jurisdictions(areas)
    return read_real(
        "chicago/sanitation_code_complaints.csv.gz", preset="chicago311", jurisdictions=streets
    )


# The numbers are those of the data's own description, counted without gridgov.
def test_the_rows_of_chicago_add_up(sanitation):
    incidents, set_aside = sanitation
    assert len(incidents) + len(set_aside) == 74_401
    assert set_aside["reason"].value_counts().to_dict() == {"duplicate_id": 375}
    assert incidents.geometry.isna().sum() == 24
    assert incidents["closed_at"].isna().sum() == 325
    assert incidents["incident_id"].is_unique


def test_the_times_of_chicago_are_local_midnights(sanitation):
    reported = sanitation.incidents["reported_at"]
    assert str(reported.dtype) == "datetime64[us, America/Chicago]"
    assert reported.min() == pd.Timestamp("2000-01-03", tz="America/Chicago")
    assert reported.max() == pd.Timestamp("2015-01-01", tz="America/Chicago")
    assert (reported == reported.dt.normalize()).all()


def test_the_categories_of_chicago_are_those_counted_elsewhere(sanitation):
    incidents, set_aside = sanitation
    nature = set_aside["What_is_the_Nature_of_this_Code_Violation"]
    counts = incidents["category"].value_counts().add(nature.value_counts(), fill_value=0)
    assert counts["Garbage in yard"] == 13_838
    assert counts["Garbage in alley"] == 11_600
    assert incidents["category"].notna().all()


def test_points_outside_the_community_areas_are_counted(sanitation):
    # 74,175 of all 74,377 located rows lie inside; duplicates repeat a row's place.
    told = notices(sanitation.incidents).set_index("notice")
    outside = told.loc["outside_streets", "value"]
    assert 0 < outside <= 74_377 - 74_175
    assert "datum_doubtful" not in told.index


def test_all_rows_are_kept_when_duplicates_are_numbered():
    incidents, set_aside = read_real(
        "chicago/sanitation_code_complaints.csv.gz", preset="chicago311", duplicates="number"
    )
    assert (len(incidents), len(set_aside)) == (74_401, 0)
    assert incidents["incident_id"].is_unique
    assert incidents["incident_id"].str.contains("#").sum() == 375


def test_abandoned_vehicles_have_no_ids_and_are_counted_by_row():
    incidents, set_aside = read_real("chicago/abandoned_vehicles_2016_09.csv", preset="chicago311")
    assert (len(incidents), len(set_aside)) == (2_635, 0)
    assert incidents["incident_id"].iloc[[0, -1]].tolist() == ["row-1", "row-2635"]
    assert incidents["reported_at"].dt.strftime("%Y-%m").unique().tolist() == ["2016-09"]


def test_places_of_shijingshan_are_converted_as_their_source_converts_them():
    incidents, set_aside = read_real(
        "beijing/shijingshan_subdistricts_and_communities_gcj02.csv",
        columns={"incident_id": "code", "reported_at": None},
        datum="gcj02",
    )
    assert (len(incidents), len(set_aside)) == (159, 0)
    located = incidents[incidents.geometry.notna()]
    assert len(located) == 61
    # The source carries its own WGS-84 columns; 1e-7 degrees are a centimeter.
    for axis, theirs in (("x", "wgs84_lon"), ("y", "wgs84_lat")):
        ours = np.asarray(getattr(located.geometry, axis))
        assert np.abs(ours - located[theirs].astype(float)).max() < 1e-7
    assert incidents["reported_at"].isna().all()
