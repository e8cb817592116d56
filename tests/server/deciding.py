"""Decisions over a real connection and what people do with them: what tests of both share."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from taxatie.client import AsyncClient, RefusedError, case_message
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import verify_log
from taxatie.wire.generated.taxatie.v1 import assessment_pb2
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from tests.server.running import MOMENT, ROOT, KeptLog, running

SMALL = ROOT / "tests" / "data" / "small"
INTAKE = messages.Actor(role="intake", id="0198c2a4-7d1e-7b44-9c1a-3f6f0a2b9d11")
SENIOR = messages.Actor(role="senior", id="5e8f00aa5e8f00aa")
REQUEST = "5f0c7c1e-1c1d-4a53-8a27-6a1d6a0a5f11"
T = TypeVar("T")


def served(ledger: Path, use: Callable[[AsyncClient], Awaitable[T]], log: KeptLog | None = None) -> T:
    """Return what *use* makes of a client of a running server."""

    async def serve() -> T:
        async with (
            running(rulesets=SMALL, ledger=ledger, log=log) as server,
            AsyncClient(f"127.0.0.1:{server.port}") as client,
        ):
            return await use(client)

    return asyncio.run(serve())


async def urgent(client: AsyncClient, **parts: object) -> assessment_pb2.AssessResponse:
    """Return a decision of level `urgent`, which one rule gives."""
    strangled = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}
    case = {"case": "c-1", "reference_time": MOMENT, "region": "noord", "persons": [strangled], **parts}
    decided = await client.assess(case_message(case))
    assert decided.level == "urgent"
    return decided


def an_override(decision: str, level: str, **parts: object) -> messages.RecordOverrideRequest:
    """Return a request by somebody of the intake."""
    return messages.RecordOverrideRequest(**{"decision": decision, "level": level, "by": INTAKE, **parts})  # type: ignore[arg-type]


def agreed(decision: str, level: str) -> messages.RecordOverrideRequest:
    """Return a request with all that lowering needs."""
    return an_override(decision, level, second=SENIOR, reason=messages.OVERRIDE_REASON_DANGER_ENDED)


async def refusal(answer: Awaitable[object]) -> RefusedError:
    """Return why there is no answer."""
    with pytest.raises(RefusedError) as caught:
        await answer
    return caught.value


def lines(ledger: Path) -> list[Kept]:
    """Return the whole log, after verifying it."""
    place = LogPlace(ledger)
    store = read_store(place)
    try:
        assert verify_log(store, place.checkpoint_files).faults == ()
        return list(map(open_stored, store.lines()))
    finally:
        store.close()
