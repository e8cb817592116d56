"""When something is due: terms counted in Amsterdam's time and, for working days, by the calendar.

The rules of Amsterdam's clock come from the `tzdata` package and never from the machine, so that
the same release gives the same moment everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from taxatie.rules.program import Calendar
from taxatie.terms.names import ParameterId
from taxatie.terms.period import Term, TermUnit
from taxatie.terms.vocabulary import Action

_LAST_MOMENT = time(23, 59, 59)
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def amsterdam() -> ZoneInfo:
    """Return Amsterdam's clock, as `tzdata` knows it."""
    with files("tzdata.zoneinfo.Europe").joinpath("Amsterdam").open("rb") as stream:
        return ZoneInfo.from_file(stream, key="Europe/Amsterdam")


def in_amsterdam(moment: datetime) -> datetime:
    """Return the same moment, to the second, on Amsterdam's clock."""
    return moment.astimezone(amsterdam()).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Counts terms from one reference time."""

    start: datetime
    """The reference time on Amsterdam's clock."""
    calendar: Calendar | None
    parameters: Mapping[ParameterId, Term]
    """What the case's region sets, over the vocabulary's own."""

    def due(self, action: Action) -> datetime:
        """Return when the action is due."""
        within = action.within
        return self.after(within if isinstance(within, Term) else self.parameters[within])

    def after(self, term: Term) -> datetime:
        """Return the moment at which the term ends."""
        match term.unit:
            case TermUnit.IMMEDIATELY:
                return self.start
            case TermUnit.HOURS:
                return in_amsterdam(self.start.astimezone(UTC) + timedelta(hours=term.amount))
            case TermUnit.DAYS:
                return self._same_clock_time(term.amount)
            case TermUnit.WEEKS:
                return self._same_clock_time(7 * term.amount)
            case TermUnit.WORKING_DAYS:
                return self._on(self._working_day(term.amount), _LAST_MOMENT)

    def _same_clock_time(self, days: int) -> datetime:
        return self._on(self.start.date() + days * _ONE_DAY, self.start.time())

    def _on(self, day: date, clock: time) -> datetime:
        """Return that clock time on that day; one that the clock skips in spring is an hour later."""
        there = datetime.combine(day, clock, tzinfo=amsterdam())
        return in_amsterdam(there.astimezone(UTC))

    def _working_day(self, number: int) -> date:
        """Return the working day of that number, the first after the reference date being 1."""
        day, left = self.start.date(), number
        while left:
            day += _ONE_DAY
            left -= self._is_working_day(day)
        return day

    def _is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and (self.calendar is None or day not in self.calendar.holidays)
