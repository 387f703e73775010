"""An element whose text reaches the page as it is and is never read as a template."""

from __future__ import annotations

from typing import Any

from branca.element import Element

__all__ = ["Verbatim"]


class Verbatim(Element):
    """An element whose text reaches the page as it is and is never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text."""
        return self.text
