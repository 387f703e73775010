"""Named sources whose columns, datum and time zone are known: ``presets.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gridgov.checks import check_choice

__all__ = ["Preset", "find_preset", "preset_names"]


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known about a source.

    Attributes
    ----------
    name, about
        Its name, and what it is.
    datum
        Datum of its coordinates.
    timezone
        Zone of its times.
    columns
        Our name to the names to look for, first one first.
    fallbacks
        Our name to the columns that fill in where the first one is empty.
    month_first
        Whether it documents its slashed dates as month/day/year.
    taxonomy
        Whether its categories are those of gridgov's taxonomy.
    """

    name: str
    about: str
    datum: str
    timezone: str
    columns: Mapping[str, tuple[str, ...]]
    fallbacks: Mapping[str, tuple[str, ...]]
    month_first: bool
    taxonomy: bool


def preset_names() -> list[str]:
    """Return the names of all presets.

    Examples
    --------
    >>> preset_names()
    ['gridgov', 'chicago311', 'nyc311', 'sf311']
    """
    return list(_presets())


def find_preset(name: Any) -> Preset:
    """Return a preset by name.

    Raises
    ------
    OptionError
        If there is none of that name; the message lists them and the nearest.

    Examples
    --------
    >>> find_preset("nyc311").timezone
    'America/New_York'
    """
    return _presets()[check_choice(name, option="preset", choices=_presets())]


@cache
def _presets() -> dict[str, Preset]:
    """Return all presets by name."""
    text = files("gridgov.sources").joinpath("presets.toml").read_text(encoding="utf-8")
    return {
        name: Preset(
            name=name,
            about=entry["about"],
            datum=entry["datum"],
            timezone=entry["timezone"],
            columns={ours: tuple(names) for ours, names in entry["columns"].items()},
            fallbacks={ours: tuple(names) for ours, names in entry.get("fallbacks", {}).items()},
            month_first=entry.get("month_first", False),
            taxonomy=entry.get("taxonomy", False),
        )
        for name, entry in tomllib.loads(text).items()
    }
