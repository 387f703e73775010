"""The columns of every table: one source for checks, docs, file headings and fixtures.

Columns never depend on an argument: what does not apply is missing (NA). Units are
in the names, shares run from 0 to 1, and the keys are called the same in every
table. Tables that are marked ``open`` also carry the caller's own columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.schema import (
    audit,
    blind_spots,
    bulletins,
    campaign_series,
    campaigns,
    cases,
    channels,
    codes,
    concentration,
    coverage,
    deadlines,
    delays,
    density,
    emerging,
    getis_ord,
    indicators,
    inventory,
    joint_enforcement,
    lines,
    moran,
    near_repeats,
    patrol_plan,
    patrols,
    pattern_change,
    place,
    prediction,
    rates,
    reach,
    records,
    scale,
    scan,
    scores,
    siting,
    standing,
    street_rates,
    supervision,
    times,
)
from gridgov.schema.kinds import SPOTS, Column, Dtype, Language, Table

__all__ = ["SPOTS", "TABLES", "Column", "Dtype", "Language", "Table"]

_SUBJECTS = (
    records,
    codes,
    cases,
    deadlines,
    supervision,
    indicators,
    delays,
    place,
    getis_ord,
    rates,
    moran,
    emerging,
    coverage,
    prediction,
    near_repeats,
    pattern_change,
    density,
    concentration,
    scan,
    scale,
    blind_spots,
    channels,
    joint_enforcement,
    reach,
    lines,
    siting,
    patrols,
    patrol_plan,
    street_rates,
    times,
    standing,
    scores,
    audit,
    campaigns,
    campaign_series,
    inventory,
    bulletins,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {table.name: table for subject in _SUBJECTS for table in subject.TABLES}
)
"""Every kind of table by name."""
