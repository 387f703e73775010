"""A figure shows itself in a notebook and stays out of pyplot's state."""

from __future__ import annotations

import matplotlib.pyplot as plt

from gridgov.figures.sheet import make_sheet


def test_a_notebook_gets_a_picture_and_pyplot_gets_nothing() -> None:
    figure, _ = make_sheet(200.0, 100.0)
    assert figure._repr_png_().startswith(b"\x89PNG\r\n")
    assert plt.get_fignums() == []
