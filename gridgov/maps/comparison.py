"""Two tables of one kind on either side of a handle: last year and this one, before and after.

The two sides share their classes and colors, and each is named. Nothing is worked out but
what the map of the kind works out of both tables together: a difference seen here is a
difference of two maps and not a test of change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError, MapError, OptionError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.maps.blind_spots import map_blind_spots
from gridgov.maps.cell_periods import SIDE, period_labels
from gridgov.maps.density import map_density
from gridgov.maps.emerging import map_emerging, map_persistence, map_trends
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.moran import map_moran
from gridgov.maps.rates import map_rates
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_comparison"]


class _Kind(NamedTuple):
    """A kind of table: the columns that tell it, its map, and what must be alike in two."""

    columns: tuple[str, ...]
    draw: Callable[..., folium.Map]
    method: tuple[str, ...]
    options: tuple[str, ...] = ("palette",)


_KINDS = {
    "hotspots": _Kind(
        ("spot", "gi_star"),
        map_hotspots,
        ("statistic", "value", "null", "rings", "correction"),
    ),
    "moran": _Kind(
        ("cluster_type", "moran_i"), map_moran, ("value", "null", "rings", "correction")
    ),
    "rates": _Kind(
        ("rate", "smoothed_rate"), map_rates, ("base", "method", "rings", "per"), ("breaks",)
    ),
    "density": _Kind(
        ("incidents_per_km2", "edge_factor", "bandwidth_m"),
        map_density,
        ("kernel", "bandwidth_m", "edge", "weights"),
        ("breaks",),
    ),
    "emerging": _Kind(
        ("category", "last_spot"), map_emerging, ("null", "window", "rings", "time_steps", "alpha")
    ),
    "persistence": _Kind(
        ("category", "recent_hot_share"),
        map_persistence,
        ("null", "rings", "recent_periods", "hotspot_share", "persistent_share"),
    ),
    "trends": _Kind(("trend", "slope"), map_trends, ("alpha",)),
    "blind_spots": _Kind(("blind_spot",), map_blind_spots, (), ()),
}


def map_comparison(
    before: pd.DataFrame,
    after: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    labels: Sequence[str] | None = None,
    breaks: str | Sequence[float] | None = None,
    palette: str | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw two tables of one kind as one map with a handle between them.

    Parameters
    ----------
    before, after
        Two tables "hotspots", "moran", "rates", "density", "emerging", "persistence",
        "trends" or "blind_spots", of one period each; the first is on the left. Several
        groups get a switch. Periods of one table are compared by ``compare=`` of its map.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    labels
        What the two sides are called, such as ``("2016", "2017")``. None: their periods, or
        before and after.
    breaks
        Rates and densities: as in :func:`gridgov.map_rates`, from the numbers of both.
    palette
        ``"arcgis"`` or ``"vik"``, where the map of the kind has palettes.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What times the map compares, shown beside the heading.
    author
        Who made the map, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        `before` left and `after` right of a handle that drags and goes by arrow keys, in
        the same classes; the legend counts the cells of the right side and says so.
        Pointing at a cell shows the numbers of its side. A button puts one side over all.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist, `labels` are not two different texts, an
        option does not go with the kind, or a note at the foot is empty or too long.
    InputError
        If the tables were made by different methods or differ in resolution.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If a table has no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If the tables are not of one kind that can be compared, one has several periods, or
        Folium does not know `tiles`.

    Notes
    -----
    Two maps side by side show where they differ, not whether chance explains it. For that
    see :func:`gridgov.compare_proportions` and :func:`gridgov.measure_trends`.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> cells = pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "uint64")
    >>> a, b = (gg.measure_rates(pd.DataFrame({"cell": cells, "incidents": [9, number],
    ...                                        "street_id": "s1", "people": [900, 500]}),
    ...                          base="people", method="raw", per=1000) for number in (1, 7))
    >>> page = map_comparison(a, b, labels=("2016", "2017"), breaks=[5, 10])
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    name = _kind_of(before, after)
    kind = _KINDS[name]
    options = {"breaks": breaks, "palette": palette}
    given = {key: value for key, value in options.items() if value is not None}
    for key in given:
        if key not in kind.options:
            takes = " or ".join(kind.options) or "neither breaks nor palette"
            raise OptionError(f"A comparison of {name} takes {takes}. Found: {key}={given[key]!r}.")
    for table in (before, after):
        check_table(table, name, columns=["cell", *kind.columns])
    _check_alike(before, after, name, kind.method)
    periods = [_period_of(before, "before"), _period_of(after, "after")]
    names = _labels(labels, periods, lang)
    parts = [_side(table, label) for table, label in zip((before, after), names, strict=True)]
    both = pd.concat(parts, ignore_index=True)
    made = after.attrs.get(name)
    both.attrs = {name: made} if made and before.attrs.get(name) else {}
    return kind.draw(
        both,
        jurisdictions,
        **given,
        lang=lang,
        title=title,
        source=source,
        date=date,
        author=author,
        approval=approval,
        tiles=tiles,
    )


def _kind_of(before: Any, after: Any) -> str:
    """Return which kind of table both are.

    Raises
    ------
    MapError
        If they are not of one kind that can be compared.
    """
    kinds = [
        next(
            (
                name
                for name, kind in _KINDS.items()
                if set(kind.columns) <= set(getattr(table, "columns", ()))
            ),
            "another kind",
        )
        for table in (before, after)
    ]
    if kinds[0] != kinds[1] or kinds[0] not in _KINDS:
        raise MapError(
            f"A comparison needs two tables of one kind: {', '.join(_KINDS)}. Found: "
            f"{kinds[0]} and {kinds[1]}."
        )
    return kinds[0]


def _check_alike(
    before: pd.DataFrame, after: pd.DataFrame, name: str, method: Sequence[str]
) -> None:
    """Refuse two tables whose difference would be one of methods or of resolutions.

    Raises
    ------
    InputError
        If they were made differently, as far as they say how.
    """
    made = [table.attrs.get(name) or {} for table in (before, after)]
    if all(made):
        for key in method:
            values = [one.get(key) for one in made]
            if values[0] != values[1]:
                raise InputError(
                    f"before and after must be made in the same way. Found: {key} "
                    f"{values[0]!r} and {values[1]!r}. Make both with the same {key}."
                )
    # Bits 52 to 55 of a cell are its resolution.
    levels = [
        set((_cells(table) >> np.uint64(52) & np.uint64(15)).tolist()) for table in (before, after)
    ]
    if levels[0] != levels[1]:
        told = [", ".join(map(str, sorted(level))) for level in levels]
        raise InputError(
            f"before and after must be on grids of one resolution. Found: {told[0]} and {told[1]}."
        )


def _period_of(table: pd.DataFrame, name: str) -> Any:
    """Return the only period of a table, None if it has none.

    Raises
    ------
    MapError
        If it has several.
    """
    if "period" not in table.columns:
        return None
    found = table["period"].drop_duplicates()
    if len(found) > 1:
        raise MapError(
            f"A comparison takes one period a table. Found: {len(found):,} in {name}. Pick one, "
            "or compare two periods of one table by compare=(...) of its own map."
        )
    return None if pd.isna(found.iloc[0]) else found.iloc[0]


def _labels(labels: Sequence[str] | None, periods: list[Any], lang: Language) -> list[str]:
    """Return what the two sides are called.

    Raises
    ------
    OptionError
        If `labels` are not two different texts.
    """
    if labels is None:
        shown = period_labels(periods) if None not in periods else []
        if len(set(shown)) == 2:
            return shown
        words = words_for(lang)
        return [words["before"], words["after"]]
    found = [labels] if isinstance(labels, str) else [str(one).strip() for one in labels]
    if len(found) != 2 or found[0] == found[1] or not all(found):
        raise OptionError(
            f"labels must be two different texts, such as ('2016', '2017'). Found: {labels!r}."
        )
    return found


def _side(table: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return one of the two tables, its rows marked; the label says what its period did."""
    plain = table.drop(columns=["period"], errors="ignore")
    return pd.DataFrame(plain.assign(cell=_cells(table), **{SIDE: label}))


def _cells(table: pd.DataFrame) -> Any:
    """Return the cells of a table as numbers."""
    cells = table["cell"]
    return text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
