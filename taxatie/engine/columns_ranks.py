"""Events as planes: the first event of every case, the second of every case, and so on.

Counting events one by one costs more than all other conditions together. Laid out by rank, an event's kind, window and
person are bits like everything else, and counting them is a few operations on words. It is fastest where cases with
more events come first, as in the files that we write: then a rank is as long as there are events in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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


def ranks_of(table: Table) -> tuple[Rank, ...] | None:
    """Return the events of a table by rank, or None where a case has too many."""
    events = table.events
    starts = np.flatnonzero(np.concatenate(([True], events.rows[1:] != events.rows[:-1]))[: len(events.rows)])
    numbers = np.diff(starts, append=len(events.rows))
    if numbers.max(initial=0) > EVENT_RANKS_MAX:
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
            yield Rank(events.kinds[places], ages, events.persons[places])
        else:
            yield Rank(
                _spread(events.kinds[places], rows, np.full(length, _NO_KIND, np.uint8)),
                _spread(ages, rows, np.zeros(length, np.int32)),
                _spread(events.persons[places], rows, np.zeros(length, np.uint8)),
            )


Number = TypeVar("Number", np.uint8, np.int32)


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
        """Return the plane of a question about a pattern that counts events, not reporters."""
        assert not source.pattern.is_distinct
        now = self._counting(source, slot, is_before=False)
        if source.question is Question.ENOUGH:
            return self._whole(_at_least(source.pattern.at_least, now))
        assert source.question is Question.RISING
        return self._whole(_more(_digits(now), _digits(self._counting(source, slot, is_before=True))))

    def _whole(self, plane: Plane) -> Plane:
        """Return the plane with its empty end."""
        whole = np.zeros(self.table.words, np.uint64)
        whole[: len(plane)] = plane
        return whole

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
    """Return where at least so many of the planes are set, each of which may be shorter than the one before it."""
    length = len(planes[0]) if planes else 0
    if number <= 0 or number > len(planes):
        return np.full(length, ~np.uint64(0) if number <= 0 else np.uint64(0))
    reached = [np.zeros(length, np.uint64) for _ in range(number)]
    for place, plane in enumerate(planes):
        for step in range(min(number - 1, place), 0, -1):
            reached[step][: len(plane)] |= reached[step - 1][: len(plane)] & plane
        reached[0][: len(plane)] |= plane
    return reached[-1]


def _digits(planes: Sequence[Plane]) -> list[Plane]:
    """Return in how many of the planes each row is set, as planes of binary digits, the lowest first."""
    digits = [np.zeros(len(planes[0]), np.uint64) for _ in range(len(planes).bit_length())] if planes else []
    for number, plane in enumerate(planes, start=1):
        carried = plane
        for digit in digits[: number.bit_length()]:
            part = digit[: len(plane)]
            carried_on = part & carried
            part ^= carried
            carried = carried_on
    return digits


def _more(digits: Sequence[Plane], others: Sequence[Plane]) -> Plane:
    """Return where one number is larger than another."""
    more = np.zeros(len(digits[0]) if digits else 0, np.uint64)
    for digit, other in zip(digits, others, strict=True):
        more = (digit & ~other) | (more & ~(digit ^ other))
    return more
