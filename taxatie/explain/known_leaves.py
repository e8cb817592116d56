"""What was answered and registered, as the leaves that carry the rules that fire."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from taxatie.engine.reference_events import days_before, going_back, is_matching
from taxatie.explain.knowledge import Knowledge, Whose, passes
from taxatie.explain.supports import NOTHING, Leaf, Support, Supports, join, settled
from taxatie.limits import EVENTS_CHOSEN_MAX
from taxatie.rules.condition import (
    Among,
    Between,
    ConceptUnknown,
    Events,
    ScoreUnknown,
    SignalUnknown,
)
from taxatie.rules.program import Signal
from taxatie.terms.case import Event
from taxatie.terms.explanation import HISTORY
from taxatie.terms.names import CASE
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

ANSWER, EVENT, UNKNOWN = "answer", "event", "unknown"
_ANY = frozenset({0})


@dataclass(slots=True)
class KnownLeaves:
    """Leaves of what is known already."""

    knowledge: Knowledge
    size: int
    supports: Supports = field(init=False)

    def __post_init__(self) -> None:
        """Find supports with these leaves."""
        self.supports = Supports(self, self.size)

    def test(self, condition: Among | Between, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return the answer that settles the test, or what settles it without that answer."""
        if not settled(self.knowledge.truth(condition, person), wanted=wanted):
            return []
        signal = self.knowledge.program.signals[condition.signal]
        whose = None if signal.subject == CASE else person
        found = list(self._without_answer(condition, signal, whose, wanted=wanted))
        if self.knowledge.known(signal.id, whose).is_answered:
            found.append({(ANSWER, signal.id, whose): _ANY})
        return found

    def _without_answer(
        self, condition: Among | Between, signal: Signal, whose: Whose, *, wanted: bool
    ) -> Iterable[Support]:
        """Return what settles the test whatever the answer: all values do, or the signal does not apply."""
        stretches = self.knowledge.insight.stretches(signal, signal.lowest, signal.highest)
        does_always = all(passes(condition, stretch.start) is wanted for stretch in stretches)
        does_unasked = wanted is (signal.type is SignalType.YES_NO and passes(condition, 0))
        if does_always and (signal.applies_when is None or does_unasked):
            return [NOTHING]
        if signal.applies_when is None:
            return []
        found = self.supports.of(signal.applies_when, whose, wanted=True) if does_always else []
        return [*found, *(self.supports.of(signal.applies_when, whose, wanted=False) if does_unasked else [])]

    def events(self, condition: Events, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return the events that show the pattern, or that the registers were searched without it."""
        if not settled(self.knowledge.truth(condition, person), wanted=wanted):
            return []
        if not wanted:
            return [{(ANSWER, HISTORY, None): _ANY}]
        searched: Support = {(ANSWER, HISTORY, None): _ANY} if condition.is_rising else {}
        return [
            {**{_event_leaf(index): _ANY for index in positions}, **searched}
            for positions in self._showing(condition, person)
        ]

    def _showing(self, condition: Events, person: Whose) -> Iterable[list[int]]:
        """Return the positions of events that show the pattern by themselves, the first ones first."""
        last = self.knowledge.case.reference_date
        first = None if condition.within is None else going_back(last, condition.within)
        listed = [
            (index, event)
            for index, event in enumerate(self.knowledge.case.history.events)
            if is_matching(event, condition, person) and event.date <= last
        ]
        now = [each for each in listed if first is None or each[1].date >= first]
        needed = condition.at_least
        before: list[tuple[int, Event]] = []
        if condition.is_rising and first is not None and condition.within is not None:
            earliest = going_back(first, condition.within)
            before = [each for each in listed if earliest <= each[1].date <= days_before(first, 1)]
            needed = max(needed, _count(before, is_distinct=condition.is_distinct) + 1)
        earlier = [index for index, _ in before]
        return [sorted([*chosen, *earlier]) for chosen in _enough_of(now, needed, is_distinct=condition.is_distinct)]

    def unknown(
        self, condition: SignalUnknown | ConceptUnknown | ScoreUnknown, person: Whose, *, wanted: bool
    ) -> Iterable[Support]:
        """Return the thing that is unknown, or what makes it known."""
        if not settled(self.knowledge.truth(condition, person), wanted=wanted):
            return []
        match condition:
            case SignalUnknown():
                return self._signal_unknown(condition, person, wanted=wanted)
            case ConceptUnknown(concept):
                part = self.knowledge.program.concepts[concept].condition
                holds = self.knowledge.truth(part, person) is Truth.HOLDS
                if wanted:
                    return [{(UNKNOWN, concept, person): _ANY}]
                return self.supports.of(part, person, wanted=holds)
            case ScoreUnknown(score):
                return [{(UNKNOWN, score, person): _ANY}] if wanted else self._score_known(score, person)

    def _signal_unknown(self, condition: SignalUnknown, person: Whose, *, wanted: bool) -> Iterable[Support]:
        signal = self.knowledge.program.signals[condition.signal]
        whose = None if signal.subject == CASE else person
        if wanted:
            return [{(UNKNOWN, signal.id, whose): _ANY}]
        known = self.knowledge.known(signal.id, whose)
        if known.is_answered or signal.applies_when is None:
            return [{(ANSWER, signal.id, whose): _ANY}] if known.is_answered else [NOTHING]
        return self.supports.of(signal.applies_when, whose, wanted=False)

    def _score_known(self, score: str, person: Whose) -> list[Support]:
        """Return what settles every item of a score."""
        reached: list[Support] = [NOTHING]
        for item in next(s for name, s in self.knowledge.program.scores.items() if name == score).items:
            holds = self.knowledge.truth(item.condition, person) is Truth.HOLDS
            carried = self.supports.of(item.condition, person, wanted=holds)
            joined = [both for one in reached for other in carried if (both := join(one, other)) is not None]
            reached = joined[:1] if joined else reached
        return reached

    def presence(self, person: AssessedPerson, *, wanted: bool) -> Iterable[Support]:
        """Return what makes sure that the person exists."""
        if not wanted or person.existence is Existence.IN_DOUBT:
            return []
        subject = next(s for s in self.knowledge.program.subjects if s.id == person.subject)
        if person.existence is Existence.LISTED or subject.exists_when is None:
            return [NOTHING]
        return self.supports.of(subject.exists_when, None, wanted=True)


def _event_leaf(index: int) -> Leaf:
    return (EVENT, f"{index:05}", None)


def _count(events: list[tuple[int, Event]], *, is_distinct: bool) -> int:
    if not is_distinct:
        return len(events)
    named = {event.reporter for _, event in events if event.reporter is not None}
    return len(named) + sum(event.reporter is None for _, event in events)


def _enough_of(events: list[tuple[int, Event]], needed: int, *, is_distinct: bool) -> list[list[int]]:
    """Return the positions of events that are enough: every choice of them, or of many the first alone."""
    named = [each for each in events if each[1].reporter is not None] if is_distinct else events
    if len(named) > EVENTS_CHOSEN_MAX:
        return [_first_of(named, needed, is_distinct=is_distinct)]
    choices = combinations(named, max(needed, 0))
    return [[index for index, _ in choice] for choice in choices if not is_distinct or _are_distinct(choice)]


def _are_distinct(events: tuple[tuple[int, Event], ...]) -> bool:
    return len({event.reporter for _, event in events}) == len(events)


def _first_of(events: list[tuple[int, Event]], needed: int, *, is_distinct: bool) -> list[int]:
    """Return the positions of the first events that are enough."""
    if not is_distinct:
        return [index for index, _ in events[:needed]]
    by_reporter: dict[str, int] = {}
    for index, event in events:
        if event.reporter is not None:
            by_reporter.setdefault(event.reporter, index)
    return list(by_reporter.values())[:needed]
