"""Streets are found by what records call them, where that leaves no doubt."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gridgov.errors import DataWarning
from gridgov.sources.cases import read_cases
from gridgov.sources.inventory import read_inventory
from gridgov.sources.notices import notices
from gridgov.sources.street_lookup import street_ids


def areas(*pairs: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["street_id", "street"], dtype="str")


def found(called: str, *pairs: tuple[str, str | None]) -> object:
    return street_ids(pd.Series([called]), areas(*pairs)).fillna("none").item()


@pytest.mark.parametrize(
    ("called", "street_id"),
    [
        ("61", "61"),
        ("61.0", "61"),
        ("61.00", "61"),
        ("61.5", "none"),
        ("6.0", "none"),
        ("Oakland", "36"),
        ("oakland", "36"),
        ("OAKLAND", "36"),
    ],
)
def test_numbers_with_an_empty_decimal_and_other_letters_are_found(
    called: str, street_id: str
) -> None:
    assert found(called, ("61", "New City"), ("36", "OAKLAND")) == street_id


def test_what_two_streets_could_be_called_is_neither() -> None:
    assert found("OAKLAND", ("1", "Oakland"), ("2", "oakland")) == "none"
    assert found("1.00", ("1", None), ("1.0", None)) == "none"


def test_an_id_written_as_it_is_wins() -> None:
    assert found("1.0", ("1", None), ("1.0", None)) == "1.0"


def test_cases_say_how_many_streets_were_written_otherwise() -> None:
    table = pd.DataFrame({"filed_at": ["2014-01-02"] * 3, "street_id": ["61.0", "61.0", "36"]})
    with pytest.warns(DataWarning, match=r"written otherwise .*: 2: '61.0' \(2\)"):
        cases = read_cases(
            table, timezone="America/Chicago", jurisdictions=areas(("61", "New City"), ("36", None))
        ).cases
    assert cases["street_id"].tolist() == ["61", "61", "36"]
    assert "streets_by_part" in notices(cases)["notice"].tolist()


def test_an_inventory_finds_streets_as_cases_do() -> None:
    streets = areas(("61", "New City"), ("36", "OAKLAND"))
    items = pd.DataFrame({"found_at": ["2014-01-02"] * 3, "street_id": ["61.0", "Oakland", "9"]})
    with pytest.warns(DataWarning, match="no column of ids"):
        read = read_inventory(items, timezone="America/Chicago", jurisdictions=streets_of(streets))
    assert read.inventory["street_id"].tolist() == ["61", "36", "9"]


def streets_of(names: pd.DataFrame) -> gpd.GeoDataFrame:
    squares = [shapely.box(step, 41, step + 1, 42) for step in (-88, -87)]
    return gpd.GeoDataFrame(names, geometry=squares, crs=4326)
