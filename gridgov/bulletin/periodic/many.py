"""Many bulletins in one run: every month of a year, the district and each of its streets."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.bulletin.pack import Progress
from gridgov.bulletin.periodic.bulletin import bulletin_of
from gridgov.bulletin.periodic.records import find_street, read_records
from gridgov.bulletin.periodic.rhythm import kind_of, read_rhythm
from gridgov.bulletin.periodic.template import read_template
from gridgov.bulletin.periodic.writing import named_formats, put_files, stem_of
from gridgov.checks import check_language, check_whole
from gridgov.columns import Language
from gridgov.errors import EmptyTableError, OptionError, OutputError

__all__ = ["BulletinsResult", "write_bulletins"]


@dataclass(frozen=True, slots=True)
class BulletinsResult:
    """What a run of bulletins wrote.

    Attributes
    ----------
    out
        The folder.
    paths
        All files written.
    written
        One row a bulletin: ``period``, ``street_id`` (missing for the whole), ``files``,
        ``seconds``.
    skipped
        One row a period of which the records know nothing: ``period``, ``reason``.
    """

    out: Path
    paths: tuple[Path, ...]
    written: pd.DataFrame
    skipped: pd.DataFrame


def write_bulletins(
    out: str | Path,
    *,
    periods: Sequence[str],
    incidents: Any,
    grid: Any,
    jurisdictions: Any,
    cases: Any = None,
    streets: str | Sequence[str] | None = None,
    whole: bool = True,
    formats: Sequence[str] = ("docx", "pptx", "xlsx", "html"),
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
    source: str | None = None,
    template: Any = None,
    columns: Sequence[str] = (),
    most: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
) -> BulletinsResult:
    """Write the bulletins of several periods, of the whole and of streets, in one run.

    Parameters
    ----------
    out
        Folder, made if it is not there. Files are called after period and street id, such as
        ``2017-09.docx`` and ``2017-09_110107003.docx``; files of these names are replaced.
    periods
        Names of days, weeks, months or years, mixed as you like: ``"2017-09-12"``,
        ``"2017-W37"``, ``"2017-09"``, ``"2017"``.
    incidents, grid, jurisdictions, cases
        As in :func:`gridgov.make_bulletin`; checked once.
    streets
        Ids or names of streets with a bulletin of their own; ``"each"`` for every one; None
        for none.
    whole
        Whether the whole has a bulletin.
    formats
        Any of ``"docx"``, ``"pptx"``, ``"xlsx"``, ``"html"``; ``.json`` comes always.
    lang, scheme, weights, calendar, events, inventory, campaigns, standing, set_aside,
    cases_set_aside, source, template, columns, most, seed
        As in :func:`gridgov.make_bulletin`.
    progress
        Called before every bulletin with its number, how many there are, and its name.

    Returns
    -------
    BulletinsResult
        The files, one row a bulletin, and the periods of which the records know nothing.

    Raises
    ------
    OptionError
        If a period, a street or a format does not exist, or nothing is asked for.
    ColumnsError, SettingsError
        As in :func:`gridgov.make_bulletin`.
    EmptyTableError
        If the records know nothing of any of the periods.
    ExtraMissingError
        If a format needs a package that is not installed.
    OutputError
        If a file cannot be written. Bulletins written until then stay, each of them whole.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_bulletins("2017", periods=["2017-08", "2017-09"], streets="each",
    ...                             incidents=located, grid=grid, jurisdictions=streets,
    ...                             cases=cases, lang="zh")  # doctest: +SKIP
    >>> len(result.written)  # doctest: +SKIP
    20
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"Bulletins are written to a folder. Found: {out} is a file.")
    endings = named_formats(formats)
    check_language(lang)
    records = read_records(
        incidents,
        grid=grid,
        jurisdictions=jurisdictions,
        cases=cases,
        inventory=inventory,
        campaigns=campaigns,
        standing=standing,
        events=events,
        calendar=calendar,
        scheme=scheme,
        weights=weights,
        set_aside=set_aside,
        cases_set_aside=cases_set_aside,
        seed=check_whole(seed, option="seed", least=0, meaning="seed of what is random"),
    )
    kinds = [(kind_of(period), period) for period in _listed(periods)]
    for kind, _ in kinds:
        read_template(template, kind=kind, lang=lang)
    rhythms = [read_rhythm(zone=records.zone, **{kind: name}) for kind, name in kinds]
    places: list[str | None] = [None] if whole else []
    if streets == "each":
        places += list(records.names)
    elif streets is not None:
        asked = [streets] if isinstance(streets, str) else list(streets)
        places += [find_street(records, street) for street in asked]
    if not places:
        raise OptionError(
            "Bulletins are of the whole, of streets, or both. Found: neither. Leave whole=True, "
            "or name streets."
        )
    paths: list[Path] = []
    written: list[tuple[str, str | None, int, float]] = []
    skipped: list[tuple[str, str]] = []
    total = len(rhythms) * len(places)
    for number, rhythm in enumerate(rhythms):
        for place, street in enumerate(places):
            name = records.names.get(street, "") if street is not None else ""
            if progress is not None:
                at = number * len(places) + place + 1
                progress(at, total, f"{rhythm.now.name} {name}".strip())
            begun = time.perf_counter()
            try:
                document = bulletin_of(
                    records,
                    rhythm,
                    street=street,
                    lang=lang,
                    source=source,
                    template=template,
                    columns=columns,
                    most=most,
                )
            except EmptyTableError as error:
                # Nothing is known of the period, and so of none of its streets.
                skipped.append((rhythm.now.name, str(error)))
                break
            found = put_files(document, out, stem_of(document), endings)
            paths += found.paths
            seconds = time.perf_counter() - begun
            written.append((rhythm.now.name, street, len(found.paths), seconds))
        # What the bulletins of a period share, the next one does not need.
        records.forget()
    if not written:
        raise EmptyTableError(skipped[0][1])
    return BulletinsResult(
        out,
        tuple(paths),
        pd.DataFrame(written, columns=["period", "street_id", "files", "seconds"]),
        pd.DataFrame(skipped, columns=["period", "reason"]),
    )


def _listed(periods: Any) -> list[str]:
    """Return the names of the periods, each once."""
    asked = [periods] if isinstance(periods, str | int) else list(periods)
    if not asked:
        raise OptionError("periods must name at least one, such as ['2017-09']. Found: none.")
    return list(dict.fromkeys(str(one) for one in asked))
