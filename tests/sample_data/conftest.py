"""The sample, the generator's files and the whole line on them, each made once."""

from __future__ import annotations

import csv
import importlib
import json
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import gridgov as gg
from gridgov.errors import DataWarning

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data"


class SampleLine(NamedTuple):
    """The tables of the sample; `grids` and `located` by resolution."""

    streets: Any
    incidents: Any
    set_aside: Any
    grids: dict[int, Any]
    located: dict[int, Any]


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    return SAMPLE


@pytest.fixture(scope="session")
def sample_truth() -> dict[str, Any]:
    return json.loads((SAMPLE / "planted_truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def sample_rows() -> Callable[[str], list[dict[str, str]]]:
    def read(name: str) -> list[dict[str, str]]:
        with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def generator() -> Iterator[Callable[[str], ModuleType]]:
    """Return a function that imports a module of the generator, which is not installed."""
    sys.path.insert(0, str(ROOT))
    yield lambda name: importlib.import_module(f"sample_data.generator.{name}")
    sys.path.remove(str(ROOT))


@pytest.fixture(scope="session")
def sample_line() -> SampleLine:
    with warnings.catch_warnings():
        # The dirt is there to be noticed; the tests count what was noticed.
        warnings.simplefilter("ignore", DataWarning)
        streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
        incidents, set_aside = gg.read_incidents(
            SAMPLE / "incidents.csv", preset="gridgov", jurisdictions=streets
        )
    grids = {number: gg.make_grid(streets, resolution=number) for number in (9, 10)}
    located = {number: gg.locate(incidents, streets, resolution=number) for number in grids}
    return SampleLine(streets, incidents, set_aside, grids, located)
