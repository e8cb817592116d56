"""The interview as a conversation: a question, a line, and what it changes, until it is done.

What is asked and shown goes to the standard error, so that the standard output holds the outcome alone.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from taxatie.cli.assessing import describe
from taxatie.cli.case_file import CaseFile
from taxatie.cli.interview_phrases import Command, InterviewPhrases
from taxatie.cli.interview_reply import Do, Happened, Listener, Missing, Say, Searched
from taxatie.cli.interview_screen import Screen
from taxatie.cli.output import say
from taxatie.explain.assessor import Assessed, Assessor
from taxatie.service.interview import (
    Interview,
    Question,
    next_person_id,
    next_question,
    open_questions,
    unlisted_in,
)
from taxatie.terms.explanation import Explanation
from taxatie.terms.names import PersonId, SubjectId, unlisted_person
from taxatie.terms.text import Language
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.wire.case_writer import write_case

_LINE_BYTES_MAX = 1_000


def read_line() -> str | None:
    """Return the next line of the standard input, or None at its end."""
    sys.stderr.write("> ")
    sys.stderr.flush()
    line = sys.stdin.buffer.readline(_LINE_BYTES_MAX)
    if not sys.stdin.isatty() or not line:
        say(is_aside=True)
    return line.decode("utf-8", "replace") if line else None


@dataclass(slots=True)
class Conversation:
    """An interview under way."""

    assessor: Assessor
    language: Language
    interview: Interview
    file: CaseFile
    read: Callable[[], str | None] = read_line
    screen: Screen = field(init=False)
    listener: Listener = field(init=False)
    _unlisted: dict[PersonId, AssessedPerson] = field(init=False)
    """Who may be missing in the case as it is."""

    def __post_init__(self) -> None:
        """Find the words of the language."""
        self.screen = Screen(self.assessor.program, self.language)
        self.listener = Listener(self.assessor.program, self.language)

    @property
    def phrases(self) -> InterviewPhrases:
        """The sentences of the language."""
        return self.listener.phrases

    def hold(self) -> bool:
        """Ask until it is done; return whether the case was saved at the end."""
        while True:
            assessed = self._assess()
            self.screen.show_level(assessed.assessment)
            self._unlisted = unlisted_in(self.assessor.engine.evaluate(self.interview.case))
            question = next_question(self.interview, _explanation(assessed), self._unlisted)
            if question is None:
                self.screen.show_end(len(open_questions(_explanation(assessed), self._unlisted)))
            before = self.interview
            while self.interview is before:
                if question is not None:
                    self.screen.show_question(question, self.interview.case)
                line = self.read()
                is_done = line is None or self._heed(line, question)
                is_saved = is_done and self._finish(assessed)
                if is_saved or line is None:
                    return is_saved

    def _assess(self) -> Assessed:
        return self.assessor.assess(self.interview.case)

    def _heed(self, line: str, question: Question | None) -> bool:
        """Do what the line says; return whether the interview is done."""
        reply = self.listener.understand(line, question, self.interview.case)
        if reply is None:
            # Without the line itself: it may hold a name.
            choices = self.screen.choices(question, self.interview.case)
            say(self.phrases.not_understood.format(choices=choices), is_aside=True)
            return False
        if isinstance(reply, Do):
            return self._do(reply, question)
        assert question is not None, reply
        self.interview = self._take(reply, question)
        return False

    def _take(self, reply: Say | Missing | Searched | Happened, question: Question) -> Interview:
        """Return the interview with the answer in it."""
        match reply:
            case Say(answer):
                return self.interview.give(question, answer)
            case Searched():
                return self.interview.search_registers(question)
            case Happened(event):
                return self.interview.add_event(event)
            case Missing(is_there):
                assert question.person is not None, question
                subject = self._unlisted[question.person].subject
                return self._add(subject) if is_there else self._close(subject)
        assert_never(reply)

    def _do(self, reply: Do, question: Question | None) -> bool:
        """Follow a command; return whether the interview is done."""
        match reply.command:
            case Command.DONE:
                return True
            case Command.SAVE:
                self._save()
            case Command.HELP:
                self.screen.show_help(question)
            case Command.BACK if not self.interview.can_go_back:
                say(self.phrases.at_beginning, is_aside=True)
            case Command.SKIP if question is None:
                say(self.phrases.not_possible, is_aside=True)
            case _:
                self.interview = self._moved(reply, question)
        return False

    def _moved(self, reply: Do, question: Question | None) -> Interview:
        """Return the interview after a command that changes it."""
        if reply.command is Command.BACK:
            return self.interview.go_back()
        if reply.command is Command.AGAIN:
            return self.interview.ask_again()
        if reply.subject is not None:
            return self._add(reply.subject) if reply.command is Command.ADD else self._close(reply.subject)
        assert question is not None, reply
        return self.interview.skip(question)

    def _add(self, subject: SubjectId) -> Interview:
        person = next_person_id(self.interview.case, subject)
        added = self.interview.add_person(subject)
        is_added = added is not self.interview
        say(self.phrases.added.format(person=person) if is_added else self.phrases.not_possible, is_aside=True)
        return added

    def _close(self, subject: SubjectId) -> Interview:
        title = self.screen.subject_title(subject)
        missing = self._unlisted.get(unlisted_person(subject))
        if missing is not None and missing.existence is Existence.CERTAIN:
            say(self.phrases.must_be.format(subject=title), is_aside=True)
            return self.interview
        say(self.phrases.listed.format(subject=title), is_aside=True)
        return self.interview.list_everyone(subject)

    def _finish(self, assessed: Assessed) -> bool:
        """Show the outcome and save the case; return whether that worked."""
        wording = self.screen.speaker.word(assessed.assessment, _explanation(assessed))
        say(describe(self.interview.case.id, wording, self.language))
        return self._save()

    def _save(self) -> bool:
        """Save the case; return whether that worked."""
        try:
            self.file.write(write_case(self.assessor.program, self.interview.case))
        except OSError as error:
            why = f"{self.file.path}: {(error.strerror or str(error)).lower()}"
            say(self.phrases.not_saved.format(why=why), is_aside=True)
            return False
        say(self.phrases.saved.format(file=self.file.path), is_aside=True)
        return True


def _explanation(assessed: Assessed) -> Explanation:
    assert assessed.explanation is not None, assessed.assessment.case
    return assessed.explanation
