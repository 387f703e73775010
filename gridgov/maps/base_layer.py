"""The base map as an element of a ``folium.Map``: online tiles, or tiles that lie in the page."""

from __future__ import annotations

from functools import cache
from typing import Any

from folium.map import Layer

from gridgov.maps.base_pairing import check_pairing
from gridgov.maps.packing import micro
from gridgov.maps.safe_text import encode_bytes, encode_json
from gridgov.maps.tile_files import Kept
from gridgov.maps.vendored import base_js
from gridgov.maps.verbatim import Verbatim

__all__ = ["HEAD_NAME", "BaseLayer"]

HEAD_NAME = "gridgov_base"
"""What our script is called in the head of a page."""


class BaseLayer(Layer):
    """Tiles below everything else.

    Parameters
    ----------
    name
        Its name in a layer control: our own words.
    settings
        ``layers`` with address and options, and ``attribution`` as HTML.
    kept
        The tiles themselves; None for tiles that the page fetches.
    shifts
        Whether the map draws in GCJ-02.
    """

    def __init__(
        self, name: str, settings: dict[str, Any], *, kept: Kept | None, shifts: bool
    ) -> None:
        super().__init__(name=name, overlay=False, control=True, show=True)
        self._name = "BaseLayer"
        self._settings, self._kept, self.shifts = settings, kept, shifts

    @property
    def online(self) -> bool:
        """Whether the page fetches tiles."""
        return self._kept is None

    def render(self, **kwargs: Any) -> Any:
        """Write our script into the head and the layer after the map."""
        parent: Any = self._parent
        check_pairing(parent)
        root: Any = self.get_root()
        shift = f'gridgovBase.shift("{_outline()}");' if self.shifts else ""
        root.header.add_child(Verbatim(f"<script>{base_js()}{shift}</script>\n"), name=HEAD_NAME)
        settings = dict(self._settings)
        pictures = ""
        if self._kept is not None:
            settings["places"] = self._kept.places
            # Base64 means nothing to a template, to HTML or inside quotes of a script.
            listed = ",".join(f'"{encode_bytes(picture)}"' for picture in self._kept.pictures)
            pictures = f", [{listed}]"
        name = self.get_name()
        text = f'var {name} = gridgovBase.layer("{encode_json(settings)}"{pictures});\n'
        if self.show:
            text += f"{name}.addTo({parent.get_name()});\n"
        root.script.add_child(Verbatim(text), name=name)


@cache
def _outline() -> str:
    """Return the outline that datum.py shifts in, as thousandths of a degree and differences."""
    from gridgov.geo.mainland import mainland_outline

    outline = mainland_outline()
    rings = []
    for ring in (outline.exterior, *outline.interiors):
        # The closing vertex is the first one again.
        whole = micro(list(ring.coords)[:-1], 1000)
        steps = whole.copy()
        steps[1:] -= whole[:-1]
        rings.append(steps.reshape(-1).tolist())
    return encode_json(rings)
