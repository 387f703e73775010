"""The mix of channels and channels that fell silent: by hand, by brute force, under a null."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.coverage.reporting.channels import measure_channel_shares, measure_channels
from gridgov.coverage.reporting.silent_channels import find_silent_channels
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import grid_disk

ZONE = "Asia/Shanghai"
CELLS = np.sort(grid_disk(0x8931AA50E27FFFF, 1))
GRID = pd.DataFrame(
    {
        "cell": CELLS,
        "street_id": ["01", "01", "01", "02", "02", "02", "03"],
        "area_km2": 0.1,
    }
)
CHANNELS = ["app", "hotline", "video"]


def reports(rows):
    """Rows of (place of the cell, street, channel, date)."""
    place, street, channel, date = zip(*rows, strict=True) if rows else ([], [], [], [])
    when = pd.to_datetime(pd.Series(list(date), dtype="object"))
    return pd.DataFrame(
        {
            "cell": pd.array(CELLS[list(place)] if rows else [], dtype="UInt64"),
            "street_id": pd.array(list(street), dtype="str"),
            "match": pd.array(["inside"] * len(rows), dtype="str"),
            "channel": pd.array(list(channel), dtype="str"),
            "reported_at": when.dt.tz_localize(ZONE).dt.as_unit("us"),
        }
    )


def town(seed, rows=300):
    rng = np.random.default_rng(seed)
    days = pd.date_range("2017-01-01", "2017-03-31").strftime("%Y-%m-%d").to_numpy()
    place = rng.integers(0, 6, rows)
    channel = rng.choice([*CHANNELS, None], rows, p=[0.5, 0.3, 0.15, 0.05])
    return reports(
        list(
            zip(
                place.tolist(),
                GRID["street_id"].to_numpy()[place].tolist(),
                channel.tolist(),
                rng.choice(days, rows).tolist(),
                strict=True,
            )
        )
    )


def test_columns_are_the_documented_ones():
    located = town(1)
    assert measure_channels(located, GRID).columns.tolist() == TABLES["channel_mix"].names
    shares = measure_channel_shares(located, GRID)
    assert shares.columns.tolist() == TABLES["channel_shares"].names
    silent = find_silent_channels(located)
    assert silent.columns.tolist() == TABLES["silent_channels"].names


def test_entropy_is_that_of_a_hand_made_mix():
    # 1/2, 1/4, 1/4: 0.5 + 0.5 + 0.5 bits, of log2 3.
    located = reports(
        [(0, "01", name, "2017-01-01") for name in ["app", "app", "hotline", "video"]]
    )
    row = measure_channels(located, GRID).set_index("cell").loc[CELLS[0]]
    assert row["entropy_bits"] == 1.5
    assert row["entropy_share"] == pytest.approx(1.5 / math.log2(3))
    assert (row["main_channel"], row["main_share"], row["channels"]) == ("app", 0.5, 3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), by=st.sampled_from(["cell", "street_id", None]))
def test_the_mix_is_that_of_a_loop_over_incidents(seed, by):
    located = town(seed, rows=80)
    mix = measure_channels(located, by=by, period="MS")
    shares = measure_channel_shares(located, by=by, period="MS")
    assert mix["incidents"].sum() == len(located)
    for row in mix.to_dict("records"):
        here = located[
            (located["reported_at"].dt.month == row["period"].month)
            & ((located[by] == row[by]) if by else True)
        ]
        number = Counter(here["channel"].dropna())
        total = sum(number.values())
        assert (row["incidents"], row["channel_incidents"]) == (len(here), total)
        if not total:
            assert math.isnan(row["entropy_bits"])
            assert not row["depends_on_one"]
            continue
        bits = -sum(n / total * math.log2(n / total) for n in number.values())
        assert row["entropy_bits"] == pytest.approx(bits, abs=1e-12)
        assert row["main_share"] == max(number.values()) / total
        assert row["main_channel"] == min(number, key=lambda name: (-number[name], name))
        # Origin: scipy's exact interval, one side.
        exact = scipy.stats.binomtest(max(number.values()), total, alternative="greater")
        assert row["main_share_low"] == pytest.approx(exact.proportion_ci(0.95).low, abs=1e-9)
    keys = ["cell", "street_id", "period"]
    sums = shares.groupby(keys, dropna=False, sort=False)[["incidents", "channel_share"]].sum()
    assert sums["incidents"].tolist() == mix["channel_incidents"].tolist()
    np.testing.assert_allclose(sums["channel_share"], (mix["channel_incidents"] > 0), atol=1e-12)


def test_a_street_depends_on_one_channel_from_the_threshold_on_and_with_enough_incidents():
    rows = [(0, "01", "app", "2017-01-01")] * 8 + [(0, "01", "video", "2017-01-01")] * 2
    rows += [(3, "02", "app", "2017-01-01")] * 9
    mix = measure_channels(reports(rows), by="street_id")
    assert mix["depends_on_one"].tolist() == [True, False]
    assert measure_channels(reports(rows), by="street_id", dependence=0.81)[
        "depends_on_one"
    ].tolist() == [False, False]
    assert measure_channels(reports(rows), by="street_id", least_incidents=9)[
        "depends_on_one"
    ].tolist() == [True, True]


def test_places_of_the_grid_without_incidents_keep_a_row():
    located = reports([(0, "01", "app", "2017-01-01")])
    mix = measure_channels(located, GRID)
    assert mix["cell"].tolist() == CELLS.tolist()
    assert mix["incidents"].tolist() == [1, 0, 0, 0, 0, 0, 0]
    streets = measure_channels(located, GRID, by="street_id")
    assert streets["street_id"].tolist() == ["01", "02", "03"]
    assert streets["entropy_share"].isna().tolist() == [False, True, True]


def test_what_is_not_counted_is_reported_and_adds_up():
    located = town(3, rows=50)
    located.loc[:4, "match"] = "outside"
    located["cell"] = located["cell"].where(located.index != 7)
    other = np.setdiff1d(grid_disk(int(CELLS[0]), 3), CELLS)[0]
    located["cell"] = located["cell"].mask(located.index == 9, other)
    mix = measure_channels(located, GRID, start="2017-01-15", end="2017-03-15")
    left = mix.attrs["channels"]["left_out"]
    assert (left["outside"], left["off_grid"]) == (6, 1)
    assert mix["incidents"].sum() + sum(left.values()) == 50


def monthly(counts, streets=("01",), first="2015-01-01"):
    """Incidents from counts of shape (streets, channels, months)."""
    starts = pd.date_range(first, periods=counts.shape[2], freq="MS").strftime("%Y-%m-%d")
    street, channel, month = (at.ravel() for at in np.indices(counts.shape))
    number = counts.ravel()
    names = np.array([f"c{n}" for n in range(counts.shape[1])])
    return reports(
        list(
            zip(
                np.zeros(number.sum(), int).tolist(),
                np.array(streets)[street].repeat(number).tolist(),
                names[channel].repeat(number).tolist(),
                starts.to_numpy()[month].repeat(number).tolist(),
                strict=True,
            )
        )
    )


def test_every_row_of_silence_is_fishers_test_of_a_loop_when_nothing_else_varies():
    rng = np.random.default_rng(8)
    counts = rng.poisson(3, (2, 3, 6))
    found = find_silent_channels(
        monthly(counts, ("01", "02")), history=2, least_history=1, correlation=0
    )
    assert len(found) == 6 * (3 + 2 * (1 + 3))
    months = pd.DatetimeIndex(found["period"]).month - 1
    for row, t in zip(found.to_dict("records"), months, strict=True):
        all_streets, all_channels = pd.isna(row["street_id"]), pd.isna(row["channel"])
        s = slice(None) if all_streets else [int(row["street_id"]) - 1]
        c = slice(None) if all_channels else [int(row["channel"][1:])]
        part = counts[s][:, c].sum(axis=(0, 1))
        total = (counts if all_channels else counts[s]).sum(axis=(0, 1))
        before = slice(max(t - 2, 0), t)
        a, n = part[before].sum(), total[before].sum()
        assert row["incidents"] == part[t]
        assert (row["total_incidents"], row["earlier_incidents"]) == (total[t], a)
        assert (row["earlier_total"], row["earlier_periods"]) == (n, min(t, 2))
        if 0 < a < n:
            exact = scipy.stats.fisher_exact(
                [[part[t], a], [total[t] - part[t], n - a]], alternative="less"
            )[1]
            assert row["p_value"] == pytest.approx(exact, rel=1e-7)
            assert row["expected_incidents"] == pytest.approx(total[t] * a / n)


@pytest.mark.parametrize("correlation", [0.0, 0.03])
def test_without_silence_small_p_values_are_no_more_than_promised(correlation):
    rng = np.random.default_rng(4)
    mean = np.array([0.45, 0.3, 0.15, 0.1])
    found = []
    for _ in range(6):
        if correlation:
            share = rng.dirichlet(mean * (1 / correlation - 1), (8, 30))
        else:
            share = np.broadcast_to(mean, (8, 30, 4))
        counts = rng.multinomial(rng.poisson(60, (8, 30)), share).transpose(0, 2, 1)
        names = [f"{n:02d}" for n in range(8)]
        found.append(find_silent_channels(monthly(counts, names)))
    table = pd.concat(found)
    p = table.loc[table["channel"].notna() & table["street_id"].notna(), "p_value"].dropna()
    for alpha in (0.01, 0.05, 0.10):
        assert (p <= alpha).mean() <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / len(p))
    assert not (table["silence"] == "fell silent").any()
    estimates = [
        table.attrs["silent_channels"]["kinds"]["street and channel"]["correlation"]
        for table in found
    ]
    assert np.mean(estimates) == pytest.approx(correlation, abs=0.006)


def test_a_hotline_that_dies_and_a_street_that_falls_silent_are_found_and_nothing_else():
    rng = np.random.default_rng(6)
    counts = rng.poisson(np.array([20, 12, 8])[None, :, None], (6, 3, 24))
    counts[2, 1, 15:17] = 0
    counts[4, :, 20] = 0
    names = [f"{n:02d}" for n in range(6)]
    found = find_silent_channels(monthly(counts, names))
    silent = found[found["silence"] == "fell silent"]
    months = silent["period"].dt.strftime("%Y-%m").tolist()
    rows = zip(silent["street_id"], silent["channel"].fillna("all"), months, strict=True)
    assert sorted(rows) == [
        ("02", "c1", "2016-04"),
        ("02", "c1", "2016-05"),
        ("04", "all", "2016-09"),
    ]
    # The street's channels cannot tell in that month: there is nothing to share out.
    there = found[
        (found["street_id"] == "04") & (found["period"].dt.strftime("%Y-%m") == "2016-09")
    ]
    assert (there["silence"].iloc[1:] == "cannot tell").all()


def test_rows_without_an_answer_say_why():
    counts = np.zeros((2, 2, 40), dtype=int)
    counts[0, 0] = 5
    counts[1, 0] = 4
    counts[1, 1, 30:] = 3
    found = find_silent_channels(monthly(counts, ("01", "02")), correlation=0)
    only = found[(found["street_id"] == "01") & (found["channel"] == "c0")]
    assert set(only["reason"].iloc[3:]) == {"nothing to compare with"}
    assert set(only["reason"].iloc[:3]) == {"too few earlier periods"}
    new = found[(found["street_id"] == "02") & (found["channel"] == "c1")]
    assert set(new["reason"].iloc[3:30]) == {"no earlier incidents"}
    few = find_silent_channels(monthly(counts[:, :, 28:36], ("01", "02")), by=None)
    assert "fewer than 30 rows" in set(few["reason"])
    assert few["p_value"].isna().all()


def test_the_order_of_incidents_and_other_names_change_no_number():
    located = town(5)
    numbers = ["incidents", "expected_incidents", "p_value", "q_value"]
    found = find_silent_channels(located, least_history=1, correlation=0.01)
    mixed = find_silent_channels(
        located.sample(frac=1, random_state=1), least_history=1, correlation=0.01
    )
    pd.testing.assert_frame_equal(found, mixed)
    renamed = located.assign(channel="x" + located["channel"])
    other = find_silent_channels(renamed, least_history=1, correlation=0.01)
    pd.testing.assert_frame_equal(found[numbers], other[numbers])


@pytest.mark.parametrize("measure", [measure_channels, measure_channel_shares])
def test_bad_input_of_the_mix_is_said(measure):
    located = town(1)
    with pytest.raises(InputError, match=r"must have a channel\. Found: none of 300 rows"):
        measure(located.assign(channel=None), GRID)
    with pytest.raises(InputError, match="Found: none of 0 rows"):
        measure(located.iloc[:0])
    with pytest.raises(ColumnsError, match="located must have the column channel"):
        measure(located.drop(columns="channel"))
    with pytest.raises(OptionError, match="by must be one of"):
        measure(located, by="district")
    with pytest.raises(EmptyTableError, match="grid has no rows"):
        measure(located, GRID.iloc[:0])
    with pytest.raises(InputError, match="one resolution"):
        measure(located, GRID.assign(cell=grid_disk(0x8831AA50E3FFFFF, 1)))


def test_bad_options_are_said():
    located = town(1)
    with pytest.raises(OptionError, match="dependence must be a share above 0"):
        measure_channels(located, dependence=1.2)
    with pytest.raises(OptionError, match="least_incidents must be a whole number"):
        measure_channels(located, least_incidents=0)
    with pytest.raises(OptionError, match="by must be 'street_id' or None"):
        find_silent_channels(located, by="cell")
    with pytest.raises(OptionError, match="period must name a calendar start"):
        find_silent_channels(located, period=None)
    with pytest.raises(OptionError, match="history must be a whole number"):
        find_silent_channels(located, history=0)
    with pytest.raises(OptionError, match="correlation must be None"):
        find_silent_channels(located, correlation=1.0)
    with pytest.raises(InputError, match="must have a channel"):
        find_silent_channels(located.assign(channel=None))
