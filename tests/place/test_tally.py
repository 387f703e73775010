"""Counting located incidents: zeros, sums, groups, periods and what was not counted."""

import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.place.tally import FATES, tally, tally_report
from gridgov.taxonomy.labels import labels

CENTER = h3.latlng_to_cell(39.9057, 116.2230, 9)
CELLS = sorted(h3.grid_disk(CENTER, 1))
FAR = h3.latlng_to_cell(31.3, 120.6, 9)
SHANGHAI = "Asia/Shanghai"


def small_grid(cells=CELLS):
    return pd.DataFrame(
        {
            "cell": np.array(cells, dtype=np.uint64),
            "resolution": 9,
            "street_id": [f"{number % 2:02d}" for number in range(len(cells))],
            "inside_share": 1.0,
            "area_km2": np.arange(len(cells)) / 10 + 0.1,
        }
    )


def small_located(rows, zone=SHANGHAI):
    """Rows of (cell or None, match, reported_at text or None, category)."""
    cells, matches, times, categories = zip(*rows, strict=True) if rows else ([], [], [], [])
    stamps = (
        pd.to_datetime(pd.Series(times, dtype="object"), format="ISO8601")
        .dt.tz_localize(zone)
        .dt.as_unit("us")
    )
    return pd.DataFrame(
        {
            "incident_id": [str(number) for number in range(len(cells))],
            "reported_at": stamps,
            "category": pd.array(categories, dtype="str"),
            "cell": pd.array(cells, dtype="UInt64"),
            "match": pd.array(matches, dtype="str"),
        }
    )


A, B, C = CELLS[:3]
SEVEN = small_located(
    [
        (A, "inside", "2017-08-31 23:59:59.999999", "waste"),
        (A, "border", "2017-09-01 00:00:00", "waste"),
        (B, "overlap", "2017-10-31 08:00:00", "noise"),
        (B, "outside", "2017-09-02 00:00:00", "noise"),
        (FAR, "inside", "2017-09-02 00:00:00", "noise"),
        (None, "no_point", "2017-09-02 00:00:00", "noise"),
        (C, "inside", None, None),
    ]
)


def nonzero(counts):
    """Rows with incidents as (cell, period date, group, incidents)."""
    rows = counts[counts["incidents"] > 0]
    dates = [None if pd.isna(time) else str(time)[:10] for time in rows["period"]]
    groups = [None if pd.isna(name) else name for name in rows["group"]]
    return list(zip(rows["cell"].tolist(), dates, groups, rows["incidents"].tolist(), strict=True))


def fates(counts):
    report = tally_report(counts)
    return dict(zip(report["fate"], report["incidents"], strict=True))


def test_columns_are_the_documented_ones_whatever_is_asked():
    for options in ({}, {"period": "MS"}, {"by": "category"}, {"period": "D", "by": "category"}):
        counts = tally(SEVEN, small_grid(), **options)
        assert list(counts.columns) == TABLES["counts"].names
        assert counts["cell"].dtype == np.uint64
        assert counts["incidents"].dtype == np.int64
        assert str(counts["period"].dtype) == f"datetime64[us, {SHANGHAI}]"
        assert str(counts["group"].dtype) == "str"


def test_all_times_at_once_counts_each_cell_and_keeps_zeros():
    counts = tally(SEVEN, small_grid())
    assert counts["cell"].tolist() == CELLS
    assert counts["incidents"].tolist() == [2, 1, 1, 0, 0, 0, 0]
    assert counts["period"].isna().all()
    assert counts["group"].isna().all()
    assert fates(counts) == {
        "counted": 4,
        "no_point": 1,
        "outside": 1,
        "off_grid": 1,
        "no_time": 0,
        "outside_period": 0,
    }


def test_months_run_from_the_first_to_the_last_incident_counted():
    counts = tally(SEVEN, small_grid(), period="MS")
    assert len(counts) == 3 * len(CELLS)
    assert nonzero(counts) == [
        (A, "2017-08-01", None, 1),
        (A, "2017-09-01", None, 1),
        (B, "2017-10-01", None, 1),
    ]
    assert fates(counts)["no_time"] == 1


def test_the_range_is_half_open_on_the_microsecond():
    counts = tally(SEVEN, small_grid(), period="MS", start="2017-09-01", end="2017-10-01")
    assert nonzero(counts) == [(A, "2017-09-01", None, 1)]
    assert len(counts) == len(CELLS)
    assert fates(counts)["outside_period"] == 2


def test_empty_periods_between_and_around_are_listed():
    counts = tally(SEVEN, small_grid(), period="MS", start="2017-07-15", end="2018-01-01")
    months = counts["period"].drop_duplicates().dt.strftime("%Y-%m").tolist()
    assert months == ["2017-07", "2017-08", "2017-09", "2017-10", "2017-11", "2017-12"]


def test_a_range_without_period_counts_into_one_nameless_period():
    counts = tally(SEVEN, small_grid(), start="2017-09-01")
    assert counts["period"].isna().all()
    assert counts["incidents"].tolist() == [1, 1, 0, 0, 0, 0, 0]


def test_times_count_in_their_own_zone():
    # 2017-09-30 17:00 UTC is 1 October in Beijing.
    located = small_located([(A, "inside", "2017-09-30 17:00", "waste")], zone="UTC")
    assert nonzero(tally(located, small_grid(), period="MS"))[0][1] == "2017-09-01"
    located["reported_at"] = located["reported_at"].dt.tz_convert(SHANGHAI)
    assert nonzero(tally(located, small_grid(), period="MS"))[0][1] == "2017-10-01"


def test_a_naive_start_is_read_in_the_zone_and_an_aware_one_as_it_is():
    located = small_located([(A, "inside", "2017-09-01 04:00", "waste")])
    naive = tally(located, small_grid(), start="2017-09-01 04:00", end="2017-09-01 05:00")
    aware = tally(located, small_grid(), start=pd.Timestamp("2017-08-31 20:00", tz="UTC"))
    late = tally(located, small_grid(), start="2017-08-31 21:00+00:00")
    assert [table["incidents"].sum() for table in (naive, aware, late)] == [1, 1, 0]


def test_other_times_can_date_the_incidents():
    located = SEVEN.assign(closed_at=SEVEN["reported_at"] + pd.Timedelta(days=62))
    counts = tally(located, small_grid(), period="MS", times="closed_at")
    assert nonzero(counts)[0][1] == "2017-11-01"


def test_groups_come_in_order_and_zeros_are_kept_in_each():
    counts = tally(SEVEN, small_grid(), by="category")
    assert counts["group"].drop_duplicates().tolist()[:2] == ["noise", "waste"]
    assert len(counts) == 3 * len(CELLS)
    assert nonzero(counts) == [(B, None, "noise", 1), (A, None, "waste", 2), (C, None, None, 1)]


def test_a_missing_group_value_is_a_group_of_its_own_and_comes_last():
    counts = tally(SEVEN, small_grid(), by="category")
    assert counts["group"].isna().tolist() == [False] * 14 + [True] * 7
    assert counts["incidents"].sum() == 4


def test_groups_outside_the_range_keep_zeros():
    counts = tally(SEVEN, small_grid(), by="category", start="2017-10-01")
    assert counts["group"].drop_duplicates().tolist()[:2] == ["noise", "waste"]
    assert counts.loc[counts["group"] == "waste", "incidents"].sum() == 0


def test_groups_of_other_kinds_become_text():
    located = SEVEN.assign(crew=pd.array([7, 7, None, 7, 7, 7, 12], dtype="Int64"))
    counts = tally(located, small_grid(), by="crew")
    names = counts["group"].drop_duplicates()
    assert names.dropna().tolist() == ["12", "7"]
    assert counts["incidents"].sum() == 4


def test_no_incidents_give_zeros():
    counts = tally(SEVEN.iloc[:0], small_grid(), by="category")
    assert counts["incidents"].tolist() == [0] * len(CELLS)
    assert counts["group"].isna().all()
    assert sum(fates(counts).values()) == 0


def test_a_grid_in_any_order_gives_the_same_counts_with_its_own_streets():
    shuffled = small_grid().iloc[[3, 1, 6, 0, 2, 5, 4]]
    pd.testing.assert_frame_equal(tally(SEVEN, shuffled), tally(SEVEN, small_grid()))


def test_shuffled_incidents_give_the_same_counts():
    mixed = SEVEN.sample(frac=1, random_state=5)
    for options in ({"by": "category"}, {"period": "W-MON"}):
        pd.testing.assert_frame_equal(
            tally(mixed, small_grid(), **options), tally(SEVEN, small_grid(), **options)
        )


def test_inputs_are_not_changed():
    located, grid = SEVEN.copy(), small_grid()
    tally(located, grid, period="D", by="category")
    pd.testing.assert_frame_equal(located, SEVEN)
    pd.testing.assert_frame_equal(grid, small_grid())


MATCHES = st.sampled_from(["inside", "border", "overlap", "outside", "no_point"])
PLACES = st.sampled_from([*CELLS, FAR, h3.latlng_to_cell(39.9, 116.4, 9)])
TIMES = st.none() | st.datetimes(pd.Timestamp("2016-12-20"), pd.Timestamp("2017-03-10"))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(PLACES, MATCHES, TIMES, st.sampled_from(["a", "b", None])), max_size=25
    ),
    period=st.sampled_from([None, "D", "W-MON", "MS", "QS", "YS"]),
    by=st.sampled_from([None, "category", "match"]),
)
def test_the_fates_add_up_to_the_rows_and_the_counts_to_the_counted(rows, period, by):
    located = small_located(
        [(None if match == "no_point" else c, match, t, g) for c, match, t, g in rows]
    )
    counts = tally(
        located, small_grid(), period=period, by=by, start="2017-01-01", end="2017-03-01"
    )
    report = tally_report(counts)
    assert report["fate"].tolist() == list(FATES)
    assert report["incidents"].sum() == len(rows)
    assert counts["incidents"].sum() == report["incidents"].iloc[0]
    assert not counts.duplicated(["cell", "period", "group"]).any()
    by_hand = sum(
        match in ("inside", "border", "overlap")
        and cell in CELLS
        and time is not None
        and time.year == 2017
        and time.month < 3
        for cell, match, time, _ in rows
        if period is not None or time is not None
    )
    assert counts["incidents"].sum() == by_hand


def test_every_fate_has_words_in_both_languages():
    for lang in ("en", "zh"):
        assert set(FATES) <= set(labels("fate", lang))


def test_an_unknown_period_is_named_with_the_known_ones():
    with pytest.raises(OptionError, match=r"'W-MON' to 'W-SUN'.*'MS' \(months\).*Found: 'M'"):
        tally(SEVEN, small_grid(), period="M")


def test_a_range_that_ends_before_it_starts_is_refused():
    with pytest.raises(OptionError, match="start must be before end"):
        tally(SEVEN, small_grid(), start="2017-09-01", end="2017-09-01")


def test_a_date_that_does_not_exist_is_refused():
    with pytest.raises(OptionError, match=r"end must be a date such as '2017-09-01'.*2017-09-31"):
        tally(SEVEN, small_grid(), end="2017-09-31")


def test_periods_without_any_incident_need_a_range():
    with pytest.raises(InputError, match="Give start and end to list empty periods"):
        tally(SEVEN.iloc[:0], small_grid(), period="MS")
    counts = tally(SEVEN.iloc[:0], small_grid(), period="MS", start="2017-01-01", end="2017-03-01")
    assert counts["incidents"].tolist() == [0] * 2 * len(CELLS)


def test_times_without_a_zone_are_refused():
    naive = SEVEN.assign(reported_at=SEVEN["reported_at"].dt.tz_localize(None))
    with pytest.raises(ColumnsError, match="reported_at must hold times with a zone"):
        tally(naive, small_grid(), period="MS")


def test_another_resolution_is_refused():
    coarse = SEVEN.assign(cell=pd.array([h3.cell_to_parent(A, 8)] * 7, dtype="UInt64"))
    with pytest.raises(InputError, match="resolution 9 in the grid and 8 in 7 rows of located"):
        tally(coarse, small_grid())


def test_a_grid_that_repeats_a_cell_is_refused():
    with pytest.raises(InputError, match=r"grid must have one row a cell. Found: 1 rows repeat"):
        tally(SEVEN, small_grid([*CELLS, A]))


def test_an_empty_grid_is_refused():
    with pytest.raises(EmptyTableError, match=r"grid has no rows.*make_grid"):
        tally(SEVEN, small_grid().iloc[:0])


def test_an_unknown_group_column_is_refused_with_the_columns_there_are():
    with pytest.raises(ColumnsError, match=r"by must name a column of located. Found: 'kind'"):
        tally(SEVEN, small_grid(), by="kind")


def test_a_table_too_large_to_hold_is_refused_before_it_is_made():
    with pytest.raises(OptionError, match=r"up to 100,000,000 rows.*Choose a longer period"):
        tally(
            SEVEN, small_grid(), period="D", start="0001-01-01", end="9999-12-31", by="incident_id"
        )


def test_a_table_that_lost_its_report_says_so():
    with pytest.raises(InputError, match=r"attrs\['tally'\].*Call gridgov.tally"):
        tally_report(small_grid())


def test_a_grid_scattered_over_the_globe_is_counted_alike():
    cells = [*CELLS, h3.latlng_to_cell(-33.87, 151.2, 9), h3.latlng_to_cell(40.7, -74.0, 9)]
    located = small_located([(cell, "inside", "2017-09-01", "waste") for cell in [*cells, FAR]])
    counts = tally(located, small_grid(cells))
    assert counts["incidents"].tolist() == [1] * 9
    assert fates(counts)["off_grid"] == 1


def test_periods_and_groups_repeat_in_order():
    counts = tally(
        SEVEN, small_grid(), period="MS", by="category", start="2017-08-01", end="2017-10-01"
    )
    months = counts["period"].dt.month.tolist()
    assert months == ([8] * 7 + [9] * 7) * 3
    names = ["noise"] * 14 + ["waste"] * 14
    assert counts["group"].dropna().tolist() == names


def test_a_tally_says_from_when_to_when_it_counted():
    # Limits where they are given; else the first incident counted and 1 µs after the last.
    def span(**options):
        return tally(SEVEN, small_grid(), **options).attrs["range"]

    assert span(period="MS", start="2017-09-01", end="2017-12-01") == {
        "period": "MS",
        "start": "2017-09-01T00:00:00+08:00",
        "end": "2017-12-01T00:00:00+08:00",
    }
    assert span() == {
        "period": None,
        "start": "2017-08-31T23:59:59.999999+08:00",
        "end": "2017-10-31T08:00:00.000001+08:00",
    }
    assert span(end="2017-09-30")["start"] == "2017-08-31T23:59:59.999999+08:00"
    untimed = SEVEN.drop(columns="reported_at")
    assert tally(untimed, small_grid()).attrs["range"]["end"] is None
