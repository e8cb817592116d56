"""Ids of requests: what is tried again on its own must be recorded once."""

import uuid

from taxatie.wire.generated.taxatie.v1 import decision_pb2


def override_with_id(request: decision_pb2.RecordOverrideRequest) -> decision_pb2.RecordOverrideRequest:
    """Return the request with an id of its own, unless it has one."""
    identified = decision_pb2.RecordOverrideRequest()
    identified.CopyFrom(request)
    identified.request_id = request.request_id or str(uuid.uuid4())
    return identified


def outcome_with_id(request: decision_pb2.RecordOutcomeRequest) -> decision_pb2.RecordOutcomeRequest:
    """Return the request with an id of its own, unless it has one."""
    identified = decision_pb2.RecordOutcomeRequest()
    identified.CopyFrom(request)
    identified.request_id = request.request_id or str(uuid.uuid4())
    return identified
