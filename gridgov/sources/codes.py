"""Reading a city's own codes: lists of codes, and what its words mean in another list.

What comes back is the same table as the lists that come with gridgov, and is passed on as
an argument: ``match_codes(..., codes=codes)``. Nothing is registered, so that two cities
can be looked at side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from gridgov.sources.code_rows import (
    column_texts,
    need_columns,
    same_text,
    split_rows,
    standard_codes,
    unify_words,
)
from gridgov.sources.column_names import match_columns
from gridgov.sources.notices import Notice, attach, warn
from gridgov.sources.tables import read_table
from gridgov.sources.text_values import excerpt

__all__ = ["CodeAliasesRead", "CodesRead", "read_code_aliases", "read_codes"]


class CodesRead(NamedTuple):
    """What :func:`read_codes` returns: codes and rows set aside."""

    codes: pd.DataFrame
    set_aside: pd.DataFrame


class CodeAliasesRead(NamedTuple):
    """What :func:`read_code_aliases` returns: aliases and rows set aside."""

    code_aliases: pd.DataFrame
    set_aside: pd.DataFrame


def read_codes(
    source: Any,
    *,
    scheme: str | None = None,
    kind: str | None = None,
    version: str | None = None,
    columns: Mapping[str, str | bool | None] | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
) -> CodesRead:
    """Read a list of codes of one's own from a file or a DataFrame.

    Parameters
    ----------
    source
        Path of a CSV, Excel or Parquet file, or a DataFrame; see
        :func:`gridgov.sources.tables.read_table`.
    scheme
        What the list is called, such as ``"nyc_311"``. Needed when the source has no such
        column; it comes before one.
    kind
        Kind of every code, such as ``"event"``, where the source does not say.
    version
        Its edition, where the source does not say.
    columns
        Our name to the name in the source: those of the table ``codes``. What is not named is
        looked for by common Chinese and English names. None as the name says that the source
        has no such column.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook.

    Returns
    -------
    codes : DataFrame
        One row a code, in the order of the source.

        - ``scheme``, ``code`` -- the list and the code in it, as read without blanks around;
          without a column of codes, major and minor with a hyphen between
        - ``standard_code`` -- as read, else made of major and minor where these are numbers
        - ``kind``, ``major``, ``minor``, ``major_zh``, ``major_en``, ``zh``, ``en`` -- as read
        - ``aliases`` -- other words, with ``|`` between them; ``;`` is read as one too
        - ``source`` -- as read, else the name of the file
        - ``version``, ``confidence`` -- as read
        - then the caller's own columns; one that has a name of ours ends in ``_source``
    set_aside : DataFrame
        All other rows.

        - ``source_row`` -- row of the source, 1 = first data row
        - ``reason`` -- ``missing_scheme``, ``missing_code`` or ``duplicate_code``
        - ``detail``, ``detail_zh`` -- a sentence in English and Chinese
        - then the row as read

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If there are no codes, no scheme, a named column is not there, or not one row can be
        used.
    OptionError
        If `encoding` or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with what was noticed: rows set aside, codes without a name, a confidence that is
        not ``high``, ``medium`` or ``low`` and so was left out.

    Notes
    -----
    Keep codes as text: a spreadsheet turns 01 into 1, and nobody can tell afterwards.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "service_code": ["N01", "N02"], "service_name": ["Noise - Street", "Noise - Park"],
    ... })
    >>> codes, set_aside = read_codes(table, scheme="nyc_311", kind="event", version="2024")
    >>> codes[["scheme", "code", "en", "source"]].values.tolist()
    [['nyc_311', 'N01', 'Noise - Street', 'DataFrame'],
     ['nyc_311', 'N02', 'Noise - Park', 'DataFrame']]
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "codes", columns=columns)
    texts = column_texts(raw, ours, {"scheme": scheme})
    if "code" not in ours and {"major", "minor"} <= set(ours):
        hyphen = ("-" + texts["minor"]).fillna("")
        texts["code"] = texts["major"] + hyphen
    need_columns(raw, texts, "codes", ("scheme", "code"))
    for name, value in (("kind", kind), ("version", version), ("source", raw.name)):
        texts[name] = texts[name].fillna(value) if name in texts else same_text(raw, value)
    if "aliases" in texts:
        texts["aliases"] = texts["aliases"].str.replace(r"\s*[;；|]\s*", "|", regex=True)
    made = standard_codes(texts)
    if made is not None:
        texts["standard_code"] = (
            texts["standard_code"].fillna(made) if "standard_code" in texts else made
        )
    told = unify_words(texts, raw, ("confidence",))
    codes, aside, more = split_rows(raw, ours, texts, "codes", ("scheme", "code"))
    unnamed = codes[codes["zh"].isna() & codes["en"].isna()]
    if len(unnamed):
        first = excerpt(unnamed["code"]).iloc[0]
        told.append(
            Notice(
                "codes_without_name",
                "code",
                f"Codes without a name: {len(unnamed):,} of {len(codes):,}, the first {first!r}. "
                "They are shown as their code.",
                f"{len(codes):,} 个代码中有 {len(unnamed):,} 个没有名称，第一个是“{first}”，"
                "显示时用代码代替。",
                float(len(unnamed)),
                "rows",
            )
        )
    codes = attach(codes, notices=[*more, *told])
    warn([*more, *told], subject=raw.name)
    return CodesRead(codes, aside)


def read_code_aliases(
    source: Any,
    *,
    scheme: str | None = None,
    alias_scheme: str | None = None,
    columns: Mapping[str, str | bool | None] | None = None,
    encoding: str | None = None,
    layer: str | int | None = None,
) -> CodeAliasesRead:
    """Read what a city's own codes or words mean in another list.

    Parameters
    ----------
    source
        Path of a CSV, Excel or Parquet file, or a DataFrame.
    scheme
        The list that the aliases lead to. Needed when the source has no such column; it comes
        before one.
    alias_scheme
        The list that they come from, where the source does not say.
    columns
        Our name to the name in the source: those of the table ``code_aliases``.
    encoding
        Encoding of a text file; detected when None.
    layer
        Sheet of a workbook.

    Returns
    -------
    code_aliases : DataFrame
        One row an alias, in the order of the source.

        - ``scheme``, ``code`` -- the list and the code that the alias stands for
        - ``alias_scheme``, ``alias`` -- the other list, and the code or name in it
        - ``relation`` -- ``same``, ``close``, ``part`` or ``retired``, as read
        - ``source`` -- as read, else the name of the file
        - ``version``, ``confidence`` -- as read
        - then the caller's own columns
    set_aside : DataFrame
        All other rows, with ``source_row``, ``reason`` (``missing_scheme``, ``missing_code``,
        ``missing_alias``, ``duplicate_alias``), ``detail``, ``detail_zh`` and the row as read.

    Raises
    ------
    ReadError
        If the file is missing or cannot be read.
    EmptyTableError
        If it has no rows.
    ColumnsError
        If there are no codes, aliases or scheme, a named column is not there, or not one row
        can be used.
    OptionError
        If `encoding` or a key of `columns` does not exist.

    Warns
    -----
    DataWarning
        Once, with what was noticed: rows set aside, a relation or confidence that does not
        exist and so was left out.

    Notes
    -----
    The same alias of the same list to another code is no duplicate: it is ambiguous, and
    :func:`gridgov.match_codes` says so instead of choosing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"本地名称": ["摆摊", "大排档"], "标准代码": ["05-01", "05-04"]})
    >>> aliases, set_aside = read_code_aliases(table, scheme="cjt214_style")
    >>> aliases[["scheme", "code", "alias"]].values.tolist()
    [['cjt214_style', '05-01', '摆摊'], ['cjt214_style', '05-04', '大排档']]
    """
    raw = read_table(source, encoding=encoding, layer=layer)
    ours = match_columns(raw.frame.columns, "code_aliases", columns=columns)
    texts = column_texts(raw, ours, {"scheme": scheme})
    need_columns(raw, texts, "code_aliases", ("scheme", "code", "alias"))
    for name, value in (("alias_scheme", alias_scheme), ("source", raw.name)):
        texts[name] = texts[name].fillna(value) if name in texts else same_text(raw, value)
    told = unify_words(texts, raw, ("confidence", "relation"))
    key = ("scheme", "code", "alias", "alias_scheme")
    table, aside, more = split_rows(raw, ours, texts, "code_aliases", key)
    table = attach(table, notices=[*more, *told])
    warn([*more, *told], subject=raw.name)
    return CodeAliasesRead(table, aside)
