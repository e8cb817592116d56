"""The methods of the AuditService: reaching decisions again, for somebody who says why."""

from typing import NoReturn

from taxatie.errors.problem import TaxatieError
from taxatie.server.calls import Calls, Method
from taxatie.service.audit import Auditor
from taxatie.service.record import Caller
from taxatie.wire.generated.taxatie.v1 import audit_pb2


def audit_methods(calls: Calls, auditor: Auditor | None) -> dict[str, Method]:
    """Return the methods; where nothing is recorded, each says so."""
    answer = _refuse if auditor is None else auditor.replay
    return {"ReplayDecision": calls.recorded("ReplayDecision", audit_pb2.ReplayDecisionRequest, answer)}


async def _refuse(_request: object, _caller: Caller) -> NoReturn:
    raise TaxatieError("no decision is on record here", hint="serve with `--ledger required`")
