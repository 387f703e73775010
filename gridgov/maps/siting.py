"""The map of posts: where they stand and should stand, and which demand they cover.

It draws the two tables of a placement, "sites" and "site_demand". Demand in cells is drawn
as cells, demand at places as points; new posts carry their rank. All text and numbers travel
as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
import shapely

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, cell_outlines
from gridgov.maps.cell_layer import Line, Measure, Sheet, draw_cells
from gridgov.maps.coverage_classes import (
    amount_classes,
    amount_text,
    breaks_of,
    distance_classes,
    floats,
    share_text,
)
from gridgov.maps.facilities_layer import facility_names
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import draw_shapes
from gridgov.maps.siting_layers import (
    covered_classes,
    demand_points,
    site_points,
    spoke_lines,
)
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_posts"]

_SITES = [
    *("site_id", "existing", "rank", "capacity", "served", "covered_weight"),
    *("mean_distance_m", "marginal_gain", "value_with", "value_without", "geometry"),
]
_DEMAND = ["demand_id", "cell", "weight", "site_id", "share", "distance_m", "covered"]
_MEASURES = ("weight", "distance_m")


def map_posts(
    placement: Any,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    demand: gpd.GeoDataFrame | None = None,
    facilities: gpd.GeoDataFrame | None = None,
    distance_m: float | None = None,
    spokes: bool = False,
    breaks: Mapping[str, Sequence[float]] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw new and existing posts, and the demand that they cover and leave out.

    Parameters
    ----------
    placement
        What :func:`gridgov.place_posts` returned: ``sites`` and ``demand``.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names.
    demand
        Where demand is that was given as places and not as cells: a table with
        ``demand_id`` and Points (EPSG:4326). Without it such demand is not drawn.
    facilities
        Table of :func:`gridgov.read_facilities`: names of existing posts, which otherwise
        go by their ids.
    distance_m
        Radius of a circle around every post, meters, such as the distance they were placed
        by; None draws none. A circle is a straight distance.
    spokes
        Whether to draw a line from every demand to the post that serves it.
    breaks
        Ascending bounds between the classes by column (``weight``, ``distance_m``).
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
        Demand as covered, partly covered, not covered or none, with a switch to its weight
        and to the distance; existing posts as squares, new ones with the number of their
        rank. Pointing at a post shows what it serves and adds, pointing at demand its weight
        and who serves it. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `distance_m` is not above 0, `breaks` are no ascending
        numbers above 0 or for no column that is drawn, or a note at the foot is empty or
        too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there is no demand.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If neither demand nor posts have a place, or Folium does not know `tiles`.

    Notes
    -----
    Demand that several posts share is one place: its covered share is theirs together, and
    its distance the mean by their shares.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.coverage.siting.siting import place_posts
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> counts = pd.DataFrame({"cell": grid_disk(0x8931AA50E27FFFF, 1),
    ...                        "incidents": [5, 0, 2, 1, 0, 3, 4]})
    >>> placed = place_posts(counts, posts=1, distance_m=400)
    >>> type(map_posts(placed, distance_m=400, lang="zh")).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    sites, served = _parted(placement)
    check_table(sites, "sites", columns=_SITES, allow_empty=True)
    check_table(served, "site_demand", columns=_DEMAND)
    _check_distance(distance_m)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    bounds = breaks_of(breaks, _MEASURES)
    names = facility_names(facilities)
    rows = _one_row_each(served, names, words)
    foot = [
        *notes,
        *_method(sites, rows, words),
    ]
    posts = site_points(sites, names, radius_m=distance_m, lang=lang)
    in_cells = bool(rows["cell"].notna().all())
    lines = spoke_lines(served, sites, demand, lang=lang) if spokes else None
    over = [layer for layer in (lines, *posts) if layer is not None]
    heading = str(title) if title is not None else words["posts_title"]
    if not in_cells:
        below = (
            None if demand is None else demand_points(rows, demand, _lines(rows, lang), lang=lang)
        )
        layers = [layer for layer in (below, *over) if layer is not None]
        return draw_shapes(
            layers, jurisdictions, title=heading, date=date, foot=foot, lang=lang, tiles=tiles
        )
    ways = _ways(rows, bounds, _lines(rows, lang), words)
    first = ways[0]
    cells = rows.assign(
        cell=rows["cell"].to_numpy(dtype=np.uint64),
        street_id=_streets(rows["cell"], jurisdictions),
    )
    return draw_cells(
        cells,
        jurisdictions,
        classes=first.classes,
        lines=first.lines,
        sheet=Sheet(
            title=heading,
            date=date,
            legend=first.legend,
            help=first.help,
            foot=foot,
            layer=words["posts_state"],
        ),
        lang=lang,
        tiles=tiles,
        measures=ways[1:],
        over=over,
    )


def _parted(placement: Any) -> tuple[Any, Any]:
    """Return the sites and the demand of a placement.

    Raises
    ------
    MapError
        If it is something else.
    """
    if isinstance(placement, tuple) and len(placement) == 2:
        return placement
    raise MapError(
        "A map of posts needs a placement: the tables sites and demand that "
        f"gridgov.place_posts(...) returns together. Found: {type(placement).__name__}."
    )


def _check_distance(distance_m: Any) -> None:
    """Refuse a radius that is no number above 0.

    Raises
    ------
    OptionError
        If it is none.
    """
    if distance_m is None:
        return
    known = isinstance(distance_m, int | float | np.number) and not isinstance(distance_m, bool)
    if not known or not (np.isfinite(distance_m) and distance_m > 0):
        raise OptionError(
            "distance_m must be the radius of the circles in meters, above 0, or None for none. "
            f"Found: {distance_m!r}."
        )


def _one_row_each(
    served: pd.DataFrame, names: dict[str, str], words: dict[str, str]
) -> pd.DataFrame:
    """Return one row a demand: what of it is covered, by whom and how far away."""
    rows = served.reset_index(drop=True)
    number, ids = pd.factorize(rows["demand_id"])
    share = floats(rows["share"])
    covered = np.bincount(number, weights=share * rows["covered"].to_numpy(dtype=bool))
    meters = floats(rows["distance_m"])
    known = np.isfinite(meters)
    weight = np.bincount(number, weights=share * known)
    sums = np.bincount(number, weights=share * np.where(known, meters, 0.0))
    first = rows.groupby(number, sort=True)
    by = rows["site_id"].astype(object).map(lambda one: names.get(one, one), na_action="ignore")
    who = by.dropna().astype(str).groupby(number[by.notna().to_numpy()]).agg(" + ".join)
    return pd.DataFrame(
        {
            "demand_id": ids,
            "cell": first["cell"].first().to_numpy(dtype=object),
            "weight": first["weight"].first().to_numpy(dtype=np.float64),
            "covered_share": np.clip(covered, 0.0, 1.0),
            "distance_m": np.divide(sums, weight, out=np.full(len(ids), np.nan), where=weight > 0),
            "served_by": who.reindex(np.arange(len(ids))).fillna(words["posts_nobody"]).to_numpy(),
        }
    )


def _lines(rows: pd.DataFrame, lang: Language) -> list[Line]:
    """Return what the card says of a demand."""
    words, columns = words_for(lang), TABLES["site_demand"]
    return [
        Line(words["posts_state"], "class"),
        Line(columns["weight"].heading(lang), "digits", rows["weight"]),
        Line(words["posts_covered_share"], "percent", rows["covered_share"]),
        Line(words["posts_served_by"], "name", rows["served_by"]),
        Line(columns["distance_m"].heading(lang), "digits", rows["distance_m"]),
    ]


def _ways(
    rows: pd.DataFrame, bounds: dict[str, Any], lines: list[Line], words: dict[str, str]
) -> list[Measure]:
    """Return the ways to color cells of demand."""
    return [
        Measure(
            words["posts_state"],
            covered_classes(rows, words),
            lines,
            words["posts_legend"],
            words["posts_help"],
        ),
        Measure(
            words["posts_weight"],
            amount_classes(rows["weight"], words["posts_no_demand"], bounds["weight"]),
            lines[1:],
            words["posts_weight_legend"],
        ),
        Measure(
            words["posts_distance"],
            distance_classes(rows["distance_m"], bounds["distance_m"]),
            lines[1:],
            words["posts_distance_legend"],
            words["posts_distance_help"],
        ),
    ]


def _streets(cells: pd.Series, jurisdictions: Any) -> Any:
    """Return the street of every cell, by its center or, on the rim, the nearest to it."""
    found = np.full(len(cells), None, dtype=object)
    if jurisdictions is None or not len(jurisdictions):
        return found
    ids = cells.to_numpy(dtype=np.uint64)
    centers = shapely.points(*cell_centers(ids))
    # No farther than a corner of the cell is from its center.
    far = float(shapely.hausdorff_distance(cell_outlines(ids[:1]), centers[:1])[0])
    tree = shapely.STRtree(np.asarray(jurisdictions.geometry, dtype=object))
    at, street = tree.query_nearest(centers, max_distance=far)
    first = np.unique(at, return_index=True)[1]
    found[at[first]] = jurisdictions["street_id"].astype(object).to_numpy()[street[first]]
    return found


def _method(sites: pd.DataFrame, rows: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return the line at the foot that says what was sought and how well it was found."""
    made = sites.attrs.get("placement")
    if not made:
        return []
    gap = share_text(float(made["gap"] or 0.0))
    weight = rows["weight"].to_numpy()
    covered = float((weight * rows["covered_share"].to_numpy()).sum())
    total = float(weight.sum())
    part = f" ({share_text(covered / total)})" if total > 0 else ""
    old = int(sites["existing"].sum())
    return [
        words["posts_method"].format(
            new=f"{len(sites) - old:,}",
            existing=f"{old:,}",
            goal=words[f"posts_goal_{made['goal']}"],
            status=words[f"posts_status_{made['status']}"].format(gap),
            weight=amount_text(total),
            covered=amount_text(covered) + part,
        )
    ]
