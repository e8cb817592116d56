"""Patterns over time, as the reference engine understands them."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from taxatie.rules.condition import Events
from taxatie.terms.case import Case, Event
from taxatie.terms.names import PersonId
from taxatie.terms.period import Window, WindowUnit
from taxatie.terms.truth import Truth


def pattern_truth(pattern: Events, case: Case, person: PersonId | None) -> Truth:
    """Return whether the pattern shows in the history, as seen for *person* or for the case."""
    last = case.reference_date
    first = date.min if pattern.within is None else going_back(last, pattern.within)
    events = [event for event in case.history.events if is_matching(event, pattern, person)]
    n, m = count(events_between(events, first, last), pattern)
    frequent = enough(n, m, pattern.at_least, is_searched=case.history.is_searched)
    if not pattern.is_rising or pattern.within is None:
        return frequent
    before = events_between(events, going_back(first, pattern.within), days_before(first, 1))
    rising = more((n, m), count(before, pattern), is_searched=case.history.is_searched)
    return min(frequent, rising)


def is_matching(event: Event, pattern: Events, person: PersonId | None) -> bool:
    """Return whether the event is of the pattern's kinds and counts for *person*, or for the case."""
    counts_here = person is None or event.person is None or event.person == person
    return event.kind in pattern.kinds and counts_here


def events_between(events: Iterable[Event], first: date, last: date) -> list[Event]:
    """Return the events from the first to the last day, both included."""
    return [event for event in events if first <= event.date <= last]


def count(events: list[Event], pattern: Events) -> tuple[int, int]:
    """Return n and m: how many count for certain, and how many more may count."""
    if not pattern.is_distinct:
        return len(events), 0
    named = {event.reporter for event in events if event.reporter is not None}
    return len(named), sum(event.reporter is None for event in events)


def enough(n: int, m: int, at_least: int, *, is_searched: bool) -> Truth:
    """Return whether there are at least as many as asked for."""
    if n >= at_least:
        return Truth.HOLDS
    return Truth.FAILS if is_searched and n + m < at_least else Truth.CANNOT_TELL


def more(now: tuple[int, int], before: tuple[int, int], *, is_searched: bool) -> Truth:
    """Return whether there are more now than in the period before; only a searched register tells."""
    if is_searched and now[0] > before[0] + before[1]:
        return Truth.HOLDS
    return Truth.FAILS if is_searched and now[0] + now[1] <= before[0] else Truth.CANNOT_TELL


def going_back(day: date, window: Window) -> date:
    """Return the day that lies one window before *day*; months clip to their last day."""
    match window.unit:
        case WindowUnit.DAYS:
            return days_before(day, window.amount)
        case WindowUnit.WEEKS:
            return days_before(day, 7 * window.amount)
        case WindowUnit.MONTHS:
            return months_before(day, window.amount)
        case WindowUnit.YEARS:
            return months_before(day, 12 * window.amount)


def days_before(day: date, days: int) -> date:
    """Return the day that many days earlier, or the calendar's first day."""
    return date.fromordinal(max(1, day.toordinal() - days))


def months_before(day: date, months: int) -> date:
    """Return the same day of the month that many months earlier, or the calendar's first day."""
    total = day.year * 12 + day.month - 1 - months
    if total < 12:  # noqa: PLR2004  # the year 1 is the calendar's first
        return date.min
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
