"""Words in the columns of cases: yes and no, satisfaction, statuses, events of a log.

The words lie in ``case_words.toml``. What is not there is not guessed: it comes back as
unknown, for the reader to count and to tell.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.schema.cases import CASE_EVENTS
from gridgov.sources.text_values import says_nothing, unique_text

__all__ = ["event_codes", "read_flags", "read_words", "status_stages"]

Flags = NDArray[np.bool_]


def read_flags(values: pd.Series) -> tuple[pd.Series, Flags]:
    """Return a column of yes and no, and which rows say something else.

    A number is yes when it is above 0 (督办次数 2) and no when it is 0.

    Examples
    --------
    >>> import pandas as pd
    >>> flags, unknown = read_flags(pd.Series(["是", "NO", "2", "", "maybe"]))
    >>> flags.tolist(), unknown.tolist()
    ([True, False, True, <NA>, <NA>], [False, False, False, False, True])
    """
    codes, texts = unique_text(values)
    words = texts.to_pandas()
    known = words.str.casefold().map(_meanings("yes_no")).to_numpy(dtype=object, copy=True)
    numbers = pd.to_numeric(words, errors="coerce").to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        known[numbers > 0], known[numbers == 0] = "yes", "no"
    nothing = says_nothing(texts)
    found = np.asarray(pd.notna(known), dtype=bool)
    truth = pd.array(np.where(found, known == "yes", False), dtype="boolean")
    truth[~found] = pd.NA
    flags = pd.Series(truth.take(codes), index=values.index)
    return flags, (~found & ~nothing)[codes]


def read_words(values: pd.Series, table: str) -> tuple[pd.Series, Flags]:
    """Return the codes of a column of words, missing where there is none, and unknown words.

    Parameters
    ----------
    values
        The column.
    table
        ``"satisfaction"``.

    Examples
    --------
    >>> import pandas as pd
    >>> codes, unknown = read_words(pd.Series(["基本满意", "未评价", "喜欢"]), "satisfaction")
    >>> codes.tolist(), unknown.tolist()
    (['mostly satisfied', nan, nan], [False, False, True])
    """
    found, nothing = _coded(values, _meanings(table), nothing=tuple(_meanings("no_answer")))
    return found, np.asarray(found.isna()) & ~nothing


def status_stages(statuses: pd.Series) -> pd.Series:
    """Return the stage that each status speaks of; missing where it speaks of none.

    Examples
    --------
    >>> import pandas as pd
    >>> status_stages(pd.Series(["已结案", "复议"])).tolist()
    ['closed', nan]
    """
    return _coded(statuses, _meanings("status"))[0]


def event_codes(values: pd.Series, events: Mapping[str, str] | None) -> tuple[pd.Series, Flags]:
    """Return the event of every row of a log, missing where it is unknown, and which say nothing.

    Parameters
    ----------
    values
        The words of the log.
    events
        The caller's words to events of :data:`gridgov.schema.cases.CASE_EVENTS`; they come
        before the common ones.

    Raises
    ------
    OptionError
        If `events` maps a word to an event that does not exist.
    """
    said = dict(events or {})
    for word, event in said.items():
        if event not in CASE_EVENTS:
            raise OptionError(
                f"events must map the words of the log to {', '.join(CASE_EVENTS)}. Found: "
                f"{event!r} for {word!r}."
            )
    own = {_plain(word): event for word, event in said.items()}
    found, nothing = _coded(values, {**_meanings("events"), **own})
    return found, nothing & np.asarray(found.isna())


def _coded(
    values: pd.Series, meanings: Mapping[str, str], *, nothing: tuple[str, ...] = ()
) -> tuple[pd.Series, Flags]:
    """Return codes of words, missing where a word is unknown, and which rows say nothing."""
    codes, texts = unique_text(values)
    words = texts.to_pandas().str.casefold()
    meant = words.map(dict(meanings)).to_numpy(dtype=object)
    silent = says_nothing(texts) | words.isin(nothing).to_numpy()
    found = pd.Series(meant[codes], index=values.index)
    missing = found.isna()
    return found.astype("str").where(~missing), silent[codes]


@cache
def _meanings(table: str) -> dict[str, str]:
    """Return the code of every word of a table."""
    text = files("gridgov.sources").joinpath("case_words.toml").read_text(encoding="utf-8")
    listed: dict[str, list[str]] = tomllib.loads(text)[table]
    return {_plain(word): code for code, words in listed.items() for word in words}


def _plain(word: Any) -> str:
    """Return a word without what differs between two spellings of it."""
    return unicodedata.normalize("NFKC", str(word)).strip().casefold()
