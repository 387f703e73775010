"""The small still map of a panel, drawn as vectors into the page.

A page with four maps for each street would be heavy as pictures and blurred in print, so
cells are drawn as paths, one for each class, cropped to the street with its neighbors
faintly around it. It draws what it is given and computes nothing but where that lies on
the paper. The only text of records in it, the names of streets, is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from markupsafe import Markup, escape
from numpy.typing import NDArray

from gridgov.bulletin.words import Words
from gridgov.figures.sheet import round_length
from gridgov.geo.hexgrid import cell_outlines
from gridgov.geo.projection import to_plane

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Ground", "Picture", "draw_picture", "make_ground"]

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 720.0, 340.0
"""Of a picture, in its own units."""

_PAD = 0.06

# Beyond, a hexagon is smaller than a dot of the print: a square of its size is as good.
_MOST_HEXAGONS = 4000

_INK, _FAINT = "#1f2430", "#9aa1ab"


@dataclass(frozen=True, slots=True)
class Ground:
    """What every picture of a pack is drawn on, in meters of one plane.

    Attributes
    ----------
    ids, names
        Of the streets.
    outlines
        Their outlines.
    cells
        Outlines of the cells, in the order of the grid.
    streets_of
        The display street of every cell, by place in `ids`; -1 for none.
    center
        Longitude and latitude about which the plane lies.
    """

    ids: list[str]
    names: list[str]
    outlines: NDArray[Any]
    cells: NDArray[Any]
    streets_of: NDArray[np.intp]
    center: tuple[float, float]

    def place(self, shapes: Any) -> NDArray[Any]:
        """Return geometries (EPSG:4326) in the plane."""
        if not len(shapes):
            return np.empty(0, dtype=object)
        planar: NDArray[Any] = to_plane(np.asarray(shapes, dtype=object), center=self.center)[0]
        return planar


@dataclass(frozen=True, slots=True)
class Picture:
    """What one picture shows.

    Attributes
    ----------
    classes
        Name and color of every class of cells.
    codes
        The class of every cell, in the order of the grid. None leaves the cells out and
        fills the streets themselves with the first color.
    shapes
        Areas over the cells: name, color and geometries in the plane.
    lines
        Lines over them, in the plane.
    points
        Places: name, sign (``square`` or ``star``) and points in the plane.
    named
        Whether the streets around are named.
    """

    classes: Sequence[tuple[str, str]] = ()
    codes: NDArray[np.intp] | None = None
    shapes: Sequence[tuple[str, str, NDArray[Any]]] = ()
    lines: NDArray[Any] = field(default_factory=lambda: np.empty(0, dtype=object))
    points: Sequence[tuple[str, str, NDArray[Any]]] = ()
    named: bool = False


def make_ground(grid: pd.DataFrame, jurisdictions: gpd.GeoDataFrame) -> Ground:
    """Return the streets and cells of a pack in one plane.

    Parameters
    ----------
    grid, jurisdictions
        The tables of these names.

    Raises
    ------
    None
    """
    outlines = np.asarray(jurisdictions.geometry, dtype=object)
    planar, way_back = to_plane(np.concatenate([outlines, cell_outlines(grid["cell"])]))
    ids = jurisdictions["street_id"].tolist()
    places = {street_id: place for place, street_id in enumerate(ids)}
    streets_of = grid["street_id"].map(places).fillna(-1).to_numpy(dtype=np.intp)
    names = jurisdictions["street"].fillna(jurisdictions["street_id"]).tolist()
    center = (float(way_back.longitude), float(way_back.latitude))
    return Ground(ids, names, planar[: len(ids)], planar[len(ids) :], streets_of, center)


def draw_picture(
    ground: Ground, street: int | None, picture: Picture, marks: Sequence[Any], words: Words
) -> Markup:
    """Return a picture of one street, or of the district.

    Parameters
    ----------
    ground
        Streets and cells.
    street
        Place of the street; None for all of them.
    picture
        What is shown.
    marks
        Points in the plane that are numbered from 1 on; None leaves a number out.
    words
        Language of the unit.

    Returns
    -------
    Markup
        An SVG without script, style or link.

    Raises
    ------
    None
    """
    view = _View(ground.outlines if street is None else ground.outlines[[street]])
    drawn = [
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" xmlns="http://www.w3.org/2000/svg">',
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>',
    ]
    drawn += (_streets if picture.codes is None else _cells)(ground, street, picture, view)
    rims = ground.outlines[view.seen(ground.outlines)]
    drawn.append(_path(view, rims, fill="none", stroke=_FAINT, width=1.2))
    for _, color, shapes in picture.shapes:
        near = shapes[view.seen(shapes)]
        # A rim of its own color keeps a sliver visible.
        drawn.append(_path(view, near, fill=color, stroke=color, width=3.0))
    drawn.append(_path(view, picture.lines[view.seen(picture.lines)], "none", "#6b4f2a", 1.0))
    if street is not None:
        drawn.append(_path(view, ground.outlines[[street]], "none", _INK, 2.6))
    for _, sign, points in picture.points:
        drawn += [_sign(sign, *view.at(point)) for point in points[view.seen(points)]]
    if picture.named:
        drawn += _names(ground, street, view)
    drawn += [
        _mark(number, *view.at(point))
        for number, point in enumerate(marks, start=1)
        if point is not None
    ]
    drawn += [*_scale(view, words), "</svg>"]
    return Markup("".join(drawn))


class _View:
    """What turns meters into units of the picture, north up."""

    def __init__(self, outlines: NDArray[Any]) -> None:
        west, south, east, north = shapely.total_bounds(outlines)
        room = 1 - 2 * _PAD
        self.meters = max((east - west) / (WIDTH * room), (north - south) / (HEIGHT * room), 1e-6)
        self.left = (west + east) / 2 - self.meters * WIDTH / 2
        self.top = (south + north) / 2 + self.meters * HEIGHT / 2
        self.box = shapely.box(
            self.left, self.top - self.meters * HEIGHT, self.left + self.meters * WIDTH, self.top
        )

    def seen(self, shapes: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which shapes meet the picture."""
        return np.asarray(shapely.intersects(self.box, shapes), dtype=bool).reshape(len(shapes))

    def units(self, meters: Floats) -> Floats:
        """Return coordinates in units of the picture."""
        return np.column_stack(
            [(meters[:, 0] - self.left) / self.meters, (self.top - meters[:, 1]) / self.meters]
        )

    def at(self, point: Any) -> tuple[float, float]:
        """Return where a point lies."""
        x, y = self.units(shapely.get_coordinates(point))[0]
        return float(x), float(y)


def _cells(ground: Ground, street: int | None, picture: Picture, view: _View) -> list[str]:
    """Return the cells of the view, one path a class, those of other streets paler."""
    codes = picture.codes
    seen = view.seen(ground.cells)
    own = np.ones(len(seen), dtype=bool) if street is None else ground.streets_of == street
    coarse = int(seen.sum()) > _MOST_HEXAGONS
    drawn = []
    for code, (_, color) in enumerate(picture.classes):
        for those, opacity in ((seen & ~own, 0.3), (seen & own, 1.0)):
            found = ground.cells[those & (codes == code)]
            if not len(found):
                continue
            path = _squares(view, found) if coarse else _rings(view, found)
            rim = "" if coarse else ' stroke="#fff" stroke-width="0.7"'
            drawn.append(f'<path d="{path}" fill="{color}" opacity="{opacity:g}"{rim}/>')
    return drawn


def _streets(ground: Ground, street: int | None, picture: Picture, view: _View) -> list[str]:
    """Return the streets of the view as areas, the others than the page's paler."""
    own = np.arange(len(ground.ids)) == (-1 if street is None else street)
    drawn = []
    for those, opacity in ((~own, 0.3 if street is not None else 1.0), (own, 1.0)):
        path = _rings(view, ground.outlines[those & view.seen(ground.outlines)])
        drawn += [
            f'<path d="{path}" fill="{color}" opacity="{opacity:g}"/>'
            for _, color in picture.classes[:1]
            if path
        ]
    return drawn


def _rings(view: _View, shapes: NDArray[Any]) -> str:
    """Return the rings and lines of geometries as the data of a path."""
    parts = shapely.get_parts(shapes)
    flat = shapely.get_dimensions(parts) == 2
    lines = np.concatenate([shapely.get_rings(parts[flat]), parts[~flat]])
    if not len(lines):
        return ""
    coordinates, of = shapely.get_coordinates(lines, return_index=True)
    units = view.units(coordinates).round(1)
    pieces = np.split(units, np.flatnonzero(np.diff(of)) + 1)
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in piece.tolist()) for piece in pieces)


def _squares(view: _View, shapes: NDArray[Any]) -> str:
    """Return squares of the area of the cells as the data of a path."""
    side = float(np.sqrt(np.median(shapely.area(shapes)))) / view.meters
    corners = (view.units(shapely.get_coordinates(shapely.centroid(shapes))) - side / 2).round(1)
    step = f"h{side:.1f}v{side:.1f}h-{side:.1f}z"
    return "".join(f"M{x:g} {y:g}{step}" for x, y in corners.tolist())


def _path(view: _View, shapes: NDArray[Any], fill: str, stroke: str, width: float) -> str:
    """Return a path of geometries, nothing for none."""
    data = _rings(view, shapes)
    if not data:
        return ""
    return (
        f'<path d="{data}" fill="{fill}" fill-rule="evenodd" stroke="{stroke}" '
        f'stroke-width="{width:g}" stroke-linejoin="round"/>'
    )


def _sign(sign: str, x: float, y: float) -> str:
    """Return the sign of a place."""
    if sign == "star":
        points = [(0, -11), (3, -3.5), (11, -3.5), (4.6, 1.6), (7, 9.5)]
        points += [(0, 4.8), (-7, 9.5), (-4.6, 1.6), (-11, -3.5), (-3, -3.5)]
        data = "M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in points) + "z"
        return f'<path d="{data}" fill="#b3261e" stroke="#fff" stroke-width="1.2"/>'
    return (
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{_INK}" '
        'stroke="#fff" stroke-width="1.2"/>'
    )


def _mark(number: int, x: float, y: float) -> str:
    """Return a numbered mark."""
    x, y = min(max(x, 12.0), WIDTH - 12.0), min(max(y, 12.0), HEIGHT - 12.0)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="#fff" stroke="{_INK}" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + 5.5:.1f}" font-size="16" text-anchor="middle" '
        f'fill="{_INK}">{number}</text>'
    )


def _names(ground: Ground, street: int | None, view: _View) -> list[str]:
    """Return names of streets where they find room, the street's own not."""
    drawn: list[str] = []
    taken: list[tuple[float, float, float]] = []
    seen = np.flatnonzero(view.seen(ground.outlines))
    parts = shapely.intersection(ground.outlines[seen], view.box)
    for place, part in sorted(
        zip(seen.tolist(), parts, strict=True), key=lambda pair: -shapely.area(pair[1])
    ):
        if place == street or part.is_empty:
            continue
        name = ground.names[place]
        name = name if len(name) <= 12 else name[:11] + "…"
        x, y = view.at(shapely.point_on_surface(part))
        # A Chinese letter is as wide as it is high, a Latin one about half.
        half = sum(9.0 if ord(letter) > 0x2E7F else 5.0 for letter in name)
        x = min(max(x, half + 4), WIDTH - half - 4)
        y = min(max(y, 20.0), HEIGHT - 12.0)
        if any(abs(x - left) < half + other and abs(y - up) < 22 for left, up, other in taken):
            continue
        taken.append((x, y, half))
        drawn.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="18" text-anchor="middle" '
            f'fill="#5c6470" stroke="#fff" stroke-width="4" paint-order="stroke">'
            f"{escape(name)}</text>"
        )
    return drawn


def _scale(view: _View, words: Words) -> list[str]:
    """Return a scale bar in the lower left corner and a north arrow above it."""
    length = round_length(0.2 * WIDTH * view.meters)
    text = words("cov.unit.m", value=f"{length:,.0f}")
    if length >= 1000:
        text = words("cov.unit.km", value=f"{length / 1000:g}")
    size, y = length / view.meters, HEIGHT - 10
    return [
        f'<path d="M10 {y - 6:g}V{y:g}H{10 + size:.1f}V{y - 6:g}" fill="none" stroke="#fff" '
        'stroke-width="6"/>',
        f'<path d="M10 {y - 6:g}V{y:g}H{10 + size:.1f}V{y - 6:g}" fill="none" stroke="{_INK}" '
        'stroke-width="2"/>',
        f'<text x="{14 + size / 2:.1f}" y="{y - 5:g}" font-size="16" text-anchor="middle" '
        f'fill="{_INK}" stroke="#fff" stroke-width="4" paint-order="stroke">{escape(text)}</text>',
        f'<path d="M18 14L11 38L18 32L25 38z" fill="{_INK}" stroke="#fff" stroke-width="1.5"/>',
    ]
