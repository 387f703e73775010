"""From a folder of records to its bulletins: a month, or a year of them with every street.

The records are read and located once. Each period is written with the return visits that had
happened by its end, so that a bulletin written later for an earlier month says the same. A
folder of bulletins appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.assessment.cases.as_of import read_as_of
from gridgov.assessment.scores.read_scheme import read_scheme
from gridgov.assessment.standing.standing import grade_standing
from gridgov.bulletin.bulletin_periods import bulletin_periods
from gridgov.bulletin.bulletin_record import bulletins_record, bulletins_summary
from gridgov.bulletin.folder_calendar import folder_calendar
from gridgov.bulletin.measured import Placed, place
from gridgov.bulletin.output_folder import BULLETINS, whole_folder
from gridgov.bulletin.pack import Progress, open_folder, teller
from gridgov.bulletin.pack_files import write_record
from gridgov.bulletin.periodic.many import write_bulletins
from gridgov.bulletin.periodic.rhythm import kind_of, read_rhythm
from gridgov.bulletin.periodic.template import read_template
from gridgov.bulletin.periodic.writing import named_formats
from gridgov.bulletin.selection import select_incidents
from gridgov.bulletin.words import Words
from gridgov.campaigns.campaigns import evaluate_campaigns
from gridgov.checks import check_resolution, check_whole
from gridgov.columns import Language
from gridgov.errors import EmptyTableError, OptionError
from gridgov.sources.callbacks import add_callbacks
from gridgov.sources.cases import CasesRead
from gridgov.sources.folder import FolderRead, Settings
from gridgov.sources.folder_cases import read_folder_cases
from gridgov.sources.folder_governance import GovernanceRead, read_governance
from gridgov.sources.street_lookup import street_ids

__all__ = ["FolderBulletinsResult", "write_folder_bulletins"]


@dataclass(frozen=True, slots=True)
class FolderBulletinsResult:
    """What a run wrote and found.

    Attributes
    ----------
    out
        The folder written.
    record
        All that ``bulletins.json`` holds.
    written
        One row a bulletin: ``period``, ``street_id`` (missing for the whole), ``files``,
        ``seconds``.
    skipped
        One row a period of which the records know nothing: ``period``, ``reason``.
    settings
        What was read from ``gridgov.toml``.
    summary
        What was written, in the language of the bulletins, one line a sentence.
    """

    out: Path
    record: Mapping[str, Any]
    written: pd.DataFrame
    skipped: pd.DataFrame
    settings: Settings
    summary: tuple[str, ...]


def write_folder_bulletins(
    folder: str | Path | None = None,
    *,
    out: str | Path = "bulletins",
    day: str | None = None,
    week: str | None = None,
    month: str | None = None,
    year: str | int | None = None,
    start: str | None = None,
    end: str | None = None,
    every: str | None = None,
    street: str | Sequence[str] | None = None,
    formats: Sequence[str] = ("docx", "pptx", "xlsx", "html"),
    template: str | Path | None = None,
    scheme: Any = None,
    lang: Language | None = None,
    resolution: int | None = None,
    config: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> FolderBulletinsResult:
    """Read a folder of records and write its bulletins, one or a whole year of them.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml``; the sample records when None.
    out
        Folder to write. It is replaced if it is empty or an earlier run wrote it.
    day, week, month, year
        One of the four: ``"2017-09-12"``, ``"2017-W37"`` or a day in the week,
        ``"2017-09"``, ``2017``.
    start, end
        ``YYYY-MM-DD``, first day and first day no longer in it, instead; with `every`.
    every
        ``"day"``, ``"week"``, ``"month"`` or ``"year"``: a bulletin of every one that begins
        in the time named, such as ``year=2017, every="month"``.
    street
        None: of the whole. ``"all"``: of the whole and of each street. Ids or names of
        streets: of these alone.
    formats
        Any of ``"docx"``, ``"pptx"``, ``"xlsx"``, ``"html"``; the numbers as ``.json`` come
        always.
    template
        A template of your own, see :func:`gridgov.make_bulletin`.
    scheme
        How streets are scored, see :func:`gridgov.assess`.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    resolution
        H3 resolution of the cells; the settings' when None, else suggested from the data.
    config
        Another settings file; its file names are still relative to `folder`.
    seed
        Seed of what is drawn at random.
    progress
        Called twice for reading and locating, then before every bulletin with its number, how
        many there are, and what it is of.

    Returns
    -------
    FolderBulletinsResult
        The folder written, one row a bulletin, and the periods of which nothing is known.

    Raises
    ------
    OptionError
        If not exactly one time is named, or an option has a value that does not exist.
    SettingsError
        If the settings, the template or the scheme cannot be used.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used; see the readers.
    EmptyTableError
        If the records know nothing of any of the periods.
    ExtraMissingError
        If Word or PowerPoint files are asked for without ``gridgov[office]``.
    OutputError
        If `out` cannot be written or holds something that no such run wrote. Nothing is left
        half written.

    Notes
    -----
    ``gridgov.toml`` says what the folder holds: ``[cases]``, and if it likes ``[callbacks]``,
    ``[inventory]``, ``[campaigns]``, ``[alleys]`` and ``[alley_checks]``, which the bulletin
    of a year shows.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_folder_bulletins("sample_data", year=2017, every="month",
    ...                                    street="all")  # doctest: +SKIP
    >>> len(result.written)  # doctest: +SKIP
    120
    """
    periods = bulletin_periods(
        day=day, week=week, month=month, year=year, start=start, end=end, every=every
    )
    endings = named_formats(formats)
    resolution = None if resolution is None else check_resolution(resolution)
    seed = check_whole(seed, option="seed", least=0, meaning="seed of what is random")
    opened = open_folder(folder, out=out, pack=BULLETINS, lang=lang, config=config)
    settings, words = opened.settings, Words(opened.lang)
    if scheme is not None:
        scheme = read_scheme(scheme)
    kinds = {period: kind_of(period) for period in periods}
    for kind in sorted(set(kinds.values())):
        read_template(template, kind=kind, lang=words.lang)
    tell = teller(progress, steps=2, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    places, whole = _places(street, read)
    cases = _of_categories(
        read_folder_cases(settings, read.jurisdictions, incidents=read.incidents), settings
    )
    governance = read_governance(
        settings, read.jurisdictions, cases=None if cases is None else cases.cases
    )
    tell(2, "step.locate", count=len(read.incidents), streets=len(read.jurisdictions))
    selection = select_incidents(read.incidents, categories=settings.categories)
    placed = place(read, selection, resolution=resolution, tell=lambda *_, **__: None)
    shared = {
        "incidents": placed.located,
        "grid": placed.grid,
        "jurisdictions": read.jurisdictions,
        "streets": places,
        "whole": whole,
        "formats": [ending[1:] for ending in endings],
        "lang": words.lang,
        "scheme": scheme,
        "set_aside": read.set_aside,
        "cases_set_aside": None if cases is None else cases.set_aside,
        "calendar": folder_calendar(settings),
        "source": settings.source,
        "template": template,
        "seed": seed,
        **_of_years(governance, placed, read, yearly="year" in kinds.values()),
    }
    a_period = int(whole) + (len(read.jurisdictions) if places == "each" else len(places or ()))
    files: list[Path] = []
    written: list[pd.DataFrame] = []
    skipped: list[pd.DataFrame] = []
    with whole_folder(opened.out, pack=BULLETINS) as partial:
        for number, period in enumerate(periods):

            def count(at: int, _: int, doing: str, before: int = number * a_period) -> None:
                if progress is not None:
                    progress(before + at, len(periods) * a_period, doing)

            try:
                found = write_bulletins(
                    partial,
                    periods=[period],
                    cases=_cases_of(cases, governance, period, kinds[period], placed),
                    progress=count,
                    **shared,
                )
            except EmptyTableError as error:
                skipped.append(pd.DataFrame({"period": [period], "reason": [str(error)]}))
                continue
            files += [path.relative_to(partial) for path in found.paths]
            written.append(found.written)
        if not written:
            raise EmptyTableError(str(skipped[0]["reason"].iloc[0]))
        made = pd.concat(written, ignore_index=True)
        left = pd.concat([pd.DataFrame({"period": [], "reason": []}, dtype="str"), *skipped])
        record = bulletins_record(read, cases, placed, made, left, files, words.lang)
        write_record(partial, BULLETINS, record, sort_keys=True)
    said = bulletins_summary(made, left, len(files), words)
    left = left.reset_index(drop=True)
    return FolderBulletinsResult(opened.out, record, made, left, settings, said)


def _places(street: Any, read: FolderRead) -> tuple[str | list[str] | None, bool]:
    """Return the streets with a bulletin of their own, and whether the whole has one."""
    if street is None:
        return None, True
    asked = [street] if isinstance(street, str) else list(street)
    if "all" in asked:
        return "each", True
    found = street_ids(pd.Series(asked, dtype="str"), read.jurisdictions)
    if found.isna().any():
        known = read.jurisdictions[["street_id", "street"]].itertuples(index=False, name=None)
        listed = ", ".join(f"{name} ({key})" for key, name in known)
        wrong = asked[int(found.isna().to_numpy().argmax())]
        raise OptionError(
            f"street must be all, or the id or the name of one of {listed}. Found: {wrong!r}."
        )
    return found.astype("str").tolist(), False


def _of_categories(cases: CasesRead | None, settings: Settings) -> CasesRead | None:
    """Return the cases of the categories that the settings ask for; incidents are of these."""
    if cases is None or not settings.categories:
        return cases
    chosen = cases.cases[cases.cases["category"].isin(list(settings.categories))]
    # Seen from the same moment as all of them.
    chosen.attrs = {**cases.cases.attrs, "as_of": read_as_of(cases.cases).isoformat()}
    return CasesRead(chosen, cases.set_aside)


def _of_years(
    governance: GovernanceRead, placed: Placed, read: FolderRead, *, yearly: bool
) -> dict[str, Any]:
    """Return the tables that only the bulletin of a year shows."""
    made: dict[str, Any] = {"inventory": governance.inventory}
    if not yearly:
        return made
    if governance.campaigns is not None and len(governance.campaigns):
        made["campaigns"] = evaluate_campaigns(
            placed.located,
            placed.grid,
            governance.campaigns,
            jurisdictions=read.jurisdictions,
        )
    checks = governance.alley_checks
    if checks is not None:
        by = "street_id" if "street_id" in checks.columns else None
        made["standing"] = grade_standing(checks, by=by)
    return made


def _cases_of(
    cases: CasesRead | None,
    governance: GovernanceRead,
    period: str,
    kind: str,
    placed: Placed,
) -> pd.DataFrame | None:
    """Return the cases with the return visits that had happened by the end of a period."""
    if cases is None or governance.callbacks is None:
        return None if cases is None else cases.cases
    zone = placed.located["reported_at"].dt.tz
    ends = read_rhythm(zone=zone, **{kind: period}).now.end
    # The cases themselves may be of an earlier day.
    seen = read_as_of(cases.cases)
    over = seen >= ends - pd.Timedelta(days=1)
    return add_callbacks(cases.cases, governance.callbacks, as_of=ends if over else seen)
