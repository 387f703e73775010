"""The map of a patrol plan: numbered stops, a list that matches the table, one sheet of paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.plan_stops import plan_shapes

MIDDLE = 0x8931AA50E27FFFF


@pytest.fixture
def plan() -> Any:
    """Two streets of cells, two days, a walk of a few stops in each."""
    cells = np.sort(grid_disk(MIDDLE, 2))
    longitude, _ = cell_centers(cells)
    street = np.where(longitude < np.median(longitude), "s1", "s2")
    grid = pd.DataFrame({"cell": cells, "street_id": street})
    demand = grid.assign(incidents=np.arange(len(cells)) * 7 % 11 + 1)
    return gg.plan_patrols(
        demand,
        grid,
        score_days=30,
        shift_min=90,
        days=2,
        start="2017-09-18",
        timezone="Asia/Shanghai",
    )


@pytest.mark.browser
def test_a_chosen_walk_lists_its_stops_and_each_tells_the_table(
    plan: Any, streets: Any, exported: Any
) -> None:
    kept = plan.copy(deep=True)
    page = exported(gg.map_patrol_plan(plan, streets, source="plan"))
    assert page.text(".gg-time output") == ["Day 1, 2017-09-18"]
    page.page.locator(".gg-choices select").first.select_option(index=1)
    mine = plan[(plan["street_id"] == "s1") & (plan["day"] == 1)].reset_index(drop=True)
    times = (
        mine["arrives_at"].dt.strftime("%H:%M")
        + "–"
        + (mine["arrives_at"] + pd.to_timedelta(mine["stay_min"], unit="min")).dt.strftime("%H:%M")
    )
    texts = cells_to_text(mine["cell"].to_numpy(np.uint64))
    listed = [
        f"{stop}. {time} {cell}"
        for stop, time, cell in zip(mine["stop"], times, texts, strict=True)
    ]
    assert page.text(".gg-bare + .gg-what") == listed
    longitude, latitude = cell_centers(mine["cell"].to_numpy(np.uint64))
    for i, row in enumerate(mine.to_dict("records")):
        card = page.hover(longitude[i], latitude[i])
        assert card["heading"] == f"Stop {row['stop']}"
        assert card["sub"] == f"鲁谷街道 · Cell {texts[i]}"
        assert card["row Time"] == times[i]
        assert float(card["row Walk (m)"].replace(",", "")) == float(f"{row['walk_m']:.4g}")
        assert float(card["row Incidents expected a day"]) == float(
            f"{row['expected_incidents']:.4g}"
        )
    report = gg.patrol_plan_report(plan)
    walk = report[(report["street_id"] == "s1") & (report["day"] == 1)].iloc[0]
    assert page.text(".gg-foot p")[1] == (
        f"{walk['stops']} stops: walking {walk['walk_m'] / 1000:.1f} km in {walk['walk_min']:.0f} "
        f"min with the way to the end, staying {walk['stay_min']:.0f} min, "
        f"{walk['spare_min']:.0f} min to spare."
    )
    # The other walk of the day is not there.
    other = plan[(plan["street_id"] == "s2") & (plan["day"] == 1)]
    longitude, latitude = cell_centers(other["cell"].to_numpy(np.uint64))
    assert page.hover(longitude[0], latitude[0]) == {}
    assert page.complaints == []
    pd.testing.assert_frame_equal(pd.DataFrame(plan), pd.DataFrame(kept))


@pytest.mark.browser
def test_the_sheet_of_a_street_prints_on_one_page(plan: Any, streets: Any, exported: Any) -> None:
    one = plan[(plan["street_id"] == "s1") & (plan["day"] == 1)]
    page = exported(gg.map_patrol_plan(one, streets, lang="zh"))
    assert page.page.locator(".gg-choices").count() == 0
    assert len(page.text(".gg-bare + .gg-what")) == len(one)
    printed = page.page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") == 1


def test_walks_start_and_end_where_the_plan_says(plan: Any) -> None:
    table = plan.sort_values(["street_id", "day", "shift", "patrol", "stop"], ignore_index=True)
    shapes = plan_shapes(table)
    assert len(shapes.walks) == plan[["street_id", "day"]].drop_duplicates().shape[0]
    walks = {(w["street_id"], w["day"]): w for w in plan.attrs["patrol_plan"]["walks"]}
    for place, row in enumerate(shapes.walks.to_dict("records")):
        made = walks[row["street_id"], row["day"]]
        line = np.asarray(shapes.lines.geometry[place].coords)
        stops = table[(table["street_id"] == row["street_id"]) & (table["day"] == row["day"])]
        np.testing.assert_allclose(line[0], made["start"])
        np.testing.assert_allclose(line[-1], made["end"])
        np.testing.assert_allclose(line[1:-1], stops.geometry.get_coordinates())


def test_a_plan_that_lost_its_attrs_is_drawn_from_its_stops(plan: Any) -> None:
    bare = plan.copy()
    bare.attrs = {}
    shapes = plan_shapes(bare)
    assert shapes.walks["walk_m"].isna().all()
    gg.map_patrol_plan(bare).get_root().render()
    with pytest.raises(EmptyTableError, match="has no rows"):
        gg.map_patrol_plan(plan.iloc[:0])
    with pytest.raises(ColumnsError, match="gain_per_min"):
        gg.map_patrol_plan(plan.drop(columns="gain_per_min"))
