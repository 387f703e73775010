"""What a cell decides for its points is what shapely and the H3 library say of each."""

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.affinity import rotate, translate

from gridgov.geo import h3_plain
from gridgov.place.area_index import AreaIndex
from gridgov.place.area_raster import build_raster
from gridgov.place.decided_cells import decide_cells
from gridgov.place.owners import OWNED_MATCHES, owners_plain

# The last lies where two faces of the icosahedron meet.
PLACES = {"Beijing": (116.2, 39.9), "Quito": (-78.5, -0.2), "Suzhou": (120.7, 31.5)}


def winding(x, y, x_end, y_end, rng, number=8):
    """Points along a line that winds, the ends as they are."""
    share = np.linspace(0, 1, number)[:, None]
    line = np.array([x, y]) * (1 - share) + np.array([x_end, y_end]) * share
    line[1:-1] += rng.normal(0, 0.002, (number - 2, 2))
    return line


def tiles(lon, lat, rng):
    """Four valid areas around a point that draw their common edges alike."""
    w, s, e, n = lon - 0.05, lat - 0.04, lon + 0.05, lat + 0.04
    mid = (lon + rng.normal(0, 0.003), lat + rng.normal(0, 0.003))
    spokes = [winding(*mid, *end, rng) for end in ((e, lat), (lon, n), (w, lat), (lon, s))]
    corners = [(e, n), (w, n), (w, s), (e, s)]
    shapes = [
        Polygon(np.concatenate([spokes[k], [corners[k]], spokes[(k + 1) % 4][::-1]]))
        for k in range(4)
    ]
    # Winding edges may cross.
    return shapes if shapely.is_valid(shapes).all() else tiles(lon, lat, rng)


def scene(kind, lon, lat, rng):
    """Areas that are hard to tell from one another or from the gaps between them."""
    shapes = tiles(lon, lat, rng)
    if kind == "sliver":
        # Moved by less than a micrometer: a gap on one side, an overlap on the other.
        shapes[0] = translate(shapes[0], *(rng.choice([-1, 1], 2) * 10 ** rng.uniform(-13, -6)))
    elif kind == "hole":
        gap = rotate(box(lon + 0.01, lat + 0.01, lon + 0.02, lat + 0.017), rng.uniform(0, 90))
        shapes[0] = shapes[0].difference(gap)
        if rng.random() < 0.5:
            shapes.append(gap)
    elif kind == "overlap":
        shapes.insert(int(rng.integers(0, 5)), box(lon - 0.02, lat - 0.02, lon + 0.03, lat + 0.01))
    elif kind == "twice":
        shapes += [shapes[1], shapely.reverse(shapes[2])]
    elif kind == "vertices":
        # The neighbor has vertices of its own along the common edge.
        shapes[1] = shapely.segmentize(shapes[1], 0.004)
    elif kind == "apart":
        shapes = [MultiPolygon([shapes[0], shapes[2]]), translate(shapes[1], 0.0007, 0.0003)]
    elif kind == "tiny":
        shapes += [box(x, y, x + 1e-6, y + 1e-6) for x, y in rng.normal((lon, lat), 0.02, (5, 2))]
    return np.array(shapes, dtype=object)


def hard_points(shapes, cells, rng):
    """Points over everything, on outlines of areas and of cells, with tiny jitter."""
    w, s, e, n = shapely.total_bounds(shapes)
    spread = rng.uniform((w - 0.01, s - 0.01), (e + 0.01, n + 0.01), (1500, 2))
    vertices = shapely.get_coordinates(shapes)
    lines = shapely.boundary(shapes)
    along = shapely.get_coordinates(
        shapely.line_interpolate_point(
            lines[rng.integers(0, len(lines), 1500)], rng.uniform(0, 1, 1500), normalized=True
        )
    )
    some = rng.choice(cells, 120)
    corners = np.concatenate([np.array(h3.cell_to_boundary(int(cell)))[:, ::-1] for cell in some])
    near = np.concatenate([vertices, along, corners])
    jitter = 10 ** rng.uniform(-15, -5, (len(near), 1)) * rng.normal(size=near.shape)
    odd = np.array([[np.nan, lat] for lat in (0.0, np.nan, np.inf)] + [[0, 0], [200, 95], [w, s]])
    points = np.concatenate([spread, near, near + jitter, odd])
    return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def index_of(shapes):
    ids = np.array([str(number) for number in range(len(shapes))], dtype=object)
    return AreaIndex(ids, shapes, 1_000_000, build_raster(shapes, 1 << 14))


def grid_over(shapes, resolution, rng):
    """Cells over the areas and some around them, a few missing."""
    w, s, e, n = shapely.total_bounds(shapes)
    x, y = rng.uniform((w - 0.01, s - 0.01), (e + 0.01, n + 0.01), (6000, 2)).T
    cells = np.unique(h3_plain.points_to_cells(x, y, resolution))
    return cells[rng.random(len(cells)) > 0.03]


def differences(kind, place, resolution, seed, *, owners):
    """How many hard points a cell answers wrongly, and the share that it answers."""
    rng = np.random.default_rng(seed)
    shapes = scene(kind, *PLACES[place], rng)
    cells = grid_over(shapes, resolution, rng)
    decided = decide_cells(index_of(shapes), cells, owners=owners)
    if decided is None:
        # Such areas are left to the points.
        assert not shapely.is_valid(shapes).all()
        return 0, 0.0
    lon, lat = hard_points(shapes, cells, rng)
    found = decided.find(lon, lat)
    known = np.flatnonzero(found != -1)
    here = np.where(found >= 0, found, -2 - found)[known]
    wrong = int((cells[here] != h3_plain.points_to_cells(lon[known], lat[known], resolution)).sum())
    rows = np.flatnonzero(found >= 0)
    right = owners_plain(shapes, lon[rows], lat[rows])
    wrong += int((right.match >= len(OWNED_MATCHES)).sum())
    if owners:
        wrong += int((decided.owner[found[rows]] != right.owner).sum())
        wrong += int((decided.match[found[rows]] != right.match).sum())
    return wrong, len(rows) / len(lon)


KINDS = ("tiles", "sliver", "hole", "overlap", "twice", "vertices", "apart", "tiny")


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("owners", [False, True], ids=["owned", "owner"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_hard_point_is_answered_wrongly(kind, owners):
    for number, place in enumerate(PLACES):
        for resolution in (8, 10):
            seed = 10 * number + resolution
            wrong, share = differences(kind, place, resolution, seed, owners=owners)
            assert wrong == 0
            assert share > 0.02


@given(
    st.sampled_from(KINDS),
    st.sampled_from(sorted(PLACES)),
    st.sampled_from([7, 9, 11]),
    st.integers(0, 10**6),
    st.booleans(),
)
@settings(max_examples=12, deadline=None)
def test_nothing_that_is_drawn_leads_to_a_wrong_answer(kind, place, resolution, seed, owners):
    assert differences(kind, place, resolution, seed, owners=owners)[0] == 0


def test_common_edges_decide_when_only_owned_or_not_is_asked():
    shapes = scene("tiles", *PLACES["Beijing"], np.random.default_rng(1))
    cells = grid_over(shapes, 9, np.random.default_rng(2))
    counts = [
        (decide_cells(index_of(shapes), cells, owners=owners).parts[0][2] >= 0).sum()
        for owners in (False, True)
    ]
    middle = np.array([h3.latlng_to_cell(*shapes[0].exterior.coords[2][::-1], 9)], dtype=np.uint64)
    assert counts[0] > counts[1]
    assert (decide_cells(index_of(shapes), middle, owners=False).parts[0][2] >= 0).any()
    assert not (decide_cells(index_of(shapes), middle, owners=True).parts[0][2] >= 0).any()


def test_a_country_and_invalid_outlines_are_left_to_the_points():
    country = np.array([box(100, 30, 110, 40)], dtype=object)
    cells = h3_plain.points_to_cells(np.array([105.0]), np.array([35.0]), 9)
    assert decide_cells(index_of(country), cells, owners=False) is None
    bow = np.array([Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], dtype=object)
    assert decide_cells(index_of(bow), cells, owners=False) is None
