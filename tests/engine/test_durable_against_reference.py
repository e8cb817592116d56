"""The durable engine gives the reference's trace: on generated pairs, on every scenario, after any failure."""

import os
import signal
from pathlib import Path

import pytest

from taxatie.engine.durable import DurableEngine, EngineFailureError, durable_is_available
from taxatie.engine.durable_network import Gate, Network, networks_of
from taxatie.engine.reference import ReferenceEngine
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.program import Program
from taxatie.scenarios.scenario import find_scenario_texts, read_scenario
from taxatie.terms.case import Case
from taxatie.wire.case_reader import read_case
from tests.faults.extent import IS_FULL
from tests.strategies.loading import program_of
from tests.strategies.random_release import random_case, random_release

ROOT = Path(__file__).parents[2]
RELEASES = 520 if IS_FULL else 110
CASES_EACH = 10

pytestmark = pytest.mark.skipif(not durable_is_available(), reason="durable-rules does not run on this Python")


def shipped() -> Program:
    """Return the newest shipped release."""
    folder = ReleaseFolder(ROOT / "rulesets")
    return folder.load(folder.entries()[-1].name)


def shipped_cases(program: Program) -> list[Case]:
    """Return the cases of all shipped scenarios."""
    return [read_scenario(program, text).case for text in find_scenario_texts(ROOT / "validation")]


@pytest.mark.parametrize("part", range(10))
def test_generated_pairs_come_out_alike(part: int) -> None:
    """Two engines that share no code agree on 1,100 pairs of a release and a case, in every form; in full on 5,200."""
    from taxatie.engine.durable_evaluation import DurableEvaluation  # noqa: PLC0415  # needs durable-rules

    for seed in range(part, RELEASES, 10):
        release = random_release(seed)
        program = program_of(release)
        reference, durable = ReferenceEngine(program), DurableEvaluation(program)
        for number in range(CASES_EACH):
            case = read_case(program, random_case(release, seed, number))
            assert durable.evaluate(case) == reference.evaluate(case), (seed, number)


def test_every_scenario_comes_out_alike_through_the_worker() -> None:
    """What is shipped is judged alike, also across the border of a process."""
    program = shipped()
    reference = ReferenceEngine(program)

    with DurableEngine(program) as engine:
        for case in shipped_cases(program):
            assert engine.evaluate(case) == reference.evaluate(case), case.id


def test_a_worker_that_was_killed_is_replaced_and_the_answer_is_the_same() -> None:
    """A crash of the C engine costs time, never an answer."""
    program = shipped()
    case = shipped_cases(program)[0]
    expected = ReferenceEngine(program).evaluate(case)

    with DurableEngine(program) as engine:
        first = engine.evaluate(case)
        assert engine.worker is not None
        os.kill(engine.worker, signal.SIGKILL)
        second = engine.evaluate(case)

    assert first == second == expected


def test_a_worker_that_hangs_is_given_up_after_its_time() -> None:
    """A caller waits for a bounded time; then there is an error that says how to treat the case."""
    program = shipped()
    case = shipped_cases(program)[0]

    with DurableEngine(program, seconds=0.0) as engine, pytest.raises(EngineFailureError, match="treat as urgent"):
        engine.evaluate(case)

    assert engine.restarts == 2


def test_gates_that_do_not_fit_one_network_go_on_in_the_next() -> None:
    """Beyond the measured limits durable-rules hangs or answers wrongly, so none is ever reached."""
    gates = [Gate(1000 + number, ((2 * number, True), (2 * number + 1, True))) for number in range(100)]

    networks = list(networks_of(gates))

    assert len(networks) > 1
    assert [gate for network in networks for gate in network.gates] == gates
    known = {(node, side): side for node in range(200) for side in (True, False)}
    for network in networks:
        settled = network.settle(known)
        assert all(so is side for (_, side), so in settled.items())


def test_a_gate_tells_holding_failing_and_neither_apart() -> None:
    """Two rails, so that what cannot be told is never taken for no."""
    network = Network((Gate(3, ((1, True), (2, False))),))

    def settled(**rails: bool) -> tuple[bool, bool]:
        known = {(int(name[1]), name[2] == "t"): so for name, so in rails.items()}
        found = network.settle(known)
        return found[3, True], found[3, False]

    assert settled(n1t=True, n1f=False, n2t=False, n2f=True) == (True, False)
    assert settled(n1t=False, n1f=True, n2t=False, n2f=False) == (False, True)
    assert settled(n1t=True, n1f=False, n2t=False, n2f=False) == (False, False)
