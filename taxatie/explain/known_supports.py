"""What carries a rule that fires: the smallest sets of answers and events that make it hold by themselves.

A *support* is a set of leaves, as the bits of an integer: joining two is *or*, and counting is one instruction.
Supports are built from the parts of a condition upwards, and only as large as asked for; a larger one is never
looked at before every smaller one was.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from taxatie.explain.combining import enough, supports_of_score
from taxatie.explain.knowledge import Whose
from taxatie.explain.known_leaves import ANSWER, UNKNOWN, KnownLeaves, always_settles, settles
from taxatie.limits import SUPPORTS_MAX
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
from taxatie.terms.names import CASE, ConceptId, SubjectId, unlisted_person
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Support = int
Named = ConceptHolds | Events | ScoreBetween | SignalUnknown | ConceptUnknown | ScoreUnknown | Among | Between
NOTHING: Final[Support] = 0


@dataclass(slots=True)
class KnownSupports:
    """Finds what of a case carries conditions, up to a number of leaves."""

    leaves: KnownLeaves
    size: int
    program: Program = field(init=False)
    _found: dict[tuple[int, Whose, bool], list[Support]] = field(default_factory=dict)

    @property
    def nothing(self) -> Support:
        """The support that needs no leaf."""
        return NOTHING

    def __post_init__(self) -> None:
        """Note the program."""
        self.program = self.leaves.knowledge.program

    def of(self, condition: Condition, person: Whose, *, wanted: bool) -> list[Support]:
        """Return the supports of at most the size that make a condition hold, or fail: the smaller first.

        None of them holds another.
        """
        key = (id(condition), person, wanted)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self.smallest(self._carrying(condition, person, wanted=wanted))
        return found

    def _carrying(self, condition: Condition, person: Whose, *, wanted: bool) -> Iterable[Support]:
        match condition:
            case Any(parts) | All(parts):
                if isinstance(condition, Any) is wanted:
                    return self._one_of(condition, person, wanted=wanted)
                return self._parts(parts, person, wanted=wanted, count=len(parts))
            case AtLeast(count, parts):
                return self._parts(parts, person, wanted=wanted, count=count if wanted else len(parts) - count + 1)
            case Not(part):
                return self.of(part, person, wanted=not wanted)
            case Some() | Every():
                return self._group(condition, wanted=wanted)
            case _:
                return self._carrying_named(condition, person, wanted=wanted)

    def _carrying_named(self, condition: Named, person: Whose, *, wanted: bool) -> Iterable[Support]:
        match condition:
            case ConceptHolds(concept):
                return self.of(self.program.concepts[concept].condition, person, wanted=wanted)
            case Events():
                return self.leaves.showing(condition, person, wanted=wanted)
            case ScoreBetween():
                items = self.program.scores[condition.score].items
                return supports_of_score(self, condition, items, person, wanted=wanted)
            case SignalUnknown(signal):
                return self._signal_unknown(self.program.signals[signal], person, wanted=wanted)
            case ConceptUnknown(concept):
                return self._concept_unknown(concept, person, wanted=wanted)
            case ScoreUnknown():
                return self._score_unknown(condition, person, wanted=wanted)
            case _:
                return self._test(condition, person, wanted=wanted)

    # One answer

    def _test(self, test: Among | Between, person: Whose, *, wanted: bool) -> list[Support]:
        """Return the answer that settles a test, or what settles it without that answer."""
        signal = self.program.signals[test.signal]
        whose = None if signal.subject == CASE else person
        answer = self.leaves.answer(signal.id, whose)
        if answer is not None and not settles(test, signal, answer, wanted=wanted):
            return []
        found = self._without_answer(test, signal, whose, wanted=wanted)
        if answer is None or NOTHING in found:
            return found
        return self.smallest([*found, self.leaves.bit((ANSWER, signal.id, whose))])

    def _without_answer(self, test: Among | Between, signal: Signal, whose: Whose, *, wanted: bool) -> list[Support]:
        """Return what settles a test whatever the answer: all values do, or the signal does not apply."""
        does_always = always_settles(test, signal, wanted=wanted)
        if signal.applies_when is None:
            return [NOTHING] if does_always else []
        passes_unasked = signal.type is SignalType.YES_NO and isinstance(test, Among) and 0 in test.values
        does_unasked = wanted is passes_unasked
        if does_always and does_unasked:
            return [NOTHING]
        if does_always or does_unasked:
            return self.of(signal.applies_when, whose, wanted=does_always)
        return []

    # Several parts

    def _one_of(self, condition: Any | All, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return what makes one of the parts hold, or fail: of most, one answer."""
        ways = self.leaves.knowledge.insight.ways(condition, wanted=wanted)
        found = self.leaves.given(ways, person)
        for part, is_wanted in ways.others:
            found += self.of(part, person, wanted=is_wanted)
        return found

    def _parts(self, parts: tuple[Condition, ...], person: Whose, *, wanted: bool, count: int) -> Iterable[Support]:
        """Return what makes *count* of the parts hold, or fail."""
        if count == len(parts):
            choices = []
            for part in parts:
                choice = self.of(part, person, wanted=wanted)
                if not choice:
                    return ()
                choices.append(choice)
            return enough(self, choices, count)
        return enough(self, [self.of(part, person, wanted=wanted) for part in parts], count)

    def joined(self, first: list[Support], second: Iterable[Support]) -> list[Support]:
        """Return each of the first together with each of the second."""
        size = self.size
        return [both for one in first for other in second if (both := one | other).bit_count() <= size]

    def smallest(self, supports: Iterable[Support]) -> list[Support]:
        """Return the supports that hold no other, each once, the smaller first."""
        size = self.size
        different = dict.fromkeys([support for support in supports if support.bit_count() <= size])
        if len(different) <= 1:
            return list(different)
        ordered = sorted(different, key=int.bit_count)
        if ordered[0].bit_count() == ordered[-1].bit_count():
            return ordered[:SUPPORTS_MAX]
        kept: list[Support] = []
        for support in ordered:
            if not any(support & other == other for other in kept):
                kept.append(support)
            if len(kept) >= SUPPORTS_MAX:
                break
        return kept

    # Others

    def _group(self, condition: Some | Every, *, wanted: bool) -> Iterable[Support]:
        """Return what makes somebody, or everybody, be as the condition says."""
        subject, part = condition.subject, condition.condition
        persons = [person for person in self.leaves.trace.persons if person.subject == subject]
        is_for_all = isinstance(condition, Every) is wanted
        if is_for_all and not persons:
            return [*self._nobody(subject), *self.of(part, unlisted_person(subject), wanted=wanted)]
        choices = []
        for person in persons:
            carried = self.of(part, person.id, wanted=wanted)
            if not is_for_all:
                carried = self.smallest(self.joined(carried, list(self._presence(person)))) if carried else []
            choices.append(carried)
        return enough(self, choices, len(choices) if is_for_all else 1)

    def _nobody(self, subject: SubjectId) -> Iterable[Support]:
        """Return what makes sure that there is nobody of a subject of whom nobody is assessed."""
        exists_when = next(each.exists_when for each in self.program.subjects if each.id == subject)
        if exists_when is None or subject in self.leaves.knowledge.case.everyone_listed:
            return (NOTHING,)
        return self.of(exists_when, None, wanted=False)

    def _presence(self, person: AssessedPerson) -> Iterable[Support]:
        """Return what makes sure that a person exists."""
        if person.existence is Existence.IN_DOUBT:
            return ()
        exists_when = next(each.exists_when for each in self.program.subjects if each.id == person.subject)
        if person.existence is Existence.LISTED or exists_when is None:
            return (NOTHING,)
        return self.of(exists_when, None, wanted=True)

    # What is unknown

    def _signal_unknown(self, signal: Signal, person: Whose, *, wanted: bool) -> Iterable[Support]:
        knowledge, whose = self.leaves.knowledge, None if signal.subject == CASE else person
        if knowledge.reading.is_unsettled(signal.id, whose) is not wanted:
            return ()
        if wanted:
            return (self.leaves.bit((UNKNOWN, signal.id, whose)),)
        if self.leaves.answer(signal.id, whose) is not None:
            return (self.leaves.bit((ANSWER, signal.id, whose)),)
        return (NOTHING,) if signal.applies_when is None else self.of(signal.applies_when, whose, wanted=False)

    def _concept_unknown(self, concept: ConceptId, person: Whose, *, wanted: bool) -> Iterable[Support]:
        truth = self.leaves.concept(concept, person)
        if (truth is Truth.CANNOT_TELL) is not wanted:
            return ()
        if wanted:
            return (self.leaves.bit((UNKNOWN, concept, person)),)
        return self.of(self.program.concepts[concept].condition, person, wanted=truth is Truth.HOLDS)

    def _score_unknown(self, condition: ScoreUnknown, person: Whose, *, wanted: bool) -> Iterable[Support]:
        knowledge = self.leaves.knowledge
        if (knowledge.truth(condition, person) is Truth.HOLDS) is not wanted:
            return ()
        if wanted:
            return (self.leaves.bit((UNKNOWN, condition.score, person)),)
        reached = NOTHING
        for item in self.program.scores[condition.score].items:
            holds = knowledge.truth(item.condition, person) is Truth.HOLDS
            carried = self.of(item.condition, person, wanted=holds)
            reached |= carried[0] if carried else NOTHING
        return (reached,)
