"""Where Chicago's complaints lie: hotspots by three measures, one address, residents, areas."""

from __future__ import annotations

import pandas as pd
from chicago_records import END, HOT, PICTURES, SOURCE, START, Records, listed, table

import gridgov as gg
from gridgov.figures.hotspots import save_png
from gridgov.place.crosswalk import area_shares

RADIUS_KM = 0.8
SPOTS = ("cold 99", "cold 95", "cold 90", "not significant", "hot 90", "hot 95", "hot 99")


def where(records: Records, blocks: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill the tables of place; return the hotspots and what each measure calls a cell."""
    counts = records.counts
    incidents = counts["incidents"]
    fates = gg.tally_report(counts).set_index("fate")["incidents"]
    blocks["records"] = listed(
        {
            "rows read, all accepted": f"{len(records.incidents):,}",
            "reported before 2011 or after 2014": f"{fates['outside_period']:,}",
            "without coordinates": f"{fates['no_point']:,}",
            "outside the community areas": f"{fates['outside']:,}",
            "**counted**": f"**{fates['counted']:,}**",
            "cells of resolution 9": f"{len(counts):,}",
            "incidents a cell, mean": f"{incidents.mean():.1f}",
            "variance / mean": f"{incidents.var() / incidents.mean():.1f}",
            "cells without any": f"{(incidents == 0).mean():.1%}",
            "largest cell": f"{incidents.max():,}",
            "largest categories": ", ".join(
                f"{name} {count:,}"
                for name, count in records.incidents["category"].value_counts().head(4).items()
            ),
        }
    )
    nulls = {
        "exact randomization": "randomization",
        "normal curve": "analytic",
        "999 permutations": "permutation",
    }
    found = {name: gg.find_hotspots(counts, null=null) for name, null in nulls.items()}
    hot = found["exact randomization"]
    blocks["nulls"] = table(
        ["", *SPOTS],
        [
            [name, *(f"{(answer['spot'] == spot).sum():,}" for spot in SPOTS)]
            for name, answer in found.items()
        ],
    )
    moran = gg.find_moran_clusters(counts)
    whole = gg.measure_autocorrelation(counts).set_index("measure").loc["moran_i"]
    kinds = moran["cluster_type"].value_counts()
    blocks["moran"] = listed(
        {
            "high among high": f"{kinds.get('HH', 0):,}",
            "low among low": f"{kinds.get('LL', 0):,}",
            "high among low": f"{kinds.get('HL', 0):,}",
            "low among high": f"{kinds.get('LH', 0):,}",
            "Moran's I of the map": f"{whole['value']:.3f} (z = {whole['z_randomization']:.0f})",
        }
    )
    clusters = gg.find_scan_clusters(counts, radius_km=RADIUS_KM)
    blocks["scan"] = table(
        ["", "community area", "radius, m", "cells", "incidents", "expected", "relative risk", "p"],
        [
            [
                str(row.cluster),
                records.names[row.street_id],
                f"{row.radius_m:,.0f}",
                f"{row.members}",
                f"{row.incidents:,}",
                f"{row.expected:,.0f}",
                f"{row.relative_risk:.1f}",
                f"{row.p_value:.3f}",
            ]
            for row in clusters.itertuples()
        ],
    )
    free = gg.find_scan_clusters(counts, replicates=99).iloc[0]
    blocks["free"] = listed(
        {
            "cells": f"{free['members']:,} of {len(counts):,}",
            "radius": f"{free['radius_m'] / 1000:.1f} km",
            "incidents": f"{free['incidents']:,} where {free['expected']:,.0f} were expected",
            "relative risk": f"{free['relative_risk']:.1f}",
        }
    )
    members = gg.scan_members(clusters, counts)
    agreement = pd.DataFrame(
        {
            "Gi*": hot["spot"].isin(HOT),
            "local Moran": moran["cluster_type"] == "HH",
            "scan": counts["cell"].isin(members["cell"]),
            "incidents": incidents,
            "street_id": counts["street_id"],
        }
    )
    measures = list(agreement.columns[:3])
    called = agreement[agreement[measures].any(axis=1)]
    parts = called.groupby(measures)["incidents"].agg(["size", "sum"]).sort_index(ascending=False)
    blocks["agreement"] = table(
        [*measures, "cells", "incidents"],
        [
            [*("yes" if call else "–" for call in calls), f"{size:,}", f"{total:,}"]
            for calls, (size, total) in zip(parts.index, parts.to_numpy(), strict=True)
        ],
    )
    spread = gg.measure_concentration(counts, records.areas).iloc[0]
    blocks["concentration"] = table(
        ["", "measured", "95 % interval"],
        [
            [
                label,
                form.format(spread[name]),
                f"{form.format(spread[f'{name}_low'])} to {form.format(spread[f'{name}_high'])}",
            ]
            for label, name, form in (
                ("Gini index", "gini", "{:.3f}"),
                ("cells that hold half of the incidents", "cell_share_50", "{:.1%}"),
                ("cells that hold four fifths", "cell_share_80", "{:.1%}"),
                ("Theil's T between community areas", "theil_between", "{:.3f}"),
                ("Theil's T within them", "theil_within", "{:.3f}"),
            )
        ],
    )
    save_png(
        gg.plot_hotspots(
            hot,
            title="Sanitation complaints, Chicago 2011 to 2014: Gi*",
            source=SOURCE,
        ),
        PICTURES / "chicago_gi.png",
        dpi=110,
    )
    return hot, agreement


def single_address(
    records: Records, hot: pd.DataFrame, agreement: pd.DataFrame, blocks: dict[str, str]
) -> None:
    """Fill what stands behind the largest cell."""
    counts = records.counts
    first = counts["incidents"].idxmax()
    located = records.located
    inside = located[located["cell"] == counts.loc[first, "cell"]]
    inside = inside[(inside["reported_at"] >= START) & (inside["reported_at"] < END)]
    addresses = inside["Street_Address"].value_counts()
    blocks["address"] = listed(
        {
            "community area": records.names[counts.loc[first, "street_id"]],
            "incidents in the cell, four years": f"{len(inside):,}",
            "of them at one address": f"{addresses.iloc[0]:,}",
            "of them at four addresses": f"{addresses.iloc[:4].sum():,}",
            "of them in 2014": f"{(inside['reported_at'].dt.year == 2014).sum():,}",
            "Gi\\* of the cell": f"z = {hot.loc[first, 'gi_star']:.2f}, "
            f"p = {hot.loc[first, 'p_value']:.3f}, {hot.loc[first, 'spot']}",
            "high among high by local Moran": "yes"
            if agreement.loc[first, "local Moran"]
            else "no",
        }
    )


def once_a_month(records: Records, hot: pd.DataFrame, blocks: dict[str, str]) -> None:
    """Fill what is left when an address counts once a month."""
    located = records.located
    month = located["reported_at"].dt.strftime("%Y-%m")
    again = located["Street_Address"].notna() & located.assign(month=month).duplicated(
        ["Street_Address", "month"]
    )
    counts = gg.tally(located[~again], records.grid, start=START, end=END)
    fewer = gg.find_hotspots(counts)
    one, other = hot["spot"].isin(HOT), fewer["spot"].isin(HOT)
    first = records.counts["incidents"].idxmax()
    blocks["once"] = listed(
        {
            "incidents that repeat an address in its month": f"{again.sum():,}",
            "hot at 95 %, all incidents": f"{one.sum():,} cells",
            "hot at 95 %, an address once a month": f"{other.sum():,} cells",
            "hot both ways": f"{(one & other).sum():,} cells",
            "the largest cell, then": f"{counts.loc[first, 'incidents']:,} incidents, "
            f"z = {fewer.loc[first, 'gi_star']:.2f}, {fewer.loc[first, 'spot']}",
        }
    )


def people(records: Records, hot: pd.DataFrame, blocks: dict[str, str]) -> None:
    """Fill the comparison of counts and rates by residents."""
    outlines = records.areas.set_index("street_id")
    shares = area_shares(records.grid["cell"], records.areas)
    density = outlines["POP2010"] / outlines["area_km2"]
    shares["people"] = shares["street_id"].map(density) * shares["area_m2"] / 1e6
    residents = shares.groupby("cell")["people"].sum()
    rates = gg.measure_rates(records.counts, base=residents, method="empirical_bayes", per=10_000)
    by_rate = gg.find_hotspots(rates, value="smoothed_rate")
    one, other = hot["spot"].isin(HOT), by_rate["spot"].isin(HOT)
    blocks["people"] = listed(
        {
            "hot at 95 % by counts": f"{one.sum():,} cells",
            "hot at 95 % by rates": f"{other.sum():,} cells",
            "hot by both": f"{(one & other).sum():,} cells",
        }
    )


def areas(
    records: Records, hot: pd.DataFrame, agreement: pd.DataFrame, blocks: dict[str, str]
) -> None:
    """Fill the community areas that hold most hot cells."""
    measures = list(agreement.columns[:3])
    frame = agreement.assign(all_three=agreement[measures].all(axis=1), z=hot["gi_star"])
    parts = frame.groupby("street_id").agg(
        incidents=("incidents", "sum"), gi=("Gi*", "sum"), three=("all_three", "sum")
    )
    parts = parts.sort_values(["gi", "incidents"], ascending=False).head(10)
    blocks["areas"] = table(
        ["community area", "incidents", "hot cells (Gi\\*, 95 %)", "cells all three call hot"],
        [
            [records.names[area], f"{row.incidents:,}", f"{row.gi}", f"{row.three}"]
            for area, row in zip(parts.index, parts.itertuples(), strict=True)
        ],
    )
