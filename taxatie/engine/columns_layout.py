"""Which planes there are of a case: what was answered, by whom it is concerned, and what history holds.

A plane says one thing of every case: that the second adult's `strangulation` was answered with yes. What follows from
it (what is still possible, what applies) is never stored, so that the same planes serve any release.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from taxatie.rules.condition import Events
from taxatie.rules.program import Program, Signal
from taxatie.terms.names import CASE, EventKindId, SignalId, SubjectId
from taxatie.terms.vocabulary import SignalType

_NAMES_KEPT: Final = 1 << 16

PRESENT = "present"
"""Whether there is somebody in the place of a person."""
SEARCHED = "searched"
"""Whether the registers were searched."""


class Question(Enum):
    """What can be asked of the number of matching events; what lies in doubt counts for one side only."""

    ENOUGH = auto()
    """There are enough for certain."""
    TOO_FEW = auto()
    """There are too few, whoever reported them."""
    RISING = auto()
    """There are more than in the period before, whoever reported those."""
    NOT_RISING = auto()
    """There are not more than in the period before, whoever reported them."""


@dataclass(frozen=True, slots=True)
class PlaneSource:
    """A plane that is stored: of the case, or of each person of a subject."""

    subject: SubjectId
    part: str


@dataclass(frozen=True, slots=True)
class PatternSource:
    """A plane that is counted from the events, as seen for the case or a person."""

    subject: SubjectId
    pattern: Events
    question: Question
    is_unlisted: bool
    """Whether only what names nobody counts, as it does for somebody who is not listed."""
    subjects: frozenset[SubjectId]
    """An event that names a person of another subject does not exist."""


Source = PlaneSource | PatternSource


@dataclass(frozen=True, slots=True)
class SignalPlanes:
    """How the answers to a signal are laid out: a plane for each label, or for each digit of a number."""

    id: SignalId
    subject: SubjectId
    type: SignalType
    labels: tuple[str, ...]
    lowest: int
    highest: int

    @classmethod
    def of(cls, signal: Signal) -> "SignalPlanes":
        """Return how a signal of a program is laid out."""
        return cls(signal.id, signal.subject, signal.type, signal.labels, signal.lowest, signal.highest)

    @property
    def unreliable(self) -> str:
        """The plane of answers that may alarm but never reassure."""
        return f"{self.id}:unreliable"

    @property
    def answered(self) -> str:
        """The plane of a number that was answered."""
        return f"{self.id}:answered"

    def label(self, label: str) -> str:
        """Return the plane of one answer."""
        return f"{self.id}={label}"

    @property
    def digits(self) -> tuple[str, ...]:
        """The planes of a number's binary digits, counted from its lowest value; the lowest digit first."""
        width = (self.highest - self.lowest).bit_length()
        return tuple(f"{self.id}:digit_{place}" for place in range(width))

    @property
    def parts(self) -> tuple[str, ...]:
        """All planes of the signal."""
        if self.type is SignalType.NUMBER:
            return (self.answered, *self.digits, self.unreliable)
        return (*map(self.label, self.labels), self.unreliable)


@dataclass(frozen=True, slots=True)
class Layout:
    """The planes of a table of cases, and what its events may be."""

    signals: Mapping[SignalId, SignalPlanes]
    slots: Mapping[SubjectId, int]
    """How many persons of each subject a case has place for."""
    kinds: tuple[EventKindId, ...]

    @classmethod
    def of(cls, program: Program, slots: Mapping[SubjectId, int]) -> "Layout":
        """Return the layout of cases that are bound to a program."""
        return cls(
            {signal.id: SignalPlanes.of(signal) for signal in program.signals.values()},
            {subject.id: slots.get(subject.id, 0) for subject in program.subjects},
            tuple(kind.id for kind in program.event_kinds),
        )

    @property
    def places(self) -> tuple[tuple[SubjectId, int], ...]:
        """The places of persons; an event names a person by where it stands here, counted from 1."""
        return tuple((subject, slot) for subject, slots in self.slots.items() for slot in range(slots))

    def slots_of(self, subject: SubjectId) -> range:
        """Return the slots of a subject; the case has one."""
        return range(1 if subject == CASE else self.slots.get(subject, 0))

    def names(self) -> Iterator[str]:
        """Return the names of all planes."""
        yield plane_name(CASE, 0, SEARCHED)
        yield from (plane_name(CASE, 0, everyone_listed(subject)) for subject in self.slots)
        for subject, slot in ((CASE, 0), *self.places):
            if subject != CASE:
                yield plane_name(subject, slot, PRESENT)
            for signal in self.signals.values():
                if signal.subject == subject:
                    yield from (plane_name(subject, slot, part) for part in signal.parts)


def everyone_listed(subject: SubjectId) -> str:
    """Return the plane of cases that list everybody of a subject."""
    return f"everyone_listed={subject}"


@lru_cache(_NAMES_KEPT)
def plane_name(subject: SubjectId, slot: int, part: str) -> str:
    """Return the name of a plane; persons are counted from 1."""
    return f"case.{part}" if subject == CASE else f"{subject}.{slot + 1}.{part}"
