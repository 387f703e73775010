"""Measure Chicago's sanitation complaints and fill the tables and pictures of chicago.md.

Usage: ``python docs/make_chicago.py FOLDER``, from the repository root, where FOLDER holds
``sanitation_code_complaints.csv.gz`` and ``community_areas.geojson`` (they are not in the
repository; ``docs/chicago.md`` says where they come from). It takes one to three minutes.
"""

from __future__ import annotations

import argparse
import re
import warnings
from pathlib import Path

from chicago_change import months, near_repeats, prediction
from chicago_places import areas, once_a_month, people, single_address, where
from chicago_records import read

from gridgov.errors import DataWarning

PAGE = Path(__file__).resolve().parent / "chicago.md"


def main() -> None:
    """Read, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with the two files")
    folder = parser.parse_args().folder
    # What the reader notices is in the table of the records.
    warnings.simplefilter("ignore", DataWarning)
    records = read(folder, resolution=9)
    blocks: dict[str, str] = {}
    hot, agreement = where(records, blocks)
    single_address(records, hot, agreement, blocks)
    once_a_month(records, hot, blocks)
    people(records, hot, blocks)
    months(records, blocks)
    prediction(records, blocks)
    near_repeats(records, blocks)
    areas(records, hot, agreement, blocks)
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), blocks), encoding="utf-8")


def filled(text: str, blocks: dict[str, str]) -> str:
    """Return the page with what stands between its markers measured anew."""
    for name, block in blocks.items():
        text, found = re.subn(
            rf"(<!-- measured: {name} -->\n).*?(\n<!-- end -->)",
            lambda match, block=block: f"{match[1]}{block}{match[2]}",
            text,
            flags=re.DOTALL,
        )
        if found != 1:
            raise SystemExit(f"{PAGE.name} must have one place for {name!r}. Found: {found}.")
    return text


if __name__ == "__main__":
    main()
