"""What a typed line means: an answer with how it is known, an event, or something to do.

Only words that are known here mean something. What else is typed is refused and kept nowhere, so that no
name and no free text can get into a case.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from taxatie.cli.interview_phrases import INTERVIEW_PHRASES, Command, InterviewPhrases
from taxatie.limits import FIRST_YEAR
from taxatie.rules.program import Program, Signal
from taxatie.service.interview import Question
from taxatie.terms.case import Answer, Case, Event
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import ReporterId, SubjectId
from taxatie.terms.text import Language

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_REPORTER: Final = re.compile(r"m([1-9]\d{0,2})")
_NUMBER: Final = re.compile(r"-?\d{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Say:
    """An answer to the signal that was asked."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether somebody is missing."""

    is_there: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """The registers were searched, and hold nothing that is not listed."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event from the registers."""

    event: Event


@dataclass(frozen=True, slots=True)
class Do:
    """A command, with the subject that it is about where it takes one."""

    command: Command
    subject: SubjectId | None = None


Reply = Say | Missing | Searched | Happened | Do


@dataclass(frozen=True, slots=True)
class Listener:
    """Understands what is typed in one language."""

    program: Program
    language: Language

    @property
    def phrases(self) -> InterviewPhrases:
        """The words of the language."""
        return INTERVIEW_PHRASES[self.language]

    def understand(self, line: str, question: Question | None, case: Case) -> Reply | None:
        """Return what the line means where this question stands, or None where it means nothing."""
        words = line.lower().split()
        if not words:
            return None
        command = self.phrases.commands.get(words[0])
        if command is not None:
            return self._command(command, words[1:])
        if question is None:
            return None
        if question.signal == HISTORY:
            return self._history(words, case)
        if question.signal == EVERYONE_LISTED:
            said = self._yes_or_no(words[0]) if len(words) == 1 else None
            return None if said is None else Missing(said == 1)
        return self._answer(words, self.program.signals[question.signal])

    def _command(self, command: Command, words: list[str]) -> Do | None:
        if command not in {Command.ADD, Command.EVERYONE}:
            return None if words else Do(command)
        subject = self._subject(words[0]) if len(words) == 1 else None
        return None if subject is None else Do(command, subject)

    def _subject(self, word: str) -> SubjectId | None:
        for subject in self.program.subjects:
            if word in {subject.id, subject.title.in_language(self.language).lower()}:
                return subject.id
        return None

    def _answer(self, words: list[str], signal: Signal) -> Say | None:
        """Return the answer; its value stands first, how it is known after it."""
        is_unknown = words[0] in self.phrases.unknown
        value = None if is_unknown else self._value(words[0], signal)
        if value is None and not is_unknown:
            return None
        bases = [self.phrases.bases[word] for word in words[1:] if word in self.phrases.bases]
        present = [word for word in words[1:] if word in self.phrases.partner_present]
        if len(bases) > 1 or len(present) > 1 or len(bases) + len(present) != len(words) - 1:
            return None
        return Say(Answer(value, bases[0] if bases else None, bool(present)))

    def _value(self, word: str, signal: Signal) -> int | None:
        if signal.labels and not signal.options:
            return self._yes_or_no(word)
        number = int(word) if _NUMBER.fullmatch(word) else None
        if number is not None and signal.options:
            number -= 1
        return number if number is not None and number in signal.values else None

    def _yes_or_no(self, word: str) -> int | None:
        return 1 if word in self.phrases.yes else 0 if word in self.phrases.no else None

    def _history(self, words: list[str], case: Case) -> Searched | Happened | None:
        """Return `1` as searched, and any further number as an event of that kind on a date."""
        place = int(words[0]) if _NUMBER.fullmatch(words[0]) else 0
        if place == 1:
            return Searched() if len(words) == 1 else None
        kinds = self.program.event_kinds
        day = _day(words[1], case) if len(words) > 1 else None
        if not 1 < place <= len(kinds) + 1 or day is None:
            return None
        persons = [person.id for person in case.persons if person.id in words[2:]]
        reporters = [ReporterId(f"reporter-{m[1]}") for word in words[2:] if (m := _REPORTER.fullmatch(word))]
        if len(persons) > 1 or len(reporters) > 1 or len(persons) + len(reporters) != len(words) - 2:
            return None
        person = persons[0] if persons else None
        return Happened(Event(kinds[place - 2].id, day, person, reporters[0] if reporters else None))


def _day(word: str, case: Case) -> date | None:
    """Return the date, which lies on or before the reference date: what is to come did not happen."""
    if not _DATE.fullmatch(word):
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR and day <= case.reference_date else None
