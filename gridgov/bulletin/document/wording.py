"""The fixed words of a document's renderings in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gridgov.columns import Language

__all__ = ["wording"]

_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "table": ("Table", "表"),
        "figure": ("Figure", "图"),
        "key_figures": ("Key figures", "主要数据"),
        "method": ("Method and limits", "方法与说明"),
        "source": ("Source: {}", "资料来源：{}"),
        "more_rows": ("{:,} more rows in the workbook.", "其余 {:,} 行见工作簿。"),
        "page": ("Page", "第"),
        "page_end": ("", "页"),
        "continued": ("{} ({} of {})", "{}（{}/{}）"),
        "overview": ("Overview", "概览"),
        "columns": ("Columns", "字段说明"),
        "number": ("Number", "数据项"),
        "value": ("Value", "数值"),
        "note": ("Note", "备注"),
        "made": ("Made by gridgov {}.", "由 gridgov {} 生成。"),
        "no_rows": ("None.", "无。"),
        "category": ("Category", "分类"),
    }
)


def wording(lang: Language) -> dict[str, str]:
    """Return the words in a language.

    Examples
    --------
    >>> wording("zh")["table"]
    '表'
    """
    place = 1 if lang == "zh" else 0
    return {key: texts[place] for key, texts in _WORDS.items()}
