from __future__ import annotations

import pandas as pd
import pytest

from gridgov.assessment.deadlines.rules import read_rules
from gridgov.errors import ReadError


def test_rules_may_be_written_as_a_list_in_a_script() -> None:
    rules = [
        {"stage": "dispatched", "amount": 2, "unit": "working_hours"},
        {"stage": "handled", "category": "违法建设", "amount": 20, "unit": "working_days"},
    ]
    pd.testing.assert_frame_equal(read_rules(rules), read_rules(pd.DataFrame(rules)))


def test_a_list_of_anything_else_is_told_what_rules_are() -> None:
    with pytest.raises(ReadError, match="must be a table"):
        read_rules(["dispatched", 2])
