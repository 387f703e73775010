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
    Line,
    Sheet,
    draw_cells,
    in_words,
    view_notes,
)
from gridgov.maps.map_notes import map_notes
from gridgov.maps.number_classes import number_classes
from gridgov.maps.words import words_for

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["map_rates"]

_NEEDED = ["cell", "street_id", "incidents", "base", "rate", "smoothed_rate", "reason"]


def map_rates(
    rates: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    breaks: str | Sequence[float] | None = None,
    compare: Sequence[Any] | None = None,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
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
        How the numbers are classed: ``"quantile"``, ``"natural"`` or ``"equal"`` as in
        :func:`gridgov.make_classes`, or one to six ascending bounds above 0, in the unit of
        the rates. Two
        maps compare only with the same bounds. None: up to seven classes of about equally
        many cells, bounds rounded to two figures.
    compare
        Two periods, or two groups of a table without periods, such as
        ``("2016-05", "2017-05")``: the page opens with the first on the left and the second
        on the right of a handle.
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What time the map is of, shown beside the heading.
    author
        Who made the map, shown at the foot.
    approval
        The map approval number (审图号), shown at the foot.
    tiles
        Base map: a name such as ``"gaode"``, ``gg.base_map(...)``, or as ``folium.Map``
        takes it. None: a plain background, nothing is fetched.

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
        If `lang` or the scheme does not exist, `breaks` are no ascending numbers above 0,
        `compare` is not in the table, or a note at the foot is empty or too long.
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
    return draw_cells(
        rates,
        jurisdictions,
        classes=number_classes(values, breaks),
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
            foot=lambda rows: [*view_notes(rows, lang), _method(rows, drawn, words)],
            layer=words["rates_layer"],
            notes=map_notes(source=source, author=author, approval=approval, lang=lang),
        ),
        lang=lang,
        tiles=tiles,
        compare=compare,
    )


def _method(rates: pd.DataFrame, drawn: str, words: dict[str, str]) -> str:
    """Return the line at the foot that says how the table was made."""
    per = (rates.attrs.get("rates") or {}).get("per", 1.0)
    return words[f"{drawn}_method"].format(
        incidents=f"{int(rates['incidents'].sum()):,}", cells=f"{len(rates):,}", per=f"{per:,.10g}"
    )
