"""What people do with decisions, through the client: tried again on its own, and recorded once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from taxatie.client import Client, RefusedError, case_message
from taxatie.client.request_ids import with_id
from taxatie.ledger.entry import EntryKind
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from tests.server.deciding import INTAKE, SMALL, lines
from tests.server.running import MOMENT, running


def _talk(address: str) -> dict[str, object]:
    with Client(address) as client:
        decision = client.assess(case_message({"case": "c-1", "reference_time": MOMENT})).decision
        override = client.record_override(
            messages.RecordOverrideRequest(decision=decision, level="immediate", by=INTAKE)
        )
        outcome = client.record_outcome(
            messages.RecordOutcomeRequest(decision=decision, action="call_police", done_on="2026-03-02", by=INTAKE)
        )
        with pytest.raises(RefusedError) as lowered:
            client.record_override(messages.RecordOverrideRequest(decision=decision, level="advise", by=INTAKE))
        with pytest.raises(RefusedError) as undone:
            client.record_outcome(messages.RecordOutcomeRequest(decision=decision, action="mediation", by=INTAKE))
        return {
            "level": override.level,
            "release": override.release,
            "late": outcome.late,
            "lowered": [path for path, _ in lowered.value.faults],
            "undone": undone.value.code,
        }


def test_the_client_without_asyncio_records_as_well(tmp_path: Path) -> None:
    """And the log has a request id of each, so that a retry would be found."""

    async def serve() -> dict[str, object]:
        async with running(rulesets=SMALL, ledger=tmp_path) as server:
            with ThreadPoolExecutor(1) as pool:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(pool, _talk, f"127.0.0.1:{server.port}")

    assert asyncio.run(serve()) == {
        "level": "immediate",
        "release": "one",
        "late": False,
        "lowered": ["reason", "second"],
        "undone": grpc.StatusCode.INVALID_ARGUMENT,
    }
    deeds = [line.entry for line in lines(tmp_path)[2:]]
    assert [entry.kind for entry in deeds] == [EntryKind.OVERRIDE, EntryKind.OUTCOME]
    assert None not in {entry.request for entry in deeds}


def test_a_request_keeps_the_id_it_has_and_else_gets_one_of_its_own() -> None:
    """The caller's own message stays as it was: sent again, it is another request."""
    named = messages.RecordOverrideRequest(request_id="r-1")
    override, outcome = messages.RecordOverrideRequest(), messages.RecordOutcomeRequest()

    assert with_id(named).request_id == "r-1"
    assert with_id(override).request_id != with_id(override).request_id
    assert with_id(outcome).request_id
    assert with_id(messages.RecordOutcomeRequest(request_id="r-2")).request_id == "r-2"
    assert (override.request_id, outcome.request_id) == ("", "")
