"""Replicates of the counts under the null of each model, for the Monte Carlo test.

Poisson: the total is fixed, and every incident falls into a place and period with
probability in proportion to what is expected there, independently of the others.
Space-time permutation: every place and every period keeps its own number of incidents;
the periods are shuffled over the incidents, so that only the interaction is random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["permuted_counts", "poisson_counts", "replicate_blocks"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Draw = Callable[[np.random.Generator, int], Whole]

# Numbers drawn at once: 32 MB of int64.
_AT_ONCE = 1 << 22


def poisson_counts(expected: Floats, total: int) -> Draw:
    """Return what draws replicates of the Poisson model.

    Parameters
    ----------
    expected
        Expected incidents, shape (n, periods).
    total
        All incidents.

    Returns
    -------
    callable
        Takes a generator and a number of replicates, returns counts of the shape
        (replicates, n, periods).
    """
    chance = expected.ravel() / expected.sum()

    def draw(rng: np.random.Generator, size: int) -> Whole:
        return rng.multinomial(total, chance, size=size).reshape(size, *expected.shape)

    return draw


def permuted_counts(counts: Whole) -> Draw:
    """Return what draws replicates of the space-time permutation model.

    Parameters
    ----------
    counts
        Observed incidents, shape (n, periods).

    Returns
    -------
    callable
        As that of :func:`poisson_counts`.
    """
    places, periods = counts.shape
    where, when = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), periods)

    def draw(rng: np.random.Generator, size: int) -> Whole:
        drawn = np.empty((size, places, periods), dtype=np.int64)
        for one in range(size):
            code = where * periods + rng.permutation(when)
            drawn[one] = np.bincount(code, minlength=counts.size).reshape(counts.shape)
        return drawn

    return draw


def replicate_blocks(draw: Draw, *, replicates: int, seed: int, numbers: int) -> Iterator[Whole]:
    """Yield the replicates of a seed in blocks that fit into memory.

    The replicates are the same however they are cut into blocks.

    Parameters
    ----------
    draw
        What :func:`poisson_counts` or :func:`permuted_counts` returns.
    replicates
        How many in all.
    seed
        Seed of the generator.
    numbers
        Numbers in one replicate.
    """
    rng = np.random.default_rng(seed)
    block = max(1, _AT_ONCE // max(1, numbers))
    for start in range(0, replicates, block):
        yield draw(rng, min(block, replicates - start))
