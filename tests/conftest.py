"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from gridgov.arrays import compiled

# How long an example takes is the machine's affair, and says nothing of the answer.
settings.register_profile("gridgov", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gridgov")

_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest test begin first: of two processes none waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_gallery.py")


@pytest.fixture(params=["numpy", "numba"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Answers from NumPy alone, and from compiled loops at any size."""
    if request.param == "numba":
        pytest.importorskip("numba", reason="the extra fast (numba) is absent")
        monkeypatch.setattr(compiled, "FIRST_USE", 0)
        monkeypatch.setattr(compiled, "LATER_USE", 0)
    else:
        monkeypatch.setattr(compiled, "numba_installed", lambda: False)
    return str(request.param)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium, driven by Playwright; one for the whole session.

    With GRIDGOV_REQUIRE_BROWSER in the environment, as in CI, a missing browser fails.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is absent")
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        missing = pytest.fail if os.environ.get("GRIDGOV_REQUIRE_BROWSER") else pytest.skip
        missing("Chromium is absent: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=_QUIET)
        yield browser
        browser.close()
