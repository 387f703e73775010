"""What takes the place of a link to the web in a file: the library itself.

1. Copies of the plugins that are small and freely licensed travel with the package
   (``assets/plugins``, see ``assets/LICENSES.md``), two heat maps with Folium; each goes
   into a page only when the page links it.
2. What only decorates (Bootstrap, icon fonts, dragging a legend) is left out.
3. Any other library can lie in a folder of the user's, under the last part of its address.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from gridgov.errors import MapError
from gridgov.maps.safe_text import encode_bytes
from gridgov.maps.vendored import (
    asset_text,
    inlined_css,
    jquery_js,
    leaflet_css,
    leaflet_js,
    pins_js,
    plugin_css,
    plugin_js,
)

__all__ = ["Library", "find_library", "inlined_plugin_names"]

Kind = Literal["script", "style", "nothing"]


class Library(NamedTuple):
    """What stands for a link.

    Attributes
    ----------
    kind
        A script, a style, or nothing at all.
    text
        Its text.
    notice
        Heading of its licence in ``assets/LICENSES.md``; "" for none.
    needed_by
        A pattern in the page's own scripts without which it is left out; "" for always.
    """

    kind: Kind
    text: str
    notice: str = ""
    needed_by: str = ""


# Address, script or style in assets/plugins, heading of the licence.
_PLUGINS: tuple[tuple[str, str, str], ...] = (
    (r"/leaflet\.markercluster(\.min)?\.js$", "leaflet.markercluster.js", "Leaflet.markercluster"),
    (r"/MarkerCluster(\.min)?\.css$", "MarkerCluster.css", "Leaflet.markercluster"),
    (
        r"/MarkerCluster\.Default(\.min)?\.css$",
        "MarkerCluster.Default.css",
        "Leaflet.markercluster",
    ),
    (
        r"/leaflet\.featuregroup\.subgroup(\.min)?\.js$",
        "leaflet.featuregroup.subgroup.js",
        "Leaflet.FeatureGroup.SubGroup",
    ),
    (r"/Control\.FullScreen(\.min)?\.js$", "Control.FullScreen.js", "leaflet.fullscreen"),
    (r"/Control\.FullScreen(\.min)?\.css$", "Control.FullScreen.css", "leaflet.fullscreen"),
    (
        r"/leaflet\.timedimension(\.min)?\.js$",
        "leaflet.timedimension.min.js",
        "Leaflet.TimeDimension",
    ),
    (
        r"/leaflet\.timedimension\.control(\.min)?\.css$",
        "leaflet.timedimension.control.css",
        "Leaflet.TimeDimension",
    ),
    (r"/iso8601(\.min)?\.js$", "iso8601.js", "iso8601-js-period"),
    (r"/moment\.js/2\.[\d.]+/moment(\.min)?\.js$", "moment.min.js", "Moment.js"),
    (
        r"/leaflet\.groupedlayercontrol(\.min)?\.js$",
        "leaflet.groupedlayercontrol.min.js",
        "Leaflet.groupedlayercontrol",
    ),
    (
        r"/leaflet\.groupedlayercontrol(\.min)?\.css$",
        "leaflet.groupedlayercontrol.min.css",
        "Leaflet.groupedlayercontrol",
    ),
    (
        r"/leaflet\.polylineoffset(\.min)?\.js$",
        "leaflet.polylineoffset.js",
        "Leaflet.PolylineOffset",
    ),
    (r"/leaflet\.textpath(\.min)?\.js$", "leaflet.textpath.js", "Leaflet.TextPath"),
    (
        r"/L\.Control\.MousePosition(\.min)?\.js$",
        "L.Control.MousePosition.js",
        "Leaflet.MousePosition",
    ),
    (
        r"/L\.Control\.MousePosition(\.min)?\.css$",
        "L.Control.MousePosition.css",
        "Leaflet.MousePosition",
    ),
    (r"/leaflet-ant-path(\.min)?\.js$", "leaflet-ant-path.js", "leaflet-ant-path"),
    (r"/leaflet-search(\.min)?\.js$", "leaflet-search.min.js", "leaflet-search"),
    (r"/leaflet-search(\.min)?\.css$", "leaflet-search.min.css", "leaflet-search"),
    (r"/d3/3\.5\.[\d.]+/d3(\.min)?\.js$", "d3.min.js", "d3"),
)
# Folium carries these itself and links its own copies.
_FOLIUM = (
    (r"/leaflet_heat(\.min)?\.js$", "leaflet_heat.min.js", "Leaflet.heat"),
    (r"/pa7_hm(\.min)?\.js$", "pa7_hm.min.js", "heatmap.js"),
    (r"/pa7_leaflet_hm(\.min)?\.js$", "pa7_leaflet_hm.min.js", "heatmap.js"),
)
_DECORATION = re.compile(
    r"/bootstrap[@/][\d.]+/(dist/)?(js|css)/bootstrap[\w.-]*\.(js|css)$"
    r"|/leaflet\.awesome\.rotate\.min\.css$|/leaflet[.-]awesome[.-]markers\.css$"
    r"|/fontawesome-free@[\d.]+/css/all\.min\.css$|/highlight\.js/[\d.]+/styles/[\w.-]+\.css$"
    r"|/jqueryui/[\d.]+/jquery-ui(\.min)?\.js$"
)
_KINDS = {".png": "png", ".svg": "svg+xml", ".gif": "gif", ".jpg": "jpeg"}
# Makes code out of text, which the policy of the page forbids.
_CODE_FROM_TEXT = re.compile(r"/leaflet-measure(\.min)?\.js$")
# geopandas.explore lets its legend be dragged with jQuery UI; here it stays where it is.
_JQUERY_UI = re.compile(r"code\.jquery\.com/ui/[\d.]+/jquery-ui(\.min)?\.js$")
_STILL = (
    "if (window.jQuery && !jQuery.fn.draggable) "
    "jQuery.fn.draggable = function () { return this; };\n"
)


def find_library(address: str, folder: Path | None) -> Library | None:
    """Return what stands for a link, or None where there is nothing.

    Parameters
    ----------
    address
        The address of a script or style.
    folder
        The user's folder of libraries, or None.

    Raises
    ------
    MapError
        If a style in the folder would fetch something that is not there, or the script is
        known to make code out of text.

    Examples
    --------
    >>> find_library("https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css", None).kind
    'style'
    >>> find_library("https://example.org/unknown.js", None) is None
    True
    """
    if re.search(r"/leaflet@1\.9\.\d+/dist/leaflet(\.min)?\.js$", address):
        return Library("script", leaflet_js(), "Leaflet")
    if re.search(r"/leaflet@1\.9\.\d+/dist/leaflet(\.min)?\.css$", address):
        return Library("style", leaflet_css(), "Leaflet")
    if re.search(r"/jquery[-/]3\.[\d.]+(/jquery)?(\.slim)?(\.min)?\.js$", address):
        return Library("script", jquery_js(), "jQuery", r"\$\(|\$\.|\bjQuery\b")
    if re.search(r"/leaflet[.-]awesome[.-]markers\.js$", address):
        return Library("script", pins_js(), "", r"\bAwesomeMarkers\b")
    if _CODE_FROM_TEXT.search(address):
        raise MapError(
            "Scripts in a file may not make code out of text: its policy forbids that. Found: "
            f"{address[:200]}, which does. Remove that plugin before saving."
        )
    if _JQUERY_UI.search(address):
        return Library("script", _STILL)
    if _DECORATION.search(address):
        return Library("nothing", "")
    for pattern, name, notice in _PLUGINS:
        if re.search(pattern, address):
            if name.endswith(".js"):
                return Library("script", plugin_js(name), notice)
            return Library("style", plugin_css(name), notice)
    for pattern, name, notice in _FOLIUM:
        held = files("folium").joinpath("templates", name)
        if re.search(pattern, address) and held.is_file():
            return Library("script", held.read_text(encoding="utf-8"), notice)
    return _from_folder(address, folder) if folder is not None else None


def inlined_plugin_names() -> str:
    """Return the names of Folium's plugins that can go into a file, for messages.

    Raises
    ------
    FileNotFoundError
        If the installation is not whole.

    Examples
    --------
    >>> inlined_plugin_names().split(", ")[:2]
    ['AntPath', 'FastMarkerCluster']
    """
    names = asset_text("LICENSES.md").split("Folium's plugins in a file: ")[1].split(".\n")[0]
    return " ".join(names.split())


def _from_folder(address: str, folder: Path) -> Library | None:
    """Return a library of the user's, found by the last part of its address."""
    name = Path(unquote(urlsplit(address).path)).name
    path = folder / name
    if not name or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8-sig")
    if "</script" in text.lower() or "</style" in text.lower():
        raise MapError(
            f"A library that goes into a page must not hold </script or </style. Found one in "
            f"{path}. Take its minified file, or leave the plugin out."
        )
    if path.suffix.lower() == ".css":
        return Library("style", inlined_css(text, lambda at: _picture(folder, name, at)))
    return Library("script", re.sub(r"//# sourceMappingURL=\S*", "", text))


def _picture(folder: Path, style: str, at: str) -> str:
    """Return a picture or font of a style in a folder as a data address."""
    path = folder / at.split("?")[0].split("#")[0]
    if not path.is_file():
        path = folder / path.name
    kind = _KINDS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise MapError(
            f"A style that goes into a page needs its pictures. {style} asks for {at[:100]}, which "
            f"is no PNG, SVG, GIF or JPEG in {folder}. Put it there, or leave the plugin out."
        )
    return f"data:image/{kind};base64,{encode_bytes(path.read_bytes())}"
