"""How many alleys fell and how many were restored, by district and quarter, as in a notice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.periods import groups_of
from gridgov.place.periods import check_period, read_instants, read_range
from gridgov.schema.standing import STANDINGS

__all__ = ["measure_standing"]


def measure_standing(
    standing: pd.DataFrame, *, by: str | None = "group", period: str | None = "QS"
) -> pd.DataFrame:
    """Count the lines that fell, that were restored, and that stand below the mark.

    Parameters
    ----------
    standing
        Table "standing".
    by
        Column to count by; None: all lines together, as when no line has a group. Lines
        without a value are left out.
    period
        ``"MS"`` months, ``"QS"`` quarters or ``"YS"`` years; None: all months together.

    Returns
    -------
    DataFrame
        Table "standing_counts": one row a group and period, zeros kept.

        - ``group``, ``period``.
        - ``lines``: lines that have a standing at the end of the period.
        - ``checked``: lines checked in the period.
        - ``downgraded``, ``restored``: lines to which that happened in the period; one that
          fell twice is one.
        - ``below``: lines that stand downgraded or recovering at the end of the period.
        - ``met_share``: the others by all, 0 to 1; missing without lines.

    Raises
    ------
    ColumnsError
        If a column is missing, or holds the wrong kind of value.
    EmptyTableError
        If the table has no rows.
    OptionError
        If `period` does not exist or is shorter than a month.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.assessment.standing.standing import grade_standing
    >>> at = pd.DatetimeIndex(["2025-01-15", "2025-02-10"], tz="Asia/Shanghai")
    >>> checks = pd.DataFrame({"line_id": ["A", "B"], "checked_at": at, "score": [88.0, 92.0],
    ...                        "district": ["East", "East"]})
    >>> table = measure_standing(grade_standing(checks, by="district"))
    >>> print(table[["group", "lines", "downgraded", "below"]].to_string(index=False))
    group  lines  downgraded  below
     East      2           1      1
    """
    freq = check_period(period)
    if freq is not None and (freq == "D" or freq.startswith("W-")):
        raise OptionError(
            f"period must be 'MS', 'QS', 'YS' or None: a standing is of a month. Found: {period!r}."
        )
    own = ["line_id", "period", "standing", "moved", "checks"]
    check_table(standing, "standing", columns=[*own, *([by] if by is not None else [])])
    # A standing that nothing was grouped by is counted as a whole.
    grouped = by if by != "group" or standing["group"].notna().any() else None
    names, group = groups_of(standing, grouped)
    instants, timeless, zone = read_instants(standing, "period")
    if timeless.any():
        raise ColumnsError(
            f"period must name the month of every row. Found: {int(timeless.sum())} without."
        )
    found = read_range(instants, freq=freq, start=None, end=None, zone=zone)
    use = group >= 0
    rows = pd.DataFrame(
        {
            "at": group[use] * len(found.starts) + found.places(instants[use]),
            "line_id": standing.loc[use, "line_id"].to_numpy(),
            "month": instants[use],
            "below": standing.loc[use, "standing"].isin(STANDINGS[:2]).to_numpy(),
            "downgraded": standing.loc[use, "moved"].eq("downgraded").to_numpy(),
            "restored": standing.loc[use, "moved"].eq("restored").to_numpy(),
            "checked": standing.loc[use, "checks"].gt(0).to_numpy(),
        }
    ).sort_values("month", kind="stable")
    # A line is counted once a period: by where it stands last, and by whether it ever moved.
    of_line = rows.groupby(["at", "line_id"], sort=True).agg(
        below=("below", "last"),
        downgraded=("downgraded", "any"),
        restored=("restored", "any"),
        checked=("checked", "any"),
    )
    places = len(names) * len(found.starts)
    counted = of_line.groupby("at").sum().reindex(range(places), fill_value=0).astype(np.int64)
    lines = of_line.groupby("at").size().reindex(range(places), fill_value=0).to_numpy(np.int64)
    frame = counted.reset_index(drop=True).assign(
        group=np.repeat(np.array(names, dtype=object), len(found.starts)),
        period=found.starts.append([found.starts] * (len(names) - 1)),
        lines=lines,
        met_share=1.0
        - np.divide(counted["below"], lines, out=np.full(places, np.nan), where=lines > 0),
    )
    table = conform(frame, "standing_counts")
    table.attrs["standing_counts"] = {
        **standing.attrs.get("standing", {}),
        "by": grouped,
        "period": freq,
    }
    return table
