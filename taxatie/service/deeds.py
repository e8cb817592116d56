"""What overrides and outcomes share: recognising a retry, finding the decision as it stands, and putting on record."""

import hashlib
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Final, TypedDict, TypeVar

from google.protobuf.message import Message

from taxatie.errors.problem import (
    DecisionOutOfReachFaults,
    DeedNotRecordedError,
    RequestFault,
    RequestFaults,
    RequestReusedFaults,
    UnknownDecisionFaults,
)
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import EntryId, is_entry_id
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.service.ports import Clock, DecisionLog, Releases
from taxatie.service.record import Caller, Retention
from taxatie.service.standing import Standing, stand_after, standing_of
from taxatie.terms.case import Mode
from taxatie.wire.deed_record import (
    OUTCOME_FORMAT,
    OVERRIDE_FORMAT,
    AskedDigest,
    Decided,
    OutcomeRecord,
    OverrideRecord,
    TracePart,
    read_decided,
)

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
ID_HINT: Final = "the answer to `Assess` has it as `decision`"
_FORMATS: Final = {EntryKind.OVERRIDE: OVERRIDE_FORMAT, EntryKind.OUTCOME: OUTCOME_FORMAT}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deed:
    """A request to record what somebody did: of which kind, and who calls."""

    kind: EntryKind
    request_id: str
    digest: str
    """Of the whole request, by which a retry is told from another request under the same id."""
    caller: Caller

    @property
    def tag(self) -> str | None:
        """By what a retry of the caller is found; None where no retry is foreseen."""
        if not self.request_id:
            return None
        return hashlib.sha256(f"{self.kind}\n{self.caller.pseudonym}\n{self.request_id}".encode()).hexdigest()

    def faults(self) -> list[RequestFault]:
        """Return what is wrong with the id of the request."""
        if not self.request_id or REQUEST_ID.fullmatch(self.request_id):
            return []
        return [RequestFault("request_id", "it is no opaque id", "send a UUID")]


def deed_of(kind: EntryKind, request: Message, request_id: str, caller: Caller) -> Deed:
    """Return what came in, as it is recognised again."""
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
    return Deed(kind, request_id, digest, caller)


@dataclass(frozen=True, slots=True)
class Sought:
    """A decision that was named: as it is and as it stands, or why not."""

    decided: Decided | None = None
    standing: Standing | None = None
    fault: RequestFault | None = None
    gravest: type[RequestFaults] = RequestFaults
    requests: frozenset[str] = frozenset()
    """The requests that did something with it, by their tags."""

    def refuse(self, faults: list[RequestFault]) -> None:
        """Refuse the request if anything is wrong with it: all at once, under what is gravest.

        Raises:
            RequestFaults: With every fault.
        """
        found = faults if self.fault is None else [self.fault, *faults]
        if found:
            raise self.gravest(tuple(found))


class Beginning(TypedDict):
    """What every record begins with."""

    format: str
    id: EntryId
    at: str
    reference: str | None
    about: str
    caller: str
    asked: AskedDigest
    trace_context: TracePart | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Finds decisions and puts on record what was done with them."""

    releases: Releases
    clock: Clock
    log: DecisionLog
    retention: Retention

    async def earlier(self, deed: Deed) -> Mapping[str, object] | None:
        """Return what is on record for this request already.

        Raises:
            RequestFaults: When it was another request, or what was recorded has been erased.
        """
        if deed.tag is None or deed.faults():
            return None
        kept = await _reached(self.log.find_request(deed.tag))
        if kept is None:
            return None
        if kept.payload is None:
            fault = RequestFault("request_id", "it was recorded before, and has been erased with its decision")
            raise DecisionOutOfReachFaults((fault,))
        asked = kept.payload["asked"]
        assert isinstance(asked, Mapping), "a record says how it was asked for"
        if asked["digest"] != deed.digest:
            fault = RequestFault("request_id", "the id came before, with another request", "take a new id")
            raise RequestReusedFaults((fault,))
        return kept.payload

    async def seek(self, decision: str) -> Sought:
        """Return the decision of that id as it stands now, or what is wrong with the id."""
        if not is_entry_id(decision):
            return _not_found("this is no id of a decision", ID_HINT, RequestFaults)
        kept = await _reached(self.log.find(EntryId(decision)))
        if kept is None:
            return _not_found("no decision of this log has this id", ID_HINT, UnknownDecisionFaults)
        if kept.entry.kind is not EntryKind.DECISION:
            about = kept.entry.about
            hint = ID_HINT if about is None else f"it is about the decision `{about}`"
            return _not_found(f"this is no decision but an entry of kind `{kept.entry.kind}`", hint, RequestFaults)
        deeds = [each for each in await _reached(self.log.linked(kept.entry.id)) if each.entry.kind in _FORMATS]
        if kept.payload is None or any(each.is_erased for each in deeds):
            return _not_found("the decision has been erased", "assess the case anew", DecisionOutOfReachFaults)
        decided = read_decided(kept.payload)
        standing = reduce(stand_after, deeds, standing_of(decided, kept.entry.place))
        requests = frozenset(each.entry.request for each in deeds if each.entry.request is not None)
        return Sought(decided, standing, requests=requests)

    async def settled(self, deed: Deed, sought: Sought) -> Mapping[str, object] | None:
        """Return what this very request put on record while it came in a second time, once that is bound.

        Raises:
            RequestFaults: When it was another request.
        """
        if deed.tag is None or deed.tag not in sought.requests:
            return None
        now = self.clock.now()
        written = await _reached(self.log.append(Draft(fresh_id(now), deed.kind, utc_text(now), request=deed.tag)))
        assert not written.is_new, "the log showed a line of this request"
        return await self.earlier(deed)

    def begin(self, deed: Deed, decided: Decided) -> tuple[Beginning, datetime]:
        """Return how the record of a deed begins, and the moment that is noted: of an advice the hour."""
        now = self.clock.now()
        if decided.case.mode is Mode.ADVICE:
            now = now.replace(minute=0, second=0, microsecond=0)
        context = deed.caller.trace_context
        trace = None if context is None else TracePart(traceparent=context.traceparent, tracestate=context.tracestate)
        beginning = Beginning(
            format=_FORMATS[deed.kind],
            id=fresh_id(now),
            at=utc_text(now),
            reference=decided.reference,
            about=decided.id,
            caller=deed.caller.pseudonym,
            asked=AskedDigest(digest=deed.digest),
            trace_context=trace,
        )
        return beginning, now

    async def append(self, deed: Deed, record: OverrideRecord | OutcomeRecord, decided: Decided) -> Written:
        """Put a record in the log, sealed like its decision and kept as long."""
        draft = Draft(
            id=EntryId(record.id),
            kind=deed.kind,
            at=record.at,
            about=EntryId(record.about),
            release=decided.release.digest,
            request=deed.tag,
            payload=canonical_bytes(record.to_json()),
            case_reference=record.reference,
            keep_until=self.retention.until(decided.case.mode, date.fromisoformat(decided.at[:10])),
        )
        return await _reached(self.log.append(draft))


def _not_found(message: str, hint: str, gravest: type[RequestFaults]) -> Sought:
    return Sought(fault=RequestFault("decision", message, hint), gravest=gravest)


async def _reached(answer: Awaitable[T]) -> T:
    """Return what the log answers.

    Raises:
        DeedNotRecordedError: When it does not.
    """
    try:
        return await answer
    except LedgerUnavailableError as error:
        raise DeedNotRecordedError("the log cannot be reached", hint="try again with the same `request_id`") from error
