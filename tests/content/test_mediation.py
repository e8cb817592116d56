"""Mediation is advised only where everything was asked and is negative: searched around that one case, not proved."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from taxatie.rules.program import Signal
from taxatie.terms.case import Answer, Case
from taxatie.terms.names import CASE, MODE
from taxatie.terms.vocabulary import Danger
from tests.content.test_safeguards import PROGRAM, assess, scenario_cases

EXCLUDED = next(case for case in scenario_cases() if case.id == "conflict-asked-and-excluded")
SIGNALS = [signal for signal in PROGRAM.signals.values() if signal.id != MODE]
SERIOUS = PROGRAM.level_rank(PROGRAM.levels[2].id)
PAIRS = 400


def answered(case: Case, signal: Signal, value: int) -> Case:
    """Return the case with one signal answered, of the first person of its subject."""
    if signal.subject == CASE:
        return replace(case, answers={**case.answers, signal.id: Answer(value)})
    place = next(index for index, person in enumerate(case.persons) if person.subject == signal.subject)
    person = case.persons[place]
    other = replace(person, answers={**person.answers, signal.id: Answer(value)})
    return replace(case, persons=(*case.persons[:place], other, *case.persons[place + 1 :]))


def pairs() -> Iterator[Case]:
    """Return the case with two answers changed at random; the same ones every time."""
    dice = Random(48)
    for _ in range(PAIRS):
        case = EXCLUDED
        for signal in dice.sample(SIGNALS, 2):
            case = answered(case, signal, dice.randint(signal.lowest, signal.highest))
        yield case


def is_grave_with_mediation(case: Case) -> bool:
    """Return whether mediation is advised in a case that is serious or worse."""
    found = assess(case)
    return "mediation" in {each.action for each in found.actions} and PROGRAM.level_rank(found.level) >= SERIOUS


def test_the_case_itself_may_have_mediation() -> None:
    assert "mediation" in {each.action for each in assess(EXCLUDED).actions}


@pytest.mark.parametrize("signal", [each for each in SIGNALS if each.danger is not None], ids=lambda each: each.id)
def test_one_grave_answer_takes_mediation_away(signal: Signal) -> None:
    """A father who threatens suicide was once sent to a mediator, as nobody had filed that under control."""
    worst = signal.highest if signal.danger is Danger.HIGHER else signal.lowest

    assert not is_grave_with_mediation(answered(EXCLUDED, signal, worst))


def test_two_answers_at_random_never_leave_mediation_in_a_grave_case() -> None:
    assert [case for case in pairs() if is_grave_with_mediation(case)] == []
