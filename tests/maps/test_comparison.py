"""Two views side by side from the start: of one table, or two tables in one map."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.errors import InputError, MapError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.comparison import map_comparison
from gridgov.maps.hotspots import map_hotspots

MIDDLE = 0x8931AA50E27FFFF
CELLS = grid_disk(MIDDLE, 2)
MONTHS = pd.date_range("2017-08-01", periods=4, freq="MS", tz="Asia/Shanghai").as_unit("us")


def month(number: int, **more: object) -> pd.DataFrame:
    """Hotspots of one month: the cell's place and the month's number in its incidents."""
    frame = pd.DataFrame(
        {
            "cell": CELLS,
            "street_id": "s1",
            "period": MONTHS[number],
            "incidents": np.arange(19) + 100 * number,
            "area_km2": 0.1,
            "neighbors": 6,
            "gi_star": 1.0,
            "p_value": 0.5,
            "q_value": 0.9,
            "spot": [SPOTS[(i + number) % 7] for i in range(19)],
            "reason": None,
        }
    ).assign(**more)
    return conform(frame, "hotspots")


def months() -> pd.DataFrame:
    return pd.concat([month(number) for number in range(4)], ignore_index=True)


def density(value: float, **made: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "cell": CELLS,
            "street_id": "s1",
            "incidents": np.arange(19),
            "area_km2": 0.1,
            "incidents_per_km2": np.linspace(0, value, 19),
            "bandwidth_m": 300.0,
        }
    )
    table = conform(frame, "density")
    table.attrs["density"] = {"kernel": "quartic", "bandwidth_m": 300.0, "edge": None, **made}
    return table


def sides(page) -> dict[str, str]:
    """The incidents of a cell on the left and of one on the right, by the page."""
    lon, lat = cell_centers(CELLS)
    left, right = int(np.argmin(lon)), int(np.argmax(lon))
    return {
        "left": page.hover(lon[left], lat[left])["row Incidents"],
        "right": page.hover(lon[right], lat[right])["row Incidents"],
    }


def expected(left: int, right: int) -> dict[str, str]:
    lon, _ = cell_centers(CELLS)
    return {
        "left": str(int(np.argmin(lon)) + 100 * left),
        "right": str(int(np.argmax(lon)) + 100 * right),
    }


@pytest.mark.browser
def test_a_page_opens_with_the_two_periods_that_are_asked_for(exported):
    page = exported(map_hotspots(months(), compare=("2017-09", "2017-10")))
    assert page.text(".gg-tag") == ["2017-09", "2017-10"]
    assert page.text(".gg-time output") == ["2017-10"]
    assert page.text(".gg-legend summary") == ["Class (cells) · 2017-10"]
    assert sides(page) == expected(1, 2)
    page.page.click(".gg-compare button")
    assert page.text(".gg-tag") == []
    assert page.text(".gg-legend summary") == ["Class (cells)"]
    assert sides(page) == expected(2, 2)
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_address_keeps_period_sides_and_pinned_cell(exported):
    page = exported(map_hotspots(months()))
    lon, lat = cell_centers(CELLS)
    assert "&s0" not in page.page.evaluate("() => window.location.hash")
    page.page.evaluate(
        """() => {
            const range = document.querySelector(".gg-time input");
            range.value = 1;
            range.dispatchEvent(new Event("input"));
        }"""
    )
    page.page.wait_for_function("() => window.location.hash.includes('s0=0.0.1')")
    page.page.click(".gg-compare button")
    page.page.select_option(".gg-compare select", "3")
    page.page.focus(".gg-handle")
    page.page.keyboard.press("PageUp")
    right = int(np.argmax(lon))
    page.page.mouse.click(*page.place(lon[right], lat[right]))
    pinned = page.card()
    page.page.wait_for_function("() => /s0=0.0.1~3~600&at=/.test(window.location.hash)")
    address = page.page.url
    page.page.goto("about:blank")
    page.page.goto(address)
    page.page.wait_for_selector(".gg-card.gg-pinned")
    assert page.card() == pinned
    assert page.text(".gg-tag") == ["2017-11", "2017-09"]
    assert page.text(".gg-time output") == ["2017-09"]
    assert page.page.get_attribute(".gg-handle", "aria-valuenow") == "60"
    assert page.page.input_value(".gg-compare select") == "3"
    # Back in the same page: the address without a state is the page as it opened.
    page.page.evaluate("() => { window.location.hash = window.location.hash.split('&')[0]; }")
    page.page.wait_for_function("() => !document.querySelector('.gg-tag')")
    assert page.text(".gg-time output") == ["2017-11"]
    assert page.page.query_selector(".gg-card.gg-pinned") is None
    assert page.complaints == []


@pytest.mark.browser
def test_an_address_of_what_is_not_there_changes_nothing(exported):
    page = exported(map_hotspots(months(), compare=("2017-08", "2017-11")))
    center = page.page.evaluate(f"() => {page.name}.getCenter()")
    view = f"view=12/{center['lat']}/{center['lng']}"
    for wrong in ("0.0.9", "0.1.0", "0.0", "x", "0.0.1~9~99999", "%E0%A4%A"):
        page.page.evaluate("(to) => { window.location.hash = to; }", f"{view}&s0={wrong}")
        page.page.wait_for_timeout(30)
        assert page.text(".gg-tag") == ["2017-08", "2017-11"]
    page.page.evaluate("(to) => { window.location.hash = to; }", f"{view}&s0=0.0.2~9~9999")
    page.page.wait_for_function(
        "() => document.querySelector('.gg-tag-right').textContent === '2017-10'"
    )
    assert page.text(".gg-tag") == ["2017-11", "2017-10"]
    assert page.page.get_attribute(".gg-handle", "aria-valuenow") == "98"
    assert page.complaints == []


@pytest.mark.parametrize(
    ("asked", "left", "right"),
    [
        (("2017-08", "2017-11"), 0, 3),
        ((MONTHS[2], "2017-08-01"), 2, 0),
        ((pd.Timestamp("2017-09-01"), MONTHS[3].to_pydatetime()), 1, 3),
    ],
)
def test_periods_go_by_label_date_or_timestamp(asked, left, right):
    settings = part(map_hotspots(months(), compare=asked))
    assert (settings["compare"], settings["axes"][2]["first"]) == (left, right)


def part(page) -> dict:
    """The settings of the cells on a page."""
    frame = next(child for child in page._children.values() if child._name == "Frame")
    return frame._settings["parts"][0]


def test_groups_are_compared_where_there_are_no_periods():
    both = pd.concat([month(0, group="占道经营"), month(0, group="暴露垃圾")], ignore_index=True)
    settings = part(map_hotspots(both, compare=("暴露垃圾", "占道经营")))
    assert (settings["compare"], settings["axes"][1]["first"]) == (1, 0)


def test_a_comparison_of_what_is_not_there_is_refused_in_words():
    table = months()
    for wrong in (("2017-08", "2018-01"), ("2017-08",), ("2017-08", "2017-08"), "2017-08", (1, 2)):
        with pytest.raises(OptionError, match=r"two different periods.*'2017-08', '2017-11'"):
            map_hotspots(table, compare=wrong)
    with pytest.raises(OptionError, match=r"several periods or groups.*gridgov\.map_comparison"):
        map_hotspots(month(0), compare=("2017-08", "2017-09"))


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_tables_lie_on_either_side_in_shared_classes(exported, lang):
    left, right = density(40.0), density(80.0)
    page = exported(map_comparison(left, right, labels=("2016", "2017"), lang=lang))
    assert page.text(".gg-tag") == ["2016", "2017"]
    shown = part(map_comparison(left, right, labels=("2016", "2017")))
    assert len(shown["measures"]) == 1
    lon, lat = cell_centers(CELLS)
    heading = "row Incidents per km²" if lang == "en" else "row 每平方千米事件数"
    west, east = int(np.argmin(lon)), int(np.argmax(lon))
    assert page.hover(lon[west], lat[west])[heading] == f"{left['incidents_per_km2'][west]:.2f}"
    assert page.hover(lon[east], lat[east])[heading] == f"{right['incidents_per_km2'][east]:.2f}"
    assert page.text(".gg-legend summary")[0].endswith(" · 2017")
    assert page.complaints == []


def test_two_tables_are_classed_by_the_numbers_of_both():
    shown = part(map_comparison(density(40.0), density(80.0), breaks="equal"))
    names = shown["measures"][0]["classes"]
    assert names[:-1] == ["≥ 64", "48 – 64", "32 – 48", "16 – 32", "< 16"]
    assert [axis["labels"] for axis in shown["axes"]][-1] == ["Before", "After"]
    assert part(map_comparison(density(1), density(2), lang="zh"))["axes"][-1]["labels"] == [
        "之前",
        "之后",
    ]


def test_the_sides_are_called_by_their_periods():
    shown = part(map_comparison(month(0), month(3)))
    assert shown["axes"][-1]["labels"] == ["2017-08", "2017-11"]
    assert shown["axes"][2]["labels"] == ["–"]


def test_cells_of_one_side_only_are_on_that_side_and_text_ids_do():
    half = month(1).iloc[:9]
    half = half.assign(cell=cells_to_text(half["cell"]))
    shown = map_comparison(half, month(2), labels=["a", "b"])
    counts = {row["text"]: row["count"] for row in shown_legend(shown)}
    assert sum(count for count in counts.values() if count is not None) == 19


def shown_legend(page) -> list[dict]:
    frame = next(child for child in page._children.values() if child._name == "Frame")
    return frame._settings["legend"][0]["rows"]


def test_tables_that_cannot_be_compared_are_refused_in_words():
    with pytest.raises(MapError, match=r"two tables of one kind.*Found: hotspots and density"):
        map_comparison(month(0), density(1.0))
    with pytest.raises(MapError, match="another kind and another kind"):
        map_comparison(pd.DataFrame({"cell": [1]}), 5)  # type: ignore[arg-type]
    with pytest.raises(MapError, match=r"one period a table.*4 in after.*compare="):
        map_comparison(month(0), months())
    with pytest.raises(InputError, match=r"Found: bandwidth_m 300\.0 and 500\.0"):
        map_comparison(density(1.0), density(2.0, bandwidth_m=500.0))
    coarse = month(1).assign(cell=grid_disk(0x8831AA50E3FFFFF, 2))
    with pytest.raises(InputError, match=r"grids of one resolution\. Found: 9 and 8"):
        map_comparison(month(0), coarse)
    with pytest.raises(OptionError, match=r"comparison of hotspots takes palette\. Found: breaks"):
        map_comparison(month(0), month(1), breaks=[1])
    for wrong in (("a",), ("a", "a"), ("a", " "), "ab"):
        with pytest.raises(OptionError, match="labels must be two different texts"):
            map_comparison(month(0), month(1), labels=wrong)


@pytest.mark.browser
def test_a_slider_that_runs_does_not_flood_the_address(exported):
    page = exported(map_hotspots(months()))
    written = page.page.evaluate(
        f"""() => {{
            let written = 0;
            const real = window.history.replaceState.bind(window.history);
            window.history.replaceState = function (...given) {{
                written += 1;
                return real(...given);
            }};
            for (let i = 0; i < 500; i += 1) {page.name}.fire("gg-state");
            return written;
        }}"""
    )
    assert 0 < written <= 40
    assert page.complaints == []


@pytest.mark.browser
def test_notes_share_a_line_and_the_method_has_its_own(exported):
    page = exported(map_hotspots(month(0), source="12345", author="A", approval="GS(2024)1号"))
    tops = page.page.evaluate(
        "() => Array.from(document.querySelectorAll('.gg-foot p'), (p) => p.offsetTop)"
    )
    assert tops[0] == tops[1] == tops[2] == tops[-2] < tops[-1]
