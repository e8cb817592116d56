"""What is known of each signal, as the written functions read it: one sheet a subject."""

from collections.abc import Sequence
from typing import Final

from taxatie.engine.live_code import Layout, truths_function
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
)
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Mode
from taxatie.terms.names import MODE, SignalId, SubjectId
from taxatie.terms.vocabulary import Danger, SignalType

Known = int | tuple[int, int, int]
"""A yes_no as the truth of `yes`; a choice as bits; a number as lowest, highest, and whether it applies."""

_MODE_BITS: Final = {Mode.REPORT: 1, Mode.ADVICE: 2}


class Sheet:
    """The signals of one subject, in their places."""

    def __init__(self, layout: Layout, subject: SubjectId) -> None:
        """Lay the sheet out, and write the functions that say which signals apply."""
        program = layout.program
        self._places = layout.places
        self._signals = {s.id: s for s in program.signals.values() if s.subject == subject}
        self._blank = [_left(signal, signal.lowest, signal.highest) for signal in self._signals.values()]
        self._slots = {
            name: (layout.places[name], signal, [_left(signal, value, value) for value, _ in enumerate(signal.labels)])
            for name, signal in self._signals.items()
        }
        order = {name: index for index, name in enumerate(program.signals)}
        self._conditional = [
            (signals, truths_function(layout, [each.applies_when for each in signals if each.applies_when is not None]))
            for signals in _layers(program, list(self._signals.values()))
        ]
        self._order = order

    def filled(self, answers: Answers) -> list[Known]:
        """Return what is known by the answers alone."""
        known = self._blank.copy()
        for name, answer in answers.items():
            value = answer.value
            if value is not None:
                place, signal, sure = self._slots[name]
                known[place] = sure[value] if sure and answer.is_reliable else _answered(signal, answer)
        return known

    def set_mode(self, known: list[Known], mode: Mode) -> None:
        """Note the case's mode, which is always known."""
        known[self._places[MODE]] = _MODE_BITS[mode]

    def settle(
        self, case_known: Sequence[Known], known: list[Known], events: list[int], answers: Answers
    ) -> list[SignalId]:
        """Note which unanswered signals do not, or may not, apply; return those answered all the same."""
        inapplicable = []
        for signals, function in self._conditional:
            found = function(case_known, known, events, ())
            for signal, applies in zip(signals, found, strict=True):
                answer = answers.get(signal.id)
                if answer is not None and answer.value is not None:
                    if not applies:
                        inapplicable.append(signal.id)
                elif applies < 2:  # noqa: PLR2004  # 2 is: it holds
                    place = self._places[signal.id]
                    known[place] = _doubtful(signal, known[place], applies)
        return sorted(inapplicable, key=self._order.__getitem__)


def _left(signal: Signal, low: int, high: int) -> Known:
    """Return what is known when the values from *low* to *high* are left."""
    match signal.type:
        case SignalType.YES_NO:
            return low + high
        case SignalType.CHOICE:
            return (1 << high + 1) - (1 << low)
        case SignalType.NUMBER:
            return low, high, 2


def _answered(signal: Signal, answer: Answer) -> Known:
    value = answer.value
    assert value is not None, signal.id
    if answer.is_reliable:
        return _left(signal, value, value)
    if signal.danger is Danger.HIGHER:
        return _left(signal, value, signal.highest)
    if signal.danger is Danger.LOWER:
        return _left(signal, signal.lowest, value)
    return _left(signal, signal.lowest, signal.highest)


def _doubtful(signal: Signal, known: Known, applies: int) -> Known:
    """Return what is known of an unanswered signal that does not, or may not, apply."""
    if isinstance(known, tuple):
        return known[0], known[1], applies
    if signal.type is SignalType.YES_NO:
        return known if applies else 0
    not_applicable = 1 << len(signal.labels)
    return known | not_applicable if applies else not_applicable


def _layers(program: Program, signals: list[Signal]) -> list[list[Signal]]:
    """Return the signals that do not always apply: those of each layer rest on earlier layers alone."""
    waiting = [signal for signal in signals if signal.applies_when is not None]
    layers = []
    while waiting:
        names = {signal.id for signal in waiting}
        ready = [signal for signal in waiting if not _signals_in(program, signal.applies_when) & names]
        assert ready, "circles are refused when a release is checked"
        layers.append(ready)
        waiting = [signal for signal in waiting if signal not in ready]
    return layers


def _signals_in(program: Program, condition: Condition | None) -> set[SignalId]:
    """Return the signals that a condition names, also through concepts and scores."""
    found: set[SignalId] = set()
    pending = [] if condition is None else [condition]
    while pending:
        match pending.pop():
            case Among(signal) | Between(signal) | SignalUnknown(signal):
                found.add(signal)
            case Not(part):
                pending.append(part)
            case All(parts) | Any(parts) | AtLeast(_, parts):
                pending.extend(parts)
            case ConceptHolds(concept) | ConceptUnknown(concept):
                pending.append(program.concepts[concept].condition)
            case ScoreBetween(score) | ScoreUnknown(score):
                pending.extend(item.condition for item in program.scores[score].items)
            case _:
                pass
    return found
