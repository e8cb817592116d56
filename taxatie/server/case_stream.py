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
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.problems import MalformedRequestError, Refusal

_BEGUN_AT_ONCE: Final = 8
"""Cases of a message that are begun before other calls have their turn: a few milliseconds' work."""


@dataclass(frozen=True, slots=True)
class CaseStream:
    """Answers the messages of one stream."""

    answer: Callable[[messages.AssessRequest, Caller], Awaitable[messages.AssessResponse]]
    caller: Caller
    refusal: Callable[[Exception], Refusal]
    """What the caller sees of an error."""

    def work(self, item: Incoming[messages.AssessManyRequest]) -> Work[messages.AssessManyResponse]:
        """Return what is to be done for a message."""
        try:
            message = item.require()
            _check(message)
        except NotAssessedError as error:
            return Work(partial(self._refused, error))
        if message.requests:
            return Work(partial(self._together, message.requests), len(message.requests))
        return Work(partial(self._alone, message.request))

    async def _refused(self, error: NotAssessedError) -> messages.AssessManyResponse:
        return messages.AssessManyResponse(problem=self.refusal(error).message_form())

    async def _alone(self, request: messages.AssessRequest) -> messages.AssessManyResponse:
        try:
            return messages.AssessManyResponse(response=await self.answer(request, self.caller))
        except Exception as error:  # noqa: BLE001  # the edge of the process
            return messages.AssessManyResponse(problem=self.refusal(error).message_form())

    async def _together(self, requests: Sequence[messages.AssessRequest]) -> messages.AssessManyResponse:
        """Return what became of several cases; those that wait for the disk wait for it together."""
        begun: list[asyncio.Future[messages.AssessOutcome]] = []
        for request in requests:
            begun.append(asyncio.ensure_future(self._outcome(request)))
            if len(begun) % _BEGUN_AT_ONCE == 0:
                await asyncio.sleep(0)
        return messages.AssessManyResponse(outcomes=await asyncio.gather(*begun))

    async def _outcome(self, request: messages.AssessRequest) -> messages.AssessOutcome:
        try:
            return messages.AssessOutcome(response=await self.answer(request, self.caller))
        except Exception as error:  # noqa: BLE001  # the edge of the process
            return messages.AssessOutcome(problem=self.refusal(error).message_form())


def _check(message: messages.AssessManyRequest) -> None:
    if message.requests and message.HasField("request"):
        raise MalformedRequestError("a message has `request` or `requests`, not both", hint="send one of them")
    if len(message.requests) > CASES_TOGETHER_MAX:
        raise MalformedRequestError(
            f"{len(message.requests)} cases in one message are too many", hint=f"send at most {CASES_TOGETHER_MAX}"
        )
