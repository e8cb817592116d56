"""A reason is enough and as small as can be: everything is taken away and as little as possible given back."""

from dataclasses import replace

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.explain.explanation import explain_reasons
from taxatie.explain.knowledge import ProgramInsight
from taxatie.rules.condition import Condition
from taxatie.terms.case import Case
from taxatie.terms.explanation import Reason
from taxatie.wire.case_reader import read_case
from tests.oracle.reasons import Said, smallest_sufficient, still_holds
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release
from tests.strategies.releases import STEADY

CASES = 8
SEEDS_TOGETHER = 30
SIZES = replace(STEADY, rules=(2, 5), concepts=(1, 4), events=(0, 4))


def said_in(reason: Reason, case: Case) -> frozenset[Said]:
    """Return what a reason names, in the oracle's terms; events that are alike are told apart by place."""
    left = list(enumerate(case.history.events))
    places = []
    for event in reason.events:
        found = next(each for each in left if each[1] == event)
        left.remove(found)
        places.append(found[0])
    return frozenset([*((each.signal, each.person) for each in reason.answers), *places])


@pytest.mark.parametrize("first", range(0, 90, SEEDS_TOGETHER))
def test_a_reason_is_sufficient_and_none_smaller_is(first: int) -> None:
    """Who reads the reason sees all that the rule rests on, and nothing that it does not."""
    compared = 0

    for seed in range(first, first + SEEDS_TOGETHER):
        release = random_release(seed, SIZES)
        program = program_of(release)
        conditions: dict[str, Condition] = {r.id: r.condition for scope in program.scopes for r in scope.rules}
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))
            trace = ReferenceEngine(program).evaluate(case)
            if trace.inapplicable:
                # Taking such an answer away may make hold what it keeps from holding.
                continue
            assessment = conclude(program, case, trace)
            for reason in explain_reasons(ProgramInsight(program), case, trace, assessment):
                asked = (conditions[reason.match.rule], reason.match.person)
                named = said_in(reason, case)
                smallest = next(smallest_sufficient(program, case, asked, len(named)))
                assert still_holds(program, case, named, asked), (case.id, reason)
                assert len(smallest) == len(named), (case.id, reason, smallest)
                compared += 1

    assert compared >= 3 * SEEDS_TOGETHER
