"""Make the gallery: every map and figure from ``sample_data``, in both languages.

Usage: ``python docs/make_gallery.py [NAME ...]``, from the repository root; with names, only
the pictures of those functions are taken again. It writes ``docs/gallery/`` and
``docs/gallery.md``; with ``--check`` it writes nothing and fails where a picture taken now is
not like the one that lies there. It needs playwright (``pip install playwright``) and
Chromium, and takes a few minutes.

Fonts and browsers of another machine move lines and with them the fit of a map: which ones the
pictures were taken with lies beside them in ``machine.json``, and the test compares only there.

The calls on the page are the calls that ran: each is kept as text, in ``gallery_calls.py``, and
evaluated.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from gallery_calls import FIGURES, MAPS, TABLES, Picture
from PIL import Image, ImageFilter

import gridgov as gg
from gridgov.errors import DataWarning

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "sample_data"
MACHINE = HERE / "gallery" / "machine.json"
WIDTH = 760
QUALITY = 62
LIMIT_BYTES = 3_000_000
TOLERANCE = 10.0
SOURCE = {"en": "gridgov sample_data, synthetic", "zh": "gridgov 合成示例数据"}


def file_name(picture: Picture, pictures: list[Picture], lang: str) -> str:
    """Return the picture's file; a second call of one function has a number."""
    same = [p for p in pictures if p.function == picture.function]
    number = f"_{same.index(picture) + 1}" if picture is not same[0] else ""
    return f"{picture.function}{number}_{lang}.webp"


class Tables(dict[str, Any]):
    """Names in the calls; a table is made when a call first asks for it."""

    def __missing__(self, name: str) -> Any:
        if name not in TABLES:
            raise KeyError(name)
        self[name] = eval(TABLES[name], {}, self)
        return self[name]


def draw(picture: Picture, tables: Tables, lang: str) -> Any:
    """Run the call as the page shows it, with the words of one language."""
    words = {"lang": lang, "title": getattr(picture, lang), "source": SOURCE[lang]}
    # The words of a redrawn map are those of its page.
    end = "))" if picture.function == "plot_map" else ")"
    call = f"gg.{picture.call.removesuffix(end)}, **words{end}"
    # A name that only the call needs must not stay among the tables.
    return eval(call, {"words": words, "__builtins__": __builtins__}, tables)


def keep(png: bytes, path: Path) -> None:
    """Write a picture small enough to be looked at in a list."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.LANCZOS)
    image.save(path, "WEBP", quality=QUALITY, method=6)


def unlike(png: bytes, path: Path) -> float:
    """Return how far a picture is from the stored one: gray levels in the worst of the squares.

    Both are small and blurred, so that another font or a nudged letter is little, and a missing
    layer, legend or title is much.
    """
    seen = []
    for source in (io.BytesIO(png), path):
        image = Image.open(source).convert("L").resize((320, 200), Image.BOX)
        seen.append(np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), dtype=float))
    apart = np.abs(seen[0] - seen[1])
    return float(apart.reshape(10, 20, 16, 20).mean(axis=(1, 3)).max())


def shoot(tab: Any, path: Path, *, check: bool) -> bytes:
    """Photograph a map once it is drawn, or as soon as it is like the stored picture."""
    # On a busy machine a page may not be done yet; a wrong one stays wrong.
    for wait_ms in (100, 800, 3000) if check else (900,):
        tab.wait_for_timeout(wait_ms)
        shot: bytes = tab.screenshot()
        if not check or unlike(shot, path) <= TOLERANCE:
            break
    return shot


def machine() -> dict[str, str]:
    """Return what of this machine decides how a page looks: its browser and its fonts."""
    binary = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    asked = {
        "browser": [binary, "--version"],
        **{
            name: ["fc-match", "--format=%{family} %{fontversion}", name]
            for name in ("sans-serif", "system-ui", "Noto Sans CJK SC", "Noto Sans CJK SC:bold")
        },
    }
    found = {}
    for name, command in asked.items():
        try:
            told = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
            found[name] = told.stdout.strip()
        except OSError:
            found[name] = ""
    # The last digits of a version mend holes and move no letter.
    found["browser"] = found["browser"].split(".")[0]
    return found


def page() -> str:
    """Return the text of ``gallery.md``."""
    lines = [
        "# Gallery",
        "",
        "Every map and figure, drawn from `sample_data/` (synthetic) in English and Chinese by",
        "[`make_gallery.py`](make_gallery.py), with the call that made each. Maps are photographed",
        "in Chromium from the file that `gg.save_html` writes. How to draw and read them:",
        "[maps.md](maps.md).",
        "",
        "Left out of the calls: `lang=`, `title=` and `source=`.",
    ]
    for heading, pictures in (("Maps", MAPS), ("Figures", FIGURES)):
        lines += ["", f"## {heading}"]
        for picture in pictures:
            files = [file_name(picture, pictures, lang) for lang in ("en", "zh")]
            if not all((HERE / "gallery" / name).exists() for name in files):
                continue
            shown = [
                f'<img src="gallery/{name}" width="49%" alt="{alt}">'
                for name, alt in zip(files, (picture.en, picture.zh), strict=True)
            ]
            lines += ["", f"### {picture.en} · {picture.zh}", "", f"    gg.{picture.call}", ""]
            lines += [" ".join(shown)]
    lines += ["", "## The tables in the calls", "", "```python"]
    lines += ["from pathlib import Path", "", "import geopandas as gpd", "", "import gridgov as gg"]
    lines += ["", 'SAMPLE = Path("sample_data")']
    lines += [f"{name} = {made}" for name, made in TABLES.items()]
    return "\n".join([*lines, "```", ""])


def main() -> int:
    """Take the pictures, write the page, and say what has none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is missing, which drives the browser: pip install playwright")
        return 1
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        print("Chromium is missing, which the maps are photographed in: apt-get install chromium")
        return 1
    # What the sample's dirty rows make the readers say is on the sample's own page.
    warnings.simplefilter("ignore", DataWarning)
    check = "--check" in sys.argv[1:]
    wanted = set(sys.argv[1:]) - {"--check"}
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    tables = Tables(gg=gg, gpd=gpd, pd=pd, SAMPLE=SAMPLE)
    failed = []

    def put(png: bytes, path: Path) -> None:
        if not check:
            keep(png, path)
        elif (far := unlike(png, path)) > TOLERANCE:
            failed.append(f"{path.name} is {far:.0f} gray levels from the stored picture")

    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        for pictures in (MAPS, FIGURES):
            for picture in pictures:
                if wanted and picture.function not in wanted:
                    continue
                if picture.function not in gg.__all__:
                    print(f"not public, left out: {picture.function}")
                    continue
                for lang in ("en", "zh"):
                    try:
                        drawn = draw(picture, tables, lang)
                    except Exception as error:
                        failed.append(f"{picture.call}: {type(error).__name__}: {error}")
                        break
                    if pictures is FIGURES:
                        made = io.BytesIO()
                        drawn.savefig(made, format="png", dpi=120)
                        put(made.getvalue(), folder / file_name(picture, pictures, lang))
                        continue
                    path = folder / file_name(picture, pictures, lang)
                    file = gg.save_html(drawn, Path(scratch) / "map.html")
                    tab.goto(file.as_uri())
                    put(shoot(tab, path, check=check), path)
                print(picture.call, flush=True)
        browser.close()
    if not check:
        (HERE / "gallery.md").write_text(page(), encoding="utf-8")
        MACHINE.write_text(json.dumps(machine(), indent=2) + "\n", encoding="utf-8")
    elif (HERE / "gallery.md").read_text(encoding="utf-8") != page():
        failed.append("gallery.md is not what the calls say; run docs/make_gallery.py")
    shown = {picture.function for picture in (*MAPS, *FIGURES)}
    for name in sorted(set(gg.__all__) - shown):
        if name.startswith(("map_", "plot_")):
            failed.append(f"no picture asks for {name}")
    size = sum(file.stat().st_size for file in folder.glob("*.webp"))
    print(f"{len(list(folder.glob('*.webp')))} pictures, {size / 1e6:.2f} MB")
    if size > LIMIT_BYTES:
        failed.append(f"the gallery is larger than {LIMIT_BYTES / 1e6} MB")
    print("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
