"""The maps and figures of a hotspot pack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridgov.bulletin.hotspot_measures import HotspotMeasures
from gridgov.bulletin.pack_files import page_picture
from gridgov.bulletin.words import Words
from gridgov.figures.concentration import plot_lorenz
from gridgov.figures.emerging import plot_emerging
from gridgov.figures.hotspots import plot_hotspots, save_png
from gridgov.figures.moran import plot_moran
from gridgov.maps.clusters import map_clusters
from gridgov.maps.density import map_density
from gridgov.maps.emerging import map_emerging, map_persistence, map_trends
from gridgov.maps.hotspots import map_hotspots
from gridgov.maps.moran import map_moran
from gridgov.maps.offline import save_html

__all__ = ["draw_hotspots"]


def draw_hotspots(
    partial: Path, measured: HotspotMeasures, *, title: str, date: str, words: Words
) -> tuple[dict[str, bytes], list[str]]:
    """Write maps and figures; return the pictures for the page and the files written."""
    streets = measured.read.jurisdictions
    plain: dict[str, Any] = {
        "lang": words.lang,
        "source": measured.read.settings.source,
        "date": date,
    }
    settings = measured.read.settings

    def shown(name: str) -> dict[str, Any]:
        what = words(f"hot.name.{name}")
        if settings.title:
            what = words("hot.title_of", title=settings.title, name=what)
        return plain | {"title": what}

    first = plain | {"title": title}
    maps = {
        "hotspots.html": map_hotspots(measured.hot, streets, **first),
        "moran.html": map_moran(measured.moran, streets, **shown("moran")),
        "density.html": map_density(measured.density, streets, **shown("density")),
    }
    figures = {"hotspots.png": plot_hotspots(measured.hot, streets, **first)}
    # A figure of no answer is an error; a map of none shows the reason.
    if measured.moran["quadrant"].notna().any():
        figures["moran.png"] = plot_moran(measured.moran, **shown("moran"))
    if len(measured.lorenz):
        figures["lorenz.png"] = plot_lorenz(
            measured.lorenz, measured.concentration, **shown("concentration")
        )
    if measured.clusters is not None:
        maps["clusters.html"] = map_clusters(
            measured.clusters, measured.placed.counts, streets, **shown("clusters")
        )
    if measured.emerging is not None:
        maps["emerging.html"] = map_emerging(measured.emerging, streets, **shown("emerging"))
        maps["persistence.html"] = map_persistence(
            measured.persistence, streets, **shown("persistence")
        )
        maps["trends.html"] = map_trends(measured.trends, streets, **shown("trends"))
        if measured.emerging["category"].notna().any():
            figures["emerging.png"] = plot_emerging(measured.emerging, **shown("emerging"))
    for name, drawn in maps.items():
        save_html(drawn, partial / name)
    pictures = {}
    for name, figure in figures.items():
        save_png(figure, partial / name)
        pictures[name] = page_picture(figure)
    return pictures, [*maps, *figures]
