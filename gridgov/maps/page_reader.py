"""Reads a rendered page: its links to libraries, its scripts, and whatever would be fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, NamedTuple, NoReturn

__all__ = ["Found", "Link", "read_page"]

_FETCHING_CSS = re.compile(r"url\(\s*['\"]?(?!['\"]?(?:data:|#))([^)'\"]+)|@import\s+([^;]+)")
_FETCHING = frozenset({"src", "href", "srcset", "poster", "data", "background", "xlink:href"})
_NOT_FETCHED = ("data:", "#", "about:", "javascript:")


class Link(NamedTuple):
    """A link to a script or a style: where it stands in the page, and its address."""

    start: int
    end: int
    tag: str
    address: str


class Found(NamedTuple):
    """What a page holds: links to libraries, texts of scripts, and its tags."""

    links: list[Link]
    scripts: list[str]
    markup: str


def read_page(page: str, refuse: Callable[[str, str], NoReturn]) -> Found:
    """Return what a page holds.

    Parameters
    ----------
    page
        HTML.
    refuse
        Called with a place and an address for whatever else would be fetched; raises.

    Raises
    ------
    GridgovError
        What `refuse` raises.
    """
    reader = _Reader(page, refuse)
    reader.feed(page)
    reader.close()
    return Found(reader.links, reader.scripts, "".join(reader.markup))


class _Reader(HTMLParser):
    """Reads a page, and stops at whatever would be fetched."""

    def __init__(self, page: str, refuse: Callable[[str, str], NoReturn]) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0]
        for line in page.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._refuse = refuse
        self.links: list[Link] = []
        self.scripts: list[str] = []
        self.markup: list[str] = []
        self._inside = ""
        self._linked: tuple[int, str] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script or link, refuse what fetches."""
        held = {name: value or "" for name, value in attrs}
        self._inside, self._text = tag, []
        if tag == "script" and held.get("src"):
            self._linked = self._here(), held["src"]
            return
        if tag == "link" and "stylesheet" in held.get("rel", "").lower() and "href" in held:
            start = self._here()
            end = start + len(self.get_starttag_text() or "")
            self.links.append(Link(start, end, tag, held["href"]))
            return
        self.markup.append(self.get_starttag_text() or "")
        for name, value in held.items():
            # A link to click fetches nothing by itself.
            if tag in ("a", "area") and name == "href":
                continue
            address = value.strip().lower()
            if name in _FETCHING and address and not address.startswith(_NOT_FETCHED):
                self._refuse(f"<{tag} {name}>", value)
        self._check_css(f"<{tag} style>", held.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and styles."""
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a script or style."""
        text = "".join(self._text)
        if tag == "script" and self._linked is not None:
            start, address = self._linked
            self.links.append(Link(start, self._here() + len("</script>"), tag, address))
            self._linked = None
        elif tag == "script" and self._inside == tag:
            self.scripts.append(text)
        elif tag == "style" and self._inside == tag:
            self._check_css("<style>", text)
        self._inside, self._text = "", []

    def _here(self) -> int:
        """Return the offset of the tag that is being read."""
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def _check_css(self, where: str, text: str) -> Any:
        """Refuse style that fetches."""
        fetched = _FETCHING_CSS.search(text)
        if fetched:
            self._refuse(where, (fetched[1] or fetched[2]).strip())
