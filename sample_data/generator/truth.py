"""What was planted, in a file of its own, so that findings can be held against it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sample_data.generator.background import (
    ADDRESSES,
    JITTER_M,
    WEIGHT_POWER,
    WEIGHT_SQUARE_RATIO,
)
from sample_data.generator.days import END, START
from sample_data.generator.dirt import DUPLICATES, KINDS
from sample_data.generator.incidents import BACKGROUND, Record
from sample_data.generator.places import DISPLACEMENT, PLACES, Place
from sample_data.generator.stream import SEED

__all__ = ["make_truth"]

# Kinds of dirt after which a row no longer counts at its place: it is set aside,
# it has no point, or its point lies elsewhere.
_LOST = frozenset(
    {
        "missing_coordinates",
        "swapped_coordinates",
        "zero_coordinate",
        "unreadable_coordinate",
        "out_of_range_coordinate",
        "outside_district",
        "closed_before_reported",
        "missing_id",
        "missing_time",
        "unreadable_time",
        "duplicate_id",
    }
)


def make_truth(rows: list[Record], kinds: dict[int, str]) -> dict[str, Any]:
    """Return the planted truth about the rows of the file."""
    kept = [row for k, row in enumerate(rows) if kinds.get(k) not in _LOST]
    planted = [row for k, row in enumerate(rows) if kinds.get(k) != "duplicate_id"]
    counted = Counter(kinds.values())
    return {
        "synthetic": True,
        "note": "合成示例数据，非真实记录。Synthetic sample data, not real records.",
        "seed": SEED,
        "period": {"start": START.date().isoformat(), "end": END.date().isoformat()},
        "coordinates": "centers here are WGS-84 degrees; incidents.csv is in GCJ-02",
        "places": [_place(place, planted, kept) for place in PLACES],
        "displacement": _displacement(planted, kept),
        "background": {
            "model": (
                "Poisson cluster field: addresses with a smooth density, each with a weight of "
                "its own, incidents in proportion to the weights"
            ),
            "incidents": BACKGROUND,
            "addresses": ADDRESSES,
            "weight": f"E ** {WEIGHT_POWER} with E exponential of mean 1",
            "weight_square_ratio": WEIGHT_SQUARE_RATIO,
            "jitter_m": JITTER_M,
        },
        "rows": {
            "incidents": len(rows) - DUPLICATES,
            "duplicates": DUPLICATES,
            "total": len(rows),
        },
        "dirt": {kind: counted[kind] for kind in (*KINDS, "duplicate_id")},
    }


def _place(place: Place, planted: list[Record], kept: list[Record]) -> dict[str, Any]:
    first, after = place.campaign
    spans = {"before": (START.date(), first), "campaign": place.campaign}
    spans["after"] = (after, END.date())
    return {
        "key": place.key,
        "name": place.name,
        "name_en": place.name_en,
        "street": place.street + "街道",
        "longitude": place.longitude,
        "latitude": place.latitude,
        "radius_m": place.radius_m,
        "category": place.categories[0][0],
        "category_shares": {name: weight / 100 for name, weight in place.categories},
        "rate_before_per_30_days": place.per_month,
        "rate_after_per_30_days": round(place.per_month * (1 + place.effect), 6),
        "effect": place.effect,
        **{
            name: {
                "start": start.isoformat(),
                "end": end.isoformat(),
                "planted": _count(planted, place.key, start, end),
                "readable": _count(kept, place.key, start, end),
            }
            for name, (start, end) in spans.items()
        },
    }


def _displacement(planted: list[Record], kept: list[Record]) -> dict[str, Any]:
    source = next(place for place in PLACES if place.key == DISPLACEMENT.of)
    start, end = source.campaign[0], END.date()
    return {
        "key": DISPLACEMENT.key,
        "of": DISPLACEMENT.of,
        "inner_m": DISPLACEMENT.inner_m,
        "outer_m": DISPLACEMENT.outer_m,
        "category": DISPLACEMENT.category,
        "moved_share": DISPLACEMENT.moved_share,
        "rate_after_per_30_days": round(
            source.per_month * -source.effect * DISPLACEMENT.moved_share, 6
        ),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "planted": _count(planted, DISPLACEMENT.key, start, end),
        "readable": _count(kept, DISPLACEMENT.key, start, end),
    }


def _count(rows: list[Record], origin: str, start: date, end: date) -> int:
    """Return how many rows of an origin were reported from `start` to before `end`."""
    low, high = ((edge - START.date()).days * 1440 for edge in (start, end))
    return sum(row.origin == origin and low <= row.reported < high for row in rows)
