"""H3 for arrays: points to cells, cells to text, outlines, centers, disks, grids.

Cells are uint64 arrays; 0 stands for "no cell". Every answer equals the H3 library's,
to the last bit: what is quick here is held to :mod:`gridgov.geo.h3_plain`, which asks
the library one point or cell at a time, and falls back on it.
"""

from __future__ import annotations

from gridgov.geo.cell_text import cells_to_text, text_to_cells
from gridgov.geo.h3_plain import (
    Containment,
    Floats,
    cell_areas_m2,
    cell_centers,
    cell_outlines,
    cells_over,
    disks,
    grid_disk,
    parents,
)
from gridgov.geo.point_cells import points_to_cells

__all__ = [
    "Containment",
    "Floats",
    "cell_areas_m2",
    "cell_centers",
    "cell_outlines",
    "cells_over",
    "cells_to_text",
    "disks",
    "grid_disk",
    "parents",
    "points_to_cells",
    "text_to_cells",
]
