"""What was answered, registered and found in a case, as the leaves that can carry a rule.

A *leaf* is one answer, one event or one thing that is unknown; each has a bit of its own, so that a set of leaves is
an integer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from taxatie.engine.reference import interval_truth, remaining_values
from taxatie.engine.reference_events import days_before, going_back, is_matching, pattern_truth
from taxatie.explain.knowledge import Knowledge, Whose
from taxatie.explain.supports import Leaf, settled
from taxatie.explain.ways import Given, Ways
from taxatie.limits import EVENTS_CHOSEN_MAX
from taxatie.rules.condition import Among, Between, ConceptHolds, Events
from taxatie.rules.program import Signal
from taxatie.terms.case import Answer, Event, Mode
from taxatie.terms.explanation import HISTORY
from taxatie.terms.names import CASE, MODE, ConceptId, SignalId
from taxatie.terms.trace import Evaluation, Trace
from taxatie.terms.truth import Truth

ANSWER, EVENT, UNKNOWN = "answer", "event", "unknown"
_NO_ANSWERS: Final[Mapping[SignalId, Answer]] = {}


@dataclass(slots=True)
class KnownLeaves:
    """The leaves of one case."""

    knowledge: Knowledge
    trace: Trace
    leaves: list[Leaf] = field(default_factory=list)
    """Those that were asked for, the one with the lowest bit first."""
    _bits: dict[Leaf, int] = field(default_factory=dict)
    _answers: dict[Whose, Mapping[SignalId, Answer]] = field(init=False)
    _sure: dict[Whose, tuple[frozenset[Given], list[tuple[SignalId, frozenset[int]]]]] = field(default_factory=dict)
    _evaluations: dict[tuple[int, Whose], Evaluation] = field(init=False)

    def __post_init__(self) -> None:
        """Note whose answers are whose, and what was found of whom."""
        case = self.knowledge.case
        self._answers = {person.id: person.answers for person in case.persons}
        self._answers[None] = {**case.answers, MODE: Answer(list(Mode).index(case.mode))}
        self._evaluations = {(each.scope, each.person): each for each in self.trace.evaluations}

    def bit(self, leaf: Leaf) -> int:
        """Return the bit of a leaf."""
        found = self._bits.get(leaf)
        if found is None:
            found = self._bits[leaf] = 1 << len(self.leaves)
            self.leaves.append(leaf)
        return found

    def named(self, support: int) -> list[Leaf]:
        """Return the leaves of a set."""
        return [leaf for place, leaf in enumerate(self.leaves) if support >> place & 1]

    def answer(self, signal: SignalId, whose: Whose) -> Answer | None:
        """Return what was answered; None where nothing was, or that it is unknown."""
        answer = self._answers.get(whose, _NO_ANSWERS).get(signal)
        return None if answer is None or answer.value is None else answer

    def given(self, ways: Ways, person: Whose) -> list[int]:
        """Return the answers that were given of those of which one is enough."""
        sure, left = self._given(None)
        found = [self.bit((ANSWER, name, None)) for name, _ in ways.of_case & sure]
        found += [self.bit((ANSWER, name, None)) for name, values in left if _will_do(ways, name, values)]
        if person is not None:
            sure, left = self._given(person)
            found += [self.bit((ANSWER, name, person)) for name, _ in ways.of_person & sure]
            found += [self.bit((ANSWER, name, person)) for name, values in left if _will_do(ways, name, values)]
        return found

    def _given(self, whose: Whose) -> tuple[frozenset[Given], list[tuple[SignalId, frozenset[int]]]]:
        """Return the answers about somebody that leave one value, and those that leave some, but not all."""
        found = self._sure.get(whose)
        if found is None:
            signals = self.knowledge.program.signals
            sure, left = [], []
            for name, answer in self._answers.get(whose, _NO_ANSWERS).items():
                if answer.value is not None and (labels := signals[name].labels):
                    if answer.is_reliable:
                        sure.append((name, answer.value))
                        continue
                    low, high = remaining_values(signals[name], answer)
                    if low == high:
                        sure.append((name, low))
                    elif len(labels) > high - low + 1:
                        left.append((name, frozenset(range(low, high + 1))))
            found = self._sure[whose] = (frozenset(sure), left)
        return found

    def concept(self, concept: ConceptId, person: Whose) -> Truth:
        """Return what the engine found of a concept, or what it would of somebody who is not assessed."""
        program = self.knowledge.program
        scope, place = program.concept_places[concept]
        whose = None if program.scopes[scope].subject == CASE else person
        found = self._evaluations.get((scope, whose))
        return self.knowledge.truth(ConceptHolds(concept), person) if found is None else found.concepts[place]

    def showing(self, pattern: Events, person: Whose, *, wanted: bool) -> Iterable[int]:
        """Return the sets of events that show the pattern, or that the registers were searched without it."""
        case = self.knowledge.case
        if not settled(pattern_truth(pattern, case, person), wanted=wanted):
            return []
        searched = self.bit((ANSWER, HISTORY, None))
        if not wanted:
            return [searched]
        besides = searched if pattern.is_rising else 0
        return [
            besides | sum(self.bit((EVENT, f"{place:05}", None)) for place in places)
            for places in self._places_showing(pattern, person)
        ]

    def _places_showing(self, pattern: Events, person: Whose) -> Iterable[list[int]]:
        """Return the places of events that show the pattern by themselves, the first ones first."""
        last = self.knowledge.case.reference_date
        first = None if pattern.within is None else going_back(last, pattern.within)
        listed = [
            (place, event)
            for place, event in enumerate(self.knowledge.case.history.events)
            if is_matching(event, pattern, person) and event.date <= last
        ]
        now = [each for each in listed if first is None or each[1].date >= first]
        needed = pattern.at_least
        before: list[tuple[int, Event]] = []
        if pattern.is_rising and first is not None and pattern.within is not None:
            earliest = going_back(first, pattern.within)
            before = [each for each in listed if earliest <= each[1].date <= days_before(first, 1)]
            needed = max(needed, _count(before, is_distinct=pattern.is_distinct) + 1)
        earlier = [place for place, _ in before]
        return [sorted([*chosen, *earlier]) for chosen in _enough_of(now, needed, is_distinct=pattern.is_distinct)]


def _will_do(ways: Ways, name: SignalId, values: frozenset[int]) -> bool:
    """Return whether all the values that are left are among those of which any will do."""
    return any(values <= enough for enough in ways.tests.get(name, ()))


def settles(test: Among | Between, signal: Signal, answer: Answer, *, wanted: bool) -> bool:
    """Return whether all values that an answer leaves pass the test, or none does."""
    low, high = remaining_values(signal, answer)
    if isinstance(test, Between):
        return settled(interval_truth(low, high, test.low, test.high), wanted=wanted)
    if low == high:
        return (low in test.values) is wanted
    return all((value in test.values) is wanted for value in range(low, high + 1))


def always_settles(test: Among | Between, signal: Signal, *, wanted: bool) -> bool:
    """Return whether all values of a signal pass the test, or none does."""
    if isinstance(test, Between):
        return settled(interval_truth(signal.lowest, signal.highest, test.low, test.high), wanted=wanted)
    return len(test.values) == (len(signal.labels) if wanted else 0)


def _count(events: list[tuple[int, Event]], *, is_distinct: bool) -> int:
    if not is_distinct:
        return len(events)
    named = {event.reporter for _, event in events if event.reporter is not None}
    return len(named) + sum(event.reporter is None for _, event in events)


def _enough_of(events: list[tuple[int, Event]], needed: int, *, is_distinct: bool) -> list[list[int]]:
    """Return the places of events that are enough: every choice of them, or of many the first alone."""
    named = [each for each in events if each[1].reporter is not None] if is_distinct else events
    if len(named) > EVENTS_CHOSEN_MAX:
        return [_first_of(named, needed, is_distinct=is_distinct)]
    choices = combinations(named, max(needed, 0))
    return [[place for place, _ in choice] for choice in choices if not is_distinct or _are_distinct(choice)]


def _are_distinct(events: tuple[tuple[int, Event], ...]) -> bool:
    return len({event.reporter for _, event in events}) == len(events)


def _first_of(events: list[tuple[int, Event]], needed: int, *, is_distinct: bool) -> list[int]:
    """Return the places of the first events that are enough."""
    if not is_distinct:
        return [place for place, _ in events[:needed]]
    by_reporter: dict[str, int] = {}
    for place, event in events:
        if event.reporter is not None:
            by_reporter.setdefault(event.reporter, place)
    return list(by_reporter.values())[:needed]
