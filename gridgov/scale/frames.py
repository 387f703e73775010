"""Cells and streets for plain data frames: what other engines hand to their workers.

Spark, Ray and Dask data frames all know how to call a function on each batch as pandas.
:func:`frame_locator` makes that function: it can be pickled, carries the index of the
jurisdictions, and takes two columns of numbers where :func:`gridgov.locate` takes points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gridgov.checks import check_resolution
from gridgov.errors import ColumnsError
from gridgov.geo.hexgrid import cells_to_text, points_to_cells
from gridgov.place.area_index import MATCHES, AreaIndex, index_areas

__all__ = ["FrameLocator", "frame_locator"]


@dataclass(frozen=True, slots=True)
class FrameLocator:
    """A function from a data frame to the same with cell, street and match.

    Attributes
    ----------
    index
        The jurisdictions.
    resolution
        H3 resolution.
    longitude, latitude
        Names of the columns of numbers, degrees in EPSG:4326.
    """

    index: AreaIndex
    resolution: int
    longitude: str
    latitude: str

    def __call__(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a copy of `frame` with ``cell`` (text), ``street_id`` and ``match``.

        Raises
        ------
        ColumnsError
            If a column is missing or holds no numbers.
        """
        x, y = (_column(frame, name) for name in (self.longitude, self.latitude))
        lost = ~(np.isfinite(x) & np.isfinite(y))
        x, y = np.where(lost, np.nan, x), np.where(lost, np.nan, y)
        found = self.index.owners(x, y)
        cells = points_to_cells(x, y, self.resolution)
        codes, ids = pd.factorize(cells)
        texts = np.full(len(ids), None, dtype=object)
        texts[ids != 0] = cells_to_text(ids[ids != 0])
        streets = np.array([*(str(one) for one in self.index.street_ids), None], dtype=object)
        return frame.assign(
            cell=pd.array(texts[codes], dtype="str"),
            street_id=pd.array(streets[found.owner], dtype="str"),
            match=pd.array(np.array(MATCHES, dtype=object)[found.match], dtype="str"),
        )

    def each(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """Yield the located data frames, as ``mapInPandas`` of Spark asks for them."""
        yield from map(self, frames)


def frame_locator(
    jurisdictions: Any,
    *,
    resolution: int,
    longitude: str = "longitude",
    latitude: str = "latitude",
) -> FrameLocator:
    """Make a function that locates data frames and can be sent to the workers of any engine.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``, or what
        :func:`gridgov.index_areas` makes of one.
    resolution
        H3 resolution, 0 to 15.
    longitude, latitude
        Names of the columns of numbers, degrees in EPSG:4326.

    Returns
    -------
    FrameLocator
        Call it with a data frame: it returns the same rows with ``cell`` as text,
        ``street_id`` and ``match``, as :func:`gridgov.locate` answers. Its ``each`` takes and
        yields many, as ``mapInPandas`` of Spark asks for.

    Raises
    ------
    ColumnsError
        If the table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If the jurisdictions are not in EPSG:4326.
    EmptyTableError
        If there are none.
    GeometryError
        If an outline is no valid polygon.
    OptionError
        If `resolution` is not a whole number from 0 to 15.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, crs="EPSG:4326",
    ...                            geometry=[box(116.2, 39.9, 116.21, 39.91)])
    >>> locator = frame_locator(streets, resolution=8)
    >>> table = pd.DataFrame({"longitude": [116.205, None], "latitude": [39.905, 39.905]})
    >>> locator(table)[["cell", "street_id", "match"]].values.tolist()
    [['8831aa5ae5fffff', 'A', 'inside'], [nan, nan, 'no_point']]
    """
    resolution = check_resolution(resolution)
    return FrameLocator(index_areas(jurisdictions), resolution, longitude, latitude)


def _column(frame: pd.DataFrame, name: str) -> Any:
    """Return a column as numbers, NaN where it says nothing."""
    if name not in frame.columns:
        found = ", ".join(map(str, frame.columns))
        raise ColumnsError(
            f"A data frame to locate must have the column {name}. Found: {found}. "
            'Name the right one: frame_locator(..., longitude="...", latitude="...").'
        )
    column = frame[name]
    if column.dtype.kind not in "iuf":
        raise ColumnsError(
            f"Longitude and latitude must be numbers. Found: {name} is {column.dtype}. "
            "Cast it first."
        )
    return column.to_numpy(dtype=np.float64, na_value=np.nan)
