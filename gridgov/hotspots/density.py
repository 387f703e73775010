"""How densely incidents lie, smoothed over their surroundings: kernel density on cells.

Every incident is spread over a disk about it, and a cell shows the mean of what falls on
it. The model is a Poisson process whose intensity changes slowly over one bandwidth; the
map shows that intensity and no test of it: a dark patch may be chance, and find_hotspots
says whether it is. Near the edge of the study area half the disk lies outside, where
nobody counted; without a correction every rim would look safe.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_choice, conform
from gridgov.errors import InputError
from gridgov.geo.hexgrid import cell_outlines
from gridgov.geo.projection import middle, to_plane
from gridgov.hotspots.bandwidth import RULES, Rule, rule_bandwidth
from gridgov.hotspots.cell_nodes import CellNodes, area_nodes
from gridgov.hotspots.kernel_sums import kernel_sums
from gridgov.hotspots.kernels import KERNELS, KernelName
from gridgov.hotspots.smoothing_inputs import check_meters, counted_rows, row_weights
from gridgov.place.areas import check_points
from gridgov.place.tally import tally

__all__ = ["measure_density"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

Edge = Literal["jones_diggle", "uniform"]

# Nodes of a cell lie no farther apart than this part of the kernel's standard deviation:
# the mean over a cell is then within half a percent of its integral at a kernel's peak,
# where the error is largest.
_SPACING = 0.25


def measure_density(
    located: Any,
    grid: Any,
    *,
    bandwidth_m: float | Rule = "silverman",
    kernel: KernelName = "quartic",
    edge: Edge | None = "jones_diggle",
    jurisdictions: Any = None,
    weights: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
) -> pd.DataFrame:
    """Measure how densely incidents lie in every cell, smoothed and corrected at the edge.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`. Counted are the incidents that
        :func:`gridgov.tally` counts; each is smoothed from its own point, not from its cell.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution; its ``area_km2`` says
        how much of a rim cell is study area.
    bandwidth_m
        Radius of the kernel in meters (the standard deviation for the Gaussian), or the
        rule that chooses it: ``"silverman"``, ``"scott"`` or ``"nearest_neighbor"``, see
        :func:`gridgov.hotspots.bandwidth.rule_bandwidth`. Two maps compare only with the
        same number.
    kernel
        ``"quartic"``, ``"gaussian"`` (cut at six standard deviations), ``"epanechnikov"``
        or ``"triweight"``.
    edge
        ``"jones_diggle"``: each incident is divided by the part of its own kernel that lies
        in the study area, so that density times area adds up to the incidents.
        ``"uniform"``: each place is divided by the part of a kernel about it that lies in
        the study area, which is unbiased for an even intensity and does not add up.
        None: no correction; rims come out too low.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry``: the outlines the grid was laid
        over. Without them the inside area of a rim cell is spread evenly over the cell,
        which moves the edge by a part of a cell; it matters where the bandwidth is not
        much larger than the cells.
    weights
        Column of `located` with a weight for every incident, 0 or more, none missing.
    start, end, times
        Which incidents, by time: as in :func:`gridgov.tally`.

    Returns
    -------
    DataFrame, one row a cell of `grid`, sorted by cell
        - ``cell``, ``street_id``, ``area_km2``: from `grid`.
        - ``incidents``: how many were counted in the cell itself, not smoothed.
        - ``incidents_per_km2``: the density, mean over the cell.
        - ``edge_factor``: what the correction multiplied it by; missing where it is 0.
        - ``bandwidth_m``: the one used; missing when a rule had no incident to go by.

        ``attrs["density"]`` says in plain values how it was made, ``attrs["tally"]`` what
        became of every incident (:func:`gridgov.tally_report`).

    Raises
    ------
    ColumnsError
        If a column is missing, times have no zone, or a weight is missing, negative or no
        number.
    EmptyTableError
        If `grid` has no rows.
    InputError
        If the grid repeats a cell, resolutions differ, or a rule finds no spread in the
        incidents.
    DatumError
        If `located` or `jurisdictions` is not in EPSG:4326.
    GeometryError
        If an incident is no Point, or an outline no valid polygon.
    OptionError
        If an option has no such value, or the bandwidth is too small for the cells.

    Notes
    -----
    With K the kernel, h the bandwidth, d distance in a local plane, w_i = 1 or the weight,
    and A the study area::

        raw             λ(x) = Σ_i w_i K(d(x, x_i) / h) / h²
        uniform         λ(x) / e(x), means over the cell             [2]_
        jones_diggle    Σ_i w_i K(d(x, x_i) / h) / (h² e(x_i))       [3]_, [4]_
        e(u)            = ∫_A K(d(u, x) / h) / h² dx

    Both integrals, the mean over a cell and e, are taken at the same nodes of every cell,
    no farther apart than a quarter of the kernel's standard deviation, so that
    Σ density x area is the sum of the weights to rounding. Incidents are never binned.

    The two corrections keep different things. With even incidents, a map shows at a
    straight edge, whatever the kernel, all of the true density with ``"uniform"``, ln 2 =
    0.69 of it with ``"jones_diggle"`` and one half without correction.

    Density follows people, streets and reporting as much as disorder; it is no risk.

    References
    ----------
    .. [1] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis.
       Chapman and Hall. https://doi.org/10.1201/9781315140919
    .. [2] Diggle, P. J. (1985). A kernel method for smoothing point process data. Applied
       Statistics 34(2), 138-147. https://doi.org/10.2307/2347366
    .. [3] Jones, M. C. (1993). Simple boundary correction for kernel density estimation.
       Statistics and Computing 3(3), 135-146. https://doi.org/10.1007/BF00147776
    .. [4] Diggle, P. J. (2010). Nonparametric methods. In Gelfand, A. E. et al. (eds.),
       Handbook of Spatial Statistics, 299-316. CRC Press.
       https://doi.org/10.1201/9781420072884

    Examples
    --------
    One incident in the middle of a cell, smoothed over 300 m. Opposite neighbors get alike;
    the three pairs differ, as cells in Beijing are not quite regular. In all one incident:

    >>> import geopandas as gpd
    >>> from gridgov.geo.hexgrid import cell_areas_m2, cell_centers, grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = np.sort(grid_disk(middle, 1))
    >>> grid = pd.DataFrame({"cell": cells, "street_id": "01",
    ...                      "area_km2": cell_areas_m2(cells) / 1e6})
    >>> located = gpd.GeoDataFrame(
    ...     {"incident_id": ["1"], "cell": pd.array([middle], "UInt64"), "match": ["inside"]},
    ...     geometry=gpd.points_from_xy(*cell_centers([middle])), crs="EPSG:4326")
    >>> density = measure_density(located, grid, bandwidth_m=300)
    >>> density["incidents_per_km2"].sort_values().round(1).tolist()
    [0.6, 0.6, 0.9, 0.9, 1.1, 1.1, 8.0]
    >>> round(float((density["incidents_per_km2"] * density["area_km2"]).sum()), 9)
    1.0
    """
    check_choice(kernel, option="kernel", choices=KERNELS)
    check_choice(edge, option="edge", choices=("jones_diggle", "uniform", None))
    if isinstance(bandwidth_m, str):
        check_choice(bandwidth_m, option="bandwidth_m", choices=RULES)
    else:
        check_meters(bandwidth_m, "bandwidth_m")
    counts = tally(located, grid, start=start, end=end, times=times)
    area_m2 = _areas(counts)
    rows = counted_rows(located, counts["cell"], start=start, end=end, times=times)
    weight = row_weights(located, weights)[rows]

    outlines = cell_outlines(counts["cell"].to_numpy(dtype=np.uint64))
    center = middle(outlines)
    planar, _ = to_plane(outlines, center=center)
    x, y = check_points(located)
    points, _ = to_plane(shapely.points(x[rows], y[rows]), center=center)
    at = shapely.get_coordinates(points).reshape(-1, 2)

    if not isinstance(bandwidth_m, str):
        width = float(bandwidth_m)
    elif weight.sum() > 0:
        width = rule_bandwidth(at, rule=bandwidth_m, kernel=kernel, weights=weight)
    else:
        width = np.nan
    spacing = _SPACING * width * KERNELS[kernel].deviation if np.isfinite(width) else np.inf
    nodes = area_nodes(outlines, planar, area_m2, spacing, jurisdictions, center)
    density, raw = _on_cells(nodes, at, weight, width, kernel, edge)

    result = conform(
        counts.assign(
            incidents_per_km2=density * 1e6,
            edge_factor=np.divide(density, raw, out=np.full(len(raw), np.nan), where=raw > 0),
            bandwidth_m=width,
        ),
        "density",
    )
    result.attrs = {
        **counts.attrs,
        "density": {
            "kernel": kernel,
            "bandwidth_m": width,
            "rule": bandwidth_m if isinstance(bandwidth_m, str) else None,
            "edge": edge,
            "weights": weights,
            "incidents": len(rows),
            "total": float(weight.sum()),
            "nodes": len(nodes.cell),
        },
    }
    return result


def _areas(counts: pd.DataFrame) -> Floats:
    """Return the inside area of every cell, m², after checking that each has some."""
    area: Floats = counts["area_km2"].to_numpy(dtype=np.float64) * 1e6
    wrong = np.flatnonzero(~(area > 0))
    if wrong.size:
        raise InputError(
            f"Every cell of the grid must have land inside. Found: {wrong.size} with area_km2 "
            f"of 0 or missing, the first is {int(counts['cell'].iloc[wrong[0]]):x}. "
            "gridgov.make_grid(...) lists only cells that have."
        )
    return area


def _on_cells(
    nodes: CellNodes,
    at: Floats,
    weight: Floats,
    width: float,
    kernel: KernelName,
    edge: Edge | None,
) -> tuple[Floats, Floats]:
    """Return the mean density a square meter of every cell, with and without correction."""
    count = int(nodes.cell[-1]) + 1
    if not (len(at) and weight.sum() > 0):
        return np.zeros(count), np.zeros(count)
    options: Any = {"kernel": kernel, "width": width}
    sums = kernel_sums(at, weight, nodes.at, nodes.area_m2, **options)

    def mean(values: Floats) -> Floats:
        weighted = np.bincount(nodes.cell, weights=nodes.share * values, minlength=count)
        return weighted.astype(np.float64)

    raw = density = mean(sums.raw)
    if edge == "jones_diggle":
        density = mean(sums.conserving)
    elif edge == "uniform":
        # Not node by node: without outlines those of a rim cell may lie outside, with hardly
        # any kernel left inside, and would decide for the whole cell.
        inside = kernel_sums(nodes.at, nodes.area_m2, nodes.at, nodes.area_m2, **options)
        density = raw / mean(inside.raw)
    return density, raw
