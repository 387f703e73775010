"""Jobs that run in a process of their own, for their time and the peak of their memory.

    python -m peers.jobs NAME ARGUMENTS

ARGUMENTS is a JSON object. The process prints ``{"seconds": ..., "peak": ...}``: the job
without its imports and without making ready what both sides get for nothing, and the
largest memory the process ever held, imports and all. Answers are saved where the
arguments say, for the caller to compare.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

__all__ = ["peak_bytes", "run_job"]

Job = Callable[[], Any]


def run_job(name: str, **arguments: Any) -> dict[str, float]:
    """Run a job in a process of its own and return its seconds and its peak in bytes.

    Raises
    ------
    RuntimeError
        If the job fails; the last error that it named is in the message.
    """
    run = subprocess.run(
        [sys.executable, "-m", "peers.jobs", name, json.dumps(arguments)],
        cwd=Path(__file__).resolve().parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        said = [
            line for line in run.stderr.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)
        ]
        raise RuntimeError(f"{name}: {said[-1] if said else f'exit code {run.returncode}'}")
    answer: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return answer


def count_ours(
    folder: str, streets: str, grid: str, out: str, numpy: bool = False, warm: str = ""
) -> tuple[Job, Callable[[Any], None]]:
    """Count a folder by ``gridgov.scale``."""
    import geopandas as gpd
    import numpy as np

    import gridgov as gg
    from gridgov.arrays import compiled

    if numpy:
        compiled.numba_installed = lambda: False
    areas, cells = gpd.read_parquet(streets), gpd.read_parquet(grid)
    count = gg.scale.count_folder
    if warm:
        count(warm, areas, cells)

    def save(counts: Any) -> None:
        there = counts[counts["incidents"] > 0]
        np.save(out, np.array([there["cell"], there["incidents"]], dtype=np.uint64))

    return lambda: count(folder, areas, cells), save


def count_polars(folder: str, out: str) -> tuple[Job, Callable[[Any], None]]:
    """Count a folder by polars, streaming."""
    import numpy as np
    import polars as pl
    import polars_h3 as plh3

    cell = plh3.latlng_to_cell("latitude", "longitude", 9, return_dtype=pl.UInt64).alias("cell")
    asked = pl.scan_parquet(f"{folder}/*.parquet").group_by(cell).len()

    def save(counts: Any) -> None:
        counts = counts.sort("cell")
        np.save(out, np.array([counts["cell"], counts["len"]], dtype=np.uint64))

    return lambda: asked.collect(engine="streaming"), save


def count_duckdb(folder: str, out: str, way: str) -> tuple[Job, Callable[[Any], None]]:
    """Count a folder by duckdb, with h3ronpy called from its query or between its batches."""
    import duckdb
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from h3ronpy.vector import coordinates_to_cells

    connection = duckdb.connect()
    files = f"read_parquet('{folder}/*.parquet')"

    def cells(lat: Any, lon: Any) -> Any:
        return pa.array(coordinates_to_cells(lat.to_numpy(), lon.to_numpy(), 9))

    def in_query() -> Any:
        sql = f"SELECT cell(latitude, longitude) AS cell, count(*) AS n FROM {files} GROUP BY 1"
        found = connection.execute(sql).fetchnumpy()
        return pd.Series(found["n"], index=found["cell"]).sort_index()

    def part(batch: Any) -> Any:
        found = cells(batch.column("latitude"), batch.column("longitude"))
        return pd.Series(found.to_numpy()).value_counts(sort=False)

    def between_batches() -> Any:
        asked = connection.execute(f"SELECT latitude, longitude FROM {files}")
        # Called fetch_record_batch before duckdb 2.
        reader = getattr(asked, "to_arrow_reader", None) or asked.fetch_record_batch
        parts = []
        with ThreadPoolExecutor() as pool:
            waiting: list[Any] = []
            for batch in reader(500_000):
                waiting.append(pool.submit(part, batch))
                # No more than a few batches in memory.
                if len(waiting) > 4:
                    parts.append(waiting.pop(0).result())
            parts += [one.result() for one in waiting]
        together = pd.concat(parts)
        return together.groupby(level=0).sum()

    if way == "in query":
        connection.create_function("cell", cells, ["DOUBLE", "DOUBLE"], "UBIGINT", type="arrow")

    def save(counts: Any) -> None:
        np.save(out, np.array([counts.index, counts.to_numpy()], dtype=np.uint64))

    return in_query if way == "in query" else between_batches, save


def read_pandas(file: str, out: str) -> tuple[Job, Callable[[Any], None]]:
    """Read a CSV file by pandas."""
    import numpy as np
    import pandas as pd

    def save(table: Any) -> None:
        np.save(out, table[["longitude", "latitude"]].to_numpy())

    return lambda: pd.read_csv(file), save


def read_ours(file: str, streets: str, out: str) -> tuple[Job, Callable[[Any], None]]:
    """Read a CSV file of incidents, judge every row, and locate what is accepted."""
    import geopandas as gpd
    import numpy as np

    import gridgov as gg

    areas = gpd.read_parquet(streets)

    def work() -> Any:
        incidents, set_aside = gg.read_incidents(file, timezone="Asia/Shanghai")
        return gg.locate(incidents, areas, resolution=9), set_aside

    def save(found: Any) -> None:
        located, set_aside = found
        if len(set_aside):
            raise ValueError(f"{len(set_aside)} rows were set aside, expected none")
        np.save(out, located["cell"].to_numpy(np.uint64))

    return work, save


_JOBS: dict[str, Callable[..., tuple[Job, Callable[[Any], None]]]] = {
    job.__name__: job for job in (count_ours, count_polars, count_duckdb, read_pandas, read_ours)
}


def peak_bytes() -> int:
    """Return the largest memory this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says on Linux counts the process that started this one.
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    # macOS counts bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Run the job of the command line."""
    # What the reader notices is not what is measured here.
    warnings.simplefilter("ignore")
    name, arguments = sys.argv[1:]
    work, save = _JOBS[name](**json.loads(arguments))
    start = perf_counter()
    answer = work()
    seconds = perf_counter() - start
    peak = peak_bytes()
    save(answer)
    print(json.dumps({"seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main()
