"""Every map of a coverage pack: which there are, of which table, under which name.

Ways of single patrols are on none of them, for the reason that their tables stay in the
folder; :func:`gridgov.map_tracks` draws them for who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gridgov.bulletin.coverage_measures import CoverageMeasures
from gridgov.maps.access import map_access
from gridgov.maps.blind_spots import map_blind_spots
from gridgov.maps.boundaries import map_boundaries
from gridgov.maps.channels import map_channels
from gridgov.maps.joint_enforcement import map_joint_enforcement
from gridgov.maps.owners import map_owners
from gridgov.maps.patrol_coverage import map_patrol_coverage
from gridgov.maps.patrol_plan import map_patrol_plan
from gridgov.maps.patrols import map_patrols
from gridgov.maps.reach import map_reach
from gridgov.maps.responsibility import map_responsibility
from gridgov.maps.silent_channels import map_silent_channels
from gridgov.maps.siting import map_posts
from gridgov.maps.street_reach import map_street_reach

if TYPE_CHECKING:
    import folium

__all__ = ["PackMap", "pack_maps"]


class PackMap(NamedTuple):
    """One map of a pack.

    Attributes
    ----------
    name
        Of its file, without the ending, and of its words.
    panel
        The question that it answers.
    draw
        Draws it, given language, title, source and date.
    """

    name: str
    panel: str
    draw: Callable[..., folium.Map]


def pack_maps(measured: CoverageMeasures) -> Iterator[PackMap]:
    """Yield the maps of what was measured, question by question.

    Parameters
    ----------
    measured
        All measures.

    Raises
    ------
    None
    """
    streets = measured.read.jurisdictions

    def of(name: str, panel: str, function: Any, table: Any, **options: Any) -> PackMap:
        return PackMap(name, panel, lambda **shown: function(table, streets, **options, **shown))

    owned, patrol, reach, report = (
        measured.owned,
        measured.patrol,
        measured.reach,
        measured.report,
    )
    yield of("responsibility", "owned", map_responsibility, owned.parts)
    yield of("owners", "owned", map_owners, owned.owners)
    if len(owned.boundaries):
        yield of("boundaries", "owned", map_boundaries, owned.boundaries)
    if patrol is not None:
        yield of("patrols", "patrol", map_patrols, patrol.cells)
        yield of("patrol_coverage", "patrol", map_patrol_coverage, patrol.coverage)
    if measured.plan is not None and len(measured.plan):
        yield of("patrol_plan", "patrol", map_patrol_plan, measured.plan)
    if reach is not None:
        yield of("reach", "reach", map_reach, reach.cells, facilities=reach.posts)
        yield of("street_reach", "reach", map_street_reach, reach.streets)
        if reach.access is not None:
            yield of("access", "reach", map_access, reach.access, facilities=reach.capacities)
        if reach.placement is not None:
            how = {"facilities": reach.posts, "distance_m": reach.distance_m}
            yield of("posts", "reach", map_posts, reach.placement, **how)
    if report.blind is not None:
        yield of("blind_spots", "report", map_blind_spots, report.blind)
    if report.cell_channels is not None:
        yield of("channels", "report", map_channels, report.cell_channels)
    if report.silent is not None and len(report.silent):
        yield of("silent_channels", "report", map_silent_channels, report.silent)
    if report.joint is not None:
        yield of("joint_enforcement", "report", map_joint_enforcement, report.joint)
