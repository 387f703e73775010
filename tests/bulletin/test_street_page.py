"""A street's page: one sheet of A4 in either language, safe names, nothing loaded or run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgov.bulletin.coverage_numbers import PANELS, number_text
from gridgov.bulletin.page_frame import Page, render_all
from gridgov.bulletin.street_page import file_name, panel_of, street_content
from gridgov.bulletin.street_page_map import Ground, Picture, draw_picture
from gridgov.bulletin.words import Words

_CODES = {
    "owned": ("one_owner_area", "one_owner_incidents", "gap", "overlap"),
    "patrol": ("cells_visited", "incidents_visited", "never_visited", "hours_present"),
    "reach": ("reached", "reached_twice", "nearest", "members_per_10000"),
    "report": ("reporting", "blind", "main_channel", "silent_channels"),
}
_UNITS = {"gap": "m2", "overlap": "m2", "nearest": "m", "members_per_10000": "rate"}
_EVIL = "<script>alert(1)</script>{{7*7}}" + "很长" * 40


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_of_pages_are_safe_and_no_two_streets_share_one(one: str, other: str) -> None:
    name = file_name(one)
    assert re.fullmatch(r"street_[a-z0-9]+(-[a-z0-9]+)*\.html", name)
    # Windows and macOS take names that differ in case for one.
    assert (name.lower() == file_name(other).lower()) == (one == other)


@pytest.mark.parametrize("street_id", ["reach", "A", "", "..", "街道", "a" * 300, "con", "x-1"])
def test_no_page_takes_the_name_of_a_map_or_leaves_the_folder(street_id: str) -> None:
    name = file_name(street_id)
    assert name != "street_reach.html"
    assert Path(name).name == name
    assert len(name) < 70


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (1.0, "share", "100.0 %", "100.0%"),
        (0.99996, "share", "> 99.9 %", "> 99.9%"),
        (0.0002, "share", "< 0.1 %", "< 0.1%"),
        (0.0, "share", "0.0 %", "0.0%"),
        (14217.6, "m2", "14,218 m²", "14,218 平方米"),
        (613.7, "m", "614 m", "614 米"),
        (338.72, "rate", "338.7", "338.7"),
        (304.0, "count", "304", "304"),
        (float("nan"), "share", "–", "–"),
        (None, "m", "–", "–"),
    ],
)
def test_a_number_never_looks_rounder_than_it_is(
    value: float | None, unit: str, en: str, zh: str
) -> None:
    assert number_text(value, unit, Words("en")) == en
    assert number_text(value, unit, Words("zh")) == zh


def town() -> Ground:
    """Two streets of a kilometer square and a hundred cells in each."""
    outlines = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)])
    corners = [(x, y) for x in range(0, 2000, 100) for y in range(0, 1000, 100)]
    cells = np.array([shapely.box(x, y, x + 100, y + 100) for x, y in corners])
    of = np.array([x // 1000 for x, _ in corners])
    return Ground(["A", "B"], [_EVIL, _EVIL], outlines, cells, of, (116.2, 39.9))


def picture() -> Picture:
    return Picture(
        classes=tuple((_EVIL[:12], color) for color in ("#111111", "#222222", "#333333")),
        codes=np.arange(200) % 3,
        shapes=[("gap", "#c0392b", np.array([shapely.box(500, 0, 501, 1000)]))],
        points=[("post", "square", shapely.points([[200, 200], [5000, 5000]]))],
        named=True,
    )


def fullest(lang: str) -> dict[str, pd.DataFrame]:
    """Every number and more tasks than a page holds, with the longest texts of the records."""
    words = Words("zh" if lang == "zh" else "en")
    numbers, tasks = [], []
    start, end = (pd.Timestamp(day, tz="Asia/Shanghai") for day in ("2015-01-01", "2018-01-01"))
    n_of = {"owned": "incidents", "patrol": "cells", "reach": "incidents", "report": "judged"}
    for street_id in (None, "A"):
        for panel, codes in _CODES.items():
            for code in codes:
                about = {"subject": _EVIL, "days": 7}
                numbers.append(
                    {
                        **{"street_id": street_id, "panel": panel, "number": code},
                        "label": words(f"cov.number.{code}", **about),
                        "subject": _EVIL if code == "main_channel" else None,
                        **{"value": 0.123456, "unit": _UNITS.get(code, "share")},
                        **{"n": 1234567.0, "n_of": n_of[panel], "start": start, "end": end},
                        "method": words(f"cov.method.{code}", **about),
                    }
                )
    for panel in PANELS:
        for rank in range(1, 6):
            tasks.append(
                {
                    **{"street_id": "A", "panel": panel, "task": "blind", "rank": rank},
                    **{"of": 9999, "subject": None, "longitude": 116.2, "latitude": 39.9},
                    "label": words(
                        "cov.task.one_channel",
                        cell="8931aa58443ffff",
                        channel="渠" * 23 + "…",
                        share="100.0 %",
                        incidents=123456,
                    ),
                }
            )
    return {"street_numbers": pd.DataFrame(numbers), "street_tasks": pd.DataFrame(tasks)}


def fullest_page(lang: str) -> str:
    words = Words("zh" if lang == "zh" else "en")
    tables, ground = fullest(lang), town()
    pictures = dict.fromkeys(PANELS, picture())
    panels = [
        panel_of(
            code, "A", tables=tables, ground=ground, pictures=pictures, missing="", words=words
        )
        for code in PANELS
    ]
    page: Page = street_content(
        street=_EVIL,
        district=_EVIL,
        title=_EVIL,
        period=words("period_all", first="2015-01-01", last="2017-12-31"),
        source=_EVIL,
        panels=panels,
        maps={code: [("responsibility.html", _EVIL)] for code in PANELS},
        walk=words("cov.walk", stops=99, walk=239, stay=239, shift="08:00"),
        words=words,
    )
    return render_all({"page": page})["page"]


def test_a_street_shows_four_tasks_and_counts_the_rest() -> None:
    panel = panel_of(
        "owned",
        "A",
        tables=fullest("en"),
        ground=town(),
        pictures={},
        missing="",
        words=Words("en"),
    )
    assert [place for place, _ in panel.tasks] == [1, 2, 3, 4]
    assert panel.more == 9999 - 4
    assert [row["value"] for row in panel.numbers] == ["12.3 %", "12.3 %", "0 m²", "0 m²"]
    assert "1,234,567 incidents · 2015-01-01–2017-12-31 · " in panel.numbers[0]["how"]


def test_a_street_without_tasks_is_told_so() -> None:
    tables = fullest("en")
    tables["street_tasks"] = tables["street_tasks"].iloc[:0]
    panel = panel_of(
        "reach", "A", tables=tables, ground=town(), pictures={}, missing="", words=Words("en")
    )
    assert (panel.tasks, panel.more) == ([], 0)
    assert panel.note == "Every incident is within reach of a post."


def test_a_picture_is_cropped_to_the_street_and_holds_every_cell_of_it_once() -> None:
    drawn = str(draw_picture(town(), 0, picture(), [shapely.Point(500, 500), None], Words("en")))
    own = re.findall(r'<path d="([^"]*)" fill="#\d{6}" opacity="1"', drawn)
    assert sum(path.count("M") for path in own) == 100
    # The post far away is not in it, nor is a mark without a place.
    assert drawn.count("<rect x=") == 1
    assert re.findall(r">(\d)</text>", drawn) == ["1"]
    # A fifth of 720 units at a kilometer on 88 % of 340: 481 m, rounded down.
    assert "200 m" in drawn
    assert "<script" not in drawn
    assert "style" not in drawn


def test_without_classes_of_cells_the_streets_themselves_are_filled() -> None:
    shown = Picture(classes=(("one owner", "#abcdef"),))
    drawn = str(draw_picture(town(), 0, shown, [], Words("en")))
    found = re.findall(r'fill="#abcdef" opacity="([^"]*)"', drawn)
    assert found == ["0.3", "1"]
    whole = str(draw_picture(town(), None, shown, [], Words("en")))
    assert re.findall(r'fill="#abcdef" opacity="([^"]*)"', whole) == ["1"]


def test_beyond_thousands_of_cells_a_picture_draws_squares_of_their_area() -> None:
    # 90,000 squares of 10 m in a kilometer square; a view is 340 units high with its rim.
    x, y = np.meshgrid(np.arange(0, 3000, 10.0), np.arange(0, 1000, 10.0))
    cells = shapely.box(x.ravel(), y.ravel(), x.ravel() + 10, y.ravel() + 10)
    outline = np.array([shapely.box(0, 0, 3000, 1000)])
    ground = Ground(["A"], ["A"], outline, cells, np.zeros(len(cells), int), (116.2, 39.9))
    shown = Picture(classes=(("all", "#123456"),), codes=np.zeros(len(cells), dtype=np.intp))
    drawn = str(draw_picture(ground, 0, shown, [], Words("en")))
    (path,) = re.findall(r'<path d="([^"]*)" fill="#123456"', drawn)
    assert path.count("M") == len(cells)
    side = 10 / (3000 / (720 * 0.88))
    assert f"h{side:.1f}v{side:.1f}" in path


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_fullest_page_fits_one_sheet_and_runs_and_loads_nothing(
    lang: str, chromium: Any, tmp_path: Path
) -> None:
    path = tmp_path / "street_a.html"
    path.write_text(fullest_page(lang), encoding="utf-8")
    page = chromium.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.goto(path.as_uri())
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    # Nothing is cut: in print, every panel is as high as what it holds.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 726, "height": 1062})  # A4 less its margins, 96 dots an inch
    held = page.eval_on_selector_all(
        ".panel", "all => all.map(one => one.scrollHeight - one.clientHeight)"
    )
    assert held == [0, 0, 0, 0]
    heights = page.eval_on_selector_all(".panel figure", "all => all.map(one => one.clientHeight)")
    assert min(heights) > 60
    page.emulate_media(media="screen")
    # "/Type /Page" and not "/Type /Pages": one leaf of the tree.
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    outer = [url for url in asked if not url.startswith(("data:", path.as_uri()))]
    assert (outer, told) == ([], [])
    body = page.inner_text("body")
    assert "49" not in body.split("\n")[0]
    assert page.evaluate("document.scripts.length") == 0
    # Wide or narrow, nothing sticks out.
    for width in (1300, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
