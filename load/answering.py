"""How the made-up answers come about: what is asked, what leans to danger, how it came to be known.

Answers hang together: a case has a gravity and a thoroughness, each topic its share of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
import numpy.typing as npt

from load import figures
from load.answers import ANSWERED, NOT_SAID, UNKNOWN, Sheet
from load.dice import Dice, Fraction, Throw, Truths, Whole
from load.seeming import Sight, seems_to_hold
from taxatie.rules.condition import All, Among, Any, AtLeast, Between, ConceptHolds, Condition, Not
from taxatie.rules.program import Concept, Program, Signal
from taxatie.terms.case import Mode
from taxatie.terms.names import CASE, MODE, ConceptId, SignalId, SubjectId
from taxatie.terms.vocabulary import Danger, SignalType

_HUNDRED: Final = np.float32(100)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked, of the case or of persons: whose case it is, and the number that each throw goes by."""

    dice: Dice
    cases: Whole
    is_advice: Truths
    caller: Whole
    persons: Whole | None = None

    def take(self, owner: Whole, persons: Whole) -> "Asking":
        """Return the same for persons, each of the case at *owner*."""
        return Asking(self.dice, self.cases[owner], self.is_advice[owner], self.caller[owner], persons)

    def throw(self, name: str) -> Throw:
        """Return what falls for each case or person."""
        return self.dice.throw(name, self.cases if self.persons is None else self.persons)

    def all(self, share: float) -> Fraction:
        """Return the same share for each."""
        return np.full(len(self.cases), share, dtype=np.float32)

    def gravity(self) -> Fraction:
        """Return how grave each case is, from 0 up to 1."""
        return self.dice.throw("gravity", self.cases).chance()

    def lean(self, topic: str) -> Fraction:
        """Return the share of a topic's answers that point to danger; most cases have few of them."""
        own = self.dice.throw(f"lean/{topic}", self.cases).chance()
        share = np.float32(figures.LEAN_TOGETHER) * self.gravity() + np.float32(1 - figures.LEAN_TOGETHER) * own
        least, most = map(np.float32, figures.LEANS)
        cubed = share * share * share
        return least + (most - least) * cubed * cubed

    def asked(self, topic: str) -> Fraction:
        """Return the share of a topic's questions that are answered."""
        thorough = self.dice.throw("thorough", self.cases).chance()
        own = self.dice.throw(f"asked/{topic}", self.cases).chance()
        ends = [
            np.where(self.is_advice, figures.ASKED_OF[Mode.ADVICE][end], figures.ASKED_OF[Mode.REPORT][end])
            for end in (0, 1)
        ]
        share: Fraction = (ends[0] + (ends[1] - ends[0]) * (thorough + own) / 2).astype(np.float32)
        return share

    def basis(self, chance: Fraction) -> npt.NDArray[np.uint8]:
        """Return how each answer came to be known, as is usual for who calls."""
        limits = np.array([list(accumulate(figures.BASES_OF[each])) for each in figures.CALLERS], dtype=np.float32)
        hundredths = chance * _HUNDRED
        found = np.zeros(len(chance), dtype=np.uint8)
        for place in range(len(figures.BASES) - 1):
            found += hundredths >= limits[:, place][self.caller]
        return found


def answer_questions(program: Program, subject: SubjectId, asking: Asking, sight: Sight) -> dict[SignalId, Sheet]:
    """Return the answers to every question about the case, or about persons of a subject."""
    topics = {signal.topic for signal in program.signals.values() if signal.subject == subject and signal.topic}
    shares = {topic: (asking.asked(topic), asking.lean(topic)) for topic in sorted(topics)}
    existence = asking.all(figures.EXISTENCE_ASKED), asking.all(figures.EXISTENCE_LEANS)
    about_existence = {name for each in program.subjects for name in _named(each.exists_when, program.concepts)}
    found: dict[SignalId, Sheet] = {}
    for signal in _in_order(program, subject):
        assert signal.topic is not None
        seen = Sight(sight.concepts, {**sight.sheets, **found}, sight.size)
        share = existence if signal.id in about_existence else shares[signal.topic]
        found[signal.id] = _sheet(signal, asking, share, seen)
    return {name: found[name] for name in program.signals if name in found}


def _sheet(signal: Signal, asking: Asking, shares: tuple[Fraction, Fraction], sight: Sight) -> Sheet:
    asked, lean = shares
    throw = asking.throw(f"answer/{signal.id}")
    if signal.applies_when is not None:
        asked = np.where(seems_to_hold(signal.applies_when, sight), asked, np.float32(figures.ASKED_IN_VAIN))
    is_asked = throw.is_below(asked)
    is_unknown = ~is_asked & throw.is_below(figures.SAID_UNKNOWN, lane=1) & throw.is_below(asked * 2)
    # Only what a person says of the other can be overheard by the other.
    is_overheard = is_asked & throw.is_below(figures.OVERHEARD if signal.subject != CASE else 0.0, lane=3)
    return Sheet(
        said=np.select([is_asked, is_unknown], [ANSWERED, UNKNOWN], NOT_SAID).astype(np.uint8),
        value=_values(signal, asking, lean, throw.is_below(lean, lane=1)).astype(np.int16),
        basis=np.where(is_asked, asking.basis(throw.chance(2)), 0).astype(np.uint8),
        is_overheard=is_overheard,
    )


def _values(signal: Signal, asking: Asking, lean: Fraction, leans: Truths) -> Whole:
    """Return the value of each answer, as if everybody had given one."""
    if signal.type is SignalType.YES_NO and signal.danger is not None:
        return (leans == (signal.danger is Danger.HIGHER)).astype(np.int64)
    throw, span = asking.throw(f"value/{signal.id}"), signal.highest - signal.lowest
    if signal.type is SignalType.NUMBER:
        return signal.lowest + (_smallness(signal, throw, lean) * np.float32(span + 1)).astype(np.int64)
    if signal.type is SignalType.YES_NO:
        return throw.is_below(figures.YES_WITHOUT_DANGER).astype(np.int64)
    if signal.danger is None:
        return _choices(signal, asking, throw)
    graver = 1 + throw.below(span)
    steps = np.where(leans, graver, 0)
    return signal.lowest + steps if signal.danger is Danger.HIGHER else signal.highest - steps


def _smallness(signal: Signal, throw: Throw, lean: Fraction) -> Fraction:
    """Return how far up its span each number lies: small ones are common, and the more so of months gone by."""
    chance = throw.chance()
    squared = chance * chance
    if signal.danger is Danger.HIGHER:
        return squared * lean
    is_narrow = signal.highest - signal.lowest <= figures.SMALL_SPAN
    return squared if is_narrow else squared * squared * squared


def _choices(signal: Signal, asking: Asking, throw: Throw) -> Whole:
    """Return one of the options of a choice without danger: who calls, where it asks for that; else any."""
    found = throw.below(len(signal.labels))
    for caller, words in enumerate(figures.WORDS_FOR_CALLERS.values()):
        fitting = np.array([place for place, label in enumerate(signal.labels) if label in words], dtype=np.int64)
        if len(fitting):
            found = np.where(asking.caller == caller, fitting[throw.below(len(fitting))], found)
    return found


def _in_order(program: Program, subject: SubjectId) -> list[Signal]:
    """Return the signals of a subject, each after those on which it depends whether it applies."""
    ordered: dict[SignalId, Signal] = {}

    def place(signal: Signal) -> None:
        if signal.id in ordered or signal.subject != subject or signal.id == MODE:
            return
        for name in sorted(_named(signal.applies_when, program.concepts)):
            place(program.signals[name])
        ordered[signal.id] = signal

    for signal in program.signals.values():
        place(signal)
    return list(ordered.values())


def _named(condition: Condition | None, concepts: Mapping[ConceptId, Concept]) -> set[SignalId]:
    """Return the signals whose answers a condition looks at, as far as `seems_to_hold` does."""
    match condition:
        case Among(signal=signal) | Between(signal=signal):
            return {signal}
        case ConceptHolds(concept=concept):
            return _named(concepts[concept].condition, concepts)
        case Not(condition=inner):
            return _named(inner, concepts)
        case All(conditions=parts) | Any(conditions=parts) | AtLeast(conditions=parts):
            return {name for part in parts for name in _named(part, concepts)}
        case _:
            return set()
