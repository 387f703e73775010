"""Whether one incident makes another one nearby and soon more likely.

Knox's test counts pairs of incidents that are close in space and close in time, and
asks how many such pairs there would be if places and times had nothing to do with each
other: the places stay, the times are dealt out anew. Hot places and busy seasons are
therefore no explanation of a high count; what is left is that nearness in one goes with
nearness in the other. It is a statement about pairs of records, not a proof of cause: a
place that was busy for one month only gives the same picture as a chain of repeats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError
from gridgov.geo.placed_points import are_geometries, is_placed, kinds_of, places_in_plane
from gridgov.hotspots.knox import Metric, Progress, knox
from gridgov.hotspots.multiple_testing import benjamini_hochberg

__all__ = ["measure_near_repeats"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Days = Literal["calendar", "elapsed"]

# Ratcliffe & Rengert (2008) and the near repeat calculators: significant, and at least
# a fifth more pairs than expected.
_FLAG_P = 0.05
_FLAG_RATIO = 1.2

_MICROSECONDS_A_DAY = 86_400_000_000


def measure_near_repeats(
    incidents: Any,
    *,
    distance_bands_m: Sequence[float],
    time_bands_days: Sequence[float],
    metric: Metric = "euclidean",
    days: Days = "calendar",
    permutations: int = 999,
    seed: int = 0,
    times: str = "reported_at",
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Measure whether incidents near each other also come soon after each other.

    Parameters
    ----------
    incidents
        Table of :func:`gridgov.read_incidents` or :func:`gridgov.locate`: points in
        EPSG:4326 and times with a zone. Rows without a point or a time are left out.
    distance_bands_m
        Edges of the distance bands, meters, ascending: ``[0, 0.1, 200, 400]`` are the
        bands [0, 0.1), [0.1, 200) and [200, 400). A first band as narrow as 0.1 m holds
        the repeats at the very same place.
    time_bands_days
        Edges of the time bands, days, ascending; the last one may be infinite.
    metric
        ``"euclidean"``, as the crow flies, or ``"manhattan"``, along east and north.
    days
        ``"calendar"`` counts the midnights between two incidents in the zone of the
        times; ``"elapsed"`` takes the hours between them as parts of days.
    permutations
        How often the times are dealt out anew, 1 or more.
    seed
        Seed of the permutations.
    times
        Column that dates an incident, with a zone.
    progress
        Called as ``progress(done, total)`` with the number of permutations.

    Returns
    -------
    DataFrame, one row a distance band and time band, both ascending
        - ``distance_from_m``, ``distance_to_m``, ``days_from``, ``days_to``: the bands;
          the lower edge belongs, the upper does not.
        - ``pairs``: pairs of incidents in both bands.
        - ``pairs_expected``: exact mean number of pairs when times are dealt out at random.
        - ``pairs_median``: median over the permutations.
        - ``knox_ratio``, ``knox_ratio_median``: pairs over each of the two; missing
          where that is zero.
        - ``p_value``: one-sided, for more pairs than chance, above 0, up to 1.
        - ``q_value``: Benjamini-Hochberg adjusted over the bands of the table.
        - ``flagged``: p_value at most 0.05 and knox_ratio at least 1.2.

        ``attrs["near_repeats"]`` says in plain values how it was made, and how many
        incidents were used and left out.

    Raises
    ------
    ColumnsError
        If a column is missing, holds no points or its times have no zone.
    DatumError
        If the table says another CRS than EPSG:4326.
    EmptyTableError
        If fewer than two incidents have a point and a time.
    OptionError
        If the bands do not ascend, an option does not exist, or the largest distance
        makes more than 20 million pairs.

    Notes
    -----
    Null hypothesis: times are exchangeable over places [1]_. All bands are counted in the
    same permutations. With n incidents, N_s pairs in the distance band and N_t pairs in
    the time band, the mean over all n! permutations is N_s N_t / (n (n - 1) / 2), which
    is what ``pairs_expected`` holds: it has no Monte Carlo error. The p-value is that of
    [2]_, the two marks of ``flagged`` are those of [3]_.

    Points are laid in a Lambert azimuthal equal-area plane about the middle of the data,
    where distances within a city are good to parts in a million; manhattan distance
    depends on the axes, which are east and north here.

    Limits: places that exist for part of the time only (a building site, a new street)
    and records that came in batches look like near repeats; the bands of one table are
    not independent tests; incidents near the rim have partners that no record shows.

    References
    ----------
    .. [1] Knox, E. G. (1964). The detection of space-time interactions. Journal of the
       Royal Statistical Society C 13(1), 25-30. https://doi.org/10.2307/2985220
    .. [2] Besag, J. & Diggle, P. J. (1977). Simple Monte Carlo tests for spatial pattern.
       Journal of the Royal Statistical Society C 26(3), 327-333.
       https://doi.org/10.2307/2346974
    .. [3] Ratcliffe, J. H. & Rengert, G. F. (2008). Near-repeat patterns in Philadelphia
       shootings. Security Journal 21, 58-76. https://doi.org/10.1057/palgrave.sj.8350068

    Examples
    --------
    Two incidents at one place a day apart and two at another, a month later: 2 of the 6
    pairs share a place and 2 lie within a week, so 2 * 2 / 6 are expected in both.

    >>> import geopandas as gpd, pandas as pd
    >>> days = pd.to_datetime(["2017-09-01", "2017-09-02", "2017-10-01", "2017-10-02"])
    >>> incidents = gpd.GeoDataFrame(
    ...     {"reported_at": days.tz_localize("Asia/Shanghai").as_unit("us")},
    ...     geometry=gpd.points_from_xy([116.2, 116.2, 116.3, 116.3], [39.9] * 4), crs=4326)
    >>> found = measure_near_repeats(incidents, distance_bands_m=[0, 1, 100],
    ...                              time_bands_days=[0, 7], permutations=99)
    >>> found[["pairs", "pairs_expected", "knox_ratio"]].round(3).values.tolist()
    [[2.0, 0.667, 3.0], [0.0, 0.0, nan]]
    """
    check_choice(metric, option="metric", choices=("euclidean", "manhattan"))
    check_choice(days, option="days", choices=("calendar", "elapsed"))
    distances = _edges(distance_bands_m, "distance_bands_m", finite=True)
    bands = _edges(time_bands_days, "time_bands_days", finite=False)
    check_table(incidents, "incidents", columns=[times, "geometry"], allow_empty=True)
    crs = getattr(incidents, "crs", None)
    if crs is not None and crs.to_epsg() != 4326:
        raise DatumError(
            f"incidents must be in EPSG:4326. Found: {crs.to_string()[:60]}. "
            "Call incidents.to_crs(4326) first."
        )
    x, y, when, used = _places_and_times(incidents, times, days)
    unit = 1 if days == "calendar" else _MICROSECONDS_A_DAY
    counts = knox(
        x,
        y,
        when,
        distance_edges=distances,
        time_edges=bands * unit,
        metric=metric,
        permutations=permutations,
        seed=seed,
        progress=progress,
    )
    rows, columns = counts.observed.shape
    expected, median = counts.expected.ravel(), counts.median.ravel()
    pairs = counts.observed.ravel()
    ratio, ratio_median = _ratio(pairs, expected), _ratio(pairs, median)
    p = counts.p_value.ravel()
    result = conform(
        pd.DataFrame(
            {
                "distance_from_m": distances[:-1].repeat(columns),
                "distance_to_m": distances[1:].repeat(columns),
                "days_from": np.tile(bands[:-1], rows),
                "days_to": np.tile(bands[1:], rows),
                "pairs": pairs,
                "pairs_expected": expected,
                "pairs_median": median,
                "knox_ratio": ratio,
                "knox_ratio_median": ratio_median,
                "p_value": p,
                "q_value": benjamini_hochberg(p),
                "flagged": (p <= _FLAG_P) & (ratio >= _FLAG_RATIO),
            }
        ),
        "near_repeats",
    )
    result.attrs["near_repeats"] = {
        "test": "Knox",
        "metric": metric,
        "days": days,
        "permutations": int(permutations),
        "seed": int(seed),
        "incidents": int(used),
        "left_out": len(incidents) - int(used),
    }
    return result


def _places_and_times(incidents: Any, times: str, days: Days) -> tuple[Floats, Floats, Whole, int]:
    """Return x, y and the times of the incidents that have both, and how many these are."""
    column = incidents[times]
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        raise ColumnsError(
            f"{times} must hold times with a zone. Found: dtype {column.dtype}. "
            "gridgov.read_incidents(..., timezone=...) makes such a column."
        )
    points = incidents["geometry"].array
    if not are_geometries(points):
        raise ColumnsError(
            f"geometry must hold points. Found: dtype {incidents['geometry'].dtype} with other "
            "values. gridgov.read_incidents(...) makes such a column."
        )
    shape = kinds_of(points)
    other = np.flatnonzero((shape != 0) & (shape != -1))
    if other.size:
        raise ColumnsError(
            f"geometry must hold points. Found: {other.size} other geometries, the first in row "
            f"{incidents.index[other[0]]!r}. Drop them or take their centroids first."
        )
    index = pd.DatetimeIndex(column).as_unit("us")
    usable = np.flatnonzero(is_placed(points) & ~np.asarray(index.isna()))
    if len(usable) < 2:
        raise EmptyTableError(
            "Near repeats need two incidents with a point and a time. Found: "
            f"{len(usable)} among {len(incidents)} rows."
        )
    coordinates, _ = places_in_plane(points[usable])
    moments = index[usable]
    if days == "calendar":
        # The date on the wall: where clocks change, midnights are 23 or 25 hours apart.
        whole = moments.tz_localize(None).asi8 // _MICROSECONDS_A_DAY
    else:
        whole = moments.asi8
    return coordinates[:, 0], coordinates[:, 1], np.asarray(whole, dtype=np.int64), len(usable)


def _ratio(pairs: Whole, of: Floats) -> Floats:
    """Return the quotient, NaN where nothing is expected."""
    result = np.full(len(pairs), np.nan)
    np.divide(pairs, of, out=result, where=of > 0)
    return result


def _edges(values: Any, option: str, *, finite: bool) -> Floats:
    """Return the edges of bands after checking that they are edges."""
    try:
        edges = np.asarray(list(values), dtype=np.float64)
    except (TypeError, ValueError):
        edges = np.empty(0)
    inside = np.isfinite(edges) if finite else ~np.isnan(edges)
    ascending = len(edges) > 1 and bool(inside.all()) and bool((np.diff(edges) > 0).all())
    if not ascending or edges[0] < 0:
        raise OptionError(
            f"{option} must be two or more ascending numbers from 0 on"
            f"{', all finite' if finite else ''}. Found: {values!r}. For bands of 0 to 100 and "
            "100 to 200 write [0, 100, 200]."
        )
    return edges
