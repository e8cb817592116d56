"""Reach one decision of the log again, for somebody who says why: that they looked is on record before they see it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from taxatie.engine.evaluator import EngineName
from taxatie.errors.problem import (
    NotAssessedError,
    NothingShownError,
    RequestFault,
    RequestFaults,
    TaxatieError,
    UnknownDecisionFaults,
)
from taxatie.explain.assessor import Assessor
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.identity import EntryId, is_entry_id
from taxatie.ledger.kept import Kept
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.registry.folder import ReleaseFolder
from taxatie.replay.other_release import Reassessed, reassess_all
from taxatie.replay.releases_then import ReleasesThen
from taxatie.replay.replay import Replayer
from taxatie.replay.replayed import Replayed
from taxatie.replay.sources import Found
from taxatie.service.access import Looking, access_draft, faults_of_looking
from taxatie.service.answer import language_of
from taxatie.service.audit_messages import PURPOSES, replay_to_message
from taxatie.service.engines import build_engine, engine_versions
from taxatie.service.ports import Clock, DecisionLog
from taxatie.service.record import Caller
from taxatie.wire.generated.taxatie.v1 import audit_pb2 as messages

_ID_HINT: Final = "the answer to `Assess` has it as `decision`"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A replay that was asked for, and found in order."""

    decision: EntryId
    release: str
    """Another release; empty for the one that decided."""
    engine: EngineName
    looking: Looking


@dataclass(slots=True)
class Auditor:
    """Replays decisions of the log; one at a time, beside the service's own work.

    The rulesets folder is read for each of them as it is then: releases that are no longer served lie there, too, and
    what was published a minute ago can be asked for.
    """

    rulesets: Path
    clock: Clock
    log: DecisionLog
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def replay(self, request: messages.ReplayDecisionRequest, caller: Caller) -> messages.ReplayDecisionResponse:
        """Return what becomes of a decision, once it is on record who looks at it, and why.

        Raises:
            RequestFaults: With everything that is wrong with the request.
            NothingShownError: When it is not on record who looks, or the log cannot be read.
        """
        wanted = self._read(request, caller)
        looked_at = {"replay": wanted.decision, "release": wanted.release or None, "engine": str(wanted.engine)}
        draft = access_draft(wanted.looking, looked_at, self.clock.now(), wanted.decision)
        await _reached(self.log.append(draft), "who looks could not be put on record")
        kept = await _reached(self.log.find(wanted.decision), "the log cannot be read")
        found = _decision(kept)
        async with self._turn:
            ended = await asyncio.to_thread(partial(self._replay, found, wanted))
        return replay_to_message(ended, language_of(request.language))

    def _read(self, request: messages.ReplayDecisionRequest, caller: Caller) -> Wanted:
        purpose = PURPOSES.get(request.purpose)
        faults = []
        if not is_entry_id(request.decision):
            faults.append(RequestFault("decision", "this is no id of a decision", _ID_HINT))
        if request.release and request.release not in ReleaseFolder(self.rulesets).names():
            faults.append(RequestFault("release", "there is no such release", "ListReleases names them"))
        if request.engine and request.engine not in set(EngineName):
            hint = "one of " + ", ".join(f"`{name}`" for name in EngineName)
            faults.append(RequestFault("engine", "there is no such engine", hint))
        faults.extend(faults_of_looking(purpose, request.role))
        if faults or purpose is None:
            raise RequestFaults(tuple(faults))
        return Wanted(
            decision=EntryId(request.decision),
            release=request.release,
            engine=EngineName(request.engine or EngineName.LIVE),
            looking=Looking(purpose, request.role, caller.pseudonym),
        )

    def _replay(self, found: Found, wanted: Wanted) -> Replayed | Reassessed:
        """Return what becomes of the decision; in a thread, since explaining may take seconds."""
        with ReleasesThen(ReleaseFolder(self.rulesets), partial(build_engine, wanted.engine)) as releases:
            other = None if not wanted.release else _named(releases, wanted.release)
            replayer = Replayer(releases, engine_versions(wanted.engine), with_explanations=other is None)
            replayed = replayer.replay(found)
            return replayed if other is None else next(reassess_all([replayed], other))


def _named(releases: ReleasesThen, name: str) -> Assessor:
    try:
        return releases.named(name)
    except NotAssessedError as error:
        raise TaxatieError(f"release `{name}` cannot be loaded", hint="`taxatie check` says why") from error


def _decision(kept: Kept | None) -> Found:
    """Return the decision of a line.

    Raises:
        RequestFaults: When there is none.
    """
    if kept is None:
        raise UnknownDecisionFaults((RequestFault("decision", "no decision of this log has this id", _ID_HINT),))
    entry = kept.entry
    if entry.kind is not EntryKind.DECISION:
        hint = _ID_HINT if entry.about is None else f"it is about the decision `{entry.about}`"
        message = f"this is no decision but an entry of kind `{entry.kind}`"
        raise RequestFaults((RequestFault("decision", message, hint),))
    data = None if kept.payload is None else canonical_bytes(kept.payload)
    return Found(f"line {entry.place}", entry.id, data, digest=entry.release, is_proved=True)


async def _reached(answer: Awaitable[T], otherwise: str) -> T:
    """Return what the log answers.

    Raises:
        NothingShownError: When it does not.
    """
    try:
        return await answer
    except LedgerUnavailableError as error:
        raise NothingShownError(otherwise, hint="try again in a moment") from error
