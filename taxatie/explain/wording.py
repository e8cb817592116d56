"""From an explanation to sentences, in Dutch (B1) or English."""

from dataclasses import dataclass

from taxatie.explain.phrases import PHRASES, Phrases
from taxatie.rules.program import Program, Signal
from taxatie.terms.assessment import Assessment
from taxatie.terms.audience import Audience
from taxatie.terms.case import Event
from taxatie.terms.explanation import (
    EVERYONE_LISTED,
    HISTORY,
    Explanation,
    FurtherAnswer,
    KnownAnswer,
    NearMiss,
    OpenQuestion,
    Reason,
)
from taxatie.terms.names import ActionId, ConceptId, LevelId, PersonId, ScoreId, SignalId, unlisted_person
from taxatie.terms.text import Language
from taxatie.terms.wording import Wording

_YES_NO_WORDS = {Language.NL: ("nee", "ja"), Language.EN: ("no", "yes")}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says things of a program in one language."""

    program: Program
    language: Language
    audience: Audience = Audience.INTERNAL

    @property
    def phrases(self) -> Phrases:
        """The fixed sentences of the language."""
        return PHRASES[self.language]

    def word(self, assessment: Assessment, explanation: Explanation) -> Wording:
        """Return the sentences for an assessment and its explanation."""
        level = self.program.levels[self.program.ranks[assessment.level]]
        title, text = level.title.in_language(self.language), level.text.in_language(self.language)
        shared = self.audience is Audience.SHAREABLE
        return Wording(
            level=f"{title}. {text}",
            ceiling=self._ceiling(assessment),
            reasons=tuple(map(self.reason, explanation.reasons)),
            open_questions=tuple(self.open_question(each) for each in explanation.open_questions),
            near_misses=tuple(self.near_miss(near) for near in explanation.near_misses),
            actions=self._actions(assessment),
            withheld=tuple(
                self.phrases.withheld.format(title=self._action_title(each.action)) for each in assessment.withheld
            ),
            contradictions=tuple(
                self.phrases.contradictions[each.about].format(path=each.path) for each in assessment.contradictions
            ),
            valid_until=self.phrases.valid_until.format(due=self.phrases.at(assessment.valid_until)),
            notes=(self.phrases.not_everything,) if shared else (),
        )

    def _ceiling(self, assessment: Assessment) -> str:
        if assessment.ceiling == assessment.level:
            return self.phrases.highest
        return self.phrases.ceiling.format(title=self.level_title(assessment.ceiling))

    def level_title(self, level: LevelId) -> str:
        """Return what a level is called."""
        return self.program.levels[self.program.ranks[level]].title.in_language(self.language)

    def _action_title(self, action: ActionId) -> str:
        return self.program.actions[action].title.in_language(self.language)

    def _actions(self, assessment: Assessment) -> tuple[str, ...]:
        said = []
        for each in assessment.actions:
            action = self.program.actions[each.action]
            title, text = action.title.in_language(self.language), action.text.in_language(self.language)
            said.append(self.phrases.due.format(title=title, text=text, due=self.phrases.at(each.due)))
        return tuple(said)

    def reason(self, reason: Reason) -> str:
        """Return why a rule fires: its own sentence, and what carries it."""
        rule = self.program.rules[reason.match.rule]
        grounds = [
            *map(self._known, reason.answers),
            *map(self._event, reason.events),
            *map(self._unknown, reason.rests_on_unknown),
        ]
        because = rule.because.in_language(self.language)
        about = self._about(reason.match.person)
        follows = f" {self.phrases.because.format(grounds='; '.join(grounds))}" if grounds else ""
        return f"{because}{about} [{rule.id}]{follows}"

    def _known(self, answer: KnownAnswer) -> str:
        if answer.signal == HISTORY:
            return self.phrases.searched
        signal = self.program.signals[answer.signal]
        ask, about = signal.ask.in_language(self.language), self._about(answer.person)
        if not answer.is_applicable:
            return self.phrases.not_applicable.format(ask=ask, about=about)
        value = self.values(signal, ((answer.low, answer.high),))
        return self.phrases.answer.format(ask=ask, value=value, about=about)

    def _unknown(self, answer: KnownAnswer) -> str:
        return self.phrases.unknown.format(ask=self._name(answer.signal), about=self._about(answer.person))

    def _name(self, name: str) -> str:
        """Return the question of a signal, or the title of a concept or score."""
        if SignalId(name) in self.program.signals:
            return self.program.signals[SignalId(name)].ask.in_language(self.language)
        named = self.program.concepts.get(ConceptId(name)) or self.program.scores[ScoreId(name)]
        return named.title.in_language(self.language)

    def _event(self, event: Event) -> str:
        kind = next(kind for kind in self.program.event_kinds if kind.id == event.kind)
        date = f"{event.date.day} {self.phrases.months[event.date.month - 1]} {event.date.year}"
        return self.phrases.event.format(kind=kind.title.in_language(self.language), date=date)

    def _about(self, person: PersonId | None) -> str:
        if person is None:
            return ""
        for subject in self.program.subjects:
            if person == unlisted_person(subject.id):
                return self.phrases.about_unlisted.format(subject=subject.title.in_language(self.language).lower())
        return self.phrases.about.format(person=person)

    def question(self, name: SignalId) -> str:
        """Return the question behind an open question."""
        if name == HISTORY:
            return self.phrases.history
        if name == EVERYONE_LISTED:
            return self.phrases.everyone
        return self.program.signals[name].ask.in_language(self.language)

    def open_question(self, question: OpenQuestion) -> str:
        """Return what to ask, and what it may lead to."""
        return self.phrases.matters.format(
            ask=self.question(question.signal),
            about=self._about(question.person),
            title=self.level_title(question.could_reach),
        )

    def near_miss(self, near: NearMiss) -> str:
        """Return which further answers would reach a level."""
        answers = f"; {self.phrases.and_word} ".join(self._further(answer) for answer in near.answers)
        return self.phrases.near.format(title=self.level_title(near.level), answers=answers)

    def _further(self, answer: FurtherAnswer) -> str:
        signal = self.program.signals.get(answer.signal)
        if signal is None:
            return f"“{self.question(answer.signal)}”{self._about(answer.person)}"
        return self.phrases.answer.format(
            ask=signal.ask.in_language(self.language),
            value=self.values(signal, answer.values),
            about=self._about(answer.person),
        )

    def values(self, signal: Signal, stretches: tuple[tuple[int, int], ...]) -> str:
        """Return values as people say them, a stretch as its two ends."""
        return ", ".join(
            self._value(signal, low) if low == high else f"{self._value(signal, low)} … {self._value(signal, high)}"
            for low, high in stretches
        )

    def _value(self, signal: Signal, value: int) -> str:
        if signal.options:
            return signal.options[value].title.in_language(self.language)
        if signal.labels:
            return _YES_NO_WORDS[self.language][value]
        return f"{value} {signal.unit}" if signal.unit else str(value)
