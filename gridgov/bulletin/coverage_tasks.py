"""What a street can do: the places behind the numbers, the most urgent first.

One row a place: a gap or an overlap, a cell that nobody visited, incidents that no post
reaches, a site for the next post, a blind spot, a channel that fell silent or that a place
depends on, a cell where departments meet. Every row says in words what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import shapely

from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.coverage_numbers import BLIND, PANELS, SILENT, number_text, touching
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean
from gridgov.geo.hexgrid import cell_centers
from gridgov.taxonomy.categories import term_label

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_OF_A_KIND", "shorten", "street_tasks"]

MOST_OF_A_KIND = 5
"""Rows of one kind that a street is told; the tables of the measures hold the rest."""

_LONGEST = 24

Task = dict[str, Any]


def street_tasks(measured: CoverageMeasures, words: Words) -> pd.DataFrame:
    """Return what every street can do, at most five of a kind.

    Parameters
    ----------
    measured
        All measures.
    words
        Language of the sentences.

    Returns
    -------
    DataFrame
        The columns of table "street_tasks", streets in table order, then questions, then
        kinds of task, the most urgent first.

    Raises
    ------
    None
    """
    import pandas as pd

    rows: list[Task] = []
    kinds: dict[str, tuple[Callable[..., Iterator[Task]], ...]] = {
        "owned": (_parts,),
        "patrol": (_unvisited,),
        "reach": (_unreached, _new_posts),
        "report": (_blind, _silent, _one_channel, _joint),
    }
    names = measured.read.jurisdictions.set_index("street_id")["street"].dropna().to_dict()
    for street_id, outline in zip(
        measured.read.jurisdictions["street_id"].tolist(),
        measured.read.jurisdictions.geometry,
        strict=True,
    ):
        for panel in PANELS:
            for kind in kinds[panel]:
                found = list(kind(measured, street_id, outline, names, words))
                for rank, task in enumerate(found[:MOST_OF_A_KIND], start=1):
                    rows.append(
                        {"street_id": street_id, "panel": panel, "rank": rank, "of": len(found)}
                        | task
                    )
    columns = [
        *("street_id", "panel", "task", "rank", "of", "cell", "subject"),
        *("amount", "incidents", "longitude", "latitude", "label"),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame["cell"] = frame["cell"].astype("UInt64")
    for name in ("incidents", "rank", "of"):
        frame[name] = frame[name].astype("Int64")
    for name in ("amount", "longitude", "latitude"):
        frame[name] = frame[name].astype("float64")
    return frame


def shorten(text: object, most: int = _LONGEST) -> str:
    """Return a text of the records on one line, cut where it is long.

    Examples
    --------
    >>> shorten("八角街道", 3)
    '八角…'
    """
    whole = clean(text)
    return whole if len(whole) <= most else whole[: most - 1] + "…"


def _at(cell: Any) -> Task:
    """Return a cell and its place."""
    (longitude,), (latitude,) = cell_centers([cell])
    return {"cell": int(cell), "longitude": longitude, "latitude": latitude}


def _named(cell: Any) -> str:
    """Return a cell as text."""
    return f"{int(cell):015x}"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as mappings."""
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def _of(table: pd.DataFrame, street_id: str) -> pd.DataFrame:
    """Return the cells that a street is shown with."""
    return table[table["street_id"] == street_id]


def _parts(
    measured: CoverageMeasures, street_id: str, outline: Any, names: dict[str, str], words: Words
) -> Iterator[Task]:
    """Yield gaps, overlaps, enclaves and strays that concern the street."""
    parts = measured.owned.parts
    points = shapely.point_on_surface(parts.geometry.to_numpy())
    if measured.parts.layers:
        # Land without any owner in any layer is told as a gap of the streets already.
        parts, points = parts[parts["layer"].notna()], points[parts["layer"].notna()]
    of_streets = parts["layer"].isna() | (parts["layer"] == "streets")
    # The ids of other layers are not those of streets: their parts belong where they lie.
    concerned = (of_streets & touching(parts, street_id)) | (
        ~of_streets & shapely.covers(outline, points)
    )
    found = parts.assign(x=shapely.get_x(points), y=shapely.get_y(points))[concerned]
    for row in _records(
        found.drop(columns="geometry").sort_values("area_m2", ascending=False, kind="stable")
    ):
        layer = row["layer"] if isinstance(row["layer"], str) else ""
        others = [] if not isinstance(row["street_ids"], str) else row["street_ids"].split(" + ")
        others = [shorten(names.get(one, one), 12) for one in others if one != street_id][:2]
        text = words(
            f"cov.task.{row['kind']}",
            area=number_text(row["area_m2"], "m2", words),
            incidents=f"{int(row['incidents']):,}",
            others=words("cov.with", others=words.listed(others)) if others else "",
        )
        if layer not in ("", "streets"):
            text = words.colon(shorten(layer, 12), text)
        yield {
            "task": row["kind"],
            "subject": row["street_ids"],
            "amount": row["area_m2"],
            "incidents": row["incidents"],
            "longitude": row["x"],
            "latitude": row["y"],
            "label": text,
        }


def _unvisited(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the cells with incidents that nobody visited for longest."""
    import pandas as pd

    patrol = measured.patrol
    if patrol is None:
        return
    counts = measured.placed.counts.set_index("cell")["incidents"]
    cells = _of(patrol.cells, street_id)
    cells = cells.assign(
        incidents=counts.reindex(cells["cell"]).to_numpy(),
        days=(patrol.end - cells["last_visit_at"]) / pd.Timedelta(days=1),
    )
    # A day or less ago is not long.
    cells = cells[(cells["incidents"] > 0) & ~(cells["days"] <= 1)]
    cells = cells.assign(wait=cells["days"].fillna(float("inf")))
    for row in _records(
        cells.sort_values(["wait", "incidents", "cell"], ascending=[False, False, True])
    ):
        never = pd.isna(row["days"])
        yield {
            "task": "unvisited",
            **_at(row["cell"]),
            "amount": None if never else row["days"],
            "incidents": row["incidents"],
            "label": words(
                "cov.task.never" if never else "cov.task.unvisited",
                cell=_named(row["cell"]),
                days=0.0 if never else row["days"],
                incidents=row["incidents"],
            ),
        }


def _unreached(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the cells with most incidents that no post reaches."""
    if measured.reach is None:
        return
    cells = _of(measured.reach.cells, street_id)
    beyond = (cells["incidents"] - cells["incidents_reached"]).astype("int64")
    cells = cells.assign(beyond=beyond)
    cells = cells[cells["beyond"] > 0]
    for row in _records(cells.sort_values(["beyond", "cell"], ascending=[False, True])):
        far = row["nearest_m"]
        yield {
            "task": "unreached",
            **_at(row["cell"]),
            "amount": far,
            "incidents": row["beyond"],
            "label": words(
                "cov.task.unreached",
                cell=_named(row["cell"]),
                far=number_text(far, "m", words),
                incidents=row["beyond"],
            ),
        }


def _new_posts(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the sites of the next posts in the street."""
    reach = measured.reach
    if reach is None or reach.placement is None:
        return
    street_of = measured.placed.grid.set_index("cell")["street_id"]
    sites = reach.placement.sites
    sites = sites[~sites["existing"] & sites["cell"].notna()]
    inside = street_of.reindex(sites["cell"].astype("uint64")).to_numpy() == street_id
    for row in _records(sites.loc[inside, ["rank", "cell", "marginal_gain"]]):
        yield {
            "task": "new_post",
            **_at(row["cell"]),
            "amount": row["marginal_gain"],
            "label": words(
                "cov.task.new_post",
                rank=int(row["rank"]),
                cell=_named(row["cell"]),
                gain=f"{row['marginal_gain']:,.0f}",
            ),
        }


def _blind(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the blind spots."""
    if measured.report.blind is None:
        return
    cells = _of(measured.report.blind, street_id)
    cells = cells[cells["blind_spot"].astype("str").isin(BLIND)]
    for row in _records(cells.sort_values(["q_value", "expected_ratio", "cell"])):
        yield {
            "task": "blind",
            **_at(row["cell"]),
            "amount": row["expected_incidents"],
            "incidents": row["incidents"],
            "label": words(
                "cov.task.blind",
                cell=_named(row["cell"]),
                incidents=row["incidents"],
                expected=row["expected_incidents"],
            ),
        }


def _silent(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the channels that fell silent in the last whole month."""
    silent = measured.report.silent
    if silent is None or silent.empty:
        return
    those = silent[
        (silent["period"] == silent["period"].max())
        & (silent["street_id"] == street_id)
        & silent["channel"].notna()
        & silent["silence"].astype("str").isin(SILENT)
    ]
    for row in _records(those.sort_values(["q_value", "channel"])):
        yield {
            "task": "silent_channel",
            "subject": row["channel"],
            "amount": row["expected_incidents"],
            "incidents": row["incidents"],
            "label": words(
                "cov.task.silent_channel",
                channel=shorten(term_label("channel", str(row["channel"]), words.lang)),
                month=f"{row['period']:%Y-%m}",
                incidents=row["incidents"],
                expected=row["expected_incidents"],
            ),
        }


def _one_channel(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the cells that depend on one channel, those with most incidents first."""
    mix = measured.report.cell_channels
    if mix is None:
        return
    cells = _of(mix, street_id)
    cells = cells[cells["depends_on_one"]]
    for row in _records(cells.sort_values(["incidents", "cell"], ascending=[False, True])):
        yield {
            "task": "one_channel",
            **_at(row["cell"]),
            "subject": row["main_channel"],
            "amount": row["main_share"],
            "incidents": row["channel_incidents"],
            "label": words(
                "cov.task.one_channel",
                cell=_named(row["cell"]),
                channel=shorten(term_label("channel", str(row["main_channel"]), words.lang)),
                share=number_text(row["main_share"], "share", words),
                incidents=row["channel_incidents"],
            ),
        }


def _joint(
    measured: CoverageMeasures, street_id: str, _outline: Any, _names: Any, words: Words
) -> Iterator[Task]:
    """Yield the cells where departments meet more than chance allows."""
    if measured.report.joint is None:
        return
    cells = _of(measured.report.joint, street_id)
    for row in _records(cells[cells["joint"]].sort_values("rank")):
        yield {
            "task": "joint",
            **_at(row["cell"]),
            "subject": row["department_list"],
            "amount": row["pairs_ratio"],
            "incidents": row["incidents"],
            "label": words(
                "cov.task.joint",
                cell=_named(row["cell"]),
                departments=row["departments"],
                incidents=row["incidents"],
            ),
        }
