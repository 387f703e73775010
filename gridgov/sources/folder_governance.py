"""What a folder of records holds for bulletins and assessments beside its cases.

An inventory of things to rectify, campaigns, alleys with their checks, and return visits to
citizens. Every section is optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gridgov.errors import SettingsError
from gridgov.sources.alley_checks import read_alley_checks
from gridgov.sources.callbacks import read_callbacks
from gridgov.sources.campaigns import read_campaigns
from gridgov.sources.column_names import common_names, first_found, our_names
from gridgov.sources.inventory import read_inventory
from gridgov.sources.lines import read_lines
from gridgov.sources.settings_checks import SettingsChecker, in_words_of
from gridgov.sources.street_lookup import street_ids
from gridgov.sources.text_values import as_text

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "GOVERNANCE_SECTIONS",
    "AlleySettings",
    "GovernanceRead",
    "PlaceSettings",
    "TableSettings",
    "governance_settings",
    "read_governance",
]

GOVERNANCE_SECTIONS = ("inventory", "campaigns", "alleys", "alley_checks", "callbacks")
"""The sections, each of which may be absent."""

_TIMES: Mapping[str, Any] = {"timezone": str, "day_first": bool}


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """The sections ``[inventory]`` and ``[campaigns]``; names are those of their readers."""

    file: Path
    datum: str | None = None
    timezone: str = "UTC"
    encoding: str | None = None
    layer: str | int | None = None
    day_first: bool = False
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableSettings:
    """The sections ``[alley_checks]`` and ``[callbacks]``: tables without places."""

    file: Path
    timezone: str = "UTC"
    encoding: str | None = None
    layer: str | int | None = None
    day_first: bool = False
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlleySettings:
    """The section ``[alleys]``; ``street`` is the column that names the street of an alley."""

    file: Path
    datum: str = "wgs84"
    encoding: str | None = None
    layer: str | int | None = None
    street: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GovernanceRead:
    """The tables of the sections; None where the folder does not have one.

    Attributes
    ----------
    inventory, campaigns, alleys, alley_checks, callbacks
        As their readers return them; alleys and their checks with ``street_id`` where the
        street is known.
    set_aside
        Rows that could not be used, by section.
    """

    inventory: gpd.GeoDataFrame | None
    campaigns: gpd.GeoDataFrame | None
    alleys: gpd.GeoDataFrame | None
    alley_checks: pd.DataFrame | None
    callbacks: pd.DataFrame | None
    set_aside: Mapping[str, pd.DataFrame]


def governance_settings(checker: SettingsChecker, sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of a settings file, checked; only those that are there.

    Raises
    ------
    SettingsError
        If a key is unknown or has the wrong type, or a file is not there.
    """
    made: dict[str, Any] = {}
    for name in ("inventory", "campaigns"):
        if name in sections:
            found = checker.source(sections[name], name, known=our_names(name), types=dict(_TIMES))
            made[name] = PlaceSettings(**found)
    if "alleys" in sections:
        found = checker.source(
            sections["alleys"], "alleys", known=our_names("lines"), types={"street": str}
        )
        made["alleys"] = AlleySettings(**found)
    for name in ("alley_checks", "callbacks"):
        if name in sections:
            # Tables without places have no datum.
            kinds = {"file": str, "encoding": str, "layer": (str, int), "columns": dict}
            checker.section(sections[name], name, kinds | dict(_TIMES))
            found = checker.source(sections[name], name, known=our_names(name), types=dict(_TIMES))
            made[name] = TableSettings(**found)
    return made


def read_governance(
    settings: Any, jurisdictions: gpd.GeoDataFrame, *, cases: pd.DataFrame | None = None
) -> GovernanceRead:
    """Read the sections of a folder.

    Parameters
    ----------
    settings
        What :func:`gridgov.sources.folder.load_settings` returned.
    jurisdictions
        Table "jurisdictions" of the folder.
    cases
        Table "cases" of the folder, to know the cases of return visits.

    Returns
    -------
    GovernanceRead
        The tables; None for what the folder does not have.

    Raises
    ------
    SettingsError
        If ``[alleys] street`` names a column that the file does not have.
    InputError
        If a file cannot be read; see the readers.

    Warns
    -----
    DataWarning
        With what was noticed while reading, once a file.
    """
    parts = settings.parts
    aside: dict[str, pd.DataFrame] = {}
    inventory = campaigns = checks = callbacks = None
    if parts.inventory is not None:
        with in_words_of(settings.path, "inventory"):
            inventory, aside["inventory"] = read_inventory(
                parts.inventory.file,
                jurisdictions=jurisdictions,
                **_options(parts.inventory),
            )
    if parts.campaigns is not None:
        with in_words_of(settings.path, "campaigns"):
            campaigns, aside["campaigns"] = read_campaigns(
                parts.campaigns.file,
                jurisdictions=jurisdictions,
                **_options(parts.campaigns),
            )
    alleys = None if parts.alleys is None else _alleys(settings, jurisdictions)
    if parts.alley_checks is not None:
        with in_words_of(settings.path, "alley_checks"):
            checks, aside["alley_checks"] = read_alley_checks(
                parts.alley_checks.file, **_options(parts.alley_checks)
            )
        if alleys is not None:
            streets = alleys.drop_duplicates("line_id").set_index("line_id")["street_id"]
            checks["street_id"] = checks["line_id"].map(streets).astype("str")
    if parts.callbacks is not None:
        with in_words_of(settings.path, "callbacks"):
            callbacks, aside["callbacks"] = read_callbacks(
                parts.callbacks.file, cases=cases, **_options(parts.callbacks)
            )
    return GovernanceRead(inventory, campaigns, alleys, checks, callbacks, aside)


def _options(said: PlaceSettings | TableSettings) -> dict[str, Any]:
    """Return the options of a reader as a section gives them."""
    names = ("columns", "timezone", "encoding", "layer", "day_first")
    made = {name: getattr(said, name) for name in names}
    if isinstance(said, PlaceSettings):
        made["datum"] = said.datum
    return made


def _alleys(settings: Any, jurisdictions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the alleys with the id of the street that each lies in."""
    said: AlleySettings = settings.parts.alleys
    columns: Any = said.columns
    with in_words_of(settings.path, "alleys"):
        alleys = read_lines(
            said.file, columns=columns, datum=said.datum, encoding=said.encoding, layer=said.layer
        )
    named = said.street
    if named is None:
        named = first_found(map(str, alleys.columns), common_names("campaigns")["street"])
    elif named not in alleys.columns:
        raise SettingsError(
            f"{settings.path.name}: [alleys] street names the column {named!r}, which "
            f"{said.file.name} lacks. Found: {', '.join(map(str, alleys.columns))}. Name one of "
            "them."
        )
    if named is None:
        street_id = pd.Series(pd.NA, index=alleys.index, dtype="str")
    else:
        street_id = street_ids(as_text(alleys[named]), jurisdictions)
    alleys["street_id"] = street_id.astype("str")
    return alleys
