"""The lattice about a city in single precision: where a point's answer stands in a table.

Within a box the lattice coordinates of :mod:`gridgov.geo.lattice` are smooth functions of
longitude and latitude, so that polynomials of low degree give them to a fraction of a
thousandth of a cell, and numbers of half the size take half the time. How far off they
are is bounded: by what the polynomials miss, measured on a grid, twice, and by every
rounding on the way. A point is answered only when it is farther from the edge of its
hexagon, and of the face, than that; the few others are in doubt, and whoever asks answers
them in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.arrays import compiled
from gridgov.geo.lattice import EDGE, Lattice

__all__ = ["LatticeSeries", "fit_series"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# Points at once, which stay in the processor's cache; and what a product of matrices may
# cost before the library behind NumPy splits it among threads, which we do ourselves.
_BLOCK = 12_288
_PRODUCT = 400_000
_HIGHEST_DEGREE = 6
# Single numbers hold whole ones exactly up to here.
_MOST_PLACES = 1 << 24
# With a wider margin too many points would be in doubt.
_WIDEST_MARGIN = 0.02
# Half a unit in the last place of a number near 1, in single precision.
_ROUNDING = 2.0**-24
# Rounding on the way from coordinates to the distance from an edge: numbers up to 2.
_LAST_STEPS = 4e-6
_RAD = np.pi / 180


@dataclass(frozen=True, slots=True)
class LatticeSeries:
    """Polynomials for the places of points in a table over the extent of a lattice.

    Attributes
    ----------
    longitude, latitude
        Center of the box, degrees.
    half_width, half_height
        Half the sides of the box, degrees; points outside are in doubt.
    degree
        Of the polynomials.
    coefficients
        One row each for i, j and the limits of the face, one column a product of powers in
        the order of :func:`_powers`; float32.
    offsets
        What each limit must exceed.
    margin
        How near an edge a point is in doubt, as a share of the way to the cell's center.
    extent
        Least i and j, counted from the middle, how many j there are, and how many places.
    """

    longitude: float
    latitude: float
    half_width: float
    half_height: float
    degree: int
    coefficients: Singles
    offsets: tuple[float, ...]
    margin: float
    extent: tuple[int, int, int, int]

    def look_up(self, longitude: Floats, latitude: Floats, table: Any, out: Any) -> None:
        """Write what a table says at the places of points, and its last entry in doubt.

        Parameters
        ----------
        longitude, latitude
            Degrees, shape (n,).
        table
            One entry a place ``(i - i0) * width + (j - j0)`` of the extent, and one more.
        out
            Written: shape (n,), of the table's type.
        """
        if compiled.use_loops(len(longitude)):
            # One kind of array, so that the loop is compiled once.
            import_module("gridgov.geo.series_kernels").look_up(
                compiled.read_only(longitude),
                compiled.read_only(latitude),
                np.array([self.longitude, self.latitude, self.half_width, self.half_height]),
                self.degree,
                compiled.read_only(self.coefficients),
                np.array(self.offsets, dtype=np.float32),
                np.float32(self.margin),
                np.array(self.extent, dtype=np.int64),
                compiled.read_only(table),
                out,
            )
            return
        number = self.coefficients.shape[1]
        size = min(_BLOCK, _PRODUCT // self.coefficients.size)
        terms = np.empty((max(number, 5), size), dtype=np.float32)
        values = np.empty((len(self.coefficients), size), dtype=np.float32)
        wide = np.empty(size)
        for start in range(0, len(longitude), size):
            block = slice(start, min(start + size, len(longitude)))
            count = block.stop - start
            # The products of powers, side by side, stay in the cache.
            some = terms.reshape(-1)[: count * len(terms)].reshape(-1, count)
            places = self._places(
                longitude[block],
                latitude[block],
                some,
                values.reshape(-1)[: count * len(values)].reshape(-1, count),
                wide[:count],
            )
            table.take(places, mode="clip", out=out[block])

    def _places(
        self, longitude: Floats, latitude: Floats, terms: Singles, values: Singles, wide: Floats
    ) -> Any:
        """Return the places of a block of points, the last where in doubt."""
        i0, j0, width, size = self.extent
        number = self.coefficients.shape[1]
        with np.errstate(all="ignore"):
            x, y, far = terms[1], terms[2], terms[0]
            np.subtract(longitude, self.longitude, out=wide)
            np.multiply(wide, 1 / self.half_width, out=x, casting="same_kind")
            np.subtract(latitude, self.latitude, out=wide)
            np.multiply(wide, 1 / self.half_height, out=y, casting="same_kind")
            np.maximum(np.abs(x, out=far), np.abs(y, out=values[0]), out=far)
            sure = far < 1
            far[:] = 1
            for place, (a, b) in enumerate(_powers(self.degree)):
                if a + b > 1:
                    # One power less of x, or of y where there is none of x.
                    before = place - (a + b) - (0 if a else 1)
                    np.multiply(terms[before], x if a else y, out=terms[place])
            np.matmul(self.coefficients, terms[:number], out=values)
            for limit, offset in zip(values[2:], self.offsets, strict=True):
                sure &= limit > np.float32(offset)
            u, v = values[0], values[1]
            sure &= _round(u, v, *terms[:5]) > np.float32(self.margin)
            u -= np.float32(i0)
            u *= np.float32(width)
            u += v
            u -= np.float32(j0)
            np.copyto(u, np.float32(size), where=~sure)
            return u.astype(np.intp)


def fit_series(lattice: Lattice) -> LatticeSeries | None:
    """Return polynomials for a lattice, None where single precision is not enough.

    Parameters
    ----------
    lattice
        What :func:`gridgov.geo.lattice.fit_lattice` returned.
    """
    i0, i1, j0, j1 = lattice.extent()
    width = j1 - j0 + 1
    size = (i1 - i0 + 1) * width
    if size >= _MOST_PLACES:
        return None
    # Counted from the middle, so that the numbers are small.
    middle = np.zeros((2 + len(lattice.offsets), 1))
    middle[:2, 0] = (i0 + i1) // 2, (j0 + j1) // 2
    wanted = _values(lattice, *_nodes()) - middle
    right = _values(lattice, *_checked()) - middle
    best: tuple[float, Any, Any] | None = None
    for degree in range(1, _HIGHEST_DEGREE + 1):
        to_fit, to_check = _fitting(degree)
        fitted = wanted @ to_fit
        missed = np.abs(fitted @ to_check - right).max(axis=1)
        # Each power and each product of them rounds, then the coefficient and the sum.
        steps = 2 * degree + 2 + fitted.shape[1]
        errors = 2 * missed + steps * _ROUNDING * np.abs(fitted).sum(axis=1)
        margin = EDGE + _LAST_STEPS + 4 * float(errors[:2].max())
        # A term costs about as much as a thousandth of the points in doubt.
        costs = margin + 0.0005 * fitted.shape[1]
        if margin <= _WIDEST_MARGIN and (best is None or costs < best[0]):
            best = (costs, fitted, errors)
            chosen, nearest = degree, margin
    if best is None:
        return None
    _, fitted, errors = best
    return LatticeSeries(
        lattice.longitude,
        lattice.latitude,
        lattice.half_width,
        lattice.half_height,
        chosen,
        np.ascontiguousarray(fitted, dtype=np.float32),
        tuple(float(o + 2 * e + 1e-9) for o, e in zip(lattice.offsets, errors[2:], strict=True)),
        nearest,
        (i0 - int(middle[0, 0]), j0 - int(middle[1, 0]), width, size),
    )


def _values(lattice: Lattice, x: Floats, y: Floats) -> Floats:
    """Return i, j and the limits at shares of the way from the center to the sides."""
    u, v, limits = lattice.project(x * lattice.half_width * _RAD, y * lattice.half_height * _RAD)
    return np.vstack([u, v, limits])


def _powers(degree: int) -> list[tuple[int, int]]:
    """Return the powers of x and y of every term: those of one degree side by side."""
    return [(total - b, b) for total in range(degree + 1) for b in range(total + 1)]


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Return where polynomials are fitted, as shares of half the sides of a box."""
    # Between the zeros of a Chebyshev polynomial a fit is nearly the best there is.
    nodes = np.cos((np.arange(14) + 0.5) * np.pi / 14)
    x, y = np.meshgrid(nodes, nodes)
    return x.ravel(), y.ravel()


@cache
def _checked() -> tuple[Floats, Floats]:
    """Return where it is measured what they miss, sides and corners among it."""
    ends = np.linspace(-1, 1, 33)
    x, y = np.meshgrid(ends, ends)
    return x.ravel(), y.ravel()


@cache
def _fitting(degree: int) -> tuple[Floats, Floats]:
    """Return what makes coefficients of values at the nodes, and values of coefficients."""
    fit, check = _products(*_nodes(), degree), _products(*_checked(), degree)
    return np.asarray(np.linalg.pinv(fit), dtype=np.float64), check


def _products(x: Floats, y: Floats, degree: int) -> Floats:
    """Return the products of powers, shape (terms, n)."""
    powers_x, powers_y = (
        np.cumprod([np.ones_like(axis), *[axis] * degree], axis=0) for axis in (x, y)
    )
    return np.stack([powers_x[a] * powers_y[b] for a, b in _powers(degree)])


def _round(
    u: Singles, v: Singles, i: Singles, j: Singles, s: Singles, middle: Singles, p: Singles
) -> Singles:
    """Round coordinates to the cell in place, and return how far its edge is.

    As :func:`gridgov.geo.base_frames.nearest_cells`; the other arrays are written over.
    """
    np.floor(u, out=i)
    np.floor(v, out=j)
    u -= i
    v -= j
    np.add(u, v, out=s)
    s -= 1
    np.subtract(u, v, out=middle)
    np.add(u, middle, out=p)
    v -= middle
    # -1 in the lower half of the rhombus, else 0.
    np.floor(s, out=u)
    p += u
    v += u
    np.add(i, p > 0, out=u)
    np.abs(middle, out=middle)
    middle -= np.float32(1 / 3)
    np.maximum(np.abs(s, out=s), middle, out=s)
    np.minimum(s, np.abs(p, out=p), out=s)
    np.minimum(s, np.abs(v, out=p), out=s)
    np.add(j, v > 0, out=v)
    return s
