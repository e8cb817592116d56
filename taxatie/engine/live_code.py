"""Writing the Python functions that the live engine runs: one for each scope of a program.

A truth is an integer: 0 fails, 1 cannot tell, 2 holds. What is known of a signal is, by its type:

- yes_no: the truth of `yes` (not applicable counts as `no`);
- choice: the options still possible as bits, with one bit above them while it may prove not applicable;
- number: lowest, highest, and 0, 1 or 2 as it does not, may, or does apply.

Only indices stand in the written text, never a name that an author chose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never, cast

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
from taxatie.rules.program import Program, Scope, Score, Signal
from taxatie.terms.names import CASE, ScoreId, SignalId, SubjectId
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Found = tuple[tuple[Truth, ...], tuple[Truth, ...], tuple[tuple[int, int], ...]]
"""Of a scope the truths of its rules, those of its concepts, and its scores."""
ScopeFunction = Callable[..., Found]
TruthsFunction = Callable[..., tuple[int, ...]]
Function = Callable[..., tuple[object, ...]]
TRUTHS: Final = (Truth.FAILS, Truth.CANNOT_TELL, Truth.HOLDS)


@dataclass(slots=True)
class Layout:
    """Where in the engine's lists each signal, pattern and group stands."""

    program: Program
    places: Mapping[SignalId, int] = field(init=False)
    patterns: dict[Events, int] = field(default_factory=dict)
    groups: dict[Some | Every, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number the signals of each subject apart."""
        counts: dict[SubjectId, int] = {}
        places = {}
        for signal in self.program.signals.values():
            places[signal.id] = counts.get(signal.subject, 0)
            counts[signal.subject] = places[signal.id] + 1
        self.places = places

    def pattern(self, pattern: Events) -> int:
        """Return the place of a pattern, giving it one at first sight."""
        return self.patterns.setdefault(pattern, len(self.patterns))

    def group(self, group: Some | Every) -> int:
        """Return the place of a group condition, giving it one at first sight."""
        return self.groups.setdefault(group, len(self.groups))


@dataclass(slots=True)
class FunctionWriter:
    """Writes one function, each condition once."""

    layout: Layout
    lines: list[str] = field(default_factory=list)
    _names: dict[Condition, str] = field(default_factory=dict)
    _loaded: dict[SignalId, str] = field(default_factory=dict)
    _scores: dict[ScoreId, tuple[str, str]] = field(default_factory=dict)
    _count: int = 0

    def _new(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def truth(self, condition: Condition) -> str:
        """Return the variable that holds the condition's truth."""
        name = self._names.get(condition)
        if name is None:
            name = self._write(condition)
            self._names[condition] = name
        return name

    def _set(self, expression: str) -> str:
        name = self._new()
        self.lines.append(f"{name} = {expression}")
        return name

    def _write(self, condition: Condition) -> str:  # one line a form
        match condition:
            case Among():
                return self._among(condition)
            case Between():
                return self._between(condition)
            case ScoreBetween(score, low, high):
                return self._interval(*self.score(score), low, high)
            case ConceptHolds(concept):
                return self.truth(self.layout.program.concepts[concept].condition)
            case Events():
                return self._set(f"E[{self.layout.pattern(condition)}]")
            case Some() | Every():
                return self._set(f"G[{self.layout.group(condition)}]")
            case _:
                return self._combination(condition)

    def _combination(self, condition: Not | All | Any | AtLeast | SignalUnknown | ConceptUnknown | ScoreUnknown) -> str:
        match condition:
            case Not(part):
                return self._set(f"2 - {self.truth(part)}")
            case All(parts):
                return self._extreme(parts, "<")
            case Any(parts):
                return self._extreme(parts, ">")
            case AtLeast(count, parts):
                return self._at_least(count, parts)
            case SignalUnknown(signal):
                return self._signal_unknown(self.layout.program.signals[signal])
            case ConceptUnknown(concept):
                name = self.truth(self.layout.program.concepts[concept].condition)
                return self._set(f"2 if {name} == 1 else 0")
            case ScoreUnknown(score):
                low, high = self.score(score)
                return self._set(f"2 if {low} < {high} else 0")
            case _:
                assert_never(condition)

    # Signals

    def load(self, signal: Signal) -> str:
        """Return the variable that holds what is known of the signal."""
        name = self._loaded.get(signal.id)
        if name is None:
            source = "K" if signal.subject == CASE else "B"
            name = f"s{len(self._loaded)}"
            self._loaded[signal.id] = name
            self.lines.append(f"{name} = {source}[{self.layout.places[signal.id]}]")
        return name

    def _among(self, condition: Among) -> str:
        signal = self.layout.program.signals[condition.signal]
        known = self.load(signal)
        if signal.type is SignalType.YES_NO:
            match sorted(condition.values):
                case [0]:
                    return self._set(f"2 - {known}")
                case [1]:
                    return known
                case [0, 1]:
                    return self._set("2")
                case _:
                    return self._set("0")
        wanted = sum(1 << value for value in condition.values)
        return self._set(f"0 if not {known} & {wanted} else 1 if {known} & ~{wanted} else 2")

    def _between(self, condition: Between) -> str:
        known = self.load(self.layout.program.signals[condition.signal])
        low, high, applies = self._new(), self._new(), self._new()
        self.lines.append(f"{low}, {high}, {applies} = {known}")
        within = self._interval(low, high, condition.low, condition.high)
        return self._set(f"{within} if {within} < {applies} else {applies}")

    def _interval(self, low: str, high: str, first: int | None, last: int | None) -> str:
        """Return whether all, some or none of the values from *low* to *high* lie within the bounds."""
        if first is not None and last is not None and first > last:
            return self._set("0")
        outside = [f"{high} < {first}"] * (first is not None) + [f"{low} > {last}"] * (last is not None)
        inside = [f"{low} >= {first}"] * (first is not None) + [f"{high} <= {last}"] * (last is not None)
        if not inside:
            return self._set("2")
        return self._set(f"0 if {' or '.join(outside)} else 2 if {' and '.join(inside)} else 1")

    def _signal_unknown(self, signal: Signal) -> str:
        known = self.load(signal)
        match signal.type:
            case SignalType.YES_NO:
                return self._set(f"2 if {known} == 1 else 0")
            case SignalType.CHOICE:
                return self._set(f"2 if {known} & ({known} - 1) else 0")
            case SignalType.NUMBER:
                open_values = f"{known}[2] == 2 and {known}[0] < {known}[1]"
                return self._set(f"2 if {known}[2] == 1 or {open_values} else 0")

    # Combinations

    def _extreme(self, parts: tuple[Condition, ...], sign: str) -> str:
        names = list(dict.fromkeys(self.truth(part) for part in parts))
        if len(names) == 1:
            return names[0]
        result = self._set(f"{names[0]} if {names[0]} {sign} {names[1]} else {names[1]}")
        self.lines.extend(f"if {name} {sign} {result}: {result} = {name}" for name in names[2:])
        return result

    def _at_least(self, count: int, parts: tuple[Condition, ...]) -> str:
        names = [self.truth(part) for part in parts]
        holding = " + ".join(f"({name} >> 1)" for name in names)
        possible = " + ".join(f"(({name} + 1) >> 1)" for name in names)
        return self._set(f"2 if {holding} >= {count} else 1 if {possible} >= {count} else 0")

    def score(self, name: ScoreId) -> tuple[str, str]:
        """Return the variables that hold the lowest and the highest sum of a score."""
        if name not in self._scores:
            self._scores[name] = self._write_score(self.layout.program.scores[name])
        return self._scores[name]

    def _write_score(self, score: Score) -> tuple[str, str]:
        low, high = self._set("0"), self._set("0")
        for item in score.items:
            truth = self.truth(item.condition)
            certain, possible = f"({truth} >> 1)", f"(({truth} + 1) >> 1)"
            lowest, highest = (certain, possible) if item.points > 0 else (possible, certain)
            self.lines.append(f"{low} += {item.points} * {lowest}")
            self.lines.append(f"{high} += {item.points} * {highest}")
        return low, high

    def function(self, returned: str) -> Function:
        """Return the function that was written, which ends with *returned*."""
        body = "\n    ".join([*self.lines, f"return {returned}"])
        text = f"def written(K, B, E, G, T=T):\n    {body}\n"
        namespace: dict[str, object] = {"T": TRUTHS}
        exec(compile(text, "<program>", "exec"), namespace)  # noqa: S102  # indices only, written above
        written = namespace["written"]
        assert callable(written)
        return written


def scope_function(layout: Layout, scope: Scope) -> ScopeFunction:
    """Return the function that gives a scope's rules, concepts and scores."""
    writer = FunctionWriter(layout)
    rules = [f"T[{writer.truth(rule.condition)}]" for rule in scope.rules]
    concepts = [f"T[{writer.truth(concept.condition)}]" for concept in scope.concepts]
    scores = ["({}, {})".format(*writer.score(score.id)) for score in scope.scores]
    return cast("ScopeFunction", writer.function(f"({_tuple(rules)}, {_tuple(concepts)}, {_tuple(scores)})"))


def truths_function(layout: Layout, conditions: list[Condition]) -> TruthsFunction:
    """Return the function that gives the truths of some conditions."""
    writer = FunctionWriter(layout)
    return cast("TruthsFunction", writer.function(_tuple([writer.truth(condition) for condition in conditions])))


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
