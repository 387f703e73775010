"""How alike two short texts are: Dice's coefficient of their pairs of neighboring letters.

``2 |A ∩ B| / (|A| + |B|)`` of the sets A and B of letter pairs. It needs no words and no
dictionary, so it works for Chinese, which does not separate words, as for English, and it
forgives an added or misspelled word. It does not know meaning: 占道经营 and 游商摆摊 share
nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

__all__ = ["dice_similarity"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Pairs answered at once: what is multiplied stays small beside the texts.
_BLOCK = 1 << 18
# Unicode has 0x110000 letters: 21 bits hold one.
_BITS = 21


def dice_similarity(texts: Any, first: Ints, second: Ints) -> Floats:
    """Return the similarity of pairs of texts.

    Parameters
    ----------
    texts
        Series of texts, missing allowed.
    first, second
        Positions of the texts of every pair.

    Returns
    -------
    float64 array, 0 to 1
        Missing where a text is missing or holds no letter and no digit.

    Notes
    -----
    Letters are compared in their compatibility form (full-width ones are plain ones), without
    case; what is neither letter nor digit is left out. A text of one letter is alike only to
    the same letter.

    References
    ----------
    .. [1] Dice, L. R. (1945). Measures of the amount of ecologic association between species.
       Ecology 26(3), 297-302. https://doi.org/10.2307/1932409

    Examples
    --------
    暴露垃圾 and 暴露的垃圾 share 暴露 and 垃圾 among three and four pairs, 2 · 2 / 7:

    >>> import numpy as np, pandas as pd
    >>> texts = pd.Series(["暴露垃圾", "暴露的垃圾", None])
    >>> dice_similarity(texts, np.array([0, 0]), np.array([1, 2])).round(3).tolist()
    [0.571, nan]
    """
    used, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    left, right = places[: len(first)], places[len(first) :]
    given = pd.Series(texts).iloc[used]
    given = given.astype("str").where(given.notna())
    plain = given.str.normalize("NFKC").str.casefold()
    plain = plain.str.replace(r"[\W_]+", "", regex=True).fillna("")
    words, word_of = np.unique(plain.to_numpy(dtype=object), return_inverse=True)
    pairs = _letter_pairs(words)
    sizes = np.asarray(pairs.sum(axis=1)).ravel()
    result = np.full(len(first), np.nan)
    for begin in range(0, len(first), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        a, b = word_of[left[block]], word_of[right[block]]
        shared = np.asarray(pairs[a].multiply(pairs[b]).sum(axis=1)).ravel()
        known = (sizes[a] > 0) & (sizes[b] > 0)
        nothing = np.full(len(a), np.nan)
        result[block] = np.divide(2 * shared, sizes[a] + sizes[b], out=nothing, where=known)
    return result


def _letter_pairs(words: NDArray[np.object_]) -> Any:
    """Return which letter pairs each word has: a sparse table of ones."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    letters = np.frombuffer("".join(words).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    owner = np.repeat(np.arange(len(words)), lengths)
    inside = owner[1:] == owner[:-1]
    codes = ((letters[:-1] << _BITS) | letters[1:])[inside]
    owners = owner[:-1][inside]
    # A word of one letter has that letter alone.
    single = np.flatnonzero(lengths == 1)
    starts = np.cumsum(lengths) - lengths
    codes = np.concatenate([codes, -1 - letters[starts[single]]])
    owners = np.concatenate([owners, single])
    kinds, column = np.unique(codes, return_inverse=True)
    cells = np.unique(owners * max(len(kinds), 1) + column)
    rows, columns = cells // max(len(kinds), 1), cells % max(len(kinds), 1)
    ones = np.ones(len(cells), dtype=np.int64)
    return sp.csr_array((ones, (rows, columns)), shape=(len(words), max(len(kinds), 1)))
