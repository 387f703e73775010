"""How a table of tests was made, in one sentence for the foot of its map or figure.

The sentence is made from what the table carries in its ``attrs``: a map never names a
statistic, a null hypothesis or a correction that was not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gridgov.columns import TABLES, Language

__all__ = ["method_sentence", "rings_phrase"]

_MORAN = "local Moran's I"

# phrase: (English, Chinese)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sentence": (
            "{statistic} of {what} in {cells} H3 cells{rings}{null}; two-sided p "
            "values{correction}.",
            "对 {cells} 个 H3 网格的{what}计算{statistic}{rings}{null}；双侧 p 值{correction}。",
        ),
        "incidents": ("{} incidents", " {} 起事件"),
        "rings_one": (", each with its neighbors in 1 ring", "，邻域为 1 圈"),
        "rings_many": (", each with its neighbors in {} rings", "，邻域为 {} 圈"),
        "all": (
            "; null hypothesis: the values lie at random over the cells",
            "；零假设：各网格数值随机排列",
        ),
        "others": (
            "; null hypothesis: the other cells' values lie at random, the cell's own stays",
            "；零假设：本网格数值不变，其余网格数值随机排列",
        ),
        "permutations": (" ({} permutations)", "（置换 {} 次）"),
        "normal": ("; p from the normal approximation", "；p 值取自正态近似"),
        "correction": (", {} adjusted (q)", "，经 {} 校正得 q 值"),
        _MORAN: ("Local Moran's I", "局部莫兰指数"),
        "Getis-Ord Gi*": ("Getis-Ord Gi*", " Getis-Ord Gi*"),
        "Getis-Ord Gi": ("Getis-Ord Gi", " Getis-Ord Gi"),
    }
)


def method_sentence(
    made: Mapping[str, Any], *, statistic: str, incidents: int, cells: int, lang: Language
) -> str:
    """Return how a table of local statistics was made.

    Parameters
    ----------
    made
        What the table carries in its ``attrs``; parts that are not there are not told.
    statistic
        The statistic when `made` does not name it.
    incidents, cells
        How many the table holds.
    lang
        ``"en"`` or ``"zh"``.

    Examples
    --------
    >>> made = {"null": "permutation", "permutations": 999, "rings": 2}
    >>> print(method_sentence(made, statistic="Getis-Ord Gi", incidents=81, cells=37, lang="en"))
    Getis-Ord Gi of 81 incidents in 37 H3 cells, each with its neighbors in 2 rings; null
    hypothesis: the other cells' values lie at random, the cell's own stays (999 permutations);
    two-sided p values.
    """
    words = {key: texts[1 if lang == "zh" else 0] for key, texts in _WORDS.items()}
    name = str(made.get("statistic") or statistic)
    value, correction = str(made.get("value") or "incidents"), made.get("correction")
    return words["sentence"].format(
        statistic=words.get(name, name),
        what=words["incidents"].format(f"{incidents:,}")
        if value == "incidents"
        else _heading(value, lang),
        cells=f"{cells:,}",
        rings=rings_phrase(made.get("rings"), lang),
        null=_null(made, name, words),
        correction=words["correction"].format(correction) if correction else "",
    )


def rings_phrase(rings: int | None, lang: Language) -> str:
    """Return how far a neighborhood reaches, as the end of a phrase; empty when unknown.

    Examples
    --------
    >>> rings_phrase(2, "zh")
    '，邻域为 2 圈'
    """
    if not rings:
        return ""
    return _WORDS["rings_one" if rings == 1 else "rings_many"][lang == "zh"].format(rings)


def _null(made: Mapping[str, Any], statistic: str, words: Mapping[str, str]) -> str:
    """Return the null hypothesis: which values are dealt out at random."""
    match made.get("null"):
        case "randomization":
            return words["all" if statistic == "Getis-Ord Gi*" else "others"]
        case "permutation":
            drawn = made.get("permutations")
            return words["others"] + (words["permutations"].format(f"{drawn:,}") if drawn else "")
        case "analytic":
            return words["normal"]
    return ""


def _heading(value: str, lang: Language) -> str:
    """Return the words for a column of rates, or its name when it is the caller's own."""
    if value not in TABLES["rates"].names:
        return value
    heading = TABLES["rates"][value].heading(lang)
    return heading if lang == "zh" else f"the {heading.lower()}"
