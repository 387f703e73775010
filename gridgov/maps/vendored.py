"""The scripts, styles and images that travel with the package; see ``assets/LICENSES.md``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from functools import cache
from importlib.resources import files

from gridgov.maps.safe_text import encode_bytes

__all__ = [
    "OWN_SCRIPTS",
    "asset_text",
    "base_js",
    "drawing_css",
    "drawing_js",
    "inlined_css",
    "jquery_js",
    "leaflet_css",
    "leaflet_js",
    "notices",
    "pins_js",
    "plugin_css",
    "plugin_js",
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
    "cell_paint.js",
    "cell_keys.js",
    "cell_choices.js",
    "cell_sides.js",
    "points.js",
    "symbols.js",
    "shape_places.js",
    "shapes.js",
    "shape_views.js",
    "geodesy.js",
    "view.js",
    "print.js",
    "search.js",
    "measure.js",
    "tools.js",
    "frame.js",
)


_CSS_ADDRESS = re.compile(r"url\(\s*(['\"]?)([^)'\"]+)\1\s*\)")
_TIME_BUTTONS = """
.leaflet-bar-timecontrol .leaflet-control-timecontrol:before { font-family: inherit; }
.timecontrol-play:before { content: "\\25B6"; }
.timecontrol-play.reverse:before { content: "\\25C0"; }
.timecontrol-play.pause:before { content: "\\2016"; }
.timecontrol-stop:before { content: "\\25A0"; }
.timecontrol-forward:before { content: "\\203A"; }
.timecontrol-backward:before { content: "\\2039"; }
.timecontrol-loop:before { content: "\\21BB"; }
.timecontrol-speed:before { content: "\\00D7"; }
a.timecontrol-play.loading:before, .timecontrol-date.loading:before { content: "\\2026"; }
"""


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
    text = asset_text("leaflet.css").replace("\r\n", "\n")
    return re.sub(r"url\(images/([\w.-]+)\)", lambda m: f"url({_image(m[1])})", text)


@cache
def jquery_js() -> str:
    """Return jQuery, which stock Folium popups need."""
    return _script("jquery.min.js")


@cache
def drawing_js() -> str:
    """Return our own scripts without the lines of comment and the indents, a third of them."""
    return "\n".join(_spare(_script(name)) for name in OWN_SCRIPTS)


@cache
def drawing_css() -> str:
    """Return our own style sheet."""
    return asset_text("gridgov.css")


@cache
def base_js() -> str:
    """Return our script of base maps."""
    return _script("base.js")


@cache
def pins_js() -> str:
    """Return our script of pins, which stands for markers with an icon font."""
    return _script("pins.js")


@cache
def plugin_js(name: str) -> str:
    """Return a script of ``assets/plugins``."""
    return _script(f"plugins/{name}")


@cache
def plugin_css(name: str) -> str:
    """Return a style sheet of ``assets/plugins`` with its images as data."""
    text = asset_text(f"plugins/{name}").replace("\r\n", "\n")
    if name == "leaflet.timedimension.control.css":
        # Its buttons are letters of an icon font on the web; here signs that every font has.
        text = re.sub(r"@font-face\s*\{[^}]*\}", "", text) + _TIME_BUTTONS
    return inlined_css(text, _plugin_image)


def inlined_css(text: str, picture: Callable[[str], str]) -> str:
    """Return a style sheet whose addresses are what `picture` makes of them."""

    def replaced(found: re.Match[str]) -> str:
        inside = found[2].startswith(("data:", "#"))
        return found[0] if inside else f"url({picture(found[2])})"

    return _CSS_ADDRESS.sub(replaced, text)


def notices(plugins: Collection[str] = ()) -> str:
    """Return the licence texts that must travel with a page, fit for an HTML comment.

    Parameters
    ----------
    plugins
        Headings of the plugins that are in it.
    """
    text = asset_text("LICENSES.md")
    always, _, further = text[text.index("## Leaflet\n") :].partition("# Plugins\n")
    sections = [f"## {section}" for section in further.split("\n## ")[1:]]
    used = [section for section in sections if section[3:].split("\n", 1)[0] in plugins]
    return "\n\n".join(part.strip() for part in (always, *used))


def asset_text(name: str) -> str:
    """Return an asset as text."""
    return _ASSETS.joinpath(*name.split("/")).read_text(encoding="utf-8")


def _spare(script: str) -> str:
    """Return a script of ours without comments and indents; its text never runs over lines."""
    lines = (line.strip() for line in script.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def _script(name: str) -> str:
    """Return a script without the line that would make developer tools look for its map."""
    return re.sub(r"\n//# sourceMappingURL=\S*\s*$", "\n", asset_text(name).replace("\r\n", "\n"))


def _image(name: str) -> str:
    """Return an image as a data address."""
    return f"data:image/png;base64,{encode_bytes(_ASSETS.joinpath('images', name).read_bytes())}"


def _plugin_image(at: str) -> str:
    """Return an image of a plugin as a data address."""
    name = at.rsplit("/", 1)[-1]
    kind = {"svg": "svg+xml", "gif": "gif"}.get(name.rsplit(".", 1)[-1], "png")
    folder = _ASSETS.joinpath("plugins", "images")
    return f"data:image/{kind};base64,{encode_bytes(folder.joinpath(name).read_bytes())}"
