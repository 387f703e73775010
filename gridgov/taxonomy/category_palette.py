"""The colors of categories over time: warm for hotspots, cool for cold ones.

Seventeen colors cannot be told apart for certain, so a map and a figure always name the
category beside its color. Within a side the kinds that planners act on stand out:
magenta or cyan for what is new, dark for what grows, pale for what comes and goes or is
over. Cold mirrors hot, so that a color on one side has its like on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.schema.emerging import EMERGING_CATEGORIES, PERSISTENCE_CLASSES
from gridgov.schema.moran import LISA_CLASSES

__all__ = ["EMERGING_COLORS", "LISA_COLORS", "PERSISTENCE_COLORS", "TREND_COLORS"]

_NONE = "#f7f7f2"

EMERGING_COLORS: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            EMERGING_CATEGORIES,
            (
                *("#e6007e", "#f08a24", "#7a0c17", "#c0222b", "#e87a6d", "#fad0a4", "#f5e663"),
                *("#cdb0ab", _NONE, "#aab4c4"),
                *("#b8e6cc", "#c3dcf0", "#7aa6d8", "#2a5caa", "#0a2657", "#128a72", "#00a9c9"),
            ),
            strict=True,
        )
    )
)
"""The fill of every category in the order of
:data:`gridgov.schema.emerging.EMERGING_CATEGORIES`."""

PERSISTENCE_COLORS: Mapping[str, str] = MappingProxyType(
    dict(
        zip(
            PERSISTENCE_CLASSES,
            (
                *("#c0222b", "#e6007e", "#fad0a4", "#cdb0ab", "#8d69a8", _NONE),
                *("#aab4c4", "#c3dcf0", "#00a9c9", "#2a5caa"),
            ),
            strict=True,
        )
    )
)
"""The fill of every class in the order of
:data:`gridgov.schema.emerging.PERSISTENCE_CLASSES`."""

TREND_COLORS: Mapping[str, str] = MappingProxyType(
    {"up": "#d62f27", "none": _NONE, "down": "#4575b5"}
)
"""The fill of a rising, a steady and a falling cell."""

LISA_COLORS: Mapping[str, str] = MappingProxyType(
    dict(zip(LISA_CLASSES, ("#d62f27", "#f5a86b", "#9cc7e8", "#2a5caa", _NONE), strict=True))
)
"""The fill of every class of local Moran: clusters dark, outliers pale, the cell's own side
red or blue. In the order of :data:`gridgov.schema.moran.LISA_CLASSES`."""
