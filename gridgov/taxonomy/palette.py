"""The seven colors of a hotspot map, blue for cold to red for hot, and gray for no answer.

A diverging scheme that people with red-green color blindness can read and that stays
in order when printed in gray from the middle outward. Maps and figures take it from
here, so that a picture in a report and the map on the screen show the same cell alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.columns import SPOTS
from gridgov.errors import OptionError

__all__ = [
    "DIVERGING",
    "NO_ANSWER_COLOR",
    "SPOT_COLORS",
    "check_palette",
    "spot_color",
    "spot_colors",
]

DIVERGING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "arcgis": ("#4575b5", "#849eba", "#c0ccbe", "#f7f7f2", "#fab984", "#ed7551", "#d62f27"),
        # Crameri's vik (Zenodo, doi.org/10.5281/zenodo.1243862), read at 0.08, 0.22 ... 0.92.
        "vik": ("#023175", "#1c6d9c", "#87b6cd", "#ece5e0", "#d9a486", "#bd6431", "#7c1b06"),
    }
)
"""Seven colors from cold over neutral to hot, by the name of the palette. Neither needs an
eye that tells red from green. Printed in gray, what is cold and what is hot is equally dark,
so such a map needs its numbers beside it."""

SPOT_COLORS: Mapping[str, str] = MappingProxyType(
    dict(zip(SPOTS, DIVERGING["arcgis"], strict=True))
)
"""The fill of every spot in the order of :data:`gridgov.columns.SPOTS`."""

NO_ANSWER_COLOR = "#bdbdbd"
"""The fill of a cell for which no statistic could be worked out."""


def spot_color(spot: str | None) -> str:
    """Return the fill of a spot, gray when there is no answer.

    Examples
    --------
    >>> spot_color("hot 99"), spot_color(None)
    ('#d62f27', '#bdbdbd')
    """
    return SPOT_COLORS.get(spot or "", NO_ANSWER_COLOR)


def spot_colors(palette: str = "arcgis") -> dict[str, str]:
    """Return the fill of every spot in a palette of :data:`DIVERGING`.

    Raises
    ------
    OptionError
        If there is no such palette.

    Examples
    --------
    >>> spot_colors("vik")["hot 99"]
    '#7c1b06'
    """
    check_palette(palette)
    return dict(zip(SPOTS, DIVERGING[palette], strict=True))


def check_palette(palette: str) -> None:
    """Raise if there is no such palette.

    Raises
    ------
    OptionError
        If it is not in :data:`DIVERGING`.
    """
    if palette not in DIVERGING:
        names = ", ".join(repr(name) for name in DIVERGING)
        raise OptionError(f"palette must be one of {names}. Found: {palette!r}.")
