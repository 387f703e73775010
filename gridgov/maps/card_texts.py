"""Values of a card that are text and not numbers of a fixed kind."""

from __future__ import annotations

import pandas as pd

from gridgov.columns import Language
from gridgov.taxonomy.categories import KINDS, find_term, term_label

__all__ = ["count_texts", "group_words", "time_texts"]


def count_texts(counts: pd.Series) -> pd.Series:
    """Return whole numbers as text, missing where they are: a card leaves such a line out.

    Examples
    --------
    >>> count_texts(pd.Series([12345, None], dtype="Int64")).tolist()
    ['12,345', None]
    """
    known = counts.notna().to_numpy()
    texts = pd.Series([None] * len(counts), index=counts.index, dtype=object)
    texts[known] = [f"{count:,}" for count in counts[known].astype("int64").tolist()]
    return texts


def time_texts(times: pd.Series, shape: str = "%Y-%m-%d %H:%M") -> pd.Series:
    """Return times in their own zone as text, missing where they are.

    Examples
    --------
    >>> time_texts(pd.Series(pd.to_datetime(["2017-09-04 08:05", None]))).tolist()
    ['2017-09-04 08:05', None]
    """
    known = times.notna()
    return times.dt.strftime(shape).astype(object).where(known, None)


def group_words(texts: pd.Series, lang: Language) -> pd.Series:
    """Return channels, departments and categories in the language where they are known.

    Examples
    --------
    >>> group_words(pd.Series(["热线", "城管", "飞鸽", None]), "en").tolist()
    ['Hotline', 'Urban management', '飞鸽', None]
    """
    kinds = list(KINDS)[::-1]
    known = {}
    for text in texts.dropna().unique():
        kind = next((kind for kind in kinds if find_term(kind, text)), "channel")
        known[text] = term_label(kind, str(text), lang)
    words = [known.get(text) if isinstance(text, str) else None for text in texts.tolist()]
    return pd.Series(words, index=texts.index, dtype=object)
