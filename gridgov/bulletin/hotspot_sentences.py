"""What a hotspot pack says in sentences, in English and Chinese, from its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgov.bulletin.hotspot_measures import FEWEST_MONTHS, MOST_SCANNED, HotspotMeasures
from gridgov.bulletin.hotspot_tables import SURE
from gridgov.bulletin.words import Words
from gridgov.figures.fonts import clean
from gridgov.hotspots.explain import explain
from gridgov.taxonomy.labels import label, labels

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Said", "agreement_sentences", "cell_sentences", "method", "said"]

_MOST_CELLS = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What one measure says.

    Attributes
    ----------
    name
        Name of the measure.
    sentences
        What it says, one a paragraph.
    map, figure
        Relative names of its map and figure, None where it has none; a figure of a
        measure without an answer is not drawn.
    """

    name: str
    sentences: Sequence[str]
    map: str | None = None
    figure: str | None = None


def said(measured: HotspotMeasures, numbers: Mapping[str, Any], words: Words) -> list[Said]:
    """Return what every measure says, in the order of the page."""
    scanned = measured.clusters is not None
    changing = measured.emerging is not None
    return [
        Said(
            words("hot.name.hotspots"),
            [
                words(
                    "hot.says.gi",
                    hot=numbers["hot_cells"],
                    cells=numbers["cells"],
                    sure=numbers["hot_at_95"]["gi"],
                    cold=numbers["cold_cells"],
                    rings=measured.rings,
                )
            ],
            "hotspots.html",
        ),
        Said(
            words("hot.name.moran"),
            [_moran(numbers, words), *_autocorrelation(measured, words)],
            "moran.html",
            "moran.png",
        ),
        Said(
            words("hot.name.clusters"),
            [_scan(measured, numbers, words)],
            "clusters.html" if scanned else None,
        ),
        Said(words("hot.name.density"), [_density(measured, words)], "density.html"),
        Said(
            words("hot.name.concentration"),
            _concentration(measured, words),
            None,
            "lorenz.png",
        ),
        Said(
            words("hot.name.emerging"),
            _change(measured, numbers, words),
            "emerging.html" if changing else None,
            "emerging.png" if changing else None,
        ),
    ]


def _moran(numbers: Mapping[str, Any], words: Words) -> str:
    """Return what local Moran says."""
    kinds = numbers["cluster_type"]
    return words(
        "hot.says.moran", **{kind.lower(): kinds[kind] for kind in kinds if len(kind) == 2}
    )


def _autocorrelation(measured: HotspotMeasures, words: Words) -> list[str]:
    """Return what Moran's I of the whole map says, nothing where it has no answer."""
    table = measured.autocorrelation
    row = table[table["measure"] == "moran_i"].iloc[0]
    if row["value"] != row["value"]:
        return []
    together = row["p_permutation"] <= SURE and row["z_randomization"] > 0
    key = "hot.says.autocorrelation" if together else "hot.says.no_autocorrelation"
    return [words(key, value=row["value"], expected=row["expected"], z=row["z_randomization"])]


def _scan(measured: HotspotMeasures, numbers: Mapping[str, Any], words: Words) -> str:
    """Return what the scan says, or why it was left out."""
    radius = 1000 * measured.radius_km
    if measured.clusters is None:
        return words("hot.says.no_scan", cells=numbers["cells"], most=MOST_SCANNED)
    if not numbers["clusters"]:
        return words("hot.says.no_cluster", radius=radius)
    first = measured.clusters.iloc[0]
    return words(
        "hot.says.scan",
        number=numbers["clusters"],
        radius=radius,
        street=_street(first["street_id"], measured),
        incidents=int(first["incidents"]),
        expected=first["expected"],
    )


def _density(measured: HotspotMeasures, words: Words) -> str:
    """Return where incidents are densest."""
    density = measured.density
    first = density.loc[density["incidents_per_km2"].idxmax()]
    return words(
        "hot.says.density",
        bandwidth=1000 * measured.radius_km,
        street=_street(first["street_id"], measured),
        density=first["incidents_per_km2"],
        mean=density["incidents"].sum() / density["area_km2"].sum(),
    )


def _concentration(measured: HotspotMeasures, words: Words) -> list[str]:
    """Return in how few cells the incidents lie."""
    row = measured.concentration.iloc[0]
    if row["cell_share_50"] != row["cell_share_50"]:
        reason = label("reason", str(row["reason"]), words.lang)
        return [words("hot.says.no_concentration", reason=reason)]
    lines = [
        words(
            "hot.says.concentration",
            half=row["cell_share_50"],
            low=row["cell_share_50_low"],
            high=row["cell_share_50_high"],
            most=row["cell_share_80"],
            gini=row["gini"],
        )
    ]
    if row["incidents"] < row["cells"]:
        lines.append(words("hot.says.concentration_few", generalized=row["gini_generalized"]))
    return lines


def _change(measured: HotspotMeasures, numbers: Mapping[str, Any], words: Words) -> list[str]:
    """Return what changed month by month, or why that was left out."""
    months = measured.months
    if measured.emerging is None or months.start is None or months.end is None:
        return [words("hot.says.few_months", least=FEWEST_MONTHS, count=months.number)]
    import pandas as pd

    span = {
        "months": months.number,
        "first": f"{months.start:%Y-%m}",
        "last": f"{months.end - pd.Timedelta(days=1):%Y-%m}",
    }
    found, classes = numbers["emerging"], numbers["persistence"]
    return [
        words("hot.says.emerging", **_named("emerging", found, words), **span)
        if _any(found)
        else words("hot.says.emerging_none", **span),
        words("hot.says.persistence", **_named("persistence", classes, words))
        if _any(classes)
        else words("hot.says.persistence_none"),
        words("hot.says.trends", up=numbers["trend"]["up"], down=numbers["trend"]["down"]),
    ]


def _any(found: Mapping[str, int]) -> bool:
    """Return whether any cell has a category that names a pattern."""
    return any(count for code, count in found.items() if code != "no pattern")


def _named(kind: str, found: Mapping[str, int], words: Words) -> dict[str, Any]:
    """Return categories with their numbers of cells, and how many cells have none."""
    parts = [
        words("hot.counted", label=text, count=found[code])
        for code, text in labels(kind, words.lang).items()
        if found.get(code) and code != "no pattern"
    ]
    return {"listed": words.listed(parts), "none": found.get("no pattern", 0)}


def agreement_sentences(numbers: Mapping[str, Any], words: Words) -> list[str]:
    """Return which measures call how many cells hot together, one sentence a combination."""
    return [
        words(f"hot.agree.{code}", count=part["cells"], incidents=part["incidents"])
        for code, part in numbers["agreement"].items()
        if part["cells"]
    ]


def cell_sentences(measured: HotspotMeasures, words: Words) -> tuple[int, list[str]]:
    """Return how many sentences there can be, and one about each street's strongest cell."""
    hot: pd.DataFrame = measured.hot[measured.hot["spot"].isin(["hot 90", "hot 95", "hot 99"])]
    strongest = hot.sort_values(["gi_star", "cell"], ascending=[False, True])
    strongest = strongest.drop_duplicates("street_id").head(_MOST_CELLS)
    return _MOST_CELLS, [
        clean(
            explain(
                measured.hot,
                int(cell),
                lang=words.lang,
                jurisdictions=measured.read.jurisdictions,
            )
        )
        for cell in strongest["cell"].tolist()
    ]


def method(measured: HotspotMeasures, words: Words) -> list[str]:
    """Return how the measures beside Gi* were made, one sentence or two a paragraph."""
    lines = [words("hot.method.moran")]
    if measured.clusters is not None:
        made = measured.clusters.attrs["scan"]
        lines.append(
            words(
                "hot.method.scan",
                radius=1000 * measured.radius_km,
                replicates=made["replicates"],
                seed=made["seed"],
            )
        )
    lines.append(
        words(
            "hot.method.concentration", seed=measured.concentration.attrs["concentration"]["seed"]
        )
    )
    if measured.emerging is not None:
        lines.append(words("hot.method.months"))
    return lines


def _street(street_id: Any, measured: HotspotMeasures) -> str:
    """Return the name of a street, its id where it has none."""
    if street_id is None or street_id != street_id:
        return "–"
    names = measured.read.jurisdictions.set_index("street_id")["street"].dropna()
    return clean(names.get(street_id, street_id))
