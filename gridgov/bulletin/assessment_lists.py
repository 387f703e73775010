"""What needs supervision, which alleys stand below the mark, and where every row went."""

from __future__ import annotations

from gridgov.bulletin.assessment_parts import Pages
from gridgov.bulletin.document.model import Paragraph, Part, Rule

__all__ = ["alleys", "rows", "supervision"]


def supervision(pages: Pages) -> list[Part]:
    """Return what needs supervision, and what was reported again and again."""
    words, counts = pages.words, pages.tables["supervision_counts"]
    told = pages.measured.supervision.attrs["supervision"]
    lists = pages.tables["supervision"]
    parts: list[Part] = [
        pages.table(
            "supervision_counts",
            counts,
            [
                "label",
                "open_cases",
                "overdue_cases",
                "due_soon_cases",
                "reworked_cases",
                "resting_cases",
                "supervised_cases",
                "overdue_h_max",
            ],
            forms={"overdue_h_max": "hours"},
            n=int(told["open_cases"]),
            most=60,
            rules=[Rule("overdue_cases", "above", 0.5)],
        )
    ]
    if told["open_without_deadline"]:
        number, opened = int(told["open_without_deadline"]), int(told["open_cases"])
        parts.append(Paragraph(words("said.without_deadline", number=number, open=opened)))
    if lists.empty:
        parts.append(Paragraph(words("said.no_supervision")))
    else:
        shown = lists.assign(
            supervision=pages.in_words("supervision", lists["supervision"]),
            stage=pages.in_words("case_event", lists["stage"]),
        )
        parts.append(
            pages.table(
                "supervision",
                shown,
                [
                    "supervision",
                    "case_id",
                    "label",
                    "department",
                    "category",
                    "stage",
                    "due_at",
                    "overdue_h",
                ],
                headings={"label": words("head.street"), "stage": words("head.stage")},
            )
        )
    if "repeat_places" in pages.tables and len(pages.tables["repeat_places"]):
        assert pages.measured.repeat_places is not None
        rule = pages.measured.repeat_places.attrs["repeat_places"]
        found = pages.tables["repeat_places"]
        # Five decimals of a degree are about a meter.
        places = [
            f"{longitude:.5f}, {latitude:.5f}"
            for longitude, latitude in zip(found["longitude"], found["latitude"], strict=True)
        ]
        parts.append(
            Paragraph(
                words(
                    "said.repeats",
                    meters=rule["distance_m"],
                    days=rule["within_days"],
                    least=rule["min_reports"],
                )
            )
        )
        parts.append(
            pages.table(
                "repeat_places",
                found.assign(place=places),
                [
                    "label",
                    "category",
                    "reports",
                    "most_reports",
                    "after_closing",
                    "first_at",
                    "last_at",
                    "place",
                ],
                n=int(rule["reports"]),
                headings={"label": words("head.street"), "place": words("head.place")},
                forms=dict.fromkeys(("first_at", "last_at"), "date"),
            )
        )
    return parts


def alleys(pages: Pages) -> list[Part]:
    """Return the standing of the alleys; nothing without checks."""
    if "standing" not in pages.tables:
        return []
    words, counts = pages.words, pages.tables["standing_counts"]
    standing, scores = pages.tables["standing"], pages.tables["alley_scores"]
    assert pages.measured.standing is not None
    rule = pages.measured.standing.attrs["standing"]
    street, alley = {"label": words("head.street")}, words("head.alley")
    last = counts[counts["period"] == counts["period"].max()]
    end = standing[standing["period"] == standing["period"].max()]
    below = end[end["standing"].isin(["downgraded", "recovering"])]
    shown = below.assign(standing=pages.in_words("standing", below["standing"]))
    told = words("said.standing", mark=rule["pass_score"], months=rule["good_months"])
    worst = scores.sort_values(["score", "group"], kind="stable")
    ranges = [
        words.ranks(low, high)
        for low, high in zip(worst["rank_low"], worst["rank_high"], strict=True)
    ]
    return [
        Paragraph(told),
        pages.table(
            "standing_counts",
            last,
            ["label", "lines", "checked", "downgraded", "restored", "below", "met_share"],
            n=int(last["lines"].sum()),
            headings=street,
            most=60,
            rules=[Rule("below", "above", 0.5)],
        ),
        pages.table(
            "standing",
            shown,
            ["line_id", "label", "score", "standing", "months_good", "downgraded_at"],
            n=len(end),
            caption=words("table.below"),
            headings={"label": alley},
            forms={"score": "points", "downgraded_at": "date"},
            most=40,
        ),
        pages.table(
            "alley_scores",
            worst.assign(ranks=ranges),
            ["rank", "group", "label", "cases", "score", "score_low", "score_high", "ranks"],
            n=int(scores["cases"].sum()),
            headings={
                "group": words("head.id"),
                "label": alley,
                "cases": words("head.checks"),
                "ranks": words("head.ranks"),
            },
            forms=dict.fromkeys(("score", "score_low", "score_high"), "points"),
        ),
    ]


def rows(pages: Pages) -> list[Part]:
    """Return where every row went, and what was left out."""
    words = pages.words
    sums = pages.tables["case_sums"]
    left = [
        Paragraph(words(f"left.{name}", why=words(f"why.{why}")), bullet=True)
        for name, why in pages.measured.left_out.items()
    ]
    block = pages.table(
        "case_sums",
        sums[(sums["part"] == "total") | (sums["rows"] > 0)],
        ["label", "rows"],
        n=int(sums["rows"].iloc[0]),
        caption=words("table.sums"),
        headings={"label": words("head.part")},
        most=60,
    )
    return [block, *left]
