"""Chicago's complaints as cases: every number held against plain pandas on the raw file.

The records have dates without times, so that all waiting is counted in whole days. Nothing
of China takes part: the calendar is the one of the United States.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import holidays
import numpy as np
import pandas as pd
import pytest

from gridgov.assessment.audit.draw import draw_audit_sample
from gridgov.assessment.audit.estimate import estimate_audit
from gridgov.assessment.deadlines.calendar import WorkCalendar, make_calendar
from gridgov.assessment.deadlines.deadlines import set_deadlines
from gridgov.assessment.delays.delays import measure_delays
from gridgov.assessment.indicators.engine import measure_indicators
from gridgov.assessment.indicators.wilson import wilson_interval
from gridgov.assessment.scores.assess import assess
from gridgov.assessment.supervision.duplicates import link_duplicates
from gridgov.assessment.supervision.overdue import find_overdue, measure_supervision
from gridgov.assessment.supervision.repeat_places import find_repeat_places
from gridgov.campaigns.campaign import campaign_cells, evaluate_campaign
from gridgov.errors import DataWarning
from gridgov.place.grid import make_grid
from gridgov.place.locate import locate
from gridgov.sources.cases import CasesRead, read_cases
from gridgov.sources.incidents import read_incidents
from gridgov.sources.jurisdictions import read_jurisdictions

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chicago"
RECORDS = "sanitation_code_complaints.csv.gz"
ZONE = "America/Chicago"
AS_OF = "2015-01-01"
COLUMNS = {
    "case_id": "Service_Request_Number",
    "reported_at": "Creation_Date",
    "filed_at": "Creation_Date",
    "closed_at": "Completion_Date",
    "street_id": "Community_Area",
    "category": "What_is_the_Nature_of_this_Code_Violation",
    "status": "Status",
}
SCHEME = {
    "items": [
        {"name": "on_time", "indicator": "on_time_closing_rate_of_filed", "weight": 60},
        {"name": "closing", "indicator": "closing_rate_of_filed", "weight": 40},
    ]
}


def real(name: str) -> Path:
    if not (DATA / name).is_file():
        pytest.skip(f"{name} absent")
    return DATA / name


def quietly(call: Callable[..., Any], *given: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return call(*given, **options)


@pytest.fixture(scope="module")
def areas() -> Any:
    columns = {"street_id": "NID", "street": "community"}
    return quietly(read_jurisdictions, real("community_areas.geojson"), columns=columns)


@pytest.fixture(scope="module")
def read(areas: Any) -> CasesRead:
    return quietly(read_cases, real(RECORDS), columns=COLUMNS, timezone=ZONE, jurisdictions=areas)


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The same rows, taken out of the file without gridgov."""
    table = pd.read_csv(
        real(RECORDS), parse_dates=["Creation_Date", "Completion_Date"], low_memory=False
    )
    named = table["Community_Area"].isna() | table["Community_Area"].between(1, 77)
    table = table[named].drop_duplicates("Service_Request_Number").reset_index(drop=True)
    table["area"] = table["Community_Area"].map("{:.0f}".format, na_action="ignore")
    return table


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    kept = holidays.country_holidays("US", years=range(2000, 2016))
    return make_calendar(kept, timezone=ZONE)


@pytest.fixture(scope="module")
def cases(read: CasesRead, calendar: WorkCalendar) -> pd.DataFrame:
    rules = [{"stage": "closed", "amount": 5, "unit": "working_days"}]
    return set_deadlines(read.cases, rules, calendar=calendar)


@pytest.fixture(scope="module")
def days(raw: pd.DataFrame) -> pd.DataFrame:
    """Working days from the report to the deadline and to the closing, by numpy alone."""
    free = np.array(
        list(holidays.country_holidays("US", years=range(2000, 2016))), dtype="datetime64[D]"
    )
    filed = raw["Creation_Date"].to_numpy().astype("datetime64[D]")
    closed = raw["Completion_Date"].to_numpy().astype("datetime64[D]")
    due = np.busday_offset(
        np.busday_offset(filed, 0, roll="backward", holidays=free), 5, holidays=free
    )
    seen = np.datetime64(AS_OF)
    done = ~np.isnat(closed)
    return raw.assign(
        due=due,
        done=done,
        on_time=done & (closed <= due),
        # Due when its last day is over, or closed before.
        counted=(done & (closed <= due)) | (due < seen),
        counts_on=np.where(done & (closed <= due), closed, due),
    )


@pytest.fixture(scope="module")
def located(areas: Any) -> Any:
    found = quietly(read_incidents, real(RECORDS), preset="chicago311", jurisdictions=areas)
    return locate(found.incidents, areas, resolution=8)


def test_every_row_is_a_case_or_set_aside(read: CasesRead, raw: pd.DataFrame) -> None:
    # The data's own description: 74,401 rows, 375 repeated ids. Three rows name the area "0".
    assert len(read.cases) + len(read.set_aside) == 74_401
    counts = read.set_aside["reason"].value_counts().to_dict()
    assert counts == {"duplicate_id": 375, "unknown_street": 3}
    assert read.cases["case_id"].tolist() == raw["Service_Request_Number"].tolist()
    assert read.cases["closed_at"].isna().sum() == raw["Completion_Date"].isna().sum() == 325
    assert read.cases["street_id"].fillna("none").tolist() == raw["area"].fillna("none").tolist()
    assert read.cases["street_id"].nunique() == 77


def test_repeated_ids_can_be_kept_with_a_number(areas: Any, read: CasesRead) -> None:
    kept = quietly(
        read_cases, real(RECORDS), columns=COLUMNS, timezone=ZONE, jurisdictions=areas,
        duplicates="number",
    )  # fmt: skip
    assert len(kept.cases) == len(read.cases) + 375
    assert kept.cases["case_id"].is_unique
    assert kept.cases["case_id"].str.contains("#").sum() == 375


def test_deadlines_are_those_of_the_calendar(cases: pd.DataFrame, days: pd.DataFrame) -> None:
    due = cases["due_at"].dt.tz_localize(None)
    assert (due.dt.normalize().to_numpy().astype("datetime64[D]") == days["due"]).all()
    assert (due.dt.hour == 18).all()


def test_rates_of_every_area_and_year_are_those_counted_by_hand(
    cases: pd.DataFrame, days: pd.DataFrame
) -> None:
    names = ["closing_rate", "on_time_closing_rate"]
    rates = measure_indicators(
        cases, indicators=names, by="street_id", period="YS", start="2011-01-01",
        end="2015-01-01", as_of=AS_OF,
    )  # fmt: skip
    assert len(rates) == 2 * 78 * 4  # 77 areas, and the cases of none
    year = pd.DatetimeIndex(days["counts_on"]).year
    counted = days[days["counted"] & (year >= 2011) & (year < 2015)]
    keys = [counted["area"].fillna("none"), year[counted.index].rename("year")]
    expected = counted.groupby(keys)[["done", "on_time"]].agg(["sum", "size"])
    found = rates.assign(
        group=rates["group"].fillna("none"), year=rates["period"].dt.year
    ).set_index(["indicator", "group", "year"])
    for name, column in zip(names, ["done", "on_time"], strict=True):
        mine = found.loc[name]
        theirs = expected[column].reindex(mine.index, fill_value=0)
        assert theirs["size"].sum() == len(counted)
        assert mine["denominator"].tolist() == theirs["size"].tolist()
        assert mine["numerator"].tolist() == theirs["sum"].tolist()
        empty = mine["denominator"] == 0
        assert mine["reason"].eq("no_cases").tolist() == empty.tolist()
        low, high = wilson_interval(mine["numerator"], mine["denominator"])
        np.testing.assert_array_equal(mine["value_low"], low)
        np.testing.assert_array_equal(mine["value_high"], high)


def test_years_and_areas_add_up_to_the_whole(cases: pd.DataFrame) -> None:
    def total(**options: Any) -> tuple[float, float]:
        rates = measure_indicators(
            cases, indicators=["on_time_closing_rate"], start="2011-01-01", end="2015-01-01",
            as_of=AS_OF, **options,
        )  # fmt: skip
        return rates["numerator"].sum(), rates["denominator"].sum()

    assert total() == total(period="MS") == total(by="street_id") == total(by="category")
    assert total(by="street_id", period="W-MON") == total()


def test_medians_of_areas_without_open_cases_are_those_of_their_waits(
    cases: pd.DataFrame, raw: pd.DataFrame
) -> None:
    found = measure_delays(cases, by="street_id", as_of=AS_OF).set_index("group")
    # Where all cases are closed nothing is censored, and the quantiles are those of the waits.
    # Seven days over a change of clocks have 167 or 169 hours.
    closed, filed = (
        raw[name].dt.tz_localize(ZONE) for name in ("Completion_Date", "Creation_Date")
    )
    wait = (closed - filed).dt.total_seconds() / 3_600
    plain = 0
    for area, part in wait.groupby(raw["area"]):
        row = found.loc[area]
        assert (row["cases"], row["open"]) == (len(part), part.isna().sum())
        if part.isna().any():
            continue
        plain += 1
        waits = np.sort(part.to_numpy())
        assert row["median_h"] == waits[int(np.ceil(len(waits) / 2)) - 1]
        assert row["closed_7d_share"] == pytest.approx((waits <= 168).mean())
    assert plain == 22


def test_overdue_lists_hold_the_open_cases_whose_day_is_over(
    cases: pd.DataFrame, days: pd.DataFrame
) -> None:
    listed = find_overdue(cases, as_of=AS_OF, soon_h=0)
    late = days[~days["done"] & (days["due"] < pd.Timestamp(AS_OF))]
    assert sorted(listed["case_id"]) == sorted(late["Service_Request_Number"])
    counts = measure_supervision(cases, as_of=AS_OF).set_index("group")
    by_area = late["area"].value_counts()
    assert counts["overdue_cases"].sum() == len(late)
    assert counts.loc[by_area.index, "overdue_cases"].tolist() == by_area.tolist()


def test_areas_with_few_cases_are_listed_and_not_ranked(
    cases: pd.DataFrame, days: pd.DataFrame
) -> None:
    table = assess(
        cases, scheme=SCHEME, period="QS", start="2014-01-01", end="2015-01-01", as_of=AS_OF,
        min_cases=100, samples=999,
    )  # fmt: skip
    filed = days[days["Creation_Date"].between("2014-01-01", "2014-12-31")]
    quarter = filed["Creation_Date"].dt.to_period("Q").dt.start_time
    among = filed[filed["done"] | (filed["due"] < pd.Timestamp(AS_OF))]
    groups = [among["area"], quarter[among.index].rename("quarter")]
    shares = among.groupby(groups)[["on_time", "done"]].mean()
    score = 60 * shares["on_time"] + 40 * shares["done"]
    found = table.assign(quarter=table["period"].dt.tz_localize(None))
    found = found.set_index(["group", "quarter"])["score"].dropna()
    assert found.index.sort_values().equals(score.index.sort_values().set_names(found.index.names))
    np.testing.assert_allclose(found.sort_index(), score.sort_index())
    ranked = table["rank"].notna()
    assert (table["cases"] >= 100)[ranked].all()
    assert (table.loc[~ranked & (table["cases"] > 0), "reason"] == "too_few_cases").all()
    assert ranked.sum() > 20


def test_a_scheme_whose_columns_are_not_there_says_which_items(cases: pd.DataFrame) -> None:
    year = {"start": "2014-01-01", "end": "2015-01-01", "period": None, "as_of": AS_OF}
    table = assess(cases, samples=99, **year)
    assert (table["reason"] == "item_missing").all()
    assert table.attrs["scores"]["items_missing"] == {"rework": 77, "supervision": 77}


def test_repeat_places_hold_the_reports_that_are_near(located: Any) -> None:
    places = find_repeat_places(located, within_days=30, min_reports=10)
    assert (places["most_reports"] >= 10).all()
    kept = located[located["incident_id"].notna() & located["cell"].notna()]
    first = places.iloc[0]
    here = kept[(kept["cell"] == first["cell"]) & (kept["category"] == first["category"])]
    assert first["reports"] == len(here)
    # The busiest 30 days of the place, by a window of days over its sorted reports.
    at = np.sort(here["reported_at"].dt.tz_localize(None).to_numpy())
    ends = np.searchsorted(at, at + np.timedelta64(30, "D"), side="right")
    assert first["most_reports"] == (ends - np.arange(len(at))).max()


def test_duplicates_are_one_place_one_kind_and_a_few_days(located: Any) -> None:
    links = link_duplicates(located, distance_m=50, within_h=72)
    assert links["distance_m"].max() <= 50
    assert links["hours_after"].between(0, 72).all()
    kind = located.set_index("incident_id")["category"]
    assert (kind[links["incident_id"]].to_numpy() == kind[links["duplicate_of"]].to_numpy()).all()
    # Reports of one kind, day and point are linked to the first of them, or with it to another.
    known = located[located.geometry.notna()]
    same = known.assign(x=known.geometry.x, y=known.geometry.y)
    repeated = same[same.duplicated(["x", "y", "category", "reported_at"])]
    assert repeated["incident_id"].isin(links["incident_id"]).all()


def test_a_campaign_that_never_was_has_no_clear_effect_on_cells_chosen_blindly(
    located: Any, areas: Any
) -> None:
    grid = make_grid(areas, resolution=8)
    cells = np.random.default_rng(20130601).choice(grid["cell"].to_numpy(), 60, replace=False)
    span = {"before": ("2012-06-01", "2013-06-01"), "after": ("2013-06-01", "2014-06-01")}
    effect = evaluate_campaign(located, grid, treated=cells, **span).iloc[0]
    reported = located["reported_at"].dt.tz_localize(None)
    # What lies in a cell but in no area is not counted.
    inside = located["cell"].isin(cells) & (located["match"] != "outside")
    for name, (start, end) in span.items():
        expected = (inside & (reported >= start) & (reported < end)).sum()
        assert effect[f"treated_{name}"] == expected
    assert effect["rate_ratio_low"] < 1 < effect["rate_ratio_high"]
    listed = campaign_cells(located, grid, treated=cells, **span)
    assert set(listed.loc[listed["role"] == "treated", "cell"]) == set(cells)


def test_an_audit_of_closed_cases_finds_the_share_that_is_there(cases: pd.DataFrame) -> None:
    closed = cases[(cases["closed_at"] >= "2014-01-01") & cases["street_id"].notna()]
    late = closed["closed_at"] > closed["due_at"]
    closed = closed.assign(late=late)
    sample = draw_audit_sample(closed, size=600, seed=7, strata="street_id")
    assert len(sample) == 600
    assert sample["weight"].sum() == pytest.approx(len(closed))
    assert set(sample["case_id"]) <= set(closed["case_id"])
    told = estimate_audit(sample, value="late").iloc[0]
    assert told["low"] < late.mean() < told["high"]


def test_tables_of_governance_can_be_saved(cases: pd.DataFrame, tmp_path: Path) -> None:
    tables = {
        "cases": cases,
        "rates": measure_indicators(cases, indicators=["closing_rate"], by="street_id"),
        "delays": measure_delays(cases, by="street_id"),
        "scores": assess(cases, scheme=SCHEME, period="YS", start="2013-01-01", samples=99),
        "overdue": find_overdue(cases),
        "counts": measure_supervision(cases),
    }
    for name, table in tables.items():
        path = tmp_path / f"{name}.parquet"
        table.to_parquet(path)
        back = pd.read_parquet(path)
        pd.testing.assert_frame_equal(back, table)
        assert back.attrs["as_of"] == table.attrs["as_of"]
