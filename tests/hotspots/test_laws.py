"""Laws that hold for every measure, whatever the city: names and places change nothing.

Shuffling, units and calibration of each measure are tested beside it; here is what they
have in common.
"""

from __future__ import annotations

from typing import Any

import h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import gridgov as gg
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.knox import knox

MIDDLE = 0x8931AA50E27FFFF
# Another continent, another face of the icosahedron.
ELSEWHERE = 0x892A100D2D7FFFF
RINGS, PERIODS = 3, 6
CELLS = grid_disk(MIDDLE, RINGS)

few = settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
panels = arrays(np.int64, (PERIODS, CELLS.size), elements=st.sampled_from([0, 0, 0, 1, 2, 5, 30]))


def moved() -> np.ndarray:
    """Return the cells around another middle, every one where its like lies around the first."""
    first, second = h3.int_to_str(MIDDLE), h3.int_to_str(ELSEWHERE)
    i, j = h3.cell_to_local_ij(first, first)
    k, m = h3.cell_to_local_ij(second, second)
    found = []
    for cell in CELLS.tolist():
        a, b = h3.cell_to_local_ij(first, h3.int_to_str(cell))
        found.append(h3.str_to_int(h3.local_ij_to_cell(second, a - i + k, b - j + m)))
    return np.array(found, dtype=np.uint64)


def panel(counts: np.ndarray, cells: np.ndarray = CELLS, **columns: Any) -> pd.DataFrame:
    months = pd.date_range("2017-01-01", periods=PERIODS, freq="MS", tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "cell": np.tile(cells, PERIODS),
            "period": np.repeat(months, cells.size),
            "group": None,
            "street_id": "s1",
            "incidents": counts.ravel(),
            "area_km2": 0.1,
            **columns,
        }
    )


MEASURES = {
    "hotspots": gg.find_hotspots,
    "gi": lambda table: gg.find_hotspots(table, statistic="gi"),
    "moran": gg.find_moran_clusters,
    "autocorrelation": lambda table: gg.measure_autocorrelation(table, permutations=99),
    "bins": gg.find_hotspot_bins,
    "emerging": gg.find_emerging_hotspots,
    "persistence": gg.classify_persistence,
    "trends": gg.measure_trends,
}
# Words for things; no number depends on them.
NAMES = ["cell", "street_id", "group", "period"]


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=[name for name in NAMES if name in table.columns])


@pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")
@pytest.mark.parametrize("name", MEASURES)
@few
@given(counts=panels)
def test_the_same_counts_elsewhere_in_the_world_have_the_same_answers(name, counts):
    # Rows of a table by cell may come in another order: each cell is found again by its like.
    here, there = MEASURES[name](panel(counts)), MEASURES[name](panel(counts, moved()))
    if "cell" in here.columns:
        like = dict(zip(moved().tolist(), CELLS.tolist(), strict=True))
        there = there.assign(cell=there["cell"].map(like).astype("uint64"))
        keys = [key for key in ("cell", "period") if key in here.columns]
        here, there = (table.sort_values(keys, ignore_index=True) for table in (here, there))
    # Arrangements are drawn in the order of the cells, and that is another one.
    drawn = ["p_permutation"] if "p_permutation" in here.columns else []
    pd.testing.assert_frame_equal(
        numbers(here).drop(columns=drawn), numbers(there).drop(columns=drawn), rtol=1e-9, atol=1e-9
    )


@pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")
@pytest.mark.parametrize("name", MEASURES)
@few
@given(counts=panels)
def test_names_of_streets_and_groups_and_dates_change_nothing(name, counts):
    plain = panel(counts)
    later = plain["period"].dt.tz_localize(None) + pd.DateOffset(years=4)
    renamed = plain.assign(
        street_id="又一街道", group="噪声", period=later.dt.tz_localize("Asia/Shanghai")
    )
    pd.testing.assert_frame_equal(
        numbers(MEASURES[name](plain)), numbers(MEASURES[name](renamed)), check_exact=True
    )


@pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")
@few
@given(
    counts=panels,
    times=st.integers(2, 40),
    seed=st.integers(0, 1000),
    window=st.sampled_from(["entire_cube", "neighborhood_step", "individual_step"]),
)
def test_order_and_scale_change_no_bin_and_no_category(counts, times, seed, window):
    plain = panel(counts)
    changed = plain.assign(incidents=plain["incidents"] * times).sample(frac=1, random_state=seed)
    bins = gg.find_hotspot_bins(plain, window=window)
    other = gg.find_hotspot_bins(changed, window=window)
    kept = ["cell", "period", "gi_star", "p_value", "q_value", "spot", "reason"]
    pd.testing.assert_frame_equal(bins[kept], other[kept], rtol=1e-9, atol=1e-9)
    tested = bins["p_value"].notna()
    p, q = bins.loc[tested, "p_value"], bins.loc[tested, "q_value"]
    assert ((p > 0) & (p <= 1) & (q >= p) & (q <= 1)).all()
    first = gg.find_emerging_hotspots(plain, window=window)
    second = gg.find_emerging_hotspots(changed, window=window)
    categories = ["cell", "category", "trend_p", "hot_share", "cold_share", "last_spot"]
    pd.testing.assert_frame_equal(first[categories], second[categories], rtol=1e-9, atol=1e-9)


@few
@given(
    counts=arrays(np.int64, CELLS.size, elements=st.integers(0, 9)),
    replicates=st.sampled_from([19, 99]),
    seed=st.integers(0, 1000),
)
def test_p_of_a_scan_is_a_rank_among_replicates(counts, replicates, seed):
    if counts.sum() < 2:
        counts[0] += 2
    table = pd.DataFrame({"cell": CELLS, "incidents": counts, "area_km2": 0.1})
    clusters = gg.find_scan_clusters(table, replicates=replicates, seed=seed)
    p = clusters["p_value"].to_numpy()
    ranks = p * (replicates + 1)
    assert ((p > 0) & (p <= 1)).all()
    np.testing.assert_allclose(ranks, np.round(ranks), atol=1e-9)
    # The less likely a cluster, the smaller its p.
    assert (np.diff(clusters["log_likelihood_ratio"]) <= 1e-9).all()
    assert (np.diff(p) >= 0).all()


@few
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 30)),
        min_size=3,
        max_size=25,
    ),
    seed=st.integers(0, 1000),
)
def test_p_of_near_repeats_is_a_rank_among_permutations(rows, seed):
    x, y, when = np.array(rows).T
    found = knox(
        x, y, when, distance_edges=[0, 10, 30], time_edges=[0, 7], permutations=39, seed=seed
    )
    p = np.asarray(found.p_value)
    assert ((p > 0) & (p <= 1)).all()
    np.testing.assert_allclose(p * 40, np.round(p * 40), atol=1e-9)
