"""Heading and notes of a figure: what stands above and below every picture of one table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from gridgov.errors import InputError
from gridgov.figures.fonts import Lettering, lettering, wrap
from gridgov.figures.sheet import FAINT, write

__all__ = ["check_one_map", "check_one_period", "draw_heading", "draw_notes", "one"]


def check_one_map(table: pd.DataFrame, name: str) -> None:
    """Refuse a table that holds more than one map.

    Raises
    ------
    InputError
        If it has several periods or groups.
    """
    check_one_period(table, name, keys=("period", "group"))


def check_one_period(table: pd.DataFrame, name: str, *, keys: Sequence[str] = ("period",)) -> None:
    """Refuse a table that holds several values of a key that a figure shows one of.

    Raises
    ------
    InputError
        If it has.
    """
    for key in keys:
        if key in table.columns and table[key].nunique(dropna=False) > 1:
            values = table[key].drop_duplicates()
            raise InputError(
                f"A figure shows one {key}. Found: {len(values):,} different values of {key}, "
                f"such as {values.iloc[0]!s} and {values.iloc[1]!s}. Pass "
                f"{name}[{name}[{key!r}] == ...]."
            )


def draw_heading(
    sheet: Axes, title: str, date: str | None, *, width: float, height: float, margin: float
) -> float:
    """Draw heading and date at the top of a sheet; return the height below them, points."""
    y = height - 34.0
    for line in lettering(wrap(title, width - 2 * margin, 20, lines=2)):
        write(sheet, margin, y, line, size=20)
        y -= 26
    if date:
        for line in lettering(wrap(date, width - 2 * margin, 12, lines=1)):
            write(sheet, margin, y + 4, line, size=12, color=FAINT)
        y -= 20
    return y + 10


def draw_notes(sheet: Axes, notes: Sequence[str], *, width: float, margin: float) -> None:
    """Draw notes at the foot of a sheet, the last one lowest, each on up to two lines."""
    lines = [line for note in notes for line in wrap(note, width - 2 * margin, 8.5, lines=2)]
    for place, letters in enumerate(lettering(reversed(lines))):
        write(sheet, margin, 14 + 12 * place, letters, size=8.5, color=FAINT)


def one(text: str) -> Lettering:
    """Return one text ready to be drawn."""
    return lettering([text])[0]
