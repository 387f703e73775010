"""Whether coordinates lie where they should: which datum fits the streets, and are they degrees.

No file of coordinates reveals its datum by itself: a GeoJSON file says WGS-84 whatever
it holds. Points and streets together do, because reports come from inside the streets:
read in the wrong datum they are shifted by some hundred meters and more of them fall
outside. What is found is said with numbers; nothing is ever converted on a suspicion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridgov.checks import check_table
from gridgov.errors import DatumError
from gridgov.geo.datum import DATUMS, find_datum, to_wgs84_coordinates, transform_coordinates
from gridgov.sources.notices import Notice

__all__ = ["DatumComparison", "compare_datum", "extent_notices", "outside_degrees"]

Flags = NDArray[np.bool_]

# More points than this say nothing new about a datum.
_SAMPLE = 20_000
_MIN_POINTS = 100
_MIN_GAIN = 0.01
# McNemar's chi-square with one degree of freedom at p = 1e-4.
_MIN_CHI_SQUARE = 15.14
_SWAPPED = "swapped"


@dataclass(frozen=True, slots=True)
class DatumComparison:
    """How many points lie inside the streets under each reading of their coordinates.

    Attributes
    ----------
    claimed
        The datum that was said: ``"wgs84"``, ``"gcj02"`` or ``"bd09"``.
    best
        The reading with the most points inside; `claimed` unless another is better by a
        material difference. ``"swapped"`` is the claimed datum with longitude and
        latitude exchanged.
    points
        Number of points compared.
    outside_share
        For every reading the share of points outside all streets, 0 to 1.
    """

    claimed: str
    best: str
    points: int
    outside_share: Mapping[str, float]

    @property
    def contradicted(self) -> bool:
        """Return whether another reading fits materially better than the claimed one."""
        return self.best != self.claimed

    def notices(self, subject: str) -> list[Notice]:
        """Return the notice to give, none when the claimed datum holds.

        Parameters
        ----------
        subject
            What was read, such as ``"incidents.csv"``.
        """
        if not self.contradicted:
            return []
        as_said = f"{100 * self.outside_share[self.claimed]:.1f}"
        better = f"{100 * self.outside_share[self.best]:.1f}"
        if self.best == _SWAPPED:
            reading = "with longitude and latitude exchanged"
            reading_zh = "经纬度对调后"
            verdict = (
                "Longitude and latitude look exchanged; name the two columns the other way round."
            )
            verdict_zh = "经纬度疑似颠倒，请对调这两列。"
        else:
            reading, reading_zh = f"as {self.best}", f"按 {self.best} 读取时"
            verdict = (
                f"The points look like {self.best}: check, and pass "
                f'datum="{self.best}" if so. If the points are right, the outlines of the streets '
                "were read in the wrong datum."
            )
            verdict_zh = (
                f'坐标疑似 {self.best}：请核实，如属实请设 datum="{self.best}"；'
                "如果点位无误，则街道边界的坐标系有误。"
            )
        return [
            Notice(
                "datum_doubtful" if self.best != _SWAPPED else "swapped_doubtful",
                subject,
                f"{as_said} % of {self.points:,} points lie outside the streets as "
                f"{self.claimed}, {better} % {reading}. {verdict}",
                f"{self.points:,} 个点中，按 {self.claimed} 读取时有 {as_said}% 落在各街道之外，"
                f"{reading_zh}为 {better}%。{verdict_zh}",
                value=self.outside_share[self.claimed],
                unit="share",
            )
        ]


def compare_datum(
    longitude: ArrayLike, latitude: ArrayLike, jurisdictions: Any, *, datum: Any = "wgs84"
) -> DatumComparison:
    """Compare how well points fit the streets under each datum.

    Parameters
    ----------
    longitude, latitude
        The coordinates as the source has them, in `datum`; missing ones are left out.
    jurisdictions
        What :func:`gridgov.read_jurisdictions` returned, EPSG:4326.
    datum
        The datum that was said. For a CRS in meters the coordinates are converted to
        degrees first and compared as ``"wgs84"``.

    Returns
    -------
    DatumComparison
        The claimed datum, the best one, the share of points outside under each.

    Raises
    ------
    ColumnsError
        If `jurisdictions` is no jurisdictions table.
    DatumError
        If the datum is unknown.

    Notes
    -----
    At most 20,000 points, evenly spaced through the table, are compared. Another
    reading is better than the claimed one only if all of this holds: at least 100
    points; the share outside falls by at least one percentage point; and McNemar's
    chi-square, (b - c)² / (b + c) with b points inside only under the other reading and
    c only under the claimed one, is at least 15.14 (p = 0.0001). Points that truly lie
    outside count the same under every reading. The comparison cannot tell wrong points
    from wrong outlines, only that the two do not fit.

    References
    ----------
    McNemar, Q. (1947). Note on the sampling error of the difference between correlated
    proportions or percentages. Psychometrika 12, 153-157. doi:10.1007/BF02295996

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, shapely
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["1"]}, geometry=[shapely.box(116.2, 39.9, 116.22, 39.92)], crs=4326
    ... )
    >>> lon, lat = np.meshgrid(np.linspace(116.201, 116.219, 20), np.linspace(39.901, 39.919, 20))
    >>> lon, lat = transform_coordinates(lon, lat, source="wgs84", target="gcj02")
    >>> compare_datum(lon, lat, streets, datum="wgs84").best
    'gcj02'
    """
    check_table(jurisdictions, "jurisdictions", columns=["geometry"])
    x = np.asarray(longitude, dtype=np.float64).reshape(-1)
    y = np.asarray(latitude, dtype=np.float64).reshape(-1)
    claimed = find_datum(datum)
    if not isinstance(claimed, str):
        x, y = to_wgs84_coordinates(x, y, claimed)
        claimed = "wgs84"
    usable = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    chosen = usable[:: max(1, -(-usable.size // _SAMPLE))]
    x, y = x[chosen], y[chosen]
    city = shapely.union_all(np.asarray(jurisdictions.geometry.array, dtype=object))
    shapely.prepare(city)
    readings = {
        name: transform_coordinates(x, y, source=name, target="wgs84")
        for name in (claimed, *(name for name in DATUMS if name != claimed))
    }
    readings[_SWAPPED] = transform_coordinates(y, x, source=claimed, target="wgs84")
    inside = {
        name: np.asarray(shapely.contains_xy(city, lon, lat), dtype=np.bool_)
        for name, (lon, lat) in readings.items()
    }
    best = claimed
    for name, flags in inside.items():
        if _materially_better(flags, inside[claimed]) and flags.sum() > inside[best].sum():
            best = name
    outside = {
        name: float(1 - flags.mean()) if flags.size else float("nan")
        for name, flags in inside.items()
    }
    return DatumComparison(claimed, best, int(chosen.size), outside)


def _materially_better(inside: Flags, as_claimed: Flags) -> bool:
    """Apply the rule of :func:`compare_datum`."""
    gained = int((inside & ~as_claimed).sum())
    lost = int((as_claimed & ~inside).sum())
    gain = gained - lost
    return (
        inside.size >= _MIN_POINTS
        and gain >= _MIN_GAIN * inside.size
        and gain * gain >= _MIN_CHI_SQUARE * (gained + lost)
    )


def outside_degrees(shapes: Any, *, name: str) -> Flags:
    """Return which shapes have coordinates that do not exist in degrees.

    Parameters
    ----------
    shapes
        Array of shapely geometries, longitude and latitude in degrees.
    name
        What was read, for the message.

    Returns
    -------
    bool array
        True where a longitude is beyond 180 or a latitude beyond 90 degrees; missing
        geometries are not.

    Raises
    ------
    DatumError
        If that holds for all shapes: they are meters, or longitude and latitude are
        exchanged. The message says which and what to do.
    """
    bounds = shapely.bounds(shapes)
    known = np.isfinite(bounds).all(axis=1)
    reach = np.abs(bounds).reshape(-1, 2, 2).max(axis=1)
    outside: Flags = known & ((reach[:, 0] > 180) | (reach[:, 1] > 90))
    if not known.any() or not outside[known].all():
        return outside
    west, south, east, north = shapely.total_bounds(shapes)
    found = f"Found: x from {west:,.6g} to {east:,.6g}, y from {south:,.6g} to {north:,.6g}."
    if max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180:
        raise DatumError(
            f"{name} must have longitude first and latitude second. {found} "
            "They look exchanged; exchange them in the file, or pass a GeoDataFrame with "
            "frame.set_geometry(shapely.transform(frame.geometry.array, lambda xy: xy[:, ::-1]))."
        )
    raise DatumError(
        f"{name} must hold degrees, as its datum says. {found} "
        f"These look like meters of a projected CRS. {_suggest(west, south, east, north)}"
    )


def extent_notices(shapes: Any, *, name: str) -> list[Notice]:
    """Return a notice when all outlines lie where no city is, as exchanged coordinates do.

    American and other western cities pass as degrees when longitude and latitude are
    exchanged, but then lie in Antarctica or on the Arctic ice.
    """
    _, south, _, north = shapely.total_bounds(shapes)
    if not (north < -60 or south > 80):
        return []
    return [
        Notice(
            "swapped_doubtful",
            name,
            f"All outlines lie between latitude {south:.2f} and {north:.2f}, where no city is: "
            "longitude and latitude look exchanged.",
            f"所有边界都在纬度 {south:.2f} 到 {north:.2f} 之间，那里没有城市：经纬度疑似颠倒。",
            value=float(south),
            unit="degrees",
        )
    ]


def _suggest(west: float, south: float, east: float, north: float) -> str:
    """Return what to pass for coordinates in meters, as far as their size tells."""
    zone = int(west // 1_000_000)
    if 25 <= zone <= 45 and 0 < south < 6_000_000:
        # EPSG numbers the CGCS2000 3-degree zones 25 to 45 from 4513 on.
        return (
            f"The leading {zone} is the number of a 3-degree zone: try "
            f'datum="EPSG:{4513 + zone - 25}" (CGCS2000, zone {zone}).'
        )
    if 13 <= zone <= 23 and 0 < south < 6_000_000 and north < 6_000_000 and east < 24_000_000:
        return (
            f"A leading {zone} may be the number of a 6-degree zone: try "
            f'datum="EPSG:{4491 + zone - 13}" (CGCS2000, zone {zone}), or datum="EPSG:3857" '
            "(web maps)."
        )
    if west > 8_000_000 and east < 15_100_000 and south > 1_900_000 and north < 7_200_000:
        return 'Web Mercator over China has such numbers: try datum="EPSG:3857".'
    if west > 100_000 and east < 900_000 and south > 0 and north < 10_000_000:
        return (
            'Pass their CRS, such as datum="EPSG:4547" (CGCS2000, central meridian 114°E), '
            'datum="EPSG:4548" (117°E) or datum="EPSG:32650" (UTM zone 50N).'
        )
    return 'Pass their CRS, such as datum="EPSG:3857" (web maps) or datum="EPSG:4547".'
