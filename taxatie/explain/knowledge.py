"""What is settled in a case and what is still open: the ground on which explanations stand.

The truths come from the reference engine, so that an explanation can never rest on another meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from taxatie.engine.reference import Known, Reading, remaining_values
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
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, PersonId, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson
from taxatie.terms.truth import Truth

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


def passes(condition: Among | Between, value: int) -> bool:
    """Return whether a value passes the test."""
    if isinstance(condition, Among):
        return value in condition.values
    low, high = condition.low, condition.high
    return (low is None or value >= low) and (high is None or value <= high)


@dataclass(frozen=True)
class ProgramInsight:
    """What explanations need to know of a program, found once for all cases."""

    program: Program
    _uses_unknown: dict[int, bool] = field(default_factory=dict)

    def rests_on_unknown(self, condition: Condition) -> bool:
        """Return whether an answer can undo what the condition says now.

        It can where the condition asks what is unknown, or speaks of persons who may prove not to exist.
        """
        key = id(condition)
        if key not in self._uses_unknown:
            self._uses_unknown[key] = any(
                isinstance(part, SignalUnknown | ConceptUnknown | ScoreUnknown | Some | Every)
                for part in everything_in(self.program, condition)
            )
        return self._uses_unknown[key]

    @cached_property
    def order(self) -> Mapping[SignalId, int]:
        """The place of each signal in the vocabulary."""
        return {signal: index for index, signal in enumerate(self.program.signals)}

    @cached_property
    def blocks(self) -> Mapping[SignalId, tuple[int, ...]]:
        """The first values of the stretches of each number that no test tells apart."""
        starts: dict[SignalId, set[int]] = {name: set() for name in self.program.signals}
        for condition in self._all_conditions():
            if isinstance(condition, Between):
                low = condition.low
                high = None if condition.high is None else condition.high + 1
                starts[condition.signal].update(bound for bound in (low, high) if bound is not None)
        return {name: tuple(sorted(bounds)) for name, bounds in starts.items()}

    def _all_conditions(self) -> Iterator[Condition]:
        program = self.program
        roots = [rule.condition for scope in program.scopes for rule in scope.rules]
        roots += [concept.condition for concept in program.concepts.values()]
        roots += [item.condition for score in program.scores.values() for item in score.items]
        roots += [signal.applies_when for signal in program.signals.values() if signal.applies_when is not None]
        roots += [subject.exists_when for subject in program.subjects if subject.exists_when is not None]
        for root in roots:
            yield from everything_in(program, root)

    @cached_property
    def has_distinct_patterns(self) -> bool:
        """Whether a pattern counts reporters: it alone can stay undecided when the registers were searched."""
        return any(isinstance(each, Events) and each.is_distinct for each in self._all_conditions())

    def stretches(self, signal: Signal, low: int, high: int) -> tuple[range, ...]:
        """Return the stretches of values from *low* to *high* that no test tells apart."""
        if signal.labels:
            return tuple(range(value, value + 1) for value in range(low, high + 1))
        cuts = [cut for cut in self.blocks[signal.id] if low < cut <= high]
        edges = [low, *cuts, high + 1]
        return tuple(range(first, last) for first, last in pairwise(edges))


@dataclass(frozen=True)
class Knowledge:
    """A case read for explanation: each truth and each answer is asked of the reference once."""

    insight: ProgramInsight
    case: Case
    _truths: dict[tuple[int, Whose], Truth] = field(default_factory=dict)
    _known: dict[tuple[SignalId, Whose], Known] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """The program that the case is explained under."""
        return self.insight.program

    @cached_property
    def reading(self) -> "MemoReading":
        """The case as the reference engine reads it."""
        return MemoReading(self.program, self.case, self)

    @cached_property
    def persons(self) -> tuple[AssessedPerson, ...]:
        """Everybody who is assessed."""
        return tuple(self.reading.assessed_persons_afresh())

    def persons_of(self, subject: SubjectId) -> tuple[AssessedPerson, ...]:
        """Return everybody of a subject who is assessed."""
        return tuple(person for person in self.persons if person.subject == subject)

    def truth(self, condition: Condition, whose: Whose) -> Truth:
        """Return what can be said of the condition now."""
        key = (id(condition), whose)
        if key not in self._truths:
            self._truths[key] = self.reading.truth_afresh(condition, whose)
        return self._truths[key]

    def is_answered(self, signal: Signal, whose: Whose) -> bool:
        """Return whether a value was answered; *whose* is None for a signal of the case."""
        return self.reading.answer(signal, whose).value is not None

    def stretches_left(self, signal: Signal, whose: Whose) -> tuple[range, ...]:
        """Return the stretches of values that the answer leaves possible, if there is one."""
        return self.insight.stretches(signal, *remaining_values(signal, self.reading.answer(signal, whose)))

    def known(self, signal: SignalId, whose: Whose) -> Known:
        """Return what is known of a signal; a case signal is everybody's."""
        owner = None if self.program.signals[signal].subject == CASE else whose
        key = (signal, owner)
        if key not in self._known:
            self._known[key] = self.reading.known_afresh(signal, owner)
        return self._known[key]


class MemoReading(Reading):
    """The reference's reading, asking each question once."""

    __slots__ = ("_knowledge",)
    _knowledge: Knowledge

    def __init__(self, program: Program, case: Case, knowledge: Knowledge) -> None:
        """Read the case with a memory."""
        super().__init__(program, case)
        object.__setattr__(self, "_knowledge", knowledge)

    def truth(self, condition: Condition, person: Whose) -> Truth:
        """Return what can be said of the condition, from memory where it was asked before."""
        return self._knowledge.truth(condition, person)

    def truth_afresh(self, condition: Condition, person: Whose) -> Truth:
        """Return what can be said of the condition, as the reference says it."""
        return super().truth(condition, person)

    def known(self, name: SignalId, person: Whose) -> Known:
        """Return what is known of the signal, from memory where it was asked before."""
        return self._knowledge.known(name, person)

    def known_afresh(self, name: SignalId, person: Whose) -> Known:
        """Return what is known of the signal, as the reference says it."""
        return super().known(name, person)

    def assessed_persons(self) -> tuple[AssessedPerson, ...]:
        """Return everybody who is assessed, from memory."""
        return self._knowledge.persons

    def assessed_persons_afresh(self) -> Iterator[AssessedPerson]:
        """Return everybody who is assessed, as the reference says it."""
        return iter(tuple(super().assessed_persons()))
