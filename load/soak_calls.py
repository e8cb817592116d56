"""The bulk of a soak: calls at an even pace from prepared cases, each answer judged, while releases take turns."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Final, TypeAlias

from grpc import aio

from load.expecting import Asked, Deck, Judge, WrongAnswerError
from load.soak_releases import NotTakenError, Turns
from taxatie.wire.generated.taxatie.v1 import admin_pb2, admin_pb2_grpc, assessment_pb2_grpc
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

LANES: Final = 32
"""Calls under way at once."""
CONNECTIONS: Final = 4
REASONS_EVERY: Final = 20
"""One call of so many asks for reasons, the others for the level alone: the users beside them ask for everything."""
SECONDS_MAX: Final = 20.0
"""How long a call may take."""
FAULTS_MAX: Final = 50
"""After so many faults the rest will not tell more."""
HASTE: Final = 0.95
"""The part of the time within which all is to be done."""

Stub: TypeAlias = "assessment_pb2_grpc.AssessmentServiceAsyncStub"
AdminStub: TypeAlias = "admin_pb2_grpc.AdminServiceAsyncStub"
Tell: TypeAlias = Callable[["Bulk"], None]


@dataclass(frozen=True, slots=True)
class Goal:
    """How much is to be done, and in what time."""

    seconds: float
    requests: int
    reloads: int
    patience: float = 2.0
    """How many times as long it may take where the service is slow."""


@dataclass(slots=True)
class Bulk:
    """Calls and exchanges of releases, until the time has passed and all is done, or patience ends."""

    goal: Goal
    deck: Deck
    turns: Turns
    judge: Judge = field(default_factory=Judge)
    faults: list[str] = field(default_factory=list)
    begun: float = field(default_factory=monotonic)
    answered: int = 0
    seconds_taken: float = 0.0
    """How long it took in all."""
    _numbers: "count[int]" = field(default_factory=count)

    async def run(self, port: int, tell: Tell, every: float) -> None:
        """Call the service that listens on a port of this machine; tell how far it is now and then."""
        self.begun = monotonic()
        # Channels to one address share a connection unless each keeps its own.
        options = (("grpc.use_local_subchannel_pool", 1),)
        channels = [aio.insecure_channel(f"127.0.0.1:{port}", options=options) for _ in range(CONNECTIONS)]
        telling = asyncio.ensure_future(self._tell(tell, every))
        try:
            stubs = [assessment_pb2_grpc.AssessmentServiceStub(channel) for channel in channels]
            lanes = (self._lane(stubs[lane % CONNECTIONS]) for lane in range(LANES))
            await asyncio.gather(self._exchange(admin_pb2_grpc.AdminServiceStub(channels[0])), *lanes)
        finally:
            self.seconds_taken = self.seconds
            telling.cancel()
            await asyncio.gather(*(channel.close() for channel in channels))

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return monotonic() - self.begun

    @property
    def is_reached(self) -> bool:
        """Whether all was done that was to be done."""
        return self.answered >= self.goal.requests and self.turns.taken >= self.goal.reloads

    @property
    def _is_over(self) -> bool:
        late = self.seconds >= self.goal.seconds * (1 if self.is_reached else self.goal.patience)
        return late or len(self.faults) >= FAULTS_MAX

    async def _lane(self, stub: Stub) -> None:
        pace = self.goal.seconds * HASTE / self.goal.requests
        while not self._is_over:
            number = next(self._numbers)
            await self._wait_until(number * pace)
            await self._call(stub, number)

    async def _call(self, stub: Stub, number: int) -> None:
        asked = self.deck.draw()
        turn = self.turns.now
        try:
            answer = await stub.Assess(self._request(asked, number), timeout=SECONDS_MAX)
            self.judge.judge(asked, answer, self.turns.since(turn))
        except aio.AioRpcError as error:
            self.faults.append(f"call {number}: {error.code().name} {error.details()}")
        except WrongAnswerError as error:
            self.faults.append(f"call {number}: {error}")
        self.answered += 1

    def _request(self, asked: Asked, number: int) -> messages.AssessRequest:
        return messages.AssessRequest(
            case=asked.case,
            release=self.turns.pair.programs[0].release,
            retrospective=True,
            detail=messages.DETAIL_LEVEL if number % REASONS_EVERY else messages.DETAIL_REASONS,
            request_id=f"soak-{number}",
        )

    async def _exchange(self, stub: AdminStub) -> None:
        pace = self.goal.seconds * HASTE / max(1, self.goal.reloads)
        while self.turns.taken < self.goal.reloads and not self._is_over:
            await self._wait_until((self.turns.taken + 1) * pace)
            try:
                await self._take_turns(stub)
            except (NotTakenError, aio.AioRpcError) as error:
                self.faults.append(f"exchange {self.turns.taken + 1}: {error}")
                return

    async def _take_turns(self, stub: AdminStub) -> None:
        digest = self.turns.begin()
        said = await stub.ReloadReleases(admin_pb2.ReloadReleasesRequest())
        if not said.taken or said.digest != digest:
            raise NotTakenError(f"taken: {said.taken}, digest {said.digest}, faults {list(said.faults)}")
        self.turns.settle()

    async def _wait_until(self, seconds: float) -> None:
        left = seconds - self.seconds
        if left > 0:
            await asyncio.sleep(left)

    async def _tell(self, tell: Tell, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            tell(self)
