"""The page of a hotspot pack: what each measure says, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.hotspot_sentences import Said
from gridgov.bulletin.hotspot_tables import HOTSPOT_TABLES, SURE
from gridgov.bulletin.page_frame import as_text, picture_uri, render, shown_table
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["render_hotspots"]

_MOST_CELLS = 25

_COLUMNS = {
    "agreement": (
        *("street_id", "cell", "incidents", "hot_by"),
        *("spot", "cluster_type", "cluster", "category"),
    ),
    "clusters": (
        *("cluster", "street_id", "radius_m", "members"),
        *("incidents", "expected", "relative_risk", "p_value"),
    ),
}


def render_hotspots(
    frame: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    *,
    said: Sequence[Said],
    agreement: Sequence[str],
    cells: tuple[int, Sequence[str]],
    streets: Mapping[str, str],
    pictures: Mapping[str, bytes],
    words: Words,
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    frame
        What :func:`gridgov.bulletin.page_frame.frame_content` returned.
    tables
        Tables "agreement" and, unless it was left out, "clusters", in the form that files
        have.
    said
        What each measure says.
    agreement
        Where they agree and where not, one sentence a combination.
    cells
        How many strongest cells there can be, and a sentence about each.
    streets
        Name of every street by its id.
    pictures
        PNGs by the names of their files.
    words
        Language of the page.

    Returns
    -------
    str
        One HTML document without script that loads nothing.

    Raises
    ------
    KeyError
        If a table or picture is missing.
    """
    called = tables["agreement"]
    called = called[called["hot_by"] > 0]
    clusters = tables.get("clusters")
    if clusters is not None:
        clusters = clusters[clusters["p_value"] <= SURE]
    content = dict(frame) | {
        "picture": picture_uri(pictures["hotspots.png"]),
        "figures": {name: picture_uri(picture) for name, picture in pictures.items()},
        "said": said,
        "agreement": agreement,
        "cells_table": _shown(called, "agreement", streets, words),
        "most_cells": cells[0],
        "cell_sentences": cells[1],
        "circles": None
        if clusters is None or clusters.empty
        else _shown(clusters, "clusters", streets, words),
    }
    return render("hotspots.html.j2", content)


def _shown(
    table: pd.DataFrame, name: str, streets: Mapping[str, str], words: Words
) -> dict[str, Any]:
    """Return the head of a table as texts, streets by their names."""
    head, columns = table.head(_MOST_CELLS), _COLUMNS[name]
    texts = [
        [as_text(column, value, words) for value in head[column].tolist()] for column in columns
    ]
    place = columns.index("street_id")
    texts[place] = [clean(streets.get(one, one)) for one in texts[place]]
    return shown_table(
        columns,
        texts,
        table=HOTSPOT_TABLES[name],
        frame=table,
        most=_MOST_CELLS,
        words=words,
    )
