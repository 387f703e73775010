"""The hotspot map: hexagons in seven colors, the numbers of each at the pointer.

It draws the table "hotspots" and computes nothing but how many cells stand in each
class. All text and numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import SPOTS, Language
from gridgov.maps.cell_layer import (
    Line,
    Sheet,
    classes_of,
    draw_cells,
    in_words,
    view_notes,
)
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.taxonomy.method import method_sentence, rings_phrase
from gridgov.taxonomy.palette import spot_colors

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_hotspots"]

_NEEDED = ["cell", "street_id", "incidents", "gi_star", "p_value", "q_value", "spot", "reason"]


def map_hotspots(
    hotspots: pd.DataFrame,
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
    """Draw hotspots as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    hotspots
        Table "hotspots", or "hotspot_bins". Several periods get a slider that plays, the last
        one first; several groups a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    compare
        Two periods, or two groups of a table without periods, such as
        ``("2016-05", "2017-05")``: the page opens with the first on the left and the second
        on the right of a handle.
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
        Cells in seven colors (hatched where there is no answer), street outlines and
        names, legend with the number of cells in each class, heading, date, source and a
        note on the method. Pointing at a cell shows its street, id, incidents, the value
        tested where that is a rate, z, p, q, class and, if there is no answer, the reason; a
        click pins that, Escape lets go.
        Stock Folium elements can be added. :func:`gridgov.save_html` writes it.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist, `compare` is not in the table, or a note at the
        foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

    Notes
    -----
    Numbers are rounded for the screen: z to 2 places, p and q to 3 (``< 0.001`` below
    that). The file holds ids and no outlines; the browser draws the hexagons where the H3
    library has them, to about a centimeter. A cell takes one to four bytes a period.

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
    words = words_for(lang)
    # Hottest first, as the legend reads.
    found = spot_colors(palette)
    colors = {term: found[term] for term in reversed(SPOTS)}
    made = hotspots.attrs.get("hotspots") or hotspots.attrs.get("hotspot_bins") or {}
    return draw_cells(
        hotspots,
        jurisdictions,
        classes=classes_of(hotspots["spot"], colors, "spot", lang),
        lines=_lines(hotspots, made, words, lang),
        sheet=Sheet(
            title=str(title) if title is not None else words["hotspots_title"],
            date=date,
            legend=words["hotspots_legend"],
            help=words["q_means"],
            foot=lambda rows: [*view_notes(rows, lang), _method(rows, made, words, lang)],
            layer=words["hotspots_layer"],
            notes=map_notes(source=source, author=author, approval=approval, lang=lang),
        ),
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def _lines(hotspots: pd.DataFrame, made: Any, words: dict[str, str], lang: Language) -> list[Line]:
    """Return what the card at the pointer says."""
    z = words["gi_star"]
    if made.get("statistic") == "Getis-Ord Gi":
        z = z.replace("Gi*", "Gi")
    lines = [
        Line(words["incidents"], "count", hotspots["incidents"]),
        Line(z, "score", hotspots["gi_star"]),
        Line(words["p_value"], "probability", hotspots["p_value"]),
        Line(words["q_value"], "probability", hotspots["q_value"]),
        Line(words["spot"], "class"),
        Line(words["reason"], "name", in_words(hotspots["reason"], "reason", lang)),
    ]
    if made.get("value", "incidents") != "incidents" and "value" in hotspots.columns:
        lines.insert(1, Line(words["value"], "digits", hotspots["value"]))
    return lines


def _method(hotspots: pd.DataFrame, made: Any, words: dict[str, str], lang: Language) -> str:
    """Return the line at the foot that says how the table was made."""
    incidents = int(hotspots["incidents"].sum())
    if "time_steps" not in made:
        return method_sentence(
            made,
            statistic="Getis-Ord Gi*",
            incidents=incidents,
            cells=len(hotspots),
            lang=lang,
        )
    null = words.get(f"bins_{made.get('null')}", "")
    return words["bins_method"].format(
        rings=rings_phrase(made["rings"], lang),
        time_steps=made["time_steps"] + 1,
        null=null.format(words[f"window_{made['window']}"]),
        incidents=f"{incidents:,}",
        cells=f"{len(hotspots):,}",
    )
