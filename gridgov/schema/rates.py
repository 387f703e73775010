"""The table of rates, raw and smoothed."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import AREA, CELL, DISPLAY_STREET, GROUP, INCIDENTS, PERIOD

__all__ = ["TABLES"]

TABLES = (
    Table(
        "rates",
        ("cell", "period", "group"),
        (
            CELL,
            PERIOD,
            GROUP,
            DISPLAY_STREET,
            INCIDENTS,
            AREA,
            Column(
                "base",
                "float64",
                "Base",
                "基数",
                "what the incidents are counted against: people, km², meters; missing if unknown",
                missing=True,
            ),
            Column(
                "rate",
                "float64",
                "Rate",
                "比率",
                "incidents by base, times `per`",
                missing=True,
            ),
            Column(
                "mean_rate",
                "float64",
                "Mean rate",
                "平均比率",
                "rate of the whole map, or of the neighborhood, that smoothing draws towards",
                missing=True,
            ),
            Column(
                "rate_weight",
                "float64",
                "Weight of the rate",
                "比率权重",
                "share of the cell's own rate in the smoothed one, 0 to 1",
                missing=True,
            ),
            Column(
                "smoothed_rate",
                "float64",
                "Smoothed rate",
                "平滑比率",
                "empirical-Bayes rate; missing when no smoothing was asked for",
                missing=True,
            ),
            Column(
                "expected_incidents",
                "float64",
                "Expected incidents",
                "期望事件数",
                "incidents at the mean rate",
                missing=True,
            ),
            Column(
                "few_expected",
                "bool",
                "Few expected",
                "期望过少",
                "fewer than 5 incidents expected, or none known: the raw rate says little",
            ),
            Column(
                "reason",
                "str",
                "Reason",
                "未计算原因",
                "why there is no answer; missing when there is one",
                missing=True,
            ),
        ),
        "gridgov.measure_rates",
    ),
)
