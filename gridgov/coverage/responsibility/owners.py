"""Who answers for a cell: the owner with the largest share of its land.

A cell seldom lies in one jurisdiction. The accountable owner of a cell is a convention
for sheets and phone lists; how clear it is, the shares say: what has one owner, several,
none, or lies outside. Measures by street use incidents or fractional shares instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.coverage.responsibility.faces import Faces, arrange
from gridgov.coverage.responsibility.layers import Layer, district_of, read_layers, read_study
from gridgov.place.cover import cell_shapes
from gridgov.place.crosswalk import shared_areas

__all__ = ["find_owners"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Shapes = NDArray[np.object_]

# Shares closer than this are a tie: the rounding of areas is far smaller.
_TIE_DIGITS = 9


def find_owners(
    grid: Any,
    jurisdictions: Any,
    *,
    study_area: Any = None,
    line_width_m: float = 15.0,
) -> pd.DataFrame:
    """Find the accountable owner of every cell, by its share of the cell's land.

    Parameters
    ----------
    grid
        Table with ``cell``, such as :func:`gridgov.make_grid` returns.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326), or
        with ``line_id`` and ``geometry`` (lines, EPSG:4326); or a mapping of names to such
        tables: streets, communities, plots, courtyards, river and road chiefs.
    study_area
        The land that should have an owner: Polygon or MultiPolygon in EPSG:4326, or a
        GeoDataFrame or GeoSeries of such. None takes the land of all layers of areas, what
        they enclose, and slits between them that are narrower than 10 m.
    line_width_m
        The width of a line on each side, with round ends, meters.

    Returns
    -------
    DataFrame, one row a cell and layer, cells in the order of `grid`, then layers
        A mapping of several layers adds a row a cell with a missing layer: the owners of
        all layers together, ids as they are.

        - ``cell``: uint64
        - ``layer``: missing for a single table, and for all layers together
        - ``owner_id``: the jurisdiction or line with the largest share of the cell, the
          first in table order on a tie; missing when none has any
        - ``owner_share``: its share of the WHOLE cell's area, 0 to 1
        - ``owners``: how many have more than a square millimeter of land in the cell
        - ``one_owner_share``, ``several_owners_share``, ``unowned_share``: shares of the
          whole cell in the study area that have one owner, several, none
        - ``outside_share``: share of the whole cell outside the study area; the four
          shares add up to 1

    Raises
    ------
    ColumnsError
        If a table is no table of its kind or lacks a column, or ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If `grid` or a layer has no rows.
    GeometryError
        If an outline or the study area is no valid polygon.
    OptionError
        If `line_width_m` is not above 0, a mapping is empty, or `study_area` is needed.

    Notes
    -----
    Land outside the study area counts for no owner. Land that several own counts in the
    share of each. Strips of lines overlap where lines meet, so there they are several.

    Examples
    --------
    A cell of which the east half has no owner in this layer:

    >>> import geopandas as gpd
    >>> import numpy as np
    >>> import pandas as pd
    >>> from shapely import box
    >>> from gridgov.geo.hexgrid import cell_centers, points_to_cells
    >>> cells = points_to_cells(np.array([116.2]), np.array([39.9]), 9)
    >>> (x,), (y,) = cell_centers(cells)
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["W"]}, geometry=[box(x - 1, y - 1, x, y + 1)], crs="EPSG:4326"
    ... )
    >>> owners = find_owners(
    ...     pd.DataFrame({"cell": cells}), streets, study_area=box(x - 1, y - 1, x + 1, y + 1)
    ... )
    >>> owners[["owner_id", "owner_share", "unowned_share", "outside_share"]].round(3)
      owner_id  owner_share  unowned_share  outside_share
    0        W          0.5            0.5            0.0
    """
    check_table(grid, "grid", columns=["cell"])
    layers = read_layers(jurisdictions, line_width_m=line_width_m)
    study = read_study(study_area)
    district = district_of(layers, study)
    cells = grid["cell"].to_numpy(dtype=np.uint64)
    wanted, place = np.unique(cells, return_inverse=True)
    shapes = cell_shapes(wanted)

    inside = _shares(shapes, np.array([district], dtype=object))[:, 0]
    # Without a study area the whole is made of the areas themselves: only strips stick out.
    lines = any(layer.lines is not None for layer in layers)
    clip = district if study is not None or lines else None
    asked = list(layers)
    if isinstance(jurisdictions, Mapping) and len(layers) > 1:
        ids = np.concatenate([layer.ids for layer in layers])
        polygons = np.concatenate([layer.polygons for layer in layers])
        asked.append(Layer(None, ids, polygons, None, 0.0))
    tables = [_owners(wanted, shapes, layer, district, clip, inside) for layer in asked]
    k = len(tables)
    everything = pd.concat(tables, ignore_index=True)
    rows = (place[:, None] + np.arange(k)[None, :] * len(wanted)).ravel()
    return conform(everything.iloc[rows].reset_index(drop=True), "owners")


def _owners(
    cells: NDArray[np.uint64],
    shapes: Shapes,
    layer: Layer,
    district: Any,
    clip: Any,
    inside: Floats,
) -> pd.DataFrame:
    """Return the owners of distinct cells in one layer."""
    own = layer.polygons if clip is None else shapely.intersection(layer.polygons, clip)
    land = np.flatnonzero(shapely.area(own) > 0)
    owner = np.full(len(cells), -1, dtype=np.intp)
    owner_share = np.zeros(len(cells))
    number = np.zeros(len(cells), dtype=np.int64)
    if land.size:
        found = shared_areas(shapes, own[land])
        share = np.minimum(found.area_m2 / found.whole_m2[found.shape], 1.0)
        order = np.lexsort((found.polygon, -share.round(_TIE_DIGITS), found.shape))
        at, first = np.unique(found.shape[order], return_index=True)
        owner[at] = land[found.polygon[order][first]]
        owner_share[at] = share[order][first]
        number = np.bincount(found.shape, minlength=len(cells))
    one, several = _by_number(shapes, layer.polygons, district)
    # Sums of the same land in another order differ in the last digits.
    several = np.minimum(several, 1.0 - one)
    within = np.clip(inside, one + several, 1.0)
    return pd.DataFrame(
        {
            "cell": cells,
            "layer": np.full(len(cells), layer.name, dtype=object),
            "owner_id": pd.array(layer.ids, dtype="str").take(owner, allow_fill=True),
            "owner_share": owner_share,
            "owners": number,
            "one_owner_share": one,
            "several_owners_share": several,
            "unowned_share": np.maximum(within - one - several, 0.0),
            "outside_share": np.maximum(1.0 - within, 0.0),
        }
    )


def _by_number(shapes: Shapes, polygons: Shapes, district: Any) -> tuple[Floats, Floats]:
    """Return the shares of cells with one owner and with several."""
    faces = arrange(np.append(polygons, district))
    number = faces.number_of(np.arange(len(polygons)))
    within = faces.number_of([len(polygons)]) > 0
    one, several = (_joined(faces, within & at) for at in (number == 1, number > 1))
    shares = _shares(shapes, np.array([one, several], dtype=object))
    return shares[:, 0], shares[:, 1]


def _joined(faces: Faces, chosen: NDArray[np.bool_]) -> Any:
    """Return the land of some faces as one shape."""
    return shapely.union_all(faces.shapes[chosen])


def _shares(shapes: Shapes, lands: Shapes) -> Floats:
    """Return the share of every shape in every land, one column each."""
    shares = np.zeros((len(shapes), len(lands)))
    some = np.flatnonzero(~shapely.is_empty(lands))
    if some.size:
        found = shared_areas(shapes, lands[some])
        shares[found.shape, some[found.polygon]] = np.minimum(
            found.area_m2 / found.whole_m2[found.shape], 1.0
        )
    return shares
