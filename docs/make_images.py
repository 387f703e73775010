"""Take the pictures of the README and the docs from ``sample_data`` in a real browser.

Usage: ``python docs/make_images.py``, from the repository root, with the ``test``
extra installed and Chromium on the machine.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path

from playwright.sync_api import sync_playwright

import gridgov as gg
from gridgov.errors import DataWarning

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_data"
TITLES = {
    "en": "Reported incidents before the campaigns, 2015 (synthetic data)",
    "zh": "专项整治前上报事件热点，2015 年（合成数据）",
}


def main() -> None:
    """Draw the map in both languages and photograph it."""
    # What the sample's dirty rows make the readers say is on the sample's own page.
    warnings.simplefilter("ignore", DataWarning)
    streets = gg.read_jurisdictions(SAMPLE / "streets.geojson", datum="gcj02")
    incidents, _ = gg.read_incidents(
        SAMPLE / "incidents.csv", datum="gcj02", timezone="Asia/Shanghai"
    )
    located = gg.locate(incidents, streets, resolution=9)
    grid = gg.make_grid(streets, resolution=9)
    hot = gg.find_hotspots(gg.tally(located, grid, start="2015-01-01", end="2016-01-01"))
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 700})
        for lang, title in TITLES.items():
            drawn = gg.map_hotspots(
                hot, streets, lang=lang, title=title, source="gridgov sample_data, synthetic"
            )
            file = gg.save_html(drawn, Path(scratch) / f"{lang}.html")
            page.goto(file.as_uri())
            page.wait_for_timeout(1000)
            page.screenshot(path=HERE / "images" / f"hotspots_{lang}.png")
        density = gg.measure_density(located, grid, jurisdictions=streets, bandwidth_m=600)
        drawn = gg.map_density(density, streets, source="gridgov sample_data, synthetic")
        page.goto(gg.save_html(drawn, Path(scratch) / "density.html").as_uri())
        page.wait_for_timeout(1000)
        page.screenshot(path=HERE / "images" / "density.png")
        browser.close()
    counts = gg.tally(located, grid, start="2015-01-01", end="2015-02-01")
    lorenz = gg.plot_lorenz(
        gg.measure_lorenz(counts),
        gg.measure_concentration(counts, streets),
        date="January 2015",
        source="gridgov sample_data, synthetic",
    )
    lorenz.savefig(HERE / "images" / "lorenz.png", dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
