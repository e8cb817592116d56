"""Record that a human deviates from a decision: raising is free, lowering takes a reason and a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from taxatie.engine.deadlines import Deadlines, in_amsterdam
from taxatie.errors.problem import DecisionOutOfReachFaults, NotAssessedError, RequestFault, RequestFaults
from taxatie.ledger.entry import EntryKind
from taxatie.rules.program import Program
from taxatie.service.actors import faults_of_actor, faults_of_second, read_actor
from taxatie.service.deeds import Deed, Desk, Sought, deed_of
from taxatie.service.record import Caller
from taxatie.service.standing import Standing
from taxatie.terms.names import LevelId, RegionName
from taxatie.terms.vocabulary import Level
from taxatie.wire.assessment_json import moment_text
from taxatie.wire.deed_record import (
    BroughtAction,
    Decided,
    LevelChange,
    Match,
    OverrideRecord,
    read_override,
)
from taxatie.wire.generated.taxatie.v1 import decision_pb2 as messages
from taxatie.wire.override_messages import override_to_message, reason_code

_LOWERING_HINT = "lowering takes a reason, and a second person of another role"


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What an override is made on: the decision as it is and as it stands, and the release that decided."""

    decided: Decided
    standing: Standing
    program: Program


@dataclass(frozen=True, slots=True)
class OverrideRecorder:
    """Puts overrides on record."""

    desk: Desk

    async def record(self, request: messages.RecordOverrideRequest, caller: Caller) -> messages.RecordOverrideResponse:
        """Return what holds from now on; to a request that came before, the same answer again.

        Raises:
            RequestFaults: With everything that is wrong with the request.
            DeedNotRecordedError: When it is not on record for certain.
        """
        deed = deed_of(EntryKind.OVERRIDE, request, request.request_id, caller)
        earlier = await self.desk.earlier(deed)
        if earlier is not None:
            return await self._answer(read_override(earlier))
        sought = await self.desk.seek(request.decision)
        earlier = await self.desk.settled(deed, sought)
        if earlier is not None:
            return await self._answer(read_override(earlier))
        grounds = self._checked(request, deed, sought)
        record = self._made(request, deed, grounds)
        written = await self.desk.append(deed, record, grounds.decided)
        if not written.is_new:
            earlier = await self.desk.earlier(deed)
            assert earlier is not None, "the log said that it is there"
            record = read_override(earlier)
        return await self._answer(record)

    def _checked(self, request: messages.RecordOverrideRequest, deed: Deed, sought: Sought) -> _Grounds:
        """Return what the override is made on, or refuse it with everything that is wrong."""
        program = None
        if sought.standing is not None:
            program = self._program(sought.standing)
            if program is None:
                sought = _without_its_release(sought.standing)
        sought.refuse([*_faults(request, sought.standing, program), *deed.faults()])
        assert sought.decided is not None, "what was not found was refused"
        assert sought.standing is not None, "what was not found was refused"
        assert program is not None, "what has no release was refused"
        return _Grounds(sought.decided, sought.standing, program)

    def _program(self, standing: Standing) -> Program | None:
        """Return the release that decided, to the byte; None where it is not here."""
        try:
            program = self.desk.releases.named(standing.release).program
        except NotAssessedError:
            return None
        return program if program.digest == standing.digest else None

    def _made(self, request: messages.RecordOverrideRequest, deed: Deed, grounds: _Grounds) -> OverrideRecord:
        decided, standing, program = grounds.decided, grounds.standing, grounds.program
        beginning, now = self.desk.begin(deed, decided)
        level = program.levels[program.level_rank(LevelId(request.level))]
        deadlines = _deadlines(program, standing, now)
        return OverrideRecord(
            **beginning,
            by=read_actor(request.by),
            release=decided.release,
            scale=tuple(step.id for step in program.levels),
            level=LevelChange(before=standing.level, after=level.id),
            floor=standing.floor,
            floor_rules=_floor_rules(program, decided),
            second=read_actor(request.second) if request.HasField("second") else None,
            reason=reason_code(request.reason),
            actions=_brought(program, level, standing, deadlines),
            valid_until=moment_text(min(standing.valid_until, deadlines.after(level.valid_for))),
        )

    async def _answer(self, record: OverrideRecord) -> messages.RecordOverrideResponse:
        """Return the answer, unless somebody raised the level while this was written."""
        standing = (await self.desk.seek(record.about)).standing
        if standing is not None and record.id in standing.uncounted:
            message = (
                f"it was raised to `{standing.level}` in the meantime; this override is on record, and does not count"
            )
            raise RequestFaults((RequestFault("level", message, f"{_LOWERING_HINT}; take a new `request_id`"),))
        return override_to_message(record)


def _without_its_release(standing: Standing) -> Sought:
    message = f"the release that decided, `{standing.release}`, is not here as it was"
    fault = RequestFault("decision", message, "assess the case anew: it gets a decision that can be overridden")
    return Sought(fault=fault, gravest=DecisionOutOfReachFaults)


def _faults(
    request: messages.RecordOverrideRequest, standing: Standing | None, program: Program | None
) -> list[RequestFault]:
    """Return what is wrong with a request, in the order of its fields; the decision's own fault apart."""
    lowers = False
    faults = []
    if not request.level:
        faults.append(RequestFault("level", "the level that holds from now on is not said"))
    elif standing is not None and program is not None:
        faults += _faults_of_level(request.level, standing, program)
        lowers = not faults and program.level_rank(LevelId(request.level)) < program.level_rank(LevelId(standing.level))
    faults += _faults_of_reason(request, lowers=lowers)
    return [*faults, *_faults_of_people(request, lowers=lowers)]


def _faults_of_level(level: str, standing: Standing, program: Program) -> list[RequestFault]:
    scale = [step.id for step in program.levels]
    if level not in scale:
        close = get_close_matches(level, scale, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "one of " + ", ".join(f"`{step}`" for step in scale)
        return [RequestFault("level", f"release `{program.release}` has no level of this name", hint)]
    if level == standing.level:
        return [RequestFault("level", f"`{level}` holds already", f"the decision gave `{standing.floor}`")]
    return []


def _faults_of_reason(request: messages.RecordOverrideRequest, *, lowers: bool) -> list[RequestFault]:
    if request.reason and reason_code(request.reason) is None:
        return [RequestFault("reason", "this protocol has no such reason")]
    if lowers and not request.reason:
        return [RequestFault("reason", "why the level goes down is not said", _LOWERING_HINT)]
    return []


def _faults_of_people(request: messages.RecordOverrideRequest, *, lowers: bool) -> list[RequestFault]:
    """Return what is wrong with who does it, and with the second person."""
    if request.HasField("by"):
        faults = faults_of_actor("by", request.by)
    else:
        faults = [RequestFault("by", "who does this is not said", "a role and an opaque id")]
    if request.HasField("second"):
        of_second = faults_of_actor("second", request.second)
        if lowers and not faults and not of_second:
            of_second = faults_of_second(request.second, request.by)
        faults += of_second
    elif lowers:
        faults.append(RequestFault("second", "nobody else agrees that the level goes down", _LOWERING_HINT))
    return faults


def _floor_rules(program: Program, decided: Decided) -> tuple[Match, ...]:
    """Return the rules that gave the level of the decision."""
    level_by_rule: Mapping[str, str | None] = {rule.id: rule.level for scope in program.scopes for rule in scope.rules}
    said = decided.assessment
    return tuple(match for match in said.fired if level_by_rule[match.rule] == said.level)


def _deadlines(program: Program, standing: Standing, now: datetime) -> Deadlines:
    """Return what counts terms from the moment of the override."""
    own = program.regions[RegionName(standing.region)] if standing.region is not None else {}
    return Deadlines(in_amsterdam(now), program.calendar, {**program.parameters, **own})


def _brought(program: Program, level: Level, standing: Standing, deadlines: Deadlines) -> tuple[BroughtAction, ...]:
    """Return what the level brings; of what was asked for before and is not done, the earlier moment stays."""
    asked: dict[str, datetime] = {}
    for promise in standing.open_promises():
        asked[promise.action] = min(promise.due, asked.get(promise.action, promise.due))
    moments = {name: deadlines.due(action) for name, action in program.actions.items() if name in level.actions}
    listed = {name: min(due, asked.get(name, due)) for name, due in moments.items()}
    return tuple(
        BroughtAction(action=name, owner=program.actions[name].owner, due=moment_text(due))
        for name, due in sorted(listed.items(), key=lambda each: each[1])
    )
