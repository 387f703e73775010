"""A matplotlib Figure that a notebook shows as the last line of a cell."""

from __future__ import annotations

from io import BytesIO

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]


class ShownFigure(Figure):
    """A Figure outside pyplot's state that still shows itself in Jupyter.

    Without pyplot, Jupyter prints a plain Figure as ``<Figure size ...>``; with it,
    figures pile up in global state. This one only adds the method Jupyter asks for.
    """

    def _repr_png_(self) -> bytes:
        """Return the picture as PNG bytes at the figure's own resolution."""
        target = BytesIO()
        self.savefig(target, format="png")
        return target.getvalue()
