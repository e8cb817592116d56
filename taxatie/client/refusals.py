"""What the service refuses, as an error that a program can act on."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from taxatie.wire.problems import VOCABULARY

_DETAILS_KEY = "grpc-status-details-bin"


class RefusedError(Exception):
    """The service gave no assessment: the case counts as urgent until somebody has looked at it."""

    def __init__(
        self, code: grpc.StatusCode, message: str, faults: Sequence[tuple[str, str]], pack_for: str = ""
    ) -> None:
        """Keep the status code, the message, every fault with its field path, and which release a packed case takes."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.faults = tuple(faults)
        self.pack_for = pack_for


def refused(error: grpc.RpcError | grpc.aio.AioRpcError) -> RefusedError:
    """Return the refusal that a gRPC error carries."""
    metadata = error.trailing_metadata() or ()
    pairs = (cast("tuple[str, object]", pair) for pair in metadata)
    details = [detail for key, value in pairs if key == _DETAILS_KEY for detail in _details(value)]
    return RefusedError(error.code(), error.details() or "", list(_faults(details)), next(_vocabularies(details), ""))


def _details(value: object) -> Iterable[any_pb2.Any]:
    return status_pb2.Status.FromString(value).details if isinstance(value, bytes) else ()


def _faults(details: Iterable[any_pb2.Any]) -> Iterator[tuple[str, str]]:
    request = error_details_pb2.BadRequest()
    for detail in details:
        if detail.Unpack(request):
            yield from ((each.field, each.description) for each in request.field_violations)


def _vocabularies(details: Iterable[any_pb2.Any]) -> Iterator[str]:
    """Return the releases for whose vocabularies a case should have been packed."""
    failure = error_details_pb2.PreconditionFailure()
    for detail in details:
        if detail.Unpack(failure):
            yield from (each.subject for each in failure.violations if each.type == VOCABULARY)
