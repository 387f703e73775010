"""The rows of a dashboard add up to the tally, and the page is what it says."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.maps import words_dashboard
from gridgov.maps.dashboard_facts import MOST_LISTED, make_facts

MIDDLE = 0x8931AA50E27FFFF
START = pd.Timestamp("2017-01-01", tz="Asia/Shanghai")


def scene(streets: gpd.GeoDataFrame, n: int = 600) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Incidents in and around two streets, some without point, time, category or department."""
    rng = np.random.default_rng(7)
    west, south, east, north = streets.total_bounds
    points = shapely.points(
        rng.uniform(west - 0.003, east + 0.003, n), rng.uniform(south, north, n)
    ).astype(object)
    points[::50] = None
    times = START + pd.to_timedelta(rng.integers(0, 300 * 86400, n), unit="s")
    times = pd.Series(pd.DatetimeIndex(times).as_unit("us"))
    times[::37] = pd.NaT
    kinds = np.array(["占道经营", "暴露垃圾", "other kind", None], dtype=object)
    rows = {
        "incident_id": np.arange(n).astype(str),
        "category": kinds[rng.choice(4, n, p=[0.5, 0.3, 0.1, 0.1])],
        "reported_at": times,
        "department": np.array(["城管", None], dtype=object)[rng.integers(0, 2, n)],
        "channel": None,
    }
    incidents = conform(gpd.GeoDataFrame(rows, geometry=points, crs=4326), "incidents")
    grid = gg.make_grid(streets, resolution=9)
    return gg.locate(incidents, streets, resolution=9), grid


def facts_of(located, grid, ids=("s1", "s2"), **options):
    chosen = {"period": "MS", "categories": None, "start": None, "end": None, "lang": "en"}
    return make_facts(located, grid, list(ids), **{**chosen, **options})


def test_the_rows_add_up_to_the_tally_by_cell_period_and_category(streets):
    located, grid = scene(streets)
    facts = facts_of(located, grid)
    counts = gg.tally(located, grid, period="MS", by="category")
    category = next(facet for facet in facts.facets if facet.kind == "category")
    names = ["Street vending", "Exposed garbage", "other kind", "No category"]
    assert category.labels == names
    for group, place in (("占道经营", 0), ("暴露垃圾", 1), ("other kind", 2), (None, 3)):
        of = counts["group"].isna() if group is None else counts["group"] == group
        wanted = counts[of]["incidents"].to_numpy().reshape(len(facts.starts), -1)
        rows = category.codes == place
        found = np.zeros_like(wanted)
        np.add.at(found, (facts.period[rows], facts.cell[rows]), facts.incidents[rows])
        assert (found == wanted).all()
    assert facts.incidents.sum() == counts["incidents"].sum() > 0
    assert (facts.counts()[0] == counts.groupby("cell")["incidents"].sum().to_numpy()).all()


def test_what_is_not_counted_adds_up_with_what_is(streets):
    located, grid = scene(streets)
    facts = facts_of(located, grid, categories=["占道经营"], start="2017-02-01", end="2017-06-01")
    assert facts.incidents.sum() + sum(facts.fates.values()) == len(located)
    assert all(facts.fates[fate] > 0 for fate in ("no_point", "outside", "no_time"))
    assert facts.fates["outside_period"] > 0
    assert facts.fates["other_category"] == (located["category"] != "占道经营").sum()


def test_an_incident_counts_in_its_own_street_and_not_in_that_of_its_cell(streets):
    located, grid = scene(streets)
    facts = facts_of(located, grid)
    counted = located[
        located["match"].isin(["inside", "border", "overlap"]) & located["reported_at"].notna()
    ]
    wanted = counted["street_id"].value_counts()
    found = np.bincount(facts.street, weights=facts.incidents)
    assert {"s1": found[0], "s2": found[1]} == wanted.to_dict()
    display = grid.set_index("cell")["street_id"].reindex(facts.cells).to_numpy()
    by_cell = np.bincount(
        (display[facts.cell] == "s2").astype(int), weights=facts.incidents, minlength=2
    )
    assert by_cell.tolist() != found.tolist()


def test_a_column_without_values_is_no_list_to_choose_from(streets):
    located, grid = scene(streets)
    assert [facet.kind for facet in facts_of(located, grid).facets] == ["category", "department"]
    bare = located.drop(columns=["category", "department", "channel"])
    assert facts_of(bare, grid).facets == []


def test_rare_values_are_one_and_a_street_without_incidents_keeps_its_row(streets):
    located, grid = scene(streets)
    many = located.assign(category=[f"kind {i % 60}" for i in range(len(located))])
    facts = facts_of(many, grid, ids=("empty", "s1", "s2"))
    category = facts.facets[0]
    assert len(category.labels) == MOST_LISTED
    assert category.labels[-1] == f"Other ({60 - MOST_LISTED + 1})"
    assert facts.streets == ["empty", "s1", "s2"]
    assert np.bincount(category.codes, weights=facts.incidents).sum() == facts.incidents.sum()


def test_a_street_that_is_no_jurisdiction_is_listed_after_them(streets):
    located, grid = scene(streets)
    facts = facts_of(located, grid, ids=("s2",))
    assert facts.streets == ["s2", "s1"]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"period": None}, OptionError, "a dashboard has a trend"),
        ({"period": "M"}, OptionError, "period must be None or name a calendar start"),
        ({"categories": ["占道经言"]}, OptionError, "categories must be one of .*占道经营"),
        ({"categories": []}, OptionError, "categories must be a list"),
        ({"categories": "占道经营"}, OptionError, "categories must be a list"),
        ({"lang": "fr"}, OptionError, "lang must be one of"),
        ({"palette": "rainbow"}, OptionError, "palette must be one of"),
        ({"approval": " "}, OptionError, "approval must be text"),
        ({"start": "2017-05-01", "end": "2017-05-01"}, OptionError, "start must be before end"),
        ({"start": "2030-01-01", "end": "2030-03-01"}, EmptyTableError, "at least one incident"),
    ],
)
def test_wrong_options_are_refused_in_words(streets, options, error, words):
    located, grid = scene(streets, 100)
    with pytest.raises(error, match=words):
        gg.map_dashboard(located, grid, streets, **options)


def test_wrong_tables_are_refused_in_words(streets):
    located, grid = scene(streets, 100)
    with pytest.raises(ColumnsError, match="located must have the column match"):
        gg.map_dashboard(located.drop(columns="match"), grid, streets)
    with pytest.raises(ColumnsError, match="grid must have the column area_km2"):
        gg.map_dashboard(located, grid.drop(columns="area_km2"), streets)
    with pytest.raises(DatumError, match="EPSG:4326"):
        gg.map_dashboard(located, grid, streets.to_crs(3857))
    with pytest.raises(ColumnsError, match="must have the column category"):
        gg.map_dashboard(located.drop(columns="category"), grid, streets, categories=["x"])


def test_inputs_stay_as_they_are_and_the_same_records_give_the_same_bytes(streets, tmp_path):
    located, grid = scene(streets, 200)
    kept = [located.copy(), grid.copy(), streets.copy()]
    one = gg.save_dashboard(located, grid, streets, tmp_path / "1.html").read_bytes()
    two = gg.save_dashboard(located, grid, streets, tmp_path / "2.html").read_bytes()
    assert one == two
    for before, after in zip(kept, (located, grid, streets), strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_the_page_holds_no_ids_and_no_column_of_the_callers_own(streets, tmp_path):
    located, grid = scene(streets, 100)
    located["incident_id"] = [f"secret-{i}" for i in range(100)]
    located["phone"] = "13900001234"
    page = gg.map_dashboard(located, grid, streets)
    told = str(
        [
            child._settings
            for child in page._children.values()
            if "Frame" in child.get_name() or child._name == "Frame"
        ]
    )
    assert "鲁谷街道" in told
    assert "secret" not in told
    assert "13900001234" not in told


def test_both_languages_have_the_same_words():
    for texts in words_dashboard._WORDS.values():
        assert all(texts)
        assert texts[0].count("{") == texts[1].count("{")
        assert [texts[0].count(mark) for mark in "#@"] == [texts[1].count(mark) for mark in "#@"]


def large(n: int = 100_000) -> tuple[pd.DataFrame, pd.DataFrame, gpd.GeoDataFrame]:
    """So many incidents in 10,267 cells, 60 streets, 36 months and 10 categories."""
    rng = np.random.default_rng(1)
    cells = np.sort(grid_disk(MIDDLE, 58))
    street = np.arange(len(cells)) * 60 // len(cells)
    weight = rng.pareto(1.2, len(cells)) + 1
    at = rng.choice(len(cells), n, p=weight / weight.sum())
    times = START + pd.to_timedelta(rng.integers(0, 1095 * 86400, n), unit="s")
    located = pd.DataFrame(
        {
            "cell": pd.array(cells[at], "UInt64"),
            "match": "inside",
            "street_id": pd.Series([f"s{k}" for k in street])[at].to_numpy(),
            "category": [f"kind {k}" for k in np.minimum(rng.geometric(0.25, n), 10)],
            "department": np.array(list("ABCDEF"))[rng.integers(0, 6, n)],
            "channel": np.array(list("UVWXY"))[rng.integers(0, 5, n)],
            "reported_at": pd.DatetimeIndex(times).as_unit("us"),
        }
    )
    grid = pd.DataFrame({"cell": cells, "street_id": [f"s{k}" for k in street], "area_km2": 0.1})
    boxes = [shapely.box(116 + k / 100, 39.8, 116.01 + k / 100, 40) for k in range(60)]
    names = {"street_id": [f"s{k}" for k in range(60)], "street": "街道", "area_km2": 15.0}
    streets = conform(gpd.GeoDataFrame(names, geometry=boxes, crs=4326), "jurisdictions")
    return located, grid, streets


@pytest.mark.browser
def test_a_hundred_thousand_incidents_stay_small_and_filter_at_once(watch, tmp_path):
    saved = gg.save_dashboard(*large(), tmp_path / "large.html")
    assert saved.stat().st_size < 2_000_000
    page = watch(saved, "map")
    spent = page.page.evaluate(
        """() => Array.from(document.querySelectorAll(".gg-value")).slice(0, 8).map((button) => {
            const before = performance.now();
            button.click();
            return performance.now() - before;
        })"""
    )
    assert sorted(spent)[2] < 100
    assert page.complaints == []
