"""Decisions on record, made the way the service makes them: by its recorder, into a real log."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from taxatie.client import case_message
from taxatie.engine.evaluator import EngineName
from taxatie.ledger.kept import open_stored
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replayed import Replayed
from taxatie.replay.sources import WHOLE_LOG, Span, decisions_of
from taxatie.service.engines import build_engine, engine_versions
from taxatie.service.record import Caller, Recorder, Retention
from taxatie.service.releases import FolderReleases
from taxatie.wire.decision_record import TraceContext
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

SMALL = Path(__file__).parent.parent / "data" / "small"
NOW = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
CALLER = Caller("0123456789abcdef", TraceContext(f"00-{'a' * 32}-{'b' * 16}-01", "vendor=1"))


@dataclass(frozen=True)
class At:
    """A clock at which it is always the same moment."""

    moment: datetime = NOW

    def now(self) -> datetime:
        """Return that moment."""
        return self.moment


def a_request(**parts: object) -> messages.AssessRequest:
    """Return a request to assess a case at the standing clock's moment; *parts* are those of the case."""
    plain = {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00", **parts}
    return messages.AssessRequest(case=case_message(plain), retrospective=True)


def violence(**wishes: object) -> messages.AssessRequest:
    """Return a request about a case of violence that somebody heard; *wishes* are about the answer."""
    request = a_request(
        answers={"violence_now": "yes", "heard_through_wall": "yes", "children_involved": "yes"},
        persons=[{"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}],
        history={"searched": True, "events": [{"kind": "threat", "date": "2026-01-10", "reporter": "police"}]},
    )
    for name, value in wishes.items():
        setattr(request, name, value)
    return request


def record(
    folder: Path,
    requests: Iterable[messages.AssessRequest],
    *,
    rulesets: Path = SMALL,
    engine: EngineName = EngineName.LIVE,
    moment: datetime = NOW,
) -> list[str]:
    """Put decisions on record in a log, which begins where there is none; return their ids."""
    place, clock = LogPlace(folder), At(moment)
    releases = FolderReleases(ReleaseFolder(rulesets), rulesets, allows_drafts=True, engine=engine)

    async def serve() -> list[str]:
        log = ServingLog(open_log(place, "taxatie/tests", moment), read_store(place))
        recorder = Recorder(releases, clock, log, engine_versions(engine), Retention(14, 20))
        try:
            return [(await recorder.assess(request, CALLER)).decision for request in requests]
        finally:
            await log.close()

    return asyncio.run(serve())


def replay(
    folder: Path,
    *,
    rulesets: Path = SMALL,
    engine: EngineName = EngineName.LIVE,
    with_explanations: bool = True,
    span: Span = WHOLE_LOG,
) -> list[Replayed]:
    """Return what becomes of the decisions of a log, or of a stretch of it."""
    store = read_store(LogPlace(folder))
    with ReleasesThen(ReleaseFolder(rulesets), lambda program: build_engine(engine, program)) as releases:
        replayer = Replayer(releases, engine_versions(engine), with_explanations)
        try:
            return list(replayer.replay_all(decisions_of(store.lines(span.first), span)))
        finally:
            store.close()


def records(folder: Path) -> list[dict[str, object]]:
    """Return the records of a log as they are kept."""
    store = read_store(LogPlace(folder))
    try:
        kept = [open_stored(line) for line in store.lines()]
    finally:
        store.close()
    return [dict(each.payload) for each in kept if each.payload is not None]
