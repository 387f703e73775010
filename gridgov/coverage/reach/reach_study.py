"""The land of a study area, how much of it is reached, and what an answer says about itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.coverage.reach.reach_inputs import Cells, Facilities, Incidents, streets_at
from gridgov.coverage.reach.reach_land import Pieces, cell_pieces, reached_areas
from gridgov.coverage.reach.reach_pairs import Spots, nearest_facilities
from gridgov.geo.projection import WayBack, to_plane
from gridgov.place.areas import check_areas
from gridgov.place.network import Network

__all__ = ["Study", "describe", "study_land"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# The same land measured about two centers differs by a billionth.
_ROUNDING = 1e-8


class Study(NamedTuple):
    """The land of the cells: of every cell at once, and cut by streets.

    `whole` counts land that several streets claim once, `pieces` for each of them.
    """

    cells: NDArray[np.uint64]
    area: Any
    polygons: Any
    whole: Pieces
    pieces: Pieces
    back: WayBack

    def network_shares(self, within: Places, centers: Spots, folds: int) -> tuple[Floats, Floats]:
        """Return 1 or 0 for every cell and piece by the center, NaN where it is off the network.

        Parameters
        ----------
        within
            How many facilities reach the center of each cell.
        centers
            The centers of the cells.
        folds
            How many must.
        """
        share = (within >= folds).astype(np.float64)
        if centers.snapped is not None:
            share[centers.snapped.edge < 0] = np.nan
        return share, share[self.pieces.cell]

    def layer_shares(self, layer: Any) -> tuple[Floats, Floats]:
        """Return the share of every cell's land and of every piece that lies in a layer."""
        reached = reached_areas(self.cells, self.whole, self.area, layer)
        land = np.bincount(self.whole.cell, weights=self.whole.area_m2, minlength=len(self.cells))
        inside = np.bincount(self.whole.cell, weights=reached, minlength=len(self.cells))
        share = _full(np.divide(inside, land, out=np.full(len(land), np.nan), where=land > 0))
        if self.pieces is self.whole:
            return share, share[self.pieces.cell]
        of_piece = reached_areas(self.cells, self.pieces, self.polygons, layer)
        return share, _full(of_piece / self.pieces.area_m2)


def study_land(cells: Cells, jurisdictions: Any) -> Study:
    """Return the land of cells, in the jurisdictions or, without them, all of it.

    Raises
    ------
    ColumnsError, DatumError, EmptyTableError, GeometryError
        If the jurisdictions are not what they must be.
    """
    _, back = to_plane([], center=cells.center)
    if jurisdictions is None:
        pieces = cell_pieces(cells.cell, None)
        return Study(cells.cell, None, None, pieces, pieces, back)
    _, polygons = check_areas(jurisdictions)
    area = np.array([shapely.union_all(polygons)], dtype=object)
    return Study(
        cells.cell,
        area,
        polygons,
        cell_pieces(cells.cell, area),
        cell_pieces(cells.cell, polygons),
        back,
    )


def describe(
    posts: Facilities,
    sites: Spots,
    centers: Spots,
    points: Spots | None,
    *,
    network: Network | None,
    jurisdictions: Any,
    incidents: Incidents | None,
    distance_m: float | None,
    folds: Any,
    by: str | None,
) -> dict[str, Any]:
    """Return in plain values how reach was measured, and what could not be."""
    outside = None
    if jurisdictions is not None:
        outside = int((streets_at(jurisdictions, posts.longitude, posts.latitude) < 0).sum())
    told: dict[str, Any] = {
        "facilities": len(posts.ids),
        "facilities_outside": outside,
        "facilities_without_capacity": int(np.isnan(posts.capacity).sum()),
        "distance": "network" if network is not None else "straight",
        "distance_m": None if distance_m is None else float(distance_m),
        "reached_by": "center of the cell" if network is not None else "area of the cell",
        "land": "inside the jurisdictions" if jurisdictions is not None else "the whole cell",
        "folds": folds,
        "by": by,
        "incidents": None if incidents is None else dict(incidents.fates),
        "network": None,
    }
    if network is None or sites.snapped is None or centers.snapped is None:
        return told
    cut_off = nearest_facilities(sites, centers, network)[0][:, 0] < 0
    lost = None
    if points is not None:
        lost = int((nearest_facilities(sites, points, network)[0][:, 0] < 0).sum())
    told["network"] = {
        "length_m": network.length_m,
        "parts": network.parts,
        "largest_part_share": network.largest_part_share,
        "max_snap_m": network.max_snap_m,
        "facilities_off_network": int((sites.snapped.edge < 0).sum()),
        "cells_off_network": int((centers.snapped.edge < 0).sum()),
        "cells_unreachable": int(cut_off.sum()),
        "incidents_unreachable": lost,
        "facility_snap_m": _snaps(sites.snapped.snap_m),
        "cell_snap_m": _snaps(centers.snapped.snap_m),
    }
    return told


def _full(share: Floats) -> Floats:
    """Return shares in which what is all but rounding away from 1 is 1."""
    return np.where(share > 1 - _ROUNDING, 1.0, share)


def _snaps(snap_m: Floats) -> dict[str, float | None]:
    """Return the median and the largest snap."""
    on = snap_m[np.isfinite(snap_m)]
    if not on.size:
        return {"median": None, "largest": None}
    return {"median": float(np.median(on)), "largest": float(on.max())}
