"""The service with its log, within the test: its clock is the test's, its callers are real."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import grpc
from grpc import aio

from taxatie.client import case_message
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, assessment_pb2_grpc
from taxatie.wiring import SecondEngine, Settings, build
from tests.ledger.building import NOW
from tests.server.running import KeptLog

DATA = Path(__file__).parents[1] / "data"
MOMENT = "2026-03-02T21:15:00+01:00"
Metadata = tuple[tuple[str, str], ...]


@dataclass
class MovingClock:
    """A clock that the test sets, forward and back."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return what it shows."""
        return self.moment

    def move(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self.moment += by


@dataclass
class Recording:
    """A service under way, and a caller that never tries twice by itself."""

    stub: "assessment_pb2_grpc.AssessmentServiceAsyncStub"
    place: LogPlace
    clock: MovingClock
    log: KeptLog = field(default_factory=KeptLog)

    async def assess(
        self, request: assessment_pb2.AssessRequest, metadata: Metadata = ()
    ) -> assessment_pb2.AssessResponse:
        """Return the answer to a request."""
        return await self.stub.Assess(request, metadata=metadata)

    async def refusal(self, request: assessment_pb2.AssessRequest) -> tuple[grpc.StatusCode, str]:
        """Return how a request is refused."""
        try:
            answer = await self.assess(request)
        except aio.AioRpcError as error:
            return error.code(), error.details() or ""
        raise AssertionError(answer)

    def decisions(self) -> list[Kept]:
        """Return the decisions on record."""
        store = read_store(self.place)
        try:
            kept = [open_stored(stored) for stored in store.lines()]
        finally:
            store.close()
        return [each for each in kept if each.entry.kind == "decision"]


@asynccontextmanager
async def recording(folder: Path, clock: MovingClock | None = None) -> AsyncIterator[Recording]:
    """Serve within the block, with the log in a folder."""
    log, chosen = KeptLog(), clock or MovingClock()
    settings = Settings(
        rulesets=DATA / "small",
        scenarios=DATA / "cases",
        port=0,
        drafts=True,
        ledger_folder=folder,
        second_engine=SecondEngine.OFF,
    )
    server = build(settings, chosen, log)
    await server.start()
    try:
        async with aio.insecure_channel(f"127.0.0.1:{server.port}", options=[("grpc.enable_retries", 0)]) as channel:
            yield Recording(assessment_pb2_grpc.AssessmentServiceStub(channel), LogPlace(folder), chosen, log)
    finally:
        await server.drain(0)


def a_request(request_id: str = "", **parts: object) -> assessment_pb2.AssessRequest:
    """Return a request about a case."""
    plain = {"case": "c-1", "reference_time": MOMENT, "answers": {"violence_now": "yes"}, **parts}
    return assessment_pb2.AssessRequest(case=case_message(plain), request_id=request_id)


def an_advice(request_id: str = "", **parts: object) -> assessment_pb2.AssessRequest:
    """Return a request for advice, which refers to no case."""
    return a_request(request_id, **{"case": None, "mode": "advice", **parts})


def texts(value: object) -> Iterator[str]:
    """Return every text within a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from texts(inner)


def plain_of(kept: Kept) -> dict[str, object]:
    """Return the payload of a decision, as JSON holds it."""
    payload: dict[str, object] = json.loads(json.dumps(kept.payload))
    return payload
