"""A log of real decisions, for tests of `taxatie log`."""

import asyncio
from pathlib import Path

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.deeds import Desk
from taxatie.service.override import OverrideRecorder
from taxatie.service.record import Retention
from taxatie.service.releases import FolderReleases
from taxatie.wire.generated.taxatie.v1 import decision_pb2
from tests.replay.recording import CALLER, NOW, SMALL, At, a_request, record

AUDIT = ("--purpose", "audit", "--role", "auditor")
TWO = ("--reason", "data_subject_request", "--role", "privacy-officer", "--second-role", "case-owner")
UNKNOWN = "01900000-0000-7000-8000-000000000000"


def a_log(folder: Path) -> list[str]:
    """Write a log of a report of violence, which is overridden, a plain report and an advice; return their ids."""
    strangled = a_request(persons=[{"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}])
    names = record(folder, [strangled, a_request(case="c-2", region="noord"), a_request(case=None, mode="advice")])
    override(folder, names[0])
    return names


def override(folder: Path, decision: str) -> None:
    """Let somebody raise a decision."""
    releases = FolderReleases(ReleaseFolder(SMALL), SMALL, allows_drafts=True)
    request = decision_pb2.RecordOverrideRequest(
        decision=decision, level="immediate", by=decision_pb2.Actor(role="intake", id="5e8f00aa5e8f00aa")
    )

    async def act() -> None:
        place = LogPlace(folder)
        log = ServingLog(open_log(place, "taxatie/tests", NOW), read_store(place))
        try:
            await OverrideRecorder(Desk(releases, At(), log, Retention(14, 20))).record(request, CALLER)
        finally:
            await log.close()

    asyncio.run(act())


def kept(folder: Path) -> list[Kept]:
    """Return all lines of a log."""
    store = read_store(LogPlace(folder))
    try:
        return list(map(open_stored, store.lines()))
    finally:
        store.close()


def looks(folder: Path) -> list[Kept]:
    """Return the lines that say who looked."""
    return [each for each in kept(folder) if each.entry.kind is EntryKind.ACCESS]
