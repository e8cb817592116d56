"""Ids of requests: what is tried again on its own must be recorded once."""

import uuid
from typing import TypeVar

from taxatie.wire.generated.taxatie.v1 import assessment_pb2, decision_pb2

R = TypeVar("R", assessment_pb2.AssessRequest, decision_pb2.RecordOverrideRequest, decision_pb2.RecordOutcomeRequest)


def with_id(request: R) -> R:
    """Return the request with an id of its own, unless it has one."""
    identified = type(request)()
    identified.CopyFrom(request)
    identified.request_id = request.request_id or str(uuid.uuid4())
    return identified
