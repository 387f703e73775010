"""A map as one file that opens from a USB stick on a machine with no network.

1. Leaflet and, where a stock popup needs it, jQuery are put into the page; Folium's other
   usual links are dropped when nothing uses them.
2. Whatever else would be fetched is refused, and the error names it.
3. A Content-Security-Policy lets the browser run the scripts that this module wrote into
   the page, by their SHA-256, and fetch nothing at all.
4. The same map gives the same bytes: the random names that Folium gives become numbers.
5. The file appears whole or not at all.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import folium

from gridgov.errors import MapError, OutputError
from gridgov.maps.page import walk
from gridgov.maps.vendored import jquery_js, leaflet_css, leaflet_js, notices

__all__ = ["save_html"]

# Folium's usual links by the file they name. What stands behind "" is dropped.
_KNOWN = (
    (re.compile(r"/leaflet@1\.9\.\d+/dist/leaflet(\.min)?\.js$"), "leaflet_js"),
    (re.compile(r"/leaflet@1\.9\.\d+/dist/leaflet(\.min)?\.css$"), "leaflet_css"),
    (re.compile(r"/jquery-3\.[\d.]+(\.slim)?(\.min)?\.js$"), "jquery"),
    (re.compile(r"/bootstrap[@/][\d.]+/(dist/)?(js|css)/bootstrap[\w.-]*\.(js|css)$"), ""),
    (re.compile(r"/leaflet[.-]awesome[.-]markers\.(js|css)$"), ""),
    (re.compile(r"/leaflet\.awesome\.rotate\.min\.css$"), ""),
    (re.compile(r"/fontawesome-free@[\d.]+/css/all\.min\.css$"), ""),
)
_USES_JQUERY = re.compile(r"\$\(|\$\.|\bjQuery\b")
_USES_ICON_FONT = re.compile(r"AwesomeMarkers|\bclass=\\?[\"'][^\"']*\b(fa|glyphicon)-")
_FETCHING_CSS = re.compile(r"url\(\s*['\"]?(?!['\"]?(?:data:|#))([^)'\"]+)|@import\s+([^;]+)")
_FETCHING = frozenset({"src", "href", "srcset", "poster", "data", "background", "xlink:href"})
_NOT_FETCHED = ("data:", "#", "about:", "javascript:")
# The random part of a name such as map_0123...; base64 has no underscore.
_RANDOM = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")
_REMOTE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
# Attributes of elements that hold words and not the address of something to fetch.
_WORDS = frozenset({"layer_name", "tile_name", "text", "title", "data", "attr"})

_ADVICE = "Remove it before saving, or keep the map for machines with a network (map.save)."


def save_html(folium_map: folium.Map, path: str | Path) -> Path:
    """Write a map as one HTML file that needs no network.

    Parameters
    ----------
    folium_map
        What :func:`gridgov.map_hotspots` or :func:`gridgov.map_incidents` returned, or a
        ``folium.Map`` of stock vector layers, markers, tooltips and popups.
    path
        The file to write; an existing one is replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    MapError
        If it is no ``folium.Map``, or something on it would be fetched from the network,
        such as a base map, a plugin or an icon font; the message names it.
    OutputError
        If the folder does not exist or the file cannot be written. Nothing half written
        is left behind.

    Notes
    -----
    The page carries a Content-Security-Policy: no request of any kind, scripts by their
    SHA-256 only, so that neither a link nor an event attribute in a record can act. Stock
    elements work, but text that they are given is theirs: pass it through
    :func:`gridgov.escape`. Links that a reader clicks still lead to the web.

    Examples
    --------
    >>> import tempfile
    >>> page = folium.Map(location=[39.9, 116.2], tiles=None)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = save_html(page, Path(folder) / "map.html")
    ...     print(saved.name, "https://cdn" in saved.read_text(encoding="utf-8"))
    map.html False
    """
    if not isinstance(folium_map, folium.Map):
        raise MapError(
            f"save_html writes a folium.Map. Found: {type(folium_map).__name__}. "
            "gridgov.map_hotspots(...) and gridgov.map_incidents(...) return one."
        )
    target = Path(path)
    if not target.parent.is_dir():
        raise OutputError(
            f"The folder of a file to write must exist. Not there: {target.parent}. "
            f"Make it first: Path({str(target.parent)!r}).mkdir(parents=True)."
        )
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file in it, such as map.html.")
    root = folium_map.get_root()
    _refuse_remote_elements(root)
    return _write(target, _one_file(root))


def _refuse_remote_elements(root: Any) -> None:
    """Refuse elements that fetch something, such as base maps and pictures by address.

    Raises
    ------
    MapError
        If there is one; the message names the element and its address.
    """
    for element in walk(root):
        if type(element).__name__ in ("JavascriptLink", "CssLink"):
            continue
        held = dict(vars(element))
        options = held.get("options")
        held |= options if isinstance(options, dict) else {}
        for name, value in held.items():
            if name not in _WORDS and isinstance(value, str) and _REMOTE.match(value):
                raise MapError(
                    f"A map in one file fetches nothing. Found: {type(element).__name__}, which "
                    f"fetches {value}. {_ADVICE}"
                )


def _one_file(root: Any) -> str:
    """Return the page with everything inside and the policy in its head."""
    page = root.render().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "</script" in root.script.render().lower():
        raise MapError(
            "The script of a map must not hold </script. Found one: text reached a stock "
            "element as it was. Pass text through gridgov.escape(...) first."
        )
    found = _read(page)
    own = {leaflet_js().strip(), jquery_js().strip()}
    theirs = "\n".join(script for script in found.scripts if script.strip() not in own)
    if icon := _USES_ICON_FONT.search(theirs) or _USES_ICON_FONT.search(found.markup):
        raise MapError(
            f"A map in one file has no icon fonts. Found: {icon[0]!r}, from folium.Icon or a "
            "class of Font Awesome. Use folium.Marker without icon, folium.CircleMarker or "
            "folium.DivIcon with text."
        )
    parts = {
        "leaflet_js": f"<script>{leaflet_js()}</script>",
        "leaflet_css": f"<style>{leaflet_css()}</style>",
        "jquery": f"<script>{jquery_js()}</script>" if _USES_JQUERY.search(theirs) else "",
        "": "",
    }
    for start, end, part in reversed(found.links):
        page = page[:start] + parts[part] + page[end:]
    names: dict[str, str] = {}
    page = _RANDOM.sub(lambda found: names.setdefault(found[0], f"{len(names):032x}"), page)
    hashes = sorted({_hash(script) for script in _read(page).scripts})
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(hashes)}" if hashes else "script-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    head = (
        '<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    )
    return f"{page.replace('<head>', head, 1)}<!--\n{notices()}\n-->\n"


class _Found(NamedTuple):
    """What a page holds: places of known links, texts of scripts, tags and other text."""

    links: list[tuple[int, int, str]]
    scripts: list[str]
    markup: str


class _Reader(HTMLParser):
    """Reads a page: known links, scripts, and a stop at whatever would be fetched."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self._starts = [0]
        for line in page.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.links: list[tuple[int, int, str]] = []
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
            self._linked = self._here(), self._known(tag, held["src"])
            return
        if tag == "link" and "href" in held:
            start = self._here()
            end = start + len(self.get_starttag_text() or "")
            self.links.append((start, end, self._known(tag, held["href"])))
            return
        self.markup.append(self.get_starttag_text() or "")
        for name, value in held.items():
            # A link to click fetches nothing by itself.
            if tag in ("a", "area") and name == "href":
                continue
            address = value.strip().lower()
            if name in _FETCHING and address and not address.startswith(_NOT_FETCHED):
                _refuse(f"<{tag} {name}>", value)
        self._check_css(f"<{tag} style>", held.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Keep the text of scripts and styles."""
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Close a script or style."""
        text = "".join(self._text)
        if tag == "script" and self._linked is not None:
            self.links.append((self._linked[0], self._here() + len("</script>"), self._linked[1]))
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

    def _known(self, tag: str, address: str) -> str:
        """Return the name of what stands for a known link."""
        for pattern, part in _KNOWN:
            if pattern.search(address):
                return part
        return _refuse(f"<{tag}>", address)

    def _check_css(self, where: str, text: str) -> None:
        """Refuse style that fetches."""
        fetched = _FETCHING_CSS.search(text)
        if fetched:
            _refuse(where, (fetched[1] or fetched[2]).strip())


def _read(page: str) -> _Found:
    """Return what a page holds."""
    reader = _Reader(page)
    reader.feed(page)
    reader.close()
    return _Found(reader.links, reader.scripts, "".join(reader.markup))


def _refuse(where: str, address: str) -> str:
    """Raise for something that would be fetched."""
    raise MapError(
        f"A map in one file fetches nothing. Found: {where} with {address[:200]}, such as a plugin "
        f"brings. {_ADVICE}"
    )


def _hash(script: str) -> str:
    """Return a script's SHA-256 as a policy spells it."""
    digest = hashlib.sha256(script.encode("utf-8", "replace")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _write(target: Path, page: str) -> Path:
    """Write a page beside its place and move it there, so that it is whole or absent."""
    passing = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        passing.write_text(page, encoding="utf-8", errors="replace", newline="\n")
        passing.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            passing.unlink(missing_ok=True)
        raise OutputError(
            f"The file must be writable. Cannot write {target}: {error.strerror or error}. Close "
            "it in other programs, or choose another folder."
        ) from error
    return target
