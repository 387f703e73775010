"""The quick ways to tally and the plain one give what counting row by row gives."""

from collections import Counter
from contextlib import ExitStack

import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.arrays import compiled
from gridgov.errors import InputError
from gridgov.place import row_codes, row_groups, row_places, sparse
from gridgov.place.coding import code_incidents
from gridgov.place.sparse import tally_sparse
from gridgov.place.tally import tally, tally_report

CELLS = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(39.9, 116.2, 9), 3)), dtype=np.uint64)
OFF = np.array([h3.latlng_to_cell(31.3, 120.6, 9), h3.latlng_to_cell(39.9, 116.9, 9)], np.uint64)

MATCHES = ["inside", "border", "overlap", "outside", "no_point", None]
ODD_MATCHES = ["", "insid", "insidex", "no_pointer", "no_poin", "Inside", "边界", "border\x00"]
TEXTS = [
    None,
    "",
    "a",
    "a\x00",
    "a\x00\x00",
    "1",
    "路灯坏了",
    "路灯坏了路灯坏了路灯坏了",
    "1234567",
    "12345678",
    "123456789",
    "1234567812345678",
    "12345678X2345678",
    "12345678112345678",
    "12345678212345678",
    "unlicensed building",
    "unlicensed buildinG",
    "x" * 40,
    "x" * 39 + "y",
    "x" * 20 + "y" + "x" * 19,
    'a "quoted"\nline',
    "long " * 3000,
]
ARROW = pd.ArrowDtype(pa.string())
TEXT_KINDS = {
    "str": "str",
    "string": "string[pyarrow]",
    "arrow": ARROW,
    "python": pd.StringDtype("python"),
    "object": object,
    "category": "category",
}
VALUE_KINDS = ["mixed", "numbers", "numeric categories", "dates", "flags", "many"]
CELL_KINDS = ["masked", "whole", "signed", "arrow"]
UNITS = ["us", "s", "ms", "ns"]
ZONES = ["Asia/Shanghai", "UTC", "America/New_York"]
SHAPES = ["plain", "sliced", "joined", "stepped", "shuffled"]


def odd_located(seed, rows, *, match="str", by="str", cell="masked", unit="us", zone="UTC"):
    """Return a table of so many rows; the kinds are those above."""
    rng = np.random.default_rng(seed)
    share = [0.45, 0.1, 0.1, 0.1, 0.05, 0.04, *[0.02] * len(ODD_MATCHES)]
    matches = rng.choice(np.array(MATCHES + ODD_MATCHES, dtype=object), rows, p=share)
    stamps = rng.integers(*_seconds("2010-12-20", "2012-02-10"), rows)
    first = pd.DatetimeIndex(stamps.astype("datetime64[s]")).as_unit(unit)
    times = pd.Series(first.tz_localize("UTC").tz_convert(zone))
    return pd.DataFrame(
        {
            "cell": _cells(rng, rows, cell),
            "match": pd.Series(matches, dtype=object).astype(TEXT_KINDS[match]),
            "category": _values(rng, rows, by),
            "reported_at": times.mask(rng.random(rows) < 0.1),
        }
    )


def reshaped(table, shape):
    """Return rows of a table as slices, joins and other steps leave them."""
    third = len(table) // 3
    if shape == "sliced":
        return table.iloc[third:-1]
    if shape == "joined":
        parts = [table.iloc[third:], table.iloc[:0], table.iloc[:third], table.iloc[: third // 2]]
        return pd.concat(parts)
    if shape == "stepped":
        return table.iloc[::-2]
    if shape == "shuffled":
        return table.sample(frac=1, random_state=1)
    return table


def odd_grid(seed, size):
    """Return a grid of some of the cells in any order."""
    rng = np.random.default_rng(seed)
    street = rng.choice(np.array(["01", "02", None], dtype=object), size)
    return pd.DataFrame(
        {
            "cell": rng.permutation(CELLS)[:size],
            "street_id": pd.array(street, dtype="str"),
            "area_km2": rng.random(size),
        }
    )


def count_by_hand(located, grid, *, period, by, start=None, end=None):
    """Return counts by group, date of the period and cell, and the fates, row by row."""
    cells = set(grid["cell"].tolist())
    zone = located["reported_at"].dt.tz
    limits = [None if at is None else pd.Timestamp(at, tz=zone) for at in (start, end)]
    dated = period is not None or start is not None or end is not None
    offset = None if period is None else pd.tseries.frequencies.to_offset(period)
    counts, fates = Counter(), Counter()
    names = located["category"] if by else [None] * len(located)
    rows = zip(located["cell"], located["match"], names, located["reported_at"], strict=True)
    for cell, match, name, time in rows:
        if pd.isna(cell) or (not pd.isna(match) and match == "no_point"):
            fate = "no_point"
        elif pd.isna(match) or match not in ("inside", "border", "overlap"):
            fate = "outside"
        elif int(cell) not in cells:
            fate = "off_grid"
        elif dated and pd.isna(time):
            fate = "no_time"
        elif dated and (
            (limits[0] is not None and time < limits[0])
            or (limits[1] is not None and time >= limits[1])
        ):
            fate = "outside_period"
        else:
            fate = "counted"
            date = None if offset is None else time.tz_localize(None).normalize()
            date = None if date is None else str(offset.rollback(date).date())
            counts[None if pd.isna(name) else str(name), date, int(cell)] += 1
        fates[fate] += 1
    return dict(counts), dict(fates)


def _seconds(*days):
    return [int(pd.Timestamp(day, tz="UTC").timestamp()) for day in days]


def _cells(rng, rows, kind):
    ids = rng.choice(np.concatenate([CELLS, OFF]), rows)
    missing = rng.random(rows) < 0.1
    if kind == "masked":
        return pd.arrays.IntegerArray(ids, missing)
    if kind == "signed":
        return pd.arrays.IntegerArray(ids.astype(np.int64), missing)
    if kind == "arrow":
        return pd.arrays.ArrowExtensionArray(pa.array(ids, mask=missing))
    return ids


def _values(rng, rows, kind):
    if kind in TEXT_KINDS:
        texts = rng.choice(np.array(TEXTS, dtype=object), rows)
        return pd.Series(texts, dtype=object).astype(TEXT_KINDS[kind])
    codes = rng.integers(-1, 4, rows)
    if kind == "mixed":
        return np.array([1, "1", 1.5, "True", None], dtype=object)[codes]
    if kind == "numbers":
        return pd.arrays.IntegerArray(codes, codes < 0)
    if kind == "numeric categories":
        return pd.Categorical.from_codes(codes, categories=[30, 2, 1, 7, 9])
    if kind == "dates":
        return pd.DatetimeIndex(np.datetime64("2017-01-01") + codes)
    if kind == "flags":
        return codes > 0
    numbers = rng.integers(0, max(rows, 1), rows)
    return pd.array([f"department number {number} of the city" for number in numbers], "str")


SAME = pd.testing.assert_frame_equal
NUMBA = compiled.numba_installed()
PATHS = ["NumPy", "compiled"] if NUMBA else ["NumPy"]


@pytest.fixture(scope="module", autouse=True)
def loaded():
    """Load the compiled loops, as a first large table does."""
    compiled.use_loops(compiled.FIRST_USE)


def along(path, work, *, block=None):
    """Return what work gives along a path, in blocks of so many rows."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(compiled, "LATER_USE", 0 if path == "compiled" else 1 << 60)
        for module in (row_places, row_codes, row_groups) if block else ():
            patch.setattr(module, "BLOCK", block)
            patch.setattr(module, "PIECE", 2 * block)
        return work()


def check(located, grid, **options):
    """Hold every path to the count by hand and to each other."""
    before = located.copy()
    counts, fates = count_by_hand(located, grid, **options)
    tables = []
    for path in PATHS:
        for block in (None, 16):
            dense = along(path, lambda: tally(located, grid, **options), block=block)
            listed = along(path, lambda: tally_sparse(located, grid, **options), block=block)
            SAME(listed, dense[dense["incidents"] > 0].reset_index(drop=True), check_exact=True)
            tables.append(dense)
    first = tables[0]
    for other in tables[1:]:
        SAME(first, other, check_exact=True)
        assert repr(first.attrs) == repr(other.attrs)
    rows = first[first["incidents"] > 0]
    dates = [None if pd.isna(at) else str(at.date()) for at in rows["period"]]
    names = [None if pd.isna(name) else name for name in rows["group"]]
    found = zip(names, dates, rows["cell"].tolist(), rows["incidents"].tolist(), strict=True)
    assert {(name, date, cell): number for name, date, cell, number in found} == counts
    report = tally_report(first)
    assert report["incidents"].tolist() == [fates.get(fate, 0) for fate in report["fate"]]
    SAME(located, before)


LIMITS = {"start": "2011-01-15", "end": "2011-11-06"}


@pytest.mark.parametrize("match", TEXT_KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_matches_of_every_kind_and_shape_are_read_alike(match, shape):
    located = reshaped(odd_located(1, 200, match=match), shape)
    check(located, odd_grid(1, 30), period=None, by=None)


@pytest.mark.parametrize("by", [*TEXT_KINDS, *VALUE_KINDS])
@pytest.mark.parametrize("shape", SHAPES)
def test_groups_of_every_kind_and_shape_are_told_apart_by_their_text(by, shape):
    located = reshaped(odd_located(2, 200, by=by), shape)
    check(located, odd_grid(2, 30), period="MS", by="category", **LIMITS)


@pytest.mark.parametrize("cell", CELL_KINDS)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("zone", ZONES)
def test_cells_and_times_of_every_kind_are_read_alike(cell, unit, zone):
    located = odd_located(3, 150, cell=cell, unit=unit, zone=zone)
    check(located, odd_grid(3, 20), period="W-MON", by=None)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    rows=st.sampled_from([0, 1, 2, 15, 16, 17, 33, 120]),
    period=st.sampled_from(["D", "W-SUN", "MS", "QS-APR", "YS-JUL"]),
    by=st.sampled_from([*TEXT_KINDS, *VALUE_KINDS]),
    zone=st.sampled_from(ZONES),
)
def test_any_located_incidents_count_as_they_do_by_hand(seed, rows, period, by, zone):
    located = odd_located(seed, rows, by=by, zone=zone)
    check(located, odd_grid(seed, 1 + seed % 37), period=period, by="category", **LIMITS)


@pytest.mark.parametrize("path", PATHS)
def test_a_hundred_thousand_groups_are_told_apart(path):
    numbers = np.random.default_rng(4).permutation(np.repeat(np.arange(100_000), 2))
    located = pd.DataFrame(
        {
            "cell": pd.array(np.full(len(numbers), CELLS[0]), dtype="UInt64"),
            "match": pd.array(["inside"] * len(numbers), dtype="str"),
            "category": pd.array([f"the same begin {n:06d} and end" for n in numbers], dtype="str"),
        }
    )
    counts = along(path, lambda: tally_sparse(located, odd_grid(4, 37), by="category"))
    assert counts["group"].tolist() == [f"the same begin {n:06d} and end" for n in range(100_000)]
    assert set(counts["incidents"]) == {2}


@pytest.mark.parametrize("path", PATHS)
def test_thousands_of_days_and_a_panel_too_large_to_lay_out_are_counted(path, monkeypatch):
    monkeypatch.setattr(sparse, "_FEW_COUNTS", 0)
    located = odd_located(5, 400, zone="America/New_York")
    options = {"period": "D", "by": "category", "start": "1990-01-01", "end": "2020-01-01"}
    counts = along(path, lambda: tally_sparse(located, odd_grid(5, 37), **options))
    by_hand, _ = count_by_hand(located, odd_grid(5, 37), **options)
    assert sorted(counts["incidents"]) == sorted(by_hand.values())
    dates = counts["period"].dt.strftime("%Y-%m-%d").tolist()
    names = counts["group"].astype(object).where(counts["group"].notna(), None).tolist()
    keys = zip(names, dates, counts["cell"].tolist(), strict=True)
    assert set(keys) == set(by_hand)


@pytest.mark.parametrize("path", PATHS)
def test_codes_follow_the_rows_on_every_path(path):
    located, grid = odd_located(6, 300), odd_grid(6, 30)
    options = {"period": "MS", "by": "category", "start": None, "end": None}
    coded = along(
        path, lambda: code_incidents(located, grid, times="reported_at", **options), block=16
    )
    alone = [
        code_incidents(located, grid, times="reported_at", **options).codes,
        np.flatnonzero(tally(located, grid, period="MS", by="category")["incidents"]),
    ]
    assert coded.codes.tolist() == alone[0].tolist()
    assert np.unique(coded.codes).tolist() == alone[1].tolist()


@pytest.mark.parametrize("path", PATHS)
def test_another_resolution_is_refused_wherever_the_row_is(path):
    located = odd_located(7, 200, cell="whole")
    located.loc[150, "cell"] = h3.cell_to_parent(int(CELLS[0]), 8)
    located.loc[150, "match"] = "outside"
    with pytest.raises(InputError, match="resolution 9 in the grid and 8 in 1 rows of located"):
        along(path, lambda: tally(located, odd_grid(7, 30), by="nope"), block=16)


@pytest.mark.parametrize("path", PATHS)
def test_cells_whose_hashes_meet_are_found_each_in_its_own_place(path):
    # Multiples of the inverse of the factor: their products follow one another closely.
    inverse = pow(0x9E3779B97F4A7C15, -1, 1 << 64)
    top = int(CELLS[0]) >> 52
    near = [number * inverse % (1 << 64) for number in range(1, 400_000)]
    ids = np.array(sorted(one for one in near if one >> 52 & 15 == top & 15), dtype=np.uint64)
    grid = pd.DataFrame({"cell": ids[::2], "street_id": "01", "area_km2": 0.1})
    located = pd.DataFrame({"cell": ids, "match": pd.array(["inside"] * len(ids), dtype="str")})
    counts = along(path, lambda: tally(located, grid))
    assert set(counts["incidents"]) == {1}
    assert counts.attrs["tally"]["off_grid"] == len(ids) - len(grid)
