"""Near misses are the smallest sets of further answers: every small set of answers is given in turn."""

from collections.abc import Iterator
from itertools import product

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.explanation import Explanation, NearMiss, OpenQuestion
from taxatie.wire.case_reader import read_case
from tests.oracle.conditions_within import event_patterns
from tests.oracle.near_misses import FurtherAnswers, Nearest
from tests.oracle.worlds import Question, Worlds
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import STEADY

CASES = 5
SEEDS_TOGETHER = 10
LISTED_MAX = 5
WORLDS_MAX = 100_000
OPEN_PATTERNS_MAX = 10
"""With more patterns open at once, near misses leave the history out, which is a known bound."""


def explained(program: Program, case: Case) -> Explanation:
    """Return what is explained of a case."""
    trace = ReferenceEngine(program).evaluate(case)
    return explain_trace(ProgramInsight(program), case, trace, conclude(program, case, trace))


def near_misses(program: Program, explanation: Explanation) -> dict[int, list[NearMiss]]:
    """Return the near misses that the explanation names, by the place of the level."""
    found: dict[int, list[NearMiss]] = {}
    for near in explanation.near_misses:
        found.setdefault(program.level_rank(near.level), []).append(near)
    return found


def questions(near: NearMiss) -> frozenset[Question]:
    """Return the questions that a near miss asks."""
    return frozenset((each.signal, each.person) for each in near.answers)


def in_vocabulary_order(program: Program, worlds: Worlds, nearest: Nearest) -> list[frozenset[Question]]:
    """Return the smallest sets as ties are to be broken: by the vocabulary's order, then the persons'."""
    return sorted(nearest.ways, key=lambda chosen: sorted(place(program, worlds, each) for each in chosen))


def place(program: Program, worlds: Worlds, question: Question) -> tuple[int, int, str]:
    """Return where a question stands in the vocabulary, and its person in the case."""
    signals = list(program.signals)
    persons = [None, *(person.id for person in worlds.assessed)]
    name, whose = question
    return (signals.index(name) if name in signals else len(signals), persons.index(whose), name)


def ways_named(program: Program, near: NearMiss) -> Iterator[dict[Question, int]]:
    """Return every combination of the answers that a near miss names."""
    asked = [(each.signal, each.person) for each in near.answers]
    values = [[v for low, high in each.values for v in range(low, high + 1)] for each in near.answers]
    for combination in product(*values):
        yield dict(zip(asked, combination, strict=True))


def is_within_bounds(program: Program, worlds: Worlds) -> bool:
    """Return whether the case is one of which all is promised."""
    contexts = 1 + len(worlds.assessed)
    return worlds.case.history.is_searched or contexts * len(event_patterns(program)) <= OPEN_PATTERNS_MAX


@pytest.mark.parametrize("first", range(0, 60, SEEDS_TOGETHER))
def test_near_misses_are_the_smallest_sets_of_answers(first: int) -> None:
    """A caller who asks these questions, and no others, is as near to the higher level as can be."""
    for seed in range(first, first + SEEDS_TOGETHER):
        release = random_release(seed, STEADY)
        program = program_of(release)
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))
            worlds = Worlds(program, case)
            if is_within_bounds(program, worlds) and worlds.are_at_most(WORLDS_MAX):
                check(program, case, worlds)


def check(program: Program, case: Case, worlds: Worlds) -> None:
    """Compare what the explanation names with what all small sets of answers show."""
    explanation = explained(program, case)
    named = near_misses(program, explanation)
    further = FurtherAnswers(worlds)
    nearest, tried = further.nearest()
    check_order(program, worlds, explanation.open_questions, (nearest, further.level_with({})))
    for rank, smallest in nearest.items():
        expected = in_vocabulary_order(program, worlds, smallest)[:LISTED_MAX]
        assert [questions(near) for near in named.get(rank, [])] == expected, (case.id, rank)
    for rank, listed in named.items():
        for near in listed:
            assert rank in nearest or len(near.answers) > tried, (case.id, rank)
            for answers in ways_named(program, near) if rank in nearest else ():
                assert further.level_with(answers) >= rank, (case.id, answers)


def check_order(
    program: Program,
    worlds: Worlds,
    listed: tuple[OpenQuestion, ...],
    known: tuple[dict[int, Nearest], int],
) -> None:
    """Check that the most telling question comes first, then the one that takes the fewest further answers."""
    nearest, reached = known
    ranks = [program.level_rank(each.could_reach) for each in listed]
    if any(rank > reached and rank not in nearest for rank in ranks):
        return

    def key(each: tuple[OpenQuestion, int]) -> tuple[int, int, tuple[int, int, str]]:
        question, rank = (each[0].signal, each[0].person), each[1]
        further = 0
        if rank > reached:
            further = nearest[rank].size - any(question in way for way in nearest[rank].ways)
        return -rank, further, place(program, worlds, question)

    pairs = list(zip(listed, ranks, strict=True))
    assert pairs == sorted(pairs, key=key), worlds.case.id
