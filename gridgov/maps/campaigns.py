"""The map of a campaign: what was treated, what it is compared with, and what changed in each.

It draws the table "campaign_cells" and computes nothing but how many cells and incidents
stand in each class; the two parts of a cell that an outline cuts are put together, because a
cell is drawn once. Several campaigns in one table get a switch. All text and numbers travel
as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import GeometryError
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, classes_of, draw_cells
from gridgov.maps.coverage_classes import amount_text
from gridgov.maps.map_notes import map_notes
from gridgov.maps.shape_layer import Looks, ShapeLayer, shapes_part
from gridgov.maps.streets import check_degrees
from gridgov.maps.words import words_for
from gridgov.taxonomy.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["map_campaign"]

_ROLES = {
    "treated": "#b8471b",
    "buffer": "#f0c07a",
    "control": "#276f91",
    "buffer_control": "#a3cfcf",
    "other": "#f2f2ef",
}
_NEEDED = [
    "campaign",
    "cell",
    "role",
    "street_id",
    "incidents_before",
    "incidents_after",
    "rate_before",
    "rate_after",
]
# Per 30 days; and shares of the rate before.
_STEPS = (-3.0, -1.0, -0.25, 0.25, 1.0, 3.0)
_SHARES = (-0.75, -0.5, -0.2, 0.2, 0.5, 1.0)
# Less is blue, more is brown, told apart without red and green.
_FALL_TO_RISE = ("#164a6e", "#4392ab", "#a3cfcf", "#f5f3ec", "#f0c07a", "#e1903d", "#93392b")
_NEW, _NONE = "#6b2a55", "#e4e4df"


def map_campaign(
    cells: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    treated: Any = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw the cells of a campaign by their role and by what changed in them.

    Parameters
    ----------
    cells
        Table of :func:`gridgov.campaign_cells`, or several of them in one, which the reader
        then chooses between. Pass some of the rows, such as treated and buffer, and the map
        opens on these.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets go by
        their ids and no outline is drawn.
    treated
        Outline to draw around what was treated: a shapely Polygon or MultiPolygon, or a
        GeoSeries or GeoDataFrame of such, EPSG:4326, as :func:`gridgov.read_campaigns`
        returns. None draws none.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What times the map compares, shown beside the heading.
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
        Cells by role; a switch goes to the change of incidents per 30 days and to the change
        over the rate before, in fixed classes by which any two of these maps compare. At the
        pointer the incidents and rates of both times and, where an outline cuts the cell,
        those of the treated part. The foot adds up the incidents of each role.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` or `treated` is not in EPSG:4326.
    GeometryError
        If `treated` holds no area.
    MapError
        If Folium does not know `tiles`.

    Notes
    -----
    Counts of a cell are small and the colors of single cells are mostly chance; the verdict
    of :func:`gridgov.evaluate_campaign` adds them up.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> rows = pd.DataFrame({"campaign": "家具街整治", "cell": [0x8931AA50B7BFFFF,
    ...     0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "role": ["treated", "buffer", "control"],
    ...     "incidents_before": [20, 1, 9], "incidents_after": [4, 2, 10], "area_km2": 0.1,
    ...     "rate_before": [2.0, 0.1, 0.9], "rate_after": [0.4, 0.2, 1.0]})
    >>> page = map_campaign(conform(rows, "campaign_cells"), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(cells, "campaign_cells", columns=_NEEDED)
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    table = _whole_cells(cells, words)
    lines = _lines(table, words)
    roles = classes_of(table["role"], _ROLES, "campaign_role", lang, all_listed=False)
    counts = ["incidents_before", "incidents_after"]
    sums = cells.groupby(["campaign", "role"], sort=False)[counts].sum()
    return draw_cells(
        table,
        jurisdictions,
        classes=roles._replace(names=[name[:1].upper() + name[1:] for name in roles.names]),
        lines=lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["campaign_title"],
            date=date,
            legend=words["campaign_legend"],
            help=words["campaign_role_help"],
            foot=lambda rows: [*notes, *_foot(rows, sums, words, lang)],
            layer=words["campaign_layer"],
        ),
        lang=lang,
        tiles=tiles,
        measures=[
            Measure(
                words["campaign_change"],
                _change_classes(table, words),
                lines,
                words["campaign_change_legend"],
                words["campaign_change_help"],
            ),
            Measure(
                words["campaign_share"],
                _share_classes(table, words),
                lines,
                words["campaign_share_legend"],
                words["campaign_change_help"],
            ),
        ],
        over=[] if treated is None else [_outline(treated, words, lang)],
        headings={"group": words["campaign_choice"]},
    )


def _whole_cells(cells: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a campaign and cell: parts together, in the role that stands first."""
    numbers = ["incidents_before", "incidents_after", "rate_before", "rate_after"]
    order = cells["role"].map({role: place for place, role in enumerate(_ROLES)})
    rows = cells.assign(order=order.fillna(len(_ROLES)), at=np.arange(len(cells)))
    rows = rows.sort_values(["order", "at"], kind="stable")
    keys = ["campaign", "cell"]
    # The first of a cell is its treated part; sums take in what is left of it.
    first = rows.drop_duplicates(keys).set_index(keys)
    sums = rows.groupby(keys, sort=False)[numbers].sum()
    cut = rows.groupby(keys, sort=False)["role"].size() > 1
    parts = [
        words["campaign_arrow"].format(f"{before:,}", f"{after:,}")
        for before, after in zip(
            first["incidents_before"].tolist(), first["incidents_after"].tolist(), strict=True
        )
    ]
    told = pd.Series(parts, index=first.index, dtype=object)
    told = told.where(cut.reindex(first.index), None)
    whole = first[["role", "street_id"]].join(sums).assign(part=told).reset_index()
    # Campaigns stand in the order of the caller, not of their roles.
    place = {name: at for at, name in enumerate(cells["campaign"].drop_duplicates())}
    whole = whole.assign(at=whole["campaign"].map(place)).sort_values("at", kind="stable")
    whole = whole.rename(columns={"campaign": "group"}).reset_index(drop=True)
    whole["cell"] = whole["cell"].astype("uint64")
    return whole if len(place) > 1 else whole.drop(columns="group")


def _lines(table: pd.DataFrame, words: Mapping[str, str]) -> list[Line]:
    """Return what the card at the pointer says."""
    rates = [
        words["campaign_arrow"].format(amount_text(before), amount_text(after))
        for before, after in zip(table["rate_before"], table["rate_after"], strict=True)
    ]
    share = _shares(table)
    told = [
        None if np.isnan(one) else f"{100 * one:+.0f} %".replace("-", "−") for one in share.tolist()
    ]
    return [
        Line(words["density_class"], "class"),
        Line(words["campaign_before"], "count", table["incidents_before"]),
        Line(words["campaign_after"], "count", table["incidents_after"]),
        Line(words["campaign_part"], "name", table["part"]),
        Line(words["campaign_rates"], "name", pd.Series(rates, dtype=object)),
        Line(words["campaign_share"], "name", pd.Series(told, dtype=object)),
    ]


def _shares(table: pd.DataFrame) -> Any:
    """Return change over the rate before, NaN from 0."""
    before, after = (table[name].to_numpy(np.float64) for name in ("rate_before", "rate_after"))
    return np.divide(after - before, before, out=np.full(len(table), np.nan), where=before > 0)


def _change_classes(table: pd.DataFrame, words: Mapping[str, str]) -> Classes:
    """Return the classes of the change per 30 days."""
    change = (table["rate_after"] - table["rate_before"]).to_numpy(np.float64)
    codes = np.searchsorted(_STEPS, change, side="right")
    none = ((table["incidents_before"] == 0) & (table["incidents_after"] == 0)).to_numpy()
    codes = np.where(none, len(_FALL_TO_RISE), codes)
    names = [*_ranges([_signed(step) for step in _STEPS]), words["campaign_none"]]
    return Classes(codes.astype(np.int64), names, [*_FALL_TO_RISE, _NONE])


def _share_classes(table: pd.DataFrame, words: Mapping[str, str]) -> Classes:
    """Return the classes of the change over the rate before, those from 0 apart."""
    share = _shares(table)
    codes = np.searchsorted(_SHARES, share, side="right")
    some = (table["incidents_after"] > 0).to_numpy()
    last = len(_FALL_TO_RISE)
    codes = np.where(np.isnan(share), np.where(some, last, last + 1), codes)
    names = _ranges([_signed(100 * step) + " %" for step in _SHARES])
    return Classes(
        codes.astype(np.int64),
        [*names, words["campaign_new"], words["campaign_none"]],
        [*_FALL_TO_RISE, _NEW, _NONE],
    )


def _signed(number: float) -> str:
    """Return a number with its sign."""
    return f"{number:+.4g}".replace("-", "−")


def _ranges(texts: list[str]) -> list[str]:
    """Return the range of every class between bounds."""
    between = [f"{low} … {high}" for low, high in pairwise(texts)]
    return [f"< {texts[0]}", *between, f"≥ {texts[-1]}"]


def _foot(
    rows: pd.DataFrame, sums: pd.DataFrame, words: Mapping[str, str], lang: Language
) -> list[str]:
    """Return the lines that add up treated and buffer of the campaign in sight.

    Matched controls were chosen by their counts before, which therefore say nothing alone.
    """
    name = rows["group"].iloc[0] if "group" in rows.columns else sums.index[0][0]
    there = sums.loc[name]
    told = [
        words["campaign_told"].format(
            role=label("campaign_role", role, lang),
            before=f"{int(there.at[role, 'incidents_before']):,}",
            after=f"{int(there.at[role, 'incidents_after']):,}",
        )
        for role in ("treated", "buffer")
        if role in there.index
    ]
    line = words["campaign_foot"].format(
        name=str(name), told=("，" if lang == "zh" else ", ").join(told)
    )
    return [*([line] if told else []), words["campaign_foot_help"]]


def _outline(treated: Any, words: Mapping[str, str], lang: Language) -> ShapeLayer:
    """Return the outline of what was treated as a layer of lines.

    Raises
    ------
    DatumError
        If it is not in EPSG:4326.
    GeometryError
        If there is no area.
    """
    if isinstance(treated, gpd.GeoDataFrame | gpd.GeoSeries):
        check_degrees(gpd.GeoDataFrame(geometry=treated.geometry), "treated")
        shapes = np.asarray(treated.geometry, dtype=object)
    else:
        shapes = np.asarray(treated, dtype=object).reshape(-1)
    areas = np.array(
        [isinstance(one, shapely.Polygon | shapely.MultiPolygon) for one in shapes], dtype=bool
    )
    shapes = shapes[areas]
    shapes = shapes[~shapely.is_empty(shapes)]
    if not len(shapes):
        raise GeometryError(
            "treated must be the outline of an area: a Polygon, MultiPolygon, or a GeoDataFrame "
            f"of such. Found: none of {len(areas):,}. Cells that were treated show as such "
            "without it."
        )
    lines = gpd.GeoDataFrame(geometry=shapely.boundary(shapes), crs=4326)
    return shapes_part(
        lines,
        classes=Classes(
            np.zeros(len(lines), dtype=np.int64), [words["campaign_outline"]], ["#1f2430"]
        ),
        lines=[],
        name=words["campaign_outline"],
        heading="",
        lang=lang,
        kind="lines",
        looks=Looks(width=[2.0], dash=[True]),
    )
