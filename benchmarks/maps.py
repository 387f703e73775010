"""Measure maps of cells in Chromium: ours, folium.GeoJson and geopandas.explore.

Usage::

    python benchmarks/maps.py                          # 10,000, 50,000 and 100,000 cells
    python benchmarks/maps.py --cells 10000 --rounds 3
    python benchmarks/maps.py --small                  # a few hundred cells, answers only
    python benchmarks/maps.py --json maps.json --markdown maps.md

All draw the same table of hotspots: true hexagons in the color of their class, and at the
pointer the cell, its incidents, z, p and q. Every file is written by ``gridgov.save_html``, so
that each carries Leaflet and nothing else, and is opened with the network closed. The
clock of a page starts when Chromium does to open it and stops after the second frame that
follows its load; a pan or zoom ends likewise. Before any time counts, cells under the pointer
must say what the table says, and the page must have asked for nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
from timing import machine

import gridgov as gg
from gridgov.geo.hexgrid import cell_centers, cell_outlines, cells_to_text, grid_disk

MIDDLE = 0x8931AA50E27FFFF
PERIODS = 36
_QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# Two frames on: the first can still be the one before the work.
FRAMES = """async (job) => {
    const start = performance.now();
    if (job) new Function("return " + job)()();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - (job ? start : 0);
}"""

SLIDE = """async ([name, steps]) => {
    const layer = window[name].parts[0];
    const axis = layer.data.axes.length - 1;
    const count = layer.data.axes[axis].labels.length;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    const start = performance.now();
    for (let i = 0; i < steps; i += 1) {
        layer.choose(axis, i % count);
        await frame();
    }
    return steps / ((performance.now() - start) / 1000);
}"""


def hotspots_of(cells: int, *, periods: int = 1) -> pd.DataFrame:
    """Return hotspots of clustered counts, in every cell and period."""
    rng = np.random.default_rng(7)
    rings = int(np.ceil(np.sqrt(cells / 3))) + 1
    ids = np.sort(grid_disk(MIDDLE, rings)[:cells])
    lon, lat = cell_centers(ids)
    rate = np.full(cells, 0.4 if periods == 1 else 0.08)
    for center in rng.integers(0, cells, 40).tolist():
        away = ((lon - lon[center]) * 0.77) ** 2 + (lat - lat[center]) ** 2
        rate += (6 if periods == 1 else 0.8) * np.exp(-away / (2 * 0.012**2))
    street = pd.Series((lon * 30).astype(int) * 10_000 + (lat * 30).astype(int)).astype(str)
    months = pd.date_range("2020-01-01", periods=periods, freq="MS", tz="Asia/Shanghai")
    counts = pd.DataFrame(
        {
            "cell": pd.array(np.tile(ids, periods), "uint64"),
            "street_id": np.tile(street, periods),
            "incidents": rng.poisson(np.tile(rate, periods)),
            "area_km2": 0.1,
        }
    )
    if periods > 1:
        counts["period"] = np.repeat(months.as_unit("us"), cells)
    return gg.find_hotspots(counts)


def shapes_of(hot: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return what the peers draw: outlines and the columns of the card, ready."""
    table = pd.DataFrame(
        {
            "cell": cells_to_text(hot["cell"]),
            "incidents": hot["incidents"].to_numpy(),
            "z": hot["gi_star"].to_numpy().round(2),
            "p": hot["p_value"].to_numpy().round(3),
            "q": hot["q_value"].to_numpy().round(3),
            "spot": hot["spot"].astype(str),
        }
    )
    return gpd.GeoDataFrame(table, geometry=cell_outlines(hot["cell"].to_numpy()), crs=4326)


def ours(hot: pd.DataFrame, _: gpd.GeoDataFrame) -> folium.Map:
    """Return our map."""
    return gg.map_hotspots(hot)


def by_geojson(canvas: bool) -> Callable[[pd.DataFrame, gpd.GeoDataFrame], folium.Map]:
    """Return a maker of folium.GeoJson with a tooltip, on SVG or on a canvas."""

    def make(_: pd.DataFrame, shapes: gpd.GeoDataFrame) -> folium.Map:
        from gridgov.taxonomy.palette import spot_color

        page = folium.Map(tiles=None, prefer_canvas=canvas)
        layer = folium.GeoJson(
            shapes,
            style_function=lambda row: {
                "fillColor": spot_color(row["properties"]["spot"]),
                "color": "#bcc3c2",
                "weight": 0.7,
                "fillOpacity": 1,
            },
            tooltip=folium.GeoJsonTooltip(["cell", "incidents", "z", "p", "q", "spot"]),
        )
        page.add_child(layer)
        west, south, east, north = shapes.total_bounds.tolist()
        page.fit_bounds([[south, west], [north, east]])
        return page

    return make


def by_explore(_: pd.DataFrame, shapes: gpd.GeoDataFrame) -> folium.Map:
    """Return geopandas.explore with a tooltip."""
    return shapes.explore(column="spot", tiles=None, legend=False, tooltip=True, highlight=False)


WAYS: dict[str, Callable[[pd.DataFrame, gpd.GeoDataFrame], folium.Map]] = {
    "gridgov.map_hotspots": ours,
    "folium.GeoJson, canvas": by_geojson(True),
    "folium.GeoJson, SVG": by_geojson(False),
    "geopandas.explore": by_explore,
}


class Opened:
    """A file in Chromium with the network closed."""

    def __init__(self, browser: Any, saved: Path) -> None:
        text = saved.read_text(encoding="utf-8")
        self.map = re.findall(r"var (map_\w+) = L\.map", text)[0]
        frames = re.findall(r"var (frame_\w+) = gridgov\.frame", text)
        self.frame = frames[0] if frames else None
        context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        context.set_offline(True)
        self.page = context.new_page()
        self.page.set_default_timeout(600_000)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(saved.as_uri(), wait_until="load")
        self.drawn_ms = self.page.evaluate(FRAMES, None)

    def time(self, job: str) -> float:
        """Return the milliseconds of a move of the map, to the second frame after."""
        return float(self.page.evaluate(FRAMES, f"() => {self.map}.{job}"))

    def frames_a_second(self) -> float:
        """Return how many periods a second the slider shows."""
        return float(self.page.evaluate(SLIDE, [self.frame, 2 * PERIODS]))

    def check(self, hot: pd.DataFrame) -> None:
        """Stop unless five cells say what the table says and nothing was asked for."""
        lon, lat = cell_centers(hot["cell"].to_numpy())
        texts = cells_to_text(hot["cell"])
        for row in np.linspace(0, len(hot) - 1, 5).astype(int).tolist():
            self.page.evaluate(
                f"([y, x]) => {{ {self.map}.setView([y, x], 16, {{animate: false}}); }}",
                [lat[row], lon[row]],
            )
            at = self.page.evaluate(
                f"([y, x]) => {self.map}.latLngToContainerPoint([y, x])", [lat[row], lon[row]]
            )
            card = ".gg-card.gg-open" if self.frame else ".leaflet-tooltip"
            wanted = [texts[row], str(hot["incidents"].iloc[row])]
            # A tooltip that is left fades beside the new one, and Leaflet's canvas passes over
            # moves that follow one another within 32 ms: so the pointer comes several times.
            for step in (60, 3, 0, 2, 0, 40, 0, 1, 0) * 4:
                self.page.mouse.move(at["x"] + step, at["y"] + step)
                self.page.wait_for_timeout(80)
                told = " ".join(self.page.locator(card).all_inner_texts())
                if step == 0 and all(text in told for text in wanted):
                    break
            else:
                raise SystemExit(f"Cell {texts[row]} must tell {wanted}. Found: {told}")
        if self.said or len(self.asked) != 1:
            raise SystemExit(f"The page complained or asked: {self.said} {self.asked}")

    def close(self) -> None:
        """Close the page."""
        self.page.context.close()


def measure(browser: Any, hot: pd.DataFrame, way: str, rounds: int, folder: Path) -> dict[str, Any]:
    """Return what one way takes: bytes, seconds to build, milliseconds in the browser."""
    last = hot.loc[hot["period"].eq(hot["period"].max())] if hot["period"].notna().any() else hot
    shapes = shapes_of(last) if way != "gridgov.map_hotspots" else gpd.GeoDataFrame()
    build, told = [], []
    saved = folder / "map.html"
    for _ in range(rounds):
        start = time.perf_counter()
        page = WAYS[way](hot, shapes)
        gg.save_html(page, saved)
        build.append(time.perf_counter() - start)
    for number in range(rounds):
        opened = Opened(browser, saved)
        row = {"drawn_ms": opened.drawn_ms}
        row["pan_ms"] = opened.time("panBy([300, 120], {animate: false})")
        row["zoom_ms"] = opened.time("zoomIn(1, {animate: false})")
        if hot["period"].nunique() > 1 and opened.frame:
            opened.time("zoomOut(1, {animate: false})")
            row["slider_fps"] = opened.frames_a_second()
        if number == rounds - 1:
            opened.check(last)
        opened.close()
        told.append(row)
    medians = {key: statistics.median(row[key] for row in told) for key in told[0]}
    return {"bytes": saved.stat().st_size, "build_s": statistics.median(build), **medians}


def markdown(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table."""
    head = "| cells | periods | way | MB | build s | drawn ms | pan ms | zoom ms | slider fps |\n"
    lines = [
        f"| {row['cells']:,} | {row['periods']} | {row['way']} | {row['bytes'] / 1e6:.2f} "
        f"| {row['build_s']:.2f} | {row['drawn_ms']:,.0f} | {row['pan_ms']:,.0f} "
        f"| {row['zoom_ms']:,.0f} | {row.get('slider_fps', float('nan')):.0f} |".replace("nan", "")
        for row in rows
    ]
    return head + "|---|---|---|---|---|---|---|---|---|\n" + "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, nargs="+", default=[10_000, 50_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-rounds", type=int, default=1, help="they take minutes")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--small", action="store_true", help="answers only, in seconds")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        raise SystemExit("Chromium is absent: apt-get install chromium")
    sizes = [300] if options.small else options.cells
    rows = []
    gg.map_hotspots(hotspots_of(300)).get_root().render()
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as scratch:
        browser = driver.chromium.launch(executable_path=binary, args=_QUIET)
        jobs = [(size, 1, way) for size in sizes for way in options.ways]
        jobs += [(max(sizes), PERIODS, "gridgov.map_hotspots")]
        for size, periods, way in jobs:
            mine = way == "gridgov.map_hotspots"
            rounds = 1 if options.small else options.rounds if mine else options.peer_rounds
            hot = hotspots_of(size, periods=periods)
            found = measure(browser, hot, way, rounds, Path(scratch))
            rows.append({"cells": size, "periods": periods, "way": way, **found})
            print(json.dumps(rows[-1]), file=sys.stderr)
        browser.close()
    print(markdown(rows))
    result = {"machine": machine("folium", "geopandas", "playwright"), "rows": rows}
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
