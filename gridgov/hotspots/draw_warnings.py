"""What is said once when p-values come from draws: that they have a floor, and what it costs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from gridgov.errors import DataWarning
from gridgov.hotspots.randomization_null import DRAWS

__all__ = ["warn_about_draws"]


def warn_about_draws(maps: Sequence[dict[str, Any]], *, counted: bool, level: float) -> None:
    """Warn where draws stand in for the exact null, and where permutations are too few.

    Parameters
    ----------
    maps
        Records of the maps: ``p_method``, ``p_floor`` and ``tests`` of each.
    counted
        Whether whole numbers of incidents were tested.
    level
        The largest q at which a cell is shown.

    Warns
    -----
    DataWarning
        One for each of the two, at the caller of the function that calls this one.
    """
    sampled = [entry for entry in maps if entry["p_method"] == "sampled"]
    if sampled:
        cause, cause_zh = (
            (
                "the counts are too large or the neighborhoods too wide for the exact distribution",
                "计数过大或邻域过宽，无法采用精确分布",
            )
            if counted
            else (
                "the values are no whole numbers, or too large for the exact distribution",
                "数值不是整数或过大，无法采用精确分布",
            )
        )
        floor = f"{sampled[0]['p_floor']:.0e}"
        warnings.warn(
            DataWarning(
                f"In {len(sampled)} of {len(maps)} maps {cause}; their p-values come from "
                f"{DRAWS:,} random draws and cannot fall below {floor}.",
                zh=f"{len(maps)} 幅图中有 {len(sampled)} 幅{cause_zh}；其 p 值由 {DRAWS:,} 次随机"
                f"抽取得出，不会低于 {floor}。",
            ),
            stacklevel=3,
        )
    blunt = [
        entry
        for entry in maps
        if entry["p_method"] == "permutation" and entry["p_floor"] * entry["tests"] >= level
    ]
    if blunt:
        worst = max(blunt, key=lambda entry: int(entry["tests"]))
        together = int(np.ceil(worst["p_floor"] * worst["tests"] / level))
        floor, tests = f"{worst['p_floor']:.2g}", f"{worst['tests']:,}"
        warnings.warn(
            DataWarning(
                f"In {len(blunt)} of {len(maps)} maps the permutations are too few for so many "
                f"tests: no p can fall below {floor}, and among {tests} tests about {together:,} "
                f"cells must reach it together before one has q below {level:.2f}. Give "
                'more permutations, or null="randomization".',
                zh=f"{len(maps)} 幅图中有 {len(blunt)} 幅检验太多而置换次数太少：p 值不会低于 "
                f"{floor}，{tests} 个检验中约需 {together:,} 个网格同时达到该值，才会有网格的 q 值"
                f'低于 {level:.2f}。请增加 permutations，或设 null="randomization"。',
            ),
            stacklevel=3,
        )
