"""Deadlines by a calendar, and links between reports: equal answers first, then the clock.

    python benchmarks/deadlines.py            # full size, a minute
    python benchmarks/deadlines.py --small    # answers only, seconds

Working hours are held against pandas' CustomBusinessHour and working days against numpy's
busday_offset, both on a calendar without swapped working days, which neither can express.
Links are held against a look at every pair. Only what is measured is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import gridgov
from gridgov.assessment.deadlines.day_tables import read_day_tables
from gridgov.assessment.supervision.near_pairs import read_reports

ZONE = "Asia/Shanghai"
HOURS = (("09:00", "12:00"), ("13:00", "18:00"))


def seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    begin = perf_counter()
    result = work()
    return result, perf_counter() - begin


def calendar_rows(rows: int) -> None:
    worked, _ = read_day_tables("china")
    free = worked.index[~worked]
    table = pd.DataFrame({"date": free, "kind": "holiday"})
    calendar = gridgov.make_calendar(table, timezone=ZONE, hours=HOURS)
    draw = np.random.default_rng(1)
    start = pd.Timestamp("2015-02-01")
    wall = start + pd.to_timedelta(draw.integers(0, 10 * 365 * 86_400, rows), unit="s")
    starts = pd.Series(wall.tz_localize(ZONE).as_unit("us"))

    some = wall[:2000]
    offset = pd.offsets.CustomBusinessHour(
        n=4,
        holidays=list(free),
        start=[span[0] for span in HOURS],
        end=[span[1] for span in HOURS],
    )
    theirs, slow = seconds(lambda: [moment + offset for moment in some])
    ours = gridgov.add_working_time(starts[:2000], amount=4, calendar=calendar)
    # pandas calls the end of a day the beginning of the next one, so time between is compared.
    apart = gridgov.working_time_between(
        starts[:2000], pd.DatetimeIndex(theirs).tz_localize(ZONE), calendar=calendar
    )
    between = gridgov.working_time_between(starts[:2000], ours, calendar=calendar)
    assert np.allclose(apart, 4)
    assert np.allclose(between, 4)
    _, quick = seconds(lambda: gridgov.add_working_time(starts, amount=4, calendar=calendar))
    print(
        f"4 working hours: {quick:.2f} s for {rows:,} rows, {rows / quick:,.0f} a second; ", end=""
    )
    print(f"pandas CustomBusinessHour {len(some) / slow:,.0f} a second")

    dates = wall.to_numpy().astype("datetime64[D]")
    holidays = free.to_numpy().astype("datetime64[D]")
    theirs, other = seconds(
        lambda: np.busday_offset(
            np.busday_offset(dates, 0, roll="backward", holidays=holidays), 7, holidays=holidays
        )
    )
    ours, quick = seconds(
        lambda: gridgov.add_working_time(starts, amount=7, unit="working_days", calendar=calendar)
    )
    assert (ours.dt.tz_localize(None).to_numpy().astype("datetime64[D]") == theirs).all()
    print(
        f"7 working days: {quick:.2f} s for {rows:,} rows; numpy busday_offset {other:.2f} s, ",
        end="",
    )
    print("dates alone, no zone and no close of business")
    made = seconds(lambda: gridgov.make_calendar("china"))[1]
    print(f"the calendar of 2015 to 2026: made in {1000 * made:.0f} ms")


def reports(rows: int, kilometers: float) -> gpd.GeoDataFrame:
    draw = np.random.default_rng(2)
    side = kilometers / 100
    start = pd.Timestamp("2017-01-01", tz=ZONE)
    seconds_in = draw.integers(0, 365 * 86_400, rows)
    phrases = np.array(["小区门口有暴露垃圾", "商户占道堆物", "路面破损有积水", "垃圾无人清理"])
    return gpd.GeoDataFrame(
        {
            "incident_id": np.arange(rows).astype(str),
            "category": draw.choice(np.array(list("abcdefg")), rows),
            "said": draw.choice(phrases, rows),
            "reported_at": (start + pd.to_timedelta(seconds_in, unit="s")).as_unit("us"),
        },
        geometry=gpd.points_from_xy(
            116.2 + draw.normal(0, side, rows), 39.9 + draw.normal(0, side, rows)
        ),
        crs="EPSG:4326",
    )


def every_pair(frame: gpd.GeoDataFrame) -> int:
    plane = read_reports(frame, same_category=True, times="reported_at")
    one, other = np.triu_indices(len(plane.rows), k=1)
    near = np.hypot(plane.x[one] - plane.x[other], plane.y[one] - plane.y[other]) <= 50
    soon = plane.instants[other] - plane.instants[one] <= 72 * 3_600_000_000
    return int((near & soon & (plane.kinds[one] == plane.kinds[other])).sum())


def link_rows(rows: int) -> None:
    small = reports(3000, 0.3)
    pairs, slow = seconds(lambda: every_pair(small))
    found, quick = seconds(lambda: gridgov.link_duplicates(small))
    assert found.attrs["duplicates"]["pairs"] == pairs > 0
    print(f"3,000 reports, {pairs} pairs: {quick:.2f} s; a look at every pair {slow:.2f} s")
    frame = reports(rows, 3.0)
    for text in (None, "said"):
        found, quick = seconds(lambda text=text: gridgov.link_duplicates(frame, text=text))
        words = "without texts" if text is None else "with texts"
        print(
            f"{rows:,} reports {words}: {quick:.2f} s, "
            f"{found.attrs['duplicates']['pairs']:,} pairs, {len(found):,} links"
        )
    _, quick = seconds(lambda: gridgov.find_repeat_places(frame, distance_m=50))
    print(f"{rows:,} reports, places by distance: {quick:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="answers only, seconds")
    small = parser.parse_args().small
    calendar_rows(20_000 if small else 1_000_000)
    link_rows(10_000 if small else 100_000)


if __name__ == "__main__":
    main()
