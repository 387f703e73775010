"""What the four pictures of a street's page show: classes, areas, places.

Colors leave red against green to nobody's eye, run from pale to dark where they have an
order, and keep the darkest for what needs doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.bulletin.coverage_numbers import BLIND
from gridgov.bulletin.street_page_map import Ground, Picture
from gridgov.bulletin.words import Words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pack_pictures"]

_GAP, _OVERLAP, _ENCLAVE = "#c0392b", "#6a3d9a", "#2f5a96"
_OWNED = "#e3ead9"
_WAIT_DAYS = (1.0, 3.0, 7.0)
_WAIT_COLORS = ("#f7f3df", "#f5dd9c", "#efbb61", "#c26231", "#5c1a22")
_WITHIN_COLORS = ("#d98032", "#dbe7f1", "#a3c3de", "#5a8dbb")
_RATIOS = (0.5, 1.0)
_RATIO_COLORS = ("#5c1a22", "#efbb61", "#f5e3b3", "#f9f6e9", "#d5d9de")


def pack_pictures(measured: CoverageMeasures, ground: Ground, words: Words) -> dict[str, Picture]:
    """Return the picture of every question that was answered.

    Parameters
    ----------
    measured
        All measures.
    ground
        Streets and cells in one plane.
    words
        Language of the legends.

    Returns
    -------
    dict of Picture
        By the code of the question.

    Raises
    ------
    None
    """
    pictures = {"owned": _owned(measured, ground, words)}
    if measured.patrol is not None:
        pictures["patrol"] = _patrol(measured, words)
    if measured.reach is not None:
        pictures["reach"] = _reach(measured, ground, words)
    pictures["report"] = _report(measured, words)
    return pictures


def _aligned(measured: CoverageMeasures, table: pd.DataFrame, column: str) -> Any:
    """Return a column of a table of cells in the order of the grid."""
    values = table.set_index(table["cell"].astype("uint64"))[column]
    return values.reindex(measured.placed.grid["cell"].to_numpy())


def _owned(measured: CoverageMeasures, ground: Ground, words: Words) -> Picture:
    """Return gaps, overlaps and enclaves over the streets."""
    parts = measured.owned.parts
    shapes = []
    for kind, color in (("gap", _GAP), ("overlap", _OVERLAP), ("enclave", _ENCLAVE)):
        those = parts[parts["kind"] == kind]
        if len(those):
            planar = ground.place(those.geometry.to_numpy())
            shapes.append((words(f"cov.class.{kind}"), color, planar))
    lines = [ground.place(layer.geometry.to_numpy()) for layer in measured.parts.layers.values()]
    return Picture(
        classes=((words("cov.class.owned"), _OWNED),),
        shapes=shapes,
        lines=np.concatenate([np.empty(0, dtype=object), *lines]),
        named=True,
    )


def _patrol(measured: CoverageMeasures, words: Words) -> Picture:
    """Return the days since the last visit."""
    import pandas as pd

    assert measured.patrol is not None
    last = _aligned(measured, measured.patrol.cells, "last_visit_at")
    days = ((measured.patrol.end - last) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    codes = np.searchsorted(_WAIT_DAYS, days, side="left")
    codes[np.isnan(days)] = len(_WAIT_DAYS) + 1
    names = [words(f"cov.class.wait_{place}") for place in range(len(_WAIT_COLORS))]
    return Picture(
        classes=tuple(zip(names, _WAIT_COLORS, strict=True)), codes=codes.astype(np.intp)
    )


def _reach(measured: CoverageMeasures, ground: Ground, words: Words) -> Picture:
    """Return how many posts reach every cell, the posts and the next ones."""
    reach = measured.reach
    assert reach is not None
    within = _aligned(measured, reach.cells, "facilities_within").to_numpy(dtype=np.intp)
    codes = np.minimum(within, len(_WITHIN_COLORS) - 1)
    names = [words(f"cov.class.within_{place}") for place in range(len(_WITHIN_COLORS))]
    points = [(words("cov.class.post"), "square", ground.place(reach.posts.geometry.to_numpy()))]
    if reach.placement is not None:
        sites = reach.placement.sites
        new = ground.place(sites.loc[~sites["existing"], "geometry"].to_numpy())
        points.append((words("cov.class.new_post"), "star", new))
    return Picture(
        classes=tuple(zip(names, _WITHIN_COLORS, strict=True)), codes=codes, points=points
    )


def _report(measured: CoverageMeasures, words: Words) -> Picture:
    """Return blind spots, and what share of the expected was reported elsewhere."""
    blind = measured.report.blind
    names = [words(f"cov.class.ratio_{place}") for place in range(len(_RATIO_COLORS))]
    classes = tuple(zip(names, _RATIO_COLORS, strict=True))
    if blind is None:
        codes = np.full(len(measured.placed.grid), len(classes) - 1, dtype=np.intp)
        return Picture(classes=classes, codes=codes)
    judged = _aligned(measured, blind, "blind_spot").astype("str")
    ratio = _aligned(measured, blind, "expected_ratio").to_numpy(dtype=np.float64, na_value=np.nan)
    codes = 1 + np.searchsorted(_RATIOS, ratio, side="right")
    codes[~judged.isin((*BLIND, "not significant")).to_numpy()] = len(classes) - 1
    codes[judged.isin(BLIND).to_numpy()] = 0
    return Picture(classes=classes, codes=codes.astype(np.intp))
