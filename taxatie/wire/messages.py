"""Between messages and terms: a case comes in as its plain form, an assessment goes out."""

from collections.abc import Mapping
from typing import Final

from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment, RuleMatch
from taxatie.terms.explanation import Explanation, FurtherAnswer, KnownAnswer, Reason
from taxatie.terms.wording import Wording
from taxatie.wire.assessment_json import moment_text
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages
from taxatie.wire.generated.taxatie.v1 import case_pb2

Plain = dict[str, object]

MODES: Final[dict[int, str]] = {case_pb2.MODE_REPORT: "report", case_pb2.MODE_ADVICE: "advice"}
_BASES: Final[dict[int, str]] = {
    case_pb2.BASIS_OBSERVED: "observed",
    case_pb2.BASIS_TOLD: "told",
    case_pb2.BASIS_HEARSAY: "hearsay",
    case_pb2.BASIS_RECORD: "record",
}


def case_to_plain(case: case_pb2.Case) -> Plain:
    """Return the case in its plain form, to be read and judged where every case is."""
    plain: Plain = {"case": case.case or None, "reference_time": case.reference_time or None}
    if case.mode:
        plain["mode"] = MODES.get(case.mode, f"mode {case.mode}")
    if case.region:
        plain["region"] = case.region
    plain["everyone_listed"] = list(case.everyone_listed)
    plain["answers"] = _answers(case.answers)
    plain["persons"] = [
        {"id": person.id or None, "subject": person.subject or None, "answers": _answers(person.answers)}
        for person in case.persons
    ]
    if case.HasField("history"):
        plain["history"] = {
            "searched": case.history.searched,
            "events": [_event(event) for event in case.history.events],
        }
    return plain


def _answers(answers: Mapping[str, case_pb2.Answer]) -> Plain:
    return {name: _answer(answer) for name, answer in answers.items()}


def _answer(answer: case_pb2.Answer) -> object:
    plain: Plain = {}
    match answer.WhichOneof("value"):
        case "yes":
            plain["value"] = "yes" if answer.yes else "no"
        case "number":
            plain["value"] = answer.number
        case "option":
            plain["value"] = answer.option
        case "unknown":
            plain["value"] = "unknown"
        case None:
            pass
    if answer.basis:
        plain["basis"] = basis_word(answer.basis)
    if answer.partner_present:
        plain["partner_present"] = True
    return plain["value"] if list(plain) == ["value"] else plain


def basis_word(basis: int) -> str | None:
    """Return how a case file writes a basis; for one that is not there a word that no reader takes."""
    return _BASES.get(basis, f"basis {basis}") if basis else None


def _event(event: case_pb2.Event) -> Plain:
    plain: Plain = {"kind": event.kind or None, "date": event.date or None}
    if event.person:
        plain["person"] = event.person
    if event.reporter:
        plain["reporter"] = event.reporter
    return plain


def assessment_to_message(
    program: Program, version: str, assessment: Assessment, explanation: Explanation | None
) -> messages.AssessResponse:
    """Return the answer, without sentences."""
    response = messages.AssessResponse(
        case=assessment.case,
        release=program.release,
        digest=program.digest,
        engine_version=version,
        draft=program.is_draft,
        level=assessment.level,
        ceiling=assessment.ceiling,
        fired=map(_match, assessment.fired),
        possible=map(_match, assessment.possible),
        actions=[
            messages.ActionDue(
                action=each.action,
                owner=program.actions[each.action].owner,
                due=moment_text(each.due),
                rules=map(_match, each.rules),
            )
            for each in assessment.actions
        ],
        withheld=[
            messages.Withholding(action=each.action, rules=map(_match, each.rules)) for each in assessment.withheld
        ],
        findings=[
            messages.Findings(person=whose, findings={str(name): str(found) for name, found in findings.items()})
            for whose, findings in assessment.findings.items()
        ],
        contradictions=[messages.Contradiction(path=c.path, about=c.about) for c in assessment.contradictions],
        valid_until=moment_text(assessment.valid_until),
    )
    if explanation is not None:
        _explain(program, response, explanation)
    return response


def _explain(program: Program, response: messages.AssessResponse, explanation: Explanation) -> None:
    response.reasons.extend(_reason(program, reason) for reason in explanation.reasons)
    response.open_questions.extend(
        messages.OpenQuestion(signal=each.signal, person=each.person or "", could_reach=each.could_reach)
        for each in explanation.open_questions
    )
    response.near_misses.extend(
        messages.NearMiss(level=near.level, answers=[_further(program, answer) for answer in near.answers])
        for near in explanation.near_misses
    )


def wording_to_message(wording: Wording) -> messages.Wording:
    """Return the sentences."""
    return messages.Wording(
        level=wording.level,
        ceiling=wording.ceiling,
        reasons=wording.reasons,
        open_questions=wording.open_questions,
        near_misses=wording.near_misses,
        actions=wording.actions,
        withheld=wording.withheld,
        contradictions=wording.contradictions,
        valid_until=wording.valid_until,
        notes=wording.notes,
    )


def _match(match: RuleMatch) -> messages.RuleMatch:
    return messages.RuleMatch(rule=match.rule, person=match.person or "")


def _reason(program: Program, reason: Reason) -> messages.Reason:
    return messages.Reason(
        match=_match(reason.match),
        answers=[_known(program, answer) for answer in reason.answers],
        events=[messages.KnownEvent(kind=event.kind, date=event.date.isoformat()) for event in reason.events],
    )


def _known(program: Program, answer: KnownAnswer) -> messages.KnownAnswer:
    known = messages.KnownAnswer(signal=answer.signal, person=answer.person or "")
    signal = program.signals.get(answer.signal)
    if signal is not None and answer.is_applicable:
        known.low, known.high = signal.label(answer.low), signal.label(answer.high)
    return known


def _further(program: Program, answer: FurtherAnswer) -> messages.FurtherAnswer:
    further = messages.FurtherAnswer(signal=answer.signal, person=answer.person or "")
    signal = program.signals.get(answer.signal)
    if signal is not None:
        further.values.extend(
            signal.label(low) if low == high else f"{signal.label(low)}..{signal.label(high)}"
            for low, high in answer.values
        )
    return further
