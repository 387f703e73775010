"""Maps of change over time as still pictures: emerging hotspots, persistence, trends.

Each draws its table with the colors and words of the web map, and computes nothing but
how many cells stand in each class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from gridgov.checks import check_language, check_table
from gridgov.columns import Language
from gridgov.figures.cell_map import draw_cell_map, made_note
from gridgov.figures.page_text import check_one_map
from gridgov.maps.cell_layer import classes_of
from gridgov.maps.words import words_for
from gridgov.taxonomy.category_palette import EMERGING_COLORS, PERSISTENCE_COLORS, TREND_COLORS
from gridgov.taxonomy.method import rings_phrase

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["plot_emerging_map", "plot_persistence", "plot_trends_map"]


def plot_emerging_map(
    emerging: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw emerging hotspots as a still map.

    Parameters
    ----------
    emerging
        Table of :func:`gridgov.find_emerging_hotspots`, one group.
    jurisdictions
        Table "jurisdictions"; its outlines and street names are drawn over the cells. No
        outlines when None.
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
        10 × 7.5 inches: cells in the colors of their categories (hatched where there is no
        answer), street outlines and names, legend of the categories that occur with their
        numbers of cells, scale bar, north arrow, heading, date, source and a note on the
        method. :func:`gridgov.plot_emerging` draws when each category was hot.

    Raises
    ------
    OptionError
        If `lang` does not exist.
    ColumnsError
        If a column is missing.
    EmptyTableError
        If there are no cells.
    InputError
        If the table holds several groups.

    Warns
    -----
    DataWarning
        If a text holds a character that no font at hand can draw.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF, 0x8931AA50B67FFFF],
    ...                       "incidents": [9, 0], "area_km2": 0.1, "periods": 12,
    ...                       "category": ["new hot", "no pattern"]})
    >>> figure = plot_emerging_map(conform(cells, "emerging"), lang="zh", title="八角街道")
    >>> figure.get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(emerging, "emerging", columns=["cell", "incidents", "periods", "category"])
    words = words_for(lang)
    texts = [words["emerging_title"], words["category_legend"], words["emerging_help"]]
    return _draw(
        emerging, jurisdictions, "emerging", EMERGING_COLORS, texts, lang, title, source, date
    )


def plot_persistence(
    persistence: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw persistent, emerging, intermittent and former hotspots as a still map.

    Parameters
    ----------
    persistence
        Table of :func:`gridgov.classify_persistence`, one group.
    jurisdictions, lang, title, source, date
        As in :func:`plot_emerging_map`.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells in the colors of their classes, and what stands around a map.

    Raises
    ------
    OptionError, ColumnsError, EmptyTableError, InputError
        As in :func:`plot_emerging_map`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF], "incidents": [9], "area_km2": 0.1,
    ...                       "periods": 12, "category": ["former hot"]})
    >>> plot_persistence(conform(cells, "persistence")).get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(persistence, "persistence", columns=["cell", "incidents", "periods", "category"])
    words = words_for(lang)
    made = persistence.attrs.get("persistence") or {}
    # Without the record of how the table was made, the rules cannot be told in numbers.
    told = (
        words["persistence_help"].format(
            persistent=f"{100 * made['persistent_share']:g}",
            least=f"{100 * made['hotspot_share']:g}",
            recent=made["recent_periods"],
        )
        if made
        else ""
    )
    texts = [words["persistence_title"], words["category_legend"], told]
    return _draw(
        persistence,
        jurisdictions,
        "persistence",
        PERSISTENCE_COLORS,
        texts,
        lang,
        title,
        source,
        date,
    )


def plot_trends_map(
    trends: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
    source: str | None = None,
    date: str | None = None,
) -> Figure:
    """Draw where incidents rise and where they fall as a still map.

    Parameters
    ----------
    trends
        Table of :func:`gridgov.measure_trends`, one group.
    jurisdictions, lang, title, source, date
        As in :func:`plot_emerging_map`.

    Returns
    -------
    matplotlib.figure.Figure
        10 × 7.5 inches: cells that rise, fall or do neither, and what stands around a map.
        :func:`gridgov.plot_trend` draws the numbers of the whole over time.

    Raises
    ------
    OptionError, ColumnsError, EmptyTableError, InputError
        As in :func:`plot_emerging_map`.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.checks import conform
    >>> cells = pd.DataFrame({"cell": [0x8931AA50B7BFFFF], "incidents": [9], "area_km2": 0.1,
    ...                       "periods": 12, "kendall_s": 40, "kendall_variance": 212.7,
    ...                       "slope": 0.5, "trend": ["up"]})
    >>> plot_trends_map(conform(cells, "trends")).get_size_inches().tolist()
    [10.0, 7.5]
    """
    lang = check_language(lang)
    check_table(trends, "trends", columns=["cell", "incidents", "periods", "trend"])
    words = words_for(lang)
    alpha = (trends.attrs.get("trends") or {}).get("alpha")
    told = words["trends_help"].format(alpha=f"{alpha:g}") if alpha else ""
    texts = [words["trends_title"], words["trends_legend"], told]
    return _draw(trends, jurisdictions, "trends", TREND_COLORS, texts, lang, title, source, date)


def _draw(
    table: pd.DataFrame,
    jurisdictions: gpd.GeoDataFrame | None,
    name: str,
    colors: Any,
    texts: list[str],
    lang: Language,
    title: str | None,
    source: str | None,
    date: str | None,
) -> Figure:
    """Draw one of the maps of change: `texts` are its title, legend and rule."""
    check_one_map(table, name)
    column, kind = ("trend", "trend") if name == "trends" else ("category", name)
    classes = classes_of(table[column], dict(colors), kind, lang, all_listed=name != "emerging")
    notes = [*made_note(table, source, lang), texts[2], _method(table, name, lang)]
    return draw_cell_map(
        table,
        jurisdictions,
        classes=classes,
        title=title or texts[0],
        date=date,
        legend=texts[1],
        notes=[note for note in notes if note],
        lang=lang,
    )


def _method(table: pd.DataFrame, name: str, lang: Language) -> str:
    """Return the note on how the table was made."""
    words = words_for(lang)
    made = table.attrs.get(name) or {}
    null = words.get(f"bins_{made.get('null')}", "")
    window = words[f"window_{made.get('window', 'individual_step')}"]
    return words[f"{name}_method"].format(
        incidents=f"{int(table['incidents'].sum()):,}",
        cells=f"{len(table):,}",
        periods=int(table["periods"].iloc[0]),
        rings=rings_phrase(made.get("rings"), lang),
        null=null.format(window),
    )
