"""A program written to be looked at over many worlds at once: its sheets, and a function for each scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from taxatie.explain.parts import everything_in
from taxatie.explain.plane_writer import Function, Places, Slots
from taxatie.explain.routes import Route, find_routes
from taxatie.explain.stretches import Stretches
from taxatie.explain.written_scope import WrittenScope, write_scope, written
from taxatie.rules.condition import Among, Between, Condition, Events, Every, SignalUnknown, Some
from taxatie.rules.program import Program, Signal, Subject
from taxatie.terms.explanation import HISTORY
from taxatie.terms.names import CASE, SignalId, SubjectId
from taxatie.terms.vocabulary import Danger, SignalType


@dataclass(frozen=True, slots=True)
class Sheet:
    """The slots of all signals of one subject."""

    subject: SubjectId
    blank: tuple[bool, ...]
    """For each slot, whether it is possible while nothing was answered; that a signal does not apply is found apart."""
    signals: tuple[Signal, ...]
    """In vocabulary order."""
    widths: tuple[tuple[int, int], ...]
    """For each signal its first slot, and how many slots its values have."""
    quietest: tuple[tuple[int, ...], ...]
    """The slots of each signal, the least dangerous value first."""
    may_not_apply: frozenset[SignalId]
    conditional: tuple[tuple[Signal, Slots, Function], ...]
    """The signals that may not apply, each after those that its applying rests on, with what says whether it does."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """All of a program as functions over planes."""

    program: Program
    slots: Mapping[SignalId, Slots]
    sheets: Mapping[SubjectId, Sheet]
    exists: tuple[tuple[Subject, Function | None], ...]
    groups: tuple[tuple[Some | Every, Function], ...]
    scopes: tuple[WrittenScope, ...]
    patterns: tuple[Events, ...]
    order: Mapping[SignalId, int]
    """The place of each signal in the vocabulary."""
    routes: Mapping[SignalId, tuple[Route, ...]]
    touched: Mapping[SignalId, frozenset[SignalId]]
    """For each signal, those on which it rests whether it applies."""
    decisive: Mapping[SubjectId, frozenset[SignalId]]
    """For each subject, the signals (or the history) on which it rests whether anybody of it exists."""


def write_outlook(program: Program, stretches: Stretches) -> Outlook:
    """Return the program, written."""
    sizes: dict[SubjectId, int] = {}
    slots = {signal.id: _slots(signal, stretches, sizes) for signal in program.signals.values()}
    places = Places(program, slots)
    order = {name: place for place, name in enumerate(program.signals)}
    scopes = tuple(write_scope(places, scope) for scope in program.scopes)
    sheets = {name: _sheet(places, name, sizes.get(name, 0)) for name in (CASE, *(s.id for s in program.subjects))}
    exists = tuple(
        (subject, None if subject.exists_when is None else written(places, [subject.exists_when]))
        for subject in program.subjects
    )
    touched = {signal.id: _named_in(program, signal.applies_when) for signal in program.signals.values()}
    decisive = {subject.id: _named_in(program, subject.exists_when) for subject in program.subjects}
    groups = tuple((group, written(places, [group.condition])) for group in list(places.groups))
    return Outlook(
        program,
        slots,
        sheets,
        exists,
        groups,
        scopes,
        tuple(places.patterns),
        order,
        find_routes(program),
        touched,
        decisive,
    )


def _slots(signal: Signal, stretches: Stretches, sizes: dict[SubjectId, int]) -> Slots:
    """Return the next slots on the sheet of the signal's subject."""
    first = sizes.get(signal.subject, 0)
    found = stretches.of(signal, signal.lowest, signal.highest)
    end = first + len(found)
    not_applicable = several = None
    if signal.applies_when is not None and signal.type is not SignalType.YES_NO:
        not_applicable, end = end, end + 1
    if signal.type is SignalType.NUMBER:
        several, end = end, end + 1
    sizes[signal.subject] = end
    return Slots(first, found, not_applicable, several, range(first, first + len(found)), len(found) == 2)  # noqa: PLR2004


def _sheet(places: Places, subject: SubjectId, size: int) -> Sheet:
    program = places.program
    own = [signal for signal in program.signals.values() if signal.subject == subject]
    conditional = [
        (signal, places.slots[signal.id], written(places, [signal.applies_when]))
        for signal in _dependants_last(program, own)
        if signal.applies_when is not None
    ]
    blank = [True] * size
    for signal in own:
        slots = places.slots[signal.id]
        if slots.not_applicable is not None:
            blank[slots.not_applicable] = False
        if slots.several is not None:
            blank[slots.several] = signal.lowest < signal.highest
    quietest = tuple(_quietest(signal, places.slots[signal.id]) for signal in own)
    widths = tuple((places.slots[signal.id].first, len(places.slots[signal.id].all)) for signal in own)
    return Sheet(
        subject,
        tuple(blank),
        tuple(own),
        widths,
        quietest,
        frozenset(signal.id for signal, _, _ in conditional),
        tuple(conditional),
    )


def _quietest(signal: Signal, slots: Slots) -> tuple[int, ...]:
    return tuple(reversed(slots.all) if signal.danger is Danger.LOWER else slots.all)


def _dependants_last(program: Program, signals: Sequence[Signal]) -> list[Signal]:
    """Return the signals so that each comes after those of the same subject that its applying rests on."""
    placed: list[Signal] = []
    waiting = {signal.id: signal for signal in signals}
    while waiting:
        ready = [s for s in waiting.values() if not waiting.keys() & (_named_in(program, s.applies_when) - {s.id})]
        assert ready, "circles are refused when a release is checked"
        placed.extend(ready)
        waiting = {name: signal for name, signal in waiting.items() if signal not in ready}
    return placed


def _named_in(program: Program, condition: Condition | None) -> frozenset[SignalId]:
    """Return the signals that a condition rests on, and the history where it asks for patterns."""
    parts = () if condition is None else tuple(everything_in(program, condition))
    found = {part.signal for part in parts if isinstance(part, Among | Between | SignalUnknown)}
    return frozenset(found | {HISTORY for part in parts if isinstance(part, Events)})
