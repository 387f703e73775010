"""The results as JSON, as a table for the docs, and as a chart."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from timing import machine

from gridgov import __version__
from peers.lines import Line

__all__ = ["merge", "read_lines", "write_chart", "write_table"]

_PACKAGES = (
    "numpy", "pandas", "scipy", "pyarrow", "shapely", "geopandas", "h3", "numba",
    "polars", "polars-h3", "duckdb", "h3ronpy", "sedonadb", "libpysal", "esda", "pymannkendall",
    "movingpandas", "spopt", "pulp", "highspy",
)  # fmt: skip

_MARKS = re.compile(r"(<!-- results -->\n).*?(<!-- end -->)", re.DOTALL)
_REACHED, _SHORT, _NONE, _INK, _QUIET = "#2a6f97", "#c1666b", "#8d99ae", "#222222", "#666666"


def versions() -> dict[str, str]:
    """Return the versions of what is installed."""
    # Run from a checkout it is not installed.
    found = {"gridgov": __version__}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # A peer that is absent has a line that says so.
            continue
    return found


def merge(path: Path, row: str, lines: Iterable[Line]) -> None:
    """Put the lines of a row in the place of those in a file, which is made if need be."""
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"rows": {}}
    about = {**machine(), "packages": versions()}
    results["rows"][row] = {"about": about, "lines": [line.plain() for line in lines]}
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_lines(path: Path, order: Iterable[str]) -> list[Line]:
    """Return the lines of a file of results, rows in the order given."""
    rows: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [Line(**line) for row in order if row in rows for line in rows[row]["lines"]]


def write_table(page: Path, lines: Iterable[Line]) -> None:
    """Write the table between the marks of a page."""
    parts = [
        "| what | ours | against | ratio (spread) | target | reached | medians | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    missing = []
    for line in lines:
        if line.absent:
            missing.append(f"- {line.job}, {line.peer}: {line.absent}")
        elif line.ratio is not None:
            parts.append(_table_row(line))
    text = "\n".join(parts) + "\n"
    if missing:
        text += "\nNot run:\n\n" + "\n".join(missing) + "\n"
    old = page.read_text(encoding="utf-8")
    new, number = _MARKS.subn(lambda found: f"{found[1]}{text}{found[2]}", old)
    if number != 1:
        raise SystemExit(f"{page} must have one <!-- results --> and one <!-- end -->")
    page.write_text(new, encoding="utf-8")


def _table_row(line: Line) -> str:
    """Return one row of the table."""
    sign = "≤" if line.at_most else "≥"
    target = "" if line.target is None else f"{sign} {line.target:g}"
    reached = {True: "yes", False: "**no**", None: ""}[line.reached()]
    spread = "" if line.least == line.most else f" ({_short(line.least)} to {_short(line.most)})"
    medians = ", ".join(f"{median(times):.3g} s" for times in line.seconds.values())
    if line.peaks:
        peaks = " / ".join(f"{peak / 1e9:.2f} GB" for peak in line.peaks.values())
        medians = f"{medians}; {peaks}" if medians else peaks
    load = "" if line.load is None else f"{line.load[0]:.1f}–{line.load[1]:.1f}"
    ratio = _short(line.ratio) + (" ×" if line.at_most else " × as fast")
    # Two stars in one row would set what is between them in italics.
    job, ours, peer = (text.replace("*", r"\*") for text in (line.job, line.ours, line.peer))
    cells = (job, ours, peer, ratio + spread, target, reached, medians, load)
    return "| " + " | ".join(cells) + " |"


def _short(number: float | None) -> str:
    """Return a ratio with as many digits as mean something."""
    if number is None:
        return ""
    return f"{number:.0f}" if number >= 20 else f"{number:.1f}" if number >= 2 else f"{number:.2f}"


def write_chart(path: Path, lines: Iterable[Line]) -> None:
    """Draw how many times as fast as each peer, with the spread and the target."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    import matplotlib.pyplot as plt

    shown = [line for line in lines if line.ratio is not None and not line.at_most]
    if not shown:
        return
    colors = {True: _REACHED, False: _SHORT, None: _NONE}
    figure, axes = plt.subplots(figsize=(10, 0.46 * len(shown) + 1.5), layout="constrained")
    place = np.arange(len(shown))[::-1]
    ratio = np.array([line.ratio for line in shown])
    spread = np.array([(line.ratio - line.least, line.most - line.ratio) for line in shown]).T
    # From as fast as the peer to the right; a bar to the left is slower.
    axes.barh(place, ratio - 1, 0.6, 1, color=[colors[line.reached()] for line in shown])
    axes.axvline(1, color=_INK, linewidth=0.8)
    axes.errorbar(ratio, place, xerr=spread, fmt="none", ecolor=_INK, elinewidth=1, capsize=2)
    for at, line in zip(place, shown, strict=True):
        if line.target is not None:
            axes.plot([line.target] * 2, [at - 0.42, at + 0.42], color=_INK, linewidth=2)
        axes.annotate(
            f"{_short(line.ratio)}×",
            (line.most, at),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(
        place, [f"{line.job}\n{line.ours} against {line.peer}" for line in shown], fontsize=7.5
    )
    axes.set_xscale("log")
    least = min(line.least for line in shown)
    most = max(max(line.most, line.target or 0) for line in shown)
    axes.set_xlim(0.8 * min(1.0, least), 1.8 * most)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.set_xlabel("times as fast as the peer, median of the rounds; whiskers: all rounds")
    axes.set_title(
        "Blue: target (black mark) reached. Red: short of it. Gray: no target set.",
        loc="left",
        fontsize=9,
        color=_QUIET,
    )
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
