"""What was found, rectified, left and found again: counted by hand, and on the sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import gridgov as gg
from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, DataWarning, InputError, OptionError

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
ZONE = "Asia/Shanghai"
STATES = ["found", "rectified", "remaining", "relapsed"]


def moments(*texts: str | None) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(texts, tz=ZONE).as_unit("us")


def make_inventory() -> pd.DataFrame:
    """Five items: clean, left, relapsed, relapsed and rectified again, found late."""
    return pd.DataFrame(
        {
            "item_id": list("abcde"),
            "kind": ["sign", "sign", "screen", "screen", "sign"],
            "street_id": ["01", "01", "01", "02", None],
            "found_at": moments(
                "2016-01-05", "2016-01-20", "2016-02-01", "2016-02-10", "2016-04-02"
            ),
            "rectified_at": moments("2016-02-15", None, "2016-02-20", "2016-02-25", None),
            "relapsed_at": moments(None, None, "2016-03-10", "2016-03-12", None),
            "rectified_again_at": moments(None, None, None, "2016-04-15", None),
        }
    )


def test_the_end_is_counted_by_hand() -> None:
    table = gg.measure_inventory(make_inventory())
    assert list(table.columns) == TABLES["inventory_progress"].names
    assert table[STATES].values.tolist() == [[5, 2, 2, 1]]
    assert table.attrs["as_of"] == "2016-04-15T00:00:00+08:00"
    assert table[["numerator", "denominator", "value"]].values.tolist() == [[2.0, 5.0, 0.4]]
    # Wilson interval of 2 of 5 at 95 %: Wilson (1927), also in statsmodels.
    assert table["value_low"].item() == pytest.approx(0.11762, abs=1e-5)
    assert table["value_high"].item() == pytest.approx(0.76928, abs=1e-5)


def test_the_curve_is_counted_by_hand() -> None:
    table = gg.measure_inventory(make_inventory(), period="MS")
    assert table["period"].dt.strftime("%m").tolist() == ["01", "02", "03", "04"]
    assert table[STATES].values.tolist() == [
        [2, 0, 2, 0],
        [4, 3, 1, 0],
        [4, 1, 1, 2],
        [5, 2, 2, 1],
    ]
    new = table[["newly_found", "newly_rectified", "newly_relapsed"]]
    assert new.values.tolist() == [[2, 0, 0], [2, 3, 0], [0, 0, 2], [1, 1, 0]]
    assert table["until"].iloc[0] == pd.Timestamp("2016-02-01", tz=ZONE)
    assert table["until"].iloc[-1] == pd.Timestamp("2016-04-15", tz=ZONE)


def test_what_happened_before_the_first_period_counts_in_the_numbers() -> None:
    table = gg.measure_inventory(make_inventory(), period="MS", start="2016-03-01")
    assert table[STATES].values.tolist() == [[4, 1, 1, 2], [5, 2, 2, 1]]
    assert table["newly_found"].tolist() == [0, 1]


def test_an_earlier_moment_sees_what_was_known_then() -> None:
    table = gg.measure_inventory(make_inventory(), as_of="2016-02-20")
    assert table[STATES].values.tolist() == [[4, 2, 2, 0]]
    assert table.attrs["inventory"]["not_yet_found"] == 1
    carried = make_inventory()
    carried.attrs["as_of"] = "2016-02-20"
    pd.testing.assert_frame_equal(gg.measure_inventory(carried), table)


def test_groups_add_up_to_the_whole_and_a_missing_group_comes_last() -> None:
    table = gg.measure_inventory(make_inventory(), by="street_id")
    assert table["group"].tolist()[:2] == ["01", "02"]
    assert pd.isna(table["group"].iloc[2])
    whole = gg.measure_inventory(make_inventory())
    assert table[STATES].sum().tolist() == whole[STATES].iloc[0].tolist()
    kinds = gg.measure_inventory(make_inventory(), by="kind", period="MS")
    assert len(kinds) == 8
    assert kinds["group"].tolist() == ["screen"] * 4 + ["sign"] * 4


def test_a_group_without_items_yet_has_no_share() -> None:
    table = gg.measure_inventory(make_inventory(), by="street_id", as_of="2016-02-05")
    row = table[table["group"] == "02"]
    assert row[STATES].values.tolist() == [[0, 0, 0, 0]]
    assert row["value"].isna().all()
    assert row["reason"].item() == "nothing found"


def test_every_cell_of_the_grid_has_a_row() -> None:
    cells = np.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF], dtype=np.uint64)
    from gridgov.geo.hexgrid import cell_centers

    x, y = cell_centers(cells)
    points = [shapely.Point(x[0], y[0])] * 3 + [shapely.Point(0, 0), None]
    inventory = gpd.GeoDataFrame(make_inventory(), geometry=points, crs=4326)
    table = gg.measure_inventory(inventory, pd.DataFrame({"cell": cells}), by="cell")
    assert table["cell"].tolist() == sorted(cells.tolist())
    assert sorted(table["found"].tolist()) == [0, 3]
    assert str(table["cell"].dtype) == "UInt64"
    assert table.attrs["inventory"]["without_point"] == 1
    assert table.attrs["inventory"]["off_grid"] == 1
    assert table["group"].isna().all()


@given(
    st.lists(st.tuples(*[st.integers(0, 400)] * 4, st.integers(1, 4)), min_size=1, max_size=30),
    st.sampled_from(["W-MON", "MS", "QS"]),
)
def test_states_add_up_and_flows_lead_from_one_period_to_the_next(
    items: list[tuple[int, ...]], period: str
) -> None:
    day = pd.Timestamp("2016-01-01", tz=ZONE)
    times = [sorted(one[:4]) for one in items]
    names = ("found_at", "rectified_at", "relapsed_at", "rectified_again_at")
    columns = {
        name: pd.DatetimeIndex(
            [
                day + pd.Timedelta(days=t[k]) if k < one[4] else pd.NaT
                for t, one in zip(times, items, strict=True)
            ],
        )
        .tz_convert(ZONE)
        .as_unit("us")
        if any(k < one[4] for one in items)
        else moments(*[None] * len(items))
        for k, name in enumerate(names)
    }
    inventory = pd.DataFrame({"item_id": range(len(items)), **columns})
    table = gg.measure_inventory(inventory, period=period)
    assert (table["found"] == table[STATES[1:]].sum(axis=1)).all()
    assert (table[STATES] >= 0).all().all()
    assert table["newly_found"].cumsum().tolist() == table["found"].tolist()
    assert (table["newly_rectified"] - table["newly_relapsed"]).cumsum().tolist() == table[
        "rectified"
    ].tolist()
    last = gg.measure_inventory(inventory)
    assert last[STATES].iloc[0].tolist() == table[STATES].iloc[-1].tolist()


def test_what_cannot_be_is_told() -> None:
    inventory = make_inventory()
    with pytest.raises(InputError, match='by="cell" needs the grid'):
        gg.measure_inventory(inventory, by="cell")
    with pytest.raises(ColumnsError, match="inventory without geometry"):
        gg.measure_inventory(inventory, pd.DataFrame({"cell": np.array([5], np.uint64)}), by="cell")
    with pytest.raises(ColumnsError, match="by must name a column of inventory"):
        gg.measure_inventory(inventory, by="owner")
    with pytest.raises(OptionError, match="start says the first period"):
        gg.measure_inventory(inventory, start="2016-01-01")
    with pytest.raises(OptionError, match="as_of must be a date"):
        gg.measure_inventory(inventory, as_of="soon")
    with pytest.raises(ColumnsError, match="found_at must say when every item was found"):
        gg.measure_inventory(inventory.assign(found_at=moments(None, *["2016-01-05"] * 4)))
    with pytest.raises(InputError, match="Found: none by as_of"):
        gg.measure_inventory(inventory, period="MS", as_of="2015-01-01")


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
    with pytest.warns(DataWarning, match="16 of 3760 rows were set aside"):
        inventory, aside = gg.read_inventory(
            SAMPLE / "inventory.csv", datum="gcj02", timezone=ZONE, jurisdictions=streets
        )
    truth = json.loads((SAMPLE / "planted_truth.json").read_text(encoding="utf-8"))["inventory"]
    return {"streets": streets, "inventory": inventory, "aside": aside, "truth": truth}


def test_the_sample_inventory_is_counted_as_it_was_planted(sample: dict[str, Any]) -> None:
    inventory, truth = sample["inventory"], sample["truth"]
    assert len(inventory) + len(sample["aside"]) == truth["rows"]
    dirt = sample["aside"]["reason"].value_counts()
    assert dirt["rectified_before_found"] == truth["dirt"]["rectified_before_found"]
    assert dirt["duplicate_id"] == truth["dirt"]["duplicate_id"]
    assert inventory.geometry.isna().sum() == truth["dirt"]["missing_coordinates"]
    whole = gg.measure_inventory(inventory, as_of=truth["as_of"])
    assert dict(whole[STATES].iloc[0]) == truth["all"]
    kinds = gg.measure_inventory(inventory, by="kind", as_of=truth["as_of"]).set_index("group")
    for kind, numbers in truth["kinds"].items():
        assert dict(kinds.loc[kind, STATES]) == numbers
    names = sample["streets"].set_index("street_id")["street"]
    streets = gg.measure_inventory(inventory, by="street_id", as_of=truth["as_of"])
    for row in range(len(streets)):
        name = names[streets["group"].iloc[row]]
        numbers = {key: truth["streets"][name][key] for key in STATES}
        assert dict(streets[STATES].iloc[row]) == numbers


def test_the_sample_is_mapped_by_cell_but_for_items_without_a_place(
    sample: dict[str, Any],
) -> None:
    grid = gg.make_grid(sample["streets"], resolution=9)
    table = gg.measure_inventory(sample["inventory"], grid, by="cell", as_of="2018-01-01")
    assert len(table) == len(grid)
    told = table.attrs["inventory"]
    lost = told["without_point"] + told["off_grid"] + told["not_yet_found"]
    assert table["found"].sum() + lost == len(sample["inventory"])
    assert told["without_point"] == 24
