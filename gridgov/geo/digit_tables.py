"""The digits of a cell four levels at a time, from tables small enough for the nearest cache.

Two levels of the tree multiply by 7, for the turn of an odd one undoes that of an even
one, so four multiply by 49: the four finest digits depend on the lattice coordinates
modulo 49 alone, and so does what they add to the quotient. What is left at resolution 0
to 3 is looked up whole, face by face. That is three look-ups for a cell of resolution
9 where :func:`gridgov.geo.cell_digits.encode` takes nine steps, with the same cells.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.geo import cell_digits
from gridgov.geo.base_frames import base_frames, face_frames, places

__all__ = [
    "ASK_DIGITS",
    "BIAS",
    "all_tables",
    "cells_at",
    "four_levels",
    "four_turned",
    "top_cells",
]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

BIAS = 49
"""Added to coordinates at the top, which are below it on every face up to resolution 3."""

_SIDE = 2 * BIAS
_SQUARE = 49 * 49
_FINEST = 15

ASK_DIGITS = 7
"""In place of turns in a top cell: a pentagon's, which turn with the first digit not 0."""


@cache
def four_levels(odd: bool) -> NDArray[np.int32]:
    """Return digits and quotient of coordinates modulo 49, at place 49 · i + j.

    The twelve lowest bits are the digits, the next two what the quotient of i gains, the
    next two the same of j.

    Parameters
    ----------
    odd
        Whether the finest of the four levels is odd.
    """
    i, j = (axis.ravel() for axis in np.meshgrid(np.arange(49), np.arange(49), indexing="ij"))
    level = 5 if odd else 4
    word, up_i, up_j = cell_digits.encode(i, j, level)
    if odd:
        # The four levels end at resolution 1.
        up_i, up_j = cell_digits.decode(word >> 42 << 42, 1, up_i, up_j)
    word = (word >> (3 * (_FINEST - level))) & 4095
    table = (word | (up_i << 12) | (up_j << 14)).astype(np.int32)
    table.flags.writeable = False
    return table


@cache
def four_turned(odd: bool) -> NDArray[np.int16]:
    """Return the digits of :func:`four_levels` turned by 0 to 5 turns, one table each."""
    digits = (four_levels(odd) & 4095).astype(np.int64)
    table = np.concatenate([cell_digits.rotate(digits, turns) for turns in range(6)])
    short = table.astype(np.int16)
    short.flags.writeable = False
    return short


@cache
def top_cells(face: int | None, resolution: int) -> Ints:
    """Return the coarse part of cells by coordinates at resolution 0 to 3.

    Parameters
    ----------
    face
        The face, None for all in turn.
    resolution
        What is left of the resolution.

    Returns
    -------
    int64 array, at place ((face · 98 + i + 49) · 98 + j + 49)
        Mode, base cell and the digits so far, as an id has them. The three lowest bits
        are the turns of the digits below, or :data:`ASK_DIGITS`: then the others are the
        place in :class:`gridgov.geo.base_frames.BaseFrames` of the leading digit 0. 0
        where the library must answer.
    """
    if face is None:
        return _frozen(np.concatenate([top_cells(one, resolution) for one in range(20)]))
    side = np.arange(-BIAS, BIAS)
    i, j = (axis.ravel() for axis in np.meshgrid(side, side, indexing="ij"))
    word, far_i, far_j = cell_digits.encode(i, j, resolution)
    frames = face_frames(face)
    place = places(0, far_i, far_j, cell_digits.leading_digits(word))
    head, turns = frames.head[place], frames.turns[place]
    found = np.where(head == 0, 0, cell_digits.rotate_each(word, turns) | head | turns)
    # The middle of a pentagon: digits further down say by how much all turn.
    base = cell_digits.base_cells(head.view(np.uint64))
    ask = (word == 0) & np.isin(base, cell_digits.PENTAGONS) & (head != 0)
    found[ask] = (place[ask] << 3) | ASK_DIGITS
    return _frozen(found)


def all_tables(face: int | None, resolution: int) -> tuple[Any, ...]:
    """Return what compiled loops need: all tables, for one face or for all."""
    odd = bool(resolution % 2)
    frames = base_frames() if face is None else face_frames(face)
    places_a_face = len(frames.head) // (20 if face is None else 1)
    return (
        four_levels(odd),
        four_turned(odd),
        top_cells(face, resolution % 4),
        frames.head,
        frames.turns,
        places_a_face,
    )


def cells_at(face: Ints | int, i: Any, j: Any, resolution: int) -> Cells:
    """Return the cells at lattice coordinates of faces, 0 where the library must answer.

    Parameters
    ----------
    face
        Face of every pair, or the one face of all.
    i, j
        Whole numbers; on their face.
    resolution
        H3 resolution.
    """
    groups, left = divmod(resolution, 4)
    odd = bool(resolution % 2)
    digits, turned = four_levels(odd), four_turned(odd)
    bias = float(BIAS ** (groups + 1))
    x, y = i + bias, j + bias
    met = []
    for _ in range(groups):
        # Half a unit keeps whole quotients clear of rounding.
        up_x, up_y = np.floor((x + 0.5) * (1 / 49)), np.floor((y + 0.5) * (1 / 49))
        x -= 49 * up_x
        y -= 49 * up_y
        x *= 49
        x += y
        at = x.astype(np.intp)
        met.append(at)
        found = digits.take(at, mode="clip")
        x, y = up_x, up_y
        x += (found >> 12) & 3
        y += found >> 14
    only = face if isinstance(face, int) else None
    top = top_cells(only, left)
    if only is None:
        x += face * float(_SIDE)
    x *= _SIDE
    x += y
    cells = top.take(x.astype(np.intp), mode="clip")
    turns = cells & 7
    lost = cells == 0
    asked = np.flatnonzero(turns == ASK_DIGITS)
    if asked.size:
        word = np.zeros(asked.size, dtype=np.int64)
        for step, at in enumerate(met):
            word |= (digits[at[asked]].astype(np.int64) & 4095) << (12 * step)
        word <<= 3 * (_FINEST - resolution)
        frames = base_frames() if only is None else face_frames(only)
        place = (cells[asked] >> 3) + cell_digits.leading_digits(word)
        if only is None:
            place += np.asarray(face)[asked] * (len(base_frames().head) // 20)
        cells[asked], turns[asked] = frames.head[place], frames.turns[place]
        lost[asked] = cells[asked] == 0
    cells &= ~np.int64(7)
    turns *= _SQUARE
    for step, at in enumerate(met):
        shift = 3 * (_FINEST - resolution) + 12 * step
        cells |= turned.take(turns + at, mode="clip").astype(np.int64) << shift
    cells |= (resolution << 52) | ((1 << (3 * (_FINEST - resolution))) - 1)
    cells[lost] = 0
    return np.asarray(cells.view(np.uint64))


def _frozen(numbers: Ints) -> Ints:
    """Return numbers that several callers may share, as none can change them."""
    numbers.flags.writeable = False
    return numbers
