"""A map is scored on a later time only, over the same cells, with the words to mend it."""

import numpy as np
import pandas as pd
import pytest

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.prediction import score_prediction
from gridgov.place.tally import tally

MIDDLE = 0x8931AA50E27FFFF
CELLS = np.sort(grid_disk(MIDDLE, 4))
ZONE = "Asia/Shanghai"


def disk_grid(cells=CELLS):
    return pd.DataFrame(
        {"cell": cells, "street_id": "01", "area_km2": np.linspace(0.05, 0.1, len(cells))}
    )


def disk_located(seed=0, size=600, groups=("waste",)):
    """Incidents of three months, more of them about the middle."""
    rng = np.random.default_rng(seed)
    near = grid_disk(MIDDLE, 1)
    cells = np.where(rng.uniform(size=size) < 0.4, rng.choice(near, size), rng.choice(CELLS, size))
    when = pd.Timestamp("2017-09-01") + pd.to_timedelta(rng.integers(0, 91, size), unit="D")
    return pd.DataFrame(
        {
            "incident_id": np.arange(size).astype(str),
            "reported_at": pd.Series(when).dt.tz_localize(ZONE).dt.as_unit("us"),
            "category": rng.choice(groups, size),
            "cell": pd.array(cells, dtype="UInt64"),
            "match": "inside",
        }
    )


def month(start, end, located=None, **options):
    located = disk_located() if located is None else located
    return tally(located, disk_grid(), start=start, end=end, **options)


SEPTEMBER = ("2017-09-01", "2017-10-01")
OCTOBER = ("2017-10-01", "2017-11-01")


def test_the_table_has_its_columns_and_one_row_a_share():
    found = score_prediction(find_hotspots(month(*SEPTEMBER)), month(*OCTOBER))
    assert type(found) is pd.DataFrame
    assert list(found.columns) == TABLES["prediction_scores"].names
    assert found["area_share"].tolist() == [0.01, 0.02, 0.05, 0.10]
    assert (found["period"] == pd.Timestamp("2017-10-01", tz=ZONE)).all()
    assert found["rri"].isna().all()


def test_the_numbers_are_those_of_a_plain_sort():
    hot, later = find_hotspots(month(*SEPTEMBER)), month(*OCTOBER)
    found = score_prediction(hot, later, shares=[0.05, 0.3])
    joined = hot[["cell", "gi_star"]].merge(later, on="cell")
    joined = joined.sort_values(["gi_star", "incidents"], ascending=[False, True])
    total = joined["area_km2"].sum()
    for row, share in zip(found.to_dict("records"), (0.05, 0.3), strict=True):
        first = joined[joined["area_km2"].cumsum() <= share * total]
        assert row["chosen_cells"] == len(first)
        assert row["hits"] == first["incidents"].sum()
        assert row["incidents"] == later["incidents"].sum()
        used = first["area_km2"].sum() / total
        assert row["used_share"] == pytest.approx(used)
        assert row["pai"] == pytest.approx(row["hits"] / row["incidents"] / used)
    # Four of ten incidents were put into the middle seven of 61 cells.
    assert found["pai"].iloc[0] > 2


def test_the_last_month_as_expected_number_has_a_recovery_rate():
    september, october = month(*SEPTEMBER), month(*OCTOBER)
    found = score_prediction(september, october, score="incidents", expected=True, shares=[1.0])
    assert found["rri"].iloc[0] == pytest.approx(
        september["incidents"].sum() / october["incidents"].sum()
    )


def test_several_later_months_are_added_up():
    both = month("2017-10-01", "2017-12-01", period="MS")
    once = month("2017-10-01", "2017-12-01")
    hot = find_hotspots(month(*SEPTEMBER))
    one, other = score_prediction(hot, both), score_prediction(hot, once)
    pd.testing.assert_frame_equal(one, other)


def test_order_of_rows_and_inputs_stay_as_they_are():
    hot, later = find_hotspots(month(*SEPTEMBER)), month(*OCTOBER)
    expected = score_prediction(hot, later)
    mixed_hot, mixed_later = (
        hot.sample(frac=1, random_state=1),
        later.sample(frac=1, random_state=2),
    )
    kept = mixed_hot.copy(deep=True), mixed_later.copy(deep=True)
    pd.testing.assert_frame_equal(score_prediction(mixed_hot, mixed_later), expected)
    pd.testing.assert_frame_equal(mixed_hot, kept[0])
    pd.testing.assert_frame_equal(mixed_later, kept[1])


# ---- later, and nothing else


@pytest.mark.parametrize(
    "later",
    [SEPTEMBER, ("2017-09-30", "2017-10-30"), ("2017-08-01", "2017-09-01"), (None, None)],
)
def test_a_time_that_the_map_has_seen_is_refused(later):
    hot = find_hotspots(month(*SEPTEMBER))
    with pytest.raises(InputError, match=r"until 2017-10-01T00:00:00\+08:00 and later begins at"):
        score_prediction(hot, month(*later))


def test_a_year_is_not_over_when_its_december_begins():
    # Both periods have starts in order; only the length of the year tells.
    year = tally(disk_located(), disk_grid(), period="YS", start="2017-01-01", end="2018-01-01")
    november = month("2017-11-01", "2017-12-01", period="MS")
    with pytest.raises(InputError, match=r"until 2018-01-01T00:00:00\+08:00"):
        score_prediction(find_hotspots(year), november)


def test_one_month_of_a_panel_predicts_the_next_one_of_the_same_panel():
    panel = month("2017-09-01", "2017-12-01", period="MS")
    hot = find_hotspots(panel)
    first, second, third = panel["period"].unique()
    one = score_prediction(hot[hot["period"] == first], panel[panel["period"] == second])
    other = score_prediction(find_hotspots(month(*SEPTEMBER)), month(*OCTOBER))
    pd.testing.assert_frame_equal(one, other)
    score_prediction(hot[hot["period"] == first], panel[panel["period"] == third])
    with pytest.raises(InputError, match="judged by what it has seen"):
        score_prediction(hot[hot["period"] == second], panel[panel["period"] == second])


def test_a_table_that_does_not_say_when_needs_to_be_told():
    hot, later = find_hotspots(month(*SEPTEMBER)), month(*OCTOBER)
    expected = score_prediction(hot, later)
    lost = hot.copy()
    lost.attrs = {}
    with pytest.raises(InputError, match=r"table prediction does not say.*Give made_until=\.\.\."):
        score_prediction(lost, later)
    told = score_prediction(lost, later, made_until="2017-10-01")
    pd.testing.assert_frame_equal(told, expected)
    with pytest.raises(InputError, match=r"until 2017-10-02T00:00:00\+08:00"):
        score_prediction(lost, later, made_until="2017-10-02")
    later.attrs = {}
    with pytest.raises(InputError, match=r"table later does not say.*Give later_from=\.\.\."):
        score_prediction(hot, later)
    told = score_prediction(hot, later, later_from=pd.Timestamp("2017-10-01", tz=ZONE))
    assert told["hits"].tolist() == expected["hits"].tolist()


def test_a_panel_that_lost_the_length_of_its_periods_needs_to_be_told():
    panel = month("2017-09-01", "2017-12-01", period="MS")
    first = panel[panel["period"] == panel["period"].min()].copy()
    first.attrs = {}
    with pytest.raises(InputError, match=r"Give made_until=\.\.\."):
        score_prediction(first, month(*OCTOBER), score="incidents")


# ---- tables that do not fit


def test_different_cells_are_refused():
    hot = find_hotspots(month(*SEPTEMBER))
    with pytest.raises(InputError, match="1 cells in prediction alone and 0 in the counts"):
        score_prediction(hot, month(*OCTOBER).iloc[1:])
    with pytest.raises(InputError, match="0 cells in prediction alone and 2 in the counts"):
        score_prediction(hot.iloc[2:], month(*OCTOBER))


def test_several_maps_or_groups_are_refused():
    located = disk_located(groups=("waste", "noise"))
    hot = find_hotspots(month(*SEPTEMBER, located=located, by="category"))
    with pytest.raises(InputError, match=r"prediction must hold one group. Found: 2 groups"):
        score_prediction(hot, month(*OCTOBER))
    with pytest.raises(InputError, match="later must hold one group"):
        score_prediction(
            find_hotspots(month(*SEPTEMBER)), month(*OCTOBER, located=located, by="category")
        )
    panel = find_hotspots(month("2017-09-01", "2017-11-01", period="MS"))
    with pytest.raises(InputError, match=r"prediction must be one map. Found: 2 periods"):
        score_prediction(panel, month("2017-11-01", "2017-12-01"))


def test_tables_and_columns_that_are_wrong_say_so():
    hot, later = find_hotspots(month(*SEPTEMBER)), month(*OCTOBER)
    with pytest.raises(ColumnsError, match="must be a table"):
        score_prediction([1, 2], later)
    with pytest.raises(ColumnsError, match=r"prediction must have the column heat. Found: cell"):
        score_prediction(hot, later, score="heat")
    with pytest.raises(ColumnsError, match="counts must have the column area_km2"):
        score_prediction(hot, later.drop(columns="area_km2"))
    with pytest.raises(EmptyTableError, match="prediction has no rows"):
        score_prediction(hot.head(0), later)
    with pytest.raises(ColumnsError, match=r"one row a cell. Found: 61 rows too many"):
        score_prediction(pd.concat([hot, hot]), later)
    with pytest.raises(ColumnsError, match=r"one row a cell and period. Found: 61 rows"):
        score_prediction(hot, pd.concat([later, later]))
    with pytest.raises(ColumnsError, match=r"must hold numbers. Found: 61 other.*'not sig"):
        score_prediction(hot.assign(spot="not significant"), later, score="spot")
    with pytest.raises(ColumnsError, match="numbers from 0 on"):
        score_prediction(hot, later, expected=True)
    with pytest.raises(ColumnsError, match=r"area_km2 must be above zero.*Found: 61 other"):
        score_prediction(hot, later.assign(area_km2=0.0))
    with pytest.raises(ColumnsError, match="text_to_cells"):
        score_prediction(hot.assign(cell="8931aa50e27ffff"), later)
    with pytest.raises(InputError, match="needs a score in one cell at least"):
        score_prediction(hot.assign(gi_star=np.nan), later)


@pytest.mark.parametrize("shares", [(), (0,), (1.5,), "half", (np.nan,)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(OptionError, match="shares must be numbers above 0 and up to 1"):
        score_prediction(find_hotspots(month(*SEPTEMBER)), month(*OCTOBER), shares=shares)


def test_a_date_that_cannot_be_read_is_refused():
    with pytest.raises(OptionError, match="made_until must be a date such as"):
        score_prediction(find_hotspots(month(*SEPTEMBER)), month(*OCTOBER), made_until="last month")
