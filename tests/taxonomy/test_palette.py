"""The colors of maps: in order for color-blind eyes and on a gray print."""

from __future__ import annotations

import numpy as np
import pytest

from gridgov.columns import SPOTS
from gridgov.errors import OptionError
from gridgov.taxonomy.category_palette import EMERGING_COLORS, category_colors
from gridgov.taxonomy.palette import DIVERGING, NO_ANSWER_COLOR, SPOT_COLORS, spot_colors
from gridgov.taxonomy.sequence import SEQUENCE_COLORS, class_colors

# Machado, Oliveira & Fernandes (2009), doi.org/10.1109/TVCG.2009.113, severity 1.0.
SEEN_AS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "full color": np.eye(3).tolist(),
}


def lab(colors: list[str] | tuple[str, ...], seen_as: str = "full color") -> np.ndarray:
    """CIE L*a*b* (D65) of colors as an eye sees them."""
    srgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colors])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(SEEN_AS[seen_as]).T, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = linear @ np.array(to_xyz).T / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.column_stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])]
    )


def distances(colors: np.ndarray) -> np.ndarray:
    """Of every color from the next."""
    return np.linalg.norm(np.diff(colors, axis=0), axis=1)


def test_white_and_black_are_where_they_belong():
    np.testing.assert_allclose(lab(["#ffffff", "#000000"])[:, 0], [100, 0], atol=0.01)


@pytest.mark.parametrize("seen_as", list(SEEN_AS))
@pytest.mark.parametrize("number", [2, 3, 4, 5, 6, 7])
def test_the_sequence_darkens_step_by_step_for_every_eye(seen_as, number):
    colors = lab(class_colors(number), seen_as)
    # Five steps of lightness are told apart on paper without a neighbor for comparison.
    assert (np.diff(colors[:, 0]) < -5).all()
    assert (distances(colors) > 8).all()


@pytest.mark.parametrize("palette", list(DIVERGING))
@pytest.mark.parametrize("seen_as", list(SEEN_AS))
def test_hot_and_cold_darken_from_the_middle_for_every_eye(palette, seen_as):
    colors = lab(DIVERGING[palette], seen_as)
    assert (np.diff(colors[:4, 0]) > 0).all()
    assert (np.diff(colors[3:, 0]) < 0).all()
    assert (distances(colors) > 8).all()
    # Cold and hot of one level are far apart, whatever the eye.
    assert (np.linalg.norm(colors[:3] - colors[:3:-1], axis=1) > 20).all()


@pytest.mark.parametrize("palette", list(DIVERGING))
def test_no_palette_runs_from_red_over_yellow_to_green(palette):
    _, a, b = lab(DIVERGING[palette]).T
    # The cold end is blue (b* below 0), not green (a* well below 0).
    assert b[0] < -20
    assert a.min() > -15


def test_no_answer_is_a_gray_that_no_class_has():
    gray = lab([NO_ANSWER_COLOR])
    assert np.abs(gray[0, 1:]).max() < 1
    for colors in (*DIVERGING.values(), SEQUENCE_COLORS):
        # The pale green beside neutral comes nearest, and what has no answer is hatched too.
        assert np.linalg.norm(lab(colors) - gray, axis=1).min() > 9
    # Zero is the palest color, far lighter than the gray of no answer.
    assert lab(SEQUENCE_COLORS)[0, 0] - gray[0, 0] > 15


def test_the_default_is_the_palette_of_arcgis_in_the_order_of_the_spots():
    assert dict(SPOT_COLORS) == spot_colors() == spot_colors("arcgis")
    assert list(spot_colors("vik")) == list(SPOTS)
    assert (SPOT_COLORS["cold 99"], SPOT_COLORS["hot 99"]) == ("#4575b5", "#d62f27")


def test_a_palette_that_is_not_there_is_refused():
    with pytest.raises(OptionError, match=r"palette must be one of 'arcgis', 'vik'\. Found: 'rdy"):
        spot_colors("rdylgn")
    with pytest.raises(OptionError, match="palette must be one of"):
        category_colors("moran", "rdylgn")


@pytest.mark.parametrize("palette", list(DIVERGING))
@pytest.mark.parametrize("kind", ["emerging", "persistence", "trends", "moran"])
def test_categories_of_every_palette_are_apart_and_warm_or_cold_by_their_side(kind, palette):
    colors = category_colors(kind, palette)
    assert list(colors) == list(category_colors(kind))
    values = lab(list(colors.values()))
    apart = np.linalg.norm(values[:, None] - values, axis=2)
    # Beside one another on a legend and named, a difference of ten is seen at a glance.
    assert apart[~np.eye(len(values), dtype=bool)].min() > 14


@pytest.mark.parametrize("palette", list(DIVERGING))
def test_what_rises_or_is_high_is_warm_and_what_falls_or_is_low_is_blue(palette):
    colors = {**category_colors("trends", palette), **category_colors("moran", palette)}
    yellow_blue = dict(zip(colors, lab(list(colors.values()))[:, 2], strict=True))
    assert min(yellow_blue[term] for term in ("up", "HH", "HL")) > 15
    assert max(yellow_blue[term] for term in ("down", "LL", "LH")) < -15


def test_the_default_categories_stay_as_they_were():
    assert category_colors("emerging") == dict(EMERGING_COLORS)
    assert category_colors("trends", "vik")["none"] == spot_colors("vik")["not significant"]
