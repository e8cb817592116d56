"""What is assessed depends on what is said, never on the order in which it is said, nor on a hash seed."""

import os
import subprocess
import sys
from pathlib import Path

from taxatie.engine.conclusion import conclude
from taxatie.engine.live import LiveEngine
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.trace import Trace
from taxatie.wire.case_reader import read_case
from tests.strategies.choices import Dice
from tests.strategies.loading import program_of
from tests.strategies.permutations import permuted_map, permuted_release
from tests.strategies.plans import Plain
from tests.strategies.random_release import random_case, random_release

RELEASES = 60
CASES = 6
HASH_SEEDS = ("0", "1", "20260302")


def test_order_of_keys_rules_persons_and_events_does_not_matter() -> None:
    """An author sorts a file, an intake system lists persons as it pleases: nobody is helped differently."""
    for seed in range(RELEASES):
        release = random_release(seed)
        dice = Dice(f"order {seed}")
        one, other = program_of(release), program_of(permuted_release(dice, release))
        for number in range(CASES):
            plain = random_case(release, seed, number)

            expected = without_order(one, plain)
            found = without_order(other, permuted_map(dice, plain))

            assert found == expected, plain["case"]


def without_order(program: Program, plain: Plain) -> dict[str, object]:
    """Return trace and assessment of a case so that no order shows."""
    case = read_case(program, plain)
    trace = LiveEngine(program).evaluate(case)
    return {**_trace(program, trace), **_assessment(case, conclude(program, case, trace))}


def _trace(program: Program, trace: Trace) -> dict[str, object]:
    truths: set[tuple[object, ...]] = set()
    for evaluation in trace.evaluations:
        scope = program.scopes[evaluation.scope]
        names: list[str] = [rule.id for rule in scope.rules]
        names += [concept.id for concept in scope.concepts]
        names += [score.id for score in scope.scores]
        found = (*evaluation.rules, *evaluation.concepts, *evaluation.scores)
        truths |= {(name, evaluation.person, said) for name, said in zip(names, found, strict=True)}
    return {
        "truths": truths,
        "persons": set(trace.persons),
        "inapplicable": set(trace.inapplicable),
        "impossible": set(trace.impossible),
    }


def _assessment(case: Case, assessment: Assessment) -> dict[str, object]:
    places = {f"persons[{index}]": str(each.id) for index, each in enumerate(case.persons)}
    places |= {f"history.events[{index}]": repr(event) for index, event in enumerate(case.history.events)}
    return {
        "level": (assessment.level, assessment.ceiling, assessment.valid_until),
        "rules": (set(assessment.fired), set(assessment.possible)),
        "actions": {(each.action, each.due, frozenset(each.rules)) for each in assessment.actions},
        "withheld": {(each.action, frozenset(each.rules)) for each in assessment.withheld},
        "findings": assessment.findings,
        "contradictions": sorted(
            (places.get(each.path.split(".answers")[0], ""), each.path.rpartition("]")[2], each.about)
            for each in assessment.contradictions
        ),
    }


def test_actions_come_by_due_moment_then_by_vocabulary_order() -> None:
    """The list of what to do is read from the top."""
    for seed in range(RELEASES):
        release = random_release(seed)
        program = program_of(release)
        order = list(program.actions)
        for number in range(CASES):
            case = read_case(program, random_case(release, seed, number))

            actions = conclude(program, case, LiveEngine(program).evaluate(case)).actions

            assert list(actions) == sorted(actions, key=lambda each: (each.due, order.index(each.action)))


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    """A decision must be reached again, to the byte, in another process on another day."""
    digests = {_digest(seed) for seed in HASH_SEEDS}

    assert len(digests) == 1, digests


def _digest(hash_seed: str) -> str:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.engine.digest_of_assessments"]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True, timeout=120)
    assert len(done.stdout.strip()) == 64, done.stdout
    return done.stdout.strip()
