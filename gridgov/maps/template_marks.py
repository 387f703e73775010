"""A warning before the text of a stock element is read as a template.

Branca renders what elements wrote as a Jinja template again. Template marks in a popup,
a tooltip, a GeoJSON value, a column name or a layer name are therefore run, or stop the
map with an error. Our own layers are not touched by that (see ``safe_text``); elements
that a user adds are looked through here, before anything is rendered.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

from gridgov.errors import DataWarning
from gridgov.maps.elements import all_elements, element_title

__all__ = ["find_template_marks", "warn_of_template_marks"]

_MARKS = re.compile(r"\{[{%#]")
# What Folium and branca keep for themselves, and the tree.
_OWN = frozenset({"_children", "_parent", "_template", "_env", "_id", "_name", "parent_map"})
_AROUND = 30
_MOST_NAMED = 5


def find_template_marks(folium_map: Any) -> list[tuple[str, str]]:
    """Return the elements of a map whose text holds template marks, each with that text.

    Parameters
    ----------
    folium_map
        A ``folium.Map`` or any element; nothing is rendered.

    Returns
    -------
    list of (str, str)
        Class and layer name of the element, and the text around the first mark, shortened.

    Raises
    ------
    AttributeError
        If it is no element.

    Examples
    --------
    >>> import folium
    >>> page = folium.Map(tiles=None)
    >>> _ = folium.Marker([39.9, 116.2], tooltip="{{ 7 * 7 }}").add_to(page)
    >>> find_template_marks(page)
    [('Tooltip', '{{ 7 * 7 }}')]
    """
    root = folium_map.get_root()
    # What was rendered before lies in the script of the page and is written anew.
    rendered = set(map(id, root.script._children.values())) if hasattr(root, "script") else set()
    found = []
    for element in all_elements(root):
        if id(element) in rendered or type(element).__module__.startswith("gridgov."):
            continue
        for text in _texts(element):
            mark = _MARKS.search(text)
            if mark:
                found.append((element_title(element), _around(text, mark.start())))
                break
    return found


def warn_of_template_marks(folium_map: Any) -> None:
    """Warn when text of stock elements holds template marks; see :func:`find_template_marks`.

    Parameters
    ----------
    folium_map
        A ``folium.Map``; nothing is rendered.

    Raises
    ------
    DataWarning
        As a warning: the elements and their text, and that ``gridgov.escape`` helps.

    Examples
    --------
    >>> import folium, gridgov
    >>> page = folium.Map(tiles=None)
    >>> _ = folium.Marker([39.9, 116.2], tooltip=gridgov.escape("{# 50%}")).add_to(page)
    >>> warn_of_template_marks(page)
    """
    found = find_template_marks(folium_map)
    if not found:
        return
    listed = "; ".join(f"{name} with {text!r}" for name, text in found[:_MOST_NAMED])
    listed_zh = "；".join(f"{name} 含“{text}”" for name, text in found[:_MOST_NAMED])
    rest = len(found) - _MOST_NAMED
    more, more_zh = (f"; and {rest:,} more", f"；另有 {rest:,} 处") if rest > 0 else ("", "")
    warnings.warn(
        DataWarning(
            "Text in a stock Folium element is read as a template: marks such as {{ {% {# run as "
            f"Python or stop the map. Found: {listed}{more}. Pass text of records through "
            "gridgov.escape(...) before giving it to an element.",
            zh="Folium 自带元素中的文字会被当作模板读取：{{ {% {# 等标记会作为 Python 执行，或使"
            f"地图无法生成。发现：{listed_zh}{more_zh}。记录中的文字请先经 "
            "gridgov.escape(...) 处理，再交给元素。",
        ),
        stacklevel=2,
    )


def _texts(element: Any) -> Iterator[str]:
    """Yield every text that an element holds, the keys of its data too."""
    waiting: list[Any] = [value for name, value in vars(element).items() if name not in _OWN]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, (list, tuple)):
            # Coordinates are most of a GeoJSON and hold no text.
            if value and isinstance(value[0], (int, float)):
                continue
            waiting.extend(value)
        elif hasattr(value, "js_code"):
            waiting.append(value.js_code)


def _around(text: str, start: int) -> str:
    """Return the text around a place, on one line and cut."""
    first, last = max(0, start - _AROUND), start + _AROUND
    piece = " ".join(text[first:last].split())
    return f"{'…' if first else ''}{piece}{'…' if last < len(text) else ''}"
