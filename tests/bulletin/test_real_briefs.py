"""Briefs of real records: the numbers that others counted come out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from gridgov.bulletin.measured import measure
from gridgov.sources.folder import read_folder

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

CHICAGO = """
[brief]
title = "Chicago"
# Coarse, because where a point lies does not depend on it.
resolution = 7
source = "City of Chicago"
[incidents]
file = "sanitation_code_complaints.csv.gz"
preset = "chicago311"
duplicates = "{duplicates}"
[jurisdictions]
file = "community_areas.geojson"
[jurisdictions.columns]
street_id = "NID"
street = "community"
"""

BEIJING = """
[brief]
title = "石景山区"
lang = "zh"
resolution = 8
[incidents]
file = "points.csv"
datum = "gcj02"
[incidents.columns]
incident_id = "code"
reported_at = false
longitude = "longitude"
latitude = "latitude"
[jurisdictions]
file = "shijingshan_fence_adcode2016_gcj02.geojson"
datum = "gcj02"
[jurisdictions.columns]
street_id = "adcode"
street = "name"
"""


def chicago(tmp_path: Path, duplicates: str) -> dict[str, Path]:
    """Return where the records of Chicago lie and settings for them, or skip."""
    folder = DATA / "chicago"
    if not folder.is_dir():
        pytest.skip("Chicago records absent: ../shared/data/chicago")
    config = tmp_path / "chicago.toml"
    config.write_text(CHICAGO.replace("{duplicates}", duplicates), encoding="utf-8")
    return {"folder": folder, "config": config}


def test_chicago_comes_out_as_it_was_counted(quiet_brief: Any, tmp_path: Path) -> None:
    result = quiet_brief(**chicago(tmp_path, "number"), out=tmp_path / "out")
    counts = result.counts
    # ../shared/data/README.md: 74,401 rows, 24 without coordinates, 325 not completed,
    # 375 repeated ids, none completed before created, 74,175 of 74,377 in the community areas.
    assert counts["rows_read"] == 74_401
    assert counts["set_aside"] == 0
    match = counts["match"]
    placed = match["inside"] + match["border"] + match["overlap"]
    assert match["no_point"] == 24
    assert counts["without_closing_time"] == 325
    assert placed == 74_175
    assert match["outside"] == 74_377 - 74_175
    assert 375 in result.tables["notices"]["value"].tolist()
    assert sum(match.values()) == counts["in_brief"] == counts["accepted"]
    assert counts["fate"]["counted"] == placed
    assert int(result.tables["streets"]["incidents"].sum()) == placed
    assert counts["streets"] == 77


@pytest.mark.filterwarnings("ignore::gridgov.errors.DataWarning")
def test_repeated_ids_of_chicago_are_set_aside_and_the_rest_adds_up(tmp_path: Path) -> None:
    # The pack itself is the same as above: here up to the numbers only.
    read = read_folder(**chicago(tmp_path, "set_aside"))
    assert read.set_aside["reason"].tolist() == ["duplicate_id"] * 375
    assert len(read.incidents) == 74_401 - 375
    found = measure(read, month=None, resolution=None, tell=lambda *_, **__: None)
    placed = int(found.located["match"].isin(["inside", "border", "overlap"]).sum())
    assert found.counts.attrs["tally"]["counted"] == int(found.counts["incidents"].sum()) == placed
    assert sum(found.counts.attrs["tally"].values()) == 74_401 - 375


def test_labelled_points_of_shijingshan_lie_inside_its_fence(
    quiet_brief: Any, tmp_path: Path
) -> None:
    folder = DATA / "beijing"
    if not folder.is_dir():
        pytest.skip("Beijing records absent: ../shared/data/beijing")
    records = tmp_path / "records"
    records.mkdir()
    fence = "shijingshan_fence_adcode2016_gcj02.geojson"
    (records / fence).write_bytes((folder / fence).read_bytes())
    with (folder / "shijingshan_subdistricts_and_communities_gcj02.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    placed = [row for row in rows if row["longitude"]]
    with (records / "points.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(placed)
    (records / "gridgov.toml").write_text(BEIJING, encoding="utf-8")
    result = quiet_brief(records, out=tmp_path / "out")
    # ../shared/data/README.md: 61 located points, all inside the converted district.
    assert result.counts["in_brief"] == 61
    assert result.counts["match"]["inside"] == 61
    assert result.record["period"]["first_reported"] is None
    assert "未读取上报时间" in (result.out / "index.html").read_text(encoding="utf-8")
