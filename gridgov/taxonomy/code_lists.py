"""Lists of codes that come with gridgov: events, components, alley rules, streets, our own words.

Codes differ between cities: 01 of class 01 is unauthorized building in one list and new
construction in another. A code means something only together with its list (`scheme`), so
every table here is keyed by both. No full text of the national standard was at hand: what
lies in ``codes/`` are public copies of what cities use, each row with its source, version
and how sure it is. A city's own list is read with :func:`gridgov.read_codes` and passed on
as an argument; nothing is registered.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import StringIO

import pandas as pd

from gridgov.checks import check_choice, conform
from gridgov.taxonomy.categories import KINDS, terms

__all__ = ["OWN_SCHEME", "SCHEMES", "code_aliases", "code_list", "theme_codes"]

OWN_SCHEME = "gridgov"
"""The list of gridgov's own keys of categories, departments and channels."""

_FILES = ("cjt214_style", "beijing_chaoyang", "beijing_back_alley", "beijing_shijingshan")

SCHEMES = (OWN_SCHEME, *_FILES)
"""The lists of codes that come with gridgov."""


def code_list(scheme: str | None = None, *, kind: str | None = None) -> pd.DataFrame:
    """Return a list of codes that comes with gridgov, or all of them.

    Parameters
    ----------
    scheme
        ``"cjt214_style"`` (events in the numbering of CJ/T 214), ``"beijing_chaoyang"``
        (components and events of a Beijing district, about 2011), ``"beijing_back_alley"``
        (the ten rules for back alleys, 十无), ``"beijing_shijingshan"`` (streets) or
        ``"gridgov"`` (our keys of categories, departments and channels); every list when
        None.
    kind
        Only codes of this kind, such as ``"event"`` or ``"component"``; all when None.

    Returns
    -------
    DataFrame
        One row a code, in the order of the list.

        - ``scheme``, ``code`` -- the list and the code in it; together they are the key
        - ``kind`` -- ``category``, ``department``, ``channel``, ``event``, ``component``,
          ``alley_rule`` or ``street``
        - ``standard_code`` -- two digits of the major and three of the minor
        - ``major``, ``minor``, ``major_zh``, ``major_en`` -- the classes, where there are any
        - ``zh``, ``en`` -- name in Chinese and English; the English is our translation
        - ``aliases`` -- other words, with ``|`` between them
        - ``source``, ``version``, ``confidence`` -- ``high``, ``medium`` or ``low``

    Raises
    ------
    OptionError
        If there is no such list, or no such kind in it.

    Notes
    -----
    ``cjt214_style`` and ``beijing_chaoyang`` number minors with two digits. The code stays as
    it was; ``standard_code`` fills it up to three, so that it can stand in a 16-digit id. The
    number is then written as the standard writes it; what a national list means by it is
    another question.

    Examples
    --------
    >>> events = code_list("cjt214_style")
    >>> events[["code", "standard_code", "zh", "en"]].iloc[1].tolist()
    ['01-02', '01002', '暴露垃圾', 'Exposed garbage']
    >>> len(code_list("beijing_back_alley"))
    10
    """
    if scheme is not None:
        check_choice(scheme, option="scheme", choices=SCHEMES)
    chosen = SCHEMES if scheme is None else (scheme,)
    codes = pd.concat([_list(name) for name in chosen], ignore_index=True)
    if kind is not None:
        check_choice(kind, option="kind", choices=codes["kind"].dropna().unique().tolist())
        codes = codes[codes["kind"] == kind].reset_index(drop=True)
    return codes


def code_aliases(scheme: str | None = None, *, alias_scheme: str | None = None) -> pd.DataFrame:
    """Return which local codes and names stand for which codes of another list.

    Parameters
    ----------
    scheme
        The list that the aliases lead to; every one when None.
    alias_scheme
        The list that they come from; every one when None.

    Returns
    -------
    DataFrame
        One row an alias, sorted as in the file.

        - ``scheme``, ``code`` -- the list and the code that the alias stands for
        - ``alias_scheme``, ``alias`` -- the other list, and the code or name in it
        - ``relation`` -- ``same`` words, ``close`` (other words for the same), ``part`` of it,
          or ``retired``
        - ``source``, ``version``, ``confidence``

    Raises
    ------
    OptionError
        If no aliases lead to or come from such a list.

    Notes
    -----
    Only ``same`` is a fact: two lists use the same words. ``close`` and ``part`` are our
    reading and have low confidence; a city that knows better passes a table of its own.

    Examples
    --------
    >>> table = code_aliases("cjt214_style", alias_scheme="beijing_chaoyang")
    >>> table.set_index("alias").loc["200504", ["code", "relation"]].tolist()
    ['05-04', 'same']
    """
    table = _aliases()
    for name, value in (("scheme", scheme), ("alias_scheme", alias_scheme)):
        if value is not None:
            check_choice(value, option=name, choices=_aliases()[name].unique().tolist())
            table = table[table[name] == value]
    return table.reset_index(drop=True)


def theme_codes(theme: str | None = None) -> pd.DataFrame:
    """Return the codes that belong to the themes of a district's report.

    Parameters
    ----------
    theme
        Key of one category, such as ``"illegal_construction"``; every one when None.

    Returns
    -------
    DataFrame
        One row a code of a theme; a code can belong to several.

        - ``category`` -- the key of the theme, one of our categories
        - ``scheme``, ``code`` -- the list and the code in it
        - ``source``, ``version``, ``confidence`` -- low where a list has only something near

    Raises
    ------
    OptionError
        If there is no such theme.

    Notes
    -----
    No list has a code for the sorting of garbage: the theme names the nearest ones, with low
    confidence. Codes of different lists are never added up without looking: one incident can
    have a code in each.

    Examples
    --------
    >>> theme_codes("illegal_construction")[["scheme", "code"]].values.tolist()
    [['cjt214_style', '01-01'], ['beijing_chaoyang', '200709'], ['beijing_back_alley', '01']]
    """
    table = _read("themes", "theme_codes")
    if theme is not None:
        check_choice(theme, option="theme", choices=table["category"].unique().tolist())
        table = table[table["category"] == theme]
    return table.reset_index(drop=True)


def _list(scheme: str) -> pd.DataFrame:
    """Return one list of codes as the table codes."""
    return _own() if scheme == OWN_SCHEME else _read(scheme, "codes")


def _aliases() -> pd.DataFrame:
    """Return every alias that comes with gridgov."""
    return _read("aliases", "code_aliases")


@cache
def _read(name: str, table: str) -> pd.DataFrame:
    """Return one data file as a table; an empty field is a missing value."""
    text = files("gridgov.taxonomy").joinpath("codes", f"{name}.csv").read_text(encoding="utf-8")
    return conform(pd.read_csv(StringIO(text), dtype="str"), table)


@cache
def _own() -> pd.DataFrame:
    """Return our categories, departments and channels as a list of codes."""
    rows = [
        {
            "scheme": OWN_SCHEME,
            "kind": kind,
            "code": term.key,
            "zh": term.zh,
            "en": term.en,
            "aliases": "|".join(term.aliases),
            "source": term.source,
            "version": term.version,
            # The keys are ours, so that there is nothing to be unsure of.
            "confidence": "high",
        }
        for kind in KINDS
        for term in terms(kind).values()
    ]
    return conform(pd.DataFrame(rows), "codes")
