"""Where departments meet: every deal of small towns, brute force, a null, a planted market."""

from collections import Counter
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.columns import TABLES
from gridgov.coverage.joint_enforcement.department_pairs import measure_department_pairs
from gridgov.coverage.joint_enforcement.joint_enforcement import find_joint_enforcement
from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import disks, grid_disk

ZONE = "Asia/Shanghai"
CELLS = np.sort(grid_disk(0x8931AA50E27FFFF, 2))
# These look at means and counts, for which a handful of deals will do.
FEW_DEALS = pytest.mark.filterwarnings("ignore:The deals are too few")
GRID = pd.DataFrame({"cell": CELLS, "street_id": "01", "area_km2": 0.1})


def incidents(place, department, **own):
    """Incidents in cells by their place in CELLS."""
    return pd.DataFrame(
        {
            "cell": pd.array(CELLS[list(place)], dtype="UInt64"),
            "match": "inside",
            "department": list(department),
            **own,
        }
    )


def near(rings):
    """The places of CELLS within the rings of each, itself included."""
    found = []
    for cell in CELLS:
        around = set(disks(np.array([cell], np.uint64), rings)[1].tolist()) | {int(cell)}
        found.append([at for at, other in enumerate(CELLS.tolist()) if other in around])
    return found


def brute(place, department, rings):
    """Pairs and departments of every cell, and pairs by departments, incident by incident."""
    disk = near(rings)
    pairs, number, meetings, shared = [], [], Counter(), Counter()
    for around in disk:
        here = [d for p, d in zip(place, department, strict=True) if p in around]
        pairs.append(sum(a != b for a, b in combinations(here, 2)))
        number.append(len(set(here)))
    for (p, a), (q, b) in combinations(list(zip(place, department, strict=True)), 2):
        if a != b and q in disk[p]:
            meetings[tuple(sorted((a, b)))] += 1
            shared.update({(cell, *sorted((a, b))) for cell in (p, q)})
    cells = Counter((a, b) for _, a, b in shared)
    return np.array(pairs), np.array(number), meetings, cells


def all_deals(place, department, stratum, rings):
    """The means over every deal within strata, one by one."""
    rows = [[i for i, s in enumerate(stratum) if s == name] for name in sorted(set(stratum))]
    found = []

    def deal(left, so_far):
        if not left:
            found.append(list(so_far))
            return
        first, *rest = left
        for order in permutations(first):
            following = list(so_far)
            for to, source in zip(first, order, strict=True):
                following[to] = department[source]
            deal(rest, following)

    deal(rows, list(department))
    results = [brute(place, dealt, rings) for dealt in found]
    pairs = np.mean([one[0] for one in results], axis=0)
    number = np.mean([one[1] for one in results], axis=0)
    meetings = Counter()
    for one in results:
        meetings.update(one[2])
    return pairs, number, {key: value / len(results) for key, value in meetings.items()}


@FEW_DEALS
@pytest.mark.parametrize("rings", [0, 1])
@pytest.mark.parametrize("strata", [1, 2])
def test_means_are_those_of_every_deal_there_is(rings, strata):
    rng = np.random.default_rng(10 * rings + strata)
    place = rng.choice([0, 1, 5, 9], 6).tolist()
    department = ["fire", "fire", "fire", "trade", "trade", "traffic"]
    stratum = [f"s{n % strata}" for n in range(6)]
    located = incidents(place, department, category=stratum)
    options = {"rings": rings, "within": "category", "permutations": 9}
    joint = find_joint_enforcement(located, GRID, refine=0, **options)
    table = measure_department_pairs(located, GRID, **options)
    pairs, number, meetings = all_deals(place, department, stratum, rings)
    np.testing.assert_allclose(joint["pairs_expected"].fillna(0), pairs, atol=1e-10)
    np.testing.assert_allclose(joint["departments_expected"].fillna(0), number, atol=1e-10)
    for row in table.to_dict("records"):
        key = row["department"], row["other_department"]
        assert row["pairs_expected"] == pytest.approx(meetings.get(key, 0.0), abs=1e-10)


@FEW_DEALS
@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 18), st.sampled_from("abc")), min_size=4, max_size=25),
    st.integers(0, 2),
)
def test_counts_are_those_of_a_loop_over_incidents(rows, rings):
    rows = [*rows, (0, "a"), (3, "b")]
    place, department = zip(*rows, strict=True)
    located = incidents(place, department)
    joint = find_joint_enforcement(located, GRID, rings=rings, permutations=5, refine=0)
    pairs, number, meetings, cells = brute(place, department, rings)
    assert joint["pairs"].tolist() == pairs.tolist()
    assert joint["departments"].tolist() == number.tolist()
    table = measure_department_pairs(located, GRID, rings=rings, permutations=5)
    for row in table.to_dict("records"):
        key = row["department"], row["other_department"]
        assert (row["pairs"], row["shared_cells"]) == (meetings[key], cells[key])
    if rings == 0:
        assert table["pairs"].sum() == joint["pairs"].sum()


def test_columns_lists_and_reasons():
    located = incidents([0, 0, 0, 1, 2, 2], ["b", "a", "b", "a", "a", "a"])
    joint = find_joint_enforcement(located, GRID, permutations=200)
    assert joint.columns.tolist() == TABLES["joint_enforcement"].names
    assert joint["department_list"].tolist()[:3] == ["b 2 + a 1", "a 1", "a 2"]
    assert joint["department_list"].isna().tolist()[3:] == [True] * 16
    assert joint["reason"].tolist()[1] == "fewer than 2 incidents"
    # A cell with one department is tested and has no rank.
    assert joint["rank"].isna().tolist()[:3] == [False, True, True]
    assert joint["p_value"].notna().tolist()[:3] == [True, False, True]
    pairs = measure_department_pairs(located, GRID, permutations=20)
    assert pairs.columns.tolist() == TABLES["department_pairs"].names


def test_p_is_the_share_of_all_deals_with_as_much():
    # Two of four are fire; the cell of two is mixed in 4 of the 6 deals.
    located = incidents([0, 0, 1, 2], ["fire", "trade", "fire", "trade"])
    joint = find_joint_enforcement(located, GRID, permutations=4999)
    assert joint["p_value"][0] == pytest.approx(4 / 6, abs=0.03)


def test_cells_that_few_deals_reach_are_dealt_again_towards_the_exact_p():
    place = [0, 0, 0, 1, 2, *np.repeat(np.arange(3, 15), 3).tolist()]
    department = ["a", "b", "c", "b", "c", *["a"] * 36]
    located = incidents(place, department)
    found = find_joint_enforcement(located, GRID, permutations=99, refine=100_000, seed=3)
    # Of three incidents all three differ: 37 · 2 · 2 / C(41, 3) = 148 / 10660.
    assert found["p_value"][0] == pytest.approx(148 / 10660, rel=0.1)
    assert found["deals"].tolist()[:4] == [100_099, 99, 99, 99]


@pytest.mark.parametrize("options", [{}, {"statistic": "departments"}, {"within": "category"}])
def test_departments_dealt_at_random_stand_out_no_more_than_promised(options):
    rng = np.random.default_rng(12)
    p = []
    for seed in range(12):
        place = rng.choice(len(CELLS), 400, p=rng.dirichlet(np.full(len(CELLS), 2.0)))
        category = rng.choice(["x", "y"], 400)
        department = np.where(
            category == "x",
            rng.choice(list("abcd"), 400, p=[0.6, 0.2, 0.1, 0.1]),
            rng.choice(list("abcd"), 400, p=[0.1, 0.2, 0.6, 0.1]),
        )
        if not options.get("within"):
            department = rng.permutation(department)
        located = incidents(place, department, category=category)
        found = find_joint_enforcement(
            located, GRID, permutations=199, refine=2000, seed=seed, **options
        )
        p.append(found["p_value"].dropna().to_numpy())
    p = np.concatenate(p)
    for alpha in (0.05, 0.10, 0.20):
        assert (p <= alpha).mean() <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / len(p))


def test_a_market_where_departments_meet_is_first_and_a_busy_cell_is_not():
    rng = np.random.default_rng(2)
    place = [*rng.integers(0, 19, 380).tolist(), *[4] * 200, *[11] * 30]
    department = [
        *rng.choice(list("abcde"), 580, p=[0.8, 0.05, 0.05, 0.05, 0.05]).tolist(),
        *(list("abcde") * 6),
    ]
    joint = find_joint_enforcement(incidents(place, department), GRID)
    assert joint.loc[joint["joint"], "cell"].tolist() == [CELLS[11]]
    assert joint.loc[joint["cell"] == CELLS[11], "rank"].item() == 1
    # Busy, five departments, and just the usual mix.
    assert joint["departments"][4] == 5
    assert joint["p_value"][4] > 0.05


def test_two_departments_that_work_the_same_places_are_the_pair_that_meets():
    rng = np.random.default_rng(9)
    place = [*rng.integers(0, 19, 300).tolist(), *rng.integers(0, 3, 40).tolist()]
    department = [*rng.choice(list("ab"), 300).tolist(), *(["c", "d"] * 20)]
    pairs = measure_department_pairs(incidents(place, department), GRID)
    most = pairs.sort_values("pairs_ratio").iloc[-1]
    assert (most["department"], most["other_department"]) == ("c", "d")
    assert most["pairs_ratio"] > 2
    assert most["q_value"] < 0.05


def test_the_order_of_rows_and_ordered_new_names_change_no_number():
    rng = np.random.default_rng(7)
    located = incidents(
        rng.integers(0, 19, 150), rng.choice(list("abc"), 150), category=rng.choice(["x", "y"], 150)
    )
    options = {"within": "category", "permutations": 99, "refine": 500}
    found = find_joint_enforcement(located, GRID, **options)
    mixed = find_joint_enforcement(
        located.sample(frac=1, random_state=3), GRID.sample(frac=1, random_state=4), **options
    )
    pd.testing.assert_frame_equal(found, mixed)
    renamed = located.assign(department="x" + located["department"])
    other = find_joint_enforcement(renamed, GRID, **options)
    drop = ["department_list"]
    pd.testing.assert_frame_equal(found.drop(columns=drop), other.drop(columns=drop))
    again = find_joint_enforcement(located, GRID, **{**options, "seed": 1})
    exact = ["incidents", "departments_expected", "pairs", "pairs_expected"]
    pd.testing.assert_frame_equal(found[exact], again[exact])


def test_periods_are_strata_and_what_has_no_time_is_left_out():
    when = pd.DatetimeIndex(["2017-01-05", "2017-01-20", "2017-02-03", "2017-02-09", None])
    located = incidents(
        [0, 0, 0, 0, 0],
        ["a", "b", "a", "a", "b"],
        reported_at=when.tz_localize(ZONE).as_unit("us"),
    )
    joint = find_joint_enforcement(located, GRID, period="MS", permutations=50)
    # Every deal within the months gives a, b in January and a, a in February.
    assert joint["incidents"][0] == 4
    assert joint["reason"][0] == "every deal gives the same"
    assert joint["pairs_expected"][0] == joint["pairs"][0] == 3
    assert joint.attrs["joint_enforcement"]["tally"]["no_time"] == 1
    some = find_joint_enforcement(located, GRID, start="2017-01-10", end="2017-02-05")
    assert some["incidents"].sum() == 2


def test_incidents_off_the_grid_outside_or_without_department_take_no_part():
    located = incidents([0, 0, 1, 1, 2], ["a", "b", "a", None, "b"])
    located.loc[4, "match"] = "outside"
    other = np.setdiff1d(grid_disk(int(CELLS[0]), 6), CELLS)[0]
    located = pd.concat([located, located.iloc[[0]].assign(cell=pd.array([other], "UInt64"))])
    joint = find_joint_enforcement(located, GRID, permutations=20)
    assert joint["incidents"].sum() == 3
    facts = joint.attrs["joint_enforcement"]
    assert facts["without_department"] == 1
    assert (facts["tally"]["outside"], facts["tally"]["off_grid"]) == (1, 1)


def test_deals_too_few_for_any_cell_are_a_warning():
    rng = np.random.default_rng(1)
    located = incidents(rng.integers(0, 19, 100), rng.choice(list("ab"), 100))
    with pytest.warns(
        DataWarning, match="The deals are too few for 19 tests: no p can fall below 0.01,"
    ) as caught:
        find_joint_enforcement(located, GRID, permutations=99, refine=0)
    assert caught[0].message.zh == (
        "随机分配次数太少，不足以支持 19 个检验：p 值不会低于 0.01，任何单个网格的 q 值都不可能"
        "低于 0.05。请将 refine 设为 380 或更大。"
    )


@pytest.mark.parametrize("measure", [find_joint_enforcement, measure_department_pairs])
def test_bad_input_is_said(measure):
    located = incidents([0, 0, 1], ["a", "b", "a"])
    with pytest.raises(InputError, match=r"at least two\. Found: 1 in department"):
        measure(located.assign(department="a"), GRID)
    with pytest.raises(InputError, match=r"at least two\. Found: 0 in department among 0"):
        measure(located.assign(department=None), GRID)
    with pytest.raises(InputError, match="Found: 0 in department"):
        measure(located.iloc[:0], GRID)
    with pytest.raises(ColumnsError, match="located must have the column department"):
        measure(located.drop(columns="department"), GRID)
    with pytest.raises(ColumnsError, match="located must have the column category"):
        measure(located, GRID, within="category")
    with pytest.raises(OptionError, match="within must not name the column"):
        measure(located, GRID, within="department")
    with pytest.raises(EmptyTableError, match="grid has no rows"):
        measure(located, GRID.iloc[:0])
    with pytest.raises(InputError, match="one resolution"):
        measure(located, GRID.assign(cell=grid_disk(0x8831AA50E3FFFFF, 2)))
    with pytest.raises(OptionError, match="permutations must be a whole number, 1 or more"):
        measure(located, GRID, permutations=0)
    with pytest.raises(OptionError, match="rings must be a whole number, 0 or more"):
        measure(located, GRID, rings=-1)
    with pytest.raises(OptionError, match="period must be None or name a calendar start"):
        measure(located, GRID, period="M")


def test_bad_options_of_cells_are_said():
    located = incidents([0, 0, 1], ["a", "b", "a"])
    with pytest.raises(OptionError, match="statistic must be one of 'pairs', 'departments'"):
        find_joint_enforcement(located, GRID, statistic="pair")
    with pytest.raises(OptionError, match="min_departments must be a whole number, 2 or more"):
        find_joint_enforcement(located, GRID, min_departments=1)
