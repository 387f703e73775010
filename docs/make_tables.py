"""Write ``docs/tables.md`` from ``gridgov/columns.py``.

Usage: ``python docs/make_tables.py``; a test holds the page to the code.
"""

from __future__ import annotations

from pathlib import Path

from gridgov.columns import TABLES, Table

PAGE = Path(__file__).resolve().parent / "tables.md"

_HEAD = """# Tables: columns, units, keys

Every function takes and gives pandas DataFrames or GeoDataFrames with these columns,
in this order. This page is made from `gridgov/columns.py` by `docs/make_tables.py`.

- Columns never depend on an argument: what does not apply is missing (NA). Zero is not missing.
- Units are in the names. Shares run from 0 to 1. Coordinates are EPSG:4326.
- `cell` is an unsigned 64-bit number in memory and its 15-digit hexadecimal text in every
  file and on every screen.
- Times are `datetime64` with a zone. Periods are half-open: the start belongs, the end does not.
- Tables marked *open* carry the caller's own columns after the documented ones.
"""


def section(table: Table) -> str:
    """Return one table's part of the page."""
    lines = [
        f"\n## {table.name}{' (open)' if table.open else ''}\n",
        f"Made by `{table.made_by}`. Key: {', '.join(f'`{name}`' for name in table.key)}.\n",
        "| column | kind | may be missing | meaning | 中文 |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| `{column.name}` | {column.dtype} | {'yes' if column.missing else ''} "
        f"| {column.meaning} | {column.label_zh} |"
        for column in table.columns
    ]
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the whole page."""
    return _HEAD + "".join(section(table) for table in TABLES.values())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
