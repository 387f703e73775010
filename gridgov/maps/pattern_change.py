"""The map of change between two times: cells whose share has grown or shrunk.

It draws the tables "pattern_change" and "proportion_change" and computes nothing but how
many cells stand in each class. All text and numbers travel as data and are shown as text
(see ``safe_text``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import folium

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.errors import MapError
from gridgov.maps.cell_layer import Line, Sheet, classes_of, draw_cells
from gridgov.maps.map_notes import map_notes
from gridgov.maps.words import words_for
from gridgov.taxonomy.category_palette import category_colors

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["map_pattern_change"]

_NEEDED = ["cell", "incidents_before", "incidents_after", "local_s"]
_TERMS = {1: "grown", 0: "same", -1: "shrunk"}


def map_pattern_change(
    change: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    palette: str = "arcgis",
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
    author: str | None = None,
    approval: str | None = None,
    tiles: Any = None,
) -> folium.Map:
    """Draw where the share of the incidents has grown and where it has shrunk.

    Parameters
    ----------
    change
        Table of :func:`gridgov.compare_patterns` or :func:`gridgov.compare_proportions`
        whose units are cells.
    jurisdictions
        Table "jurisdictions", EPSG:4326: outlines are drawn. None: no outline.
    palette
        ``"arcgis"`` (blue, white, red) or ``"vik"`` (blue, white, brown; darker ends).
    lang
        ``"en"`` or ``"zh"``.
    title
        Heading; a plain one in the language when None.
    source
        Where the records come from, shown at the foot.
    date
        What times the map compares, shown beside the heading.
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
        Cells whose share has grown, shrunk or neither, with their number in the legend;
        at the pointer the incidents of both times and, after a test, p and q.
        :func:`gridgov.save_html` writes it as one file.

    Raises
    ------
    OptionError
        If `lang` or `palette` does not exist, or a note at the foot is empty or too long.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no rows.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    MapError
        If the units are streets, or Folium does not know `tiles`.

    Notes
    -----
    Shares add up to one: where one place shrinks much, others grow without a single
    incident more. Look at the incidents beside the shares.

    Examples
    --------
    >>> import pandas as pd
    >>> import gridgov as gg
    >>> cells = pd.array([0x8931AA50B7BFFFF, 0x8931AA50B67FFFF], "uint64")
    >>> before = pd.DataFrame({"cell": cells, "incidents": [60, 40]})
    >>> after = pd.DataFrame({"cell": cells, "incidents": [20, 40]})
    >>> page = map_pattern_change(gg.compare_proportions(before, after), lang="zh")
    >>> type(page).__mro__[1].__name__
    'Map'
    """
    lang = check_language(lang)
    tested = "q_value" in change.columns
    name = "proportion_change" if tested else "pattern_change"
    needed = [*_NEEDED, "p_value"] if tested else _NEEDED
    check_table(change, name, columns=needed)
    if change["cell"].isna().any():
        raise MapError(
            "A map of change needs cells. Found: a table whose units are streets. Draw it with "
            'gridgov.plot_pattern_change(...), or compare with unit="cell".'
        )
    words = words_for(lang)
    fills = category_colors("trends", palette).values()
    colors = dict(zip(_TERMS.values(), fills, strict=True))
    lines = [
        Line(words["change_class"], "class"),
        Line(words["incidents_before"], "count", change["incidents_before"]),
        Line(words["incidents_after"], "count", change["incidents_after"]),
    ]
    if tested:
        lines += [
            Line(words["p_value"], "probability", change["p_value"]),
            Line(words["q_value"], "probability", change["q_value"]),
        ]
    # The table has no street: its units are cells, and a cell can lie in several.
    cells = change.assign(cell=change["cell"].astype("uint64"))
    return draw_cells(
        cells,
        jurisdictions,
        classes=classes_of(change["local_s"].map(_TERMS), colors, "change", lang),
        lines=lines,
        sheet=Sheet(
            title=str(title) if title is not None else words["change_title"],
            date=date,
            legend=words["change_legend"],
            help=words["change_help"],
            foot=_foot(change, name, words),
            layer=words["change_layer"],
            notes=map_notes(source=source, author=author, approval=approval, lang=lang),
        ),
        lang=lang,
        tiles=tiles,
    )


def _foot(change: pd.DataFrame, name: str, words: dict[str, str]) -> list[str]:
    """Return how the table was made."""
    made = change.attrs.get(name) or {}
    line = words[f"{name}_method"].format(
        before=f"{int(change['incidents_before'].sum()):,}",
        after=f"{int(change['incidents_after'].sum()):,}",
        cells=f"{len(change):,}",
        alpha=f"{made.get('alpha', 0.05):g}",
    )
    return [line]
