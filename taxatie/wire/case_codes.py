"""The codes of a vocabulary: what stands for a signal, an answer, a subject or an event kind in a packed case."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from taxatie.rules.program import Program
from taxatie.terms.case import Basis
from taxatie.terms.names import MODE
from taxatie.terms.vocabulary import SignalType
from taxatie.wire.generated.taxatie.v1 import ruleset_pb2

FORMAT: Final = "taxatie-codes/1"
"""Part of the digest: codes that are made in another way are those of another vocabulary."""

BASES: Final = (None, Basis.OBSERVED, Basis.TOLD, Basis.HEARSAY, Basis.RECORD)
"""By their numbers in the protocol."""

_PER_VALUE: Final = 2 * len(BASES)
_NO_AND_YES: Final = ("no", "yes")


@dataclass(frozen=True, slots=True)
class CodedSignal:
    """A signal as far as its codes depend on it."""

    id: str
    subject: str
    type: str
    lowest: int
    highest: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaidCode:
    """What a code says."""

    signal: CodedSignal
    value: int | None
    """None where nobody knew."""
    basis: Basis | None
    partner_present: bool


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a vocabulary, the same whether made of its program or of its questionnaire."""

    signals: tuple[CodedSignal, ...]
    subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    digest: str = field(init=False)
    firsts: tuple[int, ...] = field(init=False)
    """For each signal the code of its first answer; at the end that of one after them all."""

    def __post_init__(self) -> None:
        """Number the answers."""
        object.__setattr__(self, "firsts", tuple(_firsts(self.signals)))
        said = [[each.id, each.subject, each.type, each.lowest, each.highest, each.labels] for each in self.signals]
        text = json.dumps([FORMAT, said, self.subjects, self.kinds], separators=(",", ":"))
        object.__setattr__(self, "digest", hashlib.sha256(text.encode()).hexdigest())

    def said(self, code: int) -> SaidCode | None:
        """Return what a code says; None where it is none of this vocabulary."""
        if not 0 <= code < self.firsts[-1]:
            return None
        place = bisect_right(self.firsts, code) - 1
        signal = self.signals[place]
        value, mark = divmod(code - self.firsts[place], _PER_VALUE)
        basis, partner_present = divmod(mark, 2)
        return SaidCode(signal, signal.lowest + value - 1 if value else None, BASES[basis], partner_present == 1)


def code_of(first: int, signal: CodedSignal, value: int | None, marks: tuple[int, bool]) -> int:
    """Return the code of an answer: *marks* are the number of its basis, and whether the partner was present.

    Raises:
        ValueError: When it has none.
    """
    basis, partner_present = marks
    if not 0 <= basis < len(BASES) or not (value is None or signal.lowest <= value <= signal.highest):
        raise ValueError(signal.id)
    return first + _PER_VALUE * (0 if value is None else 1 + value - signal.lowest) + 2 * basis + partner_present


def codes_of_program(program: Program) -> Codes:
    """Return the codes of a release; the built-in `mode` has none, since the case itself says it."""
    signals = (
        CodedSignal(each.id, each.subject, each.type.value, each.lowest, each.highest, each.labels)
        for each in program.signals.values()
        if each.id != MODE
    )
    return Codes(
        tuple(signals),
        tuple(subject.id for subject in program.subjects),
        tuple(kind.id for kind in program.event_kinds),
    )


def codes_of_questionnaire(questionnaire: ruleset_pb2.GetQuestionnaireResponse) -> Codes:
    """Return the codes of the release that a questionnaire belongs to."""
    return Codes(
        tuple(map(_question, questionnaire.questions)),
        tuple(subject.id for subject in questionnaire.subjects),
        tuple(kind.id for kind in questionnaire.event_kinds),
    )


def _question(asked: ruleset_pb2.Question) -> CodedSignal:
    if asked.type == SignalType.NUMBER.value:
        return CodedSignal(asked.signal, asked.subject, asked.type, asked.min, asked.max, ())
    labels = _NO_AND_YES if asked.type == SignalType.YES_NO.value else tuple(option.id for option in asked.options)
    return CodedSignal(asked.signal, asked.subject, asked.type, 0, len(labels) - 1, labels)


def _firsts(signals: Iterable[CodedSignal]) -> Iterator[int]:
    first = 0
    yield first
    for signal in signals:
        first += _PER_VALUE * (signal.highest - signal.lowest + 2)
        yield first
