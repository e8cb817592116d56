"""Workers of the second engine may die, hang or be overrun: every case gets its opinion, or a reason why not."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from taxatie.engine.durable import durable_is_available
from taxatie.engine.reference import ReferenceEngine
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.second_opinion import NoOpinionError, SecondOpinions, Silence
from taxatie.terms.trace import Trace
from taxatie.wire.case_reader import read_case
from tests.replay.recording import SMALL

pytestmark = pytest.mark.skipif(not durable_is_available(), reason="durable-rules does not run on this Python")

PROGRAM = ReleaseFolder(SMALL).load("one")
CASES = [
    read_case(
        PROGRAM,
        {"case": f"c-{number}", "reference_time": "2026-03-02T21:15:00+01:00", "answers": {"violence_now": answer}},
    )
    for number, answer in enumerate(["yes", "no", "unknown"] * 4)
]
EXPECTED = [ReferenceEngine(PROGRAM).evaluate(case) for case in CASES]
T = TypeVar("T")


def with_opinions(use: Callable[[SecondOpinions], Awaitable[T]], **settings: float) -> tuple[T, SecondOpinions]:
    """Return what comes of using the second engine."""
    opinions = SecondOpinions(**settings)  # type: ignore[arg-type]  # counts are whole

    async def run() -> T:
        try:
            return await use(opinions)
        finally:
            await opinions.close()

    return asyncio.run(run()), opinions


async def _all(opinions: SecondOpinions) -> list[Trace]:
    return await asyncio.gather(*(opinions.ask(PROGRAM, case) for case in CASES))


@pytest.mark.parametrize("workers", [1, 2])
def test_the_second_engine_finds_what_the_reference_finds(workers: int) -> None:
    found, opinions = with_opinions(_all, workers=workers)

    assert found == EXPECTED
    assert opinions.restarts == 0


def test_a_killed_worker_costs_no_case_its_opinion() -> None:
    async def use(opinions: SecondOpinions) -> list[Trace]:
        found = [await opinions.ask(PROGRAM, CASES[0])]
        for case in CASES[1:]:
            os.kill(opinions.processes[0], signal.SIGKILL)
            found.append(await opinions.ask(PROGRAM, case))
        return found

    found, _ = with_opinions(use)

    assert found == EXPECTED


def test_a_frozen_worker_is_replaced() -> None:
    async def use(opinions: SecondOpinions) -> Trace:
        await opinions.ask(PROGRAM, CASES[0])
        os.kill(opinions.processes[0], signal.SIGSTOP)
        return await opinions.ask(PROGRAM, CASES[1])

    found, opinions = with_opinions(use, seconds=0.3)

    assert found == EXPECTED[1]
    assert opinions.restarts == 1


def test_a_worker_is_replaced_before_it_could_leak() -> None:
    found, opinions = with_opinions(_all, cases_max=5)

    assert found == EXPECTED
    # The self-test counts for the first worker; each has answered five.
    assert opinions.recycled == 2
    assert opinions.restarts == 0


def test_who_comes_when_too_many_wait_hears_so_at_once() -> None:
    async def use(opinions: SecondOpinions) -> list[Trace | BaseException]:
        return await asyncio.gather(*(opinions.ask(PROGRAM, case) for case in CASES[:4]), return_exceptions=True)

    found, _ = with_opinions(use, waiting_max=2)

    assert found[:2] == EXPECTED[:2]
    assert [each.silence for each in found[2:] if isinstance(each, NoOpinionError)] == [Silence.OVERLOADED] * 2


def test_what_waits_when_the_service_stops_is_still_answered() -> None:
    """Closing lets the workers finish what they were given."""
    opinions = SecondOpinions()

    async def run() -> list[Trace]:
        futures = [opinions.ask(PROGRAM, case) for case in CASES]
        await opinions.close()
        return await asyncio.gather(*futures)

    assert asyncio.run(run()) == EXPECTED
    assert opinions.processes == ()


def test_what_is_abandoned_hears_so_and_is_not_asked_any_more() -> None:
    """A service that must stop does not wait for a worker that hangs."""

    async def use(opinions: SecondOpinions) -> list[Trace | BaseException]:
        futures = [opinions.ask(PROGRAM, case) for case in CASES]
        opinions.abandon()
        return await asyncio.gather(*futures, return_exceptions=True)

    found, _ = with_opinions(use)

    assert [each.silence for each in found if isinstance(each, NoOpinionError)] == [Silence.STOPPED] * len(CASES)
