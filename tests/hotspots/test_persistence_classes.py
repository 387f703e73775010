"""The nine classes by shares of periods, and the mistakes they do not repeat."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from gridgov.columns import TABLES
from gridgov.errors import InputError, OptionError
from gridgov.geo.hexgrid import grid_disk
from gridgov.hotspots.emerging_bins import find_hotspot_bins
from gridgov.hotspots.persistence_classes import (
    classify_persistence,
    persistence_class,
    recent_periods,
)
from gridgov.schema.emerging import PERSISTENCE_CLASSES
from gridgov.taxonomy.category_palette import PERSISTENCE_COLORS
from gridgov.taxonomy.labels import labels

MIDDLE = 0x8931AA50E27FFFF
CELLS = np.sort(grid_disk(MIDDLE, 4))


def class_of(word, recent=2, **shares):
    letters = np.array([list(word)])
    return persistence_class(letters == "H", letters == "C", recent=recent, **shares)[0]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("..........", "no pattern"),
        ("HHHHHHHHHH", "persistent hot"),
        ("HHHHHHHH..", "persistent hot"),
        ("........HH", "emerging hot"),
        (".........H", "emerging hot"),
        ("H.........", "former hot"),
        ("HHHHHHH...", "former hot"),
        ("H.......H.", "intermittent hot"),
        ("HHHH..HH.H", "intermittent hot"),
        ("CCCCCCCC..", "persistent cold"),
        ("........C.", "emerging cold"),
        ("C.C.......", "former cold"),
        ("C.C.....C.", "intermittent cold"),
        ("H........C", "mixed"),
        ("HHHHHHHHCC", "mixed"),
    ],
)
def test_a_history_of_ten_has_its_class(word, expected):
    assert class_of(word) == expected


def plain_class(word, recent, least, persistent):
    found = []
    for letter, name in (("H", "hot"), ("C", "cold")):
        share = word.count(letter) / len(word)
        lately = word[-recent:].count(letter) / recent
        before = word[:-recent].count(letter) / (len(word) - recent)
        if share >= persistent:
            found.append(f"persistent {name}")
        elif before < least <= lately:
            found.append(f"emerging {name}")
        elif lately < least <= before:
            found.append(f"former {name}")
        elif share >= least:
            found.append(f"intermittent {name}")
    return "mixed" if len(found) == 2 else found[0] if found else "no pattern"


@pytest.mark.parametrize("recent", [1, 2, 4])
@pytest.mark.parametrize(("least", "persistent"), [(0.1, 0.8), (0.3, 0.5), (1.0, 1.0)])
def test_every_history_of_up_to_seven_periods(recent, least, persistent):
    for periods in range(recent + 1, 8):
        words = ["".join(letters) for letters in product(".HC", repeat=periods)]
        letters = np.array([list(word) for word in words])
        classes = persistence_class(
            letters == "H",
            letters == "C",
            recent=recent,
            hotspot_share=least,
            persistent_share=persistent,
        )
        expected = [plain_class(word, recent, least, persistent) for word in words]
        assert classes.tolist() == expected


def test_as_many_periods_are_recent_as_are_divided_by():
    # sfhotspot counts three of the last ten periods and divides by two, so that the first
    # of these would be emerging.
    assert recent_periods(10, 0.2) == 2
    assert class_of(".......H..") == "former hot"
    assert class_of("........H.") == "emerging hot"


def test_emerging_asks_for_the_share_of_hot_periods():
    # sfhotspot compares the recent share with the share of periods that are recent, 0.4 of
    # ten: one hot period in the last four is 0.25, above the least share of hot periods.
    assert class_of("......H...", recent=4, hotspot_share=0.2) == "emerging hot"


def test_the_number_of_recent_periods_is_at_least_one_and_leaves_older_ones():
    assert recent_periods(3, 0.2) == 1
    assert recent_periods(2, 0.99) == 1
    assert recent_periods(100, 0.29) == 29


def panel_of(counts):
    steps = counts.shape[1]
    periods = pd.date_range("2015-01-01", periods=steps, freq="MS", tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "cell": np.tile(CELLS, steps),
            "period": periods.as_unit("us").repeat(len(CELLS)),
            "incidents": counts.T.ravel(),
        }
    )


def test_the_table_is_every_period_by_itself_adjusted_once():
    # sfhotspot adjusts p over neighbors and again over periods.
    rng = np.random.default_rng(0)
    counts = rng.poisson(2, (len(CELLS), 15))
    counts[np.isin(CELLS, grid_disk(MIDDLE, 1)), 12:] += 12
    table = classify_persistence(panel_of(counts))
    bins = find_hotspot_bins(panel_of(counts), window="individual_step", time_steps=0)
    hot = bins.assign(hot=(bins["q_value"] < 0.05) & (bins["gi_star"] > 0)).groupby("cell")["hot"]
    np.testing.assert_allclose(table["hot_share"], hot.mean().loc[table["cell"]])
    np.testing.assert_allclose(
        table["recent_hot_share"], hot.apply(lambda x: x.tail(3).mean()).loc[table["cell"]]
    )
    assert table.set_index("cell").loc[MIDDLE, "category"] == "emerging hot"
    assert list(table.columns) == TABLES["persistence"].names
    assert table.attrs["persistence"]["recent_periods"] == 3
    assert set(table["category"]) <= set(PERSISTENCE_CLASSES)


def test_cells_without_an_answer_have_a_reason_and_no_class():
    table = classify_persistence(panel_of(np.full((len(CELLS), 12), 2)))
    assert set(table["reason"]) == {"every cell has the same number of incidents"}
    assert table[["category", "hot_share", "recent_cold_share"]].isna().all(axis=None)


def test_options_and_shapes_are_refused_in_words():
    panel = panel_of(np.ones((len(CELLS), 12), dtype=int))
    for option in ("hotspot_share", "persistent_share"):
        with pytest.raises(OptionError, match=f"{option} must be a number above 0 and up to 1"):
            classify_persistence(panel, **{option: 1.5})
    with pytest.raises(OptionError, match="recent_share must be a number above 0 and below 1"):
        classify_persistence(panel, recent_share=1)
    with pytest.raises(InputError, match=r"with recent and older periods.*3 recent"):
        persistence_class(np.zeros((1, 3)), np.zeros((1, 3)), recent=3)


def test_every_class_has_words_and_a_color():
    for lang in ("en", "zh"):
        assert list(labels("persistence", lang)) == list(PERSISTENCE_CLASSES)
    assert list(PERSISTENCE_COLORS) == list(PERSISTENCE_CLASSES)
