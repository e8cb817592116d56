"""The parts of conditions, behind names as well: what a condition rests on."""

from collections.abc import Iterator

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
from taxatie.terms.names import PersonId

Whose = PersonId | None


def parts_of(program: Program, condition: Condition) -> Iterator[Condition]:
    """Return the conditions that a condition directly rests on, those behind names included."""
    match condition:
        case Not(part) | Some(_, part) | Every(_, part):
            yield part
        case All(parts) | Any(parts) | AtLeast(_, parts):
            yield from parts
        case ConceptHolds(concept) | ConceptUnknown(concept):
            yield program.concepts[concept].condition
        case ScoreBetween(score, _, _) | ScoreUnknown(score):
            yield from (item.condition for item in program.scores[score].items)
        case Among(signal) | Between(signal) | SignalUnknown(signal):
            applies_when = program.signals[signal].applies_when
            if applies_when is not None:
                yield applies_when
        case Events():
            pass


def everything_in(program: Program, condition: Condition) -> Iterator[Condition]:
    """Return a condition and all that it rests on, each once."""
    seen: set[Condition] = set()
    pending = [condition]
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            yield current
            pending.extend(parts_of(program, current))


def all_conditions(program: Program) -> Iterator[Condition]:
    """Return every condition of a program; some come more than once."""
    roots = [rule.condition for scope in program.scopes for rule in scope.rules]
    roots += [concept.condition for concept in program.concepts.values()]
    roots += [item.condition for score in program.scores.values() for item in score.items]
    roots += [signal.applies_when for signal in program.signals.values() if signal.applies_when is not None]
    roots += [subject.exists_when for subject in program.subjects if subject.exists_when is not None]
    for root in roots:
        yield from everything_in(program, root)


def passes(condition: Among | Between, value: int) -> bool:
    """Return whether a value passes the test."""
    if isinstance(condition, Among):
        return value in condition.values
    low, high = condition.low, condition.high
    return (low is None or value >= low) and (high is None or value <= high)


def asks_unknown(program: Program, condition: Condition) -> bool:
    """Return whether an answer can undo what the condition says now, because it asks what is unknown."""
    return any(
        isinstance(part, SignalUnknown | ConceptUnknown | ScoreUnknown) for part in everything_in(program, condition)
    )


def may_stay_undecided(program: Program, condition: Condition) -> bool:
    """Return whether the condition may be undecided even in a searched register: it counts reporters."""
    return any(isinstance(part, Events) and part.is_distinct for part in everything_in(program, condition))
