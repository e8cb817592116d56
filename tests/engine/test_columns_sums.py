"""Sums of planes are the sums of their bits, whatever the graph leaves out."""

from operator import and_, or_, xor
from random import Random

import numpy as np
import pytest

from taxatie.engine.columns_events import EventPlanes
from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node
from taxatie.engine.columns_layout import Layout, PatternSource, PlaneSource, Question, plane_name
from taxatie.engine.columns_planner import build_plan
from taxatie.engine.columns_sums import Sums
from taxatie.engine.columns_table import Table, pack, unpack
from taxatie.engine.columns_tabulate import tabulate
from taxatie.rules.condition import Events
from taxatie.terms.names import CASE
from tests.content.test_safeguards import PROGRAM

ROWS = 200
INPUTS = 6


@pytest.fixture(name="dice")
def _dice() -> Random:
    return Random(1)


def a_table(dice: Random) -> Table:
    """Return a table with planes of chance, of which one is missing."""
    planes = {
        plane_name(CASE, 0, f"x{number}"): pack(np.array([dice.random() < 0.5 for _ in range(ROWS)]))
        for number in range(INPUTS - 1)
    }
    return Table(Layout({}, {}, ()), ROWS, planes, np.zeros(ROWS, np.int32), tabulate(PROGRAM, []).events)


def inputs(graph: Graph) -> list[Node]:
    """Return the inputs, and both constants."""
    return [*(graph.input(PlaneSource(CASE, f"x{number}")) for number in range(INPUTS)), NEVER, ALWAYS]


def bits(table: Table, graph: Graph, nodes: list[Node]) -> list[list[int]]:
    """Return the bits of nodes, by row."""
    found = build_plan(graph, nodes).run(table).case
    return [unpack(found[node], ROWS).tolist() for node in nodes]


@pytest.mark.parametrize("seed", range(8))
def test_a_sum_of_weights_is_counted_in_binary(seed: int) -> None:
    dice, graph = Random(seed), Graph()
    table, planes = a_table(dice), inputs(graph)
    weighted = [(dice.randint(0, 9), dice.choice(planes)) for _ in range(dice.randint(0, 9))]
    given = bits(table, graph, [plane for _, plane in weighted])

    digits = bits(table, graph, list(Sums(graph).total(weighted)))

    for row in range(ROWS):
        expected = sum(weight * plane[row] for (weight, _), plane in zip(weighted, given, strict=True))
        assert sum(digit[row] << place for place, digit in enumerate(digits)) == expected


@pytest.mark.parametrize("bound", [-3, 0, 1, 2, 3, 7, 8, 31, 32, 99])
def test_a_number_is_compared_with_a_bound(dice: Random, bound: int) -> None:
    graph = Graph()
    table, digits = a_table(dice), inputs(graph)[:5]
    given = bits(table, graph, digits)
    sums = Sums(graph)

    at_least, at_most = bits(table, graph, [sums.at_least(digits, bound), sums.at_most(digits, bound)])

    for row in range(ROWS):
        number = sum(digit[row] << place for place, digit in enumerate(given))
        assert (at_least[row], at_most[row]) == (number >= bound, number <= bound)


@pytest.mark.parametrize("count", range(7))
def test_at_least_so_many_planes_are_set(dice: Random, count: int) -> None:
    """The same plane twice counts twice."""
    graph = Graph()
    table, planes = a_table(dice), inputs(graph)[:4]
    planes.append(planes[0])
    given = bits(table, graph, planes)

    [found] = bits(table, graph, [Sums(graph).count_at_least(count, planes)])

    assert found == [sum(plane[row] for plane in given) >= count for row in range(ROWS)]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_simplified_says_the_same(seed: int) -> None:
    """A graph of chance, beside the same in plain truths."""
    dice, graph = Random(seed), Graph()
    table = a_table(dice)
    nodes = inputs(graph)
    truths = [[bool(bit) for bit in plane] for plane in bits(table, graph, nodes)]
    joins = [(graph.both, and_), (graph.either, or_), (graph.differ, xor)]
    for _ in range(60):
        first, second = dice.randrange(len(nodes)), dice.randrange(len(nodes))
        if dice.random() < 0.3:
            nodes.append(graph.invert(nodes[first]))
            truths.append([not truth for truth in truths[first]])
            continue
        join, plain = dice.choice(joins)
        nodes.append(join(nodes[first], nodes[second]))
        truths.append([plain(a, b) for a, b in zip(truths[first], truths[second], strict=True)])

    assert bits(table, graph, nodes) == truths
    several = [dice.randrange(len(nodes)) for _ in range(5)]
    both, either = graph.all_of(nodes[n] for n in several), graph.any_of(nodes[n] for n in several)
    assert bits(table, graph, [both, either]) == [
        [all(truths[n][row] for n in several) for row in range(ROWS)],
        [any(truths[n][row] for n in several) for row in range(ROWS)],
    ]


def test_a_pattern_that_asks_for_nothing_always_shows(dice: Random) -> None:
    pattern = Events(PROGRAM.kinds, None, at_least=0, is_distinct=False, is_rising=False)
    source = PatternSource(CASE, pattern, Question.ENOUGH, is_unlisted=False, subjects=frozenset())

    plane = EventPlanes(a_table(dice)).plane(source, 0)

    assert unpack(plane, ROWS).all()


def test_an_empty_sum_is_nothing() -> None:
    assert Sums(Graph()).total([]) == ()
