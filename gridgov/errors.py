"""The errors and warnings a user can meet.

Every message has three parts: the rule, what was found, what to do. Parents are
for catching, leaves for raising. Where several things are wrong at once they are
collected and raised once, and ``error.problems`` lists them as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "ColumnsError",
    "DataWarning",
    "DatumError",
    "EmptyTableError",
    "ExtraMissingError",
    "GeometryError",
    "GridgovError",
    "GridgovWarning",
    "InputError",
    "MapError",
    "OptionError",
    "OutputError",
    "ReadError",
    "SettingsError",
]


class GridgovError(Exception):
    """The parent of every error that gridgov raises on purpose.

    Parameters
    ----------
    message
        The rule, what was found and what to do, in one or two sentences.
    problems
        One mapping a problem; shown by :attr:`problems`.
    """

    def __init__(self, message: str, *, problems: Iterable[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self._problems = [dict(problem) for problem in problems]

    @property
    def problems(self) -> Any:
        """Every problem found, one row each (a DataFrame, empty if there was only one)."""
        import pandas as pd

        return pd.DataFrame(self._problems)


class InputError(GridgovError, ValueError):
    """Something that was passed in cannot be used."""


class OptionError(InputError):
    """An option has a value that does not exist: a preset, resolution, language, null."""


class ColumnsError(InputError):
    """A table lacks a column, or a column holds the wrong kind of value."""


class EmptyTableError(InputError):
    """A table has no rows where at least one is needed."""


class GeometryError(InputError):
    """A geometry is missing, is of the wrong kind or cannot be mended."""


class DatumError(InputError):
    """A datum or coordinate reference system is unknown or contradicts the data."""


class ReadError(InputError):
    """A file is missing, unreadable or of an unknown kind."""


class SettingsError(InputError):
    """A ``gridgov.toml`` is missing, unreadable or says something that does not exist."""


class MapError(InputError):
    """A map cannot be drawn or exported safely."""


class OutputError(GridgovError, OSError):
    """A result cannot be written; nothing half written is left behind."""


class ExtraMissingError(GridgovError, ImportError):
    """An optional package is needed; the message names the extra to install."""


class GridgovWarning(UserWarning):
    """The parent of every warning that gridgov gives.

    Parameters
    ----------
    message
        What there is to know.
    zh
        The same in Chinese, which the command shows to those who read Chinese; None where it
        is not translated.
    """

    def __init__(self, message: str, *, zh: str | None = None) -> None:
        super().__init__(message)
        self.zh = zh


class DataWarning(GridgovWarning):
    """Something about the data that a reader of the results should know."""
