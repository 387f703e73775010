"""The files that packs have in common: tables, workbook, record and pictures.

No clock is read: the same records and settings give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.csv_files import write_csv
from gridgov.bulletin.output_folder import Pack
from gridgov.bulletin.selection import Selection
from gridgov.bulletin.tables import FILE_TABLES
from gridgov.bulletin.words import Words
from gridgov.bulletin.workbook import write_workbook
from gridgov.columns import Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["file_labels", "page_picture", "write_book", "write_record", "write_tables"]

# Sharp on the page and light to open; the picture files beside it have more dots an inch.
_PAGE_DPI = 144


def write_tables(partial: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write every table as CSV, set-aside rows at the top; return the files written."""
    (partial / "tables").mkdir()
    written = []
    for name, table in tables.items():
        place = "set_aside.csv" if name == "set_aside" else f"tables/{name}.csv"
        write_csv(table, partial / place)
        written.append(place)
    return written


def write_book(
    partial: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    described: Mapping[str, Table] = FILE_TABLES,
    title: str,
    words: Words,
    selection: Selection,
) -> list[str]:
    """Write the workbook, dated by the last moment of the data; return the file written."""
    import pandas as pd

    last = selection.incidents["reported_at"].max()
    write_workbook(
        partial / "tables.xlsx",
        tables,
        described=described,
        lang=words.lang,
        title=title,
        created=None if pd.isna(last) else last.tz_localize(None).to_pydatetime(),
    )
    return ["tables.xlsx"]


def write_record(
    partial: Path, pack: Pack, record: Mapping[str, Any], *, sort_keys: bool = False
) -> None:
    """Write what the pack found, and the list of its files, as the JSON that marks its kind."""
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=sort_keys, allow_nan=False)
    (partial / pack.marker).write_text(text + "\n", encoding="utf-8")


def page_picture(figure: Figure) -> bytes:
    """Return a figure as the PNG that a page shows."""
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=_PAGE_DPI, metadata={"Software": None})
    return picture.getvalue()


def file_labels(names: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """Return every file but the page itself with what it holds, in words."""
    return [(name, _label(name, words)) for name in names if name != "index.html"]


def _label(name: str, words: Words) -> str:
    """Return what a file holds, in words."""
    if name.startswith("tables/"):
        return words(f"sheet.{Path(name).stem}")
    return words(f"file.{name}")
