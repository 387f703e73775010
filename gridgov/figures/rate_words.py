"""What a rate of streets is against, in words: per km², per 10,000 inhabitants."""

from __future__ import annotations

from typing import Any

from gridgov.columns import TABLES, Language

__all__ = ["base_title", "rate_title"]

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "area_km2": "Area, km²",
        "population": "Inhabitants",
        "base": "Base",
        "per_area_km2": "Incidents per km²",
        "per_population": "Incidents per {per} inhabitants",
        "per": "Incidents for every {per} of {base}",
        "one": "Incidents per inhabitant",
    },
    "zh": {
        "area_km2": "面积（平方千米）",
        "population": "人口",
        "base": "基数",
        "per_area_km2": "每平方千米事件数",
        "per_population": "每 {per} 人事件数",
        "per": "每 {per} 单位{base}的事件数",
        "one": "人均事件数",
    },
}


def base_title(made: dict[str, Any], lang: Language) -> str:
    """Return what the base is called.

    Examples
    --------
    >>> base_title({"base": "area_km2"}, "zh")
    '面积（平方千米）'
    """
    base = str(made.get("base", "base"))
    if base in _WORDS[lang]:
        return _WORDS[lang][base]
    known = TABLES["jurisdictions"]
    return known[base].heading(lang) if base in known.names else base


def rate_title(made: dict[str, Any], lang: Language) -> str:
    """Return what the rates are, from the record that a table carries of how it was made.

    Examples
    --------
    >>> rate_title({"base": "population", "per": 10_000.0}, "en")
    'Incidents per 10,000 inhabitants'
    """
    words = _WORDS[lang]
    base, per = str(made.get("base", "base")), float(made.get("per", 1.0))
    if base == "population" and per == 1:
        return words["one"]
    if base == "population" or (base == "area_km2" and per == 1):
        return words[f"per_{base}"].format(per=f"{per:,.10g}")
    name = base_title(made, lang)
    # Known words go into the sentence as words; a column of the caller's own stands apart.
    if lang == "zh" and name == base:
        name = f" {name} "
    return words["per"].format(per=f"{per:,.10g}", base=name.lower() if base in words else name)
