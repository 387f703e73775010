"""What a column and a table are, and the words of the seven spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SPOTS", "Column", "Dtype", "Language", "Table"]

Language = Literal["en", "zh"]

Dtype = Literal[
    "str",
    "int64",
    "Int64",
    "uint64",
    "UInt64",
    "float64",
    "bool",
    "boolean",
    "time",
    "ordered",
    "geometry",
]
"""The kinds of column. ``time`` is datetime64 with a zone; ``ordered`` an ordered categorical;
``UInt64``, ``Int64`` and ``boolean`` are the pandas kinds that can be missing."""

SPOTS = (
    "cold 99",
    "cold 95",
    "cold 90",
    "not significant",
    "hot 90",
    "hot 95",
    "hot 99",
)
"""The seven spots in order: a cell's side, and 99, 95 or 90 for q below 0.01, 0.05 or 0.10."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name
        The column's name in memory.
    dtype
        Its kind, see :data:`Dtype`.
    label, label_zh
        The heading that files and maps show, in English and Chinese.
    meaning
        What it holds, with its unit.
    missing
        Whether a value may be missing.
    categories
        The terms of an ordered column from first to last; the seven spots when empty.
    """

    name: str
    dtype: Dtype
    label: str
    label_zh: str
    meaning: str
    missing: bool = False
    categories: tuple[str, ...] = ()

    def heading(self, lang: Language) -> str:
        """Return the heading in the language asked for."""
        return self.label_zh if lang == "zh" else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table: its key and its columns in order.

    Attributes
    ----------
    name
        What errors and docs call it.
    key
        The columns that together name a row.
    columns
        Every documented column, in the order in which tables carry them.
    made_by
        The call that makes such a table, for error messages.
    open
        Whether the caller's own columns travel along.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    made_by: str
    open: bool = False

    @property
    def names(self) -> list[str]:
        """Return the column names in order."""
        return [column.name for column in self.columns]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
