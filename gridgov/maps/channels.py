"""The map of channels: which one a place is reported through, and how much it rests on it.

It draws the table "channel_mix", by cell or by street, and computes nothing but how many
places stand in each class. A switch goes from the main channel to its share, to the
variety of channels and to dependence on one. All text and numbers travel as data and are
shown as text (see ``safe_text``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.card_texts import group_words
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells, view_notes
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.sequence import class_codes, class_colors

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_channels"]

Integers = NDArray[np.int64]

# Okabe & Ito, Color Universal Design (2008), as on the map of incidents.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
_OTHERS, _NONE, _SEVERAL = "#767d83", "#ffffff", "#e9ecea"

# Fixed, so that two maps compare.
_SHARES = (0.5, 0.7, 0.8, 0.9)
_ENTROPIES = (0.2, 0.4, 0.6, 0.8)
_NEEDED = [
    "cell",
    "street_id",
    "period",
    "incidents",
    "channel_incidents",
    "channels",
    "entropy_bits",
    "entropy_share",
    "main_channel",
    "main_share",
    "main_share_low",
    "depends_on_one",
]


def map_channels(
    channel_mix: pd.DataFrame,
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
    """Draw which channels every cell or street is reported through, with a switch.

    Parameters
    ----------
    channel_mix
        Table of :func:`gridgov.measure_channels` by ``"cell"`` or by ``"street_id"``.
        Several periods get a slider that plays, the last one first.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. A table by street
        needs it.
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
        Places by main channel, the seven most frequent in colors of their own; a switch to
        its share, to the entropy of the mix and to dependence on one channel. White: no
        incident with a channel. Pointing at a place shows the numbers of the table.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If the table is of the whole area only, a table by street comes without
        `jurisdictions` or with none of its streets, or Folium does not know `tiles`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "UInt64"),
    ...                       "incidents": [9, 0], "channel_incidents": [8, 0],
    ...                       "channels": [2, 0], "main_channel": ["热线", None],
    ...                       "main_share": [0.75, None], "depends_on_one": False})
    >>> page = map_channels(conform(cells, "channel_mix"), title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(channel_mix, "channel_mix", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    by_cell = bool(channel_mix["cell"].notna().any())
    table = channel_mix[channel_mix["cell" if by_cell else "street_id"].notna()]
    if table.empty:
        raise MapError(
            "A map of channels needs rows by cell or by street. Found: rows of the whole area "
            "only. Measure with by='cell' or by='street_id'."
        )
    if not by_cell and jurisdictions is None:
        raise MapError(
            "A map of streets needs their outlines. Found: channel_mix by street and no "
            "jurisdictions. Pass jurisdictions."
        )
    # Only what varies is chosen: rows without a period are one view.
    ways = _measures(table, words["unit_cells" if by_cell else "unit_streets"], words, lang)
    heading = str(title) if title is not None else words["channels_title"]
    if by_cell:
        return draw_cells(
            table,
            jurisdictions,
            classes=ways[0].classes,
            lines=ways[0].lines,
            sheet=Sheet(
                title=heading,
                date=date,
                legend=ways[0].legend,
                help=ways[0].help,
                foot=lambda rows: [*notes, *view_notes(rows, lang), _method(rows, words)],
                layer=ways[0].name,
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
        foot=lambda rows, _: [*notes, *view_notes(rows, lang), _method(rows, words)],
        name=ways[0].name,
        title=heading,
        date=date,
        lang=lang,
        tiles=tiles,
    )


def _measures(
    table: pd.DataFrame, unit: str, words: dict[str, str], lang: Language
) -> list[Measure]:
    """Return the four ways to color the rows."""
    main, names, colors = _channels(table, words, lang)
    answer = {True: words["yes"], False: words["no"]}
    lines = [
        Line(words["density_class"], "class"),
        Line(words["incidents"], "count", table["incidents"]),
        Line(words["channel_incidents"], "count", table["channel_incidents"]),
        Line(words["channels"], "count", table["channels"]),
        Line(words["main_channel"], "name", group_words(table["main_channel"], lang)),
        Line(words["main_share"], "percent", table["main_share"]),
        Line(words["main_share_low"], "percent", table["main_share_low"]),
        Line(words["entropy_bits"], "digits", table["entropy_bits"]),
        Line(words["entropy_share"], "digits", table["entropy_share"]),
        Line(words["depends_on_one"], "name", table["depends_on_one"].map(answer)),
    ]
    none = words["channel_none"]
    known = len(names)
    depends = table["depends_on_one"].to_numpy(dtype=bool)
    dependent = np.where(main == known, known + 1, np.where(depends, main, known))
    made = table.attrs.get("channels") or {}
    help_depends = words["channel_depends_help"].format(
        share=f"{100 * made.get('dependence', 0.8):.4g} %", least=made.get("least_incidents", 10)
    )
    classes = {
        "main": Classes(main, [*names, none], [*colors, _NONE], False),
        "share": _shares(table["main_share"], _SHARES, none),
        "entropy": _shares(table["entropy_share"], _ENTROPIES, none),
        "depends": Classes(
            dependent,
            [*(words["depends_yes"].format(name) for name in names), words["depends_no"], none],
            [*colors, _SEVERAL, _NONE],
            False,
        ),
    }
    helps = {
        "main": words["channel_one_help"],
        "share": words["channel_one_help"],
        "entropy": words["channel_entropy_help"],
        "depends": help_depends if made else "",
    }
    return [
        Measure(
            words[f"channel_{name}_layer"],
            found,
            lines,
            words[f"channel_{name}_legend"].format(unit),
            helps[name],
        )
        for name, found in classes.items()
    ]


def _channels(
    table: pd.DataFrame, words: dict[str, str], lang: Language
) -> tuple[Integers, list[str], list[str]]:
    """Return the main channel of every row as a class, and the words and colors of these.

    The most frequent come first; the class after the last is that of no channel.
    """
    weight = table.groupby("main_channel", sort=True)["channel_incidents"].sum()
    ranked = weight.sort_values(ascending=False, kind="stable").index
    place = ranked.get_indexer(table["main_channel"].astype(object))
    own = min(len(ranked), len(_PALETTE))
    names = group_words(pd.Series(ranked[:own], dtype=object), lang).tolist()
    colors = list(_PALETTE[:own])
    if len(ranked) > own:
        names.append(words["channel_others"].format(len(ranked) - own))
        colors.append(_OTHERS)
    codes = np.where(place < 0, len(names), np.minimum(place, len(names) - 1))
    return codes.astype(np.int64), names, colors


def _shares(values: pd.Series, bounds: tuple[float, ...], none: str) -> Classes:
    """Return classes of a share, the largest first, and of no incident."""
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    last = len(bounds)
    found = np.where(np.isnan(numbers), last + 1, last - class_codes(numbers, bounds))
    texts = [f"{100 * bound:.4g} %" for bound in bounds]
    between = [f"{low} – {high}" for low, high in pairwise(texts)]
    names = [f"≥ {texts[-1]}", *between[::-1], f"< {texts[0]}", none]
    colors = [*class_colors(last + 1)[::-1], _NONE]
    return Classes(found.astype(np.int64), names, colors)


def _method(rows: pd.DataFrame, words: dict[str, str]) -> str:
    """Return the line at the foot that says what is counted."""
    return words["channels_method"].format(
        incidents=f"{int(rows['incidents'].sum()):,}",
        known=f"{int(rows['channel_incidents'].sum()):,}",
    )
