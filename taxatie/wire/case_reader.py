"""From the plain form of a case (YAML, JSON, a message) to a case: every fault with its path."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Final, TypeVar

from taxatie.engine.deadlines import in_amsterdam
from taxatie.errors.problem import CaseFault, CaseFaults
from taxatie.limits import EVENTS_MAX, FAULTS_TOLD_MAX, FIRST_YEAR, LAST_YEAR, PERSONS_MAX
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import NO_HISTORY, Answer, Basis, Case, Event, History, Mode, Person
from taxatie.terms.names import (
    CASE,
    MODE,
    CaseId,
    EventKindId,
    PersonId,
    RegionName,
    ReporterId,
    SignalId,
    SubjectId,
)
from taxatie.terms.vocabulary import SignalType

PlainCase = Mapping[str, object]
T = TypeVar("T")

_KEYS: Final = (
    "case", "reference_time", "mode", "region", "everyone_listed", "answers", "persons", "history", "expect",
)  # fmt: skip
REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}")
_PERSON: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,79}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
DATE_LENGTH: Final = len("2026-01-01")
_LISTED_MAX: Final = 12


def read_case(program: Program, plain: object) -> Case:
    """Return the case that the plain form says.

    Raises:
        CaseFaults: With everything that is wrong, each with its path, in the order of the case.
    """
    reader = _Reader(program=program)
    try:
        case = reader.case(plain)
    except _EnoughFaultsError:
        case = None
    if reader.faults or case is None:
        name = plain.get("case") if isinstance(plain, Mapping) else None
        raise CaseFaults(name if isinstance(name, str) else "?", tuple(reader.faults))
    return case


def read_answer(program: Program, subject: str, name: str, said: object) -> Answer | None:
    """Return one answer about the case or a person of a subject; None where anything is wrong with it."""
    reader = _Reader(program=program)
    answers = reader.answers("answers", {name: said}, subject)
    return None if reader.faults else answers.get(SignalId(name))


def is_person_id(name: str) -> bool:
    """Return whether a person may have this id."""
    return _PERSON.fullmatch(name) is not None and name != CASE and not name.startswith("unlisted-")


def moment_of(text: str) -> datetime | None:
    """Return a reference time; None where anything is wrong with it."""
    return _Clock().moment(text)


def read_reference_time(plain: object) -> datetime:
    """Return the reference time alone, to find the release that is in force then.

    Raises:
        CaseFaults: When there is none that can be read.
    """
    clock = _Clock()
    moment = clock.moment(plain.get("reference_time") if isinstance(plain, Mapping) else None)
    if moment is None:
        name = plain.get("case") if isinstance(plain, Mapping) else None
        raise CaseFaults(name if isinstance(name, str) else "?", tuple(clock.faults))
    return moment


class _EnoughFaultsError(Exception):
    """There are as many faults as are told at once."""


@dataclass(slots=True)
class _Clock:
    """Reads reference times, noting what is wrong with them."""

    faults: list[CaseFault] = field(default_factory=list)

    def fault(self, path: str, message: str, hint: str | None = None) -> None:
        """Note a fault; returns None so that the caller can return it."""
        if len(self.faults) >= FAULTS_TOLD_MAX:
            self.faults.append(CaseFault("case", "there are more faults than these", "mend them first"))
            raise _EnoughFaultsError
        self.faults.append(CaseFault(path, message, hint))

    def moment(self, value: object) -> datetime | None:
        """Return the moment, which must carry its offset."""
        path, hint = "reference_time", "write it with its offset, as in `2026-03-02T21:15:00+01:00`"
        if value is None:
            return self.fault(path, "`reference_time` is missing", hint)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            return self.fault(path, f"{_shown(value)} is no time with an offset", hint)
        try:
            moment = datetime.fromisoformat(value.upper())
        except ValueError:
            return self.fault(path, f"{_shown(value)} is no time that exists", hint)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return self.fault(path, f"the year {moment.year} is out of range", f"use {FIRST_YEAR} to {LAST_YEAR}")
        return moment


@dataclass(slots=True)
class _Reader(_Clock):
    """Reads one case, noting every fault on the way."""

    program: Program = field(kw_only=True)
    persons: dict[str, int] = field(default_factory=dict)

    def case(self, plain: object) -> Case | None:
        """Return the whole case, or None where its frame is broken."""
        if not isinstance(plain, Mapping):
            return self.fault("case", "a case is a map of keys", "begin with `case: …`")
        self._keys("", plain, _KEYS)
        name = self._text("case", plain.get("case"), REFERENCE, "letters, digits, `.`, `_`, `:`, `/` and `-`")
        moment = self.moment(plain.get("reference_time"))
        mode = self._mode(plain.get("mode", Mode.REPORT.value))
        region = self._region(plain.get("region"))
        listed = self._everyone_listed(plain.get("everyone_listed"))
        answers = self.answers("answers", plain.get("answers"), CASE)
        persons = tuple(self._persons(plain.get("persons")))
        history = self._history(plain.get("history"))
        if name is None or moment is None or mode is None:
            return None
        return Case(
            id=CaseId(name),
            reference_time=moment,
            reference_date=in_amsterdam(moment).date(),
            mode=mode,
            region=region,
            everyone_listed=listed,
            answers=answers,
            persons=persons,
            history=history,
        )

    # The frame

    def _keys(self, path: str, plain: Mapping[str, object], known: Iterable[str]) -> None:
        for key in plain:
            if key not in known:
                self.fault(_at(path, key), f"`{key}` is no key here", _hint(key, known))

    def _text(self, path: str, value: object, pattern: re.Pattern[str], form: str) -> str | None:
        if value is None:
            return self.fault(path, f"`{path.rpartition('.')[2]}` is missing", "add it")
        if not isinstance(value, str) or not pattern.fullmatch(value):
            return self.fault(
                path, f"{_shown(value)} is not formed as it should be", f"use {form}; never a name of a person"
            )
        return value

    def _mode(self, value: object) -> Mode | None:
        modes = [mode.value for mode in Mode]
        if isinstance(value, str) and value in modes:
            return Mode(value)
        return self.fault("mode", f"{_shown(value)} is no mode", "write `report` or `advice`")

    def _region(self, value: object) -> RegionName | None:
        if value is None:
            return None
        if isinstance(value, str) and value in self.program.regions:
            return RegionName(value)
        return self.fault("region", f"{_shown(value)} is no region of this release", _hint(value, self.program.regions))

    def _everyone_listed(self, value: object) -> frozenset[SubjectId]:
        known = [subject.id for subject in self.program.subjects]
        listed = set()
        for index, name in enumerate(self._list("everyone_listed", value)):
            if isinstance(name, str) and name in known:
                listed.add(SubjectId(name))
            else:
                self.fault(f"everyone_listed[{index}]", f"{_shown(name)} is no subject", _hint(name, known))
        return frozenset(listed)

    def _list(self, path: str, value: object) -> list[object]:
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.fault(path, f"`{path.rpartition('.')[2]}` takes a list", "write `[…]`")
        return []

    def _map(self, path: str, value: object) -> Mapping[str, object]:
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.fault(path, f"`{path.rpartition('.')[2]}` takes a map", "write `{…: …}`")
        return {}

    # Answers

    def answers(self, path: str, value: object, subject: str) -> dict[SignalId, Answer]:
        """Return the answers about the case, or about a person of a subject."""
        answers = {}
        for name, said in self._map(path, value).items():
            signal = self.program.signals.get(SignalId(name))
            where = _at(path, name)
            if signal is None or signal.id == MODE:
                self._unknown_signal(where, name, subject)
            elif signal.subject != subject:
                self._misplaced(where, signal)
            else:
                answer = self._answer(where, said, signal)
                if answer is not None:
                    answers[signal.id] = answer
        return answers

    def _unknown_signal(self, where: str, name: object, subject: str) -> None:
        if name == MODE:
            return self.fault(where, "`mode` is said by the case itself", "write `mode: …` beside `answers`")
        known = [signal.id for signal in self.program.signals.values() if signal.subject == subject]
        return self.fault(where, f"{_shown(name)} is no signal of this release", _hint(name, known))

    def _misplaced(self, where: str, signal: Signal) -> None:
        whose = "the case" if signal.subject == CASE else f"each `{signal.subject}`"
        hint = (
            "answer it under the case's `answers`"
            if signal.subject == CASE
            else "answer it under that person's `answers`"
        )
        self.fault(where, f"`{signal.id}` is asked of {whose}", hint)

    def _answer(self, path: str, said: object, signal: Signal) -> Answer | None:
        if not isinstance(said, Mapping):
            value = self._value(path, said, signal)
            return None if value is None else Answer(*value)
        self._keys(path, said, ("value", "basis", "partner_present"))
        if "value" not in said:
            return self.fault(_at(path, "value"), "`value` is missing", "add it, or write the answer without a map")
        value = self._value(_at(path, "value"), said["value"], signal)
        basis = self._basis(_at(path, "basis"), said.get("basis"))
        present = self._yes_or_no(_at(path, "partner_present"), said.get("partner_present"))
        return None if value is None else Answer(value[0], basis, present)

    def _value(self, path: str, said: object, signal: Signal) -> tuple[int | None] | None:
        """Return the value in a tuple of one, which holds None where it is said to be unknown."""
        if said == "unknown":
            return (None,)
        if isinstance(said, bool) and signal.type is not SignalType.NUMBER:
            said = "yes" if said else "no"
        if signal.type is SignalType.NUMBER:
            if isinstance(said, int) and not isinstance(said, bool) and signal.lowest <= said <= signal.highest:
                return (said,)
            hint = f"write a whole number from {signal.lowest} to {signal.highest}, or `unknown`"
            return self.fault(path, f"{_shown(said)} is no answer to `{signal.id}`", hint)
        if isinstance(said, str) and said in signal.labels:
            return (signal.labels.index(said),)
        return self.fault(
            path, f"{_shown(said)} is no answer to `{signal.id}`", _hint(said, (*signal.labels, "unknown"))
        )

    def _basis(self, path: str, value: object) -> Basis | None:
        if value is None:
            return None
        if isinstance(value, str) and value in set(Basis):
            return Basis(value)
        return self.fault(path, f"{_shown(value)} is no basis", _hint(value, list(Basis)))

    def _yes_or_no(self, path: str, value: object) -> bool:
        if value is None or isinstance(value, bool):
            return value is True
        if isinstance(value, str) and value in {"yes", "no"}:
            return value == "yes"
        self.fault(path, f"{_shown(value)} is not `yes` or `no`", "write `yes` or `no`")
        return False

    # Persons and history

    def _persons(self, value: object) -> Iterable[Person]:
        persons = self._list("persons", value)
        if len(persons) > PERSONS_MAX:
            self.fault("persons", f"{len(persons)} persons are too many", f"at most {PERSONS_MAX} are read")
            return
        for index, plain in enumerate(persons):
            person = self._person(f"persons[{index}]", plain, index)
            if person is not None:
                yield person

    def _person(self, path: str, plain: object, index: int) -> Person | None:
        said = self._map(path, plain)
        if not said:
            return None if self.faults else self.fault(path, "a person is a map of keys", "write `{id: …, subject: …}`")
        self._keys(path, said, ("id", "subject", "answers"))
        name = self._person_id(_at(path, "id"), said.get("id"))
        known = [subject.id for subject in self.program.subjects]
        subject = said.get("subject")
        if not isinstance(subject, str) or subject not in known:
            what = "`subject` is missing" if subject is None else f"{_shown(subject)} is no subject"
            return self.fault(_at(path, "subject"), what, _hint(subject, known))
        answers = self.answers(_at(path, "answers"), said.get("answers"), subject)
        if name is None:
            return None
        self.persons[name] = index
        return Person(PersonId(name), SubjectId(subject), answers)

    def _person_id(self, path: str, value: object) -> str | None:
        name = self._text(path, value, _PERSON, "small letters, digits, `.` and `-`, as in `adult-1`")
        if name is None:
            return None
        if not is_person_id(name):
            return self.fault(path, f"`{name}` is reserved", "choose another id, as in `adult-1`")
        if name in self.persons:
            return self.fault(path, f"`{name}` stands here twice", f"it is persons[{self.persons[name]}] as well")
        return name

    def _history(self, value: object) -> History:
        if value is None:
            return NO_HISTORY
        said = self._map("history", value)
        self._keys("history", said, ("searched", "events"))
        searched = self._yes_or_no("history.searched", said.get("searched"))
        events = self._list("history.events", said.get("events"))
        if len(events) > EVENTS_MAX:
            self.fault("history.events", f"{len(events)} events are too many", f"at most {EVENTS_MAX} are read")
            return NO_HISTORY
        read = (self._event(f"history.events[{index}]", event) for index, event in enumerate(events))
        return History(searched, tuple(event for event in read if event is not None))

    def _event(self, path: str, plain: object) -> Event | None:
        said = self._map(path, plain)
        self._keys(path, said, ("kind", "date", "person", "reporter"))
        kind = said.get("kind")
        if not isinstance(kind, str) or kind not in self.program.kinds:
            what = "`kind` is missing" if kind is None else f"{_shown(kind)} is no event kind"
            self.fault(_at(path, "kind"), what, _hint(kind, self.program.kinds))
        day = self._date(_at(path, "date"), said.get("date"))
        person = said.get("person")
        if person is not None and not (isinstance(person, str) and person in self.persons):
            self.fault(_at(path, "person"), f"{_shown(person)} is no person of this case", _hint(person, self.persons))
        reporter = said.get("reporter")
        if reporter is not None:
            reporter = self._text(_at(path, "reporter"), reporter, REFERENCE, "a role or an opaque reference")
        if day is None:
            return None
        return Event(EventKindId(str(kind)), day, _or_none(PersonId, person), _or_none(ReporterId, reporter))

    def _date(self, path: str, value: object) -> date | None:
        hint = "write it as in `2026-01-10`"
        if not isinstance(value, str) or len(value) != DATE_LENGTH:
            return self.fault(path, "`date` is missing" if value is None else f"{_shown(value)} is no date", hint)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return self.fault(path, f"{_shown(value)} is no date that exists", hint)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            return self.fault(path, f"the year {day.year} is out of range", f"use {FIRST_YEAR} to {LAST_YEAR}")
        return day


def _or_none(name: Callable[[str], T], value: object) -> T | None:
    return name(value) if isinstance(value, str) else None


def _at(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _shown(value: object) -> str:
    """Return a value as a message shows it: shortened, since what came in may be anything."""
    text = value if isinstance(value, str) else repr(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"  # noqa: PLR2004


def _hint(value: object, known: Iterable[str]) -> str | None:
    names = list(known)
    close = get_close_matches(value, names, n=1, cutoff=0.6) if isinstance(value, str) else []
    if close:
        return f"did you mean `{close[0]}`?"
    if 0 < len(names) <= _LISTED_MAX:
        return "one of " + ", ".join(f"`{name}`" for name in names)
    return None
