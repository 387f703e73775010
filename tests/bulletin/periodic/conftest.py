"""The sample records, read once for all tests of bulletins."""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import gridgov as gg
from gridgov.bulletin.sample import find_sample


@pytest.fixture(scope="session")
def sample_records() -> SimpleNamespace:
    folder = find_sample()
    with warnings.catch_warnings():
        # What reading notices is the subject of its own tests.
        warnings.simplefilter("ignore")
        streets = gg.read_jurisdictions(folder / "streets.geojson", datum="gcj02")
        incidents, set_aside = gg.read_incidents(
            folder / "incidents.csv", datum="gcj02", timezone="Asia/Shanghai"
        )
        located = gg.locate(incidents, streets, resolution=9)
        cases = gg.read_cases(
            folder / "cases.csv",
            timezone="Asia/Shanghai",
            jurisdictions=streets,
            incidents=located,
        ).cases
    return SimpleNamespace(
        folder=folder,
        streets=streets,
        located=located,
        set_aside=set_aside,
        grid=gg.make_grid(streets, resolution=9),
        cases=cases,
        raw=pd.read_csv(folder / "incidents.csv", dtype=str),
        raw_cases=pd.read_csv(folder / "cases.csv", dtype=str),
    )


@pytest.fixture(scope="session")
def given(sample_records: Any) -> dict[str, Any]:
    """What every bulletin of the sample is given."""
    return {
        "grid": sample_records.grid,
        "jurisdictions": sample_records.streets,
        "cases": sample_records.cases,
        "set_aside": sample_records.set_aside,
        "source": "示例",
    }
