"""The service is killed under load, again and again: no decision that anybody was told of is ever missing."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from grpc import aio

from taxatie.ledger.identity import EntryId
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.wire.generated.taxatie.v1 import assessment_pb2_grpc
from tests.faults.extent import IS_FULL, SEED
from tests.faults.service import CALL_SECONDS_MAX, Service, a_request, asked, serving
from tests.faults.unbound import assert_nothing_is_missing
from tests.ledger.building import a_place

TIMES = 100 if IS_FULL else 3
CALLERS = 64


@dataclass
class Told:
    """What callers were told, and what they asked without being told."""

    decisions: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)


@dataclass
class Round:
    """One service under load until it is killed."""

    service: Service
    number: int
    told: Told
    answers_before: int
    """Answers after which it is killed."""
    turns_before: int
    """Turns of the callers' event loop between the last of these answers and the kill."""
    answers: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Let callers ask, and kill the service under their hands."""
        async with aio.insecure_channel(self.service.address, options=[("grpc.enable_retries", 0)]) as channel:
            stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
            callers = [asyncio.create_task(self.call(stub, caller)) for caller in range(CALLERS)]
            await self.enough.wait()
            for _ in range(self.turns_before):
                await asyncio.sleep(0)
            self.service.kill()
            await asyncio.gather(*callers)

    async def call(self, stub: "assessment_pb2_grpc.AssessmentServiceAsyncStub", caller: int) -> None:
        """Ask one thing after another until nobody answers."""
        for number in range(10_000):
            name = f"r-{self.number}-{caller}-{number}"
            try:
                response = await stub.Assess(a_request(name), timeout=CALL_SECONDS_MAX)
            except aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                self.told.unanswered.append(name)
                return
            self.told.decisions[name] = response.decision
            self.answers += 1
            if self.answers == self.answers_before:
                self.enough.set()


def kill_under_load(place: LogPlace, number: int, dice: random.Random, told_callers: Told) -> None:
    """Start the service, see that what was told before still holds, load it, and kill it."""
    with serving(place) as service:
        names = dice.sample(sorted(told_callers.decisions), min(5, len(told_callers.decisions)))
        assert asked(service, names) == {name: told_callers.decisions[name] for name in names}
        # Who got no answer asks again, and gets one: the decision that is on record already, or a new one.
        for name, decision in asked(service, told_callers.unanswered[:5]).items():
            assert isinstance(decision, str), (name, decision)
            told_callers.decisions[name] = decision
        told_callers.unanswered.clear()
        asyncio.run(Round(service, number, told_callers, dice.randint(1, 150), dice.randint(0, 300)).run())


def test_no_decision_that_was_told_is_missing_after_a_kill(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """And the log verifies, or says exactly which lines no checkpoint binds: none of them was told to anybody."""
    place, dice, callers = a_place(tmp_path), random.Random(SEED), Told()
    unbound = 0

    for number in range(TIMES):
        kill_under_load(place, number, dice, callers)

        unbound += assert_nothing_is_missing(place, callers.decisions)

    assert_each_request_has_one_line(place, callers)
    table = f"{TIMES} kills, {len(callers.decisions)} answers, {unbound} times lines that nothing bound"
    record_property("table", f"{table} (seed {SEED})")


def assert_each_request_has_one_line(place: LogPlace, callers: Told) -> None:
    """Assert that a request that was asked twice was decided once."""
    store = read_store(place)
    decided = [line.request for line in store.lines() if line.request is not None]
    assert all(store.find(EntryId(decision)) is not None for decision in callers.decisions.values())
    store.close()
    assert len(decided) == len(set(decided))
