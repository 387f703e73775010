"""Write the lists in ``docs/reading.md`` from the code: reasons, presets, column names.

Usage: ``python docs/make_reading.py``; a test holds the page to the code. Only what
stands between the markers is replaced.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

from gridgov.sources.reasons import REASONS

PAGE = Path(__file__).resolve().parent / "reading.md"


def reasons() -> str:
    """Return the table of reasons a row of incidents is set aside."""
    lines = ["| code | the row has | 中文 |", "|---|---|---|"]
    lines += [f"| `{one.code}` | {one.brief} | {one.brief_zh} |" for one in REASONS.values()]
    return "\n".join(lines)


def presets() -> str:
    """Return the table of presets."""
    text = files("gridgov.sources").joinpath("presets.toml").read_text(encoding="utf-8")
    lines = ["| preset | what it reads | datum | time zone |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {one['about']} | {one['datum']} | {one['timezone']} |"
        for name, one in tomllib.loads(text).items()
    ]
    return "\n".join(lines)


def column_names() -> str:
    """Return the names that are looked for when none are given."""
    text = files("gridgov.sources").joinpath("column_names.toml").read_text(encoding="utf-8")
    lines = ["| table | column | names that are looked for, first found wins |", "|---|---|---|"]
    lines += [
        f"| {table} | `{ours}` | {', '.join(theirs)} |"
        for table, columns in tomllib.loads(text).items()
        for ours, theirs in columns.items()
    ]
    return "\n".join(lines)


LISTS = {"reasons": reasons, "presets": presets, "column names": column_names}


def filled(text: str) -> str:
    """Return the page with every list made anew."""
    for name, make in LISTS.items():
        text = re.sub(
            rf"(<!-- list: {name} -->\n).*?(\n<!-- end -->)",
            lambda found, make=make: f"{found[1]}{make()}{found[2]}",
            text,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
