"""Where the header of a table stands when titles stand above it.

Office tables often open with a title over all columns, an empty row, and a row that says
who made the table and when. The header is then the first row that is filled across and
holds text only. What stands above it is left out and told, never read as names or records.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["header_position", "title_text"]

# Narrower tables look too much like a list of titles.
_FEWEST_COLUMNS = 3
_ROWS_LOOKED_AT = 20


def header_position(rows: Sequence[Sequence[object]]) -> int:
    """Return the position of the header: 0 unless the first row is a title.

    Parameters
    ----------
    rows
        The first rows of a table, empty ones left out; text for text, other kinds for
        numbers and dates where the source tells them apart.

    Returns
    -------
    int
        The first row that fills more than half of the columns with text alone. A first
        row with two or more cells is the header itself, whatever follows.

    Examples
    --------
    >>> header_position([["Complaints"], ["in", "", 2016], ["id", "kind", "date"], [1, "a", 2]])
    2
    >>> header_position([["id", "kind", "date"], [1, "a", 2]])
    0
    """
    looked_at = [[cell for cell in row if _filled(cell)] for row in rows[:_ROWS_LOOKED_AT]]
    widest = max(map(len, looked_at), default=0)
    if widest < _FEWEST_COLUMNS or len(looked_at[0]) > 1:
        return 0
    for position, cells in enumerate(looked_at):
        if len(cells) * 2 > widest and all(isinstance(cell, str) for cell in cells):
            return position
    return 0


def title_text(row: Sequence[object]) -> str:
    """Return the filled cells of a row as one text.

    Examples
    --------
    >>> title_text(["Complaints", "", 2016])
    'Complaints 2016'
    """
    return " ".join(str(cell).strip() for cell in row if _filled(cell))


def _filled(cell: object) -> bool:
    """Return whether a cell holds anything."""
    return cell is not None and str(cell).strip() != ""
