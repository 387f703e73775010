"""The map of change: what it takes, and what a reader sees in a real browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.pattern_change import map_pattern_change

CELLS = grid_disk(0x8931AA50E27FFFF, 1)
BEFORE = pd.DataFrame({"cell": CELLS, "incidents": [300, 100, 100, 100, 100, 100, 0]})
AFTER = pd.DataFrame({"cell": CELLS, "incidents": [60, 100, 100, 100, 100, 100, 60]})


@pytest.fixture
def tested() -> pd.DataFrame:
    """One cell shrinks, one grows from nothing, and the others keep what they had."""
    return gg.compare_proportions(BEFORE, AFTER)


def test_both_tables_and_both_languages_are_drawn(tested: pd.DataFrame) -> None:
    sampled = gg.compare_patterns(BEFORE, AFTER)
    for change in (tested, sampled):
        for lang in ("en", "zh"):
            assert "iframe" in map_pattern_change(change, lang=lang)._repr_html_()


def test_the_table_is_left_alone(tested: pd.DataFrame) -> None:
    kept = tested.copy(deep=True)
    map_pattern_change(tested, title="<b>x</b>", source="{{7*7}}", date="2015 / 2017")
    pd.testing.assert_frame_equal(tested, kept)


@pytest.mark.browser
def test_a_reader_sees_the_numbers_of_each_cell_and_the_classes(
    tested: pd.DataFrame, streets: Any, exported: Any
) -> None:
    page = exported(map_pattern_change(tested, streets, source="hotline", date="2015 / 2017"))
    # Worked by hand: 300 of 800 against 60 of 620, and 0 against 60, far beyond chance; the
    # others hold 100 of 800 and 100 of 620.
    said = ["Smaller share than before", *["No difference shown"] * 5, "Larger share than before"]
    longitude, latitude = cell_centers(tested["cell"].astype("uint64"))
    for i, row in enumerate(tested.to_dict("records")):
        card = page.hover(longitude[i], latitude[i])
        assert card["row Change"] == said[i]
        assert card["row Before"] == f"{row['incidents_before']:,}"
        assert card["row After"] == f"{row['incidents_after']:,}"
        q = row["q_value"]
        assert card["row q"] == ("< 0.001" if q < 0.001 else f"{q:.3f}")
    classes = ["Larger share than before", "No difference shown", "Smaller share than before"]
    assert page.text(".gg-what")[:3] == classes
    assert page.text(".gg-count")[:3] == ["1", "5", "1"]
    assert page.text(".gg-foot p")[0] == "Source: hotline"
    assert "800 incidents before and 620 after in 7 H3 cells" in page.text(".gg-foot p")[1]
    assert page.complaints == []
    assert len(page.requests) == 1


def test_streets_are_refused_with_what_to_do() -> None:
    streets = pd.DataFrame({"street_id": ["A", "B"], "incidents": [60, 20]})
    later = streets.assign(incidents=np.array([30, 20]))
    change = gg.compare_proportions(streets, later, unit="street_id")
    with pytest.raises(MapError, match=r"needs cells\. Found: a table whose units are streets"):
        map_pattern_change(change)


def test_wrong_tables_and_options_are_told(tested: pd.DataFrame) -> None:
    with pytest.raises(OptionError, match="lang must be one of"):
        map_pattern_change(tested, lang="fr")
    with pytest.raises(ColumnsError, match="local_s"):
        map_pattern_change(tested.drop(columns="local_s"))
    with pytest.raises(EmptyTableError, match="has no rows"):
        map_pattern_change(tested.iloc[:0])
