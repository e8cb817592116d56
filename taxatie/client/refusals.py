"""What the service refuses, as an error that a program can act on."""

from collections.abc import Iterable, Sequence
from typing import cast

import grpc
from google.rpc import error_details_pb2, status_pb2

_DETAILS_KEY = "grpc-status-details-bin"


class RefusedError(Exception):
    """The service gave no assessment: the case counts as urgent until somebody has looked at it."""

    def __init__(self, code: grpc.StatusCode, message: str, faults: Sequence[tuple[str, str]]) -> None:
        """Keep the status code, the message, and every fault with its field path."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.faults = tuple(faults)


def refused(error: grpc.RpcError | grpc.aio.AioRpcError) -> RefusedError:
    """Return the refusal that a gRPC error carries."""
    metadata = error.trailing_metadata() or ()
    pairs = (cast("tuple[str, object]", pair) for pair in metadata)
    return RefusedError(error.code(), error.details() or "", list(_faults(pairs)))


def _faults(metadata: Iterable[tuple[str, object]]) -> Iterable[tuple[str, str]]:
    for key, value in metadata:
        if key == _DETAILS_KEY and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                request = error_details_pb2.BadRequest()
                if detail.Unpack(request):
                    yield from ((each.field, each.description) for each in request.field_violations)
