"""What the registers may yet say: the histories that a program can tell apart, found by trying events.

A history matters through its patterns alone. Further events are added one by one to what each pattern
counts, for everybody it is asked of, and what leads to the same counts is tried once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from taxatie.engine.reference_events import enough, going_back, more
from taxatie.rules.condition import Events
from taxatie.rules.program import Program
from taxatie.terms.case import Case, Event, History
from taxatie.terms.names import PersonId, ReporterId
from taxatie.terms.truth import Truth
from tests.oracle.conditions_within import event_patterns

FURTHER_EVENTS_MAX = 4
"""How many further events are tried together; enough for patterns that ask for two of each."""

STATES_MAX = 600
"""How many ways of counting are followed; of a case with more, too much would have to be tried."""

_ONE_DAY = timedelta(days=1)


class TooManyHistoriesError(Exception):
    """There are more histories than a test has time for."""


Tally = tuple[int, frozenset[str]]
"""Events, or for `distinct` those without a reporter; and the named reporters, for `distinct` alone."""

Counts = tuple[Tally, ...]
"""Two tallies, of the period and of the one before, for each pattern and each of those it is asked of."""


def possible_histories(program: Program, case: Case, persons: tuple[PersonId, ...]) -> list[History]:
    """Return one history for each thing that the patterns can come to say, the present events alone first."""
    if case.history.is_searched:
        return [case.history]
    return list(_Histories(program, case, persons).found())


@dataclass(frozen=True, slots=True)
class _View:
    """A pattern, as it is asked of somebody, with the first days of its two periods."""

    pattern: Events
    whose: PersonId | None
    first: date
    first_before: date
    last: date

    @classmethod
    def of(cls, pattern: Events, whose: PersonId | None, today: date) -> "_View":
        """Return the view from a day."""
        if pattern.within is None:
            return cls(pattern, whose, date.min, date.min, today)
        first = going_back(today, pattern.within)
        return cls(pattern, whose, first, going_back(first, pattern.within), today)

    def place(self, event: Event) -> int | None:
        """Return 0 for an event of the period, 1 for one of the period before, None for any other."""
        counts_here = self.whose is None or event.person is None or event.person == self.whose
        if event.kind not in self.pattern.kinds or not counts_here or event.date > self.last:
            return None
        if event.date >= self.first:
            return 0
        return 1 if self.pattern.is_rising and event.date >= self.first_before else None

    def grown(self, tally: Tally, reporter: ReporterId | None) -> Tally:
        """Return the tally with one event more; past what any truth can depend on it stays as it is."""
        number, names = tally
        if self.pattern.is_distinct and reporter is not None:
            names |= {reporter}
        else:
            number += 1
        if self.pattern.is_rising:
            return number, names
        enough_names = len(names) >= self.pattern.at_least
        return min(number, self.pattern.at_least), frozenset({"enough"}) if enough_names else names

    def truth(self, now: Tally, before: Tally) -> Truth:
        """Return what the pattern says, the registers having been searched."""
        counted, counted_before = self._counted(now), self._counted(before)
        frequent = enough(*counted, self.pattern.at_least, is_searched=True)
        if not self.pattern.is_rising:
            return frequent
        return min(frequent, more(counted, counted_before, is_searched=True))

    def _counted(self, tally: Tally) -> tuple[int, int]:
        number, names = tally
        if not self.pattern.is_distinct:
            return number, 0
        return (self.pattern.at_least if "enough" in names else len(names)), number


@dataclass(frozen=True)
class _Histories:
    """Tries further events, one more at a time."""

    program: Program
    case: Case
    persons: tuple[PersonId, ...]
    """Everybody who is assessed, listed or not: the patterns are asked of each."""

    @cached_property
    def views(self) -> list[_View]:
        """Every pattern, for everybody."""
        today = self.case.reference_date
        patterns = event_patterns(self.program)
        return [_View.of(pattern, whose, today) for pattern in patterns for whose in (None, *self.persons)]

    def found(self) -> Iterator[History]:
        """Return a history for every different set of truths of the patterns."""
        nothing: Counts = ((0, frozenset()),) * (2 * len(self.views))
        present = nothing
        for event in self.case.history.events:
            present = self._added(present, event)
        states: dict[Counts, tuple[Event, ...]] = {present: ()}
        frontier = states
        for _ in range(FURTHER_EVENTS_MAX):
            grown: dict[Counts, tuple[Event, ...]] = {}
            for counts, further in frontier.items():
                for event in self._events(further):
                    grown.setdefault(self._added(counts, event), (*further, event))
            frontier = {counts: further for counts, further in grown.items() if counts not in states}
            states = {**states, **frontier}
            if len(states) > STATES_MAX:
                raise TooManyHistoriesError
        by_truths: dict[tuple[Truth, ...], tuple[Event, ...]] = {}
        for counts, further in states.items():
            by_truths.setdefault(self._truths(counts), further)
        for further in by_truths.values():
            yield History(is_searched=True, events=(*self.case.history.events, *further))

    def _added(self, counts: Counts, event: Event) -> Counts:
        grown = list(counts)
        for index, view in enumerate(self.views):
            place = view.place(event)
            if place is not None:
                grown[2 * index + place] = view.grown(grown[2 * index + place], event.reporter)
        return tuple(grown)

    def _truths(self, counts: Counts) -> tuple[Truth, ...]:
        return tuple(view.truth(counts[2 * index], counts[2 * index + 1]) for index, view in enumerate(self.views))

    def _events(self, earlier: tuple[Event, ...]) -> Iterator[Event]:
        """Return one event for each stretch of days, kind, person and reporter that may make a difference."""
        reporters = self._reporters(earlier)
        for event in self._silent_events:
            for reporter in reporters:
                yield Event(event.kind, event.date, event.person, reporter)

    @cached_property
    def _silent_events(self) -> list[Event]:
        """One event, without reporter, for each way in which the views can see one."""
        kinds = sorted({kind for view in self.views for kind in view.pattern.kinds})
        whose: list[PersonId | None] = [None, *(person.id for person in self.case.persons)]
        events = [Event(kind, day, person) for day in self._days for kind in kinds for person in whose]
        by_places = {tuple(view.place(event) for view in self.views): event for event in reversed(events)}
        return list(reversed(by_places.values()))

    @cached_property
    def _days(self) -> list[date]:
        """The last day of each stretch that no period divides, the latest first."""
        edges = {edge for view in self.views for edge in (view.first, view.first_before) if edge > date.min}
        return sorted({self.case.reference_date, *(edge - _ONE_DAY for edge in edges)}, reverse=True)

    def _reporters(self, earlier: tuple[Event, ...]) -> list[ReporterId | None]:
        """Return nobody, those who are known, and one who is new; names matter to `distinct` alone."""
        if not any(view.pattern.is_distinct for view in self.views):
            return [None]
        known = {event.reporter for event in (*self.case.history.events, *earlier) if event.reporter is not None}
        new = ReporterId(f"new-{len(known)}")
        return [None, *sorted(known), new]
