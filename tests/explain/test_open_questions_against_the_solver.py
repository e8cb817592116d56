"""What is seen in trials, and what is ruled out, is what the solver says when it is asked of every question."""

import pytest

from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.inquiry import Inquiry
from taxatie.explain.knowledge import Knowledge, ProgramInsight
from taxatie.explain.means import Means
from taxatie.explain.open_questions import find_open_questions
from taxatie.explain.outcome import build_outcome
from taxatie.explain.recipes import Recipes
from taxatie.explain.ruling_out import bounds
from taxatie.explain.scene import Question, Scene, lay_out
from taxatie.explain.showing import Showing
from taxatie.explain.twins import Twins
from taxatie.explain.world import World
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import FULL, SMALL

SEEDS_TOGETHER = 10
CASES = 4


def told_by_solver(knowledge: Knowledge, scene: Scene) -> dict[Question, int]:
    """Return the questions that matter, by the solver alone."""
    world = World(knowledge)
    outcome = build_outcome(world, scene.trace)
    if not outcome.parts or not world.inputs:
        return {}
    with Twins(world, outcome) as twins:
        highest = len(outcome.at_least) - 1
        told = {question: twins.telling(question, -1, highest) for question in world.inputs}
    return {question: each[0] for question, each in told.items() if each is not None}


@pytest.mark.parametrize("first", [*range(0, 140, SEEDS_TOGETHER), 460, 720])
def test_trials_and_bounds_agree_with_the_solver(first: int) -> None:
    """What trials show is never too much, what is ruled out never too little, whatever was learnt from other cases."""
    for seed in range(first, first + SEEDS_TOGETHER):
        release = random_release(seed, SMALL if seed % 2 else FULL)
        insight = ProgramInsight(program_of(release))
        for number in range(CASES):
            case = read_case(insight.program, random_case(release, seed, number))
            knowledge = Knowledge(insight, case)
            scene = lay_out(insight.outlook, case, ReferenceEngine(insight.program).evaluate(case))
            told = told_by_solver(knowledge, scene)

            assert {each.question: each.rank for each in find_open_questions(knowledge, scene)} == told, case.id
            check_halves(scene, told)


def check_halves(scene: Scene, told: dict[Question, int]) -> None:
    """Check what is seen and what is ruled out, each by itself."""
    inquiry = Inquiry(Means(scene))
    showing = Showing(inquiry, Recipes())
    showing.try_first_recipes()
    showing.try_routes((matter, inquiry.highest) for matter in inquiry.matters)
    for matter in inquiry.matters:
        assert showing.found.get(matter.key, -1) <= told.get(matter.question, -1), (scene.case.id, matter)
    for is_fine in (False, True):
        for matter, rank in zip(inquiry.matters, bounds(inquiry, inquiry.matters, is_fine=is_fine), strict=True):
            assert rank >= told.get(matter.question, -1), (scene.case.id, matter, is_fine)
