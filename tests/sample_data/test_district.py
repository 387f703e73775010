"""Nine streets that tile a district, and planted places that lie inside one street."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import shapely

import gridgov as gg
from gridgov.geo.projection import areas_m2, to_plane

Import = Callable[[str], ModuleType]

# From the issue: the nine streets of the district.
STREETS = {"八宝山", "老山", "八角", "古城", "苹果园", "金顶街", "广宁", "五里坨", "鲁谷"}


def test_the_nine_streets_tile_the_district(sample_line: Any) -> None:
    streets = sample_line.streets
    assert {name.removesuffix("街道") for name in streets["street"]} == STREETS
    planar, _ = to_plane(streets.geometry.to_numpy())
    # On a grid of millimeters, because corners that were turned to WGS-84 and laid flat
    # agree to nanometers only. No overlap: the parts add up to the whole. No gap: the
    # whole is one piece and has no hole.
    union = shapely.union_all(planar, grid_size=0.001)
    assert abs(shapely.area(planar).sum() - union.area) < 1
    assert union.geom_type == "Polygon"
    assert len(union.interiors) == 0
    assert 80e6 < union.area < 90e6


def test_the_responsibility_check_finds_neither_gap_nor_overlap(sample_line: Any) -> None:
    assert len(gg.check_responsibility(sample_line.streets)) == 0


def test_the_file_says_that_it_is_synthetic(sample_folder: Path) -> None:
    content = json.loads((sample_folder / "streets.geojson").read_text(encoding="utf-8"))
    assert content["synthetic"] is True
    assert "合成" in content["note"]
    assert "Synthetic" in content["note"]
    assert all("合成" in feature["properties"]["区"] for feature in content["features"])


def test_rings_run_counterclockwise_as_geojson_asks(sample_folder: Path) -> None:
    content = json.loads((sample_folder / "streets.geojson").read_text(encoding="utf-8"))
    for feature in content["features"]:
        outline = shapely.LinearRing(feature["geometry"]["coordinates"][0])
        assert outline.is_ccw, feature["properties"]["街道"]


def test_points_find_the_street_that_shapely_finds(generator: Import) -> None:
    district = generator("district")
    polygons = [shapely.Polygon(district.ring(street)) for street in district.STREETS]
    random = np.random.default_rng(5)
    west, south, east, north = district.BOUNDS
    x, y = random.uniform(west, east, 5_000), random.uniform(south, north, 5_000)
    inside = np.array([shapely.contains_xy(polygon, x, y) for polygon in polygons])
    expected = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    assert (district.street_of(x, y) == expected).all()


def test_every_planted_disc_lies_inside_its_street(
    sample_line: Any, sample_truth: dict[str, Any]
) -> None:
    streets = sample_line.streets
    for place in sample_truth["places"]:
        outline = streets.geometry[streets["street"] == place["street"]].iloc[0]
        center = (place["longitude"], place["latitude"])
        planar, _ = to_plane([outline], center=center)
        disc = shapely.Point(0, 0).buffer(place["radius_m"])
        assert shapely.contains(planar[0], disc), place["name"]


def test_areas_of_the_streets_are_plausible(sample_line: Any) -> None:
    # 五里坨 and 苹果园 with their hills are the largest, 八宝山 is the smallest.
    areas = dict(
        zip(
            sample_line.streets["street"],
            areas_m2(sample_line.streets.geometry.to_numpy()) / 1e6,
            strict=True,
        )
    )
    assert max(areas, key=areas.__getitem__) in {"五里坨街道", "苹果园街道"}
    assert min(areas, key=areas.__getitem__) == "八宝山街道"
