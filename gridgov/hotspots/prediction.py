"""How well a map said where incidents would be, measured on a later time.

A map is a prediction when the incidents it is judged by came after those it was made
from; on its own data every map looks good. The question is one of area: a team can look
after 1, 2, 5 or 10 % of the district, the map says which cells, and the indices say what
share of the later incidents was there. They say nothing about why, and nothing about what
the team changed by being there: cells that were cleaned up because of the map count
against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.hotspots.hit_rates import hit_rates
from gridgov.hotspots.unit_totals import (
    check_one_group,
    first_instant,
    last_instant,
    unit_totals,
)
from gridgov.place.periods import read_moment

__all__ = ["SHARES", "cell_areas", "check_shares", "score_prediction", "scores_of"]

Floats = NDArray[np.float64]

SHARES = (0.01, 0.02, 0.05, 0.10)
"""Shares of the study area at which maps are compared."""


def score_prediction(
    prediction: Any,
    later: Any,
    *,
    score: str = "gi_star",
    expected: bool = False,
    shares: Sequence[float] = SHARES,
    made_until: Any = None,
    later_from: Any = None,
) -> pd.DataFrame:
    """Score a map by the incidents of a later time.

    Parameters
    ----------
    prediction
        The map: a table with ``cell`` and the column that `score` names, one row a cell,
        such as :func:`gridgov.find_hotspots` makes it from counts of one period and group.
    later
        Counts of :func:`gridgov.tally` over the same grid, of a time that begins when
        that of the map has ended, one group; several periods are added up.
    score
        Column of `prediction`, the higher the sooner a cell is chosen. Cells without a
        score are chosen last.
    expected
        Whether the score is a number of incidents expected in the time of `later`, such
        as the count of the last month. Cells are then chosen by score per km², so that
        cells cut by the edge of the study area compare with whole ones, and the recovery
        rate index has a meaning. Otherwise the score is taken as it stands.
    shares
        Shares of the study area, above 0, up to 1.
    made_until
        First instant that the map no longer used, where `prediction` does not say: it
        is read from the periods of the table and ``attrs["range"]`` of the tally.
    later_from
        First instant that `later` counts, where the table does not say.

    Returns
    -------
    DataFrame, one row a share
        - ``period``: first instant of `later`; ``group``: its group.
        - ``area_share``: as asked; ``used_share``: share of the area in the chosen cells.
        - ``chosen_cells``, ``hits``, ``incidents``: cells chosen, later incidents in
          them, all later incidents.
        - ``hit_rate``: hits / incidents.
        - ``pai``: predictive accuracy index, hit_rate / used_share; 1 is no better than chance.
        - ``pei``: predictive efficiency index, hits over the most that so much area could
          have held, 0 to 1.
        - ``rri``: recovery rate index, incidents expected in the chosen cells over hits;
          above 1 the score promised too many. Missing unless `expected`.

    Raises
    ------
    ColumnsError
        If a column is missing, a score is no number, a cell stands twice, or an area is
        not above zero.
    EmptyTableError
        If a table has no rows.
    InputError
        If `later` does not begin after the map's data end, if a table does not say when
        it was counted, if the two have different cells, if there are several maps or
        groups, or no cell has a score.
    OptionError
        If a share is not above 0 and up to 1, or a date cannot be read.

    Notes
    -----
    Cells are taken whole, as many as fit in the share, one at least: read ``used_share``
    beside ``area_share``. With c of C later incidents in a of A km²::

        PAI = (c / C) / (a / A)        PEI = c / max incidents in any a km²

    The maximum takes the cells by later incidents per km² and the last one in part, so
    that PEI never exceeds 1 although cells differ in size; with equal cells it is the PAI
    over the best possible PAI [2]_. Of cells with the same score those with fewer later
    incidents are chosen first, which gives the lowest index that the map allows [4]_.

    References
    ----------
    .. [1] Chainey, S., Tompson, L. & Uhlig, S. (2008). The utility of hotspot mapping for
       predicting spatial patterns of crime. Security Journal 21, 4-28.
       https://doi.org/10.1057/palgrave.sj.8350066
    .. [2] Hunt, J. M. (2016). Do crime hotspots move? Exploring the effects of the
       modifiable areal unit problem and modifiable temporal unit problem on crime hot
       spot stability. PhD thesis, American University.
    .. [3] Drawve, G. & Wooditch, A. (2019). A research note on the methodological and
       theoretical considerations for assessing crime forecasting accuracy with the
       predictive accuracy index. Journal of Criminal Justice 64, 101625.
       https://doi.org/10.1016/j.jcrimjus.2019.101625
    .. [4] Wheeler, A. P. & Steenbeek, W. (2021). Mapping the risk terrain for crime using
       machine learning. Journal of Quantitative Criminology 37, 445-480.
       https://doi.org/10.1007/s10940-020-09457-7

    Examples
    --------
    September's map of three cells and October's counts. The first third of the area held
    6 of 9 incidents, twice its share; it had been expected to hold 3:

    >>> import pandas as pd
    >>> cells = pd.array([0x8931AA50E23FFFF, 0x8931AA50E27FFFF, 0x8931AA50E2BFFFF], "uint64")
    >>> prediction = pd.DataFrame({"cell": cells, "september": [3, 2, 1]})
    >>> october = pd.DataFrame({"cell": cells, "incidents": [6, 3, 0], "area_km2": 0.1})
    >>> found = score_prediction(prediction, october, score="september", expected=True,
    ...                          shares=[1 / 3, 2 / 3], made_until="2017-10-01",
    ...                          later_from="2017-10-01")
    >>> found[["hits", "pai", "pei", "rri"]].round(3).values.tolist()
    [[6.0, 2.0, 1.0, 0.5], [9.0, 1.5, 1.0, 0.556]]
    """
    wanted = check_shares(shares)
    check_table(later, "counts", columns=["cell", "incidents", "area_km2"])
    _check_map(prediction, score)
    _check_order(prediction, later, made_until, later_from)
    cells, counts = unit_totals(later, "cell", "later")
    areas = cell_areas(later, "later")
    values = scores_of(prediction, score, cells, "prediction", expected=expected)
    if np.isnan(values).all():
        raise InputError(
            f"A map needs a score in one cell at least. Found: none in {score!r}. The column "
            "reason of the table may say why."
        )
    found = hit_rates(values, counts, areas, wanted, expected=expected)
    first = first_instant(later)
    group = later["group"].iloc[0] if "group" in later.columns else None
    return conform(
        pd.DataFrame(
            {
                "period": pd.Series([pd.NaT if first is None else first] * len(wanted)),
                "group": group,
                "area_share": wanted,
                "incidents": int(counts.sum()),
                **found._asdict(),
            }
        ),
        "prediction_scores",
    )


def check_shares(shares: Any) -> Floats:
    """Return shares of an area after checking that they are shares.

    Raises
    ------
    OptionError
        If there is none, or one is not above 0 and up to 1.
    """
    try:
        wanted = np.asarray(list(shares), dtype=np.float64)
    except (TypeError, ValueError):
        wanted = np.empty(0)
    if not len(wanted) or not bool(((wanted > 0) & (wanted <= 1)).all()):
        raise OptionError(
            "shares must be numbers above 0 and up to 1, such as (0.01, 0.05) for 1 % and 5 % "
            f"of the area. Found: {shares!r}."
        )
    return wanted


def scores_of(
    prediction: Any, score: str, cells: NDArray[np.uint64], name: str, *, expected: bool
) -> Floats:
    """Return the score of every one of `cells`, which must be those of the table.

    Raises
    ------
    ColumnsError
        If a score is no number, or below zero where a number of incidents is meant, or
        a cell is none or stands twice.
    InputError
        If the table has other cells.
    """
    column = prediction["cell"]
    if not pd.api.types.is_integer_dtype(column.dtype) or column.isna().any():
        raise ColumnsError(
            f"{name}.cell must hold H3 cells as whole numbers (uint64), none missing. Found: "
            f"{column.dtype}. gridgov.geo.hexgrid.text_to_cells(...) reads hexadecimal text."
        )
    values = pd.to_numeric(prediction[score], errors="coerce")
    values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    least = 0.0 if expected else -np.inf
    wrong = np.flatnonzero(
        (np.isnan(values) & prediction[score].notna().to_numpy()) | (values < least)
    )
    if wrong.size:
        raise ColumnsError(
            f"{name}.{score} must hold numbers{' from 0 on' if expected else ''}. Found: "
            f"{wrong.size} other, the first is {prediction[score].iloc[[wrong[0]]].tolist()[0]!r} "
            f"in row {prediction.index[[wrong[0]]].tolist()[0]!r}."
        )
    mine = column.to_numpy(dtype=np.uint64)
    order = np.argsort(mine, kind="stable")
    mine = mine[order]
    twice = int((mine[1:] == mine[:-1]).sum())
    if twice:
        raise ColumnsError(
            f"{name} must have one row a cell. Found: {twice} {'rows' if twice > 1 else 'row'} "
            "too many."
        )
    if not np.array_equal(mine, cells):
        extra, absent = np.setdiff1d(mine, cells), np.setdiff1d(cells, mine)
        example = int((extra if extra.size else absent)[0])
        raise InputError(
            f"{name} and the later counts must have the same cells. Found: {extra.size} cells in "
            f"{name} alone and {absent.size} in the counts alone, such as {example:x}. Use one "
            "grid for both; cells without incidents belong to it."
        )
    return np.asarray(values[order], dtype=np.float64)


def cell_areas(counts: Any, name: str) -> Floats:
    """Return the area of every cell of a table, cells ascending.

    Raises
    ------
    ColumnsError
        If an area is missing or not above zero.
    """
    once = counts.drop_duplicates("cell").sort_values("cell")
    areas = once["area_km2"].to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(areas > 0) | np.isinf(areas))
    if wrong.size:
        raise ColumnsError(
            f"{name}.area_km2 must be above zero in every cell. Found: {wrong.size} other, the "
            f"first is {areas[wrong[0]]} in cell {int(once['cell'].iloc[wrong[0]]):x}."
        )
    return np.asarray(areas, dtype=np.float64)


def _check_map(prediction: Any, score: str) -> None:
    """Refuse what is no map of one period and one group with a score."""
    if not isinstance(prediction, pd.DataFrame):
        raise ColumnsError(
            "prediction must be a table (pandas DataFrame) with the columns cell and "
            f"{score}. Found: {type(prediction).__name__}."
        )
    missing = [name for name in ("cell", score) if name not in prediction.columns]
    if missing:
        found = ", ".join(map(str, prediction.columns)) or "no columns"
        raise ColumnsError(
            f"prediction must have the column{'s' if len(missing) > 1 else ''} "
            f"{', '.join(missing)}. Found: {found}. Name the column with score=...",
            problems=[
                {"table": "prediction", "column": name, "problem": "missing"} for name in missing
            ],
        )
    if len(prediction) == 0:
        raise EmptyTableError("prediction has no rows, and at least one is needed.")
    check_one_group(prediction, "prediction")
    if "period" in prediction.columns and prediction["period"].nunique(dropna=False) > 1:
        number = prediction["period"].nunique(dropna=False)
        raise InputError(
            f"prediction must be one map. Found: {number} periods. Pass "
            "prediction[prediction['period'] == ...]."
        )


def _check_order(prediction: Any, later: Any, made_until: Any, later_from: Any) -> None:
    """Refuse counts that begin before the map's own data end, or that cannot say."""
    begins, ends = first_instant(later), last_instant(prediction)
    zone = next((at.tzinfo for at in (begins, ends) if at is not None), "UTC")
    if later_from is not None:
        begins = read_moment(later_from, "later_from", zone)
    if made_until is not None:
        ends = read_moment(made_until, "made_until", zone)
    if ends is None:
        raise _unknown_time("prediction", "made_until")
    if begins is None:
        raise _unknown_time("later", "later_from")
    if begins < ends:
        raise InputError(
            "later must begin when the data of the map have ended. Found: the map used "
            f"incidents until {ends.isoformat()} and later begins at {begins.isoformat()}: it "
            "would be judged by what it has seen. Tally a later time."
        )


def _unknown_time(table: str, option: str) -> InputError:
    """Return the error for a table that does not say when it was counted."""
    return InputError(
        "A map is scored on a later time than the one that made it. Found: the table "
        f"{table} does not say when it was counted; joining tables or reading them from "
        f"a file loses it. Give {option}=..."
    )
