"""The elements of a map on their way into a file: what fetches, what is left out, what changes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gridgov.errors import DataWarning, MapError
from gridgov.maps.base_layer import HEAD_NAME, BaseLayer
from gridgov.maps.base_pairing import GCJ_CRS
from gridgov.maps.elements import all_elements, element_title

__all__ = ["as_saved", "refuse_remote_elements", "warn_of_plain_pins", "who_links"]

_REMOTE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
# Attributes of elements that hold words and not the address of something to fetch.
_WORDS = frozenset({"layer_name", "tile_name", "text", "title", "data", "attr"})
_LINKS = frozenset({"JavascriptLink", "CssLink"})
_TILES = frozenset(
    {"TileLayer", "WmsTileLayer", "MiniMap", "VectorGridProtobuf", "TimestampedWmsTileLayers"}
)
_DEFAULT_ICON = "info-sign"


def refuse_remote_elements(root: Any) -> None:
    """Refuse elements that fetch something, such as base maps and pictures by address.

    Parameters
    ----------
    root
        The figure of a map.

    Raises
    ------
    MapError
        If there is one; the message names the element and its address.
    """
    for element in all_elements(root):
        if isinstance(element, BaseLayer) and element.online:
            raise MapError(
                "A map in one file fetches nothing. Found: the base map "
                f"{element.layer_name!r}, which fetches tiles. Pass drop_base=True to save the "
                "map without it, or give the map a file: tiles=gridgov.base_map('city.mbtiles')."
            )
        if type(element).__name__ in _LINKS:
            continue
        address = _fetched(element)
        if address is None:
            continue
        name = element_title(element)
        advice = (
            "Pass drop_base=True to save the map without it."
            if type(element).__name__ in _TILES
            else "Remove it before saving, or give the picture itself instead of its address."
        )
        raise MapError(
            f"A map in one file fetches nothing. Found: {name}, which fetches {address[:200]}. "
            f"{advice}"
        )


def who_links(root: Any, address: str) -> str:
    """Return the name of the element that links a library.

    Parameters
    ----------
    root
        The figure of a map.
    address
        Address of the library.

    Raises
    ------
    AttributeError
        If `root` is no element.
    """
    for element in all_elements(root):
        linked = [*getattr(element, "default_js", ()), *getattr(element, "default_css", ())]
        if any(link[1] == address for link in linked):
            return element_title(element)
    return "a piece of HTML"


def warn_of_plain_pins(root: Any) -> None:
    """Warn when pins lose the icon that they were given.

    Parameters
    ----------
    root
        The figure of a map.

    Raises
    ------
    DataWarning
        As a warning: how many pins, and the first icons.
    """
    icons = [
        str(element.options.get("icon"))
        for element in all_elements(root)
        if type(element).__name__ == "Icon" and isinstance(getattr(element, "options", None), dict)
    ]
    lost = [icon for icon in icons if icon != _DEFAULT_ICON]
    if lost:
        first = sorted(set(lost))[:5]
        names, names_zh = ", ".join(map(repr, first)), "、".join(f"“{name}”" for name in first)
        warnings.warn(
            DataWarning(
                f"A map in one file has no icon fonts. {len(lost):,} pins of folium.Icon keep "
                f"their color and show a dot for {names}. Use folium.DivIcon with a character "
                "where the sign matters.",
                zh=f"单文件地图不含图标字体。{len(lost):,} 个 folium.Icon 图钉保留颜色，以圆点代替"
                f"{names_zh}。图标不可缺少时，请用带文字的 folium.DivIcon。",
            ),
            stacklevel=3,
        )


@contextmanager
def as_saved(folium_map: Any, *, drop_base: bool) -> Iterator[None]:
    """Make a map ready for a file for a while; afterwards it is what it was.

    Parameters
    ----------
    folium_map
        A ``folium.Map``.
    drop_base
        Whether base maps that would be fetched are taken off.

    Raises
    ------
    AttributeError
        If it is no map.
    """
    root = folium_map.get_root()
    elements = list(all_elements(root))
    # Rendering adds elements, and some plugins add them again with every rendering.
    kept = [(element, element._children.copy()) for element in elements]
    crs, options = folium_map.crs, folium_map.options
    dropped = [e for e in elements if _is_online_base(e)] if drop_base else []
    frames = [e for e in elements if hasattr(e, "without_base")]
    try:
        _take_off(elements, dropped)
        if dropped and crs == GCJ_CRS:
            folium_map.crs = "EPSG3857"
        for frame in frames:
            frame.without_base = bool(dropped)
        # Tiles say how far a map zooms, and clusters of markers must know that.
        if not {"max_zoom", "maxZoom"} & set(options):
            tiles = [e for e in elements if type(e).__name__ in _TILES and e not in dropped]
            folium_map.options = options if tiles else {**options, "max_zoom": 20}
        yield
    finally:
        for element, children in kept:
            element._children = children
        folium_map.crs, folium_map.options = crs, options
        for frame in frames:
            frame.without_base = False


def _take_off(elements: list[Any], dropped: list[Any]) -> None:
    """Take elements off what holds them, with what an earlier rendering left of them."""
    gone = {element.get_name() for element in dropped}
    if not gone:
        return
    for holder in elements:
        for name, child in list(holder._children.items()):
            if child in dropped or name in gone or name == HEAD_NAME:
                del holder._children[name]


def _is_online_base(element: Any) -> bool:
    """Tell whether an element is a base map that would be fetched."""
    if isinstance(element, BaseLayer):
        return element.online
    if type(element).__name__ == "MiniMap":
        return True
    return type(element).__name__ in _TILES and _fetched(element) is not None


def _fetched(element: Any) -> str | None:
    """Return the address that an element fetches, or None."""
    held = dict(vars(element))
    options = held.get("options")
    held |= options if isinstance(options, dict) else {}
    for name, value in held.items():
        if name not in _WORDS and isinstance(value, str) and _REMOTE.match(value):
            return value
    return None
