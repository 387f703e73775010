"""Discs of so many meters around places, as polygons in degrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gridgov.errors import OptionError
from gridgov.geo.projection import to_plane

__all__ = ["disc"]


def disc(longitude: float, latitude: float, radius_m: float) -> Any:
    """Return the disc around a place as a polygon.

    Parameters
    ----------
    longitude, latitude
        Center, degrees, WGS-84.
    radius_m
        Radius, meters, above 0.

    Returns
    -------
    Polygon
        256 corners, EPSG:4326; its area is that of the disc but for 0.01 %.

    Raises
    ------
    OptionError
        If the radius is not above 0 or the center is nowhere.

    Examples
    --------
    >>> from gridgov.geo.projection import areas_m2
    >>> round(float(areas_m2([disc(116.2, 39.9, 200.0)])[0]) / 200**2, 3)
    3.141
    """
    known = np.isfinite([longitude, latitude, radius_m]).all()
    if not known or radius_m <= 0 or abs(longitude) > 180 or abs(latitude) >= 90:
        raise OptionError(
            "A disc must have a center in degrees and a radius above 0 meters. Found: center "
            f"{longitude!r}, {latitude!r}, radius {radius_m!r}."
        )
    center = (float(longitude), float(latitude))
    flat, back = to_plane([shapely.Point(center)], center=center)
    round_ = shapely.buffer(flat[0], float(radius_m), quad_segs=64)
    return shapely.transform(round_, lambda at: np.column_stack(back.transform(at[:, 0], at[:, 1])))
