"""The kinds of map that a folder of records can be drawn as, each from its own measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.hotspot_measures import FEWEST_MONTHS, whole_months
from gridgov.bulletin.measured import Placed
from gridgov.errors import InputError
from gridgov.hotspots.density import measure_density
from gridgov.hotspots.emerging import find_emerging_hotspots
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.rates import measure_rates
from gridgov.maps.dashboard import map_dashboard
from gridgov.maps.density import map_density
from gridgov.maps.emerging import map_emerging
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.incidents import map_incidents
from gridgov.maps.rates import map_rates
from gridgov.place.tally import tally

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["KINDS", "Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a map is drawn from and how.

    Attributes
    ----------
    placed
        The incidents chosen, with their cells and counts.
    streets
        Table "jurisdictions".
    period
        Period of a dashboard's trend; chosen from the span of the incidents when None.
    columns
        The caller's own columns that may be shown.
    shown
        Language, heading, time and base map, as every ``map_*`` takes them.
    """

    placed: Placed
    streets: gpd.GeoDataFrame
    period: str | None
    columns: list[str]
    shown: Mapping[str, Any]


def _hotspots(asked: Asked) -> folium.Map:
    """Draw Getis-Ord Gi* of all the incidents."""
    return map_hotspots(find_hotspots(asked.placed.counts), asked.streets, **asked.shown)


def _incidents(asked: Asked) -> folium.Map:
    """Draw every incident."""
    return map_incidents(asked.placed.located, asked.streets, columns=asked.columns, **asked.shown)


def _rates(asked: Asked) -> folium.Map:
    """Draw incidents per square kilometer of the study area, drawn to the mean where it is small.

    A cell on the rim has little area inside, so that one incident makes its raw rate large.
    """
    rates = measure_rates(asked.placed.counts, base="area_km2", method="empirical_bayes")
    return map_rates(rates, asked.streets, **asked.shown)


def _density(asked: Asked) -> folium.Map:
    """Draw a kernel density."""
    density = measure_density(asked.placed.located, asked.placed.grid)
    return map_density(density, asked.streets, **asked.shown)


def _emerging(asked: Asked) -> folium.Map:
    """Draw emerging hotspots over the whole months.

    Raises
    ------
    InputError
        If there are too few.
    """
    months = whole_months(asked.placed.selection)
    if months.number < FEWEST_MONTHS:
        raise InputError(
            f"A map of emerging hotspots needs {FEWEST_MONTHS} whole months. Found: "
            f"{months.number} in the records chosen. Choose more with --from and --to "
            "(start=..., end=...), leave --month out, or draw --kind hotspots."
        )
    panel = tally(
        asked.placed.located, asked.placed.grid, period="MS", start=months.start, end=months.end
    )
    return map_emerging(find_emerging_hotspots(panel), asked.streets, **asked.shown)


def _dashboard(asked: Asked) -> folium.Map:
    """Draw map, ranking, trend and filters."""
    selection = asked.placed.selection
    return map_dashboard(
        asked.placed.located,
        asked.placed.grid,
        asked.streets,
        period=asked.period or _period(selection.incidents["reported_at"]),
        start=selection.start,
        end=selection.end,
        **asked.shown,
    )


def _period(times: Any) -> str:
    """Return a period of which a span of times has some ten to a hundred."""
    days = (times.max() - times.min()).days if times.notna().any() else 0
    if days > 3660:
        return "YS"
    return "MS" if days > 300 else "W-MON" if days > 62 else "D"


KINDS: Mapping[str, Callable[[Asked], Any]] = MappingProxyType(
    {
        "hotspots": _hotspots,
        "incidents": _incidents,
        "rates": _rates,
        "density": _density,
        "emerging": _emerging,
        "dashboard": _dashboard,
    }
)
"""What draws each kind of map, by its name."""
