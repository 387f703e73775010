"""Maximal coverage of 2,000 cells from 200 candidates, against spopt with CBC and with HiGHS.

Both sides prove their placement optimal; the weight covered must be the same, and so must
what the sites that were chosen cover when it is counted anew from the distances. Ours is
timed as one calls it, from two tables of cells, and once more from a table of distances,
which spopt is given as an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from coverage_data import make_siting
from numpy.typing import NDArray
from peers.lines import AbsentError, DifferentError, Line, Row, Size, absent, need
from peers.turns import race_all

import gridgov as gg
from gridgov.geo.hexgrid import cell_centers, cells_to_text
from gridgov.geo.projection import local_equal_area

__all__ = ["ROW"]

REACH_M = 1_000.0
CELLS, TABLE = "gridgov, from cells", "gridgov, from a table of distances"


class City(NamedTuple):
    """Demand and candidates by cell, and the distances between them, meters."""

    demand: pd.DataFrame
    candidates: pd.DataFrame
    far: NDArray[np.float64]

    @property
    def weights(self) -> NDArray[np.int64]:
        """Return the weight of every demand."""
        return self.demand["incidents"].to_numpy(dtype=np.int64)

    def covered(self, sites: NDArray[np.intp]) -> int:
        """Return the weight within reach of sites."""
        return int(self.weights[(self.far[:, sites] <= REACH_M).any(axis=1)].sum())


def make_city(cells: int, candidates: int) -> City:
    """Return a city with the distances in a plane about its middle."""
    import pyproj

    demand, offered = make_siting(cells, candidates, seed=0)
    where = cell_centers(demand["cell"].to_numpy()), cell_centers(offered["cell"].to_numpy())
    plane = local_equal_area(*(float((axis.min() + axis.max()) / 2) for axis in where[0]))
    project = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform
    (x, y), (site_x, site_y) = (project(*each) for each in where)
    return City(demand, offered, np.hypot(x[:, None] - site_x, y[:, None] - site_y))


def from_cells(city: City, posts: int) -> Any:
    """Return our placement from two tables of cells."""
    return gg.place_posts(city.demand, city.candidates, posts=posts, distance_m=REACH_M)


def distance_table(city: City) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return demand by id and the wide table of distances."""
    ids, sites = (
        list(cells_to_text(each["cell"].to_numpy())) for each in (city.demand, city.candidates)
    )
    demand = pd.DataFrame({"demand_id": ids, "incidents": city.weights})
    return demand, pd.DataFrame(city.far, index=ids, columns=sites)


def from_table(demand: pd.DataFrame, far: pd.DataFrame, posts: int) -> Any:
    """Return our placement from distances."""
    return gg.place_posts(demand, posts=posts, distance_m=REACH_M, distances=far)


def by_spopt(city: City, posts: int, solver: Callable[[], Any]) -> Any:
    """Return spopt's model, solved."""
    from spopt.locate import MCLP

    model = MCLP.from_cost_matrix(city.far, city.weights, REACH_M, p_facilities=posts)
    return model.solve(solver())


def solvers() -> dict[str, Callable[[], Any]]:
    """Return the solvers that spopt can use here."""
    import pulp

    found: dict[str, Callable[[], Any]] = {
        "spopt + CBC": partial(pulp.PULP_CBC_CMD, msg=False),
        "spopt + HiGHS": partial(pulp.HiGHS, msg=False),
    }
    return {name: make for name, make in found.items() if make().available()}


def check(city: City, posts: int, placed: Any, model: Any) -> str:
    """Compare the weight covered, as told and as counted."""
    about = placed.sites.attrs["placement"]
    if about["status"] != "optimal":
        raise DifferentError(f"the placement is {about['status']}")
    ids = list(cells_to_text(city.candidates["cell"].to_numpy()))
    ours = np.array([ids.index(one) for one in placed.sites["site_id"]])
    theirs = np.flatnonzero([bool(each) for each in model.fac2cli])
    told = {
        "ours": about["objective"],
        "ours, counted": city.covered(ours),
        "spopt's": model.problem.objective.value(),
        "spopt's, counted": city.covered(theirs),
    }
    # Their optimum may stop a ten-thousandth short by the solver's own gap; whole here.
    if len({round(value) for value in told.values()}) != 1 or len(ours) != posts:
        raise DifferentError(f"weight covered: {told}")
    return f"weight covered {round(told['ours']):,} of {city.weights.sum():,}, proven"


def run(size: Size) -> Iterator[Line]:
    """Yield a line for every way and solver."""
    cells, candidates = size.of(2_000, 200), size.of(200, 40)
    city = make_city(cells, candidates)
    table = distance_table(city)
    for posts in (4,) if size.small else (10, 20, 30):
        job = f"maximal coverage, {cells:,} cells × {candidates} candidates, {posts} posts"
        ours = {
            CELLS: partial(from_cells, city, posts),
            TABLE: partial(from_table, *table, posts),
        }
        try:
            need("spopt")
            need("pulp")
        except AbsentError as error:
            yield absent("siting", job, CELLS, "spopt", error)
            continue
        peers = {name: partial(by_spopt, city, posts, make) for name, make in solvers().items()}
        if "spopt + HiGHS" not in peers:
            error = AbsentError("pulp does not find highspy; pip install highspy")
            yield absent("siting", job, CELLS, "spopt + HiGHS", error)
        answers = {name: way() for name, way in ours.items()}
        lines = []
        for peer, way in peers.items():
            model = way()
            for name, placed in answers.items():
                equal = check(city, posts, placed, model)
                lines.append(Line("siting", job, name, peer, equal=equal, target=10))
        yield from race_all(size, lines, {**ours, **peers})


ROW = Row("siting", "maximal coverage, against spopt", run)
