"""The names of layers of jurisdictions as what a reader chooses on a map."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gridgov.columns import Language
from gridgov.maps.words import words_for

__all__ = ["layer_groups"]


def layer_groups(layer: pd.Series, lang: Language) -> pd.Series:
    """Return the layer of every row as text, missing throughout where there is only one.

    In a table of several layers the rows without a name stand for all of them together.

    Examples
    --------
    >>> layer_groups(pd.Series(["streets", "plots", None]), "en").tolist()
    ['streets', 'plots', 'All layers together']
    >>> layer_groups(pd.Series([None, None]), "en").isna().all()
    np.True_
    """
    names = layer.astype(object).reset_index(drop=True)
    if layer.nunique(dropna=False) < 2:
        return pd.Series(np.full(len(names), None, dtype=object))
    return names.where(names.notna(), words_for(lang)["all_layers"])
