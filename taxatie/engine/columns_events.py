"""Patterns over time for many cases at once: windows laid on every reference date, events counted by row."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import PatternSource, Question
from taxatie.engine.columns_ranks import RankedPlanes, ranks_of
from taxatie.engine.columns_table import Days, Flags, Plane, Table, pack
from taxatie.engine.columns_windows import counts_for, spans_back
from taxatie.rules.condition import Events
from taxatie.terms.period import Window

Counts = NDArray[np.int64]

_LAST_DAY: Final = np.iinfo(np.int32).max
_REPORTER_BITS: Final = 16


class Seen(NamedTuple):
    """Some events: their places among all, and the row of each, both in rising order."""

    places: NDArray[np.intp]
    rows: Days


@dataclass(frozen=True)
class EventPlanes:
    """The events of a table, counted as patterns ask; what was sought once is kept."""

    table: Table
    _seen: dict[tuple[object, ...], Seen] = field(default_factory=dict)
    _younger: dict[tuple[Window, bool], Flags] = field(default_factory=dict)

    def plane(self, source: PatternSource, slot: int) -> Plane:
        """Return the plane of a question about a pattern, as seen for the case or the person in a slot."""
        pattern = source.pattern
        if self._ranked is not None and pattern.at_least > 0:
            return self._ranked.plane(source, slot)
        now = self._counting(source, slot, is_before=False)
        match source.question:
            case Question.ENOUGH:
                return self._often(self._certain(now, pattern), pattern.at_least)
            case Question.TOO_FEW:
                return ~self._often(self._possible(now, pattern), pattern.at_least)
            case Question.RISING:
                before = self._counting(source, slot, is_before=True)
                return self._more(self._certain(now, pattern), self._possible(before, pattern))
            case Question.NOT_RISING:
                before = self._counting(source, slot, is_before=True)
                return ~self._more(self._possible(now, pattern), self._certain(before, pattern))

    @cached_property
    def _ranked(self) -> RankedPlanes | None:
        """The events by rank, where no case has too many; they count events in a fraction of the time."""
        ranks = ranks_of(self.table)
        return None if ranks is None else RankedPlanes(self.table, ranks)

    # Counting

    def _often(self, rows: Days, number: int) -> Plane:
        """Return where a row stands at least so many times in a rising list."""
        if number <= 0:
            return ~self._plane(rows[:0])
        last = rows[number - 1 :]
        return self._plane(last[last == rows[: len(last)]])

    def _more(self, rows: Days, others: Days) -> Plane:
        """Return where a row stands more often in one rising list than in another."""
        (here, times), (there, times_there) = _runs(rows), _runs(others)
        compared = self._numbers
        compared[there] = times_there
        more = here[times > compared[here]]
        compared[there] = 0
        return self._plane(more)

    def _plane(self, rows: Days) -> Plane:
        """Return the plane in which the rows are set."""
        self._flags[rows] = True
        plane = pack(self._flags)
        self._flags[rows] = False
        return plane

    @cached_property
    def _flags(self) -> Flags:
        """A flag for each row, none of them set; used again and again, since fresh memory costs more than the work."""
        return np.zeros(self.table.rows, np.bool_)

    @cached_property
    def _numbers(self) -> Days:
        """A number for each row, each of them zero; used again as the flags are."""
        return np.zeros(self.table.rows, np.int32)

    def _certain(self, seen: Seen, pattern: Events) -> Days:
        """Return a row for all that counts for certain: each event, or each different reporter that is named."""
        if not pattern.is_distinct:
            return seen.rows
        reporters = self.table.events.reporters[seen.places]
        named = np.flatnonzero(reporters)
        reports = np.sort(seen.rows[named].astype(np.int64) << _REPORTER_BITS | reporters[named])
        is_first = np.ones(len(reports), np.bool_)
        is_first[1:] = reports[1:] != reports[:-1]
        return (reports[is_first] >> _REPORTER_BITS).astype(np.int32)

    def _possible(self, seen: Seen, pattern: Events) -> Days:
        """Return a row for all that may count: an event whose reporter is not named may be of another one."""
        if not pattern.is_distinct:
            return seen.rows
        unnamed = seen.rows[self.table.events.reporters[seen.places] == 0]
        return np.sort(np.concatenate((self._certain(seen, pattern), unnamed)))

    # Seeking

    def _counting(self, source: PatternSource, slot: int, *, is_before: bool) -> Seen:
        """Return the matching events that count for the case or the person in a slot."""
        pattern = source.pattern
        whose = (source.subject, slot, source.is_unlisted, source.subjects)
        key = (pattern.kinds, pattern.within, is_before, whose)
        if key not in self._seen:
            counts = [True, *(counts_for(source, slot, place) for place in self.table.layout.places)]
            seen = self._matching(pattern, is_before=is_before)
            if not all(counts):
                kept = np.flatnonzero(np.array(counts, np.bool_)[self.table.events.persons[seen.places]])
                seen = Seen(seen.places[kept], seen.rows[kept])
            self._seen[key] = seen
        return self._seen[key]

    def _matching(self, pattern: Events, *, is_before: bool) -> Seen:
        """Return the events of the pattern's kinds in its window, or in the period before it."""
        key = (pattern.kinds, pattern.within, is_before)
        if key not in self._seen:
            events = self.table.events
            wanted, is_of_kind = self._spare
            wanted.fill(False)
            for place, kind in enumerate(self.table.layout.kinds):
                if kind in pattern.kinds:
                    np.equal(events.kinds, place, out=is_of_kind)
                    np.logical_or(wanted, is_of_kind, out=wanted)
            np.logical_and(wanted, self._within(pattern.within, is_before=is_before), out=wanted)
            places = np.flatnonzero(wanted)
            self._seen[key] = Seen(places, events.rows[places])
        return self._seen[key]

    @cached_property
    def _spare(self) -> tuple[Flags, Flags]:
        """Two flags for each event, to be used again."""
        number = len(self.table.events.rows)
        return np.empty(number, np.bool_), np.empty(number, np.bool_)

    def _within(self, window: Window | None, *, is_before: bool) -> Flags:
        """Return which events lie in the window, or in the period before it."""
        if window is None:
            return self._is_past
        if is_before:
            return self._is_younger(window, is_twice=True) & ~self._is_younger(window, is_twice=False)
        return self._is_younger(window, is_twice=False) & self._is_past

    @cached_property
    def _ages(self) -> Days:
        """How many days before the reference date each event was; negative after it."""
        return self.table.reference_days[self.table.events.rows] - self.table.events.days

    @cached_property
    def _is_past(self) -> Flags:
        """Which events are not after the reference date."""
        return self._ages >= 0

    def _is_younger(self, window: Window, *, is_twice: bool) -> Flags:
        """Return which events lie after the day to which the window goes back, once or twice, or on it."""
        key = (window, is_twice)
        if key not in self._younger:
            reference, ages = self.table.reference_days, self._ages
            first = int(reference.min(initial=_LAST_DAY))
            spans = spans_back(window, first, int(reference.max(initial=first)))[int(is_twice)]
            shortest, longest = spans.min(), spans.max()
            younger = ages <= shortest
            # Few are so near the edge that their own reference date decides.
            near = _near(ages, shortest, longest)
            younger[near] = ages[near] <= spans[reference[self.table.events.rows[near]] - first]
            self._younger[key] = younger
        return self._younger[key]


def _near(ages: Days, shortest: int, longest: int) -> NDArray[np.intp]:
    """Return which ages lie between the shortest span and the longest."""
    return np.flatnonzero((ages > shortest) & (ages <= longest)) if shortest < longest else np.zeros(0, np.intp)


def _runs(rows: Days) -> tuple[Days, Counts]:
    """Return each different row of a rising list, and how many times it is listed."""
    starts = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1]))[: len(rows)])
    return rows[starts], np.diff(starts, append=len(rows))
