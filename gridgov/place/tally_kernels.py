"""Rows of a tally in compiled loops, when numba is installed: same codes, fewer passes.

Text is compared by its bytes, eight at a time: two texts are one value exactly when
their lengths and all their words of eight bytes are. The other loops are those of
:mod:`gridgov.place.cell_places` and :class:`gridgov.place.periods.PeriodRange`.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba
the loops are plain Python, for a look at a few rows.

Unsigned numbers only ever meet unsigned ones here: numba turns a uint64 that meets a
signed number into a float64, which cannot hold a cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop

__all__ = [
    "add_ones",
    "code_rows",
    "code_text",
    "fill_slots",
    "fill_text_slots",
    "find_ends",
    "find_places",
    "flag_text",
    "mark_used",
]

# 2**64 divided by the golden ratio, odd: its multiples fall far apart.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_LEVEL, _FIFTEEN = np.uint64(52), np.uint64(15)
_ONE = np.uint64(1)
_NO_TIME = np.iinfo(np.int64).min


@compile_loop
def _present(valid: Any, bit: int) -> bool:
    """Return whether a row is not missing; no bits say that none is."""
    return len(valid) == 0 or (valid[bit >> 3] >> (bit & 7)) & 1 == 1


@compile_loop
def _word(words: Any, at: int, top: int, length: int) -> Any:
    """Return the bytes from one on, eight or as many as the text is long, and then zeros.

    Without a branch, which nothing could foretell.
    """
    # The words begin at every byte but the last seven.
    start = min(at, top)
    bits = np.uint64(4 * min(length, 8))
    return (words[start] >> np.uint64((8 * (at - start)) & 63)) & (((_ONE << bits) << bits) - _ONE)


@compile_loop
def flag_text(
    offsets: Any, words: Any, valid: Any, bit: int, known: Any, lengths: Any, flag: Any, flags: Any
) -> None:
    """Write the flags of short texts, 0 for any other and for missing ones.

    Parameters
    ----------
    offsets, valid, bit
        As in :class:`gridgov.arrays.text_buffers.TextPiece`; no bits when none is missing.
    words
        The eight bytes from every byte on.
    known, lengths, flag
        Texts of one to eight bytes as words, their lengths and their flags.
    flags
        Written: uint8.
    """
    top = len(words) - 1
    # Most rows have the match of the row before.
    word_before, length_before, flag_before = known[0], lengths[0], flag[0]
    for row in range(len(flags)):
        first, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        found = np.uint8(0)
        length = end - first
        if 0 < length <= 8 and _present(valid, bit + row):
            word = _word(words, first, top, length)
            if word == word_before and length == length_before:
                found = flag_before
            else:
                for k in range(len(known)):
                    if lengths[k] == length and known[k] == word:
                        found = flag[k]
                word_before, length_before, flag_before = word, length, found
        flags[row] = found


@compile_loop
def fill_slots(cells: Any, slots: Any, shift: Any) -> None:
    """Put the place of every cell in its slot or the next that is free; -1 is free."""
    mask = len(slots) - 1
    for place in range(len(cells)):
        slot = np.int64((cells[place] * _FACTOR) >> shift)
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = place


@compile_loop
def find_places(
    ids: Any,
    absent: Any,
    flags: Any,
    cells: Any,
    slots: Any,
    shift: Any,
    places: Any,
    totals: Any,
) -> None:
    """Write the places of rows in the cells, -1 where they do not count on the grid.

    Parameters
    ----------
    ids, absent
        Cells of the rows, uint64, and which of them are missing.
    flags
        1 for a row in a jurisdiction, 2 for one without a point, 0 for all others.
    cells
        Cells of the grid, ascending.
    slots, shift
        Of :func:`fill_slots`.
    places
        Written: int32.
    totals
        Added to: rows without point, outside, off the grid, of another resolution.
    """
    mask = len(slots) - 1
    level = (cells[0] >> _LEVEL) & _FIFTEEN
    no_point, outside, off, other = 0, 0, 0, 0
    for row in range(len(ids)):
        place = np.int32(-1)
        if absent[row]:
            no_point += 1
        else:
            one = ids[row]
            if (one >> _LEVEL) & _FIFTEEN != level:
                other += 1
            if flags[row] == 1:
                slot = np.int64((one * _FACTOR) >> shift)
                place = slots[slot]
                while place >= 0 and cells[place] != one:
                    slot = (slot + 1) & mask
                    place = slots[slot]
                if place < 0:
                    off += 1
            elif flags[row] == 2:
                no_point += 1
            else:
                outside += 1
        places[row] = place
    totals[0] += no_point
    totals[1] += outside
    totals[2] += off
    totals[3] += other


@compile_loop
def code_text(
    offsets: Any,
    words: Any,
    valid: Any,
    bit: int,
    places: Any,
    row: int,
    first_row: int,
    slots: Any,
    known: Any,
    ends: Any,
    middles: Any,
    totals: Any,
    codes: Any,
) -> Any:
    """Write the codes of texts in the order they are first met, -1 for missing ones.

    Parameters
    ----------
    offsets, words, valid, bit
        As for :func:`flag_text`.
    places
        Rows with -1 are left out: whatever is in their code stays.
    row, first_row
        Row to begin with, and the place of row 0 in the column.
    slots
        A power of two of them, more than texts fit in `known`: the code of a text by its
        hash, -1 for none.
    known
        Of every text met: its hash, first and last eight bytes.
    ends
        Of every text met: its length, where its words between those end, and its row.
    middles
        The words between.
    totals
        How many texts were met, how many words of `middles` they use, and whether a row
        was missing.
    codes
        Written: int32.

    Returns
    -------
    row : int
        The first row that is not coded: there is no room for it. All rows when all are.
    """
    mask = len(slots) - 1
    top = len(words) - 1
    number, used = totals[0], totals[1]
    while row < len(codes):
        if places[row] < 0:
            row += 1
            continue
        begin, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        if not _present(valid, bit + row):
            codes[row] = -1
            totals[2] = 1
            row += 1
            continue
        length = end - begin
        head = _word(words, begin, top, length)
        tail = _word(words, max(end - 8, begin), top, length)
        hash_ = (head ^ np.uint64(length)) * _FACTOR
        hash_ = (hash_ ^ (hash_ >> _HALF) ^ tail) * _FACTOR
        for at in range(begin + 8, end - 8, 8):
            hash_ = (hash_ ^ (hash_ >> _HALF) ^ words[at]) * _FACTOR
        slot = np.int64(hash_ >> _HALF) & mask
        code = slots[slot]
        while code >= 0:
            if known[code, 1] == head and known[code, 2] == tail and ends[code, 0] == length:
                stored = ends[code, 1]
                # Backwards, from where the words of this text end.
                rest = int(length - 9) >> 3
                while rest > 0:
                    stored -= 1
                    if middles[stored] != words[begin + 8 * rest]:
                        break
                    rest -= 1
                if rest <= 0:
                    break
            slot = (slot + 1) & mask
            code = slots[slot]
        if code < 0:
            rest = max(int(length - 9) >> 3, 0)
            if number == len(known) or used + rest > len(middles):
                break
            for at in range(begin + 8, end - 8, 8):
                middles[used] = words[at]
                used += 1
            code = np.int32(number)
            slots[slot] = code
            known[number, 0], known[number, 1], known[number, 2] = hash_, head, tail
            ends[number, 0], ends[number, 1], ends[number, 2] = length, used, first_row + row
            number += 1
        codes[row] = code
        row += 1
    totals[0], totals[1] = number, used
    return row


@compile_loop
def fill_text_slots(known: Any, number: int, slots: Any) -> None:
    """Put texts that were met into more slots."""
    mask = len(slots) - 1
    for code in range(number):
        slot = np.int64(known[code, 0] >> _HALF) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = code


@compile_loop
def mark_used(places: Any, codes: Any, used: Any) -> None:
    """Note which codes rows on the grid have; the last entry serves code -1."""
    for row in range(len(places)):
        if places[row] >= 0:
            used[codes[row]] = True


@compile_loop
def find_ends(places: Any, instants: Any, ends: Any) -> None:
    """Widen the first and the last instant by those of rows on the grid."""
    lowest, highest = ends[0], ends[1]
    for row in range(len(places)):
        at = instants[row]
        if places[row] >= 0 and at != _NO_TIME:
            lowest = min(lowest, at)
            highest = max(highest, at)
    ends[0], ends[1] = lowest, highest


@compile_loop
def code_rows(
    places: Any,
    groups: Any,
    bases: Any,
    instants: Any,
    limits: Any,
    begin: int,
    shift: int,
    step: int,
    before: Any,
    following: Any,
    codes: Any,
    totals: Any,
    ends: Any,
) -> int:
    """Write the codes of the rows that count, one after the other; return how many.

    Parameters
    ----------
    places
        Place in the cells, -1 for a row that does not count.
    groups, bases
        Group of every row, none when all are of one, and the first code of each group, the
        last entry that of -1.
    instants
        Times of the rows, none when they have none.
    limits
        First and last instant counted, and whether a row without a time is left out.
    begin, shift, step, before, following
        A :class:`gridgov.place.periods.PeriodSlices`, with the first code of a period for
        its place and the codes of one period for a step; no slices when there is one.
    codes
        Written.
    totals
        Added to: rows without a time, and those out of the limits.
    ends
        Widened by the instants counted.
    """
    number = 0
    no_time, late = 0, 0
    first, last, dated = limits[0], limits[1], limits[2] != 0
    lowest, highest = ends[0], ends[1]
    timed, grouped = len(instants) > 0, len(groups) > 0
    top = len(before) - 1
    for row in range(len(places)):
        place = np.int64(places[row])
        if place < 0:
            continue
        code = bases[groups[row]] if grouped else 0
        if timed:
            at = instants[row]
            if at == _NO_TIME:
                no_time += 1
                if dated:
                    continue
            else:
                if at < first or at > last:
                    late += 1
                    continue
                lowest = min(lowest, at)
                highest = max(highest, at)
                if top >= 0:
                    key = min(max((at - begin) >> shift, 0), top)
                    code += before[key] + (step if at >= following[key] else 0)
        codes[number] = code + place
        number += 1
    totals[0] += no_time
    totals[1] += late
    ends[0], ends[1] = lowest, highest
    return number


@compile_loop
def add_ones(codes: Any, counts: Any) -> None:
    """Count codes."""
    for k in range(len(codes)):
        counts[codes[k]] += 1
