"""H3 for arrays: points to cells, cells to text, outlines, centers, disks, grids.

Cells are uint64 arrays; 0 stands for "no cell". Every cell that comes out is the H3
library's, to the last bit, and so is every text: what is quick here is held to
:mod:`gridgov.geo.h3_plain`, which asks the library one point or cell at a time, and falls
back on it. Coordinates and areas of large tables are the library's up to rounding
(:mod:`gridgov.geo.cell_figures`); small tables are the library's own.

Quickest around cities. Points or cells over a country or the globe take longer and need no
other call.
"""

from __future__ import annotations

from gridgov.geo.cell_family import children, disks, parents
from gridgov.geo.cell_figures import cell_areas_m2, cell_centers, cell_outlines
from gridgov.geo.cell_text import cells_to_text, text_to_cells
from gridgov.geo.h3_plain import Containment, Floats, cells_over, grid_disk
from gridgov.geo.point_cells import points_to_cells

__all__ = [
    "Containment",
    "Floats",
    "cell_areas_m2",
    "cell_centers",
    "cell_outlines",
    "cells_over",
    "cells_to_text",
    "children",
    "disks",
    "grid_disk",
    "parents",
    "points_to_cells",
    "text_to_cells",
]
