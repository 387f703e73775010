"""Ids that are built from codes: 15-digit unit grids and 16-digit case codes, both ways.

A unit grid (万米单元网格) has 15 digits in Beijing's layout: 6 of the district (GB/T 2260), 3 of
the street, 3 of the community or village, 3 in sequence. A case code (事项标识码) has 16 in the
layout that a public database cites from GB/T 30428.2: 6 of the district, 2 of the major class,
3 of the minor, 5 in sequence; minors from 080 are extensions of a city. The standards
themselves were not at hand. Whether a street or a class exists is not asked here:
:func:`gridgov.match_codes` looks the parts up.

What is accepted: digits, full-width ones too, with blanks around or between them; whole
numbers. Anything else is kept as read with a reason and no id.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from gridgov.checks import conform
from gridgov.taxonomy.id_parts import put_together, take_apart

__all__ = ["make_case_codes", "make_unit_grid_ids", "parse_case_codes", "parse_unit_grid_ids"]

# Part of the id and how many digits it has, in order.
_UNIT_GRID: Mapping[str, int] = MappingProxyType(
    {"district_code": 6, "street_number": 3, "community_number": 3, "sequence": 3}
)
_CASE: Mapping[str, int] = MappingProxyType(
    {"district_code": 6, "major": 2, "minor": 3, "sequence": 5}
)

_FIRST_EXTENSION = "080"


def parse_unit_grid_ids(ids: Any) -> pd.DataFrame:
    """Take 15-digit unit grid ids apart: district, street, community, sequence.

    Parameters
    ----------
    ids
        Ids as text or whole numbers: a Series, an array or a list; missing ones allowed.

    Returns
    -------
    DataFrame
        One row an id, in their order; the index of a Series is kept.

        - ``id_text`` -- as given
        - ``unit_grid_id`` -- 15 plain digits; missing if not valid
        - ``district_code`` -- six digits of GB/T 2260
        - ``street_number``, ``community_number``, ``sequence`` -- three digits each
        - ``street_id`` -- the first nine digits, the code of the street
        - ``community_id`` -- the first twelve
        - ``reason`` -- why it is not valid; missing where it is

        The parts are also there where 15 digits are not valid for what they say.

    Raises
    ------
    ColumnsError
        If `ids` has more than one column.

    Notes
    -----
    Reasons, the first that applies: ``missing``; ``not_digits``; ``wrong_length``;
    ``unknown_province`` (no such first two digits in GB/T 2260); ``zero_part`` (street,
    community or sequence 000); ``rounded_number`` (a number that a spreadsheet wrote as
    1.1E+14, so that digits are lost). Full-width digits and blanks are read as plain ones;
    hyphens and other marks are not.

    Examples
    --------
    >>> ids = ["110107011002015", "１１０１０７ 011 002 015", "11010701100201"]
    >>> table = parse_unit_grid_ids(ids)
    >>> table[["unit_grid_id", "street_id", "sequence"]].iloc[1].tolist()
    ['110107011002015', '110107011', '015']
    >>> table["reason"].tolist()
    [nan, nan, 'wrong_length']
    """
    return _unit_grids(*take_apart(ids, _UNIT_GRID))


def make_unit_grid_ids(parts: pd.DataFrame) -> pd.DataFrame:
    """Build 15-digit unit grid ids from their parts.

    Parameters
    ----------
    parts
        A table with ``district_code``, ``street_number``, ``community_number`` and
        ``sequence``, as text or whole numbers; short ones are filled up with zeros.

    Returns
    -------
    DataFrame
        The table of :func:`parse_unit_grid_ids`, one row a row of `parts`, with its index;
        ``id_text`` is missing. A part that is too long, or no number, is a ``reason`` and no
        id.

    Raises
    ------
    ColumnsError
        If `parts` lacks a column; every one is named.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({
    ...     "district_code": ["110107", "110107"], "street_number": [11, 11],
    ...     "community_number": [2, 2], "sequence": [15, 1000],
    ... })
    >>> make_unit_grid_ids(parts)[["unit_grid_id", "reason"]].values.tolist()
    [['110107011002015', nan], [nan, 'wrong_length']]
    """
    return _unit_grids(*put_together(parts, _UNIT_GRID))


def parse_case_codes(ids: Any) -> pd.DataFrame:
    """Take 16-digit case codes apart: district, major class, minor class, sequence.

    Parameters
    ----------
    ids
        Codes as text or whole numbers: a Series, an array or a list; missing ones allowed.

    Returns
    -------
    DataFrame
        One row a code, in their order; the index of a Series is kept.

        - ``id_text`` -- as given
        - ``case_code`` -- 16 plain digits; missing if not valid
        - ``district_code`` -- six digits of GB/T 2260
        - ``major``, ``minor``, ``sequence`` -- two, three and five digits
        - ``standard_code`` -- major and minor together, to look up with
          :func:`gridgov.match_codes`
        - ``extension`` -- whether the minor is 080 to 999, an extension of the city
        - ``reason`` -- why it is not valid; missing where it is

    Raises
    ------
    ColumnsError
        If `ids` has more than one column.

    Notes
    -----
    Reasons are those of :func:`parse_unit_grid_ids`; ``zero_part`` is a major 00, minor 000 or
    sequence 00000. A floating-point number of 16 digits is
    ``rounded_number`` even when it looks whole: a spreadsheet keeps 15 digits and makes the
    last a 0. Keep such ids as text. The code does not say whether it means a component or an
    event.

    Examples
    --------
    >>> table = parse_case_codes(["1101070100200015", "1101070108100001", "1.10107E+15"])
    >>> table[["standard_code", "sequence", "extension"]].iloc[:2].values.tolist()
    [['01002', '00015', False], ['01081', '00001', True]]
    >>> table["reason"].tolist()
    [nan, nan, 'rounded_number']
    """
    return _cases(*take_apart(ids, _CASE))


def make_case_codes(parts: pd.DataFrame) -> pd.DataFrame:
    """Build 16-digit case codes from their parts.

    Parameters
    ----------
    parts
        A table with ``district_code``, ``major``, ``minor`` and ``sequence``, as text or whole
        numbers; short ones are filled up with zeros, so that the old minor 04 becomes 004.

    Returns
    -------
    DataFrame
        The table of :func:`parse_case_codes`, one row a row of `parts`, with its index;
        ``id_text`` is missing. A part that is too long, or no number, is a ``reason`` and no
        code.

    Raises
    ------
    ColumnsError
        If `parts` lacks a column; every one is named.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({
    ...     "district_code": ["110107"], "major": ["05"], "minor": ["04"], "sequence": [7],
    ... })
    >>> make_case_codes(parts)[["case_code", "extension"]].values.tolist()
    [['1101070500400007', False]]
    """
    return _cases(*put_together(parts, _CASE))


def _unit_grids(frame: pd.DataFrame, digits: pd.Series) -> pd.DataFrame:
    """Return the table of unit grids from its parts and the digits of every row."""
    frame["unit_grid_id"] = digits.where(frame["reason"].isna())
    frame["street_id"] = frame["district_code"] + frame["street_number"]
    frame["community_id"] = frame["street_id"] + frame["community_number"]
    return conform(frame, "unit_grid_ids")


def _cases(frame: pd.DataFrame, digits: pd.Series) -> pd.DataFrame:
    """Return the table of case codes from its parts and the digits of every row."""
    frame["case_code"] = digits.where(frame["reason"].isna())
    frame["standard_code"] = frame["major"] + frame["minor"]
    minor = frame["minor"]
    frame["extension"] = (
        (minor >= _FIRST_EXTENSION).astype("boolean").where(minor.notna().to_numpy(dtype=bool))
    )
    return conform(frame, "case_codes")
