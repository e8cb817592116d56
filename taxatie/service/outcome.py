"""Record that something that a decision promised was done, so that what is open can be followed."""

from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches

from taxatie.engine.deadlines import in_amsterdam
from taxatie.errors.problem import RequestFault
from taxatie.ledger.entry import EntryKind
from taxatie.service.actors import faults_of_actor, read_actor
from taxatie.service.deeds import Deed, Desk, Sought, deed_of
from taxatie.service.record import Caller
from taxatie.service.standing import Done, Promise, Standing, is_answered
from taxatie.wire.deed_record import Decided, OutcomeRecord, read_outcome
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from taxatie.wire.outcome_messages import outcome_to_message


@dataclass(frozen=True, slots=True)
class OutcomeRecorder:
    """Puts outcomes on record."""

    desk: Desk

    async def record(self, request: messages.RecordOutcomeRequest, caller: Caller) -> messages.RecordOutcomeResponse:
        """Return when it was due and whether it was late; to a request that came before, the same answer again.

        Raises:
            RequestFaults: With everything that is wrong with the request.
            DeedNotRecordedError: When it is not on record for certain.
        """
        deed = deed_of(EntryKind.OUTCOME, request, request.request_id, caller)
        earlier = await self.desk.earlier(deed)
        if earlier is not None:
            return outcome_to_message(read_outcome(earlier))
        sought = await self.desk.seek(request.decision)
        earlier = await self.desk.settled(deed, sought)
        if earlier is not None:
            return outcome_to_message(read_outcome(earlier))
        decided, standing = self._checked(request, deed, sought)
        record = self._made(request, deed, decided, standing)
        written = await self.desk.append(deed, record, decided)
        if not written.is_new:
            earlier = await self.desk.earlier(deed)
            assert earlier is not None, "the log said that it is there"
            record = read_outcome(earlier)
        return outcome_to_message(record)

    def _checked(self, request: messages.RecordOutcomeRequest, deed: Deed, sought: Sought) -> tuple[Decided, Standing]:
        """Return the decision, or refuse the request with everything that is wrong."""
        today = in_amsterdam(self.desk.clock.now()).date()
        sought.refuse([*_faults(request, sought.standing, today), *deed.faults()])
        assert sought.decided is not None, "what was not found was refused"
        assert sought.standing is not None, "what was not found was refused"
        return sought.decided, sought.standing

    def _made(
        self, request: messages.RecordOutcomeRequest, deed: Deed, decided: Decided, standing: Standing
    ) -> OutcomeRecord:
        beginning, now = self.desk.begin(deed, decided)
        day = None if request.not_done else date.fromisoformat(request.done_on)
        before = standing.done.get(request.action)
        due = _due(standing, request.action, day)
        return OutcomeRecord(
            **beginning,
            by=read_actor(request.by),
            release=decided.release,
            action=request.action,
            done_on=day,
            due=due.isoformat(),
            late=(in_amsterdam(now).date() if day is None else day) > due.date(),
            corrects=None if before is None else before.outcome,
            level=standing.level,
            floor=standing.floor,
        )


def _promises(standing: Standing, action: str) -> list[Promise]:
    return [promise for promise in standing.promises if promise.action == action]


def _due(standing: Standing, action: str, day: date | None) -> datetime:
    """Return when it was due: the earliest moment that was still open; of a correction the earliest it answers."""
    promises = _promises(standing, action)
    if day is not None:
        done = Done("", action, day, standing.place, max(each.place for each in promises) + 1)
        answered = [each for each in promises if is_answered(each, [done])]
        still_open = [each for each in answered if not is_answered(each, standing.done.values())]
        promises = still_open or answered
    return min(promise.due for promise in promises)


def _faults(request: messages.RecordOutcomeRequest, standing: Standing | None, today: date) -> list[RequestFault]:
    """Return what is wrong with a request, in the order of its fields; the decision's own fault apart."""
    faults = []
    if standing is not None:
        faults += _faults_of_action(request.action, standing)
    elif not request.action:
        faults.append(RequestFault("action", "what was done is not said"))
    since = None
    if standing is not None and not faults:
        since = min(promise.since for promise in _promises(standing, request.action))
    faults += _faults_of_day(request, since, today)
    if request.HasField("by"):
        faults += faults_of_actor("by", request.by)
    else:
        faults.append(RequestFault("by", "who says this is not said", "a role and an opaque id"))
    if request.not_done and standing is not None and since is not None and _is_open(standing, request.action):
        faults.append(RequestFault("not_done", "no outcome says that it was done"))
    return faults


def _faults_of_action(action: str, standing: Standing) -> list[RequestFault]:
    known = list(dict.fromkeys(promise.action for promise in standing.promises))
    if action in known:
        return []
    close = get_close_matches(action, known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else "one of " + ", ".join(f"`{each}`" for each in known)
    return [RequestFault("action", "neither the decision nor an override of it asks for this", hint)]


def _faults_of_day(request: messages.RecordOutcomeRequest, since: date | None, today: date) -> list[RequestFault]:
    if request.not_done:
        said = "a day on which it was done, though it was not done" if request.done_on else None
        return [] if said is None else [RequestFault("done_on", said, "leave one of the two out")]
    try:
        day = date.fromisoformat(request.done_on)
    except ValueError:
        day = None
    if day is None or day.isoformat() != request.done_on:
        return [RequestFault("done_on", "this is no date", "as `2026-03-31`")]
    if day > today:
        return [RequestFault("done_on", "this day is still to come", "an outcome says what was done")]
    if since is not None and day < since:
        return [RequestFault("done_on", f"it was asked for on {since}, after this day")]
    return []


def _is_open(standing: Standing, action: str) -> bool:
    done = standing.done.get(action)
    return done is None or done.day is None
