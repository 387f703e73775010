"""Overlaps and gaps between jurisdictions, in words with numbers, slivers included.

Reading only tells; what overlaps and gaps mean for incidents is measured by
:func:`gridgov.check_responsibility`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gridgov.geo.partition import find_gaps, find_overlaps
from gridgov.geo.projection import to_plane
from gridgov.sources.notices import Notice

__all__ = ["MIN_AREA_M2", "SLIVER_WIDTH_M", "neighbor_notices"]

MIN_AREA_M2 = 1.0
"""Overlaps and gaps up to this size are rounding and are not noticed, m²."""

SLIVER_WIDTH_M = 10.0
"""A gap that opens to the outside is noticed when it is narrower than this, m."""

# Street names in one sentence; a gap in the middle of a city may touch dozens.
_NAMES_SHOWN = 4


def neighbor_notices(shapes: Any, names: list[str]) -> tuple[list[Notice], list[Notice]]:
    """Return what there is to say about overlaps and gaps: in sum, and one by one.

    Parameters
    ----------
    shapes
        Valid Polygons or MultiPolygons, EPSG:4326.
    names
        What each is called in a sentence.

    Returns
    -------
    summary : list of Notice
        ``overlaps`` and ``gaps``: how many, their area, the largest.
    details : list of Notice
        ``overlap`` and ``gap``, one each, largest first, with the area in m².
    """
    planar, _ = to_plane(shapes)
    invalid = ~shapely.is_valid(planar)
    # Valid in degrees can be invalid in the plane by a rounding.
    planar[invalid] = shapely.make_valid(planar[invalid], method="structure", keep_collapsed=False)
    first, second, shared = find_overlaps(planar, min_area_m2=MIN_AREA_M2)
    areas = shapely.area(shared)
    order = np.argsort(-areas, kind="stable")
    overlaps = [
        _one("overlap", [names[first[at]], names[second[at]]], float(areas[at]))
        for at in order.tolist()
    ]
    gaps, bounding = find_gaps(planar, min_area_m2=MIN_AREA_M2, sliver_width_m=SLIVER_WIDTH_M)
    holes = [
        _one("gap", [names[at] for at in around], float(area))
        for around, area in zip(bounding, shapely.area(gaps), strict=True)
    ]
    return [*_sum("overlap", overlaps), *_sum("gap", holes)], [*overlaps, *holes]


def _one(kind: str, names: list[str], area_m2: float) -> Notice:
    """Return the notice for one overlap or gap."""
    shown = names[:_NAMES_SHOWN]
    more = len(names) - len(shown)
    last = f"{more} more" if more else shown.pop() if len(shown) > 1 else ""
    english = ", ".join(shown) + (f" and {last}" if last else "")
    chinese = "、".join(names[:_NAMES_SHOWN]) + (f" 等 {len(names)} 个街道" if more else "")
    if kind == "overlap":
        detail = f"{english} overlap by {area_m2:,.1f} m²."
        detail_zh = f"{chinese} 重叠 {area_m2:,.1f} 平方米。"
    elif len(names) == 1:
        detail = f"{area_m2:,.1f} m² inside {english} belong to no street of the file."
        detail_zh = f"{chinese} 内有 {area_m2:,.1f} 平方米不属于任何街道。"
    else:
        detail = f"{area_m2:,.1f} m² between {english} belong to no street of the file."
        detail_zh = f"{chinese} 之间有 {area_m2:,.1f} 平方米不属于任何街道。"
    return Notice(kind, " + ".join(names), detail, detail_zh, value=area_m2, unit="m²")


def _sum(kind: str, found: list[Notice]) -> list[Notice]:
    """Return one notice on all overlaps or all gaps; none when there are none."""
    if not found:
        return []
    count, total = len(found), sum(one.value or 0.0 for one in found)
    smallest = f"{MIN_AREA_M2:g} m²"
    if kind == "overlap":
        pairs = "pair of streets overlaps" if count == 1 else "pairs of streets overlap"
        detail = f"{count} {pairs} by more than {smallest}, together {total:,.1f} m²."
        detail_zh = f"有 {count} 对街道重叠超过 {MIN_AREA_M2:g} 平方米，共 {total:,.1f} 平方米。"
    else:
        places = "gap between streets is" if count == 1 else "gaps between streets are"
        detail = f"{count} {places} larger than {smallest}, together {total:,.1f} m²."
        detail_zh = (
            f"街道之间有 {count} 处空隙超过 {MIN_AREA_M2:g} 平方米，共 {total:,.1f} 平方米。"
        )
    return [
        Notice(
            f"{kind}s",
            "jurisdictions",
            f"{detail} The largest: {found[0].detail}",
            f"{detail_zh}最大的一处：{found[0].detail_zh}",
            value=float(total),
            unit="m²",
        )
    ]
