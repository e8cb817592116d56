"""Conditions in words, as a nested list that somebody who does not program can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program
from taxatie.terms.period import Term, TermUnit, Window
from taxatie.terms.text import Language, Text
from taxatie.terms.vocabulary import SignalType

_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class _Words:
    """What every rendering says, in one language."""

    all_of: str
    any_of: str
    at_least: str
    not_this: str
    some: str
    every: str
    unknown: str
    events: str
    distinct: str
    rising: str
    within: str
    any_kind: str
    either: str
    bounds: tuple[str, str, str]
    yes_no: tuple[str, str]
    units: dict[str, str]


_NL: Final = _Words(
    all_of="alles hiervan:",
    any_of="een of meer hiervan:",
    at_least="minstens {count} hiervan:",
    not_this="dit juist niet:",
    some="voor een of meer personen ({subject}):",
    every="voor iedere persoon ({subject}):",
    unknown="{name}: nog niet bekend",
    events="minstens {count} keer in het register: {kinds}{window}{extra}",
    distinct=", van verschillende melders",
    rising=", en vaker dan in de periode ervoor",
    within=", in de laatste {period}",
    any_kind="wat dan ook",
    either=" of ",
    bounds=("{low} of meer", "hoogstens {high}", "van {low} tot en met {high}"),
    yes_no=("nee", "ja"),
    units={
        "immediately": "direct",
        "hours": "uur",
        "days": "dagen",
        "weeks": "weken",
        "working days": "werkdagen",
        "months": "maanden",
        "years": "jaar",
    },
)

_EN: Final = _Words(
    all_of="all of these:",
    any_of="one or more of these:",
    at_least="at least {count} of these:",
    not_this="not this:",
    some="for one or more persons ({subject}):",
    every="for every person ({subject}):",
    unknown="{name}: not yet known",
    events="at least {count} times in the register: {kinds}{window}{extra}",
    distinct=", by different reporters",
    rising=", and more often than in the period before",
    within=", in the last {period}",
    any_kind="anything",
    either=" or ",
    bounds=("{low} or more", "at most {high}", "from {low} to {high}"),
    yes_no=("no", "yes"),
    units={unit: unit for unit in ("immediately", "hours", "days", "weeks", "working days", "months", "years")},
)


def period_words(period: Term | Window, language: Language) -> str:
    """Return a term or a window as people say it."""
    units = (_NL if language is Language.NL else _EN).units
    unit = units[period.unit.value]
    return unit if period.unit is TermUnit.IMMEDIATELY else f"{period.amount} {unit}"


class ConditionWords:
    """Says the conditions of one release in one language."""

    def __init__(self, program: Program, language: Language) -> None:
        """Say the conditions of *program* in *language*."""
        self._program = program
        self._language = language
        self._words = _NL if language is Language.NL else _EN

    def lines(self, condition: Condition, depth: int = 0) -> list[str]:
        """Return the condition as lines of a nested Markdown list, *depth* steps in."""
        head, parts = self._split(condition)
        return [f"{_INDENT * depth}- {head}"] + [line for part in parts for line in self.lines(part, depth + 1)]

    def _split(self, condition: Condition) -> tuple[str, tuple[Condition, ...]]:
        """Return the sentence of a condition, and the conditions that it speaks of."""
        words = self._words
        match condition:
            case All(parts):
                return words.all_of, parts
            case Any(parts):
                return words.any_of, parts
            case AtLeast(count, parts):
                return words.at_least.format(count=count), parts
            case Not(part):
                return words.not_this, (part,)
            case Some(subject, part):
                return words.some.format(subject=self._subject(subject)), (part,)
            case Every(subject, part):
                return words.every.format(subject=self._subject(subject)), (part,)
            case leaf:
                return self._leaf(leaf), ()

    def _leaf(self, condition: Condition) -> str:
        program = self._program
        match condition:
            case Among(signal, values):
                return f"“{self._say(program.signals[signal].ask)}” {self._answers(signal, sorted(values))}"
            case Between(signal, low, high):
                unit = program.signals[signal].unit
                tail = f" {unit}" if unit and self._language is Language.NL else ""
                return f"“{self._say(program.signals[signal].ask)}” {self._bounds(low, high)}{tail}"
            case ScoreBetween(score, low, high):
                return f"{self._say(program.scores[score].title)}: {self._bounds(low, high)}"
            case ConceptHolds(concept):
                return f"*{self._say(program.concepts[concept].title)}*"
            case Events():
                return self._events(condition)
            case _:
                return self._words.unknown.format(name=self._unknown(condition))

    def _unknown(self, condition: Condition) -> str:
        program = self._program
        match condition:
            case SignalUnknown(signal):
                return f"“{self._say(program.signals[signal].ask)}”"
            case ConceptUnknown(concept):
                return f"*{self._say(program.concepts[concept].title)}*"
            case ScoreUnknown(score):
                return self._say(program.scores[score].title)
            case _:
                raise AssertionError(f"{condition} is no leaf")

    def _answers(self, signal: str, values: Iterable[int]) -> str:
        found = next(each for each in self._program.signals.values() if each.id == signal)
        if found.type is SignalType.YES_NO:
            return self._words.either.join(self._words.yes_no[value] for value in values)
        return self._words.either.join(self._say(found.options[value].title) for value in values)

    def _bounds(self, low: int | None, high: int | None) -> str:
        at_least, at_most, between = self._words.bounds
        if low == high:
            return str(low)
        if high is None:
            return at_least.format(low=low)
        return at_most.format(high=high) if low is None else between.format(low=low, high=high)

    def _events(self, pattern: Events) -> str:
        words = self._words
        titles = [self._say(kind.title) for kind in self._program.event_kinds if kind.id in pattern.kinds]
        is_any = len(titles) == len(self._program.event_kinds)
        window = ""
        if pattern.within is not None:
            window = words.within.format(period=period_words(pattern.within, self._language))
        return words.events.format(
            count=pattern.at_least,
            kinds=words.any_kind if is_any else words.either.join(titles),
            window=window,
            extra=(words.distinct if pattern.is_distinct else "") + (words.rising if pattern.is_rising else ""),
        )

    def _subject(self, subject: str) -> str:
        return next(self._say(each.title) for each in self._program.subjects if each.id == subject)

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)
