"""What a caller may see when there is no answer: the one place that decides it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from google.rpc import error_details_pb2, status_pb2

from taxatie.errors.problem import (
    CaseFaults,
    DecisionOutOfReachFaults,
    NotAssessedError,
    NotRecordedError,
    ReleaseFaults,
    RequestFaults,
    RequestReusedError,
    RequestReusedFaults,
    TaxatieError,
    UnknownDecisionError,
    UnknownDecisionFaults,
)
from taxatie.limits import REFUSAL_BYTES_MAX
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

VOCABULARY: Final = "VOCABULARY"
"""The type of the precondition that a packed case is packed for the vocabulary of its release."""


class StatusCode(IntEnum):
    """The gRPC status codes that the service gives, by their numbers on the wire."""

    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    FAILED_PRECONDITION = 9
    INTERNAL = 13
    UNAVAILABLE = 14


class UnknownReleaseError(NotAssessedError):
    """A release was named that there is not."""


class MalformedRequestError(NotAssessedError):
    """What came in is no message of this protocol, or says more than this protocol knows."""


class OtherVocabularyError(NotAssessedError):
    """A case was packed for another vocabulary than that of the release that it is to be assessed under."""

    def __init__(self, release: str) -> None:
        """Name the release whose questionnaire it takes."""
        super().__init__(
            f"the case was packed for another vocabulary than that of release `{release}`",
            hint=f"get the questionnaire of `{release}` anew and pack the case by its codes",
        )
        self.release = release


_REQUEST_CODES: Final[dict[type[RequestFaults], StatusCode]] = {
    UnknownDecisionFaults: StatusCode.NOT_FOUND,
    DecisionOutOfReachFaults: StatusCode.FAILED_PRECONDITION,
    RequestReusedFaults: StatusCode.ALREADY_EXISTS,
}
"""Of a request with faults: what the gravest of them is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, as the caller sees it."""

    code: StatusCode
    message: str
    faults: tuple[tuple[str, str], ...] = ()
    pack_for: str = ""
    """Of a case packed for another vocabulary: the release whose questionnaire it takes."""

    def details(self) -> bytes:
        """Return the `google.rpc.Status` for the trailing metadata, all faults with their field paths."""
        status = status_pb2.Status(code=self.code, message=self.message)
        if self.faults:
            status.details.add().Pack(error_details_pb2.BadRequest(field_violations=self._violations()))
        if self.pack_for:
            violation = error_details_pb2.PreconditionFailure.Violation(
                type=VOCABULARY, subject=self.pack_for, description=self.message
            )
            status.details.add().Pack(error_details_pb2.PreconditionFailure(violations=[violation]))
        return bytes(status.SerializeToString())

    def _violations(self) -> Iterator[error_details_pb2.BadRequest.FieldViolation]:
        """Return the faults, as many as trailers have room for; then how many there are beside."""
        size = 0
        for place, (path, message) in enumerate(self.faults):
            violation = error_details_pb2.BadRequest.FieldViolation(field=path, description=message)
            size += violation.ByteSize()
            if size > REFUSAL_BYTES_MAX:
                further = f"{len(self.faults) - place} further faults are left out: mend these first"
                yield error_details_pb2.BadRequest.FieldViolation(field="case", description=further)
                return
            yield violation

    def message_form(self) -> messages.Problem:
        """Return the refusal of one item of a stream."""
        faults = [messages.FieldFault(path=path, message=message) for path, message in self.faults]
        return messages.Problem(code=self.code, message=self.message, faults=faults, pack_for=self.pack_for)


def refusal_of(error: Exception) -> Refusal:
    """Return what the caller sees of an error; of our own mistakes nothing but what it means for the case."""
    match error:
        case CaseFaults():
            faults = tuple((f"case.{fault.path}", _with_hint(fault.message, fault.hint)) for fault in error.faults)
            message = f"not assessed: treat as urgent ({len(faults)} faults in the case)"
            return Refusal(StatusCode.INVALID_ARGUMENT, message, faults)
        case RequestFaults():
            faults = tuple((fault.field, _with_hint(fault.message, fault.hint)) for fault in error.faults)
            code = _REQUEST_CODES.get(type(error), StatusCode.INVALID_ARGUMENT)
            return Refusal(code, f"not done ({len(faults)} faults in the request)", faults)
        case MalformedRequestError():
            return Refusal(StatusCode.INVALID_ARGUMENT, _with_hint(error.message, error.hint))
        case NotRecordedError():
            return Refusal(StatusCode.UNAVAILABLE, _with_hint(error.message, error.hint))
        case RequestReusedError():
            return Refusal(StatusCode.ALREADY_EXISTS, _with_hint(error.message, error.hint))
        case UnknownReleaseError() | UnknownDecisionError():
            return Refusal(StatusCode.NOT_FOUND, _with_hint(error.message, error.hint))
        case ReleaseFaults() | NotAssessedError() | TaxatieError():
            pack_for = error.release if isinstance(error, OtherVocabularyError) else ""
            return Refusal(StatusCode.FAILED_PRECONDITION, _with_hint(error.message, error.hint), pack_for=pack_for)
        case _:
            return Refusal(StatusCode.INTERNAL, "not assessed: treat as urgent (the service failed)")


def _with_hint(message: str, hint: str | None) -> str:
    return f"{message}: {hint}" if hint else message
