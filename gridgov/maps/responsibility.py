"""The map of gaps and overlaps: land without an owner, with several, or cut off.

It draws the table "responsibility": every part hatched by what is wrong with it, with an
edge that stays visible however thin the part is, and in the legend how many parts there are,
their area and their incidents. All text and numbers travel as data and are shown as text
(see ``safe_text``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.coverage_classes import amount_text, amount_texts
from gridgov.maps.layer_groups import layer_groups
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import Looks, draw_shapes, shapes_part
from gridgov.maps.shape_views import draw_views, views_part
from gridgov.maps.streets import pack_streets
from gridgov.maps.words import words_for
from gridgov.taxonomy.coverage_palette import RESPONSIBILITY_COLORS

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["map_responsibility"]

_NEEDED = ["layer", "kind", "part", "street_ids", "width_m", "sliver", "area_m2", "incidents"]
_CLASSES = tuple(RESPONSIBILITY_COLORS)
_HATCHES = ("forward", "", "crossed", "", "backward", "dots")


def map_responsibility(
    parts: gpd.GeoDataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    names: Mapping[str, str] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw the land without an owner, with several or cut off, on a map.

    Parameters
    ----------
    parts
        Table of :func:`gridgov.check_responsibility`. Several layers get a switch. A table
        without rows makes a map that says that nothing was found, if there are
        jurisdictions.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    names
        What ids of other layers than the streets are called, by id.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the outlines and records come from, shown at the foot.
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
        Parts in the color and hatching of their kind, slivers apart, each with an edge of a
        few pixels at any zoom and a dot where it is smaller than that; the legend counts
        parts, square meters and incidents of each kind. Pointing at a part shows its number,
        the jurisdictions concerned, area, width and incidents.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If there is neither a part nor a jurisdiction, or Folium does not know `tiles`.

    Notes
    -----
    Areas of one layer add up to the land concerned, except those of enclaves, which are
    land that has its owner. An incident on the edge of two parts is counted in both.

    Examples
    --------
    Two streets that share a strip of land:

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> from gridgov.coverage.responsibility.responsibility import check_responsibility
    >>> outlines = [box(116.20, 39.90, 116.22, 39.92), box(116.21, 39.90, 116.23, 39.92)]
    >>> streets = gpd.GeoDataFrame({"street_id": list("AB"), "street": list("AB")},
    ...                            geometry=outlines, crs="EPSG:4326")
    >>> page = map_responsibility(check_responsibility(streets), streets, lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(parts, "responsibility", columns=[*_NEEDED, "geometry"], allow_empty=True)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    called = {**pack_streets(jurisdictions).names, **(names or {})}
    rows = pd.DataFrame(parts.drop(columns="geometry")).reset_index(drop=True)
    rows = rows.assign(shape=np.arange(len(rows)), group=layer_groups(rows["layer"], lang))
    classes = _classes(rows, words)
    lines = _lines(rows, called, words)
    looks = Looks(width=[3.0] * len(_CLASSES), hatch=list(_HATCHES), edge=[True] * len(_CLASSES))
    heading = str(title) if title is not None else words["resp_title"]
    foot = _foot(parts, notes, words)
    if not len(rows):
        empty = shapes_part(
            parts,
            classes=classes,
            lines=[],
            name=words["resp_layer"],
            heading=words["resp_parts"],
            lang=lang,
            looks=looks,
        )
        return draw_shapes(
            [empty], jurisdictions, title=heading, date=date, foot=foot, lang=lang, tiles=tiles
        )
    layer = views_part(
        parts,
        rows,
        measures=[
            Measure(words["resp_layer"], classes, lines, words["resp_parts"], words["resp_help"])
        ],
        foot=lambda _inside, _way: foot,
        name=words["resp_layer"],
        lang=lang,
        subtitles=_subtitles(rows, words),
        looks=looks,
        headings={"group": words["layer_choice"]},
        also=lambda inside: _sums(inside, classes, words),
        outline=jurisdictions is not None,
        rest=False,
        above=True,
    )
    return draw_views([layer], jurisdictions, title=heading, date=date, lang=lang, tiles=tiles)


def _classes(rows: pd.DataFrame, words: dict[str, str]) -> Classes:
    """Return what is wrong with every part, slivers of gaps and overlaps apart."""
    kinds = rows["kind"].astype(object)
    thin = rows["sliver"].to_numpy(dtype=bool) & kinds.isin(["gap", "overlap"]).to_numpy()
    terms = kinds.where(~thin, kinds.astype(str) + "_sliver")
    places = {term: place for place, term in enumerate(_CLASSES)}
    codes = terms.map(places).fillna(len(_CLASSES)).to_numpy(dtype=np.int64)
    names = [words[f"resp_{term}"] for term in _CLASSES]
    return Classes(codes, names, list(RESPONSIBILITY_COLORS.values()))


def _lines(rows: pd.DataFrame, called: dict[str, str], words: dict[str, str]) -> list[Line]:
    """Return what the card says of a part."""
    concerned = rows["street_ids"].map(lambda ids: _names(ids, called), na_action="ignore")
    kinds = rows["kind"].astype(object)
    owners = kinds.eq("overlap")
    apart = kinds.isin(["enclave", "outside"])
    # Of an enclave its own jurisdiction is named first, then those around it.
    own = rows["street_ids"].map(lambda ids: _names(_split(ids)[0], called), na_action="ignore")
    others = rows["street_ids"].map(
        lambda ids: _names(" + ".join(_split(ids)[1:]), called) or None, na_action="ignore"
    )
    return [
        Line(words["resp_owners"], "name", concerned.where(owners)),
        Line(words["resp_of"], "name", own.where(apart)),
        Line(words["resp_borders"], "name", others.where(apart, concerned.where(~owners))),
        Line(words["area_m2"], "name", amount_texts(rows["area_m2"])),
        Line(words["width_m"], "name", amount_texts(rows["width_m"])),
        Line(words["incidents"], "name", amount_texts(rows["incidents"])),
    ]


def _names(ids: Any, called: dict[str, str]) -> str:
    """Return the names of the jurisdictions of a part, ids where there is none."""
    # An id can itself hold the sign that joins them.
    whole = str(ids)
    return called.get(whole) or " + ".join(called.get(one, one) for one in _split(whole))


def _split(ids: Any) -> list[str]:
    """Return the ids of a part."""
    return str(ids).split(" + ")


def _subtitles(rows: pd.DataFrame, words: dict[str, str]) -> pd.Series:
    """Return the number of every part, after its layer where there are several."""
    numbers = rows["part"].map(lambda part: words["resp_part"].format(part)).astype(object)
    if rows["group"].isna().all():
        return numbers
    return rows["group"].astype(object) + " · " + numbers


def _sums(inside: pd.DataFrame, classes: Classes, words: dict[str, str]) -> list[dict[str, Any]]:
    """Return the sections of the legend with square meters and incidents of every class."""
    codes = classes.codes[inside["shape"].to_numpy()]
    sections = []
    for column, heading in (("area_m2", "resp_areas"), ("incidents", "resp_incidents")):
        if inside[column].isna().all():
            continue
        amounts = inside[column].to_numpy(dtype=np.float64, na_value=0.0)
        sums = np.bincount(codes, weights=amounts, minlength=len(_CLASSES))
        rows = [
            {
                "mark": "fill",
                "color": classes.colors[place],
                "hatch": _HATCHES[place],
                "text": classes.names[place],
                "count": round(float(sums[place])),
            }
            for place in np.unique(codes).tolist()
            if place < len(_CLASSES)
        ]
        sections.append({"heading": words[heading], "rows": rows, "help": ""})
    return sections


def _foot(parts: pd.DataFrame, notes: list[str], words: dict[str, str]) -> list[str]:
    """Return the lines at the foot, the same for every layer."""
    lines = list(notes)
    if parts["layer"].nunique(dropna=False) == 1 and parts["layer"].notna().all():
        lines.append(words["resp_one_layer"].format(parts["layer"].iloc[0]))
    if not len(parts):
        lines.append(words["resp_none"])
    left_out = (parts.attrs.get("left_out") or {}).values()
    number = sum(kind["parts"] for kind in left_out)
    if number:
        area = amount_text(sum(kind["area_m2"] for kind in left_out))
        lines.append(words["resp_left_out"].format(parts=f"{number:,}", area=area))
    return [*lines, words["resp_method"]]
