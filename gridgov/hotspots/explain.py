"""One cell of a map of hotspots in one plain sentence.

The numbers are those of the table: the sum over the neighborhood and what would be
expected are worked out from its rows again, and held against the z that stands there,
so that a sentence never mixes the numbers of one map with the verdict of another. What
the sentence cannot say is why; that is for people who know the place.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_language, check_table
from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError, InputError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.hotspots.neighborhood_facts import Facts, facts
from gridgov.taxonomy.labels import label

__all__ = ["explain"]

Cells = NDArray[np.uint64]


def explain(
    hotspots: pd.DataFrame,
    cell: int | str,
    *,
    lang: Language = "en",
    period: Any = None,
    group: str | None = None,
    jurisdictions: pd.DataFrame | None = None,
) -> str:
    """Explain one cell of a table of hotspots in one sentence, with its numbers.

    Parameters
    ----------
    hotspots
        Table of hotspots as :func:`gridgov.find_hotspots` makes it, with all cells of the map.
    cell
        The cell, as a number or as hexadecimal text.
    lang
        ``"en"`` or ``"zh"``.
    period
        Start of the period; needed where the table has several.
    group
        The group; needed where the table has several.
    jurisdictions
        Table with ``street_id`` and ``street``, for the street's name; without it the
        sentence shows the id.

    Returns
    -------
    str
        One sentence. Names of streets and groups come from records: escape it before it
        goes into HTML.

    Raises
    ------
    ColumnsError
        If `hotspots` lacks a column, or `jurisdictions` lacks ``street_id`` or ``street``.
    EmptyTableError
        If `hotspots` has no rows.
    OptionError
        If `lang` is not known.
    InputError
        If the cell, period or group is not in the table, the period or group must be
        named, or rows of the map are missing.

    Notes
    -----
    Expected is the mean of the map times the cells of the neighborhood, for Gi the mean
    of the other cells times the neighbors. A small q does not say that this cell is a
    hotspot with probability 1 - q; it is a rate over all cells shown.

    Examples
    --------
    >>> import numpy as np, pandas as pd, gridgov as gg
    >>> from gridgov.geo.hexgrid import grid_disk
    >>> middle = 0x8931AA50E27FFFF
    >>> cells = grid_disk(middle, 3)
    >>> counts = pd.DataFrame({"cell": cells, "incidents": 0, "street_id": "S1"})
    >>> counts.loc[np.isin(cells, grid_disk(middle, 1)), "incidents"] = 1
    >>> hot = gg.find_hotspots(counts)
    >>> print(explain(hot, "8931aa50e27ffff"))
    Cell 8931aa50e27ffff in S1 is a hotspot at 99 %: it and its 6 neighbors together hold
    7 incidents (1 in the cell itself) where 1.3 would be expected if the counts were dealt
    out at random (z = 6.00, p < 0.001, q < 0.001); so much in one place is hardly chance,
    and of the cells shown at this level about 1 in 100 at most is expected to be a false alarm.
    """
    words = _Words(check_language(lang))
    check_table(
        hotspots,
        "hotspots",
        columns=["cell", "incidents", "gi_star", "neighbors", "p_value", "q_value", "spot"],
    )
    number = _number(cell)
    table, named = _one_map(hotspots, period=period, group=group)
    cells = _cells(table["cell"])
    place = np.flatnonzero(cells == np.uint64(number))
    if place.size == 0:
        raise InputError(
            f"cell must be a cell of hotspots. Found: {number:x}, which is not among its "
            f"{len(table):,} cells. A cell that is not in the grid lies outside the study area."
        )
    if place.size > 1:
        raise InputError(
            "hotspots must have one row a cell, period and group. Found: "
            f"{place.size} rows of cell {number:x}."
        )
    row = table.iloc[int(place[0])]
    where = _where(row, number, jurisdictions, named, words)
    if pd.isna(row["spot"]):
        reason = row["reason"] if "reason" in table.columns and pd.notna(row["reason"]) else ""
        return words(
            "no_answer",
            place=where,
            reason=label("reason", str(reason) or "no value", words.lang),
            incidents=words.counted("incidents", int(row["incidents"])),
        )
    held = facts(table, cells, int(place[0]), hotspots.attrs.get("hotspots") or {})
    return _sentence(row, where, held, words)


def _sentence(row: pd.Series, place: str, around: Facts, words: _Words) -> str:
    """Return the sentence of a cell that was tested."""
    spot = str(row["spot"])
    more = around.held > around.expected
    if spot == "not significant":
        verdict = words("middle")
        means = words("means_middle_more" if more else "means_middle_less")
    else:
        side, level = spot.split()
        verdict = words(side, level=level)
        means = (
            words(f"means_{side}", false=100 - int(level))
            if level != "99"
            else words(f"means_{side}_one")
        )
    counted = around.value == ""
    kind = f"{'counts' if counted else 'values'}_{'star' if around.star else 'alone'}"
    incidents = round(around.held) if counted else int(row["incidents"])
    held = words(
        f"{kind}_{'one' if around.neighbors == 1 else 'many'}",
        neighbors=words.counted("neighbors", around.neighbors),
        incidents=words.counted("incidents", incidents),
        own=f"{around.own:,.0f}" if counted else _short(around.own),
        value=_named(around.value, words.lang),
        mean=_short(around.held / around.summed),
    )
    expected = _short(around.expected if counted else around.expected / around.summed)
    return words(
        "sentence",
        place=place,
        spot=verdict,
        held=held,
        expected=words("counts_expected" if counted else "values_expected", expected=expected),
        numbers=words(
            "numbers",
            z=f"{float(row['gi_star']):.2f}".replace("-", "\u2212"),
            p=_probability("p", float(row["p_value"])),
            q=_probability("q", float(row["q_value"])),
        ),
        means=means,
    )


def _where(
    row: pd.Series,
    cell: int,
    jurisdictions: pd.DataFrame | None,
    named: list[str],
    words: _Words,
) -> str:
    """Return the words for the cell, its street, period and group."""
    street = row.get("street_id")
    if jurisdictions is not None:
        missing = [name for name in ("street_id", "street") if name not in jurisdictions.columns]
        if missing:
            raise ColumnsError(
                f"jurisdictions must have the columns street_id and street. Missing: "
                f"{', '.join(missing)}. gridgov.read_jurisdictions(...) makes such a table."
            )
        same = jurisdictions.loc[jurisdictions["street_id"] == street, "street"].dropna()
        street = same.iloc[0] if len(same) else street
    if pd.isna(street):
        text = words("cell", cell=f"{cell:x}")
    else:
        text = words("cell_in", cell=f"{cell:x}", street=str(street))
    return words("during", place=text, named=words("and").join(named)) if named else text


def _one_map(hotspots: pd.DataFrame, *, period: Any, group: Any) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of one period and group, and how both are called."""
    table, named = hotspots, []
    for name, asked in (("period", period), ("group", group)):
        if name not in table.columns:
            held = pd.Series([], dtype=object)
        else:
            held = table[name].drop_duplicates()
        if asked is None and len(held) > 1:
            listed = ", ".join(_text(value) for value in sorted(held.dropna())[:3])
            raise InputError(
                f"{name} must be named when hotspots has several. Found: {len(held)}, the first "
                f"are {listed}. Give explain(..., {name}=...)."
            )
        if asked is not None:
            here = (
                _same(table[name], asked) if name in table.columns else np.zeros(len(table), bool)
            )
            if not here.any():
                listed = ", ".join(_text(value) for value in sorted(held.dropna())[:3]) or "none"
                raise InputError(
                    f"{name} must be one of hotspots. Found: {asked!r}; there is {listed}."
                )
            table = table.loc[here]
        if len(table) and name in table.columns and pd.notna(table[name].iloc[0]):
            named.append(_text(table[name].iloc[0]))
    return table, named


def _same(column: pd.Series, asked: Any) -> NDArray[np.bool_]:
    """Return which rows are of the period or group asked for."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        try:
            moment = pd.Timestamp(asked)
        except (TypeError, ValueError) as error:
            raise InputError(f"period must be a time. Found: {asked!r}.") from error
        if moment.tzinfo is None:
            moment = moment.tz_localize(column.dt.tz)
        return np.asarray(column == moment)
    return np.asarray(column.astype("str") == str(asked))


def _text(value: Any) -> str:
    """Return a period as its date, with the time where it has one, and a group as it is."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _number(cell: Any) -> int:
    """Return a cell as a number."""
    if isinstance(cell, str):
        return int(text_to_cells([cell.strip()])[0])
    if isinstance(cell, bool) or not hasattr(cell, "__index__"):
        raise InputError(f"cell must be a number or hexadecimal text. Found: {cell!r}.")
    return int(cell)


def _cells(column: pd.Series) -> Cells:
    """Return a table's cells as uint64; tables from files hold them as text."""
    if pd.api.types.is_integer_dtype(column.dtype) and not column.isna().any():
        return np.asarray(column.to_numpy(), dtype=np.uint64)
    return np.asarray(text_to_cells(column), dtype=np.uint64)


def _named(value: str, lang: Language) -> str:
    """Return the words for a column of rates, or its name when it is the caller's own."""
    rates = TABLES["rates"]
    if value not in rates.names:
        return f" {value} " if lang == "zh" else value
    heading = rates[value].heading(lang)
    return heading if lang == "zh" else f"a {heading.lower()} of"


def _short(number: float) -> str:
    """Return a number with as many digits as people read."""
    return f"{number:,.1f}" if abs(number) >= 0.95 or number == 0 else f"{number:.2g}"


def _probability(name: str, value: float) -> str:
    """Return a p or q, never rounded onto the other side of a level."""
    if value < 0.001:
        return f"{name} < 0.001"
    for digits in range(3, 17):
        shown = round(value, digits)
        if all((shown < level) == (value < level) for level in (0.01, 0.05, 0.10)):
            break
    return f"{name} = {shown:.{digits}f}"


@cache
def _phrases() -> dict[str, dict[str, str]]:
    """Return the sentences in both languages."""
    text = files("gridgov.hotspots").joinpath("explain_words.toml").read_text(encoding="utf-8")
    phrases: dict[str, dict[str, str]] = tomllib.loads(text)
    return phrases


class _Words:
    """The phrases in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def __call__(self, key: str, **values: Any) -> str:
        """Return a phrase with its values filled in."""
        return _phrases()[key][self.lang].format(**values)

    def counted(self, key: str, number: int) -> str:
        """Return a number of things in the singular or plural."""
        return self(f"{key}_{'one' if number == 1 else 'many'}", number=f"{number:,}")
