"""Lattice coordinates for a table of cells, in one flat frame, from the ids alone.

Around a city the hexagons are flat: a table of cells can be laid out on one
lattice, and neighbors are then shifts of the index. Around a pentagon they are not:
five sectors close where six would lie flat. So a table is laid out only when it
lies in up to three sectors that do not go around a pentagon; otherwise the answer is
None and the caller asks the H3 library cell by cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridgov.geo import cell_digits, h3_plain

__all__ = ["unfold"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]

# The leading digits of a pentagon's sectors as they follow each other around it.
_AROUND = (4, 6, 2, 3, 5)
_MOST_SECTORS = 3
_SAMPLES = 6
_BLOCK = 1 << 13


def unfold(cells: Cells) -> tuple[Ints, Ints] | None:
    """Return lattice coordinates of cells, or None where they do not lie flat.

    Parameters
    ----------
    cells
        H3 cells of one resolution, shape (n,), each once.

    Returns
    -------
    i, j : int64 arrays, shape (n,), or None
        Two cells of the table are neighbors exactly when their coordinates differ by
        (±1, 0), (0, ±1) or ±(1, 1).
    """
    if len(cells) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    resolution = int(cell_digits.resolutions(cells[:1])[0])
    sector, i, j = _parts(cells, resolution)
    # A base cell fills nearly every city: look before sorting a million numbers.
    present = sector[:1] if (sector == sector[0]).all() else np.unique(sector)
    if len(present) > _MOST_SECTORS or _goes_around(present):
        return None
    if len(present) == 1:
        return i, j

    sizes = [int((sector == one).sum()) for one in present]
    home = present[int(np.argmax(sizes))]
    origin = int(cells[sector == home][0])
    for one in present:
        rows = np.flatnonzero(sector == one)
        moved = _into_frame(origin, cells[rows], i[rows], j[rows])
        if moved is None:
            return None
        i[rows], j[rows] = moved
    return (i, j) if _seams_hold(cells, sector, i, j) else None


def _parts(cells: Cells, resolution: int) -> tuple[Ints, Ints, Ints]:
    """Return the sector of every cell and its coordinates there, in blocks that stay in cache."""
    sector, i, j = (np.empty(len(cells), dtype=np.int64) for _ in range(3))
    for start in range(0, len(cells), _BLOCK):
        block = slice(start, start + _BLOCK)
        some = cells[block]
        sector[block] = cell_digits.sectors(some, resolution)
        i[block], j[block] = cell_digits.decode(cell_digits.words(some, resolution), resolution)
    return sector, i, j


def _goes_around(sectors: Ints) -> bool:
    """Return whether sectors may surround a pentagon, or hold one."""
    for base in np.unique(sectors // 8):
        leads = (sectors[sectors // 8 == base] % 8).tolist()
        five_sided = int(base) in cell_digits.PENTAGONS
        if not five_sided:
            continue
        if 0 in leads or len(leads) > 2:
            return True
        if len(leads) == 2:
            apart = abs(_AROUND.index(leads[0]) - _AROUND.index(leads[1]))
            if apart not in (1, len(_AROUND) - 1):
                return True
    return False


def _into_frame(origin: int, cells: Cells, i: Ints, j: Ints) -> tuple[Ints, Ints] | None:
    """Return a sector's coordinates turned and shifted into the frame of H3's local i, j."""
    resolution = int(cell_digits.resolutions(cells[:1])[0])
    some = cells[np.linspace(0, len(cells) - 1, _SAMPLES).astype(np.int64)]
    near = np.concatenate([h3_plain.grid_disk(int(some[0]), 1), some])
    sector = cell_digits.sectors(near, resolution)
    near = near[sector == sector[-1]]
    local = h3_plain.local_coordinates(origin, near)
    if local is None or len(np.unique(near)) < 2:
        return None
    near_i, near_j = cell_digits.decode(cell_digits.words(near, resolution), resolution)
    for turns in range(6):
        turned_i, turned_j = cell_digits.turn(near_i, near_j, turns)
        shift_i, shift_j = local[:, 0] - turned_i, local[:, 1] - turned_j
        if (shift_i == shift_i[0]).all() and (shift_j == shift_j[0]).all():
            turned_i, turned_j = cell_digits.turn(i, j, turns)
            return turned_i + shift_i[0], turned_j + shift_j[0]
    return None


def _seams_hold(cells: Cells, sector: Ints, i: Ints, j: Ints) -> bool:
    """Return whether cells that meet across sectors are the library's neighbors too."""
    width = int(np.ptp(j)) + 3
    code = (i - i.min()) * width + (j - j.min()) + 1
    order = np.argsort(code)
    code, sector, cells = code[order], sector[order], cells[order]
    if (code[1:] == code[:-1]).any():
        return False
    # Three of the six directions meet every pair once.
    for shift in (width, 1, width + 1):
        place = np.minimum(np.searchsorted(code, code + shift), len(code) - 1)
        meet = np.flatnonzero((code[place] == code + shift) & (sector[place] != sector))
        row, found = h3_plain.disks(cells[meet], 1)
        together = np.zeros(len(meet), dtype=bool)
        together[row[found == cells[place[meet]][row]]] = True
        if not together.all():
            return False
    return True
