"""A small folder with a slit, an overlap, tracks, posts and teams, and the packs made of it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gridgov.bulletin.coverage_pack as pack_module
from gridgov.bulletin.coverage_pack import CoverageResult, write_coverage
from gridgov.errors import DataWarning

# Beside each other from west to east: a slit of 0.0001 degrees, 8.5 m, between the first two,
# and 0.0005 degrees, 43 m, of land that the last two both claim.
STREETS = {
    "01": ("=HYPERLINK(1)<script>alert(1)</script>", 116.1600, 116.1849),
    "02": ("{{7*7}} $x$ 鲁谷", 116.1850, 116.2100),
    '../03"': ("很长的街道名称" * 12, 116.2095, 116.2200),
}
SOUTH, NORTH = 39.90, 39.915
SECRET = "13800001234-zhang"
WALKER = "walker-7788"
SETTINGS = """
[brief]
title = "<b>试验</b> {{title}}"
lang = "zh"
resolution = 9
source = "synthetic & made up"
[incidents]
file = "incidents.csv"
timezone = "Asia/Shanghai"
[jurisdictions]
file = "streets.geojson"
"""

PARTS = """
[tracks]
file = "tracks.csv"
timezone = "Asia/Shanghai"
[facilities]
file = "posts.csv"
posts = ["post"]
[teams]
file = "teams.csv"
reach_m = 900
[lines]
file = "roads.geojson"
[layers."<i>plots</i>"]
file = "plots.geojson"
[population]
column = "people"
"""


def quiet(folder: Path, **options: Any) -> CoverageResult:
    with warnings.catch_warnings():
        # What the readers notice is held by their tests.
        warnings.simplefilter("ignore", DataWarning)
        return write_coverage(folder, **options)


def features(shapes: list[tuple[dict[str, Any], str, Any]]) -> str:
    made = [
        {"type": "Feature", "properties": of, "geometry": {"type": kind, "coordinates": at}}
        for of, kind, at in shapes
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def ring(west: float, east: float) -> list[list[list[float]]]:
    return [[[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]]


def write_records(folder: Path, *, parts: bool) -> Path:
    """Write 300 incidents of January to March 2024, and the other parts when asked for."""
    folder.mkdir()
    rng = np.random.default_rng(11)
    lines = ["incident_id,category,reported_at,longitude,latitude,channel,department,phone"]
    for row in range(300):
        x, y = rng.uniform(116.161, 116.219), rng.uniform(39.901, 39.914)
        # East of 116.2 only the hotline tells; the app stops in March.
        channel = "hotline" if x > 116.2 or row >= 200 else ("app", "hotline")[row % 2]
        place = f"{x:.6f},{y:.6f},{channel},{('城管', '公安', '<u>')[row % 3]}"
        when = f"2024-{1 + row // 100:02d}-{1 + row % 28:02d} 12:00:00"
        lines.append(f"A{row},垃圾,{when},{place},{SECRET}")
    (folder / "incidents.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    streets = [
        (
            {"street_id": street_id, "street": name, "district": "区", "people": 1000},
            "Polygon",
            ring(west, east),
        )
        for street_id, (name, west, east) in STREETS.items()
    ]
    (folder / "streets.geojson").write_text(features(streets), encoding="utf-8")
    (folder / "gridgov.toml").write_text(SETTINGS + (PARTS if parts else ""), encoding="utf-8")
    if parts:
        write_parts(folder)
    return folder


def write_parts(folder: Path) -> None:
    # Twelve minutes at one place in March, two fixes of another device a minute apart.
    fixes = [f"{WALKER},2024-03-05 09:{minute:02d}:00,116.1700,39.9075" for minute in range(13)] + [
        f"{WALKER},2024-03-07 10:0{minute}:00,116.2000,39.9075" for minute in range(3)
    ]
    fixes.append(f"{WALKER},never,116.2,39.9")
    head = "track_id,fix_at,longitude,latitude"
    (folder / "tracks.csv").write_text("\n".join([head, *fixes]) + "\n", encoding="utf-8")
    head = "facility_id,kind,facility,reach_m,capacity,longitude,latitude"
    posts = [
        "P1,post,<b>West</b>,600,2,116.165,39.9075",
        "P2,post,East,600,3,116.2,39.9075",
        "C1,camera,Eye,100,1,116.18,39.9075",
    ]
    (folder / "posts.csv").write_text("\n".join([head, *posts]) + "\n", encoding="utf-8")
    head = "facility_id,facility,capacity,longitude,latitude"
    teams = ["T1,Team one,30,116.17,39.905", "T2,Team two,20,116.215,39.905"]
    (folder / "teams.csv").write_text("\n".join([head, *teams]) + "\n", encoding="utf-8")
    road = [({"line_id": "R"}, "LineString", [[116.16, 39.9075], [116.22, 39.9075]])]
    (folder / "roads.geojson").write_text(features(road), encoding="utf-8")
    # Two plots that leave a hole of a square between them, inside the first street.
    outer = [[116.165, 39.902], [116.175, 39.902], [116.175, 39.912], [116.165, 39.912]]
    hole = [[116.169, 39.906], [116.171, 39.906], [116.171, 39.908], [116.169, 39.908]]
    plot = [({"street_id": "plot"}, "Polygon", [[*outer, outer[0]], [*hole, hole[0]]])]
    (folder / "plots.geojson").write_text(features(plot), encoding="utf-8")


@pytest.fixture(scope="session")
def full_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_records(tmp_path_factory.mktemp("full") / "in", parts=True)


@pytest.fixture(scope="session")
def full(full_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CoverageResult:
    """All times, in Chinese, with every part."""
    return quiet(full_folder, out=tmp_path_factory.mktemp("cov_zh") / "out", posts=1)


@pytest.fixture(scope="session")
def bare_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_records(tmp_path_factory.mktemp("bare") / "in", parts=False)


@pytest.fixture(scope="session")
def bare(bare_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CoverageResult:
    """March alone, in English, from a folder that has records and streets only."""
    out = tmp_path_factory.mktemp("cov_en") / "out"
    with pytest.MonkeyPatch.context() as patch:
        # Maps take much of the time, and are drawn in the other pack.
        patch.setattr(pack_module, "_draw", lambda *_, **__: {})
        return quiet(bare_folder, out=out, lang="en", month="2024-03")


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_module, "_draw", lambda *_, **__: {})


@pytest.fixture(scope="session")
def small_coverage() -> SimpleNamespace:
    """What the folder holds, and the pack without the warnings that readers' tests hold."""
    return SimpleNamespace(streets=STREETS, secret=SECRET, walker=WALKER, write=quiet)
