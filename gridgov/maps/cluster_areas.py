"""Clusters of areas on a map: streets in the classes of their clusters, under the circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.columns import Language
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_views import draw_views, views_part
from gridgov.maps.streets import pack_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.cluster_palette import LEAST_LIKELY

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["draw_cluster_areas"]

_LINE_COLOR = "#16202a"


def draw_cluster_areas(
    places: pd.DataFrame,
    counts: GeoDataFrame,
    parts: Sequence[pd.DataFrame],
    jurisdictions: GeoDataFrame | None,
    *,
    classes: Classes,
    lines: Sequence[Line],
    sheet: Sheet,
    lang: Language,
    tiles: Any,
) -> folium.Map:
    """Return a map of areas in the classes of their clusters.

    Parameters
    ----------
    places
        One row an area and search: ``street_id``, ``search``, and ``period`` and ``group``
        where there is a cluster.
    counts
        The table of counts, with the geometry of every ``street_id``.
    parts
        The clusters of every search.
    jurisdictions
        Table "jurisdictions", for outlines and names, or None.
    classes, lines
        What the areas are and what their card says, in the order of `places`.
    sheet
        The texts around the map.
    lang
        Language of the fixed words.
    tiles
        Base map, or None.

    Raises
    ------
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If no geometry is an area, or Folium does not know `tiles`.
    """
    words = words_for(lang)
    areas = counts.drop_duplicates("street_id").reset_index(drop=True)
    ids = areas["street_id"].astype(str)
    names = pack_streets(jurisdictions).names
    at = pd.Index(ids).get_indexer(places["street_id"].astype(str))
    foot = sheet.foot
    assert callable(foot)
    members = views_part(
        areas,
        places.assign(shape=at),
        measures=[Measure(sheet.layer, classes, lines, sheet.legend, sheet.help)],
        foot=lambda rows, _: [*sheet.notes, *foot(rows)],
        name=sheet.layer,
        lang=lang,
        titles=[names.get(one, one) for one in ids],
        outline=jurisdictions is not None,
        comparable=False,
    )
    return draw_views(
        [members, _circles(parts, words, lang)] if _any_likely(parts) else [members],
        jurisdictions,
        title=sheet.title,
        date=sheet.date,
        lang=lang,
        tiles=tiles,
    )


def _any_likely(parts: Sequence[pd.DataFrame]) -> bool:
    """Return whether a circle is drawn at all."""
    return any(bool((part["p_value"] <= LEAST_LIKELY).any()) for part in parts)


def _circles(parts: Sequence[pd.DataFrame], words: dict[str, str], lang: Language) -> Any:
    """Return the circles of every search, dashed above 0.05; they follow what is chosen."""
    rings: list[Any] = [None]
    found: list[dict[str, Any]] = []
    for part in parts:
        first = part.iloc[0] if len(part) else {"period": None, "group": None}
        # A search without a circle has a row too, or the views would not be those of the areas.
        found.append({"shape": 0, "number": "", "code": 0, **_search(first)})
        likely = part[part["p_value"] <= LEAST_LIKELY]
        for shape, number, p in zip(
            np.asarray(likely["geometry"], dtype=object),
            likely["cluster"].tolist(),
            likely["p_value"].tolist(),
            strict=True,
        ):
            found.append(
                {
                    "shape": len(rings),
                    "number": str(number),
                    "code": int(p > 0.05),
                    **_search(first),
                }
            )
            rings.append(shapely.get_exterior_ring(shape))
    rows = pd.DataFrame(found)
    texts = rows["number"].where(rows["number"] != "")
    classes = Classes(
        rows["code"].to_numpy(np.int64), [words["cluster_number"]] * 2, [_LINE_COLOR] * 2
    )
    line = Line(words["cluster_number"], "name", texts)
    return views_part(
        gpd.GeoDataFrame(geometry=rings, crs=4326),
        rows,
        measures=[Measure(words["clusters_layer"], classes, [line], "")],
        foot=lambda inside, _: [],
        name=words["clusters_layer"],
        lang=lang,
        kind="lines",
        looks=Looks(width=[2, 2], dash=[False, True]),
        comparable=False,
        follows=0,
        above=True,
    )


def _search(first: Any) -> dict[str, Any]:
    """Return the period and group of a search."""
    return {"period": first["period"], "group": first["group"]}
