"""Show what ``calibration.py`` measured: tables in Markdown and a chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["COLORS", "draw", "show"]

LEVEL = 0.10
SHORT = {
    "Poisson, mean 0.3": "Poisson\n0.3",
    "Poisson, mean 2": "Poisson\n2",
    "gamma-Poisson, k 0.3, mean 2": "gamma-\nPoisson",
    "80 % zeros, else Poisson 10": "80 %\nzeros",
    "clusters within cells": "clusters\nin cells",
}
COLORS = {
    "randomization": "#0072b2",
    "randomization BY": "#56b4e9",
    "gi": "#009e73",
    "analytic": "#d55e00",
    "permutation": "#7f7f7f",
    "esda": "#000000",
}


def show(rows: list[dict[str, Any]]) -> None:
    """Print the four studies as Markdown, standard errors after the sign ±."""
    titles = {
        "null": ("Maps without hotspots that show one", "any_false"),
        "planted": (
            "Planted neighborhoods: cells found / false discovery rate",
            "found",
        ),
        "field": ("Uneven field: claims on the wrong side of the mean", "false_discovery_rate"),
        "rates": ("One risk everywhere: maps that show a hotspot", "any_false"),
    }
    for study, (title, value) in titles.items():
        here = [row for row in rows if row["study"] == study]
        ways = list(dict.fromkeys(row["way"] for row in here))
        print(f"\n{title}\n\n| cells | rings | counts | runs | " + " | ".join(ways) + " |")
        print("|---" * (4 + len(ways)) + "|")
        groups: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in here:
            key = (f"{row['cells']:,}", row["rings"], row["counts"])
            groups.setdefault(key, {})[row["way"]] = row
        for key, group in groups.items():
            values = [_shown(group[way], value) if way in group else "" for way in ways]
            runs = next(iter(group.values()))["runs"]
            print("| " + " | ".join(map(str, (*key, runs, *values))) + " |")


def _shown(row: dict[str, Any], value: str) -> str:
    """Return one entry of a table."""
    text = f"{row[value]:.1%} ±{100 * row[value + '_se']:.1f}"
    if value == "found":
        text += f" / {row['false_discovery_rate']:.1%} ±{100 * row['false_discovery_rate_se']:.1f}"
    if value == "false_discovery_rate":
        text += f" of {row['claims']:,.0f}"
    if row["way"] == "esda":
        text += f" ({row['runs']} runs)"
    return text


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw false alarms above, and power against the false discovery rate below, at one ring."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(row["counts"] for row in rows if row["study"] == "null"))
    sizes = sorted({row["cells"] for row in rows if row["study"] == "null"})
    figure = Figure(figsize=(12, 7.6), layout="constrained")
    panels = figure.subplots(2, len(sizes), squeeze=False)
    for axes, size in zip(panels[0], sizes, strict=True):
        here = [r for r in rows if r["study"] == "null" and r["cells"] == size and r["rings"] == 1]
        for number, way in enumerate(COLORS):
            mine = {row["counts"]: row for row in here if row["way"] == way}
            places = np.arange(len(names)) + (number - (len(COLORS) - 1) / 2) * 0.14
            heights = [mine[name]["any_false"] if name in mine else np.nan for name in names]
            axes.bar(places, heights, 0.13, label=way, color=COLORS[way])
        axes.axhline(LEVEL, color="black", linewidth=1, linestyle="--")
        axes.set_xticks(
            np.arange(len(names)), [SHORT.get(name, name) for name in names], fontsize=8
        )
        axes.set_title(f"{size:,} cells", fontsize=10)
        axes.set_ylim(0, 1.05)
    for axes, size in zip(panels[1], sizes, strict=True):
        for row in rows:
            if row["study"] == "planted" and row["cells"] == size and row["rings"] == 1:
                color = COLORS[row["way"]]
                axes.plot(row["false_discovery_rate"], row["found"], "o", color=color, alpha=0.8)
        axes.axvline(LEVEL, color="black", linewidth=1, linestyle="--")
        axes.set_xlim(-0.03, 1.0)
        axes.set_ylim(-0.03, 1.0)
        axes.set_xlabel("false discovery rate, one dot a kind of counts")
    for axes in panels.ravel():
        axes.spines[["top", "right"]].set_visible(False)
    panels[0, 0].set_ylabel("maps without hotspots that show one")
    panels[1, 0].set_ylabel("planted cells that are found")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.suptitle("At q < 0.10, one ring; the dashed line is what was promised", fontsize=11)
    figure.savefig(path, dpi=110)
