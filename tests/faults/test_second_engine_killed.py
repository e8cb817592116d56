"""Workers of the second engine are killed and frozen under load: no answer is wrong, lost, or waits for them."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from grpc import aio

from taxatie.engine.durable import durable_is_available
from taxatie.ledger.entry import EntryKind, read_entry
from taxatie.ledger.opening import LogPlace
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, assessment_pb2_grpc
from tests.faults.extent import IS_FULL, SEED
from tests.faults.service import CALL_SECONDS_MAX, Service, a_request, serving
from tests.ledger.building import a_place, lines_of, told

KILLS, FREEZES = (100, 20) if IS_FULL else (4, 1)
CALLERS = 8
ANSWERS_BETWEEN = 150 if IS_FULL else 12
"""Answers between one blow and the next: with few, most blows fall on workers that just begin; with many, at work."""

pytestmark = pytest.mark.skipif(not durable_is_available(), reason="durable-rules does not run on this Python")


def workers_of(process: int) -> Iterator[int]:
    """Return the workers of the second engine that a service has now."""
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text(encoding="ascii").split()):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                yield child


@dataclass
class Blows:
    """What is done to the workers, one blow after so many answers."""

    service: Service
    signals: list[signal.Signals]
    answers: list[assessment_pb2.AssessResponse] = field(default_factory=list)
    struck: int = 0
    """Blows that fell on a worker that was there."""
    following: int = ANSWERS_BETWEEN
    """How many answers there are when the next one falls."""

    async def call(self, stub: "assessment_pb2_grpc.AssessmentServiceAsyncStub", caller: int) -> None:
        """Ask one thing after another until all blows have fallen, and a while longer."""
        number, last = 0, 0
        while self.struck < len(self.signals) or len(self.answers) < last + ANSWERS_BETWEEN:
            number += 1
            self.answers.append(await stub.Assess(a_request(f"r-{caller}-{number}"), timeout=CALL_SECONDS_MAX))
            if self.struck < len(self.signals):
                last = len(self.answers)
                if last >= self.following:
                    self.strike()

    def strike(self) -> None:
        """Kill or freeze every worker that is there; where one is just being replaced, the blow falls later."""
        workers = list(workers_of(self.service.process.pid))
        for worker in workers:
            os.kill(worker, self.signals[self.struck])
        if workers:
            self.struck += 1
            self.following = len(self.answers) + ANSWERS_BETWEEN

    async def run(self) -> None:
        """Let callers ask while the blows fall."""
        async with aio.insecure_channel(self.service.address) as channel:
            stub = assessment_pb2_grpc.AssessmentServiceStub(channel)
            self.answers.append(await stub.Assess(a_request("first"), timeout=CALL_SECONDS_MAX))
            await asyncio.gather(*(self.call(stub, caller) for caller in range(CALLERS)))


def verdicts_of(place: LogPlace) -> Counter[str]:
    """Return how often each verdict is on record; each is about a decision that is there, and each decision has one."""
    entries = [read_entry(line.leaf) for line in lines_of(place)]
    decisions = {entry.id for entry in entries if entry.kind is EntryKind.DECISION}
    verdicts = [entry for entry in entries if entry.kind is EntryKind.VERDICT]
    assert Counter(entry.about for entry in verdicts) == Counter(decisions)
    return Counter(str(entry.says["verdict"]) for entry in verdicts)


def test_killed_and_frozen_workers_change_no_answer(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    place = a_place(tmp_path)
    signals = [signal.SIGKILL] * KILLS + [signal.SIGSTOP] * FREEZES
    random.Random(SEED).shuffle(signals)

    with serving(place, second_engine="shadow") as service:
        blows = Blows(service, signals)
        asyncio.run(blows.run())

    assert blows.struck == len(signals)
    assert {answer.level for answer in blows.answers} == {blows.answers[0].level}
    assert len({answer.decision for answer in blows.answers}) == len(blows.answers)
    assert told(place) == []
    verdicts = verdicts_of(place)
    assert verdicts["disagrees"] == 0
    assert verdicts["agrees"] > 0
    table = f"{KILLS} kills, {FREEZES} freezes, {len(blows.answers)} answers, verdicts {dict(verdicts)}"
    record_property("table", f"{table} (seed {SEED})")
