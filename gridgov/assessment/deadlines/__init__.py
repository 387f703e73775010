"""Calendars of working time, and by when each stage of a case was to be reached."""
