"""The density map: its classes, what it refuses, and what a reader sees in a real browser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridgov.checks import conform
from gridgov.errors import ColumnsError, DatumError, EmptyTableError, OptionError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, grid_disk
from gridgov.maps.density import map_density
from gridgov.taxonomy.sequence import class_breaks, class_codes, class_texts

MIDDLE = 0x8931AA50E27FFFF


@pytest.fixture
def density() -> pd.DataFrame:
    """Nineteen cells from 0 to 1,234.5 incidents per km²."""
    frame = pd.DataFrame(
        {
            "cell": grid_disk(MIDDLE, 2),
            "street_id": "s1",
            "incidents": np.arange(19) * 137,
            "area_km2": 0.1,
            "incidents_per_km2": np.linspace(0, 1234.5, 19),
            "edge_factor": [np.nan, *np.linspace(1, 1.7, 18)],
            "bandwidth_m": 456.7,
        }
    )
    result = conform(frame, "density")
    result.attrs["density"] = {"kernel": "quartic", "rule": "silverman", "edge": "jones_diggle"}
    return result


@pytest.mark.browser
def test_a_density_at_the_pointer_is_the_one_in_the_table(
    density: pd.DataFrame, streets: Any, exported: Any
) -> None:
    page = exported(map_density(density, streets, lang="zh", breaks=[100, 400, 1000]))
    classes = ["< 100", "100 – 400", "400 – 1,000", "≥ 1,000"]
    longitude, latitude = cell_centers(density["cell"])
    texts = cells_to_text(density["cell"])
    for i, row in enumerate(density.to_dict("records")):
        card = page.hover(longitude[i], latitude[i])
        assert card["sub"].endswith(texts[i])
        assert card["row 每平方千米事件数"] == f"{row['incidents_per_km2']:.2f}"
        assert card["row 事件数"] == f"{row['incidents']:,}"
        factor = row["edge_factor"]
        assert card["row 边缘校正系数"] == ("–" if np.isnan(factor) else f"{factor:.2f}")
        here = int(np.searchsorted([100, 400, 1000], row["incidents_per_km2"], side="right"))
        assert card["row 级别"] == classes[here]
    assert page.text(".gg-what")[:4] == classes[::-1]
    assert sum(int(count) for count in page.text(".gg-count")) == 19
    assert page.complaints == []
    assert len(page.requests) == 1


@pytest.mark.browser
def test_the_foot_says_how_the_density_was_made(
    density: pd.DataFrame, streets: Any, exported: Any
) -> None:
    page = exported(map_density(density, streets, source="hotline", title="八角 {{ 7 * 7 }}"))
    assert page.text(".gg-title") == ["八角 {{ 7 * 7 }}"]
    source, method = page.text(".gg-foot p")
    assert source == "Source: hotline"
    assert method == (
        "Kernel density of 23,427 incidents in 19 H3 cells: quartic kernel, bandwidth 457 m, "
        "chosen by the Silverman rule, edge corrected (Jones-Diggle)."
    )


def test_a_density_that_cannot_be_drawn_is_refused_in_words(
    density: pd.DataFrame, streets: Any
) -> None:
    with pytest.raises(OptionError, match=r"1 to 6 numbers above 0 in ascending.*Found: \[5, 2"):
        map_density(density, breaks=[5, 2])
    for breaks in ([], [0, 1], [1, float("inf")], range(1, 9), [-5, 5], 5):
        with pytest.raises(OptionError, match="breaks must be 1 to 6 numbers above 0"):
            map_density(density, breaks=breaks)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match=r"'quantile', 'natural', 'equal', or bounds.*'ab'"):
        map_density(density, breaks="ab")
    with pytest.raises(OptionError, match="lang must be one of"):
        map_density(density, lang="de")  # type: ignore[arg-type]
    with pytest.raises(ColumnsError, match="must have the column incidents_per_km2"):
        map_density(density.drop(columns="incidents_per_km2"))
    with pytest.raises(EmptyTableError, match="density has no rows"):
        map_density(density.iloc[:0])
    with pytest.raises(DatumError, match="jurisdictions must be in EPSG:4326"):
        map_density(density, streets.to_crs(3857))


def test_a_map_of_no_density_at_all_is_one_class(density: pd.DataFrame) -> None:
    flat = density.assign(incidents_per_km2=0.0, bandwidth_m=np.nan)
    flat.attrs = {}
    html = map_density(flat).get_root().render()
    assert "gridgov.frame(" in html


def test_bounds_part_places_evenly_and_in_two_figures() -> None:
    values = np.random.default_rng(0).lognormal(5, 1, 5000)
    breaks = class_breaks(values)
    assert len(breaks) == 6
    assert all(float(f"{bound:.2g}") == bound for bound in breaks)
    counts = np.bincount(class_codes(values, breaks))
    assert counts.min() > 0.8 * 5000 / 7
    assert len(class_texts(breaks)) == len(counts)


def test_bounds_of_few_or_equal_numbers_are_few() -> None:
    assert class_breaks([3.0, 3.0, 3.0]) == []
    assert class_breaks([0.0, 0.0]) == []
    assert class_texts([]) == ["≥ 0"]
    assert class_breaks([0.0031, 0.0032, np.nan]) == [0.0032]
