"""The map of rates: hexagons from pale to dark, hatched where there is no rate.

It draws the table "rates" and computes nothing but the bounds of its classes and how many
cells stand in each. All text and numbers travel as data and are shown as text (see
``safe_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.maps.cell_layer import (
    Classes,
    Line,
    Sheet,
    draw_cells,
    in_words,
    made_of,
)
from gridgov.maps.words import words_for
from gridgov.taxonomy.sequence import (
    check_breaks,
    class_breaks,
    class_codes,
    class_colors,
    class_texts,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["map_rates"]

_NEEDED = ["cell", "street_id", "incidents", "base", "rate", "smoothed_rate", "reason"]


def map_rates(
    rates: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: Sequence[float] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw rates as a map that shows in a notebook and saves as one file.

    Parameters
    ----------
    rates
        Table of :func:`gridgov.measure_rates`. Colored are the smoothed rates where there are
        any, else the raw ones. Several periods get a slider that plays, the last one first;
        several groups a switch; the classes are the same in all.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines and street names. Without it streets
        go by their ids and no outline is drawn.
    breaks
        One to six ascending bounds between the classes, in the unit of the rates; two
        maps compare only with the same ones, such as :func:`gridgov.make_classes` gives.
        None: up to seven classes of about equally
        many cells, bounds rounded to two figures.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    tiles
        Base map as ``folium.Map`` takes it. None: a plain background, nothing is fetched.

    Returns
    -------
    folium.Map
        Cells from pale to dark, hatched where there is no rate; street outlines, legend,
        heading, date, source and a note on the method. Pointing at a cell shows both
        rates, incidents, base and, if there is no rate, the reason.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` does not exist, or `breaks` are no ascending numbers above 0.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If Folium does not know `tiles`.

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
    >>> page = map_rates(gg.measure_rates(counts, base="people", per=10_000), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    check_table(rates, "rates", columns=_NEEDED)
    words = words_for(lang)
    drawn = "smoothed_rate" if rates["smoothed_rate"].notna().any() else "rate"
    values = rates[drawn].to_numpy(dtype=np.float64, na_value=np.nan)
    bounds = check_breaks(breaks)
    if bounds is None:
        bounds = class_breaks(values)
    # Highest first, as the legend reads; after the last class those without a rate.
    last = len(bounds)
    codes = np.where(np.isfinite(values), last - class_codes(values, bounds), last + 1)
    return draw_cells(
        rates,
        jurisdictions,
        classes=Classes(codes, class_texts(bounds)[::-1], class_colors(last + 1)[::-1]),
        lines=[
            Line(words["smoothed_rate"], "digits", rates["smoothed_rate"]),
            Line(words["rate"], "digits", rates["rate"]),
            Line(words["density_class"], "class"),
            Line(words["incidents"], "count", rates["incidents"]),
            Line(words["base"], "score", rates["base"]),
            Line(words["reason"], "name", in_words(rates["reason"], "reason", lang)),
        ],
        sheet=Sheet(
            title=str(title) if title is not None else words["rates_title"],
            date=date,
            legend=words["rates_legend"].format(words[drawn]),
            help=words["rates_help"],
            foot=lambda rows: [*made_of(rows, source, lang), _method(rows, drawn, words)],
            layer=words["rates_layer"],
        ),
        lang=lang,
        tiles=tiles,
    )


def _method(rates: pd.DataFrame, drawn: str, words: dict[str, str]) -> str:
    """Return the line at the foot that says how the table was made."""
    per = (rates.attrs.get("rates") or {}).get("per", 1.0)
    return words[f"{drawn}_method"].format(
        incidents=f"{int(rates['incidents'].sum()):,}", cells=f"{len(rates):,}", per=f"{per:,.10g}"
    )
