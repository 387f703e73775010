"""Street outlines and names on a map, and the names behind street ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from gridgov.checks import check_table
from gridgov.columns import Language
from gridgov.errors import DatumError
from gridgov.maps.packing import Column, codes, micro, rings
from gridgov.maps.page import Part
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Streets", "check_degrees", "pack_streets", "street_codes", "streets_part"]


class Streets(NamedTuple):
    """The streets as the script draws them.

    Attributes
    ----------
    columns
        Outlines and places of the names.
    labels
        The names to write, larger streets first.
    names
        Name of every street by its id.
    bounds
        West, south, east, north; None without streets.
    """

    columns: list[Column]
    labels: list[str]
    names: dict[str, str]
    bounds: tuple[float, float, float, float] | None


def pack_streets(jurisdictions: gpd.GeoDataFrame | None) -> Streets:
    """Return outlines (exact, rounded to 1e-6 degree), names and where to write them.

    Raises
    ------
    ColumnsError
        If `jurisdictions` lacks ``street_id``, ``street`` or ``geometry``.
    DatumError
        If it is not in EPSG:4326.
    """
    shapes = np.empty(0, dtype=object)
    names: dict[str, str] = {}
    if jurisdictions is not None:
        check_table(
            jurisdictions,
            "jurisdictions",
            columns=["street_id", "street", "geometry"],
            allow_empty=True,
        )
        check_degrees(jurisdictions, "jurisdictions")
        ids = jurisdictions["street_id"].astype(str).tolist()
        titles = jurisdictions["street"].where(jurisdictions["street"].notna(), ids)
        names = dict(zip(ids, titles.astype(str).tolist(), strict=True))
        shapes = np.asarray(jurisdictions["geometry"], dtype=object)
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    shapes = shapes[drawn]
    order = np.argsort(-shapely.area(shapes), kind="stable")
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    linear, piece = shapely.get_rings(pieces, return_index=True)
    outlines = rings(linear)
    # The place of every ring's street in the list of names.
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes))[order].reshape(-1, 2)
    columns = [
        Column("street_ring_sizes", outlines.sizes),
        Column("street_ring_owner", place[owner[piece]], delta=True),
        Column("street_x", outlines.x, delta=True),
        Column("street_y", outlines.y, delta=True),
        Column("label_x", micro(middles[:, 0]), delta=True),
        Column("label_y", micro(middles[:, 1]), delta=True),
    ]
    labels = np.array(list(names.values()), dtype=object)[drawn][order].tolist() if names else []
    bounds = tuple(shapely.total_bounds(shapes).tolist()) if len(shapes) else None
    return Streets(columns, labels, names, bounds)


def streets_part(streets: Streets, lang: Language) -> Part:
    """Return the layer of outlines and names, for above everything else."""
    settings = {"labels": streets.labels}
    return Part("streets", settings, streets.columns, words_for(lang)["streets_layer"])


def street_codes(street_ids: Any, names: dict[str, str]) -> tuple[Any, list[str]]:
    """Return a code for every row and the street names the codes stand for, ids if none."""
    ids = pd.Series(street_ids).astype(object)
    return codes(ids.map(lambda street_id: names.get(street_id, street_id), na_action="ignore"))


def check_degrees(frame: Any, table: str) -> None:
    """Refuse a table whose geometry says that it is not longitude and latitude on WGS-84.

    Raises
    ------
    DatumError
        If its CRS is another one.
    """
    crs = getattr(frame, "crs", None)
    if crs is not None and crs.to_epsg() != 4326 and crs.to_authority() != ("OGC", "CRS84"):
        raise DatumError(
            f"{table} must be in EPSG:4326. Found: {crs.to_string()}. "
            f"{table}.to_crs(4326) converts it."
        )
