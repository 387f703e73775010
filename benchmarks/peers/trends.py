"""Mann-Kendall for many cells, against a loop over pymannkendall: ``benchmarks/emerging.py``."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from peers.lines import AbsentError, DifferentError, Line, Row, Size, absent, need

__all__ = ["ROW"]


def run(size: Size) -> Iterator[Line]:
    """Yield the line."""
    cells, periods = size.of(5_000, 100), 60
    job = f"Mann-Kendall of {cells:,} cells × {periods} periods"
    equal = f"{cells:,} S, variances, z and p"
    try:
        need("pymannkendall")
    except AbsentError as error:
        yield absent("trends", job, "gridgov", "pymannkendall", error)
        return
    import emerging

    if size.small:
        counts = np.random.default_rng(0).negative_binomial(0.5, 0.2, (cells, periods))
        counts[np.ptp(counts, axis=1) == 0, 0] += 1
        try:
            emerging.check_equal(counts)
        except AssertionError as error:
            raise DifferentError(str(error)) from error
        yield Line("trends", job, "gridgov", "pymannkendall", equal=equal)
        return
    before = os.getloadavg()[0]
    found = emerging.race(cells, periods, size.rounds)
    yield Line(
        "trends",
        job,
        "gridgov",
        "pymannkendall",
        equal=equal,
        ratio=found.ratio,
        least=found.least,
        most=found.most,
        seconds=dict(found.seconds),
        load=(before, os.getloadavg()[0]),
    )


ROW = Row("trends", "trends of many cells, against pymannkendall", run)
