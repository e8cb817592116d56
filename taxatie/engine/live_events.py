"""Patterns over time for the live engine: windows as day numbers, counted once a case and person."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from taxatie.rules.condition import Events
from taxatie.terms.case import Case, Event
from taxatie.terms.names import PersonId
from taxatie.terms.period import Window, WindowUnit

_FIRST_DAY = 1


@dataclass(frozen=True, slots=True)
class DatedPattern:
    """A pattern with its windows laid on the calendar of one reference date, as day numbers."""

    pattern: Events
    start: int
    start_before: int

    @classmethod
    def of(cls, pattern: Events, last: date) -> "DatedPattern":
        """Return the pattern as seen from its reference date."""
        if pattern.within is None:
            return cls(pattern, _FIRST_DAY, _FIRST_DAY)
        start = _back(last, pattern.within)
        return cls(pattern, start.toordinal(), _back(start, pattern.within).toordinal())

    def truth(self, events: Sequence[Event], last: int, *, is_searched: bool) -> int:
        """Return whether the pattern shows among the events: 0, 1 or 2."""
        pattern = self.pattern
        kinds, now, before = pattern.kinds, [], []
        for event in events:
            day = event.date.toordinal()
            if event.kind in kinds and day <= last:
                if day >= self.start:
                    now.append(event)
                elif day >= self.start_before:
                    before.append(event)
        n, m = _counted(now, is_distinct=pattern.is_distinct)
        truth = 2 if n >= pattern.at_least else 0 if is_searched and n + m < pattern.at_least else 1
        if pattern.is_rising and truth:
            truth = min(truth, self._rise((n, m), before, is_searched=is_searched))
        return truth

    def _rise(self, now: tuple[int, int], before: Sequence[Event], *, is_searched: bool) -> int:
        if not is_searched:
            return 1
        n, m = now
        n_before, m_before = _counted(before, is_distinct=self.pattern.is_distinct)
        if n > n_before + m_before:
            return 2
        return 0 if n + m <= n_before else 1


def pattern_truths(patterns: Sequence[DatedPattern], case: Case, person: PersonId | None) -> list[int]:
    """Return the truth of each pattern, as seen for a person or for the case."""
    events: Sequence[Event] = case.history.events
    if person is not None:
        events = [event for event in events if event.person is None or event.person == person]
    last = case.reference_date.toordinal()
    is_searched = case.history.is_searched
    return [pattern.truth(events, last, is_searched=is_searched) for pattern in patterns]


def _counted(events: Sequence[Event], *, is_distinct: bool) -> tuple[int, int]:
    if not is_distinct:
        return len(events), 0
    named = {event.reporter for event in events}
    unnamed = sum(event.reporter is None for event in events)
    return len(named) - (None in named), unnamed


def _back(day: date, window: Window) -> date:
    """Return the day one window earlier; the calendar begins in the year 1."""
    if window.unit in {WindowUnit.DAYS, WindowUnit.WEEKS}:
        step = window.amount * (7 if window.unit is WindowUnit.WEEKS else 1)
        return date.fromordinal(max(_FIRST_DAY, day.toordinal() - step))
    months = window.amount * (12 if window.unit is WindowUnit.YEARS else 1)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.fromordinal(_FIRST_DAY)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
