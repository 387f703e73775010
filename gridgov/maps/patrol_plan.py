"""The map of a patrol plan: numbered stops and the walk that joins them, one street a sheet.

It draws the table "patrol_plan" and computes nothing but sums over the stops of a walk.
First come all walks of a day; the choice of one goes to its street and lists its stops in
the legend, so that a print on A4 is what a patrol takes along. All text and numbers travel
as data and are shown as text (see ``safe_text``).
"""

from __future__ import annotations

from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.geo.hexgrid import cells_to_text, text_to_cells
from gridgov.maps.cell_layer import Classes, Line, Measure
from gridgov.maps.map_notes import map_notes
from gridgov.maps.plan_stops import PlanShapes, clock, plan_shapes
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_views import draw_views, views_part
from gridgov.maps.streets import check_degrees, pack_streets
from gridgov.maps.words import words_for

__all__ = ["map_patrol_plan"]

Integers = NDArray[np.int64]

# Dark enough for white numbers, told apart by people with any color blindness.
_PALETTE = ("#1f4e8c", "#b3400e", "#00694d", "#8a3b6e", "#5b5b5b")
_START = "#ffffff"
_NUMBERS = {
    "walk_m": "digits",
    "walk_min": "digits",
    "stay_min": "digits",
    "expected_in_stay": "digits",
    "gap_days": "digits",
    "priority": "digits",
    "gain_per_min": "digits",
    "back_min": "digits",
}
_NEEDED = [
    "street_id",
    "day",
    "shift",
    "patrol",
    "stop",
    "cell",
    "expected_incidents",
    *_NUMBERS,
    "arrives_min",
    "leaves_min",
    "arrives_at",
    "geometry",
]


def map_patrol_plan(
    plan: gpd.GeoDataFrame,
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
    """Draw the walks of a patrol plan, all of a day or one with the list of its stops.

    Parameters
    ----------
    plan
        Table of :func:`gridgov.plan_patrols`, EPSG:4326. Several walks get a switch, several
        days a slider, the first one first. Give the rows of one street and day for a map
        that opens with its sheet.
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
        Stops with their numbers, in the color of the patrol, joined in walking order from
        the start to the end of the walk. A chosen walk fills the map, and its stops are
        listed with times and cells in the legend: printed, one page. Pointing at a stop
        shows times, walk, stay and what is expected there; the foot adds up the walk.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no stops.
    DatumError
        If a table is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

    Notes
    -----
    Lines are straight from stop to stop, also where the plan walked along a network.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> cells = [0x8931AA51A4BFFFF, 0x8931AA51A4FFFFF, 0x8931AA51A5BFFFF]
    >>> grid = pd.DataFrame({"cell": pd.array(cells, "uint64"), "street_id": "01"})
    >>> plan = gg.plan_patrols(grid.assign(incidents=[30, 60, 0]), grid, score_days=30)
    >>> page = map_patrol_plan(plan, lang="zh", title="八角街道")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(plan, "patrol_plan", columns=_NEEDED)
    check_degrees(plan, "patrol_plan")
    words = words_for(lang)
    notes = map_notes(source=source, author=author, approval=approval, lang=lang)
    key = ["street_id", "day", "shift", "patrol", "stop"]
    table = plan.sort_values(key, ignore_index=True, kind="stable")
    table.attrs = plan.attrs
    shapes = plan_shapes(table)
    names = pack_streets(jurisdictions).names
    walks = shapes.walks.assign(
        group=[
            words["walk_label"].format(street=names.get(street, street), shift=shift, patrol=patrol)
            for street, shift, patrol in zip(
                *(shapes.walks[name] for name in ("street_id", "shift", "patrol")), strict=True
            )
        ],
        period=pd.Timestamp("2000-01-01") + pd.to_timedelta(shapes.walks["day"], unit="D"),
    )
    stops = _stops(table, shapes, names, words)
    rows = _rows(walks, stops["walk"].to_numpy(np.int64), words)
    lines = _rows(walks, np.arange(len(walks)), words)
    classes, looks = _classes(stops, rows["shape"].to_numpy(np.int64), words)
    patrol = walks["patrol"].to_numpy(np.int64)[lines["shape"].to_numpy(np.int64)]

    def foot(inside: pd.DataFrame, _: int) -> list[str]:
        chosen = walks.iloc[sorted(set(inside["walk"].tolist()))]
        here = stops.iloc[inside["shape"].to_numpy(np.int64)]
        empty = [words["patrol_plan_empty"].format(shapes.empty)] if shapes.empty else []
        return [*notes, _sums(chosen, here, words), *empty]

    common: dict[str, Any] = {
        "lang": lang,
        "comparable": False,
        "headings": {"group": words["walk_choice"]},
        "period_labels": _days(table, words),
        "first": (0, 0),
        "foot": foot,
    }
    points = views_part(
        gpd.GeoDataFrame(geometry=list(stops["geometry"]), crs=4326),
        rows,
        measures=[
            Measure(
                words["patrol_plan_layer"],
                classes,
                _lines(stops.iloc[rows["shape"].to_numpy(np.int64)].reset_index(drop=True), words),
                words["patrol_plan_legend"],
                words["patrol_plan_help"],
            )
        ],
        name=words["patrol_plan_layer"],
        kind="points",
        titles=stops["title"],
        subtitles=stops["subtitle"],
        numbers=stops["number"],
        looks=looks,
        also=lambda inside: _list(inside, stops, words),
        outline=jurisdictions is not None,
        zoom=True,
        **common,
    )
    paths = views_part(
        shapes.lines,
        lines,
        measures=[
            Measure(
                words["patrol_plan_walks"],
                Classes(
                    np.minimum(patrol, len(_PALETTE)) - 1,
                    [words["patrol_number"].format(one + 1) for one in range(len(_PALETTE))],
                    list(_PALETTE),
                ),
                [],
                words["patrol_plan_walks"],
            )
        ],
        name=words["patrol_plan_walks"],
        kind="tracks",
        titles=walks["group"],
        follows=1,
        **common,
    )
    return draw_views(
        [paths, points],
        jurisdictions,
        title=str(title) if title is not None else words["patrol_plan_title"],
        date=date,
        lang=lang,
        tiles=tiles,
    )


def _stops(
    table: gpd.GeoDataFrame, shapes: PlanShapes, names: dict[str, str], words: dict[str, str]
) -> pd.DataFrame:
    """Return a row for every stop, and behind them one for every start that is known."""
    cells = table["cell"]
    ids = text_to_cells(cells) if cells.dtype.kind not in "ui" else cells.to_numpy(np.uint64)
    text = pd.Series(cells_to_text(ids), dtype=object)
    street = table["street_id"].map(lambda one: names.get(one, one))
    stops = table.assign(
        walk=shapes.walk,
        number=table["stop"].astype(str).astype(object),
        title=[words["stop_title"].format(stop) for stop in table["stop"].tolist()],
        subtitle=[
            f"{one} · {words['cell']} {cell}" for one, cell in zip(street, text, strict=True)
        ],
        time=[
            f"{begin}–{end}"
            for begin, end in zip(
                clock(table["shift"], table["arrives_min"]),
                clock(table["shift"], table["leaves_min"]),
                strict=True,
            )
        ],
        cell_text=text,
        start=False,
        start_id=None,
    )
    there = np.flatnonzero([point is not None for point in shapes.starts])
    if not len(there):
        return pd.DataFrame(stops)
    chosen = shapes.walks.iloc[there]
    starts = pd.DataFrame(
        {
            "walk": there,
            "patrol": chosen["patrol"].to_numpy(),
            "geometry": shapes.starts[there],
            "title": words["stop_start"],
            "subtitle": [names.get(one, one) for one in chosen["street_id"]],
            "start": True,
            "start_id": chosen["start_id"].astype(object).to_numpy(),
        }
    )
    return pd.concat([pd.DataFrame(stops), starts], ignore_index=True)


def _rows(walks: pd.DataFrame, walk: Integers, words: dict[str, str]) -> pd.DataFrame:
    """Return every shape in the view of all walks of its day and in that of its own walk."""
    keys = walks[["group", "period"]].iloc[walk].reset_index(drop=True)
    own = keys.assign(shape=np.arange(len(walk)), walk=walk)
    if len(walks) == 1:
        return own
    return pd.concat([own.assign(group=words["walks_all"]), own], ignore_index=True)


def _classes(stops: pd.DataFrame, shape: Integers, words: dict[str, str]) -> tuple[Classes, Looks]:
    """Return the class of every row: its patrol, or a start; and their symbols."""
    most = min(int(stops["patrol"].max()), len(_PALETTE))
    code = np.minimum(stops["patrol"].to_numpy(np.int64), most) - 1
    code = np.where(stops["start"].to_numpy(dtype=bool), most, code)
    names = [words["patrol_number"].format(one + 1) for one in range(most)]
    if stops["patrol"].max() > most:
        names[-1] = words["patrol_others"].format(most)
    symbols = ["circle"] * most + ["square"]
    return (
        Classes(
            code[shape].astype(np.int64),
            [*names, words["stop_start"]],
            [*_PALETTE[:most], _START],
            False,
        ),
        Looks(symbol=symbols),
    )


def _lines(rows: pd.DataFrame, words: dict[str, str]) -> list[Line]:
    """Return what the card at a stop or start says."""
    return [
        Line(words["start_id_heading"], "name", _known(rows["start_id"])),
        Line(words["stop_time"], "name", _known(rows["time"])),
        Line(words["expected_a_day"], "digits", rows["expected_incidents"]),
        *(Line(words[name], "digits", rows[name]) for name in _NUMBERS),
    ]


def _list(inside: pd.DataFrame, stops: pd.DataFrame, words: dict[str, str]) -> list[dict[str, Any]]:
    """Return the list of the stops of one walk, empty rows where there are several."""
    here = stops.iloc[inside["shape"].to_numpy(np.int64)]
    rows = []
    if inside["walk"].nunique() == 1:
        here = here[~here["start"].to_numpy(dtype=bool)]
        texts = (here["number"] + ". " + here["time"] + " " + here["cell_text"]).tolist()
        rows = [{"mark": "bare", "color": "", "text": text, "count": None} for text in texts]
    return [{"heading": words["stops_legend"] if rows else "", "rows": rows, "help": ""}]


def _sums(walks: pd.DataFrame, stops: pd.DataFrame, words: dict[str, str]) -> str:
    """Return the line at the foot that adds up the walks in sight."""
    stops = stops[~stops["start"].to_numpy(dtype=bool)]
    told = {"stops": f"{len(stops):,}"}
    whole = bool(walks["walk_m"].notna().all())
    of = walks if whole else stops
    told |= {
        "walk_km": f"{of['walk_m'].sum() / 1000:,.1f}",
        "walk": f"{of['walk_min'].sum():,.0f}",
        "stay": f"{of['stay_min'].sum():,.0f}",
    }
    if not whole:
        return words["patrol_plan_method"].format(**told)
    return words["patrol_plan_method_whole"].format(
        **told, spare=f"{walks['spare_min'].sum():,.0f}"
    )


def _days(table: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Return what to call the days of the plan, with their dates where it has any."""
    dates = table.groupby("day", sort=True)["arrives_at"].min()
    return [
        words["plan_day"].format(day)
        if pd.isna(date)
        else words["plan_day_date"].format(day, f"{date:%Y-%m-%d}")
        for day, date in dates.items()
    ]


def _known(texts: pd.Series) -> pd.Series:
    """Return texts as objects, None where there is none."""
    return texts.astype(object).where(texts.notna(), None)
