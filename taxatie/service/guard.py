"""The guard: every live decision is checked by an engine that shares no code with the one that made it.

In `shadow` the answer never waits: a disagreement is counted, told at once, and put on record with both traces. With
`require` the answer waits: where the engines disagree the graver level is given and marked, where there is no verdict
the answer is marked *unconfirmed*.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from taxatie.engine.conclusion import conclude
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import EntryId
from taxatie.ledger.log import fresh_id, utc_text
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.rules.program import Program
from taxatie.service.answer import Answered, answer_disputed, noted_moment
from taxatie.service.ports import Clock, DecisionLog
from taxatie.service.second_opinion import NoOpinionError, Silence
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.names import RuleId
from taxatie.terms.trace import Trace
from taxatie.wire.decision_record import reference_of, trace_to_json
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages


class Opinions(Protocol):
    """Knows what another engine finds."""

    def ask(self, program: Program, case: Case) -> "asyncio.Future[Trace]":
        """Return what it will find; the future fails with `NoOpinionError` where it finds nothing."""

    def abandon(self) -> None:
        """Let whoever still waits know that there will be nothing."""

    async def close(self) -> None:
        """Let go of the engine."""


class Alerts(Protocol):
    """Takes what somebody must look at."""

    def fail(self, event: str, **fields: object) -> object:
        """Tell it at once."""


class VerdictKind(StrEnum):
    """What the second engine says of a decision."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NONE = "none"


_CONFIRMATIONS: Final = {
    VerdictKind.AGREES: messages.CONFIRMATION_CONFIRMED,
    VerdictKind.DISAGREES: messages.CONFIRMATION_DISPUTED,
    VerdictKind.NONE: messages.CONFIRMATION_UNCONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second engine says of a decision, and what it found where it says otherwise."""

    kind: VerdictKind
    trace: Trace | None = None
    silence: Silence | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision that is to be checked."""

    decision: EntryId
    answered: Answered
    keep_until: str | None


@dataclass(slots=True)
class Guard:
    """Checks decisions on the second engine, and puts its verdicts on record."""

    opinions: Opinions
    log: DecisionLog | None
    clock: Clock
    alerts: Alerts
    is_required: bool
    """Whether an answer waits for the verdict."""
    seconds: float
    """How long an answer waits."""
    seconds_at_the_end: float = 10.0
    """How long verdicts that are under way are waited for when the service stops."""
    counts: Counter[str] = field(default_factory=Counter, init=False)
    """Verdicts by kind, and silences by reason."""
    _under_way: set["asyncio.Task[Verdict]"] = field(default_factory=set, init=False)

    async def see(self, checked: Checked, request: messages.AssessRequest) -> None:
        """Check a decision: in the background, or before it is answered, which is marked by what comes of it."""
        if not self.is_required:
            task = asyncio.ensure_future(self.check(checked, None))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            return
        verdict = await self.check(checked, self.seconds)
        answered = checked.answered
        if verdict.trace is not None:
            internal = answered.assessed.internal
            answer_disputed(answered, graver(answered.program, answered.case, internal, verdict.trace), request)
        answered.response.confirmation = _CONFIRMATIONS[verdict.kind]

    async def check(self, checked: Checked, seconds: float | None) -> Verdict:
        """Return the verdict on a decision, once it is on record; without one in time that is the verdict."""
        answered = checked.answered
        verdict = await self._verdict(answered, seconds)
        self.counts[verdict.kind] += 1
        if verdict.silence is not None:
            self.counts[verdict.silence] += 1
        if verdict.kind is not VerdictKind.AGREES:
            self._alert(checked, verdict)
        if self.log is not None:
            await self._record(self.log, checked, verdict)
        return verdict

    async def close(self) -> None:
        """Wait a while for what is under way, put on record what got no verdict, and let go of the second engine."""
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=self.seconds_at_the_end)
        self.opinions.abandon()
        await asyncio.gather(*self._under_way)
        await self.opinions.close()

    async def _verdict(self, answered: Answered, seconds: float | None) -> Verdict:
        try:
            trace = await asyncio.wait_for(self.opinions.ask(answered.program, answered.case), seconds)
        except NoOpinionError as error:
            return Verdict(VerdictKind.NONE, silence=error.silence)
        except TimeoutError:
            return Verdict(VerdictKind.NONE, silence=Silence.LATE)
        if trace == answered.assessed.trace:
            return Verdict(VerdictKind.AGREES)
        return Verdict(VerdictKind.DISAGREES, trace)

    def _alert(self, checked: Checked, verdict: Verdict) -> None:
        """Say which decision it is and which rules differ; nothing of the case."""
        if verdict.trace is None:
            why = "" if verdict.silence is None else str(verdict.silence)
            self.alerts.fail("second_engine_silent", decision=checked.decision, why=why)
            return
        answered = checked.answered
        rules = differing_rules(answered.program, answered.assessed.trace, verdict.trace)
        self.alerts.fail("second_engine_disagrees", decision=checked.decision, rules=rules)

    async def _record(self, log: DecisionLog, checked: Checked, verdict: Verdict) -> None:
        case = checked.answered.case
        now = noted_moment(self.clock.now(), case.mode)
        entry = fresh_id(now)
        silence = None if verdict.silence is None else str(verdict.silence)
        says = {"engine": "durable", "verdict": str(verdict.kind), "why": silence}
        draft = Draft(entry, EntryKind.VERDICT, utc_text(now), about=checked.decision, says=says)
        if verdict.trace is not None:
            payload = {
                "id": entry,
                "about": checked.decision,
                "reference": reference_of(case),
                "live": trace_to_json(checked.answered.assessed.trace),
                "durable": trace_to_json(verdict.trace),
            }
            draft = replace(
                draft,
                payload=canonical_bytes(payload),
                case_reference=reference_of(case),
                keep_until=checked.keep_until,
            )
        try:
            await log.append(draft)
        except LedgerUnavailableError as error:
            self.counts["not_recorded"] += 1
            self.alerts.fail("verdict_not_recorded", decision=checked.decision, why=error.message)


def graver(program: Program, case: Case, live: Assessment, other: Trace) -> Assessment:
    """Return the assessment to give where the engines disagree: the graver one, withholding what either withholds."""
    second = conclude(program, case, other)
    ranks = program.ranks
    chosen = second if ranks[second.level] > ranks[live.level] else live
    withheld = {each.action: each for each in (*second.withheld, *live.withheld)}
    return replace(
        chosen,
        ceiling=max(live.ceiling, second.ceiling, key=ranks.__getitem__),
        withheld=tuple(withheld[action] for action in program.actions if action in withheld),
        actions=tuple(each for each in chosen.actions if each.action not in withheld),
    )


def differing_rules(program: Program, one: Trace, other: Trace) -> list[RuleId]:
    """Return the rules of which two traces say something else, in release order."""
    said = [
        {
            (rule.id, evaluation.person): truth
            for evaluation in trace.evaluations
            for rule, truth in zip(program.scopes[evaluation.scope].rules, evaluation.rules, strict=True)
        }
        for trace in (one, other)
    ]
    places = said[0].keys() | said[1].keys()
    differing = {rule for rule, person in places if said[0].get((rule, person)) != said[1].get((rule, person))}
    return sorted(differing, key=program.rule_places.__getitem__)
