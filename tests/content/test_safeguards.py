"""The shipped safeguards are searched for violations, in every scenario and in generated cases: not proved."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.engine.reference import Reading, contexts_of
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program, Safeguard, Signal
from taxatie.scenarios.scenario import find_scenario_texts, read_scenario
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import NO_HISTORY, Answer, Answers, Basis, Case, Event, History, Person
from taxatie.terms.names import CASE, MODE, CaseId, PersonId, SubjectId
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import Danger

ROOT = Path(__file__).parents[2]
CASES = 400
GUARDED_OWNERS = {"police", "veilig_thuis"}


def newest() -> Program:
    """Return the newest shipped release."""
    folder = ReleaseFolder(ROOT / "rulesets")
    return folder.load(folder.entries()[-1].name)


PROGRAM = newest()
ENGINE = LiveEngine(PROGRAM)


def scenario_cases() -> list[Case]:
    """Return the cases of all scenarios."""
    return [read_scenario(PROGRAM, text).case for text in find_scenario_texts(ROOT / "validation")]


def answers(dice: Random, subject: str) -> Answers:
    """Return some answers about a subject, some of them by hearsay."""
    found = {}
    for signal in PROGRAM.signals.values():
        if signal.subject == subject and signal.id != MODE and dice.random() < 0.4:
            basis = Basis.HEARSAY if dice.random() < 0.1 else None
            found[signal.id] = Answer(dice.randint(signal.lowest, signal.highest), basis)
    return found


def generated_cases() -> Iterator[Case]:
    """Return generated cases; the same ones every time."""
    dice = Random(2026)
    template = scenario_cases()[0]
    for number in range(CASES):
        persons = tuple(
            Person(PersonId(f"{subject.id}-{index}"), subject.id, answers(dice, subject.id))
            for subject in PROGRAM.subjects
            for index in range(dice.randint(0, 2))
        )
        events = tuple(
            Event(dice.choice(PROGRAM.event_kinds).id, template.reference_date) for _ in range(dice.randint(0, 3))
        )
        yield replace(
            template,
            id=CaseId(f"generated-{number}"),
            everyone_listed=frozenset(s.id for s in PROGRAM.subjects if dice.random() < 0.3),
            answers=answers(dice, CASE),
            persons=persons,
            history=History(dice.random() < 0.5, events) if events else NO_HISTORY,
        )


def assess(case: Case) -> Assessment:
    """Return the live assessment of a case."""
    return conclude(PROGRAM, case, ENGINE.evaluate(case))


def is_kept(safeguard: Safeguard, assessment: Assessment) -> bool:
    """Return whether the assessment is as the safeguard says."""
    actions = {each.action for each in assessment.actions}
    level = safeguard.level_at_least
    return (
        (level is None or PROGRAM.level_rank(assessment.level) >= PROGRAM.level_rank(level))
        and (safeguard.action is None or safeguard.action in actions)
        and (safeguard.never is None or safeguard.never not in actions)
    )


def test_no_case_that_was_tried_breaks_a_safeguard() -> None:
    """Whenever its condition holds for somebody, the case comes out as the safeguard says."""
    held: dict[str, int] = {}
    for case in (*scenario_cases(), *generated_cases()):
        assessment, reading = assess(case), Reading(PROGRAM, case)
        persons = tuple(reading.assessed_persons())
        for scope in PROGRAM.scopes:
            for safeguard in scope.safeguards:
                asked = contexts_of(scope.subject, persons)
                if any(reading.truth(safeguard.condition, each) is Truth.HOLDS for each in asked):
                    held[safeguard.id] = held.get(safeguard.id, 0) + 1
                    assert is_kept(safeguard, assessment), (safeguard.id, case)

    every = {safeguard.id for scope in PROGRAM.scopes for safeguard in scope.safeguards}
    assert set(held) == every, "each safeguard was put to the test"


def more_dangerous(signal: Signal, answer: Answer) -> Answer | None:
    """Return the answer one step further in its signal's danger direction."""
    assert answer.value is not None
    step = {Danger.HIGHER: 1, Danger.LOWER: -1, None: 0}[signal.danger]
    value = answer.value + step
    return replace(answer, value=value) if step and signal.lowest <= value <= signal.highest else None


def worsened(case: Case) -> Iterator[Case]:
    """Return the case with one answer moved in its danger direction, for each answer that can."""
    for name, answer in case.answers.items():
        moved = more_dangerous(PROGRAM.signals[name], answer)
        if moved is not None:
            yield replace(case, answers={**case.answers, name: moved})
    for index, person in enumerate(case.persons):
        for name, answer in person.answers.items():
            moved = more_dangerous(PROGRAM.signals[name], answer)
            if moved is not None:
                worse = replace(person, answers={**person.answers, name: moved})
                yield replace(case, persons=(*case.persons[:index], worse, *case.persons[index + 1 :]))


def guarded(assessment: Assessment) -> set[str]:
    """Return the recommended actions of the police and Veilig Thuis that a rule recommended."""
    return {a.action for a in assessment.actions if a.rules and PROGRAM.actions[a.action].owner in GUARDED_OWNERS}


def test_a_more_dangerous_answer_never_makes_a_case_milder() -> None:
    """Danger is monotone: level, urgent actions and withholdings only grow."""
    tried = 0
    for case in list(generated_cases())[:120]:
        before = assess(case)
        for worse in worsened(case):
            after = assess(worse)
            tried += 1
            assert PROGRAM.level_rank(after.level) >= PROGRAM.level_rank(before.level), worse
            assert guarded(before) <= {a.action for a in after.actions}, worse
            assert {w.action for w in before.withheld} <= {w.action for w in after.withheld}, worse

    assert tried > 1_000


def test_a_case_of_which_nothing_is_known_never_gets_the_mildest_level() -> None:
    """Unknown is not no."""
    template = scenario_cases()[0]
    empty = replace(template, answers={}, persons=(), history=NO_HISTORY, everyone_listed=frozenset[SubjectId]())

    assert assess(empty).level != PROGRAM.levels[0].id
