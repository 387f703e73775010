"""Tables of cases whose scores can be worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

ZONE = "Asia/Shanghai"


def _cases(
    street: str = "A",
    *,
    closed: int,
    of: int,
    late: int = 0,
    reworked: int = 0,
    supervised: int = 0,
    month: str = "2017-09",
    **own: Any,
) -> pd.DataFrame:
    """Return cases filed on the fifth and due three days later, the first ones closed."""
    at = np.arange(of)
    filed = pd.DatetimeIndex([f"{month}-05"] * of).as_unit("us").tz_localize(ZONE)
    done = filed + pd.to_timedelta(np.where(at < late, 9, 1), unit="D")
    never = pd.Series(pd.NaT, at, dtype=f"datetime64[us, {ZONE}]")
    closed_at = done.as_unit("us").to_series(index=at).where(at < closed)
    return pd.DataFrame(
        {
            "street_id": street,
            "filed_at": filed,
            "due_at": filed + pd.Timedelta(days=3),
            "handled_at": closed_at,
            "closed_at": closed_at,
            "cancelled_at": never,
            "reworks": pd.array((at < reworked).astype(int), dtype="Int64"),
            # The last ones, so that open cases are supervised first.
            "supervised": pd.array(at >= of - supervised, dtype="boolean"),
            **own,
        }
    )


@pytest.fixture
def make_cases() -> Callable[..., pd.DataFrame]:
    return _cases


@pytest.fixture
def closing() -> dict[str, Any]:
    """A scheme of the one share of closed cases."""
    return {
        "name": "closing only",
        "items": [{"name": "closing", "indicator": "closing_rate_of_filed", "weight": 1}],
    }
