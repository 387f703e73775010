"""The same answers from two worker processes, also when one of them is killed."""

import os
import signal
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import gridgov as gg
from gridgov.errors import ExtraMissingError, OptionError, ReadError
from gridgov.scale import cluster, counting

distributed = pytest.importorskip("distributed", reason="distributed is absent")

STREETS = gpd.GeoDataFrame(
    {"street_id": ["A", "B"]},
    geometry=[shapely.box(116.1, 39.8, 116.16, 39.9), shapely.box(116.15, 39.8, 116.2, 39.9)],
    crs="EPSG:4326",
)
GRID = gg.make_grid(STREETS, resolution=8)
FILES = 20

needs_workers = pytest.mark.cluster
OPTIONS = {"by": "category", "period": "MS"}


@pytest.fixture(scope="module")
def two_workers():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as local,
        distributed.Client(local) as client,
    ):
        client.wait_for_workers(2)
        yield client


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    first = np.datetime64("2017-01-01", "us")
    for number in range(FILES):
        rng = np.random.default_rng(number)
        count = 2000 + 10 * number
        pd.DataFrame(
            {
                "longitude": rng.uniform(116.08, 116.22, count),
                "latitude": rng.uniform(39.79, 39.91, count),
                "category": rng.choice([f"{number % 5}", "all"], count),
                "reported_at": pd.DatetimeIndex(
                    first + rng.integers(0, 300 * 86_400_000_000, count), tz="UTC"
                ),
            }
        ).to_parquet(folder / f"{number:02d}.parquet")
    return folder


@pytest.fixture(scope="module")
def expected(rows):
    return gg.scale.count_folder(rows, STREETS, GRID, **OPTIONS)


def pids(client):
    return set(client.run(os.getpid).values())


class Killer:
    """A progress that kills one worker when the first part is done."""

    def __init__(self, client):
        self.pid = min(pids(client))
        self.told = []

    def __call__(self, done, total):
        if not self.told:
            os.kill(self.pid, signal.SIGKILL)
        self.told.append((done, total))


@needs_workers
def test_two_workers_count_what_one_machine_counts(two_workers, rows, expected):
    told = []
    found = gg.scale.count_folder(
        rows, STREETS, GRID, client=two_workers, progress=lambda *at: told.append(at), **OPTIONS
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs
    assert told[-1] == (sum(2000 + 10 * number for number in range(FILES)),) * 2
    assert len(told) == FILES


@needs_workers
def test_two_workers_locate_what_one_machine_locates(two_workers, rows, expected, tmp_path):
    report = gg.scale.locate_folder(
        rows, STREETS, resolution=8, out=tmp_path / "many", client=two_workers.scheduler.address
    )
    alone = gg.scale.locate_folder(rows, STREETS, resolution=8, out=tmp_path / "one")
    pd.testing.assert_frame_equal(report, alone)
    for name in report["file"]:
        assert (tmp_path / "many" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
    counts = gg.scale.tally_folder(tmp_path / "many", GRID, client=two_workers, **OPTIONS)
    pd.testing.assert_frame_equal(counts, expected, check_exact=True)


@needs_workers
def test_a_killed_worker_loses_nothing(two_workers, rows, expected, tmp_path):
    killer = Killer(two_workers)
    found = gg.scale.count_folder(
        rows, STREETS, GRID, client=two_workers, progress=killer, checkpoint=tmp_path, **OPTIONS
    )
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs
    assert killer.told[-1][0] == killer.told[-1][1]
    assert len(list(tmp_path.glob("*.npz"))) == FILES
    two_workers.wait_for_workers(2)
    assert killer.pid not in pids(two_workers)


@needs_workers
def test_a_worker_killed_while_it_writes_leaves_whole_files(two_workers, rows, tmp_path):
    two_workers.wait_for_workers(2)
    killer = Killer(two_workers)
    report = gg.scale.locate_folder(
        rows, STREETS, resolution=8, out=tmp_path / "out", client=two_workers, progress=killer
    )
    assert report["rows"].tolist() == [2000 + 10 * number for number in range(FILES)]
    found = gg.scale.tally_folder(tmp_path / "out", GRID)
    assert found["incidents"].sum() == report[["inside", "border", "overlap"]].to_numpy().sum()


@needs_workers
def test_a_file_that_cannot_be_read_is_named_from_the_worker_too(two_workers, tmp_path):
    for number in range(3):
        table = pd.DataFrame({"longitude": np.arange(500.0), "latitude": 1.5})
        table.to_parquet(tmp_path / f"{number}.parquet")
    path = tmp_path / "1.parquet"
    path.write_bytes(path.read_bytes()[:4] + bytes(300) + path.read_bytes()[304:])
    with pytest.raises(ReadError, match=r"Found: .*1\.parquet is not"):
        gg.scale.count_folder(tmp_path, STREETS, GRID, client=two_workers)


def test_summaries_add_up_in_any_order_and_grouping():
    def one(group, start, cells, fates):
        counter = counting.Counter(4, np.array(fates))
        place = counter.group(group)
        counter.add_rows(
            np.full(len(cells), place), None, np.array([start]), np.array(cells, dtype=np.int64)
        )
        counter.span(np.array([start, start + 1]))
        return counter.summary()

    parts = [
        one("a", 10, [0, 0, 3], [3, 0]),
        one(None, 20, [1], [1, 2]),
        one("b", 10, [2, 2], [2, 0]),
        one("a", 10, [0], [1, 1]),
    ]

    def layers(summary):
        counter = counting.Counter(4, np.zeros(2, dtype=np.int64))
        counter.add(summary)
        names = list(counter.groups)
        return {
            (names[group], start): counts.tolist()
            for (group, start), counts in counter.layers().items()
        }

    whole = counting.merge(parts)
    assert layers(whole) == {
        ("a", 10): [3, 0, 0, 1],
        (None, 20): [0, 1, 0, 0],
        ("b", 10): [0, 0, 2, 0],
    }
    assert (whole.first, whole.last, whole.fates.tolist()) == (10, 21, [7, 3])
    backward = counting.merge([counting.merge(parts[:1:-1]), counting.merge(parts[1::-1])])
    assert layers(backward) == layers(whole)


def test_without_dask_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExtraMissingError, match=r'pip install "gridgov\[scale\]"'):
        cluster.connect("tcp://127.0.0.1:1").__enter__()


def test_an_address_where_nobody_answers_is_an_option_error(monkeypatch):
    class NoClient:
        def __init__(self, address, **options):
            raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", NoClient)
    with pytest.raises(OptionError, match="where nobody answers: timed out"):
        cluster.connect("tcp://127.0.0.1:1").__enter__()
