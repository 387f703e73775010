"""The picture of near repeats holds the numbers, colors and frames of the table."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from gridgov.checks import conform
from gridgov.errors import ColumnsError, EmptyTableError, InputError, OptionError
from gridgov.figures.near_repeats import plot_near_repeats


def bands_table(distances=(0, 0.1, 200), days=(0, 7, 14, np.inf)):
    pairs = [(a, b) for a in range(len(distances) - 1) for b in range(len(days) - 1)]
    count = len(pairs)
    ratio = np.linspace(0.5, 2.5, count)
    ratio[-1] = np.nan
    frame = pd.DataFrame(
        {
            "distance_from_m": [float(distances[a]) for a, _ in pairs],
            "distance_to_m": [float(distances[a + 1]) for a, _ in pairs],
            "days_from": [float(days[b]) for _, b in pairs],
            "days_to": [float(days[b + 1]) for _, b in pairs],
            "pairs": np.arange(count) * 1000 + 1,
            "pairs_expected": 10.0,
            "pairs_median": 10.0,
            "knox_ratio": ratio,
            "knox_ratio_median": ratio,
            "p_value": np.linspace(0.001, 0.9, count),
            "q_value": 0.9,
            "flagged": np.arange(count) == 3,
        }
    )
    return conform(frame, "near_repeats")


def fields_of(figure, table):
    rectangles = [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]
    return [p for p in rectangles if to_hex(p.get_edgecolor()) == "#ffffff"][: len(table)]


def shown(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_field_has_its_color_ratio_pairs_and_p():
    table = bands_table()
    figure = plot_near_repeats(table)
    # Ratios 0.5, 0.9, 1.3, 1.7, 2.1 and none: one of each class.
    expected = ["#849eba", "#f7f7f2", "#fab984", "#ed7551", "#d62f27", "#bdbdbd"]
    assert [to_hex(field.get_facecolor()) for field in fields_of(figure, table)] == expected
    texts = shown(figure)
    for text in ("0.50", "0.90", "1.30", "1.70", "2.10", "–", "1 pair, p 0.001", "none expected"):
        assert text in texts
    assert "4,001 pairs, p 0.720" in texts


def test_rows_are_distances_from_near_to_far_and_columns_days():
    table = bands_table()
    figure = plot_near_repeats(table, lang="zh")
    corners = [field.get_xy() for field in fields_of(figure, table)]
    assert [y for _, y in corners] == sorted((y for _, y in corners), reverse=True)
    assert corners[0][0] < corners[1][0] < corners[2][0]
    texts = shown(figure)
    for text in ("小于 7", "7 至不足 14", "14 及以上", "小于 0.1", "0.1 至不足 200"):
        assert text in texts


def test_flagged_fields_have_a_frame_inside_their_field():
    table = bands_table()
    figure = plot_near_repeats(table)
    frames = [p for p in figure.axes[0].patches if p.get_linewidth() == 2.2]
    # The field that is flagged, and its like in the legend.
    assert len(frames) == 2
    field = fields_of(figure, table)[3]
    assert frames[0].get_x() == pytest.approx(field.get_x() + 3)
    assert frames[0].get_width() == pytest.approx(field.get_width() - 6)


def test_no_two_texts_of_the_largest_table_overlap(boxes_of):
    figure = plot_near_repeats(bands_table(range(0, 900, 100), range(0, 54, 6)), title="近重复")
    figure.canvas.draw()
    boxes = boxes_of(figure.axes[0].texts)
    overlaps = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[:place]
        if one.x0 < other.x1 - 1
        and other.x0 < one.x1 - 1
        and one.y0 < other.y1 - 1
        and other.y0 < one.y1 - 1
    ]
    assert overlaps == []
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (bands_table().head(0), EmptyTableError, "near_repeats has no rows"),
        (bands_table().drop(columns="flagged"), ColumnsError, "column flagged"),
        (bands_table().iloc[1:], InputError, "every pair of bands once.*Found: 5 rows of 2 and 3"),
        (bands_table(range(11)), InputError, "up to 8 bands.*Found: 10 and 3"),
    ],
)
def test_tables_that_cannot_be_drawn_say_why(table, error, words):
    with pytest.raises(error, match=words):
        plot_near_repeats(table)


def test_a_language_that_does_not_exist_is_refused():
    with pytest.raises(OptionError, match="lang must be one of 'en', 'zh'"):
        plot_near_repeats(bands_table(), lang="fr")
