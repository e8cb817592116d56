"""Open questions are exactly those that can matter: every world of small releases is tried."""

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_trace
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.wire.case_reader import read_case
from tests.oracle.open_questions import open_questions
from tests.oracle.worlds import Question, Worlds
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import SMALL

WORLDS_MAX = 400
CASES = 5
SEEDS_TOGETHER = 10


def explained_questions(program: Program, case: Case) -> dict[Question, int]:
    """Return the open questions that the explanation lists, with the level that each could reach."""
    trace = ReferenceEngine(program).evaluate(case)
    explanation = explain_trace(ProgramInsight(program), case, trace, conclude(program, case, trace))
    listed = explanation.open_questions
    found = {(each.signal, each.person): program.level_rank(each.could_reach) for each in listed}
    assert len(found) == len(listed), "a question stands twice"
    return found


@pytest.mark.parametrize("first", range(0, 60, SEEDS_TOGETHER))
def test_no_open_question_is_left_out_and_none_is_too_many(first: int) -> None:
    """A question that cannot matter wastes the time there is; one that can and is not asked may cost a life."""
    compared = 0

    for seed in range(first, first + SEEDS_TOGETHER):
        release = random_release(seed, SMALL)
        program = program_of(release)
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))
            worlds = Worlds(program, case)
            if worlds.are_at_most(WORLDS_MAX):
                assert explained_questions(program, case) == open_questions(worlds), case.id
                compared += 1

    assert compared >= SEEDS_TOGETHER * CASES // 2
