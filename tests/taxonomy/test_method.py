"""The sentence on the method names what was used, and nothing that was not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.geo.hexgrid import grid_disk
from gridgov.taxonomy.method import method_sentence, rings_phrase

COUNTS = pd.DataFrame(
    {
        "cell": grid_disk(0x8931AA50E27FFFF, 4),
        "incidents": np.random.default_rng(1).poisson(2, 61),
    }
)


def told(made: dict[str, Any], lang: Any = "en") -> str:
    return method_sentence(made, statistic="Getis-Ord Gi*", incidents=1234, cells=61, lang=lang)


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        ({}, "Gi* of 1,234 incidents in 61 H3 cells", "61 个 H3 网格的 1,234 起事件计算 Getis-Ord"),
        ({}, "the values lie at random over the cells;", "各网格数值随机排列；"),
        ({"statistic": "gi"}, "the cell's own stays;", "本网格数值不变，其余网格数值随机排列；"),
        (
            {"null": "permutation", "permutations": 1999},
            "(1,999 permutations)",
            "（置换 1,999 次）",
        ),
        ({"null": "analytic"}, "; p from the normal approximation;", "；p 值取自正态近似；"),
        (
            {"correction": "by"},
            ", Benjamini-Yekutieli adjusted (q).",
            "经 Benjamini-Yekutieli 校正",
        ),
        ({"rings": 3}, ", each with its neighbors in 3 rings;", "，邻域为 3 圈；"),
    ],
)
def test_every_choice_of_find_hotspots_is_named(options, english, chinese):
    made = gg.find_hotspots(COUNTS, **options).attrs["hotspots"]
    assert english in told(made)
    assert chinese in told(made, "zh")


def test_a_column_of_rates_is_named_and_one_of_the_callers_stays_as_it_is():
    assert "Gi* of the smoothed rate in" in told({"value": "smoothed_rate"})
    assert "网格的平滑比率计算" in told({"value": "smoothed_rate"}, "zh")
    assert "Gi* of my_index in" in told({"value": "my_index"})


def test_a_table_that_does_not_say_how_it_was_made_is_told_without():
    assert told({}) == "Getis-Ord Gi* of 1,234 incidents in 61 H3 cells; two-sided p values."
    assert rings_phrase(None, "en") == ""
