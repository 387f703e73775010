"""Measure a year of bulletins: twelve months, the district and each street, every format.

Usage::

    python benchmarks/bulletins.py [FOLDER] [--year 2017] [--lang zh] [--json FILE] [--small]

Without a folder the sample data are used: nine streets, 120 bulletins. Records are read and
located once; how long a bulletin takes is told by format, the making of its numbers, tables and
figures apart. ``--small`` writes one month of the district and two streets, and opens every file
again with python-docx, python-pptx and openpyxl.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
from timing import machine

from gridgov.bulletin.bulletin_pack import write_folder_bulletins
from gridgov.bulletin.periodic import writing
from gridgov.errors import DataWarning

SMALL_MONTH, SMALL_STREETS = "2017-09", ("110107003", "110107004")


def timed_formats(spent: dict[str, list[float]]) -> None:
    """Let every writer of a format tell how long it took."""

    def timed(name: str, write: Callable[..., Path]) -> Callable[..., Path]:
        def wrapped(*given: Any) -> Path:
            begun = time.perf_counter()
            path = write(*given)
            spent[name].append(time.perf_counter() - begun)
            return path

        return wrapped

    for ending, write in list(writing.FORMATS.items()):
        writing.FORMATS[ending] = timed(ending[1:], write)  # type: ignore[index]
    writing.write_json = timed("json", writing.write_json)


def check_files(out: Path, number: int) -> None:
    """Open every file with a program that is not ours; raise if one does not hold its numbers."""
    import docx
    import openpyxl
    import pptx

    told = sorted(out.glob("20*.json"))
    assert len(told) == number, told
    for path in told:
        record = json.loads(path.read_text(encoding="utf-8"))
        incidents = f"{record['numbers']['incidents']['value']:,}"
        title = record["title"]
        document = docx.Document(str(path.with_suffix(".docx")))
        words = "\n".join(paragraph.text for paragraph in document.paragraphs)
        cells = [cell.text for table in document.tables for cell in table._cells]
        assert title in words, path
        assert incidents in words or any(incidents in text for text in cells), path
        slides = pptx.Presentation(str(path.with_suffix(".pptx"))).slides
        shown = "\n".join(
            shape.text_frame.text
            for slide in slides
            for shape in slide.shapes
            if shape.has_text_frame
        )
        assert len(slides) > 3, path
        assert title in shown, path
        assert incidents in shown, path
        book = openpyxl.load_workbook(path.with_suffix(".xlsx"), read_only=True)
        first = book[book.sheetnames[0]]
        values = [value for row in first.iter_rows(values_only=True) for value in row]
        assert record["numbers"]["incidents"]["value"] in values, path
        page = path.with_suffix(".html").read_text(encoding="utf-8")
        assert incidents in page, path
        assert "http://" not in page.replace("http://www.w3.org", ""), path
    print(f"{len(told)} bulletins opened in every format")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--year", default="2017")
    parser.add_argument("--lang")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    spent: dict[str, list[float]] = defaultdict(list)
    timed_formats(spent)

    def progress(step: int, steps: int, doing: str) -> None:
        print(f"[{step}/{steps}] {doing}", file=sys.stderr, flush=True)

    asked: dict[str, Any] = {"year": options.year, "every": "month", "street": "all"}
    if options.small:
        asked = {"month": SMALL_MONTH, "street": SMALL_STREETS}
    runs: list[pd.DataFrame] = []
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        out = Path(scratch) / "bulletins"
        begun = time.perf_counter()
        if options.small:
            # The district is asked for apart: with streets named it has none.
            district = write_folder_bulletins(
                options.folder,
                out=Path(scratch) / "district",
                lang=options.lang,
                month=SMALL_MONTH,
                progress=progress,
            )
            check_files(district.out, 1)
            runs.append(district.written)
        result = write_folder_bulletins(
            options.folder, out=out, lang=options.lang, progress=progress, **asked
        )
        seconds = time.perf_counter() - begun
        paths = [path for path in Path(scratch).rglob("*") if path.is_file()]
        size, files = sum(path.stat().st_size for path in paths), len(paths)
        if options.small:
            check_files(result.out, len(SMALL_STREETS))
    runs.append(result.written)
    written = pd.concat(runs, ignore_index=True)
    per_mb = 1024**2 if sys.platform == "darwin" else 1024
    whole = written["street_id"].isna()
    taken = written["seconds"]
    found = {
        "job": f"{len(taken)} bulletins, {files} files",
        "folder": options.folder or "sample data",
        "wall_s": round(seconds, 1),
        "bulletin_s": {
            "median": round(float(taken.median()), 2),
            "max": round(float(taken.max()), 2),
            "district_median": round(float(taken[whole].median()), 2) if whole.any() else None,
            "street_median": round(float(taken[~whole].median()), 2) if (~whole).any() else None,
        },
        "format_s": {
            name: {"median": round(median(one), 3), "sum": round(sum(one), 1)}
            for name, one in sorted(spent.items())
        },
        # Numbers, tables and what figures are drawn before the first file shows them.
        "making_s": round(float(taken.sum()) - sum(map(sum, spent.values())), 1),
        "written_mb": round(size / 1e6, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb),
        "machine": machine("pandas", "matplotlib", "python-docx", "python-pptx", "XlsxWriter"),
    }
    print(json.dumps(found, indent=2, ensure_ascii=False))
    if options.json:
        text = json.dumps(found, indent=2, ensure_ascii=False)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
