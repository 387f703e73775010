"""What else can lie in a folder of records: tracks, facilities, teams, lines, layers, people.

Every section of ``gridgov.toml`` here is optional. A measure that needs a part that the
folder does not have is left out, and what is left out is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.checks import check_choice
from gridgov.errors import ColumnsError, InputError, SettingsError
from gridgov.sources import folder_governance as governance
from gridgov.sources.column_names import our_names
from gridgov.sources.facilities import read_facilities
from gridgov.sources.folder_cases import CaseSettings, case_settings
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.sources.lines import read_lines
from gridgov.sources.settings_checks import SettingsChecker, in_words_of
from gridgov.sources.tables import read_table
from gridgov.sources.tracks import read_tracks

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "SECTIONS",
    "FacilitySettings",
    "LayerSettings",
    "LineSettings",
    "Parts",
    "PartsRead",
    "PopulationSettings",
    "TrackSettings",
    "part_settings",
    "read_parts",
]

SECTIONS = (
    *("tracks", "facilities", "teams", "lines", "layers", "population", "cases"),
    *governance.GOVERNANCE_SECTIONS,
)
"""The sections, each of which may be absent."""

_CELLS = ("cell", "population")
_METERS: Mapping[str, Any] = {"reach_m": (int, float)}


@dataclass(frozen=True, slots=True)
class TrackSettings:
    """The section ``[tracks]``; names are those of options of ``read_tracks``.

    ``max_gap_s`` is the longest interval between two fixes that counts as observed.
    """

    file: Path
    datum: str | None = None
    timezone: str | None = None
    encoding: str | None = None
    layer: str | int | None = None
    day_first: bool = False
    max_gap_s: float = 120.0
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacilitySettings:
    """The sections ``[facilities]`` and ``[teams]``.

    ``reach_m`` is how far one reaches that does not say so itself; ``posts`` are the kinds
    from which people set out, all when empty.
    """

    file: Path
    datum: str | None = None
    encoding: str | None = None
    layer: str | int | None = None
    reach_m: float | None = None
    posts: tuple[str, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineSettings:
    """The section ``[lines]``: roads and alleys; ``walk`` takes distances along them."""

    file: Path
    datum: str = "wgs84"
    encoding: str | None = None
    layer: str | int | None = None
    walk: bool = False
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """A section ``[layers.NAME]``: another layer of owners, ``areas`` or ``lines``."""

    file: Path
    datum: str = "wgs84"
    encoding: str | None = None
    layer: str | int | None = None
    kind: str = "areas"
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PopulationSettings:
    """The section ``[population]``: a column of the jurisdictions, or a file of cells."""

    column: str | None = None
    file: Path | None = None
    encoding: str | None = None
    layer: str | int | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parts:
    """The optional sections of a ``gridgov.toml``; None where one is absent."""

    tracks: TrackSettings | None = None
    facilities: FacilitySettings | None = None
    teams: FacilitySettings | None = None
    lines: LineSettings | None = None
    layers: Mapping[str, LayerSettings] = field(default_factory=dict)
    population: PopulationSettings | None = None
    cases: CaseSettings | None = None
    inventory: governance.PlaceSettings | None = None
    campaigns: governance.PlaceSettings | None = None
    alleys: governance.AlleySettings | None = None
    alley_checks: governance.TableSettings | None = None
    callbacks: governance.TableSettings | None = None


@dataclass(frozen=True, slots=True)
class PartsRead:
    """The tables of the optional parts; None where the folder does not have one.

    Attributes
    ----------
    tracks, tracks_set_aside
        Fixes, and the rows that could not be used.
    facilities, teams
        With ``reach_m`` filled in where the settings say so.
    facilities_set_aside, teams_set_aside
        Their rows that could not be used.
    lines
        Roads and alleys.
    layers
        Other layers of owners by name.
    population
        Name of a column of the jurisdictions, or a table of cells.
    """

    tracks: gpd.GeoDataFrame | None
    tracks_set_aside: pd.DataFrame | None
    facilities: gpd.GeoDataFrame | None
    facilities_set_aside: pd.DataFrame | None
    teams: gpd.GeoDataFrame | None
    teams_set_aside: pd.DataFrame | None
    lines: gpd.GeoDataFrame | None
    layers: Mapping[str, gpd.GeoDataFrame]
    population: str | pd.DataFrame | None


def part_settings(checker: SettingsChecker, sections: Mapping[str, Any]) -> Parts:
    """Return the optional sections of a settings file, checked.

    Parameters
    ----------
    checker
        The checker of that file.
    sections
        What the file says.

    Returns
    -------
    Parts
        None for every section that is absent.

    Raises
    ------
    SettingsError
        If a key is unknown or has the wrong type, or a file is not there.
    """
    made: dict[str, Any] = {}
    tracks: dict[str, Any] = {"timezone": str, "day_first": bool, "max_gap_s": (int, float)}
    kinds: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
        ("tracks", TrackSettings, "tracks", tracks),
        ("facilities", FacilitySettings, "facilities", {**_METERS, "posts": list}),
        ("teams", FacilitySettings, "facilities", dict(_METERS)),
        ("lines", LineSettings, "lines", {"walk": bool}),
    )
    for name, settings, table, types in kinds:
        if name in sections:
            said = checker.source(sections[name], name, known=our_names(table), types=types)
            for key in ("reach_m", "max_gap_s"):
                if key in said:
                    checker.passes(_above_zero, said[key], name, key)
            made[name] = settings(**said)
    layers = {}
    for name, said in sections.get("layers", {}).items():
        checker.section({name: said}, "layers", {name: dict})
        layers[name] = _layer(checker, name, said)
    return Parts(
        **made,
        layers=layers,
        population=_population(checker, sections),
        cases=case_settings(checker, sections),
        **governance.governance_settings(checker, sections),
    )


def _layer(checker: SettingsChecker, name: str, said: Mapping[str, Any]) -> LayerSettings:
    """Return a section of layers."""
    place = f"layers.{name}"
    kind = said.get("kind", "areas")
    checker.passes(
        lambda value: check_choice(value, option="kind", choices=("areas", "lines")),
        kind,
        place,
        "kind",
    )
    known = our_names("jurisdictions" if kind == "areas" else "lines")
    return LayerSettings(**checker.source(said, place, known=known, types={"kind": str}))


def _population(checker: SettingsChecker, sections: Mapping[str, Any]) -> PopulationSettings | None:
    """Return the section of inhabitants, None when it is absent."""
    if "population" not in sections:
        return None
    said = sections["population"]
    if "column" in said:
        return PopulationSettings(**checker.section(said, "population", {"column": str}))
    found = checker.source(said, "population", known=_CELLS)
    # Cells have no datum: they are places already.
    found.pop("datum", None)
    return PopulationSettings(**found)


def _above_zero(value: Any) -> None:
    """Raise if a number is not above 0."""
    if not value > 0:
        raise InputError(f"It must be a number above 0. Found: {value!r}.")


def read_parts(settings: Any, jurisdictions: gpd.GeoDataFrame) -> PartsRead:
    """Read the optional parts of a folder.

    Parameters
    ----------
    settings
        What :func:`gridgov.sources.folder.load_settings` returned.
    jurisdictions
        Table "jurisdictions" of the folder.

    Returns
    -------
    PartsRead
        The tables; None for what the folder does not have.

    Raises
    ------
    SettingsError
        If the settings name a kind or column that the file does not have.
    InputError
        If a file cannot be read; see the readers.

    Warns
    -----
    DataWarning
        With what was noticed while reading, once a file.
    """
    parts: Parts = settings.parts
    tracks = tracks_set_aside = None
    if parts.tracks is not None:
        with in_words_of(settings.path, "tracks"):
            tracks, tracks_set_aside = read_tracks(
                parts.tracks.file,
                columns=parts.tracks.columns,
                datum=parts.tracks.datum,
                timezone=parts.tracks.timezone,
                encoding=parts.tracks.encoding,
                layer=parts.tracks.layer,
                day_first=parts.tracks.day_first,
            )
    facilities, facilities_set_aside = _facilities(settings, "facilities", jurisdictions)
    teams, teams_set_aside = _facilities(settings, "teams", jurisdictions)
    return PartsRead(
        tracks=tracks,
        tracks_set_aside=tracks_set_aside,
        facilities=facilities,
        facilities_set_aside=facilities_set_aside,
        teams=teams,
        teams_set_aside=teams_set_aside,
        lines=None if parts.lines is None else _lines(settings, "lines", parts.lines),
        layers={name: _owners(settings, name, one) for name, one in parts.layers.items()},
        population=_people(settings, jurisdictions),
    )


def _facilities(settings: Any, section: str, jurisdictions: Any) -> tuple[Any, Any]:
    """Return the facilities of a section with their reach, and the rows set aside."""
    said: FacilitySettings | None = getattr(settings.parts, section)
    if said is None:
        return None, None
    with in_words_of(settings.path, section):
        found, set_aside = read_facilities(
            said.file,
            columns=said.columns,
            datum=said.datum,
            encoding=said.encoding,
            layer=said.layer,
            jurisdictions=jurisdictions,
        )
    if said.reach_m is not None:
        found["reach_m"] = found["reach_m"].fillna(float(said.reach_m))
    without = found["reach_m"].isna()
    if without.any():
        raise ColumnsError(
            f"Every row of {said.file.name} must say how far it reaches. Found: {without.sum():,} "
            f"of {len(found):,} without, the first {found.loc[without, 'facility_id'].iloc[0]!r}. "
            f"Give reach_m, meters, in [{section}] of {settings.path.name} for those.",
            problems=[{"table": section, "column": "reach_m", "problem": "missing"}],
        )
    unknown = [kind for kind in said.posts if not (found["kind"] == kind).any()]
    if unknown:
        kinds = ", ".join(map(repr, found["kind"].dropna().unique()[:8])) or "no kinds"
        raise SettingsError(
            f"{settings.path.name}: [{section}] posts names {', '.join(map(repr, unknown))}, "
            f"which no row of {said.file.name} has. Found: {kinds}. Name some of them."
        )
    return found, set_aside


def _lines(settings: Any, section: str, said: LineSettings | LayerSettings) -> gpd.GeoDataFrame:
    """Return a table of lines."""
    columns: Any = said.columns
    with in_words_of(settings.path, section):
        return read_lines(
            said.file,
            columns=columns,
            datum=said.datum,
            encoding=said.encoding,
            layer=said.layer,
        )


def _owners(settings: Any, name: str, said: LayerSettings) -> gpd.GeoDataFrame:
    """Return another layer of owners."""
    if said.kind == "lines":
        return _lines(settings, f"layers.{name}", said)
    with in_words_of(settings.path, f"layers.{name}"):
        return read_jurisdictions(
            said.file,
            columns=said.columns,
            datum=said.datum,
            encoding=said.encoding,
            layer=said.layer,
        )


def _people(settings: Any, jurisdictions: gpd.GeoDataFrame) -> str | pd.DataFrame | None:
    """Return the inhabitants: a column's name, a table of cells, or None."""
    import pandas as pd

    said: PopulationSettings | None = settings.parts.population
    if said is None:
        return None
    if said.file is None:
        if said.column not in jurisdictions.columns:
            known = ", ".join(map(str, jurisdictions.columns))
            raise SettingsError(
                f"{settings.path.name}: [population] names the column {said.column!r}, which the "
                f"jurisdictions lack. Found: {known}. Name one of them."
            )
        return said.column
    frame = read_table(said.file, encoding=said.encoding, layer=said.layer).frame
    names = {ours: said.columns.get(ours) or ours for ours in _CELLS}
    missing = [theirs for theirs in names.values() if theirs not in frame.columns]
    if missing:
        raise ColumnsError(
            f"{said.file.name} must have the columns {', '.join(names.values())}. Found: "
            f"{', '.join(map(str, frame.columns))}. Name them in [population.columns] of "
            f"{settings.path.name}."
        )
    return pd.DataFrame(
        {
            "cell": frame[names["cell"]].to_numpy(),
            "population": pd.to_numeric(frame[names["population"]], errors="coerce").to_numpy(),
        }
    )
