"""The visits of an audit as arrays: values, weights and what was not answered.

The model of non-response: within a stratum, those that could not be visited are like those
that could. Their weight goes to the others of the stratum; certain units form a class of
their own in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, OptionError

__all__ = ["Answers", "read_answers"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# What a column of objects may hold, as pandas calls it.
_NUMBERS = ("boolean", "integer", "floating", "mixed-integer-float", "decimal", "empty")


@dataclass(frozen=True, slots=True)
class Answers:
    """The units with a value, one entry each, and what the main sample held.

    `part` is the class in which weights were adjusted and variances are taken: a stratum,
    or its certain units. `silent` marks groups that hold a class without a value.
    """

    rows: Integers
    value: Floats
    weight: Floats
    part: Integers
    group: Integers
    groups: Sequence[str | None]
    sampled: Integers
    silent: NDArray[np.bool_]
    share: bool


def read_answers(
    sample: Any, *, value: str, by: str | None, population: Mapping[Any, int] | int | None
) -> Answers:
    """Return the answers with adjusted weights, everything checked."""
    check_table(sample, "audit_sample")
    if value not in sample.columns:
        raise ColumnsError(
            f"value must name a column of the sample. Found: {value!r}, and the columns are "
            f"{', '.join(map(str, sample.columns))}. Join what the audit found to the sample by "
            "the id of its units."
        )
    if by is not None and by not in sample.columns:
        raise ColumnsError(f"by must name a column of the sample. Found: {by!r}.")
    values, share = _values(sample[value], value)
    chance = sample["inclusion_probability"].to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~((chance > 0) & (chance <= 1))
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        raise ColumnsError(
            "inclusion_probability must be above 0 and at most 1: take it as "
            f"gridgov.draw_audit_sample gave it. Found: {int(wrong.sum()):,} other values, the "
            f"first is {chance[k]} in row {k}."
        )
    answered = ~np.isnan(values)
    main = ~sample["reserve"].to_numpy(dtype=bool)
    stratum, names = pd.factorize(sample["stratum"], use_na_sentinel=False, sort=False)
    # Class: the stratum, and whether the unit was certain.
    kinds, part = np.unique(stratum * 2 + (chance >= 1), return_inverse=True)
    counts = len(kinds)
    weighed = np.where(main, 1 / chance, 0.0)
    given: Floats = np.bincount(part, weights=weighed, minlength=counts).astype(np.float64)
    if population is not None:
        sure = np.bincount(part[main & (chance >= 1)], minlength=counts).astype(np.float64)
        given = _known(population, names, kinds, sure)
    held = np.bincount(part, weights=np.where(answered, 1 / chance, 0), minlength=counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(held > 0, given / held, np.nan)
    weight = np.maximum(factor[part] / chance, 1.0)

    group = np.zeros(len(sample), dtype=np.int64)
    groups: list[str | None] = [None]
    if by is not None:
        group, labels = pd.factorize(sample[by], use_na_sentinel=False, sort=False)
        texts = [None if pd.isna(label) else str(label) for label in labels]
        order = sorted(range(len(texts)), key=lambda k: (texts[k] is None, texts[k] or ""))
        group, groups = np.argsort(order)[group], [texts[k] for k in order]
    silent = np.zeros(len(groups), dtype=bool)
    silent[group[main & (held == 0)[part]]] = True
    if not answered.any():
        silent[:] = False
    rows = np.flatnonzero(answered)
    return Answers(
        rows=rows,
        value=values[rows],
        weight=weight[rows],
        part=part[rows],
        group=group[rows],
        groups=groups,
        sampled=np.bincount(group[main], minlength=len(groups)),
        silent=silent,
        share=share,
    )


def _values(values: pd.Series, name: str) -> tuple[Floats, bool]:
    """Return the values as numbers, missing where nothing was found out, and whether 0 or 1."""
    truth = pd.api.types.is_bool_dtype(values)
    if not truth and not pd.api.types.is_numeric_dtype(values):
        known = values[values.notna()]
        kind = pd.api.types.infer_dtype(known)
        truth = kind == "boolean"
        if kind not in _NUMBERS:
            raise ColumnsError(
                f"value must name a column of numbers or truth values. Found: {name!r} with "
                f"{known.iloc[0]!r}. Turn words into numbers or True and False first; leave "
                "what could not be visited missing."
            )
    # Plain truth values with gaps are a column of objects.
    numbers = (
        values.astype("boolean" if truth else "Float64")
        .astype("Float64")
        .to_numpy(dtype=np.float64, na_value=np.nan)
    )
    if np.isinf(numbers).any():
        raise ColumnsError(
            f"value must be finite. Found: {int(np.isinf(numbers).sum()):,} infinite values in "
            f"{name!r}."
        )
    return numbers, truth


def _known(
    population: Mapping[Any, int] | int, names: Any, kinds: Integers, sure: Floats
) -> Floats:
    """Return the units of every class from what the user knows of the strata."""
    texts = ["" if pd.isna(name) else str(name) for name in names]
    if isinstance(population, Mapping):
        known = {str(name): number for name, number in population.items()}
    else:
        known = {"": population}
    if missing := [text for text in texts if text not in known]:
        raise OptionError(
            "population must give the units of every stratum of the sample, or one number if "
            f"there are no strata. Found: none for {', '.join(missing) or 'the whole'}."
        )
    # What is certain is known; the rest of the stratum is the others'.
    totals = np.array([float(known[text]) for text in texts])
    certain = kinds % 2 == 1
    of_stratum = np.zeros(len(texts))
    of_stratum[kinds[certain] // 2] = sure[certain]
    units: Floats = np.where(certain, sure, totals[kinds // 2] - of_stratum[kinds // 2])
    if not np.isfinite(units).all() or (units < 0).any():
        raise OptionError(
            "population must not be below the units that were drawn. Found: "
            f"{population!r}. gridgov.draw_audit_sample tells it in attrs['audit']['population']."
        )
    return units
