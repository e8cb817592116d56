"""From a case to the text of its case file, which reads back as the same case.

Nothing but identifiers, numbers and dates can be in a case, so a few lines write it; the language's page
(§9) shows the form.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Case, Event, Person
from taxatie.terms.vocabulary import SignalType

_PLAIN: Final = re.compile(r"[a-z][a-z0-9_-]*")
_READ_OTHERWISE: Final = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "null", "unknown"})
"""Bare words that YAML, or a case, reads as something else than a name."""


def write_case(program: Program, case: Case) -> str:
    """Return the text of the case file."""
    return "\n".join(_lines(program, case)) + "\n"


def _lines(program: Program, case: Case) -> Iterator[str]:
    yield f"case: {_name(case.id)}"
    yield f"reference_time: {case.reference_time.isoformat()}"
    yield f"mode: {case.mode}"
    if case.region is not None:
        yield f"region: {_name(case.region)}"
    listed = [subject.id for subject in program.subjects if subject.id in case.everyone_listed]
    if listed:
        yield f"everyone_listed: [{', '.join(map(_name, listed))}]"
    yield from _answers(program, case.answers, "")
    if case.persons:
        yield "persons:"
        for person in case.persons:
            yield from _person(program, person)
    if case.history.is_searched or case.history.events:
        yield "history:"
        yield f"  searched: {_yes_or_no(case.history.is_searched)}"
        if case.history.events:
            yield "  events:"
            yield from (f"    - {{{_event(event)}}}" for event in case.history.events)


def _person(program: Program, person: Person) -> Iterator[str]:
    yield f"  - id: {_name(person.id)}"
    yield f"    subject: {_name(person.subject)}"
    yield from _answers(program, person.answers, "    ")


def _answers(program: Program, answers: Answers, margin: str) -> Iterator[str]:
    """Return the lines of answers, in the order of the vocabulary."""
    if not answers:
        return
    yield f"{margin}answers:"
    for signal in program.signals.values():
        if signal.id in answers:
            answer = answers[signal.id]
            value = _value(signal, answer)
            yield f"{margin}  {_key(signal.id)}: {value if _is_bare(answer) else _with_basis(value, answer)}"


def _value(signal: Signal, answer: Answer) -> str:
    if answer.value is None:
        return "unknown"
    label = signal.label(answer.value)
    return _name(label) if signal.type is SignalType.CHOICE else label


def _is_bare(answer: Answer) -> bool:
    return answer.basis is None and not answer.partner_present


def _with_basis(value: str, answer: Answer) -> str:
    basis = "" if answer.basis is None else f", basis: {answer.basis}"
    present = ", partner_present: yes" if answer.partner_present else ""
    return f"{{value: {value}{basis}{present}}}"


def _event(event: Event) -> str:
    person = "" if event.person is None else f", person: {_name(event.person)}"
    reporter = "" if event.reporter is None else f", reporter: {_name(event.reporter)}"
    return f"kind: {_name(event.kind)}, date: {event.date.isoformat()}{person}{reporter}"


def _name(name: str) -> str:
    """Return a name as YAML reads it back: within quotes where it could be taken for something else."""
    return name if _PLAIN.fullmatch(name) and name not in _READ_OTHERWISE else json.dumps(name)


def _key(name: str) -> str:
    return json.dumps(name) if name in _READ_OTHERWISE else name


def _yes_or_no(value: bool) -> str:  # noqa: FBT001  # the one thing it writes
    return "yes" if value else "no"
