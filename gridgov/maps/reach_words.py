"""How reach was measured, in words for the foot of its maps."""

from __future__ import annotations

import pandas as pd

from gridgov.columns import Language
from gridgov.maps.words import words_for

__all__ = ["distance_phrase", "reach_how"]


def distance_phrase(kind: str | None, distance_m: float | None, lang: Language) -> str:
    """Return how distances were taken and how far a facility reaches.

    Examples
    --------
    >>> distance_phrase("straight", 800.0, "en")
    'straight distance, reach 800 m'
    """
    words = words_for(lang)
    how = words["reach_network" if kind == "network" else "reach_straight"]
    if distance_m is None:
        return how + words["reach_own"]
    return how + words["reach_same"].format(f"{distance_m:,.10g}")


def reach_how(reach: pd.DataFrame, lang: Language) -> list[str]:
    """Return the line that says how a table of reach was made, none if it does not tell."""
    made = reach.attrs.get("reach")
    if not made:
        return []
    how = distance_phrase(made["distance"], made["distance_m"], lang)
    return [words_for(lang)["reach_made"].format(facilities=f"{made['facilities']:,}", how=how)]
