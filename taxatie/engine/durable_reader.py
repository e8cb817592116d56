"""Reading atoms off a case for the durable engine: answers, applicability, patterns, persons."""

import calendar
import datetime as dt
from dataclasses import dataclass, field
from typing import Final

from taxatie.engine.durable_judge import Judge, Leaf, So
from taxatie.rules.condition import Among, Between, Condition, Events, Every, SignalUnknown, Some
from taxatie.rules.program import Program, Signal, Subject
from taxatie.terms.case import Case, Event, Mode
from taxatie.terms.names import CASE, MODE, PersonId, SignalId, unlisted_person
from taxatie.terms.period import Window, WindowUnit
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.terms.vocabulary import Danger, SignalType

Whose = PersonId | None
YES: Final[So] = (True, False)
NO: Final[So] = (False, True)
OPEN: Final[So] = (False, False)


@dataclass(slots=True)
class Judges:
    """The judges of a program's conditions, each built once."""

    program: Program
    _judges: dict[tuple[Condition, ...], Judge] = field(default_factory=dict)

    def of(self, *conditions: Condition) -> Judge:
        """Return the judge of some conditions."""
        if conditions not in self._judges:
            self._judges[conditions] = Judge(self.program, conditions)
        return self._judges[conditions]


@dataclass(slots=True)
class CaseReader:
    """One case, as the durable engine reads it."""

    judges: Judges
    case: Case
    persons: tuple[AssessedPerson, ...] = ()
    _applies: dict[tuple[SignalId, Whose], So] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find who is assessed; that rests on the case's own answers alone."""
        self.persons = tuple(self._assessed())

    def judge(self, condition: Condition, whose: Whose) -> So:
        """Return what is certain of a condition, asked of somebody or of the case."""
        return self.judges.of(condition).judge(PersonReader(self, whose))[0]

    def _assessed(self) -> list[AssessedPerson]:
        found = [AssessedPerson(p.id, p.subject, Existence.LISTED) for p in self.case.persons]
        for subject in self.judges.program.subjects:
            existence = self._unlisted(subject)
            if existence is not None:
                found.append(AssessedPerson(unlisted_person(subject.id), subject.id, existence))
        return found

    def _unlisted(self, subject: Subject) -> Existence | None:
        if subject.id in self.case.everyone_listed:
            return None
        if any(person.subject == subject.id for person in self.case.persons):
            return Existence.IN_DOUBT
        return {YES: Existence.CERTAIN, OPEN: Existence.IN_DOUBT, NO: None}[self.exists(subject)]

    def exists(self, subject: Subject) -> So:
        """Return whether there is anybody of a subject."""
        return YES if subject.exists_when is None else self.judge(subject.exists_when, None)

    def answer(self, signal: Signal, whose: Whose) -> tuple[int | None, bool]:
        """Return the answer, and whether it may reassure."""
        if signal.id == MODE:
            return (0 if self.case.mode is Mode.REPORT else 1), True
        answers = self.case.answers
        if signal.subject != CASE:
            answers = next((p.answers for p in self.case.persons if p.id == whose), {})
        answer = answers.get(signal.id)
        return (None, True) if answer is None else (answer.value, answer.is_reliable)

    def applies(self, signal: Signal, whose: Whose) -> So:
        """Return whether a signal applies."""
        if signal.applies_when is None:
            return YES
        key = (signal.id, whose)
        if key not in self._applies:
            self._applies[key] = self.judge(signal.applies_when, whose)
        return self._applies[key]

    def possible(self, signal: Signal, whose: Whose) -> tuple[int, int]:
        """Return the lowest and the highest value that are left."""
        value, may_reassure = self.answer(signal, whose)
        low, high = signal.lowest, signal.highest
        if value is None or (not may_reassure and signal.danger is None):
            return low, high
        if may_reassure:
            return value, value
        return (value, high) if signal.danger is Danger.HIGHER else (low, value)

    def inapplicable(self, signal: Signal, whose: Whose) -> bool:
        """Return whether an answer was given to a signal that does not apply."""
        return self.answer(signal, whose)[0] is not None and self.applies(signal, whose) == NO


@dataclass(frozen=True, slots=True)
class PersonReader:
    """Reads leaves for one person, or for the case where *whose* is None."""

    case: CaseReader
    whose: Whose

    def leaf(self, leaf: Leaf) -> So:
        """Return what is certain of a leaf."""
        match leaf:
            case Among() | Between():
                return self._test(leaf)
            case SignalUnknown(name):
                return self._unknown(self.case.judges.program.signals[name])
            case Events():
                return _Pattern(leaf, self.case.case, self.whose).so()
            case Some() | Every():
                return self._group(leaf)

    def _owner(self, signal: Signal) -> Whose:
        return None if signal.subject == CASE else self.whose

    def _test(self, test: Among | Between) -> So:
        signal = self.case.judges.program.signals[test.signal]
        owner = self._owner(signal)
        low, high = self.case.possible(signal, owner)
        so = _among(test, low, high) if isinstance(test, Among) else _between(test, low, high)
        if self.case.answer(signal, owner)[0] is not None:
            return so
        applies = self.case.applies(signal, owner)
        if signal.type is SignalType.YES_NO:
            return _among(test, 0, 0) if applies == NO and isinstance(test, Among) else so
        if applies == NO:
            return NO
        return OPEN if so == YES and applies == OPEN else so

    def _unknown(self, signal: Signal) -> So:
        owner = self._owner(signal)
        low, high = self.case.possible(signal, owner)
        is_open = low != high
        if self.case.answer(signal, owner)[0] is None:
            applies = self.case.applies(signal, owner)
            is_open = applies == OPEN or (applies == YES and is_open)
        return YES if is_open else NO

    def _group(self, group: Some | Every) -> So:
        is_some = isinstance(group, Some)
        found = []
        for person in self.case.persons:
            if person.subject == group.subject:
                so = self.case.judge(group.condition, person.id)
                if person.existence is Existence.IN_DOUBT and so == (YES if is_some else NO):
                    so = OPEN
                found.append(so)
        if is_some:
            return any(so for so, _ in found), all(not_so for _, not_so in found)
        return all(so for so, _ in found), any(not_so for _, not_so in found)


def _among(test: Among, low: int, high: int) -> So:
    inside = [value in test.values for value in range(low, high + 1)]
    return all(inside), not any(inside)


def _between(test: Between, low: int, high: int) -> So:
    bottom = low if test.low is None else test.low
    top = high if test.high is None else test.high
    outside = bottom > top or high < bottom or low > top
    return not outside and bottom <= low and high <= top, outside


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern over time, as seen for somebody."""

    pattern: Events
    case: Case
    whose: Whose

    def so(self) -> So:
        """Return what is certain of the pattern."""
        today = self.case.reference_date
        window = self.pattern.within
        start = dt.date.min if window is None else _earlier(today, window)
        n, m = self._tally(start, today)
        searched = self.case.history.is_searched
        frequent = (n >= self.pattern.at_least, searched and n + m < self.pattern.at_least)
        if not self.pattern.is_rising or window is None:
            return frequent
        n_before, m_before = self._tally(_earlier(start, window), _previous_day(start))
        rising = (searched and n > n_before + m_before, searched and n + m <= n_before)
        return frequent[0] and rising[0], frequent[1] or rising[1]

    def _tally(self, first: dt.date, last: dt.date) -> tuple[int, int]:
        counted = [e for e in self.case.history.events if first <= e.date <= last and self._counts(e)]
        if not self.pattern.is_distinct:
            return len(counted), 0
        return len({e.reporter for e in counted} - {None}), len([e for e in counted if e.reporter is None])

    def _counts(self, event: Event) -> bool:
        return event.kind in self.pattern.kinds and (self.whose is None or event.person in {None, self.whose})


def _previous_day(day: dt.date) -> dt.date:
    return day if day == dt.date.min else day - dt.timedelta(days=1)


def _earlier(day: dt.date, window: Window) -> dt.date:
    days = {WindowUnit.DAYS: 1, WindowUnit.WEEKS: 7}.get(window.unit)
    if days is not None:
        back = window.amount * days
        return dt.date.fromordinal(day.toordinal() - back) if back < day.toordinal() else dt.date.min
    months = day.year * 12 + day.month - 1 - window.amount * (1 if window.unit is WindowUnit.MONTHS else 12)
    if months < 12:  # noqa: PLR2004  # the calendar begins in the year 1
        return dt.date.min
    last = calendar.monthrange(months // 12, months % 12 + 1)[1]
    return dt.date(months // 12, months % 12 + 1, min(day.day, last))
