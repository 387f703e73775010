"""What a reader chooses of a map of cells: period, group, measure, two views side by side."""

from __future__ import annotations

import folium
import numpy as np
import pandas as pd
import pytest

from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.cell_layer import Classes, Line, Measure, Sheet, draw_cells
from gridgov.maps.cell_periods import period_labels, table_views
from gridgov.maps.cell_values import four_digits
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.offline import save_html
from gridgov.maps.rates import map_rates
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import SPOT_COLORS

MIDDLE = 0x8931AA50E27FFFF
MONTHS = pd.date_range("2017-08-01", periods=3, freq="MS", tz="Asia/Shanghai").as_unit("us")


def panel(groups: tuple[str | None, ...] = (None,)) -> pd.DataFrame:
    """Nineteen cells in every month and group, each with its own numbers."""
    cells = grid_disk(MIDDLE, 2)
    parts = []
    for g, group in enumerate(groups):
        for m, month in enumerate(MONTHS):
            number = np.arange(len(cells)) + 100 * m + 1000 * g
            frame = pd.DataFrame(
                {
                    "cell": cells,
                    "street_id": "s1",
                    "group": group,
                    "period": month,
                    "incidents": number,
                    "area_km2": 0.1,
                    "neighbors": 6,
                    "gi_star": number / 100,
                    "p_value": 0.5 / (1 + number),
                    "q_value": 0.9 / (1 + number),
                    "spot": [SPOTS[(i + m + g) % 7] for i in range(len(cells))],
                    "reason": None,
                }
            )
            parts.append(frame)
    return conform(pd.concat(parts, ignore_index=True), "hotspots")


def slide(page, place: int) -> None:
    page.page.evaluate(
        """(to) => {
            const range = document.querySelector(".gg-time input");
            range.value = to;
            range.dispatchEvent(new Event("input"));
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        place,
    )


def color_at(page, longitude: float, latitude: float) -> str:
    """The color on the canvas at a place."""
    return page.page.evaluate(
        f"""([y, x]) => {{
            const map = {page.name};
            const canvas = document.querySelector(".gg-canvas");
            const box = canvas.getBoundingClientRect();
            const frame = map.getContainer().getBoundingClientRect();
            const at = map.latLngToContainerPoint([y, x]);
            const px = (at.x + frame.left - box.left) * canvas.width / box.width;
            const py = (at.y + frame.top - box.top) * canvas.height / box.height;
            const [r, g, b] = canvas.getContext("2d").getImageData(px, py, 1, 1).data;
            return "#" + [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
        }}""",
        [latitude, longitude],
    )


def test_groups_and_periods_part_a_table_into_views():
    table = panel(("a", "b"))
    views = table_views(table, "en")
    assert [axis.labels for axis in views.axes] == [["a", "b"], ["2017-08", "2017-09", "2017-10"]]
    assert [len(rows) for rows in views.rows] == [19] * 6
    assert table["incidents"].iloc[views.rows[4]].tolist() == list(range(1100, 1119))


def test_a_table_without_periods_is_one_view():
    views = table_views(panel().drop(columns=["period", "group"]), "en")
    assert [len(rows) for rows in views.rows] == [57]
    assert [len(axis.labels) for axis in views.axes] == [1, 1]


@pytest.mark.parametrize(
    ("starts", "told"),
    [
        (["2017-01-01", "2018-01-01"], ["2017", "2018"]),
        (["2017-01-01", "2017-02-01"], ["2017-01", "2017-02"]),
        (["2017-01-02", "2017-01-09"], ["2017-01-02", "2017-01-09"]),
        (["2017-01-01 06:00", "2017-01-01 12:00"], ["2017-01-01 06:00", "2017-01-01 12:00"]),
        (["2017-03-01"], ["2017-03-01"]),
        ([None], ["–"]),
    ],
)
def test_periods_are_told_as_short_as_they_can_be(starts, told):
    times = pd.DatetimeIndex(pd.to_datetime(starts)).tz_localize("Asia/Shanghai")
    assert period_labels(times) == told


def test_four_digits_are_those_that_python_writes():
    rng = np.random.default_rng(3)
    numbers = np.concatenate(
        [
            rng.normal(size=500) * 10.0 ** rng.integers(-8, 8, 500),
            [0.0, -0.0, 9999.5, 99995.0, 0.12345, 12.345, 1e-200, 1e200, 1.0, 10.0, 1e5],
        ]
    )
    for code, number in zip(four_digits(numbers).tolist(), numbers.tolist(), strict=True):
        assert float(f"{code // 1024}e{code % 1024 - 512}") == float(f"{number:.4g}")
    assert four_digits(np.array([np.nan, np.inf])).tolist() == [-(2**31)] * 2


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_slider_shows_the_numbers_of_every_period(exported, lang):
    table = panel()
    page = exported(map_hotspots(table, lang=lang))
    lon, lat = cell_centers(table["cell"])
    heading = "row Incidents" if lang == "en" else "row 事件数"
    for place, month in enumerate(["2017-08", "2017-09", "2017-10"]):
        slide(page, place)
        rows = table.iloc[19 * place : 19 * place + 19]
        assert page.text(".gg-time output") == [month]
        for i in (0, 7, 18):
            card = page.hover(lon[i], lat[i])
            assert card[heading] == f"{rows['incidents'].iloc[i]:,}"
            assert card["row Gi* z" if lang == "en" else "row Gi* z 值"] == (
                f"{rows['gi_star'].iloc[i]:.2f}"
            )
            assert card["row Class" if lang == "en" else "row 类别"] == (
                label("spot", rows["spot"].iloc[i], lang)
            )
        counts = dict(zip(page.text(".gg-what"), page.text(".gg-count"), strict=False))
        for spot, count in rows["spot"].value_counts().items():
            assert counts[label("spot", spot, lang)] == str(count)
        assert any(f"{rows['incidents'].sum():,}" in line for line in page.text(".gg-foot p"))
        assert any(f"{month}-01" in line for line in page.text(".gg-foot p"))
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_last_period_shows_first_and_the_pinned_card_follows_the_slider(exported):
    page = exported(map_hotspots(panel()))
    lon, lat = cell_centers([MIDDLE])
    page.page.mouse.click(*page.place(lon[0], lat[0]))
    place = grid_disk(MIDDLE, 2).tolist().index(MIDDLE)
    assert page.text(".gg-card dd")[0] == str(200 + place)
    slide(page, 0)
    assert page.text(".gg-card dd")[0] == str(place)
    assert page.text(".gg-card .gg-view") == ["2017-08"]


@pytest.mark.browser
def test_groups_get_a_switch_and_the_period_stays(exported):
    page = exported(map_hotspots(panel(("占道经营", "暴露垃圾")), lang="zh"))
    assert page.text(".gg-choice option")[:2] == ["占道经营", "暴露垃圾"]
    lon, lat = cell_centers(grid_disk(MIDDLE, 2))
    slide(page, 1)
    page.page.select_option(".gg-choice select", "1")
    assert page.hover(lon[0], lat[0])["row 事件数"] == "1,100"
    assert page.text(".gg-time output") == ["2017-09"]


@pytest.mark.browser
def test_a_group_without_a_period_shows_the_nearest_that_it_has(exported):
    table = panel(("a", "b"))
    table = table[(table["group"] == "a") | (table["period"] == MONTHS[0])]
    page = exported(map_hotspots(table))
    page.page.select_option(".gg-choice select", "1")
    assert page.text(".gg-time output") == ["2017-08"]
    slide(page, 2)
    assert page.text(".gg-time output") == ["No rows · 2017-10"]
    assert page.complaints == []


@pytest.mark.browser
def test_a_cell_without_a_row_in_a_period_is_not_there(exported):
    table = panel()
    table = table[(table["cell"] != MIDDLE) | (table["period"] == MONTHS[0])]
    page = exported(map_hotspots(table))
    lon, lat = cell_centers([MIDDLE])
    assert page.hover(lon[0], lat[0]) == {}
    assert sum(int(count) for count in page.text(".gg-count") if count) == 18
    slide(page, 0)
    assert page.hover(lon[0], lat[0])["sub"].endswith(cells_to_text([MIDDLE])[0])


@pytest.mark.browser
@pytest.mark.parametrize("zoom", [8, 10.5, 16])
def test_cells_have_the_color_of_their_class_at_every_zoom(exported, zoom):
    table = panel()
    page = exported(map_hotspots(table))
    lon, lat = cell_centers(table["cell"])
    rows = table.iloc[-19:].reset_index(drop=True)
    page.page.evaluate(
        f"([y, x, z]) => {{ {page.name}.setView([y, x], z, {{animate: false}}); }}",
        [lat[0], lon[0], zoom],
    )
    found = [color_at(page, lon[i], lat[i]) for i in range(19)]
    if zoom == 8:
        # Cells smaller than a pixel share pixels, and yet leave no gap inside the map.
        inner = np.isin(rows["cell"].to_numpy(np.uint64), grid_disk(MIDDLE, 1))
        assert set(np.array(found)[inner]) <= set(SPOT_COLORS.values())
    else:
        assert found == [SPOT_COLORS[spot] for spot in rows["spot"]]


@pytest.mark.browser
def test_two_periods_side_by_side_answer_each_on_its_side(exported):
    table = panel()
    page = exported(map_hotspots(table))
    page.page.click(".gg-compare button")
    assert page.page.get_attribute(".gg-compare button", "aria-pressed") == "true"
    assert page.text(".gg-tag") == ["2017-08", "2017-10"]
    lon, lat = cell_centers(table["cell"])
    middle = page.page.evaluate("() => document.querySelector('.gg-handle').offsetLeft + 13")
    sides = {
        page.place(lon[i], lat[i])[0] < middle: i
        for i in range(19)
        if abs(page.place(lon[i], lat[i])[0] - middle) > 20
    }
    assert page.hover(lon[sides[True]], lat[sides[True]])["row Incidents"] == str(sides[True])
    right = page.hover(lon[sides[False]], lat[sides[False]])
    assert right["row Incidents"] == str(200 + sides[False])
    cuts = page.page.evaluate(
        "() => Array.from(document.querySelectorAll('.gg-canvas'), (c) => c.style.clipPath)"
    )
    assert len(cuts) == 2
    assert all(cut.startswith("inset(") for cut in cuts)
    # Far to the right by keys: then everything is the left view.
    page.page.focus(".gg-handle")
    page.page.keyboard.press("End")
    assert page.page.get_attribute(".gg-handle", "aria-valuenow") == "98"
    page.page.keyboard.press("ArrowLeft")
    assert page.page.get_attribute(".gg-handle", "aria-valuenow") == "96"
    left = page.hover(lon[sides[False]], lat[sides[False]])
    assert left["row Incidents"] == str(sides[False])
    page.page.click(".gg-compare button")
    assert page.text(".gg-tag") == []
    assert len(page.page.query_selector_all(".gg-canvas")) == 1
    assert page.hover(lon[0], lat[0])["row Incidents"] == "200"
    assert page.complaints == []


@pytest.mark.browser
def test_the_handle_can_be_dragged(exported):
    page = exported(map_hotspots(panel()))
    page.page.click(".gg-compare button")
    page.page.mouse.move(640, 300)
    page.page.mouse.down()
    page.page.mouse.move(320, 300, steps=4)
    page.page.mouse.up()
    assert page.page.get_attribute(".gg-handle", "aria-valuenow") == "25"


@pytest.mark.browser
def test_play_goes_through_the_periods_and_stops_at_the_last(exported):
    page = exported(map_hotspots(panel()))
    page.page.click(".gg-play")
    assert page.text(".gg-time output") == ["2017-08"]
    assert page.page.get_attribute(".gg-play", "aria-label") == "Pause"
    page.page.wait_for_function(
        "() => document.querySelector('.gg-play').getAttribute('aria-label') === 'Play the periods'"
    )
    assert page.text(".gg-time output") == ["2017-10"]


@pytest.mark.browser
def test_arrow_keys_go_from_cell_to_cell_and_enter_keeps_one(exported):
    page = exported(map_hotspots(panel().iloc[:19]))
    cells = grid_disk(MIDDLE, 2)
    lon, lat = cell_centers(cells)
    ids = cells_to_text(cells).tolist()
    center = page.page.evaluate(f"() => {page.name}.getCenter()")
    assert "arrow keys go from cell to cell" in page.page.get_attribute(".gg", "aria-label")
    page.page.evaluate(f"() => {page.name}.getContainer().focus()")

    def here() -> int:
        return ids.index(page.card()["sub"].split()[-1])

    page.page.keyboard.press("ArrowRight")
    start = here()
    assert start == int(np.argmin((lon - center["lng"]) ** 2 + (lat - center["lat"]) ** 2))
    step = start
    for key, way in (("ArrowRight", (1, 0)), ("ArrowUp", (0, 1)), ("ArrowLeft", (-1, 0))):
        page.page.keyboard.press(key)
        assert cells[here()] in grid_disk(int(cells[step]), 1)
        assert (lon[here()] - lon[step]) * way[0] + (lat[here()] - lat[step]) * way[1] > 0
        step = here()
    assert page.page.evaluate(f"() => {page.name}.getCenter()") == center
    page.page.keyboard.press("Enter")
    assert page.text(".gg-pinned .gg-sub")[0].endswith(ids[step])
    page.page.keyboard.press("ArrowDown")
    assert page.text(".gg-pinned .gg-sub")[0].endswith(ids[here()])
    assert here() != step
    page.page.keyboard.press("Escape")
    assert page.card() == {}
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.wait_for_function(f"() => {page.name}.getCenter().lng > {center['lng']} + 0.001")


@pytest.mark.browser
def test_several_measures_of_one_table_get_a_switch(exported, streets):
    table = panel().iloc[:19]
    parity = Classes(np.arange(19) % 2, ["even", "odd"], ["#111111", "#eeeeee"])
    third = Classes(np.arange(19) % 3, ["a", "b", "c"], ["#222222", "#555555", "#999999"])
    sheet = Sheet("Title", None, "Parity (cells)", "", ["foot"], "Parity")
    page = exported(
        draw_cells(
            table,
            streets,
            classes=parity,
            lines=[Line("Parity", "class"), Line("n", "count", table["incidents"])],
            measures=[Measure("Thirds", third, [Line("Third", "class")], "Third (cells)", "help")],
            sheet=sheet,
            lang="en",
            tiles=None,
        )
    )
    assert page.text(".gg-choice option")[:2] == ["Parity", "Thirds"]
    lon, lat = cell_centers(table["cell"])
    assert page.hover(lon[5], lat[5])["row Parity"] == "odd"
    page.page.select_option(".gg-choice select", "1")
    card = page.hover(lon[5], lat[5])
    assert card["row Third"] == "c"
    assert "row n" not in card
    assert page.text(".gg-legend summary") == ["Third (cells)"]
    assert page.text(".gg-what") == ["a", "b", "c", "Street boundary"]
    assert page.text(".gg-count") == ["7", "6", "6"]


@pytest.mark.browser
def test_hostile_groups_are_shown_and_do_nothing(exported, hostile):
    table = panel(tuple(hostile[:6]))
    page = exported(map_hotspots(table))
    assert page.text(".gg-choice option")[:6] == hostile[:6]
    page.page.select_option(".gg-choice select", "5")
    page.page.click(".gg-compare button")
    assert any(hostile[5] in line for line in page.text(".gg-foot p"))
    assert page.flag() is None
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_rates_of_any_size_are_told_in_four_digits_in_every_period(exported):
    cells = grid_disk(MIDDLE, 1)
    numbers = [0.00001234, 0.5, 12.345, 1234.5, 98765.4, 0.0, np.nan]
    frame = pd.DataFrame(
        {
            "cell": np.tile(cells, 2),
            "period": np.repeat(MONTHS[:2], 7),
            "street_id": "s1",
            "incidents": 1,
            "base": 10.0,
            "rate": numbers * 2,
            "reason": [None] * 6 + ["no base"] + [None] * 6 + ["no base"],
        }
    )
    page = exported(map_rates(conform(frame, "rates"), breaks=[1.0, 100.0]))
    lon, lat = cell_centers(cells)
    told = [page.hover(lon[i], lat[i]).get("row Rate") for i in range(7)]
    assert told == ["1.234e-05", "0.5", f"{12.345:.4g}", f"{1234.5:.4g}", "98,770", "0", None]


def test_a_panel_takes_a_few_bytes_a_cell_and_period(tmp_path):
    one = save_html(map_hotspots(panel().iloc[:19]), tmp_path / "one.html").stat().st_size
    cells = np.sort(grid_disk(MIDDLE, 30))
    rng = np.random.default_rng(0)
    months = pd.date_range("2015-01-01", periods=12, freq="MS", tz="Asia/Shanghai")
    count = rng.poisson(0.2, 12 * len(cells))
    table = pd.DataFrame(
        {
            "cell": np.tile(cells, 12),
            "period": np.repeat(months.as_unit("us"), len(cells)),
            "street_id": "s1",
            "incidents": count,
            "area_km2": 0.1,
            "neighbors": 6,
            "gi_star": count * 1.7 - 0.3,
            "p_value": 1 / (1 + count),
            "q_value": 1 / (1 + count),
            "spot": np.where(count > 2, "hot 90", "not significant"),
        }
    )
    page = map_hotspots(conform(table, "hotspots"))
    assert isinstance(page, folium.Map)
    size = save_html(page, tmp_path / "map.html").stat().st_size
    assert size - one < 0.6 * len(table)
