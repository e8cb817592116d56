"""Whether more events in the registers can only make a condition hold, and never undo it."""

from collections.abc import Iterator
from typing import assert_never

from taxatie.explain.parts import everything_in
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program


def is_borne_out_by_more_events(program: Program, condition: Condition, exists_when: Condition | None) -> bool:
    """Return whether a rule fires at the latest when every pattern shows, and whoever it is asked of exists then."""
    asks_existence = exists_when is not None and _has_patterns(program, exists_when)
    return not asks_existence and not any(_undone(program, condition, wanted=True))


def _undone(program: Program, condition: Condition, *, wanted: bool) -> Iterator[bool]:
    """Return for each pattern, and whatever else may rest on patterns, whether showing it stands in the way."""
    match condition:
        case Events():
            yield not wanted
        case Not(part):
            yield from _undone(program, part, wanted=not wanted)
        case All(parts) | Any(parts) | AtLeast(_, parts):
            for part in parts:
                yield from _undone(program, part, wanted=wanted)
        case ConceptHolds(concept):
            yield from _undone(program, program.concepts[concept].condition, wanted=wanted)
        case Some(subject, part) | Every(subject, part):
            exists_when = next(each.exists_when for each in program.subjects if each.id == subject)
            yield exists_when is not None and _has_patterns(program, exists_when)
            yield from _undone(program, part, wanted=wanted)
        case Among() | Between() | ScoreBetween() | SignalUnknown() | ConceptUnknown() | ScoreUnknown():
            yield _has_patterns(program, condition)
        case _:
            assert_never(condition)


def _has_patterns(program: Program, condition: Condition) -> bool:
    return any(isinstance(part, Events) for part in everything_in(program, condition))
