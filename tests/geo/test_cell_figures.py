"""Centers, outlines and areas of many cells against the H3 library's, cell by cell."""

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely

from gridgov.geo import cell_figures, h3_plain, hexgrid
from gridgov.geo.face_places import face_places

# Degrees and shares, as the module's docstring promises.
COORDINATES = 1e-11
AREAS = 1e-9


def cells_around(latitude, longitude, resolution, count=700):
    """Cells of a city, which at Suzhou lie on both sides of a face's edge."""
    rng = np.random.default_rng(resolution)
    lon = longitude + rng.uniform(-0.3, 0.3, 4 * count)
    lat = latitude + rng.uniform(-0.3, 0.3, 4 * count)
    lon = (lon + 180) % 360 - 180
    return np.unique(h3_plain.points_to_cells(lon, lat, resolution))[:count]


def cells_everywhere(resolution, count=1_200):
    """Cells over the globe, all pentagons among them."""
    rng = np.random.default_rng(resolution)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, count))), rng.uniform(-180, 180, count)
    pentagons = np.array(h3.get_pentagons(resolution), dtype=np.uint64)
    cells = np.concatenate([h3_plain.points_to_cells(lon, lat, resolution), pentagons])
    return rng.permutation(np.unique(cells))


def farthest(quick, plain):
    """Greatest difference of coordinates, degrees on the ground."""
    away = np.abs(quick - plain)
    away[:, 0] = np.minimum(away[:, 0], 360 - away[:, 0]) * np.cos(np.radians(plain[:, 1]))
    return away.max()


def triangles_m2(cells):
    """Areas from the library's corners alone, as sums of solid angles of triangles."""
    areas = []
    for cell in cells.tolist():
        lat, lon = np.radians(h3.cell_to_boundary(cell)).T
        ball = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        center = ball.mean(axis=1, keepdims=True)
        center /= np.linalg.norm(center)
        b, c = ball, np.roll(ball, -1, axis=1)
        triple = (center * np.cross(b - center, c - center, axis=0)).sum(axis=0)
        below = 1 + (center * b).sum(axis=0) + (b * c).sum(axis=0) + (center * c).sum(axis=0)
        areas.append(2 * np.arctan2(triple, below).sum() * 6371007.180918475**2)
    return np.array(areas)


TABLES = {
    "Beijing": cells_around(39.9, 116.4, 9),
    "Suzhou, on two faces": cells_around(31.3, 120.6, 9),
    "Fiji, on the antimeridian": cells_around(-16.8, 180.0, 9),
    **{f"globe, resolution {level}": cells_everywhere(level) for level in (2, 4, 5, 8, 9, 10, 15)},
}


@pytest.mark.parametrize("table", TABLES)
def test_centers_are_the_librarys(table):
    cells = TABLES[table]
    assert len(cells) >= cell_figures.SMALL
    quick, plain = hexgrid.cell_centers(cells), h3_plain.cell_centers(cells)
    assert farthest(np.column_stack(quick), np.column_stack(plain)) < COORDINATES


@pytest.mark.parametrize("table", TABLES)
def test_outlines_have_the_librarys_corners_in_the_librarys_order(table):
    quick, plain = hexgrid.cell_outlines(TABLES[table]), h3_plain.cell_outlines(TABLES[table])
    assert (shapely.get_num_coordinates(quick) == shapely.get_num_coordinates(plain)).all()
    assert farthest(shapely.get_coordinates(quick), shapely.get_coordinates(plain)) < COORDINATES
    west, _, east, _ = shapely.bounds(quick).T
    assert shapely.is_ccw(shapely.get_exterior_ring(quick[east - west < 180])).all()


@pytest.mark.parametrize("table", [t for t in TABLES if "15" not in t and "Fiji" not in t])
def test_areas_are_the_librarys(table):
    quick, plain = hexgrid.cell_areas_m2(TABLES[table]), h3_plain.cell_areas_m2(TABLES[table])
    assert np.abs(quick / plain - 1).max() < AREAS


def test_areas_on_the_antimeridian_are_those_of_triangles_about_the_center():
    # Across 180° the library's own areas are off by up to 3e-7, as it subtracts longitudes.
    cells = TABLES["Fiji, on the antimeridian"]
    assert np.abs(hexgrid.cell_areas_m2(cells) / triangles_m2(cells) - 1).max() < AREAS
    plain = h3_plain.cell_areas_m2(cells)
    assert np.abs(hexgrid.cell_areas_m2(cells) / plain - 1).max() < 1e-6


def test_areas_of_the_finest_cells_are_the_librarys_up_to_its_rounding():
    cells = TABLES["globe, resolution 15"]
    ratio = hexgrid.cell_areas_m2(cells) / h3_plain.cell_areas_m2(cells)
    assert np.abs(ratio - 1).max() < 1e-6
    # Its rounding has no lean.
    assert abs(ratio.mean() - 1) < 1e-8


def test_neighbors_meet_in_the_same_corners_across_ways_and_faces():
    outlines = hexgrid.cell_outlines(TABLES["Suzhou, on two faces"])
    together = shapely.union_all(shapely.set_precision(outlines, 1e-9))
    assert shapely.area(together) == pytest.approx(shapely.area(outlines).sum(), rel=1e-6)


def test_few_cells_and_tables_with_no_cell_are_the_librarys_own(monkeypatch):
    cells = TABLES["Beijing"]
    asked = []
    for name in ("cell_centers", "cell_outlines", "cell_areas_m2"):
        plain = getattr(h3_plain, name)

        def counting(table, plain=plain):
            asked.append(len(table))
            return plain(table)

        monkeypatch.setattr(h3_plain, name, counting)
    few = cells[: cell_figures.SMALL - 1]
    hexgrid.cell_centers(few), hexgrid.cell_outlines(few), hexgrid.cell_areas_m2(few)
    assert asked == [len(few)] * 3
    asked.clear()
    hexgrid.cell_centers(cells), hexgrid.cell_outlines(cells), hexgrid.cell_areas_m2(cells)
    assert sum(asked) == 0
    wrong = np.append(cells, np.uint64(7))
    with pytest.raises(h3.H3CellInvalidError if hasattr(h3, "H3CellInvalidError") else Exception):
        hexgrid.cell_centers(wrong)


def test_cells_of_several_resolutions_are_the_librarys_own():
    mixed = np.concatenate([cells_around(39.9, 116.4, 8, 200), cells_around(39.9, 116.4, 9, 200)])
    quick, plain = hexgrid.cell_centers(mixed), h3_plain.cell_centers(mixed)
    assert (quick[0] == plain[0]).all()
    assert (quick[1] == plain[1]).all()


@pytest.mark.parametrize("resolution", [0, 1, 5, 9, 15])
def test_nearly_every_cell_has_a_place_on_a_face(resolution):
    cells = cells_everywhere(resolution, 3_000)
    hexagons = ~np.isin(cells, np.array(h3.get_pentagons(resolution), dtype=np.uint64))
    face, i, j, margin = face_places(cells, resolution)
    assert (face[hexagons] >= 0).mean() > (0.6 if resolution < 2 else 0.99)
    assert (margin[face >= 0] > 0).all()
    # One place, one cell.
    there = np.column_stack([face, i, j])[face >= 0]
    assert len(np.unique(there, axis=0)) == len(there)
