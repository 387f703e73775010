"""What the views of shapes are packed as: classes and cards by view, looks, legends, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.maps.cell_layer import Classes, Measure
from gridgov.maps.cell_periods import TableViews
from gridgov.maps.cell_values import pack_line
from gridgov.maps.packing import Column
from gridgov.maps.shape_layer import Looks
from gridgov.maps.shape_paths import Kind, bounds_of

__all__ = [
    "PALE",
    "choices",
    "corners_of",
    "first_classes",
    "legend_section",
    "opening_view",
    "pack_views",
    "styles_of",
]

Integers = NDArray[np.int64]

PALE = "#e3e5e6"
"""The fill below the hatching of what has no answer."""

_WIDTH = {"areas": 1.0, "lines": 4.0, "tracks": 2.5, "points": 1.2}
_MARK = {"areas": "fill", "points": "symbol", "lines": "stroke", "tracks": "stroke"}


def first_classes(classes: Classes, place: Integers, shapes: int) -> Integers:
    """Return the least class that every shape has anywhere, for the order of painting."""
    least = np.full(shapes, len(classes.names) + 1, dtype=np.int64)
    np.minimum.at(least, place, np.asarray(classes.codes, dtype=np.int64))
    return least


def pack_views(
    way: Measure, views: TableViews, number: Integers, shapes: int, at: int, once: bool
) -> list[Column]:
    """Return the columns of a measure: classes in every view, and the lines of the card."""
    lines = [pack_line(line).numbers for line in way.lines]
    absent = len(way.classes.names) + 1
    columns = []

    def packed(name: str, values: Any, seen: Integers, fill: int) -> Column:
        whole = np.full(shapes, fill, dtype=np.int64)
        whole[number[seen]] = np.asarray(values)[seen]
        return Column(name, whole, passing=True)

    for view in views.present():
        of = at * len(views.rows) + view
        seen = views.rows[view]
        columns.append(packed(f"class_{of}", way.classes.codes, seen, absent))
        if not once:
            columns += [
                packed(f"line_{of}_{k}", values, seen, 0)
                for k, values in enumerate(lines)
                if values is not None
            ]
    if once:
        every = np.arange(len(number))
        columns += [
            packed(f"line_{at}_{k}", values, every, 0)
            for k, values in enumerate(lines)
            if values is not None
        ]
    return columns


def corners_of(shapes: Any) -> list[list[float]] | None:
    """Return the corners of a box around shapes, as Leaflet takes them."""
    box = bounds_of(shapes, None)
    return None if box is None else [[box[1], box[0]], [box[3], box[2]]]


def styles_of(looks: Looks | None, number: int, kind: Kind) -> list[dict[str, Any]]:
    """Return the look of every class, of no answer and of no row."""
    plain = {"width": _WIDTH[kind], "dash": False, "hatch": "", "symbol": "circle"}
    given = {key: values for key, values in (looks or Looks())._asdict().items() if values}
    styles = [
        {**plain, **{key: values[place] for key, values in given.items()}}
        for place in range(number)
    ]
    none = {**plain, "hatch": "forward"} if kind == "areas" else {**plain, "dash": True}
    return [*styles, none, none]


def legend_section(
    way: Measure,
    seen: Integers,
    shapes: int,
    styles: list[dict[str, Any]],
    kind: Kind,
    words: dict[str, str],
    outline: bool,
) -> dict[str, Any]:
    """Return the legend of a view with the number of shapes in each class."""
    names = way.classes.names
    counts = np.bincount(np.asarray(way.classes.codes)[seen], minlength=len(names) + 1).tolist()
    rows: list[dict[str, Any]] = [
        {
            "mark": _MARK[kind],
            "color": way.classes.colors[place],
            "text": text,
            "count": counts[place],
            **styles[place],
        }
        for place, text in enumerate(names)
        if counts[place] or way.classes.all_listed
    ]
    unanswered = counts[-1] + shapes - len(seen)
    if unanswered:
        mark = "hatch" if kind == "areas" else _MARK[kind]
        row = {"mark": mark, "color": PALE, "text": words["no_answer"], "count": unanswered}
        rows.append({**styles[-1], **row, "hatch": ""})
    if outline:
        text = words["street_outline"]
        rows.append({"mark": "line", "color": "", "text": text, "count": None, "apart": True})
    return {"heading": way.legend, "rows": rows, "help": way.help}


def opening_view(views: TableViews, wanted: tuple[int, int] | None) -> int:
    """Return the view that shows first."""
    periods = len(views.axes[1].labels)
    if wanted is not None:
        view = wanted[0] * periods + wanted[1]
        if len(views.rows[view]):
            return view
    group = min(views.present()) // periods
    return max(view for view in views.present() if view // periods == group)


def choices(
    measures: Sequence[Measure],
    views: TableViews,
    here: int,
    headings: Mapping[str, str],
    words: dict[str, str],
) -> list[dict[str, Any]]:
    """Return what can be chosen, outermost first, and what is chosen when the page opens."""
    chosen = divmod(here, len(views.axes[1].labels))
    measure = {
        "kind": "measure",
        "heading": words["measure_choice"],
        "labels": [way.name for way in measures],
        "first": 0,
    }
    return [
        measure,
        *(
            {
                "kind": axis.kind,
                "heading": headings.get(axis.kind, axis.heading),
                "labels": axis.labels,
                "first": at,
            }
            for axis, at in zip(views.axes, chosen, strict=True)
        ),
    ]
