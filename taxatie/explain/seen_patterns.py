"""The patterns of a program as each person of a case sees them: now, and by what the registers may still say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from taxatie.engine.reference_events import count, days_before, enough, events_between, going_back, more
from taxatie.explain.parts import Whose
from taxatie.limits import WINDOWS_KEPT
from taxatie.rules.condition import Events
from taxatie.terms.case import Case, Event
from taxatie.terms.period import Window
from taxatie.terms.truth import Truth

Truths = tuple[Truth, ...]
_FIRST_DAY: Final = date.min


@dataclass(slots=True)
class SeenPatterns:
    """The truths of all patterns of a case, counted once for each way of seeing its events."""

    patterns: Sequence[Events]
    case: Case
    _found: dict[tuple[Whose, bool], Truths] = field(default_factory=dict)

    def truths(self, person: Whose, *, is_searched: bool) -> Truths:
        """Return the truth of each pattern, as if the registers were searched or not."""
        events = self.case.history.events
        sees_all = person is None or all(event.person is None or event.person == person for event in events)
        key = (None if sees_all else person, is_searched)
        found = self._found.get(key)
        if found is None:
            seen = events if sees_all else [e for e in events if e.person is None or e.person == person]
            last = self.case.reference_date
            found = tuple(_truth(pattern, seen, last, is_searched=is_searched) for pattern in self.patterns)
            self._found[key] = found
        return found


def _truth(pattern: Events, events: Sequence[Event], last: date, *, is_searched: bool) -> Truth:
    """Return whether the pattern shows, as the reference says it."""
    matching = [event for event in events if event.kind in pattern.kinds]
    first, first_before, last_before = _windows(pattern.within, last)
    n, m = count(events_between(matching, first, last), pattern)
    frequent = enough(n, m, pattern.at_least, is_searched=is_searched)
    if not pattern.is_rising or pattern.within is None:
        return frequent
    before = count(events_between(matching, first_before, last_before), pattern)
    return min(frequent, more((n, m), before, is_searched=is_searched))


@lru_cache(WINDOWS_KEPT)
def _windows(within: Window | None, last: date) -> tuple[date, date, date]:
    """Return the first day of a window, and the first and last day of the period before it."""
    if within is None:
        return _FIRST_DAY, _FIRST_DAY, _FIRST_DAY
    first = going_back(last, within)
    return first, going_back(first, within), days_before(first, 1)
