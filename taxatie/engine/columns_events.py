"""Patterns over time for many cases at once: windows laid on every reference date, events counted by row."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_layout import PatternSource, Question
from taxatie.engine.columns_table import Days, Flags, Plane, Table, pack
from taxatie.rules.condition import Events
from taxatie.terms.names import CASE
from taxatie.terms.period import Window, WindowUnit

Dates = NDArray[np.datetime64]
Counts = NDArray[np.int64]

_FIRST_DAY: Final = np.datetime64("0001-01-01", "D")
_FIRST_MONTH: Final = np.datetime64("0001-01", "M")
_REPORTERS: Final = 1 << 16


@dataclass(frozen=True)
class EventPlanes:
    """The events of a table, counted as patterns ask; what was counted once is kept."""

    table: Table
    _counts: dict[tuple[object, ...], tuple[Counts, Counts]] = field(default_factory=dict)

    def plane(self, source: PatternSource, slot: int) -> Plane:
        """Return the plane of a question about a pattern, as seen for the case or the person in a slot."""
        pattern = source.pattern
        n, m = self._counted(source, slot, is_before=False)
        if source.question is Question.ENOUGH:
            return pack(n >= pattern.at_least)
        if source.question is Question.TOO_FEW:
            return pack(n + m < pattern.at_least)
        n_before, m_before = self._counted(source, slot, is_before=True)
        return pack(n > n_before + m_before if source.question is Question.RISING else n + m <= n_before)

    def _counted(self, source: PatternSource, slot: int, *, is_before: bool) -> tuple[Counts, Counts]:
        """Return how many events count for certain in each row, and how many more may count."""
        pattern = source.pattern
        viewer = (source.subject, slot, source.is_unlisted, source.subjects)
        key = (pattern.kinds, pattern.within, pattern.is_distinct, is_before, viewer)
        if key not in self._counts:
            matching = self._matching(source, slot) & self._within(pattern, is_before=is_before)
            self._counts[key] = self._count(matching, is_distinct=pattern.is_distinct)
        return self._counts[key]

    def _count(self, matching: Flags, *, is_distinct: bool) -> tuple[Counts, Counts]:
        events, length = self.table.events, self.table.rows
        rows = events.rows[matching]
        if not is_distinct:
            return np.bincount(rows, minlength=length), np.zeros(length, np.int64)
        reporters = events.reporters[matching]
        is_named = reporters > 0
        named = np.unique(rows[is_named].astype(np.int64) * _REPORTERS + reporters[is_named])
        return np.bincount(named // _REPORTERS, minlength=length), np.bincount(rows[~is_named], minlength=length)

    def _matching(self, source: PatternSource, slot: int) -> Flags:
        """Return which events are of the pattern's kinds and count for the case or the person."""
        events, layout = self.table.events, self.table.layout
        of_kind = np.zeros(len(layout.kinds) + 1, np.bool_)
        of_kind[[layout.kinds.index(kind) for kind in source.pattern.kinds if kind in layout.kinds]] = True
        counts_for = np.array([True, *(self._counts_for(source, slot, place) for place in layout.places)], np.bool_)
        return of_kind[events.kinds] & counts_for[events.persons]

    @staticmethod
    def _counts_for(source: PatternSource, slot: int, place: tuple[str, int]) -> bool:
        """Return whether an event that names the person in a place counts."""
        if source.is_unlisted or place[0] not in source.subjects:
            return False
        return source.subject == CASE or place == (source.subject, slot)

    @cached_property
    def _ages(self) -> Days:
        """How many days before the reference date each event was; negative after it."""
        return self.table.reference_days[self.table.events.rows] - self.table.events.days

    @cached_property
    def _first_day(self) -> int:
        return int(self.table.reference_days.min()) if self.table.rows else 0

    def _within(self, pattern: Events, *, is_before: bool) -> Flags:
        """Return which events lie in the window, or in the period before it."""
        if pattern.within is None:
            return self._ages >= 0
        spans, spans_before = self._spans(pattern.within)
        on = self.table.reference_days[self.table.events.rows] - self._first_day
        if is_before:
            return (self._ages > spans[on]) & (self._ages <= spans_before[on])
        return (self._ages >= 0) & (self._ages <= spans[on])

    def _spans(self, window: Window) -> tuple[Days, Days]:
        """Return how many days the window goes back, once and twice, from every day since the first reference date."""
        first, last = self._first_day, int(self.table.reference_days.max()) if self.table.rows else 0
        days = np.arange(first, last + 1).astype("datetime64[D]")
        start = back(days, window)
        return (days - start).astype(np.int32), (days - back(start, window)).astype(np.int32)


def back(days: Dates, window: Window) -> Dates:
    """Return the days one window earlier; months clip to their last day, and the calendar begins in the year 1."""
    match window.unit:
        case WindowUnit.DAYS:
            return np.maximum(days - window.amount, _FIRST_DAY)
        case WindowUnit.WEEKS:
            return np.maximum(days - 7 * window.amount, _FIRST_DAY)
        case WindowUnit.MONTHS:
            return _months_back(days, window.amount)
        case WindowUnit.YEARS:
            return _months_back(days, 12 * window.amount)


def _months_back(days: Dates, months: int) -> Dates:
    month = days.astype("datetime64[M]")
    there = month - months
    of_month = days - month.astype("datetime64[D]")
    last_of_month = (there + 1).astype("datetime64[D]") - there.astype("datetime64[D]") - 1
    found = there.astype("datetime64[D]") + np.minimum(of_month, last_of_month)
    return np.where(there < _FIRST_MONTH, _FIRST_DAY, found)
