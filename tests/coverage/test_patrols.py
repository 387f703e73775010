"""Patrols on small towns, held to a second-by-second simulation and to sums that must be kept."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gridgov.columns import TABLES
from gridgov.coverage.patrol import patrol_segments, patrol_stays
from gridgov.coverage.patrol.fix_rates import measure_fix_rates
from gridgov.coverage.patrol.patrol_time import measure_patrol_time
from gridgov.coverage.patrol.patrols import measure_patrols
from gridgov.coverage.patrol.visits import find_visits
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import cell_centers, points_to_cells
from gridgov.place.grid import make_grid

ZONE = "Asia/Shanghai"
START = pd.Timestamp("2017-09-04 08:00", tz=ZONE)
TOWN = gpd.GeoDataFrame(
    {"street_id": ["A"]}, geometry=[box(116.195, 39.895, 116.205, 39.905)], crs="EPSG:4326"
)
GRID = make_grid(TOWN, resolution=9)
(HERE,) = points_to_cells(np.array([116.2]), np.array([39.9]), 9)


def fixes_at(rows, **more):
    """Rows of (track, seconds from the start, longitude, latitude)."""
    frame = pd.DataFrame(rows, columns=["track_id", "second", "x", "y"])
    at = START + pd.to_timedelta(frame["second"], unit="s")
    return gpd.GeoDataFrame(
        {"track_id": frame["track_id"].astype("str"), "fix_at": at.dt.as_unit("us"), **more},
        geometry=gpd.points_from_xy(frame["x"], frame["y"]),
        crs="EPSG:4326",
    )


def standing(track, seconds, **more):
    return fixes_at([(track, second, 116.2, 39.9) for second in seconds], **more)


def walk(seed, tracks=3, fixes=60):
    """Random walks with gaps, in and out of the town."""
    random = np.random.default_rng(seed)
    rows = []
    for track in range(tracks):
        second, x, y = random.integers(0, 600), 116.2, 39.9
        for _ in range(fixes):
            rows.append((f"P{track}", int(second), x, y))
            second += random.choice([1, 20, 60, 120, 121, 900], p=[0.1, 0.3, 0.3, 0.1, 0.1, 0.1])
            x, y = x + random.normal(0, 0.001), y + random.normal(0, 0.001)
    return fixes_at(rows)


def simulated(tracks, max_gap_s, step=20):
    """Cell of every twentieth of a second of observed time, track by track; the plain way."""
    moments = []
    for track, part in tracks.groupby("track_id"):
        at = ((part["fix_at"] - START) / pd.Timedelta(seconds=1)).to_numpy()
        x, y = part.geometry.x.to_numpy(), part.geometry.y.to_numpy()
        for k in range(len(part) - 1):
            if at[k + 1] - at[k] > max_gap_s:
                continue
            n = int(at[k + 1] - at[k]) * step
            share = (np.arange(n) + 0.5) / n
            cell = points_to_cells(
                x[k] + share * (x[k + 1] - x[k]), y[k] + share * (y[k + 1] - y[k]), 9
            )
            moments.append(
                pd.DataFrame(
                    {"track": track, "at": at[k] + share * (at[k + 1] - at[k]), "cell": cell}
                )
            )
    return pd.concat(moments, ignore_index=True), 1 / step


@pytest.mark.parametrize("seed", [1, 2])
def test_dwell_is_that_of_a_simulation_moment_by_moment(seed):
    tracks = walk(seed)
    moments, each = simulated(tracks, 120)
    expected = moments.groupby("cell").size() * each / 60
    patrols = measure_patrols(tracks, GRID).set_index("cell")["dwell_min"]
    expected = expected.reindex(patrols.index, fill_value=0.0)
    # Each crossing of an edge is known to a twentieth of a second in the simulation.
    np.testing.assert_allclose(patrols, expected, atol=0.01)
    assert patrols.sum() > 30


@pytest.mark.parametrize("seed", [1, 2])
def test_visits_are_those_of_a_plain_loop_over_a_simulation(seed):
    tracks = walk(seed)
    moments, each = simulated(tracks, 120)
    expected = []
    for (track, cell), part in moments[moments["cell"].isin(GRID["cell"])].groupby(
        ["track", "cell"]
    ):
        at = part["at"].sort_values().to_numpy()
        spells = np.split(at, np.flatnonzero(np.diff(at) - each >= 600) + 1)
        expected += [
            (track, cell, spell[0], spell[-1], len(spell) * each / 60)
            for spell in spells
            if len(spell) * each >= 60
        ]
    expected = pd.DataFrame(expected, columns=["track", "cell", "arrived", "left", "dwell"])
    visits = find_visits(tracks, GRID)
    assert visits["track_id"].tolist() == expected["track"].tolist()
    assert visits["cell"].tolist() == expected["cell"].tolist()
    arrived = (visits["arrived_at"] - START) / pd.Timedelta(seconds=1)
    np.testing.assert_allclose(arrived, expected["arrived"], atol=0.1)
    left = (visits["left_at"] - START) / pd.Timedelta(seconds=1)
    np.testing.assert_allclose(left, expected["left"], atol=0.1)
    np.testing.assert_allclose(visits["dwell_min"], expected["dwell"], atol=0.01)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"),
            st.integers(0, 3000),
            st.floats(116.18, 116.22),
            st.floats(39.88, 39.92),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_the_four_times_of_every_track_add_up_exactly(rows):
    tracks = fixes_at(rows)
    time = measure_patrol_time(tracks, GRID).set_index("track_id")
    spans = tracks.groupby("track_id")["fix_at"].agg(lambda at: at.max() - at.min())
    for track, span in spans.items():
        parts = [time.loc[track, f"{name}_min"] for name in ("dwell", "outside", "unobserved")]
        # Whole microseconds, compared as such.
        us = sum(round(part * 60e6) for part in parts)
        assert us == span // pd.Timedelta(microseconds=1)
        assert min(parts) >= 0
    patrols = measure_patrols(tracks, GRID)
    assert patrols["dwell_min"].sum() == pytest.approx(time["dwell_min"].sum(), abs=1e-9)
    assert patrols.attrs["patrol"]["tracked_min"] == pytest.approx(time["tracked_min"].sum())


def test_shuffled_rows_and_tables_one_after_another_give_the_same():
    tracks = walk(5)
    shuffled = tracks.sample(frac=1, random_state=1)
    once = find_visits(tracks, GRID)
    pd.testing.assert_frame_equal(
        find_visits(tracks.iloc[::-1].sort_values("track_id", kind="stable"), GRID), once
    )
    by_cell = measure_patrols(tracks, GRID)
    pd.testing.assert_frame_equal(measure_patrols(shuffled, GRID), by_cell)
    middle = START + pd.Timedelta(minutes=40)
    parts = [tracks[tracks["fix_at"] < middle], tracks[tracks["fix_at"] >= middle]]
    in_parts = measure_patrols(iter(parts), GRID)
    own = by_cell.columns.drop("dwell_half_rate_min")
    pd.testing.assert_frame_equal(in_parts[own], by_cell[own])
    assert in_parts.attrs == by_cell.attrs


def test_blocks_of_a_few_fixes_and_pieces_give_the_same(monkeypatch):
    tracks = walk(6)
    whole = measure_patrols(tracks, GRID), find_visits(tracks, GRID)
    monkeypatch.setattr(patrol_stays, "_BLOCK", 7)
    monkeypatch.setattr(patrol_segments, "_PIECES_AT_ONCE", 5)
    pd.testing.assert_frame_equal(measure_patrols(tracks, GRID), whole[0], rtol=1e-12)
    pd.testing.assert_frame_equal(find_visits(tracks, GRID), whole[1], rtol=1e-12)


def test_a_track_that_goes_back_in_a_later_table_is_refused():
    later, earlier = standing("P1", [600, 660]), standing("P1", [0, 60])
    with pytest.raises(InputError, match="go back in time, the first is 'P1'"):
        measure_patrols([later, earlier], GRID)


def test_columns_and_rows_are_the_documented_ones_and_zeros_are_kept():
    patrols = measure_patrols(standing("P1", [0, 60]), GRID)
    assert patrols.columns.tolist() == TABLES["patrols"].names
    assert patrols["cell"].tolist() == sorted(GRID["cell"])
    never = patrols[patrols["cell"] != HERE]
    assert (never[["visits", "dwell_min", "person_min", "revisits"]] == 0).all(axis=None)
    assert never["last_visit_at"].isna().all()
    assert never["mean_dwell_min"].isna().all()
    visits = find_visits(standing("P1", [0, 60]), GRID)
    assert visits.columns.tolist() == TABLES["visits"].names
    time = measure_patrol_time(standing("P1", [0, 60]), GRID)
    assert time.columns.tolist() == TABLES["patrol_time"].names


def test_dose_is_dwell_times_the_persons_of_each_fix():
    tracks = standing("P1", [0, 60, 120], persons=pd.array([3, 2, 9], "Int64"))
    visits = find_visits(tracks, GRID)
    # Three persons in the first minute, two in the second; the last fix begins nothing.
    assert visits[["dwell_min", "person_min"]].values.tolist() == [[2.0, 5.0]]


def test_a_gap_longer_than_allowed_is_unobserved_and_not_presence():
    tracks = standing("P1", [0, 120, 241])
    time = measure_patrol_time(tracks, GRID).iloc[0]
    assert time["dwell_min"] == 2
    assert time["unobserved_min"] == pytest.approx(121 / 60)
    assert measure_patrol_time(tracks, GRID, max_gap_s=121)["dwell_min"].item() == 241 / 60


def test_a_visit_needs_its_least_length_and_an_absence_ends_it():
    short = standing("P1", [0, 59])
    assert len(find_visits(short, GRID)) == 0
    assert measure_patrols(short, GRID)["dwell_min"].max() == pytest.approx(59 / 60)
    for absence, number in ((599, 1), (600, 2)):
        tracks = standing("P1", [0, 60, 60 + absence, 120 + absence])
        assert len(find_visits(tracks, GRID)) == number


@pytest.mark.parametrize(
    ("seconds", "inside"), [(599, False), (600, True), (960, True), (961, False)]
)
def test_the_koper_band_is_ten_to_sixteen_minutes_ends_included(seconds, inside):
    visits = find_visits(standing("P1", [*range(0, seconds, 60), seconds]), GRID)
    assert visits["koper_band"].tolist() == [inside]
    assert measure_patrols(standing("P1", [*range(0, seconds, 60), seconds]), GRID)[
        "koper_visits"
    ].sum() == int(inside)


def test_absences_are_measured_by_hand():
    # Visits 1:00-1:02, 2:02-2:04 and 5:04-5:06 after the start, in a period of ten hours.
    hours = [3600, 3600 + 3720, 3600 + 3720 + 10920]
    seconds = [second + minute for second in hours for minute in (0, 60, 120)]
    patrols = measure_patrols(
        standing("P1", seconds), GRID, start=START, end=START + pd.Timedelta(hours=10)
    )
    here = patrols[patrols["cell"] == HERE].iloc[0]
    assert (here["visits"], here["revisits"]) == (3, 2)
    # Absences 1 h (open), 1 h, 3 h, and 4 h 54 min (open).
    assert here["revisit_mean_h"] == 2
    assert here["revisit_censored_mean_h"] == pytest.approx((1 + 1 + 3 + 4.9) / 2)
    assert here["revisit_max_h"] == pytest.approx(4.9)
    assert here["revisit_max_open"]
    assert here["revisit_cv"] == pytest.approx(np.sqrt(2) / 2)
    assert here["last_visit_at"] == START + pd.Timedelta(hours=5, minutes=6)
    never = patrols[patrols["cell"] != HERE].iloc[0]
    assert never["revisit_max_h"] == 10
    assert never["revisit_max_open"]
    assert np.isnan(never["revisit_mean_h"])


def test_patrols_that_follow_each_other_are_one_presence():
    both = pd.concat([standing("P1", range(0, 181, 60)), standing("P2", range(120, 301, 60))])
    here = measure_patrols(both, GRID, start=START, end=START + pd.Timedelta(hours=1))
    here = here[here["cell"] == HERE].iloc[0]
    assert (here["visits"], here["revisits"]) == (2, 0)
    assert here["dwell_min"] == 6
    assert here["revisit_max_h"] == pytest.approx(55 / 60)


def test_the_period_cuts_time_and_keeps_the_sums():
    tracks = standing("P1", range(0, 601, 60))
    cut = measure_patrols(tracks, GRID, start="2017-09-04 08:02:30", end="2017-09-04 08:05")
    assert cut["dwell_min"].sum() == 2.5
    assert cut.attrs["patrol"]["tracked_min"] == 2.5
    assert cut.attrs["patrol"]["start"] == "2017-09-04T08:02:30+08:00"


def test_half_the_fixes_move_time_and_lose_none():
    tracks = walk(3)
    patrols = measure_patrols(tracks, GRID)
    rates = measure_fix_rates(tracks, GRID, steps_s=(60, 300))
    assert rates.columns.tolist() == TABLES["fix_rates"].names
    assert rates["step_s"].tolist() == [0, 60, 300]
    total = rates["dwell_min"] + rates["outside_min"]
    np.testing.assert_allclose(total, total[0])
    assert rates["moved_share"].iloc[0] == 0
    assert rates["moved_share"].is_monotonic_increasing
    assert rates["dwell_min"].iloc[0] == pytest.approx(patrols["dwell_min"].sum())
    assert rates["visits"].iloc[0] == patrols["visits"].sum() == len(find_visits(tracks, GRID))
    assert (patrols["dwell_half_rate_min"] != patrols["dwell_min"]).any()


def test_inputs_are_not_changed():
    tracks, grid = walk(4), GRID.copy()
    before = tracks.copy()
    measure_patrols(tracks, grid)
    measure_fix_rates(tracks, grid, steps_s=(60,))
    pd.testing.assert_frame_equal(tracks, before)
    pd.testing.assert_frame_equal(grid, GRID)


def test_no_fixes_need_a_period_and_then_give_zeros():
    nothing = standing("P1", [0]).iloc[:0]
    with pytest.raises(InputError, match=r"tracks without fixes\. Pass start and end"):
        measure_patrols(nothing, GRID)
    patrols = measure_patrols(nothing, GRID, start="2017-09-04", end="2017-09-05")
    assert (patrols["revisit_max_h"] == 24).all()
    assert len(find_visits(nothing, GRID)) == 0
    with pytest.raises(EmptyTableError, match="tracks must have at least one table"):
        measure_patrols([], GRID, start="2017-09-04", end="2017-09-05")


def test_bad_input_gets_one_clear_error():
    tracks = standing("P1", [0, 60])
    with pytest.raises(OptionError, match="max_gap_s must be a number above 0, in seconds"):
        find_visits(tracks, GRID, max_gap_s=0)
    with pytest.raises(OptionError, match="steps_s must list seconds"):
        measure_fix_rates(tracks, GRID, steps_s=(-1,))
    with pytest.raises(DatumError, match="EPSG:4326"):
        find_visits(tracks.to_crs("EPSG:32650"), GRID)
    with pytest.raises(ColumnsError, match="must have the column fix_at"):
        find_visits(tracks.drop(columns="fix_at"), GRID)
    with pytest.raises(ColumnsError, match="fix_at must hold times with a zone"):
        find_visits(tracks.assign(fix_at=tracks["fix_at"].dt.tz_localize(None)), GRID)
    lost = tracks.copy()
    lost.loc[1, "geometry"] = None
    with pytest.raises(ColumnsError, match=r"must have a point\. Found: 1 of 2 without, .* row 1"):
        find_visits(lost, GRID)
    with pytest.raises(ColumnsError, match="persons must be whole numbers from 1 on"):
        find_visits(tracks.assign(persons=0), GRID)
    with pytest.raises(ColumnsError, match="tracks must be a table"):
        find_visits("tracks.csv", GRID)
    with pytest.raises(ColumnsError, match="grid must have the column"):
        find_visits(tracks, GRID[["cell"]])


def test_a_patrol_wholly_outside_is_outside_and_nothing_else():
    x, y = 116.5, 39.9
    tracks = fixes_at([("P1", 0, x, y), ("P1", 60, x, y)])
    time = measure_patrol_time(tracks, GRID).iloc[0]
    assert (time["dwell_min"], time["outside_min"], time["cells"]) == (0, 1, 0)


def test_a_walk_from_center_to_center_spends_half_its_time_in_each_cell():
    cells = GRID["cell"].to_numpy()
    x, y = cell_centers(cells)
    one = int(np.flatnonzero(cells == HERE)[0])
    distance = np.hypot((x - x[one]) * np.cos(np.radians(39.9)), y - y[one])
    other = int(np.argsort(distance)[1])
    tracks = fixes_at([("P1", 0, x[one], y[one]), ("P1", 100, x[other], y[other])])
    dwell = measure_patrols(tracks, GRID).set_index("cell")["dwell_min"]
    assert dwell[cells[one]] * 60 == pytest.approx(50, abs=0.01)
    assert dwell[cells[other]] * 60 == pytest.approx(50, abs=0.01)
    assert Point(x[one], y[one]).within(GRID.geometry.iloc[one])
