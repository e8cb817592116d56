"""Assess a case and put the decision on record: nobody is answered before the record is durable."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

from taxatie.errors.problem import (
    ErasedError,
    NotAssessedError,
    NotRecordedError,
    RequestReusedError,
)
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.kept import Kept
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.service.answer import (
    Answered,
    Outcome,
    answer_case,
    audience_of,
    detail_of,
    give_way,
    language_of,
    read_request,
)
from taxatie.service.guard import Checked, Guard
from taxatie.service.ports import Clock, DecisionLog, Releases
from taxatie.terms.case import Mode
from taxatie.wire.case_reader import read_case
from taxatie.wire.decision_record import (
    Asked,
    Circumstances,
    TraceContext,
    decision_to_json,
    reference_of,
)
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.problems import MalformedRequestError

Ending: TypeAlias = Coroutine[object, object, messages.AssessResponse]
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the pseudonym of a system, and the trace that its call belongs to."""

    pseudonym: str
    trace_context: TraceContext | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long payloads are kept; their digests stay for ever."""

    advice_days: int
    """An advice holds no names, and is kept for questions afterwards only."""
    report_years: int
    """As long as the file at Veilig Thuis: 20 years by default (rijksoverheid.nl, Wmo 2015 and Jeugdwet)."""

    def until(self, mode: Mode, day: date) -> str:
        """Return the last date on which the payload of a decision of *day* is kept."""
        if mode is Mode.ADVICE:
            return (day + timedelta(days=self.advice_days)).isoformat()
        is_leap_day = (day.month, day.day) == (2, 29)
        return day.replace(year=day.year + self.report_years, day=28 if is_leap_day else day.day).isoformat()


@dataclass(frozen=True, slots=True)
class Recorder:
    """Assesses cases, each decision on record before it is answered."""

    releases: Releases
    clock: Clock
    log: DecisionLog
    engine: Mapping[str, str]
    """What computes: its name, the versions of taxatie and of Python."""
    retention: Retention
    guard: Guard | None = None
    """Checks each decision on the second engine."""

    async def assess(self, request: messages.AssessRequest, caller: Caller) -> messages.AssessResponse:
        """Return the answer to a request; to one that came before, the same answer again.

        Raises:
            CaseFaults: With everything that is wrong with the case.
            NotRecordedError: When the decision is not on record for certain.
            NotAssessedError: When there is no release to assess it under.
        """
        tag = _request_tag(request, caller)
        earlier = None if tag is None else await self._find(tag)
        if earlier is not None:
            return await self._answer_again(earlier, request)
        assessor, case, now = read_request(self.releases, self.clock, request)
        answered = answer_case(assessor, case, request)
        draft = self._draft(answered, request, (caller, tag, now))
        written = await self._append(draft)
        if not written.is_new:
            earlier = await self._find(str(tag))
            assert earlier is not None, "the log said that it is there"
            return await self._answer_again(earlier, request)
        return await self._told(answered, written, draft.keep_until, request)

    async def assess_together(
        self, requests: Sequence[messages.AssessRequest], caller: Caller, turn: asyncio.Lock
    ) -> list[Outcome]:
        """Return what becomes of each request; they are decided in their turn, and become durable together."""
        endings = []
        async with turn:
            for number, request in enumerate(requests, start=1):
                endings.append(self._begun(request, caller))
                await give_way(number, request)
        return await asyncio.gather(*(end() for end in endings), return_exceptions=True)

    def _begun(self, request: messages.AssessRequest, caller: Caller) -> Callable[[], Ending]:
        """Answer a request as far as it goes without the log, and return what is left to be done."""
        if request.request_id:
            return partial(self.assess, request, caller)
        try:
            assessor, case, now = read_request(self.releases, self.clock, request)
            answered = answer_case(assessor, case, request)
            draft = self._draft(answered, request, (caller, None, now))
        except Exception as error:  # noqa: BLE001  # a fault in one takes none of the others along
            return partial(_fail, error)
        return partial(self._recorded, answered, draft, request)

    async def _recorded(
        self, answered: Answered, draft: Draft, request: messages.AssessRequest
    ) -> messages.AssessResponse:
        return await self._told(answered, await self._append(draft), draft.keep_until, request)

    async def _told(
        self, answered: Answered, written: Written, keep_until: str | None, request: messages.AssessRequest
    ) -> messages.AssessResponse:
        """Return the answer to a decision that is on record."""
        answered.response.decision = written.entry.id
        if self.guard is not None:
            await self.guard.see(Checked(written.entry.id, answered, keep_until), request)
        return answered.response

    def _draft(
        self, answered: Answered, request: messages.AssessRequest, by: tuple[Caller, str | None, datetime]
    ) -> Draft:
        caller, tag, now = by
        case, program, assessed = answered.case, answered.program, answered.assessed
        entry = fresh_id(now)
        circumstances = Circumstances(
            id=entry,
            at=utc_text(now),
            caller=caller.pseudonym,
            asked=_asked(request),
            # An advice identifies nobody; a trace leads to the calling system's own lines, with their times.
            trace_context=None if case.mode is Mode.ADVICE else caller.trace_context,
            engine=self.engine,
        )
        decided = (assessed.internal, assessed.trace, assessed.explanation)
        return Draft(
            id=entry,
            kind=EntryKind.DECISION,
            at=circumstances.at,
            release=program.digest,
            request=tag,
            payload=canonical_bytes(decision_to_json(program, case, decided, circumstances)),
            case_reference=reference_of(case),
            keep_until=self.retention.until(case.mode, now.date()),
        )

    async def _answer_again(self, earlier: Kept, request: messages.AssessRequest) -> messages.AssessResponse:
        """Return the answer that the decision on record got: the same case under the same release."""
        if earlier.payload is None:
            raise ErasedError("this request was decided before, and the decision has been erased")
        record = earlier.payload
        asked, release, case = record["asked"], record["release"], record["case"]
        assert isinstance(asked, dict), "a record says how it was asked for"
        assert isinstance(release, dict), "a record names its release"
        assert isinstance(case, dict), "a record holds its case"
        if asked["digest"] != _request_digest(request):
            raise RequestReusedError("the request id came before, with another request", hint="take a new id")
        assessor = self.releases.named(str(release["name"]))
        if assessor.program.digest != release["digest"]:
            raise NotAssessedError("this request was decided before, under a release that has changed since")
        answered = answer_case(assessor, read_case(assessor.program, case), request)
        answered.response.decision = earlier.entry.id
        if self.guard is not None and self.guard.is_required:
            await self.guard.see(Checked(earlier.entry.id, answered, None), request)
        return answered.response

    async def _find(self, tag: str) -> Kept | None:
        try:
            return await self.log.find_request(tag)
        except LedgerUnavailableError as error:
            raise _not_recorded() from error

    async def _append(self, draft: Draft) -> Written:
        try:
            return await self.log.append(draft)
        except LedgerUnavailableError as error:
            raise _not_recorded() from error


async def _fail(error: Exception) -> messages.AssessResponse:
    raise error


def _not_recorded() -> NotRecordedError:
    return NotRecordedError("the decision could not be put on record", hint="try again with the same `request_id`")


def _request_tag(request: messages.AssessRequest, caller: Caller) -> str | None:
    """Return the digest by which a retry of the caller is recognised; None where no retry is foreseen."""
    if not request.request_id:
        return None
    if not _REQUEST_ID.fullmatch(request.request_id):
        raise MalformedRequestError("`request_id` is no opaque id", hint="send a UUID")
    return hashlib.sha256(f"{caller.pseudonym}\n{request.request_id}".encode()).hexdigest()


def _request_digest(request: messages.AssessRequest) -> str:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()


def _asked(request: messages.AssessRequest) -> Asked:
    return Asked(
        digest=_request_digest(request),
        release=request.release or None,
        retrospective=request.retrospective,
        detail=str(detail_of(request)),
        audience=str(audience_of(request)),
        language=str(language_of(request.language)),
    )
