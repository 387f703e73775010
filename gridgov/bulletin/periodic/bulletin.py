"""A bulletin of a day, a week, a month or a year as a document.

The document holds every number once; the files of :func:`gridgov.write_bulletin` show the same
ones. What a bulletin says is hedged: it says "rose" where chance does not explain the
difference, gives ranks as ranges, and leaves out what the records do not hold, saying so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gridgov.bulletin.document.forms import plain_text, write_value
from gridgov.bulletin.document.model import Document, Form, KeyFigure, Number, Paragraph, Section
from gridgov.bulletin.periodic.asked import (
    check_something,
    own_columns,
    read_moment_of,
    read_source,
)
from gridgov.bulletin.periodic.phrases import Phrases
from gridgov.bulletin.periodic.records import Records, find_street, read_records
from gridgov.bulletin.periodic.rhythm import Rhythm, read_rhythm
from gridgov.bulletin.periodic.scope import Contents, Scope
from gridgov.bulletin.periodic.sections.campaigns import campaigns as _campaigns
from gridgov.bulletin.periodic.sections.cases import cases_in_hand
from gridgov.bulletin.periodic.sections.categories import categories
from gridgov.bulletin.periodic.sections.delays import delays
from gridgov.bulletin.periodic.sections.indicators import indicators
from gridgov.bulletin.periodic.sections.inventory import inventory as _inventory
from gridgov.bulletin.periodic.sections.map import incident_map
from gridgov.bulletin.periodic.sections.overview import overview
from gridgov.bulletin.periodic.sections.quality import quality
from gridgov.bulletin.periodic.sections.ranking import ranking
from gridgov.bulletin.periodic.sections.repeats import repeats
from gridgov.bulletin.periodic.sections.standing import standing as _standing
from gridgov.bulletin.periodic.sections.streets import streets
from gridgov.bulletin.periodic.sections.supervision import supervision
from gridgov.bulletin.periodic.sections.trend import trend
from gridgov.bulletin.periodic.template import Template, fill, read_template
from gridgov.checks import check_language, check_whole
from gridgov.columns import Language

__all__ = ["bulletin_of", "make_bulletin"]

_SECTIONS: dict[str, Callable[[Scope], Contents | None]] = {
    "overview": overview,
    "categories": categories,
    "streets": streets,
    "map": incident_map,
    "cases": cases_in_hand,
    "indicators": indicators,
    "ranking": ranking,
    "supervision": supervision,
    "delays": delays,
    "repeats": repeats,
    "trend": trend,
    "campaigns": _campaigns,
    "inventory": _inventory,
    "standing": _standing,
    "quality": quality,
}

_UNITS: dict[str, Form] = {
    "count": "count",
    "share": "percent",
    "points": "points",
    "hours": "hours",
    "rank": "count",
    "per_km2": "points",
}


def make_bulletin(
    incidents: Any,
    *,
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
) -> Document:
    """Make the bulletin of a day, a week, a month or a year as a document.

    Parameters
    ----------
    incidents
        Table of :func:`gridgov.locate`, of all times: comparisons need the periods before.
    grid
        Table of :func:`gridgov.make_grid`, at the same resolution.
    jurisdictions
        Table "jurisdictions".
    cases
        Table of :func:`gridgov.read_cases`, read with ``jurisdictions=`` so that streets are
        ids; None leaves out all that is about handling.
    day, week, month, year
        Exactly one: ``"2017-09-12"`` (日巡查), ``"2017-W37"`` or a day in the week (周例会),
        ``"2017-09"`` (月通报), ``2017`` (年度考核), in the zone of the incidents.
    street
        Id or name of the one street that it is about; None for all.
    lang
        ``"en"`` or ``"zh"``.
    scheme, weights
        How streets are scored, see :func:`gridgov.assess`.
    calendar, events
        Of :func:`gridgov.make_calendar` and :func:`gridgov.read_case_events`: overdue time in
        working hours, suspensions by their own times.
    inventory, campaigns, standing
        Tables of :func:`gridgov.read_inventory`, :func:`gridgov.evaluate_campaigns` and
        :func:`gridgov.grade_standing` (grouped by street) for the yearly assessment.
    set_aside, cases_set_aside
        The rows that reading set aside, to name the reasons.
    title
        Heading in place of the template's.
    source
        Where the records come from, told at every table and figure.
    template
        A TOML file or a mapping: title, sections and their order, own texts; see
        ``docs/bulletins.md``. None: the shipped one.
    columns
        Your own columns of `cases` to show in the lists of cases, by name. No other column
        that is not documented reaches a bulletin.
    as_of
        The moment from which cases are seen; the end of the period when None, or what the
        cases say if that is earlier.
    most
        Rows that lists show on pages and slides; the workbook has all.
    seed
        Of what is drawn at random.

    Returns
    -------
    Document
        Title, sections of sentences, tables and figures, and ``numbers`` under keys that
        stay (``docs/bulletins.md`` lists them). ``facts`` says what it is of.

    Raises
    ------
    OptionError
        If not exactly one period is named, or an option cannot be used.
    ColumnsError
        If a table lacks a column, or one that is asked for.
    EmptyTableError
        If the period lies outside the records and nothing is known of it.
    SettingsError
        If template or scheme cannot be used; what is wrong is named.

    Notes
    -----
    A count is said to have risen or fallen when the exact test of two Poisson counts of equal
    rate a day has p < 0.05 (in tables the Benjamini-Hochberg q), on counts thinned by how
    much more than Poisson neighboring periods have differed before
    (:mod:`gridgov.bulletin.periodic.changes`). A change from 0 has no percentage.

    Examples
    --------
    Two incidents in September after one in August; with one section, of the many:

    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.checks import conform
    >>> streets = gpd.GeoDataFrame({"street_id": ["01"], "street": ["八角街道"]},
    ...                            geometry=[box(116.1, 39.8, 116.3, 40.0)], crs=4326)
    >>> cell = 0x8931AA50E27FFFF
    >>> grid = pd.DataFrame({"cell": pd.array([cell], "uint64"), "street_id": "01",
    ...                      "area_km2": 0.1})
    >>> days = ["2017-08-05", "2017-09-01", "2017-09-30"]
    >>> located = conform(gpd.GeoDataFrame({
    ...     "incident_id": list("123"), "category": "占道经营", "street_id": "01",
    ...     "reported_at": pd.DatetimeIndex(days, tz="Asia/Shanghai"), "match": "inside",
    ...     "cell": pd.array([cell] * 3, "UInt64")}, geometry=[Point(116.2, 39.9)] * 3, crs=4326),
    ...     "located")
    >>> bulletin = make_bulletin(located, grid=grid, jurisdictions=streets, month="2017-09",
    ...                          lang="zh", template={"title": "{place}{kind}",
    ...                                               "sections": ["overview"]})
    >>> bulletin.title, bulletin.numbers[0].key, bulletin.numbers[0].value
    ('全区月通报', 'incidents', 2)
    """
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
    rhythm = read_rhythm(day=day, week=week, month=month, year=year, zone=records.zone)
    return bulletin_of(
        records,
        rhythm,
        street=street,
        lang=lang,
        title=title,
        source=source,
        template=template,
        columns=columns,
        as_of=as_of,
        most=most,
    )


def bulletin_of(
    records: Records,
    rhythm: Rhythm,
    *,
    street: str | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    template: Any = None,
    columns: Sequence[str] = (),
    as_of: Any = None,
    most: int = 20,
) -> Document:
    """Return the bulletin of a period from records that were checked.

    Parameters
    ----------
    records
        Of :func:`gridgov.bulletin.periodic.records.read_records`; keeps what bulletins share.
    rhythm
        Of :func:`gridgov.bulletin.periodic.rhythm.read_rhythm`.
    street, lang, title, source, template, columns, as_of, most
        As in :func:`make_bulletin`.

    Raises
    ------
    OptionError, ColumnsError, EmptyTableError, SettingsError
        As there.
    """
    words = Phrases(check_language(lang))
    layout = read_template(template, kind=rhythm.kind, lang=words.lang)
    scope = Scope(
        records=records,
        rhythm=rhythm,
        street_id=find_street(records, street),
        words=words,
        as_of=read_moment_of(records, rhythm, as_of),
        source=plain_text(source or read_source(records, words)),
        columns=own_columns(records, columns),
        most=check_whole(most, option="most", least=1, meaning="rows that lists show"),
    )
    check_something(scope)
    made = {name: _SECTIONS[name](scope) for name in layout.sections}
    there = {name: contents for name, contents in made.items() if contents is not None}
    numbers = _unique([one for contents in there.values() for one in contents.numbers])
    fields = _fields(scope)
    known = fields | _number_fields(numbers)
    sections = [
        Section(_heading(layout, name, fields, words), contents.parts)
        for name, contents in there.items()
        if contents.parts
    ]
    for text, place in ((layout.opening, 0), (layout.closing, len(sections) + 1)):
        if text:
            said = fill(text, known, name=layout.name)
            key = "opening" if place == 0 else "closing"
            part = Section(words(f"heading.section.{key}"), [Paragraph(said)])
            sections.insert(place, part)
    figures: list[KeyFigure] = [one for contents in there.values() for one in contents.figures]
    lead = [text for contents in there.values() for text in contents.lead]
    return Document(
        title=title if title is not None else _title(layout, fields),
        subtitle=fill(layout.subtitle, fields, name=layout.name),
        lang=words.lang,
        lead=words.joined(lead),
        key_figures=figures,
        sections=sections,
        method=_method(scope, there),
        source=scope.source,
        numbers=numbers,
        created=_created(scope),
        facts=_facts(scope, tuple(there)),
    )


def _title(layout: Template, fields: Mapping[str, str]) -> str:
    """Return the heading; it begins with a capital letter where there are any."""
    said = fill(layout.title, fields, name=layout.name)
    return said[:1].upper() + said[1:]


def _unique(numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers, each key once: two sections may tell the same one."""
    return list({number.key: number for number in numbers}.values())


def _fields(scope: Scope) -> dict[str, str]:
    """Return the fields that a title can hold."""
    areas = scope.records.jurisdictions
    districts = areas["district"].dropna().unique() if "district" in areas.columns else []
    district = str(districts[0]) if len(districts) == 1 else scope.words("whole")
    return {
        "place": plain_text(scope.street or district, longest=60),
        "street": plain_text(scope.street, longest=60),
        "district": plain_text(district, longest=60),
        "period": scope.said,
        "kind": scope.words(f"kind.{scope.rhythm.kind}"),
        "source": scope.source,
        "as_of": f"{scope.as_of:%Y-%m-%d %H:%M}",
    }


def _number_fields(numbers: Sequence[Number]) -> dict[str, str]:
    """Return every number as the text that tables show."""
    return {one.key: write_value(one.value, _UNITS.get(one.unit, "number")) for one in numbers}


def _heading(layout: Template, name: str, fields: Mapping[str, str], words: Phrases) -> str:
    """Return the heading of a section."""
    if name in layout.headings:
        return fill(layout.headings[name], fields, name=layout.name)
    return words(f"heading.section.{name}")


def _method(scope: Scope, there: Mapping[str, Contents]) -> list[str]:
    """Return how the numbers were worked out and what they cannot say."""
    words = scope.words
    found = [words("note.period", zone=scope.records.zone)]
    scatter = scope.dispersion().get(None)
    if scatter is None:
        found.append(words("note.change_plain"))
    else:
        found.append(words("note.change", dispersion=scatter))
    if scope.records.cases is None:
        found.append(words("note.no_cases"))
    elif scope.cases_end is None:
        found.append(words("note.as_of", as_of=f"{scope.as_of:%Y-%m-%d %H:%M}"))
    if "indicators" in there:
        found.append(words("note.indicators"))
    key = ("scores", scope.rhythm.now.name, scope.as_of, scope.lang, scope.source)
    scores = scope.records.made.get(key)
    if "ranking" in there and scores is not None:
        made = scores.attrs["scores"]
        scheme = made["scheme_zh"] if scope.lang == "zh" else made["scheme_en"]
        found.append(words("note.scheme", scheme=scheme or made["scheme"]))
    found.append(words("note.reports"))
    return found + [text for contents in there.values() for text in contents.method]


def _created(scope: Scope) -> Any:
    """Return the last moment of the data: the same records, the same file."""
    return scope.until.tz_localize(None).to_pydatetime(warn=False)


def _facts(scope: Scope, sections: tuple[str, ...]) -> dict[str, Any]:
    """Return what the bulletin is of, in plain values."""
    span = scope.rhythm.now
    return {
        "kind": scope.rhythm.kind,
        "period": span.name,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "as_of": scope.as_of.isoformat(),
        "counted_until": scope.until.isoformat(),
        "compared_with": {name: one.name for name, one in scope.spans().items()},
        "street_id": scope.street_id,
        "street": scope.street or None,
        "sections": list(sections),
        "seed": scope.records.seed,
    }
