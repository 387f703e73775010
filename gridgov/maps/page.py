"""The map that everything is drawn on: a ``folium.Map`` that carries its own Leaflet.

A planner on an intranet, or on a train, sees the map in the notebook as well as in the
exported file: Leaflet, our drawing script and its style are part of the page. Stock
Folium elements can still be added. Those that need more than Leaflet (popups, Font
Awesome markers, most plugins) bring Folium's usual links to the web back, and only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import folium
from branca.element import Element, MacroElement
from folium.map import Layer

from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.base_maps import read_tiles
from gridgov.maps.base_pairing import check_pairing
from gridgov.maps.packing import Column, pack
from gridgov.maps.safe_text import encode_bytes, encode_json
from gridgov.maps.template_marks import warn_of_template_marks
from gridgov.maps.vendored import drawing_css, drawing_js, leaflet_css, leaflet_js
from gridgov.maps.verbatim import Verbatim
from gridgov.maps.words import words_for

__all__ = ["Drawing", "Part", "Verbatim", "draw", "drawing_of", "walk"]

# Stock elements that draw with Leaflet alone. Anything else, also what we do not know,
# gets Folium's usual links.
_LEAFLET_ALONE = frozenset(
    {
        "Circle",
        "CircleMarker",
        "Element",
        "ElementAddToElement",
        "FeatureGroup",
        "Figure",
        "FitBounds",
        "GlobalSwitches",
        "LayerControl",
        "Marker",
        "PolyLine",
        "Polygon",
        "Rectangle",
        "TileLayer",
        "Tooltip",
        "WmsTileLayer",
    }
)
_LEAFLET = ("leaflet", "leaflet_css")


class _Map(folium.Map):
    """A folium.Map with Leaflet inside, and Folium's links only when they are needed."""

    warns_of_template_marks = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.default_js = [link for link in folium.Map.default_js if link[0] not in _LEAFLET]
        self.default_css = [link for link in folium.Map.default_css if link[0] not in _LEAFLET]

    def render(self, **kwargs: Any) -> Any:
        """Put Leaflet and our script into the head, then everything else."""
        check_pairing(self)
        warn_of_template_marks(self)
        head = _root(self).header
        for name, text in (("leaflet", leaflet_js()), ("gridgov", drawing_js())):
            head.add_child(Verbatim(f"<script>{text}</script>\n"), name=name)
        for name, text in (("leaflet_css", leaflet_css()), ("gridgov_css", drawing_css())):
            head.add_child(Verbatim(f"<style>{text}</style>\n"), name=name)
        kept = self.default_js, self.default_css
        if all(_draws_with_leaflet_alone(element) for element in walk(self)):
            stock = {*folium.Map.default_js, *folium.Map.default_css}
            self.default_js = [link for link in kept[0] if link not in stock]
            self.default_css = [link for link in kept[1] if link not in stock]
        try:
            folium.Map.render(self, **kwargs)
        finally:
            self.default_js, self.default_css = kept


class Part(NamedTuple):
    """One layer of a page.

    Attributes
    ----------
    kind
        The script that draws it: ``cells``, ``points``, ``streets``, ...
    settings
        What that script needs besides the numbers; any text in it is shown as it is.
    columns
        The numbers to draw.
    name
        Its name in a layer control: our own words, never text of a record.
    shown
        Whether it is drawn when the page opens.
    """

    kind: str
    settings: dict[str, Any]
    columns: Sequence[Column]
    name: str
    shown: bool = True


class Drawing(NamedTuple):
    """What a page draws, before it is packed: for whoever draws it on something else.

    Attributes
    ----------
    parts
        The layers, the lowest first.
    sheet
        ``title``, ``date``, ``foot`` and ``legend``.
    lang
        Language of its words.
    bounds
        West, south, east and north, degrees.
    """

    parts: Sequence[Part]
    sheet: dict[str, Any]
    lang: Language
    bounds: tuple[float, float, float, float]


class _Frame(MacroElement):
    """Heading, legend, foot and data of a map; the layers take what they draw from here."""

    def __init__(self, settings: dict[str, Any], packed: str, drawing: Drawing) -> None:
        MacroElement.__init__(self)
        self._name = "Frame"
        self._settings, self._packed = settings, packed
        self.drawing = drawing
        # Set for a while by save_html(..., drop_base=True): without a base map below, what
        # is drawn has its full color.
        self.without_base = False

    def render(self, **kwargs: Any) -> Any:
        """Write the data, whose alphabet means nothing to a template or a script."""
        told = encode_json({**self._settings, **({"opacity": 1} if self.without_base else {})})
        call = f'gridgov.frame({_parent(self).get_name()}, "{told}", "{self._packed}")'
        _root(self).script.add_child(
            Verbatim(f"var {self.get_name()} = {call};\n"), name=self.get_name()
        )


class _Drawn(Layer):
    """A layer that the frame has made, for Folium to put on the map and to list."""

    def __init__(self, frame: _Frame, place: int, part: Part) -> None:
        super().__init__(name=part.name, overlay=True, control=True, show=part.shown)
        self._name = "Drawn"
        self.frame, self.place = frame, place

    def render(self, **kwargs: Any) -> Any:
        """Take the layer from the frame; one statement however often a map is rendered."""
        name = self.get_name()
        text = f"var {name} = {self.frame.get_name()}.parts[{self.place}];\n"
        if self.show:
            text += f"{name}.addTo({_parent(self).get_name()});\n"
        _root(self).script.add_child(Verbatim(text), name=name)
        for child in list(self._children.values()):
            child.render(**kwargs)


def draw(
    parts: Sequence[Part],
    *,
    sheet: dict[str, Any],
    lang: Language,
    bounds: tuple[float, float, float, float],
    tiles: Any,
) -> folium.Map:
    """Return a map of packed layers.

    Parameters
    ----------
    parts
        The layers, the lowest first; the card tells of the topmost one at the pointer.
    sheet
        What stands around them: ``title``, ``date``, ``foot`` (lines), ``legend``
        (sections, each ``heading``, ``rows``, ``help``); any text is shown as it is.
    lang
        Language of the fixed words.
    bounds
        West, south, east and north, degrees.
    tiles
        Base map: None, what :func:`gridgov.base_map` takes or returns, or what Folium takes.

    Raises
    ------
    MapError
        If Folium does not know the base map, or its tiles are in another datum.
    """
    base, stock = read_tiles(tiles)
    tiles = base or stock
    west, south, east, north = bounds
    try:
        page = _Map(location=[(south + north) / 2, (west + east) / 2], zoom_start=12, tiles=stock)
    except ValueError as error:
        raise MapError(
            f"tiles must be a base map that Folium knows, or None for none. Found: {tiles!r}. "
            f"Folium says: {error}"
        ) from error
    # Without tiles a map may stand between whole zooms, and then fills the window.
    page.options.update({"max_zoom": 19} if tiles else {"max_zoom": 20, "zoom_snap": 0.25})
    told, packed = [], []
    for part in parts:
        layout, data = pack(part.columns)
        told.append({**part.settings, "kind": part.kind, "columns": layout, "bytes": len(data)})
        packed.append(data)
    whole = {
        **sheet,
        "lang": lang,
        "words": words_for(lang),
        "bounds": [[south, west], [north, east]],
        "opacity": 0.72 if tiles else 1,
        "parts": told,
    }
    if base is not None:
        base.add_to(page, lang=lang, bounds=bounds)
    frame = _Frame(whole, encode_bytes(b"".join(packed)), Drawing(parts, sheet, lang, bounds))
    page.add_child(frame)
    for place, part in enumerate(parts):
        page.add_child(_Drawn(frame, place, part))
    return page


def drawing_of(page: Any) -> Drawing | None:
    """Return what a page draws, None where it is no map of ours.

    Parameters
    ----------
    page
        A ``folium.Map``.

    Raises
    ------
    None
    """
    children = getattr(page, "_children", {}).values()
    return next((child.drawing for child in children if isinstance(child, _Frame)), None)


def walk(element: Any) -> Iterator[Any]:
    """Yield every element below `element`, also those that popups keep to themselves."""
    for child in list(element._children.values()):
        yield child
        yield from walk(child)
    for part in ("header", "html", "script", "icon"):
        own = getattr(element, part, None)
        if isinstance(own, Element) and own not in element._children.values():
            yield own
            yield from walk(own)


def _root(element: Any) -> Any:
    """Return the figure an element stands in."""
    return element.get_root()


def _parent(element: Any) -> Any:
    """Return the map an element stands on."""
    return element._parent


def _draws_with_leaflet_alone(element: Any) -> bool:
    """Tell whether an element needs none of Folium's links to the web."""
    home = type(element).__module__
    return home.startswith("gridgov.maps.") or (
        home.split(".")[0] in ("folium", "branca") and type(element).__name__ in _LEAFLET_ALONE
    )
