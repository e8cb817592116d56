"""Between messages and terms: a case comes in as its plain form, an assessment goes out."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from google.protobuf.message import Message

from taxatie.limits import MATCHES_KEPT_MAX
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
    return {name: answer_to_plain(answer) for name, answer in answers.items()}


def answer_to_plain(answer: case_pb2.Answer) -> object:
    """Return an answer in its plain form; what the protocol does not know as words that no reader takes."""
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
        plain["basis"] = _BASES.get(answer.basis, f"basis {answer.basis}")
    if answer.partner_present:
        plain["partner_present"] = True
    return plain["value"] if list(plain) == ["value"] else plain


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
        findings=[
            messages.Findings(person=whose, findings=cast("Mapping[str, str]", findings))
            for whose, findings in assessment.findings.items()
        ],
        contradictions=[messages.Contradiction(path=c.path, about=c.about) for c in assessment.contradictions],
        valid_until=moment_text(assessment.valid_until),
    )
    response.MergeFromString(_FIRED.of(assessment.fired) + _POSSIBLE.of(assessment.possible))
    for each in assessment.actions:
        due = response.actions.add(
            action=each.action, owner=program.actions[each.action].owner, due=moment_text(each.due)
        )
        due.MergeFromString(_ACTION_RULES.of(each.rules))
    for withholding in assessment.withheld:
        withheld = response.withheld.add(action=withholding.action)
        withheld.MergeFromString(_WITHHOLDING_RULES.of(withholding.rules))
    if explanation is not None:
        _explain(program, response, explanation)
    return response


def _explain(program: Program, response: messages.AssessResponse, explanation: Explanation) -> None:
    for reason in explanation.reasons:
        _add_reason(program, response, reason)
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


class _Matches(dict[RuleMatch, bytes]):
    """A repeated field of matches, each as its bytes: a hundred rules may fire in a case, the same time and again."""

    def __init__(self, write: Callable[[messages.RuleMatch], Message]) -> None:
        """Have each match written by a message that holds it alone."""
        super().__init__()
        self._write = write

    def __missing__(self, match: RuleMatch) -> bytes:
        """Return the bytes of a match, and remember them."""
        if len(self) >= MATCHES_KEPT_MAX:
            self.clear()
        alone = self._write(messages.RuleMatch(rule=match.rule, person=match.person or ""))
        found = self[match] = alone.SerializeToString()
        return found

    def of(self, matches: tuple[RuleMatch, ...]) -> bytes:
        """Return the field with all of them: the bytes of messages one after another are those of both together."""
        return b"".join([self[match] for match in matches])


_FIRED: Final = _Matches(lambda match: messages.AssessResponse(fired=[match]))
_POSSIBLE: Final = _Matches(lambda match: messages.AssessResponse(possible=[match]))
_ACTION_RULES: Final = _Matches(lambda match: messages.ActionDue(rules=[match]))
_WITHHOLDING_RULES: Final = _Matches(lambda match: messages.Withholding(rules=[match]))


def _add_reason(program: Program, response: messages.AssessResponse, reason: Reason) -> None:
    match = reason.match
    added = response.reasons.add(match=messages.RuleMatch(rule=match.rule, person=match.person or ""))
    for answer in reason.answers:
        _add_known(program, added, answer)
    for event in reason.events:
        added.events.add(kind=event.kind, date=event.date.isoformat())


def _add_known(program: Program, reason: messages.Reason, answer: KnownAnswer) -> None:
    signal = program.signals.get(answer.signal)
    whose = answer.person or ""
    if signal is None or not answer.is_applicable:
        reason.answers.add(signal=answer.signal, person=whose)
        return
    low = signal.label(answer.low)
    high = low if answer.low == answer.high else signal.label(answer.high)
    reason.answers.add(signal=answer.signal, person=whose, low=low, high=high)


def _further(program: Program, answer: FurtherAnswer) -> messages.FurtherAnswer:
    further = messages.FurtherAnswer(signal=answer.signal, person=answer.person or "")
    signal = program.signals.get(answer.signal)
    if signal is not None:
        further.values.extend(
            signal.label(low) if low == high else f"{signal.label(low)}..{signal.label(high)}"
            for low, high in answer.values
        )
    return further
