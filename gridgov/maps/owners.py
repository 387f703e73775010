"""The map of owners: who answers for every cell, and how clearly.

It draws the table "owners". Colors only tell neighbors apart; a cell that several share is
paler and hatched, one without an owner dark. All text and numbers travel as data and are
shown as text (see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import OptionError
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells
from gridgov.maps.coverage_classes import floats, share_classes, share_text, whole_classes
from gridgov.maps.few_colors import few_colors, neighbors_of
from gridgov.maps.layer_groups import layer_groups
from gridgov.maps.map_notes import map_notes
from gridgov.maps.streets import pack_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.coverage_palette import NO_OWNER_COLOR, OWNER_COLORS, toward_white

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_owners"]

_SHARES = (
    "one_owner_share",
    "several_owners_share",
    "unowned_share",
    "outside_share",
)
_NEEDED = ["cell", "layer", "owner_id", "owner_share", "owners", *_SHARES]
_STATES = ("clear", "shared", "split", "claimed")
_PALER = (0.0, 0.4, 0.65, 0.15)
_HATCHES = ("", "forward", "crossed", "dots")


def map_owners(
    owners: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    names: Mapping[str, str] | None = None,
    clear_share: float = 0.95,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw who answers for every cell, and where that is not clear.

    Parameters
    ----------
    owners
        Table of :func:`gridgov.find_owners`. Several layers get a switch.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    names
        What ids of other layers than the streets are called, by id.
    clear_share
        The share of the cell's land in the district from which on its owner is clear, above
        0.5 and up to 1. As much of it may have several owners as is left.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the outlines come from, shown at the foot.
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
        Cells in up to seven colors, so that neighbors of different owners differ: full where
        the owner is clear, paler and hatched where several share the cell or own the same
        land, dark where nobody does; a switch to the owner's share of the cell's land and to
        the number of owners. Pointing at a cell shows its owner and all shares.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, `clear_share` is not above 0.5 and up to 1, or a note at
        the foot is empty or too long.
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
    The shares on the card are of the whole cell, as in the table; whether an owner is clear
    is asked of its land in the district, so that a cell on the rim with one owner is clear.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...                       "owner_id": ["s1", None], "owner_share": [0.6, 0.0],
    ...                       "owners": [2, 0], "one_owner_share": [1.0, 0.0],
    ...                       "several_owners_share": 0.0, "unowned_share": [0.0, 1.0],
    ...                       "outside_share": 0.0})
    >>> page = map_owners(conform(cells, "owners"), lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(owners, "owners", columns=_NEEDED)
    clear = _check_clear(clear_share)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    streets = pack_streets(jurisdictions).names
    rows = owners.reset_index(drop=True)
    rows = rows.assign(group=layer_groups(rows["layer"], lang))
    ids = rows["owner_id"].astype(object)
    owner = ids.map(lambda one: {**streets, **(names or {})}.get(one, one), na_action="ignore")
    land = np.maximum(1 - floats(rows["outside_share"]), 1e-12)
    states = _states(rows, land, clear)
    classes = _owner_classes(rows, states, clear, words)
    of_land = np.minimum(floats(rows["owner_share"]) / land, 1.0)
    heading = {name: TABLES["owners"][name].heading(lang) for name in _NEEDED}
    lines = [
        Line(words["owner"], "name", owner),
        Line(heading["owner_share"], "percent", rows["owner_share"]),
        Line(words["owners_land_share"], "percent", pd.Series(of_land)),
        Line(words["owners_state"], "class"),
        Line(heading["owners"], "count", rows["owners"]),
        *(Line(heading[name], "percent", rows[name]) for name in _SHARES),
    ]
    others = [line for line in lines if line.kind != "class"]
    return draw_cells(
        rows.assign(street_id=_headings(rows, ids, set(streets))),
        jurisdictions,
        classes=classes,
        lines=lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["owners_title"],
            date=date,
            legend=words["owners_legend"],
            help=words["owners_help"],
            foot=lambda inside: _foot(states[inside.index], notes, words),
            layer=words["owners_layer"],
        ),
        lang=lang,
        tiles=tiles,
        headings={"group": words["layer_choice"]},
        measures=[
            Measure(
                words["owners_share_layer"],
                share_classes(of_land, words, [0.5, 0.75, 0.9, 0.95]),
                others,
                words["owners_share_legend"],
                words["owners_help"],
            ),
            Measure(
                heading["owners"],
                whole_classes(rows["owners"], [1, 2, 3, 4]),
                others,
                words["owners_number_legend"],
            ),
        ],
    )


def _check_clear(share: Any) -> float:
    """Return the share from which on an owner is clear.

    Raises
    ------
    OptionError
        If it is not above 0.5 and up to 1.
    """
    known = isinstance(share, int | float | np.number) and not isinstance(share, bool)
    if not known or not 0.5 < float(share) <= 1:
        raise OptionError(
            f"clear_share must be a number above 0.5 and up to 1, such as 0.95. Found: {share!r}."
        )
    return float(share)


def _states(rows: pd.DataFrame, land: NDArray[np.float64], clear: float) -> NDArray[np.int64]:
    """Return how clear the owner of every cell is: a place in the states, or 4 for none."""
    share = floats(rows["owner_share"]) / land
    several = floats(rows["several_owners_share"]) / land
    # Shares are quotients of areas: the last digits are rounding.
    room = 1e-9
    found = np.where(share >= clear - room, 0, np.where(share >= 0.5 - room, 1, 2))
    found = np.where(several > 1 - clear + room, 3, found)
    none = rows["owner_id"].isna().to_numpy()
    result: NDArray[np.int64] = np.where(none, len(_STATES), found).astype(np.int64)
    return result


def _owner_classes(
    rows: pd.DataFrame, states: NDArray[np.int64], clear: float, words: dict[str, str]
) -> Classes:
    """Return a class for every state and color, counted in one row of the legend a state."""
    color = np.zeros(len(rows), dtype=np.int64)
    for inside in rows.groupby("group", dropna=False).indices.values():
        here = rows.iloc[inside]
        number, found = pd.factorize(here["owner_id"].astype(object))
        pairs = neighbors_of(here["cell"].to_numpy(dtype=np.uint64), number)
        of = few_colors(*pairs, len(found), most=len(OWNER_COLORS))
        color[inside] = np.where(number < 0, 0, of[number] if len(of) else 0)
    used = int(color.max(initial=0)) + 1
    named = [words["owners_clear"].format(share_text(clear))]
    named += [words[f"owners_{state}"] for state in _STATES[1:]]
    none = len(_STATES) * used
    return Classes(
        np.where(states == len(_STATES), none, states * used + color),
        [*np.repeat(named, used).tolist(), words["owners_none"]],
        [
            *(toward_white(OWNER_COLORS[k], paler) for paler in _PALER for k in range(used)),
            NO_OWNER_COLOR,
        ],
        hatches=[*np.repeat(_HATCHES, used).tolist(), ""],
        groups=[*np.repeat(np.arange(len(_STATES)) * used, used).tolist(), none],
    )


def _headings(rows: pd.DataFrame, ids: pd.Series, streets: set[str]) -> pd.Series:
    """Return the street that the card of every cell names: the owner in one of the layers.

    A card has one heading for all layers, so that is taken from the layer of the streets.
    """
    if rows["group"].isna().all():
        return ids
    groups = rows["group"].drop_duplicates().tolist()
    known = ids.isin(streets)
    best = max(groups, key=lambda group: int(known[rows["group"].eq(group)].sum()))
    of = rows["group"].eq(best)
    by_cell = pd.Series(ids[of].to_numpy(), index=rows.loc[of, "cell"].to_numpy(), dtype=object)
    by_cell = by_cell[~by_cell.index.duplicated()]
    return rows["cell"].map(by_cell).astype(object)


def _foot(states: NDArray[np.int64], notes: list[str], words: dict[str, str]) -> list[str]:
    """Return the lines at the foot of the cells of a layer."""
    none = int((states == len(_STATES)).sum())
    method = words["owners_method"].format(
        cells=f"{len(states):,}",
        shared=f"{int((states > 0).sum()) - none:,}",
        none=f"{none:,}",
    )
    return [*notes, method]
