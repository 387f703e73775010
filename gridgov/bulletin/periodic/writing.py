"""A bulletin as files: Word, PowerPoint, Excel, offline HTML, and the numbers as JSON.

All files of a bulletin are made in a hidden folder beside their place and put there together:
whatever goes wrong on the way, the files that were there before are as they were.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pandas as pd

from gridgov.bulletin.document.docx_file import write_docx
from gridgov.bulletin.document.html_file import write_html
from gridgov.bulletin.document.json_file import write_json
from gridgov.bulletin.document.model import Document, TableBlock
from gridgov.bulletin.document.office import office_package
from gridgov.bulletin.document.pptx_file import write_pptx
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.bulletin.periodic.bulletin import make_bulletin
from gridgov.checks import check_choice
from gridgov.columns import Language
from gridgov.errors import OptionError, OutputError

__all__ = ["FORMATS", "BulletinResult", "named_formats", "put_files", "write_bulletin"]

FORMATS: Mapping[str, Callable[[Document, Path], Path]] = {
    ".docx": write_docx,
    ".pptx": write_pptx,
    ".xlsx": write_xlsx,
    ".html": write_html,
}
"""The writer of every format by the ending of its files."""


@dataclass(frozen=True, slots=True)
class BulletinResult:
    """What a bulletin wrote.

    Attributes
    ----------
    paths
        The files written; the JSON last.
    document
        The bulletin.
    tables
        Its tables by name, all rows.
    summary
        The sentences to take away, in its language.
    """

    paths: tuple[Path, ...]
    document: Document
    tables: Mapping[str, pd.DataFrame]
    summary: tuple[str, ...]


def write_bulletin(
    path: str | Path,
    *,
    incidents: Any,
    grid: Any,
    jurisdictions: Any,
    cases: Any = None,
    day: str | None = None,
    week: str | None = None,
    month: str | None = None,
    year: str | int | None = None,
    street: str | None = None,
    lang: Language = "en",
    scheme: Any = None,
    weights: Mapping[str, float] | None = None,
    calendar: Any = None,
    events: Any = None,
    inventory: Any = None,
    campaigns: Any = None,
    standing: Any = None,
    set_aside: Any = None,
    cases_set_aside: Any = None,
    title: str | None = None,
    source: str | None = None,
    template: Any = None,
    columns: Sequence[str] = (),
    as_of: Any = None,
    most: int = 20,
    seed: int = 0,
) -> BulletinResult:
    """Write the bulletin of a day, a week, a month or a year.

    Parameters
    ----------
    path
        A file, whose ending says the format: ``.docx``, ``.pptx``, ``.xlsx`` or ``.html``; or
        a folder (no ending), made if it is not there, which gets all four. The numbers lie
        beside it as ``.json``. Files of these names are replaced.
    incidents, grid, jurisdictions, cases, day, week, month, year, street, lang, scheme, weights,
    calendar, events, inventory, campaigns, standing, set_aside, cases_set_aside, title, source,
    template, columns, as_of, most, seed
        As in :func:`gridgov.make_bulletin`.

    Returns
    -------
    BulletinResult
        The files written, the document, its tables and what to take away.

    Raises
    ------
    OptionError
        If the ending is another one, not exactly one period is named, or an option cannot be
        used.
    ColumnsError, EmptyTableError, SettingsError
        As in :func:`gridgov.make_bulletin`.
    ExtraMissingError
        If Word or PowerPoint files are asked for without ``gridgov[office]``.
    OutputError
        If the files cannot be written. Nothing half written is left behind.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_bulletin("2017-09.docx", month="2017-09", incidents=located,
    ...                            grid=grid, jurisdictions=streets, cases=cases,
    ...                            lang="zh")  # doctest: +SKIP
    >>> [path.name for path in result.paths]  # doctest: +SKIP
    ['2017-09.docx', '2017-09.json']
    """
    target = Path(path)
    formats = read_formats(target)
    document = make_bulletin(
        incidents,
        grid=grid,
        jurisdictions=jurisdictions,
        cases=cases,
        day=day,
        week=week,
        month=month,
        year=year,
        street=street,
        lang=lang,
        scheme=scheme,
        weights=weights,
        calendar=calendar,
        events=events,
        inventory=inventory,
        campaigns=campaigns,
        standing=standing,
        set_aside=set_aside,
        cases_set_aside=cases_set_aside,
        title=title,
        source=source,
        template=template,
        columns=columns,
        as_of=as_of,
        most=most,
        seed=seed,
    )
    folder, stem = (
        (target, stem_of(document))
        if not target.suffix
        else (
            target.parent,
            target.stem,
        )
    )
    return put_files(document, folder, stem, formats)


def read_formats(target: Path) -> tuple[str, ...]:
    """Return the formats that a path asks for, before any work is done.

    Raises
    ------
    OptionError
        If its ending is none of them.
    ExtraMissingError
        If a package is missing.
    OutputError
        If its folder does not exist.
    """
    if not target.suffix:
        if target.exists() and not target.is_dir():
            raise OutputError(
                f"A bulletin without an ending is a folder. Found: {target} is a file. Name "
                "another folder, or a file such as bulletin.docx."
            )
        formats = tuple(FORMATS)
    elif target.suffix.lower() in FORMATS:
        formats = (target.suffix.lower(),)
        if target.is_dir():
            raise OutputError(f"{target} is a folder. Name a file in it.")
        if not target.parent.is_dir():
            raise OutputError(
                f"The folder of a file to write must exist. Not there: {target.parent}. "
                f"Make it first: Path({str(target.parent)!r}).mkdir(parents=True)."
            )
    else:
        raise OptionError(
            f"A bulletin is written as {', '.join(FORMATS)}, or all four into a folder (no "
            f"ending). Found: {target.name!r}."
        )
    check_packages(formats)
    return formats


def named_formats(formats: Any) -> tuple[str, ...]:
    """Return the endings of the formats asked for, once each, before any work is done.

    Raises
    ------
    OptionError
        If there is none, or one does not exist.
    ExtraMissingError
        If one needs a package that is not installed.
    """
    asked = formats.split(",") if isinstance(formats, str) else list(formats)
    choices = [ending[1:] for ending in FORMATS]
    if not asked:
        raise OptionError(f"formats must name one or more of {', '.join(choices)}. Found: none.")
    named = dict.fromkeys(
        check_choice(str(one).strip(), option="formats", choices=choices) for one in asked
    )
    endings = tuple(f".{one}" for one in named)
    check_packages(endings)
    return endings


def check_packages(formats: Sequence[str]) -> None:
    """Raise unless the packages that formats need are installed.

    Raises
    ------
    ExtraMissingError
        If one is not.
    """
    for ending in (".docx", ".pptx"):
        if ending in formats:
            office_package(ending[1:])


def stem_of(document: Document) -> str:
    """Return the name of a bulletin's files: its period, and the id of its street."""
    street = document.facts.get("street_id")
    period = str(document.facts["period"])
    if street is None:
        return period
    # An id from records is no path.
    safe = "".join(one if one.isalnum() or one in "-_" else "-" for one in str(street))
    return f"{period}_{safe}"


def put_files(
    document: Document, folder: Path, stem: str, formats: Sequence[str]
) -> BulletinResult:
    """Write a bulletin in some formats, all files or none.

    Parameters
    ----------
    document
        The bulletin.
    folder
        Where the files go; made if it is not there.
    stem
        Their name without an ending.
    formats
        Their endings; ``.json`` comes always.

    Raises
    ------
    OutputError
        If they cannot be written. Files that were there before are as they were.
    """
    home = folder
    while not home.exists():
        home = home.parent
    partial = home / f".bulletin-{token_hex(6)}"
    try:
        partial.mkdir()
        made = [FORMATS[ending](document, partial / f"{stem}{ending}") for ending in formats]
        made.append(write_json(document, partial / f"{stem}.json"))
        folder.mkdir(parents=True, exist_ok=True)
        paths = _move(made, folder, partial)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"The bulletin must be written to {folder}, and that failed. Found: "
            f"{error.strerror or error}. Nothing was written there; close the files where they "
            "are open, or choose another folder."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    tables = {block.name: block.frame for block in document.parts(TableBlock)}
    said = (document.title, *([document.lead] if document.lead else []))
    return BulletinResult(tuple(paths), document, tables, said)


def _move(made: Sequence[Path], folder: Path, partial: Path) -> list[Path]:
    """Put finished files in their place; the ones they replace come back if that fails."""
    for path in made:
        if (folder / path.name).is_dir():
            raise OutputError(
                f"A bulletin replaces files of its names. Found: {folder / path.name} is a folder. "
                "Choose another folder or file name, or move it."
            )
    former = partial / "former"
    former.mkdir()
    done: list[Path] = []
    kept: list[Path] = []
    try:
        for path in made:
            place = folder / path.name
            if place.exists():
                place.replace(former / path.name)
                kept.append(place)
            path.replace(place)
            done.append(place)
    except BaseException:
        for place in done:
            place.unlink(missing_ok=True)
        for place in kept:
            (former / place.name).replace(place)
        raise
    return done
