"""The map of rates as a still picture: pale to dark, hatched where there is no rate.

It draws the table "rates" with the classes, colors and words of the web map, and computes
nothing but the bounds of the classes and how many cells stand in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.number_classes import number_classes
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_rates"]


def plot_rates(
    rates: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw rates as a still map.

    Parameters
    ----------
    rates
        Table of :func:`gridgov.measure_rates`, one period and one group. Colored are the
        smoothed rates where there are any, else the raw ones.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
    breaks
        One to six ascending bounds between the classes, in the unit of the rates; two maps
        compare only with the same ones, such as :func:`gridgov.make_classes` gives. None: up
        to seven classes of about equally many cells, bounds rounded to two figures.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, printed at the foot.
    date
        What time the map is of, printed under the heading.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells from pale to dark, hatched where there is no rate, street
        outlines and names, legend with the range of each class and its number of cells,
        scale bar, north arrow, heading, date, source and a note on the method.
        :func:`gridgov.save_figure` writes it.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several periods or groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Notes
    -----
    A raw rate of few people is high or zero by chance: the eye goes to the emptiest cells.
    Draw smoothed rates unless every base is large.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> counts = pd.DataFrame({"cell": pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "uint64"),
    ...                        "incidents": [9, 1], "street_id": "s1", "people": [900, 500]})
    >>> figure = plot_rates(gg.measure_rates(counts, base="people", per=10_000), lang="zh")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(rates, "rates", columns=["cell", "incidents", "rate", "smoothed_rate"])
    check_one_map(rates, "rates")
    words = words_for(lang)
    drawn = "smoothed_rate" if rates["smoothed_rate"].notna().any() else "rate"
    per = (rates.attrs.get("rates") or {}).get("per", 1.0)
    method = words[f"{drawn}_method"].format(
        incidents=f"{int(rates['incidents'].sum()):,}", cells=f"{len(rates):,}", per=f"{per:,.10g}"
    )
    return draw_cell_map(
        rates,
        jurisdictions,
        classes=number_classes(rates[drawn].to_numpy(dtype=np.float64, na_value=np.nan), breaks),
        title=title or words["rates_title"],
        date=date,
        legend=words["rates_legend"].format(words[drawn]),
        notes=[*made_note(rates, source, lang), words["rates_help"], method],
        lang=lang,
    )
