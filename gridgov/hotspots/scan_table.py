"""The clusters of a scan as a table, and what each search was."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.hotspots.scan_clusters import BestWindows
from gridgov.hotspots.scan_places import Places, ScanMap
from gridgov.hotspots.scan_windows import Circles, Time, circle_outlines

__all__ = ["Found", "about_search", "cluster_rows", "clusters_table"]

Whole = NDArray[np.int64]


class Found(NamedTuple):
    """The clusters of one search.

    Attributes
    ----------
    centers
        Their centers, the most likely first.
    best
        The best window about every place.
    p_value
        p of each cluster.
    level
        The least log-likelihood ratio whose p is 0.05 or less; None where there are no
        replicates, or too few to say.
    """

    centers: list[int]
    best: BestWindows
    p_value: NDArray[np.float64]
    level: float | None


def cluster_rows(
    found: Found,
    search: ScanMap,
    places: Places,
    circles: Circles,
    intervals: Whole,
    time: Time,
) -> list[dict[str, Any]]:
    """Return the clusters of one search as rows of the table."""
    total = int(search.counts.sum())
    rows = []
    for number, center in enumerate(found.centers):
        best = found.best
        incidents, expected = int(best.incidents[center]), float(best.expected[center])
        first, last = intervals[best.interval[center]]
        row = {
            "period": search.period,
            "group": search.group,
            "cluster": number + 1,
            "side": "high" if incidents > expected else "low",
            "cell": None if places.cell is None else places.cell[center],
            "street_id": places.street_id[center],
            "radius_m": best.radius_m[center],
            "members": best.members[center],
            "start": None,
            "end": None,
            "incidents": incidents,
            "expected": expected,
            "relative_risk": _relative_risk(incidents, expected, total),
            "log_likelihood_ratio": best.ratio[center],
            "p_value": found.p_value[number],
            "recurrence_days": np.nan,
            "longitude": places.longitude[center],
            "latitude": places.latitude[center],
            "drawn_m": sum(circles.gap_m(center, int(best.members[center]))) / 2,
        }
        if search.starts is not None and search.ends is not None:
            row["start"], row["end"] = search.starts[first], search.ends[last - 1]
            if time == "prospective":
                days = (search.ends[-1] - search.starts[0]) / pd.Timedelta(days=1)
                row["recurrence_days"] = days / len(search.starts) / row["p_value"]
        rows.append(row)
    return rows


def _relative_risk(incidents: int, expected: float, total: int) -> float:
    """Return observed / expected inside, over the same outside."""
    outside = (total - incidents) / (total - expected)
    return incidents / expected / outside if outside > 0 else float("inf")


def about_search(found: Found, search: ScanMap, size: int) -> dict[str, Any]:
    """Return what one search was, in plain values."""
    period = search.period
    return {
        "period": None if period is None or pd.isna(period) else period.isoformat(),
        "group": None if search.group is None or pd.isna(search.group) else str(search.group),
        "places": size,
        "periods": int(search.counts.shape[1]),
        "incidents": int(search.counts.sum()),
        "windows": int(found.best.windows),
        "clusters": len(found.centers),
        "level_05": found.level,
    }


def clusters_table(rows: list[dict[str, Any]]) -> Any:
    """Return rows as the table of clusters."""
    import geopandas as gpd

    names = ["longitude", "latitude", "drawn_m", "cluster"]
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=names, dtype=np.float64)
    outlines = circle_outlines(frame["longitude"], frame["latitude"], frame["drawn_m"])
    frame["geometry"] = gpd.GeoSeries(outlines, index=frame.index, crs="EPSG:4326")
    return gpd.GeoDataFrame(conform(frame, "clusters"), geometry="geometry", crs="EPSG:4326")
