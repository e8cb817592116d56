"""Writing conditions as Python functions over *planes*: integers with a bit for each of many worlds.

A truth is two planes: the worlds in which the condition holds, and those in which it may hold. What is known of
a signal is a plane for each of its *slots*: the worlds in which that value (or stretch of values) is possible.
Only indices stand in the written text, never a name that an author chose.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, assert_never

from taxatie.explain.parts import may_stay_undecided, passes
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
from taxatie.terms.names import CASE, SignalId

Plane = int
Planes = Sequence[Plane]
Function = Callable[..., tuple[Plane, ...]]

NO, YES = "0", "F"
"""A plane with no world, and one with every world, as the written text names them."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Where on the sheet of its subject a signal's values stand."""

    first: int
    stretches: tuple[range, ...]
    """The stretches of values that no test tells apart: a slot for each."""
    not_applicable: int | None
    """That the signal may prove not to apply; of a yes_no that is the same as `no`."""
    several: int | None
    """That more values than one are left, of a number that is asked to be unknown."""

    all: range
    """The slots of the values."""
    is_pair: bool
    """Whether there are two, as of every yes_no."""


class Truth(NamedTuple):
    """The names of two planes: where a condition holds, and where it may hold."""

    holds: str
    may: str


@dataclass(slots=True)
class Places:
    """Where in the functions' arguments each signal, pattern and group stands."""

    program: Program
    slots: Mapping[SignalId, Slots]
    patterns: dict[Events, int] = field(default_factory=dict)
    groups: dict[Some | Every, int] = field(default_factory=dict)

    def pattern(self, pattern: Events) -> int:
        """Return the place of a pattern, giving it one at first sight."""
        return self.patterns.setdefault(pattern, 2 * len(self.patterns))

    def group(self, group: Some | Every) -> int:
        """Return the place of a group condition, giving it one at first sight."""
        return self.groups.setdefault(group, 2 * len(self.groups))


@dataclass(slots=True)
class PlaneWriter:
    """Writes one function, each condition and each plane once.

    Its arguments: the slots of the case (K) and of a person (B), patterns (E), groups (G), every world (F), those in
    which something can still be unknown (U), those in which what is undecided stays so (W), and where the one who is
    asked about exists, and may exist (H, M).
    """

    places: Places
    lines: list[str] = field(default_factory=list)
    _truths: dict[Condition, Truth] = field(default_factory=dict)
    _written: dict[str, str] = field(default_factory=dict)

    def set(self, expression: str) -> str:
        """Return the variable that holds the plane."""
        name = self._written.get(expression)
        if name is None:
            name = self._written[expression] = f"t{len(self._written)}"
            self.lines.append(f"{name} = {expression}")
        return name

    # Planes

    def invert(self, plane: str) -> str:
        """Return the worlds that are not in the plane."""
        return {NO: YES, YES: NO}.get(plane) or self.set(f"F ^ {plane}")

    def both(self, planes: Iterable[str]) -> str:
        """Return the worlds that are in all planes."""
        parts = dict.fromkeys(plane for plane in planes if plane != YES)
        if NO in parts:
            return NO
        return YES if not parts else next(iter(parts)) if len(parts) == 1 else self.set(" & ".join(parts))

    def either(self, planes: Iterable[str]) -> str:
        """Return the worlds that are in one of the planes."""
        parts = dict.fromkeys(plane for plane in planes if plane != NO)
        if YES in parts:
            return YES
        return NO if not parts else next(iter(parts)) if len(parts) == 1 else self.set(" | ".join(parts))

    def at_least(self, bound: int, weighted: Iterable[tuple[str, int]]) -> str:
        """Return the worlds in which the weights of the planes they are in add up to the bound."""
        parts: list[tuple[str, int]] = []
        for plane, weight in weighted:
            if weight < 0:
                bound -= weight
                parts.append((self.invert(plane), -weight))
            elif weight:
                parts.append((plane, weight))
        rest = sum(weight for _, weight in parts)
        missing = [{bound}]
        for _, weight in parts:
            rest -= weight
            missing.append({left for before in missing[-1] for left in (before, before - weight) if 0 < left <= rest})
        reached = dict.fromkeys(missing[-1], NO)
        for (plane, weight), wanted in zip(reversed(parts), missing[-2::-1], strict=True):
            reached = {
                number: self.either(
                    (
                        reached.get(number, NO),
                        self.both((plane, reached.get(number - weight, NO) if number > weight else YES)),
                    )
                )
                for number in wanted
            }
        return YES if bound <= 0 else reached[bound] if parts else NO

    # Conditions

    def truth(self, condition: Condition) -> Truth:
        """Return the names of the condition's planes."""
        truth = self._truths.get(condition)
        if truth is None:
            truth = self._truths[condition] = self._write(condition)
        return truth

    def _write(self, condition: Condition) -> Truth:
        match condition:
            case Among() | Between():
                return self._test(condition)
            case ScoreBetween():
                return self._score(condition)
            case ConceptHolds(concept):
                return self.truth(self.places.program.concepts[concept].condition)
            case Events():
                return self._loaded("E", self.places.pattern(condition))
            case Some() | Every():
                return self._loaded("G", self.places.group(condition))
            case _:
                return self._derived(condition)

    def _derived(self, condition: Not | All | Any | AtLeast | SignalUnknown | ConceptUnknown | ScoreUnknown) -> Truth:
        match condition:
            case SignalUnknown(signal):
                return self._signal_unknown(signal)
            case ConceptUnknown(concept):
                return self._undecided([self.places.program.concepts[concept].condition])
            case ScoreUnknown(score):
                items = self.places.program.scores[score].items
                return self._undecided([item.condition for item in items if item.points])
            case _:
                return self._combination(condition)

    def _combination(self, condition: Not | All | Any | AtLeast) -> Truth:
        match condition:
            case Not(part):
                holds, may = self.truth(part)
                return Truth(self.invert(may), self.invert(holds))
            case All(parts):
                truths = [self.truth(part) for part in parts]
                return Truth(self.both(t.holds for t in truths), self.both(t.may for t in truths))
            case Any(parts):
                truths = [self.truth(part) for part in parts]
                return Truth(self.either(t.holds for t in truths), self.either(t.may for t in truths))
            case AtLeast(count, parts):
                truths = [self.truth(part) for part in parts]
                return Truth(
                    self.at_least(count, [(t.holds, 1) for t in truths]),
                    self.at_least(count, [(t.may, 1) for t in truths]),
                )
            case _:
                assert_never(condition)

    def _loaded(self, source: str, place: int) -> Truth:
        return Truth(self.set(f"{source}[{place}]"), self.set(f"{source}[{place + 1}]"))

    # Signals

    def _slot(self, signal: SignalId, place: int) -> str:
        is_of_case = self.places.program.signals[signal].subject == CASE
        return self.set(f"{'K' if is_of_case else 'B'}[{place}]")

    def _test(self, condition: Among | Between) -> Truth:
        slots = self.places.slots[condition.signal]
        does = [passes(condition, stretch.start) for stretch in slots.stretches]
        passing = [place for place, it_does in zip(slots.all, does, strict=True) if it_does]
        others = [place for place, it_does in zip(slots.all, does, strict=True) if not it_does]
        if slots.not_applicable is not None:
            others.append(slots.not_applicable)
        planes = [[self._slot(condition.signal, place) for place in side] for side in (others, passing)]
        return Truth(self.invert(self.either(planes[0])), self.either(planes[1]))

    def _signal_unknown(self, signal: SignalId) -> Truth:
        slots = self.places.slots[signal]
        values = [*slots.all, *([] if slots.not_applicable is None else [slots.not_applicable])]
        planes = [self._slot(signal, place) for place in values]
        several = [] if slots.several is None else [self._slot(signal, slots.several)]
        unsettled = self.either([self.at_least(2, [(plane, 1) for plane in planes]), *several])
        asked = self.both(["U", unsettled])
        return Truth(asked, asked)

    def _undecided(self, conditions: Sequence[Condition]) -> Truth:
        truths = [self.truth(condition) for condition in conditions]
        undecided = self.either(self.both((t.may, self.invert(t.holds))) for t in truths)
        if any(may_stay_undecided(self.places.program, condition) for condition in conditions):
            return Truth(self.both(["W", undecided]), undecided)
        asked = self.both(["U", undecided])
        return Truth(asked, asked)

    def _score(self, condition: ScoreBetween) -> Truth:
        """Return where the interval of the score lies within the bounds, wholly and in part."""
        low, high = condition.low, condition.high
        if low is not None and high is not None and low > high:
            return Truth(NO, NO)
        items = self.places.program.scores[condition.score].items
        truths = [(self.truth(item.condition), item.points) for item in items]
        lowest = [(t.holds if points > 0 else t.may, points) for t, points in truths]
        highest = [(t.may if points > 0 else t.holds, points) for t, points in truths]
        return Truth(self._within(low, lowest, high, highest), self._within(low, highest, high, lowest))

    def _within(
        self, low: int | None, from_below: list[tuple[str, int]], high: int | None, from_above: list[tuple[str, int]]
    ) -> str:
        bounds = [] if low is None else [self.at_least(low, from_below)]
        bounds += [] if high is None else [self.invert(self.at_least(high + 1, from_above))]
        return self.both(bounds)

    def function(self, truths: Iterable[Truth]) -> Function:
        """Return the function that gives the planes of some conditions, those that hold before those that may."""
        return self.planes([name for truth in truths for name in truth])

    def planes(self, names: Iterable[str]) -> Function:
        """Return the function that gives some planes."""
        body = "\n    ".join([*self.lines, f"return ({' '.join(f'{name},' for name in names)})"])
        namespace: dict[str, object] = {}
        text = f"def written(K, B, E, G, F, U, W, H=0, M=0):\n    {body}\n"
        exec(compile(text, "<planes>", "exec"), namespace)  # noqa: S102  # indices only, written above
        written = namespace["written"]
        assert callable(written)
        return written
