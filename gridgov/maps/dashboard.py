"""The dashboard: map, ranking of streets, trend and filters on one page, linked together.

It draws the table "located" and counts nothing that :func:`gridgov.tally` would count
otherwise: the page carries the counts by cell, street, period and kind, and the browser adds
up those that are chosen. Only the hotspots are worked out here, by
:func:`gridgov.find_hotspots` over all periods. All text travels as data and is shown as text
(see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, Language
from gridgov.maps.cell_packing import pack_cells
from gridgov.maps.cell_periods import period_labels
from gridgov.maps.dashboard_facts import make_facts
from gridgov.maps.dashboard_page import DashboardHead
from gridgov.maps.dashboard_parts import about_lines, fact_columns, spot_columns, street_list
from gridgov.maps.map_notes import map_notes
from gridgov.maps.offline import save_html
from gridgov.maps.packing import Column
from gridgov.maps.page import Part, draw
from gridgov.maps.streets import pack_streets, street_codes, streets_part
from gridgov.maps.words_dashboard import dashboard_words
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR, spot_colors
from gridgov.taxonomy.sequence import SEQUENCE_COLORS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_dashboard", "save_dashboard"]

_ZERO_COLOR = "#f6f7f6"


def map_dashboard(
    located: gpd.GeoDataFrame,
    grid: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    period: str = "MS",
    categories: Sequence[str] | None = None,
    start: Any = None,
    end: Any = None,
    palette: str = "arcgis",
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw incidents as a page of map, street ranking, trend and filters linked together.

    Parameters
    ----------
    located
        Table "located".
    grid
        Table "grid", at the same resolution.
    jurisdictions
        Table "jurisdictions", EPSG:4326: the streets of the ranking, also those without an
        incident.
    period
        Calendar period of the trend by the name of its start, as for :func:`gridgov.tally`:
        ``"D"``, ``"W-MON"``, ``"MS"``, ``"QS"``, ``"YS"``.
    categories
        Only these categories, as read; all when None.
    start, end
        First instant counted and first instant no longer counted, as for
        :func:`gridgov.tally`.
    palette
        Colors of the hotspots, ``"arcgis"`` or ``"vik"``.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the page is of, shown beside the heading.
    author
        Who made it, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        The page, which shows in a notebook; :func:`gridgov.save_html` writes it as one file.
        Choosing categories, departments, channels (lists that have values) or a range of
        periods changes map, ranking and trend; choosing a street marks it on the map and
        shows its trend. Every number is the sum of the counts of :func:`gridgov.tally` for
        what is chosen.

    Raises
    ------
    OptionError
        If `period`, `start`, `end`, `lang`, `palette`, `author`, `approval` or a category
        does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells, or no incident has a place in them and a time.
    InputError
        If grid and incidents differ in resolution.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If `tiles` is no base map.

    Notes
    -----
    An incident counts in the street that its own place lies in, not in that of its cell.
    Incidents without a time are in no period and are not counted; the foot of the page says
    how many.
    Hotspots are those of all periods, for all incidents and for each category by itself.
    They are not worked out again in the browser and are hidden when other filters are set.
    Of a column with more than 40 values the rarest are listed as one.

    The file holds counts by cell, period, street, category, department and channel, and no
    ids, places or other columns of the records; a count of one is still one incident.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> from shapely import Point, box
    >>> from gridgov.checks import conform
    >>> streets = gpd.GeoDataFrame({"street_id": ["1"], "street": ["八角街道"]},
    ...                            geometry=[box(116.19, 39.90, 116.21, 39.92)], crs=4326)
    >>> rows = gpd.GeoDataFrame(
    ...     {
    ...         "incident_id": ["1", "2"],
    ...         "category": ["占道经营", "暴露垃圾"],
    ...         "reported_at": pd.to_datetime(["2017-08-01", "2017-09-02"]).tz_localize("UTC"),
    ...     },
    ...     geometry=[Point(116.2, 39.91), Point(116.205, 39.91)],
    ...     crs=4326,
    ... )
    >>> streets = conform(streets, "jurisdictions")
    >>> grid = gg.make_grid(streets, resolution=8)
    >>> located = gg.locate(conform(rows, "incidents"), streets, resolution=8)
    >>> page = map_dashboard(located, grid, streets, lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    found = spot_colors(palette)
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    words = dashboard_words(lang)
    check_table(
        jurisdictions,
        "jurisdictions",
        columns=["street_id", "street", "geometry"],
        allow_empty=True,
    )
    streets = pack_streets(jurisdictions)
    ids = jurisdictions["street_id"].astype(str).tolist()
    facts = make_facts(
        located,
        grid,
        ids,
        period=period,
        categories=categories,
        start=start,
        end=end,
        lang=lang,
    )
    packed = pack_cells(facts.cells)
    display, names = street_codes(grid["street_id"].iloc[facts.order], streets.names)
    spots = spot_columns(facts, grid)
    listed = period_labels(facts.starts)
    colors = {term: found[term] for term in reversed(SPOTS)}
    settings: dict[str, Any] = {
        **packed.settings,
        "dash": words,
        "street_names": names,
        "streets": street_list(facts, jurisdictions, streets, words["no_street"]),
        "facets": [
            {"kind": facet.kind, "heading": words[facet.kind], "labels": facet.labels}
            for facet in facts.facets
        ],
        "periods": listed,
        "trend": words[f"per_{period.split('-')[0]}"],
        "rows": len(facts.cell),
        "zero_color": _ZERO_COLOR,
        "colors": list(SEQUENCE_COLORS[1:]),
        "spots": {
            "names": [label("spot", term, lang) for term in colors],
            "colors": [*colors.values(), NO_ANSWER_COLOR],
            "groups": len(spots),
        },
        "notes": notes,
        "about": about_lines(facts, listed, words, lang),
    }
    columns = [
        *packed.columns,
        Column("street", display),
        *fact_columns(facts),
        *spots,
    ]
    page = draw(
        [Part("dashboard", settings, columns, words["layer"]), streets_part(streets, lang)],
        sheet={
            "title": str(title) if title is not None else words["title"],
            "date": "" if date is None else str(date),
            "foot": [],
            "legend": [{"heading": words["legend"], "rows": [], "help": ""}],
        },
        lang=lang,
        bounds=packed.bounds,
        tiles=tiles,
    )
    page.add_child(DashboardHead())
    return page


def save_dashboard(
    located: gpd.GeoDataFrame,
    grid: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame,
    path: str | Path,
    *,
    period: str = "MS",
    categories: Sequence[str] | None = None,
    start: Any = None,
    end: Any = None,
    palette: str = "arcgis",
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> Path:
    """Write the dashboard of :func:`gridgov.map_dashboard` as one file that needs no network.

    Parameters
    ----------
    located, grid, jurisdictions
        Tables of these names.
    path
        The file to write; an existing one is replaced.
    period, categories, start, end, palette, lang, title, source, date, author, approval
        As for :func:`gridgov.map_dashboard`.
    tiles
        None, or a base map from a file; online tiles are refused.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        What :func:`gridgov.map_dashboard` raises.
    MapError
        If something on the page would be fetched from the network.
    OutputError
        If the folder does not exist or the file cannot be written.

    Notes
    -----
    Of 100,000 incidents in 10,000 cells, 36 months and 10 categories the file has about
    one megabyte.

    Examples
    --------
    >>> import gridgov as gg
    >>> gg.save_dashboard(located, grid, streets, "dashboard.html")  # doctest: +SKIP
    PosixPath('dashboard.html')
    """
    page = map_dashboard(
        located,
        grid,
        jurisdictions,
        period=period,
        categories=categories,
        start=start,
        end=end,
        palette=palette,
        lang=lang,
        title=title,
        source=source,
        date=date,
        author=author,
        approval=approval,
        tiles=tiles,
    )
    return save_html(page, path)
