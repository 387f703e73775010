"""The map of blind spots: cells from which far fewer incidents are reported than expected.

It draws the table "blind_spots" and computes nothing but how many cells stand in each
class. Where nobody could tell, the map says so in a color of its own and not in that of
"not significant". All text and numbers travel as data and are shown as text (see
``safe_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.maps.card_texts import count_texts, group_words
from gridgov.maps.cell_layer import Line, Sheet, classes_of, draw_cells, in_words, view_notes
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.schema.blind_spots import BLIND_SPOTS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_blind_spots"]

# Violet, for a blind spot is no cold spot; sand for what nobody can tell.
_COLORS = dict(
    zip(BLIND_SPOTS, ("#3f1d6b", "#7b52ab", "#b9a0d6", "#f7f7f2", "#dfd7c3"), strict=True)
)
_NEEDED = [
    "cell",
    "group",
    "street_id",
    "incidents",
    "exposure",
    "ring_incidents",
    "history_incidents",
    "other_incidents",
    "expected_incidents",
    "expected_ratio",
    "p_value",
    "q_value",
    "blind_spot",
    "reason",
]


def map_blind_spots(
    blind_spots: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw where far fewer incidents are reported than expected.

    Parameters
    ----------
    blind_spots
        Table of :func:`gridgov.find_blind_spots`. Several groups get a switch.
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
        Cells by class: blind at 99, 95 and 90 %, not significant, cannot tell; hatched
        where there is no answer. Pointing at a cell shows incidents, expected incidents,
        their ratio, p, q, what the expectation rests on, and the reason where there is no
        answer. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "incidents": [0, 9],
    ...                       "area_km2": 0.1, "ring_incidents": 30,
    ...                       "blind_spot": ["blind 99", "not significant"]})
    >>> page = map_blind_spots(conform(cells, "blind_spots"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(blind_spots, "blind_spots", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    table = blind_spots.assign(group=group_words(blind_spots["group"], lang))
    return draw_cells(
        table,
        jurisdictions,
        classes=classes_of(table["blind_spot"], _COLORS, "blind_spot", lang),
        lines=_lines(table, words, lang),
        sheet=Sheet(
            title=str(title) if title is not None else words["blind_spots_title"],
            date=date,
            legend=words["blind_spots_legend"],
            help=words["blind_spots_help"],
            foot=lambda rows: [*notes, *view_notes(rows, lang), _method(rows, words)],
            layer=words["blind_spots_layer"],
        ),
        lang=lang,
        tiles=tiles,
        headings={"group": words["blind_spots_group"]},
    )


def _lines(table: pd.DataFrame, words: dict[str, str], lang: Language) -> list[Line]:
    """Return what the card at the pointer says; evidence that was not asked for is left out."""
    asked = [
        Line(words[name], "name", count_texts(table[name]))
        for name in ("history_incidents", "other_incidents")
        if table[name].notna().any()
    ]
    return [
        Line(words["blind_spot"], "class"),
        Line(words["incidents"], "count", table["incidents"]),
        Line(words["expected_incidents"], "digits", table["expected_incidents"]),
        Line(words["expected_ratio"], "digits", table["expected_ratio"]),
        Line(words["p_value"], "probability", table["p_value"]),
        Line(words["q_value"], "probability", table["q_value"]),
        Line(words["exposure"], "digits", table["exposure"]),
        Line(words["ring_incidents"], "count", table["ring_incidents"]),
        *asked,
        Line(words["reason"], "name", in_words(table["reason"], "reason", lang)),
    ]


def _method(rows: pd.DataFrame, words: dict[str, str]) -> str:
    """Return the line at the foot that says how the rows in sight were made."""
    more = [words["expected_ring"]]
    more += [words["expected_history"]] if rows["history_incidents"].notna().any() else []
    more += [words["expected_other"]] if rows["other_incidents"].notna().any() else []
    between = "、" if words["expected_ring"] == "周边" else ", "
    return words["blind_spots_method"].format(
        incidents=f"{int(rows['incidents'].sum()):,}",
        cells=f"{len(rows):,}",
        tests=f"{int(rows['q_value'].notna().sum()):,}",
        more="".join(between + one for one in more),
    )
