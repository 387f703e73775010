"""The numbers of a document for the next program: ``bulletin.json``.

Strict JSON in UTF-8 with sorted keys: no NaN, a missing number is null. ``numbers`` holds
the single numbers by their keys, ``tables`` every table whole, ``columns`` what their columns
are. The same records give the same bytes.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

import gridgov
from gridgov.bulletin.document.forms import plain_text
from gridgov.bulletin.document.model import (
    ChartBlock,
    Document,
    FigureBlock,
    Number,
    Provenance,
    TableBlock,
)
from gridgov.bulletin.document.office import whole_file

__all__ = ["document_record", "write_json"]


def write_json(document: Document, path: str | Path) -> Path:
    """Write the numbers of a document.

    Parameters
    ----------
    document
        What to write.
    path
        The file, ``.json``.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the file cannot be written. Nothing half written is left behind.
    """
    text = json.dumps(
        document_record(document), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
    )
    return whole_file(path, lambda: (text + "\n").encode("utf-8"))


def document_record(document: Document) -> dict[str, Any]:
    """Return what the file holds.

    Parameters
    ----------
    document
        What to write.

    Returns
    -------
    dict
        ``title``, ``subtitle``, ``lang``, ``lead``, ``source``, ``created``, ``facts``,
        ``numbers`` by key, ``tables`` by name, ``figures`` and ``charts`` by name,
        ``method``, ``gridgov`` (the version).
    """
    return {
        "gridgov": gridgov.__version__,
        "title": plain_text(document.title),
        "subtitle": plain_text(document.subtitle),
        "lang": document.lang,
        "lead": plain_text(document.lead),
        "source": plain_text(document.source),
        "created": None if document.created is None else document.created.isoformat(),
        "facts": {key: _plain(value) for key, value in document.facts.items()},
        "method": [plain_text(line) for line in document.method],
        "numbers": {number.key: _number(number) for number in document.numbers},
        "tables": {block.name: _table(block) for block in document.parts(TableBlock)},
        "figures": {
            block.name: {"caption": plain_text(block.caption), **_where(block.provenance)}
            for block in document.parts(FigureBlock)
        },
        "charts": {block.name: _chart(block) for block in document.parts(ChartBlock)},
    }


def _number(number: Number) -> dict[str, Any]:
    """Return one number."""
    return {
        "label": plain_text(number.label),
        "unit": number.unit,
        **{
            key: _plain(getattr(number, key))
            for key in ("value", "low", "high", "numerator", "denominator")
        },
        **_where(number.provenance),
    }


def _table(block: TableBlock) -> dict[str, Any]:
    """Return a whole table and what its columns are."""
    known = set(block.spec.names)
    return {
        "caption": plain_text(block.caption),
        **_where(block.provenance),
        "columns": {
            name: block.spec[name].meaning if name in known else ""
            for name in map(str, block.frame.columns)
        },
        "rows": [
            {str(name): _plain(value) for name, value in row.items()}
            for row in block.frame.to_dict("records")
        ],
    }


def _chart(block: ChartBlock) -> dict[str, Any]:
    """Return the numbers of a chart."""
    return {
        "caption": plain_text(block.caption),
        **_where(block.provenance),
        "categories": [plain_text(text) for text in block.categories],
        "series": {
            plain_text(one.name): [_plain(value) for value in one.values] for one in block.series
        },
    }


def _where(provenance: Provenance | None) -> dict[str, Any]:
    """Return where something comes from."""
    if provenance is None:
        return {"source": None, "period": None, "n": None, "method": None}
    return {
        "source": plain_text(provenance.source),
        "period": plain_text(provenance.period),
        "n": provenance.n,
        "method": plain_text(provenance.method),
    }


def _plain(value: Any) -> Any:
    """Return a value that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, str):
        return plain_text(value)
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return plain_text(value)
