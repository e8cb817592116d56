"""What is assessed: a case, its persons, what was answered of them, and what happened before.

A case is bound to a program: its answers are values of that program's signals, coded as integers
(`no` 0 and `yes` 1; the position of an option; the number itself), and were checked when it was read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from taxatie.terms.names import (
    CaseId,
    EventKindId,
    PersonId,
    RegionName,
    ReporterId,
    SignalId,
    SubjectId,
)


class Basis(StrEnum):
    """How an answer came to be known."""

    OBSERVED = "observed"
    TOLD = "told"
    HEARSAY = "hearsay"
    RECORD = "record"


class Mode(StrEnum):
    """What the caller came for, in the order of the built-in signal's options."""

    REPORT = "report"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a signal; without a value it was said to be unknown."""

    value: int | None
    basis: Basis | None = None
    partner_present: bool = False
    is_reliable: bool = field(init=False, compare=False, repr=False)
    """Whether the answer may reassure: not hearsay, and not given while the other could hear."""

    def __post_init__(self) -> None:
        """Note once what is asked a hundred times a case."""
        object.__setattr__(self, "is_reliable", self.basis is not Basis.HEARSAY and not self.partner_present)


Answers = Mapping[SignalId, Answer]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the case, with what was answered of this person."""

    id: PersonId
    subject: SubjectId
    answers: Answers


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was registered before; one without a person counts for everybody."""

    kind: EventKindId
    date: date
    person: PersonId | None = None
    reporter: ReporterId | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The registered events, and whether the registers were searched at all."""

    is_searched: bool
    events: tuple[Event, ...]


NO_HISTORY: Final = History(is_searched=False, events=())


@dataclass(frozen=True, slots=True)
class Case:
    """One report or question for advice, as it is known at the reference time."""

    id: CaseId
    reference_time: datetime
    reference_date: date
    """The date of the reference time in Amsterdam."""
    mode: Mode
    region: RegionName | None
    everyone_listed: frozenset[SubjectId]
    answers: Answers
    persons: tuple[Person, ...]
    history: History
