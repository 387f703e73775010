"""The calendar of working time that a folder of records names."""

from __future__ import annotations

from gridgov.assessment.deadlines.calendar import WorkCalendar, make_calendar
from gridgov.sources.folder import Settings
from gridgov.sources.settings_checks import in_words_of

__all__ = ["folder_calendar"]


def folder_calendar(settings: Settings) -> WorkCalendar | None:
    """Return the calendar that ``[cases]`` names, None where it names none.

    Parameters
    ----------
    settings
        What was read from ``gridgov.toml``.

    Raises
    ------
    InputError
        If the file of days cannot be read; see :func:`gridgov.make_calendar`.
    """
    said = settings.parts.cases
    if said is None or said.calendar is None:
        return None
    if said.calendar == "china":
        return make_calendar("china")
    with in_words_of(settings.path, "cases"):
        return make_calendar(said.calendar, timezone=said.timezone or "UTC")
