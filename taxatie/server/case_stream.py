"""The stream of cases: what becomes of each message of it, which holds one case or several."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from taxatie.errors.problem import NotAssessedError
from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.server.decoding import Incoming
from taxatie.server.pipeline import Work
from taxatie.service.record import Caller
from taxatie.wire.fields import LengthField
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.problems import MalformedRequestError, Refusal

_BEGUN_AT_ONCE: Final = 8
"""Cases of a message that are begun before other calls have their turn: a few milliseconds' work."""

_OUTCOMES: Final = LengthField(messages.AssessManyResponse.DESCRIPTOR, "outcomes")
_RESPONSE: Final = LengthField(messages.AssessOutcome.DESCRIPTOR, "response")
_PROBLEM: Final = LengthField(messages.AssessOutcome.DESCRIPTOR, "problem")


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a message, ready to be sent, and what it counts for."""

    message: bytes
    cases: int
    refused: int


@dataclass(frozen=True, slots=True)
class CaseStream:
    """Answers the messages of one stream."""

    answer: Callable[[messages.AssessRequest, Caller], Awaitable[messages.AssessResponse]]
    waits: bool
    """Whether an answer waits for the disk; then others are worked on meanwhile."""
    caller: Caller
    refusal: Callable[[Exception], Refusal]
    """What the caller sees of an error."""

    def work(self, item: Incoming[messages.AssessManyRequest]) -> Work[Told]:
        """Return what is to be done for a message."""
        try:
            message = item.require()
            _check(message)
        except NotAssessedError as error:
            return Work(partial(self._refused, error))
        if message.requests:
            return Work(partial(self._together, message.requests), len(message.requests))
        return Work(partial(self._alone, message.request))

    async def _refused(self, error: Exception) -> Told:
        message = messages.AssessManyResponse(problem=self.refusal(error).message_form())
        return Told(message.SerializeToString(), 1, 1)

    async def _alone(self, request: messages.AssessRequest) -> Told:
        try:
            message = messages.AssessManyResponse(response=await self.answer(request, self.caller))
        except Exception as error:  # noqa: BLE001  # the edge of the process
            return await self._refused(error)
        return Told(message.SerializeToString(), 1, 0)

    async def _together(self, requests: Sequence[messages.AssessRequest]) -> Told:
        """Return what became of several cases; those that wait for the disk wait for it together."""
        told: list[Told | asyncio.Future[Told]] = []
        for request in requests:
            outcome = self._outcome(request)
            told.append(asyncio.ensure_future(outcome) if self.waits else await outcome)
            if len(told) % _BEGUN_AT_ONCE == 0:
                await asyncio.sleep(0)
        outcomes = [each if isinstance(each, Told) else await each for each in told]
        # Put together as bytes: messages within messages would be copied twice.
        message = b"".join([_OUTCOMES.of(outcome.message) for outcome in outcomes])
        return Told(message, len(outcomes), sum(outcome.refused for outcome in outcomes))

    async def _outcome(self, request: messages.AssessRequest) -> Told:
        try:
            response = await self.answer(request, self.caller)
        except Exception as error:  # noqa: BLE001  # the edge of the process
            return Told(_PROBLEM.of(self.refusal(error).message_form().SerializeToString()), 1, 1)
        return Told(_RESPONSE.of(response.SerializeToString()), 1, 0)


def _check(message: messages.AssessManyRequest) -> None:
    if message.requests and message.HasField("request"):
        raise MalformedRequestError("a message has `request` or `requests`, not both", hint="send one of them")
    if len(message.requests) > CASES_TOGETHER_MAX:
        raise MalformedRequestError(
            f"{len(message.requests)} cases in one message are too many", hint=f"send at most {CASES_TOGETHER_MAX}"
        )
