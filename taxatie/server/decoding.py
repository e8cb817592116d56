"""Strict decoding: what is no message, or says more than the protocol knows, is refused rather than guessed at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import DecodeError, Message

from taxatie.errors.problem import NotAssessedError
from taxatie.wire.problems import MalformedRequestError

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Incoming(Generic[M]):
    """A request as it came in: a message, or why it is none."""

    message: M | None
    error: NotAssessedError | None

    def require(self) -> M:
        """Return the message.

        Raises:
            MalformedRequestError: When it is none.
        """
        if self.message is None:
            assert self.error is not None
            raise self.error
        return self.message


def strict_decoder(kind: type[M]) -> Callable[[bytes], Incoming[M]]:
    """Return a decoder that never raises, because gRPC would answer a raise with its own words."""

    def decode(data: bytes) -> Incoming[M]:
        message = kind()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return _refused("the request is no message of this protocol")
        size = message.ByteSize()
        message.DiscardUnknownFields()
        if message.ByteSize() != size:
            return _refused("the request has fields that this protocol does not know")
        return Incoming(message, None)

    return decode


def _refused(why: str) -> Incoming[M]:
    return Incoming(None, MalformedRequestError(why, hint="generate your stubs from this server's protocol"))
