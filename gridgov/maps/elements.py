"""The elements of a map: every one, also those that others keep to themselves.

Folium keeps most elements as children, but the icon of a marker, the marker of a GeoJSON
layer, the small map of a plugin and the parts of a popup lie in attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from branca.element import Element

__all__ = ["all_elements", "element_title"]

# Names that Folium gives where the user gave none.
_GIVEN = re.compile(r"_[0-9a-f]{32}$")
# Up the tree and not down.
_UPWARD = frozenset({"_parent", "parent_map", "frame"})


def all_elements(root: Any) -> Iterator[Any]:
    """Yield `root` and every element below it once, parents before what they hold."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        yield element
        below = list(element._children.values())
        for name, value in vars(element).items():
            if name in _UPWARD:
                continue
            held = value if isinstance(value, (list, tuple)) else (value,)
            below.extend(part for part in held[:100] if isinstance(part, Element))
        waiting.extend(reversed(below))


def element_title(element: Any) -> str:
    """Return the class of an element, and its layer name when it has one of its own."""
    kind = type(element).__name__
    name = getattr(element, "layer_name", None) or getattr(element, "tile_name", None)
    if isinstance(name, str) and name and not _GIVEN.search(name):
        return f"{kind} {_short(name)!r}"
    return kind


def _short(text: str) -> str:
    """Return a text on one line, cut after 40 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
