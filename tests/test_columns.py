"""The column lists are whole and say one thing."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import gridgov.schema
from gridgov.columns import SPOTS, TABLES, Table
from gridgov.taxonomy.labels import labels


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_column_is_documented_in_both_languages(table: Table) -> None:
    for column in table.columns:
        assert column.meaning, column.name
        assert column.heading("en") == column.label
        assert re.search(r"[\u4e00-\u9fff]", column.label_zh) or column.name in {
            "p_value",
            "gi_star",
        }


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_keys_are_columns_and_names_are_unique(table: Table) -> None:
    assert set(table.key) <= set(table.names)
    assert len(set(table.names)) == len(table.names)


def test_the_same_name_is_the_same_kind_in_every_table() -> None:
    kinds: dict[str, set[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            # UInt64 is uint64 that may be missing: the same kind of value.
            kinds.setdefault(column.name, set()).add(column.dtype.lower())
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {}


def test_a_column_that_is_not_there_is_a_key_error() -> None:
    assert TABLES["grid"]["cell"].dtype == "uint64"
    with pytest.raises(KeyError, match="nothing"):
        TABLES["grid"]["nothing"]


def test_the_seven_spots_have_words_in_order() -> None:
    for lang in ("en", "zh"):
        assert list(labels("spot", lang)) == list(SPOTS)
    assert labels("spot", "zh")["hot 95"] == "热点 95%"


def test_every_table_that_a_subject_describes_is_listed_in_its_order() -> None:
    folder = Path(gridgov.schema.__file__ or "").parent
    described: list[str] = []
    for path in sorted(folder.glob("[!_]*.py")):
        subject = import_module(f"gridgov.schema.{path.stem}")
        tables: tuple[Table, ...] = getattr(subject, "TABLES", ())
        names = [table.name for table in tables]
        described += names
        assert [name for name in TABLES if name in names] == names
        assert all(TABLES[table.name] is table for table in tables)
    assert sorted(TABLES) == sorted(described)
