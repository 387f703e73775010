"""The map of gaps and overlaps: what a reader sees of every part, however thin, in a browser."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import ColumnsError, DatumError, MapError, OptionError
from gridgov.maps.coverage_classes import amount_text


def named(outlines: list[Any]) -> gpd.GeoDataFrame:
    ids = [chr(65 + i) for i in range(len(outlines))]
    names = [f"街道 {one}" for one in ids]
    return gpd.GeoDataFrame({"street_id": ids, "street": names}, geometry=outlines, crs=4326)


@pytest.fixture(scope="module")
def town() -> gpd.GeoDataFrame:
    """A and B overlap widely, C leaves a slit of a meter to B and has a hole of its own."""
    hole = shapely.box(116.235, 39.908, 116.237, 39.91)
    return named(
        [
            shapely.box(116.20, 39.90, 116.215, 39.92),
            shapely.box(116.21, 39.90, 116.23, 39.92),
            shapely.box(116.23001, 39.90, 116.24, 39.92) - hole,
        ]
    )


@pytest.fixture(scope="module")
def parts(town: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    points = [shapely.Point(116.2125, 39.91), shapely.Point(116.236, 39.909)] * 2
    return gg.check_responsibility(town, gpd.GeoDataFrame(geometry=points[:3], crs=4326))


@pytest.mark.browser
def test_the_card_of_every_part_has_the_numbers_of_the_table(
    parts: Any, town: Any, exported: Any
) -> None:
    page = exported(gg.map_responsibility(parts, town, source="hotline"))
    told = {"gap": "Borders", "overlap": "Owners"}
    assert parts["kind"].tolist() == ["gap", "gap", "overlap"]
    for row in parts.to_dict("records"):
        middle = row["geometry"].representative_point()
        card = page.hover(middle.x, middle.y)
        sliver = ", sliver" if row["sliver"] else ""
        owner = {"gap": "No owner", "overlap": "Several owners"}[row["kind"]]
        names = [f"街道 {one}" for one in row["street_ids"].split(" + ")]
        assert card == {
            "heading": owner + sliver,
            "sub": f"No. {row['part']}",
            f"row {told[row['kind']]}": " + ".join(names),
            "row Area (m²)": amount_text(row["area_m2"]),
            "row Width (m)": amount_text(row["width_m"]),
            "row Incidents": str(row["incidents"]),
        }
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_legend_counts_parts_area_and_incidents(parts: Any, town: Any, exported: Any) -> None:
    page = exported(gg.map_responsibility(parts, town, lang="zh"))
    rows = dict(zip(page.text(".gg-legend li .gg-what"), range(99), strict=False))
    assert list(rows)[:2] == ["无人负责", "无人负责（狭长碎片）"]
    counts = page.text(".gg-legend .gg-count")
    area = parts.set_index(["kind", "sliver"])["area_m2"].round()
    # By hand: a hole with one incident, a slit with none, an overlap with two.
    assert counts[:6] == ["1", "1", "1", "0", "0", "0"]
    assert counts[6:9] == [
        f"{area['gap', False]:,.0f}",
        f"{area['gap', True]:,.0f}",
        f"{area['overlap', False]:,.0f}",
    ]
    assert counts[9:] == ["1", "0", "2"]
    assert page.text(".gg-legend summary, .gg-legend h3") == ["处数", "面积（平方米）", "事件数"]


@pytest.mark.browser
def test_a_sliver_of_a_meter_is_seen_and_found_across_a_whole_town(
    parts: Any, town: Any, exported: Any
) -> None:
    page = exported(gg.map_responsibility(parts, town))
    sliver = parts[parts["sliver"]].geometry.iloc[0]
    page.page.evaluate(f"() => {page.name}.setZoom(11, {{animate: false}})")
    wide = page.place(*sliver.bounds[2:])[0] - page.place(*sliver.bounds[:2])[0]
    assert wide < 0.1
    x, y = sliver.centroid.x, sliver.centroid.y
    px, py = page.place(x, y)
    seen = page.page.evaluate(
        """([x, y]) => {
            let count = 0;
            for (const canvas of document.querySelectorAll(".leaflet-gg-top-pane canvas")) {
                const box = canvas.getBoundingClientRect();
                const [left, top] = [x - box.left - 10, y - box.top];
                const row = canvas.getContext("2d").getImageData(left, top, 21, 1).data;
                // The color of slivers without an owner, #ef8a62, and nothing else.
                for (let i = 0; i < row.length; i += 4) {
                    const off = [239, 138, 98].map((part, k) => Math.abs(row[i + k] - part));
                    if (row[i + 3] > 200 && off[0] + off[1] + off[2] < 40) count += 1;
                }
            }
            return count;
        }""",
        [px, py],
    )
    assert seen >= 2
    page.page.mouse.move(px + 3, py)
    assert page.card()["heading"] == "No owner, sliver"


@pytest.mark.browser
def test_layers_are_switched_and_only_their_parts_are_drawn(town: Any, exported: Any) -> None:
    plots = named(
        [shapely.box(116.2, 39.9, 116.21, 39.91), shapely.box(116.205, 39.9, 116.22, 39.91)]
    )
    plots["street_id"] = ["p1", "p2"]
    found = gg.check_responsibility({"streets": town, "plots": plots})
    # A missing layer stands for all layers together, which have more gaps than either.
    layers = found["layer"].fillna("All layers together").drop_duplicates().tolist()
    page = exported(gg.map_responsibility(found, town, names={"p1": "王 <b>", "p2": "李"}))
    options = page.text(".gg-choices select option")
    assert options[: len(layers)] == layers
    assert page.text(".gg-choice span")[0] == "Layer"
    both = shapely.Point(116.2075, 39.905)
    assert page.hover(both.x, both.y) == {}
    page.page.select_option(".gg-choices select", index=layers.index("plots"))
    card = page.hover(both.x + 1e-4, both.y)
    assert card["row Owners"] == "王 <b> + 李"
    assert card["sub"] == "plots · No. 1"
    # The wide overlap of the streets is not drawn among the plots.
    assert page.hover(116.2125, 39.915) == {}


@pytest.mark.browser
def test_a_table_without_rows_says_that_nothing_was_found(town: Any, exported: Any) -> None:
    one = town.iloc[:1]
    page = exported(gg.map_responsibility(gg.check_responsibility(one), one))
    assert page.text(".gg-count")[:2] == ["0", "0"]
    assert "No gap, overlap or enclave was found." in page.text(".gg-foot p")


def test_an_enclave_names_its_own_jurisdiction_first() -> None:
    island = shapely.box(116.222, 39.906, 116.226, 39.912)
    streets = named(
        [
            shapely.union(shapely.box(116.20, 39.90, 116.215, 39.92), island),
            shapely.box(116.215, 39.90, 116.24, 39.92) - island,
        ]
    )
    found = gg.check_responsibility(streets)
    page = gg.map_responsibility(found, streets)
    assert found["kind"].tolist() == ["enclave"]
    frame = next(child for child in page._children.values() if hasattr(child, "_settings"))
    lines = frame._settings["parts"][0]["measures"][0]["lines"]
    told = {line["heading"]: line.get("names") for line in lines}
    assert told["Of"] == ["街道 A"]
    assert told["Borders"] == ["街道 B"]


def test_what_does_not_fit_is_told(parts: Any, town: Any) -> None:
    with pytest.raises(OptionError, match="lang must be one of"):
        gg.map_responsibility(parts, town, lang="fr")
    with pytest.raises(ColumnsError, match="must have the column width_m"):
        gg.map_responsibility(parts.drop(columns="width_m"), town)
    with pytest.raises(DatumError, match=r"must be in EPSG:4326\. Found: EPSG:3857"):
        gg.map_responsibility(parts.to_crs(3857), town)
    with pytest.raises(MapError, match="at least one shape with a place"):
        gg.map_responsibility(parts.iloc[:0])
    kept = parts.copy(deep=True)
    gg.map_responsibility(parts, town)
    assert parts.equals(kept)
