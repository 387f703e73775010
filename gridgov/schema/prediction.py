"""Tables of prediction: scores of one map, the backtest, the ranking of measures."""

from __future__ import annotations

from gridgov.schema.kinds import Column, Table
from gridgov.schema.shared import GROUP, PERIOD

__all__ = ["TABLES"]

_MEASURE = Column("measure", "str", "Measure", "预测方法", "name of the measure that made the map")
_AREA_SHARE = Column(
    "area_share",
    "float64",
    "Area asked",
    "选取面积占比",
    "share of the study area asked for, 0 to 1",
)
_HIT_RATE = Column(
    "hit_rate",
    "float64",
    "Hit rate",
    "命中率",
    "hits / incidents, 0 to 1; missing when there were no incidents",
    missing=True,
)
_SCORES = (
    PERIOD,
    GROUP,
    _AREA_SHARE,
    Column(
        "used_share",
        "float64",
        "Area used",
        "实际面积占比",
        "share of the study area in the chosen cells, 0 to 1",
    ),
    Column("chosen_cells", "int64", "Cells chosen", "选中网格数", "cells chosen by the map"),
    Column("hits", "int64", "Hits", "命中事件数", "later incidents in the chosen cells"),
    Column("incidents", "int64", "Incidents", "事件数", "all incidents of the later period"),
    _HIT_RATE,
    Column(
        "pai",
        "float64",
        "PAI",
        "预测精度指数 PAI",
        "predictive accuracy index: hit_rate / used_share",
        missing=True,
    ),
    Column(
        "pei",
        "float64",
        "PEI",
        "预测效率指数 PEI",
        "predictive efficiency index: hits / the most that so much area could hold, 0 to 1",
        missing=True,
    ),
    Column(
        "rri",
        "float64",
        "RRI",
        "恢复率指数 RRI",
        "recovery rate index: incidents expected in the chosen cells / hits; missing when "
        "the score is no expected number or there are no hits",
        missing=True,
    ),
)

TABLES = (
    Table(
        "prediction_scores",
        ("period", "group", "area_share"),
        _SCORES,
        "gridgov.score_prediction",
    ),
    Table(
        "backtest",
        ("measure", "period", "group", "area_share"),
        (_MEASURE, *_SCORES),
        "gridgov.backtest",
    ),
    Table(
        "measure_ranks",
        ("group", "area_share", "measure"),
        (
            GROUP,
            _AREA_SHARE,
            _MEASURE,
            Column("ranked_by", "str", "Ranked by", "排名依据", "hit_rate, pai or pei"),
            Column("periods", "int64", "Periods", "检验期数", "periods that were predicted"),
            Column(
                "mean_score",
                "float64",
                "Mean",
                "平均值",
                "mean over the periods of what was ranked by",
                missing=True,
            ),
            Column(
                "mean_rank",
                "float64",
                "Mean rank",
                "平均名次",
                "mean over the periods of the measure's place, 1 the best, ties shared",
                missing=True,
            ),
            Column(
                "times_best",
                "int64",
                "Times best",
                "最佳次数",
                "periods in which no measure was better",
            ),
            Column(
                "behind",
                "float64",
                "Behind the first",
                "与首位差距",
                "mean_score of the first measure minus this one's; 0 for the first",
                missing=True,
            ),
            Column(
                "behind_low",
                "float64",
                "Behind, from",
                "差距下限",
                "lower bound of behind, paired over the periods; missing for the first",
                missing=True,
            ),
            Column(
                "behind_high",
                "float64",
                "Behind, to",
                "差距上限",
                "upper bound of behind, paired over the periods; missing for the first",
                missing=True,
            ),
            Column(
                "verdict",
                "str",
                "Verdict",
                "结论",
                "best, among the best, behind, too few periods or nothing to compare",
            ),
        ),
        "gridgov.rank_measures",
    ),
)
