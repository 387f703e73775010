"""The map of rates: its classes, what it refuses, and what a reader sees in a real browser."""

from __future__ import annotations

from typing import Any

import folium
import numpy as np
import pandas as pd
import pytest

import gridgov as gg
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.rates import map_rates

COUNTS = pd.DataFrame(
    {
        "cell": grid_disk(0x8931AA50E27FFFF, 1),
        "street_id": "s1",
        "incidents": [5, 0, 12, 3, 40, 2, 1],
        # Nobody lives in the second cell: no rate.
        "people": [500.0, 0.0, 600.0, 900.0, 800.0, 20.0, 1000.0],
    }
)


@pytest.mark.browser
def test_a_rate_at_the_pointer_is_the_one_in_the_table(streets: Any, exported: Any) -> None:
    rates = gg.measure_rates(COUNTS, base="people", per=1000)
    page = exported(map_rates(rates, streets, breaks=[10, 50], source="hotline"))
    # By hand: 5 / 500, none, 12 / 600, 3 / 900, 40 / 800, 2 / 20 and 1 / 1000, times 1000.
    by_hand = ["10", None, "20", "3.333", "50", "100", "1"]
    classes = ["10 – 50", "No answer", "10 – 50", "< 10", "≥ 50", "≥ 50", "< 10"]
    longitude, latitude = cell_centers(rates["cell"])
    for i in range(7):
        card = page.hover(longitude[i], latitude[i])
        assert card.get("row Rate") == by_hand[i]
        assert card["row Incidents"] == str(COUNTS["incidents"][i])
        if by_hand[i]:
            assert card["row Class"] == classes[i]
        else:
            assert card["row Reason"] == "the base is zero"
    assert page.text(".gg-what")[:3] == ["≥ 50", "10 – 50", "< 10"]
    assert page.text(".gg-count")[:4] == ["2", "2", "2", "1"]
    assert page.text(".gg-foot p") == [
        "Source: hotline",
        "63 incidents in 7 H3 cells; raw rate per 1,000 of the base.",
    ]
    assert page.complaints == []


@pytest.mark.browser
def test_smoothed_rates_are_drawn_where_there_are_any(exported: Any) -> None:
    rates = gg.measure_rates(COUNTS, base="people", method="empirical_bayes", per=1000)
    kept = rates.copy(deep=True)
    page = exported(map_rates(rates, lang="zh", breaks=[10, 50]))
    assert "平滑比率（网格数）" in page.text(".gg-legend-title, .gg-legend, summary")[0]
    smoothed = rates["smoothed_rate"]
    shown = [int(count) for count in page.text(".gg-count")[:3]]
    assert shown == [
        int((smoothed >= 50).sum()),
        int(((smoothed >= 10) & (smoothed < 50)).sum()),
        int((smoothed < 10).sum()),
    ]
    pd.testing.assert_frame_equal(rates, kept)


def test_wrong_tables_and_options_are_told() -> None:
    rates = gg.measure_rates(COUNTS, base="people")
    with pytest.raises(OptionError, match="lang must be one of"):
        map_rates(rates, lang="fr")
    with pytest.raises(ColumnsError, match="smoothed_rate"):
        map_rates(rates.drop(columns="smoothed_rate"))
    with pytest.raises(EmptyTableError, match="has no rows"):
        map_rates(rates.iloc[:0])
    both = pd.concat([rates.assign(group="a"), rates.assign(group="b")], ignore_index=True)
    assert isinstance(map_rates(both), folium.Map)
    assert np.isfinite(rates["rate"]).sum() == 6
