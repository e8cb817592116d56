"""The door of a server: once it is closed, calls that still come in are refused in words that callers can act on.

Stopping gRPC's server breaks calls that it has taken in and not begun, and tells their callers CANCELLED, which nobody
asks again: up to 55 of 64 callers heard it, under load. So they are refused first, until no more come.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NoReturn

import grpc
from grpc import aio

from taxatie.errors.problem import NotRecordedError
from taxatie.wire.problems import refusal_of

QUIET_SECONDS: Final = 0.1
"""Without a call for so long nothing waits that was sent before callers heard of it; they wait as long to ask again."""
QUIET_ROUNDS_MAX: Final = 20
"""Callers who never pause are refused for two seconds, and then broken off."""

_HEALTH: Final = "/grpc.health."
_DETAILS_KEY: Final = "grpc-status-details-bin"


class Door(grpc.GenericRpcHandler):
    """Stands before all methods: lets every call through until it is closed."""

    def __init__(self) -> None:
        """Open the door."""
        self.refused = 0
        """Calls that came after it was closed."""
        self._is_closed = False

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[object, object] | None":
        """Return what refuses a call; None where it may pass, as who asks for the service's health always may."""
        if not self._is_closed or handler_call_details.method.startswith(_HEALTH):
            return None
        self.refused += 1
        return _REFUSING

    async def close(self) -> None:
        """Refuse what comes from now on; return when nothing comes any more."""
        self._is_closed = True
        for _ in range(QUIET_ROUNDS_MAX):
            before = self.refused
            await asyncio.sleep(QUIET_SECONDS)
            if self.refused == before:
                return


async def _refuse(_request: AsyncIterator[bytes], context: "aio.ServicerContext[bytes, bytes]") -> NoReturn:
    refusal = refusal_of(NotRecordedError("the service stops", hint="ask again, another one answers"))
    metadata = ((_DETAILS_KEY, refusal.details()),)
    await context.abort(grpc.StatusCode.UNAVAILABLE, refusal.message, trailing_metadata=metadata)


_REFUSING: Final["grpc.RpcMethodHandler[object, object]"] = grpc.stream_unary_rpc_method_handler(_refuse)
