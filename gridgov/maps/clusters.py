"""The map of a scan's clusters: members by p-value, and the circles they lie in.

It draws the table "clusters" over the counts it was found in, and computes nothing but
how many cells or areas stand in each class. A circle is drawn only for a cluster that
chance hardly explains, so that the map does not show as a finding what is none. All text
and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import MapError, OptionError
from gridgov.hotspots.scan_members import places_of_search, scan_members
from gridgov.maps.cell_layer import Line, Sheet, classes_of, draw_cells, view_notes
from gridgov.maps.cluster_areas import draw_cluster_areas
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.taxonomy.cluster_palette import LEAST_LIKELY, cluster_class, cluster_colors

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_clusters"]

_NEEDED = [
    *("period", "group", "cluster", "side", "cell", "radius_m", "members", "start", "end"),
    *("incidents", "expected", "relative_risk", "p_value", "geometry"),
]
_LINE_COLOR = "#16202a"


def map_clusters(
    clusters: gpd.GeoDataFrame,
    counts: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    compare: Sequence[Any] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw the clusters of a scan as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    clusters
        Table of :func:`gridgov.find_scan_clusters` over cells or areas. Searches of several
        periods get a slider that plays, the last one first; of several groups a switch. A
        search without a cluster has no row and is not shown.
    counts
        The table of counts the clusters were found in.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    compare
        Two periods, or two groups of a table without periods, such as
        ``("2016-05", "2017-05")``: the page opens with the first on the left and the second
        on the right of a handle. For cells only.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
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
        Member cells or areas colored by their cluster's side and p, all others pale;
        circles with p up to 0.10, dashed above 0.05; a legend with the number in each
        class. Pointing at a place shows its name, id and incidents, and its cluster's
        number, incidents, expected incidents, relative risk, p and time.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist, `compare` is not in the table or the places
        are areas, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If `counts` has no rows.
    InputError
        If the clusters were not found in `counts`.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If `counts` has neither cells nor areas, or Folium does not know `tiles`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.hotspots.scan import find_scan_clusters
    >>> counts = pd.DataFrame({
    ...     "cell": pd.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x8931AA50E2FFFFF,
    ...                       0x8931AA50E2BFFFF], "uint64"),
    ...     "incidents": [30, 2, 1, 3], "area_km2": 0.1})
    >>> page = map_clusters(find_scan_clusters(counts), counts, lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(clusters, "clusters", columns=_NEEDED, allow_empty=True)
    check_table(counts, "counts", columns=["incidents"])
    key = _place_column(counts)
    if key == "street_id" and compare is not None:
        raise OptionError(
            "compare is for clusters of cells. Found: clusters of areas. Choose the period on "
            "the page, or save two maps."
        )
    words = words_for(lang)
    # Clusters of different searches share their numbers; rows do not.
    clusters = clusters.assign(row=np.arange(len(clusters)))
    search = _searches(clusters)
    parts = [clusters[search == number] for number in range(int(search.max(initial=0)) + 1)]
    places = pd.concat([_places(part, counts, at, key) for at, part in enumerate(parts)])
    places = places.reset_index(drop=True)
    row = places["row"]
    lines = [
        Line(words["cluster_class"], "class"),
        Line(words["incidents"], "count", places["incidents"]),
        *(Line(words[name], "name", row.map(texts)) for name, texts in _told(clusters, words)),
    ]
    told = "clusters_method" if key == "cell" else "clusters_method_areas"
    sheet = Sheet(
        title=str(title) if title is not None else words["clusters_title"],
        date=date,
        legend=words["clusters_legend" if key == "cell" else "clusters_legend_areas"],
        help=words["clusters_help"],
        foot=lambda rows: [
            *view_notes(parts[int(rows["search"].iloc[0])], lang),
            *_method(clusters, rows, words[told], lang),
        ],
        layer=words["clusters_layer"],
        notes=map_notes(source=source, author=author, approval=approval, lang=lang),
    )
    kinds = [
        cluster_class(side, p)
        for side, p in zip(clusters["side"], clusters["p_value"], strict=True)
    ]
    classes = classes_of(
        row.map(dict(enumerate(kinds))).where(row.notna(), "none"),
        cluster_colors(palette),
        "scan",
        lang,
        all_listed=False,
    )
    if key == "street_id":
        return draw_cluster_areas(
            places,
            counts,
            parts,
            jurisdictions,
            classes=classes,
            lines=lines,
            sheet=sheet,
            lang=lang,
            tiles=tiles,
        )
    several = len(parts) > 1
    page = draw_cells(
        places,
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=sheet,
        lang=lang,
        tiles=tiles,
        outlines=(lambda rows: _circles(parts[int(rows["search"].iloc[0])])) if several else None,
        compare=compare,
    )
    if not several:
        _draw_circles(page, clusters)
    return page


def _place_column(counts: pd.DataFrame) -> str:
    """Return the column of the places: cells, or else areas.

    Raises
    ------
    MapError
        If there are neither.
    """
    if "cell" in counts.columns:
        return "cell"
    if {"street_id", "geometry"} <= set(counts.columns):
        return "street_id"
    raise MapError(
        "A map of clusters draws cells or areas. Found: counts with neither the column cell nor "
        "street_id and geometry. Give it the counts the clusters were found in."
    )


def _searches(clusters: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of the search that every cluster is of: its period and group."""
    keys = clusters[["period", "group"]].astype(object)
    found = keys.groupby(["period", "group"], dropna=False, sort=False).ngroup()
    return np.asarray(found, dtype=np.int64)


def _places(part: pd.DataFrame, counts: pd.DataFrame, at: int, key: str) -> pd.DataFrame:
    """Return the places of one search, each with the row of its cluster; NaN outside of all."""
    places = places_of_search(part, counts, key)
    of_place = scan_members(part, counts).set_index(key)["cluster"]
    rows = dict(zip(part["cluster"].tolist(), part["row"].tolist(), strict=True))
    places = places.assign(row=places[key].map(of_place).map(rows), search=at)
    if len(part):
        places = places.assign(period=part["period"].iloc[0], group=part["group"].iloc[0])
    return places


def _told(clusters: pd.DataFrame, words: dict[str, str]) -> Iterator[tuple[str, dict[int, str]]]:
    """Yield the lines of the card that tell of a cell's cluster: heading, and text by row."""
    numbers = clusters["cluster"].tolist()
    first = clusters["start"].dt.strftime("%Y-%m-%d").tolist()
    # The last day that is in, as people name a span; the table has the first that is not.
    before = clusters["end"] - pd.Timedelta(microseconds=1)
    last = before.dt.strftime("%Y-%m-%d").tolist()
    texts: dict[str, list[Any]] = {
        "cluster_number": [str(number) for number in numbers],
        "cluster_holds": [
            words["cluster_counts"].format(f"{seen:,}", f"{hoped:,.1f}")
            for seen, hoped in zip(clusters["incidents"], clusters["expected"], strict=True)
        ],
        "cluster_risk": [
            "∞" if np.isinf(risk) else f"{risk:.2f}" for risk in clusters["relative_risk"]
        ],
        "cluster_p": [f"{p:.3f}" if p >= 0.001 else "< 0.001" for p in clusters["p_value"]],
        "cluster_time": [
            None if pd.isna(start) else words["cluster_span"].format(start, end)
            for start, end in zip(first, last, strict=True)
        ],
    }
    for key, values in texts.items():
        yield key, {row: text for row, text in enumerate(values) if text is not None}


def _method(
    clusters: pd.DataFrame, cells: pd.DataFrame, sentence: str, lang: Language
) -> list[str]:
    """Return the note on the method if the table still says how it was made."""
    made = clusters.attrs.get("scan")
    if not made:
        return []
    words = words_for(lang)
    # The caller's own column stands apart from Chinese by spaces, as Latin letters do.
    own = f" {made['baseline']} " if lang == "zh" else made["baseline"]
    baseline = words["baseline_area"] if made["baseline"] == "area_km2" else own
    null = words[f"null_{made['model']}"].format(baseline)
    note = sentence.format(
        statistic=words["scan_statistic"],
        incidents=f"{int(cells['incidents'].sum()):,}",
        cells=f"{len(cells):,}",
        null=null,
        replicates=f"{made['replicates']:,}",
    )
    return [note]


def _circles(clusters: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the circles of clusters that chance hardly explains, dashed above 0.05."""
    shapes: Any = np.asarray(clusters["geometry"], dtype=object)
    found = []
    for shape, p in zip(shapes.tolist(), clusters["p_value"].tolist(), strict=True):
        if p > LEAST_LIKELY or shapely.is_missing(shape) or shapely.is_empty(shape):
            continue
        points = shapely.get_coordinates(shapely.get_exterior_ring(shape))[:, ::-1]
        found.append({"points": points.round(6).tolist(), "dashed": p > 0.05})
    return found


def _draw_circles(page: folium.Map, clusters: pd.DataFrame) -> None:
    """Draw the circles of the only search; they let the pointer through."""
    for circle in _circles(clusters):
        drawn = folium.Polygon(
            circle["points"],
            color=_LINE_COLOR,
            weight=2,
            fill=False,
            smooth_factor=0.2,
            dash_array="6 5" if circle["dashed"] else None,
        )
        drawn.options["interactive"] = False
        page.add_child(drawn)
