"""Cases and how they were handled: deadlines, indicators, scores, ranks, audits, supervision."""
