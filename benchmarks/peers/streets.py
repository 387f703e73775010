"""Points to streets, against a spatial join of geopandas and of sedonadb.

The peers get their points ready made; we start from the coordinates. The join of
geopandas takes the quicker of its two predicates. Points on edges, which the two predicates
see differently, are left out of the comparison of answers; there are none, or a handful.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

from gridgov.place.area_index import MATCHES, index_areas
from gridgov.place.owners import owners_plain
from peers.data import FAST, NUMPY, Floats, make_points, make_streets, numba_there, numpy_only
from peers.lines import DifferentError, Line, Row, Size, absent, need, quickest, same
from peers.turns import race_all

__all__ = ["ROWS"]

_SAMPLE = 200_000
# Every pair of point and area: 500 areas take a second.
_CHECKED = 5_000
_EXACT = (MATCHES.index("inside"), MATCHES.index("outside"))


def run(size: Size, *, row: str, points: int, areas: int, built: bool) -> Iterator[Line]:
    """Yield the lines of so many points and areas.

    Parameters
    ----------
    size
        How much to run.
    row
        Name of the row.
    points, areas
        The full size.
    built
        Whether our index is built anew every time; else it is there already, as it is from
        the second table on.
    """
    lon, lat = make_points(size.of(points, 20_000), seed=1)
    streets = make_streets(areas, seed=1)
    index_says = "index built in the time" if built else "index there already"
    job = f"{len(lon):,} points to {len(streets)} streets, {index_says}"
    ours: dict[str, Callable[[], Any]] = {NUMPY: partial(_numpy, streets, lon, lat, built)}
    if numba_there():
        ours[FAST] = partial(_owners, streets, lon, lat, built)
    answers = {name: way() for name, way in ours.items()}
    first = answers[NUMPY]
    for other in answers.values():
        same(other.owner, first.owner, "streets with and without numba")
        same(other.match, first.match, "matches with and without numba")
    del answers
    some = slice(None, None, max(1, len(lon) // _CHECKED))
    plain = owners_plain(streets.geometry.to_numpy(), lon[some], lat[some])
    same(first.match[some], plain.match, "matches")
    equal = same(first.owner[some], plain.owner, "streets, and how sure each is")
    yield Line(row, job, "gridgov", "shapely, every pair", equal=equal)

    targets = {9: (8.0, None) if built else (25.0, 8.0), 500: (4.0, None) if built else (12.0, 8.0)}
    by_join, by_sedona = targets[areas]
    # sedonadb first: its copy of the points is gone before the join makes its tree of them.
    peers: dict[str, tuple[Any, float | None]] = {"sedonadb": (sedonadb, by_sedona)}
    if built:
        peers = {}
    peers["geopandas.sjoin"] = (geopandas_sjoin, by_join)
    table = gpd.GeoDataFrame(geometry=shapely.points(lon, lat), crs="EPSG:4326")
    exact = np.isin(first.match, _EXACT)
    for name, (make, target) in peers.items():
        try:
            peer, read = make(table, streets)
            theirs = read(peer(), len(lon))
            equal = same(first.owner[exact], theirs[exact], "streets")
            del theirs
        except DifferentError:
            raise
        except Exception as error:
            yield absent(row, job, "gridgov", name, error)
            continue
        lines = [Line(row, job, label, name, equal=equal, target=target) for label in ours]
        yield from race_all(size, lines, {**ours, name: peer})
        del peer, read


def _owners(streets: Any, lon: Floats, lat: Floats, built: bool) -> Any:
    """Return the owner of every point; a copy of the table is a table not met before."""
    return index_areas(streets.copy() if built else streets, points=len(lon)).owners(lon, lat)


def _numpy(streets: Any, lon: Floats, lat: Floats, built: bool) -> Any:
    """Return the owners by NumPy alone."""
    with numpy_only():
        return _owners(streets, lon, lat, built)


def geopandas_sjoin(table: Any, streets: Any) -> tuple[Callable[[], Any], Callable[..., Any]]:
    """Return the join of geopandas by the quicker predicate, and what reads its answer."""
    right = streets[["geometry"]]
    part = table.iloc[:_SAMPLE]
    predicate = quickest(
        {
            name: partial(gpd.sjoin, part, right, how="left", predicate=name)
            for name in ("within", "intersects")
        }
    )

    def read(joined: Any, count: int) -> Any:
        owner = np.full(count, -1, dtype=np.int32)
        found = joined["index_right"].dropna()
        # The last write wins, and the first street in table order owns a shared edge.
        owner[found.index.to_numpy()[::-1]] = found.to_numpy(np.int32)[::-1]
        return owner

    return partial(gpd.sjoin, table, right, how="left", predicate=predicate), read


def sedonadb(table: Any, streets: Any) -> tuple[Callable[[], Any], Callable[..., Any]]:
    """Return the join of sedonadb, both tables in its memory, and what reads its answer."""
    connection = need("sedonadb").connect()
    points = table.assign(point=np.arange(len(table)))
    areas = streets[["geometry"]].assign(area=np.arange(len(streets), dtype=np.int32))
    for name, content in (("points", points), ("areas", areas)):
        connection.create_data_frame(content).to_memtable().to_view(name, overwrite=True)
    query = (
        "SELECT p.point, a.area FROM points p JOIN areas a ON ST_Intersects(a.geometry, p.geometry)"
    )

    def read(joined: Any, count: int) -> Any:
        owner = np.full(count, -1, dtype=np.int32)
        owner[joined["point"].to_numpy()] = joined["area"].to_numpy()
        return owner

    return lambda: pa.table(connection.sql(query)), read


ROWS = [
    Row(
        name,
        f"{points:,} points to {areas} streets",
        partial(run, row=name, points=points, areas=areas, built=built),
    )
    for name, points, areas, built in (
        ("streets-9", 10_000_000, 9, False),
        ("streets-500", 10_000_000, 500, False),
        ("streets-9-built", 1_000_000, 9, True),
        ("streets-500-built", 1_000_000, 500, True),
    )
]
