"""Time rival ways of one job in one process, in turn, and compare them by ratios.

Seconds depend on the machine and on what else it does; the ratio of two ways that
took turns in one run depends on that much less. Each round runs every way once, in
the opposite order of the round before, so that neither always runs on a warm cache.
"""

from __future__ import annotations

import gc
import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

__all__ = ["Comparison", "compare", "machine", "write_json"]


@dataclass(frozen=True)
class Comparison:
    """How long each way took, and how many times longer than ours.

    Attributes
    ----------
    job
        What was done.
    seconds
        Every round's seconds by way, in the order of the rounds.
    ratio
        Median over the rounds of the rival's seconds by ours.
    least, most
        The smallest and greatest of these ratios.
    """

    job: str
    seconds: Mapping[str, list[float]]
    ratio: float
    least: float
    most: float

    def sentence(self) -> str:
        """Return the comparison in words."""
        ours, rival = self.seconds
        return (
            f"{self.job}: {rival} took {self.ratio:.1f} times as long as {ours} "
            f"({self.least:.1f} to {self.most:.1f} over {len(self.seconds[ours])} rounds; medians "
            f"{median(self.seconds[rival]):.3f} s and {median(self.seconds[ours]):.3f} s)"
        )


def compare(
    job: str,
    ours: tuple[str, Callable[[], Any]],
    rival: tuple[str, Callable[[], Any]],
    *,
    rounds: int,
) -> Comparison:
    """Return how two ways of one job compare; both have run once before."""
    seconds: dict[str, list[float]] = {ours[0]: [], rival[0]: []}
    for number in range(rounds):
        for name, run in (ours, rival) if number % 2 == 0 else (rival, ours):
            gc.collect()
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    ratios = [b / a for a, b in zip(seconds[ours[0]], seconds[rival[0]], strict=True)]
    return Comparison(job, seconds, median(ratios), min(ratios), max(ratios))


def machine(*packages: str) -> dict[str, Any]:
    """Return what the numbers were taken on."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
        "processors": os.cpu_count(),
        "packages": {name: version(name) for name in packages},
    }


def write_json(path: Path, comparisons: list[Comparison], about: Mapping[str, Any]) -> None:
    """Write the comparisons and what they were taken on."""
    content = {**about, "comparisons": [asdict(one) for one in comparisons]}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
