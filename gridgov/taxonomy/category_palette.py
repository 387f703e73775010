"""The colors of categories over time: warm for hotspots, cool for cold ones.

Seventeen colors cannot be told apart for certain, so a map and a figure always name the
category beside its color. Within a side the kinds that planners act on stand out:
magenta or cyan for what is new, dark for what grows, pale for what comes and goes or is
over. Cold mirrors hot, so that a color on one side has its like on the other. Each comes in
the tones of every palette of :data:`gridgov.taxonomy.palette.DIVERGING`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.schema.emerging import EMERGING_CATEGORIES, PERSISTENCE_CLASSES
from gridgov.schema.moran import LISA_CLASSES
from gridgov.taxonomy.palette import DIVERGING, check_palette

__all__ = [
    "EMERGING_COLORS",
    "LISA_COLORS",
    "PERSISTENCE_COLORS",
    "TREND_COLORS",
    "category_colors",
]

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

_VIK_COLD, _VIK_NONE, _VIK_HOT = (DIVERGING["vik"][place] for place in (0, 3, 6))
_VIK = {
    "emerging": (
        *("#c2187a", "#e08a1e", "#4a0f03", "#8a2a0c", "#bd6431", "#dcae94", "#e9d36a"),
        *("#bfaea6", _VIK_NONE, "#a3b0bb"),
        *("#b5dcd0", "#b9d7ea", "#6fa3c0", "#1c6d9c", "#021d45", "#1f8577", "#22b4d6"),
    ),
    "persistence": (
        *("#8a2a0c", "#c2187a", "#dcae94", "#bfaea6", "#7d6b9e", _VIK_NONE),
        *("#a3b0bb", "#b9d7ea", "#22b4d6", _VIK_COLD),
    ),
    "trends": (_VIK_HOT, _VIK_NONE, _VIK_COLD),
    "moran": (_VIK_HOT, "#d9a486", "#87b6cd", _VIK_COLD, _VIK_NONE),
}
_ARCGIS = {
    "emerging": EMERGING_COLORS,
    "persistence": PERSISTENCE_COLORS,
    "trends": TREND_COLORS,
    "moran": LISA_COLORS,
}


def category_colors(kind: str, palette: str = "arcgis") -> dict[str, str]:
    """Return the fill of every category of a kind in the tones of a palette.

    Parameters
    ----------
    kind
        ``"emerging"``, ``"persistence"``, ``"trends"`` or ``"moran"``.
    palette
        A name in :data:`gridgov.taxonomy.palette.DIVERGING`.

    Raises
    ------
    OptionError
        If there is no such palette.

    Examples
    --------
    >>> category_colors("trends")
    {'up': '#d62f27', 'none': '#f7f7f2', 'down': '#4575b5'}
    >>> category_colors("trends", "vik")["up"]
    '#7c1b06'
    """
    check_palette(palette)
    colors = _ARCGIS[kind]
    return dict(colors if palette == "arcgis" else zip(colors, _VIK[kind], strict=True))
