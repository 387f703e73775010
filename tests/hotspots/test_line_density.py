"""Density along lines, from tables to a table."""

from __future__ import annotations

import pickle
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.projection import local_equal_area

PLANE = local_equal_area(116.2, 39.9)


def lines(*shapes: Any) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"line_id": [f"alley {i}" for i in range(len(shapes))]}, geometry=list(shapes), crs=PLANE
    )
    return frame.to_crs("EPSG:4326")


def incidents(*places: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(columns, geometry=[Point(place) for place in places], crs=PLANE)
    return frame.to_crs("EPSG:4326")


TOWN = lines(
    LineString([(0, 0), (400, 0)]),
    LineString([(100, -150), (100, 250)]),
    LineString([(300, 0), (300, 200)]),
    LineString([(100, 200), (300, 200)]),
)


def total(density: Any) -> float:
    return float((density["incidents_per_km"] * density["length_m"] / 1000).sum())


def test_the_table_has_its_columns_and_numbers_segments_along_each_line() -> None:
    density = gg.measure_line_density(incidents((50, 3)), TOWN, bandwidth_m=80)
    assert list(density.columns) == TABLES["line_density"].names
    assert density.crs == "EPSG:4326"
    assert density["line_id"].unique().tolist() == TOWN["line_id"].tolist()
    for _, line in density.groupby("line_id"):
        assert line["segment"].tolist() == list(range(1, len(line) + 1))
    assert (density["length_m"] <= 10.0001).all()
    planar = density.to_crs(PLANE)
    np.testing.assert_allclose(planar.length, density["length_m"], rtol=1e-5)
    first = planar.iloc[0].geometry
    np.testing.assert_allclose(first.coords[0], (0, 0), atol=1e-3)
    # 400 + 400 + 200 + 200 m.
    assert density["length_m"].sum() == pytest.approx(1200, rel=1e-5)


def test_an_incident_counts_on_the_nearest_segment() -> None:
    density = gg.measure_line_density(incidents((55, 3), (104, 33)), TOWN, bandwidth_m=80)
    here = density[density["incidents"] > 0]
    assert here[["line_id", "segment"]].values.tolist() == [["alley 0", 6], ["alley 1", 19]]


def test_a_t_junction_of_real_lines_is_the_one_worked_by_hand() -> None:
    """40 m up the stem; 10 m into either branch 0.0298 of an incident, so 2.978 per km."""
    junction = lines(LineString([(0, 0), (0, 300)]), LineString([(-300, 0), (300, 0)]))
    density = gg.measure_line_density(incidents((2, 40)), junction, bandwidth_m=100)
    branch = density[density["line_id"] == "alley 1"]
    assert len(branch) == 60
    # The segments on either side of the junction; the plane is true to a few parts in 1e6.
    near = branch.iloc[[29, 30]]["incidents_per_km"]
    np.testing.assert_allclose(near, 0.02978219 * 100, rtol=5e-4)


@pytest.mark.parametrize("method", ["equal_split_discontinuous", "equal_split_continuous"])
def test_density_times_length_adds_up_to_the_incidents(method: Any) -> None:
    random = np.random.default_rng(0)
    places = [(x, random.normal(0, 4)) for x in random.uniform(0, 400, 30)]
    density = gg.measure_line_density(incidents(*places), TOWN, bandwidth_m=150, method=method)
    assert total(density) == pytest.approx(30, rel=1e-5)
    assert density["incidents"].sum() == 30


def test_without_the_correction_dead_ends_lose() -> None:
    near_end = incidents((390, 0))
    plain = gg.measure_line_density(near_end, TOWN, bandwidth_m=80, edge=None)
    # 70 of 80 m are missing on one side; the quartic has 0.1163 within an eighth.
    u = 0.125
    kept = 0.5 + (15 * u - 10 * u**3 + 3 * u**5) / 16
    assert total(plain) == pytest.approx(kept, rel=1e-4)
    assert plain["edge_factor"].dropna().eq(1).all()
    mended = gg.measure_line_density(near_end, TOWN, bandwidth_m=80)
    assert total(mended) == pytest.approx(1, rel=1e-9)
    np.testing.assert_allclose(mended["edge_factor"].dropna(), 1 / kept, rtol=1e-4)


def test_every_incident_has_one_fate() -> None:
    times = pd.DatetimeIndex(
        ["2017-09-01", "2017-09-02", "2017-10-01", None, "2017-09-03", "2017-09-04"]
    ).tz_localize("Asia/Shanghai")
    table = incidents(
        (50, 0), (50, 20), (50, 0), (50, 0), (50, 90), (50, 0), reported_at=times.as_unit("us")
    )
    table.loc[5, "geometry"] = None
    density = gg.measure_line_density(
        table, TOWN, bandwidth_m=80, max_snap_m=25, start="2017-09-01", end="2017-10-01"
    )
    assert density.attrs["line_density"]["fates"] == {
        "counted": 2,
        "no_point": 1,
        "no_time": 1,
        "outside_period": 1,
        "too_far": 1,
    }
    assert total(density) == pytest.approx(2, rel=1e-9)


def test_weights_count_as_so_many_incidents() -> None:
    weighted = gg.measure_line_density(
        incidents((50, 0), (110, 40), severity=[3, 1]), TOWN, bandwidth_m=80, weights="severity"
    )
    repeated = gg.measure_line_density(
        incidents((50, 0), (50, 0), (50, 0), (110, 40)), TOWN, bandwidth_m=80
    )
    np.testing.assert_allclose(
        weighted["incidents_per_km"], repeated["incidents_per_km"], rtol=1e-9, atol=1e-12
    )
    assert weighted["incidents"].sum() == 2


def test_where_lines_are_cut_in_the_file_plays_no_part() -> None:
    pieces = lines(
        LineString([(0, 0), (100, 0)]),
        LineString([(300, 0), (100, 0)]),
        LineString([(300, 0), (400, 0)]),
        LineString([(100, -150), (100, 0)]),
        LineString([(100, 250), (100, 200)]),
        LineString([(100, 0), (100, 200)]),
        LineString([(300, 0), (300, 200)]),
        LineString([(100, 200), (300, 200)]),
    )
    found = []
    for network in (TOWN, pieces):
        density = gg.measure_line_density(incidents((60, 2), (250, 199)), network, bandwidth_m=120)
        middles = density.to_crs(PLANE).geometry.interpolate(0.5, normalized=True)
        key = list(zip(middles.x.round(1), middles.y.round(1), strict=True))
        found.append(pd.Series(density["incidents_per_km"].to_numpy(), index=key).sort_index())
    assert found[0].index.tolist() == found[1].index.tolist()
    np.testing.assert_allclose(found[0], found[1], rtol=1e-4, atol=1e-6)


def test_no_incidents_is_no_density() -> None:
    density = gg.measure_line_density(incidents((50, 0)).iloc[:0], TOWN, bandwidth_m=80)
    assert (density["incidents_per_km"] == 0).all()
    assert density["edge_factor"].isna().all()


def test_line_inputs_are_not_changed() -> None:
    table, network = incidents((50, 0)), TOWN.copy(deep=True)
    before = pickle.dumps((table, network))
    gg.measure_line_density(table, network, bandwidth_m=80)
    assert pickle.dumps((table, network)) == before


def test_line_options_that_do_not_exist_are_named() -> None:
    for options, words in (
        ({"bandwidth_m": -3}, "bandwidth_m must be a length in meters, above 0. Found: -3"),
        ({"segment_m": "10"}, "segment_m must be a length"),
        ({"method": "equal_split"}, "method must be one of .*Did you mean 'equal_split_"),
        ({"edge": "uniform"}, "edge must be one of 'jones_diggle', None"),
        ({"connect": "end"}, "Did you mean 'ends'"),
        ({"segment_m": 1e-4}, r"up to 2,000,000 segments\. Found: 1\d,\d{3},\d{3} from 1.2 km"),
    ):
        with pytest.raises(OptionError, match=words):
            gg.measure_line_density(incidents((50, 0)), TOWN, **{"bandwidth_m": 80, **options})
    with pytest.raises(ColumnsError, match="must have the column reported_at"):
        gg.measure_line_density(incidents((50, 0)), TOWN, bandwidth_m=80, start="2017-01-01")
