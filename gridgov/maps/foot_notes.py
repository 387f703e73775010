"""Lines at the foot of a map that is already drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["put_notes"]


def put_notes(page: Any, lines: Sequence[str]) -> None:
    """Put lines before those at the foot of a map of gridgov, in every view of it.

    Parameters
    ----------
    page
        The map; one that gridgov did not draw stays as it is.
    lines
        The lines, as :func:`gridgov.maps.map_notes.map_notes` makes them; shown as text.

    Raises
    ------
    AttributeError
        If it is no map.
    """
    for child in page._children.values():
        told = getattr(child, "_settings", None)
        if getattr(child, "_name", "") != "Frame" or told is None:
            continue
        told["foot"] = [*lines, *told["foot"]]
        for part in told["parts"]:
            # A view, such as a period, has a foot of its own, which takes the place of these.
            for view in part.get("views") or ():
                if view is not None and "foot" in view:
                    view["foot"] = [*lines, *view["foot"]]
