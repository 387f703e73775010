"""A folder of records: ``gridgov.toml`` says what lies in it and how it is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gridgov.checks import check_language, check_resolution
from gridgov.columns import Language
from gridgov.errors import SettingsError
from gridgov.sources.column_names import our_names
from gridgov.sources.folder_parts import SECTIONS, Parts, part_settings
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.sources.settings_checks import SettingsChecker, in_words_of

__all__ = [
    "FolderRead",
    "IncidentSettings",
    "JurisdictionSettings",
    "Settings",
    "load_settings",
    "read_folder",
]

_NAME = "gridgov.toml"


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """The section ``[incidents]``; every name is that of an option of ``read_incidents``."""

    file: Path
    preset: str | None = None
    datum: str | None = None
    timezone: str | None = None
    encoding: str | None = None
    layer: str | int | None = None
    duplicates: str = "set_aside"
    day_first: bool = False
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JurisdictionSettings:
    """The section ``[jurisdictions]``; names are those of options of ``read_jurisdictions``."""

    file: Path
    datum: str = "wgs84"
    encoding: str | None = None
    layer: str | int | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a ``gridgov.toml`` says, checked.

    Attributes
    ----------
    path
        The file.
    incidents, jurisdictions
        What is read and how; files are whole paths.
    title, source
        Words for headings and maps; None when it says none.
    lang
        ``"en"`` or ``"zh"``.
    resolution
        H3 resolution; None when it is to be suggested from the data.
    categories
        Only these categories; all when empty.
    export_columns
        The caller's own columns that may reach exports.
    parts
        What else lies in the folder, for the measures of coverage.
    """

    path: Path
    incidents: IncidentSettings
    jurisdictions: JurisdictionSettings
    title: str | None = None
    lang: Language = "en"
    resolution: int | None = None
    source: str | None = None
    categories: tuple[str, ...] = ()
    export_columns: tuple[str, ...] = ()
    parts: Parts = field(default_factory=Parts)


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What :func:`read_folder` returns: the settings and the tables read by them."""

    settings: Settings
    incidents: gpd.GeoDataFrame
    set_aside: pd.DataFrame
    jurisdictions: gpd.GeoDataFrame


def read_folder(folder: str | Path, *, config: str | Path | None = None) -> FolderRead:
    """Read the incidents and jurisdictions of a folder as its ``gridgov.toml`` says.

    Parameters
    ----------
    folder
        The folder with the records.
    config
        Another settings file; its file names are still relative to `folder`.

    Returns
    -------
    FolderRead
        ``settings``, ``incidents``, ``set_aside`` and ``jurisdictions``.

    Raises
    ------
    SettingsError
        If the settings are missing or say something that does not exist, a category or
        column that the records do not have included.
    InputError
        If a file cannot be read; see :func:`gridgov.read_incidents` and
        :func:`gridgov.read_jurisdictions`.

    Warns
    -----
    DataWarning
        With what was noticed while reading, once for each of the two files.
    """
    settings = load_settings(folder, config=config)
    areas, records = settings.jurisdictions, settings.incidents
    with in_words_of(settings.path, "jurisdictions"):
        jurisdictions = read_jurisdictions(
            areas.file,
            columns=areas.columns,
            datum=areas.datum,
            encoding=areas.encoding,
            layer=areas.layer,
        )
    with in_words_of(settings.path, "incidents"):
        incidents, set_aside = read_incidents(
            records.file,
            columns=records.columns,
            preset=records.preset,
            datum=records.datum,
            timezone=records.timezone,
            encoding=records.encoding,
            layer=records.layer,
            jurisdictions=jurisdictions,
            duplicates=records.duplicates,
            day_first=records.day_first,
        )
    found = incidents["category"].dropna().unique().tolist()
    _check_known(settings, "categories", settings.categories, found, "no incident has")
    own = [name for name in map(str, set_aside.columns) if name not in ("source_row",)]
    own = list(dict.fromkeys([*map(str, incidents.columns), *own]))
    _check_known(settings, "export_columns", settings.export_columns, own, "the records lack")
    return FolderRead(settings, incidents, set_aside, jurisdictions)


def load_settings(folder: str | Path, *, config: str | Path | None = None) -> Settings:
    """Read and check the settings of a folder, without reading its records.

    Parameters
    ----------
    folder
        The folder with the records.
    config
        Another settings file; its file names are still relative to `folder`.

    Returns
    -------
    Settings
        What the file says, with defaults filled in.

    Raises
    ------
    SettingsError
        If there is no folder or settings file, the file is no TOML, a section or key is
        unknown or missing, a value has the wrong type or does not exist, or a file that
        it names is not there.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        kind = "a file" if folder.is_file() else "nothing"
        raise SettingsError(
            f"A folder with records and a {_NAME} is needed. Found: {kind} at {folder}. "
            "Name the folder itself."
        )
    path = folder / _NAME if config is None else Path(config).expanduser()
    try:
        return _checked(_load_toml(path, folder), path, folder)
    except OSError as error:
        raise SettingsError(
            f"{folder} must be a folder that may be read. Found: {error.strerror} "
            f"({error.filename}). Check its permissions."
        ) from error


def _checked(said: dict[str, Any], path: Path, folder: Path) -> Settings:
    """Return the settings that a file says, once everything in it is known."""
    checker = SettingsChecker(path, folder)
    known = dict.fromkeys(("brief", "incidents", "jurisdictions", *SECTIONS), dict)
    sections = checker.section(said, "", known)
    brief = checker.section(
        sections.get("brief", {}),
        "brief",
        {
            "title": str,
            "lang": str,
            "resolution": int,
            "source": str,
            "categories": list,
            "export_columns": list,
        },
    )
    # A text left blank is one not given: no line at the foot says that there is no source.
    for name in ("title", "source"):
        if isinstance(brief.get(name), str) and not brief[name].strip():
            del brief[name]
    if "lang" in brief:
        checker.passes(check_language, brief["lang"], "brief", "lang")
    if "resolution" in brief:
        checker.passes(check_resolution, brief["resolution"], "brief", "resolution")
    return Settings(
        path=path,
        incidents=IncidentSettings(
            **checker.source(
                sections.get("incidents", {}),
                "incidents",
                known=our_names("incidents"),
                types={"preset": str, "timezone": str, "duplicates": str, "day_first": bool},
            )
        ),
        jurisdictions=JurisdictionSettings(
            **checker.source(
                sections.get("jurisdictions", {}),
                "jurisdictions",
                known=our_names("jurisdictions"),
            )
        ),
        parts=part_settings(checker, sections),
        **brief,
    )


def _load_toml(path: Path, folder: Path) -> dict[str, Any]:
    """Return what a settings file says."""
    if not path.is_file():
        inside = sorted(child.name for child in folder.iterdir() if child.is_file())
        listed = ", ".join(inside[:8]) + (", ..." if len(inside) > 8 else "")
        raise SettingsError(
            f"A folder of records needs a {_NAME} that says what lies in it. Found no file {path}; "
            f"in the folder: {listed or 'no files'}. Write one with a section [incidents] and a "
            'section [jurisdictions], each with file = "...".'
        )
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} must be UTF-8. Found: byte 0x{error.object[error.start]:02x} at "
            f"{error.start}. Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} must be TOML. Found: {error}. Mend that line.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read. Found: {error}.") from error


def _check_known(
    settings: Settings, key: str, asked: tuple[str, ...], found: list[str], lacking: str
) -> None:
    """Raise if the settings ask for a category or column that the records do not have."""
    unknown = [name for name in asked if name not in found]
    if not unknown:
        return
    near = get_close_matches(unknown[0], found, n=3, cutoff=0.4)
    hint = (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else (f"Some that exist: {', '.join(map(repr, found[:8])) or 'none'}.")
    )
    raise SettingsError(
        f"{settings.path.name}: [brief] {key} names {', '.join(map(repr, unknown))}, which "
        f"{lacking}. {hint}",
        problems=[{"key": key, "value": name} for name in unknown],
    )
