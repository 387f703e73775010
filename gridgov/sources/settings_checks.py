"""Checks of one settings file: sections, keys, types, values, files.

What is not known by name is an error with the nearest name, so that a slip of the pen
never falls back on a default unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gridgov.checks import check_choice
from gridgov.errors import InputError, SettingsError
from gridgov.geo.datum import find_datum
from gridgov.sources.presets import find_preset
from gridgov.sources.times import check_timezone

__all__ = ["SettingsChecker", "in_words_of"]

_OPTION = re.compile(r"\b(columns|datum|timezone|encoding|layer|day_first)=")


class SettingsChecker:
    """Checks the sections of one settings file and says where something is wrong."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder

    def section(
        self, said: Mapping[str, Any], name: str, types: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return a section whose keys are all known and of the right type."""
        result = {}
        for key, value in said.items():
            if key not in types:
                near = get_close_matches(key, types, n=1, cutoff=0.5)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                what = f"[{name}] does not know the key" if name else "There is no section"
                raise SettingsError(
                    f"{self.path.name}: {what} {key!r}. Known: {', '.join(types)}.{hint}"
                )
            # True is a whole number to Python and not to anybody else.
            right = isinstance(value, types[key]) and (
                not isinstance(value, bool) or types[key] is bool
            )
            if not right:
                raise self._wrong_type(name, key, value, types[key])
            if isinstance(value, list):
                if not all(isinstance(one, str) for one in value):
                    raise self._wrong_type(name, key, value, list)
                value = tuple(value)
            result[key] = value
        return result

    def source(
        self,
        said: Mapping[str, Any],
        name: str,
        *,
        known: Sequence[str],
        types: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return a section that names a file and how to read it.

        Parameters
        ----------
        said
            What the section says.
        name
            What errors call it.
        known
            Names of ours that its columns can be mapped to.
        types
            Type of every key that it knows beyond file, datum, encoding, layer and columns.
        """
        known_types: dict[str, Any] = {
            "file": str,
            "datum": str,
            "encoding": str,
            "layer": (str, int),
            "columns": dict,
        }
        section = self.section(said, name, known_types | dict(types or {}))
        if "file" not in section:
            raise SettingsError(
                f"{self.path.name}: the section [{name}] must name a file. Found: "
                f"{', '.join(section) or 'no such section'}. Add [{name}] with "
                'file = "...", relative to the folder.'
            )
        section["file"] = self.file(section["file"], name)
        checks: tuple[tuple[str, Callable[[Any], Any]], ...] = (
            ("preset", find_preset),
            ("datum", find_datum),
            ("timezone", check_timezone),
            (
                "duplicates",
                lambda value: check_choice(
                    value, option="duplicates", choices=("set_aside", "number")
                ),
            ),
            (
                "due_dates",
                lambda value: check_choice(value, option="due_dates", choices=("end", "start")),
            ),
        )
        for key, check in checks:
            if key in section:
                self.passes(check, section[key], name, key)
        section["columns"] = self._columns(section.get("columns", {}), name, known)
        return section

    def passes(self, check: Callable[[Any], Any], value: Any, name: str, key: str) -> None:
        """Raise our error, with the place in the file, if a check refuses a value."""
        try:
            check(value)
        except InputError as error:
            raise SettingsError(f"{self.path.name}, [{name}] {key}: {error}") from error

    def file(self, file: str, name: str) -> Path:
        """Return the path of a file that exists."""
        whole = self.folder / file
        if whole.is_file():
            return whole
        beside = sorted(child.name for child in self.folder.iterdir() if child.is_file())
        near = get_close_matches(file, beside, n=2, cutoff=0.5)
        hint = (
            f"Did you mean {' or '.join(map(repr, near))}?"
            if near
            else (f"In the folder: {', '.join(beside[:8]) or 'no files'}.")
        )
        raise SettingsError(
            f"{self.path.name}: [{name}] names the file {file!r}, which is not in {self.folder}. "
            f"{hint}"
        )

    def _columns(
        self, said: Mapping[str, Any], name: str, ours: Sequence[str]
    ) -> dict[str, str | None]:
        """Return the column names; false says that there is no such column."""
        result: dict[str, str | None] = {}
        known = dict.fromkeys(ours, (str, bool))
        for key, value in said.items():
            if value is False:
                value = None
            elif not isinstance(value, str) and key in known:
                raise self._wrong_type(f"{name}.columns", key, value, str)
            result[key] = value
        checked = {key: value for key, value in result.items() if value is not None}
        self.section(checked | dict.fromkeys(result.keys() - checked, ""), f"{name}.columns", known)
        return result

    def _wrong_type(self, name: str, key: str, value: Any, wanted: Any) -> SettingsError:
        """Return the error for a value of the wrong type."""
        words = {
            str: "text in quotes",
            int: "a whole number",
            bool: "true or false",
            list: 'a list of texts, such as ["..."]',
            dict: "a section",
            (str, int): "text in quotes or a whole number",
            (int, float): "a number",
        }
        place = f"[{name}] {key}" if name else f"[{key}]"
        return SettingsError(
            f"{self.path.name}: {place} must be {words[wanted]}. Found: {value!r}."
        )


@contextmanager
def in_words_of(path: Path, section: str) -> Iterator[None]:
    """Add to an error that names an option of a function where that option lies in the file."""
    try:
        yield
    except InputError as error:
        if not _OPTION.search(str(error)):
            raise
        what = f"[{section}.columns]" if "columns=" in str(error) else f"[{section}]"
        raise type(error)(
            f"{error} In {path.name} that is in {what}.",
            problems=error.problems.to_dict("records"),
        ) from error
