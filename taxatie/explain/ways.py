"""The ways in which one answer alone makes a condition hold, or fail: found once for all cases.

A vocabulary's widest concepts are met by any of fifty answers. Which of them were given is then one look, not fifty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from taxatie.rules.condition import All, Among, Any, ConceptHolds, Condition, Not
from taxatie.rules.program import Program
from taxatie.terms.names import CASE, SignalId

Given = tuple[SignalId, int]
"""A signal and the one value that its answer leaves."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What each alone is enough."""

    of_case: frozenset[Given]
    of_person: frozenset[Given]
    """Of the person asked."""
    tests: Mapping[SignalId, tuple[frozenset[int], ...]]
    """For each signal with more than two values, the sets of values of which any will do."""
    others: tuple[tuple[Condition, bool], ...]
    """What is enough, too, but not by one answer alone; and whether it is to hold or to fail."""

    @classmethod
    def of(cls, program: Program, condition: Condition, *, wanted: bool) -> "Ways":
        """Return the ways in which a condition can hold, or fail."""
        finding = _Finding(program)
        finding.walk(condition, wanted=wanted)
        given = frozenset((name, value) for name, sets in finding.tests.items() for values in sets for value in values)
        is_of_case = {name: program.signals[name].subject == CASE for name in finding.tests}
        return cls(
            frozenset(each for each in given if is_of_case[each[0]]),
            frozenset(each for each in given if not is_of_case[each[0]]),
            {name: tuple(sets) for name, sets in finding.tests.items() if len(program.signals[name].labels) > 2},  # noqa: PLR2004
            tuple(finding.others),
        )


@dataclass(slots=True)
class _Finding:
    program: Program
    tests: dict[SignalId, list[frozenset[int]]] = field(default_factory=dict)
    others: list[tuple[Condition, bool]] = field(default_factory=list)

    def walk(self, condition: Condition, *, wanted: bool) -> None:
        """Note what alone makes a condition hold, or fail."""
        match condition:
            case Among(name) if self._is_plain(condition):
                every = frozenset(range(len(self.program.signals[name].labels)))
                self.tests.setdefault(name, []).append(condition.values if wanted else every - condition.values)
            case Not(part):
                self.walk(part, wanted=not wanted)
            case ConceptHolds(concept):
                self.walk(self.program.concepts[concept].condition, wanted=wanted)
            case Any(parts) | All(parts) if isinstance(condition, Any) is wanted:
                for part in parts:
                    self.walk(part, wanted=wanted)
            case _:
                self.others.append((condition, wanted))

    def _is_plain(self, test: Among) -> bool:
        """Return whether the answer alone can settle a test: its signal always applies, and not all values meet it."""
        signal = self.program.signals[test.signal]
        return signal.applies_when is None and 0 < len(test.values) < len(signal.labels)
