"""GPX files as tables: one row a track point.

The document comes from a device that somebody carried about, so that it is read as hostile:
a document type or an entity, which GPX never needs and which can blow a kilobyte up to
gigabytes, is refused before anything is expanded, and nothing outside the file is opened.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from xml.parsers import expat

import pandas as pd

from gridgov.errors import EmptyTableError, ReadError
from gridgov.sources.tables import RawTable

__all__ = ["is_gpx", "read_gpx"]

# Deeper than any GPX with extensions.
_DEEPEST = 64


class _Collector:
    """Collects track points while a document is parsed."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, str | None, str | None, str | None, str | None]] = []
        self.names: list[str] = []
        self.roots: list[str] = []
        self._open: list[str] = []
        self._text: list[str] = []
        self._segment = 0
        self._point: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an opening tag."""
        name = tag.rsplit(" ", 1)[-1]
        if not self._open:
            self.roots.append(name)
        if len(self._open) >= _DEEPEST:
            raise ReadError(f"elements more than {_DEEPEST} deep")
        self._open.append(name)
        self._text = []
        if name == "trk":
            self.names.append("")
            self._segment = 0
        elif name == "trkseg":
            self._segment += 1
        elif name == "trkpt":
            self._point = {key: attributes[key] for key in ("lat", "lon") if key in attributes}

    def text(self, data: str) -> None:
        """Take text."""
        self._text.append(data)

    def end(self, tag: str) -> None:
        """Take a closing tag."""
        name = self._open.pop()
        parent = self._open[-1] if self._open else ""
        said = "".join(self._text).strip()
        # Extensions have times and names of their own; only the point's count.
        if parent == "trkpt" and name in ("time", "ele"):
            self._point[name] = said
        elif parent == "trk" and name == "name" and self.names:
            self.names[-1] = said
        elif name == "trkpt" and self.names:
            point = self._point
            self.rows.append(
                (
                    len(self.names) - 1,
                    self._segment,
                    point.get("time"),
                    point.get("lon"),
                    point.get("lat"),
                    point.get("ele"),
                )
            )
        self._text = []


def is_gpx(source: object) -> bool:
    """Return whether a source is the path of a GPX file.

    Examples
    --------
    >>> is_gpx("walk.GPX"), is_gpx("walk.gpx.gz"), is_gpx("walk.csv")
    (True, True, False)
    """
    if not isinstance(source, (str, Path)):
        return False
    return str(source).lower().endswith((".gpx", ".gpx.gz"))


def read_gpx(path: Path) -> RawTable:
    """Read the track points of a GPX file, version 1.0 or 1.1.

    Parameters
    ----------
    path
        The file; may be gzipped.

    Returns
    -------
    RawTable
        ``track_id`` (the track's name, or ``track-1`` ...; a name that comes again gets a
        number), ``fix_at`` (as written), ``longitude``, ``latitude``, ``elevation_m`` and
        ``segment``, all text but the last. Routes and waypoints are no fixes and are left out.

    Raises
    ------
    ReadError
        If the file cannot be read, is no GPX, or has a document type or entities.
    EmptyTableError
        If it has no track points.
    """
    collector = _Collector()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        data = path.read_bytes()
        parser.Parse(gzip.decompress(data) if path.suffix.lower() == ".gz" else data, True)
    except (OSError, EOFError, zlib.error, expat.ExpatError, ReadError) as error:
        raise ReadError(
            f"{path.name} must be a readable GPX file without document type and entities. Found: "
            f"{error}. Export it again from the device."
        ) from error
    if collector.roots != ["gpx"]:
        raise ReadError(
            f"{path.name} must be a GPX file. Found: a document that begins with "
            f"<{collector.roots[0]}>. Export it as GPX."
        )
    if not collector.rows:
        raise EmptyTableError(
            f"{path.name} must have at least one track point (trkpt). Found: none in "
            f"{len(collector.names)} tracks. Routes and waypoints are no record of a patrol."
        )
    frame = pd.DataFrame(
        collector.rows,
        columns=["track", "segment", "fix_at", "longitude", "latitude", "elevation_m"],
    )
    ids = pd.Series(_numbered(collector.names), dtype="str")
    frame.insert(0, "track_id", ids.take(frame.pop("track")).to_numpy())
    texts = ["fix_at", "longitude", "latitude", "elevation_m"]
    return RawTable(frame.astype(dict.fromkeys(texts, "str")), None, path.name)


def _refuse(*_: object) -> int:
    """Refuse what makes a document dangerous."""
    raise ReadError("a document type or entity")


def _numbered(names: list[str]) -> list[str]:
    """Return a different id for every track."""
    seen: dict[str, int] = {}
    ids = []
    for number, name in enumerate(names, 1):
        base = name or f"track-{number}"
        again = seen.get(base, 0) + 1
        seen[base] = again
        ids.append(base if again == 1 else f"{base}#{again}")
    return ids
