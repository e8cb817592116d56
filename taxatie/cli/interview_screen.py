"""What an interview shows: the level and how it moves, the question with its answers, and help."""

from dataclasses import dataclass, field

from taxatie.cli.interview_phrases import INTERVIEW_PHRASES, InterviewPhrases
from taxatie.cli.output import say
from taxatie.explain.wording import Speaker
from taxatie.rules.program import Program, Signal
from taxatie.service.interview import Question, next_person_id
from taxatie.terms.assessment import Assessment
from taxatie.terms.case import Case
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import LevelId, SubjectId, unlisted_person
from taxatie.terms.text import Language


@dataclass(slots=True)
class Screen:
    """Shows an interview in one language, and remembers which level it showed last."""

    program: Program
    language: Language
    _level: LevelId | None = field(default=None, init=False)
    _ceiling: LevelId | None = field(default=None, init=False)

    @property
    def phrases(self) -> InterviewPhrases:
        """The sentences of the language."""
        return INTERVIEW_PHRASES[self.language]

    @property
    def speaker(self) -> Speaker:
        """Who words what the program says."""
        return Speaker(self.program, self.language)

    def show_level(self, assessment: Assessment) -> None:
        """Show the level and the ceiling, with where they came from when they moved.

        What a new level asks for is said at once: who must call now need not wait for the end.
        """
        has_moved = assessment.level != self._level
        level = self._move(self._level, assessment.level)
        ceiling = self._move(self._ceiling, assessment.ceiling)
        self._level, self._ceiling = assessment.level, assessment.ceiling
        say("\n" + self.phrases.level.format(level=level, ceiling=ceiling), is_aside=True)
        if has_moved:
            text = self.program.levels[self.program.level_rank(assessment.level)].text
            say(f"  {text.in_language(self.language)}", is_aside=True)

    def _move(self, before: LevelId | None, now: LevelId) -> str:
        title = self.speaker.level_title(now)
        if before in {None, now}:
            return title
        assert before is not None, now
        return self.phrases.moved.format(before=self.speaker.level_title(before), now=title)

    def show_question(self, question: Question, case: Case) -> None:
        """Show the question, and what can be answered."""
        for line in self._question(question):
            say(line, is_aside=True)
        say(f"  [{self.choices(question, case)}]", is_aside=True)

    def _question(self, question: Question) -> tuple[str, ...]:
        if question.signal == EVERYONE_LISTED:
            sentence = self.phrases.certain if question.is_certain else self.phrases.missing
            asked = sentence.format(subject=self.subject_title(self._missing_subject(question)))
            if question.about is None:
                return (asked,)
            return (asked, "  " + self.phrases.missing_why.format(ask=self.speaker.question(question.about)))
        ask = self.speaker.question(question.signal)
        if question.signal == HISTORY:
            kinds = [self.phrases.nothing_else]
            kinds += [kind.title.in_language(self.language) for kind in self.program.event_kinds]
            return (ask, *_numbered(kinds))
        about = "" if question.person is None else self.phrases.about.format(person=question.person)
        options = self.program.signals[question.signal].options
        return (about + ask, *_numbered([option.title.in_language(self.language) for option in options]))

    def choices(self, question: Question | None, case: Case) -> str:
        """Return in one line what can be answered to the question; to none, what can be done."""
        if question is None:
            return " / ".join(word for word in self.phrases.commands if len(word) > 1)
        if question.signal == EVERYONE_LISTED:
            person = next_person_id(case, self._missing_subject(question))
            answers = self.phrases.certain_answer if question.is_certain else self.phrases.missing_answer
            return answers.format(person=person)
        if question.signal == HISTORY:
            return self.phrases.registers_answer
        return self._values(self.program.signals[question.signal])

    def _values(self, signal: Signal) -> str:
        if signal.options:
            return self.phrases.choice
        if signal.labels:
            return self.phrases.yes_no
        unit = f" {signal.unit}" if signal.unit else ""
        return self.phrases.number.format(low=signal.lowest, high=signal.highest, unit=unit)

    def show_help(self, question: Question | None) -> None:
        """Show what helps to answer the question, and what can be typed."""
        signal = None if question is None else self.program.signals.get(question.signal)
        if signal is not None and signal.help is not None:
            say(f"  {signal.help.in_language(self.language)}", is_aside=True)
        else:
            say(f"  {self.phrases.no_help}", is_aside=True)
        subjects = "|".join(self.subject_title(subject.id) for subject in self.program.subjects)
        say(self.phrases.help.format(subject=subjects), is_aside=True)

    def show_end(self, still_open: int) -> None:
        """Show that nothing is left to ask, or what was left open on the way."""
        sentence = self.phrases.end_skipped if still_open else self.phrases.end
        say(sentence.format(count=still_open), is_aside=True)

    def subject_title(self, subject: SubjectId) -> str:
        """Return what a kind of person is called, as one types it."""
        found = next(each for each in self.program.subjects if each.id == subject)
        return found.title.in_language(self.language).lower()

    def _missing_subject(self, question: Question) -> SubjectId:
        return next(each.id for each in self.program.subjects if unlisted_person(each.id) == question.person)


def _numbered(titles: list[str]) -> tuple[str, ...]:
    return tuple(f"  {number}. {title}" for number, title in enumerate(titles, start=1))
