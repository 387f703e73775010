"""The map of posts: covered and uncovered demand, ranks in their circles, who serves whom."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.coverage_classes import amount_text

CELLS = grid_disk(0x8931AA50E27FFFF, 2)
COUNTS = pd.DataFrame({"cell": CELLS, "incidents": np.arange(len(CELLS)) % 5})
LONGITUDE, LATITUDE = cell_centers(CELLS)
OLD = gpd.GeoDataFrame(
    {"facility_id": ["old"], "facility": ["旧岗亭 <b>"]},
    geometry=shapely.points(LONGITUDE[-1:], LATITUDE[-1:]),
    crs=4326,
)


@pytest.mark.browser
def test_demand_and_posts_have_the_numbers_of_their_tables(streets: Any, exported: Any) -> None:
    placed = gg.place_posts(COUNTS, posts=2, distance_m=400, existing=OLD)
    kept = placed.demand.copy(deep=True)
    page = exported(gg.map_posts(placed, streets, facilities=OLD, distance_m=400, source="x"))
    sites, demand = placed.sites, placed.demand.set_index("cell")
    at = set(sites.geometry.apply(lambda p: (round(p.x, 6), round(p.y, 6))))
    for i, cell in enumerate(CELLS.tolist()):
        if (round(LONGITUDE[i], 6), round(LATITUDE[i], 6)) in at:
            continue
        row = demand.loc[cell]
        card = page.hover(LONGITUDE[i], LATITUDE[i])
        state = "No demand"
        if row["weight"]:
            state = "Covered" if row["covered"] else "Not covered"
        assert card["row Coverage"] == state
        assert card["row Weight"] == f"{row['weight']:g}"
        assert card["row Distance (m)"] == f"{float(format(row['distance_m'], '.4g')):g}"
        owner = row["site_id"] if isinstance(row["site_id"], str) else "Nobody"
        assert card["row Served by"] == {"old": "旧岗亭 <b>"}.get(owner, owner)
        assert card["sub"] == f"Cell {cells_to_text(CELLS[i : i + 1])[0]}"
    for row in sites.to_dict("records"):
        card = page.hover(row["geometry"].x, row["geometry"].y)
        if row["existing"]:
            assert (card["heading"], card["sub"]) == ("旧岗亭 <b>", "Existing post")
        else:
            assert (card["heading"], card["sub"]) == (
                row["site_id"],
                f"New post, rank {row['rank']}",
            )
            assert card["row Marginal gain"] == amount_text(row["marginal_gain"])
        assert card["row Served"] == amount_text(row["served"])
        assert card["row Covered weight"] == amount_text(row["covered_weight"])
    about = sites.attrs["placement"]
    covered = about["weight"] - about["uncovered_weight"]
    assert page.text(".gg-foot p")[-1].startswith(
        "2 new and 1 existing posts; goal: most demand within the distance (proven to be best). "
        f"Demand {amount_text(about['weight'])}, of it covered {amount_text(covered)}"
    )
    states = demand.assign(some=demand["weight"] > 0)
    counts = page.text(".gg-legend .gg-count")
    assert counts[:4] == [
        str(int((states["covered"] & states["some"]).sum())),
        "0",
        str(int((~states["covered"] & states["some"]).sum())),
        str(int((~states["some"]).sum())),
    ]
    assert page.text(".gg-choices option")[:3] == ["Coverage", "Demand", "Distance to the post"]
    assert page.complaints == []
    pd.testing.assert_frame_equal(placed.demand, kept)


@pytest.mark.browser
def test_demand_that_posts_share_is_one_point_with_spokes_to_both(exported: Any) -> None:
    places = gpd.GeoDataFrame(
        {"demand_id": ["a", "b"], "incidents": [6, 2]},
        geometry=shapely.points([116.20, 116.21], [39.90, 39.90]),
        crs=4326,
    )
    sites = gpd.GeoDataFrame(
        {"site_id": ["P", "Q"]},
        geometry=shapely.points([116.199, 116.201], [39.905, 39.905]),
        crs=4326,
    )
    placed = gg.place_posts(
        places, sites, posts=2, objective="p_median", distance_m=700, capacity=4, split=True
    )
    page = exported(gg.map_posts(placed, demand=places, spokes=True, lang="zh"))
    rows = placed.demand[placed.demand["demand_id"] == "a"]
    assert len(rows) == 2
    card = page.hover(116.20, 39.90)
    assert card["heading"] == "a"
    assert card["row 服务点位"] == "P + Q"
    assert card["row 覆盖情况"] == "已覆盖"
    mean = float((rows["share"] * rows["distance_m"]).sum())
    assert card["row 距离（米）"] == f"{mean:.4g}"
    # The middle of a spoke lets the pointer through.
    assert page.hover(116.1995, 39.9025) == {}
    rows = dict(
        zip(page.text(".gg-legend .gg-what"), page.text(".gg-legend .gg-count"), strict=False)
    )
    assert rows["需求到服务点位"] == str(int((placed.demand["share"] > 0).sum()))
    assert page.complaints == []


@pytest.mark.browser
def test_no_name_of_a_street_lies_over_the_number_of_a_post(streets: Any, exported: Any) -> None:
    placed = gg.place_posts(COUNTS, posts=2, distance_m=400)
    page = exported(gg.map_posts(placed, streets))
    order = page.page.evaluate(
        """() => ["gg-labels", "gg-numbers"].map((name) =>
            Number(getComputedStyle(document.querySelector(`.leaflet-${name}-pane`)).zIndex))"""
    )
    assert order[0] < order[1]


def test_what_does_not_fit_is_told() -> None:
    placed = gg.place_posts(COUNTS, posts=1, distance_m=400)
    with pytest.raises(MapError, match=r"needs a placement.*Found: GeoDataFrame"):
        gg.map_posts(placed.sites)
    with pytest.raises(OptionError, match=r"distance_m must be the radius.*Found: -1"):
        gg.map_posts(placed, distance_m=-1)
    with pytest.raises(EmptyTableError, match="site_demand has no rows"):
        gg.map_posts((placed.sites, placed.demand.iloc[:0]))
    with pytest.raises(ColumnsError, match="marginal_gain"):
        gg.map_posts((placed.sites.drop(columns="marginal_gain"), placed.demand))
    places = placed.demand.assign(cell=pd.array([None] * len(placed.demand), "UInt64"))
    with pytest.raises(ColumnsError, match="demand must have the columns demand_id and geometry"):
        gg.map_posts((placed.sites, places), demand=OLD)
