"""The classes of a scan's clusters, by side and p-value, and their colors.

Red and blue are those of hot and cold spots at the same levels. A cluster that chance
explains is sand and not a pale red: it is listed, and it is no finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.taxonomy.palette import SPOT_COLORS, spot_colors

__all__ = ["CLUSTER_COLORS", "LEAST_LIKELY", "cluster_class", "cluster_colors"]

LEAST_LIKELY = 0.10
"""The largest p of a cluster that is shown as one."""

CLUSTER_COLORS: Mapping[str, str] = MappingProxyType(
    {
        "high 99": SPOT_COLORS["hot 99"],
        "high 95": SPOT_COLORS["hot 95"],
        "high 90": SPOT_COLORS["hot 90"],
        "not significant": "#e2dccb",
        "none": SPOT_COLORS["not significant"],
        "low 90": SPOT_COLORS["cold 90"],
        "low 95": SPOT_COLORS["cold 95"],
        "low 99": SPOT_COLORS["cold 99"],
    }
)
"""The fill of every class, also of a place in no cluster."""


def cluster_colors(palette: str = "arcgis") -> dict[str, str]:
    """Return the fill of every class in the tones of a palette.

    Raises
    ------
    OptionError
        If there is no such palette.

    Examples
    --------
    >>> cluster_colors("vik")["high 99"], cluster_colors()["not significant"]
    ('#7c1b06', '#e2dccb')
    """
    spots = spot_colors(palette)
    of_spot = {color: spots[spot] for spot, color in SPOT_COLORS.items()}
    return {name: of_spot.get(color, color) for name, color in CLUSTER_COLORS.items()}


def cluster_class(side: str, p_value: float) -> str:
    """Return the class of a cluster.

    Examples
    --------
    >>> cluster_class("high", 0.001), cluster_class("low", 0.08), cluster_class("low", 0.5)
    ('high 99', 'low 90', 'not significant')
    """
    for level, name in ((0.01, "99"), (0.05, "95"), (LEAST_LIKELY, "90")):
        if p_value <= level:
            return f"{side} {name}"
    return "not significant"
