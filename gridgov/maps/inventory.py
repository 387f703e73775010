"""The map of an inventory: how far the rectification of every street or cell has come.

It draws the table "inventory_progress" and adds up its rows in sight. Periods get a slider
and all of them the same classes. All text and numbers travel as data and are shown as text
(see ``safe_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import InputError, MapError
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells
from gridgov.maps.coverage_classes import amount_classes, share_classes, share_text, share_texts
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

__all__ = ["map_inventory"]

_COUNTS = ("found", "rectified", "remaining", "relapsed")
_NEEDED = ["group", "cell", "period", "until", *_COUNTS, "value", "value_low", "value_high"]
_SHARES = (0.5, 0.7, 0.8, 0.9)
# Apart from the palest class: that something was found is the first thing to see.
_NOTHING = "#cfd3d6"


def map_inventory(
    progress: pd.DataFrame,
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
    """Draw what share of an inventory is rectified, and what is left, by street or cell.

    Parameters
    ----------
    progress
        Table of :func:`gridgov.measure_inventory` with ``by="street_id"`` or ``by="cell"``.
        Periods get a slider, the last one shows first.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Needed for streets.
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
        Streets or cells by the share rectified, in fixed classes; a switch goes to the items
        remaining, relapsed and found. Where nothing was found there is no share, and a color
        of its own. The foot adds up what is in sight. :func:`gridgov.save_html` writes it as
        one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    InputError
        If there are rows neither by street nor by cell.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If streets come without jurisdictions or none of them is there, or Folium does not
        know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from gridgov.checks import conform
    >>> streets = gpd.GeoDataFrame({"street_id": ["01"], "street": ["八角街道"]},
    ...                            geometry=[box(116.1, 39.9, 116.2, 40.0)], crs=4326)
    >>> rows = pd.DataFrame({"group": ["01"], "found": [40], "rectified": 31, "remaining": 7,
    ...     "relapsed": 2, "newly_found": 0, "newly_rectified": 0, "newly_relapsed": 0,
    ...     "until": pd.DatetimeIndex(["2017-12-31"], tz="Asia/Shanghai"), "value": [31 / 40]})
    >>> page = map_inventory(conform(rows, "inventory_progress"), streets, lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(progress, "inventory_progress", columns=_NEEDED)
    words = words_for(lang)
    by_cell = bool(progress["cell"].notna().all())
    if not by_cell and progress["group"].isna().all():
        raise InputError(
            "A map of an inventory needs rows by street or by cell. Found: rows of the whole. "
            "Measure with by='street_id', or with a grid and by='cell'."
        )
    if not by_cell and jurisdictions is None:
        raise MapError(
            "A map of an inventory by street needs jurisdictions. Found: none. Pass the table of "
            "gridgov.read_jurisdictions(...), or measure by='cell'."
        )
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    heading = str(title) if title is not None else words["inventory_title"]
    lost = 0
    if not by_cell:
        nowhere = progress[progress["group"].isna()]
        lost = int(nowhere["found"].max()) if len(nowhere) else 0
    table = progress if by_cell else progress[progress["group"].notna()]
    table = _rows(table, by_cell=by_cell)
    ways = _measures(table, words, by_cell=by_cell)

    def foot(rows: pd.DataFrame) -> list[str]:
        more = [words["inventory_no_street"].format(f"{lost:,}")] if lost else []
        return [*notes, _method(rows, words), *more]

    if by_cell:
        first = ways[0]
        return draw_cells(
            table,
            jurisdictions,
            classes=first.classes,
            lines=first.lines,
            sheet=Sheet(
                title=heading,
                date=date,
                legend=first.legend,
                help=first.help,
                foot=foot,
                layer=words["inventory_layer"],
            ),
            lang=lang,
            tiles=tiles,
            measures=ways[1:],
        )
    assert jurisdictions is not None
    return draw_streets(
        table,
        jurisdictions,
        measures=ways,
        foot=lambda rows, _: foot(rows),
        name=words["inventory_layer"],
        title=heading,
        date=date,
        lang=lang,
        tiles=tiles,
    )


def _rows(table: pd.DataFrame, *, by_cell: bool) -> pd.DataFrame:
    """Return the rows with the columns that the layers know: the group is no choice here."""
    names = ["period"] if table["period"].notna().any() else []
    rows = table[[*names, "until", *_COUNTS, "value", "value_low", "value_high"]].copy()
    if by_cell:
        rows["cell"] = table["cell"].to_numpy(dtype=np.uint64)
    # A cell has no street of its own in this table.
    rows["street_id"] = None if by_cell else table["group"].astype(str)
    return rows.reset_index(drop=True)


def _measures(table: pd.DataFrame, words: Mapping[str, str], *, by_cell: bool) -> Sequence[Measure]:
    """Return the ways to color the rows, the share first."""
    of = words["inventory_cells" if by_cell else "inventory_streets"]
    counted = [
        f"{rectified:,} / {found:,}" if found else None
        for rectified, found in zip(table["rectified"], table["found"], strict=True)
    ]
    ends = [
        None if pd.isna(low) or pd.isna(high) else f"{100 * low:.0f} – {100 * high:.0f} %"
        for low, high in zip(table["value_low"], table["value_high"], strict=True)
    ]
    lines = [
        Line(words["density_class"], "class"),
        Line(words["inventory_value"], "name", share_texts(table["value"])),
        Line(words["inventory_interval"], "name", pd.Series(ends, dtype=object)),
        Line(words["inventory_counted"], "name", pd.Series(counted, dtype=object)),
        Line(words["inventory_remaining"], "count", table["remaining"]),
        Line(words["inventory_relapsed"], "count", table["relapsed"]),
    ]
    help_ = words["inventory_help"]
    shares = Measure(
        words["inventory_value"],
        _share_classes(table, words),
        lines,
        words["inventory_legend"].format(words["inventory_value"], of),
        help_,
    )
    counts = [
        Measure(
            words[f"inventory_{name}"],
            _count_classes(table, name, words),
            lines,
            words["inventory_legend"].format(words[f"inventory_{name}"], of),
            help_,
        )
        for name in ("remaining", "relapsed", "found")
    ]
    return [shares, *counts]


def _share_classes(table: pd.DataFrame, words: Mapping[str, str]) -> Classes:
    """Return the classes of the share rectified, and one for nothing found."""
    found = share_classes(table["value"], words, _SHARES)
    number = len(found.names)
    return Classes(
        np.where(table["found"].to_numpy() == 0, number, found.codes).astype(np.int64),
        [*found.names, words["inventory_nothing"]],
        [*found.colors, _NOTHING],
    )


def _count_classes(table: pd.DataFrame, name: str, words: Mapping[str, str]) -> Classes:
    """Return the classes of a number of items, none apart from nothing found."""
    found = amount_classes(table[name], words["inventory_zero"])
    if name == "found":
        names = [*found.names[:-1], words["inventory_nothing"]]
        return found._replace(names=names, colors=[*found.colors[:-1], _NOTHING])
    number = len(found.names)
    colors = [*found.colors[:-1], "#cfe3dc", _NOTHING]
    return Classes(
        np.where(table["found"].to_numpy() == 0, number, found.codes).astype(np.int64),
        [*found.names, words["inventory_nothing"]],
        colors,
    )


def _method(rows: pd.DataFrame, words: Mapping[str, str]) -> str:
    """Return the line at the foot that adds up the rows in sight."""
    sums = {name: int(rows[name].sum()) for name in _COUNTS}
    share = share_text(round(sums["rectified"] / sums["found"], 4)) if sums["found"] else "–"
    return words["inventory_method"].format(
        until=f"{rows['until'].max():%Y-%m-%d}",
        share=share,
        **{name: f"{number:,}" for name, number in sums.items()},
    )
