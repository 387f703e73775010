"""Finding texts of a table in a list of codes: by code, name or alias, and counting the rest.

A text is compared as a whole, without capitals, blanks and full-width forms; nothing is
guessed from parts of words. It is looked for in this order, and the first step that knows
it decides:

1. the aliases that the caller passes, because they say what this source means by it;
2. the codes of the list, as written and as the five digits of a 16-digit id;
3. the names of the list, Chinese and English;
4. the other words of the list.

A text that one step has for several codes is ``ambiguous`` and gets none of them. Every row
stays, whatever was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_language, check_table, conform
from gridgov.columns import TABLES, Language
from gridgov.errors import ColumnsError, EmptyTableError, OptionError
from gridgov.schema.codes import CODE_MATCHES
from gridgov.taxonomy.code_lists import SCHEMES, code_list
from gridgov.taxonomy.plain_text import plain_text, written

__all__ = ["match_codes"]

# A report names the most frequent unknown texts; more of them are counted, not listed.
_UNKNOWN_LISTED = 20


def match_codes(
    frame: pd.DataFrame,
    *,
    column: str,
    scheme: str,
    codes: pd.DataFrame | None = None,
    aliases: pd.DataFrame | Mapping[str, str] | None = None,
    kind: str | None = None,
    lang: Language = "en",
) -> pd.DataFrame:
    """Find the texts of a column in a list of codes; every row is kept.

    Parameters
    ----------
    frame
        Any table.
    column
        Its column of codes or names, such as ``"category"`` or ``"department"``.
    scheme
        The list to look in, such as ``"cjt214_style"``, or one of the caller's own.
    codes
        A table of codes from :func:`gridgov.read_codes`; the lists that come with gridgov
        when None. Only its rows of `scheme` are used.
    aliases
        What this source means by a text: a table from :func:`gridgov.code_aliases` or
        :func:`gridgov.read_code_aliases`, of which the rows of `scheme` are used, or a
        mapping of text to code. They come before the list itself.
    kind
        Only codes of this kind, such as ``"event"``; all when None.
    lang
        Language of ``code_name``: ``"en"`` or ``"zh"``. A code without a name in it has its
        other name.

    Returns
    -------
    DataFrame
        The rows, order and index of `frame`.

        - ``scheme`` -- the list that was looked in
        - ``code`` -- the code in it; missing where none was found
        - ``code_name`` -- its name; the text as read where no code was found
        - ``code_match`` -- ``code``, ``name``, ``alias``, ``ambiguous``, ``unknown`` or
          ``missing``
        - then the columns of `frame`; one that has a name of ours ends in ``_source``

        ``attrs["code_match"]`` counts the rows by how they were found and lists the most
        frequent unknown and ambiguous texts with their numbers.

    Raises
    ------
    ColumnsError
        If `frame` lacks the column, `codes` or `aliases` lacks one, or an alias leads to a
        code that the list does not have.
    EmptyTableError
        If `codes` has no row of `scheme`, or `aliases` none that leads to it.
    OptionError
        If there is no such list, kind or language.

    Notes
    -----
    A code of another list is not looked up by its digits: pass the aliases that lead from it.
    The five digits of a 16-digit id do not say whether they mean a component or an event, so
    that they are often ambiguous until `kind` is given. Missing is not unknown: a row without
    a text is counted apart.

    Examples
    --------
    >>> import pandas as pd
    >>> reports = pd.DataFrame({"category": ["05-04", "店外经营", "违法搭建", "井盖缺失", None]})
    >>> found = match_codes(reports, column="category", scheme="cjt214_style")
    >>> found[["code", "code_name", "code_match"]].values.tolist()
    [['05-04', 'Trading outside the shop', 'code'],
     ['05-04', 'Trading outside the shop', 'name'],
     ['01-01', 'Unauthorized building', 'alias'],
     [nan, '井盖缺失', 'unknown'],
     [nan, nan, 'missing']]
    >>> found.attrs["code_match"]["unknown_texts"]
    {'井盖缺失': 1}
    """
    language = check_language(lang)
    if not isinstance(frame, pd.DataFrame):
        raise ColumnsError(
            "frame must be a table (pandas DataFrame) with a column of codes or names. "
            f"Found: {type(frame).__name__}."
        )
    if column not in frame.columns:
        found = ", ".join(map(str, frame.columns)) or "no columns"
        raise ColumnsError(f"frame must have the column {column!r}. Found: {found}.")
    whole = _scheme_rows(scheme, codes)
    listed = whole
    if kind is not None:
        check_choice(kind, option="kind", choices=whole["kind"].dropna().unique().tolist())
        listed = whole[whole["kind"] == kind]
    steps = [
        ("alias", _index(_caller_pairs(aliases, scheme, whole, listed))),
        ("code", _index(_pairs(listed, ("code",)))),
        ("code", _index(_pairs(listed, ("standard_code",)))),
        ("name", _index(_pairs(listed, ("zh", "en")))),
        ("alias", _index(_alias_pairs(listed))),
    ]
    # Each different text is looked up once, however many rows have it.
    numbers, different = pd.factorize(frame[column].astype(object).map(written, "ignore"))
    texts = list(map(str, different))
    chosen, ways = _find(texts, steps)
    names = _named(listed, language)
    # Rows without a text have the number -1 and so take the last entry.
    told = [
        names[code] if code is not None else text if way != "missing" else None
        for code, text, way in zip(chosen, texts, ways, strict=True)
    ]
    way_of = np.array([*ways, "missing"], dtype=object)[numbers]
    result = frame.rename(columns=_beside(frame))
    result["scheme"] = scheme
    result["code"] = np.array([*chosen, None], dtype=object)[numbers]
    result["code_name"] = np.array([*told, None], dtype=object)[numbers]
    result["code_match"] = way_of
    result = conform(result, "matched_codes")
    result.attrs["code_match"] = {
        "column": column,
        "scheme": scheme,
        **_counted(way_of, numbers, texts),
    }
    return result


def _scheme_rows(scheme: str, codes: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of the list to look in, every code once."""
    if codes is None:
        if scheme not in SCHEMES:
            try:
                check_choice(scheme, option="scheme", choices=SCHEMES)
            except OptionError as error:
                raise OptionError(
                    f"{error} A list of your own: gridgov.read_codes(...), passed as codes=."
                ) from None
        listed = code_list(scheme)
    else:
        check_table(codes, "codes", columns=["scheme", "code"])
        listed = conform(codes, "codes")
        listed = listed[listed["scheme"] == scheme]
        if listed.empty:
            raise EmptyTableError(
                f"codes must have rows of the scheme {scheme!r}. Found: {_schemes_of(codes)}. "
                "Pass one of them as scheme=."
            )
    twice = listed["code"].duplicated(keep=False)
    if twice.any():
        raise ColumnsError(
            f"codes must have every code of a scheme once. Found: {int(twice.sum())} rows with "
            f"a code that occurs again, the first {listed.loc[twice, 'code'].iloc[0]!r} of "
            f"{scheme!r}. Leave one of them out; gridgov.read_codes sets them aside."
        )
    return listed


def _caller_pairs(
    aliases: pd.DataFrame | Mapping[str, str] | None,
    scheme: str,
    whole: pd.DataFrame,
    listed: pd.DataFrame,
) -> list[tuple[str, str]]:
    """Return the texts and codes of the aliases that the caller passes."""
    if aliases is None:
        return []
    if isinstance(aliases, Mapping):
        pairs = [(str(text), str(code)) for text, code in aliases.items()]
    else:
        check_table(aliases, "code_aliases", columns=["scheme", "code", "alias"])
        rows = aliases[(aliases["scheme"] == scheme) & aliases["alias"].notna()]
        if rows.empty:
            raise EmptyTableError(
                f"aliases must have rows that lead to the scheme {scheme!r}. Found: "
                f"{_schemes_of(aliases)}. Check the scheme, or leave aliases out."
            )
        pairs = list(zip(rows["alias"].astype(str), rows["code"].astype(str), strict=True))
    known = set(whole["code"])
    wrong = [(text, code) for text, code in pairs if code not in known]
    if wrong:
        text, code = wrong[0]
        raise ColumnsError(
            f"aliases must lead to codes of the scheme {scheme!r}. Found: {len(wrong)} of "
            f"{len(pairs)} that do not, the first from {text!r} to {code!r}. Write the codes as "
            "the list does; error.problems lists every one.",
            problems=[
                {"alias": text, "code": code, "problem": "unknown code"} for text, code in wrong
            ],
        )
    # Aliases of a kind that is left out lead nowhere here, which is no mistake.
    kept = set(listed["code"])
    return [(text, code) for text, code in pairs if code in kept]


def _schemes_of(table: pd.DataFrame) -> str:
    """Return the lists that a table has rows of, for a sentence."""
    return ", ".join(map(repr, table["scheme"].dropna().unique()[:10])) or "none"


def _pairs(listed: pd.DataFrame, columns: Iterable[str]) -> list[tuple[str, str]]:
    """Return every text of some columns with its code."""
    found: list[tuple[str, str]] = []
    for name in columns:
        there = listed[listed[name].notna()]
        found += zip(there[name], there["code"], strict=True)
    return found


def _alias_pairs(listed: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the other words of every code."""
    each = listed[["code"]].assign(word=listed["aliases"].str.split("|")).explode("word")
    there = each[each["word"].notna()]
    return list(zip(there["word"], there["code"], strict=True))


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    """Return the code of every text, None where a text stands for several."""
    found: dict[str, str | None] = {}
    for text, code in pairs:
        key = plain_text(text)
        if key and found.setdefault(key, code) != code:
            found[key] = None
    return found


def _find(
    texts: list[str], steps: list[tuple[str, dict[str, str | None]]]
) -> tuple[list[str | None], list[str]]:
    """Return the code of every text and how it was found."""
    codes: list[str | None] = []
    ways: list[str] = []
    for text in texts:
        key = plain_text(text)
        way, code = ("unknown", None) if key else ("missing", None)
        for name, index in steps:
            if key and key in index:
                code = index[key]
                way = name if code is not None else "ambiguous"
                break
        codes.append(code)
        ways.append(way)
    return codes, ways


def _named(listed: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Return the name of every code, in the other language or as the code where there is none."""
    first, second = ("zh", "en") if lang == "zh" else ("en", "zh")
    names = listed[first].fillna(listed[second]).fillna(listed["code"])
    return dict(zip(listed["code"], names, strict=True))


def _beside(frame: pd.DataFrame) -> dict[str, str]:
    """Return new names for the columns of the caller that are called as ours are."""
    renamed = {}
    for name in TABLES["matched_codes"].names:
        after = name
        while after in frame.columns:
            after += "_source"
        if after != name:
            renamed[name] = after
    return renamed


def _counted(
    ways: NDArray[np.object_], numbers: NDArray[np.intp], texts: list[str]
) -> dict[str, Any]:
    """Return how many rows were found in which way, and the texts that were not."""
    report: dict[str, Any] = {"rows": len(ways)}
    report |= {way: int((ways == way).sum()) for way in CODE_MATCHES}
    for way in ("unknown", "ambiguous"):
        rows = numbers[(ways == way) & (numbers >= 0)]
        times = np.bincount(rows, minlength=len(texts)) if len(texts) else np.zeros(0, dtype=int)
        order = np.argsort(-times, kind="stable")[:_UNKNOWN_LISTED]
        report[f"{way}_texts"] = {
            texts[place]: int(times[place]) for place in order.tolist() if times[place]
        }
        report[f"different_{way}"] = int((times > 0).sum())
    return report
