"""The map of owners: colors that tell neighbors apart, states by hand, and the card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridgov as gg
from gridgov.checks import conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.few_colors import few_colors, neighbors_of

CELLS = grid_disk(0x8931AA50E27FFFF, 1)
# Share of the owner, one owner, several, none, outside; the state by hand at 0.95.
ROWS = [
    ("s1", 1.0, 1.0, 0.0, 0.0, 0.0, "Owner has 95 % or more"),
    # On the rim: half of the cell, and all of its land.
    ("s1", 0.5, 0.5, 0.0, 0.0, 0.5, "Owner has 95 % or more"),
    ("s2", 0.6, 1.0, 0.0, 0.0, 0.0, "Owner has half or more"),
    ("s2", 0.3, 0.3, 0.0, 0.7, 0.0, "Owner has less than half"),
    ("s2", 1.0, 0.8, 0.2, 0.0, 0.0, "Same land, several owners"),
    (None, 0.0, 0.0, 0.0, 1.0, 0.0, "No owner"),
    ("s1", 0.95, 0.95, 0.0, 0.05, 0.0, "Owner has 95 % or more"),
]


def owners_of(rows: list[Any], layer: Any = None) -> pd.DataFrame:
    names = ["owner_id", "owner_share", "one_owner_share", "several_owners_share"]
    names += ["unowned_share", "outside_share", "state"]
    frame = pd.DataFrame(rows, columns=names).assign(cell=CELLS, layer=layer)
    frame["owners"] = [1, 1, 2, 1, 2, 0, 1]
    return conform(frame, "owners")


@pytest.mark.browser
def test_the_state_and_the_shares_of_every_cell_are_told(streets: Any, exported: Any) -> None:
    table = owners_of(ROWS)
    kept = table.copy(deep=True)
    page = exported(gg.map_owners(table, streets, source="survey"))
    longitude, latitude = cell_centers(CELLS)
    names = {"s1": "鲁谷街道", "s2": "s2"}
    for i, (owner, share, one, several, none, outside, state) in enumerate(ROWS):
        card = page.hover(longitude[i], latitude[i])
        assert card["heading"] == names.get(owner, "No street")
        assert card.get("row Owner") == names.get(owner)
        assert card["row State"] == state
        assert card["row Owner's share"] == f"{100 * share:.0f} %"
        assert card["row Of its land in the district"] == f"{100 * share / (1 - outside):.0f} %"
        assert card["row Share with one owner"] == f"{100 * one:.0f} %"
        assert card["row Share with several"] == f"{100 * several:.0f} %"
        assert card["row Share without owner"] == f"{100 * none:.0f} %"
        assert card["row Share outside"] == f"{100 * outside:.0f} %"
    assert page.text(".gg-count")[:5] == ["3", "1", "1", "1", "1"]
    assert "3 cells have no clear owner, 1 none at all." in page.text(".gg-foot p")[-1]
    page.page.select_option(".gg-choices select", index=2)
    assert page.text(".gg-legend .gg-what")[:5] == ["≥ 4", "3", "2", "1", "0"]
    assert page.text(".gg-legend .gg-count")[:5] == ["0", "0", "2", "4", "1"]
    # Back at the states several colors share a row again.
    page.page.select_option(".gg-choices select", index=0)
    assert page.text(".gg-count")[:5] == ["3", "1", "1", "1", "1"]
    assert page.complaints == []
    pd.testing.assert_frame_equal(table, kept)


@pytest.mark.browser
def test_layers_are_switched_under_a_heading_of_the_streets(streets: Any, exported: Any) -> None:
    plots = [("p1", *row[1:]) for row in ROWS]
    both = pd.concat([owners_of(plots, "plots"), owners_of(ROWS, "streets")], ignore_index=True)
    page = exported(gg.map_owners(both, streets, names={"p1": "王 <i>"}, lang="zh"))
    assert page.text(".gg-choice span")[:2] == ["指标", "责任图层"]
    longitude, latitude = cell_centers(CELLS)
    card = page.hover(longitude[0], latitude[0])
    assert (card["heading"], card["row 责任主体"]) == ("鲁谷街道", "王 <i>")
    page.page.select_option(".gg-choices label:nth-child(2) select", index=1)
    assert page.hover(longitude[2], latitude[2])["row 责任主体"] == "s2"


def test_what_does_not_fit_is_told() -> None:
    table = owners_of(ROWS)
    with pytest.raises(OptionError, match=r"clear_share must be a number above 0\.5.*Found: 0\.5"):
        gg.map_owners(table, clear_share=0.5)
    with pytest.raises(ColumnsError, match="unowned_share"):
        gg.map_owners(table.drop(columns="unowned_share"))


def test_four_colors_suit_a_map_of_whole_areas() -> None:
    rng = np.random.default_rng(5)
    cells = grid_disk(0x8931AA50E27FFFF, 14)
    longitude, latitude = cell_centers(cells)
    seeds = rng.choice(len(cells), 25, replace=False)
    away = (longitude[:, None] - longitude[seeds]) ** 2 + (latitude[:, None] - latitude[seeds]) ** 2
    owner = away.argmin(axis=1)
    one, two = neighbors_of(cells, owner)
    colors = few_colors(one, two, 25, most=7)
    assert (colors[one] != colors[two]).all()
    assert colors.max() < 5


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.data())
def test_neighbors_differ_where_the_colors_suffice(number: int, data: Any) -> None:
    pairs = st.tuples(st.integers(0, number - 1), st.integers(0, number - 1))
    edges = [pair for pair in data.draw(st.lists(pairs, max_size=30)) if pair[0] != pair[1]]
    one, two = (np.array([edge[k] for edge in edges], dtype=np.int64) for k in (0, 1))
    colors = few_colors(one, two, number, most=12)
    assert (colors[one] != colors[two]).all()
    # No more colors than the largest number of neighbors and one.
    ends = [end for edge in {frozenset(edge) for edge in edges} for end in edge]
    most = np.bincount(np.array(ends, dtype=np.int64), minlength=1).max()
    assert colors.max(initial=0) <= most


def test_where_colors_run_out_one_is_used_again() -> None:
    one, two = np.triu_indices(5, 1)
    assert set(few_colors(one, two, 5, most=3).tolist()) <= {0, 1, 2}
