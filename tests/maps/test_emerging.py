"""Maps of change over time: what they take, and what a reader sees in a real browser."""

from __future__ import annotations

import folium
import numpy as np
import pandas as pd
import pytest

from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.emerging import map_emerging, map_persistence, map_trends
from gridgov.schema.emerging import EMERGING_CATEGORIES, PERSISTENCE_CLASSES
from gridgov.taxonomy.labels import label

MIDDLE = 0x8931AA50E27FFFF


def base(n: int) -> pd.DataFrame:
    cells = grid_disk(MIDDLE, 2)[:n]
    return pd.DataFrame(
        {
            "cell": cells,
            "street_id": "s1",
            "incidents": np.arange(n) * 137,
            "area_km2": 0.1,
            "periods": 24,
        }
    )


@pytest.fixture
def emerging() -> pd.DataFrame:
    """Nineteen cells: every category, one of them twice, and a cell without an answer."""
    frame = base(19).assign(
        category=[*EMERGING_CATEGORIES, "new hot", None],
        trend_z=np.linspace(-3, 3, 19),
        trend_p=np.linspace(0.0001, 0.99, 19),
        tau=0.1,
        hot_share=np.linspace(0, 1, 19),
        cold_share=0.125,
        last_spot=[SPOTS[i % 7] for i in range(19)],
        reason=None,
    )
    absent = ["trend_z", "trend_p", "tau", "hot_share", "cold_share"]
    frame.loc[18, absent] = np.nan
    frame.loc[18, "last_spot"] = None
    frame.loc[18, "reason"] = "no neighbor in the grid"
    result = conform(frame, "emerging")
    result.attrs["emerging"] = {"rings": 1, "null": "randomization", "window": "entire_cube"}
    return result


def persistence_table() -> pd.DataFrame:
    frame = base(10).assign(
        category=PERSISTENCE_CLASSES,
        hot_share=0.25,
        cold_share=0.5,
        recent_hot_share=0.0,
        recent_cold_share=1.0,
        reason=None,
    )
    result = conform(frame, "persistence")
    result.attrs["persistence"] = {
        "rings": 2,
        "null": "analytic",
        "persistent_share": 0.8,
        "hotspot_share": 0.1,
        "recent_periods": 4,
    }
    return result


def trends_table() -> pd.DataFrame:
    frame = base(3).assign(
        trend=["up", "down", "none"],
        kendall_s=[90, -90, 2],
        kendall_variance=1625.3,
        trend_z=[2.2, -2.2, 0.02],
        trend_p=[0.028, 0.028, 0.98],
        trend_q=[0.04, 0.04, 0.98],
        slope=[1.5, -0.25, 0.0],
    )
    result = conform(frame, "trends")
    result.attrs["trends"] = {"alpha": 0.1}
    return result


def shown(value: float) -> str:
    return "–" if np.isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_card_shows_the_row_and_the_legend_counts_what_occurs(
    emerging, streets, exported, lang
):
    page = exported(map_emerging(emerging, streets, lang=lang))
    words = {
        "en": ("Category", "Incidents", "Share of hot periods", "Last period", "Trend p", "Reason"),
        "zh": ("类型", "事件数", "热点时段占比", "末期类别", "趋势 p 值", "未计算原因"),
    }[lang]
    lon, lat = cell_centers(emerging["cell"])
    texts = cells_to_text(emerging["cell"])
    for i, row in enumerate(emerging.to_dict("records")):
        card = page.hover(lon[i], lat[i])
        assert card["sub"].endswith(texts[i])
        none = {"en": "No answer", "zh": "未计算"}[lang]
        name = label("emerging", row["category"], lang) if i < 18 else none
        assert card[f"row {words[0]}"] == name
        assert card[f"row {words[1]}"] == f"{row['incidents']:,}"
        share = "–" if np.isnan(row["hot_share"]) else f"{round(row['hot_share'] * 100)} %"
        assert card[f"row {words[2]}"] == share
        assert card[f"row {words[4]}"] == shown(row["trend_p"])
        if i < 18:
            assert card[f"row {words[3]}"] == label("spot", row["last_spot"], lang)
            assert f"row {words[5]}" not in card
        else:
            assert f"row {words[3]}" not in card
            assert card[f"row {words[5]}"] == label("reason", row["reason"], lang)
    counts = page.text(".gg-legend .gg-count")
    assert counts == ["2", *["1"] * 16, "1"]
    names = page.text(".gg-legend .gg-what")[:17]
    assert names == [label("emerging", term, lang) for term in EMERGING_CATEGORIES]
    assert page.requests[1:] == []
    assert page.complaints == []


@pytest.mark.browser
def test_classes_and_trends_have_their_cards_and_say_their_rules(streets, exported):
    table = persistence_table()
    page = exported(map_persistence(table, streets))
    lon, lat = cell_centers(table["cell"])
    card = page.hover(lon[4], lat[4])
    assert card["row Category"] == "Hot and cold"
    assert card["row Share of hot periods"] == "25 %"
    assert card["row Share of cold periods, recent"] == "100 %"
    assert "at least 80 % of the periods" in page.text(".gg-help")[0]
    assert "last 4 periods" in page.text(".gg-help")[0]
    assert (
        "2 rings; compared with all cells of each period by itself" in page.text(".gg-foot p")[-1]
    )
    assert page.complaints == []

    table = trends_table()
    page = exported(map_trends(table, streets))
    card = page.hover(lon[1], lat[1])
    assert card["row Trend"] == "Falling"
    assert card["row Slope"] == "-0.25"
    assert card["row Trend q"] == "0.040"
    assert page.text(".gg-legend .gg-count")[:3] == ["1", "1", "1"]
    assert "q is below 0.1" in page.text(".gg-help")[0]


@pytest.mark.browser
def test_hostile_text_is_shown_and_does_nothing(emerging, hostile, exported):
    texts = [hostile[i % len(hostile)] for i in range(len(emerging))]
    table = emerging.assign(street_id=texts, reason=texts, group=hostile[5])
    page = exported(map_emerging(table, title=hostile[0], source=hostile[5], date=hostile[6]))
    lon, lat = cell_centers(table["cell"])
    for i, text in enumerate(texts):
        if text.strip("\0"):
            assert page.hover(lon[i], lat[i])["heading"][:40] == text[:40]
            assert page.card()["row Reason"][:40] == text[:40]
    assert page.text(".gg-title") == [hostile[0]]
    assert page.text(".gg-foot p")[:2] == [f"Source: {hostile[5]}", f"Group: {hostile[5]}"]
    assert page.flag() is None
    assert page.complaints == []


def test_the_foot_says_what_was_compared(emerging):
    from gridgov.maps.emerging import _method

    line = _method(emerging, "emerging", "en")
    assert line.startswith(f"{emerging['incidents'].sum():,} incidents in 19 H3 cells over 24")
    assert "a random draw from all cells and periods" in line
    emerging.attrs.clear()
    assert "null hypothesis" not in _method(emerging, "emerging", "zh")


def test_a_table_that_is_none_is_refused_in_words(emerging):
    with pytest.raises(ColumnsError, match="must have the column trend_z"):
        map_emerging(emerging.drop(columns="trend_z"))
    with pytest.raises(EmptyTableError, match="emerging has no rows"):
        map_emerging(emerging.iloc[:0])
    with pytest.raises(OptionError, match="lang must be one of"):
        map_emerging(emerging, lang="de")
    both = pd.concat([emerging.assign(group="a"), emerging.assign(group="b")])
    assert isinstance(map_emerging(both), folium.Map)
    with pytest.raises(ColumnsError, match="persistence must have the column"):
        map_persistence(persistence_table().drop(columns="hot_share"))
    with pytest.raises(ColumnsError, match="trends must have the column slope"):
        map_trends(trends_table().drop(columns="slope"))


def test_inputs_are_left_as_they_were(emerging, streets):
    before = emerging.copy(deep=True)
    map_emerging(emerging, streets).get_root().render()
    pd.testing.assert_frame_equal(emerging, before)
