"""Pictures of maps against small stored ones: a layer, a legend or a glyph that is missing shows.

The stored pictures are gray, 320 by 200 pixels, and were looked at. Compared are squares of
20 by 20 of their pixels, so that a small part counts; letters in the fonts of another machine stay
below the tolerance. After a change that is meant to be seen:
``GRIDGOV_WRITE_PICTURES=1 pytest tests/maps/test_pictures.py``, then look at the new ones.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

import gridgov as gg
from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.geo.hexgrid import cell_centers

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).resolve().parent / "pictures"
SQUARE = 20
# Measured: 8 for all text in another font, 16 to 112 for a title, a legend or the cells, when
# they are missing. The small name of one street is 5, and boxes in the place of letters can be
# 6.6 where the fonts draw them thin: names are read, and letters are looked at one by one.
TOLERANCE = 10.0

SETTLED = """async () => {
    await document.fonts.ready;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let i = 0; i < 3; i += 1) await frame();
}"""
HIDE = "(s) => document.querySelectorAll(s).forEach((n) => { n.style.visibility = 'hidden'; })"
# A letter of the private use area has a glyph in no font: a box is drawn, and no error raised.
BOXES = """(s) => {
    const walk = document.createTreeWalker(document.querySelector(s), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        walk.currentNode.data = walk.currentNode.data.replace(/[\u4e00-\u9fff]/g, "\ue000");
    }
}"""

# The letters of the page that look like a letter which no font has.
GLYPHLESS = """() => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const font = getComputedStyle(document.querySelector(".gg-title")).fontFamily;
    const drawn = (letter) => {
        pen.clearRect(0, 0, 60, 60);
        pen.font = "32px " + font;
        pen.fillText(letter, 10, 45);
        return pen.getImageData(0, 0, 60, 60).data.join();
    };
    const box = drawn("\ue000");
    const letters = new Set(document.querySelector(".gg").textContent.replace(/\\s/g, ""));
    return Array.from(letters).filter((letter) => drawn(letter) === box);
}"""

OTHER_FONT = """() => document.querySelectorAll("*").forEach((n) => {
    n.style.setProperty("font-family", "'DejaVu Sans', 'Noto Serif CJK SC', serif", "important");
})"""


def photograph(page: Any) -> NDArray[np.float64]:
    """Return the page in gray, 200 rows by 320 columns."""
    page.page.evaluate(SETTLED)
    image = Image.open(io.BytesIO(page.page.screenshot())).convert("L")
    return np.asarray(image.resize((320, 200), Image.BOX))


def difference(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the mean absolute difference in gray levels of the most different square."""
    blurred = [
        np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.5)), dtype=float)
        for picture in (one, other)
    ]
    apart = np.abs(blurred[0] - blurred[1])
    rows, columns = (side // SQUARE for side in apart.shape)
    squares = apart.reshape(rows, SQUARE, columns, SQUARE).mean(axis=(1, 3))
    return float(squares.max())


def kept(name: str, picture: NDArray[np.float64]) -> NDArray[Any]:
    """Return the stored picture, which is this one when pictures are being written."""
    path = PICTURES / f"{name}.png"
    if os.environ.get("GRIDGOV_WRITE_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        Image.fromarray(picture).save(path, optimize=True)
    return np.asarray(Image.open(path))


def months(hot: pd.DataFrame) -> pd.DataFrame:
    """The cells in two months; every spot moves on by two classes."""
    begins = pd.date_range("2017-08-01", periods=2, freq="MS", tz="Asia/Shanghai").as_unit("us")
    frames = []
    for place, begin in enumerate(begins):
        spots = [SPOTS[(i + 2 * place) % 7] for i in range(len(hot))]
        frames.append(hot.assign(period=begin, spot=spots, incidents=hot["incidents"] + place))
    return conform(pd.concat(frames, ignore_index=True), "hotspots")


def board(incidents: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, lang: Any) -> Any:
    """A dashboard of the twelve incidents, in both streets."""
    located = gg.locate(incidents.drop(columns="street_id"), streets, resolution=9)
    return gg.map_dashboard(located, gg.make_grid(streets, resolution=9), streets, lang=lang)


INCIDENTS = {"en": "Incidents", "zh": "事件数"}
SCORE = {"en": "Gi* z", "zh": "Gi* z 值"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_hotspots_look_as_stored_and_what_is_hidden_shows(
    lang: Any, hot: Any, streets: Any, exported: Any
) -> None:
    page = exported(gg.map_hotspots(hot, streets, lang=lang, title="Hotspots 热点地图"))
    shot = photograph(page)
    stored = kept(f"hotspots_{lang}", shot)
    assert difference(shot, stored) < TOLERANCE
    longitude, latitude = cell_centers(hot["cell"])
    for i in (0, 7, 18):
        card = page.hover(longitude[i], latitude[i])
        assert card["row " + INCIDENTS[lang]] == f"{hot['incidents'][i]:,}"
        assert card["row " + SCORE[lang]] == f"{hot['gi_star'][i]:.2f}"
    assert "鲁谷街道" in page.text(".gg-label")
    page.page.mouse.move(2, 2)
    # Hidden one after another, each alone is seen to be missing.
    seen = photograph(page)
    for part in (".gg-canvas", ".gg-legend", ".gg-title"):
        page.page.evaluate(HIDE, part)
        less = photograph(page)
        assert difference(seen, less) > TOLERANCE, part
        seen = less
    assert difference(seen, stored) > TOLERANCE


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_months_side_by_side_look_as_stored(
    lang: Any, hot: Any, streets: Any, exported: Any
) -> None:
    table = months(hot)
    drawn = gg.map_hotspots(table, streets, lang=lang, compare=("2017-08", "2017-09"))
    page = exported(drawn)
    shot = photograph(page)
    assert difference(shot, kept(f"months_{lang}", shot)) < TOLERANCE
    longitude, latitude = cell_centers(hot["cell"])
    # The westernmost cell is told of August, the easternmost of September.
    for i, later in ((int(np.argmin(longitude)), 0), (int(np.argmax(longitude)), 1)):
        told = page.hover(longitude[i], latitude[i])["row " + INCIDENTS[lang]]
        assert f"{table['incidents'][i + later * len(hot)]:,}" in told
    assert page.complaints == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_incidents_look_as_stored(lang: Any, incidents: Any, streets: Any, exported: Any) -> None:
    page = exported(gg.map_incidents(incidents, streets, lang=lang))
    shot = photograph(page)
    assert difference(shot, kept(f"incidents_{lang}", shot)) < TOLERANCE
    reported = {"en": "Reported", "zh": "上报时间"}[lang]
    for i in (0, 5, 10):
        card = page.hover(incidents.geometry[i].x, incidents.geometry[i].y)
        assert card["row " + reported] == f"{incidents['reported_at'][i]:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_dashboard_looks_as_stored_and_ranks_what_the_table_holds(
    lang: Any, incidents: Any, streets: Any, exported: Any
) -> None:
    page = exported(board(incidents, streets, lang))
    shot = photograph(page)
    assert difference(shot, kept(f"dashboard_{lang}", shot)) < TOLERANCE
    counts = incidents.dropna(subset="geometry").sjoin(streets, predicate="within")
    per_street = counts.groupby("street_id_right").size()
    told = page.text(".gg-rank td")
    assert all(str(number) in told for number in per_street)


def test_missing_glyphs_and_other_fonts_are_told_apart(
    hot: Any, streets: Any, exported: Any
) -> None:
    page = exported(gg.map_hotspots(hot, streets, lang="zh", title="Hotspots 热点地图"))
    stored = np.asarray(Image.open(PICTURES / "hotspots_zh.png"))
    # Another font is no fault ...
    page.page.evaluate(OTHER_FONT)
    assert difference(photograph(page), stored) < TOLERANCE
    # ... but boxes in the place of letters are.
    assert page.page.evaluate(GLYPHLESS) == []
    page.page.evaluate(BOXES, ".gg-legend")
    assert page.page.evaluate(GLYPHLESS) == ["\ue000"]


def test_two_areas_of_the_same_gray_differ_by_nothing_and_one_letter_more_by_little() -> None:
    plain = np.full((200, 320), 200, dtype=np.uint8)
    assert difference(plain, plain) == 0.0
    dot = plain.copy()
    dot[100:103, 100:102] = 0
    assert 0.5 < difference(plain, dot) < TOLERANCE
    panel = plain.copy()
    panel[40:100, 20:80] = 100
    assert difference(plain, panel) == pytest.approx(100, abs=1)
