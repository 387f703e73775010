"""A patrol plan as GPX 1.1, for telephones and hand-held receivers.

One route a walk and, when asked for, one waypoint a stop. What goes into the file is the
plan's own: names of streets, times, cells, ways; no column of the caller's. Texts lose control
characters and marks that turn the direction of writing, marks of XML are escaped, and a text
that a spreadsheet could take for a formula gets an apostrophe in front. The same plan gives the
same bytes. Coordinates are WGS-84, as GPX demands.
"""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from gridgov.bulletin.csv_files import inert
from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import ColumnsError, GeometryError, OutputError
from gridgov.geo.hexgrid import cells_to_text
from gridgov.place.areas import check_crs, check_points

__all__ = ["save_gpx"]

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
_KEYS = ["street_id", "day", "shift", "patrol"]
_NEEDED = [*_KEYS, "stop", "cell", "walk_m", "stay_min", "arrives_min", "arrives_at", "geometry"]
# Control characters, halves of characters, marks that turn or hide text, and what XML 1.0
# cannot hold.
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]+"
)
_LONGEST = 200

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Patrol plan",
        "route": "{street}, {day}, {shift}, patrol {patrol}",
        "day": "day {day}",
        "start": "Start",
        "end": "End",
        "stop": "{stop}. {at}, stay {stay:g} min",
        "about": "Cell {cell}; {walk:.0f} m from the place before",
        "after": "{minutes:.0f} min after the start",
    },
    "zh": {
        "title": "巡查计划",
        "route": "{street}，{day}，{shift}，第{patrol}组",
        "day": "第{day}天",
        "start": "起点",
        "end": "终点",
        "stop": "{stop}. {at}，停留{stay:g}分钟",
        "about": "网格 {cell}；距上一处 {walk:.0f} 米",
        "after": "出发后{minutes:.0f}分钟",
    },
}


def save_gpx(
    plan: Any,
    path: str | Path,
    *,
    jurisdictions: Any = None,
    by_street: bool = False,
    waypoints: bool = True,
    lang: Language = "en",
) -> Path:
    """Write a patrol plan as GPX 1.1: one route a walk, one waypoint a stop.

    Parameters
    ----------
    plan
        Table of :func:`gridgov.plan_patrols`, or some of its rows.
    path
        The file to write, or the folder with `by_street`; what is there is replaced.
    jurisdictions
        Table with ``street_id`` and ``street``, for the names of the streets; ids without.
    by_street
        Whether every street gets a file of its own in the folder `path`, named by its id.
    waypoints
        Whether stops are written as waypoints as well; some devices show no others.
    lang
        ``"en"`` or ``"zh"``.

    Returns
    -------
    Path
        The file or the folder.

    Raises
    ------
    ColumnsError
        If a column is missing.
    DatumError
        If the plan is not in EPSG:4326.
    EmptyTableError
        If the plan has no stops.
    GeometryError
        If a stop has no place.
    OptionError
        If `lang` does not exist.
    OutputError
        If a file cannot be written. Nothing half written is left behind.

    Notes
    -----
    A route leads from stop to stop in walking order; the device finds the ways between them.
    Where a walk starts and ends is written when the plan still carries it in its ``attrs``.

    Examples
    --------
    >>> import tempfile
    >>> from gridgov.coverage.patrol_plan.patrol_plan import plan_patrols
    >>> grid = pd.DataFrame({"cell": pd.array([0x8931AA51A4BFFFF], "uint64"), "street_id": "01"})
    >>> plan = plan_patrols(grid.assign(incidents=[30]), grid, score_days=30)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = save_gpx(plan, Path(folder) / "plan.gpx").read_text(encoding="utf-8")
    >>> [line.strip() for line in text.splitlines() if "<name>1." in line]
    ['<name>1. 0 min after the start, stay 12 min</name>', \
'<name>1. 0 min after the start, stay 12 min</name>']
    """
    words = _WORDS[check_language(lang)]
    check_table(plan, "patrol_plan", columns=_NEEDED)
    check_crs(plan, "plan", "gridgov.plan_patrols")
    longitude, latitude = check_points(plan)
    nowhere = np.flatnonzero(np.isnan(longitude))
    if nowhere.size:
        raise GeometryError(
            f"Every stop of a plan must have a place. Found: {nowhere.size} without, the first at "
            f"row {plan.index[nowhere[0]]!r}. gridgov.plan_patrols(...) makes such a table."
        )
    names = _street_names(plan, jurisdictions)
    table = pd.DataFrame(plan).assign(
        longitude=longitude, latitude=latitude, text=cells_to_text(plan["cell"].to_numpy(np.uint64))
    )
    walks = {
        tuple(str(walk[key]) for key in _KEYS): walk
        for walk in (plan.attrs.get("patrol_plan") or {}).get("walks", ())
    }
    target = Path(path)
    if not by_street:
        _write(target, _document(table, names, walks, words, waypoints=waypoints))
        return target
    try:
        target.mkdir(exist_ok=True)
    except OSError as error:
        raise _cannot(target, error) from error
    streets = pd.unique(table["street_id"].astype("str")).tolist()
    for street, name in zip(streets, _file_names(streets), strict=True):
        rows = table[table["street_id"].astype("str") == street]
        _write(target / name, _document(rows, names, walks, words, waypoints=waypoints))
    return target


def _document(
    table: pd.DataFrame,
    names: dict[str, str],
    walks: dict[tuple[str, ...], Any],
    words: dict[str, str],
    *,
    waypoints: bool,
) -> str:
    """Return a GPX document: metadata, waypoints, routes, in the order of its schema."""
    points: list[str] = []
    routes: list[str] = []
    order = table.sort_values([*_KEYS, "stop"], kind="stable")
    for keys, rows in order.groupby(_KEYS, sort=False, dropna=False):
        street, day, shift, patrol = keys
        title = words["route"].format(
            street=names.get(str(street), str(street)),
            day=_date(rows, words["day"].format(day=day)),
            shift=shift,
            patrol=patrol,
        )
        walk = walks.get(tuple(map(str, keys)), {})
        stops = list(_stops(rows, words))
        if waypoints:
            points += [
                _point("wpt", place, name, f"{about}; {title}") for place, name, about in stops
            ]
        places = [_point("rtept", *stop) for stop in stops]
        if walk.get("start"):
            places.insert(0, _point("rtept", walk["start"], words["start"], ""))
        if walk.get("end"):
            places.append(_point("rtept", walk["end"], words["end"], ""))
        routes += ["  <rte>", f"    <name>{_clean(title)}</name>", *places, "  </rte>"]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<gpx version="1.1" creator="gridgov" xmlns="{_NAMESPACE}">',
            f"  <metadata><name>{_clean(words['title'])}</name></metadata>",
            *points,
            *routes,
            "</gpx>\n",
        ]
    )


def _stops(rows: pd.DataFrame, words: dict[str, str]) -> Iterator[tuple[list[float], str, str]]:
    """Yield the place, the name and the description of every stop of a walk."""
    times = rows["arrives_at"]
    for place in range(len(rows)):
        row = {name: rows[name].iloc[place] for name in (*_NEEDED[4:9], "longitude", "latitude")}
        at = times.iloc[place]
        said = (
            words["after"].format(minutes=row["arrives_min"])
            if pd.isna(at)
            else at.strftime("%H:%M")
        )
        yield (
            [float(row["longitude"]), float(row["latitude"])],
            words["stop"].format(stop=row["stop"], at=said, stay=row["stay_min"]),
            words["about"].format(cell=rows["text"].iloc[place], walk=row["walk_m"]),
        )


def _point(kind: str, place: Sequence[float], name: str, about: str) -> str:
    """Return a point with its name and, when there is one, its description."""
    indent = "    " if kind == "rtept" else "  "
    desc = f"<desc>{_clean(about)}</desc>" if about else ""
    return (
        f'{indent}<{kind} lat="{place[1]:.6f}" lon="{place[0]:.6f}">\n'
        f"{indent}  <name>{_clean(name)}</name>\n"
        + (f"{indent}  {desc}\n" if desc else "")
        + f"{indent}</{kind}>"
    )


def _clean(text: str) -> str:
    """Return text that is only text, in XML and in a spreadsheet."""
    plain = " ".join(_UNWANTED.sub(" ", text).split())[:_LONGEST].strip()
    return escape(
        str(inert(pd.Series([plain], dtype="str")).iloc[0]), {'"': "&quot;", "'": "&#39;"}
    )


def _date(rows: pd.DataFrame, otherwise: str) -> str:
    """Return the date on which a walk begins, or other words where it has none."""
    at = rows["arrives_at"].iloc[0]
    if pd.isna(at):
        return otherwise
    begin = at - pd.Timedelta(minutes=float(rows["arrives_min"].iloc[0]))
    return str(begin.round("min").date())


def _street_names(plan: Any, jurisdictions: Any) -> dict[str, str]:
    """Return the name of every street that has one."""
    if jurisdictions is None:
        return {}
    check_table(jurisdictions, "jurisdictions", columns=["street_id", "street"])
    named = jurisdictions[jurisdictions["street"].notna()]
    names = dict(zip(named["street_id"].astype("str"), named["street"].astype("str"), strict=True))
    streets = pd.unique(plan["street_id"].astype("str"))
    if not set(streets) & set(jurisdictions["street_id"].astype("str")):
        raise ColumnsError(
            "jurisdictions must have the streets of the plan. Found: none of "
            f"{len(streets)}, the first is {streets[0]!r}. Pass the table that the grid was made "
            "from."
        )
    return names


def _file_names(streets: Sequence[str]) -> list[str]:
    """Return a file name for every street, of letters and digits alone, no two alike."""
    used: dict[str, int] = {}
    names = []
    for street in streets:
        base = f"patrol-{re.sub(r'[^0-9A-Za-z一-鿿_-]+', '_', street)[:60]}"
        again = used.get(base.casefold(), 0) + 1
        used[base.casefold()] = again
        names.append(f"{base}.gpx" if again == 1 else f"{base}~{again}.gpx")
    return names


def _write(target: Path, document: str) -> None:
    """Write a file beside its place and move it there, so that it is whole or absent."""
    passing = target.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        passing.write_text(document, encoding="utf-8", newline="\n")
        passing.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            passing.unlink(missing_ok=True)
        raise _cannot(target, error) from error


def _cannot(target: Path, error: OSError) -> OutputError:
    """Return the error for a disk that says no."""
    return OutputError(
        f"A plan must be written to {target}, and that failed. Found: {error.strerror or error}. "
        "Name a file in a folder that exists, close it in other programs, or choose another folder."
    )
