"""A small folder of records with everything that real ones hold, made by hand."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gridgov.bulletin.brief import BriefResult, write_brief
from gridgov.errors import DataWarning

# Two streets side by side, 2 × 1.7 km each, whose names try to be markup, template and formula.
STREETS = {
    "01": ("=HYPERLINK(1)<script>alert(1)</script>", 116.16, 116.185),
    "02": ("{{7*7}} $x$ 鲁谷", 116.185, 116.21),
}
SOUTH, NORTH = 39.90, 39.915
SECRET = "13800001234-zhang"

SETTINGS = """
[brief]
title = "<b>试验</b> {{title}}"
lang = "{lang}"
resolution = 9
source = "synthetic & made up"
[incidents]
file = "incidents.csv"
timezone = "Asia/Shanghai"
[incidents.columns]
incident_id = "number"
category = "kind"
reported_at = "reported"
longitude = "x"
latitude = "y"
[jurisdictions]
file = "streets.geojson"
"""


def write_small_folder(folder: Path, *, lang: str = "zh") -> Path:
    """Write 200 rows: 193 accepted, 7 set aside; 60 in 2024-02, the rest in 2024-03."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    lines = ["number,kind,reported,x,y,phone,=note"]
    for row in range(200):
        # A third of them about one corner, so that there is a hotspot.
        crowd = row % 3 == 0
        x = rng.normal(116.20, 0.0012) if crowd else rng.uniform(116.161, 116.209)
        y = rng.normal(39.910, 0.0008) if crowd else rng.uniform(39.901, 39.914)
        # The last day of February ends at midnight in Shanghai, 16:00 UTC.
        time = (
            f"2024-02-{row % 29 + 1:02d} 23:59:59"
            if row < 60
            else f"2024-03-{row % 31 + 1:02d} 00:00:00"
        )
        number, kind, place = f"A{row}", ("=1+1", "垃圾")[row % 2], f"{x:.6f},{y:.6f}"
        if row in (100, 101):
            number = "A7"  # two duplicates
        elif row in (102, 103, 104):
            time = "not a time"
        elif row == 105:
            place = "0,0"
        elif row == 106:
            place = f"x,{y:.6f}"
        elif row in (107, 108, 109, 110):
            place = ","  # accepted without a point
        elif row in (111, 112):
            place = "116.50,39.90"  # outside every street
        lines.append(f"{number},{kind},{time},{place},{SECRET},=cmd|{row}")
    (folder / "incidents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    features = [
        {
            "type": "Feature",
            "properties": {"street_id": street_id, "street": name, "district": "区"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]
                ],
            },
        }
        for street_id, (name, west, east) in STREETS.items()
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (folder / "streets.geojson").write_text(text, encoding="utf-8")
    (folder / "gridgov.toml").write_text(SETTINGS.replace("{lang}", lang), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_folder(tmp_path_factory.mktemp("records") / "folder")


@pytest.fixture(scope="session")
def secret() -> str:
    """What stands in an own column of every row and may reach no file."""
    return SECRET


@pytest.fixture(scope="session")
def quiet_brief() -> Any:
    """Write a brief without the warnings, which the readers' tests hold."""

    def write(folder: Path, **options: Any) -> BriefResult:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            return write_brief(folder, **options)

    return write


@pytest.fixture(scope="session")
def pack(small_folder: Path, quiet_brief: Any, tmp_path_factory: Any) -> BriefResult:
    """All times, in Chinese, as the settings say."""
    result: BriefResult = quiet_brief(small_folder, out=tmp_path_factory.mktemp("zh") / "out")
    return result


@pytest.fixture(scope="session")
def march(small_folder: Path, quiet_brief: Any, tmp_path_factory: Any) -> BriefResult:
    """March, in English, at another resolution."""
    result: BriefResult = quiet_brief(
        small_folder,
        out=tmp_path_factory.mktemp("en") / "out",
        month="2024-03",
        lang="en",
        resolution=8,
    )
    return result
