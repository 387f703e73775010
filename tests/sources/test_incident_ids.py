import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.sources import incident_ids
from gridgov.sources.incident_ids import repeated_ids

IDS = st.one_of(
    st.integers(0, 60).map(str),
    st.integers(0, 30).map("SR-{:08d}".format),
    st.text(max_size=3),
    st.sampled_from(["", "a", "a\x00", "\x00a", "编号1", "x" * 200, "x" * 201]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(IDS, min_size=1, max_size=60), st.booleans(), st.data())
def test_rows_whose_id_came_before_are_those_that_pandas_finds(ids, rising, data):
    column = pd.Series(sorted(ids) if rising else ids, dtype="str")
    kept = np.array(sorted(data.draw(st.sets(st.integers(0, len(ids) - 1)))), dtype=np.intp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incident_ids, "_MANY", 0)
        every, some = repeated_ids(column), repeated_ids(column, kept)
    assert every.tolist() == np.flatnonzero(column.duplicated()).tolist()
    assert some.tolist() == kept[np.flatnonzero(column.iloc[kept].duplicated())].tolist()


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("kind", ["rising", "mixed", "lengths", "long"])
def test_one_repeated_id_among_many_is_found(kind, missing):
    count = 200_000
    numbers = np.random.default_rng(2).permutation(count)
    ids = pd.Series(np.arange(count) if kind == "rising" else numbers).astype("str")
    if kind in ("rising", "mixed"):
        ids = "SY-" + ids.str.zfill(8)
    if kind == "long":
        ids = ids + "-" * 150
    if missing:
        ids.iloc[7] = None
    assert repeated_ids(ids).tolist() == []
    ids.iloc[150_000] = ids.iloc[3]
    assert repeated_ids(ids).tolist() == [150_000]


def test_ids_with_one_hash_are_compared_themselves(monkeypatch):
    monkeypatch.setattr(incident_ids, "_MANY", 0)
    monkeypatch.setattr(incident_ids, "_hash", lambda text: np.zeros(len(text), np.uint64))
    ids = pd.Series(["b", "a", "c", "a"], dtype="str")
    assert repeated_ids(ids).tolist() == [3]
