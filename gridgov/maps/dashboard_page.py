"""Our script and style of the dashboard in the head of a page, and nowhere else."""

from __future__ import annotations

from functools import cache
from typing import Any

from branca.element import MacroElement

from gridgov.maps.vendored import asset_text
from gridgov.maps.verbatim import Verbatim

__all__ = ["DASHBOARD_SCRIPTS", "DASHBOARD_STYLE", "DashboardHead"]

# Each after what it builds on.
DASHBOARD_SCRIPTS = (
    "dashboard_facts.js",
    "dashboard_cells.js",
    "dashboard_lists.js",
    "dashboard_table.js",
    "dashboard_trend.js",
    "dashboard_print.js",
    "dashboard.js",
)
DASHBOARD_STYLE = "dashboard.css"


class DashboardHead(MacroElement):
    """Puts script and style into the head when the map is rendered."""

    def __init__(self) -> None:
        MacroElement.__init__(self)
        self._name = "DashboardHead"

    def render(self, **kwargs: Any) -> Any:
        """Add both to the head, once however often the map is rendered."""
        root: Any = self.get_root()
        script, style = _texts()
        root.header.add_child(Verbatim(f"<script>{script}</script>\n"), name="gridgov_dashboard")
        root.header.add_child(Verbatim(f"<style>{style}</style>\n"), name="gridgov_dashboard_css")


@cache
def _texts() -> tuple[str, str]:
    """Return script and style."""
    script = "\n".join(asset_text(name).replace("\r\n", "\n") for name in DASHBOARD_SCRIPTS)
    return script, asset_text(DASHBOARD_STYLE)
