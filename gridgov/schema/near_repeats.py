"""The table of near repeats: pairs of incidents by distance and days apart."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table

__all__ = ["TABLES"]

TABLES = (
    Table(
        "near_repeats",
        ("distance_from_m", "days_from"),
        (
            Column(
                "distance_from_m",
                "float64",
                "From (m)",
                "距离起（米）",
                "lower edge of the distance band, m, belongs to it",
            ),
            Column(
                "distance_to_m",
                "float64",
                "To (m)",
                "距离止（米）",
                "upper edge of the distance band, m, does not belong to it",
            ),
            Column(
                "days_from",
                "float64",
                "From (days)",
                "间隔起（天）",
                "lower edge of the time band, days, belongs to it",
            ),
            Column(
                "days_to",
                "float64",
                "To (days)",
                "间隔止（天）",
                "upper edge of the time band, days, does not belong to it",
            ),
            Column("pairs", "int64", "Pairs", "事件对数", "pairs of incidents in both bands"),
            Column(
                "pairs_expected",
                "float64",
                "Expected",
                "期望对数",
                "exact mean number of pairs when the times are dealt out at random",
            ),
            Column(
                "pairs_median",
                "float64",
                "Median",
                "置换中位数",
                "median number of pairs over the permutations",
            ),
            Column(
                "knox_ratio",
                "float64",
                "Knox ratio",
                "Knox 比",
                "pairs / pairs_expected; missing when none are expected",
                missing=True,
            ),
            Column(
                "knox_ratio_median",
                "float64",
                "Knox ratio (median)",
                "Knox 比（中位数）",
                "pairs / pairs_median; missing when the median is zero",
                missing=True,
            ),
            Column(
                "p_value",
                "float64",
                "p",
                "p 值",
                "one-sided: (1 + permutations with as many pairs) / (1 + permutations)",
            ),
            Column(
                "q_value",
                "float64",
                "q",
                "q 值",
                "Benjamini-Hochberg adjusted p over the bands of the table",
            ),
            Column(
                "flagged",
                "bool",
                "Flagged",
                "显著近重复",
                "true where p_value is at most 0.05 and knox_ratio at least 1.2",
            ),
        ),
        "gridgov.measure_near_repeats",
    ),
)
