"""Single answers are tried in worlds of their own, all at once; each is checked against the reference here."""

import pytest

from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.knowledge import ProgramInsight
from taxatie.explain.scene import lay_out
from taxatie.explain.single_answers import give_single_answers
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.explanation import HISTORY
from taxatie.wire.case_reader import read_case
from tests.oracle.near_misses import FurtherAnswers
from tests.oracle.worlds import Question, Worlds
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import FULL, STEADY

SEEDS_TOGETHER = 10
CASES = 3


@pytest.mark.parametrize("first", range(0, 60, SEEDS_TOGETHER))
def test_answers_reach_a_level_where_the_reference_says_so(first: int) -> None:
    """The functions that look at many worlds at once mean what the reference means, of every single answer."""
    for seed in range(first, first + SEEDS_TOGETHER):
        release = random_release(seed, FULL if seed % 2 else STEADY)
        program = program_of(release)
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))
            named = ranks_named(program, case)
            assert named == {each: reached_with(program, case, each) for each in named}, case.id


def ranks_named(program: Program, case: Case) -> dict[tuple[Question, int], int]:
    """Return the highest rank that each answer reaches beyond what is reached now, as the planes see it."""
    insight = ProgramInsight(program)
    single = give_single_answers(lay_out(insight.outlook, case, ReferenceEngine(program).evaluate(case)))
    named = {}
    for rank, reached in enumerate(single.reached):
        for each in single.reaching(rank):
            if each.question[0] != HISTORY:
                for low, high in each.further(reached).values:
                    named[each.question, low] = named[each.question, high] = rank
    now = FurtherAnswers(Worlds(program, case)).level_with({})
    return {answer: rank for answer, rank in named.items() if rank > now}


def reached_with(program: Program, case: Case, answer: tuple[Question, int]) -> int:
    """Return the rank that the reference finds with one answer more."""
    question, value = answer
    return FurtherAnswers(Worlds(program, case)).level_with({question: value})
