"""The strips show the histories of the table: bars, names, numbers, dates."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.emerging import plot_emerging
from gridgov.geo.hexgrid import grid_disk
from gridgov.schema.emerging import EMERGING_CATEGORIES
from gridgov.taxonomy.labels import label
from gridgov.taxonomy.palette import SPOT_COLORS

CELLS = grid_disk(0x8931AA50E27FFFF, 2)


def table_of(histories: list[dict], group: str | None = None, steps: int = 4) -> pd.DataFrame:
    categories = [entry["category"] for entry in histories for _ in range(entry["cells"])]
    frame = pd.DataFrame(
        {
            "cell": CELLS[: len(categories)],
            "group": group,
            "incidents": 5,
            "area_km2": 0.1,
            "periods": steps,
            "category": categories,
        }
    )
    table = conform(frame, "emerging")
    months = pd.date_range("2017-01-01", periods=steps, freq="MS", tz="Asia/Shanghai")
    table.attrs["emerging"] = {
        "alpha": 0.1,
        "periods": [month.isoformat() for month in months],
        "groups": [{"group": group, "histories": histories}],
    }
    return table


TWO = [
    {"category": "new hot", "cells": 2, "hot": [0, 0, 0, 2], "cold": [0, 0, 0, 0]},
    {"category": "sporadic cold", "cells": 4, "hot": [0, 1, 0, 0], "cold": [2, 0, 0, 4]},
]


def texts_of(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def bars_of(figure) -> dict[str, list[float]]:
    """Return the signed heights of the bars by color."""
    found = {}
    for collection in figure.axes[0].collections:
        if isinstance(collection, PolyCollection):
            corners = [path.vertices for path in collection.get_paths()]
            color = to_hex(collection.get_facecolors()[0])
            found[color] = [float(part[2, 1] - part[0, 1]) for part in corners]
    return found


def test_a_bar_is_as_high_as_the_share_of_cells():
    bars = bars_of(plot_emerging(table_of(TWO)))
    full = bars[SPOT_COLORS["hot 99"]][0]
    assert full > 0
    np.testing.assert_allclose(bars[SPOT_COLORS["hot 99"]], [full, full / 4])
    np.testing.assert_allclose(bars[SPOT_COLORS["cold 99"]], [-full / 2, -full])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_numbers_dates_and_notes_are_written(lang):
    texts = texts_of(plot_emerging(table_of(TWO, group="占道经营"), lang=lang, source="hotline"))
    for term, number in (("new hot", "2"), ("sporadic cold", "4")):
        assert texts.index(number) == texts.index(label("emerging", term, lang)) + 1
    assert {"2017-01-01", "2017-04-01"} <= set(texts)
    joined = "".join(texts)
    assert "hotline" in joined
    assert {"en": "30 incidents in 6 H3 cells", "zh": "6 个 H3 网格，30 起事件"}[lang] in joined


def test_all_seventeen_categories_and_sixty_periods_have_room():
    histories = [
        {"category": name, "cells": 1, "hot": [1, 0] * 30, "cold": [0, 1] * 30}
        for name in EMERGING_CATEGORIES
    ]
    figure = plot_emerging(table_of(histories, steps=60), lang="zh")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
    frame = figure.bbox
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= frame.x1 for box in boxes)
    assert max(box.y1 for box in boxes) <= frame.y1
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :]), texts_of(figure)[i]


def test_the_same_table_gives_the_same_picture():
    files = []
    for _ in range(2):
        file = BytesIO()
        plot_emerging(table_of(TWO)).savefig(file, format="png", metadata={"Software": None})
        files.append(file.getvalue())
    assert files[0] == files[1]


def test_a_table_that_cannot_be_drawn_is_refused_in_words():
    table = table_of(TWO)
    with pytest.raises(OptionError, match="lang must be one of"):
        plot_emerging(table, lang="de")
    with pytest.raises(ColumnsError, match="must have the column category"):
        plot_emerging(table.drop(columns="category"))
    with pytest.raises(EmptyTableError, match="emerging has no rows"):
        plot_emerging(table.iloc[:0])
    bare = table.copy()
    bare.attrs.clear()
    with pytest.raises(InputError, match=r"must carry the histories.*find_emerging_hotspots"):
        plot_emerging(bare)
    with pytest.raises(InputError, match="none for this group"):
        plot_emerging(table_of(TWO).assign(group="other"))
    both = pd.concat([table.assign(group="a"), table.assign(group="b")])
    with pytest.raises(InputError, match=r"A figure shows one group\. Found: 2 different values"):
        plot_emerging(both)
    empty = conform(
        pd.DataFrame({"cell": CELLS[:1], "incidents": 0}).assign(area_km2=0.1, periods=4),
        "emerging",
    )
    empty.attrs["emerging"] = {
        **table.attrs["emerging"],
        "groups": [{"group": None, "histories": []}],
    }
    with pytest.raises(InputError, match="needs a cell with a category"):
        plot_emerging(empty)
