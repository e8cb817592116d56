"""An assessment in its plain form, as `taxatie assess --format json` prints it."""

from collections.abc import Iterable
from datetime import datetime

from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment, RuleMatch
from taxatie.terms.explanation import Explanation, FurtherAnswer, KnownAnswer, NearMiss, Reason

Json = dict[str, object]


def assessment_to_plain(program: Program, assessment: Assessment, explanation: Explanation | None) -> Json:
    """Return the assessment, with its explanation where there is one, as JSON would hold it."""
    plain: Json = {
        "case": assessment.case,
        "release": assessment.release,
        "digest": program.digest,
        "draft": program.is_draft,
        "level": assessment.level,
        "ceiling": assessment.ceiling,
        "fired": _matches(assessment.fired),
        "possible": _matches(assessment.possible),
        "actions": [
            {"action": each.action, "due": moment_text(each.due), "rules": _matches(each.rules)}
            for each in assessment.actions
        ],
        "withheld": [{"action": each.action, "rules": _matches(each.rules)} for each in assessment.withheld],
        "findings": {whose: dict(findings) for whose, findings in assessment.findings.items()},
        "contradictions": [{"path": each.path, "about": each.about} for each in assessment.contradictions],
        "valid_until": moment_text(assessment.valid_until),
    }
    if explanation is not None:
        plain["open_questions"] = [
            {"signal": each.signal, "person": each.person, "could_reach": each.could_reach}
            for each in explanation.open_questions
        ]
        plain["reasons"] = [_reason(program, each) for each in explanation.reasons]
        plain["near_misses"] = [_near_miss(program, each) for each in explanation.near_misses]
    return plain


def moment_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 writes it, to the second, with its offset."""
    return moment.isoformat(timespec="seconds")


def _matches(matches: Iterable[RuleMatch]) -> list[Json]:
    return [{"rule": match.rule, "person": match.person} for match in matches]


def _reason(program: Program, reason: Reason) -> Json:
    return {
        "rule": reason.match.rule,
        "person": reason.match.person,
        "answers": [_known(program, answer) for answer in reason.answers],
        "events": [
            {"kind": event.kind, "date": event.date.isoformat(), "person": event.person} for event in reason.events
        ],
        "unknown": [{"signal": each.signal, "person": each.person} for each in reason.rests_on_unknown],
    }


def _known(program: Program, answer: KnownAnswer) -> Json:
    plain: Json = {"signal": answer.signal, "person": answer.person}
    signal = program.signals.get(answer.signal)
    if signal is None:
        # What carries the rule is that the registers were searched.
        return {**plain, "answer": "searched"}
    if not answer.is_applicable:
        return {**plain, "applies": False}
    if answer.low == answer.high:
        return {**plain, "answer": signal.label(answer.low)}
    return {**plain, "from": signal.label(answer.low), "to": signal.label(answer.high)}


def _near_miss(program: Program, near: NearMiss) -> Json:
    return {"level": near.level, "answers": [_further(program, answer) for answer in near.answers]}


def _further(program: Program, answer: FurtherAnswer) -> Json:
    plain: Json = {"signal": answer.signal, "person": answer.person}
    if answer.signal in program.signals:
        signal = program.signals[answer.signal]
        plain["values"] = [
            signal.label(low) if low == high else {"from": signal.label(low), "to": signal.label(high)}
            for low, high in answer.values
        ]
    return plain
