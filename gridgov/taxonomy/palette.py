"""The seven colors of a hotspot map, blue for cold to red for hot, and gray for no answer.

A diverging scheme that people with red-green color blindness can read and that stays
in order when printed in gray from the middle outward. Maps and figures take it from
here, so that a picture in a report and the map on the screen show the same cell alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.columns import SPOTS

__all__ = ["NO_ANSWER_COLOR", "SPOT_COLORS", "spot_color"]

SPOT_COLORS: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            SPOTS,
            ("#4575b5", "#849eba", "#c0ccbe", "#f7f7f2", "#fab984", "#ed7551", "#d62f27"),
            strict=True,
        )
    )
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
