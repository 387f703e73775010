"""What ``bulletins.json`` holds, and what a run of bulletins says at its end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import gridgov
from gridgov.bulletin.measured import Placed
from gridgov.bulletin.output_folder import BULLETINS
from gridgov.bulletin.words import Words
from gridgov.columns import Language
from gridgov.sources.cases import CasesRead
from gridgov.sources.folder import FolderRead

__all__ = ["bulletins_record", "bulletins_summary"]


def bulletins_record(
    read: FolderRead,
    cases: CasesRead | None,
    placed: Placed,
    written: pd.DataFrame,
    skipped: pd.DataFrame,
    files: Sequence[Path],
    lang: Language,
) -> dict[str, Any]:
    """Return what ``bulletins.json`` holds."""
    match = placed.located["match"].value_counts()
    return {
        "gridgov": gridgov.__version__,
        "lang": lang,
        "source": read.settings.source,
        "resolution": placed.resolution,
        "counts": {
            "rows_read": int(read.incidents.attrs["source"]["rows"]),
            "accepted": len(read.incidents),
            "set_aside": len(read.set_aside),
            "match": {str(code): int(number) for code, number in match.items()},
            "cases": None if cases is None else len(cases.cases),
            "cases_set_aside": None if cases is None else len(cases.set_aside),
            "bulletins": len(written),
        },
        "bulletins": [
            {
                "period": str(row["period"]),
                "street_id": None if pd.isna(row["street_id"]) else str(row["street_id"]),
                "files": int(row["files"]),
            }
            for row in written.to_dict("records")
        ],
        "skipped": [
            {"period": str(row["period"]), "reason": str(row["reason"])}
            for row in skipped.to_dict("records")
        ],
        "files": sorted([*(path.as_posix() for path in files), BULLETINS.marker]),
    }


def bulletins_summary(
    written: pd.DataFrame, skipped: pd.DataFrame, files: int, words: Words
) -> tuple[str, ...]:
    """Return what was written, in words."""
    zh = words.lang == "zh"
    periods = written["period"].tolist()
    span = periods[0]
    if periods[-1] != span:
        span = f"{span} 至 {periods[-1]}" if zh else f"{span} to {periods[-1]}"
    streets = int(written["street_id"].dropna().nunique())
    places = ["全区" if zh else "the district"] if written["street_id"].isna().any() else []
    if streets:
        places.append(
            f"{streets} 个街道" if zh else f"{streets} street{'' if streets == 1 else 's'}"
        )
    told = ("、" if zh else " and ").join(places)
    number = len(written)
    said = (
        f"通报 {number:,} 份（{span}；{told}），文件 {files:,} 个"
        if zh
        else f"{number:,} bulletin{'' if number == 1 else 's'} ({span}; {told}), {files:,} files"
    )
    left = [
        f"{period}：没有记录，未写出" if zh else f"{period}: the records know nothing of it"
        for period in skipped["period"]
    ]
    return (said, *left)
