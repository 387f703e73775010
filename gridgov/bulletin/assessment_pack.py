"""From a folder of records to an assessment: indicators, scores, delays, supervision, alleys.

The line is read, measure, draw, write. One page shows what matters, the workbook and the CSV
files hold every row, ``assess.json`` every number. The same records, settings and seed give
the same numbers, and the CSV and JSON files the same bytes: no clock is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from gridgov.assessment.scores.read_scheme import DEFAULT_SCHEME, read_scheme
from gridgov.bulletin.assessment_document import (
    Heading,
    assessment_document,
    assessment_workbook,
    last_period,
    main_rate,
    unranked,
)
from gridgov.bulletin.assessment_figures import draw_figures
from gridgov.bulletin.assessment_measures import AssessmentMeasures, measure_assessment
from gridgov.bulletin.assessment_parts import Pages, fraction
from gridgov.bulletin.assessment_tables import (
    Ledger,
    assessment_tables,
    equation,
    make_ledgers,
)
from gridgov.bulletin.assessment_words import AssessmentWords
from gridgov.bulletin.document.forms import write_value
from gridgov.bulletin.document.html_file import write_html
from gridgov.bulletin.document.json_file import document_record
from gridgov.bulletin.document.xlsx_file import write_xlsx
from gridgov.bulletin.output_folder import ASSESSMENT, whole_folder
from gridgov.bulletin.pack import PackResult, Progress, open_folder, teller
from gridgov.bulletin.pack_files import write_record, write_tables
from gridgov.bulletin.selection import check_range
from gridgov.checks import check_choice, check_whole
from gridgov.columns import Language
from gridgov.errors import SettingsError
from gridgov.figures.saving import save_figure
from gridgov.sources.folder_cases import read_folder_cases
from gridgov.sources.folder_governance import read_governance

__all__ = ["AssessmentResult", "write_assessment"]

_STEPS = 7
_GROUPS = ("street_id", "department", "category")
_PERIODS = ("MS", "QS", "YS")
_DPI = 200
_NAMED = 3


@dataclass(frozen=True, slots=True)
class AssessmentResult(PackResult):
    """What an assessment wrote and found; the record is ``assess.json``."""


def write_assessment(
    folder: str | Path | None = None,
    *,
    out: str | Path = "assessment",
    month: str | None = None,
    start: str | None = None,
    end: str | None = None,
    by: str = "street_id",
    period: str = "MS",
    scheme: Any = None,
    min_cases: int = 10,
    samples: int = 999,
    as_of: Any = None,
    lang: Language | None = None,
    config: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> AssessmentResult:
    """Read a folder of records and write an assessment of how its cases were handled.

    Parameters
    ----------
    folder
        Folder with a ``gridgov.toml`` that has a section ``[cases]``; the sample records when
        None.
    out
        Folder to write. It is replaced if it is empty or an earlier assessment wrote it.
    month
        ``YYYY-MM``: only that month.
    start, end
        ``YYYY-MM-DD``: only from midnight of `start` to before midnight of `end`; no limit
        on a side that is None. Not together with `month`.
    by
        What is ranked: ``"street_id"``, ``"department"`` or ``"category"``.
    period
        ``"MS"`` months, ``"QS"`` quarters or ``"YS"`` years, by which scores are followed.
    scheme
        What :func:`gridgov.read_scheme` reads: a file or the name of a built-in scheme; None:
        ``"city_page_k"``, which is official nowhere.
    min_cases
        Cases below which a group is listed and not ranked.
    samples
        Draws behind intervals, ranges of ranks and tests.
    as_of
        The moment from which cases are seen; the end of the time asked for when None, or what
        the cases say if that is earlier.
    lang
        ``"en"`` or ``"zh"``; the settings' language when None.
    config
        Another settings file; its file names are still relative to `folder`.
    seed
        Seed of the draws.
    progress
        Called at the start of every step.

    Returns
    -------
    AssessmentResult
        The folder written, the numbers, the tables, the settings and the summary.

    Raises
    ------
    OptionError
        If an option has a value that does not exist.
    SettingsError
        If the settings are missing, say something that does not exist or name no cases, or the
        scheme cannot be used.
    ReadError
        If a file is missing or unreadable.
    InputError
        If the records cannot be used; see the readers and measures.
    EmptyTableError
        If no case was opened in the time; the first and last day that have any are named.
    OutputError
        If `out` cannot be written or holds something that no assessment wrote. Nothing is
        left half written.

    Notes
    -----
    ``gridgov.toml`` says what the folder holds: ``[cases]``, and if it likes ``[callbacks]``
    (return visits, for response, resolution and satisfaction), ``[alleys]`` and
    ``[alley_checks]`` (standing of back alleys). What cannot be measured is left out, and the
    page and ``assess.json`` say so.

    Only documented columns reach a file. Cases whose street is not among the jurisdictions
    count in the whole and in no street; the ledger counts them.

    Examples
    --------
    >>> import gridgov as gg
    >>> result = gg.write_assessment("sample_data", month="2017-09")  # doctest: +SKIP
    >>> result.counts["in_pack"]  # doctest: +SKIP
    291
    """
    month, start, end = check_range(month, start, end)
    check_choice(by, option="by", choices=_GROUPS)
    check_choice(period, option="period", choices=_PERIODS)
    min_cases = check_whole(
        min_cases, option="min_cases", least=1, meaning="fewer cases are listed, not ranked"
    )
    samples = check_whole(samples, option="samples", least=99, meaning="draws")
    seed = check_whole(seed, option="seed", least=0, meaning="seed of the draws")
    plan = read_scheme(DEFAULT_SCHEME if scheme is None else scheme)
    opened = open_folder(folder, out=out, pack=ASSESSMENT, lang=lang, config=config)
    settings, words = opened.settings, AssessmentWords(opened.lang)
    if settings.parts.cases is None:
        raise SettingsError(
            f"An assessment needs cases. Found: no section [cases] in {settings.path.name}. Add "
            '[cases] with file = "...", relative to the folder.'
        )
    tell = teller(progress, steps=_STEPS, words=words)
    tell(1, "step.read", what=opened.folder)
    read = opened.read()
    cases = read_folder_cases(settings, read.jurisdictions, incidents=read.incidents)
    assert cases is not None
    governance = read_governance(settings, read.jurisdictions, cases=cases.cases)
    measured = measure_assessment(
        read,
        cases,
        governance,
        month=month,
        start=start,
        end=end,
        as_of=as_of,
        by=by,
        period=period,
        scheme=plan,
        min_cases=min_cases,
        samples=samples,
        seed=seed,
        tell=tell,
    )
    ledgers = make_ledgers(measured, words)
    tables = assessment_tables(measured, ledgers, words)
    heading = _heading(measured, month, words)

    with whole_folder(opened.out, pack=ASSESSMENT) as partial:
        tell(7, "step.write")
        figures = draw_figures(measured, period=heading.period, source=heading.source, words=words)
        drawn = {"samples": samples, "seed": seed, "least": min_cases}
        pages = Pages(measured, tables, figures, heading.period, heading.source, words, drawn)
        record = _write(partial, pages, heading, ledgers)
    said = _summary(tables, ledgers, heading, measured, words)
    return AssessmentResult(opened.out, record["counts"], record, tables, settings, said)


def _heading(measured: AssessmentMeasures, month: str | None, words: AssessmentWords) -> Heading:
    """Return what the pack is called."""
    settings, within = measured.read.settings, measured.within
    title = settings.title
    last = measured.as_of.tz_localize(None).to_pydatetime()
    return Heading(
        title=words("title_of", title=title) if title else words("title"),
        period=_period(within, month, words),
        source=settings.source or words("source_none"),
        created=datetime(last.year, last.month, last.day, last.hour, last.minute),
    )


def _period(within: Any, month: str | None, words: AssessmentWords) -> str:
    """Return the time asked for in words."""
    if month is not None:
        return words("month", year=month[:4], month=int(month[5:]))
    if within.start is None and within.end is None:
        return words("all_times", first=f"{within.first:%Y-%m-%d}", last=f"{within.last:%Y-%m-%d}")
    first = "" if within.start is None else f"{within.start:%Y-%m-%d}"
    end = "" if within.end is None else f"{within.end:%Y-%m-%d}"
    key = "between" if first and end else ("from" if first else "before")
    return words(key, first=first, end=end)


def _write(
    partial: Path, pages: Pages, heading: Heading, ledgers: tuple[Ledger, ...]
) -> dict[str, Any]:
    """Write every file of the pack; return what ``assess.json`` holds."""
    written = write_tables(partial, pages.tables)
    (partial / "figures").mkdir()
    for name, figure in pages.figures.drawn():
        save_figure(figure, partial / "figures" / f"{name}.png", dpi=_DPI)
        written.append(f"figures/{name}.png")
    document = assessment_document(pages, heading)
    write_html(document, partial / "index.html")
    write_xlsx(
        assessment_workbook(document, pages.tables, pages, in_words=True), partial / "tables.xlsx"
    )
    whole = assessment_workbook(document, pages.tables, pages, in_words=False)
    record = {
        **document_record(whole),
        "counts": _counts(pages, ledgers),
        "left_out": dict(pages.measured.left_out),
        "files": sorted([*written, "index.html", "tables.xlsx", ASSESSMENT.marker]),
    }
    write_record(partial, ASSESSMENT, record, sort_keys=True)
    return record


def _counts(pages: Pages, ledgers: tuple[Ledger, ...]) -> dict[str, Any]:
    """Return every count by its stable name."""
    by_code = {one.code: one for one in ledgers}
    read = by_code["read"]
    reasons = {code: number for code, _, number in read.parts if code != "accepted"}
    ranking = pages.tables["range_scores"]
    return {
        "rows_read": read.total,
        "accepted": by_code["selected"].total,
        "set_aside": sum(reasons.values()),
        "set_aside_by_reason": {
            code.removeprefix("set_aside."): number for code, number in reasons.items()
        },
        **{code: number for code, _, number in by_code["selected"].parts},
        "groups": len(ranking),
        "ranked": int(ranking["rank"].notna().sum()),
        "rows": {name: len(table) for name, table in pages.tables.items()},
    }


def _summary(
    tables: Mapping[str, pd.DataFrame],
    ledgers: tuple[Ledger, ...],
    heading: Heading,
    measured: AssessmentMeasures,
    words: AssessmentWords,
) -> tuple[str, ...]:
    """Return the short summary that the command prints."""
    lines = [f"{heading.title} · {heading.period}"]
    lines += [equation(one, words) for one in ledgers if one.shown]
    rate = main_rate(tables)
    if rate is not None:
        told = write_value(rate["value"], "percent")
        lines.append(
            words("summary.rate", label=rate["indicator_label"], rate=told, counted=fraction(rate))
        )
    ranked = tables["range_scores"][tables["range_scores"]["rank"].notna()]
    named = [
        words(
            "summary.rank",
            rank=row["rank"],
            name=words.named(row["label"]),
            score=write_value(row["score"], "points"),
            range=words.ranks(row["rank_low"], row["rank_high"]),
        )
        for row in ranked.head(_NAMED).to_dict("records")
    ]
    lines.append(
        words("summary.first", named=words.listed(named)) if named else unranked(tables, words)
    )
    counts = tables["supervision_counts"].iloc[0]
    lines.append(
        words(
            "summary.supervision",
            open=int(counts["open_cases"]),
            overdue=int(counts["overdue_cases"]),
            soon=int(counts["due_soon_cases"]),
            reworked=int(counts["reworked_cases"]),
        )
    )
    if "standing_counts" in tables:
        last = last_period(tables["standing_counts"])
        below, lines_ = int(last["below"].sum()), int(last["lines"].sum())
        lines.append(words("summary.alleys", below=below, lines=lines_))
    left = measured.left_out.items()
    lines += [words(f"left.{name}", why=words(f"why.{why}")) for name, why in left]
    return tuple(lines)
