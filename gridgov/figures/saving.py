"""Figures as files: for the printer, the slide and the layout program.

A file looks the same wherever it is opened: letters of a PNG are dots, those of an SVG
outlines, those of a PDF come from the fonts that it carries. It holds no date and no name
of a machine, so that the same figure gives the same bytes and a folder of results can be
compared with last month's.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from gridgov.errors import OptionError, OutputError

__all__ = ["save_figure"]

# What would change from run to run, or with the version of matplotlib.
_METADATA = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_SETTINGS: Any = {
    # Ids in an SVG are salted with a random number unless told otherwise.
    "svg.hashsalt": "gridgov",
    "svg.fonttype": "path",
    "svg.image_inline": True,
    # Type 3 holds the outlines of the glyphs used, also of fonts that PDF has no kind for.
    "pdf.fonttype": 3,
    "pdf.use14corefonts": False,
    "pdf.compression": 6,
    "savefig.bbox": None,
}


def save_figure(figure: Figure, path: str | Path, *, dpi: int = 300) -> Path:
    """Write a figure as PNG, SVG or PDF, the same bytes for the same figure.

    Parameters
    ----------
    figure
        What a ``plot_`` function returned, or any matplotlib Figure.
    path
        The file to write; its ending says the kind: ``.png``, ``.svg`` or ``.pdf``. An
        existing file is replaced.
    dpi
        Dots an inch, 30 to 1,200: 300 for print. In an SVG or PDF it holds for what is a
        picture in the figure, such as a cloud of very many points.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OptionError
        If it is no Figure, or the ending or `dpi` is another one.
    OutputError
        If the folder does not exist or the file cannot be written. Nothing half written
        is left behind.

    Notes
    -----
    Letters in an SVG are outlines: they look right on a machine without the font, and
    cannot be searched or edited as text. A PDF carries the glyphs it uses and can be
    searched.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = save_figure(Figure(figsize=(2, 1)), Path(folder) / "figure.svg")
    ...     print(saved.name, saved.read_bytes()[:5])
    figure.svg b'<?xml'
    """
    if not isinstance(figure, Figure):
        raise OptionError(
            f"save_figure writes a matplotlib Figure. Found: {type(figure).__name__}. "
            "gridgov.plot_hotspots(...) returns one; gridgov.save_html(...) writes a map."
        )
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in _METADATA:
        raise OptionError(
            f"A figure is written as .png, .svg or .pdf. Found: {target.name!r}. Name the file "
            "with one of these endings."
        )
    whole = not isinstance(dpi, bool) and hasattr(dpi, "__index__")
    if not whole or not 30 <= int(dpi) <= 1200:
        raise OptionError(f"dpi must be a whole number from 30 to 1,200. Found: {dpi!r}.")
    if not target.parent.is_dir():
        raise OutputError(
            f"The folder of a file to write must exist. Not there: {target.parent}. "
            f"Make it first: Path({str(target.parent)!r}).mkdir(parents=True)."
        )
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file in it, such as figure.png.")
    drawn = BytesIO()
    with matplotlib.rc_context(_SETTINGS):
        figure.savefig(drawn, format=kind, dpi=int(dpi), metadata=_METADATA[kind])
    return _write(target, drawn.getvalue())


def _write(target: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there in one step."""
    beside = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(
            f"The figure could not be written. {target}: {error.strerror or error}. Close the "
            "file where it is open, or choose another folder."
        ) from error
    return target
