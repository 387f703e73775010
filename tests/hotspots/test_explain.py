"""One cell in one sentence: its numbers are the table's, in both languages."""

import re
import tomllib
import warnings
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest

from gridgov.errors import ColumnsError, DataWarning, EmptyTableError, InputError, OptionError
from gridgov.geo.hexgrid import cells_to_text, grid_disk
from gridgov.hotspots import explain as module
from gridgov.hotspots.explain import explain
from gridgov.hotspots.getis_ord import find_hotspots
from gridgov.hotspots.rates import measure_rates

MIDDLE = 0x8931AA50E27FFFF
FAR = np.uint64(0x892A100D2D7FFFF)
DISK = grid_disk(MIDDLE, 8)
STREETS = pd.DataFrame({"street_id": ["S1", "S2"], "street": ["鲁谷街道", "Old Town"]})


def busy_middle(**columns):
    """Return a town with five incidents in each cell about the middle and one in every third."""
    incidents = np.where(np.isin(DISK, grid_disk(MIDDLE, 1)), 5, np.arange(DISK.size) % 3 == 0)
    return pd.DataFrame({"cell": DISK, "incidents": incidents.astype(int), **columns})


def test_a_hot_spot_is_told_with_its_numbers():
    hot = find_hotspots(busy_middle(street_id="S1"))
    mean = 7 * busy_middle()["incidents"].mean()
    row = hot.set_index("cell").loc[MIDDLE]
    english = explain(hot, MIDDLE, jurisdictions=STREETS)
    assert english == (
        "Cell 8931aa50e27ffff in 鲁谷街道 is a hotspot at 99 %: it and its 6 neighbors together "
        f"hold 35 incidents (5 in the cell itself) where {mean:.1f} would be expected if the "
        f"counts were dealt out at random (z = {row['gi_star']:.2f}, p < 0.001, q < 0.001); so "
        "much in one place is hardly chance, and of the cells shown at this level about 1 in 100 "
        "at most is expected to be a false alarm."
    )
    chinese = explain(hot, MIDDLE, lang="zh", jurisdictions=STREETS)
    assert chinese == (
        "鲁谷街道网格 8931aa50e27ffff 为热点（99%）：本格与 6 个相邻网格共有 35 起事件"
        "（本格 5 起），"
        f"若各网格事件数随机分布则预期为 {mean:.1f} 起（z = {row['gi_star']:.2f}，p < 0.001，"
        "q < 0.001），如此集中难以用偶然解释，在这一水平上显示的网格中误报预计至多约 1%。"
    )


def test_text_and_number_name_the_same_cell():
    hot = find_hotspots(busy_middle())
    sentence = explain(hot, MIDDLE)
    assert explain(hot, "8931aa50e27ffff") == explain(hot, " 8931AA50E27FFFF ") == sentence
    assert explain(hot, np.uint64(MIDDLE)) == sentence
    assert " in " not in sentence.split(" is a hotspot")[0]


def test_a_cold_spot_and_a_quiet_cell_are_told():
    counts = busy_middle()
    incidents = np.random.default_rng(1).poisson(6, size=DISK.size)
    incidents[np.isin(DISK, grid_disk(MIDDLE, 2))] = 0
    hot = find_hotspots(counts.assign(incidents=incidents))
    cold = explain(hot, MIDDLE)
    assert cold.startswith("Cell 8931aa50e27ffff is a cold spot at 99 %: it and its 6 neighbors")
    assert "hold 0 incidents (0 in the cell itself)" in cold
    assert "so little in one place is hardly chance" in cold
    assert "z = \u2212" in cold
    assert "为冷点（99%）" in explain(hot, MIDDLE, lang="zh")
    tables = hot.loc[hot["spot"] == "not significant"]
    below, above = (
        tables.loc[tables["gi_star"].abs().between(0.5, 1.5) & side, "cell"].iloc[0]
        for side in (tables["gi_star"] < 0, tables["gi_star"] > 0)
    )
    assert "is neither a hotspot nor a cold spot" in explain(hot, below)
    assert "fewer than expected, but chance alone" in explain(hot, below)
    assert "more than expected, but chance alone" in explain(hot, above)
    assert "高于预期，但在众多网格中仅凭偶然也可能出现" in explain(hot, above, lang="zh")


def test_one_neighbor_and_one_incident_are_singular():
    # A pair of cells apart from the rest: each has one neighbor.
    pair = grid_disk(int(FAR), 1)[:2]
    cells = np.append(DISK, pair)
    incidents = np.append(busy_middle()["incidents"], [1, 0])
    hot = find_hotspots(pd.DataFrame({"cell": cells, "incidents": incidents}))
    assert "it and its 1 neighbor together hold 1 incident (" in explain(hot, pair[0])
    alone = find_hotspots(pd.DataFrame({"cell": cells, "incidents": incidents}), statistic="gi")
    assert "its 1 neighbor holds 0 incidents (and the cell itself 1)" in explain(alone, pair[0])
    assert "本格与 1 个相邻网格共有 1 起事件" in explain(hot, pair[0], lang="zh")


def test_gi_leaves_the_own_incidents_out():
    hot = find_hotspots(busy_middle(), statistic="gi")
    incidents = busy_middle()["incidents"]
    expected = 6 * (incidents.sum() - 5) / (DISK.size - 1)
    sentence = explain(hot, MIDDLE)
    assert "its 6 neighbors together hold 30 incidents (and the cell itself 5)" in sentence
    assert f"where {expected:.1f} would be expected" in sentence
    # The z says which statistic it is when attrs are lost, as in a file.
    hot.attrs = {}
    assert explain(hot, MIDDLE) == sentence


def test_rates_are_told_as_averages():
    counts = busy_middle(street_id="S2")
    rates = measure_rates(
        counts, base=dict(zip(DISK.tolist(), [3.0] * DISK.size, strict=True)), per=10
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        hot = find_hotspots(rates, value="rate")
    sentence = explain(hot, MIDDLE, jurisdictions=STREETS)
    assert "have a rate of 16.7 on average (16.7 in the cell itself, with 5 incidents)" in sentence
    assert (
        f"where {counts['incidents'].mean() * 10 / 3:.1f} would be expected if the values"
        in sentence
    )
    assert "的比率平均为 16.7（本格 16.7，5 起事件）" in explain(hot, MIDDLE, lang="zh")


def test_a_cell_without_an_answer_gets_its_reason():
    cells = np.append(DISK, FAR)
    incidents = np.append(busy_middle()["incidents"], 3)
    hot = find_hotspots(pd.DataFrame({"cell": cells, "incidents": incidents}))
    assert explain(hot, FAR) == (
        "Cell 892a100d2d7ffff was not tested and is neither a hotspot nor a cold spot: no neighbor "
        "in the grid; it holds 3 incidents."
    )
    assert explain(hot, FAR, lang="zh") == (
        "网格 892a100d2d7ffff 未作检验，既不是热点也不是冷点：无相邻网格；本格有 3 起事件。"
    )


def test_a_table_from_a_file_is_told_the_same(tmp_path):
    hot = find_hotspots(busy_middle())
    path = tmp_path / "hotspots.csv"
    hot.assign(cell=cells_to_text(hot["cell"].to_numpy()), gi_star=hot["gi_star"].round(2)).to_csv(
        path, index=False
    )
    assert explain(pd.read_csv(path), MIDDLE) == explain(hot, MIDDLE)


def test_periods_and_groups_have_to_be_named():
    months = [pd.Timestamp(month, tz="Asia/Shanghai") for month in ("2024-01-01", "2024-02-01")]
    counts = pd.concat(
        [busy_middle(period=month, group=group) for month in months for group in ("noise", "rest")],
        ignore_index=True,
    )
    hot = find_hotspots(counts)
    with pytest.raises(InputError, match=r"period must be named.*Found: 2, .* 2024-01-01, 2024-02"):
        explain(hot, MIDDLE)
    with pytest.raises(InputError, match=r"group must be named.*noise, rest"):
        explain(hot, MIDDLE, period="2024-02-01")
    with pytest.raises(InputError, match=r"period must be one of hotspots. Found: '2025-01-01'"):
        explain(hot, MIDDLE, period="2025-01-01", group="noise")
    with pytest.raises(InputError, match=r"period must be a time\. Found: 'last'"):
        explain(hot, MIDDLE, period="last", group="noise")
    sentence = explain(hot, MIDDLE, period="2024-02-01", group="noise")
    assert sentence.startswith("Cell 8931aa50e27ffff (2024-02-01, noise) is a hotspot")
    assert explain(hot, MIDDLE, period=months[1], group="noise") == sentence
    with pytest.raises(
        InputError, match=r"group must be one of hotspots. Found: 'a'; there is none"
    ):
        explain(find_hotspots(busy_middle()), MIDDLE, group="a")


def test_rows_that_are_missing_are_noticed():
    hot = find_hotspots(busy_middle())
    with pytest.raises(InputError, match=r"had 6 neighbors .* around it here are 5\."):
        explain(hot.loc[hot["cell"] != grid_disk(MIDDLE, 1)[1]], MIDDLE)
    with pytest.raises(InputError, match=r"Rows are missing or were changed"):
        explain(hot.loc[np.isin(DISK, grid_disk(MIDDLE, 4))], MIDDLE)


def test_what_is_not_there_is_named():
    hot = find_hotspots(busy_middle())
    with pytest.raises(InputError, match="which is not among its 217 cells"):
        explain(hot, FAR)
    with pytest.raises(InputError, match="xyz"):
        explain(hot, "xyz")
    with pytest.raises(InputError, match=r"number or hexadecimal text\. Found: 1\.5"):
        explain(hot, 1.5)
    with pytest.raises(InputError, match="2 rows of cell 8931aa50e27ffff"):
        explain(pd.concat([hot, hot]), MIDDLE)
    with pytest.raises(OptionError, match="lang must be one of"):
        explain(hot, MIDDLE, lang="de")
    with pytest.raises(ColumnsError, match="Missing: street"):
        explain(hot, MIDDLE, jurisdictions=STREETS[["street_id"]])
    with pytest.raises(ColumnsError, match="q_value"):
        explain(hot.drop(columns="q_value"), MIDDLE)
    with pytest.raises(EmptyTableError, match="hotspots has no rows"):
        explain(hot.iloc[:0], MIDDLE)


def test_no_p_is_rounded_onto_the_other_side_of_a_level():
    assert module._probability("q", 0.09996) == "q = 0.09996"
    assert module._probability("q", 0.1) == "q = 0.100"
    assert module._probability("q", 0.0099999) == "q = 0.0099999"
    assert module._probability("p", 0.25) == "p = 0.250"
    assert module._probability("p", 0.0004) == "p < 0.001"


def test_every_phrase_is_there_in_both_languages_with_the_same_blanks():
    text = files("gridgov.hotspots").joinpath("explain_words.toml").read_text(encoding="utf-8")
    for key, phrase in tomllib.loads(text).items():
        blanks = {lang: sorted(re.findall(r"\{(\w+)\}", phrase[lang])) for lang in ("en", "zh")}
        assert phrase.keys() == {"en", "zh"}, key
        # "about 1 in 100" names its number.
        if not re.fullmatch(r"means_(hot|cold)_one", key):
            assert blanks["en"] == blanks["zh"], key
