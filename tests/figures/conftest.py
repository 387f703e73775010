"""Where the texts of a figure stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg


@pytest.fixture(scope="session")
def boxes_of() -> Callable[[Sequence[Any]], list[Any]]:
    """Return the boxes of texts of one figure, in dots.

    Asked for a box alone, each text makes a whole page of dots anew and keeps it a while.
    """

    def boxes(texts: Sequence[Any]) -> list[Any]:
        if not texts:
            return []
        renderer = FigureCanvasAgg(texts[0].get_figure(root=True)).get_renderer()
        return [text.get_window_extent(renderer) for text in texts]

    return boxes
