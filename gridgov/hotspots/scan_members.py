"""Which cells or areas make up each cluster of a scan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import InputError
from gridgov.hotspots.scan_places import read_places
from gridgov.hotspots.scan_windows import Circles, earth_points

__all__ = ["places_of_search", "scan_members"]


def scan_members(clusters: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """List the cells or areas that make up each cluster.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_scan_clusters`.
    counts
        The table of counts they were found in.

    Returns
    -------
    DataFrame, one row a place of a cluster, nearest to the center first
        - ``period``, ``group``, ``cluster``: as in `clusters`.
        - ``cell``, ``street_id``: the place.
        - ``distance_m``: from the center, meters.
        - ``incidents``: its incidents in the cluster's time; they add up to the cluster's.

    Raises
    ------
    ColumnsError
        If a column is missing.
    EmptyTableError
        If `counts` has no rows.
    InputError
        If the clusters were not found in `counts`.

    Examples
    --------
    Four neighboring cells, incidents in two of them:

    >>> import pandas as pd
    >>> from gridgov.hotspots.scan import find_scan_clusters
    >>> counts = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x8931AA50E2FFFFF,
    ...                       0x8931AA50E2BFFFF], "uint64"),
    ...     "incidents": [3, 2, 0, 0], "area_km2": 0.1})
    >>> clusters = find_scan_clusters(counts, replicates=99)
    >>> scan_members(clusters, counts)[["cluster", "incidents"]].values.tolist()
    [[1, 2], [1, 3]]
    """
    needed = ["period", "group", "cluster", "cell", "street_id", "radius_m", "members"]
    check_table(clusters, "clusters", columns=[*needed, "start", "end"], allow_empty=True)
    places, incidents = read_places(counts)
    size = len(places.longitude)
    circles = Circles(
        earth_points(places.longitude, places.latitude),
        np.zeros(size),
        space_share=1.0,
        radius_m=None,
    )
    ids = pd.Index(places.street_id if places.cell is None else places.cell)
    parts = []
    for row in clusters.drop(columns="geometry", errors="ignore").to_dict("records"):
        key = row["street_id"] if places.cell is None else row["cell"]
        center = -1 if pd.isna(key) else int(ids.get_indexer([key])[0])
        around = circles.about(center) if center >= 0 else None
        number = int(row["members"])
        fits = around is not None and number <= size
        if (
            around is None
            or not fits
            or abs(around.distance_m[number - 1] - row["radius_m"]) > 0.01
        ):
            raise InputError(
                "counts must be the table in which the clusters were found. Found: cluster "
                f"{row['cluster']} about {key!r} does not have {number} places within "
                f"{row['radius_m']:.0f} m there."
            )
        members = around.order[:number]
        here = _rows_of(row, counts)
        inside = np.bincount(places.of_row[here], weights=incidents[here], minlength=size)
        parts.append(
            pd.DataFrame(
                {
                    "period": row["period"],
                    "group": row["group"],
                    "cluster": row["cluster"],
                    "cell": None if places.cell is None else places.cell[members],
                    "street_id": places.street_id[members],
                    "distance_m": around.distance_m[:number],
                    "incidents": inside[members].astype(np.int64),
                }
            )
        )
    empty = pd.DataFrame({"cluster": [], "distance_m": [], "incidents": []})
    return conform(pd.concat(parts, ignore_index=True) if parts else empty, "scan_members")


def places_of_search(
    clusters: pd.DataFrame, counts: pd.DataFrame, key: str = "cell"
) -> pd.DataFrame:
    """Return the places of the search that clusters are of, with their incidents at all times.

    Parameters
    ----------
    clusters
        Clusters of one search; all rows of `counts` are meant when there are none.
    counts
        Table of counts with the column `key`.
    key
        What the places are: ``cell`` or ``street_id``.
    """
    here = np.ones(len(counts), dtype=np.bool_)
    if len(clusters):
        first = clusters.drop(columns="geometry", errors="ignore").iloc[0].to_dict()
        over_time = not pd.isna(first["start"])
        search = {"group": first["group"], "period": first["period"], "start": None}
        columns = ["group"] if over_time else ["group", "period"]
        here = _rows_of(search, counts[[name for name in columns if name in counts.columns]])
    table = counts.loc[here]
    if "street_id" not in table.columns:
        table = table.assign(street_id=None)
    sums = table.groupby(key, as_index=False, sort=True)
    found = sums.agg(incidents=("incidents", "sum"), street=("street_id", "first"))
    if key == "street_id":
        return pd.DataFrame(found.drop(columns="street"))
    return pd.DataFrame(found.rename(columns={"street": "street_id"}))


def _rows_of(row: dict[str, Any], counts: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of the counts lie in a cluster's search and time."""
    here = np.ones(len(counts), dtype=np.bool_)
    if "group" in counts.columns:
        group = counts["group"]
        same = group.isna() if pd.isna(row["group"]) else group.eq(row["group"])
        here &= same.to_numpy(dtype=bool, na_value=False)
    if "period" in counts.columns:
        period = counts["period"]
        if not pd.isna(row["start"]):
            same = (period >= row["start"]) & (period < row["end"])
        else:
            same = period.isna() if pd.isna(row["period"]) else period.eq(row["period"])
        here &= same.to_numpy(dtype=bool, na_value=False)
    return here
