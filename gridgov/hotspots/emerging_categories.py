"""The seventeen categories of emerging hotspot analysis and the order they are tried in.

A cell comes with its history, a period being a significant hotspot, a significant cold
spot or neither, and with the trend of its z scores. The definitions are those that
Esri publishes for ArcGIS Pro; several overlap, and the order below decides. For hot
spots, k of n periods being hot:

1. The last period is not hot. At least 90 % of the periods are: *historical*. Otherwise
   none; under the wording up to 2.6, *sporadic* if any is hot and none is cold.
2. The last period is hot and at least 90 % are: *intensifying* when the trend is
   significantly up, *diminishing* when it is significantly down, else *persistent*.
3. The last period is hot, fewer than 90 % are, and an earlier one was cold: *oscillating*.
4. No earlier one was hot: *new*. The hot ones are one run of two or more up to the end:
   *consecutive*. Else: *sporadic*.

Cold spots mirror them with the trend's sign turned. Where both sides apply, the side of
the last period decides. A cell to which nothing applies has no pattern.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.checks import check_choice
from gridgov.errors import InputError

__all__ = ["Esri", "categorize"]

Esri = Literal["3", "2.6"]

_NAMES: NDArray[Any] = np.array(
    [
        "",
        "historical",
        "sporadic",
        "new",
        "consecutive",
        "oscillating",
        "diminishing",
        "persistent",
        "intensifying",
    ],
    dtype=object,
)
_CODE = {name: code for code, name in enumerate(_NAMES.tolist())}


def categorize(
    hot: ArrayLike, cold: ArrayLike, trend: ArrayLike, *, esri: Esri = "3"
) -> NDArray[np.object_]:
    """Return the category of every cell from its history and its trend.

    Parameters
    ----------
    hot, cold
        Whether a period is a significant hotspot or cold spot, one cell a row, in the
        order of time, shape (cells, periods). No period is both.
    trend
        1 where the z scores rise significantly, -1 where they fall, else 0, shape (cells,).
    esri
        Whose wording: ``"3"`` of ArcGIS Pro 3, ``"2.6"`` of Pro up to 2.6, in which a cell
        may be sporadic although its last period is no hotspot. Nothing else changes.

    Returns
    -------
    object array of text, shape (cells,)
        One of :data:`gridgov.schema.emerging.EMERGING_CATEGORIES`.

    Raises
    ------
    InputError
        If the shapes do not fit, there is no period, or a period is both hot and cold.
    OptionError
        If `esri` does not exist.

    Examples
    --------
    >>> hot = [[0, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 1, 1], [0, 0, 1, 0]]
    >>> cold = [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    >>> categorize(hot, cold, [0, 0, 0, -1, 0]).tolist()
    ['new hot', 'consecutive hot', 'oscillating hot', 'diminishing hot', 'no pattern']
    >>> categorize(hot, cold, [0, 0, 0, -1, 0], esri="2.6").tolist()[-1]
    'sporadic hot'
    """
    check_choice(esri, option="esri", choices=("3", "2.6"))
    hots, colds = np.asarray(hot, dtype=bool), np.asarray(cold, dtype=bool)
    trends = np.sign(np.asarray(trend, dtype=np.int64))
    if hots.ndim != 2 or hots.shape != colds.shape or hots.shape[:1] != trends.shape:
        raise InputError(
            "hot and cold must be tables of one shape, cells by periods, and trend must have one "
            f"value a cell. Found: shapes {hots.shape}, {colds.shape} and {trends.shape}."
        )
    if hots.shape[1] == 0:
        raise InputError("A history must have a period. Found: none.")
    both = np.argwhere(hots & colds)
    if len(both):
        raise InputError(
            f"A period must not be both hot and cold. Found: {len(both)} that are, the first is "
            f"period {both[0, 1]} of cell {both[0, 0]}."
        )
    hot_code = _side(hots, colds, trends, esri)
    cold_code = _side(colds, hots, -trends, esri)
    # Both sides apply only if one of them ended; the last period tells which goes on.
    is_cold = (cold_code > 0) & ((hot_code == 0) | colds[:, -1])
    is_hot = (hot_code > 0) & ~is_cold
    names = np.full(len(hots), "no pattern", dtype=object)
    names[is_hot] = _NAMES[hot_code[is_hot]] + " hot"
    names[is_cold] = _NAMES[cold_code[is_cold]] + " cold"
    return names


def _side(
    same: NDArray[np.bool_], opposite: NDArray[np.bool_], trend: NDArray[np.int64], esri: Esri
) -> NDArray[np.int64]:
    """Return the code of each cell's category on one side, 0 where none applies."""
    periods = same.shape[1]
    number = same.sum(axis=1)
    # Whole numbers: nine of ten periods are 90 % without rounding.
    nearly_all = 10 * number >= 9 * periods
    last = same[:, -1]
    # A run ends at the first period, from the last one back, that is not of this side.
    run = np.minimum.accumulate(same[:, ::-1], axis=1).sum(axis=1)
    opposed = opposite[:, :-1].any(axis=1)

    # From the weakest claim to the strongest: each rule writes over those before it.
    code = np.full(len(same), _CODE["sporadic"], dtype=np.int64)
    code[(run == number) & (run >= 2)] = _CODE["consecutive"]
    code[number == 1] = _CODE["new"]
    code[opposed] = _CODE["oscillating"]
    code[nearly_all] = (_CODE["persistent"] + trend)[nearly_all]

    ended = np.where(nearly_all, _CODE["historical"], 0)
    if esri == "2.6":
        ended[~nearly_all & (number > 0) & ~opposite.any(axis=1)] = _CODE["sporadic"]
    return np.where(last, code, ended)
