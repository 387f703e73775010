"""What a document holds, before it becomes a file: the same for every format.

A number is written once, as text and as a value, and every format shows that text. Each
table, figure and chart carries where it comes from, what time it is of, how many records it
rests on and by which method: a picture that leaves its page still says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from gridgov.columns import Language, Table
from gridgov.errors import ColumnsError, OptionError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "ChartBlock",
    "ChartKind",
    "Document",
    "FigureBlock",
    "Form",
    "KeyFigure",
    "Number",
    "Paragraph",
    "Part",
    "Provenance",
    "Rule",
    "Section",
    "Series",
    "TableBlock",
]

Form = Literal[
    "text", "count", "percent", "points", "change", "hours", "number", "probability", "date", "time"
]
"""How a column of numbers is written; see :mod:`gridgov.bulletin.document.forms`."""

ChartKind = Literal["bar", "column", "line"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where something comes from.

    Attributes
    ----------
    source
        Where the records come from.
    period
        What time it is of.
    n
        How many records it rests on; None where that is not one number.
    method
        How it was worked out, one sentence.
    """

    source: str
    period: str
    n: int | None
    method: str


@dataclass(frozen=True, slots=True)
class Number:
    """One number for the next program.

    Attributes
    ----------
    key
        Name that stays, such as ``incidents``.
    label
        What it is, in the language of the document.
    value
        The number; None where there is none.
    unit
        ``count``, ``share``, ``points``, ``hours``, ``days``, ``rank``.
    low, high
        Ends of its interval, None where there is none.
    numerator, denominator
        Of a share.
    provenance
        Where it comes from.
    """

    key: str
    label: str
    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A large number on the first page: its text, what it is, a small line, ``hot`` or nothing."""

    text: str
    label: str
    note: str = ""
    tone: Literal["", "hot"] = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, or an item of a list."""

    text: str
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How a column of a table stands out: bars as long as its numbers, or a bound.

    Attributes
    ----------
    column
        The column.
    kind
        ``bar``, ``above`` or ``below`` a bound.
    bound
        From where on, or below which, a number is marked.
    """

    column: str
    kind: Literal["bar", "above", "below"]
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table.

    Attributes
    ----------
    name
        Name of its sheet and of its key in the JSON.
    frame
        The rows, all of them, in the form that files have: cells as text.
    spec
        What the columns are.
    caption
        What the table is.
    provenance
        Where it comes from.
    columns
        The columns that pages and slides show, in order; the workbook has all.
    headings
        Other headings than those of `spec`, by column.
    forms
        How columns are written, where not as their kind is.
    most
        Rows that pages and slides show; the rest is counted and left to the workbook.
    rules
        What stands out.
    """

    name: str
    frame: pd.DataFrame
    spec: Table
    caption: str
    provenance: Provenance
    columns: Sequence[str]
    headings: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    most: int = 20
    rules: Sequence[Rule] = ()

    def __post_init__(self) -> None:
        """Raise a ColumnsError if a column to show or to mark is not there."""
        wanted = [*self.columns, *(rule.column for rule in self.rules)]
        absent = [name for name in dict.fromkeys(wanted) if name not in self.frame.columns]
        if absent:
            raise ColumnsError(
                f"A table shows and marks columns that it has. Not in {self.name!r}: "
                f"{', '.join(map(repr, absent))}. Take them from "
                f"{', '.join(repr(str(name)) for name in self.frame.columns)}."
            )


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A picture: a matplotlib Figure, its caption and what it shows for who cannot see it."""

    name: str
    figure: Figure
    caption: str
    alt: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of numbers in a chart; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart that PowerPoint and Excel draw themselves, and others show as a picture.

    Attributes
    ----------
    name
        Name of its sheet.
    kind
        ``bar`` lies, ``column`` stands, ``line`` joins.
    categories, series
        What is drawn.
    form
        How its numbers are written.
    figure
        The same as a matplotlib Figure.
    caption, alt, provenance
        As of a figure.
    """

    name: str
    kind: ChartKind
    categories: Sequence[str]
    series: Sequence[Series]
    form: Form
    figure: Figure
    caption: str
    alt: str
    provenance: Provenance

    def __post_init__(self) -> None:
        """Raise an OptionError if a series has more or fewer values than there are categories."""
        for one in self.series:
            if len(one.values) != len(self.categories):
                raise OptionError(
                    f"A series of a chart has a value, or None, for every category. Found in "
                    f"{self.name!r}: {len(one.values):,} values in {one.name!r} for "
                    f"{len(self.categories):,} categories. Give as many."
                )


Part = Paragraph | TableBlock | FigureBlock | ChartBlock


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    title, subtitle
        Heading, and the line below it: place, period.
    lang
        Language of all words in it.
    lead
        The one sentence to take away.
    key_figures
        The large numbers.
    sections
        What follows.
    method
        How the numbers were worked out and what they cannot say, one sentence each.
    source
        Where the records come from.
    numbers
        Every number for the next program.
    created
        The last moment of the data, not of the clock: the same records, the same file.
    facts
        What else the JSON says: kind of bulletin, period, street, versions.
    """

    title: str
    subtitle: str
    lang: Language
    lead: str
    key_figures: Sequence[KeyFigure]
    sections: Sequence[Section]
    method: Sequence[str]
    source: str
    numbers: Sequence[Number]
    created: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise an OptionError if two numbers or two parts have one name: one would be lost."""
        named = [
            ("key", "numbers", [number.key for number in self.numbers]),
            ("name", "tables", [part.name for part in self.parts(TableBlock)]),
            ("name", "figures", [part.name for part in self.parts(FigureBlock)]),
            ("name", "charts", [part.name for part in self.parts(ChartBlock)]),
        ]
        for word, things, names in named:
            twice = [name for name, times in Counter(names).items() if times > 1]
            if twice:
                raise OptionError(
                    f"Every one of the {things} of a document has a {word} of its own: "
                    f"bulletin.json lists them by it. Found more than once: "
                    f"{', '.join(map(repr, twice))}. Give each its own."
                )

    def parts(self, kind: type) -> list[Any]:
        """Return every part of a kind, in order."""
        return [
            part for section in self.sections for part in section.parts if isinstance(part, kind)
        ]
