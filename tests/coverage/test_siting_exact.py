"""Placements of small towns against every subset of candidates and every assignment."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from gridgov.coverage.siting.siting import place_posts
from gridgov.errors import InputError

GOALS = ("set_cover", "maximal_coverage", "p_median")
LIMIT = 400.0


def small_town(seed, *, demands, sites, stands=0, links=1.0):
    """Return demand, a wide table of distances, ids of new and existing sites."""
    rng = np.random.default_rng(seed)
    ours, theirs = rng.random((demands, 2)) * 1000, rng.random((sites + stands, 2)) * 1000
    # Rounded, so that ties and sites in one place occur.
    meters = np.hypot(*(ours[:, None] - theirs[None]).transpose(2, 0, 1)).round(-2)
    wide = pd.DataFrame(
        meters,
        index=[f"d{at}" for at in range(demands)],
        columns=[f"n{at}" for at in range(sites)] + [f"old{at}" for at in range(stands)],
    )
    if links < 1:
        wide = wide.where(rng.random(wide.shape) < links)
    demand = pd.DataFrame(
        {"demand_id": wide.index, "incidents": rng.integers(0, 6, demands).astype(float)}
    )
    demand.loc[0, "incidents"] = 3.0
    return demand, wide


def asked(wide, stands):
    """Return candidates and existing as place_posts takes them."""
    names = pd.DataFrame({"site_id": wide.columns})
    old = names["site_id"].str.startswith("old")
    return names[~old], names[old] if stands else None


def worth(demand, wide, opened, goal):
    """Return the objective of a set of open sites by plain arithmetic; None if it will not do."""
    weight = demand["incidents"].to_numpy()
    meters = wide.to_numpy()[:, wide.columns.get_indexer(opened)]
    best = np.where(np.isnan(meters), np.inf, meters).min(axis=1, initial=np.inf)
    if goal == "maximal_coverage":
        return weight[best <= LIMIT].sum()
    if goal == "set_cover":
        return (
            len([site for site in opened if site.startswith("n")])
            if (best <= LIMIT).all()
            else None
        )
    if np.isinf(best[weight > 0]).any():
        return None
    return (weight[weight > 0] * best[weight > 0]).sum()


def every_choice(wide, goal, posts):
    """Return every set of sites that may be open."""
    new = [name for name in wide.columns if name.startswith("n")]
    old = [name for name in wide.columns if name.startswith("old")]
    sizes = range(len(new) + 1) if goal == "set_cover" else [posts]
    return [(*old, *some) for size in sizes for some in combinations(new, size)]


def best_of(values, goal):
    """Return the best of some values, None if there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return max(known) if goal == "maximal_coverage" else min(known)


@pytest.mark.parametrize("goal", GOALS)
@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    stands=st.integers(0, 2),
    posts=st.integers(1, 4),
    links=st.sampled_from([1.0, 0.6]),
)
def test_no_subset_of_the_candidates_does_better(goal, seed, stands, posts, links):
    demand, wide = small_town(seed, demands=12, sites=7, stands=stands, links=links)
    candidates, existing = asked(wide, stands)
    expected = best_of(
        [worth(demand, wide, some, goal) for some in every_choice(wide, goal, posts)], goal
    )
    options = {
        "posts": None if goal == "set_cover" else posts,
        "objective": goal,
        "distance_m": LIMIT,
        "existing": existing,
        "distances": wide,
    }
    if expected is None:
        with pytest.raises(InputError, match=r"must have a candidate|needs a post"):
            place_posts(demand, candidates, **options)
        return
    placed = place_posts(demand, candidates, **options)
    about = placed.sites.attrs["placement"]
    assert about["status"] == "optimal"
    assert about["objective"] == about["bound"] == pytest.approx(expected)
    assert worth(demand, wide, tuple(placed.sites["site_id"]), goal) == pytest.approx(expected)
    new = placed.sites[~placed.sites["existing"]]
    assert len(new) == (expected if goal == "set_cover" else posts)
    assert placed.sites["existing"].sum() == stands
    gains_tell(demand, wide, placed, goal)


def gains_tell(demand, wide, placed, goal):
    """Check ranks, gains and values with and without each post by plain arithmetic."""
    kind = "p_median" if goal == "p_median" else "maximal_coverage"
    new = placed.sites[~placed.sites["existing"]]
    old = tuple(placed.sites.loc[placed.sites["existing"], "site_id"])
    names = new["site_id"].tolist()

    def value(opened):
        nothing = 0.0 if kind == "maximal_coverage" else None
        found = worth(demand, wide, opened, kind) if opened else nothing
        return np.nan if found is None else found

    for at, (name, gain, with_it, without) in enumerate(
        zip(names, new["marginal_gain"], new["value_with"], new["value_without"], strict=True)
    ):
        before, then = value((*old, *names[:at])), value((*old, *names[: at + 1]))
        sign = -1 if goal == "p_median" else 1
        assert with_it == pytest.approx(then, nan_ok=True)
        assert gain == pytest.approx(sign * (then - before), nan_ok=True)
        everyone = (*old, *(other for other in names if other != name))
        assert without == pytest.approx(value(everyone), nan_ok=True)
        rivals = [value((*old, *names[:at], other)) for other in names[at:]]
        if not np.isnan(rivals).any():
            assert with_it == pytest.approx(min(rivals) if sign < 0 else max(rivals))


def by_hand_with_capacity(demand, wide, room, goal, posts):
    """Return the best objective over all subsets and all ways to give whole demands away."""
    weight = demand["incidents"].to_numpy()
    meters = {name: column.fillna(np.inf).tolist() for name, column in wide.items()}
    values = []
    for opened in every_choice(wide, goal, posts):
        best = None
        choices = [(*opened, None)] * len(weight)
        for given_to in product(*choices):
            load = dict.fromkeys(opened, 0.0)
            value, fine = 0.0, True
            for row, site in enumerate(given_to):
                if site is None:
                    fine = fine and (
                        goal == "maximal_coverage" or (goal == "p_median" and weight[row] == 0)
                    )
                    continue
                far = meters[site][row]
                load[site] += weight[row]
                fine = fine and far <= (np.inf if goal == "p_median" else LIMIT)
                fine = fine and np.isfinite(far)
                value += weight[row] * (far if goal == "p_median" else 1.0) if fine else 0.0
                if not fine:
                    break
            if not fine or any(load[site] > room[site] for site in opened):
                continue
            if goal == "set_cover":
                best = len([site for site in opened if site.startswith("n")])
                break
            pick = max if goal == "maximal_coverage" else min
            best = value if best is None else pick(best, value)
        values.append(best)
        if goal == "set_cover" and best is not None:
            break
    return best_of(values, goal)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("seed", range(5))
def test_no_way_to_give_whole_demands_away_does_better(goal, seed):
    stands, posts = seed % 2, 1 + seed % 2
    demand, wide = small_town(seed, demands=5, sites=4, stands=stands)
    candidates, existing = asked(wide, stands)
    room = {name: 4.0 + (at + seed) % 5 for at, name in enumerate(wide.columns)}
    candidates = candidates.assign(room=candidates["site_id"].map(room))
    existing = None if existing is None else existing.assign(room=existing["site_id"].map(room))
    expected = by_hand_with_capacity(demand, wide, room, goal, posts)
    options = {
        "posts": None if goal == "set_cover" else posts,
        "objective": goal,
        "distance_m": LIMIT,
        "existing": existing,
        "capacity": "room",
        "distances": wide,
    }
    if expected is None:
        with pytest.raises(InputError, match=r"must have a candidate|capacity|must fit"):
            place_posts(demand, candidates, **options)
        return
    placed = place_posts(demand, candidates, **options)
    assert placed.sites.attrs["placement"]["objective"] == pytest.approx(expected)
    assert placed.sites.attrs["placement"]["status"] == "optimal"
    rules_hold(demand, wide, placed, room, goal)
    # Dividing demand can only help.
    divided = place_posts(demand, candidates, split=True, **options)
    better = divided.sites.attrs["placement"]["objective"] - expected
    assert better <= 1e-6 if goal != "maximal_coverage" else better >= -1e-6
    rules_hold(demand, wide, divided, room, goal)


def rules_hold(demand, wide, placed, room, goal):
    """Check that shares add up, posts hold what they serve and distances are the given ones."""
    table = placed.demand
    assert table.groupby("demand_id")["share"].sum().to_numpy() == pytest.approx(1)
    assert list(table["demand_id"].unique()) == sorted(demand["demand_id"])
    given_away = table[table["site_id"].notna()]
    load = (given_away["weight"] * given_away["share"]).groupby(given_away["site_id"]).sum()
    sites = placed.sites.set_index("site_id")
    assert set(load.index) <= set(sites.index)
    for name, served in load.items():
        assert served <= room[name] + 1e-5
        assert sites.loc[name, "served"] == pytest.approx(served)
        assert sites.loc[name, "capacity"] == room[name]
    for row in given_away.to_dict("records"):
        assert row["distance_m"] == wide.loc[row["demand_id"], row["site_id"]]
        assert row["covered"] == (row["distance_m"] <= LIMIT)
    if goal != "p_median":
        assert (given_away["distance_m"] <= LIMIT).all()


@pytest.mark.parametrize("goal", GOALS)
def test_the_order_of_rows_changes_nothing(goal):
    demand, wide = small_town(5, demands=40, sites=15, stands=2)
    candidates, existing = asked(wide, 2)
    options = {"posts": None if goal == "set_cover" else 4, "objective": goal, "distance_m": LIMIT}
    one = place_posts(demand, candidates, existing=existing, distances=wide, **options)
    other = place_posts(
        demand.sample(frac=1, random_state=1),
        candidates[::-1],
        existing=existing[::-1],
        distances=wide.iloc[::-1, ::-1],
        **options,
    )
    pd.testing.assert_frame_equal(
        one.sites.drop(columns="geometry"), other.sites.drop(columns="geometry")
    )
    pd.testing.assert_frame_equal(one.demand, other.demand)


def plain_model(demand, wide, stands, goal, posts):
    """Return the objective of the textbook model of assignments, without any reduction."""
    meters, weight = wide.to_numpy(), demand["incidents"].to_numpy()
    row, site = np.nonzero(meters < np.inf if goal == "p_median" else meters <= LIMIT)
    n, m, pairs = *meters.shape, len(row)
    counted = np.append(~stands, np.zeros(pairs, dtype=bool)).astype(float)
    cost = {
        "set_cover": counted,
        "maximal_coverage": np.append(np.zeros(m), -weight[row]),
        "p_median": np.append(np.zeros(m), weight[row] * meters[row, site]),
    }[goal]
    each = np.arange(pairs)
    once = sparse.coo_array((np.ones(pairs), (row, m + each)), shape=(n, m + pairs))
    link = sparse.coo_array(
        (
            np.append(np.ones(pairs), -np.ones(pairs)),
            (np.append(each, each), np.append(m + each, site)),
        ),
        shape=(pairs, m + pairs),
    )
    rules = [
        optimize.LinearConstraint(once.tocsr(), float(goal != "maximal_coverage"), 1),
        optimize.LinearConstraint(link.tocsr(), -np.inf, 0),
    ]
    if goal != "set_cover":
        rules.append(optimize.LinearConstraint(counted, posts, posts))
    found = optimize.milp(
        cost,
        integrality=np.append(np.ones(m), np.zeros(pairs)),
        bounds=optimize.Bounds(np.append(stands.astype(float), np.zeros(pairs)), 1),
        constraints=rules,
        options={"mip_rel_gap": 0},
    )
    return abs(found.fun)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("seed", range(4))
def test_reductions_leave_the_optimum_of_the_textbook_model(goal, seed):
    stands, posts = seed % 3, 3 + seed
    demand, wide = small_town(100 + seed, demands=70, sites=25, stands=stands)
    candidates, existing = asked(wide, stands)
    placed = place_posts(
        demand,
        candidates,
        posts=None if goal == "set_cover" else posts,
        objective=goal,
        distance_m=LIMIT,
        existing=existing,
        distances=wide,
    )
    old = wide.columns.str.startswith("old")
    about = placed.sites.attrs["placement"]
    assert about["status"] == "optimal"
    assert about["objective"] == pytest.approx(plain_model(demand, wide, old, goal, posts))
