"""How Chicago's complaints change: months, the next month, near repeats."""

from __future__ import annotations

import pandas as pd
from chicago_records import END, PICTURES, SOURCE, START, Records, table

import gridgov as gg
from gridgov.figures.hotspots import save_png


def months(records: Records, blocks: dict[str, str]) -> None:
    """Fill the tables of change over time."""
    panel = records.panel
    coarse = gg.make_grid(records.areas, resolution=8)
    wide = gg.tally(
        gg.locate(records.incidents, records.areas, resolution=8),
        coarse,
        period="MS",
        start=START,
        end=END,
    )
    emerging = gg.find_emerging_hotspots(wide)
    answers = {
        "resolution 9": gg.find_emerging_hotspots(panel)["category"],
        "resolution 8": emerging["category"],
        'resolution 8, `esri="2.6"`': gg.find_emerging_hotspots(wide, esri="2.6")["category"],
        "resolution 8, each month by itself": gg.find_emerging_hotspots(
            wide, window="individual_step"
        )["category"],
        "resolution 8, `classify_persistence`": gg.classify_persistence(wide)["category"],
    }
    blocks["emerging"] = table(
        ["", "cells", "categories"],
        [[name, f"{len(column):,}", counted(column)] for name, column in answers.items()],
    )
    lines = []
    for name, frame in (("resolution 9", panel), ("resolution 8", wide)):
        trend = gg.measure_trends(frame)["trend"].value_counts()
        lines.append([name, f"{trend.get('up', 0)}", f"{trend.get('down', 0)}"])
    blocks["trends"] = table(["", "cells that rise", "cells that fall"], lines)
    total = panel.groupby("period")["incidents"].sum()
    years = sorted(set(total.index.year))
    blocks["totals"] = table(
        ["", *(f"{month:02d}" for month in range(1, 13))],
        [[str(year), *(f"{n:,}" for n in total[total.index.year == year])] for year in years],
    )
    save_png(
        gg.plot_emerging(
            emerging,
            title="Sanitation complaints, Chicago: hot and cold months, resolution 8",
            source=SOURCE,
        ),
        PICTURES / "chicago_emerging.png",
        dpi=110,
    )


def prediction(records: Records, blocks: dict[str, str]) -> None:
    """Fill the table of the backtest."""
    scores = gg.backtest(records.located, records.grid, start=START, end=END)
    ranks = gg.rank_measures(scores)
    blocks["backtest"] = table(
        ["measure", *(f"{share:.0%} of the area" for share in sorted(set(ranks["area_share"])))],
        [
            [measure, *(f"{score:.1%}" for score in part.sort_values("area_share")["mean_score"])]
            for measure, part in ranks.groupby("measure")
        ],
    )
    blocks["ranks"] = "\n".join(f"- {sentence}" for sentence in gg.explain_ranks(ranks))
    save_png(
        gg.plot_backtest(
            scores,
            ranks,
            title="Sanitation complaints, Chicago: which measure predicts the next month?",
            source=SOURCE,
        ),
        PICTURES / "chicago_backtest.png",
        dpi=110,
    )


def near_repeats(records: Records, blocks: dict[str, str]) -> None:
    """Fill the table of near repeats of one year."""
    located = records.located
    one_year = located[located["reported_at"].dt.year == 2014]
    near = gg.measure_near_repeats(
        one_year,
        distance_bands_m=[0, 0.1, 100, 200, 400],
        time_bands_days=[0, 1, 7, 14, 28],
        permutations=199,
    )
    blocks["near"] = table(
        [
            "apart",
            "same day",
            *(f"{low:.0f} to {high - 1:.0f} days" for low, high in days(near)[1:]),
        ],
        [
            [
                "same place"
                if high < 1
                else f"another place, {max(low, 0.1):g} to under {high:g} m",
                *(
                    f"{ratio:.2f} ({pairs:,} pairs)"
                    for ratio, pairs in zip(part["knox_ratio"], part["pairs"], strict=True)
                ),
            ]
            for (low, high), part in near.groupby(["distance_from_m", "distance_to_m"])
        ],
    )


def days(near: pd.DataFrame) -> list[tuple[float, float]]:
    """Return the time bands."""
    bands = near[["days_from", "days_to"]].drop_duplicates()
    return list(zip(bands["days_from"], bands["days_to"], strict=True))


def counted(column: pd.Series) -> str:
    """Return categories with their numbers of cells, the rarest last."""
    return ", ".join(f"{name} {count:,}" for name, count in column.value_counts().items())
