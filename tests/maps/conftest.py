"""Small tables for the maps, hostile text, and a page that keeps watch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gridgov.checks import conform
from gridgov.columns import SPOTS
from gridgov.geo.hexgrid import cell_centers, grid_disk
from gridgov.maps.offline import save_html

MIDDLE = 0x8931AA50E27FFFF

# Harmless probes: arithmetic that a template would do, a flag that a script would raise.
HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# x",
    "{% 50%}",
    "{{ ''.__class__ }}",
    "<img src=x onerror=\"window.flag='img'\">",
    "</script><script>window.flag='script'</script>",
    "<!--<script>",
    "'\"`${window.flag='literal'}`\\",
    "javascript:window.flag=1",
    "a\u2028b\u2029c",
    "nul\0nul",
    "\u202eright to left\u200f",
    "&lt;b&gt;&amp;amp;",
    "=cmd|'/c calc'!A1",
    "长" * 3000,
    "__proto__",
    "constructor",
]


@pytest.fixture(scope="session")
def hostile() -> list[str]:
    return list(HOSTILE)


@pytest.fixture
def streets() -> gpd.GeoDataFrame:
    """Two streets side by side over the cells, the second without a name."""
    outlines = [shapely.box(116.18, 39.89, 116.2, 39.93), shapely.box(116.2, 39.89, 116.22, 39.93)]
    lon, lat = cell_centers([MIDDLE])
    shift = np.array([lon[0] - 116.2, lat[0] - 39.91])
    outlines = shapely.transform(np.array(outlines), lambda vertices: vertices + shift)
    table = {"street_id": ["s1", "s2"], "street": ["鲁谷街道", None], "area_km2": [7.0, 7.0]}
    return conform(gpd.GeoDataFrame(table, geometry=outlines, crs=4326), "jurisdictions")


@pytest.fixture
def hot() -> pd.DataFrame:
    """Nineteen cells: every spot, one cell without an answer, q and p at the edges."""
    cells = grid_disk(MIDDLE, 2)
    n = len(cells)
    p = np.linspace(0.0004, 0.99, n)
    frame = pd.DataFrame(
        {
            "cell": cells,
            "street_id": np.where(cell_centers(cells)[0] < cell_centers([MIDDLE])[0], "s1", "s2"),
            "incidents": np.arange(n) * 137,
            "area_km2": 0.1,
            "gi_star": np.linspace(-4.321, 5.678, n),
            "neighbors": 6,
            "p_value": p,
            "q_value": np.minimum(1, p * 1.7),
            "spot": [SPOTS[i % 7] for i in range(n)],
            "reason": None,
        }
    )
    frame.loc[3, ["gi_star", "p_value", "q_value"]] = np.nan
    frame.loc[3, "spot"] = None
    frame.loc[3, "reason"] = "no neighbor in the grid"
    frame.loc[5, "street_id"] = None
    result = conform(frame, "hotspots")
    result.attrs["hotspots"] = {
        "statistic": "Getis-Ord Gi*",
        "null": "randomization",
        "rings": 1,
        "correction": "Benjamini-Hochberg",
    }
    return result


@pytest.fixture
def incidents() -> gpd.GeoDataFrame:
    """Twelve incidents around the middle, one without coordinates, with a private column."""
    lon, lat = cell_centers(grid_disk(MIDDLE, 2)[:12])
    points = np.array(shapely.points(lon, lat), dtype=object)
    points[11] = None
    times = pd.date_range("2017-09-01 08:05", periods=12, freq="37h", tz="Asia/Shanghai")
    frame = gpd.GeoDataFrame(
        {
            "incident_id": [f"secret-{i}" for i in range(12)],
            "category": [f"kind {min(i, 9)}" for i in range(11)] + [None],
            "reported_at": times.as_unit("us"),
            "status": ["open", None] * 6,
            "channel": "hotline",
            "department": "城管监督员",
            "street_id": ["s1"] * 6 + ["s2"] * 6,
            "phone": [f"1390000{i:04d}" for i in range(12)],
        },
        geometry=points,
        crs=4326,
    )
    return conform(frame, "incidents")


class Watched:
    """An open page, what it asked for and what its console said."""

    def __init__(self, page: Any, name: str) -> None:
        self.page, self.name = page, name
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._heard = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.complaints.append(message.text),
            "pageerror": lambda error: self.complaints.append(str(error)),
        }
        for event, heard in self._heard.items():
            page.on(event, heard)

    def leave(self) -> None:
        """Listen no longer, and leave the page empty with the pointer in its corner."""
        for event, heard in self._heard.items():
            self.page.remove_listener(event, heard)
        self.page.goto("about:blank")
        self.page.mouse.move(0, 0)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        at = self.page.evaluate(
            f"([y, x]) => {self.name}.latLngToContainerPoint([y, x])", [latitude, longitude]
        )
        return at["x"], at["y"]

    def hover(self, longitude: float, latitude: float) -> dict[str, str]:
        self.page.mouse.move(*self.place(longitude, latitude))
        return self.card()

    def card(self) -> dict[str, str]:
        """The open card: heading, line below it, and its rows."""
        return self.page.evaluate(
            """() => {
                const card = document.querySelector(".gg-card.gg-open");
                if (!card) return {};
                const read = (s) => (card.querySelector(s) || {}).textContent || "";
                const rows = { heading: read("h2"), sub: read(".gg-sub") };
                const names = card.querySelectorAll("dt");
                const values = card.querySelectorAll("dd");
                names.forEach((dt, i) => {
                    rows["row " + dt.textContent] = values[i].textContent;
                });
                return rows;
            }"""
        )

    def text(self, selector: str) -> list[str]:
        return self.page.evaluate(
            "(s) => Array.from(document.querySelectorAll(s), (n) => n.textContent)", selector
        )

    def flag(self) -> Any:
        return self.page.evaluate("() => window.flag === undefined ? null : String(window.flag)")


@pytest.fixture(scope="module")
def used_pages() -> Iterator[list[Any]]:
    """Empty pages of this module's earlier tests: a new one takes longer than most tests."""
    pages: list[Any] = []
    yield pages
    for page in pages:
        page.close()


@pytest.fixture
def watch(chromium: Any, used_pages: list[Any]) -> Iterator[Callable[[Any, str], Watched]]:
    """Open an address in an empty page whose map has the name given."""
    open_pages: list[Watched] = []

    def opened(address: Any, name: str, size: tuple[int, int] = (1280, 800)) -> Watched:
        view = {"width": size[0], "height": size[1]}
        page = used_pages.pop() if used_pages else chromium.new_page(viewport=view)
        if page.viewport_size != view:
            page.set_viewport_size(view)
        watched = Watched(page, name)
        open_pages.append(watched)
        page.goto(Path(address).as_uri())
        page.wait_for_function("() => document.readyState === 'complete'")
        return watched

    yield opened
    for watched in open_pages:
        watched.leave()
        used_pages.append(watched.page)


@pytest.fixture
def exported(watch: Any, tmp_path: Path) -> Callable[[folium.Map], Watched]:
    """Save a map as one file and open that."""

    def opened(page: folium.Map, size: tuple[int, int] = (1280, 800)) -> Watched:
        saved = save_html(page, tmp_path / "map.html")
        name = re.search(r"var (map_\w+) = L\.map", saved.read_text(encoding="utf-8"))
        assert name is not None
        return watch(saved, name[1], size)

    return opened
