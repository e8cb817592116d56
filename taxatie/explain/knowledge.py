"""What is settled in a case and what is still open: the ground on which explanations stand.

The truths come from the reference engine, so that what an explanation rests on has one meaning; only what was found of
whole concepts is taken from the trace that is explained.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from taxatie.engine.reference import Known, Reading, remaining_values
from taxatie.explain.outlook import Outlook, write_outlook
from taxatie.explain.parts import Whose, all_conditions, everything_in, parts_of, passes
from taxatie.explain.recipes import Recipes
from taxatie.explain.stretches import Stretches
from taxatie.explain.ways import Ways
from taxatie.rules.condition import ConceptUnknown, Condition, Events, Every, ScoreUnknown, SignalUnknown, Some
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson
from taxatie.terms.truth import Truth

__all__ = ["Knowledge", "MemoReading", "ProgramInsight", "Whose", "everything_in", "parts_of", "passes"]


@dataclass(frozen=True)
class ProgramInsight:
    """What explanations need to know of a program, found once for all cases."""

    program: Program
    _uses_unknown: dict[int, bool] = field(default_factory=dict)
    _ways: dict[tuple[int, bool], Ways] = field(default_factory=dict)

    def ways(self, condition: Condition, *, wanted: bool) -> Ways:
        """Return in which ways one answer alone makes a condition hold, or fail."""
        key = (id(condition), wanted)
        if key not in self._ways:
            self._ways[key] = Ways.of(self.program, condition, wanted=wanted)
        return self._ways[key]

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
    def has_distinct_patterns(self) -> bool:
        """Whether a pattern counts reporters: it alone can stay undecided when the registers were searched."""
        return any(isinstance(each, Events) and each.is_distinct for each in all_conditions(self.program))

    def stretches(self, signal: Signal, low: int, high: int) -> tuple[range, ...]:
        """Return the stretches of values from *low* to *high* that no test tells apart."""
        return self._stretches.of(signal, low, high)

    @cached_property
    def _stretches(self) -> Stretches:
        return Stretches(self.program)

    @cached_property
    def recipes(self) -> Recipes:
        """What showed before that questions matter."""
        return Recipes()

    @cached_property
    def outlook(self) -> Outlook:
        """The program, written to be looked at over many worlds at once."""
        return write_outlook(self.program, self._stretches)


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
