"""The record of a decision: everything that is needed to reach it again to the byte, and nothing that names anybody.

The shape follows the Logius *Authorization Decision Log* (draft): what was asked, by whom, under which policies, what
was answered, in which trace. `docs/decision-log.md` holds each field's meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case, Mode
from taxatie.terms.explanation import Explanation
from taxatie.terms.trace import Evaluation, Trace
from taxatie.terms.truth import Truth
from taxatie.wire.assessment_json import assessment_to_plain
from taxatie.wire.case_json import Json, case_to_json

FORMAT: Final = "taxatie-decision/1"

_AS_DIGITS: Final = bytes(range(ord("0"), ord("9") + 1)).ljust(256)

ADVICE_REFERENCE: Final = "advice"
"""What stands where a case must have no reference."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a decision was asked for."""

    digest: str
    """SHA-256 of the request, by which a retry is told from another request under the same id."""
    release: str | None
    """The release that was named; None where it was the one in force."""
    retrospective: bool
    detail: str
    audience: str
    language: str


@dataclass(frozen=True, slots=True)
class TraceContext:
    """The W3C trace context that came with a call."""

    traceparent: str
    tracestate: str | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who asked, when, in which trace, and what computed the answer."""

    id: str
    at: str
    """RFC 3339 in UTC; for an advice rounded down to the hour."""
    caller: str
    """The pseudonym of the calling system."""
    asked: Asked
    trace_context: TraceContext | None
    engine: Mapping[str, str]
    """Name of the engine, versions of taxatie and of Python."""


def decision_to_json(
    program: Program,
    case: Case,
    decided: tuple[Assessment, Trace, Explanation | None],
    circumstances: Circumstances,
) -> Json:
    """Return the record of a decision; in advice mode it refers to no case."""
    assessment, trace, explanation = decided
    asked, context = circumstances.asked, circumstances.trace_context
    said = assessment_to_plain(program, assessment, explanation)
    why = {name: said.pop(name) for name in ("reasons", "open_questions", "near_misses") if name in said}
    return {
        "format": FORMAT,
        "id": circumstances.id,
        "at": circumstances.at,
        "reference": reference_of(case),
        "caller": circumstances.caller,
        "asked": {
            "digest": asked.digest,
            "release": asked.release,
            "retrospective": asked.retrospective,
            "detail": asked.detail,
            "audience": asked.audience,
            "language": asked.language,
        },
        "trace_context": None
        if context is None
        else {"traceparent": context.traceparent, "tracestate": context.tracestate},
        "case": case_to_json(program, case),
        "release": {"name": program.release, "digest": program.digest, "files": dict(program.files)},
        "engine": dict(circumstances.engine),
        "assessment": said,
        "trace": trace_to_json(trace),
        "explanation": why or None,
    }


def reference_of(case: Case) -> str | None:
    """Return the reference by which a case is found again; an advice has none."""
    return None if case.mode is Mode.ADVICE else case.id


def trace_to_json(trace: Trace) -> Json:
    """Return a trace in short: the truths of a scope as a row of digits (0 fails, 1 cannot tell, 2 holds)."""
    return {
        "persons": [
            {"id": person.id, "subject": person.subject, "existence": str(person.existence)} for person in trace.persons
        ],
        "evaluations": [_evaluation(each) for each in trace.evaluations],
        "inapplicable": [{"signal": signal, "person": person} for signal, person in trace.inapplicable],
        "impossible": list(trace.impossible),
    }


def _evaluation(evaluation: Evaluation) -> Json:
    return {
        "scope": evaluation.scope,
        "person": evaluation.person,
        "rules": _digits(evaluation.rules),
        "concepts": _digits(evaluation.concepts),
        "scores": [list(interval) for interval in evaluation.scores],
    }


def _digits(truths: tuple[Truth, ...]) -> str:
    return bytes(truths).translate(_AS_DIGITS).decode("ascii")
