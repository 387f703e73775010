"""The map of silent channels: streets in which a channel fell silent, by channel and period.

It draws the table "silent_channels". First comes the most serious class of a street's
channels, with a list of those that fell silent; a switch shows one channel alone, a slider
the periods. Nothing is computed but how many streets stand in each class. All text and
numbers travel as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.card_texts import count_texts, group_words
from gridgov.maps.cell_layer import Line, Measure, classes_of, in_words, view_notes
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_views import draw_streets
from gridgov.maps.words import words_for
from gridgov.schema.channels import SILENCES
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_silent_channels"]

_COLORS = dict(zip(SILENCES, ("#3f1d6b", "#9a77c4", "#f7f7f2", "#dfd7c3"), strict=True))
_COUNTS = ("incidents", "total_incidents", "earlier_incidents", "earlier_total", "earlier_periods")
_NEEDED = [
    "street_id",
    "channel",
    "period",
    *_COUNTS,
    "expected_incidents",
    "expected_ratio",
    "p_value",
    "q_value",
    "silence",
    "reason",
]


def map_silent_channels(
    silent: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw in which streets a channel fell silent, with a slider over the periods.

    Parameters
    ----------
    silent
        Table of :func:`gridgov.find_silent_channels` by street.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names.
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
        Streets by class: fell silent, fell quiet, not significant, cannot tell; hatched
        where there is no answer. First the most serious class of all channels, whose card
        lists the channels; a switch to all channels together and to each one, with the
        numbers of the table. The foot tells of all streets together.
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
        If there are no rows by street, none of the streets is in `jurisdictions`, or Folium
        does not know `tiles`.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from gridgov.checks import conform
    >>> outlines = [box(116.1, 39.9, 116.2, 40.0)]
    >>> streets = gpd.GeoDataFrame({"street_id": ["01"], "street": ["八角街道"]},
    ...                            geometry=outlines, crs=4326)
    >>> months = pd.to_datetime(["2017-01-01", "2017-02-01"]).tz_localize("Asia/Shanghai")
    >>> rows = pd.DataFrame({"street_id": "01", "channel": "热线", "period": months,
    ...                      "incidents": [4, 0], "total_incidents": [6, 5],
    ...                      "earlier_incidents": [0, 4], "earlier_total": [0, 6],
    ...                      "earlier_periods": [0, 1], "silence": [None, "fell silent"],
    ...                      "reason": ["too few earlier periods", None]})
    >>> page = map_silent_channels(conform(rows, "silent_channels"), streets)
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(silent, "silent_channels", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    whole = silent[silent["street_id"].isna()]
    by_street = silent[silent["street_id"].notna()]
    if by_street.empty:
        raise MapError(
            "A map of silent channels needs rows by street. Found: rows of the whole area only. "
            "Find with by='street_id'."
        )
    rows = _rows(by_street, words, lang)
    told = _whole(whole, words, lang)
    made = silent.attrs.get("silent_channels") or {}
    last = words["silent_channels_method"].format(history=made["history"]) if made else None

    def foot(inside: pd.DataFrame, _: int) -> list[str]:
        period, group = inside["period"].iloc[0], inside["group"].iloc[0]
        alone = told.get((period, group), words["silent_whole_none"])
        lines = [
            *notes,
            *view_notes(inside[["period"]], lang),
            words["silent_whole"].format(alone),
        ]
        return [*lines, last] if last else lines

    return draw_streets(
        rows,
        jurisdictions,
        measures=[
            Measure(
                words["silent_channels_layer"],
                classes_of(rows["silence"], _COLORS, "silence", lang),
                _lines(rows, words, lang),
                words["silent_channels_legend"],
                words["silent_any_help"],
            )
        ],
        foot=foot,
        name=words["silent_channels_layer"],
        title=str(title) if title is not None else words["silent_channels_title"],
        date=date,
        lang=lang,
        tiles=tiles,
        headings={"group": words["channel_choice"]},
    )


def _rows(by_street: pd.DataFrame, words: dict[str, str], lang: Language) -> pd.DataFrame:
    """Return the rows of all channels at once, of all together and of each."""
    one = by_street[by_street["channel"].notna()]
    one = one.assign(group=group_words(one["channel"], lang))
    together = by_street[by_street["channel"].isna()].assign(group=words["channel_all"])
    key = ["street_id", "period"]
    keys = one[key].drop_duplicates()
    order = {name: code for code, name in enumerate(SILENCES)}
    code = one["silence"].astype(object).map(order).astype("float64")
    worst = code.groupby([one[name] for name in key], sort=False).min()
    found = worst.reindex(pd.MultiIndex.from_frame(keys)).to_numpy(dtype=np.float64)
    terms = np.array([*SILENCES, None], dtype=object)
    any_ = keys.assign(
        group=words["channel_any"],
        silence=terms[np.where(np.isnan(found), len(SILENCES), found).astype(np.int64)],
    )
    for place, name in enumerate(("silent_list", "quiet_list")):
        here = one[(code == place).to_numpy()]
        between = "、" if lang == "zh" else ", "
        lists = here.groupby(key, sort=False)["group"].agg(between.join)
        texts = lists.reindex(pd.MultiIndex.from_frame(keys)).astype(object)
        any_[name] = texts.where(texts.notna(), None).to_numpy()
    parts = [part.assign(silence=part["silence"].astype(object)) for part in (together, one)]
    return pd.concat([any_, *(part for part in parts if len(part))], ignore_index=True)


def _lines(rows: pd.DataFrame, words: dict[str, str], lang: Language) -> list[Line]:
    """Return what the card at the pointer says; lines without a value are left out."""
    counts = {name: count_texts(rows[name]) for name in _COUNTS}
    return [
        Line(words["silence_class"], "class"),
        Line(words["silent_list"], "name", rows["silent_list"]),
        Line(words["quiet_list"], "name", rows["quiet_list"]),
        Line(words["incidents"], "name", counts["incidents"]),
        Line(words["expected_incidents"], "digits", rows["expected_incidents"]),
        Line(words["expected_ratio"], "digits", rows["expected_ratio"]),
        Line(words["total_incidents"], "name", counts["total_incidents"]),
        Line(words["earlier_incidents"], "name", counts["earlier_incidents"]),
        Line(words["earlier_total"], "name", counts["earlier_total"]),
        Line(words["earlier_periods"], "name", counts["earlier_periods"]),
        Line(words["p_value"], "name", _chances(rows["p_value"])),
        Line(words["q_value"], "name", _chances(rows["q_value"])),
        Line(words["reason"], "name", in_words(rows["reason"], "reason", lang)),
    ]


def _chances(values: pd.Series) -> pd.Series:
    """Return probabilities as text, missing where they are."""
    known = values.dropna()
    texts = ["< 0.001" if value < 0.001 else f"{value:.3f}" for value in known.tolist()]
    return pd.Series(texts, index=known.index, dtype=object).reindex(values.index)


def _whole(
    whole: pd.DataFrame, words: dict[str, str], lang: Language
) -> dict[tuple[Any, str], str]:
    """Return what happened in all streets together, by period and what the map shows."""
    named = whole.assign(group=group_words(whole["channel"], lang))
    named["told"] = (
        named["silence"]
        .astype(object)
        .map({term: label("silence", term, lang) for term in SILENCES})
    )
    told = {
        (period, group): text if isinstance(text, str) else words["no_answer"]
        for period, group, text in zip(named["period"], named["group"], named["told"], strict=True)
    }
    fell = named[named["silence"].isin(SILENCES[:2])]
    colon = "：" if lang == "zh" else ": "
    for period, rows in fell.groupby("period", sort=False):
        texts = (rows["group"] + colon + rows["told"]).tolist()
        for group in (words["channel_any"], words["channel_all"]):
            told[(period, group)] = ("；" if lang == "zh" else "; ").join(texts)
    return told
