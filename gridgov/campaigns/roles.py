"""Which cells are treated, which lie around them, and which they are compared with.

A unit is a cell, or the part of a cell inside or outside an outline. Every unit has one
role; the units of all roles together are the grid. Around what was treated lies the
buffer, where incidents can move or benefits can spread; it is never a control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.campaigns.treated_area import Treated, read_treated
from gridgov.errors import InputError
from gridgov.geo.hexgrid import cell_outlines, cells_to_text, disks
from gridgov.geo.projection import areas_m2, middle
from gridgov.place.cell_places import CellPlaces

__all__ = [
    "BUFFER",
    "BUFFER_CONTROL",
    "CONTROL",
    "OTHER",
    "ROLES",
    "TREATED",
    "Layout",
    "lay_out",
    "touched_cells",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ROLES = ("treated", "buffer", "control", "buffer_control", "other")
"""What a unit can be; ``other`` is compared with nothing."""

TREATED, BUFFER, CONTROL, BUFFER_CONTROL, OTHER = range(5)

# A part this small is rounding: a share of a millionth of a cell is a tenth of a square meter.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Layout:
    """Units of the grid: the cells in order, then the treated parts of cells.

    Attributes
    ----------
    place
        Which cell a unit is of, shape (n,); the first units are all cells, ascending.
    role
        TREATED, BUFFER or OTHER so far.
    size
        Share of the cell that the unit is, above 0 to 1; 0 where a part took all of it.
    part
        Unit of the treated part of a cell, -1 where there is none, shape (cells,).
    free
        Which units may serve as controls and as a yardstick.
    """

    place: Ints
    role: Ints
    size: Floats
    part: Ints
    free: NDArray[np.bool_]


def lay_out(
    cells: NDArray[np.uint64],
    index: CellPlaces,
    outlines: Any,
    treated: Treated,
    *,
    buffer_rings: int,
    exclude: Any,
) -> Layout:
    """Return the units of a grid with what is treated and what lies around it.

    Parameters
    ----------
    cells, index
        Cells of the grid, ascending, and what finds them.
    outlines
        Their outlines, EPSG:4326; None has them made when they are needed.
    treated
        What was treated.
    buffer_rings
        Rings of cells around the treated cells, or around the cells that the outline
        touches, that are the buffer; so is what is left of those. 0 is no buffer.
    exclude
        Cells or an outline never to compare with, or a list of several; None for nothing.

    Returns
    -------
    Layout
        Units without controls.

    Raises
    ------
    InputError
        If a treated cell is not in the grid, or an outline touches none of its cells.
    OptionError, GeometryError, DatumError
        As :func:`gridgov.campaigns.treated_area.read_treated`, for `exclude`.

    Examples
    --------
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> from gridgov.place.cell_places import index_cells
    >>> cells = np.sort(np.asarray(grid_disk(0x8931AA50E27FFFF, 2), dtype=np.uint64))
    >>> center = read_treated([0x8931AA50E27FFFF])
    >>> units = lay_out(cells, index_cells(cells), None, center, buffer_rings=1, exclude=None)
    >>> np.bincount(units.role, minlength=5).tolist()
    [1, 6, 0, 0, 12]
    """
    number = len(cells)
    role = np.full(number, OTHER, dtype=np.int64)
    size, part = np.ones(number), np.full(number, -1, dtype=np.int64)
    parts, part_size = np.empty(0, dtype=np.int64), np.empty(0)
    if treated.outline is None:
        core = _found(treated.cells, index, "treated")
        role[core] = TREATED
    else:
        core, share = _shares(cells, outlines, treated.outline)
        if not core.size:
            raise InputError(
                "treated must touch the grid. Found: an outline over none of its "
                f"{number:,} cells. Are longitude and latitude in WGS-84, and in this order?"
            )
        whole = share > 1 - _NOTHING
        role[core[whole]] = TREATED
        parts, part_size = core[~whole], share[~whole]
        part[parts] = number + np.arange(parts.size)
        size[parts] = 1 - part_size
        role[parts] = BUFFER if buffer_rings else OTHER
    if buffer_rings:
        around = index.find(np.unique(disks(cells[core], buffer_rings)[1]))
        around = around[around >= 0]
        role[around[(role[around] == OTHER)]] = BUFFER
    free = role == OTHER
    free[core] = False
    free[_excluded(cells, index, outlines, exclude)] = False
    return Layout(
        place=np.concatenate([np.arange(number), parts]),
        role=np.concatenate([role, np.full(parts.size, TREATED)]),
        size=np.concatenate([size, part_size]),
        part=part,
        free=np.concatenate([free, np.zeros(parts.size, dtype=bool)]),
    )


def touched_cells(cells: NDArray[np.uint64], outlines: Any, treated: Treated) -> Any:
    """Return the cells that something treated touches, ascending."""
    if treated.outline is None:
        return treated.cells
    return cells[_shares(cells, outlines, treated.outline)[0]]


def _found(wanted: NDArray[np.uint64], index: CellPlaces, option: str) -> Ints:
    """Return the places of cells in the grid; every one must be there."""
    places = index.find(wanted)
    absent = wanted[places < 0]
    if absent.size:
        raise InputError(
            f"{option} cells must lie in the grid. Found: {absent.size} of {wanted.size} that do "
            f"not, the first is {cells_to_text(absent[:1])[0]}. Are they of the grid's resolution?"
        )
    return places


def _shares(cells: NDArray[np.uint64], outlines: Any, outline: Any) -> tuple[Ints, Floats]:
    """Return the cells that an outline touches, and the share of each that it covers."""
    shapes = cell_outlines(cells) if outlines is None else outlines
    shapely.prepare(outline)
    near = np.flatnonzero(shapely.intersects(shapes, outline))
    common = shapely.intersection(shapes[near], outline)
    center = middle(shapes[near]) if near.size else (0.0, 0.0)
    share = areas_m2(common, center=center) / areas_m2(shapes[near], center=center)
    held = share > _NOTHING
    return near[held], np.minimum(share[held], 1.0)


def _excluded(cells: NDArray[np.uint64], index: CellPlaces, outlines: Any, exclude: Any) -> Ints:
    """Return the places of cells that are not to be compared with."""
    if exclude is None:
        return np.empty(0, dtype=np.int64)
    listed = exclude if isinstance(exclude, list) else [exclude]
    plain = listed and all(isinstance(one, str | int | np.integer) for one in listed)
    several = [exclude] if plain else listed
    places = [
        index.find(np.asarray(touched_cells(cells, outlines, read_treated(one, "exclude"))))
        for one in several
    ]
    together = np.concatenate([*places, np.empty(0, dtype=np.int64)])
    return together[together >= 0]
