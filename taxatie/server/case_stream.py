"""The stream of cases: what becomes of each message of it, which holds one case or several."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from taxatie.errors.problem import NotAssessedError
from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.server.decoding import Incoming
from taxatie.server.pipeline import Work
from taxatie.service.answer import Outcome
from taxatie.service.record import Caller
from taxatie.wire.fields import LengthField
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.problems import MalformedRequestError, Refusal

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
class Answers:
    """How requests are answered: one alone, or several together."""

    alone: Callable[[messages.AssessRequest, Caller], Awaitable[messages.AssessResponse]]
    together: Callable[[Sequence[messages.AssessRequest], Caller, asyncio.Lock], Awaitable[Sequence[Outcome]]]


@dataclass(frozen=True, slots=True)
class CaseStream:
    """Answers the messages of one stream."""

    answers: Answers
    caller: Caller
    refusal: Callable[[Exception], Refusal]
    """What the caller sees of an error."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One message is decided at a time: the one before is told meanwhile, or waits for the disk."""

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
            message = messages.AssessManyResponse(response=await self.answers.alone(request, self.caller))
        except Exception as error:  # noqa: BLE001  # the edge of the process
            return await self._refused(error)
        return Told(message.SerializeToString(), 1, 0)

    async def _together(self, requests: Sequence[messages.AssessRequest]) -> Told:
        # Put together as bytes: messages within messages would be copied twice.
        outcomes = [self._outcome(each) for each in await self.answers.together(requests, self.caller, self.turn)]
        message = b"".join([_OUTCOMES.of(outcome.message) for outcome in outcomes])
        return Told(message, len(outcomes), sum(outcome.refused for outcome in outcomes))

    def _outcome(self, outcome: Outcome) -> Told:
        if isinstance(outcome, messages.AssessResponse):
            return Told(_RESPONSE.of(outcome.SerializeToString()), 1, 0)
        if not isinstance(outcome, Exception):
            raise outcome
        return Told(_PROBLEM.of(self.refusal(outcome).message_form().SerializeToString()), 1, 1)


def _check(message: messages.AssessManyRequest) -> None:
    if message.requests and message.HasField("request"):
        raise MalformedRequestError("a message has `request` or `requests`, not both", hint="send one of them")
    if len(message.requests) > CASES_TOGETHER_MAX:
        raise MalformedRequestError(
            f"{len(message.requests)} cases in one message are too many", hint=f"send at most {CASES_TOGETHER_MAX}"
        )
