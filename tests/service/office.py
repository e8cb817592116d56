"""An office with a log of its own and a clock that is set: where decisions are made and followed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from taxatie.client import case_message
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.verify import verify_log
from taxatie.registry.folder import ReleaseFolder
from taxatie.service.deeds import Desk
from taxatie.service.due import Followed, Overdue, follow, overdue
from taxatie.service.outcome import OutcomeRecorder
from taxatie.service.override import OverrideRecorder
from taxatie.service.ports import DecisionLog
from taxatie.service.record import Caller, Recorder, Retention
from taxatie.service.releases import FolderReleases
from taxatie.wire.generated.taxatie.v1 import assessment_pb2
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages

SMALL = Path(__file__).parents[1] / "data" / "small"
CALLER = Caller("local")
INTAKE = messages.Actor(role="intake", id="5e8f00aa5e8f00aa")
SENIOR = messages.Actor(role="senior", id="0198c2a4-7d1e-7b44-9c1a-3f6f0a2b9d11")
STRANGLED = {"id": "adult-1", "subject": "adult", "answers": {"strangulation": "yes"}}
T = TypeVar("T")


@dataclass
class Office:
    """Decides, overrides and records outcomes at the moment that its clock says."""

    folder: Path
    moment: datetime = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    rulesets: Path = SMALL

    def now(self) -> datetime:
        """Return that moment."""
        return self.moment

    def at(self, day: str) -> "Office":
        """Set the clock to noon of a day in UTC."""
        self.moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        return self

    def assess(self, case: str = "c-1", **parts: object) -> str:
        """Return the id of a decision of level `urgent`, or of another if other persons are given."""
        request = assessment_pb2.AssessRequest(case=case_message(self._plain(case, **parts)))

        async def use(log: ServingLog) -> str:
            recorder = Recorder(self._releases(), self, log, {"name": "live"}, Retention(14, 20))
            return (await recorder.assess(request, CALLER)).decision

        return self._use(use)

    def override(self, decision: str, level: str, **parts: object) -> messages.RecordOverrideResponse:
        """Return the answer to an override by somebody of the intake."""
        said = {"decision": decision, "level": level, "by": INTAKE, **parts}
        request = messages.RecordOverrideRequest(**said)  # type: ignore[arg-type]
        return self._use(lambda log: OverrideRecorder(self.desk(log)).record(request, CALLER))

    def lower(self, decision: str, level: str) -> messages.RecordOverrideResponse:
        """Return the answer to a lowering that two agree on."""
        return self.override(decision, level, second=SENIOR, reason=messages.OVERRIDE_REASON_DANGER_ENDED)

    def outcome(self, decision: str, action: str, done_on: str = "", **parts: object) -> messages.RecordOutcomeResponse:
        """Return the answer to an outcome."""
        said = {"decision": decision, "action": action, "done_on": done_on, "by": INTAKE, **parts}
        request = messages.RecordOutcomeRequest(**said)  # type: ignore[arg-type]
        return self._use(lambda log: OutcomeRecorder(self.desk(log)).record(request, CALLER))

    def desk(self, log: DecisionLog) -> Desk:
        """Return a desk at a log."""
        return Desk(self._releases(), self, log, Retention(14, 20))

    def followed(self, *, keeps_references: bool = False) -> Followed:
        """Return every decision as it stands, once the log was verified."""
        store = read_store(self._place)
        try:
            assert verify_log(store, self._place.checkpoint_files).faults == ()
            return follow(store.lines(), keeps_references=keeps_references)
        finally:
            store.close()

    def due(self, until: str | None = None) -> tuple[Overdue, ...]:
        """Return what is overdue now."""
        return overdue(self.followed(), self.moment, None if until is None else date.fromisoformat(until))

    def open(self, until: str = "2027-12-31") -> list[tuple[str, str]]:
        """Return the actions that are open, with the days on which they are due."""
        return [(row.action, row.due.date().isoformat()) for row in self.due(until)]

    def erase(self, place: int) -> None:
        """Erase the payload at a place, as `taxatie log erase` does."""
        log = open_log(self._place, "test/log", self.moment)
        says = {"places": [[place, place]], "reason": "expired", "by": "privacy-officer", "second": "archivist"}
        log.append([Draft(fresh_id(self.moment), EntryKind.ERASURE, utc_text(self.moment), says=says)])
        log.store.erase([place])
        log.store.close()

    def with_log(self, use: Callable[[ServingLog], Awaitable[T]]) -> T:
        """Return what *use* makes of the log."""
        return self._use(use)

    @property
    def _place(self) -> LogPlace:
        return LogPlace(self.folder)

    def _releases(self) -> FolderReleases:
        return FolderReleases(ReleaseFolder(self.rulesets), SMALL, allows_drafts=True)

    def _plain(self, case: str, **parts: object) -> dict[str, object]:
        plain = {"case": case, "reference_time": self.moment.isoformat(), "persons": [STRANGLED]}
        return {**plain, "everyone_listed": ["adult", "child"], **parts}

    def _use(self, use: Callable[[ServingLog], Awaitable[T]]) -> T:
        async def run() -> T:
            log = ServingLog(open_log(self._place, "test/log", self.moment), read_store(self._place))
            try:
                return await use(log)
            finally:
                await log.close()

        return asyncio.run(run())
