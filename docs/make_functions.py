"""Write docs/functions.md, the list of public functions, from their docstrings.

Usage: ``python docs/make_functions.py``; a test holds the list to the code.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import gridgov

PAGE = Path(__file__).resolve().parent / "functions.md"

# Floors in the order of the work, and what the list calls them.
HEADINGS = {
    "sources": "Read",
    "geo": "Read",
    "place": "Place",
    "hotspots": "Hotspots",
    "coverage": "Coverage",
    "taxonomy": "Codes",
    "assessment": "Assessment",
    "campaigns": "Campaigns",
    "maps": "Show",
    "figures": "Show",
    "bulletin": "Packs",
}


def functions() -> str:
    """Return the table of public functions, grouped by the step of the work."""
    lines = ["| step | function | |", "|---|---|---|"]
    for heading in dict.fromkeys(HEADINGS.values()):
        for name in gridgov.__all__:
            function = getattr(gridgov, name)
            if HEADINGS[function.__module__.split(".")[1]] != heading:
                continue
            first = (inspect.getdoc(function) or "").splitlines()[0]
            lines.append(f"| {heading} | `{name}` | {first} |")
    return "\n".join(lines)


def filled(text: str) -> str:
    """Return the page with the list made anew."""
    return re.sub(
        r"(<!-- list: functions -->\n).*?(\n<!-- end -->)",
        lambda found: f"{found[1]}{functions()}{found[2]}",
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
