"""Several campaigns in one table: each judged by itself, none a control of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.campaigns.campaign import set_up
from gridgov.campaigns.effect import Setup, campaign_row
from gridgov.campaigns.matching import MATCH_ON
from gridgov.campaigns.roles import touched_cells
from gridgov.campaigns.treated_area import read_cells
from gridgov.campaigns.units import Records, read_records
from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, GridgovError, InputError, OptionError
from gridgov.geo.discs import disc
from gridgov.hotspots.multiple_testing import benjamini_hochberg
from gridgov.place.areas import check_crs

__all__ = ["evaluate_campaigns"]

_DATES = ("before_start", "before_end", "after_start", "after_end")


def evaluate_campaigns(
    located: Any,
    grid: Any,
    campaigns: Any,
    *,
    jurisdictions: Any = None,
    controls: int | str | None = 5,
    buffer_rings: int = 2,
    match_on: str | Sequence[str] = MATCH_ON,
    times: str = "reported_at",
    period: str = "MS",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Judge several campaigns, each against cells where none of them was at work.

    Parameters
    ----------
    located, grid
        As in :func:`gridgov.evaluate_campaign`.
    campaigns
        Table of :func:`gridgov.read_campaigns`, or your own: one row a campaign with
        ``campaign`` (its name), ``before_start``, ``before_end``, ``after_start``,
        ``after_end``, optionally ``category``, and what was treated in one of these ways:
        ``geometry`` (outlines, EPSG:4326); ``longitude``, ``latitude`` and ``radius_m``; ``cells``
        (a list, or texts with blanks or semicolons between them); ``street_id``.
    jurisdictions
        Table with ``street_id`` and ``geometry``; needed when a street is what was treated.
    controls
        How many a treated cell are matched, ``"all"`` other cells, or None.
    buffer_rings, match_on, times, period, confidence
        As in :func:`gridgov.evaluate_campaign`.

    Returns
    -------
    DataFrame
        One row a campaign in the order of `campaigns`, with the columns of
        :func:`gridgov.evaluate_campaign`. ``q_value`` is ``p_value`` adjusted for all of them
        (Benjamini-Hochberg). The caution ``overlapping_campaign`` marks campaigns that share a
        cell with another whose times overlap.

    Raises
    ------
    ColumnsError, EmptyTableError
        If a column is missing, a name is missing or stands twice, or a table is empty.
    InputError, OptionError, GeometryError, DatumError
        As :func:`gridgov.evaluate_campaign`; the message starts with the campaign.

    Notes
    -----
    Cells that any of the campaigns treated are never controls of another, whatever their
    times.

    References
    ----------
    .. [1] Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate.
       Journal of the Royal Statistical Society B 57(1), 289-300.
       https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> import pandas as pd
    >>> a, b = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([a, b], "uint64"), "area_km2": [0.1, 0.1]})
    >>> days = pd.to_datetime(["2016-01-10"] * 40 + ["2017-01-10"] * 22).tz_localize("UTC")
    >>> located = pd.DataFrame({
    ...     "cell": pd.array([a] * 20 + [b] * 20 + [a] * 2 + [b] * 20, "UInt64"),
    ...     "match": "inside", "reported_at": days})
    >>> campaigns = pd.DataFrame({
    ...     "campaign": ["market"], "cells": [[a]],
    ...     "before_start": ["2016-01-01"], "before_end": ["2016-02-01"],
    ...     "after_start": ["2017-01-01"], "after_end": ["2017-02-01"]})
    >>> effects = evaluate_campaigns(located, grid, campaigns, controls="all", buffer_rings=0)
    >>> effects[["campaign", "rate_ratio", "verdict"]].values.tolist()
    [['market', 0.1, 'fell']]
    """
    check_table(campaigns, "campaigns", columns=["campaign", *_DATES])
    names = _names(campaigns)
    areas = _treated_areas(campaigns, names, jurisdictions)
    categories = _categories(campaigns)
    setups, records = [], {}
    for row, name in enumerate(names):
        dates = [campaigns[column].iloc[row] for column in _DATES]
        others = [area for place, area in enumerate(areas) if place != row]
        with _Of(name):
            setups.append(
                set_up(
                    located,
                    treated=areas[row],
                    before=dates[:2],
                    after=dates[2:],
                    category=categories[row],
                    name=name,
                    controls=controls,
                    buffer_rings=buffer_rings,
                    exclude=others or None,
                    match_on=match_on,
                    times=times,
                    period=period,
                    confidence=confidence,
                )
            )
            if categories[row] not in records:
                records[categories[row]] = read_records(
                    located, grid, category=categories[row], times=times
                )
    overlapping = _overlapping(setups, records[categories[0]])
    rows = []
    for setup, category, overlaps in zip(setups, categories, overlapping, strict=True):
        with _Of(setup.name):
            rows.append(campaign_row(records[category], setup, overlapping=overlaps))
    frame = pd.DataFrame(rows)
    frame["q_value"] = benjamini_hochberg(frame["p_value"].to_numpy(dtype=np.float64))
    table = conform(frame, "campaign_effects")
    table.attrs["campaigns"] = {
        name: setup.told() for name, setup in zip(names, setups, strict=True)
    }
    return table


class _Of:
    """Name the campaign in every error that is raised inside."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, GridgovError):
            raise type(error)(f"Campaign {self._name!r}: {error}") from error


def _names(campaigns: pd.DataFrame) -> list[str]:
    """Return the names of the campaigns, each one's own."""
    names = campaigns["campaign"]
    blank = names.isna() | (names.astype("str").str.strip() == "")
    again = names.duplicated() & ~blank
    if blank.any() or again.any():
        found = f"{int(blank.sum())} without one"
        if again.any():
            found = f"{names[again].iloc[0]!r} more than once"
        raise ColumnsError(f"campaign must name every campaign. Found: {found}.")
    return [str(name) for name in names]


def _categories(campaigns: pd.DataFrame) -> list[str | tuple[str, ...] | None]:
    """Return the category of every campaign, or several where semicolons part them."""
    if "category" not in campaigns.columns:
        return [None] * len(campaigns)
    found: list[str | tuple[str, ...] | None] = []
    for value in campaigns["category"]:
        text = "" if pd.isna(value) else str(value)
        parts = tuple(part.strip() for part in text.replace("；", ";").split(";") if part.strip())
        found.append(None if not parts else parts[0] if len(parts) == 1 else parts)
    return found


def _treated_areas(campaigns: pd.DataFrame, names: list[str], jurisdictions: Any) -> list[Any]:
    """Return what every campaign treated: an outline or cells."""
    if isinstance(campaigns, gpd.GeoDataFrame):
        check_crs(campaigns, "campaigns", "gridgov.read_campaigns")
    streets = {}
    if jurisdictions is not None:
        check_table(jurisdictions, "jurisdictions", columns=["street_id", "geometry"])
        check_crs(jurisdictions, "jurisdictions", "gridgov.read_jurisdictions")
        ids = jurisdictions["street_id"].astype("str")
        streets = dict(zip(ids, jurisdictions.geometry, strict=True))
    areas = []
    for row, name in enumerate(names):
        given = campaigns.iloc[row]
        with _Of(name):
            areas.append(_treated_area(given, streets, known=jurisdictions is not None))
    return areas


def _treated_area(given: Any, streets: dict[str, Any], *, known: bool) -> Any:
    """Return what one campaign treated, by the first way that its row tells."""
    outline = given.get("geometry")
    if isinstance(outline, shapely.Geometry) and not outline.is_empty:
        return outline
    cells = given.get("cells")
    if isinstance(cells, str) and cells.strip():
        return read_cells(cells.replace(";", " ").replace("；", " ").split(), "cells")
    if isinstance(cells, list | tuple | np.ndarray) and len(cells):
        return read_cells(cells, "cells")
    center = [given.get(column) for column in ("longitude", "latitude", "radius_m")]
    if all(value is not None and not pd.isna(value) for value in center):
        return disc(*(float(value) for value in center))
    street = given.get("street_id")
    if isinstance(street, str) and street:
        if not known:
            raise OptionError(
                f"A street as what was treated needs its outline. Found: street_id {street!r} and "
                "no jurisdictions. Give jurisdictions=streets."
            )
        if street not in streets:
            raise InputError(
                f"street_id must be one of the jurisdictions. Found: {street!r}; there are "
                f"{', '.join(list(streets)[:5])} ..."
            )
        return streets[street]
    raise ColumnsError(
        "Every campaign must say what it treated: geometry, cells, longitude with latitude and "
        "radius_m, or street_id. Found: none of them."
    )


def _overlapping(setups: list[Setup], records: Records) -> list[bool]:
    """Return which campaigns share a cell with another whose times overlap."""
    cells = [touched_cells(records.cells, records.outlines, setup.treated) for setup in setups]
    found = [False] * len(setups)
    for one in range(len(setups)):
        for other in range(one):
            first, second = (setups[place].windows.instants for place in (one, other))
            together = first[0] < second[3] and second[0] < first[3]
            if together and np.intersect1d(cells[one], cells[other]).size:
                found[one] = found[other] = True
    return found
