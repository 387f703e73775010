"""The coarse outline that decides where GCJ-02 applies."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gridgov.geo.mainland import in_mainland, mainland_outline

# Longitude and latitude of city centers, as any atlas has them.
INSIDE = {
    "Beijing": (116.40, 39.90),
    "Shenzhen": (114.06, 22.54),
    "Luohu": (114.118, 22.535),
    "Zhuhai": (113.576, 22.27),
    "Hengqin": (113.54, 22.13),
    "Xiamen": (118.09, 24.48),
    "Kashgar": (75.99, 39.47),
    "Mohe": (122.54, 52.97),
    "Sanya": (109.51, 18.25),
    "Urumqi": (87.62, 43.83),
    "Lhasa": (91.13, 29.65),
    "Dandong": (124.385, 40.125),
    "Heihe": (127.49, 50.245),
    "Manzhouli": (117.45, 49.59),
    "Suifenhe": (131.15, 44.40),
    "Hunchun": (130.366, 42.863),
    "Erenhot": (111.977, 43.653),
    "Khorgos": (80.42, 44.21),
    "Ruili": (97.85, 24.01),
    "Hekou": (103.96, 22.51),
    "Dongxing": (107.97, 21.55),
    "Zhoushan": (122.20, 30.00),
    "Pingtan": (119.78, 25.50),
    "Dalian": (121.62, 38.92),
    "Fuyuan": (134.30, 48.36),
    "Shanghai": (121.47, 31.23),
}
OUTSIDE = {
    "Hong Kong": (114.158, 22.285),
    "Hong Kong airport": (113.92, 22.31),
    "Sheung Shui": (114.128, 22.505),
    "Macau": (113.545, 22.195),
    "Taipa": (113.56, 22.155),
    "Taipei": (121.56, 25.04),
    "Kinmen": (118.32, 24.44),
    "Lesser Kinmen": (118.235, 24.43),
    "Matsu": (119.93, 26.15),
    "Penghu": (119.58, 23.57),
    "Seoul": (126.98, 37.57),
    "Hanoi": (105.85, 21.03),
    "Ulaanbaatar": (106.92, 47.92),
    "Vladivostok": (131.89, 43.12),
    "Kathmandu": (85.32, 27.71),
    "Almaty": (76.95, 43.24),
    "Sinuiju": (124.40, 40.09),
    "Blagoveshchensk": (127.53, 50.28),
    "Pyongyang": (125.75, 39.03),
    "Delhi": (77.2, 28.6),
    "Chicago": (-87.63, 41.88),
}


@pytest.mark.parametrize("city", INSIDE)
def test_cities_of_the_mainland_are_inside(city: str) -> None:
    assert in_mainland(*INSIDE[city])


@pytest.mark.parametrize("city", OUTSIDE)
def test_neighbors_and_the_cities_with_unshifted_maps_are_outside(city: str) -> None:
    assert not in_mainland(*OUTSIDE[city])


def test_many_points_at_once_answer_as_one_by_one() -> None:
    lon, lat = np.array([*INSIDE.values(), *OUTSIDE.values()]).T
    together = in_mainland(lon, lat)
    assert together.tolist() == [True] * len(INSIDE) + [False] * len(OUTSIDE)
    assert together.dtype == np.bool_


def test_a_box_of_one_city_answers_as_its_points_do() -> None:
    lon, lat = np.meshgrid(np.linspace(113.8, 114.3, 60), np.linspace(22.2, 22.7, 60))
    whole = in_mainland(lon, lat)
    assert whole.shape == (60, 60)
    assert whole.any()
    assert not whole.all()
    alone = [in_mainland(x, y).item() for x, y in zip(lon[30], lat[30], strict=True)]
    assert whole[30].tolist() == alone


def test_missing_and_impossible_points_are_outside() -> None:
    assert (
        in_mainland([np.nan, 116.4, np.inf, 116.4], [39.9, np.nan, 39.9, 399.0]).tolist()
        == [False] * 4
    )
    assert in_mainland([116.4, np.nan], [39.9, 39.9]).tolist() == [True, False]
    assert in_mainland([], []).shape == (0,)


def test_the_outline_is_one_valid_coarse_polygon_and_no_rectangle() -> None:
    outline = mainland_outline()
    assert outline.is_valid
    assert outline.geom_type == "Polygon"
    assert 100 <= shapely.get_num_coordinates(outline) <= 700
    assert outline.area < 0.55 * shapely.box(*outline.bounds).area
