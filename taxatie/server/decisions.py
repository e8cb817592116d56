"""The methods of the DecisionService: what people do with decisions afterwards, on record before it is answered."""

from typing import NoReturn

from taxatie.errors.problem import TaxatieError
from taxatie.server.calls import Calls, Method
from taxatie.service.deeds import Desk
from taxatie.service.outcome import OutcomeRecorder
from taxatie.service.override import OverrideRecorder
from taxatie.service.record import Caller, Recorder
from taxatie.wire.generated.taxatie.v1 import decision_pb2


def decision_methods(calls: Calls, recorder: Recorder | None) -> dict[str, Method]:
    """Return the methods; where nothing is recorded, each says so."""
    override, outcome = decision_pb2.RecordOverrideRequest, decision_pb2.RecordOutcomeRequest
    if recorder is None:
        return {
            "RecordOverride": calls.recorded("RecordOverride", override, _refuse),
            "RecordOutcome": calls.recorded("RecordOutcome", outcome, _refuse),
        }
    desk = Desk(recorder.releases, recorder.clock, recorder.log, recorder.retention)
    return {
        "RecordOverride": calls.recorded("RecordOverride", override, OverrideRecorder(desk).record),
        "RecordOutcome": calls.recorded("RecordOutcome", outcome, OutcomeRecorder(desk).record),
    }


async def _refuse(_request: object, _caller: Caller) -> NoReturn:
    raise TaxatieError("no decision is on record here", hint="serve with `--ledger required`")
