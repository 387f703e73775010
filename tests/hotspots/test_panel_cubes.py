"""Panels as cubes: order, zeros, gaps, and what is refused in words."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError
from gridgov.hotspots.panel_cubes import bin_rows, cell_rows, panel_cubes

A, B, C = 0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x8931AA50E2FFFFF


def panel(starts, cells=(A, B, C), zone="Asia/Shanghai", **columns):
    periods = pd.DatetimeIndex(starts, tz=zone).as_unit("us")
    n = len(cells)
    return pd.DataFrame(
        {
            "cell": np.tile(np.array(cells, dtype=np.uint64), len(periods)),
            "period": periods.repeat(n),
            "incidents": np.arange(n * len(periods)),
            **columns,
        }
    )


MONTHS = ["2017-01-01", "2017-02-01", "2017-03-01", "2017-04-01"]


def test_cells_and_periods_come_in_ascending_order_whatever_the_rows():
    table = panel(MONTHS, street_id=["a", "b", "c"] * 4, area_km2=[1.0, 2.0, 3.0] * 4)
    (cube,) = panel_cubes(table)
    (mixed,) = panel_cubes(table.sample(frac=1, random_state=3))
    order = np.argsort(np.array([A, B, C], dtype=np.uint64))
    assert cube.cells.tolist() == np.array([A, B, C], np.uint64)[order].tolist()
    np.testing.assert_array_equal(cube.incidents, np.arange(12).reshape(4, 3).T[order])
    np.testing.assert_array_equal(mixed.incidents, cube.incidents)
    assert order.tolist() == [1, 0, 2]
    assert cube.street_id.tolist() == mixed.street_id.tolist() == ["b", "a", "c"]
    assert cube.area_km2.tolist() == [2.0, 1.0, 3.0]
    assert cell_rows(cube)["incidents"].sum() == bin_rows(cube)["incidents"].sum() == 66


def test_the_table_is_left_as_it_was():
    table = panel(MONTHS)
    before = table.copy(deep=True)
    panel_cubes(table)
    pd.testing.assert_frame_equal(table, before)


def test_a_missing_row_counts_as_zero_and_is_said():
    table = panel(MONTHS)
    with pytest.warns(DataWarning, match=r"2 of 12 combinations.* have no row and count as zero"):
        (cube,) = panel_cubes(table.drop(index=[0, 7]))
    assert cube.incidents.sum() == 66 - 7
    assert cube.incidents[cube.cells == np.uint64(A), 0] == 0


@pytest.mark.parametrize(
    ("starts", "gap"),
    [
        (["2017-01-01", "2017-02-01", "2017-04-01"], "2017-03-01"),
        (["2016-04-01", "2017-04-01", "2019-04-01"], "2018-04-01"),
        (["2016-02-01", "2016-05-01", "2016-11-01"], "2016-08-01"),
        (["2017-01-02", "2017-01-09", "2017-01-23"], "2017-01-16"),
        (["2017-01-02", "2017-01-03", "2017-01-05"], "2017-01-04"),
    ],
)
def test_a_period_that_nobody_has_is_found_and_named(starts, gap):
    words = rf"1 period has no row at all \({gap}\); if nobody kept"
    with pytest.warns(DataWarning, match=words) as caught:
        (cube,) = panel_cubes(panel(starts))
    assert caught[0].message.zh == (
        "12 个网格、时段与分组的组合中有 3 个没有数据行，按零计。有 1 个时段完全没有数据行"
        f"（{gap}）；如当时无人记录，请用 start 和 end 排除这段时间。"
        "gridgov.tally(...) 会保留零值。"
    )
    assert [f"{start:%Y-%m-%d}" for start in cube.periods] == sorted([*starts, gap])
    assert (cube.incidents[:, sorted([*starts, gap]).index(gap)] == 0).all()


def test_many_periods_that_nobody_has_are_told_by_the_first_three():
    starts = [f"2017-{month:02}-01" for month in (1, 2, 3, 8)]
    with pytest.warns(
        DataWarning, match=r"\(2017-04-01, 2017-05-01, 2017-06-01, \.\.\.\)"
    ) as caught:
        panel_cubes(panel(starts))
    assert (
        "有 4 个时段完全没有数据行（2017-04-01、2017-05-01、2017-06-01等）" in caught[0].message.zh
    )


def test_periods_of_any_other_kind_are_taken_as_they_are():
    hours = ["2017-01-01 00:00", "2017-01-01 06:00", "2017-01-03 18:00"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (cube,) = panel_cubes(panel(hours, zone="UTC"))
    assert len(cube.periods) == 3


def test_a_day_that_starts_an_hour_late_is_no_gap():
    # In São Paulo the clocks of 15 October 2017 began at one o'clock.
    days = pd.date_range("2017-10-13", "2017-10-17", tz=None)
    starts = days.tz_localize("America/Sao_Paulo", nonexistent="shift_forward")
    table = panel(range(5), zone="UTC").assign(period=starts.as_unit("us").repeat(3))
    (cube,) = panel_cubes(table)
    assert len(cube.periods) == 5


def test_every_group_is_a_cube_over_the_cells_of_all():
    table = pd.concat([panel(MONTHS, group="b"), panel(MONTHS, cells=(A,), group="a")])
    with pytest.warns(DataWarning, match=r"8 of 24 combinations"):
        first, second = panel_cubes(table)
    assert (first.group, second.group) == ("a", "b")
    assert first.incidents.shape == second.incidents.shape == (3, 4)
    nothing = panel_cubes(panel(MONTHS, group=pd.array([None] * 12, dtype="str")))
    assert cell_rows(nothing[0])["group"].isna().all()


def test_what_is_no_panel_is_refused_in_words():
    with pytest.raises(ColumnsError, match="counts must have the column period"):
        panel_cubes(panel(MONTHS).drop(columns="period"))
    with pytest.raises(EmptyTableError, match="counts has no rows"):
        panel_cubes(panel(MONTHS).iloc[:0])
    with pytest.raises(InputError, match=r"several periods\. Found: one, 2017-01-01T00:00"):
        panel_cubes(panel(MONTHS[:1]))
    naive = panel(MONTHS)
    naive["period"] = naive["period"].dt.tz_localize(None)
    with pytest.raises(ColumnsError, match=r"period must hold the start of a period with a zone"):
        panel_cubes(naive)
    holed = panel(MONTHS)
    holed.loc[[1, 2], "period"] = pd.NaT
    with pytest.raises(ColumnsError, match="Found: 2 missing"):
        panel_cubes(holed)
    twice = pd.concat([panel(MONTHS, group="g"), panel(MONTHS, group="g").iloc[[4]]])
    with pytest.raises(
        ColumnsError,
        match=rf"2 rows.*first is cell {B:x}, period 2017-02-01T00:00:00\+08:00, group g",
    ):
        panel_cubes(twice)
    with pytest.raises(ColumnsError, match="must hold whole numbers from 0 on"):
        panel_cubes(panel(MONTHS).assign(incidents=-1))
