"""Clusters of incidents in space, or in space and time, of a size nobody chose beforehand.

The scan statistic lays circles of every size about every place, in every interval of
time if asked to, and takes the one whose incidents are least like what the null
expects. Its p-value is for the whole search: replicates of the data under the null are
searched in the same way, so that having looked at a million windows is paid for. It
says that something is unusual, and about where. It does not say that the edge of the
circle is the edge of the trouble, nor why the incidents are there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_whole
from gridgov.errors import OptionError
from gridgov.hotspots.scan_clusters import best_windows, choose_clusters, monte_carlo_p
from gridgov.hotspots.scan_likelihood import Direction
from gridgov.hotspots.scan_maxima import replicate_maxima
from gridgov.hotspots.scan_places import ScanMap, read_places, scan_maps
from gridgov.hotspots.scan_replicates import permuted_counts, poisson_counts, replicate_blocks
from gridgov.hotspots.scan_table import Found, about_search, cluster_rows, clusters_table
from gridgov.hotspots.scan_windows import Circles, Time, earth_points, time_intervals

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["find_scan_clusters"]

Whole = NDArray[np.int64]
Model = Literal["poisson", "space_time_permutation"]


def find_scan_clusters(
    counts: pd.DataFrame,
    *,
    model: Model = "poisson",
    baseline: str | None = None,
    time: Time = "none",
    direction: Direction = "high",
    space_share: float = 0.5,
    radius_km: float | None = None,
    time_share: float = 0.5,
    secondary: int = 9,
    replicates: int = 999,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> gpd.GeoDataFrame:
    """Find the circles, or circles and times, with the most surprising number of incidents.

    Parameters
    ----------
    counts
        Table of counts as :func:`gridgov.tally` makes it, zeros included. Needs
        ``incidents`` and ``cell``; or, to scan areas, ``street_id`` and a ``geometry`` in
        EPSG:4326. A scan over time needs ``period`` and searches every ``group`` by
        itself; otherwise every period and group is a search of its own.
    model
        ``"poisson"``: incidents are expected in proportion to the baseline.
        ``"space_time_permutation"``: no baseline; each place and each period keeps its
        total, and only incidents that are too close in both are a cluster.
    baseline
        Column that the incidents of a row are expected to be in proportion to: expected
        incidents, population, street length. None: ``area_km2``, times the days of the
        period in a scan over time. Only for ``"poisson"``.
    time
        ``"none"``: circles only. ``"prospective"``: circles and intervals that end with the
        last period, clusters still going on. ``"retrospective"``: all intervals.
    direction
        ``"high"``: more incidents than expected; ``"low"``: fewer; ``"both"``: either.
    space_share
        Largest share of all expected incidents in a circle, above 0 and up to 0.5.
    radius_km
        Largest radius, kilometers; None for no limit but `space_share`.
    time_share
        Largest share of the periods in an interval, above 0 and up to 0.9.
    secondary
        How many secondary clusters to list at most, none overlapping another.
    replicates
        Replicates under the null; the least p is 1 / (replicates + 1).
    seed
        Seed of the replicates.
    progress
        Called with the centers searched so far and in all.

    Returns
    -------
    GeoDataFrame, EPSG:4326, one row a cluster, the most likely of each search first
        Its ``attrs["scan"]`` says in plain values how it was made.

        - ``period``, ``group``: the search; missing where the table has none.
        - ``cluster``: 1 is the most likely one of its search.
        - ``side``: ``"high"`` or ``"low"``.
        - ``cell``, ``street_id``: the place at the center.
        - ``radius_m``: from the center to the farthest member's, meters; 0 for one place.
        - ``members``: places in the circle.
        - ``start``, ``end``: the half-open interval; missing when time is not scanned.
        - ``incidents``, ``expected``: in the cluster, and under the null.
        - ``relative_risk``: incidents / expected inside over the same outside.
        - ``log_likelihood_ratio``: the statistic.
        - ``p_value``: Monte Carlo, 1 / (replicates + 1) to 1, for the whole search.
        - ``recurrence_days``: prospective scans: days of analyses, one a period, in which
          one such cluster is expected by chance.
        - ``geometry``: circle halfway from the farthest member to the next place.

    Raises
    ------
    ColumnsError
        If a column is missing or holds something else, or a place lacks a row.
    EmptyTableError
        If `counts` has no rows.
    OptionError
        If an option does not exist or is out of range, or the options contradict each other.
    InputError
        If incidents lie where none are expected, or periods do not follow one another.
    GeometryError
        If an area has no geometry.
    DatumError
        If areas are not in EPSG:4326.

    Notes
    -----
    With c incidents in a window, m expected and C in all, the statistic is the largest
    ``c log(c/m) + (C - c) log((C - c)/(C - m))`` on the side looked for [1]_.

    Null hypotheses. Poisson: given C, incidents fall independently, in proportion to the
    baseline [1]_. Space-time permutation: the times of the incidents are exchangeable; in
    place z and period t ``C_z C_t / C`` are expected [2]_. Prospective intervals: [3]_; p is
    for one analysis, not adjusted for earlier ones.

    p of a secondary cluster compares it with the same maxima, which is conservative.
    Members are cells whose center, or areas in which one point, lies in the circle.

    References
    ----------
    .. [1] Kulldorff, M. (1997). A spatial scan statistic. Communications in Statistics:
       Theory and Methods 26(6), 1481-1496. https://doi.org/10.1080/03610929708831995
    .. [2] Kulldorff, M., Heffernan, R., Hartman, J., Assunção, R. & Mostashari, F. (2005). A
       space-time permutation scan statistic for disease outbreak detection. PLoS Medicine
       2(3), e59. https://doi.org/10.1371/journal.pmed.0020059
    .. [3] Kulldorff, M. (2001). Prospective time periodic geographical disease surveillance
       using a scan statistic. Journal of the Royal Statistical Society A 164(1), 61-72.
       https://doi.org/10.1111/1467-985X.00186

    Examples
    --------
    Four neighboring cells of one size, three of four incidents in the first. There 1 is
    expected, and the statistic is 3 log(3/1) + 1 log(1/3) = 2 log 3 = 2.197:

    >>> import pandas as pd
    >>> counts = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x8931AA50E2FFFFF,
    ...                       0x8931AA50E2BFFFF], "uint64"),
    ...     "incidents": [3, 0, 0, 1], "area_km2": 0.1})
    >>> found = find_scan_clusters(counts, replicates=99)
    >>> found[["members", "incidents", "expected", "relative_risk"]].iloc[0].tolist()
    [1.0, 3.0, 1.0, 9.0]
    >>> float(found["log_likelihood_ratio"].iloc[0].round(3))
    2.197
    """
    check_choice(model, option="model", choices=("poisson", "space_time_permutation"))
    check_choice(time, option="time", choices=("none", "prospective", "retrospective"))
    check_choice(direction, option="direction", choices=("high", "low", "both"))
    _check_share(space_share, "space_share", 0.5)
    _check_share(time_share, "time_share", 0.9)
    check_whole(secondary, option="secondary", least=0, meaning="clusters beside the first")
    check_whole(replicates, option="replicates", least=1, meaning="more make p finer")
    check_whole(seed, option="seed", least=0, meaning="the same seed gives the same draws")
    _check_together(model, time, baseline, radius_km)
    places, incidents = read_places(counts)
    points = earth_points(places.longitude, places.latitude)
    permuted = model == "space_time_permutation"
    searches = list(
        scan_maps(
            counts,
            places,
            incidents,
            over_time=time != "none",
            baseline=baseline,
            permuted=permuted,
        )
    )
    size = len(points)
    parts: list[dict[str, Any]] = []
    maps: list[dict[str, Any]] = []
    for number, search in enumerate(searches):
        circles = Circles(
            points,
            search.expected.sum(axis=1),
            space_share=space_share,
            radius_m=None if radius_km is None else 1000 * radius_km,
        )
        periods = search.counts.shape[1]
        intervals = time_intervals(periods, time=time, time_share=time_share)

        def tell(share: float, done: int = number * size) -> None:
            if progress is not None:
                progress(done + round(share * size), len(searches) * size)

        found = _search(
            search,
            circles,
            intervals,
            permuted=permuted,
            direction=direction,
            most=secondary + 1,
            replicates=replicates,
            seed=seed,
            tell=tell,
        )
        parts.extend(cluster_rows(found, search, places, circles, intervals, time))
        maps.append(about_search(found, search, size))
    result = clusters_table(parts)
    result.attrs["scan"] = {
        "statistic": "Kulldorff scan statistic",
        "model": model,
        "baseline": None if permuted else (baseline or "area_km2"),
        "time": time,
        "direction": direction,
        "space_share": float(space_share),
        "radius_km": None if radius_km is None else float(radius_km),
        "time_share": None if time == "none" else float(time_share),
        "replicates": int(replicates),
        "seed": int(seed),
        "maps": maps,
    }
    return result


def _search(
    search: ScanMap,
    circles: Circles,
    intervals: Whole,
    *,
    permuted: bool,
    direction: Direction,
    most: int,
    replicates: int,
    seed: int,
    tell: Callable[[float], None],
) -> Found:
    """Search one map and its replicates."""
    total = int(search.counts.sum())
    best = best_windows(search.counts, search.expected, circles, intervals, direction=direction)
    centers = choose_clusters(best, circles, most=most)
    if not centers:
        tell(1.0)
        return Found([], best, np.empty(0), None)
    draw = permuted_counts(search.counts) if permuted else poisson_counts(search.expected, total)
    maxima = replicate_maxima(
        replicate_blocks(draw, replicates=replicates, seed=seed, numbers=search.counts.size),
        circles,
        search.expected,
        intervals,
        replicates=replicates,
        total=total,
        direction=direction,
        tell=tell,
    )
    # The least ratio whose p would be 0.05 or less, where so few replicates can say.
    beyond = int(0.05 * (replicates + 1) + 1e-9) - 1
    level = float(np.sort(maxima)[-1 - beyond]) if beyond >= 0 else None
    return Found(centers, best, monte_carlo_p(best.ratio[centers], maxima), level)


def _check_share(value: Any, option: str, most: float) -> None:
    """Raise if a share is not above 0 and up to `most`."""
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not number or not 0 < value <= most:
        raise OptionError(
            f"{option} must be above 0 and up to {most}. Found: {value!r}. A cluster larger than "
            "that is better told as a lack outside it."
        )


def _check_together(model: Model, time: Time, baseline: Any, radius_km: Any) -> None:
    """Raise if options contradict each other, or the radius is none."""
    if model == "space_time_permutation" and time == "none":
        raise OptionError(
            "model='space_time_permutation' compares times and needs time='prospective' or "
            "'retrospective'. Found: time='none'."
        )
    if model == "space_time_permutation" and baseline is not None:
        raise OptionError(
            "model='space_time_permutation' has no baseline: totals of places and periods say what "
            f"is expected. Found: baseline={baseline!r}. Leave it out, or use model='poisson'."
        )
    number = isinstance(radius_km, (int, float, np.number)) and not isinstance(radius_km, bool)
    if radius_km is not None and not (number and radius_km > 0):
        raise OptionError(f"radius_km must be None or above 0. Found: {radius_km!r}.")
