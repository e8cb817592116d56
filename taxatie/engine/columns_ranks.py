"""Events as planes: the first event of every case, the second of every case, and so on.

Counting events one by one costs more than all other conditions together. Laid out by rank, an event's kind, window and
person are bits like everything else, and counting them is a few operations on words. It is fastest where cases with
more events come first, as in the files that we write: then a rank is as long as there are events in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import PatternSource, Question
from taxatie.engine.columns_table import Days, Plane, Table, pack
from taxatie.engine.columns_windows import counts_for, spans_back
from taxatie.limits import EVENT_RANKS_MAX
from taxatie.rules.condition import Events
from taxatie.terms.period import Window

_NO_KIND: Final = 255
_LAST_DAY: Final = np.iinfo(np.int32).max
Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Rank:
    """One event of each case, by row; rows beyond the last case that has one are left off."""

    kinds: Codes
    """By place in the layout; `_NO_KIND` where the case has no such event."""
    ages: Days
    """Days before the reference date; negative after it."""
    persons: Codes
    reporters: NDArray[np.uint16]


def ranks_of(table: Table) -> tuple[Rank, ...] | None:
    """Return the events of a table by rank, or None where a case has too many."""
    events = table.events
    starts = np.flatnonzero(np.concatenate(([True], events.rows[1:] != events.rows[:-1]))[: len(events.rows)])
    numbers = np.diff(starts, append=len(events.rows))
    if numbers.max(initial=0) > EVENT_RANKS_MAX or events.reporters.max(initial=0) > EVENT_RANKS_MAX:
        return None
    return tuple(_ranks(table, starts, numbers))


def _ranks(table: Table, starts: NDArray[np.intp], numbers: NDArray[np.intp]) -> Iterator[Rank]:
    events, rows = table.events, table.events.rows[starts]
    for rank in range(numbers.max(initial=0)):
        having = numbers > rank
        starts, numbers, rows = starts[having], numbers[having], rows[having]
        places, length = starts + rank, int(rows[-1]) + 1
        ages = table.reference_days[rows] - events.days[places]
        if length == len(rows):
            yield Rank(events.kinds[places], ages, events.persons[places], events.reporters[places])
        else:
            yield Rank(
                _spread(events.kinds[places], rows, np.full(length, _NO_KIND, np.uint8)),
                _spread(ages, rows, np.zeros(length, np.int32)),
                _spread(events.persons[places], rows, np.zeros(length, np.uint8)),
                _spread(events.reporters[places], rows, np.zeros(length, np.uint16)),
            )


Number = TypeVar("Number", np.uint8, np.uint16, np.int32)


def _spread(values: NDArray[Number], rows: Days, room: NDArray[Number]) -> NDArray[Number]:
    room[rows] = values
    return room


@dataclass(frozen=True)
class RankedPlanes:
    """The events of a table by rank, counted as patterns ask; what was worked out once is kept."""

    table: Table
    ranks: tuple[Rank, ...]
    _kept: dict[tuple[object, ...], list[Plane]] = field(default_factory=dict)

    def plane(self, source: PatternSource, slot: int) -> Plane:
        """Return the plane of a question about a pattern, as seen for the case or the person in a slot."""
        pattern = source.pattern
        now = self._counting(source, slot, is_before=False)
        match source.question:
            case Question.ENOUGH:
                return self._whole(_at_least(pattern.at_least, self._certain(now, pattern)))
            case Question.TOO_FEW:
                return ~self._whole(_at_least(pattern.at_least, self._possible(now, pattern)))
            case Question.RISING:
                before = self._counting(source, slot, is_before=True)
                return self._whole(_more(self._certain(now, pattern), self._possible(before, pattern)))
            case Question.NOT_RISING:
                before = self._counting(source, slot, is_before=True)
                return ~self._whole(_more(self._possible(now, pattern), self._certain(before, pattern)))

    def _whole(self, plane: Plane) -> Plane:
        """Return the plane with its empty end."""
        whole = np.zeros(self.table.words, np.uint64)
        whole[: len(plane)] = plane
        return whole

    def _certain(self, matching: list[Plane], pattern: Events) -> list[Plane]:
        """Return what counts for certain: where each event matches, or where each named reporter has one that does."""
        if not pattern.is_distinct:
            return matching
        named = []
        for reporter in range(1, max((int(rank.reporters.max()) for rank in self.ranks), default=0) + 1):
            found = np.zeros(len(matching[0]), np.uint64)
            for rank, plane in zip(self._by_reporter(reporter), matching, strict=True):
                found[: len(plane)] |= plane & rank
            named.append(found)
        return named

    def _possible(self, matching: list[Plane], pattern: Events) -> list[Plane]:
        """Return what may count: an event whose reporter is not named may be of another one."""
        if not pattern.is_distinct:
            return matching
        unnamed = [np.bitwise_and(*both) for both in zip(matching, self._by_reporter(0), strict=True)]
        return [*self._certain(matching, pattern), *unnamed]

    def _by_reporter(self, reporter: int) -> list[Plane]:
        key = ("reporter", reporter)
        if key not in self._kept:
            self._kept[key] = [pack(rank.reporters == reporter) for rank in self.ranks]
        return self._kept[key]

    def _counting(self, source: PatternSource, slot: int, *, is_before: bool) -> list[Plane]:
        """Return by rank where the event matches and counts for the case or the person in a slot."""
        pattern, places = source.pattern, self.table.layout.places
        matching = self._matching(pattern, is_before=is_before)
        counting = [number for number, place in enumerate(places, start=1) if counts_for(source, slot, place)]
        if len(counting) == len(places):
            return matching
        key = ("named", *counting)
        if key not in self._kept:
            self._kept[key] = [
                _any_of([pack(rank.persons == number) for number in (0, *counting)]) for rank in self.ranks
            ]
        return [np.bitwise_and(*both) for both in zip(matching, self._kept[key], strict=True)]

    def _matching(self, pattern: Events, *, is_before: bool) -> list[Plane]:
        """Return by rank where the event is of the pattern's kinds and in its window, or in the period before it."""
        key = ("matching", pattern.kinds, pattern.within, is_before)
        if key not in self._kept:
            kinds = self.table.layout.kinds
            wanted = [self._of_kind(place) for place, kind in enumerate(kinds) if kind in pattern.kinds]
            within = self._within(pattern.within, is_before=is_before)
            self._kept[key] = [
                np.bitwise_and(_any_of([of_kind[rank] for of_kind in wanted]), window) if wanted else window & ~window
                for rank, window in enumerate(within)
            ]
        return self._kept[key]

    def _of_kind(self, place: int) -> list[Plane]:
        key = ("kind", place)
        if key not in self._kept:
            self._kept[key] = [pack(rank.kinds == place) for rank in self.ranks]
        return self._kept[key]

    def _within(self, window: Window | None, *, is_before: bool) -> list[Plane]:
        """Return by rank where the event lies in the window, or in the period before it."""
        key = ("within", window, is_before)
        if key not in self._kept:
            if window is None:
                planes = [pack(rank.ages >= 0) for rank in self.ranks]
            elif is_before:
                both = zip(self._younger(window, is_twice=True), self._younger(window, is_twice=False), strict=True)
                planes = [twice & ~once for twice, once in both]
            else:
                both = zip(self._younger(window, is_twice=False), self._within(None, is_before=False), strict=True)
                planes = [younger & past for younger, past in both]
            self._kept[key] = planes
        return self._kept[key]

    def _younger(self, window: Window, *, is_twice: bool) -> list[Plane]:
        """Return by rank where the event lies on the day to which the window goes back, once or twice, or after it."""
        key = ("younger", window, is_twice)
        if key not in self._kept:
            first, last = int(self._days.min(initial=_LAST_DAY)), int(self._days.max(initial=0))
            spans = spans_back(window, first, max(first, last))[int(is_twice)][self._days - first]
            self._kept[key] = [pack(rank.ages <= spans[: len(rank.ages)]) for rank in self.ranks]
        return self._kept[key]

    @cached_property
    def _days(self) -> Days:
        """The reference dates of the rows that have events."""
        return self.table.reference_days[: len(self.ranks[0].ages) if self.ranks else 0]


def _any_of(planes: Sequence[Plane]) -> Plane:
    found = planes[0]
    for plane in planes[1:]:
        found = found | plane
    return found


def _at_least(number: int, planes: Sequence[Plane]) -> Plane:
    """Return where at least so many of the planes are set; what lies beyond the end of one is not."""
    length = max(map(len, planes), default=0)
    if number > len(planes):
        return np.zeros(length, np.uint64)
    reached = [np.zeros(length, np.uint64) for _ in range(number)]
    for place, plane in enumerate(planes):
        for step in range(min(number - 1, place), 0, -1):
            reached[step][: len(plane)] |= reached[step - 1][: len(plane)] & plane
        reached[0][: len(plane)] |= plane
    return reached[-1]


def _digits(planes: Sequence[Plane]) -> list[Plane]:
    """Return in how many of the planes each row is set, as planes of binary digits, the lowest first."""
    length = max(map(len, planes), default=0)
    digits = [np.zeros(length, np.uint64) for _ in range(len(planes).bit_length())]
    for number, plane in enumerate(planes, start=1):
        carried = plane
        for digit in digits[: number.bit_length()]:
            part = digit[: len(plane)]
            carried_on = part & carried
            part ^= carried
            carried = carried_on
    return digits


def _more(planes: Sequence[Plane], others: Sequence[Plane]) -> Plane:
    """Return where more of some planes are set than of others."""
    length = max(map(len, (*planes, *others)), default=0)
    more = np.zeros(length, np.uint64)
    empty = np.zeros(length, np.uint64)
    for digit, other in zip_longest(_digits(planes), _digits(others), fillvalue=empty):
        more = (digit & ~other) | (more & ~(digit ^ other))
    return more
