"""The hotspot map: hexagons in seven colors, the numbers of each at the pointer.

It draws the table "hotspots" and computes nothing but how many cells stand in each
class. All text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, Language
from gridgov.errors import MapError
from gridgov.geo.hexgrid import cell_outlines, text_to_cells
from gridgov.maps.packing import MISSING, Column, codes, rings
from gridgov.maps.page import draw
from gridgov.maps.streets import pack_streets, street_codes
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import category_label
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import NO_ANSWER_COLOR, SPOT_COLORS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_hotspots"]

Integers = NDArray[np.int64]

_NEEDED = ["cell", "street_id", "incidents", "gi_star", "p_value", "q_value", "spot", "reason"]
_NO_ANSWER = len(SPOTS)


def map_hotspots(
    hotspots: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw hotspots as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    hotspots
        Table "hotspots" of one period and one group.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    tiles
        Base map as ``folium.Map`` takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        Cells in seven colors (hatched where there is no answer), street outlines and
        names, legend with the number of cells in each class, heading, date, source and a
        note on the method. Pointing at a cell shows its street, id, incidents, z, p, q,
        class and, if there is no answer, the reason; a click pins that, Escape lets go.
        Stock Folium elements can be added. :func:`gridgov.save_html` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If the table holds several periods or groups, or Folium does not know `tiles`.

    Notes
    -----
    Numbers are rounded for the screen: z to 2 places, p and q to 3 (``< 0.001`` below
    that). Outlines are exact to 1e-6 degree, about 0.1 m. A cell takes about 55 bytes.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame(
    ...     {
    ...         "cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...         "incidents": [9, 0],
    ...         "area_km2": [0.1, 0.1],
    ...         "neighbors": [1, 1],
    ...         "spot": ["hot 99", None],
    ...     }
    ... )
    >>> page = map_hotspots(conform(cells, "hotspots"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(hotspots, "hotspots", columns=_NEEDED)
    _check_one_map(hotspots)
    words = words_for(lang)
    streets = pack_streets(jurisdictions)
    cells = hotspots["cell"]
    ids = text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
    # In the order of ids neighbors mostly follow one another, and differences stay small.
    order = np.argsort(ids, kind="stable")
    ids, table = ids[order], hotspots.iloc[order]

    # Bits 52 to 55 of a cell id hold its resolution; below 10 m an edge needs finer units.
    unit = 10**8 if int(ids[-1] >> np.uint64(52)) & 15 >= 12 else 10**6
    outlines = cell_outlines(ids)
    vertices = rings(shapely.get_exterior_ring(outlines), unit)
    street, street_names = street_codes(table["street_id"], streets.names)
    reason, reasons = codes(table["reason"])
    spot = _spot_codes(table["spot"])
    columns = [
        Column("sizes", vertices.sizes),
        Column("x", vertices.x, delta=True),
        Column("y", vertices.y, delta=True),
        # The 15 hexadecimal digits, five at a time: browsers round 64-bit numbers.
        *(
            Column(name, (ids >> np.uint64(bits)) & np.uint64(0xFFFFF), delta=True)
            for name, bits in (("cell_high", 40), ("cell_middle", 20), ("cell_low", 0))
        ),
        Column("incidents", table["incidents"].to_numpy(np.int64)),
        Column("z", _whole(table["gi_star"], 100, MISSING)),
        Column("p", _thousandths(table["p_value"])),
        Column("q", _thousandths(table["q_value"])),
        Column("spot", spot),
        Column("street", street),
        Column("reason", reason),
        *streets.columns,
    ]
    settings = {
        "kind": "cells",
        "title": str(title) if title is not None else words["hotspots_title"],
        "date": "" if date is None else str(date),
        "foot": _foot(hotspots, words, lang, source),
        "legend": _legend(spot, words, lang, streets=bool(streets.labels)),
        "unit": unit,
        "palette": [*SPOT_COLORS.values(), NO_ANSWER_COLOR],
        "spots": [*(label("spot", term, lang) for term in SPOTS), words["no_answer"]],
        "reasons": [label("reason", text, lang) for text in reasons],
        "street_names": street_names,
        "streets": {"labels": streets.labels},
    }
    west, south, east, north = shapely.total_bounds(outlines).tolist()
    return draw(
        settings,
        columns,
        lang=lang,
        bounds=(west, south, east, north),
        tiles=tiles,
        layer_names=(words["hotspots_layer"], words["streets_layer"]),
    )


def _check_one_map(hotspots: pd.DataFrame) -> None:
    """Refuse a table that holds more than one map."""
    for name in ("period", "group"):
        if name in hotspots.columns and hotspots[name].nunique(dropna=False) > 1:
            values = hotspots[name].drop_duplicates()
            raise MapError(
                f"A map shows one {name}. Found: {len(values):,} different values of {name}, "
                f"such as {values.iloc[0]!s} and {values.iloc[1]!s}. Pick one: "
                f"hotspots[hotspots[{name!r}] == ...]."
            )


def _spot_codes(spots: pd.Series) -> Integers:
    """Return the place of every spot in the palette, the last one without an answer."""
    result = np.full(len(spots), _NO_ANSWER, dtype=np.int64)
    values = np.asarray(spots.astype(object), dtype=object)
    for code, spot in enumerate(SPOTS):
        result[values == spot] = code
    return result


def _whole(values: pd.Series, unit: int, missing: int) -> Integers:
    """Return numbers as whole multiples of 1 / `unit`, `missing` where there is none."""
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), np.rint(numbers * unit), missing).astype(np.int64)


def _thousandths(values: pd.Series) -> Integers:
    """Return probabilities in thousandths, 0 for all below one and -1 where missing."""
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    return np.where(numbers < 0.001, 0, _whole(values, 1000, -1)).astype(np.int64)


def _legend(
    spot: Integers, words: dict[str, str], lang: Language, *, streets: bool
) -> dict[str, Any]:
    """Return the legend, hottest first, with the number of cells in each class."""
    counts = np.bincount(spot, minlength=_NO_ANSWER + 1).tolist()
    rows = [
        {
            "mark": "fill",
            "color": SPOT_COLORS[term],
            "text": label("spot", term, lang),
            "count": counts[SPOTS.index(term)],
        }
        for term in reversed(SPOTS)
    ]
    if counts[_NO_ANSWER]:
        text, count = words["no_answer"], counts[_NO_ANSWER]
        rows.append({"mark": "hatch", "color": "#e3e5e6", "text": text, "count": count})
    if streets:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return {"heading": words["hotspots_legend"], "rows": rows, "help": words["q_means"]}


def _foot(
    hotspots: pd.DataFrame, words: dict[str, str], lang: Language, source: str | None
) -> list[str]:
    """Return the lines at the foot: source, what the table is of, and the method."""
    lines = [] if source is None else [words["source"].format(source)]
    for name in ("period", "group"):
        value = hotspots[name].iloc[0] if name in hotspots.columns else None
        if pd.notna(value):
            shown = f"{value:%Y-%m-%d}" if name == "period" else category_label(str(value), lang)
            lines.append(words[name].format(shown))
    made = hotspots.attrs.get("hotspots") or {}
    count = made.get("rings")
    correction = made.get("correction")
    lines.append(
        words["method"].format(
            statistic=made.get("statistic", "Getis-Ord Gi*"),
            incidents=f"{int(hotspots['incidents'].sum()):,}",
            cells=f"{len(hotspots):,}",
            rings=words["rings_one" if count == 1 else "rings_many"].format(count) if count else "",
            null=words.get(f"null_{made.get('null')}", ""),
            correction=words["correction"].format(correction) if correction else "",
        )
    )
    return lines
