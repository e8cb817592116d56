"""Scenarios one answer apart: what differs between their outcomes is explained by that answer."""

from collections.abc import Iterator
from itertools import combinations

from taxatie.engine.live import LiveEngine
from taxatie.explain.assessor import Assessor, Detail
from taxatie.explain.knowledge import everything_in
from taxatie.rules.condition import ConceptUnknown, Events
from taxatie.rules.program import Rule
from taxatie.terms.case import Case
from taxatie.terms.explanation import HISTORY, Reason
from tests.content.test_safeguards import PROGRAM, scenario_cases

ASSESSOR = Assessor(PROGRAM, LiveEngine(PROGRAM))
RULES: dict[str, Rule] = {rule.id: rule for scope in PROGRAM.scopes for rule in scope.rules}
PAIRS_MIN = 130


def said(case: Case) -> dict[tuple[str, str], object]:
    """Return everything that is said in a case, by person and signal."""
    found: dict[tuple[str, str], object] = {("case", signal): answer for signal, answer in case.answers.items()}
    for person in case.persons:
        found[person.id, "person"] = person.subject
        found |= {(person.id, signal): answer for signal, answer in person.answers.items()}
    found["case", "mode"] = case.mode
    found["case", "history"] = case.history
    found["case", "everyone_listed"] = case.everyone_listed
    found["case", "reference_time"] = case.reference_time
    return found


def pairs() -> Iterator[tuple[Case, Case, str]]:
    """Return the pairs of scenarios that differ in one answer, with its signal."""
    cases = [(case, said(case)) for case in scenario_cases()]
    for (one, one_says), (other, other_says) in combinations(cases, 2):
        apart = {key for key in one_says.keys() | other_says.keys() if one_says.get(key) != other_says.get(key)}
        if len(apart) == 1:
            yield one, other, apart.pop()[1]


def names(reason: Reason, signal: str) -> bool:
    """Return whether the reason speaks of the signal, or of a name whose being unknown hangs on it."""
    named = {answer.signal for answer in (*reason.answers, *reason.rests_on_unknown)}
    if signal in named or (signal == HISTORY and reason.events):
        return True
    unknown = {str(each.signal) for each in reason.rests_on_unknown}
    return any(
        isinstance(part, ConceptUnknown) and part.concept in unknown and signal in signals_of(part)
        for part in everything_in(PROGRAM, RULES[reason.match.rule].condition)
    )


def signals_of(unknown: ConceptUnknown) -> set[str]:
    """Return what a concept hangs on."""
    parts = everything_in(PROGRAM, PROGRAM.concepts[unknown.concept].condition)
    return {HISTORY if isinstance(part, Events) else getattr(part, "signal", "") for part in parts}


def test_the_answer_that_differs_is_named_wherever_the_outcome_differs() -> None:
    seen = 0
    for one, other, signal in pairs():
        of_one, of_other = (ASSESSOR.assess(case, detail=Detail.REASONS) for case in (one, other))
        for mine, others in ((of_one, of_other), (of_other, of_one)):
            assert mine.explanation is not None
            fired = {(match.rule, match.person) for match in others.assessment.fired}
            for reason in mine.explanation.reasons:
                if (reason.match.rule, reason.match.person) not in fired:
                    assert names(reason, signal), (one.id, other.id, reason)
                    seen += 1

    assert seen >= PAIRS_MIN
