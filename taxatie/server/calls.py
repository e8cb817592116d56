"""What every call goes through: decoding, refusing, and one line of log with nothing of the case in it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message
from grpc import aio

from taxatie.errors.problem import NotRecordedError
from taxatie.limits import STREAM_WINDOW
from taxatie.server.callers import caller_of
from taxatie.server.case_stream import Answers, CaseStream
from taxatie.server.decoding import Incoming, strict_decoder
from taxatie.server.pipeline import in_order
from taxatie.service.record import Caller
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.problems import Refusal, refusal_of

M = TypeVar("M", bound=Message)
R = TypeVar("R", bound=Message)
Method: TypeAlias = "grpc.RpcMethodHandler[object, object]"
_DETAILS_KEY = "grpc-status-details-bin"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class CallLog(Protocol):
    """Takes one line a call."""

    def note(self, event: str, **fields: object) -> object:
        """Note a call that was answered, or refused for a reason of the caller's."""

    def fail(self, event: str, **fields: object) -> object:
        """Note a call that we failed."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes handlers of use cases."""

    log: CallLog

    def unary(self, name: str, kind: type[M], answer: Callable[[M], R]) -> Method:
        """Return the handler of a call with one request and one answer."""

        async def handle(incoming: Incoming[M], context: aio.ServicerContext) -> R:  # type: ignore[type-arg]
            started = perf_counter()
            try:
                response = answer(incoming.require())
            except Exception as error:  # noqa: BLE001  # the edge of the process
                await self._refuse(name, started, error, context)
            self._note(name, started, "OK")
            return response

        return grpc.unary_unary_rpc_method_handler(
            handle, request_deserializer=strict_decoder(kind), response_serializer=_serialized
        )

    def server_stream(self, name: str, kind: type[M], answer: Callable[[M], Iterator[R]]) -> Method:
        """Return the handler of a call with one request and a stream of answers."""

        async def handle(incoming: Incoming[M], context: aio.ServicerContext) -> AsyncIterator[R]:  # type: ignore[type-arg]
            started = perf_counter()
            try:
                for response in answer(incoming.require()):
                    yield response
            except Exception as error:  # noqa: BLE001  # the edge of the process
                await self._refuse(name, started, error, context)
            self._note(name, started, "OK")

        return grpc.unary_stream_rpc_method_handler(
            handle, request_deserializer=strict_decoder(kind), response_serializer=_serialized
        )

    def recorded(self, name: str, kind: type[M], answer: Callable[[M, Caller], Awaitable[R]]) -> Method:
        """Return the handler of a call that is put on record before it is answered."""

        async def handle(incoming: Incoming[M], context: aio.ServicerContext) -> R:  # type: ignore[type-arg]
            started = perf_counter()
            try:
                response = await answer(incoming.require(), caller_of(context))
            except Exception as error:  # noqa: BLE001  # the edge of the process
                await self._refuse(name, started, error, context)
            self._note(name, started, "OK")
            return response

        return grpc.unary_unary_rpc_method_handler(
            handle, request_deserializer=strict_decoder(kind), response_serializer=_serialized
        )

    def assess_stream(self, name: str, answers: Answers) -> Method:
        """Return the handler of the stream of cases: a fault in one of them does not end the others.

        Cases are taken in while earlier ones wait to be recorded; the answers come in the order of the cases.
        """

        async def handle(
            items: AsyncIterator[Incoming[messages.AssessManyRequest]],
            context: aio.ServicerContext,  # type: ignore[type-arg]
        ) -> AsyncIterator[bytes]:
            started, cases, refused = perf_counter(), 0, 0
            stream = CaseStream(answers, caller_of(context), lambda error: self._refusal(name, error))
            async for told in in_order((stream.work(item) async for item in items), STREAM_WINDOW):
                cases += told.cases
                refused += told.refused
                yield told.message
            self._note(name, started, "OK", items=cases, refused=refused)

        # What is told is bytes already.
        return grpc.stream_stream_rpc_method_handler(
            handle, request_deserializer=strict_decoder(messages.AssessManyRequest)
        )

    def _refusal(self, name: str, error: Exception) -> Refusal:
        refusal = refusal_of(error)
        if refusal.code.name == "INTERNAL":
            # The kind of the error alone: its words may hold something of the case.
            self.log.fail("engine_failed", method=name, error=type(error).__name__)
        if isinstance(error, NotRecordedError):
            # What the log says of its files; nothing of a case goes into such a message.
            self.log.fail("not_recorded", method=name, why=str(error.__cause__))
        return refusal

    async def _refuse(
        self,
        name: str,
        started: float,
        error: Exception,
        context: aio.ServicerContext,  # type: ignore[type-arg]
    ) -> None:
        refusal = self._refusal(name, error)
        self._note(name, started, refusal.code.name, faults=len(refusal.faults))
        metadata = ((_DETAILS_KEY, refusal.details()),)
        await context.abort(_CODES[refusal.code], refusal.message, trailing_metadata=metadata)

    def _note(self, name: str, started: float, code: str, **fields: object) -> None:
        milliseconds = round((perf_counter() - started) * 1000, 3)
        self.log.note("call", method=name, code=code, milliseconds=milliseconds, **fields)


def _serialized(message: object) -> bytes:
    assert isinstance(message, Message), message
    return message.SerializeToString()
