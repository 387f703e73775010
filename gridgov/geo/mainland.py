"""Where GCJ-02 applies: which points lie inside a coarse outline of mainland China.

GCJ-02 and BD-09 shift coordinates on the mainland and nowhere else. The rectangle
that most code tests for also holds Seoul, Hanoi and Ulaanbaatar; this outline does
not, and it leaves out Hong Kong, Macau and Taiwan with Kinmen and Matsu, where maps
are not shifted.

The outline serves the datum alone and makes no statement on borders. It has 628
vertices: Natural Earth 4.1.0 countries at 1:10 million (public domain), bays closed
up to 1 degree wide and coasts moved seawards by 0.08 degrees, so that reclaimed land
and near islands are in; neighbors with 0.015 degrees of their waters cut out; then
simplified to 0.08 degrees, near border towns to 0.01 degrees. By hand: Hong Kong,
Macau, Kinmen and Matsu cut out along their waters, Suifenhe and Changbai put in.
Expect up to 10 km of error along a land border and a few hundred meters around Hong
Kong and Macau. Islands far from the coast count as outside.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

__all__ = ["in_mainland", "mainland_outline"]


def in_mainland(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie inside the coarse outline of mainland China.

    Parameters
    ----------
    longitude, latitude
        Degrees, WGS-84, any shape; missing and impossible values lie outside.

    Returns
    -------
    bool array
        In the shape of the input.

    Raises
    ------
    ValueError
        If a value is no number or the shapes do not fit.

    Examples
    --------
    Shenzhen, Hong Kong, Seoul:

    >>> in_mainland([114.06, 114.158, 126.98], [22.54, 22.285, 37.57]).tolist()
    [True, False, False]
    """
    lon, lat = np.broadcast_arrays(
        np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)
    )
    usable: NDArray[np.bool_] = np.isfinite(lon) & np.isfinite(lat)
    if not usable.any():
        return np.zeros(lon.shape, dtype=np.bool_)
    outline = mainland_outline()
    # One city nearly always lies wholly inside or outside; its box answers for all.
    box = shapely.box(lon[usable].min(), lat[usable].min(), lon[usable].max(), lat[usable].max())
    if shapely.contains_properly(outline, box):
        return usable
    if shapely.disjoint(outline, box):
        return np.zeros(lon.shape, dtype=np.bool_)
    inside: NDArray[np.bool_] = np.asarray(shapely.contains_xy(outline, lon, lat), dtype=np.bool_)
    return inside & usable


@cache
def mainland_outline() -> Any:
    """Return the outline as a prepared Polygon, degrees, WGS-84.

    Raises
    ------
    FileNotFoundError
        If the data file is missing from the installation.
    """
    text = files("gridgov.geo").joinpath("mainland_outline.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    ring = np.array([int(row["ring"]) for row in rows])
    points = np.array([(float(row["longitude"]), float(row["latitude"])) for row in rows])
    holes = {int(row["ring"]) for row in rows if row["kind"] == "hole"}
    shells = set(ring.tolist()) - holes
    outline = shapely.polygons(
        points[ring == shells.pop()], holes=[points[ring == hole] for hole in sorted(holes)]
    )
    shapely.prepare(outline)
    return outline
