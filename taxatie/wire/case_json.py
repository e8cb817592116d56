"""A case in its plain form, as a decision record holds it: what `read_case` reads back as the same case."""

from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Case, Event
from taxatie.terms.vocabulary import SignalType

Json = dict[str, object]


def case_to_json(program: Program, case: Case) -> Json:
    """Return the case as JSON holds it; what was not said is left out."""
    plain: Json = {
        "case": case.id,
        "reference_time": case.reference_time.isoformat(),
        "mode": str(case.mode),
        "answers": _answers(program, case.answers),
        "persons": [
            {"id": person.id, "subject": person.subject, "answers": _answers(program, person.answers)}
            for person in case.persons
        ],
        "history": {"searched": case.history.is_searched, "events": [_event(event) for event in case.history.events]},
    }
    if case.region is not None:
        plain["region"] = case.region
    if case.everyone_listed:
        plain["everyone_listed"] = sorted(case.everyone_listed)
    return plain


def _answers(program: Program, answers: Answers) -> Json:
    return {name: _answer(program.signals[name], answer) for name, answer in answers.items()}


def _answer(signal: Signal, answer: Answer) -> object:
    value = _value(signal, answer)
    if answer.basis is None and not answer.partner_present:
        return value
    plain: Json = {"value": value}
    if answer.basis is not None:
        plain["basis"] = str(answer.basis)
    if answer.partner_present:
        plain["partner_present"] = True
    return plain


def _value(signal: Signal, answer: Answer) -> object:
    if answer.value is None:
        return "unknown"
    return answer.value if signal.type is SignalType.NUMBER else signal.label(answer.value)


def _event(event: Event) -> Json:
    plain: Json = {"kind": event.kind, "date": event.date.isoformat()}
    if event.person is not None:
        plain["person"] = event.person
    if event.reporter is not None:
        plain["reporter"] = event.reporter
    return plain
