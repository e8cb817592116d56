"""Lines of the log as *Logboek Dataverwerkingen 1.0* (Logius) has them: one for each person concerned, naming nobody.

`docs/decision-log.md` holds the mapping, and what has no counterpart on either side.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

NAMES: Final[Mapping[str, str]] = {
    "decision": "Een melding of adviesvraag beoordelen",
    "override": "Afwijken van een beoordeling",
    "outcome": "Vastleggen dat een toegezegde actie is gedaan",
    "verdict": "Een beoordeling narekenen met een tweede rekenwijze",
    "erasure": "Gegevens van een beoordeling wissen",
    "access": "Inzien van vastgelegde beoordelingen",
}
"""What is done with data of people, by the kind of a line, for people to read; other kinds concern nobody."""

CASE_TYPE: Final = "taxatie:case:hmac-sha256"
"""Those of a case who are not listed one by one, under one pseudonym."""
PERSON_TYPE: Final = "taxatie:person-in-case:hmac-sha256"

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_SPAN_DIGITS: Final = 16
_MILLISECONDS: Final = 1_000


class Resource(TypedDict):
    """What processed the data."""

    attributes: dict[str, str]


class _Line(TypedDict):
    trace_id: str
    span_id: str
    status: str
    name: str
    start_time: int
    end_time: int
    resource: Resource
    attributes: dict[str, str]


class LogboekLine(_Line, total=False):
    """One line, with the field names of the standard."""

    parent_span_id: str


@dataclass(frozen=True, slots=True)
class Doing:
    """A line of the log, as far as it matters here."""

    id: str
    kind: str
    at: str
    record: Mapping[str, object] | None
    """Its payload; None where there is none, or it was erased."""


@dataclass(frozen=True, slots=True)
class Register:
    """What only the organisation knows that keeps the register of processing activities."""

    activity: str
    """URI of the processing activity in the register."""
    callers: str
    """What stands before the pseudonym of a calling system, so that it becomes its address."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a line concerns: their case, by its keyed digest, and the persons that the case lists."""

    case_tag: bytes | None = None
    """None where nobody can be told from anybody: an advice, or what was erased."""
    persons: Sequence[str] = ()

    def pseudonym(self, person: str | None) -> str:
        """Return what stands for a person of the case, or for the case; the same in every line of the case."""
        assert self.case_tag is not None, "without a case there is nobody to stand for"
        about = "case" if person is None else f"person\n{person}"
        return hmac.digest(self.case_tag, f"logboek\n{about}".encode(), "sha256").hex()


NOBODY: Final = Concerned()


def logboek_lines(doing: Doing, origin: str, concerned: Concerned, register: Register) -> Iterator[LogboekLine]:
    """Return the lines that a line of the log becomes: one, and under it one for each person that is listed."""
    if doing.kind not in NAMES:
        return
    attributes = {"dpl.core.processing_activity_id": register.activity, **_caller(doing, register)}
    parent = _line(doing, origin, attributes)
    if concerned.case_tag is None:
        yield parent
        return
    yield {**parent, "attributes": {**attributes, **_subject(concerned.pseudonym(None), CASE_TYPE)}}
    for person in concerned.persons:
        child: LogboekLine = {**parent, "span_id": _span(doing, person), "parent_span_id": parent["span_id"]}
        of_ours = {"dpl.core.processing_activity_id": register.activity}
        yield {**child, "attributes": {**of_ours, **_subject(concerned.pseudonym(person), PERSON_TYPE)}}


def persons_of(record: Mapping[str, object] | None) -> tuple[str, ...]:
    """Return the ids of the persons that the case of a decision lists."""
    case = None if record is None else record.get("case")
    persons = case.get("persons") if isinstance(case, Mapping) else None
    return tuple(str(each["id"]) for each in persons) if isinstance(persons, list) else ()


def _line(doing: Doing, origin: str, attributes: dict[str, str]) -> LogboekLine:
    moment = int(datetime.fromisoformat(doing.at).timestamp()) * _MILLISECONDS
    trace = _trace(doing)
    line: LogboekLine = {
        # Without a trace of the caller's, the line's own id is one: sixteen bytes, and random enough.
        "trace_id": doing.id.replace("-", "") if trace is None else trace[0],
        "span_id": _span(doing, None),
        "status": "Unset",
        "name": NAMES[doing.kind],
        "start_time": moment,
        "end_time": moment,
        "resource": {"attributes": {"service.name": "taxatie", **_version(doing), "taxatie.log.origin": origin}},
        "attributes": attributes,
    }
    return line if trace is None else {**line, "parent_span_id": trace[1]}


def _subject(pseudonym: str, kind: str) -> dict[str, str]:
    return {"dpl.core.data_subject_id": pseudonym, "dpl.core.data_subject_id_type": kind}


def _caller(doing: Doing, register: Register) -> dict[str, str]:
    """Return who called, where the trace of the call came from outside."""
    record = doing.record
    if _trace(doing) is None or record is None:
        return {}
    return {"dpl.core.foreign_operation.processor": f"{register.callers}{record.get('caller')}"}


def _trace(doing: Doing) -> tuple[str, str] | None:
    """Return the trace and the span of the call, from its W3C trace context."""
    context = None if doing.record is None else doing.record.get("trace_context")
    text = context.get("traceparent") if isinstance(context, Mapping) else None
    match = None if text is None else _TRACEPARENT.fullmatch(str(text))
    return None if match is None else (match[1], match[2])


def _version(doing: Doing) -> dict[str, str]:
    engine = None if doing.record is None else doing.record.get("engine")
    return {"service.version": str(engine["taxatie"])} if isinstance(engine, Mapping) and "taxatie" in engine else {}


def _span(doing: Doing, person: str | None) -> str:
    """Return the id of an action: the same in each export, so that a collector can tell what it has already."""
    text = f"{doing.id}\n" if person is None else f"{doing.id}\n{person}"
    return hashlib.sha256(text.encode()).hexdigest()[:_SPAN_DIGITS]
