"""The text of every file, byte for byte the same on every machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sample_data.generator.alley_checks import CHECK_COLUMNS, check_truth, make_checks
from sample_data.generator.alleys import Alley, make_alleys
from sample_data.generator.background import place_addresses
from sample_data.generator.callbacks import CALLBACK_COLUMNS, callback_truth, make_callbacks
from sample_data.generator.campaigns import CAMPAIGN_COLUMNS, campaign_truth, make_campaigns
from sample_data.generator.cases import COLUMNS as CASE_COLUMNS
from sample_data.generator.cases import make_cases
from sample_data.generator.dirt import spoil
from sample_data.generator.district import DISTRICT, STREETS, ring
from sample_data.generator.facilities import (
    FACILITY_COLUMNS,
    TEAM_COLUMNS,
    make_facilities,
    make_teams,
)
from sample_data.generator.incidents import COLUMNS, degrees, make_incidents, to_gcj02
from sample_data.generator.inventory import COLUMNS as INVENTORY_COLUMNS
from sample_data.generator.inventory import inventory_truth, make_inventory
from sample_data.generator.stream import Stream
from sample_data.generator.tracks import COLUMNS as TRACK_COLUMNS
from sample_data.generator.tracks import make_tracks
from sample_data.generator.truth import make_truth

__all__ = ["make_files"]

_NOTE = "合成示例数据，非真实边界与记录。Synthetic sample data, no real borders or records."

_SETTINGS = f"""\
# 合成示例。A synthetic sample; see README.md beside this file.
[brief]
title = "{DISTRICT}"
lang = "zh"
resolution = 9  # a month has about 550 incidents, too few for the finer 10
source = "gridgov sample data, synthetic（合成示例数据）"

[incidents]
file = "incidents.csv"
preset = "gridgov"
datum = "gcj02"
timezone = "Asia/Shanghai"
duplicates = "set_aside"

[jurisdictions]
file = "streets.geojson"
datum = "gcj02"

# What follows is for `gridgov coverage`; each section may be left out.
[tracks]
file = "patrol_tracks.csv"
datum = "gcj02"
timezone = "Asia/Shanghai"

[facilities]
file = "facilities.csv"
datum = "gcj02"
posts = ["驿站"]  # the kinds that people set out from

[teams]
file = "volunteer_teams.csv"
datum = "gcj02"
reach_m = 1000  # the file does not say how far a team reaches

[population]
column = "population"  # of streets.geojson

# What follows is for bulletins and assessments.
[cases]
file = "cases.csv"
timezone = "Asia/Shanghai"
calendar = "china"  # public holidays and swapped working days

[inventory]
file = "inventory.csv"
datum = "gcj02"
timezone = "Asia/Shanghai"

[campaigns]
file = "campaigns.csv"
datum = "gcj02"
timezone = "Asia/Shanghai"

[alleys]
file = "alleys.geojson"
datum = "gcj02"

[alley_checks]
file = "alley_checks.csv"
timezone = "Asia/Shanghai"

[callbacks]
file = "callbacks.csv"
timezone = "Asia/Shanghai"
"""


def make_files() -> dict[str, bytes]:
    """Return every generated file by name."""
    # Streams: 1 incidents and their addresses, 2 dirt, 3 cases, 4 tracks, 5 facilities,
    # 6 teams, 7 inventory, 8 alleys, 9 checks of alleys, 10 return visits. The tables about
    # places share the addresses of the incidents.
    records = make_incidents(Stream(1))
    addresses = place_addresses(Stream(1))
    # Cases come first: they belong to the records as they were before the dirt.
    cases = make_cases(Stream(3), records)
    callbacks = make_callbacks(Stream(10), cases, records)
    rows, kinds = spoil(Stream(2), records)
    inventory, inventory_kinds = make_inventory(Stream(7), addresses)
    alleys = make_alleys(Stream(8), addresses)
    checks, plans = make_checks(Stream(9), alleys)
    truth = make_truth(rows, kinds) | {
        "campaigns": campaign_truth(),
        "inventory": inventory_truth(inventory, inventory_kinds),
        "alley_checks": check_truth(plans),
        "callbacks": callback_truth(callbacks),
    }
    return {
        "streets.geojson": _streets(),
        "incidents.csv": _table(COLUMNS, (row.cells for row in rows)),
        "cases.csv": _table(CASE_COLUMNS, cases),
        "patrol_tracks.csv": _table(TRACK_COLUMNS, make_tracks(Stream(4), addresses)),
        "facilities.csv": _table(FACILITY_COLUMNS, make_facilities(Stream(5), addresses)),
        "volunteer_teams.csv": _table(TEAM_COLUMNS, make_teams(Stream(6), addresses)),
        "inventory.csv": _table(INVENTORY_COLUMNS, inventory),
        "alleys.geojson": _alleys(alleys),
        "alley_checks.csv": _table(CHECK_COLUMNS, checks),
        "callbacks.csv": _table(CALLBACK_COLUMNS, callbacks),
        "campaigns.csv": _table(CAMPAIGN_COLUMNS, make_campaigns()),
        "planted_truth.json": _json(truth),
        "gridgov.toml": _SETTINGS.encode(),
    }


def _table(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """Return a CSV file in UTF-8 with a byte order mark, as Chinese spreadsheets save it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _streets() -> bytes:
    """Return the streets as GeoJSON in GCJ-02, one feature a line."""
    features = []
    for street in STREETS:
        corners = ring(street)
        x, y = to_gcj02(corners[:, 0], corners[:, 1])
        closed = zip(np.append(x, x[0]).tolist(), np.append(y, y[0]).tolist(), strict=True)
        outline = ", ".join(f"[{degrees(px)}, {degrees(py)}]" for px, py in closed)
        properties = json.dumps(
            {
                "街道代码": street.code,
                "街道": street.name + "街道",
                "区": DISTRICT,
                "population": street.population,
            },
            ensure_ascii=False,
        )
        features.append(
            f'{{"type": "Feature", "properties": {properties}, '
            f'"geometry": {{"type": "Polygon", "coordinates": [[{outline}]]}}}}'
        )
    return _geojson("streets", features)


def _alleys(alleys: Iterable[Alley]) -> bytes:
    """Return the alleys as GeoJSON in GCJ-02, one feature a line."""
    features = []
    for alley in alleys:
        corners = ", ".join(f"[{degrees(x)}, {degrees(y)}]" for x, y in alley.corners)
        properties = json.dumps(
            {
                "背街小巷编号": alley.alley_id,
                "名称": alley.name,
                "街道": STREETS[alley.street].name + "街道",
            },
            ensure_ascii=False,
        )
        features.append(
            f'{{"type": "Feature", "properties": {properties}, '
            f'"geometry": {{"type": "LineString", "coordinates": [{corners}]}}}}'
        )
    return _geojson("alleys", features)


def _geojson(name: str, features: Iterable[str]) -> bytes:
    """Return a file of GeoJSON that says what it is."""
    head = f'{{"type": "FeatureCollection", "name": "{name}", "synthetic": true, "note": "{_NOTE}",'
    lines = ",\n".join(features)
    return f'{head}\n"datum": "GCJ-02", "features": [\n{lines}\n]}}\n'.encode()
