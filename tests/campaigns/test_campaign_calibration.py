"""How often a campaign is claimed where nothing was done; docs/campaigns.md has the long runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.geo.hexgrid import grid_disk

ZONE = "Asia/Shanghai"
CELLS = np.sort(np.asarray(grid_disk(0x8931AA50E27FFFF, 12), dtype=np.uint64))
MONTHS = pd.date_range("2015-01-01", periods=25, freq="MS", tz=ZONE)
GRID = pd.DataFrame({"cell": CELLS, "area_km2": 0.1})


def draw(rng: np.random.Generator, means: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Return incidents of 24 months that nothing changes, and the counts by cell and month."""
    counts = rng.poisson(np.repeat(means[:, None], 24, axis=1))
    cell, month = (np.repeat(at, counts.ravel()) for at in np.indices(counts.shape).reshape(2, -1))
    starts = MONTHS.as_unit("us").asi8
    at = starts[month] + (rng.random(len(cell)) * np.diff(starts)[month]).astype(np.int64)
    located = pd.DataFrame(
        {
            "cell": pd.array(CELLS[cell], dtype="UInt64"),
            "match": "inside",
            "reported_at": pd.DatetimeIndex(at.view("datetime64[us]"), tz="UTC").tz_convert(ZONE),
        }
    )
    return located, counts


@pytest.fixture(scope="module")
def placebos() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(20)
    found: dict[str, list[pd.DataFrame]] = {"random": [], "peak": []}
    for _ in range(60):
        located, counts = draw(rng, rng.gamma(0.7, 0.9, len(CELLS)))
        center = CELLS[rng.integers(len(CELLS))]
        near = np.asarray(grid_disk(int(center), 1), dtype=np.uint64)
        quarter = counts[:, 9:12].sum(axis=1)
        for name, treated, before, after in (
            ("random", near[np.isin(near, CELLS)], (0, 12), (13, 24)),
            ("peak", CELLS[np.argsort(-quarter, kind="stable")[:7]], (9, 12), (13, 16)),
        ):
            found[name].append(
                gg.evaluate_campaign(
                    located,
                    GRID,
                    treated=treated,
                    before=(MONTHS[before[0]], MONTHS[before[1]]),
                    after=(MONTHS[after[0]], MONTHS[after[1]]),
                )
            )
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def test_where_nothing_was_done_the_interval_holds_one_as_often_as_it_says(
    placebos: dict[str, pd.DataFrame],
) -> None:
    table = placebos["random"]
    holds = (table["rate_ratio_low"] <= 1) & (table["rate_ratio_high"] >= 1)
    # 95 % of 60 is 57; fewer than 51 has a chance of 0.1 % (binomial).
    assert holds[table["rate_ratio"].notna()].mean() >= 51 / 60
    assert (table["displacement"] == "displaced").sum() <= 6


def test_a_peak_fools_before_and_after_but_not_the_verdict(
    placebos: dict[str, pd.DataFrame],
) -> None:
    table = placebos["peak"]
    naive = (table["e_test_p"] < 0.05) & (table["treated_after"] < table["treated_before"])
    assert naive.mean() > 0.3
    assert table["cautions"].str.contains("selected_at_peak").mean() > 0.9
    assert (table["verdict"] == "fell").mean() < 0.15
    # The fall that is told beforehand is the fall that comes.
    fell = (
        1
        - (table["treated_after"] / table["after_days"]).sum()
        / (table["treated_before"] / table["before_days"]).sum()
    )
    assert table["regression_share"].mean() == pytest.approx(fell, abs=0.1)
