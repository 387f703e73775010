"""Plans against rankings on held-out incidents: counts by hand, intervals, the sample data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from gridgov.columns import TABLES
from gridgov.coverage.patrol_plan.plan_backtest import compare_patrol_plans
from gridgov.coverage.patrol_plan.plan_shares import METHODS, compare_shares
from gridgov.errors import DataWarning, InputError, OptionError
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions
from gridgov.taxonomy.labels import label

CELLS = np.array([0x8931AA51A4BFFFF, 0x8931AA51A4FFFFF], dtype=np.uint64)
GRID = pd.DataFrame({"cell": CELLS, "street_id": "01", "area_km2": 0.1})
ZONE = "Asia/Shanghai"
# One shift of 20 minutes: a stay in one cell, from 08:00 to 08:12 in the one it starts from.
SHORT: dict[str, Any] = {"shift_min": 20, "ends": "anywhere", "draws": 2, "train": 1}


def located(rows: list[tuple[int, str]]) -> pd.DataFrame:
    """Incidents: the cell by its number, the time."""
    table = pd.DataFrame(rows, columns=["place", "at"])
    return pd.DataFrame(
        {
            "cell": pd.array(CELLS[table["place"]], "UInt64"),
            "match": "inside",
            "reported_at": pd.to_datetime(table["at"], format="ISO8601").dt.tz_localize(ZONE),
        }
    )


# In May most lie in the first cell; in June two do, one of them during the stay.
RECORDS = located(
    [
        (0, "2017-05-02T09:00"),
        (0, "2017-05-03T09:00"),
        (1, "2017-05-04T09:00"),
        (0, "2017-06-10T08:05"),
        (0, "2017-06-10T08:13"),
        (1, "2017-06-11T08:05"),
    ]
)


def compare(table: pd.DataFrame = RECORDS, **options: Any) -> pd.DataFrame:
    return compare_patrol_plans(
        table, GRID, start="2017-05-01", end="2017-07-01", **(SHORT | options)
    ).set_index("method")


def start_of_the_street() -> int:
    """The number of the cell that walks start from."""
    one = compare(located([(0, "2017-05-02T09:00"), (0, "2017-06-10T08:05")]))
    return 0 if one.loc["plan", "stay_incidents"] else 1


def test_incidents_met_by_hand() -> None:
    found = compare()
    plan = found.loc["plan"]
    assert (plan["days"], plan["incidents"]) == (30, 3)
    assert plan["visited_incidents"] == 2
    assert plan["visited_share"] == pytest.approx(2 / 3)
    assert plan["stops_per_day"] == 1
    # Both methods choose the first cell, so that nothing tells them apart.
    assert found.loc["last period ranking", "ahead"] == 0
    assert found.loc["last period ranking", "verdict"] == "not told apart"


def test_an_incident_is_met_in_the_stay_from_its_first_minute_until_it_ends() -> None:
    start = start_of_the_street()
    may = (start, "2017-05-02T09:00")
    times = ("07:59:59", "08:00:00", "08:11:59", "08:12:00")
    met = [
        compare(located([may, (start, f"2017-06-10T{at}")])).loc["plan", "stay_incidents"]
        for at in times
    ]
    assert met == [0, 1, 1, 0]


def test_a_stay_after_midnight_belongs_to_the_shift_of_the_evening() -> None:
    start = start_of_the_street()
    may = (start, "2017-05-02T09:00")
    night = {"shifts": "23:55"}
    for at, met in (("2017-06-10T00:05", 1), ("2017-06-10T00:07", 0), ("2017-06-01T00:05", 0)):
        found = compare(located([may, (start, at)]), **night)
        assert found.loc["plan", "stay_incidents"] == met
        assert found.loc["plan", "visited_incidents"] == 1


def test_no_method_sees_what_it_is_judged_by() -> None:
    # All of June lies where nothing was in May.
    found = compare(located([(0, "2017-05-02T09:00"), (1, "2017-06-10T08:05")]))
    assert found["visited_incidents"].drop("random").tolist() == [0, 0, 0, 0]


def test_walks_of_several_days_are_walked_in_turn() -> None:
    # Two cells, one a day: the plan visits the better one on odd days, the other on even ones.
    rows = [(0, "2017-05-02T09:00"), (0, "2017-05-03T09:00"), (1, "2017-05-04T09:00")]
    rows += [(0, "2017-06-01T10:00"), (0, "2017-06-02T10:00"), (1, "2017-06-04T10:00")]
    found = compare(located(rows), days=2)
    assert found.loc["plan", "visited_incidents"] == 2


def test_incidents_outside_the_streets_or_the_grid_are_not_held_out() -> None:
    away = RECORDS.copy()
    away.loc[3, "match"] = "outside"
    away.loc[4, "match"] = "no_point"
    assert compare(away).loc["plan", "incidents"] == 1


def test_the_table_is_as_documented_and_the_seed_fixes_it() -> None:
    first, again = (
        compare_patrol_plans(RECORDS, GRID, end="2017-07-01", **SHORT) for _ in range(2)
    )
    assert list(first.columns) == TABLES["patrol_plan_comparison"].names
    assert_frame_equal(first, again)
    assert first["method"].tolist() == list(METHODS)
    assert first.attrs["patrol_plan_comparison"]["tests"] == 1
    given = [column.name for column in TABLES["patrol_plan_comparison"].columns]
    bounds = ["ahead_low", "ahead_high"]
    assert first[given].drop(columns=bounds).notna().all(axis=None)
    assert first.loc[1:, bounds].notna().all(axis=None)
    # The street's start is one of the two cells; a walk to the other takes its way.
    assert first["walk_min_per_day"].between(0, 8).all()


def test_shares_and_intervals_of_known_days() -> None:
    # Ten days of four incidents: the plan meets two a day, all others one, random none.
    numbers = np.zeros((5, 5, 10))
    numbers[:, 0] = 4
    numbers[0, 1], numbers[1:4, 1] = 2, 1
    found = compare_shares(numbers, samples=999, confidence=0.95, seed=0)
    assert found["visited_share"].tolist() == [0.5, 0.25, 0.25, 0.25, 0.0]
    assert found["visited_low"].tolist() == found["visited_share"].tolist()
    assert found["ahead"].tolist() == [0, 0.25, 0.25, 0.25, 0.5]
    assert found["verdict"].tolist() == ["plan", *["plan ahead"] * 4]
    numbers[1, 1] = 3
    behind = compare_shares(numbers, samples=999, confidence=0.95, seed=0)
    assert behind.loc[1, "verdict"] == "plan behind"


def test_intervals_hold_the_true_difference_about_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    held = 0
    for seed in range(100):
        numbers = np.zeros((5, 5, 60))
        numbers[:, 0] = random.poisson(8, 60)
        numbers[0, 1] = random.binomial(numbers[0, 0].astype(int), 0.3)
        numbers[1, 1] = random.binomial(numbers[0, 0].astype(int), 0.2)
        found = compare_shares(numbers, samples=999, confidence=0.9, seed=seed)
        held += bool(found.loc[1, "ahead_low"] <= 0.1 <= found.loc[1, "ahead_high"])
    # 100 draws at 0.9: outside 80 to 98 in one of a thousand runs or fewer.
    assert 80 <= held <= 98


def test_nothing_held_out_has_no_shares() -> None:
    found = compare(located([(0, "2017-05-02T09:00")]))
    assert found["visited_share"].isna().all()
    assert found["verdict"].tolist() == ["plan", *["nothing to compare"] * 4]


@pytest.mark.parametrize("method", METHODS)
def test_methods_and_verdicts_have_words(method: str) -> None:
    assert label("patrol_method", method, "zh") != method
    for verdict in ("plan ahead", "plan behind", "not told apart", "nothing to compare"):
        assert label("verdict", verdict, "zh") != verdict


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"train": 0}, r"train must be a whole number, 1 or more"),
        ({"draws": 0}, r"draws must be a whole number, 1 or more"),
        ({"samples": 10}, r"samples must be a whole number, 999 or more"),
        ({"seed": -1}, r"seed must be a whole number, 0 or more"),
        ({"confidence": 1}, r"confidence must be a number above 0\.5"),
        ({"period": None}, r"period must name what is held out"),
        ({"repeat_days": 0}, r"repeat_days must be a whole number"),
    ],
)
def test_options_of_a_comparison_out_of_range_are_refused(options: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        compare(**options)


def test_too_few_periods_are_refused() -> None:
    with pytest.raises(InputError, match=r"more periods than the 2 it plans from. Found: 2"):
        compare(train=2)


def test_on_the_sample_the_plan_beats_the_ranking_by_the_last_month() -> None:
    folder = Path(__file__).resolve().parents[2] / "sample_data"
    streets = read_jurisdictions(folder / "streets.geojson", datum="gcj02")
    with pytest.warns(DataWarning, match=r"Set aside"):
        incidents, _ = read_incidents(
            folder / "incidents.csv", datum="gcj02", timezone="Asia/Shanghai"
        )
    grid = make_grid(streets, resolution=9)
    found = compare_patrol_plans(
        locate(incidents, streets, resolution=9),
        grid,
        start="2017-01-01",
        end="2018-01-01",
        train=9,
        shift_min=120,
        draws=2,
        samples=999,
    ).set_index("method")
    last, random = found.loc["last period ranking"], found.loc["random"]
    assert last["verdict"] == random["verdict"] == "plan ahead"
    assert last["visited_share"] > random["visited_share"]
    # What comes within the minutes of a stay is next to nothing, whatever the method.
    assert found["stay_share"].max() < 0.01
