"""What is wrong with single rows of facilities, and what the reader says about all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.columns import TABLES
from gridgov.sources.coordinates import Points
from gridgov.sources.datum_check import compare_datum
from gridgov.sources.incident_columns import own_columns
from gridgov.sources.notices import Notice
from gridgov.sources.outlines import Fault
from gridgov.sources.reasons import sentence
from gridgov.sources.tables import RawTable
from gridgov.sources.text_values import excerpt, says_nothing, unique_text

__all__ = [
    "aside_notices",
    "aside_table",
    "id_faults",
    "number_faults",
    "outside_notices",
    "place_faults",
    "read_numbers",
    "value_notices",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CALLED = {"capacity": ("capacity", "容量"), "reach_m": ("reach", "服务半径")}


def read_numbers(values: pd.Series) -> tuple[Floats, Flags]:
    """Return a column as numbers, NaN where it says nothing, and which rows are no numbers."""
    if values.dtype.kind in "iuf":
        numbers = pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, np.isinf(numbers)
    codes, texts = unique_text(values)
    plain = pd.Series(texts.to_pandas()).str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
    parsed = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~np.isfinite(parsed) & ~says_nothing(texts)
    return np.where(np.isfinite(parsed), parsed, np.nan)[codes], wrong[codes]


def place_faults(points: Points) -> dict[int, Fault]:
    """Return the fault of every row without a place that can be used."""
    faults = {
        row: Fault(
            "missing_coordinate",
            f"The row has no coordinates in {points.column}: a facility that is nowhere "
            "reaches nobody.",
            f"“{points.column}”没有坐标：没有位置的设施无法计算可达范围。",
        )
        for row in np.flatnonzero(points.missing).tolist()
    }
    for code in dict.fromkeys(points.reason[points.reason != ""]):
        rows = np.flatnonzero(points.reason == code)
        told = [
            sentence(code, lang, pd.Index(rows), column=points.column, value=points.text(rows))
            for lang in ("en", "zh")
        ]
        for row, english, chinese in zip(rows.tolist(), *told, strict=True):
            faults[row] = Fault(code, english, chinese)
    return faults


def number_faults(
    name: str, column: str, written: pd.Series, numbers: Floats, wrong: Flags
) -> dict[int, Fault]:
    """Return the fault of every row whose capacity or reach cannot be."""
    english, chinese = _CALLED[name]
    least = "0 or more" if name == "capacity" else "more than 0 meters"
    least_zh = "不小于 0" if name == "capacity" else "大于 0 米"
    with np.errstate(invalid="ignore"):
        low = numbers < 0 if name == "capacity" else numbers <= 0
    code = "negative_capacity" if name == "capacity" else "no_reach"
    rows = np.flatnonzero(wrong | low)
    faults = {}
    for row, value in zip(rows.tolist(), excerpt(written.iloc[rows]), strict=True):
        if wrong[row]:
            faults[row] = Fault(
                "unreadable_number",
                f"The {english} '{value}' in {column} is not a number.",
                f"“{column}”列的{chinese}“{value}”不是数字。",
            )
        else:
            faults[row] = Fault(
                code,
                f"The {english} '{value}' in {column} must be {least}; leave it empty if it is "
                "unknown.",
                f"“{column}”列的{chinese}“{value}”应{least_zh}；如未知请留空。",
            )
    return faults


def id_faults(ids: pd.Series, column: str, faults: Iterable[int]) -> dict[int, Fault]:
    """Return the fault of every row without an id or with that of an earlier row that is kept."""
    missing = np.flatnonzero(np.asarray(ids.isna() | (ids.str.strip() == "")))
    result = {
        row: Fault("missing_id", f"The row has no id in {column}.", f"“{column}”列没有编号。")
        for row in missing.tolist()
    }
    kept = ids[~np.isin(np.arange(len(ids)), [*faults, *result])]
    first = kept.drop_duplicates()
    rows_of = pd.Series(first.index, index=pd.Index(first))
    again = kept[kept.duplicated()]
    for row, value, shown in zip(again.index.tolist(), again, excerpt(again), strict=True):
        earlier = int(rows_of[value]) + 1
        result[row] = Fault(
            "duplicate_id",
            f"The id '{shown}' is that of row {earlier} already.",
            f"编号“{shown}”与第 {earlier} 行重复。",
        )
    return result


def aside_table(raw: RawTable, faults: Mapping[int, Fault]) -> pd.DataFrame:
    """Return the rows set aside, why, and as they were read."""
    rows = sorted(faults)
    own, _ = own_columns(raw.frame, set(), TABLES["set_aside"].names)
    part = pd.DataFrame(raw.frame.iloc[rows])
    for name in part.columns:
        if hasattr(raw.frame[name], "to_wkt"):
            part[name] = raw.frame[name].iloc[rows].to_wkt()
    part = part.rename(columns=own).reset_index(drop=True)
    told = [faults[row] for row in rows]
    part.insert(0, "source_row", np.asarray(rows, dtype=np.int64) + 1)
    part.insert(1, "reason", [one.reason for one in told])
    part.insert(2, "detail", [one.detail for one in told])
    part.insert(3, "detail_zh", [one.detail_zh for one in told])
    return part


def aside_notices(name: str, aside: pd.DataFrame, rows: int) -> list[Notice]:
    """Return one notice on the rows set aside; none without any."""
    if aside.empty:
        return []
    counts = ", ".join(f"{count} {code}" for code, count in aside["reason"].value_counts().items())
    verb = "was" if len(aside) == 1 else "were"
    first = aside.iloc[0]
    return [
        Notice(
            "rows_set_aside",
            name,
            f"{len(aside)} of {rows} rows {verb} set aside ({counts}); the first, row "
            f"{first['source_row']}: {first['detail']}",
            f"{rows} 行中有 {len(aside)} 行被搁置（{counts}）；"
            f"第一处在第 {first['source_row']} 行：{first['detail_zh']}",
            float(len(aside)),
            "rows",
        )
    ]


def outside_notices(
    points: Points, kept: NDArray[np.intp], jurisdictions: Any, *, datum: Any, name: str
) -> list[Notice]:
    """Return whether another datum fits the streets better, and how many lie outside them."""
    found = compare_datum(points.x, points.y, jurisdictions, datum=datum).notices(name)
    area = shapely.union_all(np.asarray(jurisdictions.geometry.array, dtype=object))
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, points.longitude[kept], points.latitude[kept])
    outside = int((~inside).sum())
    if outside:
        found.append(
            Notice(
                "outside_streets",
                points.column,
                f"Outside every street: {outside:,} of {len(kept):,} facilities, kept, because "
                "they may reach into a street from there.",
                f"{len(kept):,} 个设施中有 {outside:,} 个位于各街道之外，予以保留，"
                "因为其服务范围可能覆盖到街道之内。",
                float(outside),
                "rows",
            )
        )
    return found


def value_notices(facilities: pd.DataFrame, *, has_ids: bool) -> list[Notice]:
    """Return what the facilities lack: ids, reaches, capacities."""
    rows, found = len(facilities), []
    if not has_ids:
        found.append(
            Notice(
                "ids_made",
                "facility_id",
                f"There is no column of ids: {rows:,} facilities are called row-1, row-2 and so on "
                "after their row in the source.",
                f"没有编号列：{rows:,} 个设施按其在源文件中的行号命名为 row-1、row-2 等。",
                float(rows),
                "rows",
            )
        )
    for name, advice, advice_zh in (
        ("reach_m", "Give one distance_m to the measures.", "计算时请指定统一的 distance_m。"),
        ("capacity", "Sums that hold one of them are missing.", "包含它们的合计为空。"),
    ):
        lacking = int(facilities[name].isna().sum())
        english, chinese = _CALLED[name]
        if lacking:
            found.append(
                Notice(
                    f"missing_{name}",
                    name,
                    f"Without a {english}: {lacking:,} of {rows:,} facilities. {advice}",
                    f"{rows:,} 个设施中有 {lacking:,} 个没有{chinese}。{advice_zh}",
                    float(lacking),
                    "rows",
                )
            )
    return found
