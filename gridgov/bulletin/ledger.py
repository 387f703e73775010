"""Where every row went: four steps whose parts add up, in numbers and in words.

1. rows read = accepted + set aside, by reason
2. accepted = in this pack + other times + without a time + other categories
3. in this pack = the five matches of locating
4. in this pack = the fates of the tally
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.words import Words
from gridgov.errors import GridgovError
from gridgov.taxonomy.labels import label, labels

if TYPE_CHECKING:
    import pandas as pd

    from gridgov.bulletin.measured import Placed
    from gridgov.sources.folder import FolderRead

__all__ = ["Step", "equation", "make_ledger", "pack_ledger", "sums_table"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a total and the parts that add up to it.

    Attributes
    ----------
    code
        ``read``, ``selected``, ``match`` or ``fate``.
    label
        What the total is, in words.
    total
        The number.
    parts
        Code, words and number of every part.
    """

    code: str
    label: str
    total: int
    parts: tuple[tuple[str, str, int], ...]

    @property
    def shown(self) -> bool:
        """Return whether the step says anything: a single part with everything does not."""
        return self.code != "selected" or self.parts[0][2] != self.total

    def named(self) -> dict[str, int]:
        """Return the numbers of the parts by code."""
        return {code: number for code, _, number in self.parts}


# What a brief calls the month, other packs call the time asked for.
_OF_RANGES = {"in_brief": "in_pack", "outside_month": "outside_range"}


def pack_ledger(
    read: FolderRead, placed: Placed, words: Words, *, pack: str = "brief"
) -> tuple[Step, ...]:
    """Return the four steps of the incidents that a folder held."""
    numbers = placed.selection.numbers
    if pack != "brief":
        numbers = {_OF_RANGES.get(code, code): number for code, number in numbers.items()}
    return make_ledger(
        rows_read=int(read.incidents.attrs["source"]["rows"]),
        set_aside=read.set_aside,
        accepted=len(read.incidents),
        selected=numbers,
        located=placed.located,
        fates=placed.counts.attrs["tally"],
        words=words,
        pack=pack,
    )


def make_ledger(
    *,
    rows_read: int,
    set_aside: pd.DataFrame,
    accepted: int,
    selected: Mapping[str, int],
    located: pd.DataFrame,
    fates: Mapping[str, int],
    words: Words,
    pack: str = "brief",
) -> tuple[Step, ...]:
    """Return the four steps.

    Parameters
    ----------
    rows_read
        Rows of the source.
    set_aside
        Table "set_aside".
    accepted
        Incidents read.
    selected
        Numbers by code, those of the pack first, then the reasons why others are not in it.
    located
        Table "located".
    fates
        Numbers by fate, as the tally reports them.
    words
        Language of the labels.
    pack
        ``"brief"`` or ``"hotspots"``: what the labels call the incidents selected.

    Returns
    -------
    tuple of Step
        ``read``, ``selected``, ``match``, ``fate``.

    Raises
    ------
    GridgovError
        If the parts of a step do not add up: then no number of the brief can be trusted.
    """
    reasons = set_aside["reason"].value_counts()
    matches = located["match"].value_counts()
    chosen = int(next(iter(selected.values())))
    steps = (
        Step(
            "read",
            words("rows_read"),
            rows_read,
            (
                ("accepted", words("accepted"), accepted),
                *(
                    (
                        f"set_aside.{code}",
                        words.get(f"reason.{code}", str(code)),
                        int(number),
                    )
                    for code, number in reasons.items()
                ),
            ),
        ),
        Step(
            "selected",
            words("selected"),
            accepted,
            tuple((code, words(code), int(number)) for code, number in selected.items()),
        ),
        Step(
            "match",
            words(f"matched.{pack}"),
            chosen,
            tuple(
                (code, text, int(matches.get(code, 0)))
                for code, text in labels("match", words.lang).items()
            ),
        ),
        Step(
            "fate",
            words(f"counting.{pack}"),
            chosen,
            tuple((code, label("fate", code, words.lang), int(n)) for code, n in fates.items()),
        ),
    )
    for step in steps:
        parts = sum(number for _, _, number in step.parts)
        if parts != step.total:
            raise GridgovError(
                f"The parts of every step must add up. Found: step {step.code} with a total of "
                f"{step.total:,} and parts that sum to {parts:,}. This is a defect in gridgov; "
                "please report it with the version and the settings."
            )
    return steps


def sums_table(steps: tuple[Step, ...]) -> pd.DataFrame:
    """Return the steps as table "sums": a total row, then its parts."""
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for step in steps:
        rows.append((step.code, "total", step.label, step.total))
        rows.extend((step.code, code, text, number) for code, text, number in step.parts)
    return pd.DataFrame(rows, columns=["step", "part", "label", "incidents"])


def equation(step: Step, words: Words) -> str:
    """Return a step as one line: the total, then the parts that are not zero."""
    parts = [f"{text} {number:,}" for code, text, number in step.parts if number]
    if step.code == "read":
        accepted, *reasons = step.parts
        number = sum(number for _, _, number in reasons)
        parts = [f"{accepted[1]} {accepted[2]:,}", f"{words('set_aside')} {number:,}"]
        if number:
            named = [f"{text} {number:,}" for _, text, number in reasons]
            parts[1] += words("in_brackets", inside=words.listed(named))
    return f"{step.label} {step.total:,} = {' + '.join(parts) or '0'}"
