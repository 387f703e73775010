"""The shapes of a smoothing kernel, in the plane and along a line.

A kernel says how one incident is spread over its surroundings. Its bandwidth is the
radius at which it ends; for the Gaussian, which has no end, it is the standard deviation
and the kernel is cut at six of them, which leaves out 1.5e-8 of its mass in the plane.
Kernels of equal bandwidth do not smooth equally: ``silverman`` says how much wider than
a Gaussian each must be to do so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

__all__ = ["KERNELS", "Kernel", "KernelName"]

Floats = NDArray[np.float64]

KernelName = Literal["quartic", "gaussian", "epanechnikov", "triweight"]

_CUT = 6.0


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernel at bandwidth 1.

    Attributes
    ----------
    reach
        The distance from which on it is zero.
    deviation
        Standard deviation along one axis of the plane.
    silverman
        Bandwidth, in bandwidths of a Gaussian, of equal smoothing in the plane: the ratio
        of (R / v²)^(1/6), R the integral of the squared kernel and v its variance along an
        axis. Silverman (1986), table 4.1, prints 2.40, 2.78 and 3.12.
    plane
        Density in the plane as a function of the squared distance; may overwrite it.
    along
        Mass on a line between the middle and a distance from 0 on; 1/2 from the reach on.
    """

    reach: float
    deviation: float
    silverman: float
    plane: Callable[[Floats], Floats]
    along: Callable[[Floats], Floats]


def _power(order: int) -> Callable[[Floats], Floats]:
    """Return (k + 1) / π (1 - r²)^k, which is zero from r = 1 on."""
    scale = (order + 1) / np.pi

    def plane(squared: Floats) -> Floats:
        # In place all through: this is where the time of a density goes.
        rest = np.subtract(1.0, squared, out=squared)
        np.maximum(rest, 0.0, out=rest)
        result = rest if order == 1 else rest * rest
        if order == 3:
            result *= rest
        result *= scale
        return result

    return plane


def _gaussian_plane(squared: Floats) -> Floats:
    """Return the normal density in the plane, cut at six standard deviations."""
    beyond = squared >= _CUT**2
    squared *= -0.5
    result = np.exp(squared, out=squared)
    result *= 1.0 / (2.0 * np.pi)
    result[beyond] = 0.0
    return result


def _epanechnikov_along(u: Floats) -> Floats:
    u = np.minimum(u, 1.0)
    return 0.25 * u * (3.0 - u * u)


def _quartic_along(u: Floats) -> Floats:
    u = np.minimum(u, 1.0)
    s = u * u
    return 0.0625 * u * (15.0 - s * (10.0 - 3.0 * s))


def _triweight_along(u: Floats) -> Floats:
    u = np.minimum(u, 1.0)
    s = u * u
    return 0.03125 * u * (35.0 - s * (35.0 - s * (21.0 - 5.0 * s)))


def _gaussian_along(u: Floats) -> Floats:
    return np.asarray(0.5 * erf(np.minimum(u, _CUT) / np.sqrt(2.0)), dtype=np.float64)


KERNELS: Mapping[str, Kernel] = MappingProxyType(
    {
        "quartic": Kernel(1.0, 1 / np.sqrt(8), (64 * 36 / 5) ** (1 / 6), _power(2), _quartic_along),
        "gaussian": Kernel(_CUT, 1.0, 1.0, _gaussian_plane, _gaussian_along),
        "epanechnikov": Kernel(
            1.0, 1 / np.sqrt(6), 192.0 ** (1 / 6), _power(1), _epanechnikov_along
        ),
        "triweight": Kernel(
            1.0, 1 / np.sqrt(10), (6400 / 7) ** (1 / 6), _power(3), _triweight_along
        ),
    }
)
"""Every kernel by name. Quartic is the usual one of crime maps, also called biweight."""
