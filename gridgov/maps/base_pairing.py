"""Which base map goes with which map: wrong pairings are refused with a sentence.

A map draws either in WGS-84 or, over tiles in GCJ-02, in GCJ-02; then the page shifts
everything that is given in WGS-84. Tiles of the other datum would lie some 500 m off.
"""

from __future__ import annotations

from typing import Any

from gridgov.errors import MapError
from gridgov.maps.base_providers import datum_of_address
from gridgov.maps.elements import all_elements, element_title

__all__ = ["GCJ_CRS", "check_pairing", "check_tiles"]

GCJ_CRS = "GCJ02"
"""The CRS of a map over tiles in GCJ-02, defined by ``assets/base.js``."""


def check_tiles(address: str, datum: str, what: str) -> None:
    """Refuse tiles whose address contradicts the datum of the map.

    Parameters
    ----------
    address
        Address of the tiles.
    datum
        ``"wgs84"`` or ``"gcj02"``: what the map draws in, or what the tiles are said to be in.
    what
        The name of the element or option, for the message.

    Raises
    ------
    MapError
        If they do not go together.

    Examples
    --------
    >>> check_tiles("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "wgs84", "TileLayer")
    """
    found = datum_of_address(address)
    short = address[:80]
    if found == "bd09":
        raise MapError(
            f"Tiles must be in Web Mercator. {what} has tiles of Baidu ({short}), which are in "
            "BD-09 and a projection of their own. Use gridgov.base_map('gaode') or "
            "gridgov.base_map('tianditu', key=...)."
        )
    if found == "geographic":
        raise MapError(
            f"Tiles must be in Web Mercator. {what} has a _c set of Tianditu ({short}), which is "
            "in degrees. Take the _w set, as gridgov.base_map('tianditu', key=...) does."
        )
    if found == "gcj02" and datum == "wgs84":
        raise MapError(
            f"Tiles in GCJ-02 under data in WGS-84 are some 500 m off. {what} has such tiles "
            f"({short}). Use tiles='gaode' or gridgov.base_map(..., datum='gcj02'): the map then "
            "shifts the data to the tiles."
        )
    if found == "wgs84" and datum == "gcj02":
        raise MapError(
            f"Tiles in WGS-84 on a map in GCJ-02 are some 500 m off. {what} has such tiles "
            f"({short}). Use one base map only, or leave out datum='gcj02'."
        )


def check_pairing(folium_map: Any) -> None:
    """Refuse a map that holds tiles of another datum than it draws in.

    Parameters
    ----------
    folium_map
        A ``folium.Map``.

    Raises
    ------
    MapError
        If there are such tiles; the message names the element.

    Examples
    --------
    >>> import folium
    >>> check_pairing(folium.Map())
    """
    datum = "gcj02" if getattr(folium_map, "crs", "") == GCJ_CRS else "wgs84"
    for element in all_elements(folium_map):
        kind = type(element).__name__
        if not type(element).__module__.startswith("folium."):
            continue
        if datum == "gcj02" and kind in ("WmsTileLayer", "TimestampedWmsTileLayers"):
            raise MapError(
                "A map service (WMS) answers in WGS-84 and would be some 500 m off on a map in "
                f"GCJ-02. Found: {element_title(element)}. Use a base map in WGS-84 with it."
            )
        address = getattr(element, "tiles", None)
        if kind in ("TileLayer", "VectorGridProtobuf") and isinstance(address, str):
            check_tiles(address, datum, element_title(element))
