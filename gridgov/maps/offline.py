"""A map as one file that opens from a USB stick on a machine with no network.

1. Leaflet and the libraries of the plugins on the map are put into the page; Folium's other
   usual links are dropped when nothing uses them.
2. Whatever else would be fetched is refused, and the error names it and says what to do.
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
from pathlib import Path
from typing import Any, NoReturn

import folium

from gridgov.errors import MapError, OutputError
from gridgov.maps.base_pairing import check_pairing
from gridgov.maps.offline_elements import (
    as_saved,
    refuse_remote_elements,
    warn_of_plain_pins,
    who_links,
)
from gridgov.maps.offline_libraries import Library, find_library, inlined_plugin_names
from gridgov.maps.page_reader import read_page
from gridgov.maps.template_marks import warn_of_template_marks
from gridgov.maps.vendored import jquery_js, leaflet_js, notices

__all__ = ["save_html"]

_USES_ICON_FONT = re.compile(r"\bclass=\\?[\"'][^\"']*\b(fa|glyphicon)-")
# The random part of a name such as map_0123...; base64 has no underscore.
_RANDOM = re.compile(r"(?<=_)[0-9a-f]{32}(?![0-9a-f])")

_ADVICE = "Remove it before saving, or keep the map for machines with a network (map.save)."


def save_html(
    folium_map: folium.Map,
    path: str | Path,
    *,
    drop_base: bool = False,
    libraries: str | Path | None = None,
) -> Path:
    """Write a map as one HTML file that needs no network.

    Parameters
    ----------
    folium_map
        A map of gridgov, or any ``folium.Map``, such as ``GeoDataFrame.explore`` returns.
    path
        The file to write; an existing one is replaced.
    drop_base
        Leave base maps that would be fetched out of the file instead of refusing them. The
        map itself keeps them.
    libraries
        A folder with the scripts and styles of plugins that gridgov carries no copy of, each
        under the last part of its address.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    MapError
        If it is no ``folium.Map``, or something on it would be fetched from the network,
        such as a base map or a picture by address, or needs a library that is not there; the
        message names it and says what to do.
    OutputError
        If the folder does not exist or the file cannot be written. Nothing half written
        is left behind.

    Warns
    -----
    DataWarning
        If text of a stock element holds template marks, or pins lose their icon.

    Notes
    -----
    The page carries a Content-Security-Policy: no request of any kind, scripts by their
    SHA-256 only, so that neither a link nor an event attribute in a record can act. Stock
    elements work, but text that they are given is theirs: pass it through
    :func:`gridgov.escape`. Links that a reader clicks still lead to the web.

    These plugins of Folium go into the file: AntPath, FastMarkerCluster,
    FeatureGroupSubGroup, Fullscreen, GroupedLayerControl, HeatMap, HeatMapWithTime,
    MarkerCluster, MousePosition, PolyLineOffset, PolyLineTextPath, Search and
    TimestampedGeoJson. A ``folium.Icon`` shows as a pin in its color without its icon, which
    would need a font. A plugin that makes code out of text at run time, such as
    MeasureControl, is stopped by the policy.

    Examples
    --------
    >>> import tempfile
    >>> page = folium.Map(location=[39.9, 116.2])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = save_html(page, Path(folder) / "map.html", drop_base=True)
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
    folder = None if libraries is None else Path(libraries)
    if folder is not None and not folder.is_dir():
        raise OutputError(f"libraries must be a folder that exists. Not there: {folder}.")
    with as_saved(folium_map, drop_base=drop_base):
        root = folium_map.get_root()
        check_pairing(folium_map)
        refuse_remote_elements(root)
        # Our own maps warn when they render.
        if not getattr(folium_map, "warns_of_template_marks", False):
            warn_of_template_marks(folium_map)
        warn_of_plain_pins(root)
        page = _one_file(root, folder)
    return _write(target, page)


def _one_file(root: Any, folder: Path | None) -> str:
    """Return the page with everything inside and the policy in its head."""
    page = root.render().replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if "</script" in root.script.render().lower():
        raise MapError(
            "The script of a map must not hold </script. Found one: text reached a stock "
            "element as it was. Pass text through gridgov.escape(...) first."
        )
    found = read_page(page, _refuse)
    own = {leaflet_js().strip(), jquery_js().strip()}
    theirs = "\n".join(script for script in found.scripts if script.strip() not in own)
    if icon := _USES_ICON_FONT.search(theirs) or _USES_ICON_FONT.search(found.markup):
        raise MapError(
            f"A map in one file has no icon fonts. Found: {icon[0]!r}, a class of Font Awesome or "
            "Glyphicons. Use folium.Icon, folium.CircleMarker, or folium.DivIcon with text."
        )
    parts = [_library(root, link.address, folder) for link in found.links]
    used: set[str] = set()
    inside: set[str] = set()
    texts = []
    for part in parts:
        # A library twice on a page, as two plugins link it, goes in once.
        needed = part.text and (not part.needed_by or re.search(part.needed_by, theirs))
        texts.append(_in_page(part) if needed and part.text not in inside else "")
        if needed:
            inside.add(part.text)
            used.add(part.notice)
    for link, text in reversed(list(zip(found.links, texts, strict=True))):
        page = page[: link.start] + text + page[link.end :]
    names: dict[str, str] = {}
    page = _RANDOM.sub(lambda found: names.setdefault(found[0], f"{len(names):032x}"), page)
    hashes = sorted({_hash(script) for script in read_page(page, _refuse).scripts})
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
    return f"{page.replace('<head>', head, 1)}<!--\n{notices(used)}\n-->\n"


def _library(root: Any, address: str, folder: Path | None) -> Library:
    """Return what stands for a link.

    Raises
    ------
    MapError
        If there is nothing; the message names the plugin and what to do.
    """
    part = find_library(address, folder)
    if part is not None:
        return part
    name = Path(address.split("?")[0]).name or "it"
    raise MapError(
        f"A map in one file fetches nothing. Found: {who_links(root, address)}, which links "
        f"{address[:200]}, and gridgov carries no copy of that. Remove it before saving; or save "
        f"{name} in a folder and pass libraries='that folder'; or use one of "
        f"{inlined_plugin_names()}."
    )


def _in_page(part: Library) -> str:
    """Return a library as an element of the page."""
    tag = "script" if part.kind == "script" else "style"
    return f"<{tag}>{part.text}</{tag}>"


def _refuse(where: str, address: str) -> NoReturn:
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
