"""H3 cell ids as integers: digits to hexagonal lattice coordinates and back, for arrays.

An H3 id holds a base cell (one of 122) and one digit a resolution, each a step to
one of seven children. Read from the coarse end the digits give whole lattice
coordinates (i, j) in the frame of the base cell; read from the fine end (i, j) gives
the digits. The neighbors of (i, j) are (i ± 1, j), (i, j ± 1) and ±(1, 1). Frames of
different base cells, and of the five sectors of a base cell that is a pentagon,
differ by a turn of a multiple of 60° and a shift.

The layout of the id is H3's published one (h3geo.org/docs/core-library/h3Indexing);
the arithmetic of one level up and down is that of an aperture 7 hexagon tree, turned
one way at odd resolutions (Class III) and the other way at even ones.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PENTAGONS",
    "assemble",
    "base_cells",
    "decode",
    "encode",
    "in_pentagons",
    "is_five_sided",
    "leading_digits",
    "resolutions",
    "rotate",
    "rotate_each",
    "sectors",
    "turn",
    "turned_fours",
    "valid_cells",
    "words",
]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]

_FINEST = 15
# The lowest bit of every digit.
_LOW_BITS = 0o111111111111111
# Those of the base cell's number and of the first digit.
_COARSEST_BITS = np.uint64((127 << 45) | (7 << 42))
PENTAGONS = (4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117)
# The step of every digit 0 to 6 (7 is no digit), and the digit of every step
# at place 3 * step_i + step_j + 4; no digit steps to (1, -1) or (-1, 1).
_STEP_I = np.array([0, -1, 0, -1, 1, 0, 1, 0], dtype=np.int64)
_STEP_J = np.array([0, -1, 1, 0, 0, -1, 1, 0], dtype=np.int64)
_DIGIT = np.array([1, 3, 7, 5, 0, 2, 7, 4, 6], dtype=np.int64)
# What one turn of 60° counterclockwise makes of every digit.
_TURNED = np.array([0, 5, 3, 1, 6, 4, 2, 7], dtype=np.int64)


def resolutions(cells: Cells) -> Ints:
    """Return the resolution of every cell."""
    return ((cells >> np.uint64(52)) & np.uint64(15)).astype(np.int64)


def base_cells(cells: Cells) -> Ints:
    """Return the number of every cell's base cell, 0 to 121."""
    return ((cells >> np.uint64(45)) & np.uint64(127)).astype(np.int64)


def words(cells: Cells, resolution: int) -> Ints:
    """Return the digits of cells as one number, the unused ones 0."""
    unused = 3 * (_FINEST - resolution)
    used = (cells & np.uint64((1 << 45) - 1)) >> np.uint64(unused) << np.uint64(unused)
    return used.astype(np.int64)


def leading_digits(word: Ints) -> Ints:
    """Return the coarsest digit that is not 0; 0 when there is none."""
    # Below 2**53 a float holds every bit, so its exponent is the exact bit length.
    bits = np.frexp(word.astype(np.float64))[1].astype(np.int64)
    return np.asarray(word >> (3 * ((np.maximum(bits, 1) - 1) // 3)), dtype=np.int64)


def sectors(cells: Cells, resolution: int) -> Ints:
    """Return a number for every part of the globe that has one flat frame.

    It is 8 × the base cell, plus the leading digit where the base cell is a pentagon.
    """
    # A base cell, and even one of its children, fills nearly every city.
    if len(cells) and not ((cells ^ cells[0]) & _COARSEST_BITS).any():
        only = int(base_cells(cells[:1])[0])
        digit = int(words(cells[:1], resolution)[0]) >> 42
        if only not in PENTAGONS or digit:
            part = 8 * only + (digit if only in PENTAGONS else 0)
            return np.full(len(cells), part, dtype=np.int64)
    base = base_cells(cells)
    # Looked up, because isin sorts.
    five_sided = _five_sided()[base]
    lead = leading_digits(words(cells, resolution)) if five_sided.any() else np.int64(0)
    return base * 8 + five_sided * lead


def decode(
    word: Ints, resolution: int, far_i: Ints | int = 0, far_j: Ints | int = 0
) -> tuple[Ints, Ints]:
    """Return the lattice coordinates that digits stand for.

    They count from the base cell's center, or from what is (far_i, far_j) away from it
    at resolution 0: the other way around from :func:`encode`.
    """
    # A digit adds the same whatever the others are, so four are looked up at once, with i
    # and j in one number: i in its upper 32 bits, j in the lower ones with a sign.
    both = np.zeros_like(word)
    for shift, table in _fours_decoded(resolution):
        both += table[(word >> shift) & 4095]
    j = (both << 32) >> 32
    i = (both - j) >> 32
    (of_i, and_i), (of_j, and_j) = (_all_down(*one, resolution) for one in ((1, 0), (0, 1)))
    i += of_i * far_i + of_j * far_j
    j += and_i * far_i + and_j * far_j
    return i, j


@cache
def _fours_decoded(resolution: int) -> tuple[tuple[int, Ints], ...]:
    """Return for every four digits where they stand and what each of 4096 sets of them adds."""
    fours = []
    for shift in (0, 12, 24, 36):
        coarsest, finest = _FINEST - shift // 3 - 3, _FINEST - shift // 3
        four = np.arange(4096)
        i, j = np.zeros(4096, dtype=np.int64), np.zeros(4096, dtype=np.int64)
        for level in range(max(coarsest, 1), resolution + 1):
            i, j = _down(i, j, level)
            if level <= finest:
                digit = (four >> 3 * (finest - level)) & 7
                i += _STEP_I[digit]
                j += _STEP_J[digit]
        if coarsest <= resolution:
            table = (i << 32) + j
            table.flags.writeable = False
            fours.append((shift, table))
    return tuple(fours)


def _all_down(i: int, j: int, resolution: int) -> tuple[int, int]:
    """Return what lattice coordinates of resolution 0 are at a finer one."""
    for level in range(1, resolution + 1):
        i, j = _down(i, j, level)
    return i, j


def encode(i: Ints, j: Ints, resolution: int) -> tuple[Ints, Ints, Ints]:
    """Return the digits of lattice coordinates, and what is left of i and j at resolution 0."""
    # Floats divide several times as quickly, and hold these numbers exactly: coordinates
    # stay below 2**30, words below 2**45.
    x, y = np.array(i, dtype=np.float64), np.array(j, dtype=np.float64)
    word = np.zeros(x.shape)
    for level in range(resolution, 0, -1):
        # Sevenths never tie, so rounding settles which center is nearest.
        if level % 2:
            up_x, up_y = np.rint((3 * x - y) * (1 / 7)), np.rint((x + 2 * y) * (1 / 7))
        else:
            up_x, up_y = np.rint((2 * x + y) * (1 / 7)), np.rint((3 * y - x) * (1 / 7))
        center_x, center_y = _down(up_x, up_y, level)
        x -= center_x
        x *= 3
        x += y
        x -= center_y
        x += 4
        word += _DIGIT[x.astype(np.int64)] * float(1 << (3 * (_FINEST - level)))
        x, y = up_x, up_y
    return word.astype(np.int64), x.astype(np.int64), y.astype(np.int64)


def _down(i: Any, j: Any, level: int) -> tuple[Any, Any]:
    """Return the center child, at `level`, of lattice coordinates one level coarser."""
    if level % 2:
        return 2 * i + j, 3 * j - i
    return 3 * i - j, i + 2 * j


def turn(i: Ints, j: Ints, turns: int) -> tuple[Ints, Ints]:
    """Return lattice coordinates turned by `turns` times 60° counterclockwise."""
    for _ in range(turns % 6):
        i, j = i - j, i
    return i, j


def rotate(word: Ints, turns: int) -> Ints:
    """Return digits turned by `turns` times 60° counterclockwise."""
    if turns % 6 == 0:
        return word
    table = _four_digits_turned(turns % 6)
    turned: Ints = table[word & 4095]
    for shift in (12, 24, 36):
        turned |= table[(word >> shift) & 4095] << shift
    return turned


def rotate_each(word: Ints, turns: Ints) -> Ints:
    """Return digits turned, each by its own number of turns, 0 to 5."""
    table = turned_fours()
    start = turns * 4096
    turned: Ints = table[start + (word & 4095)]
    for shift in (12, 24, 36):
        turned |= table[start + ((word >> shift) & 4095)] << shift
    return turned


@cache
def turned_fours() -> Ints:
    """Return four digits at once turned by 0 to 5 turns, at place 4096 · turns + digits."""
    table = np.concatenate([_four_digits_turned(turns) for turns in range(6)])
    table.flags.writeable = False
    return table


def in_pentagons(cells: Cells) -> NDArray[np.bool_]:
    """Return which cells lie in a base cell that is a pentagon."""
    return np.asarray(_five_sided()[base_cells(cells)])


def is_five_sided(cells: Cells, resolution: int) -> NDArray[np.bool_]:
    """Return which cells are pentagons: the middle of a pentagon's base cell is one."""
    return np.asarray(in_pentagons(cells) & (words(cells, resolution) == 0))


@cache
def _unused() -> Cells:
    """Return the bits of the digits that each resolution leaves unused."""
    return np.array([(1 << (3 * (_FINEST - level))) - 1 for level in range(16)], dtype=np.uint64)


@cache
def _five_sided() -> NDArray[np.bool_]:
    """Return which base cells are pentagons, by number."""
    return np.isin(np.arange(128), PENTAGONS)


@cache
def _four_digits_turned(turns: int) -> Ints:
    """Return the table that turns four digits at once."""
    one = np.arange(8)
    for _ in range(turns):
        one = _TURNED[one]
    four = np.arange(4096)
    return np.asarray(
        sum(one[(four >> shift) & 7] << shift for shift in (0, 3, 6, 9)), dtype=np.int64
    )


def assemble(word: Ints, base: int, resolution: int) -> Cells:
    """Return the cells of a base cell that have these digits."""
    unused = (1 << (3 * (_FINEST - resolution))) - 1
    head = (1 << 59) | (resolution << 52) | (base << 45) | unused
    return word.astype(np.uint64) | np.uint64(head)


def valid_cells(cells: Cells) -> NDArray[np.bool_]:
    """Return which numbers are H3 cells."""
    valid: NDArray[np.bool_] = (cells >> np.uint64(56)) == np.uint64(8)
    valid &= base_cells(cells) < 122
    level = resolutions(cells)
    # Digit 7, three bits set, stands exactly where a digit is not used.
    digits = cells & np.uint64((1 << 45) - 1)
    sevens = digits & (digits >> np.uint64(1)) & (digits >> np.uint64(2)) & np.uint64(_LOW_BITS)
    valid &= sevens == (np.uint64(_LOW_BITS) & _unused()[level])
    # The first step off a pentagon's center cannot go the way that is missing.
    used = (cells & np.uint64((1 << 45) - 1)).astype(np.int64)
    used &= ~_unused()[level].astype(np.int64)
    valid &= ~(_five_sided()[base_cells(cells)] & (leading_digits(used) == 1))
    return valid
