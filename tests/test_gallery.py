"""Every map and figure still looks as its picture in the gallery, in both languages."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(name="gallery")
def fixture_gallery(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the script that makes the gallery; it finds its calls beside it."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    return importlib.import_module("make_gallery")


@pytest.mark.browser
def test_every_picture_of_the_gallery_is_still_like_the_stored_one(gallery: Any) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is absent")
    taken, here = json.loads(gallery.MACHINE.read_text(encoding="utf-8")), gallery.machine()
    other = [name for name in taken if taken[name] != here.get(name)]
    if other:
        pytest.skip(
            "The pictures were taken with another browser or other fonts: "
            + ", ".join(f"{name} {taken[name]!r}, here {here.get(name)!r}" for name in other)
        )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "docs/make_gallery.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]


def test_two_unlike_pictures_are_told_apart(gallery: Any, tmp_path: Path) -> None:
    stored = ROOT / "docs" / "gallery" / "map_hotspots_en.webp"
    other = ROOT / "docs" / "gallery" / "map_rates_en.webp"
    as_png = tmp_path / "other.png"
    gallery.Image.open(other).convert("RGB").save(as_png)
    assert gallery.unlike(as_png.read_bytes(), stored) > gallery.TOLERANCE
    gallery.Image.open(stored).convert("RGB").save(as_png)
    assert gallery.unlike(as_png.read_bytes(), stored) < 1
