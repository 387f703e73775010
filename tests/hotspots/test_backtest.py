"""Rolling predictions: nobody sees the future, and every map is the one made by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.columns import TABLES
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.geo.hexgrid import cell_areas_m2, cell_centers, grid_disk
from gridgov.hotspots.backtest import backtest
from gridgov.hotspots.density import measure_density
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.prediction import score_prediction
from gridgov.hotspots.prediction_measures import MEASURES, Training, measure_scores
from gridgov.hotspots.scan import find_scan_clusters
from gridgov.hotspots.scan_members import scan_members
from gridgov.place.tally import tally

MIDDLE = 0x8931AA50E27FFFF
CELLS = np.sort(grid_disk(MIDDLE, 4))
ZONE = "Asia/Shanghai"
MONTHS = pd.date_range("2017-01-01", periods=7, freq="MS", tz=ZONE)


def replay_grid():
    return pd.DataFrame({"cell": CELLS, "street_id": "01", "area_km2": cell_areas_m2(CELLS) / 1e6})


def replay_located(seed=0, size=900, months=6):
    """Incidents at the centers of cells; a third of them about the middle."""
    rng = np.random.default_rng(seed)
    near = grid_disk(MIDDLE, 1)
    cells = np.where(rng.uniform(size=size) < 0.35, rng.choice(near, size), rng.choice(CELLS, size))
    days = (MONTHS[months] - MONTHS[0]).days
    when = MONTHS[0] + pd.to_timedelta(rng.integers(0, days * 24, size), unit="h")
    return gpd.GeoDataFrame(
        {
            "incident_id": np.arange(size).astype(str),
            "reported_at": pd.Series(when).dt.as_unit("us"),
            "category": rng.choice(["waste", "noise"], size),
            "cell": pd.array(cells, dtype="UInt64"),
            "match": "inside",
        },
        geometry=shapely.points(*cell_centers(cells)),
        crs=4326,
    )


SHARES = (0.05, 0.2)


def test_the_table_has_a_row_for_every_period_measure_and_share():
    table = backtest(replay_located(), replay_grid(), train=4, shares=SHARES)
    assert list(table.columns) == TABLES["backtest"].names
    assert table["period"].unique().tolist() == MONTHS[4:6].tolist()
    assert table["measure"].tolist() == [name for name in MEASURES for _ in SHARES] * 2
    assert table["area_share"].tolist() == list(SHARES) * len(MEASURES) * 2
    assert table["group"].isna().all()
    assert table["hit_rate"].between(0, 1).all()
    assert table["pei"].between(0, 1).all()
    assert table["rri"].notna().tolist() == table["measure"].isin(["last_period", "mean"]).tolist()


def made_by_hand(name, located, first, stop):
    """Return the map of one measure and the column of its score, by the public functions."""
    window = {"start": MONTHS[first], "end": MONTHS[stop]}
    grid = replay_grid()
    if name == "density":
        return measure_density(located, grid, **window), "incidents_per_km2"
    counts = tally(located, grid, **window)
    if name == "gi_star":
        return find_hotspots(counts), "gi_star"
    if name == "last_period":
        return tally(located, grid, start=MONTHS[stop - 1], end=MONTHS[stop]), "incidents"
    return counts.assign(incidents=counts["incidents"] / (stop - first)), "incidents"


@pytest.mark.parametrize("name", ["last_period", "mean", "gi_star", "density"])
def test_every_measure_is_the_public_map_scored_on_the_next_month(name):
    located = replay_located()
    table = backtest(located, replay_grid(), train=3, measures=[name], shares=SHARES)
    for test in range(3):
        stop = test + 3
        map_, score = made_by_hand(name, located, test, stop)
        later = tally(located, replay_grid(), start=MONTHS[stop], end=MONTHS[stop + 1])
        expected = score_prediction(
            map_,
            later,
            score=score,
            expected=name in ("last_period", "mean"),
            shares=SHARES,
            made_until=MONTHS[stop],
        )
        ours = table[table["period"] == MONTHS[stop]].drop(columns="measure")
        pd.testing.assert_frame_equal(ours.reset_index(drop=True), expected)


def one_training(located, largest_share=0.5):
    counts = tally(located, replay_grid(), period="MS")
    return Training(
        counts=counts["incidents"].to_numpy().reshape(-1, len(CELLS)),
        first=np.array([0, 2]),
        stop=np.array([3, 5]),
        cells=CELLS,
        areas=replay_grid()["area_km2"].to_numpy(),
        rows=located,
        instants=pd.DatetimeIndex(located["reported_at"]).asi8,
        edges=MONTHS.as_unit("us").asi8,
        grid=replay_grid(),
        largest_share=largest_share,
    )


def test_the_scan_gives_the_best_cluster_its_likelihood_ratio():
    located = replay_located()
    scores = measure_scores("scan", one_training(located), lambda: None)
    for score, (first, stop) in zip(scores, ((0, 3), (2, 5)), strict=True):
        counts = tally(located, replay_grid(), start=MONTHS[first], end=MONTHS[stop])
        clusters = find_scan_clusters(counts, replicates=1)
        members = scan_members(clusters.head(1), counts)["cell"]
        best = clusters["log_likelihood_ratio"].iloc[0]
        assert score.max() == pytest.approx(best)
        assert set(members) <= set(CELLS[score >= best - 1e-9])
        # Every cluster in the table is a circle about a cell: its cells have no less.
        for row in clusters.itertuples():
            assert score[row.cell == CELLS][0] >= row.log_likelihood_ratio - 1e-9


def test_the_scan_gives_every_cell_the_best_of_all_circles_that_hold_it():
    located = replay_located(seed=4, size=200)
    training = one_training(located, largest_share=0.25)
    scores = measure_scores("scan", training, lambda: None)[0]
    counts = training.counts[:3].sum(axis=0)
    weight = training.areas / training.areas.sum()
    total = counts.sum()
    geocentric = shapely.get_coordinates(
        gpd.GeoSeries(shapely.points(*cell_centers(CELLS)), crs=4326).to_crs(32650)
    )
    best = np.zeros(len(CELLS))
    for center in geocentric:
        away = np.linalg.norm(geocentric - center, axis=1)
        for radius in away:
            held = away <= radius + 1e-3
            c, m = counts[held].sum(), total * weight[held].sum()
            if weight[held].sum() <= 0.25 and c > m:
                ratio = c * np.log(c / m)
                if c < total:
                    ratio += (total - c) * np.log((total - c) / (total - m))
                best[held] = np.maximum(best[held], ratio)
    np.testing.assert_allclose(scores, best, rtol=2e-9)
    # Inside one circle the fuller cells come first.
    circle = np.isclose(scores, scores.max(), rtol=3e-9)
    density = (counts / training.areas)[circle]
    assert circle.sum() > 1
    assert density[scores[circle].argmax()] == density.max()


def test_a_measure_never_sees_what_it_is_scored_on():
    seen = []

    def spy(located, grid):
        seen.append((located["reported_at"].min(), located["reported_at"].max()))
        return grid.assign(score=0.0)

    table = backtest(replay_located(), replay_grid(), train=2, measures=[spy])
    tested = table["period"].unique()
    assert len(seen) == len(tested) == 4
    for (first, last), start in zip(seen, tested, strict=True):
        assert last < start
        assert first >= start - pd.DateOffset(months=2)


def test_changing_the_last_month_changes_no_earlier_answer():
    located = replay_located()
    late = located["reported_at"] >= MONTHS[5]
    moved = located.copy()
    moved.loc[late, "cell"] = CELLS[0]
    moved.loc[late, "geometry"] = shapely.points(*cell_centers(CELLS[:1]))[0]
    one, other = (backtest(records, replay_grid(), train=3) for records in (located, moved))
    early = one["period"] < MONTHS[5]
    pd.testing.assert_frame_equal(one[early], other[early])
    assert not one[~early].equals(other[~early])


def test_groups_are_predicted_by_themselves():
    located = replay_located()
    located.loc[:40, "category"] = None
    options = {"train": 4, "shares": SHARES, "start": MONTHS[0], "end": MONTHS[6]}
    table = backtest(located, replay_grid(), by="category", **options)
    for name in ("waste", "noise", None):
        mine = located["category"].isna() if name is None else located["category"] == name
        alone = backtest(located[mine], replay_grid(), **options)
        held = table["group"].isna() if name is None else table["group"] == name
        pd.testing.assert_frame_equal(
            table[held].drop(columns="group").reset_index(drop=True), alone.drop(columns="group")
        )


def test_a_crystal_ball_wins_and_a_function_may_have_any_name():
    located = replay_located()
    counts = tally(located, replay_grid(), period="MS")

    def crystal_ball(rows, grid):
        month = next(start for start in MONTHS if start > rows["reported_at"].max())
        now = counts[counts["period"] == month]
        return now.assign(score=now["incidents"] / now["area_km2"])[["cell", "score"]]

    measures = {"the future": crystal_ball, "before": "mean"}
    table = backtest(located, replay_grid(), train=4, measures=measures, shares=SHARES)
    best = table[table["measure"] == "the future"]
    # Whole cells against a last cell in part: of 61 like cells that costs a little.
    assert (best["pei"] > 0.95).all()
    assert best["hit_rate"].mean() > table.loc[table["measure"] == "before", "hit_rate"].mean()


def test_months_without_incidents_have_no_rate_and_no_measure_fails():
    located = replay_located(size=300)
    empty = (located["reported_at"] >= MONTHS[1]) & (located["reported_at"] < MONTHS[4])
    table = backtest(located[~empty], replay_grid(), train=1, shares=SHARES)
    silent = table["period"].isin(MONTHS[1:4])
    assert table.loc[silent, "hit_rate"].isna().all()
    assert (table.loc[silent, "incidents"] == 0).all()
    # April is predicted from an empty March: no map, and no credit for its ties.
    april = table[table["period"] == MONTHS[4]]
    assert april["hit_rate"].notna().all()
    assert april.loc[april["area_share"] == 0.05, "hits"].nunique() == 1


def test_one_place_alone_is_no_density_and_no_error():
    located = replay_located(size=60)
    located["geometry"] = shapely.points(*cell_centers([MIDDLE]))[0]
    located["cell"] = pd.array([MIDDLE] * 60, dtype="UInt64")
    table = backtest(located, replay_grid(), train=4, measures=["density", "mean"], shares=[0.05])
    hits = table.groupby("measure")["hit_rate"].mean()
    assert hits["mean"] == 1.0
    assert hits["density"] == 0.0


def test_progress_counts_every_map_and_inputs_stay():
    located, grid, told = replay_located(), replay_grid(), []
    kept = located.copy(deep=True), grid.copy(deep=True)
    backtest(located, grid, train=4, by="category", progress=lambda *step: told.append(step))
    assert told == [(done, 20) for done in range(1, 21)]
    pd.testing.assert_frame_equal(located, kept[0])
    pd.testing.assert_frame_equal(grid, kept[1])


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"train": 0}, OptionError, "train must be a whole number of periods, 1 or more"),
        ({"train": 6}, InputError, "more periods than the 6 it trains on. Found: 6 from 2017-01"),
        ({"period": None}, OptionError, "period must name what is predicted"),
        ({"period": "month"}, OptionError, "period must be None or name a calendar start"),
        ({"measures": ["gi"]}, OptionError, "measures must be one of 'last_period'"),
        ({"measures": []}, OptionError, "measures must name one measure or more"),
        ({"measures": ["mean", "mean"]}, OptionError, "different names. Found: mean twice"),
        ({"measures": [lambda a, b: b]}, OptionError, r"needs a name.*measures=\{'my name'"),
        ({"measures": {"mean": lambda a, b: b}}, OptionError, "or for a function of your own"),
        ({"measures": {"mine": lambda a, b: b}}, ColumnsError, "mine must return.*without score"),
        (
            {"measures": {"mine": lambda a, b: b.head(3).assign(score=1)}},
            InputError,
            "mine and the later counts must have the same cells. Found: 0 .* and 58 in the",
        ),
        ({"shares": [0]}, OptionError, "shares must be numbers above 0"),
        ({"by": "kind"}, ColumnsError, "by must name a column of located"),
    ],
)
def test_what_cannot_be_replayed_says_why(options, error, words):
    with pytest.raises(error, match=words):
        backtest(replay_located(), replay_grid(), **{"train": 3, **options})
