"""The map of joint enforcement: where departments meet more than chance allows.

It draws the table "joint_enforcement" and computes nothing but how many cells stand in
each class. The cells to go to first carry their rank. All text and numbers travel as data
and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table, check_whole
from gridgov.columns import Language
from gridgov.geo.hexgrid import cell_centers, cells_to_text, text_to_cells
from gridgov.maps.card_texts import count_texts
from gridgov.maps.cell_layer import Classes, Line, Sheet, draw_cells, in_words
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import ShapeLayer, shapes_part
from gridgov.maps.streets import pack_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.categories import term_label

__all__ = ["map_joint_enforcement"]

Integers = NDArray[np.int64]

# First places, further ones, several departments without a finding, too few, no incident.
_COLORS = ("#8c2d04", "#f08a3c", "#f6e3b8", "#e4e8ea", "#ffffff")
_NEEDED = [
    "cell",
    "street_id",
    "incidents",
    "departments",
    "department_list",
    "departments_expected",
    "pairs",
    "pairs_expected",
    "pairs_ratio",
    "p_value",
    "q_value",
    "joint",
    "rank",
    "reason",
]


def map_joint_enforcement(
    joint: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    first: int = 10,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw where departments should go together.

    Parameters
    ----------
    joint
        Table of :func:`gridgov.find_joint_enforcement`.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    first
        How many of the first ranks have a color of their own and their number on the map,
        1 to 99. Only cells that are joint are numbered.
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
        Cells by class: joint with one of the first ranks, joint, several departments as by
        chance, too few departments, no incident. Pointing at a cell shows rank, departments
        and their incidents, pairs and pairs expected, p, q and, if there is no answer, the
        reason. :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or `first` does not exist, or a note at the foot is empty or too long.
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
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "incidents": [9, 1],
    ...                       "area_km2": 0.1, "departments": [2, 1],
    ...                       "department_list": ["城管 5 + 环保 4", "城管 1"], "pairs": [20, 0],
    ...                       "deals": 999, "joint": [True, False], "rank": [1, None]})
    >>> page = map_joint_enforcement(conform(cells, "joint_enforcement"), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(joint, "joint_enforcement", columns=_NEEDED)
    few = check_whole(first, option="first", least=1, meaning="ranks numbered on the map")
    few = min(few, 99)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    classes = _classes(joint, few, words)
    numbers = _numbers(joint, jurisdictions, classes, few, words, lang)
    return draw_cells(
        joint,
        jurisdictions,
        classes=classes,
        lines=_lines(joint, words, lang),
        sheet=Sheet(
            title=str(title) if title is not None else words["joint_title"],
            date=date,
            legend=words["joint_legend"],
            help=words["joint_help"],
            foot=[*notes, *_method(joint, words)],
            layer=words["joint_layer"],
        ),
        lang=lang,
        tiles=tiles,
        over=numbers,
    )


def _classes(joint: pd.DataFrame, first: int, words: dict[str, str]) -> Classes:
    """Return the class of every cell, the first ranks foremost."""
    rank = joint["rank"].to_numpy(dtype=np.float64, na_value=np.nan)
    is_joint = joint["joint"].to_numpy(dtype=bool)
    chosen = [
        is_joint & (rank <= first),
        is_joint,
        np.isfinite(rank),
        joint["incidents"].to_numpy() > 0,
    ]
    # The first that holds; the last class is what none holds for.
    found = np.select(chosen, np.arange(4), default=4)
    foremost = words["joint_first_one"] if first == 1 else words["joint_first"].format(first)
    names = [foremost, *(words[f"joint_{name}"] for name in ("more", "several", "few", "none"))]
    return Classes(found.astype(np.int64), names, list(_COLORS))


def _lines(joint: pd.DataFrame, words: dict[str, str], lang: Language) -> list[Line]:
    """Return what the card at the pointer says."""
    return [
        Line(words["joint_class"], "class"),
        Line(words["rank"], "name", count_texts(joint["rank"])),
        Line(words["incidents"], "count", joint["incidents"]),
        Line(words["departments"], "count", joint["departments"]),
        Line(words["department_list"], "name", _lists(joint["department_list"], lang)),
        Line(words["departments_expected"], "digits", joint["departments_expected"]),
        Line(words["pairs"], "count", joint["pairs"]),
        Line(words["pairs_expected"], "digits", joint["pairs_expected"]),
        Line(words["pairs_ratio"], "digits", joint["pairs_ratio"]),
        Line(words["p_value"], "probability", joint["p_value"]),
        Line(words["q_value"], "probability", joint["q_value"]),
        Line(words["reason"], "name", in_words(joint["reason"], "reason", lang)),
    ]


def _lists(lists: pd.Series, lang: Language) -> pd.Series:
    """Return lists of departments with the words of the language where they are known."""

    def told(text: str) -> str:
        entries = []
        for entry in text.split(" + "):
            name, blank, number = entry.rpartition(" ")
            entries.append(f"{term_label('department', name, lang)}{blank}{number}")
        return " + ".join(entries)

    known = {text: told(str(text)) for text in lists.dropna().unique()}
    return lists.astype(object).map(known)


def _numbers(
    joint: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None,
    classes: Classes,
    first: int,
    words: dict[str, str],
    lang: Language,
) -> list[ShapeLayer]:
    """Return the layer of the numbers in the first cells; none where no cell is joint."""
    rank = joint["rank"].to_numpy(dtype=np.float64, na_value=np.nan)
    at = np.flatnonzero(joint["joint"].to_numpy(dtype=bool) & (rank <= first))
    if not len(at):
        return []
    at = at[np.argsort(rank[at], kind="stable")]
    shown = joint.iloc[at]
    cells = shown["cell"]
    cells = text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
    longitude, latitude = cell_centers(cells)
    names = pack_streets(jurisdictions).names
    points = gpd.GeoDataFrame(geometry=shapely.points(longitude, latitude), crs=4326)
    layer = shapes_part(
        points,
        classes=Classes(
            np.zeros(len(shown), dtype=np.int64),
            [words["joint_numbers_row"].format(len(shown))],
            [_COLORS[0]],
        ),
        lines=[
            Line(words["joint_class"], "name", pd.Series(classes.names)[classes.codes[at]]),
            *_lines(shown, words, lang)[1:],
        ],
        titles=[names.get(one, one) for one in shown["street_id"]],
        subtitles=[f"{words['cell']} {text}" for text in cells_to_text(cells)],
        name=words["joint_numbers"],
        heading=words["joint_numbers"],
        lang=lang,
        kind="points",
        numbers=[str(rank) for rank in shown["rank"]],
    )
    return [layer]


def _method(joint: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return the line at the foot that says how the table was made, if it says so."""
    made = joint.attrs.get("joint_enforcement")
    if not made:
        return []
    return [
        words["joint_method"].format(
            incidents=f"{int(joint['incidents'].sum()):,}",
            departments=len(made["departments"]),
            cells=f"{len(joint):,}",
            permutations=f"{made['permutations']:,}",
            least=made["min_departments"],
        )
    ]
