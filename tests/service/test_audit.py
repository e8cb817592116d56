"""Nothing is shown before it is on record who looks, and why."""

import asyncio
from dataclasses import dataclass, field

import pytest

from taxatie.errors.problem import NothingShownError, RequestFaults, UnknownDecisionFaults
from taxatie.ledger.entry import Draft, EntryKind, entry_of
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.service.access import Purpose, read_looking
from taxatie.service.audit import Auditor
from taxatie.service.record import Caller
from taxatie.wire.generated.taxatie.v1 import audit_pb2
from taxatie.wire.problems import StatusCode, refusal_of
from tests.replay.recording import SMALL, At

DECISION = "01900000-0000-7000-8000-000000000000"
ASKED = audit_pb2.ReplayDecisionRequest(decision=DECISION, purpose=audit_pb2.ACCESS_PURPOSE_AUDIT, role="auditor")


@dataclass
class FailingLog:
    """A log that cannot be written, or not read."""

    can_be_written: bool
    calls: list[str] = field(default_factory=list)

    async def append(self, draft: Draft) -> Written:
        """Write a line, where it can."""
        self.calls.append(f"append {draft.kind} about {draft.about}")
        if not self.can_be_written:
            raise LedgerUnavailableError("the disk is full")
        return Written(entry_of(draft, 0, None), is_new=True)

    async def find(self, entry: EntryId) -> Kept | None:
        """Fail."""
        self.calls.append("find")
        raise LedgerUnavailableError(f"{entry} cannot be read")

    async def find_request(self, request: str) -> Kept | None:
        """Fail."""
        raise AssertionError(request)

    async def linked(self, entry: EntryId) -> tuple[Kept, ...]:
        """Fail."""
        raise AssertionError(entry)


def replay(log: FailingLog, request: audit_pb2.ReplayDecisionRequest) -> None:
    """Ask for a replay."""
    asyncio.run(Auditor(SMALL, At(), log).replay(request, Caller("local")))


def test_if_the_look_cannot_be_recorded_the_decision_is_not_even_sought() -> None:
    """A full disk must not become a way to look unseen."""
    log = FailingLog(can_be_written=False)

    with pytest.raises(NothingShownError) as caught:
        replay(log, ASKED)

    assert log.calls == [f"append {EntryKind.ACCESS} about {DECISION}"]
    refusal = refusal_of(caught.value)
    assert refusal.code is StatusCode.UNAVAILABLE
    assert refusal.message.startswith("nothing is shown (who looks could not be put on record)")


def test_if_the_log_cannot_be_read_nothing_is_shown_either() -> None:
    log = FailingLog(can_be_written=True)

    with pytest.raises(NothingShownError, match="the log cannot be read"):
        replay(log, ASKED)

    assert log.calls[-1] == "find"


def test_a_request_with_faults_touches_the_log_not_at_all() -> None:
    log = FailingLog(can_be_written=True)

    with pytest.raises(RequestFaults) as caught:
        replay(log, audit_pb2.ReplayDecisionRequest())

    assert log.calls == []
    assert [fault.field for fault in caught.value.faults] == ["decision", "purpose", "role"]
    assert not isinstance(caught.value, UnknownDecisionFaults)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_purpose_has_its_code_in_the_protocol(purpose: Purpose) -> None:
    """And the other way round: what the protocol can say is known."""
    looking = read_looking(purpose, "auditor", "local")

    assert audit_pb2.AccessPurpose.Value(f"ACCESS_PURPOSE_{looking.purpose}".upper()) > 0
    assert len(Purpose) == len(audit_pb2.AccessPurpose.keys()) - 1
