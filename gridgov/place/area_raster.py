"""A raster of answers: who owns the points of a pixel.

A pixel that no boundary can touch lies wholly inside or wholly outside each polygon,
and has a code that says so. The others have the number of an entry in
:mod:`gridgov.place.border`. How points are looked up is in
:mod:`gridgov.place.raster_lookup`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.place.border import Border, make_border
from gridgov.place.raster import Frame, Runs, inside_runs, segments

__all__ = ["AreaRaster", "build_raster"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A pixel must be many times coarser than the spacing of the numbers, or rounding would
# move a point by whole pixels.
_FINEST = 2.0**-40

# Parts of pixels that an area should have, and the most rows of parts in a pixel.
_PARTS_PER_AREA = 256
_MOST_SPLITS = 64


class AreaRaster(NamedTuple):
    """Who owns the points of each pixel.

    Attributes
    ----------
    frame
        Where its pixels are.
    codes
        For every pixel: 0, outside all; 2 i + 1, wholly inside polygon i alone; 2 i + 2,
        wholly inside polygon i and later ones; -1 - b, the b-th that boundaries touch.
    splits
        Into how many rows and columns the pixels are cut that boundaries touch; when 1,
        `border` describes them, otherwise the parts that boundaries touch.
    parts
        The codes of the parts of the b-th pixel from ``b * splits**2`` on, row by row.
    border
        The pixels or parts that boundaries touch.
    """

    frame: Frame
    codes: NDArray[np.int32]
    splits: int
    parts: NDArray[np.int32]
    border: Border


def build_raster(polygons: Any, pixels: int, *, splits: int | None = None) -> AreaRaster | None:
    """Return a raster of about so many pixels over valid polygons.

    None when a polygon is invalid or has no area, or all are so small that rounding
    would matter. Areas that are small beside the whole, as the streets of a country's
    cities are, get pixels cut into `splits` by `splits` parts where boundaries are.
    """
    shapes = np.asarray(polygons, dtype=object)
    if not len(shapes) or not (shapely.is_valid(shapes) & (shapely.area(shapes) > 0)).all():
        return None
    bounds = shapely.bounds(shapes)
    whole = np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])
    frame = Frame.over(whole, pixels)
    room = min(1 / frame.columns_per_degree, 1 / frame.rows_per_degree)
    room /= _FINEST * np.abs(whole).max()
    if room < 1:
        return None
    lines = segments(shapes)
    runs = inside_runs(lines, frame)
    border, held = make_border(lines, frame, runs, len(shapes))
    places, stretch = _stretches(runs, border, held, len(shapes))
    codes = np.repeat(stretch, np.diff(np.append(places, runs.pixels)))
    codes[border.pixel] = -1 - np.arange(len(border.pixel), dtype=np.int32)
    if splits is None:
        splits = _splits(frame, bounds, len(border.pixel), pixels)
    if splits < 2 or splits > room:
        return AreaRaster(frame, codes, 1, np.empty(0, dtype=np.int32), border)

    fine = frame.split(splits)
    runs = inside_runs(lines, fine)
    cut, held = make_border(lines, fine, runs, len(shapes))
    places, stretch = _stretches(runs, cut, held, len(shapes))
    row, column = np.divmod(border.pixel, frame.columns)
    corner = row * splits * fine.columns + column * splits
    step = np.arange(splits)
    part = corner[:, None, None] + step[:, None] * fine.columns + step
    parts = stretch[np.searchsorted(places, part.ravel(), side="right") - 1]
    row, column = np.divmod(cut.pixel, fine.columns)
    pixel = -1 - codes[row // splits * frame.columns + column // splits].astype(np.int64)
    at = (pixel * splits + row % splits) * splits + column % splits
    parts[at] = -1 - np.arange(len(at), dtype=np.int32)
    return AreaRaster(frame, codes, splits, parts, cut)


def _splits(frame: Frame, bounds: Floats, touched: int, pixels: int) -> int:
    """Return into how many rows and columns to cut the pixels that boundaries touch."""
    wide = (bounds[:, 2] - bounds[:, 0]) * frame.columns_per_degree
    tall = (bounds[:, 3] - bounds[:, 1]) * frame.rows_per_degree
    # Enough parts for half of the areas, and no more parts than twice the pixels.
    wanted = _PARTS_PER_AREA / max(float(np.median(wide * tall)), 1e-9)
    paid = 2 * pixels / max(touched, 1)
    finest = min(wanted, paid, _MOST_SPLITS**2)
    return int(2 ** np.floor(np.log2(finest) / 2)) if finest >= 4 else 1


def _stretches(
    runs: Runs, border: Border, held: NDArray[np.bool_], count: int
) -> tuple[Ints, NDArray[np.int32]]:
    """Return where a code begins and the code, up to the next, boundaries left aside.

    Also fills in what border pixels lie wholly inside.
    """
    polygon, begin, end = runs.polygon, runs.begin, runs.end
    # Between one begin or end of a run and the next, the same polygons hold the centers.
    places = np.concatenate([[0], begin, end])
    order = np.argsort(places, kind="stable")
    ones = np.repeat([0, 1, -1], [1, len(begin), len(begin)])
    numbers = np.concatenate([[0], polygon, -polygon])
    places = places[order]
    covers = np.cumsum(ones[order])
    # Where one polygon holds the center, the sum of the numbers is its number.
    first = np.cumsum(numbers[order])
    lengths = np.diff(np.append(places, runs.pixels))
    several = np.flatnonzero((covers > 1) & (lengths > 0))
    if several.size:
        there, who = _spread(places[several], runs)
        first[several] = count
        np.minimum.at(first, several[there], who)
    stretch = np.where(covers > 0, 2 * first + 1 + (covers > 1), 0).astype(np.int32)

    # A border pixel lies wholly inside what holds its center and has no boundary in it.
    at = border.pixel
    candidate_at = np.repeat(np.arange(len(at)), np.diff(border.candidate_start))
    candidates = border.candidates.astype(np.int64)
    here = np.searchsorted(places, at, side="right") - 1
    whole = covers[here] - np.bincount(candidate_at[held], minlength=len(at))
    border.interiors[:] = np.minimum(whole, 2)
    alone = (whole == 1) & (covers[here] == 1)
    border.first[alone] = first[here[alone]]
    shared = np.flatnonzero((whole > 0) & ~alone)
    if shared.size:
        there, who = _spread(at[shared], runs)
        entries = at[candidate_at] * count + candidates
        keys = at[shared[there]] * count + who
        near = np.minimum(np.searchsorted(entries, keys), len(entries) - 1)
        apart = entries[near] != keys
        np.minimum.at(border.first, shared[there[apart]], who[apart].astype(np.int32))
    return places, stretch


def _spread(pixels: Ints, runs: Runs) -> tuple[Ints, Ints]:
    """Return, for every run and every one of ascending pixels in it, pixel and polygon."""
    low, high = np.searchsorted(pixels, runs.begin), np.searchsorted(pixels, runs.end)
    times = high - low
    where = np.arange(times.sum()) + np.repeat(low - (np.cumsum(times) - times), times)
    return where, np.repeat(runs.polygon, times)
