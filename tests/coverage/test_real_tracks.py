"""Real tracks of Beijing: read whole, measured whole, and held to plain counts."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from gridgov.coverage.patrol.fix_rates import measure_fix_rates
from gridgov.coverage.patrol.patrol_coverage import measure_patrol_coverage
from gridgov.coverage.patrol.patrol_hours import measure_patrol_hours
from gridgov.coverage.patrol.patrol_time import measure_patrol_time
from gridgov.coverage.patrol.patrols import measure_patrols
from gridgov.coverage.patrol.visits import find_visits
from gridgov.errors import DataWarning
from gridgov.place.grid import make_grid
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.sources.tracks import read_tracks

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "tracks"


def real_tracks(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} absent")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return read_tracks(path, timezone="UTC")


def grid_over(area):
    streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    return make_grid(streets, resolution=8)


def test_the_tracks_of_movingpandas_are_read_and_add_up():
    tracks, aside = real_tracks("geolife_movingpandas.csv")
    # The data's README: 5,908 fixes, 5 tracks.
    assert len(tracks) + len(aside) == 5_908
    assert tracks["track_id"].nunique() == 5
    assert set(aside["reason"]) == {"teleport"}
    assert len(aside) < 20
    grid = grid_over(box(116.2, 39.7, 116.6, 40.1))
    time = measure_patrol_time(tracks, grid)
    parts = time[["dwell_min", "outside_min", "unobserved_min"]].sum(axis=1)
    np.testing.assert_allclose(parts, time["tracked_min"], rtol=1e-12)
    visits = find_visits(tracks, grid)
    patrols = measure_patrols(tracks, grid)
    assert patrols["visits"].sum() == len(visits) > 50
    assert patrols["dwell_min"].sum() >= visits["dwell_min"].sum()


def test_eleven_users_are_read_and_every_measure_runs_in_shijingshan():
    tracks, aside = real_tracks("geolife_trackintel_10mb.csv.gz")
    # The data's README: 164,531 fixes in 111 files. Five of them ride in fast trains.
    assert len(tracks) + len(aside) == 164_531
    assert tracks["track_id"].nunique() == 111
    repeats = aside["reason"].isin(["duplicate_fix", "conflicting_fix"]).sum()
    raw = pd.read_csv(DATA / "geolife_trackintel_10mb.csv.gz", dtype={"track_id": str})
    assert repeats == raw.duplicated(["track_id", "timestamp_utc"]).sum()
    grid = grid_over(box(116.09, 39.87, 116.26, 39.99))
    patrols = measure_patrols(tracks, grid)
    total = patrols.attrs["patrol"]
    assert total["tracked_min"] == pytest.approx(
        total["dwell_min"] + total["outside_min"] + total["unobserved_min"], rel=1e-12
    )
    # Fixes of one place and an interval short enough: a count that needs no interpolation.
    within = tracks.cx[116.1:116.25, 39.88:39.98]
    gap = within.groupby("track_id")["fix_at"].diff().dt.total_seconds()
    assert patrols["dwell_min"].sum() == pytest.approx(gap[gap <= 120].sum() / 60, rel=0.25)
    coverage = measure_patrol_coverage(find_visits(tracks, grid), grid, days=(1, 2))
    assert coverage["cell_share"].is_monotonic_increasing
    assert (coverage["windows"] > 0).all()
    hours = measure_patrol_hours(tracks, grid)
    assert hours["dwell_min"].sum() == pytest.approx(total["dwell_min"], rel=1e-9)
    rates = measure_fix_rates(tracks, grid, steps_s=(60,))
    assert rates["moved_share"].iloc[1] < 0.05


def test_the_patrols_of_the_sample_are_measured_whole():
    root = Path(__file__).resolve().parents[2] / "sample_data"
    tracks, _ = read_tracks(root / "patrol_tracks.csv", datum="gcj02", timezone="Asia/Shanghai")
    streets = read_jurisdictions(root / "streets.geojson", datum="gcj02")
    grid = make_grid(streets, resolution=9)
    patrols = measure_patrols(tracks, grid, start="2017-09-04", end="2017-09-18")
    gap = tracks.groupby("track_id")["fix_at"].diff().dt.total_seconds()
    assert patrols["dwell_min"].sum() == pytest.approx(gap[gap <= 120].sum() / 60, rel=1e-12)
    assert patrols.attrs["patrol"]["outside_min"] == 0
    hours = measure_patrol_hours(tracks, grid)
    # Two shifts a working day: nobody is out at night or at the weekend.
    on_duty = hours[hours["weeks_present"] > 0]
    assert set(on_duty["hour"]) == {8, 9, 10, 11, 13, 14, 15, 16}
    assert set(on_duty["weekday"]) == {1, 2, 3, 4, 5}
