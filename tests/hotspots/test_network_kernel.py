"""Kernels on networks: junctions worked by hand, and every walk listed one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgov.hotspots.kernels import KERNELS
from gridgov.hotspots.network_kernel import Events, Graph, event_masses, segment_masses

# The raster of distances is h / 512; what it rounds is of the order of its square.
CLOSE = 2e-5


def graph(edges: list[tuple[int, int, float]]) -> Graph:
    tail, head, length = (np.array(column) for column in zip(*edges, strict=True))
    return Graph(tail, head, length.astype(float), int(max(tail.max(), head.max())) + 1)


def events(*places: tuple[int, float]) -> Events:
    return Events(np.array([edge for edge, _ in places]), np.array([at for _, at in places], float))


def segments(network: Graph, length: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    number = np.round(network.length_m / length).astype(int)
    edge = np.repeat(np.arange(len(number)), number)
    rank = np.concatenate([np.arange(count) for count in number])
    step = network.length_m[edge] / number[edge]
    return edge, rank * step, (rank + 1) * step


def masses(network: Graph, places: Events, rule: str, **options: Any) -> np.ndarray:
    """Mass of every 10 m, by edge."""
    options = {"kernel": "quartic", "width": 100.0, **options}
    bounds = segments(network, 10.0)
    found = segment_masses(
        network,
        places,
        np.ones((1, len(places.edge))),
        *bounds,
        continuous=rule == "continuous",
        **options,
    )[0]
    return np.array(np.split(found, np.flatnonzero(np.diff(bounds[0])) + 1))


def within(u: float) -> float:
    """Mass of the quartic kernel on a line from 0 to u, worked out by hand."""
    return (15 * u - 10 * u**3 + 3 * u**5) / 16


# Three arms of 100 m that meet in junction 0.
STAR = graph([(0, 1, 100), (0, 2, 100), (0, 3, 100)])


def test_a_t_junction_worked_by_hand_discontinuous() -> None:
    """An incident 40 m up the stem; 0.3965 and 0.3369 of the kernel within 50 and 40 m."""
    stem, left, right = masses(STAR, events((0, 40)), "discontinuous")
    assert within(0.5) == 0.396484375
    assert left[0] == pytest.approx((0.396484375 - 0.33692) / 2, rel=CLOSE)
    np.testing.assert_allclose(left, right, rtol=1e-12)
    # Nothing turns back into the stem.
    assert stem[0] == pytest.approx(within(0.4) - within(0.3), rel=CLOSE)
    assert stem[6] == pytest.approx(within(0.3) - within(0.2), rel=CLOSE)


def test_a_t_junction_worked_by_hand_continuous() -> None:
    stem, left, right = masses(STAR, events((0, 40)), "continuous")
    assert left[0] == pytest.approx((0.396484375 - 0.33692) * 2 / 3, rel=CLOSE)
    np.testing.assert_allclose(left, right, rtol=1e-12)
    # A third turns back, with a minus, and what reaches the far end turns around there.
    back = (0.396484375 - 0.33692) / 3
    assert stem[0] == pytest.approx(within(0.4) - within(0.3) - back, rel=CLOSE)
    assert stem[9] == pytest.approx(within(0.7) - within(0.5), rel=CLOSE)


def test_the_continuous_rule_has_no_jump_at_a_junction_and_the_other_has() -> None:
    bounds = np.array([0, 1]), np.array([0.0, 0.0]), np.array([1e-3, 1e-3])
    for continuous, jump in ((True, 1.0), (False, 0.5)):
        stem, branch = segment_masses(
            STAR,
            events((0, 40)),
            np.ones((1, 1)),
            *bounds,
            kernel="quartic",
            width=100.0,
            continuous=continuous,
        )[0]
        assert branch / stem == pytest.approx(jump, rel=1e-3)


@pytest.mark.parametrize("rule", ["discontinuous", "continuous"])
def test_an_incident_on_a_y_junction_gives_each_arm_two_thirds(rule: str) -> None:
    arms = masses(STAR, events((0, 0.0)), rule)
    # 0.0931 of the kernel lies within 10 m on one side.
    np.testing.assert_allclose(arms[:, 0], 0.09312688 * 2 / 3, rtol=1e-4)
    assert arms.sum() == pytest.approx(1, abs=CLOSE)
    from_other_end = masses(
        graph([(1, 0, 100), (0, 2, 100), (3, 0, 100)]), events((0, 100.0)), rule
    )
    assert from_other_end[0][-1] == pytest.approx(arms[0][0], rel=CLOSE)


def test_a_bend_of_two_lines_is_no_junction() -> None:
    straight = masses(graph([(0, 1, 200)]), events((0, 70.0)), "discontinuous")[0]
    for rule in ("discontinuous", "continuous"):
        bent = masses(graph([(0, 1, 100), (2, 1, 100)]), events((0, 70.0)), rule)
        expected = straight if rule == "discontinuous" else None
        found = np.concatenate([bent[0], bent[1][::-1]])
        if expected is not None:
            np.testing.assert_allclose(found, expected, atol=CLOSE / 10)
        else:
            assert found.sum() == pytest.approx(1, abs=CLOSE)


def test_what_meets_a_dead_end_is_lost_or_turns_around() -> None:
    alley = graph([(0, 1, 300)])
    lost = masses(alley, events((0, 30)), "discontinuous")[0]
    assert lost.sum() == pytest.approx(0.5 + within(0.3), rel=1e-12)
    turned = masses(alley, events((0, 30)), "continuous")[0]
    assert turned.sum() == pytest.approx(1, abs=CLOSE)
    assert turned[0] == pytest.approx(within(0.4) - within(0.2), rel=CLOSE)
    kept = event_masses(alley, events((0, 30)), kernel="quartic", width=100.0, continuous=False)
    assert kept[0] == pytest.approx(0.5 + within(0.3), rel=1e-12)


def test_walks_go_around_a_ring_and_meet() -> None:
    """A ring of 150 m: what went 75 to 100 m one way lies where the other way is 50 to 75."""
    ring = graph([(0, 0, 150)])
    found = masses(ring, events((0, 75)), "discontinuous")[0]
    assert found.sum() == pytest.approx(1, abs=CLOSE)
    # At the junction itself, 75 m away both ways.
    assert found[0] == pytest.approx(
        within(0.75) - within(0.65) + within(0.85) - within(0.75), rel=1e-3
    )


def listed(
    network: Graph, places: Events, bounds: Any, kernel: Any, width: float, rule: str
) -> Any:
    """The same masses, walk by walk; one row an incident."""
    reach = KERNELS[kernel].reach * width
    edge_of, starts, ends = bounds
    at_node: dict[int, list[tuple[int, int]]] = {}
    for k, (tail, head) in enumerate(zip(network.tail, network.head, strict=True)):
        at_node.setdefault(int(tail), []).append((k, 0))
        at_node.setdefault(int(head), []).append((k, 1))

    def along(distance: Any) -> Any:
        return KERNELS[kernel].along(np.atleast_1d(distance) / width)

    result = np.zeros((len(places.edge), len(edge_of)))
    for row, (k, at) in enumerate(zip(places.edge, places.offset_m, strict=True)):
        own = edge_of == k
        for bound, sign in ((ends[own] - at, 1), (starts[own] - at, -1)):
            result[row, own] += sign * np.sign(bound) * along(np.abs(bound))
        length = network.length_m[k]
        open_ends = [
            (int(network.head[k]), (k, 1), length - at, 1.0),
            (int(network.tail[k]), (k, 0), at, 1.0),
        ]
        while open_ends:
            node, came, distance, part = open_ends.pop()
            if distance >= reach:
                continue
            number = len(at_node[node])
            for way in at_node[node]:
                back = way == came
                if rule == "continuous":
                    factor = 2 / number - back
                else:
                    factor = 0.0 if back else 1 / (number - 1)
                if not factor:
                    continue
                k2, turned = way
                here, far = edge_of == k2, network.length_m[k2]
                near_m = far - ends[here] if turned else starts[here]
                far_m = far - starts[here] if turned else ends[here]
                result[row, here] += (
                    part * factor * (along(distance + far_m) - along(distance + near_m))
                )
                node2 = int(network.tail[k2] if turned else network.head[k2])
                open_ends.append((node2, (k2, 1 - turned), distance + far, part * factor))
    return result


@pytest.mark.parametrize("rule", ["discontinuous", "continuous"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_all_walks_together_are_the_walks_one_by_one(rule: str, seed: int) -> None:
    """A tree, and two networks with rings and doubled edges."""
    random = np.random.default_rng(seed)
    nodes, extra = 7, 2 * seed
    tail = [int(random.integers(0, i + 1)) for i in range(nodes - 1)]
    tail += random.integers(0, nodes, extra).tolist()
    head = [*range(1, nodes), *random.integers(0, nodes, extra).tolist()]
    network = graph(list(zip(tail, head, random.uniform(30, 90, len(tail)), strict=True)))
    edge = random.integers(0, len(tail), 6)
    places = Events(edge, random.uniform(0.05, 0.95, 6) * network.length_m[edge])
    bounds = segments(network, 15.0)
    # Together, and each alone: several answers at once do not mix.
    weights = np.vstack([random.uniform(0.5, 2, (1, 6)), np.eye(6)])
    for kernel in ("quartic", "epanechnikov"):
        expected = listed(network, places, bounds, kernel, 130.0, rule)
        options: Any = {"kernel": kernel, "width": 130.0, "continuous": rule == "continuous"}
        found = segment_masses(network, places, weights, *bounds, **options)
        exact = weights @ expected
        # The edge of the Epanechnikov kernel is not smooth, and is rounded in first order.
        tolerance = CLOSE if kernel == "quartic" else 2e-4
        np.testing.assert_allclose(found, exact, atol=tolerance * exact.max())
        kept = event_masses(network, places, **options)
        np.testing.assert_allclose(kept, expected.sum(axis=1), atol=tolerance)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), kernel=st.sampled_from(sorted(KERNELS)))
def test_nothing_is_lost_where_there_is_no_dead_end(seed: int, kernel: Any) -> None:
    random = np.random.default_rng(seed)
    # A ring with chords: every junction has two line ends or more.
    count = int(random.integers(2, 7))
    tail = [*range(count), *random.integers(0, count, 2).tolist()]
    head = [*((i + 1) % count for i in range(count)), *random.integers(0, count, 2).tolist()]
    network = graph(list(zip(tail, head, random.uniform(5, 300, len(tail)), strict=True)))
    edge = random.integers(0, len(tail), 4)
    places = Events(edge, random.uniform(0, 1, 4) * network.length_m[edge])
    for rule in ("discontinuous", "continuous"):
        found = (
            segment_masses(
                network,
                places,
                np.eye(4),
                *segments(network, 300.0),
                kernel=kernel,
                width=60.0,
                continuous=rule == "continuous",
            )
            if network.length_m.min() > 160
            else None
        )
        kept = event_masses(
            network, places, kernel=kernel, width=60.0, continuous=rule == "continuous"
        )
        np.testing.assert_allclose(kept, 1, atol=5e-4)
        if found is not None:
            np.testing.assert_allclose(found.sum(axis=1), 1, atol=5e-4)


def test_a_knot_of_very_short_edges_does_not_blow_up() -> None:
    knot = graph([(0, 1, 0.02), (1, 2, 0.02), (2, 0, 0.02), (0, 3, 90), (1, 4, 90), (2, 5, 90)])
    for rule in ("discontinuous", "continuous"):
        found = np.concatenate(
            list(
                segment_masses(
                    knot,
                    events((3, 45)),
                    np.ones((1, 1)),
                    np.arange(6),
                    np.zeros(6),
                    knot.length_m,
                    kernel="quartic",
                    width=400.0,
                    continuous=rule == "continuous",
                )
            )
        )
        assert np.isfinite(found).all()
        assert 0 < found.sum() < 1.01
