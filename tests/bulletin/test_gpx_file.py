"""GPX of a patrol plan: the structure of GPX 1.1, hostile names, files whole or not at all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from gridgov.bulletin.gpx_file import save_gpx
from gridgov.coverage.patrol_plan.patrol_plan import plan_patrols
from gridgov.errors import (
    ColumnsError,
    DatumError,
    EmptyTableError,
    GeometryError,
    OptionError,
    OutputError,
)
from gridgov.geo.hexgrid import cells_to_text
from gridgov.place.grid import make_grid

GPX = "{http://www.topografix.com/GPX/1/1}"
HOSTILE = '=HYPERLINK("x")\x00\x1b\u202e</name><script>alert(1)</script>{{7*7}} & 鲁谷'
STREETS = gpd.GeoDataFrame(
    {"street_id": ["01", "../02"], "street": ["八角街道", HOSTILE], "phone": "13800001234"},
    geometry=[box(116.200, 39.900, 116.212, 39.908), box(116.212, 39.900, 116.224, 39.908)],
    crs="EPSG:4326",
)
GRID = make_grid(STREETS, resolution=9)
# The children of every element, in the order in which the schema of GPX 1.1 demands them, and
# how often each may come (topografix.com/GPX/1/1/gpx.xsd; the parts that are written here).
POINT_PARTS = [
    *("ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym"),
    *("type", "fix", "sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"),
]
PARTS = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds"],
    "rte": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"],
    "wpt": POINT_PARTS,
    "rtept": POINT_PARTS,
}
SEVERAL = {"wpt", "rte", "trk", "rtept", "link"}


def plan(**options: Any) -> gpd.GeoDataFrame:
    demand = GRID[["cell"]].assign(incidents=np.arange(len(GRID)) + 1)
    given: dict[str, Any] = {"score_days": 30, "shift_min": 90} | options
    return plan_patrols(demand, GRID, **given)


def dated(**options: Any) -> gpd.GeoDataFrame:
    return plan(start="2018-01-01", timezone="Asia/Shanghai", **options)


def check_gpx(path: Path) -> ET.Element:
    """Check a file against the structure of GPX 1.1 and return its root."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{GPX}gpx"
    assert root.get("version") == "1.1"
    assert root.get("creator")
    for element in root.iter():
        name = element.tag.removeprefix(GPX)
        children = [child.tag.removeprefix(GPX) for child in element]
        allowed = PARTS.get(name, [])
        assert set(children) <= set(allowed), name
        order = [allowed.index(child) for child in children]
        assert order == sorted(order), name
        for child in set(children) - SEVERAL:
            assert children.count(child) == 1
        if name in ("wpt", "rtept"):
            assert set(element.attrib) == {"lat", "lon"}
            assert -90 <= float(element.attrib["lat"]) <= 90
            assert -180 <= float(element.attrib["lon"]) < 180
        elif name != "gpx":
            assert not element.attrib
    return root


def names(root: ET.Element, path: str) -> list[str]:
    return [element.text or "" for element in root.findall(path.replace("/", f"/{GPX}"))]


def test_the_file_has_the_structure_of_gpx_1_1_and_one_route_a_walk(tmp_path: Path) -> None:
    made = dated(days=2, teams=2)
    path = save_gpx(made, tmp_path / "plan.gpx")
    root = check_gpx(path)
    walks = made.groupby(["street_id", "day", "shift", "patrol"]).ngroups
    assert path == tmp_path / "plan.gpx"
    assert len(root.findall(f"{GPX}rte")) == walks
    # Start and end come on top of the stops.
    assert len(root.findall(f"{GPX}rte/{GPX}rtept")) == len(made) + 2 * walks
    assert len(root.findall(f"{GPX}wpt")) == len(made)


def test_gdal_reads_the_stops_where_they_are(tmp_path: Path) -> None:
    # An independent reader of GPX.
    made = dated(teams=1)
    path = save_gpx(made, tmp_path / "plan.gpx")
    read = gpd.read_file(path, layer="waypoints", engine="pyogrio")
    assert read.crs == "EPSG:4326"
    order = made.sort_values(["street_id", "stop"])
    assert read.geometry.x.to_numpy() == pytest.approx(order.geometry.x.to_numpy(), abs=1e-6)
    assert read.geometry.y.to_numpy() == pytest.approx(order.geometry.y.to_numpy(), abs=1e-6)
    assert len(gpd.read_file(path, layer="routes", engine="pyogrio")) == 2


def test_names_say_street_date_shift_and_patrol_in_both_languages(tmp_path: Path) -> None:
    made = dated()
    english = check_gpx(save_gpx(made, tmp_path / "en.gpx", jurisdictions=STREETS))
    chinese = check_gpx(save_gpx(made, tmp_path / "zh.gpx", jurisdictions=STREETS, lang="zh"))
    assert "八角街道, 2018-01-01, 08:00, patrol 1" in names(english, "./rte/name")
    assert "八角街道，2018-01-01，08:00，第1组" in names(chinese, "./rte/name")
    first = made[made["street_id"] == "01"].iloc[0]
    at = first["arrives_at"].strftime("%H:%M")
    assert f"1. {at}, stay 12 min" in names(english, "./rte/rtept/name")
    text = cells_to_text(np.array([first["cell"]], dtype=np.uint64))[0]
    assert any(text in about for about in names(english, "./rte/rtept/desc"))


def test_a_plan_without_dates_says_days_and_minutes(tmp_path: Path) -> None:
    root = check_gpx(save_gpx(plan(), tmp_path / "plan.gpx"))
    assert "01, day 1, 08:00, patrol 1" in names(root, "./rte/name")
    assert any("min after the start, stay 12 min" in name for name in names(root, "./wpt/name"))


def test_the_date_of_a_night_shift_is_that_of_its_evening(tmp_path: Path) -> None:
    made = dated(shifts="23:50")
    assert made["arrives_at"].max().day == 2
    root = check_gpx(save_gpx(made, tmp_path / "plan.gpx"))
    assert {name.split(", ")[1] for name in names(root, "./rte/name")} == {"2018-01-01"}


def test_hostile_names_are_text_and_nothing_else(tmp_path: Path) -> None:
    path = save_gpx(dated(), tmp_path / "plan.gpx", jurisdictions=STREETS)
    check_gpx(path)
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    root = ET.parse(path).getroot()
    hostile = [name for name in names(root, "./rte/name") if "HYPERLINK" in name]
    # An apostrophe before what a spreadsheet could take for a formula.
    assert len(hostile) == 1
    assert hostile[0].startswith("'=HYPERLINK(")


def test_columns_of_the_caller_do_not_reach_the_file(tmp_path: Path) -> None:
    made = dated().assign(phone="13800001234", officer="张三")
    text = save_gpx(made, tmp_path / "plan.gpx", jurisdictions=STREETS).read_text("utf-8")
    assert "13800001234" not in text
    assert "张三" not in text


def test_every_street_gets_a_file_of_its_own_inside_the_folder(tmp_path: Path) -> None:
    made = dated()
    folder = save_gpx(made, tmp_path / "sheets", by_street=True, jurisdictions=STREETS)
    files = sorted(path.name for path in folder.iterdir())
    assert files == ["patrol-01.gpx", "patrol-_02.gpx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheets"]
    for file in folder.iterdir():
        assert len(check_gpx(file).findall(f"{GPX}rte")) == 1


def test_streets_whose_ids_look_alike_in_file_names_keep_their_own_files(tmp_path: Path) -> None:
    made = dated()
    made["street_id"] = made["street_id"].map({"01": "a/b", "../02": "A?b"})
    folder = save_gpx(made, tmp_path / "sheets", by_street=True)
    assert len(list(folder.iterdir())) == 2


def test_part_of_a_plan_can_be_written_and_waypoints_left_out(tmp_path: Path) -> None:
    made = dated(teams=2)
    one = made[(made["street_id"] == "01") & (made["patrol"] == 1)]
    root = check_gpx(save_gpx(one, tmp_path / "one.gpx", waypoints=False))
    assert len(root.findall(f"{GPX}rte")) == 1
    assert not root.findall(f"{GPX}wpt")


def test_a_plan_that_lost_its_walks_has_stops_only(tmp_path: Path) -> None:
    made = dated()
    made.attrs.clear()
    root = check_gpx(save_gpx(made, tmp_path / "plan.gpx"))
    assert len(root.findall(f"{GPX}rte/{GPX}rtept")) == len(made)


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = [save_gpx(dated(), tmp_path / name) for name in ("a.gpx", "b.gpx")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    made = dated()
    with pytest.raises(OutputError, match=r"must be written to .*nowhere"):
        save_gpx(made, tmp_path / "nowhere" / "plan.gpx")
    with pytest.raises(OutputError, match=r"must be written to "):
        save_gpx(made, tmp_path)
    file = tmp_path / "taken"
    file.write_text("mine")
    with pytest.raises(OutputError, match=r"taken, and that failed"):
        save_gpx(made, file, by_street=True)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_other_tables_are_refused(tmp_path: Path) -> None:
    made, path = dated(), tmp_path / "plan.gpx"
    with pytest.raises(ColumnsError, match=r"columns? .*stop"):
        save_gpx(made.drop(columns="stop"), path)
    with pytest.raises(EmptyTableError, match=r"patrol_plan has no rows"):
        save_gpx(made[:0], path)
    with pytest.raises(DatumError, match=r"EPSG:4326"):
        save_gpx(made.to_crs("EPSG:32650"), path)
    with pytest.raises(OptionError, match=r"lang must be one of"):
        save_gpx(made, path, lang="fr")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match=r"none of 2, the first is"):
        save_gpx(made, path, jurisdictions=pd.DataFrame({"street_id": ["9"], "street": "九"}))
    made.loc[made.index[0], "geometry"] = Point()
    with pytest.raises(GeometryError, match=r"must have a place. Found: 1 without"):
        save_gpx(made, path)
    assert not path.exists()
