"""Hours of the week on the clock of the records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import InputError
from gridgov.hotspots.hours import measure_hours


def at(*times: str, zone: str = "Asia/Shanghai") -> pd.DataFrame:
    return pd.DataFrame({"reported_at": pd.to_datetime(list(times)).tz_localize(zone)})


def test_every_hour_of_whole_weeks_came_once_a_week() -> None:
    hours = measure_hours(at("2017-09-05 10:20"), start="2017-09-04", end="2017-09-25")
    assert len(hours) == 168
    assert (hours["weeks"] == 3).all()
    one = hours[hours["incidents"] == 1].iloc[0]
    # 2017-09-05 was a Tuesday.
    assert (one["weekday"], one["hour"]) == (2, 10)
    assert one["incidents_per_week"] == pytest.approx(1 / 3)
    # Exact interval of one incident, 0.0253 to 5.572, over three weeks.
    assert one["per_week_high"] == pytest.approx(5.5716 / 3, abs=1e-4)


def test_counts_add_up_and_follow_the_records() -> None:
    random = np.random.default_rng(2)
    moments = pd.Timestamp("2017-01-01", tz="Asia/Shanghai") + pd.to_timedelta(
        random.integers(0, 365 * 86_400, 2000), unit="s"
    )
    hours = measure_hours(pd.DataFrame({"reported_at": moments}))
    plain = pd.Series(1, index=[moments.day_of_week + 1, moments.hour]).groupby(level=[0, 1]).sum()
    found = hours.set_index(["weekday", "hour"])["incidents"]
    assert found.sum() == 2000
    assert found[found > 0].to_dict() == plain.to_dict()


def test_an_hour_that_the_clocks_skip_did_not_come_and_one_repeated_came_twice() -> None:
    # Berlin 2017: clocks skipped Sunday 26 March 2 o'clock, repeated 29 October 2 o'clock.
    for day, end, times in (("2017-03-20", "2017-03-27", 0), ("2017-10-23", "2017-10-30", 2)):
        rows = at(f"{day} 10:00", zone="Europe/Berlin")
        hours = measure_hours(rows, start=day, end=end).set_index(["weekday", "hour"])["weeks"]
        assert hours[7, 2] == times
        assert hours.drop((7, 2)).eq(1).all()


def test_hours_that_never_came_have_no_mean() -> None:
    hours = measure_hours(at("2017-09-04 10:00"))
    assert hours["incidents_per_week"].notna().sum() == 24
    assert hours["incidents"].sum() == 1


def test_dates_without_a_time_of_day_are_refused() -> None:
    with pytest.raises(InputError, match="Found: 2 incidents, all at midnight"):
        measure_hours(at("2017-09-04", "2017-09-05"))
