"""The colors of coverage: who owns, who reaches, what is left over.

What is well covered runs from pale to dark blue, so that it is not taken for the reds of
many incidents, and what nobody reaches is a warm color of its own: that is what is looked
for. The colors of owners say nothing but that two neighbors are not the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

__all__ = [
    "ACCESS_COLORS",
    "FACILITY_COLORS",
    "NO_ACCESS_COLOR",
    "NO_OWNER_COLOR",
    "OWNER_COLORS",
    "REACH_COLORS",
    "RESPONSIBILITY_COLORS",
    "UNREACHED_COLOR",
    "reach_colors",
    "toward_white",
]

REACH_COLORS = ("#eef3ea", "#cfe3dc", "#a3cfcf", "#70b3bf", "#4392ab", "#276f91", "#164a6e")
"""From little reached to much, each clearly darker than the one before."""

UNREACHED_COLOR = "#e8b08a"
"""What nobody reaches."""

OWNER_COLORS = ("#8fb8de", "#f0c07a", "#a6cf9a", "#d8a7cb", "#e6dd84", "#93d2cc", "#c3b4e2")
"""Fills that tell neighbors apart under names and lines."""

NO_OWNER_COLOR = "#4a4f55"
"""Land without an owner."""

RESPONSIBILITY_COLORS: Mapping[str, str] = MappingProxyType(
    {
        "gap": "#d0342c",
        "gap_sliver": "#ef8a62",
        "overlap": "#6a3d9a",
        "overlap_sliver": "#b39bd3",
        "enclave": "#1f78b4",
        "outside": "#55626d",
    }
)
"""What is wrong with a piece of land; slivers paler than what is wide."""

ACCESS_COLORS = ("#8c510a", "#c9924b", "#ecd3a3", "#f5f3ec", "#b5d9d6", "#5aa8a2", "#12665f")
"""From far below the mean over the mean to far above, told apart without red and green."""

FACILITY_COLORS = ("#1b4f9c", "#b3261e", "#1f7a4d", "#7b3fa0", "#c06a00", "#00798c", "#55626d")
"""Kinds of facilities, the most frequent first; the last one is for all others."""


NO_ACCESS_COLOR = "#b9a6cc"
"""What nobody reaches, beside the browns of what is below the mean."""


def reach_colors(number: int) -> list[str]:
    """Return the colors of so many classes from little to much, evenly taken.

    Examples
    --------
    >>> reach_colors(2)
    ['#eef3ea', '#164a6e']
    """
    places = np.linspace(0, len(REACH_COLORS) - 1, max(number, 1)).round().astype(int)
    return [REACH_COLORS[place] for place in places.tolist()]


def toward_white(color: str, share: float) -> str:
    """Return a color mixed with white, `share` of it white.

    Examples
    --------
    >>> toward_white("#000000", 0.2)
    '#333333'
    """
    parts = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)
