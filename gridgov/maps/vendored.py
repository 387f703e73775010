"""The scripts, styles and images that travel with the package; see ``assets/LICENSES.md``."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from gridgov.maps.safe_text import encode_bytes

__all__ = [
    "OWN_SCRIPTS",
    "drawing_css",
    "drawing_js",
    "jquery_js",
    "leaflet_css",
    "leaflet_js",
    "notices",
]

_ASSETS = files("gridgov.maps").joinpath("assets")

# Our own scripts, each after what it builds on.
OWN_SCRIPTS = (
    "data.js",
    "unpack.js",
    "legend.js",
    "card.js",
    "layers.js",
    "hexagons.js",
    "cells.js",
    "cell_keys.js",
    "cell_choices.js",
    "points.js",
    "shapes.js",
    "geodesy.js",
    "view.js",
    "print.js",
    "tools.js",
    "frame.js",
)


@cache
def leaflet_js() -> str:
    """Return Leaflet with its default marker as data, so that no image is fetched."""
    # Leaflet looks for the images beside its style sheet, where in one file there is nothing.
    icon = {
        "iconUrl": _image("marker-icon.png"),
        "iconRetinaUrl": _image("marker-icon-2x.png"),
        "shadowUrl": _image("marker-shadow.png"),
    }
    return (
        f'{_script("leaflet.js")}\nL.Icon.Default.imagePath = "";\n'
        f"L.Icon.Default.mergeOptions({json.dumps(icon)});\n"
    )


@cache
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its images as data."""
    text = _text("leaflet.css").replace("\r\n", "\n")
    return re.sub(r"url\(images/([\w.-]+)\)", lambda m: f"url({_image(m[1])})", text)


@cache
def jquery_js() -> str:
    """Return jQuery, which stock Folium popups need."""
    return _script("jquery.min.js")


@cache
def drawing_js() -> str:
    """Return our own scripts."""
    return "\n".join(_script(name) for name in OWN_SCRIPTS)


@cache
def drawing_css() -> str:
    """Return our own style sheet."""
    return _text("gridgov.css")


@cache
def notices() -> str:
    """Return the licence texts that must travel with every copy, fit for an HTML comment."""
    text = _text("LICENSES.md")
    return text[text.index("## Leaflet") :].strip()


def _script(name: str) -> str:
    """Return a script without the line that would make developer tools look for its map."""
    return re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", _text(name).replace("\r\n", "\n"))


def _text(name: str) -> str:
    """Return an asset as text."""
    return _ASSETS.joinpath(name).read_text(encoding="utf-8")


def _image(name: str) -> str:
    """Return an image as a data address."""
    return f"data:image/png;base64,{encode_bytes(_ASSETS.joinpath('images', name).read_bytes())}"
