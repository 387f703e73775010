"""The cases in a folder of records: what ``[cases]`` says, and reading them by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridgov.sources.case_columns import read_as_of
from gridgov.sources.cases import CasesRead, read_cases
from gridgov.sources.column_names import our_names
from gridgov.sources.settings_checks import SettingsChecker, in_words_of

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["CaseSettings", "case_settings", "read_folder_cases"]

_TYPES: Mapping[str, Any] = {
    "timezone": str,
    "duplicates": str,
    "day_first": bool,
    "due_dates": str,
    "as_of": str,
    "calendar": str,
}


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """The section ``[cases]``; names are those of options of ``read_cases``.

    ``calendar`` is ``"china"`` or a file of days, as :func:`gridgov.make_calendar` takes them:
    overdue time is then told in working hours too.
    """

    file: Path
    timezone: str | None = None
    encoding: str | None = None
    layer: str | int | None = None
    duplicates: str = "set_aside"
    day_first: bool = False
    due_dates: str = "end"
    as_of: str | None = None
    calendar: str | Path | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)


def case_settings(checker: SettingsChecker, sections: Mapping[str, Any]) -> CaseSettings | None:
    """Return the section of cases, checked; None when it is absent.

    Raises
    ------
    SettingsError
        If a key is unknown or has the wrong type, or a file is not there.
    """
    if "cases" not in sections:
        return None
    said = sections["cases"]
    # Cases have no coordinates, and so no datum.
    kinds = {"file": str, "encoding": str, "layer": (str, int), "columns": dict}
    checker.section(said, "cases", kinds | dict(_TYPES))
    found = checker.source(said, "cases", known=our_names("cases"), types=_TYPES)
    if "as_of" in found:
        zone = found.get("timezone", "UTC")
        checker.passes(lambda value: read_as_of(value, zone), found["as_of"], "cases", "as_of")
    if found.get("calendar", "china") != "china":
        found["calendar"] = checker.file(found["calendar"], "cases")
    return CaseSettings(**found)


def read_folder_cases(
    settings: Any, jurisdictions: gpd.GeoDataFrame | None = None, *, incidents: Any = None
) -> CasesRead | None:
    """Read the cases of a folder as its ``gridgov.toml`` says.

    Parameters
    ----------
    settings
        What :func:`gridgov.sources.folder.load_settings` returned.
    jurisdictions
        Table "jurisdictions" of the folder; streets become its ids.
    incidents
        Table "incidents" or "located" of the folder; cases get from it what they lack.

    Returns
    -------
    CasesRead or None
        Cases and rows set aside; None when the folder has no section ``[cases]``.

    Raises
    ------
    InputError
        If the file cannot be read; see :func:`gridgov.read_cases`.

    Warns
    -----
    DataWarning
        With what was noticed while reading.
    """
    said: CaseSettings | None = settings.parts.cases
    if said is None:
        return None
    with in_words_of(settings.path, "cases"):
        return read_cases(
            said.file,
            columns=said.columns,
            timezone=said.timezone,
            encoding=said.encoding,
            layer=said.layer,
            jurisdictions=jurisdictions,
            incidents=incidents,
            as_of=said.as_of,
            duplicates=said.duplicates,
            day_first=said.day_first,
            due_dates=said.due_dates,
        )
